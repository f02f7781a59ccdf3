/* A layered layout after Sugiyama: columns by longest path, order within a column by the mean of
 * the neighbours (a few sweeps of the barycentre heuristic), columns then folded into rows. */
#include "app/canvas/arrange.h"

#include "app/project/edits.h"

#include <glib/gi18n.h>
#include <math.h>

#define ROW_GAP  40.0
#define FOLD_GAP 72.0
#define SWEEPS   6

typedef struct {
  const TelarSceneNode *scene;
  guint column;
  double order; /* within the column */
} Item;

typedef struct {
  GArray *items;      /* Item, in topological order */
  GHashTable *index;  /* id -> 1 + position in items */
  GPtrArray *columns; /* GArray of guint: positions, top to bottom */
} Layout;

static Item *
item_of (const Layout *layout, const char *id)
{
  guint position = GPOINTER_TO_UINT (g_hash_table_lookup (layout->index, id));

  return &g_array_index (layout->items, Item, position - 1);
}

/* Each node one column after the last of what it needs; data that feeds only late nodes moves up to
 * them. */
static void
assign_columns (Layout *layout, const TelarGraph *graph, const TelarScene *scene)
{
  g_autoptr (GPtrArray) order = telar_graph_topological (graph);

  for (guint i = 0; i < order->len; i++) {
    const TelarNode *node = order->pdata[i];
    Item item = { telar_scene_find (scene, node->id), 0, 0 };

    g_hash_table_insert (layout->index, node->id, GUINT_TO_POINTER (i + 1));
    for (guint e = 0; e < item.scene->edges->len; e++) {
      const TelarSceneEdge *edge = item.scene->edges->pdata[e];

      if (edge->to == item.scene)
        item.column = MAX (item.column, item_of (layout, edge->from->id)->column + 1);
    }
    g_array_append_val (layout->items, item);
  }
}

static void
fill_columns (Layout *layout)
{
  for (guint i = 0; i < layout->items->len; i++) {
    Item *item = &g_array_index (layout->items, Item, i);
    GArray *column;

    while (layout->columns->len <= item->column)
      g_ptr_array_add (layout->columns, g_array_new (FALSE, FALSE, sizeof (guint)));
    column = layout->columns->pdata[item->column];
    item->order = column->len;
    g_array_append_val (column, i);
  }
}

static double
barycentre (const Layout *layout, const Item *item, gboolean incoming)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < item->scene->edges->len; i++) {
    const TelarSceneEdge *edge = item->scene->edges->pdata[i];
    const TelarSceneNode *other = incoming ? edge->from : edge->to;

    if (other == item->scene)
      continue;
    sum += item_of (layout, other->id)->order + 0.1 * (incoming ? edge->from_port : edge->to_port);
    n++;
  }
  return n ? sum / n : item->order;
}

static int
by_order (gconstpointer a, gconstpointer b, gpointer data)
{
  const Layout *layout = data;
  const Item *x = &g_array_index (layout->items, Item, *(const guint *)a);
  const Item *y = &g_array_index (layout->items, Item, *(const guint *)b);

  if (x->order != y->order)
    return x->order < y->order ? -1 : 1;
  return *(const guint *)a < *(const guint *)b ? -1 : 1;
}

static void
sweep (Layout *layout, gboolean incoming)
{
  for (guint i = 0; i < layout->columns->len; i++) {
    GArray *column = layout->columns->pdata[incoming ? i : layout->columns->len - 1 - i];

    for (guint k = 0; k < column->len; k++) {
      Item *item = &g_array_index (layout->items, Item, g_array_index (column, guint, k));

      item->order = barycentre (layout, item, incoming);
    }
    g_array_sort_with_data (column, by_order, layout);
    for (guint k = 0; k < column->len; k++)
      g_array_index (layout->items, Item, g_array_index (column, guint, k)).order = k;
  }
}

static double
column_height (const Layout *layout, const GArray *column)
{
  double height = -ROW_GAP;

  for (guint k = 0; k < column->len; k++) {
    const Item *item = &g_array_index (layout->items, Item, g_array_index (column, guint, k));

    height += item->scene->item.bounds.size.height + ROW_GAP;
  }
  return height;
}

/* Columns in a row, so that the whole is about as wide as a screen is. */
static guint
columns_per_row (const Layout *layout)
{
  double height = 0, step = TELAR_CARD_WIDTH + TELAR_GAP;

  for (guint i = 0; i < layout->columns->len; i++)
    height += column_height (layout, layout->columns->pdata[i]) + FOLD_GAP;
  return (guint)MAX (5, round (sqrt (1.8 * height / step)));
}

static double
snap (double value)
{
  return round (value / TELAR_GRID) * TELAR_GRID;
}

/* Columns hang from one line, so that a chain runs straight. */
static void
place_column (const Layout *layout, guint index, double x, double y, GArray *places)
{
  const GArray *column = layout->columns->pdata[index];

  for (guint k = 0; k < column->len; k++) {
    const Item *item = &g_array_index (layout->items, Item, g_array_index (column, guint, k));
    TelarPlace place = { item->scene->id, snap (x), snap (y) };

    g_array_append_val (places, place);
    y += item->scene->item.bounds.size.height + ROW_GAP;
  }
}

static void
place_all (const Layout *layout, GArray *places)
{
  guint per_row = columns_per_row (layout);
  double top = 0;

  for (guint start = 0; start < layout->columns->len; start += per_row) {
    guint end = MIN (start + per_row, layout->columns->len);
    double tallest = 0;

    for (guint i = start; i < end; i++)
      tallest = MAX (tallest, column_height (layout, layout->columns->pdata[i]));
    for (guint i = start; i < end; i++)
      place_column (layout, i, (i - start) * (double)(TELAR_CARD_WIDTH + TELAR_GAP), top, places);
    top += tallest + FOLD_GAP;
  }
}

void
telar_arrange (TelarDocument *document, const TelarScene *scene)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (TelarPlace));
  Layout layout = { g_array_new (FALSE, FALSE, sizeof (Item)),
                    g_hash_table_new (g_str_hash, g_str_equal),
                    g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref) };

  assign_columns (&layout, telar_document_graph (document), scene);
  fill_columns (&layout);
  for (guint i = 0; i < SWEEPS; i++)
    sweep (&layout, i % 2 == 0);
  place_all (&layout, places);
  /* Ids belong to the scene, which follows the edit: they are copied by the patch first. */
  telar_edit_place (document, _ ("Arrange"), (const TelarPlace *)(gconstpointer)places->data,
                    places->len, NULL);
  g_array_unref (layout.items);
  g_hash_table_unref (layout.index);
  g_ptr_array_unref (layout.columns);
}
