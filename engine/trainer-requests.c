/* Live requests: pause, step, stop, learning rate, checkpoint, settings, probes. Obeyed between two
 * batches only, so that what they do is a matter of steps and not of time. */
#include "engine/trainer-private.h"

#define PAUSE_MICROSECONDS 5000

static void
answer (TelarTrainer *t, const TelarRequest *request, const char *outcome)
{
  telar_monitor_answer (t->training->monitor, request, t->progress.step, outcome);
}

static void
mark (TelarTrainer *t, const char *kind, const char *text)
{
  telar_monitor_event (t->training->monitor, t->progress.step, kind, text);
}

static gboolean
interrupted (const TelarTrainer *t)
{
  return t->training->interrupted && g_atomic_int_get (t->training->interrupted) != 0;
}

static TelarGo
obey_pause (TelarTrainer *t, const TelarRequest *request, GError **error)
{
  if (t->paused && t->allowed_steps == 0) {
    answer (t, request, "refused: the run is paused already");
    return TELAR_GO_ON;
  }
  t->paused = TRUE;
  t->allowed_steps = 0;
  if (!telar_trainer_save (t, error))
    return TELAR_GO_FAILED;
  mark (t, "paused", "");
  answer (t, request, "done");
  return TELAR_GO_ON;
}

static TelarGo
obey_resume (TelarTrainer *t, const TelarRequest *request)
{
  if (!t->paused) {
    answer (t, request, "refused: the run is not paused");
    return TELAR_GO_ON;
  }
  t->paused = FALSE;
  t->allowed_steps = 0;
  mark (t, "resumed", "");
  answer (t, request, "done");
  return TELAR_GO_ON;
}

static TelarGo
obey_step (TelarTrainer *t, const TelarRequest *request)
{
  if (!t->paused) {
    answer (t, request, "refused: the run is not paused");
  } else {
    t->allowed_steps = (gint64)request->value;
    answer (t, request, "done");
  }
  return TELAR_GO_ON;
}

/* An edit at the step of the newest checkpoint would be lost to a run that is resumed from it. */
static TelarGo
keep_edit (TelarTrainer *t, GError **error)
{
  if (t->saved_step == t->progress.step && !telar_trainer_save (t, error))
    return TELAR_GO_FAILED;
  return TELAR_GO_ON;
}

static TelarGo
obey_learning_rate (TelarTrainer *t, const TelarRequest *request, GError **error)
{
  double now = telar_trainer_rate (t) / t->progress.learning_rate_factor;
  if (!(now > 0)) {
    answer (t, request, "refused: the schedule is at 0 here");
    return TELAR_GO_ON;
  }
  t->progress.learning_rate_factor = request->value / now;
  g_autofree char *text = g_strdup_printf ("%g", request->value);
  mark (t, "learning_rate", text);
  answer (t, request, "done");
  return keep_edit (t, error);
}

static TelarGo
refuse (TelarTrainer *t, const TelarRequest *request, const GError *problem)
{
  g_autofree char *outcome = g_strconcat ("refused: ", problem->message, NULL);
  answer (t, request, outcome);
  return TELAR_GO_ON;
}

static TelarGo
obey_set (TelarTrainer *t, const TelarRequest *request, GError **error)
{
  g_autoptr (GError) problem = NULL;
  if (!telar_trainer_edit (t, request->text, &problem))
    return refuse (t, request, problem);
  mark (t, "set", request->text);
  answer (t, request, "done");
  return keep_edit (t, error);
}

static TelarGo
obey_checkpoint (TelarTrainer *t, const TelarRequest *request, GError **error)
{
  if (!t->training->folder) {
    answer (t, request, "refused: the run has no folder");
    return TELAR_GO_ON;
  }
  if (!telar_trainer_save (t, error) || !telar_trainer_save_kept (t, error))
    return TELAR_GO_FAILED;
  answer (t, request, "done");
  return TELAR_GO_ON;
}

static TelarGo
obey_stop_epoch (TelarTrainer *t, const TelarRequest *request)
{
  t->last_epoch = TRUE;
  answer (t, request, "done");
  return TELAR_GO_ON;
}

static TelarGo
obey_probe (TelarTrainer *t, const TelarRequest *request, GError **error)
{
  g_autoptr (GError) problem = NULL;
  if (!telar_trainer_probe (t, request->text, &problem))
    return refuse (t, request, problem);
  mark (t, "probe", request->text);
  if (t->paused && !telar_trainer_probe_paused (t, error))
    return TELAR_GO_FAILED;
  answer (t, request, "done");
  return TELAR_GO_ON;
}

static TelarGo
obey_unprobe (TelarTrainer *t, const TelarRequest *request)
{
  g_autoptr (GError) problem = NULL;
  if (!telar_trainer_unprobe (t, request->text, &problem))
    return refuse (t, request, problem);
  mark (t, "unprobe", request->text);
  answer (t, request, "done");
  return TELAR_GO_ON;
}

static TelarGo
obey (TelarTrainer *t, const TelarRequest *request, GError **error)
{
  const char *problem = telar_request_problem (request);
  if (problem) {
    g_autofree char *outcome = g_strconcat ("refused: ", problem, NULL);
    answer (t, request, outcome);
    return TELAR_GO_ON;
  }
  switch (request->kind) {
  case TELAR_REQUEST_PAUSE:
    return obey_pause (t, request, error);
  case TELAR_REQUEST_RESUME:
    return obey_resume (t, request);
  case TELAR_REQUEST_STEP:
    return obey_step (t, request);
  case TELAR_REQUEST_STOP:
    mark (t, "stopped", "");
    answer (t, request, "done");
    return TELAR_GO_STOP;
  case TELAR_REQUEST_LEARNING_RATE:
    return obey_learning_rate (t, request, error);
  case TELAR_REQUEST_CHECKPOINT:
    return obey_checkpoint (t, request, error);
  case TELAR_REQUEST_STOP_EPOCH:
    return obey_stop_epoch (t, request);
  case TELAR_REQUEST_SET:
    return obey_set (t, request, error);
  case TELAR_REQUEST_PROFILE:
    t->profiles = TRUE;
    answer (t, request, "done");
    return TELAR_GO_ON;
  case TELAR_REQUEST_PROBE:
    return obey_probe (t, request, error);
  case TELAR_REQUEST_UNPROBE:
    return obey_unprobe (t, request);
  case TELAR_REQUEST_NONE:
  case TELAR_N_REQUESTS:
    break;
  }
  g_assert_not_reached ();
}

TelarGo
telar_trainer_obey (TelarTrainer *t, GError **error)
{
  for (;;) {
    TelarRequest request = { 0 };
    TelarGo go = TELAR_GO_ON;
    if (interrupted (t)) {
      mark (t, "interrupted", "");
      return TELAR_GO_STOP;
    }
    if (telar_monitor_poll (t->training->monitor, &request)) {
      go = obey (t, &request, error);
      if (go != TELAR_GO_ON)
        return go;
      continue; /* there may be more */
    }
    if (!t->paused)
      return TELAR_GO_ON;
    if (t->allowed_steps > 0) {
      t->allowed_steps--;
      return TELAR_GO_ON;
    }
    g_usleep (PAUSE_MICROSECONDS);
  }
}
