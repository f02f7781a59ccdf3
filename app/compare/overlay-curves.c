/* The curves of a chart: runs and groups as series, a crosshair that all charts share, and, where a
 * chart is zoomed, the stretch that it shows at full resolution. */
#include "app/compare/overlay-private.h"

#include "app/compare/run-groups.h"
#include "app/ui/run-text.h"
#include "insight/curves.h"

/* --- curves of a chart ------------------------------------------------------------------- */

static const TelarLoadedCurve *
find_curve (const GPtrArray *curves, gint64 run, const char *tag)
{
  for (guint i = 0; curves != NULL && i < curves->len; i++) {
    const TelarLoadedCurve *curve = g_ptr_array_index (curves, i);
    if (curve->run == run && g_str_equal (curve->tag, tag))
      return curve;
  }
  return NULL;
}

/* A run that was selected after the chart was zoomed has no detail yet. */
static const TelarLoadedCurve *
curve_of (const TelarOverlayChart *chart, gint64 run)
{
  const TelarLoadedCurve *detail = find_curve (chart->detail, run, chart->tag);

  return detail != NULL ? detail : find_curve (chart->overlay->loaded, run, chart->tag);
}

/* The points of a run as they are shown: less the baseline where there is one. Caller unrefs. */
static GArray *
points_of (const TelarOverlayChart *chart, const TelarLoadedCurve *curve)
{
  gint64 baseline = chart->overlay->settings.baseline;
  GArray *points = g_array_copy (curve->points);

  if (baseline == 0)
    return points;
  const TelarLoadedCurve *base = curve_of (chart, baseline);
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  telar_curve_subtract (points, base != NULL ? base->points : nothing);
  return points;
}

/* Tells the series what it needs of its run. */
static void
describe_run (const TelarOverlayChart *chart, guint series, TelarRunItem *item)
{
  TelarChart *painter = telar_chart_view_get_chart (chart->view);
  const TelarRunRow *row = telar_run_item_row (item);
  const TelarLoadedCurve *whole = find_curve (chart->overlay->loaded, row->id, chart->tag);
  const char *along = chart->overlay->settings.along;
  const TelarLoadedCurve *metric =
      along != NULL ? find_curve (chart->overlay->loaded, row->id, along) : NULL;

  telar_chart_set_series_run (painter, series, row->started, row->steps_per_epoch);
  if (whole != NULL && whole->points->len > 0)
    telar_chart_set_extent (painter, series, &whole->first, &whole->last);
  if (metric != NULL)
    telar_chart_set_metric (painter, series, (const TelarPoint *)metric->points->data,
                            metric->points->len);
}

static void
add_run (const TelarOverlayChart *chart, TelarRunItem *item, guint style)
{
  TelarChart *painter = telar_chart_view_get_chart (chart->view);
  const TelarRunRow *row = telar_run_item_row (item);
  const TelarLoadedCurve *curve = curve_of (chart, row->id);

  if (curve == NULL)
    return;
  g_autoptr (GArray) points = points_of (chart, curve);
  guint series = telar_chart_add_series (painter, row->name, style);
  const TelarPoint *data = (const TelarPoint *)points->data;
  if (curve->low != NULL && chart->overlay->settings.baseline == 0)
    telar_chart_append_band (painter, series, data, (const double *)curve->low->data,
                             (const double *)curve->high->data, points->len);
  else
    telar_chart_append (painter, series, data, points->len);
  describe_run (chart, series, item);
}

static void
append_joined (TelarChart *painter, guint series, const GArray *joined, TelarBand band)
{
  g_autofree TelarPoint *points = g_new (TelarPoint, joined->len);
  g_autofree double *low = g_new (double, 2 * (gsize)joined->len);
  double *high = low + joined->len;

  for (guint i = 0; i < joined->len; i++) {
    const TelarSeedPoint *point = &g_array_index (joined, TelarSeedPoint, i);
    double half = band == TELAR_BAND_DEVIATION ? point->deviation : point->interval;
    points[i] = (TelarPoint){ point->step, point->time, point->mean };
    low[i] = point->mean - half;
    high[i] = point->mean + half;
  }
  if (band == TELAR_BAND_NONE)
    telar_chart_append (painter, series, points, joined->len);
  else
    telar_chart_append_band (painter, series, points, low, high, joined->len);
}

static void
add_group (const TelarOverlayChart *chart, const TelarRunGroup *group)
{
  TelarChart *painter = telar_chart_view_get_chart (chart->view);
  g_autoptr (GPtrArray) curves =
      g_ptr_array_new_with_free_func ((GDestroyNotify)(void (*) (void))g_array_unref);
  TelarRunItem *first = NULL;

  for (guint i = 0; i < group->items->len; i++) {
    TelarRunItem *item = g_ptr_array_index (group->items, i);
    const TelarLoadedCurve *curve = curve_of (chart, telar_run_item_id (item));
    if (curve == NULL)
      continue;
    first = first != NULL ? first : item;
    g_ptr_array_add (curves, points_of (chart, curve));
  }
  if (curves->len == 0)
    return;
  g_autoptr (GArray) joined = telar_curves_join ((const GArray *const *)curves->pdata, curves->len);
  guint series = telar_chart_add_series (painter, group->label, group->style);
  append_joined (painter, series, joined, chart->overlay->settings.band);
  describe_run (chart, series, first);
}

