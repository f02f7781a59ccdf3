/* Learning-rate schedules: the rate of a step as a function of the settings alone, so that a
 * resumed run goes on where it was. Only "plateau" also looks at the losses; what it has seen is in
 * the checkpoint. */
#include "engine/schedule.h"
#include <math.h>
#include <string.h>

typedef struct {
  const TelarParamSet *training;
  gint64 step, total;
  gint64 per_epoch; /* steps */
} At;

static gint64
epoch_of (const At *at)
{
  return at->step / at->per_epoch;
}

/* How much of the training is over, from 0. */
static double
share_of (const At *at)
{
  return (double)at->step / (double)at->total;
}

/* @x goes from 1 to 0; what it makes of the rate goes from 1 to end_factor. */
static double
down_to_end (const At *at, double x)
{
  double end = telar_param_set_real (at->training, "end_factor");
  return end + (1 - end) * x;
}

/* --- the schedules: factors of the learning rate ---------------------------------------------- */

static double
constant (const At *at)
{
  (void)at;
  return 1;
}

/* Falls by gamma each step_epochs epochs. */
static double
step (const At *at)
{
  gint64 falls = epoch_of (at) / telar_param_set_int (at->training, "step_epochs");
  return pow (telar_param_set_real (at->training, "gamma"), (double)falls);
}

static double
multi_step (const At *at)
{
  guint n, falls = 0;
  const gint64 *milestones = telar_param_set_ints (at->training, "milestones", &n);
  for (guint i = 0; i < n; i++)
    falls += epoch_of (at) >= milestones[i];
  return pow (telar_param_set_real (at->training, "gamma"), falls);
}

static double
exponential (const At *at)
{
  return pow (telar_param_set_real (at->training, "gamma"), (double)epoch_of (at));
}

static double
linear (const At *at)
{
  return down_to_end (at, 1 - share_of (at));
}

static double
polynomial (const At *at)
{
  return down_to_end (at, pow (1 - share_of (at), telar_param_set_real (at->training, "power")));
}

static double
cosine (const At *at)
{
  return down_to_end (at, (1 + cos (G_PI * (double)at->step / (double)at->total)) / 2);
}

/* Loshchilov, Hutter: "SGDR: stochastic gradient descent with warm restarts", 2017. */
static double
cosine_restarts (const At *at)
{
  gint64 length = telar_param_set_int (at->training, "step_epochs") * at->per_epoch;
  gint64 factor = telar_param_set_int (at->training, "restart_factor"), since = at->step;
  if (factor == 1)
    since %= length;
  for (; since >= length; length *= factor)
    since -= length;
  return down_to_end (at, (1 + cos (G_PI * (double)since / (double)length)) / 2);
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
one_cycle (const At *at)
{
  const double first = 1.0 / 25, last = first / 1e4;
  double top = 0.3 * (double)at->total - 1, end = (double)at->total - 1, now = (double)at->step;
  if (now <= top)
    return top > 0 ? anneal (first, 1, now / top) : 1;
  return end > top ? anneal (1, last, (now - top) / (end - top)) : last;
}

/* --- the table -------------------------------------------------------------------------------- */

/* Columns: name in files, function, whether it begins with a rise of its own. A plateau's falls
 * come from telar_plateau_see. */
#define SCHEDULES(S)                                                                               \
  S ("constant", constant, FALSE)                                                                  \
  S ("step", step, FALSE)                                                                          \
  S ("multi-step", multi_step, FALSE)                                                              \
  S ("exponential", exponential, FALSE)                                                            \
  S ("linear", linear, FALSE)                                                                      \
  S ("polynomial", polynomial, FALSE)                                                              \
  S ("cosine", cosine, FALSE)                                                                      \
  S ("cosine-restarts", cosine_restarts, FALSE)                                                    \
  S ("one-cycle", one_cycle, TRUE)                                                                 \
  S ("plateau", constant, FALSE)

#define NAME(name, factor, rises) name,
const char *const telar_schedule_names[] = { SCHEDULES (NAME) NULL };
#undef NAME

#define ENTRY(name, factor, rises) { name, factor, rises },
static const struct {
  const char *name;
  double (*factor) (const At *at);
  gboolean rises;
} schedules[] = { SCHEDULES (ENTRY) };
#undef ENTRY

double
telar_schedule_rate (const TelarParamSet *training, gint64 now, gint64 total)
{
  double rate = telar_param_set_real (training, "learning_rate");
  const char *name = telar_param_set_text (training, "schedule");
  gint64 warm_up = telar_param_set_int (training, "warm_up");
  At at = { .training = training, .total = MAX (total, 1) };
  guint i = 0;
  at.step = CLAMP (now, 0, at.total - 1);
  at.per_epoch = MAX (at.total / telar_param_set_int (training, "epochs"), 1);
  while (strcmp (schedules[i].name, name) != 0)
    i++;
  rate *= schedules[i].factor (&at);
  if (at.step < warm_up && !schedules[i].rises)
    rate *= (double)(at.step + 1) / (double)warm_up;
  return rate;
}

/* --- plateau ---------------------------------------------------------------------------------- */

gboolean
telar_plateau_see (TelarPlateau *plateau, const TelarParamSet *training, double loss)
{
  double margin = telar_param_set_real (training, "min_delta");
  if (strcmp (telar_param_set_text (training, "schedule"), "plateau") != 0)
    return FALSE;
  if (isnan (plateau->best) || loss < plateau->best - margin) {
    plateau->best = loss;
    plateau->waited = 0;
    return FALSE;
  }
  plateau->waited++;
  if (plateau->waited <= telar_param_set_int (training, "plateau_epochs"))
    return FALSE;
  double before = plateau->factor;
  plateau->waited = 0;
  plateau->factor = MAX (before * telar_param_set_real (training, "gamma"),
                         telar_param_set_real (training, "end_factor"));
  return plateau->factor < before;
}
