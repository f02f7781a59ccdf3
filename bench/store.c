/* A large workspace: 100 million points, 12,000 tags in a run, 1,000 runs.
 *
 *   bench-store FOLDER     prints a line of JSON for each measurement; a workspace that is there
 *                          already is measured as it is */
#include "insight/bulk.h"
#include "insight/cut.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS        1000
#define BIG_CURVES  10
#define BIG_POINTS  10000000 /* of each */
#define TAGS        12000
#define TAG_POINTS  10
#define WIDTH       1000 /* columns of a chart */
#define ZOOM_FRAMES 120

static void
check (const GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static void
add_curve (TelarBulk *bulk, const char *name, gint64 points)
{
  g_autoptr (GError) error = NULL;
  TelarBulkTag *tag = telar_bulk_tag (bulk, name, strlen (name), &error);

  check (error);
  for (gint64 step = 0; step < points; step++) {
    TelarWallPoint point = { step, 1764321000.0 + 0.01 * (double)step,
                             sin ((double)step / 1e5) + (double)(step % 97) / 97 };
    telar_bulk_add (bulk, tag, &point, &error);
    check (error);
  }
}

static void
make_run (TelarStore *store, const char *name, const char *prefix, int curves, gint64 points)
{
  TelarRecording recording = { .run = name, .settings = "{\"learning_rate\":0.1}" };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarBulk) bulk = telar_bulk_new (store, &recording, &error);
  TelarBulkEnd end = { .status = TELAR_RUN_DONE };
  TelarBulkSummary summary;

  check (error);
  for (int i = 0; i < curves; i++) {
    g_autofree char *tag = g_strdup_printf ("%s-%05d", prefix, i);
    add_curve (bulk, tag, points);
  }
  telar_bulk_finish (bulk, &end, &summary, &error);
  check (error);
}

static void
make_workspace (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (folder, TRUE, &error);

  check (error);
  for (int i = 0; i < RUNS - 2; i++) {
    g_autofree char *name = g_strdup_printf ("small-%d", i);
    make_run (store, name, "loss", 2, 10);
  }
  make_run (store, "many", "layer/weight", TAGS, TAG_POINTS);
  make_run (store, "long", "curve", BIG_CURVES, BIG_POINTS);
}

static void
report (const char *work, gint64 begin)
{
  printf ("{\"work\":\"%s\",\"ms\":%.3f}\n", work,
          (double)(g_get_monotonic_time () - begin) / G_TIME_SPAN_MILLISECOND);
}

static guint
columns_of (TelarStore *store, gint64 run, const char *tag, gint64 from, gint64 to)
{
  TelarStretch stretch = { run, tag, from, to };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarCut) cut = telar_cut_read (store, &stretch, WIDTH, &error);

  check (error);
  return cut->columns->len;
}

static gint64
find (TelarStore *store, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarRunRow) row = telar_store_find_run (store, name, &error);

  check (error);
  return row->id;
}

/* What a window does when it opens: the runs, the tags of the newest, all its curves. */
static TelarStore *
measure_opening (const char *folder)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  TelarStore *store = telar_store_open (folder, FALSE, &error);
  g_autoptr (GPtrArray) runs = store != NULL ? telar_store_runs (store, &error) : NULL;
  g_autoptr (GPtrArray) tags =
      runs != NULL ? telar_store_tags (store, find (store, "long"), &error) : NULL;

  check (error);
  g_assert (tags->len == BIG_CURVES);
  gint64 run = find (store, "long");
  for (guint i = 0; i < tags->len; i++)
    g_assert (columns_of (store, run, ((TelarTag *)tags->pdata[i])->name, 0, BIG_POINTS) == WIDTH);
  report ("100 million points opened", begin);
  return store;
}

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return x < y ? -1 : x > y;
}

static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static double
percentile (gint64 *costs, int percent)
{
  return (double)costs[(ZOOM_FRAMES - 1) * percent / 100] / 1000;
}

/* Into the middle and out again, each frame read from the store at the full resolution. */
static void
measure_zoom (TelarStore *store)
{
  gint64 run = find (store, "long"), costs[ZOOM_FRAMES], cpu[ZOOM_FRAMES];

  for (int i = 0; i < ZOOM_FRAMES; i++) {
    double part = pow (1e-4, 1 - fabs (2.0 * i / ZOOM_FRAMES - 1));
    gint64 half = (gint64)(BIG_POINTS / 2 * part);
    gint64 begin = g_get_monotonic_time (), begin_cpu = cpu_time ();
    columns_of (store, run, "curve-00000", BIG_POINTS / 2 - half, BIG_POINTS / 2 + half);
    costs[i] = g_get_monotonic_time () - begin;
    cpu[i] = cpu_time () - begin_cpu;
  }
  qsort (costs, ZOOM_FRAMES, sizeof *costs, compare);
  qsort (cpu, ZOOM_FRAMES, sizeof *cpu, compare);
  printf ("{\"work\":\"a frame of zoom over 100 million points\",\"ms\":%.3f,\"p99_ms\":%.3f,"
          "\"cpu_ms\":%.3f,\"cpu_p99_ms\":%.3f}\n",
          percentile (costs, 50), percentile (costs, 99), percentile (cpu, 50),
          percentile (cpu, 99));
}

int
main (int argc, char **argv)
{
  if (argc != 2)
    g_error ("usage: %s FOLDER", argv[0]);
  if (!telar_store_exists (argv[1]))
    make_workspace (argv[1]);
  g_autoptr (TelarStore) store = measure_opening (argv[1]);
  g_autoptr (GError) error = NULL;

  gint64 many = find (store, "many"), begin = g_get_monotonic_time ();
  g_autoptr (GPtrArray) tags = telar_store_tags (store, many, &error);
  check (error);
  g_assert (tags->len == TAGS);
  report ("12,000 tags listed", begin);

  begin = g_get_monotonic_time ();
  g_autoptr (GPtrArray) runs = telar_store_runs (store, &error);
  check (error);
  g_assert (runs->len == RUNS);
  report ("1,000 runs listed", begin);
  measure_zoom (store);
  return 0;
}
