/* Curves are read once and put into the charts again when groups or baseline change; a chart that
 * is zoomed reads the stretch that it shows at full resolution. */
#include "app/compare/overlay-private.h"

#include "app/compare/curve-loader.h"
#include "app/compare/run-groups.h"
#include "app/project/settings.h"
#include "app/ui/chart-view.h"
#include "app/ui/icon-button.h"
#include "app/ui/run-text.h"
#include "insight/curves.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TelarOverlay, telar_overlay, ADW_TYPE_BIN)

#define MOST_CHARTS 24
#define PINS        "compare-pins" /* names of metrics with line feeds between them */

static guint message_signal;

typedef struct {
  TelarOverlay *overlay;
  char *tag;
  GtkWidget *frame; /* borrowed from the flow box */
  TelarChartView *view;
  GtkToggleButton *pin;
  GPtrArray *detail;     /* TelarLoadedCurve: the stretch that is shown; NULL: all of it */
  GCancellable *reading; /* of the detail */
} OverlayChart;

static void
chart_free (gpointer data)
{
  OverlayChart *chart = data;

  g_cancellable_cancel (chart->reading);
  g_clear_object (&chart->reading);
  g_clear_pointer (&chart->detail, g_ptr_array_unref);
  g_free (chart->tag);
  g_free (chart);
}

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

static const TelarLoadedCurve *
curve_of (const OverlayChart *chart, gint64 run)
{
  const GPtrArray *curves = chart->detail != NULL ? chart->detail : chart->overlay->loaded;

  return find_curve (curves, run, chart->tag);
}

/* The points of a run as they are shown: less the baseline where there is one. Caller unrefs. */
static GArray *
points_of (const OverlayChart *chart, const TelarLoadedCurve *curve)
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
describe_run (const OverlayChart *chart, guint series, TelarRunItem *item)
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
add_run (const OverlayChart *chart, TelarRunItem *item, guint style)
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
add_group (const OverlayChart *chart, const TelarRunGroup *group)
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

static GPtrArray *
groups_of (TelarOverlay *overlay)
{
  GPtrArray *groups = telar_run_groups_new (overlay->items, overlay->settings.by, NULL);

  return groups != NULL ? groups : telar_run_groups_new (overlay->items, NULL, NULL);
}

static void
fill_chart (OverlayChart *chart, const GPtrArray *groups)
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

/* --- settings ---------------------------------------------------------------------------- */

static const char *
x_name (const TelarOverlaySettings *settings)
{
  switch (settings->x) {
  case TELAR_CHART_EPOCH:
    return _ ("epoch");
  case TELAR_CHART_TIME:
    return _ ("time");
  case TELAR_CHART_WALL:
    return _ ("clock");
  case TELAR_CHART_METRIC:
    return settings->along;
  case TELAR_CHART_STEP:
    break;
  }
  return _ ("step");
}

static void
apply_to (OverlayChart *chart)
{
  TelarChart *painter = telar_chart_view_get_chart (chart->view);
  const TelarOverlaySettings *settings = &chart->overlay->settings;

  telar_chart_set_x (painter, settings->x);
  telar_chart_set_x_name (painter, x_name (settings));
  telar_chart_set_log (painter, settings->log && settings->baseline == 0);
  telar_chart_set_log_x (painter, settings->log_x && settings->x != TELAR_CHART_WALL);
  telar_chart_set_clip (painter, settings->clip);
  telar_chart_set_smoothing_kind (painter, settings->kind);
  telar_chart_set_smoothing (painter, settings->smoothing);
  if (settings->along != NULL)
    telar_chart_set_metric_unit (painter, telar_metric_unit (telar_metric_group (settings->along)));
  telar_chart_view_update (chart->view);
}

void
telar_overlay_apply (TelarOverlay *overlay)
{
  for (guint i = 0; i < overlay->charts->len; i++)
    apply_to (overlay->charts->pdata[i]);
}

/* --- the crosshair of all, and zooming --------------------------------------------------- */

