/* Blocks and thin lines into pixels, with coverage in 256 steps. */
#include "app/canvas/raster.h"

#include <math.h>
#include <string.h>

/* A step of a curve spans about so many pixels. */
#define CURVE_STEP 8.0f
#define CURVE_MOST 40

TelarRaster
telar_raster_of (cairo_surface_t *surface)
{
  return (TelarRaster){ (guint32 *)(gpointer)cairo_image_surface_get_data (surface),
                        cairo_image_surface_get_width (surface),
                        cairo_image_surface_get_height (surface),
                        cairo_image_surface_get_stride (surface) / 4 };
}

TelarRaster
telar_raster_part (const TelarRaster *raster, int x, int y, int width, int height)
{
  return (TelarRaster){ raster->pixels + (gssize)y * raster->stride + x, width, height,
                        raster->stride };
}

cairo_t *
telar_raster_cairo (const TelarRaster *raster)
{
  cairo_surface_t *surface =
      cairo_image_surface_create_for_data ((guchar *)raster->pixels, CAIRO_FORMAT_RGB24,
                                           raster->width, raster->height, 4 * raster->stride);
  cairo_t *cr = cairo_create (surface);

  cairo_surface_destroy (surface);
  return cr;
}

GskRenderNode *
telar_raster_node (cairo_surface_t *surface, const graphene_rect_t *area, int device)
{
  GskRenderNode *node = gsk_cairo_node_new (area);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_translate (cr, area->origin.x, area->origin.y);
  cairo_scale (cr, 1.0 / device, 1.0 / device);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

static guint32
channel (float value)
{
  return (guint32)(CLAMP (value, 0.0f, 1.0f) * 255.0f + 0.5f);
}

guint32
telar_raster_colour (const GdkRGBA *colour)
{
  return 0xff000000u | channel (colour->red) << 16 | channel (colour->green) << 8 |
         channel (colour->blue);
}

/* Two channels at once; @coverage from 0 to 256. */
static guint32
blend (guint32 under, guint32 over, guint32 coverage)
{
  guint32 rb = under & 0xff00ffu, g = under & 0x00ff00u;

  rb += (((over & 0xff00ffu) - rb) * coverage) >> 8;
  g += (((over & 0x00ff00u) - g) * coverage) >> 8;
  return 0xff000000u | (rb & 0xff00ffu) | (g & 0x00ff00u);
}

void
telar_raster_clear (TelarRaster *raster, guint32 colour)
{
  for (int x = 0; x < raster->width; x++)
    raster->pixels[x] = colour;
  for (int y = 1; y < raster->height; y++)
    memcpy (raster->pixels + (gssize)y * raster->stride, raster->pixels,
            (gsize)raster->width * sizeof (guint32));
}

/* How much of the pixel from @at to @at + 1 lies between @low and @high, which are in 256ths of a
 * pixel and touch it. */
static int
covered (int at, int low, int high)
{
  return MIN ((at + 1) * 256, high) - MAX (at * 256, low);
}

/* How much of a pixel a round corner leaves. */
static float
corner (const TelarRasterRect *rect, float radius, int x, int y)
{
  float px = (float)x + 0.5f, py = (float)y + 0.5f;
  float dx = MAX (rect->x + radius - px, px - (rect->x + rect->width - radius));
  float dy = MAX (rect->y + radius - py, py - (rect->y + rect->height - radius));

  if (dx <= 0 || dy <= 0)
    return 1;
  return CLAMP (radius + 0.5f - sqrtf (dx * dx + dy * dy), 0.0f, 1.0f);
}

/* In 256ths of a pixel, within the raster. */
typedef struct {
  int left, top, right, bottom;
} Edges;

/* FALSE: nothing of it is. */
static gboolean
edges_of (const TelarRaster *raster, const TelarRasterRect *rect, Edges *edges)
{
  float width = (float)raster->width, height = (float)raster->height;
  float right = rect->x + rect->width, bottom = rect->y + rect->height;

  if (!(right > 0 && bottom > 0 && rect->x < width && rect->y < height))
    return FALSE;
  *edges = (Edges){ (int)(MAX (rect->x, 0) * 256), (int)(MAX (rect->y, 0) * 256),
                    (int)(MIN (right, width) * 256), (int)(MIN (bottom, height) * 256) };
  return edges->right > edges->left && edges->bottom > edges->top;
}

/* A row of a block: its ends and corners by coverage, what lies between at once. */
static void
fill_row (TelarRaster *raster, const TelarRasterRect *rect, const Edges *edges, float radius, int y,
          guint32 colour)
{
  guint32 *row = raster->pixels + (gssize)y * raster->stride;
  int left = edges->left / 256, right = (edges->right + 255) / 256;
  int vertical = covered (y, edges->top, edges->bottom);
  gboolean round = (float)y < rect->y + radius || (float)y + 1 > rect->y + rect->height - radius;
  int rim = 1 + (round ? (int)ceilf (radius) : 0);

  for (int x = left; x < right; x++) {
    if (x == left + rim && right - rim > x && vertical == 256) {
      for (; x < right - rim; x++)
        row[x] = colour;
    }
    int coverage = vertical * covered (x, edges->left, edges->right) / 256;

    if (round)
      coverage = (int)((float)coverage * corner (rect, radius, x, y));
    row[x] = blend (row[x], colour, (guint32)coverage);
  }
}

void
telar_raster_fill (TelarRaster *raster, const TelarRasterRect *rect, float radius, guint32 colour)
{
  float smallest = MIN (rect->width, rect->height);
  Edges edges;

  if (!edges_of (raster, rect, &edges))
    return;
  radius = MIN (radius, smallest / 2);
  for (int y = edges.top / 256; y * 256 < edges.bottom; y++)
    fill_row (raster, rect, &edges, radius, y, colour);
}

void
telar_raster_frame (TelarRaster *raster, const TelarRasterRect *rect, float thickness,
                    guint32 colour)
{
  float t = thickness, wide = rect->width + 2 * t;
  const TelarRasterRect bars[] = { { rect->x - t, rect->y - t, wide, t },
                                   { rect->x - t, rect->y + rect->height, wide, t },
                                   { rect->x - t, rect->y, t, rect->height },
                                   { rect->x + rect->width, rect->y, t, rect->height } };

  for (guint i = 0; i < G_N_ELEMENTS (bars); i++)
    telar_raster_fill (raster, &bars[i], 0, colour);
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Clips the line to what lies between 0 and @size along x; FALSE when nothing does. */
static gboolean
clip (float *x0, float *y0, float *x1, float *y1, float size)
{
  float slope = (*y1 - *y0) / (*x1 - *x0);

  if (*x1 < 0 || *x0 > size)
    return FALSE;
  if (*x0 < 0) {
    *y0 -= *x0 * slope;
    *x0 = 0;
  }
  if (*x1 > size) {
    *y1 -= (*x1 - size) * slope;
    *x1 = size;
  }
  return TRUE;
}

/* A column of the line: the pixels from @low to @high, those at its ends in part. */
static void
draw_column (guint32 *pixels, int across, int breadth, float low, float high, guint32 colour)
{
  int from = (int)(MAX (low, 0) * 256), to = (int)(MIN (high, (float)breadth) * 256);

  for (int y = from / 256; y * 256 < to; y++) {
    guint32 *pixel = pixels + (gssize)y * across;

    *pixel = blend (*pixel, colour, (guint32)covered (y, from, to));
  }
}

/* From left to right or, with @steep, from top to bottom, x being the way that it runs: the columns
 * whose middle lies between its ends, so that lines in a row cover each once. */
static void
draw_line (TelarRaster *raster, gboolean steep, float x0, float y0, float x1, float y1,
           float thickness, guint32 colour)
{
  const int along = steep ? raster->stride : 1, across = steep ? 1 : raster->stride;
  const int breadth = steep ? raster->width : raster->height;
  const float length = (float)(steep ? raster->height : raster->width);
  float slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
  float half = thickness / 2 * sqrtf (1 + slope * slope);

  if (!clip (&x0, &y0, &x1, &y1, length) || MAX (y0, y1) < -half ||
      MIN (y0, y1) > (float)breadth + half)
    return;
  for (int x = (int)ceilf (x0 - 0.5f); (float)x + 0.5f < x1; x++) {
    float y = y0 + ((float)x + 0.5f - x0) * slope;

    draw_column (raster->pixels + (gssize)x * along, across, breadth, y - half, y + half, colour);
  }
}

void
telar_raster_line (TelarRaster *raster, float x0, float y0, float x1, float y1, float thickness,
                   guint32 colour)
{
  gboolean steep = fabsf (y1 - y0) > fabsf (x1 - x0);

  if (steep && y0 <= y1)
    draw_line (raster, TRUE, y0, x0, y1, x1, thickness, colour);
  else if (steep)
    draw_line (raster, TRUE, y1, x1, y0, x0, thickness, colour);
  else if (x0 <= x1)
    draw_line (raster, FALSE, x0, y0, x1, y1, thickness, colour);
  else
    draw_line (raster, FALSE, x1, y1, x0, y0, thickness, colour);
}

/* Whether the curve cannot be seen: it stays within its four points. */
static gboolean
is_outside (const TelarRaster *raster, const graphene_point_t p[4], float margin)
{
  float left = MIN (MIN (p[0].x, p[1].x), MIN (p[2].x, p[3].x));
  float right = MAX (MAX (p[0].x, p[1].x), MAX (p[2].x, p[3].x));
  float top = MIN (MIN (p[0].y, p[1].y), MIN (p[2].y, p[3].y));
  float bottom = MAX (MAX (p[0].y, p[1].y), MAX (p[2].y, p[3].y));

  return right < -margin || left > (float)raster->width + margin || bottom < -margin ||
         top > (float)raster->height + margin;
}

void
telar_raster_curve (TelarRaster *raster, const graphene_point_t p[4], float thickness,
                    guint32 colour)
{
  float reach = fabsf (p[3].x - p[0].x) + fabsf (p[3].y - p[0].y);
  gboolean level = p[0].y == p[1].y && p[1].y == p[2].y && p[2].y == p[3].y;
  int steps = level ? 1 : CLAMP ((int)(reach / CURVE_STEP), 1, CURVE_MOST);
  float x = p[0].x, y = p[0].y;

  if (is_outside (raster, p, thickness))
    return;
  for (int i = 1; i <= steps; i++) {
    float t = (float)i / (float)steps, s = 1 - t;
    float a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;
    float next_x = a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x;
    float next_y = a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y;

    telar_raster_line (raster, x, y, next_x, next_y, thickness, colour);
    x = next_x;
    y = next_y;
  }
}

/* --- pixels ----------------------------------------------------------------------------------- */

/* @over is premultiplied, as cairo's are. */
static guint32
put_over (guint32 under, guint32 over)
{
  guint32 left = 256 - (over >> 24) - (over >> 31);
  guint32 rb = ((under & 0xff00ffu) * left) >> 8 & 0xff00ffu;
  guint32 g = ((under & 0x00ff00u) * left) >> 8 & 0x00ff00u;

  return 0xff000000u | (over + (rb | g));
}

void
telar_raster_blit (TelarRaster *raster, cairo_surface_t *source, int x, int y)
{
  const TelarRaster from = telar_raster_of (source);
  int left = MAX (x, 0), top = MAX (y, 0);
  int right = MIN (x + from.width, raster->width), bottom = MIN (y + from.height, raster->height);

  for (int row = top; row < bottom; row++) {
    const guint32 *in = from.pixels + (gssize)(row - y) * from.stride - x;
    guint32 *out = raster->pixels + (gssize)row * raster->stride;

    for (int column = left; column < right; column++) {
      guint32 pixel = in[column];

      if (pixel >= 0xff000000u)
        out[column] = pixel;
      else if (pixel)
        out[column] = put_over (out[column], pixel);
    }
  }
}
