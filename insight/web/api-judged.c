/* The curves of a classifier: as numbers, and drawn. */
#include "insight/judged-chart.h"
#include "insight/run-json.h"
#include "insight/web/web-private.h"

#define SPLIT "val_" /* stands before the names of its curves */

/* --- numbers ----------------------------------------------------------------------------- */

static json_t *
curve_to_json (const char *name, const TelarCurve *curve)
{
  return json_pack ("{s:s, s:I, s:o, s:o, s:o}", "name", name, "step", (json_int_t)curve->step,
                    "area", telar_json_number (curve->area), "x",
                    telar_json_numbers (curve->x, curve->n), "y",
                    telar_json_numbers (curve->y, curve->n));
}

static gboolean
add_curve (TelarCall *call, gint64 run, const char *name, gint64 step, json_t *list, GError **error)
{
  g_autoptr (TelarCurve) curve = NULL;

  if (!telar_store_curve_at (call->server->store, run, name, step, &curve, error))
    return FALSE;
  if (curve != NULL)
    json_array_append_new (list, curve_to_json (name, curve));
  return TRUE;
}

static json_t *
steps_to_json (TelarCall *call, gint64 run, const char *name, GError **error)
{
  g_autoptr (GArray) steps =
      telar_store_steps (call->server->store, run, TELAR_MEDIA_CURVE, name, error);

  return steps != NULL ? telar_json_steps (steps) : NULL;
}

/* Those of the last step that is not beyond @step, with the steps of the first of them. */
static json_t *
read_curves (TelarCall *call, gint64 run, gint64 step, GError **error)
{
  g_autoptr (GPtrArray) series =
      telar_store_series (call->server->store, run, TELAR_MEDIA_CURVE, error);
  json_t *list = json_array (), *steps = NULL;
  gboolean good = series != NULL;

  for (guint i = 0; good && i < series->len; i++) {
    const char *name = ((const TelarSeriesRow *)series->pdata[i])->name;
    if (steps == NULL) {
      steps = steps_to_json (call, run, name, error);
      good = steps != NULL;
    }
    good = good && add_curve (call, run, name, step, list, error);
  }
  if (good)
    return json_pack ("{s:o, s:o}", "steps", steps != NULL ? steps : json_array (), "curves", list);
  json_decref (steps);
  json_decref (list);
  return NULL;
}

void
telar_api_curves (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  gint64 step = G_MAXINT64;

  if (row == NULL)
    return;
  json_t *json = telar_query_int (call->query, "step", 0, G_MAXINT64, &step, &error)
                     ? read_curves (call, row->id, step, &error)
                     : NULL;
  telar_reply_answer (call->message, json, error);
}

/* --- drawn ------------------------------------------------------------------------------- */

static TelarJudgedChart *
make_chart (TelarCall *call, TelarJudgedKind kind)
{
  static const char *const names[][4] = {
    [TELAR_JUDGED_PRECISION_RECALL] = { "Precision and recall", "recall", "precision",
                                        "average precision" },
    [TELAR_JUDGED_ROC] = { "ROC", "false positives", "true positives", "area under the curve" },
    [TELAR_JUDGED_CALIBRATION] = { "Calibration", "predicted probability", "share that is right",
                                   "expected error" },
  };
  TelarJudgedWords words = { .title = telar_query_text_or (call->query, "title", names[kind][0]),
                             .x = telar_query_text_or (call->query, "x", names[kind][1]),
                             .y = telar_query_text_or (call->query, "y", names[kind][2]),
                             .area = telar_query_text_or (call->query, "area", names[kind][3]),
                             .all = telar_query_text_or (call->query, "all", "all classes"),
                             .answers = telar_query_text_or (call->query, "answers", "the answers"),
                             .one = telar_query_text_or (call->query, "one", "class %s") };

  return telar_judged_chart_new (kind, &words);
}

static gboolean
find_kind (TelarCall *call, TelarJudgedKind *kind, GError **error)
{
  const char *name = telar_query_text (call->query, "kind");

  for (guint i = 0; name != NULL && i < TELAR_N_JUDGED; i++)
    if (g_str_equal (name, telar_judged_kind_name ((TelarJudgedKind)i))) {
      *kind = (TelarJudgedKind)i;
      return TRUE;
    }
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "“kind” must be precision_recall, roc or calibration");
  return FALSE;
}

static TelarJudgedChart *
read_chart (TelarCall *call, gint64 run, GError **error)
{
  TelarStore *store = call->server->store;
  g_autofree char *classes = NULL;
  gint64 step = G_MAXINT64;
  TelarJudgedKind kind;

  if (!find_kind (call, &kind, error) ||
      !telar_query_int (call->query, "step", 0, G_MAXINT64, &step, error) ||
      !telar_store_classes (store, run, &classes, error))
    return NULL;
  g_autoptr (TelarJudgedChart) chart = make_chart (call, kind);
  telar_judged_chart_set_classes (chart, classes);
  if (!telar_judged_chart_read (chart, store, run, SPLIT, step, error))
    return NULL;
  if (telar_judged_chart_n_curves (chart) == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the run has no such curves");
    return NULL;
  }
  return g_steal_pointer (&chart);
}

static void
draw_chart (gpointer chart, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  telar_judged_chart_draw (chart, cr, width, height, theme);
}

void
telar_api_curve_picture (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  TelarWebPicture picture;

  if (row == NULL)
    return;
  g_autoptr (TelarJudgedChart) chart = telar_read_picture (call->query, &picture, &error)
                                           ? read_chart (call, row->id, &error)
                                           : NULL;
  if (chart != NULL)
    telar_send_picture (call, &picture, draw_chart, chart);
  else
    telar_reply_error (call->message, error);
}
