/* The graph document: what the user draws and what a *.telar file holds.
 *
 * Nodes have stable ids ([A-Za-z_][A-Za-z0-9_-]*), an operator, parameters, a position. Wires go
 * from an output port to an input port; an input takes one wire unless its port is repeated, then
 * slots 0, 1, … in order. The document never holds a cycle or a wire between ports of different
 * kinds. It is plain data with no thread of its own.
 *
 * A document has one main drawing and any number of groups. A group is a drawing of its own that
 * stands as one node wherever it is used, also within other groups, though never within itself: its
 * operator is "group:NAME", whose ports are the drawing's nodes of the operators group_input and
 * group_output, sorted by id. Such nodes are in groups alone; nodes of data, of the model's inputs
 * and of its outputs in the main drawing alone. */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

typedef struct TelarGraph TelarGraph;

typedef struct {
  char *id;
  const TelarOperator *op;
  char *title; /* NULL: the operator's label */
  TelarParamSet *params;
  TelarParamSet *learning; /* of telar_learning_params */
  double x, y;             /* canvas units, top left */
} TelarNode;

/* How the parameters of a node learn: a table that every node has besides its operator's. */
extern const TelarParam telar_learning_params[];

/* The set that has the parameter @name: the operator's own or, where it has none of that name, that
 * of learning. */
TelarParamSet *telar_node_params (const TelarNode *node, const char *name);
/* Whether operators of this kind may have parameters to learn. */
gboolean telar_operator_may_learn (const TelarOperator *op);

/* A place that a wire is led through, in canvas units. */
typedef struct {
  double x, y;
} TelarBend;

/* A wire bends at so many places at most. */
#define TELAR_MAX_BENDS 12

typedef struct {
  char *from; /* node ids */
  char *to;
  guint from_port, to_port;
  guint to_slot; /* 0 unless the port is repeated */
  GArray *bends; /* TelarBend, where it is led through on its way; NULL: nowhere */
} TelarEdge;

TelarGraph *telar_graph_new (void);
TelarGraph *telar_graph_copy (const TelarGraph *graph);
void telar_graph_free (TelarGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarGraph, telar_graph_free)

/* --- nodes ------------------------------------------------------------------------------------ */

/* @id NULL: a free one made from the operator's name. Borrowed; valid until removed. */
TelarNode *telar_graph_add_node (TelarGraph *graph, const char *op, const char *id, GError **error);
/* Removes the node and its wires. */
void telar_graph_remove_node (TelarGraph *graph, const char *id);
/* FALSE when @id is malformed or taken. Wires follow. */
gboolean telar_graph_rename_node (TelarGraph *graph, const char *id, const char *new_id,
                                  GError **error);
/* @id may be a path into groups: "stage/conv1" is the node conv1 of the group that stage is one of;
 * numbers in it ("stage/0/conv1") tell repetitions of one drawing apart. */
TelarNode *telar_graph_find_node (const TelarGraph *graph, const char *id);
/* Whether the node at the path @id is @node or stands in it: "stage/0/conv1" does in "stage". */
gboolean telar_node_is_within (const char *id, const char *node);
/* Makes of the path of a node that of the group's node around; FALSE when there is none. */
gboolean telar_node_leave (char *id);
/* Borrowed arrays, sorted by id (nodes: TelarNode *; edges by to, port, slot: TelarEdge *). */
const GPtrArray *telar_graph_nodes (const TelarGraph *graph);
const GPtrArray *telar_graph_edges (const TelarGraph *graph);

/* --- wires ------------------------------------------------------------------------------------ */

/* Whether the wire may be drawn: ports exist, kinds agree, input free, no cycle. The message is
 * what the canvas shows. Checks only; telar_graph_connect checks, then connects. For a repeated
 * input a
 * @to_slot of G_MAXUINT appends. */
gboolean telar_graph_can_connect (const TelarGraph *graph, const char *from, guint from_port,
                                  const char *to, guint to_port, GError **error);
TelarEdge *telar_graph_connect (TelarGraph *graph, const char *from, guint from_port,
                                const char *to, guint to_port, guint to_slot, GError **error);
/* By port names, for tests and import: "conv1", "conv1:out"; the port may be left out when the node
 * has one, and "add1:in" appends. */
gboolean telar_graph_wire (TelarGraph *graph, const char *from, const char *to, GError **error);
void telar_graph_disconnect (TelarGraph *graph, const char *to, guint to_port, guint to_slot);
/* NULL when nothing is wired there. */
const TelarEdge *telar_graph_incoming (const TelarGraph *graph, const char *to, guint to_port,
                                       guint to_slot);

