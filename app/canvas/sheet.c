/* The ground of a sheet, its notes, and what near and far views share. */
#include "app/canvas/sheet.h"

#include <math.h>

/* Dots stand this far apart at least, in pixels. */
#define DOT_SPACING 14.0f

graphene_rect_t
telar_sheet_area (const TelarSheet *sheet, float reach)
{
  float zoom = sheet->zoom, around = reach * (float)sheet->device / zoom;

  return GRAPHENE_RECT_INIT ((float)sheet->x - around, (float)sheet->y - around,
                             (float)sheet->raster.width / zoom + 2 * around,
                             (float)sheet->raster.height / zoom + 2 * around);
}

void
telar_sheet_ground (TelarSheet *sheet, const TelarTheme *theme)
{
  guint32 colour = telar_raster_colour (&theme->dot);
  double step = TELAR_GRID * (double)sheet->zoom;
  float size = 1.5f * (float)sheet->device;

  telar_raster_clear (&sheet->raster, telar_raster_colour (&theme->background));
  while (step < DOT_SPACING * (float)sheet->device)
    step *= 2;
  for (double y = -fmod (sheet->y * sheet->zoom, step) - step; y < sheet->raster.height;
       y += step) {
    for (double x = -fmod (sheet->x * sheet->zoom, step) - step; x < sheet->raster.width;
         x += step) {
      TelarRasterRect dot = { (float)x - size / 2, (float)y - size / 2, size, size };

      telar_raster_fill (&sheet->raster, &dot, 0, colour);
    }
  }
}

void
telar_sheet_notes (TelarSheet *sheet, TelarCanvas *self, gboolean frames)
{
  graphene_rect_t area = telar_sheet_area (sheet, TELAR_HALO_REACH);
  GtkSnapshot *layer = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  cairo_t *cr;

  telar_canvas_snapshot_notes (self, layer, frames, &area);
  node = gtk_snapshot_free_to_node (layer);
  if (!node)
    return;
  cr = telar_raster_cairo (&sheet->raster);
  cairo_scale (cr, sheet->device, sheet->device);
  cairo_translate (cr, (self->view.x - sheet->x) * self->view.zoom,
                   (self->view.y - sheet->y) * self->view.zoom);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
}

graphene_point_t
telar_sheet_point (const TelarSheet *sheet, const graphene_point_t *point)
{
  return GRAPHENE_POINT_INIT ((float)((point->x - sheet->x) * sheet->zoom),
                              (float)((point->y - sheet->y) * sheet->zoom));
}

TelarRasterRect
telar_sheet_rect (const TelarSheet *sheet, const graphene_rect_t *rect)
{
  graphene_point_t at = telar_sheet_point (sheet, &rect->origin);

  return (TelarRasterRect){ at.x, at.y, rect->size.width * sheet->zoom,
                            rect->size.height * sheet->zoom };
}

void
telar_sheet_wire (TelarSheet *sheet, const TelarCurve *curve, float thickness, guint32 colour)
{
  for (guint segment = 0; segment < curve->n_segments; segment++) {
    graphene_point_t points[4];

    for (guint i = 0; i < 4; i++)
      points[i] = telar_sheet_point (sheet, &curve->points[3 * segment + i]);
    telar_raster_curve (&sheet->raster, points, thickness, colour);
  }
}
