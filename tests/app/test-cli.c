/* The verbs of telar: what they print, how they end. */
#include "tests/app/program.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

static const char *const samples[] = { "digits-cnn.telar", "digits-dense.telar", "titanic.telar" };

static const char *
text_of (const json_t *json, const char *key)
{
  return json_string_value (json_object_get (json, key));
}

static json_int_t
integer_of (const json_t *json, const char *key)
{
  g_assert_true (json_is_integer (json_object_get (json, key)));
  return json_integer_value (json_object_get (json, key));
}

/* --- usage --------------------------------------------------------------------------------------
 */

static void
test_usage (void)
{
  static const struct {
    const char *arguments[6];
    const char *text;
  } cases[] = {
    { { NULL }, "a verb is missing" },
    { { "fly", NULL }, "there is no verb fly" },
    { { "check", NULL }, "PROJECT is missing" },
    { { "check", "a", "b", NULL }, "\"b\" is one argument too many" },
    { { "check", "a", "--wings", NULL }, "unknown option --wings" },
    { { "check", "a", "-x", NULL }, "unknown option -x" },
    { { "train", "a", "--epochs", NULL }, "--epochs needs a value" },
    { { "train", "a", "--epochs", "none", NULL }, "--epochs takes a whole number" },
    { { "train", "a", "--epochs=0", NULL }, "--epochs takes a whole number from 1" },
    { { "train", "a", "--json=yes", NULL }, "--json takes no value" },
    { { "train", "a", "--seed", "1", "--seed=2", NULL }, "--seed is given twice" },
    { { "train", NULL }, "PROJECT, --resume, --fork or --replay is missing" },
    { { "train", "--resume", "a", "--run=b", NULL }, "exclude each other" },
    { { "compile", "a", "--dump", "all", NULL }, "--dump takes one of ir, grad, plan" },
    { { "runs", "fly", NULL }, "telar runs list, show, delete, note" },
    { { "runs", "show", NULL }, "takes the name of one run" },
    { { "predict", "a.onnx", NULL }, "--output is needed" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestRun) run = test_run_argv (cases[i].arguments);
    test_assert_fails (run, 2, cases[i].text);
  }
  g_auto (TestRun) set =
      test_run ("check", test_program_sample ("titanic.telar"), "--set", "nothing", NULL);
  test_assert_fails (set, 2, "--set takes NODE.PARAM=VALUE");
}

static void
test_help (void)
{
  static const char *const verbs[] = { "export", "train",   "check", "evaluate", "predict",
                                       "runs",   "compile", "bench", "devices",  "operators" };
  g_auto (TestRun) all = test_run ("--help", NULL);
  g_auto (TestRun) man = test_run ("--man-page", NULL);
  g_auto (TestRun) completion = test_run ("--bash-completion", NULL);
  test_assert_done (all);
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    g_auto (TestRun) help = test_run (verbs[i], "--help", NULL);
    g_autofree char *usage = g_strdup_printf ("Usage: telar %s", verbs[i]);
    test_assert_done (help);
    g_assert_true (g_str_has_prefix (help.output, usage));
    g_assert_nonnull (strstr (all.output, verbs[i]));
    g_assert_nonnull (strstr (man.output, verbs[i]));
    g_assert_nonnull (strstr (completion.output, verbs[i]));
  }
  /* The completion is a script that bash reads. */
  const char *path = test_program_file ("completion.bash", completion.output, -1);
  const char *argv[] = { "bash", "-n", path, NULL };
  int status = 1;
  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

/* --- reference ----------------------------------------------------------------------------------
 */

static void
test_operators (void)
{
  g_auto (TestRun) list = test_run ("operators", "--json", NULL);
  test_assert_done (list);
  json_t *json = test_run_json (&list);
  g_assert_cmpuint (json_array_size (json), >, 30);
  size_t i;
  json_t *op;
  json_array_foreach (json, i, op)
  {
    g_auto (TestRun) one = test_run ("operators", text_of (op, "name"), NULL);
    test_assert_done (one);
    g_assert_true (g_str_has_prefix (one.output, text_of (op, "name")));
  }
  json_decref (json);
  g_auto (TestRun) unknown = test_run ("operators", "warp_drive", NULL);
  test_assert_fails (unknown, 3, "there is no operator warp_drive");
}