/* Node ids such that each comes after all that it depends on, ties by id: GPtrArray of borrowed
 * TelarNode *. Caller unrefs. */
GPtrArray *telar_graph_topological (const TelarGraph *graph);

/* Where the wire at an input is led through, in order from its source; @n 0: nowhere, at most
 * TELAR_MAX_BENDS. There must be a wire. */
void telar_graph_set_bends (TelarGraph *graph, const char *to, guint to_port, guint to_slot,
                            const TelarBend *points, guint n);

/* --- notes ------------------------------------------------------------------------------------ */

typedef enum {
  TELAR_COLOUR_GREY,
  TELAR_COLOUR_BLUE,
  TELAR_COLOUR_GREEN,
  TELAR_COLOUR_YELLOW,
  TELAR_COLOUR_ORANGE,
  TELAR_COLOUR_RED,
  TELAR_COLOUR_PURPLE,
  TELAR_N_COLOURS
} TelarColour;

/* As files write them: "grey", …; ends with NULL. */
extern const char *const telar_colour_names[];

/* What a drawing says beside its nodes and never computes: a sticky note with a text, or a frame,
 * which lies behind nodes and has its text for a title. Its place is in canvas units. */
typedef struct {
  char *id; /* formed as those of nodes are, apart from them */
  gboolean frame;
  char *text; /* never NULL */
  TelarColour colour;
  double x, y, width, height;
} TelarNote;

/* @id NULL: a free one. NULL when @id is malformed or taken. Borrowed; valid until removed. */
TelarNote *telar_graph_add_note (TelarGraph *graph, gboolean frame, const char *id, GError **error);
void telar_graph_remove_note (TelarGraph *graph, const char *id);
TelarNote *telar_graph_find_note (const TelarGraph *graph, const char *id);
/* TelarNote *, sorted by id; borrowed. */
const GPtrArray *telar_graph_notes (const TelarGraph *graph);

/* --- groups ----------------------------------------------------------------------------------- */

#define TELAR_GROUP_PREFIX "group:" /* before a group's name in that of its operator */
#define TELAR_GROUP_INPUT  "group_input"
#define TELAR_GROUP_OUTPUT "group_output"

/* A new, empty group, whose drawing is returned; names are formed as ids are. Borrowed, and the
 * main drawing's: all that takes a graph takes it, but for settings, groups, and files. */
TelarGraph *telar_graph_add_group (TelarGraph *graph, const char *name, GError **error);
/* FALSE while a node is one of it. */
gboolean telar_graph_remove_group (TelarGraph *graph, const char *name, GError **error);
/* @graph may be any drawing of the document. NULL when there is none of that name. */
TelarGraph *telar_graph_find_group (const TelarGraph *graph, const char *name);
/* The drawings of the groups, sorted by name: TelarGraph *, borrowed. */
const GPtrArray *telar_graph_groups (const TelarGraph *graph);
/* Of a group's drawing; NULL of the main one. */
const char *telar_graph_group_name (const TelarGraph *drawing);
const char *telar_graph_group_title (const TelarGraph *drawing); /* NULL: its name */
void telar_graph_set_group_title (TelarGraph *drawing, const char *title);
/* What a node of the group is one of. */
const TelarOperator *telar_graph_group_operator (const TelarGraph *drawing);
/* The drawing behind a group's operator, NULL for all others. */
TelarGraph *telar_operator_drawing (const TelarOperator *op);
/* An operator as @graph knows it: of the registry, a group's, or, within a group, one of its ends.
 */
const TelarOperator *telar_graph_find_operator (const TelarGraph *graph, const char *name);
/* The document's drawings one by one: those of the groups, then the main one, then NULL. */
TelarGraph *telar_graph_nth_drawing (const TelarGraph *graph, guint i);
/* Whether nodes of @op are the ends of a group's drawing, which make its ports. */
gboolean telar_operator_is_group_end (const TelarOperator *op);
/* A node that is one of the group, in whatever drawing; NULL where there is none. */
const TelarNode *telar_graph_find_use (const TelarGraph *drawing);
/* A copy of a group's drawing in which @settings hold, "conv1.filters=32 conv1.stride=2"; NULL
 * where they are not settings of its nodes. */
