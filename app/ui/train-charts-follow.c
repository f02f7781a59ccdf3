/* What is new in the run: points are read by cursor, events become markers on every chart. A curve
 * of very many points is read as columns (train-charts-long.c). */
#include "app/ui/matrix-card.h"
#include "app/ui/run-text.h"
#include "app/ui/train-charts-private.h"
#include "engine/node-stat.h"
#include "engine/watch.h"

#include <glib/gi18n.h>
#include <math.h>

/* The pace forgets with this time constant; a longer break between two points is a pause. */
#define PACE_SECONDS  10.0
#define PAUSE_SECONDS 5.0
/* Beyond it a curve is not held point by point. */
#define MOST_POINTS 200000

/* --- curves ------------------------------------------------------------------------------ */

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
note_best (TelarTrainLink *link, const GArray *points)
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

void
telar_train_link_note (TelarTrainCharts *charts, TelarTrainLink *link, const GArray *points)
{
  note_best (link, points);
  if (g_str_equal (link->tag, "loss"))
    note_pace (charts, points);
}

static gboolean
follow_tag (TelarTrainCharts *charts, const TelarTag *tag, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  TelarTrainLink *link = telar_train_charts_link (charts, tag->name);

  if (!link->long_curve && tag->points > MOST_POINTS) {
    link->long_curve = TRUE;
    return telar_train_link_fill (charts, link, error);
  }
  if (!telar_store_read (charts->store, charts->run, tag->name, link->cursor, points, error))
    return FALSE;
  if (points->len == 0)
    return TRUE;
  link->cursor = g_array_index (points, TelarPoint, points->len - 1).step;
  telar_train_link_note (charts, link, points);
  if (link->long_curve)
    return telar_train_link_grow (charts, link, points, error);
  telar_chart_append (telar_chart_view_get_chart (link->view), link->series,
                      (const TelarPoint *)points->data, points->len);
  return TRUE;
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

static gboolean
follow_tags (TelarTrainCharts *charts, GError **error)
{
  g_autoptr (GPtrArray) tags = telar_store_tags (charts->store, charts->run, error);

  if (tags == NULL)
    return FALSE;
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = g_ptr_array_index (tags, i);
    if (is_shown (charts, tag->name) && !follow_tag (charts, tag, error))
      return FALSE;
  }
  return TRUE;
}

/* --- events ------------------------------------------------------------------------------ */

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
  if (g_str_equal (event->kind, "probe"))
    return g_strdup_printf (_ ("probe %s"), event->text);
  if (g_str_equal (event->kind, "unprobe"))
    return g_strdup_printf (_ ("no probe %s"), event->text);
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

/* Whether an event says that points which are shown were taken back, to be computed again. */
static gboolean
is_rewound (TelarTrainCharts *charts, const GPtrArray *events)
{
  for (guint i = 0; i < events->len; i++) {
    const TelarEventRow *event = g_ptr_array_index (events, i);
    if (!g_str_equal (event->kind, "resumed"))
      continue;
    for (guint j = 0; j < charts->links->len; j++)
      if (((const TelarTrainLink *)g_ptr_array_index (charts->links, j))->cursor > event->step)
        return TRUE;
  }
  return FALSE;
}

static void
clear_markers (TelarTrainCharts *charts)
{
  GHashTableIter iter;
  gpointer view;

  g_hash_table_iter_init (&iter, charts->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    telar_chart_clear_markers (telar_chart_view_get_chart (view));
  charts->event_cursor = 0;
}

/* Marks the @events that are new. A chart that has just come has none of the earlier markers: all
 * are put anew. */
static gboolean
follow_events (TelarTrainCharts *charts, const GPtrArray *events, gboolean anew, GError **error)
{
  g_autoptr (GPtrArray) all = NULL;

  if (anew) {
    clear_markers (charts);
    all = telar_store_events (charts->store, charts->run, 0, error);
    if (all == NULL)
      return FALSE;
    events = all;
  }
  for (guint i = 0; i < events->len; i++)
    mark (charts, g_ptr_array_index (events, i));
  return TRUE;
}

/* --- figures ----------------------------------------------------------------------------- */

static TelarMatrixCard *
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
    view = telar_matrix_card_new (key, title);
    g_signal_connect_object (view, "cell-chosen", G_CALLBACK (telar_train_charts_cell_chosen),
                             charts, G_CONNECT_SWAPPED);
    telar_chart_flow_add (charts->flow, view);
    g_hash_table_insert (charts->matrices, g_strdup (key), view);
  }
  return TELAR_MATRIX_CARD (view);
}

static gboolean
follow_figures (TelarTrainCharts *charts, TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) figures = telar_store_figures (store, run, error);

  if (figures == NULL)
    return FALSE;
  for (guint i = 0; i < figures->len; i++) {
    const TelarFigureRow *figure = g_ptr_array_index (figures, i);
    if (!telar_matrix_card_follow (get_matrix (charts, figure), store, run, figure, error))
      return FALSE;
  }
  return TRUE;
}

/* --- all of it --------------------------------------------------------------------------- */

static void
update_all (TelarTrainCharts *charts)
{
  GHashTableIter iter;
  gpointer view;

  g_hash_table_iter_init (&iter, charts->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    telar_chart_view_update (view);
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
  charts->store = store;
  charts->run = row->id;
  if (row->steps_per_epoch > 0 && row->steps_per_epoch != charts->steps_per_epoch) {
    charts->steps_per_epoch = row->steps_per_epoch;
    telar_train_charts_apply (charts);
  }
  guint n_views = g_hash_table_size (charts->views);
  if (!follow_tags (charts, error) ||
      !follow_events (charts, events, g_hash_table_size (charts->views) != n_views, error) ||
      !follow_figures (charts, store, row->id, error))
    return FALSE;
  update_all (charts);
  return TRUE;
}
