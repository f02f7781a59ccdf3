/* The trainer: makes a run ready, then epoch by epoch and batch by batch. Where it stands is in
 * TelarProgress alone, so that a run taken up from a checkpoint goes on as if nothing had been. */
#include "engine/trainer-private.h"
#include <math.h>
#include <string.h>

/* --- steps ------------------------------------------------------------------------------------ */

double
telar_trainer_rate (const TelarTrainer *t)
{
  return telar_schedule_rate (t->settings, t->progress.step, t->epochs * t->steps_per_epoch) *
         t->progress.plateau.factor * t->progress.learning_rate_factor;
}

/* Losses are those of the step, metrics those of the epoch so far. */
static void
tell_step (TelarTrainer *t)
{
  TelarMonitor *monitor = t->training->monitor;
  const TelarTally *tally = t->tally;
  gint64 step = t->progress.step;
  for (guint i = 0; i < tally->n_losses; i++)
    telar_monitor_scalar (monitor, tally->names[i], step, t->losses[i]);
  telar_tally_finish (tally, TRUE, t->numbers);
  for (guint i = tally->n_losses; i < tally->n; i++)
    if (!telar_tally_is_slow (tally, i))
      telar_monitor_scalar (monitor, tally->names[i], step, t->numbers[i]);
  telar_monitor_scalar (monitor, "learning_rate", step, t->learning_rate);
  if (t->runner->clipped)
    telar_monitor_scalar (monitor, "gradient_norm", step, t->runner->gradient_norm);
}

static gboolean
check_loss (TelarTrainer *t, GError **error)
{
  double loss = t->losses[0];
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
      t->progress.batch_in_epoch == t->batches_per_epoch)
    return TRUE;
  return telar_trainer_save (t, error);
}

/* One batch of the step; its losses count by its rows, in the step's and in the epoch's. */
static gboolean
run_batch (TelarTrainer *t, TelarRunner *runner, const TelarRunnerStep *step, GError **error)
{
  gint64 rows = telar_trainer_probes_now (t, step)
                    ? telar_trainer_probe_next (t, runner, step, error)
                    : telar_runner_next (runner, step, error);
  if (rows == 0)
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "the data ended before the epoch did");
  if (rows <= 0)
    return FALSE;
  t->progress.batch_in_epoch++;
  for (guint i = 0; i < t->tally->n_losses; i++)
    t->losses[i] += runner->losses[i] * step->share;
  if (t->watcher)
    telar_watcher_see (t->watcher, runner);
  telar_tally_add (t->tally, runner->losses, runner->metrics, rows);
  return TRUE;
}

