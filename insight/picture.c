/* Painting numbers: brightness by the range of all tiles, so that they can be compared. */
#include "insight/picture.h"

#include <cairo.h>
#include <math.h>

typedef struct {
  const float *numbers;
  gint64 channels, height, width;
  gint64 reduce;
  double black, white; /* the numbers that are so */
} Painter;

/* --- brightness -------------------------------------------------------------------------- */

static void
find_range (const TelarTensor *pixels, double *low, double *high)
{
  const float *numbers = pixels->data;

  *low = INFINITY;
  *high = -INFINITY;
  for (gsize i = 0; i < telar_tensor_elements (pixels); i++)
    if (isfinite (numbers[i])) {
      *low = MIN (*low, numbers[i]);
      *high = MAX (*high, numbers[i]);
    }
  if (*low > *high)
    *low = *high = 0;
}

static void
set_brightness (Painter *painter, const TelarTensor *pixels, TelarImageRange range)
{
  double low, high;

  find_range (pixels, &low, &high);
  double size = MAX (fabs (low), fabs (high));
  painter->black = low;
  painter->white = high;
  if (range == TELAR_RANGE_SIGNED) {
    painter->black = -size;
    painter->white = size;
  } else if (range == TELAR_RANGE_PIXELS && low >= 0) {
    painter->black = 0;
    painter->white = high <= 1 ? 1 : high <= 255 ? 255 : high;
  }
  if (painter->white <= painter->black)
    painter->white = painter->black + 1;
}

/* The mean over the box of numbers that a pixel stands for. */
static double
box_mean (const Painter *painter, const float *plane, gint64 x, gint64 y)
{
  gint64 r = painter->reduce;
  gint64 right = MIN ((x + 1) * r, painter->width), bottom = MIN ((y + 1) * r, painter->height);
  double sum = 0;

  for (gint64 row = y * r; row < bottom; row++)
    for (gint64 column = x * r; column < right; column++)
      sum += plane[row * painter->width + column];
  return sum / (double)((right - x * r) * (bottom - y * r));
}

static guint32
color_at (const Painter *painter, gint64 tile, gint64 x, gint64 y)
{
  gint64 plane = painter->height * painter->width;
  guint32 color = 0;

  for (gint64 c = 0; c < 3; c++) {
    gint64 channel = painter->channels == 3 ? c : 0;
    double value =
        box_mean (painter, painter->numbers + (tile * painter->channels + channel) * plane, x, y);
    if (isnan (value))
      return 0xff00ff;
    double part = (value - painter->black) / (painter->white - painter->black);
    color = color << 8 | (guint32)lround (255 * CLAMP (part, 0, 1));
  }
  return color;
}

/* --- the picture ------------------------------------------------------------------------- */

static cairo_status_t
append (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
encode (cairo_surface_t *surface)
{
  GByteArray *bytes = g_byte_array_new ();

  cairo_surface_mark_dirty (surface);
  cairo_status_t status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  return NULL;
}

static void
paint_tile (const Painter *painter, const TelarPictureGrid *grid, cairo_surface_t *surface,
            guint tile)
{
  guint columns = MAX (grid->columns, 1);
  guint left = tile % columns * (grid->tile_width + 1);
  guint top = tile / columns * (grid->tile_height + 1);
  guchar *data = cairo_image_surface_get_data (surface);
  gsize stride = (gsize)cairo_image_surface_get_stride (surface);

  for (guint y = 0; y < grid->tile_height; y++) {
    guint32 *line = (guint32 *)(void *)(data + (top + y) * stride);
    for (guint x = 0; x < grid->tile_width; x++)
      line[left + x] = 0xff000000u | color_at (painter, tile, x, y);
  }
}

GBytes *
telar_picture_to_png (const TelarTensor *pixels, TelarImageRange range, guint columns,
                      TelarPictureGrid *grid)
{
  const gint64 *dims = pixels->type.shape.dims;

  if (pixels->type.dtype != TELAR_F32 || pixels->type.shape.rank != 4 || dims[0] < 1 ||
      dims[0] > 4096 || (dims[1] != 1 && dims[1] != 3) || dims[2] < 1 || dims[3] < 1)
    return NULL;
  gint64 longest = MAX (dims[2], dims[3]);
  Painter painter = { pixels->data, dims[1], dims[2], dims[3], 1, 0, 1 };
  painter.reduce = (longest + TELAR_PICTURE_MOST_SIDE - 1) / TELAR_PICTURE_MOST_SIDE;
  set_brightness (&painter, pixels, range);
  grid->tiles = (guint)dims[0];
  grid->columns = dims[0] > 1 ? CLAMP (columns, 1, grid->tiles) : 0;
  grid->tile_width = (guint)((dims[3] + painter.reduce - 1) / painter.reduce);
  grid->tile_height = (guint)((dims[2] + painter.reduce - 1) / painter.reduce);

  guint across = MAX (grid->columns, 1), down = (grid->tiles + across - 1) / across;
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)(across * (grid->tile_width + 1) - 1),
                                  (int)(down * (grid->tile_height + 1) - 1));
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy (surface);
    return NULL;
  }
  cairo_surface_flush (surface);
  for (guint tile = 0; tile < grid->tiles; tile++)
    paint_tile (&painter, grid, surface, tile);
  return encode (surface);
}
