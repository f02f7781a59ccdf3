/* The recorder: what it is told arrives in the store, soon and whole; requests arrive at it. */
#include "insight/store-private.h"
#include "tests/insight/workspace.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char *workspace;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->workspace = workspace_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  workspace_remove (fixture->workspace);
  g_free (fixture->workspace);
}

static void
assert_points (TelarStore *store, gint64 run, const char *tag, gint64 from, gint64 to)
{
  g_autoptr (GArray) points = workspace_points (store, run, tag, 0);

  g_assert_cmpint (points->len, ==, to - from + 1);
  for (guint i = 0; i < points->len; i++) {
    const TelarPoint *point = &g_array_index (points, TelarPoint, i);
    g_assert_cmpint (point->step, ==, from + i);
    g_assert_cmpfloat (point->value, ==, value_at (point->step));
    g_assert_cmpint (point->time, <=, g_get_real_time ());
  }
}

static void
record_steps (TelarMonitor *monitor, const char *tag, gint64 from, gint64 to)
{
  for (gint64 step = from; step <= to; step++)
    telar_monitor_scalar (monitor, tag, step, value_at (step));
}

static const TelarEventRow *
find_event (const GPtrArray *events, const char *kind)
{
  for (guint i = 0; i < events->len; i++) {
    const TelarEventRow *event = g_ptr_array_index (events, i);
    if (g_str_equal (event->kind, kind))
      return event;
  }
  return NULL;
}

static void
test_whole_run (Fixture *fixture, gconstpointer data)
{
  TelarMetricValue metrics[] = {
    { "loss", 0.25 }, { "val_loss", value_at (100) }, { "val_accuracy", NAN }, { "odd \"name", 1 }
  };
  g_autofree char *path = g_build_filename (fixture->workspace, "runs/r/c.safetensors", NULL);
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 100);

  record_steps (monitor, "loss", 1, 100);
  telar_monitor_epoch (monitor, 1, 100, metrics, G_N_ELEMENTS (metrics));
  telar_monitor_checkpoint (monitor, 100, path);
  telar_monitor_event (monitor, 100, "early_stop", "no better for 3 epochs");
  telar_monitor_end (monitor, TELAR_RUN_DONE, "all well");

  /* The end has been waited for: another connection sees all of it at once. */
  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  g_assert_cmpstr (row->status, ==, "done");
  g_assert_cmpstr (row->message, ==, "all well");
  g_assert_cmpstr (row->device, ==, "cpu");
  g_assert_cmpstr (row->project, ==, "/tmp/digits.telar");
  g_assert_cmpstr (row->checkpoint, ==, path);
  g_assert_cmpint (row->step, ==, 100);
  g_assert_cmpint (row->epoch, ==, 1);
  g_assert_cmpint (row->epochs, ==, 10);
  g_assert_cmpint (row->steps_per_epoch, ==, 100);
  g_assert_cmpint (row->parameters, ==, 1234);
  g_assert_true (row->seed == G_MAXUINT64);
  g_assert_cmpint (row->ended, >=, row->started);
  g_assert_cmpint (row->ended, <=, g_get_real_time ());
  g_assert_nonnull (strstr (row->metrics, "\"loss\":0.25"));
  g_assert_nonnull (strstr (row->metrics, "\"val_accuracy\":null"));
  g_assert_nonnull (strstr (row->metrics, "\"odd \\\"name\":1.0"));

  /* The loss is fed by step: the epoch's mean is no point of it. */
  assert_points (store, row->id, "loss", 1, 100);
  assert_points (store, row->id, "val_loss", 100, 100);
  g_autoptr (GPtrArray) tags = telar_store_tags (store, row->id, NULL);
  g_assert_cmpuint (tags->len, ==, 4);

  g_autoptr (GPtrArray) events = telar_store_events (store, row->id, 0, NULL);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_nonnull (find_event (events, "checkpoint"));
  const TelarEventRow *stop = find_event (events, "early_stop");
  g_assert_cmpstr (stop->text, ==, "no better for 3 epochs");
  g_assert_cmpint (stop->step, ==, 100);
  g_autoptr (GPtrArray) newer = telar_store_events (store, row->id, stop->id, NULL);
  g_assert_cmpuint (newer->len, ==, 0);
  telar_monitor_free (monitor);
}