TelarGraph *telar_graph_copy_with (const TelarGraph *drawing, const char *settings, GError **error);
/* Whether a node of @op may stand in @graph: FALSE with why not. */
gboolean telar_graph_may_hold (const TelarGraph *graph, const TelarOperator *op, GError **error);

/* --- settings --------------------------------------------------------------------------------- */

/* The training settings (trainer.h has the table); borrowed, may be changed. */
TelarParamSet *telar_graph_training (TelarGraph *graph);
/* Below 2^63, which is what a JSON integer holds. */
guint64 telar_graph_seed (const TelarGraph *graph);
void telar_graph_set_seed (TelarGraph *graph, guint64 seed);
/* The set that "NODE.PARAM" or "training.PARAM" is in, and the name of the parameter, which the set
 * may not know; NULL with an error where there is no such node. Borrowed. */
TelarParamSet *telar_graph_find_setting (TelarGraph *graph, const char *path, const char **name,
                                         GError **error);
/* "NODE.PARAM" or "training.PARAM" or "values.NAME" or "seed", as --set takes it. */
gboolean telar_graph_set (TelarGraph *graph, const char *path, const char *value, GError **error);
/* Named values, which expressions of parameters refer to ("=2*width"): a number or an expression of
 * others. They are the document's, whatever drawing @graph is. Borrowed; NULL when there is none.
 */
const TelarParamValue *telar_graph_value (const TelarGraph *graph, const char *name);
/* Sorted; caller frees with g_strfreev. */
char **telar_graph_value_names (const TelarGraph *graph);
/* Puts, replaces or, with @text NULL, removes one; @graph is the main drawing. */
gboolean telar_graph_set_value (TelarGraph *graph, const char *name, const char *text,
                                GError **error);
/* Works out the numbers of all expressions of the document; those that come to nothing say why in
 * their values. Lowering and reading data begin with it; only numbers that follow from the document
 * change. */
void telar_graph_evaluate (const TelarGraph *graph);
/* Whether the expressions of a node, or of the settings, came to a number. */
gboolean telar_node_check_values (const TelarNode *node, GError **error);
gboolean telar_graph_check_settings (const TelarGraph *graph, GError **error);
/* Hash of each data file as last recorded: path as in the node's parameter -> "sha256:…".
 * Borrowed; char * to char *. */
GHashTable *telar_graph_data_hashes (TelarGraph *graph);

/* The folder that relative paths in parameters start from: that of the file. NULL before it has
 * one. */
const char *telar_graph_folder (const TelarGraph *graph);
void telar_graph_set_folder (TelarGraph *graph, const char *folder);

/* --- records ---------------------------------------------------------------------------------- */

/* The document as a set of records, which is how undo, the journal and the diff see it. A record's
 * path is "nodes/ID", "edges/TO:PORT.SLOT", "layout/ID", "layout/TO:PORT.SLOT" (where a wire
 * bends), "notes/ID", "training/PARAM", "values/NAME", "seed", "data/PATH", "groups/NAME" or, of a
 * group's drawing, "groups/NAME/nodes/ID" and so on; its value one line of JSON, or NULL when it
 * does not exist. */

/* Whether the record says only how the document looks: places, bends and notes. */
gboolean telar_record_is_layout (const char *path);

/* Caller frees; NULL when there is no such record (a default counts as none). */
char *telar_graph_get_record (const TelarGraph *graph, const char *path);
/* Puts, replaces or, with @json NULL, removes one record. Removing a node needs its wires gone,
 * also those at the port that it may be of a group; removing a group, its nodes and all uses. */
gboolean telar_graph_set_record (TelarGraph *graph, const char *path, const char *json,
                                 GError **error);
/* All paths, sorted; caller frees with g_strfreev. */
char **telar_graph_record_paths (const TelarGraph *graph);

/* --- file ------------------------------------------------------------------------------------- */

/* Reads a *.telar document. Unknown versions, operators, parameters and keys are errors that name
 * line and node; nothing is dropped. @name is for messages. */
TelarGraph *telar_graph_from_text (const char *text, gsize length, const char *name,
                                   GError **error);
TelarGraph *telar_graph_load (const char *path, GError **error);
/* Sorted, one node and one edge per line: the same document always gives the same bytes.
 * Caller frees. */
char *telar_graph_to_text (const TelarGraph *graph);
/* Writes beside, syncs, renames: the last good file stays whatever happens. */
gboolean telar_graph_save (TelarGraph *graph, const char *path, GError **error);

G_END_DECLS
