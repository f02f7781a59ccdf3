/* What recording costs the training: nanoseconds of one telar_monitor_scalar call, at a pace that
 * training reaches and as fast as it can be called (when the ring fills and the call waits), and
 * how many scalars a second the store takes. A line of JSON for each. */
#include "insight/store.h"

#include <stdio.h>
#include <stdlib.h>

#define TAGS 4

static TelarMonitor *
start (const char *workspace, const char *run)
{
  TelarRecording recording = { .run = run, .graph = "", .settings = "{}" };
  TelarRunInfo info = { .run = run, .device = "cpu", .steps_per_epoch = 1000, .epochs = 100 };
  g_autoptr (GError) error = NULL;
  TelarMonitor *monitor = telar_recorder_new (workspace, &recording, &error);

  if (monitor == NULL) {
    fprintf (stderr, "%s\n", error->message);
    exit (1);
  }
  telar_monitor_begin (monitor, &info);
  return monitor;
}

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return x < y ? -1 : x > y;
}

/* @steps steps of TAGS scalars with @pause_us between them; prints the median and the slowest step.
 */
static void
measure (const char *workspace, const char *run, int steps, guint pause_us)
{
  static const char *const tags[TAGS] = { "loss", "accuracy", "learning_rate", "gradient_norm" };
  g_autofree gint64 *cost = g_new (gint64, (gsize)steps);
  TelarMonitor *monitor = start (workspace, run);
  gint64 begin = g_get_monotonic_time ();

  for (int step = 1; step <= steps; step++) {
    struct timespec before, after;
    clock_gettime (CLOCK_MONOTONIC, &before);
    for (int i = 0; i < TAGS; i++)
      telar_monitor_scalar (monitor, tags[i], step, 1.0 / step);
    clock_gettime (CLOCK_MONOTONIC, &after);
    cost[step - 1] = (after.tv_sec - before.tv_sec) * 1000000000 + (after.tv_nsec - before.tv_nsec);
    if (pause_us > 0)
      g_usleep (pause_us);
  }
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  double seconds = (double)(g_get_monotonic_time () - begin) / 1e6;
  telar_monitor_free (monitor);

  qsort (cost, (size_t)steps, sizeof *cost, compare);
  printf ("{\"run\":\"%s\",\"median_ns\":%.1f,\"slowest_us\":%.1f,\"per_second\":%.0f}\n", run,
          (double)cost[steps / 2] / TAGS, (double)cost[steps - 1] / 1000, steps * TAGS / seconds);
}

int
main (void)
{
  g_autofree char *workspace = g_dir_make_tmp ("telar-bench-XXXXXX", NULL);
  const char *remove[] = { "rm", "-rf", workspace, NULL };

  measure (workspace, "paced", 5000, 200);
  measure (workspace, "flat-out", 250000, 0);
  g_spawn_sync (NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  return 0;
}
