/* From the graph to the IR: each operator builds itself. Shapes, parameters and problems of every
 * node come out on the way, which is what the canvas and `telar check` show. */
#pragma once

#include "engine/feed.h"
#include "engine/graph.h"
#include "engine/ir.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_LOWER_INFER,    /* what a model does when it is used: results of the output nodes */
  TELAR_LOWER_EVALUATE, /* the same with losses and metrics */
  TELAR_LOWER_TRAIN,    /* training behaviour: batch statistics, dropout; losses and metrics */
} TelarLowerMode;

typedef enum { TELAR_PROBLEM_ERROR, TELAR_PROBLEM_WARNING } TelarSeverity;

typedef struct {
  char *node; /* NULL: the whole graph */
  TelarSeverity severity;
  char *message;
} TelarProblem;

typedef struct {
  TelarProgram *program; /* NULL when there was an error */
  GPtrArray *problems;   /* TelarProblem *, owned */
  /*< private >*/
  GHashTable *ports;   /* "node:port" -> TelarType * */
  GHashTable *values;  /* node id -> TelarValue *, one per output port */
  GPtrArray *nodes;    /* TelarLoweredNode *, owned */
  GPtrArray *drawings; /* TelarGraph *: copies of groups' drawings that nodes are of; owned */
  GStringChunk *names;
} TelarLowered;

/* A node as it was lowered: also those within groups, once for each use and repetition. Ids of
 * nodes in what is lowered are paths, "stage/0/conv1". */
typedef struct {
  const char *id;
  const TelarNode *node; /* with the parameters that it has here */
  const TelarGraph *drawing;
  const char *before; /* the path of the drawing, "" or "stage/0/": @id without the node's own */
  const char *states; /* what the names of its states begin with: "stage/0/conv1" or, where the
                       * uses of a group share their weights, "NAME:conv1" */
} TelarLoweredNode;

/* @feed may be NULL: then data nodes give no shapes and their consumers are left out without a
 * problem. Lowers as much as it can: a node with a problem stops only what depends on it. */
TelarLowered *telar_lower (const TelarGraph *graph, const TelarFeed *feed, TelarLowerMode mode);
void telar_lowered_free (TelarLowered *lowered);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarLowered, telar_lowered_free)
/* The type at an output port, or NULL when it is unknown. */
const TelarType *telar_lowered_port (const TelarLowered *lowered, const char *node,
                                     const char *port);
/* The program's value at an output port of @node, TELAR_NO_VALUE when it has none. */
TelarValue telar_lowered_value (const TelarLowered *lowered, const char *node, guint port);
/* The value on @wire: "conv1", or "NODE.PORT"; of a node in a group its path, which may leave out
 * the numbers of repetitions: then it is the first's. TELAR_NO_VALUE with an error where there is
 * none. */
TelarValue telar_lowered_wire (const TelarLowered *lowered, const char *wire, GError **error);
/* TelarLoweredNode *, in the order in which they were lowered; borrowed. */
const GPtrArray *telar_lowered_nodes (const TelarLowered *lowered);
/* What stands before the ids of the nodes in the group of the node @place, "stage/" or, where it is
 * repeated, that of its first run, "stage/0/". Borrowed; NULL where nothing in it was lowered. */
const char *telar_lowered_find_within (const TelarLowered *lowered, const char *place);
/* How many trainable numbers each node has, by its id: gint64 *; those of groups are of their
 * nodes, also where others share them. @total (may be NULL): of the program, each number once.
 * Empty without a program. Caller unrefs. */
GHashTable *telar_lowered_count_parameters (const TelarLowered *lowered, gint64 *total);
/* The first error as a GError; FALSE when there was one. */
gboolean telar_lowered_ok (const TelarLowered *lowered, GError **error);

/* Whether the node is an input of the finished model, and the type that its parameters ask for;
 * FALSE where it is none or they have too many sizes. */
gboolean telar_node_input_type (const TelarNode *node, TelarType *type);

/* --- node after node ---------------------------------------------------------------------------
 */

/* For a graph under construction: what a node gives is known as soon as it stands and is wired. */
typedef struct TelarLowerWalk TelarLowerWalk;