static void
test_devices (void)
{
  g_auto (TestRun) run = test_run ("devices", "--json", NULL);
  test_assert_done (run);
  json_t *json = test_run_json (&run);
  gboolean cpu = FALSE;
  size_t i;
  json_t *device;
  json_array_foreach (json, i, device)
  {
    cpu |= strcmp (text_of (device, "name"), "cpu") == 0 &&
           json_is_true (json_object_get (device, "available"));
    g_assert_nonnull (text_of (device, "text"));
  }
  g_assert_true (cpu);
  json_decref (json);
}

/* --- projects -----------------------------------------------------------------------------------
 */

static const json_t *
find_node (const json_t *check, const char *id)
{
  size_t i;
  json_t *node;
  json_array_foreach (json_object_get (check, "nodes"), i,
                      node) if (strcmp (text_of (node, "id"), id) == 0) return node;
  g_error ("no node %s", id);
}

static void
test_check (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_auto (TestRun) run = test_run ("check", test_program_sample (samples[i]), "--json", NULL);
    test_assert_done (run);
    json_t *json = test_run_json (&run);
    g_assert_cmpuint (json_array_size (json_object_get (json, "problems")), ==, 0);
    g_assert_cmpint (integer_of (json, "training_bytes"), >, 0);
    json_decref (json);
  }
  g_auto (TestRun) dense = test_run ("check", test_program_sample (samples[1]), "--json", NULL);
  json_t *json = test_run_json (&dense);
  /* 784·512 + 512, 512·512 + 512, 512·10 + 10 */
  g_assert_cmpint (integer_of (find_node (json, "dense1"), "parameters"), ==, 401920);
  g_assert_cmpint (integer_of (json, "parameters"), ==, 401920 + 262656 + 5130);
  const json_t *node = find_node (json, "dense1");
  g_assert_cmpstr (text_of (json_object_get (node, "shapes"), "out"), ==, "f32[N,512]");
  /* 2·128·784·512 forward, as much for the kernel's gradient; the data's is not needed */
  double flops = json_number_value (json_object_get (node, "flops"));
  g_assert_cmpfloat (flops, >, 2 * 2.0 * 128 * 784 * 512);
  g_assert_cmpfloat (flops, <, 2.1 * 2.0 * 128 * 784 * 512);
  json_decref (json);
}

static void
test_compile (void)
{
  static const char *const dumps[][2] = { { "ir", "program train {" },
                                          { "grad", "output probe \"grad:" },
                                          { "plan", "plan train" } };
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (dumps); k++) {
      g_auto (TestRun) run =
          test_run ("compile", test_program_sample (samples[i]), "--dump", dumps[k][0], NULL);
      test_assert_done (run);
      g_assert_nonnull (strstr (run.output, dumps[k][1]));
    }
}

static void
test_bench (void)
{
  g_auto (TestRun) run = test_run ("bench", test_program_sample ("titanic.telar"), "--train",
                                   "--batch", "16", "--threads", "1", "--json", NULL);
  test_assert_done (run);
  json_t *json = test_run_json (&run);
  g_assert_cmpstr (text_of (json, "mode"), ==, "training");
  g_assert_cmpint (integer_of (json, "batch"), ==, 16);
  g_assert_cmpint (integer_of (json, "threads"), ==, 1);
  double median = json_number_value (json_object_get (json, "median_ms"));
  double p99 = json_number_value (json_object_get (json, "p99_ms"));
  g_assert_cmpfloat (median, >, 0);
  g_assert_cmpfloat (p99, >=, median);
  g_assert_cmpfloat_with_epsilon (json_number_value (json_object_get (json, "per_second")),
                                  16000 / median, 1e-3);
  g_assert_cmpint (integer_of (json, "peak_bytes"), >, 1 << 20);
  json_decref (json);
}

static void
test_find_lr (void)
{
  const char *project = test_program_sample ("titanic.telar");
  g_auto (TestRun) run = test_run ("train", project, "--find-lr", "--json", NULL);
  test_assert_done (run);
  json_t *lines = test_run_json_lines (&run);
  const json_t *end = json_array_get (lines, json_array_size (lines) - 1);
  double rate = json_number_value (json_object_get (end, "suggestion"));
  g_assert_cmpstr (text_of (end, "run"), ==, "titanic-find-lr-1");
  g_assert_cmpfloat (rate, >, 1e-5);
  g_assert_cmpfloat (rate, <, 1);
  g_assert_cmpuint (json_array_size (json_object_get (end, "curve")), >, 50);
  json_decref (lines);
  g_auto (TestRun) shown = test_run ("runs", "show", "titanic-find-lr-1", NULL);
  test_assert_done (shown);
  g_auto (TestRun) both = test_run ("train", "--resume", "a", "--find-lr", NULL);
  test_assert_fails (both, 2, "exclude each other");
}