static void
tell_figure (TelarMonitor *monitor, const char *name, gint64 step, double first)
{
  const double values[] = { first, 2, 0, 4 };
  const TelarShape shape = telar_shape (2, 2);
  g_autoptr (TelarTensor) tensor =
      telar_tensor_wrap (TELAR_F64, &shape, (gpointer)values, NULL, NULL);
  telar_monitor_figure (monitor, name, step, tensor);
}

static void
assert_figure (GPtrArray *figures, guint i, const char *name, gint64 step, const char *values)
{
  const TelarFigureRow *figure = g_ptr_array_index (figures, i);
  g_assert_cmpstr (figure->name, ==, name);
  g_assert_cmpint (figure->step, ==, step);
  g_assert_cmpstr (figure->values, ==, values);
}

/* What a resumed run computes again is taken away. */
static void
test_figures (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 100);
  tell_figure (monitor, "val_matrix", 100, 1);
  tell_figure (monitor, "matrix", 100, 5);
  tell_figure (monitor, "matrix", 200, 7);
  telar_monitor_end (monitor, TELAR_RUN_STOPPED, NULL);
  telar_monitor_free (monitor);

  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  g_autoptr (GPtrArray) figures = telar_store_figures (store, row->id, NULL);
  g_assert_cmpuint (figures->len, ==, 2);
  assert_figure (figures, 0, "matrix", 200, "[[7,2],[0,4]]");
  assert_figure (figures, 1, "val_matrix", 100, "[[1,2],[0,4]]");

  g_assert_true (telar_store_truncate_figures (store, row->id, 100, NULL));
  g_autoptr (GPtrArray) rest = telar_store_figures (store, row->id, NULL);
  g_assert_cmpuint (rest->len, ==, 2);
  assert_figure (rest, 0, "matrix", 100, "[[5,2],[0,4]]");
  assert_figure (rest, 1, "val_matrix", 100, "[[1,2],[0,4]]");
  g_assert_true (telar_store_delete_run (store, row->id, NULL));
  g_autoptr (GPtrArray) none = telar_store_figures (store, row->id, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_compaction_boundaries (Fixture *fixture, gconstpointer data)
{
  static const gint64 counts[] = { 1, 4095, 4096, 4097, 8192, 10000 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    g_autofree char *name = g_strdup_printf ("r%u", i);
    gint64 tag, last, tail;
    TelarMonitor *monitor = workspace_record (fixture->workspace, name, 1000);
    record_steps (monitor, "loss", 1, counts[i]);
    telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
    telar_monitor_free (monitor);

    g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
    g_autoptr (TelarRunRow) row = workspace_run (store, name);
    assert_points (store, row->id, "loss", 1, counts[i]);
    g_assert_true (telar_store_tag (store, row->id, "loss", &tag, NULL));
    g_assert_true (telar_store_tag_state (store, tag, &last, &tail, NULL));
    /* What comes thick and fast goes into chunks at once; rows never grow beyond one. */
    g_assert_cmpint (tail, <, TELAR_CHUNK_POINTS);
    g_assert_cmpint (last, ==, counts[i]);
  }
}

/* More than the ring holds: nothing is lost, the training waits. */
static void
test_full_ring (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 1000);

  record_steps (monitor, "loss", 1, 150000);
  record_steps (monitor, "accuracy", 1, 150000);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);

  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  assert_points (store, row->id, "loss", 1, 150000);
  assert_points (store, row->id, "accuracy", 1, 150000);
}

