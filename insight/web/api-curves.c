/* Curves and figures: numbers for the page's charts, pictures by the painter that the studio
 * draws with. */
#include "insight/cut.h"
#include "insight/figure.h"
#include "insight/matrix.h"
#include "insight/run-json.h"
#include "insight/store-media.h"
#include "insight/web/web-private.h"

#include <math.h>

#define MOST_COLUMNS 8192 /* of an answer */
#define MOST_SERIES  64
#define MOST_POINTS  (1 << 20) /* of a picture, over all series */

/* --- scalars ----------------------------------------------------------------------------- */

typedef double (*ColumnNumber) (const TelarStepColumn *column);

static void
append_list (GString *text, const char *name, const GArray *columns, ColumnNumber number)
{
  g_string_append_printf (text, ",\"%s\":[", name);
  for (guint i = 0; i < columns->len; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    telar_wire_number (text, number (&g_array_index (columns, TelarStepColumn, i)));
  }
  g_string_append_c (text, ']');
}

static double
step_of (const TelarStepColumn *column)
{
  return (double)column->last_step;
}

static double
time_of (const TelarStepColumn *column)
{
  return (double)column->last_time / G_USEC_PER_SEC;
}

static double
value_of (const TelarStepColumn *column)
{
  return column->value;
}

static double
mean_of (const TelarStepColumn *column)
{
  return telar_range_mean (&column->range);
}

static double
min_of (const TelarStepColumn *column)
{
  return column->range.n > 0 ? column->range.min : NAN;
}

static double
max_of (const TelarStepColumn *column)
{
  return column->range.n > 0 ? column->range.max : NAN;
}

static double
count_of (const TelarStepColumn *column)
{
  return (double)column->points;
}

static GString *
columns_to_text (const TelarCut *result)
{
  GString *text = g_string_sized_new (64 + (gsize)result->columns->len * 64);

  g_string_append_printf (text, "{\"whole\":%s,\"points\":%" G_GINT64_FORMAT,
                          result->whole ? "true" : "false", result->points);
  append_list (text, "step", result->columns, step_of);
  append_list (text, "time", result->columns, time_of);
  append_list (text, "value", result->columns, result->whole ? value_of : mean_of);
  if (!result->whole) {
    append_list (text, "min", result->columns, min_of);
    append_list (text, "max", result->columns, max_of);
    append_list (text, "count", result->columns, count_of);
  }
  g_string_append_c (text, '}');
  return text;
}

void
telar_api_scalars (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarCut) result = NULL;
  gint64 columns = 1024;

  if (row == NULL)
    return;
  TelarStretch stretch = { row->id, telar_query_text (call->query, "tag"), 0, G_MAXINT64 };
  if (stretch.tag == NULL)
    telar_set_error (&error, TELAR_ERROR_USAGE, NULL, "“tag” is missing");
  else if (telar_query_int (call->query, "from", 0, G_MAXINT64, &stretch.from, &error) &&
           telar_query_int (call->query, "to", 0, G_MAXINT64, &stretch.to, &error) &&
           telar_query_int (call->query, "columns", 1, MOST_COLUMNS, &columns, &error))
    result = telar_cut_read (call->server->store, &stretch, (guint)columns, &error);
  if (result != NULL)
    telar_reply_text (call->message, SOUP_STATUS_OK, "application/json", columns_to_text (result));
  else
    telar_reply_error (call->message, error);
}

/* --- a chart ----------------------------------------------------------------------------- */

/* What of the query a chart is made of: each tag of each run is a series. */
typedef struct {
  const char **runs, **tags; /* as the query has them */
  guint n_runs, n_tags;
  gint64 from, to, log;
  double smoothing;
} ChartQuery;

static void
chart_query_clear (ChartQuery *wanted)
{
  g_free (wanted->runs);
  g_free (wanted->tags);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ChartQuery, chart_query_clear)

