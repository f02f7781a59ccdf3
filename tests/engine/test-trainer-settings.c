/* What the training settings make of a run: every optimizer, schedule and average is resumed to the
 * same bits; batches that are added up equal one large batch; the plateau schedule falls; averages
 * are what is judged and kept. */
#include "engine/checkpoint.h"
#include "sample-operators.h"
#include "sample-run.h"
#include <math.h>
#include <string.h>

static void
test_resume_optimizers (void)
{
  for (const char *const *name = telar_optimizer_names; *name; name++) {
    const char *const settings[][2] = { { "training.optimizer", *name },
                                        { "training.learning_rate", "0.01" },
                                        { "training.weight_decay", "0.01" },
                                        { "training.centred", "true" },
                                        { "training.clip_value", "0.5" },
                                        { "training.gradient_noise", "0.01" },
                                        { NULL } };
    g_test_message ("%s", *name);
    run_check_resume (7, settings);
  }
}

static void
test_resume_schedules (void)
{
  for (const char *const *name = telar_schedule_names; *name; name++) {
    const char *const settings[][2] = { { "training.schedule", *name },
                                        { "training.milestones", "1,3" },
                                        { "training.step_epochs", "1" },
                                        { "training.plateau_epochs", "0" },
                                        { "training.min_delta", "0.5" },
                                        { "training.warm_up", "9" },
                                        { NULL } };
    g_test_message ("%s", *name);
    run_check_resume (8, settings);
    run_check_resume (15, settings);
  }
}

static void
test_resume_averages (void)
{
  static const char *const averages[] = { "ema", "swa" };
  for (guint i = 0; i < G_N_ELEMENTS (averages); i++) {
    const char *const settings[][2] = { { "training.average", averages[i] },
                                        { "training.average_decay", "0.8" },
                                        { "training.average_from", "1" },
                                        { "training.accumulate", "2" },
                                        { NULL } };
    run_check_resume (4, settings);
    run_check_resume (10, settings);
  }
}

/* Without what sees the batch as a whole, batch norm and dropout. */
static void
set_up_plain (Run *f)
{
  run_set_up (f);
  run_set (f, "training.epochs", "3");
  telar_graph_disconnect (f->graph, "fc2", 0, 0);
  test_graph_wire (f->graph, "act", "fc2");
  telar_graph_remove_node (f->graph, "bn");
  telar_graph_remove_node (f->graph, "drop");
}

static void
assert_near_states (TelarStates *a, TelarStates *b, double tolerance)
{
  static const char *const names[] = { "fc1.kernel", "fc1.bias", "fc2.kernel", "fc2.bias" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const TelarTensor *x = telar_states_get (a, names[i]), *y = telar_states_get (b, names[i]);
    for (gsize k = 0; k < telar_tensor_elements (x); k++)
      g_assert_cmpfloat_with_epsilon (telar_tensor_get (x, k), telar_tensor_get (y, k), tolerance);
  }
}

/* 2 × 8 rows are 16 rows, also at the end of the epoch, where fewer remain. */
static void
test_accumulate (void)
{
  Run large, small;
  set_up_plain (&large);
  set_up_plain (&small);
  run_set (&large, "training.batch", "16");
  run_set (&small, "training.batch", "8");
  run_set (&small, "training.accumulate", "2");
  run_train (&large, NULL);
  run_train (&small, NULL);
  g_assert_cmpint (small.result.steps, ==, large.result.steps);
  g_assert_cmpuint (small.listener.losses->len, ==, large.listener.losses->len);
  for (guint i = 0; i < small.listener.losses->len; i++)
    g_assert_cmpfloat_with_epsilon (g_array_index (small.listener.losses, double, i),
                                    g_array_index (large.listener.losses, double, i), 1e-5);
  assert_near_states (large.result.states, small.result.states, 1e-5);
  g_assert_cmpfloat_with_epsilon (run_metric (&small, "val_loss"), run_metric (&large, "val_loss"),
                                  1e-5);
  run_tear_down (&large);
  run_tear_down (&small);
}

static void
test_plateau (void)
{
  Run f;
  run_set_up (&f);
  run_set (&f, "training.schedule", "plateau");
  run_set (&f, "training.plateau_epochs", "0");
  run_set (&f, "training.gamma", "0.5");
  run_set (&f, "training.min_delta", "1000"); /* nothing but the first is ever better */
  run_set (&f, "training.end_factor", "0.3");
  run_train (&f, NULL);
  /* 0.05, 0.05, 0.025, and no lower than 0.3 of it. */
  g_assert_cmpfloat_with_epsilon (run_metric (&f, "learning_rate"), 0.015, 1e-12);
  g_assert_nonnull (strstr (f.listener.log->str, "event learning_rate 10 plateau: 0.025"));
  g_assert_nonnull (strstr (f.listener.log->str, "event learning_rate 15 plateau: 0.015"));
  g_assert_null (strstr (f.listener.log->str, "event learning_rate 20"));
  run_tear_down (&f);
}

