/* The charts of a run: one for each group of tags, with their settings and what they say. */
#include "app/ui/train-charts-private.h"
#include "engine/node-stat.h"

#include "app/ui/run-text.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TelarTrainCharts, telar_train_charts, ADW_TYPE_BIN)

static guint cell_chosen_signal;

static void
link_free (gpointer data)
{
  TelarTrainLink *link = data;

  g_free (link->tag);
  g_free (link);
}

/* --- charts ------------------------------------------------------------------------------ */

static gboolean
may_be_log (const char *group)
{
  return telar_metric_unit (group) != TELAR_UNIT_PERCENT;
}

static void
apply_settings (TelarTrainCharts *charts, const char *group, TelarChart *chart)
{
  telar_chart_set_x (chart, charts->x);
  telar_chart_set_x_name (chart, telar_chart_x_name (charts->x));
  telar_chart_set_steps_per_epoch (chart, charts->steps_per_epoch);
  telar_chart_set_log (chart, charts->log && may_be_log (group));
  /* A schedule is no noise. */
  telar_chart_set_smoothing (chart, g_str_equal (group, "learning_rate") ? 0 : charts->smoothing);
}

void
telar_train_charts_apply (TelarTrainCharts *charts)
{
  GHashTableIter iter;
  gpointer group, view;

  g_hash_table_iter_init (&iter, charts->views);
  while (g_hash_table_iter_next (&iter, &group, &view)) {
    apply_settings (charts, group, telar_chart_view_get_chart (view));
    telar_chart_view_update (view);
  }
}

static TelarChartView *
get_view (TelarTrainCharts *charts, const char *group)
{
  GtkWidget *view = g_hash_table_lookup (charts->views, group);

  if (view != NULL)
    return TELAR_CHART_VIEW (view);
  g_autofree char *title = telar_metric_title (group);
  TelarChart *chart = telar_chart_new (title);
  telar_chart_set_unit (chart, telar_metric_unit (group));
  telar_chart_set_empty_text (chart, _ ("The first value is on its way"));
  apply_settings (charts, group, chart);

  view = telar_chart_view_new (chart);
  gtk_widget_set_name (view, group);
  g_signal_connect_object (view, "zoomed", G_CALLBACK (telar_train_charts_zoomed), charts, 0);
  telar_chart_flow_add (charts->flow, view);
  g_hash_table_insert (charts->views, g_strdup (group), view);
  return TELAR_CHART_VIEW (view);
}

TelarTrainLink *
telar_train_charts_link (TelarTrainCharts *charts, const char *tag)
{
  for (guint i = 0; i < charts->links->len; i++) {
    TelarTrainLink *link = g_ptr_array_index (charts->links, i);
    if (g_str_equal (link->tag, tag))
      return link;
  }
  TelarTrainLink *link = g_new0 (TelarTrainLink, 1);
  gboolean validation = telar_metric_is_validation (tag);
  link->tag = g_strdup (tag);
  link->view = get_view (charts, telar_metric_group (tag));
  link->series =
      telar_chart_add_series (telar_chart_view_get_chart (link->view),
                              validation ? _ ("validation") : _ ("training"), validation);
  g_ptr_array_add (charts->links, link);
  return link;
}

/* What a node is asked for first, then the loss, then accuracy, the learning rate last, others by
 * name between. */
static int
place_of (const char *group)
{
  if (g_str_has_prefix (group, TELAR_NODE_STAT_PREFIX))
    return -1;
  if (g_str_equal (group, "loss"))
    return 0;
  if (g_str_equal (group, "accuracy"))
    return 1;
  return g_str_equal (group, "learning_rate") ? 3 : 2;
}

static int
compare_children (GtkFlowBoxChild *a, GtkFlowBoxChild *b, gpointer data)
{
  const char *one = gtk_widget_get_name (gtk_flow_box_child_get_child (a));
  const char *other = gtk_widget_get_name (gtk_flow_box_child_get_child (b));
  int difference = place_of (one) - place_of (other);

  return difference != 0 ? difference : g_strcmp0 (one, other);
}

