/* The chart's model: series, points, markers, settings. */
#include "insight/chart-private.h"

#include <math.h>

static void
series_free (gpointer data)
{
  TelarSeries *series = data;

  g_free (series->name);
  g_array_unref (series->steps);
  g_array_unref (series->times);
  telar_pyramid_free (series->raw);
  telar_pyramid_free (series->smooth);
  g_free (series);
}

static void
marker_free (gpointer data)
{
  TelarMarker *marker = data;

  g_free (marker->label);
  g_free (marker);
}

TelarChart *
telar_chart_new (const char *title)
{
  TelarChart *chart = g_new0 (TelarChart, 1);

  chart->title = g_strdup (title);
  chart->series = g_ptr_array_new_with_free_func (series_free);
  chart->markers = g_ptr_array_new_with_free_func (marker_free);
  chart->steps_per_epoch = 1;
  return chart;
}

void
telar_chart_free (TelarChart *chart)
{
  if (chart == NULL)
    return;
  g_free (chart->title);
  g_free (chart->empty_text);
  g_free (chart->x_name);
  g_ptr_array_unref (chart->series);
  g_ptr_array_unref (chart->markers);
  g_free (chart);
}

const char *
telar_chart_title (const TelarChart *chart)
{
  return chart->title;
}

guint64
telar_chart_serial (const TelarChart *chart)
{
  return chart->serial;
}

/* --- contents ---------------------------------------------------------------------------- */

guint
telar_chart_add_series (TelarChart *chart, const char *name, guint style)
{
  TelarSeries *series = g_new0 (TelarSeries, 1);

  series->name = g_strdup (name);
  series->style = style;
  series->steps = g_array_new (FALSE, FALSE, sizeof (double));
  series->times = g_array_new (FALSE, FALSE, sizeof (double));
  series->raw = telar_pyramid_new ();
  series->smooth = telar_pyramid_new ();
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

static TelarSeries *
get_series (const TelarChart *chart, guint series)
{
  return g_ptr_array_index (chart->series, series);
}

const char *
telar_chart_series_name (const TelarChart *chart, guint series)
{
  return get_series (chart, series)->name;
}

guint
telar_series_length (const TelarSeries *series)
{
  return series->steps->len;
}

/* Smooths point @i, the next one. */
static void
smooth_next (TelarSeries *series, guint i)
{
  const double *steps = (const double *)series->steps->data;
  double distance = i > 0 ? steps[i] - steps[i - 1] : 1;
  double value = telar_pyramid_value (series->raw, i);

  telar_pyramid_append (series->smooth, telar_smoother_next (&series->smoother, value, distance));
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
    smooth_next (series, length + i);
  }
  if (chart->start_time == 0 && n > 0)
    chart->start_time = points[0].time;
  chart->serial += n > 0;
}

void
telar_chart_add_marker (TelarChart *chart, gint64 step, gint64 time, const char *label)
{
  TelarMarker *marker = g_new (TelarMarker, 1);

  *marker = (TelarMarker){ step, time, g_strdup (label) };
  g_ptr_array_add (chart->markers, marker);
  chart->serial++;
}

void
telar_chart_clear_markers (TelarChart *chart)
{
  g_ptr_array_set_size (chart->markers, 0);
  chart->serial++;
}

void
telar_chart_clear (TelarChart *chart)
{
  for (guint i = 0; i < chart->series->len; i++) {
    TelarSeries *series = get_series (chart, i);
    g_array_set_size (series->steps, 0);
    g_array_set_size (series->times, 0);
    telar_pyramid_clear (series->raw);
    telar_pyramid_clear (series->smooth);
    telar_smoother_init (&series->smoother, chart->smoothing);
  }
  chart->start_time = 0;
  telar_chart_clear_markers (chart);
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

/* --- settings ---------------------------------------------------------------------------- */

void
telar_chart_set_x (TelarChart *chart, TelarChartX x)
{
  if (chart->x == x)
    return;
  chart->x = x;
  chart->x_zoomed = FALSE; /* its numbers were of the other unit */
  chart->serial++;
}

void
telar_chart_set_steps_per_epoch (TelarChart *chart, gint64 steps)
{
  if (chart->steps_per_epoch == MAX (steps, 1))
    return;
  chart->steps_per_epoch = MAX (steps, 1);
  chart->serial++;
}

void
telar_chart_set_start_time (TelarChart *chart, gint64 time)
{
  chart->start_time = time;
  chart->serial++;
}

void
telar_chart_set_log (TelarChart *chart, gboolean log)
{
  if (chart->log == log)
    return;
  chart->log = log;
  chart->y_zoomed = FALSE;
  chart->serial++;
}

void
telar_chart_set_unit (TelarChart *chart, TelarUnit unit)
{
  chart->unit = unit;
  chart->serial++;
}

void
telar_chart_set_smoothing (TelarChart *chart, double weight)
{
  if (chart->smoothing == weight)
    return;
  chart->smoothing = weight;
  for (guint i = 0; i < chart->series->len; i++) {
    TelarSeries *series = get_series (chart, i);
    telar_smoother_init (&series->smoother, weight);
    telar_pyramid_clear (series->smooth);
    for (guint j = 0; j < telar_series_length (series); j++)
      smooth_next (series, j);
  }
  chart->serial++;
}

void
telar_chart_set_empty_text (TelarChart *chart, const char *text)
{
  g_free (chart->empty_text);
  chart->empty_text = g_strdup (text);
  chart->serial++;
}

void
telar_chart_set_x_name (TelarChart *chart, const char *name)
{
  if (g_strcmp0 (chart->x_name, name) == 0)
    return;
  g_free (chart->x_name);
  chart->x_name = g_strdup (name);
  chart->serial++;
}

/* --- in words ---------------------------------------------------------------------------- */

char *
telar_chart_describe (const TelarChart *chart)
{
  GString *text = g_string_new (chart->title);
  const char *separator = ": ";
  TelarPoint point;

  for (guint i = 0; i < chart->series->len; i++) {
    if (!telar_chart_last (chart, i, &point))
      continue;
    char value[32];
    telar_axis_format (point.value, chart->unit, 4, value, sizeof value);
    g_string_append_printf (text, "%s%s %s", separator, get_series (chart, i)->name, value);
    separator = ", ";
  }
  return g_string_free (text, FALSE);
}
