/* Between the values of a chart and its pixels: what is visible, and where it lies. */
#include "insight/chart-private.h"

#include <math.h>

#define Y_PADDING 0.06 /* of the height, above and below the curves */

TelarAbscissa
telar_series_abscissa (const TelarChart *chart, const TelarSeries *series)
{
  const double *steps = (const double *)series->steps->data;
  const double *times = (const double *)series->times->data;

  switch (chart->x) {
  case TELAR_CHART_EPOCH:
    return (TelarAbscissa){ steps, 0, 1.0 / (double)chart->steps_per_epoch };
  case TELAR_CHART_TIME:
    return (TelarAbscissa){ times, (double)chart->start_time, 1.0 / G_USEC_PER_SEC };
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

double
telar_marker_x (const TelarChart *chart, const TelarMarker *marker)
{
  switch (chart->x) {
  case TELAR_CHART_EPOCH:
    return (double)marker->step / (double)chart->steps_per_epoch;
  case TELAR_CHART_TIME:
    return (double)(marker->time - chart->start_time) / G_USEC_PER_SEC;
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
  case TELAR_CHART_EPOCH:
    return TELAR_UNIT_NONE;
  case TELAR_CHART_STEP:
    break;
  }
  return TELAR_UNIT_COUNT;
}

/* --- what is visible --------------------------------------------------------------------- */

gboolean
telar_chart_full_x (const TelarChart *chart, TelarSpan *span)
{
  gboolean some = FALSE;

  for (guint i = 0; i < chart->series->len; i++) {
    const TelarSeries *series = g_ptr_array_index (chart->series, i);
    TelarAbscissa abscissa = telar_series_abscissa (chart, series);
    guint length = telar_series_length (series);
    if (length == 0)
      continue;
    double first = telar_abscissa_at (&abscissa, 0);
    double last = telar_abscissa_at (&abscissa, length - 1);
    span->min = some ? MIN (span->min, first) : first;
    span->max = some ? MAX (span->max, last) : last;
    some = TRUE;
  }
  if (!some)
    return FALSE;
  /* A run begins at zero; only one that was cut off there does not. */
  if (span->min > 0 && span->min < 0.1 * span->max)
    span->min = 0;
  if (span->max <= span->min) { /* a single point stands in the middle */
    double around = span->min != 0 ? fabs (span->min) / 2 : 1;
    *span = (TelarSpan){ span->min - around, span->max + around };
  }
  return TRUE;
}

gboolean
telar_chart_visible_x (const TelarChart *chart, TelarSpan *span)
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

static TelarSpan
padded (const TelarChart *chart, const TelarRange *range)
{
  if (chart->log) {
    double ratio = MAX (pow (range->max / range->min, Y_PADDING), 1.1);
    return (TelarSpan){ range->min / ratio, range->max * ratio };
  }
  double height = range->max - range->min;
  double pad = height > 0 ? Y_PADDING * height : MAX (fabs (range->max) * 0.1, 1e-3);
  TelarSpan span = { range->min - pad, range->max + pad };
  /* No empty strip where no value can be. */
  if (range->min >= 0)
    span.min = MAX (span.min, 0);
  if (chart->unit == TELAR_UNIT_PERCENT && range->max <= 1)
    span.max = MIN (span.max, 1);
  return span.max > span.min ? span : (TelarSpan){ span.min - pad, span.max + pad };
}

TelarSpan
telar_chart_visible_y (const TelarChart *chart, const TelarSpan *x)
{
  TelarRange range = { 0 };

  if (chart->y_zoomed)
    return chart->y_zoom;
  for (guint i = 0; i < chart->series->len; i++) {
    const TelarSeries *series = g_ptr_array_index (chart->series, i);
    guint from = telar_series_find (chart, series, x->min);
    guint to = telar_series_find (chart, series, nextafter (x->max, INFINITY));
    if (chart->log) {
      if (to > from)
        widen_positive (&range, series, from, to);
      continue;
    }
    TelarRange part = telar_pyramid_range (series->raw, from, to);
    if (part.n > 0) {
      widen (&range, part.min);
      widen (&range, part.max);
    }
  }
  if (range.n == 0)
    return chart->log ? (TelarSpan){ 0.1, 1 } : (TelarSpan){ 0, 1 };
  return padded (chart, &range);
}

/* --- pixels ------------------------------------------------------------------------------ */

double
telar_chart_to_px (const TelarChart *chart, double x)
{
  return chart->plot.x +
         (x - chart->x_span.min) / (chart->x_span.max - chart->x_span.min) * chart->plot.width;
}

double
telar_chart_from_px (const TelarChart *chart, double px)
{
  return chart->x_span.min +
         (px - chart->plot.x) / chart->plot.width * (chart->x_span.max - chart->x_span.min);
}

double
telar_chart_to_py (const TelarChart *chart, double y)
{
  const TelarSpan *span = &chart->y_span;
  double part = chart->log ? log (y / span->min) / log (span->max / span->min)
                           : (y - span->min) / (span->max - span->min);

  /* What is not above zero lies below everything on a logarithmic axis. */
  if (chart->log && !(y > 0))
    part = -1;
  return chart->plot.y + (1 - part) * chart->plot.height;
}

double
telar_chart_from_py (const TelarChart *chart, double py)
{
  const TelarSpan *span = &chart->y_span;
  double part = 1 - (py - chart->plot.y) / chart->plot.height;

  return chart->log ? span->min * pow (span->max / span->min, part)
                    : span->min + part * (span->max - span->min);
}
