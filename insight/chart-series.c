/* The series of a chart: their points, smoothing, and their order along another metric. */
#include "insight/chart-private.h"

#include <math.h>

TelarSeries *
telar_series_new (const char *name, guint style)
{
  TelarSeries *series = g_new0 (TelarSeries, 1);

  series->name = g_strdup (name);
  series->style = style;
  series->steps = g_array_new (FALSE, FALSE, sizeof (double));
  series->times = g_array_new (FALSE, FALSE, sizeof (double));
  series->smooth = g_array_new (FALSE, FALSE, sizeof (double));
  series->raw = telar_pyramid_new ();
  return series;
}

void
telar_series_free (TelarSeries *series)
{
  if (series == NULL)
    return;
  g_free (series->name);
  g_array_unref (series->steps);
  g_array_unref (series->times);
  g_array_unref (series->smooth);
  telar_pyramid_free (series->raw);
  telar_pyramid_free (series->low);
  telar_pyramid_free (series->high);
  g_clear_pointer (&series->metric, g_array_unref);
  g_clear_pointer (&series->across, g_array_unref);
  telar_series_free (series->by_metric);
  g_free (series);
}

guint
telar_series_length (const TelarSeries *series)
{
  return series->steps->len;
}

double
telar_series_smooth (const TelarSeries *series, guint i)
{
  return i < series->smooth->len ? g_array_index (series->smooth, double, i)
                                 : telar_pyramid_value (series->raw, i);
}

static TelarSeries *
get_series (const TelarChart *chart, guint series)
{
  return g_ptr_array_index (chart->series, series);
}

const TelarSeries *
telar_chart_shown (const TelarChart *chart, guint number)
{
  const TelarSeries *series = get_series (chart, number);

  return chart->x == TELAR_CHART_METRIC && series->by_metric != NULL ? series->by_metric : series;
}

guint
telar_chart_add_series (TelarChart *chart, const char *name, guint style)
{
  TelarSeries *series = telar_series_new (name, style);

  telar_smoother_init (&series->smoother, chart->smoothing);
  g_ptr_array_add (chart->series, series);
  chart->serial++;
  return chart->series->len - 1;
}

guint
telar_chart_n_series (const TelarChart *chart)
{
  return chart->series->len;
}

const char *
telar_chart_series_name (const TelarChart *chart, guint series)
{
  return get_series (chart, series)->name;
}

/* --- points ------------------------------------------------------------------------------ */

/* Smooths point @i, the next one; windows look ahead and wait for the drawing. */
static void
smooth_next (const TelarChart *chart, TelarSeries *series, guint i)
{
  const double *steps = (const double *)series->steps->data;

  if (chart->smoothing_kind != TELAR_SMOOTHING_EMA && chart->smoothing > 0)
    return;
  double value = telar_smoother_next (&series->smoother, telar_pyramid_value (series->raw, i),
                                      i > 0 ? steps[i] - steps[i - 1] : 1);
  g_array_append_val (series->smooth, value);
}

void
telar_chart_append (TelarChart *chart, guint number, const TelarPoint *points, guint n)
{
  TelarSeries *series = get_series (chart, number);
  guint length = telar_series_length (series);
  double latest = length > 0 ? g_array_index (series->times, double, length - 1) : -INFINITY;

  for (guint i = 0; i < n; i++) {
    double step = (double)points[i].step;
    latest = MAX (latest, (double)points[i].time);
    g_array_append_val (series->steps, step);
    g_array_append_val (series->times, latest);
    telar_pyramid_append (series->raw, points[i].value);
    smooth_next (chart, series, length + i);
  }
  series->stale = TRUE;
  if (chart->start_time == 0 && n > 0)
    chart->start_time = points[0].time;
  chart->serial += n > 0;
}

void
telar_chart_append_band (TelarChart *chart, guint number, const TelarPoint *points,
                         const double *low, const double *high, guint n)
{
  TelarSeries *series = get_series (chart, number);

  if (series->low == NULL) {
    series->low = telar_pyramid_new ();
    series->high = telar_pyramid_new ();
  }
  for (guint i = 0; i < n; i++) {
    telar_pyramid_append (series->low, low[i]);
    telar_pyramid_append (series->high, high[i]);
  }
  telar_chart_append (chart, number, points, n);
}

