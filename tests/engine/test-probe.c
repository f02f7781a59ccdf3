/* Probing wires of a run: what is told is what the step computed, and the training is the same with
 * and without. */
#include "engine/operator.h"
#include "engine/prober.h"
#include "tests/engine/sample-operators.h"
#include "tests/engine/sample-run.h"
#include <math.h>
#include <string.h>

/* Keeps the last tensor of each probed wire. */
typedef struct {
  TelarMonitor base;
  GHashTable *values; /* tag -> TelarTensor * */
  GHashTable *steps;  /* tag -> step */
  guint told;
  GHashTable *losses; /* step -> double * */
} Probes;

static void
take (TelarMonitor *monitor, const char *tag, gint64 step, TelarTensor *values)
{
  Probes *p = (Probes *)monitor;
  if (!g_str_has_prefix (tag, TELAR_PROBER_PREFIX))
    return;
  p->told++;
  g_hash_table_insert (p->values, g_strdup (tag), telar_tensor_ref (values));
  g_hash_table_insert (p->steps, g_strdup (tag), GINT_TO_POINTER ((int)step));
}

static void
take_loss (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  if (strcmp (tag, "loss") == 0)
    g_hash_table_insert (((Probes *)monitor)->losses, GINT_TO_POINTER ((int)step),
                         g_memdup2 (&value, sizeof value));
}