/* swa from epoch 2 on: the mean of the weights after epochs 3 and 4, which other runs end with. */
static void
test_swa (void)
{
  Run averaged, third, fourth;
  Run *runs[] = { &averaged, &third, &fourth };
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++) {
    set_up_plain (runs[i]);
    run_set (runs[i], "training.schedule", "constant");
    run_set (runs[i], "training.epochs", i == 1 ? "3" : "4");
  }
  run_set (&averaged, "training.average", "swa");
  run_set (&averaged, "training.average_from", "2");
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    run_train (runs[i], NULL);
  const TelarTensor *mean = telar_states_get (averaged.result.states, "fc1.kernel");
  const TelarTensor *x = telar_states_get (third.result.states, "fc1.kernel");
  const TelarTensor *y = telar_states_get (fourth.result.states, "fc1.kernel");
  for (gsize k = 0; k < telar_tensor_elements (mean); k++)
    g_assert_cmpfloat_with_epsilon (telar_tensor_get (mean, k),
                                    (telar_tensor_get (x, k) + telar_tensor_get (y, k)) / 2, 1e-6);
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    run_tear_down (runs[i]);
}

/* What validation measured is what an evaluation of the run's weights measures. */
static void
test_average_judged (void)
{
  Run f, plain;
  g_autoptr (GError) error = NULL;
  g_auto (TelarMeasured) measured = { 0 };
  run_set_up (&f);
  run_set_up (&plain);
  run_set (&f, "training.average", "ema");
  run_set (&f, "training.average_decay", "0.9");
  run_train (&f, NULL);
  run_train (&plain, NULL);
  g_autoptr (TelarStates) saved = telar_checkpoint_load (f.result.checkpoint, NULL, &error);
  g_assert_no_error (error);
  telar_evaluate (f.graph, f.feed, TELAR_SPLIT_VALIDATION, 8, f.device, saved, &measured, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (g_array_index (measured.metrics, TelarMetricValue, 0).value, ==,
                     run_metric (&f, "val_loss"));
  g_assert_cmpfloat (run_metric (&f, "val_loss"), !=, run_metric (&plain, "val_loss"));
  g_assert_cmpfloat (run_metric (&f, "loss"), ==, run_metric (&plain, "loss"));
  run_tear_down (&f);
  run_tear_down (&plain);
}

/* A run that was stopped is taken up with its weights and used with their average. */
static void
test_average_stopped (void)
{
  Run f;
  int interrupt = 0;
  g_autoptr (GError) error = NULL;
  TelarProgress progress = { 0 };
  run_set_up (&f);
  run_set (&f, "training.average", "ema");
  f.listener.interrupt = &interrupt;
  f.listener.interrupt_step = 7;
  run_train (&f, NULL);
  g_autoptr (TelarStates) resumed = telar_checkpoint_load (f.result.checkpoint, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TelarStates) model =
      telar_checkpoint_load_model (f.result.checkpoint, &progress, &error);
  g_assert_no_error (error);
  const TelarTensor *average = telar_states_get (resumed, "fc1.kernel/average");
  g_assert_true (telar_tensor_equal (telar_states_get (model, "fc1.kernel"), average));
  g_assert_false (telar_tensor_equal (telar_states_get (resumed, "fc1.kernel"), average));
  telar_progress_clear (&progress);
  run_tear_down (&f);
}

/* A run that is taken up with an average it did not have begins with its weights. */
static void
test_average_later (void)
{
  Run f;
  int interrupt = 0;
  run_set_up (&f);
  f.listener.interrupt = &interrupt;
  f.listener.interrupt_step = 7;
  run_train (&f, NULL);
  interrupt = 0;
  f.listener.interrupt = NULL;
  g_autofree char *checkpoint = g_strdup (f.result.checkpoint);
  g_autoptr (TelarTensor) before =
      telar_tensor_copy (telar_states_get (f.result.states, "fc1.kernel"));
  run_set (&f, "training.average", "ema");
  run_set (&f, "training.average_decay", "1");
  run_train (&f, checkpoint);
  g_assert_true (telar_tensor_equal (before, telar_states_get (f.result.states, "fc1.kernel")));
  run_tear_down (&f);
}

static gboolean
same_state (const Run *a, const Run *b, const char *name)
{
  return telar_tensor_equal (telar_states_get (a->result.states, name),
                             telar_states_get (b->result.states, name));
}

/* A frozen node stays as it was drawn, the others learn; the factor 0 is the same. */
static void
test_frozen (void)
{
  Run none, frozen, zero;
  Run *runs[] = { &none, &frozen, &zero };
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    run_set_up (runs[i]);
  run_set (&none, "training.learning_rate", "0");
  run_set (&frozen, "fc1.frozen", "true");
  run_set (&zero, "fc1.rate_factor", "0");
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    run_train (runs[i], NULL);
  g_assert_true (same_state (&none, &frozen, "fc1.kernel"));
  g_assert_true (same_state (&none, &frozen, "fc1.bias"));
  g_assert_false (same_state (&none, &frozen, "fc2.kernel"));
  g_assert_true (same_state (&zero, &frozen, "fc2.kernel"));
  g_assert_null (telar_states_get (frozen.result.states, "fc1.kernel/m"));
  g_assert_cmpint (frozen.listener.parameters, ==, none.listener.parameters - 4 * 8 - 8);
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    run_tear_down (runs[i]);
}

/* A frozen batch norm goes by its running statistics and leaves them alone. */
static void
test_frozen_norm (void)
{
  Run f;
  run_set_up (&f);
  run_set (&f, "bn.frozen", "true");
  run_train (&f, NULL);
  const TelarTensor *mean = telar_states_get (f.result.states, "bn.mean");
  for (gsize i = 0; i < telar_tensor_elements (mean); i++)
    g_assert_cmpfloat (telar_tensor_get (mean, i), ==, 0);
  run_tear_down (&f);
}

/* With plain SGD half the rate on every node is half the rate. */
static void
test_factors (void)
{
  Run half, factors;
  Run *runs[] = { &half, &factors };
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++) {
    set_up_plain (runs[i]);
    run_set (runs[i], "training.optimizer", "sgd");
    run_set (runs[i], "training.momentum", "0");
    run_set (runs[i], "training.schedule", "constant");
  }
  run_set (&half, "training.learning_rate", "0.005");
  run_set (&half, "training.weight_decay", "0.5");
  run_set (&factors, "training.learning_rate", "0.01");
  run_set (&factors, "training.weight_decay", "0.125");
  run_set (&factors, "fc1.rate_factor", "0.5");
  run_set (&factors, "fc2.rate_factor", "0.5");
  run_set (&factors, "fc1.decay_factor", "4");
  run_set (&factors, "fc2.decay_factor", "4");
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    run_train (runs[i], NULL);
  assert_near_states (half.result.states, factors.result.states, 1e-6);
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    run_tear_down (runs[i]);
}