/* The loss of the last epoch. */
static double
trained_loss (const char *batch, const char *accumulate)
{
  g_autofree char *rows = g_strconcat ("training.batch=", batch, NULL);
  g_autofree char *batches = g_strconcat ("training.accumulate=", accumulate, NULL);
  g_auto (TestRun) run = test_run ("train", test_program_sample ("titanic.telar"), "--epochs", "3",
                                   "--set", rows, "--set", batches, "--json", NULL);
  test_assert_done (run);
  json_t *lines = test_run_json_lines (&run);
  const json_t *end = json_array_get (lines, json_array_size (lines) - 1);
  double loss = json_number_value (json_object_get (json_object_get (end, "metrics"), "val_loss"));
  json_decref (lines);
  return loss;
}

/* On the CPU too, 2 × 32 rows are 64, the 9 that remain of 713 included. */
static void
test_accumulate (void)
{
  double large = trained_loss ("64", "1"), small = trained_loss ("32", "2");
  g_assert_cmpfloat (large, >, 0);
  g_assert_cmpfloat_with_epsilon (large, small, 1e-5);
  g_assert_cmpfloat (fabs (large - trained_loss ("32", "1")), >, 1e-4);
}

/* The settings of a node's learning go by the same names as its own. */
static void
test_frozen (void)
{
  const char *project = test_program_sample ("titanic.telar");
  g_auto (TestRun) plain = test_run ("check", project, "--json", NULL);
  g_auto (TestRun) frozen =
      test_run ("check", project, "--set", "dense1.frozen=true", "--json", NULL);
  test_assert_done (plain);
  test_assert_done (frozen);
  json_t *a = test_run_json (&plain), *b = test_run_json (&frozen);
  g_assert_cmpint (integer_of (a, "parameters"), >, integer_of (b, "parameters"));
  json_decref (a);
  json_decref (b);
}

static void
test_no_device (void)
{
  g_auto (TestRun) run =
      test_run ("check", test_program_sample ("titanic.telar"), "--device", "abacus", NULL);
  test_assert_fails (run, 4, "abacus");
}

/* A step of a terabyte is refused by its plan: in a moment, by name, with nothing allocated and no
 * run recorded. */
static void
test_memory (void)
{
  static const char *const verbs[] = { "check", "train" };
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    g_auto (TestRun) run = test_run (verbs[i], test_program_sample ("digits-cnn.telar"), "--set",
                                     "conv1.filters=4096", "--set", "conv2.filters=4096", "--set",
                                     "conv2.stride=1", "--set", "conv3.filters=4096", "--set",
                                     "conv3.stride=1", "--set", "training.batch=1000000000", NULL);
    struct rusage usage;
    g_assert_cmpint (run.status, ==, 3);
    g_assert_nonnull (strstr (run.errors, "of memory and"));
    g_assert_nonnull (strstr (run.errors, "a smaller batch needs less"));
    g_assert_cmpint (getrusage (RUSAGE_CHILDREN, &usage), ==, 0);
    g_assert_cmpint (usage.ru_maxrss, <, 4 << 20); /* KiB */
  }
  g_auto (TestRun) runs = test_run ("runs", "list", "--json", NULL);
  g_assert_cmpint (runs.status, ==, 0);
  g_assert_null (strstr (runs.output, "digits-cnn"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  g_test_add_func ("/cli/usage", test_usage);
  g_test_add_func ("/cli/help", test_help);
  g_test_add_func ("/cli/operators", test_operators);
  g_test_add_func ("/cli/devices", test_devices);
  g_test_add_func ("/cli/check", test_check);
  g_test_add_func ("/cli/compile", test_compile);
  g_test_add_func ("/cli/bench", test_bench);
  g_test_add_func ("/cli/find-lr", test_find_lr);
  g_test_add_func ("/cli/accumulate", test_accumulate);
  g_test_add_func ("/cli/frozen", test_frozen);
  g_test_add_func ("/cli/no-device", test_no_device);
  g_test_add_func ("/cli/memory", test_memory);
  int status = g_test_run ();
  test_program_end ();
  return status;
}