static void
probes_init (Probes *p)
{
  static const TelarMonitorClass klass = { .histogram = take, .scalar = take_loss };
  memset (p, 0, sizeof *p);
  p->base.klass = &klass;
  p->values =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  p->steps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  p->losses = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

static void
probes_clear (Probes *p)
{
  g_hash_table_unref (p->values);
  g_hash_table_unref (p->steps);
  g_hash_table_unref (p->losses);
}

static const TelarTensor *
value_of (const Probes *p, const char *wire, int *step)
{
  g_autofree char *tag = g_strconcat (TELAR_PROBER_PREFIX, wire, NULL);
  const TelarTensor *values = g_hash_table_lookup (p->values, tag);
  g_assert_nonnull (values);
  *step = GPOINTER_TO_INT (g_hash_table_lookup (p->steps, tag));
  return values;
}

static void
train (Run *run, Probes *p, const TelarRequest *requests, guint n)
{
  TelarMonitor *both[] = { &run->listener.base, &p->base };
  TelarMonitor *tee = telar_monitor_tee (both, 2);
  TelarTraining training = { .graph = run->graph,
                             .feed = run->feed,
                             .device = run->device,
                             .monitor = tee,
                             .run = "run",
                             .folder = run->folder };
  g_autoptr (GError) error = NULL;
  run->listener.requests = requests;
  run->listener.n_requests = n;
  telar_train (&training, &run->result, &error);
  g_assert_no_error (error);
  telar_monitor_free (tee);
}

/* The same settings with @requests and without them give the same bits. */
static void
compare (const char *setting, const char *value, const TelarRequest *requests, guint n, Probes *p)
{
  Run plain, probed;
  Probes none;
  run_set_up (&plain);
  run_set_up (&probed);
  probes_init (&none);
  if (setting) {
    run_set (&plain, setting, value);
    run_set (&probed, setting, value);
  }
  train (&plain, &none, NULL, 0);
  train (&probed, p, requests, n);
  run_assert_same_file (plain.result.checkpoint, probed.result.checkpoint);
  g_assert_cmpint (none.told, ==, 0);
  g_assert_cmpint (p->told, >, 0);
  probes_clear (&none);
  run_tear_down (&plain);
  run_tear_down (&probed);
}

static void
test_same (void)
{
  static const TelarRequest requests[] = {
    { 3, TELAR_REQUEST_PROBE, 0, "act" },
    { 5, TELAR_REQUEST_PROBE, 0, "d.image" },
    { 7, TELAR_REQUEST_PROBE, 0, "drop" },
    { 9, TELAR_REQUEST_UNPROBE, 0, "act" },
  };
  static const char *const settings[][2] = {
    { NULL, NULL },
    { "training.accumulate", "2" },
    { "training.average", "ema" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    Probes p;
    int step;
    probes_init (&p);
    compare (settings[i][0], settings[i][1], requests, G_N_ELEMENTS (requests), &p);
    const TelarTensor *act = value_of (&p, "act", &step);
    g_assert_cmpuint (telar_tensor_elements (act) % 8, ==, 0); /* an epoch's last batch is short */
    for (gsize k = 0; k < telar_tensor_elements (act); k++)
      g_assert_cmpfloat (telar_tensor_get (act, k), >=, 0);
    probes_clear (&p);
  }
}

/* Mean squared error, as the node loss1 has it. */
static double
error_of (const TelarTensor *a, const TelarTensor *b)
{
  double sum = 0;
  gsize n = telar_tensor_elements (a);
  g_assert_cmpuint (telar_tensor_elements (b), ==, n);
  for (gsize i = 0; i < n; i++)
    sum += pow (telar_tensor_get (a, i) - telar_tensor_get (b, i), 2);
  return sum / (double)n;
}

/* What goes into the loss gives the loss that the step told: same rows, weights and draws. */
static void
check_loss (const Probes *p)
{
  int step, other;
  const TelarTensor *answers = value_of (p, "fc2", &step);
  const TelarTensor *targets = value_of (p, "d.label", &other);
  const double *loss = g_hash_table_lookup (p->losses, GINT_TO_POINTER (step));
  g_assert_cmpint (step, ==, other);
  g_assert_nonnull (loss);
  g_assert_cmpfloat (fabs (error_of (answers, targets) - *loss), <, 1e-6 * fmax (1, *loss));
}

static void
test_values (void)
{
  static const TelarRequest requests[] = { { 6, TELAR_REQUEST_PROBE, 0, "fc2" },
                                           { 7, TELAR_REQUEST_PROBE, 0, "d.label" } };
  Probes p;
  probes_init (&p);
  compare (NULL, NULL, requests, G_N_ELEMENTS (requests), &p);
  check_loss (&p);
  probes_clear (&p);
}

/* A paused run tells at once what its next step will have. */
static void
test_paused (void)
{
  static const TelarRequest requests[] = {
    { 4, TELAR_REQUEST_PAUSE },
    { 5, TELAR_REQUEST_PROBE, 0, "fc2" },
    { 6, TELAR_REQUEST_PROBE, 0, "d.label" },
    { 7, TELAR_REQUEST_STEP, 3 },
    { 20, TELAR_REQUEST_RESUME },
  };
  Probes p;
  probes_init (&p);
  compare (NULL, NULL, requests, G_N_ELEMENTS (requests), &p);
  check_loss (&p);
  g_assert_cmpuint (p.told, >=, 5); /* one, then two; two at the last step by hand */
  probes_clear (&p);
}

/* A live edit makes another program; the probes stay. */
static void
test_edited (void)
{
  static const TelarRequest requests[] = {
    { 2, TELAR_REQUEST_PROBE, 0, "drop" },
    { 4, TELAR_REQUEST_PAUSE },
    { 5, TELAR_REQUEST_SET, 0, "drop.rate=0.9" },
    { 6, TELAR_REQUEST_STEP, 1 },
    { 9, TELAR_REQUEST_RESUME },
  };
  Run run;
  Probes p;
  int step;
  guint zeros = 0;
  run_set_up (&run);
  probes_init (&p);
  train (&run, &p, requests, G_N_ELEMENTS (requests));
  const TelarTensor *drop = value_of (&p, "drop", &step);
  for (gsize i = 0; i < telar_tensor_elements (drop); i++)
    zeros += telar_tensor_get (drop, i) == 0;
  g_assert_cmpuint (zeros, >, telar_tensor_elements (drop) / 2);
  probes_clear (&p);
  run_tear_down (&run);
}

static void
test_refused (void)
{
  static const TelarRequest requests[] = {
    { 1, TELAR_REQUEST_PROBE, 0, "nobody" },  { 1, TELAR_REQUEST_PROBE, 0, "act.side" },
    { 1, TELAR_REQUEST_PROBE, 0, "" },        { 1, TELAR_REQUEST_UNPROBE, 0, "act" },
    { 2, TELAR_REQUEST_PROBE, 0, "act" },     { 2, TELAR_REQUEST_PROBE, 0, "act" },
    { 2, TELAR_REQUEST_UNPROBE, 0, "fc1" },   { 3, TELAR_REQUEST_PROBE, 0, "d.image" },
    { 3, TELAR_REQUEST_PROBE, 0, "d.label" }, { 3, TELAR_REQUEST_PROBE, 0, "std" },
    { 3, TELAR_REQUEST_PROBE, 0, "fc1" },     { 3, TELAR_REQUEST_PROBE, 0, "bn" },
    { 3, TELAR_REQUEST_PROBE, 0, "drop" },    { 3, TELAR_REQUEST_PROBE, 0, "fc2" },
    { 3, TELAR_REQUEST_PROBE, 0, "fc2.out" },
  };
  static const char *const outcomes[] = {
    "refused: there is no node \"nobody\"", "refused: act: it has no output \"side\"",
    "refused: the wire is written NODE",    "refused: act is not probed",
    "refused: act is probed already",       "refused: fc1 is not probed",
    "refused: 8 wires are probed",
  };
  Run run;
  Probes p;
  run_set_up (&run);
  probes_init (&p);
  train (&run, &p, requests, G_N_ELEMENTS (requests));
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    g_assert_nonnull (strstr (run.listener.log->str, outcomes[i]));
  g_assert_nonnull (strstr (run.listener.log->str, "event probe 1 act"));
  probes_clear (&p);
  run_tear_down (&run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  test_operators_register ();
  g_test_add_func ("/probe/same", test_same);
  g_test_add_func ("/probe/values", test_values);
  g_test_add_func ("/probe/paused", test_paused);
  g_test_add_func ("/probe/edited", test_edited);
  g_test_add_func ("/probe/refused", test_refused);
  return g_test_run ();
}
