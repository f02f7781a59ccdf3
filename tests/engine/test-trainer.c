/* The trainer on the reference device: it learns, it obeys, it gives the same bits again, and a run
 * taken up from a checkpoint ends as if it had never stopped. */
#include "engine/checkpoint.h"
#include "engine/trainer.h"
#include "sample-feed.h"
#include "sample-operators.h"
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* --- a listener ---------------------------------------------------------------------------------
 */

typedef struct {
  TelarMonitor base;
  GString *log;   /* everything told, one line each */
  GArray *losses; /* double */
  gint64 first_step, parameters;
  guint polls;
  const TelarRequest *requests; /* the value of .id is the poll at which each comes */
  guint n_requests, next_request;
  int *interrupt;
  gint64 interrupt_step;
} Listener;

static void
listener_begin (TelarMonitor *monitor, const TelarRunInfo *info)
{
  Listener *listener = (Listener *)monitor;
  listener->first_step = info->first_step;
  listener->parameters = info->parameters;
}

static void
listener_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  Listener *listener = (Listener *)monitor;
  g_string_append_printf (listener->log, "%s %d %a\n", tag, (int)step, value);
  if (strcmp (tag, "loss") == 0)
    g_array_append_val (listener->losses, value);
  if (listener->interrupt && step == listener->interrupt_step)
    *listener->interrupt = 1;
}

static void
listener_epoch (TelarMonitor *monitor, gint64 epoch, gint64 step, const TelarMetricValue *metrics,
                guint n_metrics)
{
  Listener *listener = (Listener *)monitor;
  g_string_append_printf (listener->log, "epoch %d %d", (int)epoch, (int)step);
  for (guint i = 0; i < n_metrics; i++)
    g_string_append_printf (listener->log, " %s=%a", metrics[i].name, metrics[i].value);
  g_string_append_c (listener->log, '\n');
}

static void
listener_event (TelarMonitor *monitor, gint64 step, const char *kind, const char *text)
{
  g_string_append_printf (((Listener *)monitor)->log, "event %s %d %s\n", kind, (int)step, text);
}

static gboolean
listener_poll (TelarMonitor *monitor, TelarRequest *request)
{
  Listener *listener = (Listener *)monitor;
  guint poll = listener->polls++;
  if (listener->next_request == listener->n_requests ||
      listener->requests[listener->next_request].id > poll)
    return FALSE;
  *request = listener->requests[listener->next_request++];
  return TRUE;
}

static void
listener_answer (TelarMonitor *monitor, const TelarRequest *request, gint64 step,
                 const char *outcome)
{
  g_string_append_printf (((Listener *)monitor)->log, "answer %d %d %s\n", (int)request->kind,
                          (int)step, outcome);
}

static void
listener_end (TelarMonitor *monitor, TelarRunStatus status, const char *message)
{
  g_string_append_printf (((Listener *)monitor)->log, "end %s %s\n", telar_run_status_name (status),
                          message ? message : "");
}

