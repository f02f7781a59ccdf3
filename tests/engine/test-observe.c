/* What a run tells of itself besides numbers: histograms, and a profile on request. The training is
 * the same with and without. */
#include "engine/judged.h"
#include "engine/operator.h"
#include "engine/profile.h"
#include "tests/engine/sample-operators.h"
#include "tests/engine/sample-run.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

/* Hears what the listener of the run does not. */
typedef struct {
  TelarMonitor base;
  GHashTable *tags;   /* name -> GArray of gint64, the steps */
  GHashTable *curves; /* name -> the last step */
  gsize kernel, gradient, output;
  char *profile;
  gint64 profile_step;
  double first_mean, last_mean;
} Observer;

static void
observer_histogram (TelarMonitor *monitor, const char *tag, gint64 step, TelarTensor *values)
{
  Observer *o = (Observer *)monitor;
  GArray *steps = g_hash_table_lookup (o->tags, tag);
  if (!steps) {
    steps = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_hash_table_insert (o->tags, g_strdup (tag), steps);
  }
  g_array_append_val (steps, step);
  for (gsize i = 0; i < telar_tensor_elements (values); i++)
    g_assert_true (isfinite (telar_tensor_get (values, i)));
  if (strcmp (tag, "fc1.kernel") == 0) {
    o->kernel = telar_tensor_elements (values);
    o->last_mean = telar_tensor_get (values, 0);
    if (steps->len == 1)
      o->first_mean = o->last_mean;
  } else if (strcmp (tag, "gradient/fc1.kernel") == 0) {
    o->gradient = telar_tensor_elements (values);
  } else if (strcmp (tag, "output/fc1") == 0) {
    o->output = telar_tensor_elements (values);
  }
}

static void
observer_curve (TelarMonitor *monitor, const TelarMonitorCurve *curve)
{
  Observer *o = (Observer *)monitor;
  g_hash_table_insert (o->curves, g_strdup (curve->name), GINT_TO_POINTER ((int)curve->step));
  g_assert_cmpuint (curve->n, >, 0);
  g_assert_cmpuint (curve->n, <=, TELAR_JUDGED_MOST_POINTS);
  g_assert_true ((curve->counts != NULL) == g_str_has_prefix (curve->name, "val_precision"));
  g_assert_true (curve->area >= 0 && curve->area <= 1);
  for (guint i = 0; i < curve->n; i++)
    g_assert_true (curve->x[i] >= 0 && curve->x[i] <= 1 && curve->y[i] >= 0 && curve->y[i] <= 1);
}

static void
observer_profile (TelarMonitor *monitor, gint64 step, const char *json)
{
  Observer *o = (Observer *)monitor;
  g_free (o->profile);
  o->profile = g_strdup (json);
  o->profile_step = step;
}

static void
free_steps (gpointer steps)
{
  g_array_unref (steps);
}

static void
observer_init (Observer *o)
{
  static const TelarMonitorClass klass = { .histogram = observer_histogram,
                                           .curve = observer_curve,
                                           .profile = observer_profile };
  memset (o, 0, sizeof *o);
  o->base.klass = &klass;
  o->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_steps);
  o->curves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
observer_clear (Observer *o)
{
  g_hash_table_unref (o->tags);
  g_hash_table_unref (o->curves);
  g_free (o->profile);
}

/* A borrowed monitor in a tee is not freed by it: it has no free. */
static void
train (Run *run, Observer *o)
{
  TelarMonitor *both[] = { &run->listener.base, &o->base };
  TelarMonitor *tee = telar_monitor_tee (both, 2);
  TelarTraining training = { .graph = run->graph,
                             .feed = run->feed,
                             .device = run->device,
                             .monitor = tee,
                             .run = "run",
                             .folder = run->folder };
  g_autoptr (GError) error = NULL;
  telar_training_result_clear (&run->result);
  telar_train (&training, &run->result, &error);
  g_assert_no_error (error);
  telar_monitor_free (tee);
}

static GArray *
steps_of (const Observer *o, const char *tag)
{
  GArray *steps = g_hash_table_lookup (o->tags, tag);
  g_assert_nonnull (steps);
  return steps;
}