static gpointer
release_lock (gpointer store)
{
  g_usleep (400 * 1000);
  telar_store_finish (store, TRUE, NULL);
  return NULL;
}

/* A writer elsewhere holds the lock: the ring fills, training waits, and the store says so. */
static void
test_waiting_is_noted (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 1000);
  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (GError) error = NULL;

  g_assert_true (telar_store_begin (store, &error));
  GThread *thread = g_thread_new ("release", release_lock, store);
  /* More than the ring takes: this returns only because the lock is released. */
  record_steps (monitor, "loss", 1, 100000);
  g_thread_join (thread);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);

  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  assert_points (store, row->id, "loss", 1, 100000);
  g_autoptr (GPtrArray) events = telar_store_events (store, row->id, 0, &error);
  const TelarEventRow *event = find_event (events, "recorder");
  g_assert_nonnull (event);
  g_assert_nonnull (strstr (event->text, "slower"));
}

static void
test_misordered (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 1000);

  record_steps (monitor, "loss", 1, 10);
  record_steps (monitor, "loss", 9, 12);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);

  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  assert_points (store, row->id, "loss", 1, 12);
  g_autoptr (GPtrArray) events = telar_store_events (store, row->id, 0, NULL);
  g_assert_cmpuint (events->len, ==, 1);
  g_assert_nonnull (find_event (events, "recorder"));
}

/* --- while it goes on -------------------------------------------------------------------- */

static gpointer
train (gpointer data)
{
  TelarMonitor *monitor = data;

  for (gint64 step = 1; step <= 9000; step++) {
    telar_monitor_scalar (monitor, "loss", step, value_at (step));
    if (step % 10 == 0)
      g_usleep (300);
  }
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  return NULL;
}

/* A reader beside the writer, across compactions, gets each point once and in order. */
static void
test_follow (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 1000);
  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  g_autoptr (GError) error = NULL;
  guint n_reads = 0;

  GThread *thread = g_thread_new ("train", train, monitor);
  gint64 version = telar_store_version (store);
  while (points->len < 9000) {
    gint64 now = telar_store_version (store);
    gint64 after = points->len == 0 ? 0 : g_array_index (points, TelarPoint, points->len - 1).step;
    if (now == version) {
      g_usleep (1000);
      continue;
    }
    version = now;
    n_reads++;
    g_assert_true (telar_store_read (store, row->id, "loss", after, points, &error));
    g_assert_no_error (error);
  }
  g_thread_join (thread);
  telar_monitor_free (monitor);
  for (guint i = 0; i < points->len; i++)
    g_assert_cmpint (g_array_index (points, TelarPoint, i).step, ==, i + 1);
  g_assert_cmpuint (n_reads, >, 3);
}

static TelarRequest
wait_for_request (TelarMonitor *monitor)
{
  TelarRequest request;

  while (!telar_monitor_poll (monitor, &request))
    g_usleep (1000);
  return request;
}

static void
wait_for_status (TelarStore *store, const char *status)
{
  for (;;) {
    g_autoptr (TelarRunRow) row = workspace_run (store, "r");
    if (g_str_equal (row->status, status))
      return;
    g_usleep (1000);
  }
}

static void
test_requests (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 1000);
  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  g_autoptr (GError) error = NULL;
  TelarRequest request;

  g_assert_false (telar_monitor_poll (monitor, &request));
  g_assert_true (telar_store_request (store, row->id, TELAR_REQUEST_PAUSE, 0, &error));
  g_assert_true (telar_store_request (store, row->id, TELAR_REQUEST_LEARNING_RATE, 0.5, &error));

  request = wait_for_request (monitor);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_PAUSE);
  telar_monitor_event (monitor, 7, "paused", NULL);
  telar_monitor_answer (monitor, &request, 7, "done");
  wait_for_status (store, "paused");

  request = wait_for_request (monitor);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_LEARNING_RATE);
  g_assert_cmpfloat (request.value, ==, 0.5);
  telar_monitor_event (monitor, 7, "resumed", NULL);
  wait_for_status (store, "running");
  /* Each comes once. */
  g_assert_false (telar_monitor_poll (monitor, &request));
  telar_monitor_end (monitor, TELAR_RUN_STOPPED, NULL);
  g_assert_false (telar_store_request (store, row->id, TELAR_REQUEST_STOP, 0, &error));

  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (TelarRequest));
  g_assert_true (telar_store_waiting_requests (store, row->id, 0, waiting, NULL));
  g_assert_cmpuint (waiting->len, ==, 0);
  telar_monitor_free (monitor);
}