void
telar_chart_clear_series (TelarChart *chart, guint number)
{
  TelarSeries *series = get_series (chart, number);

  g_array_set_size (series->steps, 0);
  g_array_set_size (series->times, 0);
  g_array_set_size (series->smooth, 0);
  telar_pyramid_clear (series->raw);
  g_clear_pointer (&series->low, telar_pyramid_free);
  g_clear_pointer (&series->high, telar_pyramid_free);
  telar_smoother_init (&series->smoother, chart->smoothing);
  series->stale = TRUE;
  chart->serial++;
}

void
telar_chart_clear (TelarChart *chart)
{
  for (guint i = 0; i < chart->series->len; i++)
    telar_chart_clear_series (chart, i);
  chart->start_time = 0;
  telar_chart_clear_markers (chart);
}

void
telar_chart_remove_series (TelarChart *chart)
{
  g_ptr_array_set_size (chart->series, 0);
  chart->start_time = 0;
  chart->serial++;
}

gboolean
telar_chart_last (const TelarChart *chart, guint number, TelarPoint *point)
{
  const TelarSeries *series = get_series (chart, number);
  guint length = telar_series_length (series);

  if (length == 0)
    return FALSE;
  *point = (TelarPoint){ (gint64)g_array_index (series->steps, double, length - 1),
                         (gint64)g_array_index (series->times, double, length - 1),
                         telar_pyramid_value (series->raw, length - 1) };
  return TRUE;
}

/* --- what a series is told of its run ---------------------------------------------------- */

void
telar_chart_set_series_run (TelarChart *chart, guint number, gint64 start_time,
                            gint64 steps_per_epoch)
{
  TelarSeries *series = get_series (chart, number);

  series->start_time = start_time;
  series->steps_per_epoch = MAX (steps_per_epoch, 0);
  chart->serial++;
}

void
telar_chart_set_extent (TelarChart *chart, guint number, const TelarPoint *first,
                        const TelarPoint *last)
{
  TelarSeries *series = get_series (chart, number);

  series->has_extent = TRUE;
  series->first = *first;
  series->last = *last;
  chart->serial++;
}

gboolean
telar_chart_visible_steps (const TelarChart *chart, guint number, gint64 *from, gint64 *to)
{
  const TelarSeries *series = get_series (chart, number);
  guint length = telar_series_length (series);
  TelarInterval span;

  if (length == 0 || !telar_chart_visible_x (chart, &span))
    return FALSE;
  *from =
      series->has_extent ? series->first.step : (gint64)g_array_index (series->steps, double, 0);
  *to = series->has_extent ? series->last.step
                           : (gint64)g_array_index (series->steps, double, length - 1);
  if (!chart->x_zoomed || chart->x == TELAR_CHART_METRIC)
    return TRUE;
  guint first = telar_series_find (chart, series, span.min);
  guint last = telar_series_find (chart, series, nextafter (span.max, INFINITY));
  if (first > 0)
    *from = (gint64)g_array_index (series->steps, double, first - 1);
  if (last < length)
    *to = (gint64)g_array_index (series->steps, double, last);
  return *to >= *from;
}

gboolean
telar_chart_steps_in_view (const TelarChart *chart, gint64 *from, gint64 *to)
{
  gboolean some = FALSE;

  for (guint i = 0; i < chart->series->len; i++) {
    gint64 first, last;
    if (!telar_chart_visible_steps (chart, i, &first, &last))
      continue;
    *from = some ? MIN (*from, first) : first;
    *to = some ? MAX (*to, last) : last;
    some = TRUE;
  }
  if (!some)
    return FALSE;
  gint64 margin = *to - *from;
  *from = MAX (*from - margin, 0);
  *to += margin;
  return TRUE;
}

void
telar_chart_set_metric (TelarChart *chart, guint number, const TelarPoint *points, guint n)
{
  TelarSeries *series = get_series (chart, number);

  g_clear_pointer (&series->metric, g_array_unref);
  series->metric = g_array_sized_new (FALSE, FALSE, sizeof (TelarPoint), n);
  g_array_append_vals (series->metric, points, n);
  series->stale = TRUE;
  chart->serial++;
}