static gboolean
read_chart_query (const TelarQuery *query, ChartQuery *wanted, GError **error)
{
  wanted->runs = telar_query_all (query, "run");
  wanted->tags = telar_query_all (query, "tag");
  wanted->n_runs = g_strv_length ((char **)wanted->runs);
  wanted->n_tags = g_strv_length ((char **)wanted->tags);
  wanted->to = G_MAXINT64;
  guint n = wanted->n_runs * wanted->n_tags;
  if (n == 0 || n > MOST_SERIES) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "“run” and “tag” are needed, for at most %d curves", MOST_SERIES);
    return FALSE;
  }
  return telar_query_int (query, "from", 0, G_MAXINT64, &wanted->from, error) &&
         telar_query_int (query, "to", 0, G_MAXINT64, &wanted->to, error) &&
         telar_query_int (query, "log", 0, 1, &wanted->log, error) &&
         telar_query_real (query, "smoothing", 0, 0.9999, &wanted->smoothing, error);
}

static TelarChart *
read_chart (TelarCall *call, GError **error)
{
  g_auto (ChartQuery) wanted = { 0 };
  const char *title = telar_query_text (call->query, "title");

  if (!read_chart_query (call->query, &wanted, error))
    return NULL;
  g_autoptr (TelarChart) chart = telar_chart_new (title != NULL ? title : wanted.tags[0]);
  telar_chart_set_log (chart, wanted.log != 0);
  telar_chart_set_smoothing (chart, wanted.smoothing);
  if (!telar_figure_set_axis (chart, telar_query_text (call->query, "x"))) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "“x” must be step, epoch or time");
    return NULL;
  }
  TelarFigureCurves curves = { wanted.runs, wanted.tags, wanted.from, wanted.to, MOST_POINTS };
  if (!telar_figure_add_curves (chart, call->server->store, &curves, error))
    return NULL;
  return g_steal_pointer (&chart);
}

static void
draw_chart (gpointer chart, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  telar_chart_draw (chart, cr, width, height, theme);
}

void
telar_api_chart (TelarCall *call)
{
  g_autoptr (GError) error = NULL;
  TelarWebPicture picture;

  g_autoptr (TelarChart) chart =
      telar_read_picture (call->query, &picture, &error) ? read_chart (call, &error) : NULL;
  if (chart == NULL) {
    telar_reply_error (call->message, error);
    return;
  }
  telar_send_picture (call, &picture, draw_chart, chart);
}

/* --- confusion matrices ------------------------------------------------------------------ */

/* As they were at the step of the query, or are now. */
static GPtrArray *
read_figures (TelarCall *call, gint64 run, GError **error)
{
  gint64 step = G_MAXINT64;

  if (!telar_query_int (call->query, "step", 0, G_MAXINT64, &step, error))
    return NULL;
  return telar_store_figures_at (call->server->store, run, step, error);
}

static json_t *
figure_to_json (gconstpointer row)
{
  return telar_figure_row_to_json (row);
}

void
telar_api_figures (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  g_autoptr (GPtrArray) figures = read_figures (call, row->id, &error);
  telar_reply_rows (call->message, "figures", figures, figure_to_json, error);
}

static TelarMatrix *
read_matrix (TelarCall *call, gint64 run, GError **error)
{
  const char *name = telar_query_text (call->query, "name");
  const char *title = telar_query_text (call->query, "title");
  const char *right = telar_query_text (call->query, "right");
  const char *given = telar_query_text (call->query, "answer");
  g_autoptr (GPtrArray) figures = read_figures (call, run, error);

  for (guint i = 0; figures != NULL && i < figures->len; i++) {
    const TelarFigureRow *figure = figures->pdata[i];
    if (g_strcmp0 (figure->name, name) != 0)
      continue;
    TelarMatrix *matrix = telar_matrix_new (title != NULL ? title : figure->name);
    telar_matrix_set_axes (matrix, right != NULL ? right : "right",
                           given != NULL ? given : "answer");
    if (telar_matrix_set_values (matrix, figure->values, error))
      return matrix;
    telar_matrix_free (matrix);
    return NULL;
  }
  if (figures != NULL)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the run has no figure of that name");
  return NULL;
}

static void
draw_matrix (gpointer matrix, cairo_t *cr, double width, double height,
             const TelarChartTheme *theme)
{
  telar_matrix_draw (matrix, cr, width, height, theme);
}

void
telar_api_matrix (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  TelarWebPicture picture;

  if (row == NULL)
    return;
  g_autoptr (TelarMatrix) matrix = telar_read_picture (call->query, &picture, &error)
                                       ? read_matrix (call, row->id, &error)
                                       : NULL;
  if (matrix == NULL) {
    telar_reply_error (call->message, error);
    return;
  }
  telar_send_picture (call, &picture, draw_matrix, matrix);
}
