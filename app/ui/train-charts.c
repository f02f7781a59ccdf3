/* Charts that follow a run: tags become series of the chart of their group, points are read by
 * cursor, events become markers on every chart. */
#include "app/ui/train-charts.h"
#include "engine/node-stat.h"
#include "engine/watch.h"

#include "app/ui/chart-flow.h"
#include "app/ui/chart-view.h"
#include "app/ui/matrix-view.h"
#include "app/ui/run-text.h"

#include <glib/gi18n.h>
#include <math.h>

/* The pace forgets with this time constant; a longer break between two points is a pause. */
#define PACE_SECONDS  10.0
#define PAUSE_SECONDS 5.0

/* One tag of the run, a series of a chart. */
typedef struct {
  char *tag;
  TelarChartView *view; /* borrowed from the flow box */
  guint series;
  gint64 cursor; /* the last step read */
  double best, last;
  gint64 best_step; /* 0: none */
} Link;

struct _TelarTrainCharts {
  AdwBin parent_instance;

  GtkFlowBox *flow;
  GHashTable *views;    /* group -> TelarChartView, borrowed */
  GHashTable *matrices; /* group -> TelarMatrixView, borrowed */
  GPtrArray *links;     /* Link */
  gint64 event_cursor, steps_per_epoch;
  char *node; /* whose charts are shown, too; or NULL */

  TelarChartX x;
  double smoothing;
  gboolean log;

  TelarPoint pace_point; /* the last one that the pace knows */
  double seconds_per_step;
};

G_DEFINE_FINAL_TYPE (TelarTrainCharts, telar_train_charts, ADW_TYPE_BIN)

static guint cell_chosen_signal;

static void
link_free (gpointer data)
{
  Link *link = data;

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

static void
apply_to_all (TelarTrainCharts *charts)
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
  telar_chart_flow_add (charts->flow, view);
  g_hash_table_insert (charts->views, g_strdup (group), view);
  return TELAR_CHART_VIEW (view);
}

static Link *
get_link (TelarTrainCharts *charts, const char *tag)
{
  for (guint i = 0; i < charts->links->len; i++) {
    Link *link = g_ptr_array_index (charts->links, i);
    if (g_str_equal (link->tag, tag))
      return link;
  }
  Link *link = g_new0 (Link, 1);
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

/* --- following --------------------------------------------------------------------------- */

static void
note_pace (TelarTrainCharts *charts, const GArray *points)
{
  const TelarPoint *last = &g_array_index (points, TelarPoint, points->len - 1);
  const TelarPoint *from = &charts->pace_point;

  if (from->step == 0 || last->step <= from->step)
    from = &g_array_index (points, TelarPoint, points->len > 200 ? points->len - 200 : 0);
  double seconds = (double)(last->time - from->time) / G_USEC_PER_SEC;
  double steps = (double)(last->step - from->step);
  if (steps > 0 && seconds > 0 &&
      (seconds < PAUSE_SECONDS || seconds < 4 * steps * charts->seconds_per_step)) {
    double weight = charts->seconds_per_step > 0 ? 1 - exp (-seconds / PACE_SECONDS) : 1;
    charts->seconds_per_step += weight * (seconds / steps - charts->seconds_per_step);
  }
  charts->pace_point = *last;
}

static void
note_best (Link *link, const GArray *points)
{
  int direction = telar_metric_direction (telar_metric_group (link->tag));

  for (guint i = 0; i < points->len; i++) {
    const TelarPoint *point = &g_array_index (points, TelarPoint, i);
    if (!isfinite (point->value))
      continue;
    link->last = point->value;
    if (link->best_step == 0 || direction * (point->value - link->best) > 0) {
      link->best = point->value;
      link->best_step = point->step;
    }
  }
}

static gboolean
follow_tag (TelarTrainCharts *charts, TelarStore *store, gint64 run, const char *tag,
            GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  Link *link = get_link (charts, tag);

  if (!telar_store_read (store, run, tag, link->cursor, points, error))
    return FALSE;
  if (points->len == 0)
    return TRUE;
  telar_chart_append (telar_chart_view_get_chart (link->view), link->series,
                      (const TelarPoint *)points->data, points->len);
  link->cursor = g_array_index (points, TelarPoint, points->len - 1).step;
  note_best (link, points);
  if (g_str_equal (tag, "loss"))
    note_pace (charts, points);
  return TRUE;
}

typedef struct {
  const char *kind, *label;
} MarkerName;

/* "Vanishing gradient: conv1", which is less than the event says. */
static char *
find_label (const char *text)
{
  g_auto (TelarWatchHit) hit = { 0 };

  if (text == NULL || !telar_watch_hit_from_text (text, &hit))
    return g_strdup (text);
  const TelarWatchInfo *info = telar_watch_info (hit.kind);
  return info->on_run ? g_strdup (_ (info->label))
                      : g_strdup_printf ("%s: %s", _ (info->label), hit.where);
}

/* What a marker says: the kind in words, or the trainer's own text where that says more. NULL for
 * checkpoints, which are too many to be marked. */
static char *
marker_label (const TelarEventRow *event)
{
  static const MarkerName names[] = {
    { "paused", N_ ("paused") },         { "resumed", N_ ("resumed") },
    { "stopped", N_ ("stopped") },       { "interrupted", N_ ("interrupted") },
    { "early_stop", N_ ("early stop") }, { "nan", N_ ("not a number") },
  };

  if (g_str_equal (event->kind, "checkpoint") || g_str_equal (event->kind, "recorder"))
    return NULL;
  if (g_str_equal (event->kind, TELAR_WATCH_EVENT))
    return find_label (event->text);
  if (g_str_equal (event->kind, "learning_rate"))
    return g_strdup_printf (_ ("learning rate %s"), event->text != NULL ? event->text : "");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (event->kind, names[i].kind))
      return g_strdup (_ (names[i].label));
  return g_strdup (event->text != NULL && *event->text != '\0' ? event->text : event->kind);
}

