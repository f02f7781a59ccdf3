/* Tiles by their column and row, in pixels at one zoom; another zoom forgets them. */
#include "app/canvas/tiles.h"

#include <math.h>

/* Pixels on a side. GTK copies a tile through a picture of its own, which so stays in the cache of
 * the processor. */
#define SIZE 256
/* So many tiles around the view are drawn ahead; those further away are let go of. */
#define RING 1
#define KEEP 2

typedef struct {
  int left, top, right, bottom; /* right <= left: nothing */
} Part;

typedef struct {
  gint64 key;
  int column, row;
  guint32 *pixels;
  cairo_surface_t *surface; /* of the pixels, for GTK; never drawn on through cairo, which would
                               copy them for each node that shows them */
  GskRenderNode *node;      /* shows them as they are; NULL: not made yet */
  Part dirty;
} Tile;

/* A picture of the whole view. */
typedef struct {
  int width, height;
  guint32 *pixels;
  GPtrArray *surfaces; /* of its parts, row by row */
} Whole;

struct TelarTiles {
  double scale; /* pixels for a unit of the canvas */
  int device;
  GHashTable *tiles; /* key -> Tile * */
  GPtrArray *spare;  /* Tile *, to be used again */
  Whole whole;
};

static void
tile_free (gpointer data)
{
  Tile *tile = data;

  g_clear_pointer (&tile->node, gsk_render_node_unref);
  cairo_surface_destroy (tile->surface);
  g_free (tile->pixels);
  g_free (tile);
}

static void
free_whole (Whole *whole)
{
  g_clear_pointer (&whole->surfaces, g_ptr_array_unref);
  g_clear_pointer (&whole->pixels, g_free);
}

TelarTiles *
telar_tiles_new (void)
{
  TelarTiles *tiles = g_new0 (TelarTiles, 1);

  tiles->tiles = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, tile_free);
  tiles->spare = g_ptr_array_new_with_free_func (tile_free);
  return tiles;
}

void
telar_tiles_free (TelarTiles *tiles)
{
  g_hash_table_unref (tiles->tiles);
  g_ptr_array_unref (tiles->spare);
  free_whole (&tiles->whole);
  g_free (tiles);
}

/* --- what has changed ------------------------------------------------------------------------- */

static gboolean
is_clean (const Tile *tile)
{
  return tile->dirty.right <= tile->dirty.left;
}

static void
soil (Tile *tile, const Part *part)
{
  if (is_clean (tile)) {
    tile->dirty = *part;
    return;
  }
  tile->dirty.left = MIN (tile->dirty.left, part->left);
  tile->dirty.top = MIN (tile->dirty.top, part->top);
  tile->dirty.right = MAX (tile->dirty.right, part->right);
  tile->dirty.bottom = MAX (tile->dirty.bottom, part->bottom);
}

void
telar_tiles_forget (TelarTiles *tiles)
{
  GHashTableIter iter;
  gpointer tile;

  g_hash_table_iter_init (&iter, tiles->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &tile))
    ((Tile *)tile)->dirty = (Part){ 0, 0, SIZE, SIZE };
}

void
telar_tiles_damage (TelarTiles *tiles, const graphene_rect_t *area)
{
  double left = floor (area->origin.x * tiles->scale) - 1;
  double top = floor (area->origin.y * tiles->scale) - 1;
  double right = ceil ((area->origin.x + area->size.width) * tiles->scale) + 1;
  double bottom = ceil ((area->origin.y + area->size.height) * tiles->scale) + 1;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tiles->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Tile *tile = value;
    double x = (double)tile->column * SIZE, y = (double)tile->row * SIZE;
    Part part = { (int)CLAMP (left - x, 0, SIZE), (int)CLAMP (top - y, 0, SIZE),
                  (int)CLAMP (right - x, 0, SIZE), (int)CLAMP (bottom - y, 0, SIZE) };

    if (part.right > part.left && part.bottom > part.top)
      soil (tile, &part);
  }
}

