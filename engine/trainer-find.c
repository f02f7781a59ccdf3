/* The learning-rate finder: a short training at growing rates, and what its losses suggest. */
#include "engine/trainer-private.h"
#include <math.h>

#define SMOOTHING 0.9 /* how much of the mean of losses each step keeps */
#define DIVERGED  4.0 /* times the least loss */
#define SETTLED   10  /* steps until the mean is one of several batches */
#define WINDOW    5   /* steps on both sides over which a fall is measured */

void
telar_rate_curve_clear (TelarRateCurve *curve)
{
  g_clear_pointer (&curve->rates, g_array_unref);
  g_clear_pointer (&curve->losses, g_array_unref);
}

/* The rate at which the loss falls fastest along the logarithm of the rate, up to its least. */
static double
suggest (const TelarRateCurve *curve)
{
  const double *losses = (const double *)(void *)curve->losses->data;
  guint least = 0, best = 0;
  double fall = 0;
  for (guint i = 1; i < curve->losses->len; i++)
    if (losses[i] < losses[least])
      least = i;
  for (guint i = SETTLED + WINDOW; i + WINDOW <= least; i++)
    if (losses[i - WINDOW] - losses[i + WINDOW] > fall) {
      fall = losses[i - WINDOW] - losses[i + WINDOW];
      best = i;
    }
  return fall > 0 ? g_array_index (curve->rates, double, best) : NAN;
}

typedef struct {
  TelarTrainer *t;
  double from, to;
  gint64 steps;
  double mean, least; /* of losses */
  TelarRateCurve *curve;
} Sweep;

static double
rate_at (const Sweep *sweep, gint64 step)
{
  double part = (double)step / (double)MAX (sweep->steps - 1, 1);
  return sweep->from * pow (sweep->to / sweep->from, part);
}

/* FALSE once the training has diverged. */
static gboolean
note_loss (Sweep *sweep, double rate, double loss)
{
  if (!isfinite (loss))
    return FALSE;
  sweep->mean = SMOOTHING * sweep->mean + (1 - SMOOTHING) * loss;
  double smooth = sweep->mean / (1 - pow (SMOOTHING, (double)sweep->t->progress.step));
  g_array_append_val (sweep->curve->rates, rate);
  g_array_append_val (sweep->curve->losses, smooth);
  sweep->least = fmin (sweep->least, smooth);
  return smooth <= DIVERGED * fabs (sweep->least);
}

static TelarGo
take_step (Sweep *sweep, GError **error)
{
  TelarTrainer *t = sweep->t;
  TelarGo go = telar_trainer_obey (t, error);
  if (go != TELAR_GO_ON)
    return go;
  if (t->progress.batch_in_epoch == t->batches_per_epoch) {
    t->progress.epoch++;
    t->progress.batch_in_epoch = 0;
  }
  if (t->progress.batch_in_epoch == 0 && !telar_trainer_begin_pass (t, error))
    return TELAR_GO_FAILED;
  double rate = rate_at (sweep, t->progress.step);
  if (!telar_trainer_step (t, rate, error))
    return TELAR_GO_FAILED;
  return note_loss (sweep, rate, t->losses[0]) ? TELAR_GO_ON : TELAR_GO_STOP;
}

static gboolean
run (Sweep *sweep, GError **error)
{
  TelarTrainer *t = sweep->t;
  TelarGo go = TELAR_GO_ON;
  if (!telar_trainer_prepare (t, error))
    return FALSE;
  t->epochs = (sweep->steps + t->steps_per_epoch - 1) / t->steps_per_epoch;
  telar_trainer_tell_begin (t);
  while (go == TELAR_GO_ON && t->progress.step < sweep->steps)
    go = take_step (sweep, error);
  if (go == TELAR_GO_FAILED)
    return FALSE;
  sweep->curve->suggestion = suggest (sweep->curve);
  g_autofree char *text = g_strdup_printf ("%.3g", sweep->curve->suggestion);
  telar_monitor_event (t->training->monitor, t->progress.step, "suggested_rate", text);
  return TRUE;
}

gboolean
telar_find_rate (const TelarTraining *training, double from, double to, gint64 steps,
                 TelarRateCurve *curve, GError **error)
{
  TelarTrainer trainer = { .training = training, .unwatched = TRUE };
  Sweep sweep = { &trainer, from, to, steps, 0, G_MAXDOUBLE, curve };
  g_autoptr (GError) problem = NULL;
  curve->rates = g_array_new (FALSE, FALSE, sizeof (double));
  curve->losses = g_array_new (FALSE, FALSE, sizeof (double));
  gboolean good = run (&sweep, &problem);
  telar_monitor_end (training->monitor, good ? TELAR_RUN_DONE : TELAR_RUN_FAILED,
                     good ? NULL : problem->message);
  if (!good)
    g_propagate_error (error, g_steal_pointer (&problem));
  telar_trainer_clear (&trainer);
  return good;
}