static void
test_histograms (void)
{
  Run run;
  Observer o;
  run_set_up (&run);
  observer_init (&o);
  run_set (&run, "training.epochs", "12");
  train (&run, &o);

  g_assert_cmpuint (o.kernel, >, 0);
  g_assert_cmpuint (o.gradient, ==, o.kernel);
  g_assert_cmpuint (o.output, >, 0);
  g_assert_true (o.first_mean != o.last_mean);
  GArray *steps = steps_of (&o, "fc1.kernel");
  g_assert_cmpuint (steps->len, >, 2);
  g_assert_cmpint (g_array_index (steps, gint64, 0), ==, 0);
  g_assert_cmpint (g_array_index (steps, gint64, steps->len - 1), ==, run.result.steps);
  for (guint i = 1; i + 1 < steps->len; i++)
    g_assert_cmpint (g_array_index (steps, gint64, i), >=,
                     g_array_index (steps, gint64, i - 1) + 16);
  /* A data node's rows are no output that is looked at. */
  g_assert_null (g_hash_table_lookup (o.tags, "output/d"));
  observer_clear (&o);
  run_tear_down (&run);
}

/* Its three outputs become answers to yes or no. */
static void
make_classifier (Run *run)
{
  g_autoptr (GError) error = NULL;
  telar_graph_remove_node (run->graph, "loss1");
  telar_graph_add_node (run->graph, "binary_cross_entropy", "loss1", &error);
  g_assert_no_error (error);
  test_graph_wire (run->graph, "fc2", "loss1:logits");
  test_graph_wire (run->graph, "d:label", "loss1:labels");
}

/* Of the classifier, at the end too; without a record there is none. */
static void
test_curves (void)
{
  static const char *const kinds[] = { "precision_recall", "roc", "calibration" };
  Run run;
  Observer o;
  run_set_up (&run);
  observer_init (&o);
  make_classifier (&run);
  train (&run, &o);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *micro = g_strdup_printf ("val_%s/micro", kinds[i]);
    g_autofree char *first = g_strdup_printf ("val_%s/0", kinds[i]);
    g_assert_cmpint (GPOINTER_TO_INT (g_hash_table_lookup (o.curves, micro)), ==,
                     (int)run.result.steps);
    g_assert_true (g_hash_table_contains (o.curves, first));
  }
  g_hash_table_remove_all (o.curves);
  run_set (&run, "training.record_every", "0");
  train (&run, &o);
  g_assert_cmpuint (g_hash_table_size (o.curves), ==, 0);
  observer_clear (&o);
  run_tear_down (&run);
}

/* More than is kept: evenly spread over all rows. */
static void
test_thinning (void)
{
  g_autoptr (TelarJudgedScores) scores = telar_judged_scores_new (2, FALSE);
  const gint64 rows = (gint64)TELAR_JUDGED_MOST;
  for (gint64 row = 0; row < rows; row++) {
    double chance = (double)row / (double)rows;
    guint8 right = row % 8 < 4;
    telar_judged_scores_add (scores, (double[]){ chance, 0.5 }, (guint8[]){ right, 1 });
  }
  telar_judged_scores_add (scores, (double[]){ NAN, 0.5 }, (guint8[]){ 0, 1 });
  g_autoptr (GPtrArray) curves = telar_judged_curves (scores);
  const TelarJudgedCurve *roc = NULL;
  for (guint i = 0; i < curves->len; i++) {
    const TelarJudgedCurve *curve = curves->pdata[i];
    if (curve->kind == TELAR_JUDGED_ROC && strcmp (curve->name, "0") == 0)
      roc = curve;
    g_assert_false (curve->kind == TELAR_JUDGED_ROC && strcmp (curve->name, "1") == 0);
  }
  g_assert_nonnull (roc);
  g_assert_cmpuint (roc->n, <=, TELAR_JUDGED_MOST_POINTS);
  g_assert_cmpfloat (roc->x[roc->n - 1], ==, 1);
  g_assert_cmpfloat (roc->y[roc->n - 1], ==, 1);
  g_assert_cmpfloat_with_epsilon (roc->area, 0.5, 1e-3);
}

