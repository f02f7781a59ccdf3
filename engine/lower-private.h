/* What lower.c (the walk over the nodes) and lower-node.c (what an operator may do) share. */
#pragma once

#include "engine/graph-private.h"
#include "engine/lower.h"

G_BEGIN_DECLS

/* The loss that is no node's: what kernels cost that are to stay small. */
#define TELAR_LOSS_PENALTY "penalty"

/* A result on its way into the program; names are made when all are known. */
typedef struct {
  TelarOutputRole role;
  const char *node;
  char *name;
  TelarValue value;
  const char *kind; /* of a metric; interned */
} TelarPendingOutput;

/* A state's new value on its way. */
typedef struct {
  char *state;
  TelarValue value;
} TelarPendingUpdate;

struct TelarLowerState {
  const TelarGraph *graph; /* the drawing under way */
  const TelarFeed *feed;
  TelarLowerMode mode;
  TelarLowered *lowered;
  GArray *pending;        /* TelarPendingOutput */
  GArray *updates;        /* TelarPendingUpdate */
  TelarValue *outputs;    /* of the node under way */
  gboolean learns;        /* whether it has declared a parameter */
  const char *before;     /* "stage/0/": what stands before the ids of the drawing's nodes */
  const char *states;     /* the same before the names of states, */
  const char *streams;    /* and of the streams of random numbers */
  const TelarValue *ends; /* of a group: what its input ports are given */
  gboolean frozen;        /* by a group around; the factors are theirs, too */
  double rate_factor, decay_factor;
  guint n_lowered;    /* nodes, in groups also those, again each time */
  guint depth;        /* of groups around */
  GHashTable *needed; /* drawing -> what telar_lower_needed found */
};

/* The state of lowering the main drawing. */
struct TelarLowerState telar_lower_state (const TelarGraph *graph, const TelarFeed *feed,
                                          TelarLowerMode mode, TelarLowered *lowered);
void telar_lower_state_clear (struct TelarLowerState *state);
/* The ids of the nodes of @drawing that its results depend on: what a model in use needs. Borrowed.
 */
GHashTable *telar_lower_needed (struct TelarLowerState *state, const TelarGraph *drawing);
/* How many of the problems are errors. */
guint telar_lowered_n_errors (const TelarLowered *lowered);

/* Reports a problem of @node (NULL: of the graph). */
void telar_lower_report (TelarLowered *lowered, const char *node, TelarSeverity severity,
                         const char *format, ...) G_GNUC_PRINTF (4, 5);
/* The same; the node stands in the problem, so its id leaves the message. */
void telar_lower_report_error (TelarLowered *lowered, const char *node, const GError *error);
TelarLowered *telar_lowered_new (void);
/* Gives the pending results their names and the program all of them; then the new states. */
void telar_lower_build_outputs (TelarBuilder *b, GArray *pending);
void telar_lower_build_updates (TelarBuilder *b, const GArray *updates);
/* Lowers @node, which is of the drawing under way. */
void telar_lower_node (TelarLowering *l, const TelarNode *node);
/* @name kept as long as @lowered. */
const char *telar_lowered_keep (TelarLowered *lowered, const char *name);

/* What the wire brings; makes the INPUT instruction when the node is one of data and this its
 * first use. */
TelarValue telar_lower_wire (TelarLowering *l, const TelarEdge *edge);

G_END_DECLS