void
telar_train_charts_show_step (TelarTrainCharts *charts, gint64 step)
{
  GHashTableIter iter;
  gpointer view;

  g_hash_table_iter_init (&iter, charts->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    if (telar_chart_hover_step (telar_chart_view_get_chart (view), step))
      gtk_widget_queue_draw (view);
}

void
telar_train_charts_show_node (TelarTrainCharts *charts, const char *node)
{
  if (g_strcmp0 (node, charts->node) == 0)
    return;
  g_free (charts->node);
  charts->node = g_strdup (node);
  telar_train_charts_reset (charts);
}

gint64
telar_train_charts_hovered_step (TelarTrainCharts *charts)
{
  GHashTableIter iter;
  gpointer view;
  gint64 step;

  g_hash_table_iter_init (&iter, charts->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    if (telar_chart_hovered_step (telar_chart_view_get_chart (view), &step))
      return step;
  return -1;
}

void
telar_train_charts_cell_chosen (TelarTrainCharts *charts, int right, int answer, gint64 step)
{
  g_signal_emit (charts, cell_chosen_signal, 0, right, answer, step);
}

void
telar_train_charts_reset (TelarTrainCharts *charts)
{
  charts->store = NULL;
  g_ptr_array_set_size (charts->links, 0);
  g_hash_table_remove_all (charts->views);
  g_hash_table_remove_all (charts->matrices);
  telar_chart_flow_clear (charts->flow);
  charts->event_cursor = 0;
  charts->steps_per_epoch = 0;
  charts->pace_point = (TelarPoint){ 0 };
  charts->seconds_per_step = 0;
}

/* --- what they say ----------------------------------------------------------------------- */

static const TelarTrainLink *
telling_link (TelarTrainCharts *charts)
{
  const TelarTrainLink *best = NULL;

  for (guint i = 0; i < charts->links->len; i++) {
    const TelarTrainLink *link = g_ptr_array_index (charts->links, i);
    if (link->best_step > 0 &&
        telar_metric_rank (link->tag) > (best ? telar_metric_rank (best->tag) : 0))
      best = link;
  }
  return best;
}

char *
telar_train_charts_best (TelarTrainCharts *charts, const TelarRunRow *row)
{
  const TelarTrainLink *link = telling_link (charts);
  char value[32];

  if (link == NULL)
    return NULL;
  const char *group = telar_metric_group (link->tag);
  g_autofree char *title = telar_metric_title (group);
  g_autofree char *name = g_utf8_strdown (title, -1);
  gint64 per_epoch = MAX (row->steps_per_epoch, 1);
  telar_axis_format (link->best, telar_metric_unit (group), 4, value, sizeof value);
  return g_strdup_printf (telar_metric_is_validation (link->tag)
                              ? _ ("Best validation %s %s, epoch %d")
                              : _ ("Best %s %s, epoch %d"),
                          name, value, (int)((link->best_step + per_epoch - 1) / per_epoch));
}

double
telar_train_charts_pace (TelarTrainCharts *charts)
{
  return charts->seconds_per_step;
}

double
telar_train_charts_learning_rate (TelarTrainCharts *charts)
{
  for (guint i = 0; i < charts->links->len; i++) {
    const TelarTrainLink *link = g_ptr_array_index (charts->links, i);
    if (g_str_equal (link->tag, "learning_rate"))
      return link->last;
  }
  return 0;
}

/* --- settings ---------------------------------------------------------------------------- */

void
telar_train_charts_set_x (TelarTrainCharts *charts, TelarChartX x)
{
  charts->x = x;
  telar_train_charts_apply (charts);
}

void
telar_train_charts_set_smoothing (TelarTrainCharts *charts, double weight)
{
  charts->smoothing = weight;
  telar_train_charts_apply (charts);
}

void
telar_train_charts_set_log (TelarTrainCharts *charts, gboolean log)
{
  charts->log = log;
  telar_train_charts_apply (charts);
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_train_charts_finalize (GObject *object)
{
  TelarTrainCharts *charts = TELAR_TRAIN_CHARTS (object);

  g_free (charts->node);
  g_ptr_array_unref (charts->links);
  g_hash_table_unref (charts->views);
  g_hash_table_unref (charts->matrices);
  G_OBJECT_CLASS (telar_train_charts_parent_class)->finalize (object);
}

static void
telar_train_charts_class_init (TelarTrainChartsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = telar_train_charts_finalize;
  cell_chosen_signal =
      g_signal_new ("cell-chosen", TELAR_TYPE_TRAIN_CHARTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_INT, G_TYPE_INT64);
}

static void
telar_train_charts_init (TelarTrainCharts *charts)
{
  charts->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  charts->matrices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  charts->links = g_ptr_array_new_with_free_func (link_free);
  charts->flow = telar_chart_flow_new ();
  gtk_flow_box_set_sort_func (charts->flow, compare_children, NULL, NULL);
  adw_bin_set_child (ADW_BIN (charts), GTK_WIDGET (charts->flow));
}

GtkWidget *
telar_train_charts_new (void)
{
  return g_object_new (TELAR_TYPE_TRAIN_CHARTS, NULL);
}
