/* What is told of single nodes while they train, as scalars of tags "node/PATH/STAT". */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TELAR_NODE_SIGNAL,   /* "signal": the mean size of the numbers that it gives */
  TELAR_NODE_GRADIENT, /* "grad_norm": √Σg² over the gradients of its parameters, or of what it
                        * gives where it has none */
  TELAR_NODE_DEAD,     /* "dead": the part of its units that gave nothing but 0 */
  TELAR_NODE_TIME,     /* "time": seconds of a step, forward and backward */
  TELAR_N_NODE_STATS
} TelarNodeStat;

#define TELAR_NODE_STAT_PREFIX "node/"

const char *telar_node_stat_name (TelarNodeStat stat);
/* "node/conv1/grad_norm"; caller frees. */
char *telar_node_stat_tag (const char *node, TelarNodeStat stat);
/* The other way; FALSE when @tag is none of these. Caller frees @node. */
gboolean telar_node_stat_parse (const char *tag, char **node, TelarNodeStat *stat);

G_END_DECLS
