/* The trainer: makes a run ready, then epoch by epoch and batch by batch. Where it stands is in
 * TelarProgress alone, so that a run taken up from a checkpoint goes on as if nothing had been. */
#include "engine/trainer-private.h"
#include <math.h>
#include <string.h>

/* --- checkpoints ------------------------------------------------------------------------------ */

static gboolean
save_as (TelarTrainer *t, const char *name, const TelarStates *states, char **path, GError **error)
{
  g_autofree char *file = g_build_filename (t->training->folder, name, NULL);
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
  telar_monitor_checkpoint (t->training->monitor, t->progress.step, t->checkpoint);
  return TRUE;
}

/* --- steps ------------------------------------------------------------------------------------ */

double
telar_trainer_rate (const TelarTrainer *t)
{
  return telar_schedule_rate (t->settings, t->progress.step, t->epochs * t->steps_per_epoch) *
         t->progress.plateau.factor * t->progress.learning_rate_factor;
}

static void
tell_step (TelarTrainer *t)
{
  TelarMonitor *monitor = t->training->monitor;
  gint64 step = t->progress.step;
  for (guint i = 0; i < t->runner->n; i++)
    telar_monitor_scalar (monitor, t->runner->names[i], step, t->runner->values[i]);
  telar_monitor_scalar (monitor, "learning_rate", step, t->learning_rate);
  if (t->runner->clipped)
    telar_monitor_scalar (monitor, "gradient_norm", step, t->runner->gradient_norm);
}

static gboolean
check_loss (TelarTrainer *t, GError **error)
{
  double loss = t->runner->values[0];
  if (isfinite (loss))
    return TRUE;
  const char *what = isnan (loss) ? "not a number" : "infinite";
  g_autofree char *text = g_strdup_printf ("the loss is %s", what);
  telar_monitor_event (t->training->monitor, t->progress.step, "nan", text);
  telar_set_error (error, TELAR_ERROR_FAILED, NULL,
                   "the loss is %s at step %" G_GINT64_FORMAT
                   "; a smaller learning rate or clip_norm may help",
                   what, t->progress.step);
  return FALSE;
}

static gboolean
save_between (TelarTrainer *t, GError **error)
{
  gint64 every = telar_param_set_int (t->settings, "checkpoint_steps");
  if (every == 0 || t->progress.step % every != 0 ||
      t->progress.batch_in_epoch == t->steps_per_epoch)
    return TRUE;
  return telar_trainer_save (t, error);
}

static gboolean
run_step (TelarTrainer *t, GError **error)
{
  t->learning_rate = telar_trainer_rate (t);
  TelarRunnerStep step = { t->states, t->seed, t->progress.step, t->learning_rate };
  gint64 rows = telar_runner_next (t->runner, &step, error);
  if (rows == 0)
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "the data ended before the epoch did");
  if (rows <= 0)
    return FALSE;
  t->progress.step++;
  t->progress.batch_in_epoch++;
  double *sums = (double *)t->progress.sums->data;
  for (guint i = 0; i < t->runner->n; i++)
    sums[i] += t->runner->values[i] * (double)rows;
  sums[t->runner->n] += (double)rows;
  tell_step (t);
  return check_loss (t, error) && save_between (t, error);
}

/* --- epochs ----------------------------------------------------------------------------------- */

static void
add_metric (TelarTrainer *t, const char *prefix, const char *name, double value)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);
  TelarMetricValue metric = { g_intern_string (full), value };
  g_array_append_val (t->metrics, metric);
}

static gboolean
measure_epoch (TelarTrainer *t, GError **error)
{
  const double *sums = (const double *)t->progress.sums->data;
  g_array_set_size (t->metrics, 0);
  for (guint i = 0; i < t->runner->n; i++)
    add_metric (t, "", t->runner->names[i], sums[i] / sums[t->runner->n]);
  if (t->validation) {
    TelarRunnerStep step = { .states = t->states, .seed = t->seed, .step = t->progress.step };
    g_autofree double *means = g_new (double, t->validation->n + 1);
    if (!telar_runner_measure (t->validation, TELAR_SPLIT_VALIDATION, t->batch, &step, means,
                               error))
      return FALSE;
    for (guint i = 0; i < t->validation->n; i++)
      add_metric (t, "val_", t->validation->names[i], means[i]);
  }
  add_metric (t, "", "learning_rate", t->learning_rate);
  return TRUE;
}

/* What early stopping goes by: the loss on validation rows, or on training rows without them. */
static double
judged_loss (const TelarTrainer *t)
{
  guint index = t->validation ? t->runner->n : 0;
  return g_array_index (t->metrics, TelarMetricValue, index).value;
}

static void
tell_fall (TelarTrainer *t)
{
  g_autofree char *text = g_strdup_printf ("plateau: %g", telar_trainer_rate (t));
  telar_monitor_event (t->training->monitor, t->progress.step, "learning_rate", text);
}

static gboolean
keep_best (TelarTrainer *t, GError **error)
{
  double loss = judged_loss (t);
  double margin = telar_param_set_real (t->settings, "min_delta");
  if (telar_param_set_int (t->settings, "patience") == 0 ||
      !(isnan (t->progress.best_metric) || loss < t->progress.best_metric - margin))
    return TRUE;
  t->progress.best_metric = loss;
  t->progress.best_epoch = t->progress.epoch;
  g_clear_pointer (&t->best, telar_states_unref);
  t->best = telar_states_new ();
  g_autoptr (GPtrArray) names = telar_states_names (t->states);
  for (guint i = 0; i < names->len; i++)
    if (!telar_states_put (t->best, names->pdata[i], telar_states_get (t->states, names->pdata[i]),
                           error))
      return FALSE;
  return !t->training->folder || save_as (t, "best.safetensors", t->best, NULL, error);
}

