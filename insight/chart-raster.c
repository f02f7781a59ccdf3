/* Hundreds of curves at once. Stroking a path costs about a microsecond for each of its points, so
 * that 500 curves of 1,000 points would take half a second; here each curve is walked from column
 * to column of pixels, once, and what it covers of a column is blended as it is left: its points
 * ascend along x. Pixels are kept column by column while they are drawn. */
#include "insight/chart-private.h"

#include <math.h>

#define THICKNESS 1.3 /* of so many, thinner than of one */
#define OVER      4   /* pixels around the plot that a line may reach into */
/* A curve of more points than this for each column is drawn by its columns' means. */
#define DENSE 4

/* What a curve does within one column of pixels: where it comes in, where it leaves, how far up and
 * down it goes, and how far the segments reach that cross it. */
typedef struct {
  int number; /* -1: none */
  double x0, y0, x1, y1;
  double top, bottom;
  double highest, lowest;
} Walk;

typedef struct {
  guint width, height; /* pixels */
  double x, y, scale;  /* the corner, in the units of the chart; pixels for each unit */
  double thickness;    /* pixels */
  guint32 *pixels;     /* premultiplied ARGB, column by column */
  guint32 color;       /* of the curve, opaque */
  Walk walk;
} Raster;

/* --- columns ----------------------------------------------------------------------------- */

/* @part of 256 parts of @over on what lies @below, two channels at a time. */
static guint32
blend (guint32 below, guint32 over, guint part)
{
  guint rest = 256 - part;
  guint32 even = (over & 0xff00ff) * part + (below & 0xff00ff) * rest;
  guint32 odd = (over >> 8 & 0xff00ff) * part + (below >> 8 & 0xff00ff) * rest;

  return (even >> 8 & 0xff00ff) | (odd & 0xff00ff00);
}

/* The first row at or below @y, within the picture. */
static inline guint
row_from (const Raster *raster, double y)
{
  int row = (int)y;

  return (guint)CLAMP (row + (y > row), 0, (int)raster->height);
}

/* Covers the rows from @top to @bottom, by @weight in the middle and less over @ramp rows at both
 * ends. Row r has its middle at r. */
static void
cover_rows (Raster *raster, double top, double bottom, double ramp, double weight)
{
  guint32 *pixels = raster->pixels + (gsize)raster->walk.number * raster->height;
  guint low = row_from (raster, top), high = row_from (raster, bottom);
  guint full_from = MIN (row_from (raster, top + ramp), high);
  guint full_to = MAX (row_from (raster, bottom - ramp), full_from);
  double scale = 256 * weight / ramp;
  guint most = (guint)(256 * weight);

  for (guint row = low; row < full_from; row++)
    pixels[row] = blend (pixels[row], raster->color,
                         MIN ((guint)(MIN (row - top, bottom - row) * scale), most));
  if (most == 256)
    for (guint row = full_from; row < full_to; row++)
      pixels[row] = raster->color;
  else
    for (guint row = full_from; row < full_to; row++)
      pixels[row] = blend (pixels[row], raster->color, most);
  for (guint row = full_to; row < high; row++)
    pixels[row] = blend (pixels[row], raster->color,
                         MIN ((guint)(MIN (row - top, bottom - row) * scale), most));
}

/* A line as thick as t covers t times its length. Where it crosses the column straight, the cover
 * rises over as many rows as it climbs there, though not beyond the ends of its segments; where it
 * turns within the column all is covered that it passes. */
static void
leave_column (Raster *raster)
{
  const Walk *walk = &raster->walk;
  double t = raster->thickness, climb = fabs (walk->y1 - walk->y0), dx = walk->x1 - walk->x0;

  if (walk->number < 0)
    return;
  double turn = walk->bottom - walk->top - climb;
  if (turn < 0.5 && dx > 1e-3) {
    double slant = climb / dx, ramp = MAX (climb, 1);
    double half = (t * sqrt (1 + slant * slant) + ramp) / 2;
    double middle = (walk->y0 + walk->y1) / 2;
    cover_rows (raster, MAX (middle - half, walk->highest - t / 2 - 0.5),
                MIN (middle + half, walk->lowest + t / 2 + 0.5), ramp, dx);
  } else {
    cover_rows (raster, walk->top - t / 2 - 0.5, walk->bottom + t / 2 + 0.5, 1, 1);
  }
  raster->walk.number = -1;
}