static void
test_settings (void)
{
  Run run;
  Observer o;
  run_set_up (&run);
  observer_init (&o);
  run_set (&run, "training.record_every", "0");
  train (&run, &o);
  g_assert_cmpuint (g_hash_table_size (o.tags), ==, 0);

  run_set (&run, "training.record_steps", "3");
  train (&run, &o);
  GArray *steps = steps_of (&o, "gradient/fc1.kernel");
  for (guint i = 0; i < steps->len; i++)
    g_assert_cmpint (g_array_index (steps, gint64, i), ==, 3 * (gint64)i);
  observer_clear (&o);
  run_tear_down (&run);
}

/* What was told but for what a look itself tells of the nodes. */
static char *
without_nodes (const char *log)
{
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  g_autoptr (GString) rest = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "node/"))
      g_string_append_printf (rest, "%s\n", lines[i]);
  return g_string_free (g_steal_pointer (&rest), FALSE);
}

/* Batch statistics, dropout and the optimizer's slots are as if nobody had looked. */
static void
test_same_bits (void)
{
  Run with, without;
  Observer o;
  run_set_up (&with);
  run_set_up (&without);
  observer_init (&o);
  run_set (&with, "training.record_steps", "1");
  run_set (&without, "training.record_steps", "1");
  train (&with, &o);
  run_train (&without, NULL);
  g_assert_cmpuint (g_hash_table_size (o.tags), >, 0);
  g_autofree char *told = without_nodes (with.listener.log->str);
  g_autofree char *wanted = without_nodes (without.listener.log->str);
  g_assert_nonnull (strstr (with.listener.log->str, "node/fc1/grad_norm"));
  g_assert_null (strstr (without.listener.log->str, "node/"));
  g_assert_cmpstr (told, ==, wanted);
  run_assert_same_file (with.result.checkpoint, without.result.checkpoint);
  observer_clear (&o);
  run_tear_down (&with);
  run_tear_down (&without);
}

static double
number_at (const json_t *list, size_t i)
{
  return json_number_value (json_array_get (list, i));
}

static void
test_profile (void)
{
  static const TelarRequest requests[] = { { 3, TELAR_REQUEST_PROFILE } };
  Run run;
  Observer o;
  run_set_up (&run);
  observer_init (&o);
  run.listener.requests = requests;
  run.listener.n_requests = 1;
  train (&run, &o);
  g_assert_nonnull (o.profile);
  g_assert_cmpint (o.profile_step, >, 1);
  json_t *profile = json_loads (o.profile, 0, NULL);
  const json_t *nodes = json_object_get (profile, "nodes");
  const json_t *list = json_object_get (profile, "instructions");
  g_assert_cmpfloat (json_number_value (json_object_get (profile, "peak_flops")), >, 0);
  g_assert_cmpfloat (json_number_value (json_object_get (profile, "peak_bytes")), >, 0);
  g_assert_cmpuint (json_array_size (list), >, 5);
  double end = 0, flops = 0, arena = json_number_value (json_object_get (profile, "arena"));
  gboolean found = FALSE;
  for (size_t i = 0; i < json_array_size (list); i++) {
    const json_t *instr = json_array_get (list, i);
    g_assert_cmpfloat (number_at (instr, 2), ==, end);
    g_assert_cmpfloat (number_at (instr, 3), >, 0);
    g_assert_cmpfloat (number_at (instr, 6), >=, 0);
    g_assert_cmpfloat (number_at (instr, 6), <=, arena);
    end += number_at (instr, 3);
    flops += number_at (instr, 4);
    const char *node = json_string_value (
        json_array_get (nodes, (size_t)json_integer_value (json_array_get (instr, 0))));
    found |= strcmp (node, "fc1") == 0;
  }
  g_assert_true (found);
  g_assert_cmpfloat (flops, >, 0);
  /* The whole step takes longer than its kernels. */
  g_assert_cmpfloat (json_number_value (json_object_get (profile, "step_ns")), >=, end * 0.5);
  json_decref (profile);
  observer_clear (&o);
  run_tear_down (&run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  test_operators_register ();
  g_test_add_func ("/observe/histograms", test_histograms);
  g_test_add_func ("/observe/curves", test_curves);
  g_test_add_func ("/observe/thinning", test_thinning);
  g_test_add_func ("/observe/settings", test_settings);
  g_test_add_func ("/observe/same-bits", test_same_bits);
  g_test_add_func ("/observe/profile", test_profile);
  return g_test_run ();
}
