/* What follows from the direction of wires: the order of nodes, and that there is no cycle. Walks
 * mark the nodes they pass with the number of the walk, so none needs a table of its own. */
#include "engine/graph-private.h"

/* --- a heap of indices into the sorted nodes: the least id comes first ------------------------ */

static void
heap_push (GArray *heap, guint index)
{
  g_array_append_val (heap, index);
  guint *items = (guint *)heap->data, at = heap->len - 1;
  while (at > 0 && items[(at - 1) / 2] > index) {
    items[at] = items[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  items[at] = index;
}

static guint
heap_pop (GArray *heap)
{
  guint *items = (guint *)heap->data, least = items[0], last = items[heap->len - 1], at = 0;
  g_array_set_size (heap, heap->len - 1);
  for (guint child = 1; child < heap->len; child = 2 * at + 1) {
    if (child + 1 < heap->len && items[child + 1] < items[child])
      child++;
    if (items[child] >= last)
      break;
    items[at] = items[child];
    at = child;
  }
  if (heap->len > 0)
    items[at] = last;
  return least;
}

/* Kahn's algorithm; nodes on or behind a cycle are left out. */
static GPtrArray *
order (const TelarGraph *graph)
{
  guint n = graph->nodes->len;
  g_autofree guint *waiting = g_new (guint, n);
  g_autoptr (GArray) heap = g_array_new (FALSE, FALSE, sizeof (guint));
  GPtrArray *ordered = g_ptr_array_sized_new (n);
  for (guint i = 0; i < n; i++) {
    TelarGraphEntry *entry = graph->nodes->pdata[i];
    entry->index = i;
    waiting[i] = entry->in->len;
    if (waiting[i] == 0)
      heap_push (heap, i);
  }
  while (heap->len > 0) {
    TelarGraphEntry *entry = graph->nodes->pdata[heap_pop (heap)];
    g_ptr_array_add (ordered, entry);
    for (guint i = 0; i < entry->out->len; i++) {
      const TelarEdge *edge = entry->out->pdata[i];
      guint to = telar_graph_entry (graph, edge->to)->index;
      if (--waiting[to] == 0)
        heap_push (heap, to);
    }
  }
  return ordered;
}

GPtrArray *
telar_graph_topological (const TelarGraph *graph)
{
  return order (graph);
}

/* --- cycles ----------------------------------------------------------------------------------- */

static guint
begin_walk (const TelarGraph *graph)
{
  return ++((TelarGraph *)graph)->walks; /* scratch, not part of the document */
}

gboolean
telar_graph_reaches (const TelarGraph *graph, TelarGraphEntry *from, TelarGraphEntry *to)
{
  if (from == to)
    return TRUE;
  /* What most wires of a growing drawing look like; saves the walk. */
  if (from->out->len == 0 || to->in->len == 0)
    return FALSE;
  guint walk = begin_walk (graph);
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  g_ptr_array_add (open, from);
  from->mark = walk;
  while (open->len > 0) {
    TelarGraphEntry *entry = g_ptr_array_steal_index_fast (open, open->len - 1);
    for (guint i = 0; i < entry->out->len; i++) {
      const TelarEdge *edge = entry->out->pdata[i];
      TelarGraphEntry *next = telar_graph_entry (graph, edge->to);
      if (next == to)
        return TRUE;
      if (next->mark != walk) {
        next->mark = walk;
        g_ptr_array_add (open, next);
      }
    }
  }
  return FALSE;
}

/* Backwards from a node that was never ready, along others of the kind, until one comes twice. */
static TelarGraphEntry *
node_on_cycle (const TelarGraph *graph, guint ready, TelarGraphEntry *start)
{
  guint walk = begin_walk (graph);
  TelarGraphEntry *entry = start;
  while (entry->mark != walk) {
    entry->mark = walk;
    for (guint i = 0; i < entry->in->len; i++) {
      const TelarEdge *edge = entry->in->pdata[i];
      TelarGraphEntry *before = telar_graph_entry (graph, edge->from);
      if (before->mark != ready) {
        entry = before;
        break;
      }
    }
  }
  return entry;
}

gboolean
telar_graph_check_acyclic (const TelarGraph *graph, GError **error)
{
  g_autoptr (GPtrArray) ordered = order (graph);
  if (ordered->len == graph->nodes->len)
    return TRUE;
  guint ready = begin_walk (graph);
  for (guint i = 0; i < ordered->len; i++)
    ((TelarGraphEntry *)ordered->pdata[i])->mark = ready;
  TelarGraphEntry *start = NULL;
  for (guint i = 0; i < graph->nodes->len && !start; i++)
    if (((TelarGraphEntry *)graph->nodes->pdata[i])->mark != ready)
      start = graph->nodes->pdata[i];
  const TelarGraphEntry *found = node_on_cycle (graph, ready, start);
  telar_set_error (error, TELAR_ERROR_INVALID, found->node.id,
                   "the node depends on itself: its wires form a cycle");
  return FALSE;
}