/* The finder tries rates in equal ratios, tells them, suggests one that learns, and keeps nothing.
 */
static void
test_find_rate (void)
{
  Run f;
  g_autoptr (GError) error = NULL;
  run_set_up (&f);
  TelarTraining training = { .graph = f.graph,
                             .feed = f.feed,
                             .device = f.device,
                             .monitor = &f.listener.base,
                             .run = "run",
                             .folder = f.folder };
  TelarRateCurve curve = { 0 }, again = { 0 };
  telar_find_rate (&training, 1e-6, 100, 60, &curve, &error);
  g_assert_no_error (error);
  telar_find_rate (&training, 1e-6, 100, 60, &again, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (curve.rates->len, >, 20);
  g_assert_cmpuint (curve.rates->len, <=, 60);
  g_assert_cmpfloat_with_epsilon (g_array_index (curve.rates, double, 10),
                                  1e-6 * pow (1e8, 10.0 / 59), 1e-12);
  g_assert_cmpfloat (curve.suggestion, >, 1e-4);
  g_assert_cmpfloat (curve.suggestion, <, 10);
  g_assert_cmpfloat (curve.suggestion, ==, again.suggestion);
  g_assert_nonnull (strstr (f.listener.log->str, "learning_rate 1 "));
  g_assert_nonnull (strstr (f.listener.log->str, "event suggested_rate "));
  g_assert_nonnull (strstr (f.listener.log->str, "end done"));
  telar_rate_curve_clear (&curve);
  telar_rate_curve_clear (&again);
  run_tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  test_operators_register ();
  g_test_add_func ("/trainer-settings/resume-optimizers", test_resume_optimizers);
  g_test_add_func ("/trainer-settings/resume-schedules", test_resume_schedules);
  g_test_add_func ("/trainer-settings/resume-averages", test_resume_averages);
  g_test_add_func ("/trainer-settings/accumulate", test_accumulate);
  g_test_add_func ("/trainer-settings/plateau", test_plateau);
  g_test_add_func ("/trainer-settings/swa", test_swa);
  g_test_add_func ("/trainer-settings/average-judged", test_average_judged);
  g_test_add_func ("/trainer-settings/average-stopped", test_average_stopped);
  g_test_add_func ("/trainer-settings/average-later", test_average_later);
  g_test_add_func ("/trainer-settings/frozen", test_frozen);
  g_test_add_func ("/trainer-settings/frozen-norm", test_frozen_norm);
  g_test_add_func ("/trainer-settings/factors", test_factors);
  g_test_add_func ("/trainer-settings/find-rate", test_find_rate);
  return g_test_run ();
}
