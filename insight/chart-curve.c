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
  TelarAbscissa abscissa;
  guint from, to; /* the visible points */
} Curve;

static double
point_px (const Curve *curve, guint i)
{
  return telar_chart_to_px (curve->chart, telar_abscissa_at (&curve->abscissa, i));
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

static double
raw_value (const TelarSeries *series, guint i)
{
  return telar_pyramid_value (series->raw, i);
}

static void
join_points (const Curve *curve, double (*value_at) (const TelarSeries *series, guint i))
{
  gboolean pen_down = FALSE;
  guint length = telar_series_length (curve->series);
  /* One more on each side, so that the line runs out of the picture. */
  guint from = curve->from > 0 ? curve->from - 1 : 0;
  guint to = MIN (curve->to + 1, length);

  cairo_new_path (curve->cr);
  for (guint i = from; i < to; i++)
    join (curve, point_px (curve, i), value_at (curve->series, i), &pen_down);
}

/* The band of points @from up to @to, all of which have one. */
static void
add_point_band (const Curve *curve, guint from, guint to)
{
  const TelarSeries *series = curve->series;

  for (guint i = from; i < to; i++)
    cairo_line_to (curve->cr, point_px (curve, i),
                   telar_chart_to_py (curve->chart, telar_pyramid_value (series->high, i)));
  for (guint i = to; i > from; i--)
    cairo_line_to (curve->cr, point_px (curve, i - 1),
                   telar_chart_to_py (curve->chart, telar_pyramid_value (series->low, i - 1)));
  cairo_close_path (curve->cr);
}

static gboolean
has_band (const TelarSeries *series, guint i)
{
  return isfinite (telar_pyramid_value (series->low, i)) &&
         isfinite (telar_pyramid_value (series->high, i));
}

static void
fill_band (const Curve *curve)
{
  /* Bands of many curves lie over one another. */
  double alpha = MIN (1, 2.0 / curve->chart->series->len) * (curve->dark ? 0.26 : 0.2);

  telar_set_color (curve->cr, curve->color, curve->series->low != NULL ? MAX (alpha, 0.08) : alpha);
  cairo_fill (curve->cr);
}

static void
draw_point_band (const Curve *curve)
{
  guint last = MIN (curve->to + 1, telar_series_length (curve->series));

  cairo_new_path (curve->cr);
  for (guint i = curve->from > 0 ? curve->from - 1 : 0; i < last;) {
    guint from = i;
    while (i < last && has_band (curve->series, i))
      i++;
    if (i > from)
      add_point_band (curve, from, i);
    else
      i++;
  }
  fill_band (curve);
}

static void
draw_points (const Curve *curve)
{
  gboolean smoothed = curve->chart->smoothing > 0 && curve->series->low == NULL &&
                      curve->chart->series->len <= TELAR_CHART_FEW;
  double spacing = curve->chart->plot.width / MAX (curve->to - curve->from, 1);

  if (curve->series->low != NULL)
    draw_point_band (curve);
  if (smoothed) {
    join_points (curve, raw_value);
    telar_set_color (curve->cr, curve->color, RAW_ALPHA);
    cairo_set_line_width (curve->cr, RAW_WIDTH);
    cairo_stroke (curve->cr);
  }
  join_points (curve, telar_series_smooth);
  telar_set_color (curve->cr, curve->color, 1);
  cairo_set_line_width (curve->cr, LINE_WIDTH);
  cairo_stroke (curve->cr);

  if (spacing < MARK_SPACING)
    return;
  for (guint i = curve->from; i < curve->to; i++) {
    double value = telar_series_smooth (curve->series, i);
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
  fill_band (curve);
}

double
telar_column_value (const TelarChart *chart, const TelarSeries *series, const TelarColumn *column)
{
  if (column->range.n == 0)
    return NAN;
  if (chart->smoothing > 0)
    return telar_series_smooth (series, column->to - 1);
  return telar_range_mean (&column->range);
}

TelarColumn *
telar_series_columns (const TelarChart *chart, const TelarSeries *series, guint n)
{
  TelarAbscissa abscissa = telar_series_abscissa (chart, series);
  g_autofree double *edges = g_new (double, n + 1);
  TelarColumn *columns = g_new (TelarColumn, n);

  for (guint i = 0; i <= n; i++)
    edges[i] =
        telar_chart_from_px (chart, chart->plot.x + chart->plot.width * i / n) / abscissa.scale +
        abscissa.origin;
  telar_pyramid_cut_at (series->raw, abscissa.column, edges, n, columns);
  return columns;
}

/* The band's columns reach from its lowest to its highest. */
static void
take_band (const TelarSeries *series, TelarColumn *columns, guint n)
{
  for (guint i = 0; i < n; i++) {
    TelarColumn *column = &columns[i];
    TelarRange low = telar_pyramid_range (series->low, column->from, column->to);
    TelarRange high = telar_pyramid_range (series->high, column->from, column->to);
    column->range.n = low.n > 0 && high.n > 0 ? column->range.n : 0;
    column->range.min = low.min;
    column->range.max = high.max;
  }
}

static void
draw_columns (const Curve *curve, guint n)
{
  const TelarChart *chart = curve->chart;
  g_autofree TelarColumn *columns = telar_series_columns (chart, curve->series, n);
  double width = chart->plot.width / n;
  gboolean pen_down = FALSE;

  if (curve->series->low != NULL)
    take_band (curve->series, columns, n);
  draw_band (curve, columns, n, width);

  cairo_new_path (curve->cr);
  for (guint i = 0; i < n; i++)
    if (columns[i].to > columns[i].from) /* a pause is no gap */
      join (curve, chart->plot.x + (i + 0.5) * width,
            telar_column_value (chart, curve->series, &columns[i]), &pen_down);
  telar_set_color (curve->cr, curve->color, 1);
  cairo_set_line_width (curve->cr, LINE_WIDTH);
  cairo_stroke (curve->cr);
}

static Curve
curve_of (const TelarChart *chart, cairo_t *cr, const TelarSeries *series,
          const TelarChartTheme *theme)
{
  return (Curve){
    .chart = chart,
    .series = series,
    .cr = cr,
    .color = telar_palette_color (series->style, theme->dark),
    .dark = theme->dark,
    .abscissa = telar_series_abscissa (chart, series),
    .from = telar_series_find (chart, series, chart->x_span.min),
    .to = telar_series_find (chart, series, nextafter (chart->x_span.max, INFINITY)),
  };
}

static guint
count_columns (const TelarChart *chart, cairo_t *cr)
{
  double scale_x = 1, scale_y = 1;

  cairo_user_to_device_distance (cr, &scale_x, &scale_y);
  return (guint)CLAMP (ceil (chart->plot.width * scale_x), 1, 16384);
}

void
telar_chart_draw_series_band (const TelarChart *chart, cairo_t *cr, const TelarSeries *series,
                              const TelarChartTheme *theme)
{
  Curve curve = curve_of (chart, cr, series, theme);
  guint n = count_columns (chart, cr);

  if (curve.to - curve.from > n) {
    g_autofree TelarColumn *columns = telar_series_columns (chart, series, n);
    take_band (series, columns, n);
    draw_band (&curve, columns, n, chart->plot.width / n);
  } else if (telar_series_length (series) > 0) {
    draw_point_band (&curve);
  }
}

void
telar_chart_draw_series (const TelarChart *chart, cairo_t *cr, const TelarSeries *series,
                         const TelarChartTheme *theme)
{
  Curve curve = curve_of (chart, cr, series, theme);
  guint n_columns = count_columns (chart, cr);

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (curve.to - curve.from > n_columns)
    draw_columns (&curve, n_columns);
  else if (telar_series_length (series) > 0)
    draw_points (&curve);
}
