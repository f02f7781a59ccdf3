/* Nodes with the same id are the same. Of those that remain a removed and an added one are the same
 * node, renamed, when they are of one operator and their wires lead to nodes that are the same:
 * each that is found may help to find its neighbours, so this goes on until it finds no more. */
#include "engine/diff-match.h"

/* Above it a graph is another rather than renamed: each pass compares all pairs. */
#define MOST_UNMATCHED 2000

char *
telar_diff_wire_text (const TelarGraph *graph, const TelarEdge *edge, GHashTable *names)
{
  const TelarNode *from = telar_graph_find_node (graph, edge->from);
  const TelarNode *to = telar_graph_find_node (graph, edge->to);
  const TelarPort *port = &to->op->inputs[edge->to_port];
  const char *from_name = names ? g_hash_table_lookup (names, from->id) : NULL;
  const char *to_name = names ? g_hash_table_lookup (names, to->id) : NULL;
  g_autofree char *slot = port->repeated ? g_strdup_printf (".%u", edge->to_slot) : g_strdup ("");

  return g_strdup_printf ("%s:%s -> %s:%s%s", from_name ? from_name : from->id,
                          from->op->outputs[edge->from_port].name, to_name ? to_name : to->id,
                          port->name, slot);
}

typedef struct {
  const TelarGraph *before, *after;
  GHashTable *match;      /* of ids before to ids after */
  GHashTable *touching;   /* ids of nodes before to their wires, GPtrArray of TelarEdge * */
  GHashTable *wires;      /* of @after, as text */
  GPtrArray *gone, *come; /* TelarNode * that have no counterpart yet */
} Matching;

/* How many wires of @old are wires of @new when all that is known of their other ends holds. */
static guint
shared_wires (const Matching *m, const TelarNode *old, const TelarNode *new)
{
  const GPtrArray *edges = g_hash_table_lookup (m->touching, old->id);
  guint shared = 0;

  g_hash_table_insert (m->match, old->id, new->id);
  for (guint i = 0; edges && i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    gboolean from = g_str_equal (edge->from, old->id);

    if (g_hash_table_contains (m->match, from ? edge->to : edge->from)) {
      g_autofree char *text = telar_diff_wire_text (m->before, edge, m->match);
      shared += g_hash_table_contains (m->wires, text);
    }
  }
  g_hash_table_remove (m->match, old->id);
  return shared;
}

/* Those whose parameters agree, too, come first. */
static guint
likeness (const Matching *m, const TelarNode *old, const TelarNode *new)
{
  guint shared = old->op == new->op || g_str_equal (old->op->name, new->op->name)
                     ? shared_wires (m, old, new)
                     : 0,
        same = 0;

  if (shared == 0)
    return 0;
  for (const TelarParam *p = telar_param_set_table (old->params); p && p->name; p++)
    same += telar_param_value_equal (telar_param_set_get (old->params, p->name),
                                     telar_param_set_get (new->params, p->name));
  return shared * 64 + same;
}

static gboolean
match_one (Matching *m)
{
  guint best = 0, old = 0, new = 0;

  for (guint i = 0; i < m->gone->len; i++)
    for (guint j = 0; j < m->come->len; j++) {
      guint like = likeness (m, m->gone->pdata[i], m->come->pdata[j]);
      if (like > best) {
        best = like;
        old = i;
        new = j;
      }
    }
  if (best == 0)
    return FALSE;
  g_hash_table_insert (m->match, ((TelarNode *)m->gone->pdata[old])->id,
                       ((TelarNode *)m->come->pdata[new])->id);
  g_ptr_array_remove_index (m->gone, old);
  g_ptr_array_remove_index (m->come, new);
  return TRUE;
}

/* The nodes of @graph that the other has none of the same id for. */
static GPtrArray *
without_counterpart (const TelarGraph *graph, const TelarGraph *other, GHashTable *match)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  GPtrArray *alone = g_ptr_array_new ();

  for (guint i = 0; i < nodes->len; i++) {
    TelarNode *node = nodes->pdata[i];
    TelarNode *same = telar_graph_find_node (other, node->id);

    if (!same)
      g_ptr_array_add (alone, node);
    else if (match)
      g_hash_table_insert (match, node->id, same->id);
  }
  return alone;
}

static void
note_wire (GHashTable *touching, const char *id, TelarEdge *edge)
{
  GPtrArray *edges = g_hash_table_lookup (touching, id);

  if (!edges)
    g_hash_table_insert (touching, (gpointer)id, edges = g_ptr_array_new ());
  g_ptr_array_add (edges, edge);
}

static GHashTable *
wires_by_node (const TelarGraph *graph)
{
  GHashTable *touching =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  const GPtrArray *edges = telar_graph_edges (graph);

  for (guint i = 0; i < edges->len; i++) {
    TelarEdge *edge = edges->pdata[i];

    note_wire (touching, edge->from, edge);
    note_wire (touching, edge->to, edge);
  }
  return touching;
}

GHashTable *
telar_diff_match (const TelarGraph *before, const TelarGraph *after)
{
  GHashTable *match = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) wires = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) gone = without_counterpart (before, after, match);
  g_autoptr (GPtrArray) come = without_counterpart (after, before, NULL);
  const GPtrArray *edges = telar_graph_edges (after);
  g_autoptr (GHashTable) touching = wires_by_node (before);
  Matching m = { before, after, match, touching, wires, gone, come };

  for (guint i = 0; i < edges->len; i++)
    g_hash_table_add (wires, telar_diff_wire_text (after, edges->pdata[i], NULL));
  if ((gsize)gone->len * come->len <= MOST_UNMATCHED)
    while (match_one (&m))
      continue;
  return match;
}
