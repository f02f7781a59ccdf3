/* Between the values of a chart and its pixels: what is visible, and where it lies. */
#include "insight/chart-private.h"

#include <float.h>
#include <math.h>

#define Y_PADDING   0.06 /* of the height, above and below the curves */
#define CLIP_POINTS 16384

/* Of @series, or of the chart where the series has none of its own. */
static double
epoch_of (const TelarChart *chart, const TelarSeries *series)
{
  return (double)(series->steps_per_epoch > 0 ? series->steps_per_epoch : chart->steps_per_epoch);
}

static double
start_of (const TelarChart *chart, const TelarSeries *series)
{
  return (double)(series->start_time != 0 ? series->start_time : chart->start_time);
}

TelarAbscissa
telar_series_abscissa (const TelarChart *chart, const TelarSeries *series)
{
  const double *steps = (const double *)series->steps->data;
  const double *times = (const double *)series->times->data;

  switch (chart->x) {
  case TELAR_CHART_EPOCH:
    return (TelarAbscissa){ steps, 0, 1.0 / epoch_of (chart, series) };
  case TELAR_CHART_TIME:
    return (TelarAbscissa){ times, start_of (chart, series), 1.0 / G_USEC_PER_SEC };
  case TELAR_CHART_WALL:
    return (TelarAbscissa){ times, 0, 1.0 / G_USEC_PER_SEC };
  case TELAR_CHART_METRIC:
    if (series->across != NULL)
      return (TelarAbscissa){ (const double *)series->across->data, 0, 1 };
    break;
  case TELAR_CHART_STEP:
    break;
  }
  return (TelarAbscissa){ steps, 0, 1 };
}

guint
telar_series_find (const TelarChart *chart, const TelarSeries *series, double x)
{
  TelarAbscissa abscissa = telar_series_abscissa (chart, series);

  return telar_first_not_before (abscissa.column, telar_series_length (series),
                                 x / abscissa.scale + abscissa.origin);
}

/* Where an end of the extent lies. */
static double
extent_x (const TelarChart *chart, const TelarSeries *series, const TelarPoint *point)
{
  switch (chart->x) {
  case TELAR_CHART_EPOCH:
    return (double)point->step / epoch_of (chart, series);
  case TELAR_CHART_TIME:
    return ((double)point->time - start_of (chart, series)) / G_USEC_PER_SEC;
  case TELAR_CHART_WALL:
    return (double)point->time / G_USEC_PER_SEC;
  case TELAR_CHART_METRIC:
  case TELAR_CHART_STEP:
    break;
  }
  return (double)point->step;
}

/* A marker has no place along a metric. */
double
telar_marker_x (const TelarChart *chart, const TelarMarker *marker)
{
  switch (chart->x) {
  case TELAR_CHART_EPOCH:
    return (double)marker->step / (double)chart->steps_per_epoch;
  case TELAR_CHART_TIME:
    return (double)(marker->time - chart->start_time) / G_USEC_PER_SEC;
  case TELAR_CHART_WALL:
    return (double)marker->time / G_USEC_PER_SEC;
  case TELAR_CHART_METRIC:
    return NAN;
  case TELAR_CHART_STEP:
    break;
  }
  return (double)marker->step;
}

TelarUnit
telar_chart_x_unit (const TelarChart *chart)
{
  switch (chart->x) {
  case TELAR_CHART_TIME:
    return TELAR_UNIT_SECONDS;
  case TELAR_CHART_WALL:
    return TELAR_UNIT_CLOCK;
  case TELAR_CHART_METRIC:
    return chart->metric_unit;
  case TELAR_CHART_EPOCH:
    return TELAR_UNIT_NONE;
  case TELAR_CHART_STEP:
    break;
  }
  return TELAR_UNIT_COUNT;
}

/* --- what is visible --------------------------------------------------------------------- */