GPtrArray *
telar_overlay_groups (TelarOverlay *overlay)
{
  GPtrArray *groups = telar_run_groups_new (overlay->items, overlay->settings.by, NULL);

  return groups != NULL ? groups : telar_run_groups_new (overlay->items, NULL, NULL);
}

void
telar_overlay_chart_fill (TelarOverlayChart *chart, const GPtrArray *groups)
{
  TelarChart *painter = telar_chart_view_get_chart (chart->view);
  const TelarOverlaySettings *settings = &chart->overlay->settings;

  telar_chart_remove_series (painter);
  telar_chart_set_unit (painter, settings->baseline != 0
                                     ? TELAR_UNIT_PERCENT
                                     : telar_metric_unit (telar_metric_group (chart->tag)));
  for (guint g = 0; g < groups->len; g++) {
    const TelarRunGroup *group = g_ptr_array_index (groups, g);
    if (settings->by != NULL && settings->average && group->items->len > 1) {
      add_group (chart, group);
      continue;
    }
    for (guint i = 0; i < group->items->len; i++)
      add_run (chart, group->items->pdata[i], group->style);
  }
  telar_chart_view_update (chart->view);
}

/* --- the crosshair of all, and zooming --------------------------------------------------- */

void
telar_overlay_hovered (TelarChartView *view, gint64 step, TelarOverlay *overlay)
{
  for (guint i = 0; i < overlay->charts->len; i++) {
    TelarOverlayChart *chart = g_ptr_array_index (overlay->charts, i);
    TelarChart *painter = telar_chart_view_get_chart (chart->view);
    if (chart->view == view)
      continue;
    if (step >= 0 ? telar_chart_hover_step (painter, step) : telar_chart_leave (painter))
      gtk_widget_queue_draw (GTK_WIDGET (chart->view));
  }
}

static void
on_detail (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarOverlayChart *chart = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *curves = telar_curves_load_finish (result, &error);

  /* One that was cancelled may be gone. */
  if (curves == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      telar_overlay_tell (TELAR_OVERLAY (source), error);
    return;
  }
  g_clear_object (&chart->reading);
  g_clear_pointer (&chart->detail, g_ptr_array_unref);
  chart->detail = curves;
  g_autoptr (GPtrArray) groups = telar_overlay_groups (chart->overlay);
  telar_overlay_chart_fill (chart, groups);
}

static gboolean
is_coarse (const TelarOverlayChart *chart)
{
  for (guint i = 0; i < chart->overlay->items->len; i++) {
    const TelarLoadedCurve *curve = find_curve (
        chart->overlay->loaded, telar_run_item_id (chart->overlay->items->pdata[i]), chart->tag);
    if (curve != NULL && curve->low != NULL)
      return TRUE;
  }
  return FALSE;
}

GArray *
telar_overlay_runs (const TelarOverlay *overlay)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < overlay->items->len; i++) {
    gint64 run = telar_run_item_id (overlay->items->pdata[i]);
    g_array_append_val (runs, run);
  }
  if (overlay->settings.baseline != 0)
    g_array_append_val (runs, overlay->settings.baseline);
  return runs;
}

void
telar_overlay_zoomed (TelarChartView *view, TelarOverlayChart *chart)
{
  TelarChart *painter = telar_chart_view_get_chart (view);
  TelarOverlay *overlay = chart->overlay;
  gint64 from, to;

  g_cancellable_cancel (chart->reading);
  g_clear_object (&chart->reading);
  if (!telar_chart_is_zoomed (painter)) {
    g_autoptr (GPtrArray) groups = telar_overlay_groups (overlay);
    g_clear_pointer (&chart->detail, g_ptr_array_unref);
    telar_overlay_chart_fill (chart, groups);
    return;
  }
  if (!is_coarse (chart) || !telar_chart_steps_in_view (painter, &from, &to))
    return;
  g_autofree char *escaped = g_regex_escape_string (chart->tag, -1);
  g_autofree char *only = g_strdup_printf ("^%s$", escaped);
  g_autoptr (GArray) runs = telar_overlay_runs (overlay);
  const TelarCurveWish wish = {
    telar_run_set_workspace (overlay->set), runs, only, NULL, 1, from, to
  };
  chart->reading = g_cancellable_new ();
  telar_curves_load (G_OBJECT (overlay), &wish, chart->reading, on_detail, chart);
}