/* --- beginning and ending ---------------------------------------------------------------- */

static void
test_no_end (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 1000);
  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);

  record_steps (monitor, "loss", 1, 5);
  telar_monitor_free (monitor);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  g_assert_cmpstr (row->status, ==, "failed");
  g_assert_nonnull (row->message);
  assert_points (store, row->id, "loss", 1, 5);
}

static void
test_resume (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TelarRecording nobody = { .run = "nobody", .resume = TRUE };
  TelarRecording taken = { .run = "r" };
  TelarRecording running = { .run = "r", .resume = TRUE };
  TelarMonitor *monitor = workspace_record (fixture->workspace, "r", 1000);

  record_steps (monitor, "loss", 1, 6000);
  telar_monitor_event (monitor, 4000, "learning_rate", "before");
  telar_monitor_event (monitor, 5500, "learning_rate", "beyond");
  g_assert_null (telar_recorder_new (fixture->workspace, &running, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
  g_clear_error (&error);
  telar_monitor_end (monitor, TELAR_RUN_STOPPED, "asked to");
  telar_monitor_free (monitor);

  g_assert_null (telar_recorder_new (fixture->workspace, &nobody, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (telar_recorder_new (fixture->workspace, &taken, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);

  monitor = workspace_resume (fixture->workspace, "r", 1000, 5000);
  record_steps (monitor, "loss", 5001, 5600);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);

  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  assert_points (store, row->id, "loss", 1, 5600);
  g_assert_cmpstr (row->status, ==, "done");
  g_assert_cmpint (row->step, ==, 5600);
  g_assert_null (row->message);
  g_autoptr (GPtrArray) events = telar_store_events (store, row->id, 0, NULL);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpstr (find_event (events, "learning_rate")->text, ==, "before");
  g_assert_cmpint (find_event (events, "resumed")->step, ==, 5000);
}

/* Two trainers in one workspace, each with its own writer. */
static void
test_two_at_once (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *first = workspace_record (fixture->workspace, "a", 1000);
  TelarMonitor *second = workspace_record (fixture->workspace, "b", 1000);
  GThread *one = g_thread_new ("one", train, first), *two = g_thread_new ("two", train, second);

  g_thread_join (one);
  g_thread_join (two);
  telar_monitor_free (first);
  telar_monitor_free (second);
  g_autoptr (TelarStore) store = workspace_open (fixture->workspace);
  g_autoptr (TelarRunRow) a = workspace_run (store, "a");
  g_autoptr (TelarRunRow) b = workspace_run (store, "b");
  assert_points (store, a->id, "loss", 1, 9000);
  assert_points (store, b->id, "loss", 1, 9000);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/insight/recorder/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whole-run", test_whole_run);
  ADD ("figures", test_figures);
  ADD ("compaction-boundaries", test_compaction_boundaries);
  ADD ("full-ring", test_full_ring);
  ADD ("waiting-is-noted", test_waiting_is_noted);
  ADD ("misordered", test_misordered);
  ADD ("follow", test_follow);
  ADD ("requests", test_requests);
  ADD ("no-end", test_no_end);
  ADD ("resume", test_resume);
  ADD ("two-at-once", test_two_at_once);
  return g_test_run ();
}
