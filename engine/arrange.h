/* Arranging a graph: nodes in columns along the flow, each near what it is wired to. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* How large the cards are, in canvas units. */
typedef struct {
  double width;      /* of every card */
  double column_gap; /* between columns */
  double grid;       /* places are multiples of it */
  double (*height) (const TelarNode *node, gpointer data);
  gpointer data;
} TelarCards;

typedef struct {
  const char *id; /* borrowed from the graph */
  double x, y;
} TelarArranged;

/* A place for each node, in topological order; long chains are folded into rows that read like
 * text. Linear in wires but for sorting the columns. Sugiyama et al.: "Methods for visual
 * understanding of hierarchical system structures", 1981. Caller unrefs; array of TelarArranged. */
GArray *telar_graph_arrange (const TelarGraph *graph, const TelarCards *cards);

G_END_DECLS
