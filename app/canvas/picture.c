/* Beginning and ending a picture, and what near and far views share. */
#include "app/canvas/picture.h"

#include <math.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Dots stand this far apart at least, in pixels. */
#define DOT_SPACING 14.0f

void
telar_picture_keep_memory (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, 32 << 20);
  mallopt (M_TRIM_THRESHOLD, 64 << 20);
#endif
}

/* Two surfaces take turns: GTK holds on to the last frame's until the next is drawn. */
static cairo_surface_t *
surface_for (TelarCanvas *self, int width, int height)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->pictures); i++) {
    cairo_surface_t *surface = self->pictures[i];

    if (surface && cairo_surface_get_reference_count (surface) > 1)
      continue;
    if (surface && cairo_image_surface_get_width (surface) == width &&
        cairo_image_surface_get_height (surface) == height)
      return cairo_surface_reference (surface);
    g_clear_pointer (&self->pictures[i], cairo_surface_destroy);
    self->pictures[i] = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
    return cairo_surface_reference (self->pictures[i]);
  }
  return cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
}

static void
draw_dots (TelarPicture *picture, guint32 colour)
{
  float step = TELAR_GRID * picture->zoom, size = 1.5f * (float)picture->device;
  float least = DOT_SPACING * (float)picture->device;

  while (step < least)
    step *= 2;
  for (float y = -fmodf (picture->y * picture->zoom, step) - step;
       y < (float)picture->raster.height; y += step) {
    for (float x = -fmodf (picture->x * picture->zoom, step) - step;
         x < (float)picture->raster.width; x += step) {
      TelarRasterRect dot = { x - size / 2, y - size / 2, size, size };

      telar_raster_fill (&picture->raster, &dot, 0, colour);
    }
  }
}

TelarPicture
telar_picture_begin (TelarCanvas *self, const graphene_rect_t *all)
{
  int device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  TelarPicture picture = { .device = device,
                           .x = (float)self->view.x,
                           .y = (float)self->view.y,
                           .zoom = (float)self->view.zoom * (float)device };

  picture.surface =
      surface_for (self, (int)all->size.width * device, (int)all->size.height * device);
  picture.raster = telar_raster_of (picture.surface);
  telar_raster_clear (&picture.raster, telar_raster_colour (&self->theme.background));
  draw_dots (&picture, telar_raster_colour (&self->theme.dot));
  return picture;
}

void
telar_picture_notes (TelarCanvas *self, TelarPicture *picture, gboolean frames)
{
  GtkSnapshot *layer = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  cairo_t *cr;

  telar_canvas_snapshot_notes (self, layer, frames);
  node = gtk_snapshot_free_to_node (layer);
  if (!node)
    return;
  cr = cairo_create (picture->surface);
  cairo_scale (cr, picture->device, picture->device);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (picture->surface);
}

void
telar_picture_end (TelarPicture *picture, GtkSnapshot *snapshot, const graphene_rect_t *all)
{
  telar_raster_snapshot (picture->surface, snapshot, all, picture->device);
  g_clear_pointer (&picture->surface, cairo_surface_destroy);
}

graphene_point_t
telar_picture_point (const TelarPicture *picture, const graphene_point_t *point)
{
  return GRAPHENE_POINT_INIT ((point->x - picture->x) * picture->zoom,
                              (point->y - picture->y) * picture->zoom);
}

TelarRasterRect
telar_picture_rect (const TelarPicture *picture, const graphene_rect_t *rect)
{
  graphene_point_t at = telar_picture_point (picture, &rect->origin);

  return (TelarRasterRect){ at.x, at.y, rect->size.width * picture->zoom,
                            rect->size.height * picture->zoom };
}

void
telar_picture_wire (TelarPicture *picture, const TelarCurve *curve, float thickness, guint32 colour)
{
  for (guint segment = 0; segment < curve->n_segments; segment++) {
    graphene_point_t points[4];

    for (guint i = 0; i < 4; i++)
      points[i] = telar_picture_point (picture, &curve->points[3 * segment + i]);
    telar_raster_curve (&picture->raster, points, thickness, colour);
  }
}
