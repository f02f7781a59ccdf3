/* Learning-rate schedules against their formulas, and one-cycle against numbers from PyTorch. */
#include "engine/trainer.h"
#include <math.h>

static TelarParamSet *
settings (const char *schedule)
{
  TelarParamSet *set = telar_param_set_new (telar_training_params);
  g_assert_true (telar_param_set_put_text (set, "schedule", schedule, NULL));
  g_assert_true (telar_param_set_put_text (set, "learning_rate", "0.5", NULL));
  g_assert_true (telar_param_set_put_text (set, "epochs", "10", NULL));
  return set;
}

static void
test_constant (void)
{
  g_autoptr (TelarParamSet) set = settings ("constant");
  for (gint64 step = 0; step < 100; step++)
    g_assert_cmpfloat (telar_schedule_rate (set, step, 100), ==, 0.5);
  g_assert_true (telar_param_set_put_text (set, "warm_up", "4", NULL));
  g_assert_cmpfloat (telar_schedule_rate (set, 0, 100), ==, 0.125);
  g_assert_cmpfloat (telar_schedule_rate (set, 3, 100), ==, 0.5);
  g_assert_cmpfloat (telar_schedule_rate (set, 4, 100), ==, 0.5);
}

/* 10 epochs of 10 steps, a fall every 3 epochs. */
static void
test_step (void)
{
  g_autoptr (TelarParamSet) set = settings ("step");
  g_assert_true (telar_param_set_put_text (set, "step_epochs", "3", NULL));
  g_assert_true (telar_param_set_put_text (set, "gamma", "0.5", NULL));
  g_assert_cmpfloat (telar_schedule_rate (set, 29, 100), ==, 0.5);
  g_assert_cmpfloat (telar_schedule_rate (set, 30, 100), ==, 0.25);
  g_assert_cmpfloat (telar_schedule_rate (set, 60, 100), ==, 0.125);
  g_assert_cmpfloat (telar_schedule_rate (set, 99, 100), ==, 0.0625);
}

static void
test_cosine (void)
{
  g_autoptr (TelarParamSet) set = settings ("cosine");
  g_assert_cmpfloat (telar_schedule_rate (set, 0, 100), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (telar_schedule_rate (set, 50, 100), 0.25, 1e-15);
  g_assert_cmpfloat_with_epsilon (telar_schedule_rate (set, 25, 100), 0.25 * (1 + cos (G_PI / 4)),
                                  1e-15);
  g_assert_cmpfloat (telar_schedule_rate (set, 99, 100), >, 0);
}

static void
test_one_cycle (void)
{
  /* torch.optim.lr_scheduler.OneCycleLR (max_lr=0.5, total_steps=20), PyTorch 2. */
  static const double want[] = {
    0.020000000000000018,
    0.06583592135001265,
    0.18583592135001265,
    0.3341640786499874,
    0.45416407864998737,
    0.5,
    0.49373200311754367,
    0.47524231600673683,
    0.445458088785525,
    0.40587282697488153,
    0.3584715008956504,
    0.30563101096814466,
    0.250001,
    0.19437098903185537,
    0.14153049910434962,
    0.09412917302511849,
    0.05454391121447502,
    0.024759683993263143,
    0.006269996882456277,
    2e-06,
  };
  g_autoptr (TelarParamSet) set = settings ("one-cycle");
  for (guint i = 0; i < G_N_ELEMENTS (want); i++)
    g_assert_cmpfloat_with_epsilon (telar_schedule_rate (set, i, 20), want[i], 1e-12);
  /* Beyond the end it stays, and runs of a few steps stay finite and positive. */
  g_assert_cmpfloat (telar_schedule_rate (set, 25, 20), ==, telar_schedule_rate (set, 19, 20));
  for (gint64 total = 1; total < 12; total++)
    for (gint64 step = 0; step < total; step++) {
      double rate = telar_schedule_rate (set, step, total);
      g_assert_true (rate > 0 && rate <= 0.5);
    }
}

static void
test_optimizer (void)
{
  g_autoptr (TelarParamSet) set = settings ("constant");
  g_assert_cmpstr (telar_training_optimizer (set).name, ==, "adam");
  g_assert_true (telar_param_set_put_text (set, "optimizer", "sgd", NULL));
  g_assert_true (telar_param_set_put_text (set, "nesterov", "true", NULL));
  g_assert_true (telar_param_set_put_text (set, "clip_norm", "2", NULL));
  TelarOptimizer optimizer = telar_training_optimizer (set);
  g_assert_cmpstr (optimizer.name, ==, "sgd");
  g_assert_true (optimizer.nesterov);
  g_assert_cmpfloat (optimizer.clip_norm, ==, 2);
  g_assert_cmpfloat (optimizer.momentum, ==, 0.9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/constant", test_constant);
  g_test_add_func ("/schedule/step", test_step);
  g_test_add_func ("/schedule/cosine", test_cosine);
  g_test_add_func ("/schedule/one-cycle", test_one_cycle);
  g_test_add_func ("/schedule/optimizer", test_optimizer);
  return g_test_run ();
}
