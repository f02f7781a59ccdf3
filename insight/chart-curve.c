/* One curve: where points are rarer than pixels they are joined; else each column of pixels shows
 * the range of its values as a band, and the mean or the smoothed value as the line. */
#include "insight/chart-private.h"

#include <math.h>

#define LINE_WIDTH   2.0
#define RAW_WIDTH    1.0
#define RAW_ALPHA    0.38
#define MARK_RADIUS  2.6
#define MARK_SPACING 14.0 /* pixels for each point, at least, for points to get marks */

typedef struct {
  const TelarChart *chart;
  const TelarSeries *series;
  cairo_t *cr;
  TelarColor color;
  gboolean dark;
  guint from, to; /* the visible points */
} Curve;

static double
point_px (const Curve *curve, guint i)
{
  TelarAbscissa abscissa = telar_series_abscissa (curve->chart, curve->series);

  return telar_chart_to_px (curve->chart, telar_abscissa_at (&abscissa, i));
}

/* Adds to the path; a value that is not finite breaks it. */
static void
join (const Curve *curve, double px, double value, gboolean *pen_down)
{
  if (!isfinite (value)) {
    *pen_down = FALSE;
    return;
  }
  double py = telar_chart_to_py (curve->chart, value);
  if (*pen_down)
    cairo_line_to (curve->cr, px, py);
  else
    cairo_move_to (curve->cr, px, py);
  *pen_down = TRUE;
}

/* --- few points -------------------------------------------------------------------------- */

static void
join_points (const Curve *curve, const TelarPyramid *values)
{
  gboolean pen_down = FALSE;
  guint length = telar_series_length (curve->series);
  /* One more on each side, so that the line runs out of the picture. */
  guint from = curve->from > 0 ? curve->from - 1 : 0;
  guint to = MIN (curve->to + 1, length);

  cairo_new_path (curve->cr);
  for (guint i = from; i < to; i++)
    join (curve, point_px (curve, i), telar_pyramid_value (values, i), &pen_down);
}

static void
draw_points (const Curve *curve)
{
  gboolean smoothed = curve->chart->smoothing > 0;
  double spacing = curve->chart->plot.width / MAX (curve->to - curve->from, 1);

  if (smoothed) {
    join_points (curve, curve->series->raw);
    telar_set_color (curve->cr, curve->color, RAW_ALPHA);
    cairo_set_line_width (curve->cr, RAW_WIDTH);
    cairo_stroke (curve->cr);
  }
  join_points (curve, curve->series->smooth);
  telar_set_color (curve->cr, curve->color, 1);
  cairo_set_line_width (curve->cr, LINE_WIDTH);
  cairo_stroke (curve->cr);

  if (spacing < MARK_SPACING)
    return;
  for (guint i = curve->from; i < curve->to; i++) {
    double value = telar_pyramid_value (curve->series->smooth, i);
    if (isfinite (value))
      telar_draw_mark (curve->cr, curve->series->style, point_px (curve, i),
                       telar_chart_to_py (curve->chart, value), MARK_RADIUS);
  }
}

/* --- many points ------------------------------------------------------------------------- */

/* A stretch of columns without a gap, as one polygon: the upper edge there, the lower one back. */
static void
add_band (const Curve *curve, const TelarColumn *columns, guint from, guint to, double width)
{
  double x = curve->chart->plot.x;

  for (guint i = from; i < to; i++)
    cairo_line_to (curve->cr, x + (i + 0.5) * width,
                   telar_chart_to_py (curve->chart, columns[i].range.max));
  for (guint i = to; i > from; i--)
    cairo_line_to (curve->cr, x + (i - 0.5) * width,
                   telar_chart_to_py (curve->chart, columns[i - 1].range.min));
  cairo_close_path (curve->cr);
}

static void
draw_band (const Curve *curve, const TelarColumn *columns, guint n, double width)
{
  cairo_new_path (curve->cr);
  for (guint i = 0; i < n;) {
    guint from = i;
    while (i < n && columns[i].range.n > 0)
      i++;
    if (i > from)
      add_band (curve, columns, from, i, width);
    else
      i++;
  }
  /* Bands of many curves lie over one another. */
  double alpha = MIN (1, 2.0 / curve->chart->series->len) * (curve->dark ? 0.26 : 0.2);
  telar_set_color (curve->cr, curve->color, alpha);
  cairo_fill (curve->cr);
}

static double
line_value (const Curve *curve, const TelarColumn *column)
{
  if (column->range.n == 0)
    return NAN;
  if (curve->chart->smoothing > 0)
    return telar_pyramid_value (curve->series->smooth, column->to - 1);
  return column->range.sum / (double)column->range.n;
}

static void
draw_columns (const Curve *curve, guint n)
{
  const TelarChart *chart = curve->chart;
  TelarAbscissa abscissa = telar_series_abscissa (chart, curve->series);
  g_autofree TelarColumn *columns = g_new (TelarColumn, n);
  double width = chart->plot.width / n;
  gboolean pen_down = FALSE;

  telar_pyramid_cut (curve->series->raw, abscissa.column,
                     chart->x_span.min / abscissa.scale + abscissa.origin,
                     chart->x_span.max / abscissa.scale + abscissa.origin, n, columns);
  draw_band (curve, columns, n, width);

  cairo_new_path (curve->cr);
  for (guint i = 0; i < n; i++)
    if (columns[i].to > columns[i].from) /* a pause is no gap */
      join (curve, chart->plot.x + (i + 0.5) * width, line_value (curve, &columns[i]), &pen_down);
  telar_set_color (curve->cr, curve->color, 1);
  cairo_set_line_width (curve->cr, LINE_WIDTH);
  cairo_stroke (curve->cr);
}

void
telar_chart_draw_series (const TelarChart *chart, cairo_t *cr, const TelarSeries *series,
                         const TelarChartTheme *theme)
{
  double scale_x = 1, scale_y = 1;
  Curve curve = {
    .chart = chart,
    .series = series,
    .cr = cr,
    .color = telar_palette_color (series->style, theme->dark),
    .dark = theme->dark,
    .from = telar_series_find (chart, series, chart->x_span.min),
    .to = telar_series_find (chart, series, nextafter (chart->x_span.max, INFINITY)),
  };

  cairo_user_to_device_distance (cr, &scale_x, &scale_y);
  guint n_columns = (guint)CLAMP (ceil (chart->plot.width * scale_x), 1, 16384);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (curve.to - curve.from > n_columns)
    draw_columns (&curve, n_columns);
  else if (telar_series_length (series) > 0)
    draw_points (&curve);
}