/* How far one series reaches; FALSE where nothing of it can be shown. */
static gboolean
series_span (const TelarChart *chart, const TelarSeries *series, TelarInterval *span)
{
  TelarAbscissa abscissa = telar_series_abscissa (chart, series);
  guint length = telar_series_length (series);
  /* On a logarithmic axis what is not above zero has no place. */
  guint first = chart->log_x ? telar_series_find (chart, series, DBL_MIN) : 0;

  if (first >= length)
    return FALSE;
  *span = (TelarInterval){ telar_abscissa_at (&abscissa, first),
                           telar_abscissa_at (&abscissa, length - 1) };
  if (series->has_extent && chart->x != TELAR_CHART_METRIC) {
    double start = extent_x (chart, series, &series->first);
    span->min = chart->log_x && start <= 0 ? span->min : MIN (span->min, start);
    span->max = MAX (span->max, extent_x (chart, series, &series->last));
  }
  return TRUE;
}

gboolean
telar_chart_full_x (const TelarChart *chart, TelarInterval *span)
{
  gboolean some = FALSE;

  for (guint i = 0; i < chart->series->len; i++) {
    TelarInterval part;
    if (!series_span (chart, telar_chart_shown (chart, i), &part))
      continue;
    span->min = some ? MIN (span->min, part.min) : part.min;
    span->max = some ? MAX (span->max, part.max) : part.max;
    some = TRUE;
  }
  if (!some)
    return FALSE;
  /* A run begins at zero; only one that was cut off there does not. */
  if (!chart->log_x && chart->x != TELAR_CHART_WALL && chart->x != TELAR_CHART_METRIC &&
      span->min > 0 && span->min < 0.1 * span->max)
    span->min = 0;
  if (span->max <= span->min) { /* a single point stands in the middle */
    double around = chart->x == TELAR_CHART_WALL ? 30 : span->min != 0 ? fabs (span->min) / 2 : 1;
    *span = (TelarInterval){ span->min - around, span->max + around };
  }
  return TRUE;
}

gboolean
telar_chart_visible_x (const TelarChart *chart, TelarInterval *span)
{
  gboolean some = telar_chart_full_x (chart, span);

  if (some && chart->x_zoomed)
    *span = chart->x_zoom;
  return some;
}

static void
widen (TelarRange *range, double value)
{
  range->min = range->n == 0 ? value : MIN (range->min, value);
  range->max = range->n == 0 ? value : MAX (range->max, value);
  range->n++;
}

static void
widen_by (TelarRange *range, const TelarPyramid *values, guint from, guint to)
{
  TelarRange part = telar_pyramid_range (values, from, to);

  if (part.n == 0)
    return;
  widen (range, part.min);
  widen (range, part.max);
}

/* On a logarithmic axis only what is above zero counts, so a column that reaches below it is looked
 * into point by point. */
static void
widen_positive (TelarRange *range, const TelarSeries *series, guint from, guint to)
{
  TelarRange part = telar_pyramid_range (series->raw, from, to);

  if (part.n == 0 || part.max <= 0)
    return;
  if (part.min > 0) {
    widen (range, part.min);
    widen (range, part.max);
    return;
  }
  if (to - from == 1) {
    widen (range, part.max);
    return;
  }
  guint middle = from + (to - from) / 2;
  widen_positive (range, series, from, middle);
  widen_positive (range, series, middle, to);
}