static void
on_hovered (TelarChartView *view, gint64 step, TelarOverlay *overlay)
{
  for (guint i = 0; i < overlay->charts->len; i++) {
    OverlayChart *chart = g_ptr_array_index (overlay->charts, i);
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
  OverlayChart *chart = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *curves = telar_curves_load_finish (result, &error);

  /* One that was cancelled may be gone. */
  if (curves == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_signal_emit (source, message_signal, 0, error->message);
    return;
  }
  g_clear_object (&chart->reading);
  g_clear_pointer (&chart->detail, g_ptr_array_unref);
  chart->detail = curves;
  g_autoptr (GPtrArray) groups = groups_of (chart->overlay);
  fill_chart (chart, groups);
}

/* The steps that are in view of any series, and as many again at each side for smoothing. */
static gboolean
steps_in_view (const TelarChart *painter, gint64 *from, gint64 *to)
{
  gboolean some = FALSE;

  for (guint i = 0; i < telar_chart_n_series (painter); i++) {
    gint64 first, last;
    if (!telar_chart_visible_steps (painter, i, &first, &last))
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

static gboolean
is_coarse (const OverlayChart *chart)
{
  for (guint i = 0; i < chart->overlay->items->len; i++) {
    const TelarLoadedCurve *curve = find_curve (
        chart->overlay->loaded, telar_run_item_id (chart->overlay->items->pdata[i]), chart->tag);
    if (curve != NULL && curve->low != NULL)
      return TRUE;
  }
  return FALSE;
}

static GArray *
runs_of (const TelarOverlay *overlay)
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

static void
on_zoomed (TelarChartView *view, OverlayChart *chart)
{
  TelarChart *painter = telar_chart_view_get_chart (view);
  TelarOverlay *overlay = chart->overlay;
  gint64 from, to;

  g_cancellable_cancel (chart->reading);
  g_clear_object (&chart->reading);
  if (!telar_chart_is_zoomed (painter)) {
    g_autoptr (GPtrArray) groups = groups_of (overlay);
    g_clear_pointer (&chart->detail, g_ptr_array_unref);
    fill_chart (chart, groups);
    return;
  }
  if (!is_coarse (chart) || !steps_in_view (painter, &from, &to))
    return;
  g_autofree char *escaped = g_regex_escape_string (chart->tag, -1);
  g_autofree char *only = g_strdup_printf ("^%s$", escaped);
  g_autoptr (GArray) runs = runs_of (overlay);
  const TelarCurveWish wish = {
    telar_run_set_workspace (overlay->set), runs, only, NULL, 1, from, to
  };
  chart->reading = g_cancellable_new ();
  telar_curves_load (G_OBJECT (overlay), &wish, chart->reading, on_detail, chart);
}

/* --- charts ------------------------------------------------------------------------------ */

static gboolean
is_pinned (const char *tag)
{
  g_autofree char *text = telar_settings_text (PINS, "");
  g_auto (GStrv) pins = g_strsplit (text, "\n", -1);

  return g_strv_contains ((const char *const *)pins, tag);
}

static void
on_pin (GtkToggleButton *button, OverlayChart *chart)
{
  g_autofree char *text = telar_settings_text (PINS, "");
  g_auto (GStrv) pins = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; pins[i] != NULL; i++)
    if (!g_str_equal (pins[i], chart->tag))
      g_ptr_array_add (kept, pins[i]);
  if (gtk_toggle_button_get_active (button))
    g_ptr_array_add (kept, chart->tag);
  g_ptr_array_add (kept, NULL);
  g_autofree char *joined = g_strjoinv ("\n", (char **)kept->pdata);
  if (!telar_settings_set_text (PINS, joined, &error))
    g_signal_emit (chart->overlay, message_signal, 0, error->message);
  gtk_flow_box_invalidate_sort (chart->overlay->flow);
}

static OverlayChart *
add_chart (TelarOverlay *overlay, const char *tag)
{
  OverlayChart *chart = g_new0 (OverlayChart, 1);
  g_autofree char *key = g_strconcat ("last:", tag, NULL);
  g_autofree char *title = telar_run_column_title (key);

  chart->overlay = overlay;
  chart->tag = g_strdup (tag);
  chart->view = TELAR_CHART_VIEW (telar_chart_view_new (telar_chart_new (title)));
  chart->frame = gtk_overlay_new ();
  chart->pin = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (chart->pin), "view-pin-symbolic");
  telar_widget_set_name (GTK_WIDGET (chart->pin), _ ("Keep this chart in front"));
  gtk_widget_add_css_class (GTK_WIDGET (chart->pin), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (chart->pin), "chart-pin");
  gtk_widget_set_halign (GTK_WIDGET (chart->pin), GTK_ALIGN_START);
  gtk_widget_set_valign (GTK_WIDGET (chart->pin), GTK_ALIGN_END);
  gtk_toggle_button_set_active (chart->pin, is_pinned (tag));
  g_signal_connect (chart->pin, "toggled", G_CALLBACK (on_pin), chart);
  g_signal_connect (chart->view, "hovered", G_CALLBACK (on_hovered), overlay);
  g_signal_connect (chart->view, "zoomed", G_CALLBACK (on_zoomed), chart);
  gtk_overlay_set_child (GTK_OVERLAY (chart->frame), GTK_WIDGET (chart->view));
  gtk_overlay_add_overlay (GTK_OVERLAY (chart->frame), GTK_WIDGET (chart->pin));
  g_object_set_data (G_OBJECT (chart->frame), "chart", chart);
  gtk_widget_set_name (GTK_WIDGET (chart->view), tag);
  g_ptr_array_add (overlay->charts, chart);
  gtk_flow_box_insert (overlay->flow, chart->frame, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (chart->frame), FALSE);
  apply_to (chart);
  return chart;
}

static int
compare_charts (GtkFlowBoxChild *a, GtkFlowBoxChild *b, gpointer data)
{
  const OverlayChart *one =
      g_object_get_data (G_OBJECT (gtk_flow_box_child_get_child (a)), "chart");
  const OverlayChart *other =
      g_object_get_data (G_OBJECT (gtk_flow_box_child_get_child (b)), "chart");
  int pins = gtk_toggle_button_get_active (other->pin) - gtk_toggle_button_get_active (one->pin);
  int ranks = telar_metric_rank (other->tag) - telar_metric_rank (one->tag);

  return pins != 0 ? pins : ranks != 0 ? ranks : g_strcmp0 (one->tag, other->tag);
}

static OverlayChart *
find_chart (TelarOverlay *overlay, const char *tag)
{
  for (guint i = 0; i < overlay->charts->len; i++) {
    OverlayChart *chart = g_ptr_array_index (overlay->charts, i);
    if (g_str_equal (chart->tag, tag))
      return chart;
  }
  return NULL;
}

/* Metrics of the runs, less those that were only read to run along x. */
static GHashTable *
tags_shown (TelarOverlay *overlay)
{
  GHashTable *tags = g_hash_table_new (g_str_hash, g_str_equal);
  const char *filter = overlay->settings.filter;
  g_autoptr (GRegex) fits = filter != NULL ? g_regex_new (filter, G_REGEX_CASELESS, 0, NULL) : NULL;

  for (guint i = 0; overlay->loaded != NULL && i < overlay->loaded->len; i++) {
    const TelarLoadedCurve *curve = g_ptr_array_index (overlay->loaded, i);
    if (fits == NULL || g_regex_match (fits, curve->tag, 0, NULL))
      g_hash_table_add (tags, curve->tag);
  }
  return tags;
}

static void
remove_charts (TelarOverlay *overlay, GHashTable *but)
{
  for (guint i = overlay->charts->len; i > 0; i--) {
    OverlayChart *chart = g_ptr_array_index (overlay->charts, i - 1);
    if (but != NULL && g_hash_table_contains (but, chart->tag))
      continue;
    gtk_flow_box_remove (overlay->flow, chart->frame);
    g_ptr_array_remove_index (overlay->charts, i - 1);
  }
}

void
telar_overlay_fill (TelarOverlay *overlay)
{
  g_autoptr (GPtrArray) groups = groups_of (overlay);
  g_autoptr (GHashTable) tags = tags_shown (overlay);
  GHashTableIter iter;
  gpointer tag;

  remove_charts (overlay, tags);
  g_hash_table_iter_init (&iter, tags);
  while (g_hash_table_iter_next (&iter, &tag, NULL))
    if (find_chart (overlay, tag) == NULL && overlay->charts->len < MOST_CHARTS)
      add_chart (overlay, tag);
  for (guint i = 0; i < overlay->charts->len; i++)
    fill_chart (overlay->charts->pdata[i], groups);
  for (guint g = 0; g < groups->len; g++) {
    const TelarRunGroup *group = g_ptr_array_index (groups, g);
    for (guint i = 0; i < group->items->len; i++)
      telar_run_item_set_style (group->items->pdata[i], (int)group->style);
  }
  gtk_widget_set_visible (overlay->more, overlay->charts->len == MOST_CHARTS);
  gtk_stack_set_visible_child_name (GTK_STACK (overlay->stack),
                                    overlay->charts->len > 0 ? "charts" : "empty");
}

/* --- reading ----------------------------------------------------------------------------- */

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarOverlay *overlay = TELAR_OVERLAY (source);
  g_autoptr (GError) error = NULL;
  GPtrArray *curves = telar_curves_load_finish (result, &error);

  if (curves == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_signal_emit (overlay, message_signal, 0, error->message);
    return;
  }
  g_clear_object (&overlay->loading);
  g_clear_pointer (&overlay->loaded, g_ptr_array_unref);
  overlay->loaded = curves;
  telar_overlay_fill (overlay);
}