/* --- lines ------------------------------------------------------------------------------- */

typedef struct {
  double x0, y0, x1, y1; /* pixels, x0 <= x1 */
} Segment;

/* The part of @segment within a column, from @x0, @y0 to @x1, @y1. */
static void
walk_part (Raster *raster, int column, const Segment *part, const Segment *segment)
{
  Walk *walk = &raster->walk;
  double highest = MIN (segment->y0, segment->y1), lowest = MAX (segment->y0, segment->y1);

  if (walk->number != column) {
    leave_column (raster);
    *walk = (Walk){ column,
                    part->x0,
                    part->y0,
                    part->x1,
                    part->y1,
                    MIN (part->y0, part->y1),
                    MAX (part->y0, part->y1),
                    highest,
                    lowest };
    return;
  }
  walk->x1 = part->x1;
  walk->y1 = part->y1;
  walk->top = MIN (walk->top, MIN (part->y0, part->y1));
  walk->bottom = MAX (walk->bottom, MAX (part->y0, part->y1));
  walk->highest = MIN (walk->highest, highest);
  walk->lowest = MAX (walk->lowest, lowest);
}

static void
walk_segment (Raster *raster, const Segment *segment)
{
  double from = MAX (segment->x0, 0), to = MIN (segment->x1, raster->width - 1e-6);
  double across = segment->x1 - segment->x0;
  double slant = across > 0 ? (segment->y1 - segment->y0) / across : 0;

  if (from > to)
    return;
  Segment part = { from, segment->y0 + slant * (from - segment->x0), 0, 0 };
  for (int column = (int)from; column <= (int)to; column++) {
    part.x1 = MIN (to, column + 1);
    part.y1 = part.x1 >= segment->x1 ? segment->y1 : segment->y0 + slant * (part.x1 - segment->x0);
    walk_part (raster, column, &part, segment);
    part.x0 = part.x1;
    part.y0 = part.y1;
  }
}

/* Along a linear axis a pixel is @origin + @scale * value. */
typedef struct {
  gboolean log;
  double origin, scale;
} Axis;

typedef struct {
  Raster *raster;
  const TelarChart *chart;
  Axis along, up;
  gboolean pen_down;
  double x, y;
} Pen;

static Axis
linear_axis (double (*to_pixel) (const TelarChart *chart, double value), const TelarChart *chart,
             TelarInterval span)
{
  double origin = to_pixel (chart, span.min), width = span.max - span.min;
  double scale = width > 0 ? (to_pixel (chart, span.max) - origin) / width : 0;

  return (Axis){ FALSE, origin - scale * span.min, scale };
}

static Pen
pen_new (Raster *raster, const TelarChart *chart)
{
  Pen pen = { .raster = raster, .chart = chart, .along.log = TRUE, .up.log = TRUE };

  if (!chart->log_x)
    pen.along = linear_axis (telar_chart_to_px, chart, chart->x_span);
  if (!chart->log)
    pen.up = linear_axis (telar_chart_to_py, chart, chart->y_span);
  return pen;
}

static inline double
px_of (const Pen *pen, double x)
{
  return pen->along.log ? telar_chart_to_px (pen->chart, x)
                        : pen->along.origin + pen->along.scale * x;
}

static inline double
py_of (const Pen *pen, double y)
{
  return pen->up.log ? telar_chart_to_py (pen->chart, y) : pen->up.origin + pen->up.scale * y;
}

static inline void
move_pen (Pen *pen, double px, double value)
{
  const Raster *raster = pen->raster;

  if (!isfinite (value)) {
    pen->pen_down = FALSE;
    return;
  }
  /* Far outside is outside. */
  double x = CLAMP ((px - raster->x) * raster->scale, -1e6, 1e6);
  double y = CLAMP ((py_of (pen, value) - raster->y) * raster->scale - 0.5, -1e6,
                    1e6); /* rows are told by their middles */
  if (pen->pen_down)
    walk_segment (pen->raster, &(Segment){ pen->x, pen->y, MAX (x, pen->x), y });
  pen->pen_down = TRUE;
  pen->x = x;
  pen->y = y;
}

