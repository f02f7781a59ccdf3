/* The recorder's process dies without a word, at any moment: the store stays whole, what was
 * committed stays, and the run is known to be lost. */
#include "insight/store-private.h"
#include "tests/insight/workspace.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS 20

/* Records until it is killed: @tag by tag, so that one step is in both or in the first. */
static G_GNUC_NORETURN void
record_for_ever (const char *workspace, const char *run, gint64 first_step)
{
  TelarMonitor *monitor = first_step == 0 ? workspace_record (workspace, run, 1000)
                                          : workspace_resume (workspace, run, 1000, first_step);

  for (gint64 step = first_step + 1;; step++) {
    telar_monitor_scalar (monitor, "loss", step, value_at (step));
    telar_monitor_scalar (monitor, "accuracy", step, value_at (step));
    if (step % 50 == 0)
      g_usleep (100);
  }
}

static pid_t
start (const char *workspace, const char *run, gint64 first_step)
{
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    record_for_ever (workspace, run, first_step);
  return pid;
}

static void
kill_and_reap (pid_t pid)
{
  int status;

  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
}

/* The points from step 1 on, each with its value and none missing; returns how many. */
static gint64
count_whole (TelarStore *store, gint64 run, const char *tag)
{
  g_autoptr (GArray) points = workspace_points (store, run, tag, 0);

  for (guint i = 0; i < points->len; i++) {
    g_assert_cmpint (g_array_index (points, TelarPoint, i).step, ==, i + 1);
    g_assert_cmpfloat (g_array_index (points, TelarPoint, i).value, ==, value_at (i + 1));
  }
  return points->len;
}

/* Watches until @n points are there; returns how many have been seen. */
static gint64
watch (const char *workspace, const char *run, gint64 n)
{
  g_autoptr (TelarStore) store = NULL;
  gint64 seen = 0;

  while (seen < n) {
    g_usleep (1000);
    if (store == NULL)
      store = telar_store_open (workspace, FALSE, NULL);
    g_autoptr (TelarRunRow) row = store != NULL ? telar_store_find_run (store, run, NULL) : NULL;
    if (row != NULL)
      seen = count_whole (store, row->id, "loss");
  }
  return seen;
}

static void
check_after_kill (const char *workspace, const char *run, gint64 seen)
{
  workspace_check_integrity (workspace);
  g_autoptr (TelarStore) store = workspace_open (workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, run);
  g_assert_cmpstr (row->status, ==, "lost");

  gint64 losses = count_whole (store, row->id, "loss");
  gint64 accuracies = count_whole (store, row->id, "accuracy");
  g_assert_cmpint (losses, >=, seen);
  /* A commit may fall between the two scalars of a step. */
  g_assert_true (losses == accuracies || losses == accuracies + 1);
}

static void
test_kill (void)
{
  g_autofree char *workspace = workspace_new ();

  for (int i = 0; i < KILLS; i++) {
    g_autofree char *run = g_strdup_printf ("run-%d", i);
    pid_t pid = start (workspace, run, 0);
    gint64 seen = watch (workspace, run, g_test_rand_int_range (1, 9000));
    g_usleep ((gulong)g_test_rand_int_range (0, 30000));
    kill_and_reap (pid);
    check_after_kill (workspace, run, seen);
  }
  workspace_remove (workspace);
}

static void
test_kill_and_resume (void)
{
  g_autofree char *workspace = workspace_new ();
  pid_t pid = start (workspace, "r", 0);

  watch (workspace, "r", 6000);
  kill_and_reap (pid);
  pid = start (workspace, "r", 4500);
  watch (workspace, "r", 10000);
  kill_and_reap (pid);
  check_after_kill (workspace, "r", 10000);
  workspace_remove (workspace);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insight/crash/kill", test_kill);
  g_test_add_func ("/insight/crash/kill-and-resume", test_kill_and_resume);
  return g_test_run ();
}
