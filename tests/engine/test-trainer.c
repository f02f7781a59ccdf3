/* The trainer on the reference device: it learns, it obeys, it gives the same bits again, and a run
 * taken up from a checkpoint ends as if it had never stopped. */
#include "engine/checkpoint.h"
#include "sample-feed.h"
#include "sample-operators.h"
#include "sample-run.h"
#include <math.h>
#include <string.h>

static double
loss_at (const Listener *listener, guint index)
{
  g_assert_cmpuint (index, <, listener->losses->len);
  return g_array_index (listener->losses, double, index);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void
test_learns (void)
{
  Run f;
  run_set_up (&f);
  run_set (&f, "training.epochs", "30");
  run_train (&f, NULL);
  g_assert_cmpint (f.result.status, ==, TELAR_RUN_DONE);
  g_assert_cmpint (f.result.epochs, ==, 30);
  g_assert_cmpint (f.result.steps, ==, 30 * 5);
  g_assert_cmpuint (f.listener.losses->len, ==, 150);
  g_assert_cmpint (f.listener.parameters, ==, 4 * 8 + 8 + 8 + 8 + 8 * 3 + 3);
  g_assert_cmpfloat (run_metric (&f, "val_loss"), <, 0.3 * loss_at (&f.listener, 0));
  g_assert_cmpfloat (run_metric (&f, "val_mae"), <, 1.0);
  static const char *const names[] = { "loss", "mae", "val_loss", "val_mae", "learning_rate" };
  g_assert_cmpuint (f.result.metrics->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (g_array_index (f.result.metrics, TelarMetricValue, i).name, ==, names[i]);
  g_assert_nonnull (strstr (f.listener.log->str, "gradient_norm 150 "));

  /* The same numbers come out of an evaluation. */
  g_auto (TelarMeasured) measured = { 0 };
  g_autoptr (GError) error = NULL;
  telar_evaluate (f.graph, f.feed, TELAR_SPLIT_VALIDATION, 8, f.device, f.result.states, &measured,
                  &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (g_array_index (measured.metrics, TelarMetricValue, 0).value, ==,
                     run_metric (&f, "val_loss"));
  run_tear_down (&f);
}

/* A step of a line search is one step, however many lengths it tries, and each makes the loss of
 * its batch smaller: here all rows are in it. */
static void
test_line_search (void)
{
  g_autoptr (GError) error = NULL;
  Run f;
  run_set_up (&f);
  run_set (&f, "training.epochs", "12");
  run_set (&f, "training.batch", "1000");
  run_set (&f, "training.clip_norm", "0");
  run_set (&f, "training.schedule", "constant");
  run_set (&f, "drop.rate", "0");
  run_set (&f, "training.optimizer", "lbfgs");
  run_set (&f, "training.line_search", "strong-wolfe");
  run_set (&f, "training.learning_rate", "1");
  run_train (&f, NULL);
  g_assert_cmpint (f.result.steps, ==, 12);
  for (guint i = 1; i < 12; i++)
    g_assert_cmpfloat (loss_at (&f.listener, i), <, loss_at (&f.listener, i - 1));

  /* Gradients of several batches cannot be had again for each length. */
  telar_training_result_clear (&f.result);
  run_set (&f, "training.accumulate", "2");
  TelarTraining training = { .graph = f.graph, .feed = f.feed, .device = f.device, .run = "test" };
  g_assert_false (telar_train (&training, &f.result, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "accumulate must be 1"));
  run_tear_down (&f);
}

static void
test_fit (void)
{
  Run f;
  double mean = 0, squares = 0;
  run_set_up (&f);
  for (gint64 row = 0; row < SAMPLE_ROWS; row++)
    mean += (double)*sample_feed_image (f.feed, row, 2) / SAMPLE_ROWS;
  for (gint64 row = 0; row < SAMPLE_ROWS; row++) {
    double away = (double)*sample_feed_image (f.feed, row, 2) - mean;
    squares += away * away / SAMPLE_ROWS;
    *sample_feed_image (f.feed, row, 1) = 7.5f; /* a constant feature has deviation 1 */
  }
  run_train (&f, NULL);
  const TelarTensor *fitted = telar_states_get (f.result.states, "std.mean");
  const TelarTensor *deviation = telar_states_get (f.result.states, "std.deviation");
  g_assert_cmpfloat_with_epsilon (telar_tensor_get (fitted, 2), mean, 1e-6);
  g_assert_cmpfloat_with_epsilon (telar_tensor_get (deviation, 2), sqrt (squares), 1e-6);
  g_assert_cmpfloat (telar_tensor_get (fitted, 1), ==, 7.5);
  g_assert_cmpfloat (telar_tensor_get (deviation, 1), ==, 1.0);
  run_tear_down (&f);
}

/* One fit behind another: what is standardised twice has mean 0 and deviation 1 the second time. */
static void
test_fit_chain (void)
{
  Run f;
  run_set_up (&f);
  test_graph_add (f.graph, "standardize", "again");
  telar_graph_disconnect (f.graph, "fc1", 0, 0);
  test_graph_wire (f.graph, "std", "again");
  test_graph_wire (f.graph, "again", "fc1");
  run_train (&f, NULL);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpfloat_with_epsilon (
        telar_tensor_get (telar_states_get (f.result.states, "again.mean"), i), 0, 1e-6);
    g_assert_cmpfloat_with_epsilon (
        telar_tensor_get (telar_states_get (f.result.states, "again.deviation"), i), 1, 1e-6);
  }
  run_tear_down (&f);
}

static void
test_repeats (void)
{
  Run f, g;
  run_set_up (&f);
  run_set_up (&g);
  run_train (&f, NULL);
  run_train (&g, NULL);
  g_assert_cmpstr (f.listener.log->str, ==, g.listener.log->str);
  run_assert_same_file (f.result.checkpoint, g.result.checkpoint);
  run_set (&g, "seed", "4");
  run_train (&g, NULL);
  g_assert_cmpfloat (loss_at (&g.listener, 20), !=, loss_at (&f.listener, 0));
  run_tear_down (&f);
  run_tear_down (&g);
}

static void
check_resume (gint64 step, const char *optimizer)
{
  const char *const settings[][2] = { { "training.optimizer", optimizer },
                                      { "training.patience", "3" },
                                      { NULL } };
  run_check_resume (step, settings);
}

static void
test_resume (void)
{
  check_resume (1, "adam");
  check_resume (7, "sgd");
  check_resume (13, "adamw");
  check_resume (19, "adam");
}

/* Sums over an epoch go on where they stopped, be they added or collected. */
static void
test_resume_sums (void)
{
  static const char *const metrics[] = { "r2", "rmse", "roc_auc", "f1", "confusion_matrix" };
  Run whole, parts;
  int interrupt = 0;
  run_set_up (&whole);
  run_set_up (&parts);
  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    for (guint j = 0; j < 2; j++) {
      TelarGraph *graph = j == 0 ? whole.graph : parts.graph;
      g_autofree char *first = g_strdup_printf ("m%u:%s", i, i < 2 ? "predictions" : "logits");
      g_autofree char *second = g_strdup_printf ("m%u:%s", i, i < 2 ? "targets" : "labels");
      g_autofree char *id = g_strdup_printf ("m%u", i);
      test_graph_add (graph, metrics[i], id);
      test_graph_wire (graph, "fc2", first);
      test_graph_wire (graph, "d:label", second);
    }
  run_train (&whole, NULL);
  parts.listener.interrupt = &interrupt;
  parts.listener.interrupt_step = 13;
  run_train (&parts, NULL);
  interrupt = 0;
  g_autofree char *checkpoint = g_strdup (parts.result.checkpoint);
  run_train (&parts, checkpoint);

  static const char *const names[] = { "r2", "rmse", "roc_auc", "f1", "val_r2", "val_roc_auc" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpfloat (run_metric (&parts, names[i]), ==, run_metric (&whole, names[i]));
  g_assert_cmpfloat (run_metric (&whole, "r2"), >, 0.5);
  /* Running values are told step by step, the last of an epoch is the epoch's; a collected one, a
   * figure and what is validated are told at the end of an epoch only. */
  const char *log = parts.listener.log->str;
  g_autofree char *last = g_strdup_printf ("\nr2 20 %a\n", run_metric (&whole, "r2"));
  g_assert_nonnull (strstr (log, last));
  g_assert_null (strstr (log, "\nroc_auc "));
  g_assert_nonnull (strstr (log, "\nfigure confusion_matrix 20 111\n"));
  g_assert_nonnull (strstr (log, "\nfigure val_confusion_matrix 20 30\n"));
  run_assert_same_file (whole.result.checkpoint, parts.result.checkpoint);
  run_tear_down (&whole);
  run_tear_down (&parts);
}

/* A checkpoint written on the way is as good as one of a stop: this is what SIGKILL leaves. */
static void
test_resume_killed (void)
{
  Run whole, parts;
  run_set_up (&whole);
  run_set_up (&parts);
  run_train (&whole, NULL);

  TelarRequest request = { 8, TELAR_REQUEST_CHECKPOINT, 0 };
  TelarRequest stop = { 9, TELAR_REQUEST_STOP, 0 };
  TelarRequest both[] = { request, stop };
  run_set (&parts, "training.checkpoint_steps", "6");
  parts.listener.requests = both;
  parts.listener.n_requests = 2;
  run_train (&parts, NULL);
  g_autofree char *checkpoint = g_strdup (parts.result.checkpoint);
  run_set (&parts, "training.checkpoint_steps", "0");
  run_train (&parts, checkpoint);
  run_assert_same_file (whole.result.checkpoint, parts.result.checkpoint);
  run_tear_down (&whole);
  run_tear_down (&parts);
}

static void
test_resume_refused (void)
{
  Run f;
  run_set_up (&f);
  int interrupt = 0;
  f.listener.interrupt = &interrupt;
  f.listener.interrupt_step = 7;
  run_train (&f, NULL);
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
    run_set (&f, changes[i][0], changes[i][1]);
    g_assert_false (run_try (&f, checkpoint, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, changes[i][2]));
    run_set (&f, changes[i][0], original[i]);
  }
  g_autoptr (GError) error = NULL;
  g_assert_false (run_try (&f, "/nonexistent.safetensors", &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  run_tear_down (&f);
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
  Run f;
  run_set_up (&f);
  run_set (&f, "training.schedule", "constant");
  f.listener.requests = requests;
  f.listener.n_requests = G_N_ELEMENTS (requests);
  run_train (&f, NULL);
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
  run_tear_down (&f);
}

/* The factor that a live request made of the schedule lives on in the checkpoint. */
static void
test_rate_resumed (void)
{
  TelarRequest requests[] = { { 2, TELAR_REQUEST_LEARNING_RATE, 0.002 },
                              { 5, TELAR_REQUEST_STOP, 0 } };
  Run whole, parts;
  run_set_up (&whole);
  run_set_up (&parts);
  whole.listener.requests = parts.listener.requests = requests;
  whole.listener.n_requests = 1;
  parts.listener.n_requests = 2;
  run_train (&whole, NULL);
  run_train (&parts, NULL);
  g_assert_cmpint (parts.result.status, ==, TELAR_RUN_STOPPED);
  g_autofree char *checkpoint = g_strdup (parts.result.checkpoint);
  parts.listener.n_requests = 0;
  parts.listener.next_request = 0;
  run_train (&parts, checkpoint);
  run_assert_same_file (whole.result.checkpoint, parts.result.checkpoint);
  run_tear_down (&whole);
  run_tear_down (&parts);
}

static void
test_early_stop (void)
{
  Run f;
  run_set_up (&f);
  run_set (&f, "training.epochs", "40");
  run_set (&f, "training.patience", "2");
  run_set (&f, "training.min_delta", "0.5");
  run_train (&f, NULL);
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
  run_tear_down (&f);
}

static void
test_nan (void)
{
  Run f;
  g_autoptr (GError) error = NULL;
  run_set_up (&f);
  run_set (&f, "training.optimizer", "sgd");
  run_set (&f, "training.schedule", "constant");
  run_set (&f, "training.learning_rate", "100000");
  run_set (&f, "training.clip_norm", "0");
  run_set (&f, "training.schedule", "constant");
  run_set (&f, "drop.rate", "0");
  run_set (&f, "training.epochs", "100");
  g_assert_false (run_try (&f, NULL, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "at step"));
  g_assert_nonnull (strstr (f.listener.log->str, "event nan "));
  g_assert_nonnull (strstr (f.listener.log->str, "end failed the loss is"));
  g_assert_null (f.result.states);
  run_tear_down (&f);
}

static void
test_no_folder (void)
{
  Run f;
  g_autoptr (GError) error = NULL;
  run_set_up (&f);
  g_autofree char *folder = f.folder;
  f.folder = g_build_filename (folder, "missing", NULL);
  g_assert_false (run_try (&f, NULL, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "cannot write"));
  g_free (f.folder);
  f.folder = NULL;
  g_clear_error (&error);
  run_train (&f, NULL);
  g_assert_null (f.result.checkpoint);
  f.folder = g_steal_pointer (&folder);
  run_tear_down (&f);
}

/* Given weights are where training begins, and stay the caller's. */
static void
test_given_states (void)
{
  Run f, g;
  run_set_up (&f);
  run_set_up (&g);
  run_train (&f, NULL);
  g_autoptr (TelarTensor) before =
      telar_tensor_copy (telar_states_get (f.result.states, "fc1.kernel"));
  TelarTraining training = {
    .graph = g.graph, .feed = g.feed, .device = g.device, .states = f.result.states
  };
  g_autoptr (GError) error = NULL;
  telar_train (&training, &g.result, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (run_metric (&g, "loss"), <, run_metric (&f, "loss"));
  g_assert_true (telar_tensor_equal (before, telar_states_get (f.result.states, "fc1.kernel")));
  run_tear_down (&f);
  run_tear_down (&g);
}

/* A part that no loss depends on is fitted and kept all the same. */
static void
test_side_branch (void)
{
  Run f;
  run_set_up (&f);
  test_graph_add (f.graph, "standardize", "side");
  test_graph_add (f.graph, "output", "other");
  test_graph_wire (f.graph, "d:label", "side");
  test_graph_wire (f.graph, "side", "other");
  run_train (&f, NULL);
  const TelarTensor *deviation = telar_states_get (f.result.states, "side.deviation");
  g_assert_nonnull (deviation);
  g_assert_cmpfloat (telar_tensor_get (deviation, 0), !=, 1.0);
  run_tear_down (&f);
}

/* Several losses: "loss" is their sum, each is told by its node. */
static void
test_losses (void)
{
  Run f;
  run_set_up (&f);
  test_graph_add (f.graph, "mae", "loss2");
  test_graph_wire (f.graph, "fc2", "loss2:predictions");
  test_graph_wire (f.graph, "d:label", "loss2:targets");
  run_train (&f, NULL);
  g_assert_cmpfloat_with_epsilon (run_metric (&f, "loss"),
                                  run_metric (&f, "loss1") + run_metric (&f, "loss2"), 1e-9);
  g_assert_cmpfloat_with_epsilon (run_metric (&f, "loss2"), run_metric (&f, "mae"), 1e-6);
  run_tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  test_operators_register ();
  g_test_add_func ("/trainer/learns", test_learns);
  g_test_add_func ("/trainer/line-search", test_line_search);
  g_test_add_func ("/trainer/fit", test_fit);
  g_test_add_func ("/trainer/fit-chain", test_fit_chain);
  g_test_add_func ("/trainer/repeats", test_repeats);
  g_test_add_func ("/trainer/resume", test_resume);
  g_test_add_func ("/trainer/resume-sums", test_resume_sums);
  g_test_add_func ("/trainer/resume-killed", test_resume_killed);
  g_test_add_func ("/trainer/resume-refused", test_resume_refused);
  g_test_add_func ("/trainer/requests", test_requests);
  g_test_add_func ("/trainer/rate-resumed", test_rate_resumed);
  g_test_add_func ("/trainer/early-stop", test_early_stop);
  g_test_add_func ("/trainer/nan", test_nan);
  g_test_add_func ("/trainer/no-folder", test_no_folder);
  g_test_add_func ("/trainer/given-states", test_given_states);
  g_test_add_func ("/trainer/side-branch", test_side_branch);
  g_test_add_func ("/trainer/losses", test_losses);
  return g_test_run ();
}
