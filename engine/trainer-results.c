/* What a run leaves: checkpoints, the weights of its best epoch, the average of its weights. */
#include "engine/trainer-private.h"
#include <math.h>
#include <string.h>

/* --- checkpoints ------------------------------------------------------------------------------ */

static gboolean
save_as (TelarTrainer *t, const char *name, const TelarStates *states, char **path, GError **error)
{
  g_autofree char *file = g_build_filename (t->training->folder, name, NULL);
  g_clear_pointer (&t->progress.sums, g_array_unref);
  if (t->progress.batch_in_epoch > 0)
    t->progress.sums = telar_tally_save (t->tally);
  if (!telar_checkpoint_save (file, states, &t->progress, error))
    return FALSE;
  if (path) {
    g_free (*path);
    *path = g_steal_pointer (&file);
  }
  return TRUE;
}

gboolean
telar_trainer_save (TelarTrainer *t, GError **error)
{
  if (!t->training->folder)
    return TRUE;
  telar_monitor_flush (t->training->monitor);
  if (!save_as (t, "checkpoint.safetensors", t->states, &t->checkpoint, error))
    return FALSE;
  t->saved_step = t->progress.step;
  telar_monitor_checkpoint (t->training->monitor, t->progress.step, t->checkpoint);
  return TRUE;
}

gboolean
telar_trainer_save_kept (TelarTrainer *t, GError **error)
{
  g_autofree char *name =
      g_strdup_printf ("checkpoint-%" G_GINT64_FORMAT ".safetensors", t->progress.step);
  return !t->training->folder || save_as (t, name, t->states, NULL, error);
}

/* --- averages --------------------------------------------------------------------------------- */

/* ema: Polyak, Juditsky: "Acceleration of stochastic approximation by averaging", 1992, with
 * exponential forgetting; begins at the weights of the first step that counts. swa: Izmailov et
 * al.: "Averaging weights leads to wider optima and better generalization", 2018: the mean of the
 * weights at the ends of the epochs. Before an average begins it is the weights themselves. */
double
telar_trainer_average_weight (const TelarTrainer *t)
{
  gint64 step = t->progress.step, epoch = step / t->steps_per_epoch;
  gint64 from = telar_param_set_int (t->settings, "average_from");
  if (strcmp (telar_param_set_text (t->settings, "average"), "ema") == 0)
    return step <= from * t->steps_per_epoch
               ? 1
               : 1 - telar_param_set_real (t->settings, "average_decay");
  if (epoch <= from)
    return 1;
  return (step + 1) % t->steps_per_epoch == 0 ? 1.0 / (double)(epoch - from + 1) : 0;
}

/* The average of the state @name, or NULL. */
static TelarTensor *
average_of (const TelarTrainer *t, const char *name)
{
  g_autofree char *slot = g_strconcat (name, "/average", NULL);
  return telar_states_get (t->states, slot);
}

gboolean
telar_trainer_begin_averages (TelarTrainer *t, const TelarProgram *program, GError **error)
{
  if (!telar_training_optimizer (t->settings).averages)
    return TRUE;
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    const TelarTensor *resumed = telar_states_get (t->states, state->name);
    g_autofree char *slot = g_strconcat (state->name, "/average", NULL);
    if (state->trainable && resumed && !average_of (t, state->name) &&
        !telar_states_put (t->states, slot, resumed, error))
      return FALSE;
  }
  return TRUE;
}

/* The view shares all tensors with the states, so that it is always up to date. What no gradient
 * changes, such as batch norm's running statistics, is that of the last step. */
void
telar_trainer_make_view (TelarTrainer *t)
{
  if (!telar_training_optimizer (t->settings).averages)
    return;
  g_autoptr (GPtrArray) names = telar_states_names (t->states);
  t->view = telar_states_new ();
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    TelarTensor *average = average_of (t, name);
    telar_states_share (t->view, name, average ? average : telar_states_get (t->states, name));
  }
}

TelarStates *
telar_trainer_judged (const TelarTrainer *t)
{
  return t->view ? t->view : t->states;
}

/* --- what the run gives ----------------------------------------------------------------------- */

static gboolean
copy_states (TelarStates *to, const TelarStates *from, GError **error)
{
  g_autoptr (GPtrArray) names = telar_states_names (from);
  for (guint i = 0; i < names->len; i++)
    if (!telar_states_put (to, names->pdata[i], telar_states_get (from, names->pdata[i]), error))
      return FALSE;
  return TRUE;
}

gboolean
telar_trainer_keep_best (TelarTrainer *t, double loss, GError **error)
{
  double margin = telar_param_set_real (t->settings, "min_delta");
  if (telar_param_set_int (t->settings, "patience") == 0 ||
      !(isnan (t->progress.best_metric) || loss < t->progress.best_metric - margin))
    return TRUE;
  t->progress.best_metric = loss;
  t->progress.best_epoch = t->progress.epoch;
  g_clear_pointer (&t->best, telar_states_unref);
  t->best = telar_states_new ();
  if (!copy_states (t->best, telar_trainer_judged (t), error))
    return FALSE;
  return !t->training->folder || save_as (t, "best.safetensors", t->best, NULL, error);
}

/* With early stopping the best weights are what the run gives, otherwise the average where there is
 * one. */
gboolean
telar_trainer_take_result (TelarTrainer *t, GError **error)
{
  if (!t->best)
    return !t->view || copy_states (t->states, t->view, error);
  telar_states_unref (t->states);
  t->states = g_steal_pointer (&t->best);
  return TRUE;
}
