/* A small rasteriser for views from far away: thousands of blocks and wires, each a few pixels
 * large, for which a general path filler spends far more time on its lists of edges than on pixels.
 * Edges are smoothed by coverage. Everything is in pixels. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct {
  guint32 *pixels; /* CAIRO_FORMAT_RGB24 */
  int width, height;
  int stride; /* in pixels */
} TelarRaster;

typedef struct {
  float x, y, width, height;
} TelarRasterRect;

/* Over the pixels of an image surface, which must live as long. */
TelarRaster telar_raster_of (cairo_surface_t *surface);
/* Some of its pixels, which are shared. */
TelarRaster telar_raster_part (const TelarRaster *raster, int x, int y, int width, int height);
/* For what the functions here do not draw. Caller frees. */
cairo_t *telar_raster_cairo (const TelarRaster *raster);
/* Shows the surface over @area of a widget, @device pixels for one of its units. Caller frees. */
GskRenderNode *telar_raster_node (cairo_surface_t *surface, const graphene_rect_t *area,
                                  int device);

/* As raster colours are: opaque. */
guint32 telar_raster_colour (const GdkRGBA *colour);

void telar_raster_clear (TelarRaster *raster, guint32 colour);
/* @radius of the corners, 0 for none. */
void telar_raster_fill (TelarRaster *raster, const TelarRasterRect *rect, float radius,
                        guint32 colour);
/* Four bars around @rect, outside of it. */
void telar_raster_frame (TelarRaster *raster, const TelarRasterRect *rect, float thickness,
                         guint32 colour);
/* A smooth line. One that is drawn on from where another ended covers nothing twice. */
void telar_raster_line (TelarRaster *raster, float x0, float y0, float x1, float y1,
                        float thickness, guint32 colour);
/* A cubic Bézier curve of four points, as such lines. */
void telar_raster_curve (TelarRaster *raster, const graphene_point_t points[4], float thickness,
                         guint32 colour);
/* Puts the pixels of @source, of CAIRO_FORMAT_ARGB32, over those at (@x, @y). */
void telar_raster_blit (TelarRaster *raster, cairo_surface_t *source, int x, int y);

/* Larger by @by on each side. */
static inline TelarRasterRect
telar_raster_grown (const TelarRasterRect *rect, float by)
{
  return (TelarRasterRect){ rect->x - by, rect->y - by, rect->width + 2 * by,
                            rect->height + 2 * by };
}

G_END_DECLS