void
telar_overlay_load (TelarOverlay *overlay)
{
  g_autoptr (GArray) runs = runs_of (overlay);
  const TelarCurveWish wish = { telar_run_set_workspace (overlay->set),
                                runs,
                                overlay->settings.filter,
                                overlay->settings.along,
                                MOST_CHARTS,
                                0,
                                G_MAXINT64 };

  g_cancellable_cancel (overlay->loading);
  g_clear_object (&overlay->loading);
  if (runs->len == 0 || wish.workspace == NULL) {
    g_clear_pointer (&overlay->loaded, g_ptr_array_unref);
    telar_overlay_fill (overlay);
    return;
  }
  overlay->loading = g_cancellable_new ();
  telar_curves_load (G_OBJECT (overlay), &wish, overlay->loading, on_loaded, NULL);
}

static gboolean
contains (const GPtrArray *items, gpointer item)
{
  return g_ptr_array_find ((GPtrArray *)items, item, NULL);
}

void
telar_overlay_show (TelarOverlay *overlay, const GPtrArray *items)
{
  g_return_if_fail (TELAR_IS_OVERLAY (overlay));
  for (guint i = 0; i < overlay->items->len; i++)
    if (!contains (items, overlay->items->pdata[i]))
      telar_run_item_set_style (overlay->items->pdata[i], -1);
  g_ptr_array_set_size (overlay->items, 0);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (overlay->items, g_object_ref (items->pdata[i]));
  telar_overlay_update_bar (overlay);
  telar_overlay_load (overlay);
}