static TelarInterval
padded (const TelarChart *chart, const TelarRange *range)
{
  if (chart->log) {
    double ratio = MAX (pow (range->max / range->min, Y_PADDING), 1.1);
    return (TelarInterval){ range->min / ratio, range->max * ratio };
  }
  double height = range->max - range->min;
  double pad = height > 0 ? Y_PADDING * height : MAX (fabs (range->max) * 0.1, 1e-3);
  TelarInterval span = { range->min - pad, range->max + pad };
  /* No empty strip where no value can be. */
  if (range->min >= 0)
    span.min = MAX (span.min, 0);
  if (chart->unit == TELAR_UNIT_PERCENT && range->max <= 1)
    span.max = MIN (span.max, 1);
  return span.max > span.min ? span : (TelarInterval){ span.min - pad, span.max + pad };
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

/* What lies between the percentiles that are shown; FALSE without a value. */
static gboolean
clipped_range (const TelarChart *chart, const TelarInterval *x, TelarRange *range)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  guint share = MAX (CLIP_POINTS / MAX (chart->series->len, 1), 16);

  for (guint s = 0; s < chart->series->len; s++) {
    const TelarSeries *series = telar_chart_shown (chart, s);
    guint from = telar_series_find (chart, series, x->min);
    guint to = telar_series_find (chart, series, nextafter (x->max, INFINITY));
    guint stride = MAX ((to - MIN (from, to)) / share, 1);
    for (guint i = from; i < to; i += stride) {
      double value = telar_pyramid_value (series->raw, i);
      if (isfinite (value) && (!chart->log || value > 0))
        g_array_append_val (values, value);
    }
  }
  if (values->len == 0)
    return FALSE;
  g_array_sort (values, compare_numbers);
  guint cut = (guint)floor (chart->clip * values->len);
  widen (range, g_array_index (values, double, cut));
  widen (range, g_array_index (values, double, values->len - 1 - cut));
  return TRUE;
}

TelarInterval
telar_chart_visible_y (const TelarChart *chart, const TelarInterval *x)
{
  TelarRange range = { 0 };

  if (chart->y_zoomed)
    return chart->y_zoom;
  if (chart->clip > 0 && clipped_range (chart, x, &range))
    return padded (chart, &range);
  for (guint i = 0; i < chart->series->len; i++) {
    const TelarSeries *series = telar_chart_shown (chart, i);
    guint from = telar_series_find (chart, series, x->min);
    guint to = telar_series_find (chart, series, nextafter (x->max, INFINITY));
    if (chart->log) {
      if (to > from)
        widen_positive (&range, series, from, to);
      continue;
    }
    widen_by (&range, series->raw, from, to);
    if (series->low != NULL) {
      widen_by (&range, series->low, from, to);
      widen_by (&range, series->high, from, to);
    }
  }
  if (range.n == 0)
    return chart->log ? (TelarInterval){ 0.1, 1 } : (TelarInterval){ 0, 1 };
  return padded (chart, &range);
}

/* --- pixels ------------------------------------------------------------------------------ */

static double
part_of (double value, const TelarInterval *span, gboolean log_scale)
{
  if (!log_scale)
    return (value - span->min) / (span->max - span->min);
  /* What is not above zero lies before everything on a logarithmic axis. */
  return value > 0 ? log (value / span->min) / log (span->max / span->min) : -1;
}

static double
value_of (double part, const TelarInterval *span, gboolean log_scale)
{
  return log_scale ? span->min * pow (span->max / span->min, part)
                   : span->min + part * (span->max - span->min);
}

double
telar_chart_to_px (const TelarChart *chart, double x)
{
  return chart->plot.x + part_of (x, &chart->x_span, chart->log_x) * chart->plot.width;
}

double
telar_chart_from_px (const TelarChart *chart, double px)
{
  return value_of ((px - chart->plot.x) / chart->plot.width, &chart->x_span, chart->log_x);
}

double
telar_chart_to_py (const TelarChart *chart, double y)
{
  return chart->plot.y + (1 - part_of (y, &chart->y_span, chart->log)) * chart->plot.height;
}

double
telar_chart_from_py (const TelarChart *chart, double py)
{
  return value_of (1 - (py - chart->plot.y) / chart->plot.height, &chart->y_span, chart->log);
}

TelarInterval
telar_chart_moved (const TelarChart *chart, TelarInterval span, double part)
{
  return (TelarInterval){ value_of (part, &span, chart->log_x),
                          value_of (1 + part, &span, chart->log_x) };
}

TelarInterval
telar_chart_scaled (const TelarChart *chart, TelarInterval span, double at, double factor)
{
  double middle = part_of (at, &span, chart->log_x);

  return (TelarInterval){ value_of (middle - middle / factor, &span, chart->log_x),
                          value_of (middle + (1 - middle) / factor, &span, chart->log_x) };
}

double
telar_chart_width_of (const TelarChart *chart, TelarInterval span)
{
  return chart->log_x ? log (span.max / span.min) : span.max - span.min;
}