static void
listener_init (Listener *listener)
{
  static const TelarMonitorClass klass = {
    .begin = listener_begin,
    .scalar = listener_scalar,
    .epoch = listener_epoch,
    .event = listener_event,
    .poll = listener_poll,
    .answer = listener_answer,
    .end = listener_end,
  };
  memset (listener, 0, sizeof *listener);
  listener->base.klass = &klass;
  listener->log = g_string_new (NULL);
  listener->losses = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
listener_clear (Listener *listener)
{
  g_string_free (listener->log, TRUE);
  g_array_unref (listener->losses);
}

static double
loss_at (const Listener *listener, guint index)
{
  g_assert_cmpuint (index, <, listener->losses->len);
  return g_array_index (listener->losses, double, index);
}

/* --- a run --------------------------------------------------------------------------------------
 */

typedef struct {
  TelarGraph *graph;
  TelarFeed *feed;
  TelarDevice *device;
  char *folder;
  Listener listener;
  TelarTrainingResult result;
} Fixture;

/* Standardised, with batch norm and dropout: fitted states, updated buffers and randomness. */
static TelarGraph *
make_graph (void)
{
  static const char *const nodes[][2] = {
    { "t-data", "d" },       { "standardize", "std" }, { "dense", "fc1" }, { "relu", "act" },
    { "batch_norm", "bn" },  { "dropout", "drop" },    { "dense", "fc2" }, { "mse", "loss1" },
    { "mae_metric", "mae" }, { "output", "result" },
  };
  static const char *const wires[][2] = {
    { "d:image", "std" },
    { "std", "fc1" },
    { "fc1", "act" },
    { "act", "bn" },
    { "bn", "drop" },
    { "drop", "fc2" },
    { "fc2", "loss1:predictions" },
    { "d:label", "loss1:targets" },
    { "fc2", "mae:predictions" },
    { "d:label", "mae:targets" },
    { "fc2", "result" },
  };
  static const char *const settings[][2] = {
    { "fc1.units", "8" },
    { "fc2.units", "3" },
    { "drop.rate", "0.2" },
    { "training.batch", "8" },
    { "training.epochs", "4" },
    { "training.schedule", "one-cycle" },
    { "training.learning_rate", "0.05" },
    { "seed", "3" },
    { "training.clip_norm", "5" },
  };
  TelarGraph *graph = telar_graph_new ();
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    test_graph_add (graph, nodes[i][0], nodes[i][1]);
  for (guint i = 0; i < G_N_ELEMENTS (wires); i++)
    test_graph_wire (graph, wires[i][0], wires[i][1]);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    g_assert_true (telar_graph_set (graph, settings[i][0], settings[i][1], NULL));
  return graph;
}

static void
set_up (Fixture *f)
{
  f->graph = make_graph ();
  f->feed = sample_feed_new (10);
  f->device = telar_device_ref_new ();
  f->folder = g_dir_make_tmp ("telar-XXXXXX", NULL);
  listener_init (&f->listener);
  memset (&f->result, 0, sizeof f->result);
}

static void
tear_down (Fixture *f)
{
  static const char *const files[] = { "checkpoint.safetensors", "best.safetensors" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (f->folder, files[i], NULL);
    g_unlink (path);
  }
  /* Fails when something else was left behind. */
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  telar_training_result_clear (&f->result);
  listener_clear (&f->listener);
  telar_device_free (f->device);
  telar_feed_free (f->feed);
  telar_graph_free (f->graph);
}

static void
set (Fixture *f, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  telar_graph_set (f->graph, path, value, &error);
  g_assert_no_error (error);
}

static gboolean
try_train (Fixture *f, const char *resume, GError **error)
{
  TelarTraining training = { .graph = f->graph,
                             .feed = f->feed,
                             .device = f->device,
                             .monitor = &f->listener.base,
                             .run = "run",
                             .folder = f->folder,
                             .resume = resume,
                             .interrupted = f->listener.interrupt };
  telar_training_result_clear (&f->result);
  return telar_train (&training, &f->result, error);
}

static void
train (Fixture *f, const char *resume)
{
  g_autoptr (GError) error = NULL;
  try_train (f, resume, &error);
  g_assert_no_error (error);
}

static double
metric (const Fixture *f, const char *name)
{
  for (guint i = 0; i < f->result.metrics->len; i++) {
    const TelarMetricValue *value = &g_array_index (f->result.metrics, TelarMetricValue, i);
    if (strcmp (value->name, name) == 0)
      return value->value;
  }
  g_error ("no metric %s", name);
}

static void
assert_same_file (const char *a, const char *b)
{
  g_autofree char *x = NULL, *y = NULL;
  gsize n, m;
  g_assert_true (g_file_get_contents (a, &x, &n, NULL));
  g_assert_true (g_file_get_contents (b, &y, &m, NULL));
  g_assert_cmpmem (x, n, y, m);
}

/* --- tests --------------------------------------------------------------------------------------
 */

static void
test_learns (void)
{
  Fixture f;
  set_up (&f);
  set (&f, "training.epochs", "30");
  train (&f, NULL);
  g_assert_cmpint (f.result.status, ==, TELAR_RUN_DONE);
  g_assert_cmpint (f.result.epochs, ==, 30);
  g_assert_cmpint (f.result.steps, ==, 30 * 5);
  g_assert_cmpuint (f.listener.losses->len, ==, 150);
  g_assert_cmpint (f.listener.parameters, ==, 4 * 8 + 8 + 8 + 8 + 8 * 3 + 3);
  g_assert_cmpfloat (metric (&f, "val_loss"), <, 0.3 * loss_at (&f.listener, 0));
  g_assert_cmpfloat (metric (&f, "val_mae"), <, 1.0);
  static const char *const names[] = { "loss", "mae", "val_loss", "val_mae", "learning_rate" };
  g_assert_cmpuint (f.result.metrics->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (g_array_index (f.result.metrics, TelarMetricValue, i).name, ==, names[i]);
  g_assert_nonnull (strstr (f.listener.log->str, "gradient_norm 150 "));

  /* The same numbers come out of an evaluation. */
  g_autoptr (GArray) metrics = g_array_new (FALSE, FALSE, sizeof (TelarMetricValue));
  g_autoptr (GError) error = NULL;
  telar_evaluate (f.graph, f.feed, TELAR_SPLIT_VALIDATION, 8, f.device, f.result.states, metrics,
                  &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (g_array_index (metrics, TelarMetricValue, 0).value, ==,
                     metric (&f, "val_loss"));
  tear_down (&f);
}

static void
test_fit (void)
{
  Fixture f;
  double mean = 0, squares = 0;
  set_up (&f);
  for (gint64 row = 0; row < SAMPLE_ROWS; row++)
    mean += (double)*sample_feed_image (f.feed, row, 2) / SAMPLE_ROWS;
  for (gint64 row = 0; row < SAMPLE_ROWS; row++) {
    double away = (double)*sample_feed_image (f.feed, row, 2) - mean;
    squares += away * away / SAMPLE_ROWS;
    *sample_feed_image (f.feed, row, 1) = 7.5f; /* a constant feature has deviation 1 */
  }
  train (&f, NULL);
  const TelarTensor *fitted = telar_states_get (f.result.states, "std.mean");
  const TelarTensor *deviation = telar_states_get (f.result.states, "std.deviation");
  g_assert_cmpfloat_with_epsilon (telar_tensor_get (fitted, 2), mean, 1e-6);
  g_assert_cmpfloat_with_epsilon (telar_tensor_get (deviation, 2), sqrt (squares), 1e-6);
  g_assert_cmpfloat (telar_tensor_get (fitted, 1), ==, 7.5);
  g_assert_cmpfloat (telar_tensor_get (deviation, 1), ==, 1.0);
  tear_down (&f);
}

/* One fit behind another: what is standardised twice has mean 0 and deviation 1 the second time. */
static void
test_fit_chain (void)
{
  Fixture f;
  set_up (&f);
  test_graph_add (f.graph, "standardize", "again");
  telar_graph_disconnect (f.graph, "fc1", 0, 0);
  test_graph_wire (f.graph, "std", "again");
  test_graph_wire (f.graph, "again", "fc1");
  train (&f, NULL);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpfloat_with_epsilon (
        telar_tensor_get (telar_states_get (f.result.states, "again.mean"), i), 0, 1e-6);
    g_assert_cmpfloat_with_epsilon (
        telar_tensor_get (telar_states_get (f.result.states, "again.deviation"), i), 1, 1e-6);
  }
  tear_down (&f);
}

static void
test_repeats (void)
{
  Fixture f, g;
  set_up (&f);
  set_up (&g);
  train (&f, NULL);
  train (&g, NULL);
  g_assert_cmpstr (f.listener.log->str, ==, g.listener.log->str);
  assert_same_file (f.result.checkpoint, g.result.checkpoint);
  set (&g, "seed", "4");
  train (&g, NULL);
  g_assert_cmpfloat (loss_at (&g.listener, 20), !=, loss_at (&f.listener, 0));
  tear_down (&f);
  tear_down (&g);
}

/* What the log says from the given step on. */
static const char *
log_from (const Listener *listener, const char *line)
{
  const char *at = strstr (listener->log->str, line);
  g_assert_nonnull (at);
  return at;
}

/* Interrupted after @step steps and taken up again: same remaining curve, same checkpoint. */
static void
check_resume (gint64 step, const char *optimizer)
{
  Fixture whole, parts;
  int interrupt = 0;
  set_up (&whole);
  set_up (&parts);
  set (&whole, "training.optimizer", optimizer);
  set (&parts, "training.optimizer", optimizer);
  set (&whole, "training.patience", "3");
  set (&parts, "training.patience", "3");
  train (&whole, NULL);

  parts.listener.interrupt = &interrupt;
  parts.listener.interrupt_step = step;
  train (&parts, NULL);
  g_assert_cmpint (parts.result.status, ==, TELAR_RUN_STOPPED);
  g_assert_cmpint (parts.result.steps, ==, step);
  interrupt = 0;
  parts.listener.interrupt = NULL;
  g_string_truncate (parts.listener.log, 0);
  g_autofree char *checkpoint = g_strdup (parts.result.checkpoint);
  train (&parts, checkpoint);
  g_assert_cmpint (parts.listener.first_step, ==, step);
  g_assert_cmpint (parts.result.status, ==, TELAR_RUN_DONE);
  g_autofree char *line = g_strdup_printf ("loss %d ", (int)step + 1);
  g_assert_cmpstr (parts.listener.log->str, ==, log_from (&whole.listener, line));
  assert_same_file (whole.result.checkpoint, parts.result.checkpoint);
  tear_down (&whole);
  tear_down (&parts);
}

static void
test_resume (void)
{
  check_resume (1, "adam");
  check_resume (7, "sgd");
  check_resume (13, "adamw");
  check_resume (19, "adam");
}

/* A checkpoint written on the way is as good as one of a stop: this is what SIGKILL leaves. */
static void
test_resume_killed (void)
{
  Fixture whole, parts;
  set_up (&whole);
  set_up (&parts);
  train (&whole, NULL);

  TelarRequest request = { 8, TELAR_REQUEST_CHECKPOINT, 0 };
  TelarRequest stop = { 9, TELAR_REQUEST_STOP, 0 };
  TelarRequest both[] = { request, stop };
  set (&parts, "training.checkpoint_steps", "6");
  parts.listener.requests = both;
  parts.listener.n_requests = 2;
  train (&parts, NULL);
  g_autofree char *checkpoint = g_strdup (parts.result.checkpoint);
  set (&parts, "training.checkpoint_steps", "0");
  train (&parts, checkpoint);
  assert_same_file (whole.result.checkpoint, parts.result.checkpoint);
  tear_down (&whole);
  tear_down (&parts);
}

static void
test_resume_refused (void)
{
  Fixture f;
  set_up (&f);
  int interrupt = 0;
  f.listener.interrupt = &interrupt;
  f.listener.interrupt_step = 7;
  train (&f, NULL);
  interrupt = 0;
  g_autofree char *checkpoint = g_strdup (f.result.checkpoint);

  static const char *const changes[][3] = {
    { "seed", "9", "was made with seed 3, the project has 9" },
    { "fc1.units", "9", "state" },
    { "training.batch", "4", "is from the middle of an epoch" },
  };
  static const char *const original[] = { "3", "8", "8" };
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (GError) error = NULL;
    set (&f, changes[i][0], changes[i][1]);
    g_assert_false (try_train (&f, checkpoint, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, changes[i][2]));
    set (&f, changes[i][0], original[i]);
  }
  g_autoptr (GError) error = NULL;
  g_assert_false (try_train (&f, "/nonexistent.safetensors", &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  tear_down (&f);
}

static void
test_requests (void)
{
  static const TelarRequest requests[] = {
    { 1, TELAR_REQUEST_STEP, 1 },
    { 1, TELAR_REQUEST_RESUME, 0 },
    { 2, TELAR_REQUEST_PAUSE, 0 },
    { 3, TELAR_REQUEST_PAUSE, 0 },
    { 3, TELAR_REQUEST_STEP, 0 },
    { 3, TELAR_REQUEST_STEP, 2 },
    { 9, TELAR_REQUEST_LEARNING_RATE, 0.5 },
    { 9, TELAR_REQUEST_LEARNING_RATE, -1 },
    { 10, TELAR_REQUEST_RESUME, 0 },
    { 12, TELAR_REQUEST_CHECKPOINT, 0 },
    { 18, TELAR_REQUEST_STOP, 0 },
  };
  Fixture f;
  set_up (&f);
  set (&f, "training.schedule", "constant");
  f.listener.requests = requests;
  f.listener.n_requests = G_N_ELEMENTS (requests);
  train (&f, NULL);
  g_assert_cmpint (f.result.status, ==, TELAR_RUN_STOPPED);
  g_assert_cmpuint (f.listener.next_request, ==, G_N_ELEMENTS (requests));
  g_assert_true (g_file_test (f.result.checkpoint, G_FILE_TEST_EXISTS));

  GString *told = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (f.listener.log->str, "\n", -1);
  for (char **line = lines; *line; line++)
    if (g_str_has_prefix (*line, "answer ") || g_str_has_prefix (*line, "event ") ||
        g_str_has_prefix (*line, "loss "))
      g_string_append_printf (told, "%.*s\n", g_str_has_prefix (*line, "loss ") ? 6 : 60, *line);
  g_assert_cmpstr (told->str, ==,
                   "loss 1\n"
                   "answer 3 1 refused: the run is not paused\n"
                   "answer 2 1 refused: the run is not paused\n"
                   "event paused 1 \n"
                   "answer 1 1 done\n"
                   "answer 1 1 refused: the run is paused already\n"
                   "answer 3 1 refused: the number of steps must be at least 1\n"
                   "answer 3 1 done\n"
                   "loss 2\n"
                   "loss 3\n"
                   "event learning_rate 3 0.5\n"
                   "answer 5 3 done\n"
                   "answer 5 3 refused: a learning rate must be above 0\n"
                   "event resumed 3 \n"
                   "answer 2 3 done\n"
                   "answer 6 3 done\n"
                   "loss 4\n"
                   "loss 5\n"
                   "loss 6\n"
                   "loss 7\n"
                   "loss 8\n"
                   "event stopped 8 \n"
                   "answer 4 8 done\n");
  g_assert_nonnull (strstr (f.listener.log->str, "learning_rate 4 0x1p-1\n"));
  g_assert_nonnull (strstr (f.listener.log->str, "end stopped \n"));
  g_string_free (told, TRUE);
  tear_down (&f);
}

/* The factor that a live request made of the schedule lives on in the checkpoint. */
static void
test_rate_resumed (void)
{
  TelarRequest requests[] = { { 2, TELAR_REQUEST_LEARNING_RATE, 0.002 },
                              { 5, TELAR_REQUEST_STOP, 0 } };
  Fixture whole, parts;
  set_up (&whole);
  set_up (&parts);
  whole.listener.requests = parts.listener.requests = requests;
  whole.listener.n_requests = 1;
  parts.listener.n_requests = 2;
  train (&whole, NULL);
  train (&parts, NULL);
  g_assert_cmpint (parts.result.status, ==, TELAR_RUN_STOPPED);
  g_autofree char *checkpoint = g_strdup (parts.result.checkpoint);
  parts.listener.n_requests = 0;
  parts.listener.next_request = 0;
  train (&parts, checkpoint);
  assert_same_file (whole.result.checkpoint, parts.result.checkpoint);
  tear_down (&whole);
  tear_down (&parts);
}

static void
test_early_stop (void)
{
  Fixture f;
  set_up (&f);
  set (&f, "training.epochs", "40");
  set (&f, "training.patience", "2");
  set (&f, "training.min_delta", "0.5");
  train (&f, NULL);
  g_assert_cmpint (f.result.status, ==, TELAR_RUN_DONE);
  g_assert_cmpint (f.result.epochs, <, 40);
  g_assert_nonnull (strstr (f.listener.log->str, "event early_stop"));

  /* The run gives the weights of its best epoch, two before the last. */
  g_autofree char *best = g_build_filename (f.folder, "best.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  TelarProgress progress = { 0 };
  g_autoptr (TelarStates) states = telar_checkpoint_load (best, &progress, &error);
  g_assert_no_error (error);
  g_assert_cmpint (progress.epoch, ==, f.result.epochs - 2);
  g_assert_true (telar_tensor_equal (telar_states_get (states, "fc1.kernel"),
                                     telar_states_get (f.result.states, "fc1.kernel")));
  telar_progress_clear (&progress);
  tear_down (&f);
}

static void
test_nan (void)
{
  Fixture f;
  g_autoptr (GError) error = NULL;
  set_up (&f);
  set (&f, "training.optimizer", "sgd");
  set (&f, "training.schedule", "constant");
  set (&f, "training.learning_rate", "100000");
  set (&f, "training.clip_norm", "0");
  set (&f, "training.epochs", "100");
  g_assert_false (try_train (&f, NULL, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "at step"));
  g_assert_nonnull (strstr (f.listener.log->str, "event nan "));
  g_assert_nonnull (strstr (f.listener.log->str, "end failed the loss is"));
  g_assert_null (f.result.states);
  tear_down (&f);
}

static void
test_no_folder (void)
{
  Fixture f;
  g_autoptr (GError) error = NULL;
  set_up (&f);
  g_autofree char *folder = f.folder;
  f.folder = g_build_filename (folder, "missing", NULL);
  g_assert_false (try_train (&f, NULL, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "cannot write"));
  g_free (f.folder);
  f.folder = NULL;
  g_clear_error (&error);
  train (&f, NULL);
  g_assert_null (f.result.checkpoint);
  f.folder = g_steal_pointer (&folder);
  tear_down (&f);
}

/* Given weights are where training begins, and stay the caller's. */
static void
test_given_states (void)
{
  Fixture f, g;
  set_up (&f);
  set_up (&g);
  train (&f, NULL);
  g_autoptr (TelarTensor) before =
      telar_tensor_copy (telar_states_get (f.result.states, "fc1.kernel"));
  TelarTraining training = {
    .graph = g.graph, .feed = g.feed, .device = g.device, .states = f.result.states
  };
  g_autoptr (GError) error = NULL;
  telar_train (&training, &g.result, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (metric (&g, "loss"), <, metric (&f, "loss"));
  g_assert_true (telar_tensor_equal (before, telar_states_get (f.result.states, "fc1.kernel")));
  tear_down (&f);
  tear_down (&g);
}

/* Several losses: "loss" is their sum, each is told by its node. */
static void
test_losses (void)
{
  Fixture f;
  set_up (&f);
  test_graph_add (f.graph, "mae", "loss2");
  test_graph_wire (f.graph, "fc2", "loss2:predictions");
  test_graph_wire (f.graph, "d:label", "loss2:targets");
  train (&f, NULL);
  g_assert_cmpfloat_with_epsilon (metric (&f, "loss"), metric (&f, "loss1") + metric (&f, "loss2"),
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (metric (&f, "loss2"), metric (&f, "mae"), 1e-6);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  test_operators_register ();
  g_test_add_func ("/trainer/learns", test_learns);
  g_test_add_func ("/trainer/fit", test_fit);
  g_test_add_func ("/trainer/fit-chain", test_fit_chain);
  g_test_add_func ("/trainer/repeats", test_repeats);
  g_test_add_func ("/trainer/resume", test_resume);
  g_test_add_func ("/trainer/resume-killed", test_resume_killed);
  g_test_add_func ("/trainer/resume-refused", test_resume_refused);
  g_test_add_func ("/trainer/requests", test_requests);
  g_test_add_func ("/trainer/rate-resumed", test_rate_resumed);
  g_test_add_func ("/trainer/early-stop", test_early_stop);
  g_test_add_func ("/trainer/nan", test_nan);
  g_test_add_func ("/trainer/no-folder", test_no_folder);
  g_test_add_func ("/trainer/given-states", test_given_states);
  g_test_add_func ("/trainer/losses", test_losses);
  return g_test_run ();
}