/* --- smoothing --------------------------------------------------------------------------- */

static void
smooth_all (const TelarChart *chart, TelarSeries *series)
{
  guint length = telar_series_length (series);

  g_array_set_size (series->smooth, length);
  telar_smooth (chart->smoothing_kind, chart->smoothing, (const double *)series->steps->data,
                telar_pyramid_values (series->raw), length, (double *)series->smooth->data);
}

static void
smooth_again (TelarChart *chart)
{
  for (guint i = 0; i < chart->series->len; i++) {
    TelarSeries *series = get_series (chart, i);
    telar_smoother_init (&series->smoother, chart->smoothing);
    g_array_set_size (series->smooth, 0);
    if (chart->smoothing_kind == TELAR_SMOOTHING_EMA || !(chart->smoothing > 0))
      for (guint j = 0; j < telar_series_length (series); j++)
        smooth_next (chart, series, j);
    series->stale = TRUE;
  }
  chart->serial++;
}

void
telar_chart_set_smoothing (TelarChart *chart, double weight)
{
  if (chart->smoothing == weight)
    return;
  chart->smoothing = weight;
  smooth_again (chart);
}

void
telar_chart_set_smoothing_kind (TelarChart *chart, TelarSmoothing kind)
{
  if (chart->smoothing_kind == kind)
    return;
  chart->smoothing_kind = kind;
  smooth_again (chart);
}

/* --- along another metric ---------------------------------------------------------------- */

typedef struct {
  double at;
  guint point;
} Place;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *one = a, *other = b;

  if (one->at != other->at)
    return one->at < other->at ? -1 : 1;
  return one->point < other->point ? -1 : one->point > other->point;
}

/* Where the points stand along the metric, in its order. */
static GArray *
find_places (const TelarSeries *series)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  guint known = 0;

  for (guint i = 0; i < telar_series_length (series); i++) {
    double step = g_array_index (series->steps, double, i);
    while (known < series->metric->len &&
           (double)g_array_index (series->metric, TelarPoint, known).step <= step)
      known++;
    double at = known > 0 ? g_array_index (series->metric, TelarPoint, known - 1).value : NAN;
    Place place = { at, i };
    if (isfinite (at))
      g_array_append_val (places, place);
  }
  g_array_sort (places, compare_places);
  return places;
}

static void
order_by_metric (TelarSeries *series)
{
  g_autoptr (GArray) places = find_places (series);
  TelarSeries *sorted = telar_series_new (series->name, series->style);

  sorted->across = g_array_new (FALSE, FALSE, sizeof (double));
  if (series->low != NULL) {
    sorted->low = telar_pyramid_new ();
    sorted->high = telar_pyramid_new ();
  }
  for (guint i = 0; i < places->len; i++) {
    const Place *place = &g_array_index (places, Place, i);
    double smooth = telar_series_smooth (series, place->point);
    g_array_append_val (sorted->across, place->at);
    g_array_append_val (sorted->steps, g_array_index (series->steps, double, place->point));
    g_array_append_val (sorted->times, g_array_index (series->times, double, place->point));
    g_array_append_val (sorted->smooth, smooth);
    telar_pyramid_append (sorted->raw, telar_pyramid_value (series->raw, place->point));
    if (series->low == NULL)
      continue;
    telar_pyramid_append (sorted->low, telar_pyramid_value (series->low, place->point));
    telar_pyramid_append (sorted->high, telar_pyramid_value (series->high, place->point));
  }
  telar_series_free (series->by_metric);
  series->by_metric = sorted;
  series->stale = FALSE;
}

void
telar_chart_settle (TelarChart *chart)
{
  for (guint i = 0; i < chart->series->len; i++) {
    TelarSeries *series = get_series (chart, i);
    if (series->smooth->len != telar_series_length (series))
      smooth_all (chart, series);
    if (chart->x != TELAR_CHART_METRIC || (!series->stale && series->by_metric != NULL))
      continue;
    if (series->metric == NULL)
      series->metric = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
    order_by_metric (series);
  }
}
