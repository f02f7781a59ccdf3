/* telar evaluate: losses and metrics of a trained model over data. */
#include "app/cli/monitors.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "data/data.h"
#include "engine/trainer.h"

#include <stdio.h>
#include <string.h>

static const TelarOption options[] = {
  TELAR_OPTION_WORKSPACE,
  TELAR_OPTION_DEVICE,
  TELAR_OPTION_THREADS,
  { .name = "data",
    .kind = TELAR_OPTION_FILE,
    .value = "[NODE[.PARAM]=]FILE",
    .repeated = TRUE,
    .doc = "Another file instead of the project's; all its rows are used. NODE may be left out "
           "when one node reads files." },
  TELAR_OPTION_SPLIT ("Which rows of the project's own data; validation unless given."),
  { .name = "batch",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 1,
    .maximum = 1 << 24,
    .doc = "Rows at a time; 256 unless given." },
  TELAR_OPTION_JSON ("One JSON document."),
  { NULL },
};

/* The one node of the graph that reads files. */
static const char *
only_source (const TelarGraph *graph, GError **error)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  const char *found = NULL;
  guint n = 0;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    gboolean reads = FALSE;
    for (const TelarParam *p = telar_param_set_table (node->params); p != NULL && p->name; p++)
      reads |= p->kind == TELAR_PARAM_FILE;
    n += reads;
    found = reads ? node->id : found;
  }
  if (n == 1)
    return found;
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "%u nodes read files; --data NODE=FILE says which is meant", n);
  return NULL;
}

/* "NODE=FILE" or "FILE"; a FILE with a = in it is taken whole when it exists. */
static gboolean
add_replacement (const TelarGraph *graph, const char *text, GHashTable *table, GError **error)
{
  const char *equals = strchr (text, '=');
  if (equals != NULL && !g_file_test (text, G_FILE_TEST_EXISTS)) {
    g_hash_table_insert (table, g_strndup (text, (gsize)(equals - text)), g_strdup (equals + 1));
    return TRUE;
  }
  const char *node = only_source (graph, error);
  if (node != NULL)
    g_hash_table_insert (table, g_strdup (node), g_strdup (text));
  return node != NULL;
}

static TelarFeed *
open_feed (const TelarCommand *command, TelarGraph *graph, GError **error)
{
  const GPtrArray *files = telar_command_list (command, "data");
  if (files == NULL)
    return telar_data_open (graph, error);
  g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < files->len; i++)
    if (!add_replacement (graph, files->pdata[i], table, error))
      return NULL;
  return telar_data_open_with (graph, table, error);
}

static TelarSplit
choose_split (const TelarCommand *command)
{
  return telar_command_has (command, "data") ? TELAR_SPLIT_ALL : telar_command_split (command);
}

static json_t *
figures_to_json (const GPtrArray *figures)
{
  json_t *json = json_object ();
  for (guint i = 0; i < figures->len; i++) {
    const TelarFigure *figure = figures->pdata[i];
    json_object_set_new (json, figure->name, telar_figure_to_json (figure->values));
  }
  return json;
}

static const char *
area_name (TelarJudgedKind kind)
{
  static const char *const names[] = { [TELAR_JUDGED_PRECISION_RECALL] = "average precision",
                                       [TELAR_JUDGED_ROC] = "area under ROC",
                                       [TELAR_JUDGED_CALIBRATION] = "expected calibration error" };
  return names[kind];
}

static json_t *
areas_to_json (const GPtrArray *curves)
{
  json_t *json = json_object ();
  for (guint i = 0; i < curves->len; i++) {
    const TelarJudgedCurve *curve = curves->pdata[i];
    g_autofree char *name =
        g_strdup_printf ("%s/%s", telar_judged_kind_name (curve->kind), curve->name);
    json_object_set_new (json, name, json_real (curve->area));
  }
  return json;
}

/* Of all classes together; calibration, of the answers where one of several classes is right. */
static void
print_areas (const GPtrArray *curves)
{
  gboolean some = FALSE;
  for (guint i = 0; i < curves->len; i++) {
    const TelarJudgedCurve *curve = curves->pdata[i];
    const TelarJudgedCurve *next = i + 1 < curves->len ? curves->pdata[i + 1] : NULL;
    gboolean answers = next != NULL && strcmp (next->name, "answers") == 0;
    if (answers || (curves->len > TELAR_N_JUDGED && g_ascii_isdigit (curve->name[0])))
      continue;
    printf ("%s%s %.6g", some ? ", " : "", area_name (curve->kind), curve->area);
    some = TRUE;
  }
  if (some)
    putchar ('\n');
}

/* As wide as the largest number, rows are what is right, columns what was answered. */
static void
print_figure (const TelarFigure *figure)
{
  const double *values = figure->values->data;
  gsize n = (gsize)figure->values->type.shape.dims[0];
  int width = 1;
  for (gsize i = 0; i < n * n; i++)
    width = MAX (width, snprintf (NULL, 0, "%.0f", values[i]));
  printf ("%s, a row for each right class, a column for each answer:\n", figure->name);
  for (gsize row = 0; row < n; row++) {
    for (gsize column = 0; column < n; column++)
      printf ("%s%*.0f", column > 0 ? " " : "  ", width, values[row * n + column]);
    putchar ('\n');
  }
}

static void
print_measured (const TelarCommand *command, const TelarModel *model, gint64 rows,
                const TelarMeasured *measured)
{
  guint n = measured->metrics->len;
  const TelarMetricValue *values = (const TelarMetricValue *)(void *)measured->metrics->data;
  if (telar_command_has (command, "json")) {
    telar_print_json_document (json_pack (
        "{s:s, s:s, s:I, s:o, s:o, s:o}", "model", model->name, "checkpoint", model->checkpoint,
        "rows", (json_int_t)rows, "metrics", telar_metrics_to_json (values, n), "figures",
        figures_to_json (measured->figures), "areas", areas_to_json (measured->curves)));
    return;
  }
  g_autofree char *text = telar_metrics_to_text (values, n);
  printf ("%s on %" G_GINT64_FORMAT " rows: %s\n", model->name, rows, text);
  for (guint i = 0; i < measured->figures->len; i++)
    print_figure (measured->figures->pdata[i]);
  print_areas (measured->curves);
}

static int
run (const TelarCommand *command, GError **error)
{
  g_auto (TelarModel) model = { 0 };
  if (telar_command_has (command, "data") && telar_command_has (command, "split")) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "--data and --split exclude each other: other files are used whole");
    return 2;
  }
  g_autoptr (TelarDevice) device = telar_command_device (command, error);
  if (device == NULL ||
      !telar_model_open (command, telar_command_argument (command, 0), &model, error))
    return 3;
  g_autoptr (TelarFeed) feed = open_feed (command, model.graph, error);
  if (feed == NULL)
    return 3;
  TelarSplit split = choose_split (command);
  gint64 rows = telar_feed_rows (feed, split);
  if (rows == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the project keeps no validation rows; --split all or --data takes others");
    return 3;
  }
  g_auto (TelarMeasured) measured = { 0 };
  if (!telar_evaluate (model.graph, feed, split, telar_command_int (command, "batch", 256), device,
                       model.states, &measured, error))
    return 1;
  print_measured (command, &model, rows, &measured);
  return 0;
}

const TelarVerb telar_verb_evaluate = {
  .name = "evaluate",
  .arguments = "PROJECT|MODEL",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = "Measures losses and metrics of a trained model over data.",
  .doc = "MODEL is a run or a checkpoint; PROJECT stands for the newest of its runs.",
  .options = options,
  .run = run,
};
