/* Curves of so many points that a chart does not hold them: it holds the columns of what is in
 * view, with how far they reach, and the points that have come since. */
#include "app/ui/run-text.h"
#include "app/ui/train-charts-private.h"
#include "insight/cut.h"

#include <math.h>

#define COLUMNS 1500
/* Points that may come before the columns are made anew. */
#define MOST_ADDED 20000

static TelarChart *
chart_of (const TelarTrainLink *link)
{
  return telar_chart_view_get_chart (link->view);
}

static void
keep_extent (const TelarTrainLink *link)
{
  telar_chart_set_extent (chart_of (link), link->series, &link->start, &link->end);
}

/* --- the best value ---------------------------------------------------------------------- */

static gboolean
append_points (const TelarPoint *points, guint n, gpointer data)
{
  g_array_append_vals (data, points, n);
  return TRUE;
}

/* The column with the best value is looked at point by point, and the last one, for the pace. */
static gboolean
note_columns (TelarTrainCharts *charts, TelarTrainLink *link, const GArray *columns, GError **error)
{
  int direction = telar_metric_direction (telar_metric_group (link->tag));
  const TelarStepColumn *best = NULL;
  double best_value = -INFINITY;

  for (guint i = 0; i < columns->len; i++) {
    const TelarStepColumn *column = &g_array_index (columns, TelarStepColumn, i);
    double value = direction * (direction < 0 ? column->range.min : column->range.max);
    if (column->range.n > 0 && (best == NULL || value > best_value)) {
      best = column;
      best_value = value;
    }
  }
  const TelarStepColumn *last = &g_array_index (columns, TelarStepColumn, columns->len - 1);
  const TelarStepColumn *noted[] = { best != NULL ? best : last, last };
  for (guint i = best == last || best == NULL; i < G_N_ELEMENTS (noted); i++) {
    g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
    TelarStretch stretch = { charts->run, link->tag, noted[i]->first_step, noted[i]->last_step };
    if (!telar_store_walk (charts->store, &stretch, append_points, points, error))
      return FALSE;
    if (points->len > 0)
      telar_train_link_note (charts, link, points);
  }
  return TRUE;
}

/* --- columns ----------------------------------------------------------------------------- */

static void
show_columns (const TelarTrainLink *link, const TelarCut *cut)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  g_autoptr (GArray) low = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) high = g_array_new (FALSE, FALSE, sizeof (double));

  telar_cut_points (cut, points, low, high);
  telar_chart_clear_series (chart_of (link), link->series);
  telar_chart_append_band (chart_of (link), link->series, (const TelarPoint *)points->data,
                           (const double *)low->data, (const double *)high->data, points->len);
}

/* Takes the ends of the whole curve from its columns. */
static void
note_ends (TelarTrainLink *link, const GArray *columns)
{
  const TelarStepColumn *first = &g_array_index (columns, TelarStepColumn, 0);
  const TelarStepColumn *last = &g_array_index (columns, TelarStepColumn, columns->len - 1);

  link->start = (TelarPoint){ first->first_step, first->first_time, 0 };
  link->end = (TelarPoint){ last->last_step, last->last_time, 0 };
  link->cursor = last->last_step;
}

static gboolean
fill (TelarTrainCharts *charts, TelarTrainLink *link, gint64 from, gint64 to, GError **error)
{
  TelarStretch stretch = { charts->run, link->tag, from, to };
  gboolean whole = from == 0 && to == G_MAXINT64;
  g_autoptr (TelarCut) cut = telar_cut_read (charts->store, &stretch, COLUMNS, error);

  if (cut == NULL)
    return FALSE;
  if (cut->columns->len == 0)
    return TRUE;
  link->from = from;
  link->to = to;
  link->added = 0;
  show_columns (link, cut);
  if (whole && !note_columns (charts, link, cut->columns, error))
    return FALSE;
  if (whole)
    note_ends (link, cut->columns);
  keep_extent (link);
  return TRUE;
}

gboolean
telar_train_link_fill (TelarTrainCharts *charts, TelarTrainLink *link, GError **error)
{
  return fill (charts, link, 0, G_MAXINT64, error);
}

gboolean
telar_train_link_grow (TelarTrainCharts *charts, TelarTrainLink *link, const GArray *points,
                       GError **error)
{
  const TelarPoint *last = &g_array_index (points, TelarPoint, points->len - 1);

  link->end = (TelarPoint){ last->step, last->time, 0 };
  keep_extent (link);
  if (link->to < last->step) /* beyond what is in view */
    return TRUE;
  link->added += points->len;
  if (link->added > MOST_ADDED)
    return fill (charts, link, link->from, link->to, error);
  g_autofree double *values = g_new (double, points->len);
  for (guint i = 0; i < points->len; i++)
    values[i] = g_array_index (points, TelarPoint, i).value;
  telar_chart_append_band (chart_of (link), link->series, (const TelarPoint *)points->data, values,
                           values, points->len);
  return TRUE;
}

void
telar_train_charts_zoomed (TelarChartView *view, TelarTrainCharts *charts)
{
  TelarChart *chart = telar_chart_view_get_chart (view);
  gint64 from = 0, to = G_MAXINT64;

  if (charts->store == NULL ||
      (telar_chart_is_zoomed (chart) && !telar_chart_steps_in_view (chart, &from, &to)))
    return;
  for (guint i = 0; i < charts->links->len; i++) {
    g_autoptr (GError) error = NULL;
    TelarTrainLink *link = g_ptr_array_index (charts->links, i);
    if (link->view != view || !link->long_curve)
      continue;
    /* What has still to come belongs to a stretch that reaches the end. */
    if (!fill (charts, link, from, to >= link->end.step ? G_MAXINT64 : to, &error))
      g_warning ("%s: %s", link->tag, error->message);
  }
  telar_chart_view_update (view);
}