/* --- tiles ------------------------------------------------------------------------------------ */

static gint64
pack (int column, int row)
{
  return (gint64)((guint64)(guint32)column << 32 | (guint32)row);
}

static Tile *
new_tile (void)
{
  Tile *tile = g_new0 (Tile, 1);

  tile->pixels = g_new (guint32, SIZE * SIZE);
  tile->surface = cairo_image_surface_create_for_data ((guchar *)tile->pixels, CAIRO_FORMAT_RGB24,
                                                       SIZE, SIZE, 4 * SIZE);
  return tile;
}

static Tile *
tile_at (TelarTiles *tiles, int column, int row)
{
  gint64 key = pack (column, row);
  Tile *tile = g_hash_table_lookup (tiles->tiles, &key);

  if (tile)
    return tile;
  tile = tiles->spare->len > 0 ? g_ptr_array_steal_index_fast (tiles->spare, tiles->spare->len - 1)
                               : new_tile ();
  tile->key = key;
  tile->column = column;
  tile->row = row;
  tile->dirty = (Part){ 0, 0, SIZE, SIZE };
  g_hash_table_insert (tiles->tiles, &tile->key, tile);
  return tile;
}

static void
let_go (TelarTiles *tiles, GHashTableIter *iter, Tile *tile)
{
  g_hash_table_iter_steal (iter);
  g_clear_pointer (&tile->node, gsk_render_node_unref);
  g_ptr_array_add (tiles->spare, tile);
}

/* Draws what of the tile has changed. FALSE: it is not sharp yet. */
static gboolean
mend (Tile *tile, const TelarTilesView *view, double scale)
{
  const Part part = tile->dirty;
  TelarRaster all = { tile->pixels, SIZE, SIZE, SIZE };
  TelarSheet sheet = { .device = view->device, .zoom = (float)scale, .deadline = view->deadline };
  graphene_rect_t bounds =
      GRAPHENE_RECT_INIT ((float)((double)tile->column * SIZE / view->device),
                          (float)((double)tile->row * SIZE / view->device),
                          (float)SIZE / (float)view->device, (float)SIZE / (float)view->device);
  gboolean sharp;

  sheet.raster =
      telar_raster_part (&all, part.left, part.top, part.right - part.left, part.bottom - part.top);
  sheet.x = ((double)tile->column * SIZE + part.left) / scale;
  sheet.y = ((double)tile->row * SIZE + part.top) / scale;
  sharp = view->draw (&sheet, view->data);
  g_clear_pointer (&tile->node, gsk_render_node_unref);
  tile->node = telar_raster_node (tile->surface, &bounds, view->device);
  if (sharp)
    tile->dirty = (Part){ 0 };
  return sharp;
}

/* --- showing ---------------------------------------------------------------------------------- */

/* Columns and rows from first to last. */
typedef struct {
  int left, top, right, bottom;
} Span;

static int
tile_of (double pixel)
{
  return (int)floor (pixel / SIZE);
}

static Span
span_of (const TelarTilesView *view, double x, double y)
{
  return (Span){ tile_of (x), tile_of (y), tile_of (x + view->width * view->device - 1),
                 tile_of (y + view->height * view->device - 1) };
}

static void
let_go_of_far (TelarTiles *tiles, const Span *span)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tiles->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Tile *tile = value;

    if (tile->column < span->left - KEEP || tile->column > span->right + KEEP ||
        tile->row < span->top - KEEP || tile->row > span->bottom + KEEP)
      let_go (tiles, &iter, tile);
  }
}

static void
begin_scale (TelarTiles *tiles, const TelarTilesView *view)
{
  double scale = view->zoom * view->device;
  GHashTableIter iter;
  gpointer tile;

  if (tiles->scale == scale && tiles->device == view->device)
    return;
  tiles->scale = scale;
  tiles->device = view->device;
  g_hash_table_iter_init (&iter, tiles->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &tile))
    let_go (tiles, &iter, tile);
}

