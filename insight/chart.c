/* The chart's model: markers and settings; what it is in words. */
#include "insight/chart-private.h"

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
  chart->series =
      g_ptr_array_new_with_free_func ((GDestroyNotify)(void (*) (void))telar_series_free);
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
telar_chart_set_log_x (TelarChart *chart, gboolean log)
{
  if (chart->log_x == log)
    return;
  chart->log_x = log;
  chart->x_zoomed = FALSE;
  chart->serial++;
}

void
telar_chart_set_metric_unit (TelarChart *chart, TelarUnit unit)
{
  chart->metric_unit = unit;
  chart->serial++;
}

void
telar_chart_set_clip (TelarChart *chart, double part)
{
  part = CLAMP (part, 0, 0.49);
  if (chart->clip == part)
    return;
  chart->clip = part;
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
    g_string_append_printf (text, "%s%s %s", separator, telar_chart_series_name (chart, i), value);
    separator = ", ";
  }
  return g_string_free (text, FALSE);
}
