/* A layered layout after Sugiyama: columns by longest path, order within a column by the mean of
 * the neighbours (a few sweeps of the barycentre heuristic), columns then folded into rows. */
#include "engine/arrange.h"

#include "engine/graph-private.h"

#include <math.h>

#define ROW_GAP  40.0
#define FOLD_GAP 72.0
#define SWEEPS   6

typedef struct {
  const TelarGraphEntry *entry;
  double height;
  guint column;
  double order; /* within the column */
} Item;

typedef struct {
  const TelarCards *cards;
  GArray *items;      /* Item, in topological order */
  GHashTable *index;  /* id -> 1 + position in items */
  GPtrArray *columns; /* GArray of guint: positions, top to bottom */
} Layout;

static Item *
item_at (const Layout *layout, guint position)
{
  return &g_array_index (layout->items, Item, position);
}

static Item *
item_of (const Layout *layout, const char *id)
{
  return item_at (layout, GPOINTER_TO_UINT (g_hash_table_lookup (layout->index, id)) - 1);
}

/* Each node one column after the last of what it needs. */
static void
assign_columns (Layout *layout, const TelarGraph *graph)
{
  g_autoptr (GPtrArray) order = telar_graph_topological (graph);
  for (guint i = 0; i < order->len; i++) {
    const TelarNode *node = order->pdata[i];
    Item item = { (const TelarGraphEntry *)node, layout->cards->height (node, layout->cards->data),
                  0, 0 };
    g_hash_table_insert (layout->index, node->id, GUINT_TO_POINTER (i + 1));
    for (guint e = 0; e < item.entry->in->len; e++) {
      const TelarEdge *edge = item.entry->in->pdata[e];
      item.column = MAX (item.column, item_of (layout, edge->from)->column + 1);
    }
    g_array_append_val (layout->items, item);
  }
}

/* What needs nothing itself, such as parameters and labels, stands before the first that needs it.
 */
static void
bring_sources_near (Layout *layout)
{
  for (guint i = 0; i < layout->items->len; i++) {
    Item *item = item_at (layout, i);
    guint nearest = G_MAXUINT;
    for (guint e = 0; e < item->entry->out->len && item->entry->in->len == 0; e++) {
      const TelarEdge *edge = item->entry->out->pdata[e];
      nearest = MIN (nearest, item_of (layout, edge->to)->column);
    }
    if (nearest != G_MAXUINT)
      item->column = nearest - 1;
  }
}

static void
fill_columns (Layout *layout)
{
  for (guint i = 0; i < layout->items->len; i++) {
    Item *item = item_at (layout, i);
    while (layout->columns->len <= item->column)
      g_ptr_array_add (layout->columns, g_array_new (FALSE, FALSE, sizeof (guint)));
    GArray *column = layout->columns->pdata[item->column];
    item->order = column->len;
    g_array_append_val (column, i);
  }
}

static double
barycentre (const Layout *layout, const Item *item, gboolean incoming)
{
  const GPtrArray *edges = incoming ? item->entry->in : item->entry->out;
  double sum = 0;
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    sum += item_of (layout, incoming ? edge->from : edge->to)->order +
           0.1 * (incoming ? edge->from_port : edge->to_port);
  }
  return edges->len > 0 ? sum / edges->len : item->order;
}

static int
by_order (gconstpointer a, gconstpointer b, gpointer data)
{
  guint x = *(const guint *)a, y = *(const guint *)b;
  double of_x = item_at (data, x)->order, of_y = item_at (data, y)->order;
  if (of_x != of_y)
    return of_x < of_y ? -1 : 1;
  return x < y ? -1 : x > y;
}

static void
sweep (Layout *layout, gboolean incoming)
{
  for (guint i = 0; i < layout->columns->len; i++) {
    GArray *column = layout->columns->pdata[incoming ? i : layout->columns->len - 1 - i];
    for (guint k = 0; k < column->len; k++) {
      Item *item = item_at (layout, g_array_index (column, guint, k));
      item->order = barycentre (layout, item, incoming);
    }
    g_array_sort_with_data (column, by_order, layout);
    for (guint k = 0; k < column->len; k++)
      item_at (layout, g_array_index (column, guint, k))->order = k;
  }
}

static double
column_height (const Layout *layout, const GArray *column)
{
  double height = -ROW_GAP;
  for (guint k = 0; k < column->len; k++)
    height += item_at (layout, g_array_index (column, guint, k))->height + ROW_GAP;
  return height;
}

/* Columns in a row, so that the whole is about as wide as a screen is. */
static guint
columns_per_row (const Layout *layout)
{
  double height = 0, step = layout->cards->width + layout->cards->column_gap;
  for (guint i = 0; i < layout->columns->len; i++)
    height += column_height (layout, layout->columns->pdata[i]) + FOLD_GAP;
  return (guint)MAX (5, round (sqrt (1.8 * height / step)));
}

static double
snap (const Layout *layout, double value)
{
  return round (value / layout->cards->grid) * layout->cards->grid;
}

/* Columns hang from one line, so that a chain runs straight. */
static void
place_column (const Layout *layout, guint index, double x, double y, GArray *places)
{
  const GArray *column = layout->columns->pdata[index];
  for (guint k = 0; k < column->len; k++) {
    guint position = g_array_index (column, guint, k);
    const Item *item = item_at (layout, position);
    g_array_index (places, TelarArranged, position) =
        (TelarArranged){ item->entry->node.id, snap (layout, x), snap (layout, y) };
    y += item->height + ROW_GAP;
  }
}

static void
place_all (const Layout *layout, GArray *places)
{
  guint per_row = columns_per_row (layout);
  double top = 0, step = layout->cards->width + layout->cards->column_gap;
  for (guint start = 0; start < layout->columns->len; start += per_row) {
    guint end = MIN (start + per_row, layout->columns->len);
    double tallest = 0;
    for (guint i = start; i < end; i++)
      tallest = MAX (tallest, column_height (layout, layout->columns->pdata[i]));
    for (guint i = start; i < end; i++)
      place_column (layout, i, (i - start) * step, top, places);
    top += tallest + FOLD_GAP;
  }
}

GArray *
telar_graph_arrange (const TelarGraph *graph, const TelarCards *cards)
{
  GArray *places = g_array_new (FALSE, TRUE, sizeof (TelarArranged));
  Layout layout = { cards, g_array_new (FALSE, FALSE, sizeof (Item)),
                    g_hash_table_new (g_str_hash, g_str_equal),
                    g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref) };
  assign_columns (&layout, graph);
  bring_sources_near (&layout);
  fill_columns (&layout);
  for (guint i = 0; i < SWEEPS; i++)
    sweep (&layout, i % 2 == 0);
  g_array_set_size (places, layout.items->len);
  place_all (&layout, places);
  g_array_unref (layout.items);
  g_hash_table_unref (layout.index);
  g_ptr_array_unref (layout.columns);
  return places;
}
