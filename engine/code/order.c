/* Which nodes are said, and in which order: what the results need, followed back wire by wire, so
 * that a branch is finished before the next begins. */
#include "engine/code/private.h"

static gboolean
gives_back (const TelarNode *node)
{
  return g_str_equal (node->op->name, TELAR_GROUP_OUTPUT) ||
         node->op->category == TELAR_CATEGORY_OUTPUT;
}

/* What is learned of takes the place of results where nothing is given back. */
static gboolean
is_goal (const TelarNode *node)
{
  return node->op->category == TELAR_CATEGORY_LOSS;
}

static GPtrArray *
wires_to (const TelarGraph *drawing, gboolean (*wanted) (const TelarNode *node), gboolean first)
{
  const GPtrArray *edges = telar_graph_edges (drawing);
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < edges->len; i++) {
    TelarEdge *edge = edges->pdata[i];

    if (wanted (telar_graph_find_node (drawing, edge->to)) && (!first || edge->to_port == 0))
      g_ptr_array_add (found, edge);
  }
  return found;
}

GPtrArray *
code_results (const TelarGraph *drawing)
{
  GPtrArray *results = wires_to (drawing, gives_back, FALSE);

  if (results->len > 0)
    return results;
  g_ptr_array_unref (results);
  return wires_to (drawing, is_goal, TRUE);
}

/* Node ids to the wires that come in, in their order. */
static GHashTable *
incoming_wires (const TelarGraph *drawing)
{
  const GPtrArray *edges = telar_graph_edges (drawing);
  GHashTable *incoming =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);

  for (guint i = 0; i < edges->len; i++) {
    TelarEdge *edge = edges->pdata[i];
    GPtrArray *wires = g_hash_table_lookup (incoming, edge->to);

    if (!wires)
      g_hash_table_insert (incoming, edge->to, wires = g_ptr_array_new ());
    g_ptr_array_add (wires, edge);
  }
  return incoming;
}

typedef struct {
  TelarNode *node;
  guint next; /* of its wires to be followed */
} Visit;

/* A chain may be longer than the stack of calls is deep. */
static void
visit (const TelarGraph *drawing, GHashTable *incoming, GHashTable *seen, TelarNode *start,
       GPtrArray *order)
{
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (Visit));
  Visit first = { start, 0 };

  if (g_hash_table_add (seen, start))
    g_array_append_val (path, first);
  while (path->len > 0) {
    Visit *last = &g_array_index (path, Visit, path->len - 1);
    const GPtrArray *wires = g_hash_table_lookup (incoming, last->node->id);

    /* What stands before an input of the model is no part of it. */
    if (!wires || last->next == wires->len ||
        g_str_equal (last->node->op->name, TELAR_OPERATOR_INPUT)) {
      g_ptr_array_add (order, last->node);
      g_array_set_size (path, path->len - 1);
      continue;
    }
    const TelarEdge *edge = wires->pdata[last->next++];
    Visit before = { telar_graph_find_node (drawing, edge->from), 0 };
    if (g_hash_table_add (seen, before.node))
      g_array_append_val (path, before);
  }
}

GPtrArray *
code_order (const TelarGraph *drawing, const GPtrArray *results)
{
  g_autoptr (GHashTable) incoming = incoming_wires (drawing);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GPtrArray *order = g_ptr_array_new ();

  for (guint i = 0; i < results->len; i++) {
    const TelarEdge *edge = results->pdata[i];
    visit (drawing, incoming, seen, telar_graph_find_node (drawing, edge->from), order);
  }
  return order;
}
