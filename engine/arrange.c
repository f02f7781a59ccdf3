/* An arrangement: what it needs of the graph, its steps, and its result. */
#include "engine/arrange-private.h"

#include "engine/graph-private.h"

gboolean
telar_arrange_go_on (const TelarArrangement *a, guint permille)
{
  if (a->permille)
    g_atomic_int_set (a->permille, (gint)permille);
  return !a->cancelled || !g_atomic_int_get (a->cancelled);
}

/* --- taking from the graph -------------------------------------------------------------------- */

static void
take_nodes (TelarArrangement *a, const TelarGraph *graph, const TelarCards *cards,
            GHashTable *chosen, GHashTable *index)
{
  g_autoptr (GPtrArray) order = telar_graph_topological (graph);
  for (guint i = 0; i < order->len; i++) {
    const TelarNode *node = order->pdata[i];
    double height = cards->height (node, cards->data);
    if (chosen && !g_hash_table_contains (chosen, node->id)) {
      TelarArrangeRect rect = { node->x, node->y, cards->width, height };
      g_array_append_val (a->others, rect);
      continue;
    }
    TelarArrangeItem item = {
      .id = g_strdup (node->id), .height = height, .old_x = node->x, .old_y = node->y
    };
    g_array_append_val (a->items, item);
    g_hash_table_insert (index, node->id, GUINT_TO_POINTER (a->items->len));
    a->placed = a->placed || telar_arrange_had_place (&item);
  }
}

/* The graph lists wires by the ids of their targets, here they are wanted by its items. */
static void
take_wires_in (TelarArrangement *a, const TelarGraph *graph, const TelarCards *cards,
               GHashTable *index)
{
  for (guint i = 0; i < a->items->len; i++) {
    TelarArrangeItem *item = telar_arrange_item (a, i);
    const TelarGraphEntry *entry = telar_graph_entry (graph, item->id);
    item->first_in = a->wires->len;
    for (guint e = 0; e < entry->in->len; e++) {
      const TelarEdge *edge = entry->in->pdata[e];
      guint from = GPOINTER_TO_UINT (g_hash_table_lookup (index, edge->from));
      if (from == 0)
        continue;
      const TelarNode *source = (const TelarNode *)telar_graph_entry (graph, edge->from);
      TelarArrangeWire wire = { from - 1, i,
                                cards->port (source, TRUE, edge->from_port, cards->data),
                                cards->port (&entry->node, FALSE, edge->to_port, cards->data) };
      g_array_append_val (a->wires, wire);
      telar_arrange_item (a, from - 1)->n_out++;
    }
    item->n_in = a->wires->len - item->first_in;
  }
}

static void
list_wires_out (TelarArrangement *a)
{
  guint first = 0;
  g_array_set_size (a->out, a->wires->len);
  for (guint i = 0; i < a->items->len; i++) {
    TelarArrangeItem *item = telar_arrange_item (a, i);
    item->first_out = first;
    first += item->n_out;
    item->n_out = 0;
  }
  for (guint i = 0; i < a->wires->len; i++) {
    TelarArrangeItem *from =
        telar_arrange_item (a, g_array_index (a->wires, TelarArrangeWire, i).from);
    g_array_index (a->out, guint, from->first_out + from->n_out++) = i;
  }
}

static void
clear_item (gpointer item)
{
  g_free (((TelarArrangeItem *)item)->id);
}

TelarArrangement *
telar_arrangement_new (const TelarGraph *graph, const TelarCards *cards, const char *const *ids)
{
  TelarArrangement *a = g_new0 (TelarArrangement, 1);
  g_autoptr (GHashTable) chosen = ids ? g_hash_table_new (g_str_hash, g_str_equal) : NULL;
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; ids && ids[i]; i++)
    g_hash_table_add (chosen, (gpointer)ids[i]);
  a->width = cards->width;
  a->step = cards->width + cards->column_gap;
  a->grid = cards->grid;
  a->items = g_array_new (FALSE, FALSE, sizeof (TelarArrangeItem));
  g_array_set_clear_func (a->items, clear_item);
  a->wires = g_array_new (FALSE, FALSE, sizeof (TelarArrangeWire));
  a->out = g_array_new (FALSE, TRUE, sizeof (guint));
  a->others = g_array_new (FALSE, FALSE, sizeof (TelarArrangeRect));
  a->places = g_array_new (FALSE, FALSE, sizeof (TelarArranged));
  a->columns = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  take_nodes (a, graph, cards, chosen, index);
  take_wires_in (a, graph, cards, index);
  list_wires_out (a);
  return a;
}

void
telar_arrangement_free (TelarArrangement *a)
{
  if (!a)
    return;
  g_array_unref (a->items);
  g_array_unref (a->wires);
  g_array_unref (a->out);
  g_array_unref (a->others);
  g_array_unref (a->places);
  g_ptr_array_unref (a->columns);
  g_free (a);
}

/* --- running ---------------------------------------------------------------------------------- */

gboolean
telar_arrangement_run (TelarArrangement *a, gint *permille, const gint *cancelled)
{
  a->permille = permille;
  a->cancelled = cancelled;
  if (!telar_arrange_order (a) || !telar_arrange_place (a))
    return FALSE;
  g_array_set_size (a->places, 0);
  for (guint i = 0; i < a->items->len; i++) {
    const TelarArrangeItem *item = telar_arrange_item (a, i);
    TelarArranged place = { item->id, item->x, item->y };
    g_array_append_val (a->places, place);
  }
  return telar_arrange_go_on (a, 1000);
}

const GArray *
telar_arrangement_places (const TelarArrangement *a)
{
  return a->places;
}

/* --- the studio's cards ----------------------------------------------------------------------- */

static double
card_height (const TelarNode *node, gpointer data)
{
  (void)data;
  return telar_card_height (telar_operator_n_inputs (node->op),
                            telar_operator_n_outputs (node->op));
}

static double
port_height (const TelarNode *node, gboolean output, guint port, gpointer data)
{
  (void)output;
  (void)data;
  return telar_card_port (telar_operator_n_inputs (node->op), telar_operator_n_outputs (node->op),
                          port);
}

const TelarCards telar_cards = { TELAR_CARD_WIDTH, TELAR_GAP,   TELAR_GRID,
                                 card_height,      port_height, NULL };

/* --- drawings without a layout ---------------------------------------------------------------- */

gboolean
telar_graph_is_unarranged (const TelarGraph *drawing)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing);
  const TelarNode *first = nodes->len > 0 ? nodes->pdata[0] : NULL;
  for (guint i = 1; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    if (node->x != first->x || node->y != first->y)
      return FALSE;
  }
  return nodes->len > 1;
}

static void
arrange (TelarGraph *drawing)
{
  g_autoptr (TelarArrangement) arrangement = telar_arrangement_new (drawing, &telar_cards, NULL);
  telar_arrangement_run (arrangement, NULL, NULL);
  for (guint i = 0; i < arrangement->places->len; i++) {
    const TelarArranged *place = &g_array_index (arrangement->places, TelarArranged, i);
    TelarNode *node = telar_graph_find_node (drawing, place->id);
    node->x = place->x;
    node->y = place->y;
  }
}

void
telar_graph_arrange_missing (TelarGraph *graph)
{
  TelarGraph *drawing;
  for (guint i = 0; (drawing = telar_graph_nth_drawing (graph, i)); i++)
    if (telar_graph_is_unarranged (drawing))
      arrange (drawing);
}