/* One tile of those around the view; FALSE when there is none left to draw. */
static gboolean
draw_ahead (TelarTiles *tiles, const TelarTilesView *view, const Span *span)
{
  for (int row = span->top - RING; row <= span->bottom + RING; row++) {
    for (int column = span->left - RING; column <= span->right + RING; column++) {
      Tile *tile = tile_at (tiles, column, row);

      if (is_clean (tile))
        continue;
      mend (tile, view, tiles->scale);
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
telar_tiles_show (TelarTiles *tiles, const TelarTilesView *view, GtkSnapshot *snapshot)
{
  /* On whole pixels, so that tiles are copied and not interpolated. */
  double x = round (view->x * view->zoom * view->device);
  double y = round (view->y * view->zoom * view->device);
  Span span = span_of (view, x, y);
  gboolean sharp = TRUE, drawn = FALSE;

  begin_scale (tiles, view);
  let_go_of_far (tiles, &span);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT ((float)(-x / view->device), (float)(-y / view->device)));
  for (int row = span.top; row <= span.bottom; row++) {
    for (int column = span.left; column <= span.right; column++) {
      Tile *tile = tile_at (tiles, column, row);

      if (!is_clean (tile)) {
        sharp &= mend (tile, view, tiles->scale);
        drawn = TRUE;
      }
      gtk_snapshot_append_node (snapshot, tile->node);
    }
  }
  gtk_snapshot_restore (snapshot);
  return sharp && !drawn && !draw_ahead (tiles, view, &span);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void
size_whole (Whole *whole, int width, int height)
{
  if (whole->width == width && whole->height == height)
    return;
  free_whole (whole);
  whole->width = width;
  whole->height = height;
  whole->pixels = g_new (guint32, (gsize)width * (gsize)height);
  whole->surfaces = g_ptr_array_new_with_free_func ((GDestroyNotify)cairo_surface_destroy);
  for (int y = 0; y < height; y += SIZE)
    for (int x = 0; x < width; x += SIZE)
      g_ptr_array_add (whole->surfaces, cairo_image_surface_create_for_data (
                                            (guchar *)(whole->pixels + (gsize)y * (gsize)width + x),
                                            CAIRO_FORMAT_RGB24, MIN (SIZE, width - x),
                                            MIN (SIZE, height - y), 4 * width));
}

gboolean
telar_tiles_show_whole (TelarTiles *tiles, const TelarTilesView *view, GtkSnapshot *snapshot)
{
  Whole *whole = &tiles->whole;
  int device = view->device, columns;
  double scale = view->zoom * device;
  TelarSheet sheet = { .device = device,
                       .zoom = (float)scale,
                       .x = view->x,
                       .y = view->y,
                       .moving = TRUE,
                       .deadline = view->deadline };
  gboolean sharp;

  size_whole (whole, view->width * device, view->height * device);
  sheet.raster = (TelarRaster){ whole->pixels, whole->width, whole->height, whole->width };
  sharp = view->draw (&sheet, view->data);
  columns = (whole->width + SIZE - 1) / SIZE;
  for (guint i = 0; i < whole->surfaces->len; i++) {
    cairo_surface_t *surface = whole->surfaces->pdata[i];
    graphene_rect_t bounds =
        GRAPHENE_RECT_INIT ((float)((int)i % columns * SIZE) / (float)device,
                            (float)((int)i / columns * SIZE) / (float)device,
                            (float)cairo_image_surface_get_width (surface) / (float)device,
                            (float)cairo_image_surface_get_height (surface) / (float)device);
    g_autoptr (GskRenderNode) node = telar_raster_node (surface, &bounds, device);

    gtk_snapshot_append_node (snapshot, node);
  }
  return sharp;
}
