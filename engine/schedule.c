/* Learning-rate schedules: the rate of a step as a function of the settings alone, so that a
 * resumed run goes on where it was. */
#include "engine/trainer.h"
#include <math.h>
#include <string.h>

/* Falls by gamma each step_epochs epochs; @total steps are settings' epochs. */
static double
step_rate (const TelarParamSet *training, gint64 step, gint64 total)
{
  gint64 epochs = telar_param_set_int (training, "epochs");
  gint64 per_epoch = MAX (total / epochs, 1);
  gint64 falls = step / per_epoch / telar_param_set_int (training, "step_epochs");
  return pow (telar_param_set_real (training, "gamma"), (double)falls);
}

/* Half a cosine from @from to @to while @share goes from 0 to 1. */
static double
anneal (double from, double to, double share)
{
  return to + (from - to) / 2 * (1 + cos (G_PI * share));
}

/* Smith and Topin, "Super-convergence", 2018, as PyTorch's OneCycleLR has it: pct_start 0.3,
 * div_factor 25, final_div_factor 1e4, cosine in both phases; the peak is 1. */
static double
one_cycle_rate (gint64 step, gint64 total)
{
  const double first = 1.0 / 25, last = first / 1e4;
  double top = 0.3 * (double)total - 1, end = (double)total - 1, at = (double)step;
  if (at <= top)
    return top > 0 ? anneal (first, 1, at / top) : 1;
  return end > top ? anneal (1, last, (at - top) / (end - top)) : last;
}

double
telar_schedule_rate (const TelarParamSet *training, gint64 step, gint64 total)
{
  double rate = telar_param_set_real (training, "learning_rate");
  const char *schedule = telar_param_set_text (training, "schedule");
  gint64 warm_up = telar_param_set_int (training, "warm_up");
  total = MAX (total, 1);
  step = CLAMP (step, 0, total - 1);
  if (strcmp (schedule, "one-cycle") == 0)
    return rate * one_cycle_rate (step, total);
  if (strcmp (schedule, "step") == 0)
    rate *= step_rate (training, step, total);
  else if (strcmp (schedule, "cosine") == 0)
    rate *= (1 + cos (G_PI * (double)step / (double)total)) / 2;
  if (step < warm_up)
    rate *= (double)(step + 1) / (double)warm_up;
  return rate;
}