/* The batches whose gradients make one step. */
static gboolean
run_batches (TelarTrainer *t, GError **error)
{
  gint64 first = t->progress.batch_in_epoch;
  gint64 end = MIN (first + t->accumulate, t->batches_per_epoch);
  gint64 rows = MIN (end * t->batch, t->rows) - first * t->batch;
  TelarRunnerStep step = { .states = t->states,
                           .seed = t->seed,
                           .step = t->progress.step,
                           .learning_rate = t->learning_rate,
                           .parts = t->accumulate,
                           .average_weight = telar_trainer_average_weight (t) };
  for (guint i = 0; i < t->tally->n_losses; i++)
    t->losses[i] = 0;
  for (gint64 batch = first; batch < end; batch++) {
    step.part = batch - first;
    step.share = (double)MIN (t->batch, t->rows - batch * t->batch) / (double)rows;
    if (!run_batch (t, batch + 1 < end ? t->adder : t->runner, &step, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_trainer_step (TelarTrainer *t, double rate, GError **error)
{
  gboolean undone;
  t->learning_rate = rate;
  telar_trainer_watch_step (t);
  if (!telar_trainer_begin_profile (t, error) || !run_batches (t, error) ||
      !telar_trainer_end_profile (t, error) || !telar_trainer_check_step (t, &undone, error))
    return FALSE;
  if (undone)
    return TRUE;
  t->progress.step++;
  tell_step (t);
  return TRUE;
}

static gboolean
run_step (TelarTrainer *t, GError **error)
{
  gint64 before = t->progress.step;
  if (!telar_trainer_step (t, telar_trainer_rate (t), error))
    return FALSE;
  if (t->progress.step == before)
    return TRUE;
  if (!check_loss (t, error))
    return FALSE;
  telar_trainer_observe_step (t);
  return save_between (t, error);
}

/* --- epochs ----------------------------------------------------------------------------------- */

static void
add_metric (TelarTrainer *t, const char *prefix, const char *name, double value)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);
  TelarMetricValue metric = { g_intern_string (full), value };
  g_array_append_val (t->metrics, metric);
}

/* The numbers of @tally become metrics of the epoch, its figures go to the monitor. */
static void
take_tally (TelarTrainer *t, const TelarTally *tally, const char *prefix)
{
  g_autofree double *numbers = g_new (double, tally->n + 1);
  g_autoptr (GPtrArray) figures = telar_tally_figures (tally);
  telar_tally_finish (tally, FALSE, numbers);
  for (guint i = 0; i < tally->n; i++)
    add_metric (t, prefix, tally->names[i], numbers[i]);
  for (guint i = 0; i < figures->len; i++) {
    const TelarFigure *figure = figures->pdata[i];
    g_autofree char *name = g_strconcat (prefix, figure->name, NULL);
    telar_monitor_figure (t->training->monitor, name, t->progress.step, figure->values);
  }
}

static gboolean
measure_epoch (TelarTrainer *t, GError **error)
{
  g_array_set_size (t->metrics, 0);
  take_tally (t, t->tally, "");
  if (t->validation) {
    TelarRunnerStep step = { .states = telar_trainer_judged (t),
                             .seed = t->seed,
                             .step = t->progress.step };
    g_autoptr (TelarTally) tally =
        telar_runner_measure (t->validation, TELAR_SPLIT_VALIDATION, t->batch, &step, error);
    if (!tally)
      return FALSE;
    take_tally (t, tally, "val_");
  }
  add_metric (t, "", "learning_rate", t->learning_rate);
  return TRUE;
}

/* What early stopping goes by: the loss on validation rows, or on training rows without them. */
static double
judged_loss (const TelarTrainer *t)
{
  guint index = t->validation ? t->tally->n : 0;
  return g_array_index (t->metrics, TelarMetricValue, index).value;
}

static void
tell_fall (TelarTrainer *t)
{
  g_autofree char *text = g_strdup_printf ("plateau: %g", telar_trainer_rate (t));
  telar_monitor_event (t->training->monitor, t->progress.step, "learning_rate", text);
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
  telar_trainer_observe_epoch (t);
  t->progress.epoch++;
  t->progress.batch_in_epoch = 0;
  telar_monitor_epoch (t->training->monitor, t->progress.epoch, t->progress.step,
                       (const TelarMetricValue *)t->metrics->data, t->metrics->len);
  if (!telar_trainer_check_epoch (t, error))
    return FALSE;
  if (telar_plateau_see (&t->progress.plateau, t->settings, judged_loss (t)))
    tell_fall (t);
  if (!telar_trainer_keep_best (t, judged_loss (t), error))
    return FALSE;
  /* The last epoch's is written when all is done. */
  gint64 every = telar_param_set_int (t->settings, "checkpoint_every");
  if (t->progress.epoch == t->epochs || out_of_patience (t) || t->progress.epoch % every != 0)
    return TRUE;
  return telar_trainer_save (t, error);
}

gboolean
telar_trainer_begin_pass (TelarTrainer *t, GError **error)
{
  TelarFeedPass pass = { .split = TELAR_SPLIT_TRAIN,
                         .batch = t->batch,
                         .shuffle = telar_param_set_bool (t->settings, "shuffle"),
                         .seed = t->seed,
                         .epoch = (guint32)t->progress.epoch,
                         .skip_batches = t->progress.batch_in_epoch };
  if (t->progress.batch_in_epoch == 0)
    telar_tally_clear (t->tally);
  return telar_feed_begin (t->training->feed, &pass, error);
}

static TelarGo
run_epoch (TelarTrainer *t, GError **error)
{
  if (!telar_trainer_begin_pass (t, error))
    return TELAR_GO_FAILED;
  while (t->progress.batch_in_epoch < t->batches_per_epoch) {
    TelarGo go = telar_trainer_obey (t, error);
    if (go != TELAR_GO_ON)
      return go;
    if (!run_step (t, error))
      return TELAR_GO_FAILED;
  }
  return end_epoch (t, error) ? TELAR_GO_ON : TELAR_GO_FAILED;
}

/* --- a run ------------------------------------------------------------------------------------ */

void
telar_trainer_tell_begin (const TelarTrainer *t)
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

/* What follows an epoch that was asked to be the last. */
static TelarGo
end_of_request (TelarTrainer *t, TelarGo go)
{
  if (go != TELAR_GO_ON || !t->last_epoch || t->progress.epoch == t->epochs)
    return go;
  telar_monitor_event (t->training->monitor, t->progress.step, "stopped", "after the epoch");
  return TELAR_GO_STOP;
}

static gboolean
run (TelarTrainer *t, TelarRunStatus *status, GError **error)
{
  TelarGo go = TELAR_GO_ON;
  if (!telar_trainer_prepare (t, error))
    return FALSE;
  telar_trainer_tell_begin (t);
  if (!telar_trainer_begin_observing (t, error))
    return FALSE;
  while (go == TELAR_GO_ON && t->progress.epoch < t->epochs && !out_of_patience (t))
    go = end_of_request (t, run_epoch (t, error));
  if (go == TELAR_GO_FAILED)
    return FALSE;
  *status = go == TELAR_GO_STOP ? TELAR_RUN_STOPPED : TELAR_RUN_DONE;
  if (go == TELAR_GO_ON && t->progress.epoch < t->epochs)
    telar_monitor_event (t->training->monitor, t->progress.step, "early_stop",
                         "no better validation loss");
  if (go == TELAR_GO_ON && !telar_trainer_take_result (t, error))
    return FALSE;
  return telar_trainer_save (t, error);
}

void
telar_trainer_clear (TelarTrainer *t)
{
  telar_trainer_end_observing (t);
  g_clear_pointer (&t->prober, telar_prober_free);
  g_clear_pointer (&t->states, telar_states_unref);
  g_clear_pointer (&t->best, telar_states_unref);
  g_clear_pointer (&t->view, telar_states_unref);
  g_clear_pointer (&t->adder, telar_runner_free);
  g_clear_pointer (&t->losses, g_free);
  g_clear_pointer (&t->numbers, g_free);
  g_clear_pointer (&t->tally, telar_tally_free);
  g_clear_pointer (&t->runner, telar_runner_free);
  g_clear_pointer (&t->validation, telar_runner_free);
  telar_progress_clear (&t->progress);
  g_clear_pointer (&t->watcher, telar_watcher_free);
  g_clear_pointer (&t->kept, telar_states_unref);
  g_clear_pointer (&t->kept_sums, g_array_unref);
  g_clear_pointer (&t->graph, telar_graph_free);
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
  telar_trainer_clear (&trainer);
  return good;
}

void
telar_training_result_clear (TelarTrainingResult *result)
{
  g_clear_pointer (&result->metrics, g_array_unref);
  g_clear_pointer (&result->checkpoint, g_free);
  g_clear_pointer (&result->states, telar_states_unref);
}
