/* Steering a run from the command line: requests and their outcome, a replay that ends with the
 * same bits, a fork of a fork. */
#include "tests/app/program.h"

#include <string.h>

#define WAIT (20 * G_TIME_SPAN_MILLISECOND)

/* Starts a run that would take long; returns when it has taken its first steps. */
static GPid
start (const char *name, int *output)
{
  const char *arguments[] = {
    "train", test_program_sample ("titanic.telar"), "--run", name, "--epochs", "1000000", NULL
  };
  GPid pid = test_program_start (arguments, output);
  json_int_t step = 0;
  while (step < 3) {
    g_usleep (WAIT);
    g_auto (TestRun) show = test_run ("runs", "show", name, "--json", NULL);
    if (show.status != 0)
      continue;
    json_t *row = test_run_json (&show);
    step = json_integer_value (json_object_get (row, "step"));
    json_decref (row);
  }
  return pid;
}

/* The step at which the request was done. */
static json_int_t
ask (const char *run, const char *what, const char *value)
{
  const char *arguments[] = { "runs", "request", run, what, "--json", value, NULL };
  g_auto (TestRun) asked = test_run_argv (arguments);
  test_assert_done (asked);
  json_t *answer = test_run_json (&asked);
  json_int_t step = json_integer_value (json_object_get (answer, "step"));
  g_assert_cmpstr (json_string_value (json_object_get (answer, "outcome")), ==, "done");
  json_decref (answer);
  return step;
}

static const char *
checkpoint (const char *run, const char *file)
{
  g_autofree char *name = g_strdup_printf ("workspace/runs/%s/%s", run, file);
  return test_program_path (name);
}

static void
assert_same (const char *a, const char *b)
{
  g_autofree char *x = NULL, *y = NULL;
  gsize n, m;
  g_assert_true (g_file_get_contents (checkpoint (a, "checkpoint.safetensors"), &x, &n, NULL));
  g_assert_true (g_file_get_contents (checkpoint (b, "checkpoint.safetensors"), &y, &m, NULL));
  g_assert_cmpmem (x, n, y, m);
}

static void
replay (const char *run, const char *name)
{
  g_auto (TestRun) replayed = test_run ("train", "--replay", run, "--run", name, NULL);
  test_assert_done (replayed);
  assert_same (run, name);
}

/* Three live edits, one of them while it is paused; probes, which change nothing; a pause, steps, a
 * checkpoint; a fork that is
 * edited in turn. All are replayed, the replay as well. */
static void
test_replay (void)
{
  int output = -1;
  GPid pid = start ("steered", &output);
  json_int_t first = ask ("steered", "learning-rate", "0.003");
  json_int_t second = ask ("steered", "set", "training.weight_decay=0.02");
  g_assert_cmpint (second, >=, first);
  ask ("steered", "probe", "dense1");
  json_int_t paused = ask ("steered", "pause", NULL);
  ask ("steered", "probe", "columns.target");
  g_assert_cmpint (ask ("steered", "set", "training.beta1=0.8"), ==, paused);
  g_assert_cmpint (ask ("steered", "checkpoint", NULL), ==, paused);
  ask ("steered", "step", "2");
  ask ("steered", "unprobe", "dense1");
  ask ("steered", "resume", NULL);
  ask ("steered", "stop-after-epoch", NULL);
  g_assert_cmpint (test_program_wait (pid), ==, 0);
  replay ("steered", "replayed");
  replay ("replayed", "again");

  g_autofree char *place = g_strdup_printf ("steered:%d", (int)paused);
  g_auto (TestRun) fork = test_run ("train", "--fork", place, "--run", "fork", "--set",
                                    "training.learning_rate=0.001", "--epochs", "400", NULL);
  test_assert_done (fork);
  g_assert_true (g_file_test (checkpoint ("fork", "fork.safetensors"), G_FILE_TEST_EXISTS));
  replay ("fork", "fork-replayed");
  for (guint i = 0; i < 2; i++) { /* where it comes from is told, of its replay too */
    g_auto (TestRun) show = test_run ("runs", "show", i ? "fork-replayed" : "fork", "--json", NULL);
    json_t *row = test_run_json (&show);
    g_assert_cmpstr (json_string_value (json_object_get (row, "parent")), ==, "steered");
    g_assert_cmpint (json_integer_value (json_object_get (row, "parent_step")), ==, paused);
    json_decref (row);
  }
}

static void
test_refused (void)
{
  static const struct {
    const char *what, *value, *message;
    int status;
  } cases[] = {
    { "jump", NULL, "a run can be asked to", 2 },
    { "learning-rate", NULL, "takes a value", 2 },
    { "learning-rate", "fast", "is no number", 2 },
    { "learning-rate", "0", "must be above 0", 2 },
    { "pause", "1", "takes nothing more", 2 },
    { "set", "units", "written NODE.PARAM=VALUE", 2 },
    { "probe", NULL, "takes a value", 2 },
    { "unprobe", "", "the wire is written NODE", 2 },
    { "pause", NULL, "not in progress", 1 },
  };
  g_auto (TestRun) trained = test_run ("train", test_program_sample ("titanic.telar"), "--run",
                                       "short", "--epochs", "1", NULL);
  test_assert_done (trained);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *arguments[] = { "runs", "request", "short", cases[i].what, cases[i].value, NULL };
    g_auto (TestRun) run = test_run_argv (arguments);
    test_assert_fails (run, cases[i].status, cases[i].message);
  }
  g_auto (TestRun) both = test_run ("train", "--replay", "short", "--fork", "short", NULL);
  test_assert_fails (both, 2, "exclude each other");
  g_auto (TestRun) none = test_run ("train", "--fork", "short:7", NULL);
  test_assert_fails (none, 3, "has no checkpoint of step 7");
  g_auto (TestRun) unknown = test_run ("train", "--replay", "nobody", NULL);
  test_assert_fails (unknown, 3, "nobody");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  g_test_add_func ("/steer/replay", test_replay);
  g_test_add_func ("/steer/refused", test_refused);
  int status = g_test_run ();
  test_program_end ();
  return status;
}