/* --- curves ------------------------------------------------------------------------------ */

static void
walk_points (Raster *raster, const TelarChart *chart, const TelarSeries *series, guint from,
             guint to)
{
  TelarAbscissa abscissa = telar_series_abscissa (chart, series);
  Pen pen = pen_new (raster, chart);

  from = from > 0 ? from - 1 : 0;
  to = MIN (to + 1, telar_series_length (series));
  for (guint i = from; i < to; i++)
    move_pen (&pen, px_of (&pen, telar_abscissa_at (&abscissa, i)),
              telar_series_smooth (series, i));
}

static void
walk_columns (Raster *raster, const TelarChart *chart, const TelarSeries *series, guint n)
{
  g_autofree TelarColumn *columns = telar_series_columns (chart, series, n);
  double width = chart->plot.width / n;
  Pen pen = pen_new (raster, chart);

  for (guint i = 0; i < n; i++)
    if (columns[i].to > columns[i].from)
      move_pen (&pen, chart->plot.x + (i + 0.5) * width,
                telar_column_value (chart, series, &columns[i]));
}

static guint32
opaque_pixel (TelarColor color)
{
  return 0xff000000 | (guint32)round (color.red * 255) << 16 |
         (guint32)round (color.green * 255) << 8 | (guint32)round (color.blue * 255);
}

static void
walk_series (Raster *raster, const TelarChart *chart, const TelarSeries *series,
             const TelarChartTheme *theme)
{
  guint from = telar_series_find (chart, series, chart->x_span.min);
  guint to = telar_series_find (chart, series, nextafter (chart->x_span.max, INFINITY));

  if (telar_series_length (series) == 0)
    return;
  raster->color = opaque_pixel (telar_palette_color (series->style, theme->dark));
  if (to - MIN (from, to) > DENSE * raster->width)
    walk_columns (raster, chart, series, raster->width);
  else
    walk_points (raster, chart, series, from, to);
  leave_column (raster);
}

/* --- the picture ------------------------------------------------------------------------- */

static void
paint (const Raster *raster, cairo_t *cr)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)raster->width, (int)raster->height);
  guint32 *rows = (guint32 *)(void *)cairo_image_surface_get_data (surface);
  gsize stride = (gsize)cairo_image_surface_get_stride (surface) / sizeof *rows;

  if (rows != NULL) { /* else the surface is in an error state, which cairo tells of */
    for (guint x = 0; x < raster->width; x++)
      for (guint y = 0; y < raster->height; y++)
        rows[y * stride + x] = raster->pixels[(gsize)x * raster->height + y];
    cairo_surface_mark_dirty (surface);
  }
  cairo_surface_set_device_scale (surface, raster->scale, raster->scale);
  cairo_set_source_surface (cr, surface, raster->x, raster->y);
  cairo_paint (cr);
  cairo_surface_destroy (surface);
}

gboolean
telar_chart_draw_lines (const TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme)
{
  cairo_surface_t *target = cairo_get_target (cr);
  double scale = 1, other;

  if (cairo_surface_get_type (target) != CAIRO_SURFACE_TYPE_IMAGE)
    return FALSE;
  cairo_surface_get_device_scale (target, &scale, &other);
  Raster raster = {
    .width = (guint)CLAMP (ceil ((chart->plot.width + 2 * OVER) * scale), 1, 16384),
    .height = (guint)CLAMP (ceil ((chart->plot.height + 2 * OVER) * scale), 1, 16384),
    .x = floor (chart->plot.x) - OVER,
    .y = floor (chart->plot.y) - OVER,
    .scale = scale,
    .thickness = THICKNESS * scale,
    .walk = { .number = -1 },
  };
  raster.pixels = g_new0 (guint32, (gsize)raster.width * raster.height);
  for (guint i = chart->series->len; i > 0; i--) {
    const TelarSeries *series = telar_chart_shown (chart, i - 1);
    if (series->low != NULL)
      telar_chart_draw_series_band (chart, cr, series, theme);
  }
  for (guint i = chart->series->len; i > 0; i--) /* the first lies on top */
    walk_series (&raster, chart, telar_chart_shown (chart, i - 1), theme);
  paint (&raster, cr);
  g_free (raster.pixels);
  return TRUE;
}
