/* Draws detections into their picture. */
#include "app/cli/detections.h"

#include "data/image.h"
#include "engine/checkpoint.h"

#include <cairo.h>
#include <math.h>

/* Told apart by people who see colours differently as well: M. Okabe and K. Ito, "Color universal
 * design", 2008. */
static const double colours[][3] = {
  { 0.34, 0.71, 0.91 }, { 0.90, 0.62, 0.00 }, { 0.00, 0.62, 0.45 },
  { 0.94, 0.89, 0.26 }, { 0.80, 0.47, 0.65 }, { 0.84, 0.37, 0.00 },
};

/* Shares of the picture's larger side, so that boxes look alike in small and large ones. */
#define LINE 0.003
#define TEXT 0.016

/* The picture as cairo has it: 32 bits a pixel, red above green above blue. NULL on error. */
static cairo_surface_t *
load (const char *path, GError **error)
{
  g_autoptr (TelarTensor) image = telar_image_read (path, error);
  if (image == NULL)
    return NULL;
  int height = (int)image->type.shape.dims[0], width = (int)image->type.shape.dims[1];
  int channels = (int)image->type.shape.dims[2];
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: it cannot be drawn on: %s", path,
                     cairo_status_to_string (cairo_surface_status (surface)));
    cairo_surface_destroy (surface);
    return NULL;
  }
  guint8 *rows = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  const guint8 *from = image->data;
  for (int y = 0; y < height; y++) {
    guint32 *row = (guint32 *)(gpointer)(rows + (gsize)y * (gsize)stride);
    for (int x = 0; x < width; x++, from += channels) {
      const guint8 *green = channels >= 3 ? from + 1 : from,
                   *blue = channels >= 3 ? from + 2 : from;
      row[x] = (guint32)from[0] << 16 | (guint32)*green << 8 | *blue;
    }
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static const double *
colour_of (const char *name)
{
  return colours[g_str_hash (name) % G_N_ELEMENTS (colours)];
}

/* Name and score on a tag at the box's upper edge, inside the picture. */
static void
draw_tag (cairo_t *cr, const TelarDetection *d, double side)
{
  g_autofree char *text = g_strdup_printf ("%s %.2f", d->name, d->score);
  cairo_text_extents_t extents;
  double size = fmax (TEXT * side, 8), top = fmax (d->top - 1.5 * size, 0);
  const double *c = colour_of (d->name);
  cairo_set_font_size (cr, size);
  cairo_text_extents (cr, text, &extents);
  cairo_set_source_rgb (cr, c[0], c[1], c[2]);
  cairo_rectangle (cr, d->left, top, extents.x_advance + size, 1.5 * size);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_move_to (cr, d->left + size / 2, top + 1.1 * size);
  cairo_show_text (cr, text);
}

static void
draw (cairo_t *cr, const TelarDetection *d, double side)
{
  const double *c = colour_of (d->name);
  cairo_set_line_width (cr, fmax (LINE * side, 1));
  cairo_set_source_rgb (cr, c[0], c[1], c[2]);
  cairo_rectangle (cr, d->left, d->top, d->right - d->left, d->bottom - d->top);
  cairo_stroke (cr);
  draw_tag (cr, d, side);
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

gboolean
telar_detections_draw (const GArray *detections, const char *path, const char *drawn,
                       GError **error)
{
  cairo_surface_t *surface = load (path, error);
  if (surface == NULL)
    return FALSE;
  double side =
      MAX (cairo_image_surface_get_width (surface), cairo_image_surface_get_height (surface));
  cairo_t *cr = cairo_create (surface);
  cairo_select_font_face (cr, "sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  for (guint i = 0; i < detections->len; i++)
    if (g_array_index (detections, TelarDetection, i).row == 0)
      draw (cr, &g_array_index (detections, TelarDetection, i), side);
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return telar_file_replace (drawn, bytes->data, bytes->len, error);
  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: %s", drawn,
                   cairo_status_to_string (status));
  return FALSE;
}
