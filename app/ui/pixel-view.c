/* The picture's widget. */
#include "app/ui/pixel-view.h"

#include <string.h>

/* A picture alone is about so large, a tile of a grid about so. */
#define SIDE      96
#define TILE_SIDE 44
#define MOST_SIDE 560

struct _TelarPixelView {
  GtkWidget parent_instance;

  cairo_surface_t *surface; /* NULL: the PNG cannot be read */
  int zoom;
};

G_DEFINE_FINAL_TYPE (TelarPixelView, telar_pixel_view, GTK_TYPE_WIDGET)

typedef struct {
  const guint8 *at;
  gsize left;
} Source;

static cairo_status_t
read_bytes (void *data, unsigned char *to, unsigned int length)
{
  Source *source = data;

  if (length > source->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (to, source->at, length);
  source->at += length;
  source->left -= length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
decode (GBytes *png)
{
  Source source;

  source.at = g_bytes_get_data (png, &source.left);
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream (read_bytes, &source);
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_destroy (surface);
  return NULL;
}

static void
get_size (TelarPixelView *view, int *width, int *height)
{
  *width = view->surface != NULL ? cairo_image_surface_get_width (view->surface) * view->zoom : 0;
  *height = view->surface != NULL ? cairo_image_surface_get_height (view->surface) * view->zoom : 0;
}

static void
telar_pixel_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TelarPixelView *view = TELAR_PIXEL_VIEW (widget);
  int width, height;

  if (view->surface == NULL)
    return;
  get_size (view, &width, &height);
  cairo_t *cr =
      gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  cairo_scale (cr, view->zoom, view->zoom);
  cairo_set_source_surface (cr, view->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
}

static void
telar_pixel_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  int width, height;

  get_size (TELAR_PIXEL_VIEW (widget), &width, &height);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? width : height;
}

static void
telar_pixel_view_finalize (GObject *object)
{
  g_clear_pointer (&TELAR_PIXEL_VIEW (object)->surface, cairo_surface_destroy);
  G_OBJECT_CLASS (telar_pixel_view_parent_class)->finalize (object);
}

static void
telar_pixel_view_class_init (TelarPixelViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = telar_pixel_view_finalize;
  widget_class->snapshot = telar_pixel_view_snapshot;
  widget_class->measure = telar_pixel_view_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
telar_pixel_view_init (TelarPixelView *view)
{
  gtk_widget_set_halign (GTK_WIDGET (view), GTK_ALIGN_START);
  gtk_widget_set_valign (GTK_WIDGET (view), GTK_ALIGN_START);
}

static int
zoom_for (const TelarImageRow *image, cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface), side = MAX (width, height);
  int tile = (int)MAX (image->tile_width, image->tile_height);
  int zoom = image->columns > 0 && tile > 0 ? TILE_SIDE / tile : SIDE / side;

  return MAX (MIN (zoom, MOST_SIDE / side), 1);
}

GtkWidget *
telar_pixel_view_new (const TelarImageRow *image, const char *words)
{
  TelarPixelView *view = g_object_new (TELAR_TYPE_PIXEL_VIEW, NULL);

  view->surface = decode (image->png);
  view->zoom = view->surface != NULL ? zoom_for (image, view->surface) : 1;
  gtk_widget_set_tooltip_text (GTK_WIDGET (view), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return GTK_WIDGET (view);
}