/* Borrows @graph; as a model in use. */
TelarLowerWalk *telar_lower_walk_new (const TelarGraph *graph);
/* The same as a model that is trained: for trying what nodes of a graph that stands would say. */
TelarLowerWalk *telar_lower_walk_new_training (const TelarGraph *graph);
void telar_lower_walk_free (TelarLowerWalk *walk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarLowerWalk, telar_lower_walk_free)
/* Says what an output of a node gives, which is then not lowered itself. */
void telar_lower_walk_assume (TelarLowerWalk *walk, const TelarNode *node, guint port,
                              const TelarType *type);
/* Lowers the node, whose inputs come from nodes that were lowered or assumed before; where they are
 * not known, it gives nothing. */
gboolean telar_lower_walk_node (TelarLowerWalk *walk, const TelarNode *node, GError **error);
/* NULL when it has none. */
const TelarType *telar_lower_walk_port (const TelarLowerWalk *walk, const TelarNode *node,
                                        guint port);

/* --- for operators ---------------------------------------------------------------------------- */

struct TelarLowering {
  TelarBuilder *b; /* origin is set to the node */
  const TelarNode *node;
  const char *id;    /* the node's, with the groups that it is in: "stage/conv1" */
  gboolean training; /* the node behaves as in training: the mode is that, and it is not frozen */
  /*< private >*/
  struct TelarLowerState *state;
};

/* How a group's node lowers: what is drawn in the group, as often as it is to run. */
void telar_lower_group (TelarLowering *l);

/* The value wired to an input port; TELAR_NO_VALUE when it is optional and free. */
TelarValue telar_lower_input (TelarLowering *l, guint port);
/* A repeated port's values in slot order. */
guint telar_lower_n_inputs (TelarLowering *l, guint port);
TelarValue telar_lower_input_at (TelarLowering *l, guint port, guint slot);
void telar_lower_output (TelarLowering *l, guint port, TelarValue value);

/* The node's parameters. */
gint64 telar_lower_int (TelarLowering *l, const char *param);
double telar_lower_real (TelarLowering *l, const char *param);
gboolean telar_lower_bool (TelarLowering *l, const char *param);
const char *telar_lower_text (TelarLowering *l, const char *param);
const gint64 *telar_lower_ints (TelarLowering *l, const char *param, guint *n);
const double *telar_lower_reals (TelarLowering *l, const char *param, guint *n);

/* Declares the state NODE.@role and reads it. Trainable. */
TelarValue telar_lower_parameter (TelarLowering *l, const char *role, const TelarShape *shape,
                                  TelarInit init, gboolean decay);
/* A state that training does not touch unless telar_lower_update says so. */
TelarValue telar_lower_buffer (TelarLowering *l, const char *role, const TelarShape *shape,
                               TelarInit init, TelarValue fit);
void telar_lower_update (TelarLowering *l, const char *role, TelarValue value);
/* The same for numbers of any type that nothing changes; zeros until a file of weights gives them.
 */
TelarValue telar_lower_stored (TelarLowering *l, const char *role, const TelarType *type);
/* What the model is given, called as the node. While it is trained or measured @data takes its
 * place; without, that is a problem of the node's. */
TelarValue telar_lower_model_input (TelarLowering *l, const TelarType *type, TelarValue data);
/* The program's results. A loss is a scalar, summed with the others; a metric the float64 sums of
 * a batch and the kind of number that is made of those of an epoch (metric.h). Ignored in the modes
 * that do not want them. */
void telar_lower_loss (TelarLowering *l, TelarValue value);
void telar_lower_metric (TelarLowering *l, const char *name, const char *kind, TelarValue value);
void telar_lower_result (TelarLowering *l, const char *name, TelarValue value);
/* A problem of this node, in its own words. */
void telar_lower_fail (TelarLowering *l, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The stream of the node's randomness. */
gint64 telar_lower_stream (TelarLowering *l);
/* One more of its streams, for nodes that draw more than once. */
gint64 telar_lower_stream_of (TelarLowering *l, const char *role);

G_END_DECLS
