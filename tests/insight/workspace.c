/* A workspace in a temporary folder, recordings into it, and what can be said about them. */
#include "tests/insight/workspace.h"

#include "engine/graph.h"
#include "insight/store-private.h"

#include <glib/gstdio.h>
#include <math.h>

char *
workspace_new (void)
{
  GError *error = NULL;
  char *workspace = g_dir_make_tmp ("telar-insight-XXXXXX", &error);

  g_assert_no_error (error);
  return workspace;
}

void
workspace_remove (const char *workspace)
{
  const char *argv[] = { "rm", "-rf", workspace, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

static TelarMonitor *
record_as (const char *workspace, const char *run, const char *settings, gint64 steps_per_epoch,
           gint64 first_step)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  g_autofree char *text = telar_graph_to_text (graph);
  TelarRecording recording = { .run = run,
                               .project = "/tmp/digits.telar",
                               .graph = text,
                               .settings = settings,
                               .resume = first_step >= 0 };
  TelarRunInfo info = { .run = run,
                        .device = "cpu",
                        .threads = 2,
                        .steps_per_epoch = steps_per_epoch,
                        .epochs = 10,
                        .parameters = 1234,
                        .seed = 18446744073709551615u,
                        .first_step = MAX (first_step, 0) };
  GError *error = NULL;
  TelarMonitor *monitor = telar_recorder_new (workspace, &recording, &error);

  g_assert_no_error (error);
  telar_monitor_begin (monitor, &info);
  return monitor;
}

static TelarMonitor *
record (const char *workspace, const char *run, gint64 steps_per_epoch, gint64 first_step)
{
  return record_as (workspace, run, "{\"epochs\":10}", steps_per_epoch, first_step);
}

void
workspace_record_search (const char *workspace)
{
  static const char *const optimizers[] = { "adam", "sgd" };

  for (guint i = 0; i < 12; i++) {
    double rate = pow (10, -1 - i / 4.0), loss = 0.2 + fabs (i - 5.0) / 10 + 0.05 * (i % 2);
    g_autofree char *name = g_strdup_printf ("search-%02u", i);
    g_autofree char *settings =
        g_strdup_printf ("{\"learning_rate\": %g, \"optimizer\": \"%s\", \"batch_size\": %u}", rate,
                         optimizers[i % 2], 32u << i % 3);
    TelarMonitor *monitor = record_as (workspace, name, settings, 10, -1);
    TelarMetricValue metrics[] = { { "loss", loss },
                                   { "val_loss", loss * 1.1 },
                                   { "val_accuracy", 1 - loss } };
    telar_monitor_epoch (monitor, 1, 10, metrics, G_N_ELEMENTS (metrics));
    telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
    telar_monitor_free (monitor);
  }
}

TelarMonitor *
workspace_record (const char *workspace, const char *run, gint64 steps_per_epoch)
{
  return record (workspace, run, steps_per_epoch, -1);
}

TelarMonitor *
workspace_resume (const char *workspace, const char *run, gint64 steps_per_epoch, gint64 first_step)
{
  return record (workspace, run, steps_per_epoch, first_step);
}

TelarStore *
workspace_open (const char *workspace)
{
  GError *error = NULL;
  TelarStore *store = telar_store_open (workspace, FALSE, &error);

  g_assert_no_error (error);
  return store;
}

TelarRunRow *
workspace_run (TelarStore *store, const char *run)
{
  GError *error = NULL;
  TelarRunRow *row = telar_store_find_run (store, run, &error);

  g_assert_no_error (error);
  return row;
}

GArray *
workspace_points (TelarStore *store, gint64 run, const char *tag, gint64 after)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  GError *error = NULL;

  telar_store_read (store, run, tag, after, points, &error);
  g_assert_no_error (error);
  return points;
}

void
workspace_check_integrity (const char *workspace)
{
  g_autoptr (TelarStore) store = workspace_open (workspace);
  GError *error = NULL;
  sqlite3_stmt *statement = telar_store_query (store, &error, "PRAGMA integrity_check", "");

  g_assert_no_error (error);
  g_assert_true (telar_store_next (store, statement, &error));
  g_assert_cmpstr ((const char *)sqlite3_column_text (statement, 0), ==, "ok");
  sqlite3_reset (statement);
}

double
value_at (gint64 step)
{
  return sin ((double)step) / (double)(step + 1);
}