void
telar_overlay_set_baseline (TelarOverlay *overlay, gint64 run)
{
  overlay->settings.baseline = run;
  telar_overlay_update_bar (overlay);
  telar_overlay_apply (overlay);
  telar_overlay_load (overlay);
}

/* --- life -------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarOverlay *overlay = TELAR_OVERLAY (object);

  g_cancellable_cancel (overlay->loading);
  g_clear_object (&overlay->loading);
  g_ptr_array_set_size (overlay->charts, 0);
  g_clear_object (&overlay->set);
  G_OBJECT_CLASS (telar_overlay_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarOverlay *overlay = TELAR_OVERLAY (object);

  g_ptr_array_unref (overlay->items);
  g_ptr_array_unref (overlay->charts);
  g_ptr_array_unref (overlay->group_keys);
  g_ptr_array_unref (overlay->axis_tags);
  g_clear_pointer (&overlay->loaded, g_ptr_array_unref);
  g_free (overlay->settings.along);
  g_free (overlay->settings.by);
  g_free (overlay->settings.filter);
  G_OBJECT_CLASS (telar_overlay_parent_class)->finalize (object);
}

static void
telar_overlay_class_init (TelarOverlayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  message_signal = g_signal_new ("message", TELAR_TYPE_OVERLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_overlay_init (TelarOverlay *overlay)
{
  overlay->items = g_ptr_array_new_with_free_func (g_object_unref);
  overlay->charts = g_ptr_array_new_with_free_func (chart_free);
  overlay->group_keys = g_ptr_array_new_with_free_func (g_free);
  overlay->axis_tags = g_ptr_array_new_with_free_func (g_free);
  overlay->settings.average = TRUE;
  overlay->settings.smoothing = 0.6;
}

static GtkWidget *
build_charts (TelarOverlay *overlay)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (),
            *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  overlay->flow = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_homogeneous (overlay->flow, TRUE);
  gtk_flow_box_set_selection_mode (overlay->flow, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (overlay->flow, 3);
  gtk_flow_box_set_row_spacing (overlay->flow, 12);
  gtk_flow_box_set_column_spacing (overlay->flow, 12);
  gtk_flow_box_set_sort_func (overlay->flow, compare_charts, NULL, NULL);
  gtk_widget_set_valign (GTK_WIDGET (overlay->flow), GTK_ALIGN_START);
  overlay->more = gtk_label_new (_ ("There may be more: filter charts by their names"));
  gtk_widget_add_css_class (overlay->more, "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (overlay->flow));
  gtk_box_append (GTK_BOX (box), overlay->more);
  g_object_set (box, "margin-start", 12, "margin-end", 12, "margin-bottom", 12, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}

GtkWidget *
telar_overlay_new (TelarRunSet *set)
{
  TelarOverlay *overlay = g_object_new (TELAR_TYPE_OVERLAY, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *empty = adw_status_page_new ();

  overlay->set = g_object_ref (set);
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("No Charts"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty),
                                   _ ("Select runs in the table; Control adds to them"));
  gtk_widget_add_css_class (empty, "compact");
  overlay->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (overlay->stack), empty, "empty");
  gtk_stack_add_named (GTK_STACK (overlay->stack), build_charts (overlay), "charts");
  gtk_box_append (GTK_BOX (box), telar_overlay_build_bar (overlay));
  gtk_box_append (GTK_BOX (box), overlay->stack);
  adw_bin_set_child (ADW_BIN (overlay), box);
  telar_overlay_update_bar (overlay);
  return GTK_WIDGET (overlay);
}