static void
mark (TelarTrainCharts *charts, const TelarEventRow *event)
{
  g_autofree char *label = marker_label (event);
  GHashTableIter iter;
  gpointer view;

  charts->event_cursor = event->id;
  if (label == NULL)
    return;
  g_hash_table_iter_init (&iter, charts->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    telar_chart_add_marker (telar_chart_view_get_chart (view), event->step, event->time, label);
}

static void
update_all (TelarTrainCharts *charts)
{
  GHashTableIter iter;
  gpointer view;

  g_hash_table_iter_init (&iter, charts->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    telar_chart_view_update (view);
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

/* Whether an event says that points which are shown were taken back, to be computed again. */
static gboolean
is_rewound (TelarTrainCharts *charts, const GPtrArray *events)
{
  for (guint i = 0; i < events->len; i++) {
    const TelarEventRow *event = g_ptr_array_index (events, i);
    if (!g_str_equal (event->kind, "resumed"))
      continue;
    for (guint j = 0; j < charts->links->len; j++)
      if (((const Link *)g_ptr_array_index (charts->links, j))->cursor > event->step)
        return TRUE;
  }
  return FALSE;
}

/* Nodes have many tags: those of one are shown when it is asked for. */
static gboolean
is_shown (TelarTrainCharts *charts, const char *tag)
{
  g_autofree char *node = NULL;
  TelarNodeStat stat;

  if (!telar_node_stat_parse (tag, &node, &stat))
    return TRUE;
  if (charts->node == NULL)
    return FALSE;
  g_autofree char *plain = telar_watch_plain_path (node);
  return g_str_equal (plain, charts->node);
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

static gboolean
follow_tags (TelarTrainCharts *charts, TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) tags = telar_store_tags (store, run, error);

  if (tags == NULL)
    return FALSE;
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = g_ptr_array_index (tags, i);
    if (is_shown (charts, tag->name) && !follow_tag (charts, store, run, tag->name, error))
      return FALSE;
  }
  return TRUE;
}

/* A chart that has just come has none of the earlier markers: all are put anew. */
static gboolean
follow_events (TelarTrainCharts *charts, TelarStore *store, gint64 run, gboolean anew,
               GError **error)
{
  GHashTableIter iter;
  gpointer view;

  if (anew) {
    g_hash_table_iter_init (&iter, charts->views);
    while (g_hash_table_iter_next (&iter, NULL, &view))
      telar_chart_clear_markers (telar_chart_view_get_chart (view));
    charts->event_cursor = 0;
  }
  g_autoptr (GPtrArray) events = telar_store_events (store, run, charts->event_cursor, error);
  if (events == NULL)
    return FALSE;
  for (guint i = 0; i < events->len; i++)
    mark (charts, g_ptr_array_index (events, i));
  return TRUE;
}

/* --- figures ----------------------------------------------------------------------------- */

static void
on_cell (TelarMatrixView *view, int right, int answer, TelarTrainCharts *charts)
{
  g_signal_emit (charts, cell_chosen_signal, 0, right, answer);
}

static TelarMatrixView *
get_matrix (TelarTrainCharts *charts, const TelarFigureRow *figure)
{
  const char *group = telar_metric_group (figure->name);
  gboolean validation = telar_metric_is_validation (figure->name);
  g_autofree char *key = g_strconcat (group, validation ? " validation" : "", NULL);
  GtkWidget *view = g_hash_table_lookup (charts->matrices, key);

  if (view == NULL) {
    g_autofree char *name = telar_metric_title (group);
    g_autofree char *title =
        g_strdup_printf (validation ? _ ("%s, validation") : _ ("%s, training"), name);
    view = telar_matrix_view_new (title);
    g_signal_connect_object (view, "cell-chosen", G_CALLBACK (on_cell), charts, 0);
    gtk_widget_set_name (view, key);
    telar_chart_flow_add (charts->flow, view);
    g_hash_table_insert (charts->matrices, g_strdup (key), view);
  }
  return TELAR_MATRIX_VIEW (view);
}

static gboolean
follow_figures (TelarTrainCharts *charts, TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) figures = telar_store_figures (store, run, error);

  if (figures == NULL)
    return FALSE;
  for (guint i = 0; i < figures->len; i++) {
    const TelarFigureRow *figure = g_ptr_array_index (figures, i);
    if (!telar_matrix_view_show (get_matrix (charts, figure), figure->values, figure->step, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_train_charts_follow (TelarTrainCharts *charts, TelarStore *store, const TelarRunRow *row,
                           GError **error)
{
  g_autoptr (GPtrArray) events = telar_store_events (store, row->id, charts->event_cursor, error);

  if (events == NULL)
    return FALSE;
  if (is_rewound (charts, events))
    telar_train_charts_reset (charts);
  if (row->steps_per_epoch > 0 && row->steps_per_epoch != charts->steps_per_epoch) {
    charts->steps_per_epoch = row->steps_per_epoch;
    apply_to_all (charts);
  }
  guint n_views = g_hash_table_size (charts->views);
  if (!follow_tags (charts, store, row->id, error) ||
      !follow_events (charts, store, row->id, g_hash_table_size (charts->views) != n_views,
                      error) ||
      !follow_figures (charts, store, row->id, error))
    return FALSE;
  update_all (charts);
  return TRUE;
}

void
telar_train_charts_reset (TelarTrainCharts *charts)
{
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

static const Link *
telling_link (TelarTrainCharts *charts)
{
  const Link *best = NULL;

  for (guint i = 0; i < charts->links->len; i++) {
    const Link *link = g_ptr_array_index (charts->links, i);
    if (link->best_step > 0 &&
        telar_metric_rank (link->tag) > (best ? telar_metric_rank (best->tag) : 0))
      best = link;
  }
  return best;
}

char *
telar_train_charts_best (TelarTrainCharts *charts, const TelarRunRow *row)
{
  const Link *link = telling_link (charts);
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
    const Link *link = g_ptr_array_index (charts->links, i);
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
  apply_to_all (charts);
}

void
telar_train_charts_set_smoothing (TelarTrainCharts *charts, double weight)
{
  charts->smoothing = weight;
  apply_to_all (charts);
}

void
telar_train_charts_set_log (TelarTrainCharts *charts, gboolean log)
{
  charts->log = log;
  apply_to_all (charts);
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
  cell_chosen_signal = g_signal_new ("cell-chosen", TELAR_TYPE_TRAIN_CHARTS, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
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
