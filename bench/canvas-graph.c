/* Networks of any size: blocks of layers in a row. */
#include "bench/canvas-graph.h"

#define BRANCHES 4

typedef struct {
  TelarGraph *graph;
  guint left; /* nodes still to be made */
} Drawing;

/* A node behind @from; NULL when there are enough. */
static const char *
put (Drawing *drawing, const char *op, const char *from)
{
  g_autoptr (GError) error = NULL;
  TelarNode *node;

  if (drawing->left == 0)
    return NULL;
  node = telar_graph_add_node (drawing->graph, op, NULL, &error);
  if (!node || (from && !telar_graph_wire (drawing->graph, from, node->id, &error)))
    g_error ("%s", error->message);
  drawing->left--;
  return node->id;
}

/* Joins @from and @more, as far as there are such. */
static const char *
join (Drawing *drawing, const char *op, const char *from, const char *more)
{
  const char *id = from ? put (drawing, op, from) : NULL;

  if (id && more)
    telar_graph_wire (drawing->graph, more, id, NULL);
  return id;
}

static const char *
chain (Drawing *drawing, const char *const *ops, const char *from)
{
  for (guint i = 0; ops[i] && from; i++)
    from = put (drawing, ops[i], from);
  return from;
}

static const char *
residual (Drawing *drawing, const char *from)
{
  static const char *const ops[] = { "conv2d", "batch_norm", "relu", "conv2d", "batch_norm", NULL };

  return chain (drawing, (const char *[]){ "relu", NULL },
                join (drawing, "add", chain (drawing, ops, from), from));
}

static const char *
branches (Drawing *drawing, const char *from)
{
  static const char *const ops[] = { "conv2d", "relu", NULL };
  const char *joined = join (drawing, "concat", chain (drawing, ops, from), NULL);

  for (guint i = 1; i < BRANCHES && joined; i++) {
    const char *branch = chain (drawing, ops, from);

    if (branch)
      telar_graph_wire (drawing->graph, branch, joined, NULL);
  }
  return joined;
}

TelarGraph *
bench_graph (guint n_nodes)
{
  Drawing drawing = { telar_graph_new (), n_nodes };
  const char *last = put (&drawing, "input", NULL);

  for (guint block = 1; last; block++)
    last = block % 3 == 0 ? branches (&drawing, last) : residual (&drawing, last);
  return drawing.graph;
}