static gboolean
out_of_patience (const TelarTrainer *t)
{
  gint64 patience = telar_param_set_int (t->settings, "patience");
  return patience > 0 && t->progress.epoch - t->progress.best_epoch >= patience;
}

static gboolean
end_epoch (TelarTrainer *t, GError **error)
{
  if (!measure_epoch (t, error))
    return FALSE;
  t->progress.epoch++;
  t->progress.batch_in_epoch = 0;
  telar_trainer_clear_sums (t);
  telar_monitor_epoch (t->training->monitor, t->progress.epoch, t->progress.step,
                       (const TelarMetricValue *)t->metrics->data, t->metrics->len);
  if (telar_plateau_see (&t->progress.plateau, t->settings, judged_loss (t)))
    tell_fall (t);
  if (!keep_best (t, error))
    return FALSE;
  /* The last epoch's is written when all is done. */
  gint64 every = telar_param_set_int (t->settings, "checkpoint_every");
  if (t->progress.epoch == t->epochs || out_of_patience (t) || t->progress.epoch % every != 0)
    return TRUE;
  return telar_trainer_save (t, error);
}

static TelarGo
run_epoch (TelarTrainer *t, GError **error)
{
  TelarFeedPass pass = { .split = TELAR_SPLIT_TRAIN,
                         .batch = t->batch,
                         .shuffle = telar_param_set_bool (t->settings, "shuffle"),
                         .seed = t->seed,
                         .epoch = (guint32)t->progress.epoch,
                         .skip_batches = t->progress.batch_in_epoch };
  if (!telar_feed_begin (t->training->feed, &pass, error))
    return TELAR_GO_FAILED;
  while (t->progress.batch_in_epoch < t->steps_per_epoch) {
    TelarGo go = telar_trainer_obey (t, error);
    if (go != TELAR_GO_ON)
      return go;
    if (!run_step (t, error))
      return TELAR_GO_FAILED;
  }
  return end_epoch (t, error) ? TELAR_GO_ON : TELAR_GO_FAILED;
}

/* --- a run ------------------------------------------------------------------------------------ */

static void
tell_begin (const TelarTrainer *t)
{
  const TelarTraining *training = t->training;
  TelarRunInfo info = {
    .run = training->run,
    .device = training->device->klass->name,
    .threads = training->device->threads,
    .train_rows = telar_feed_rows (training->feed, TELAR_SPLIT_TRAIN),
    .validation_rows = telar_feed_rows (training->feed, TELAR_SPLIT_VALIDATION),
    .batch = t->batch,
    .steps_per_epoch = t->steps_per_epoch,
    .epochs = t->epochs,
    .parameters = t->parameters,
    .seed = t->seed,
    .first_step = t->progress.step,
  };
  telar_monitor_begin (training->monitor, &info);
}

/* With early stopping the best weights are what the run gives. */
static void
take_best (TelarTrainer *t)
{
  if (!t->best)
    return;
  telar_states_unref (t->states);
  t->states = g_steal_pointer (&t->best);
}

static gboolean
run (TelarTrainer *t, TelarRunStatus *status, GError **error)
{
  TelarGo go = TELAR_GO_ON;
  if (!telar_trainer_prepare (t, error))
    return FALSE;
  tell_begin (t);
  while (go == TELAR_GO_ON && t->progress.epoch < t->epochs && !out_of_patience (t))
    go = run_epoch (t, error);
  if (go == TELAR_GO_FAILED)
    return FALSE;
  *status = go == TELAR_GO_STOP ? TELAR_RUN_STOPPED : TELAR_RUN_DONE;
  if (go == TELAR_GO_ON && t->progress.epoch < t->epochs)
    telar_monitor_event (t->training->monitor, t->progress.step, "early_stop",
                         "no better validation loss");
  if (go == TELAR_GO_ON)
    take_best (t);
  return telar_trainer_save (t, error);
}

static void
clear_trainer (TelarTrainer *t)
{
  g_clear_pointer (&t->states, telar_states_unref);
  g_clear_pointer (&t->best, telar_states_unref);
  g_clear_pointer (&t->runner, telar_runner_free);
  g_clear_pointer (&t->validation, telar_runner_free);
  telar_progress_clear (&t->progress);
  g_clear_pointer (&t->metrics, g_array_unref);
  g_clear_pointer (&t->checkpoint, g_free);
}

gboolean
telar_train (const TelarTraining *training, TelarTrainingResult *result, GError **error)
{
  TelarTrainer trainer = { .training = training };
  g_autoptr (GError) problem = NULL;
  memset (result, 0, sizeof *result);
  trainer.metrics = g_array_new (FALSE, FALSE, sizeof (TelarMetricValue));
  gboolean good = run (&trainer, &result->status, &problem);
  if (good) {
    result->epochs = trainer.progress.epoch;
    result->steps = trainer.progress.step;
    result->metrics = g_steal_pointer (&trainer.metrics);
    result->checkpoint = g_steal_pointer (&trainer.checkpoint);
    result->states = g_steal_pointer (&trainer.states);
    telar_monitor_end (training->monitor, result->status, NULL);
  } else {
    result->status = TELAR_RUN_FAILED;
    telar_monitor_end (training->monitor, TELAR_RUN_FAILED, problem->message);
    g_propagate_error (error, g_steal_pointer (&problem));
  }
  clear_trainer (&trainer);
  return good;
}

void
telar_training_result_clear (TelarTrainingResult *result)
{
  g_clear_pointer (&result->metrics, g_array_unref);
  g_clear_pointer (&result->checkpoint, g_free);
  g_clear_pointer (&result->states, telar_states_unref);
}
