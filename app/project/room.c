/* Making room: nodes to the right of one that was put into a wire move out of its way, each only as
 * far as the gap before it has become too small. */
#include "app/project/cards.h"
#include "app/project/edits-private.h"

#include <math.h>

/* A node with where its card was; the node itself has moved. */
typedef struct {
  TelarNode *node;
  double left;
} Pushed;

static double
height_of (const TelarNode *node)
{
  return telar_card_height (telar_operator_n_inputs (node->op),
                            telar_operator_n_outputs (node->op));
}

static gboolean
share_rows (const TelarNode *a, const TelarNode *b)
{
  return a->y < b->y + height_of (b) && b->y < a->y + height_of (a);
}

static gboolean
is_wired (const TelarGraph *graph, const char *from, const char *to)
{
  const TelarNode *node = telar_graph_find_node (graph, to);

  for (guint port = 0; port < telar_operator_n_inputs (node->op); port++) {
    const TelarEdge *edge;

    for (guint slot = 0; (edge = telar_graph_incoming (graph, to, port, slot)); slot++)
      if (g_str_equal (edge->from, from))
        return TRUE;
  }
  return FALSE;
}

static int
compare_left (gconstpointer a, gconstpointer b)
{
  const TelarNode *x = *(TelarNode *const *)a, *y = *(TelarNode *const *)b;

  return x->x < y->x ? -1 : x->x > y->x;
}

/* How far right @node must at least be after @by has moved: it keeps its distance, where that was
 * less than a gap, and otherwise a gap. -G_MAXDOUBLE: anywhere. */
static double
limit (const TelarGraph *graph, const Pushed *by, const TelarNode *node)
{
  double distance = node->x - (by->left + TELAR_CARD_WIDTH);

  if (distance < 0 || (!share_rows (by->node, node) && !is_wired (graph, by->node->id, node->id)))
    return -G_MAXDOUBLE;
  return by->node->x + TELAR_CARD_WIDTH + MIN (distance, TELAR_GAP);
}

static void
push (TelarDocument *document, TelarGraph *graph, TelarNode *node, double left, GArray *pushed)
{
  Pushed item = { node, node->x };

  telar_patch_touchf (telar_document_patch (document), graph, "layout/%s", node->id);
  node->x = ceil (left / TELAR_GRID) * TELAR_GRID;
  g_array_append_val (pushed, item);
}

/* The node leaves a gap behind what feeds it, where that stands before it. Returns the right edge
 * of the last such card, or that of a card a gap before the node. */
static double
step_back (const TelarGraph *graph, TelarNode *node)
{
  const GPtrArray *edges = telar_graph_edges (graph);
  double end = -G_MAXDOUBLE;

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    double right = telar_graph_find_node (graph, edge->from)->x + TELAR_CARD_WIDTH;

    if (g_str_equal (edge->to, node->id) && right - TELAR_CARD_WIDTH <= node->x)
      end = MAX (end, right);
  }
  if (end == -G_MAXDOUBLE)
    return node->x - TELAR_GAP;
  node->x = MAX (node->x, ceil ((end + TELAR_GAP) / TELAR_GRID) * TELAR_GRID);
  return end;
}

void
telar_edit_make_room (TelarDocument *document, TelarGraph *graph, TelarNode *node)
{
  double end = step_back (graph, node), front = node->x + TELAR_CARD_WIDTH + TELAR_GAP;
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  g_autoptr (GArray) pushed = g_array_new (FALSE, FALSE, sizeof (Pushed));
  const GPtrArray *all = telar_graph_nodes (graph);

  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (nodes, all->pdata[i]);
  g_ptr_array_sort (nodes, compare_left);
  for (guint i = 0; i < nodes->len; i++) {
    TelarNode *other = nodes->pdata[i];
    gboolean after = other->x >= end && is_wired (graph, node->id, other->id);
    gboolean under =
        other->x >= end && other->x + TELAR_CARD_WIDTH > node->x && share_rows (node, other);
    double left = after || under ? front : -G_MAXDOUBLE;

    if (other == node)
      continue;
    for (guint j = 0; j < pushed->len; j++)
      left = MAX (left, limit (graph, &g_array_index (pushed, Pushed, j), other));
    if (other->x < left)
      push (document, graph, other, left, pushed);
  }
}
