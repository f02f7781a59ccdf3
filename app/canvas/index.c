/* The grid behind the scene: a hash table from cell to the items in it. */
#include "app/canvas/index.h"

#include <math.h>

/* Beyond this many cells an item goes to the list of large ones. */
#define MAX_CELLS 64

struct TelarIndex {
  float cell;
  GHashTable *cells; /* packed coordinates -> GPtrArray of items */
  GPtrArray *large;
  guint32 stamp;
};

TelarIndex *
telar_index_new (float cell)
{
  TelarIndex *index = g_new0 (TelarIndex, 1);

  index->cell = cell;
  index->cells = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                        (GDestroyNotify)g_ptr_array_unref);
  index->large = g_ptr_array_new ();
  return index;
}

void
telar_index_free (TelarIndex *index)
{
  if (!index)
    return;
  g_hash_table_unref (index->cells);
  g_ptr_array_unref (index->large);
  g_free (index);
}

static int
cell_of (const TelarIndex *index, float coordinate)
{
  return (int)floorf (CLAMP (coordinate / index->cell, -1e8f, 1e8f));
}

static gint64
pack (int column, int row)
{
  return (gint64)((guint64)(guint32)column << 32 | (guint32)row);
}

static gboolean
is_large (const TelarIndexItem *item)
{
  gint64 columns = (gint64)item->right - item->left + 1,
         rows = (gint64)item->bottom - item->top + 1;

  return columns * rows > MAX_CELLS;
}

void
telar_index_add (TelarIndex *index, TelarIndexItem *item)
{
  const graphene_rect_t *bounds = &item->bounds;

  item->left = cell_of (index, bounds->origin.x);
  item->top = cell_of (index, bounds->origin.y);
  item->right = cell_of (index, bounds->origin.x + bounds->size.width);
  item->bottom = cell_of (index, bounds->origin.y + bounds->size.height);
  if (is_large (item)) {
    g_ptr_array_add (index->large, item);
    return;
  }
  for (int row = item->top; row <= item->bottom; row++) {
    for (int column = item->left; column <= item->right; column++) {
      gint64 key = pack (column, row);
      GPtrArray *cell = g_hash_table_lookup (index->cells, &key);

      if (!cell) {
        cell = g_ptr_array_new ();
        g_hash_table_insert (index->cells, g_memdup2 (&key, sizeof key), cell);
      }
      g_ptr_array_add (cell, item);
    }
  }
}

void
telar_index_remove (TelarIndex *index, TelarIndexItem *item)
{
  if (is_large (item)) {
    g_ptr_array_remove_fast (index->large, item);
    return;
  }
  for (int row = item->top; row <= item->bottom; row++) {
    for (int column = item->left; column <= item->right; column++) {
      gint64 key = pack (column, row);
      GPtrArray *cell = g_hash_table_lookup (index->cells, &key);

      if (cell && g_ptr_array_remove_fast (cell, item) && cell->len == 0)
        g_hash_table_remove (index->cells, &key);
    }
  }
}

void
telar_index_move (TelarIndex *index, TelarIndexItem *item, const graphene_rect_t *bounds)
{
  telar_index_remove (index, item);
  item->bounds = *bounds;
  telar_index_add (index, item);
}

static void
collect (TelarIndex *index, const GPtrArray *from, const graphene_rect_t *area, GPtrArray *items)
{
  for (guint i = 0; i < from->len; i++) {
    TelarIndexItem *item = from->pdata[i];

    if (item->stamp == index->stamp)
      continue;
    item->stamp = index->stamp;
    if (graphene_rect_intersection (&item->bounds, area, NULL))
      g_ptr_array_add (items, item);
  }
}

void
telar_index_query (TelarIndex *index, const graphene_rect_t *area, GPtrArray *items)
{
  int left = cell_of (index, area->origin.x), top = cell_of (index, area->origin.y);
  int right = cell_of (index, area->origin.x + area->size.width);
  int bottom = cell_of (index, area->origin.y + area->size.height);
  guint64 n = (guint64)((gint64)right - left + 1) * (guint64)((gint64)bottom - top + 1);
  GHashTableIter iter;
  gpointer cell;

  index->stamp++;
  collect (index, index->large, area, items);
  if (n > g_hash_table_size (index->cells)) {
    g_hash_table_iter_init (&iter, index->cells);
    while (g_hash_table_iter_next (&iter, NULL, &cell))
      collect (index, cell, area, items);
    return;
  }
  for (int row = top; row <= bottom; row++) {
    for (int column = left; column <= right; column++) {
      gint64 key = pack (column, row);

      cell = g_hash_table_lookup (index->cells, &key);
      if (cell)
        collect (index, cell, area, items);
    }
  }
}
