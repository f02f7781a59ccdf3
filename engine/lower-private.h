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

struct TelarLowerState {
  const TelarGraph *graph;
  const TelarFeed *feed;
  TelarLowerMode mode;
  TelarLowered *lowered;
  GArray *pending;     /* TelarPendingOutput */
  TelarValue *outputs; /* of the node under way */
  gboolean learns;     /* whether it has declared a parameter */
};

/* Reports a problem of @node (NULL: of the graph). */
void telar_lower_report (TelarLowered *lowered, const char *node, TelarSeverity severity,
                         const char *format, ...) G_GNUC_PRINTF (4, 5);
TelarLowered *telar_lowered_new (void);
/* The results on their way, as TelarPendingOutput. */
GArray *telar_lower_pending_new (void);
/* Lowers the node l->node. */
void telar_lower_node (TelarLowering *l);

/* What the wire brings; makes the INPUT instruction when the node is one of data and this its
 * first use. */
TelarValue telar_lower_wire (TelarLowering *l, const TelarEdge *edge);

G_END_DECLS
