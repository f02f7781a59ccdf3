/* What the files of the graph document share: its fields, and changes without the checks that the
 * caller has made or makes at the end. */
#pragma once

#include "engine/graph.h"
#include <jansson.h>

G_BEGIN_DECLS

typedef struct {
  TelarNode node; /* first: a TelarNode * of the graph is an Entry * */
  GPtrArray *in;  /* TelarEdge *, by port and slot */
  GPtrArray *out; /* TelarEdge *, in no order */
  guint index;    /* scratch of one walk */
  guint mark;     /* the last walk that came by */
} TelarGraphEntry;

/* A group: its operator, which changes with its drawing's ends. */
typedef struct {
  TelarOperator op; /* first: the operator of a group is a TelarGroup * */
  char *name;
  char *title;         /* NULL: the name */
  TelarGraph *drawing; /* owned */
} TelarGroup;

struct TelarGraph {
  TelarGraph *main;        /* of the document; this one itself where it is that */
  TelarGroup *group;       /* whose drawing this is; NULL for the main one */
  GPtrArray *groups;       /* of the main drawing: TelarGroup *, sorted by name; owned */
  GPtrArray *drawings;     /* of the groups, in that order; borrowed */
  GPtrArray *nodes;        /* TelarGraphEntry *, sorted by id; owned */
  GPtrArray *edges;        /* TelarEdge *, sorted by to, port, slot; owned */
  GPtrArray *notes;        /* TelarNote *, sorted by id; owned */
  GHashTable *by_id;       /* id (the node's) -> TelarGraphEntry * */
  GHashTable *next_number; /* operator's name -> the least number an id may have free */
  guint walks;
  GPtrArray *bookmarks; /* of the main drawing: TelarBookmark *, sorted by name; owned */
  TelarParamSet *training;
  GHashTable *values; /* of the main drawing: name -> TelarParamValue * */
  guint64 seed;
  GHashTable *data_hashes;
  char *folder;
};

/* The number of the format that a *.telar file begins with. */
#define TELAR_GRAPH_FORMAT 1

/* The folder of the file @path becomes that of the document. */
void telar_graph_set_folder_of (TelarGraph *graph, const char *path);

TelarGraphEntry *telar_graph_entry (const TelarGraph *graph, const char *id);

/* Puts an entry of @op in; @id is the caller's to give away. */
TelarGraphEntry *telar_graph_insert_entry (TelarGraph *graph, const TelarOperator *op, char *id);
/* Whether @id is formed as ids are. */
gboolean telar_graph_check_id (const char *id, GError **error);

/* --- groups ----------------------------------------------------------------------------------- */

extern const TelarOperator telar_group_input, telar_group_output;
/* The parameters of every node that is one of a group. */
extern const TelarParam telar_group_params[];

void telar_group_free (gpointer group);
/* Makes the ports of the group, whose drawing is @graph, follow its ends; wires at nodes of the
 * group go with their ports, and go where the port is gone. @old_id was renamed to @new_id; both
 * NULL otherwise. Does nothing for the main drawing. */
void telar_group_refresh (TelarGraph *graph, const char *old_id, const char *new_id);
/* Whether a node of the group has a wire at the port that the end @id of its drawing makes. */
gboolean telar_group_port_is_wired (const TelarGraph *drawing, const char *id);
/* Makes of @from's groups those of @to, which has none. */
void telar_group_copy_all (TelarGraph *to, const TelarGraph *from);
/* Copies nodes, then wires; @to knows the operators by the same names. */
void telar_graph_copy_nodes (TelarGraph *to, const TelarGraph *from);
void telar_graph_copy_edges (TelarGraph *to, const TelarGraph *from);
void telar_graph_copy_notes (TelarGraph *to, const TelarGraph *from);
void telar_note_free (gpointer note);
/* Sorts the wires after ports or ids have changed. */
void telar_graph_sort_edges (TelarGraph *graph);

/* Both ends of a wire, resolved. */
typedef struct {
  TelarGraphEntry *from, *to;
  guint from_port, to_port;
  guint to_slot;
} TelarWire;

/* "conv1", "conv1:out", "add1:in.0" at the two ends. A missing slot of a repeated port becomes
 * G_MAXUINT. */
gboolean telar_graph_resolve (const TelarGraph *graph, const char *from, const char *to,
                              TelarWire *wire, GError **error);
/* All of telar_graph_can_connect but the cycle. */
gboolean telar_graph_check_wire (const TelarGraph *graph, const TelarWire *wire, GError **error);
TelarEdge *telar_graph_insert_edge (TelarGraph *graph, const TelarWire *wire);
/* Leaves the other slots where they are. */
void telar_graph_delete_edge (TelarGraph *graph, TelarEdge *edge);

/* Gives the ends of the wires of @entry its new id. */
void telar_graph_rename_edges (TelarGraph *graph, const TelarGraphEntry *entry);

/* FALSE with an error that names a node of the cycle when there is one. */
gboolean telar_graph_check_acyclic (const TelarGraph *graph, GError **error);
/* Whether a wire from @from to @to would close a cycle. */
gboolean telar_graph_reaches (const TelarGraph *graph, TelarGraphEntry *from, TelarGraphEntry *to);

/* The wire that ends at "bn1:in", "bn1:in.0", "add1:in.1", or NULL. */
TelarEdge *telar_graph_edge_at (const TelarGraph *graph, const char *place);
/* "conv1:out"; "bn1:in", "add1:in.1". Caller frees. */
char *telar_graph_edge_from (const TelarGraph *graph, const TelarEdge *edge);
char *telar_graph_edge_to (const TelarGraph *graph, const TelarEdge *edge);

/* One record each, as a line of the file; that of a group is {} or has its title. */
char *telar_graph_group_line (const TelarGraph *drawing);
char *telar_graph_node_line (const TelarNode *node);
char *telar_graph_edge_line (const TelarGraph *graph, const TelarEdge *edge);
/* NULL when the node stands at the origin. */
char *telar_graph_layout_line (const TelarNode *node);
/* NULL when the wire bends nowhere. */
char *telar_graph_bends_line (const TelarEdge *edge);
char *telar_graph_note_line (const TelarNote *note);

/* Puts or replaces; @id NULL takes that of the record. */
gboolean telar_graph_put_node (TelarGraph *graph, const char *id, const json_t *json,
                               GError **error);
/* Reads both ends. */
gboolean telar_graph_read_edge (const TelarGraph *graph, const json_t *json, TelarWire *wire,
                                GError **error);
/* @place: the id of a node, or the end of a wire, "add1:in.0", for its bends. */
gboolean telar_graph_put_layout (TelarGraph *graph, const char *place, const json_t *json,
                                 GError **error);
gboolean telar_graph_put_note (TelarGraph *graph, const char *id, const json_t *json,
                               GError **error);
/* Makes the group where there is none. */
gboolean telar_graph_put_group (TelarGraph *graph, const char *name, const json_t *title,
                                GError **error);
void telar_graph_free_value (gpointer value);
gboolean telar_graph_put_value (TelarGraph *graph, const char *name, const json_t *json,
                                GError **error);
void telar_graph_copy_values (TelarGraph *to, const TelarGraph *from);
gboolean telar_graph_put_training (TelarGraph *graph, const char *name, const json_t *json,
                                   GError **error);
gboolean telar_graph_put_seed (TelarGraph *graph, const json_t *json, GError **error);
gboolean telar_graph_put_hash (TelarGraph *graph, const char *path, const json_t *json,
                               GError **error);

G_END_DECLS
