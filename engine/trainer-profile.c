/* A profile of the step that comes next, made on request: its last batch is timed, kernel by
 * kernel. */
#include "engine/profile.h"
#include "engine/trainer-private.h"

static TelarPlan *
plan_of_step (TelarTrainer *t, GError **error)
{
  gint64 last = MIN (t->progress.batch_in_epoch + t->accumulate, t->batches_per_epoch) - 1;
  return telar_runner_plan (t->runner, MIN (t->batch, t->rows - last * t->batch), error);
}

gboolean
telar_trainer_begin_profile (TelarTrainer *t, GError **error)
{
  if (!t->profiles)
    return TRUE;
  t->profiled = plan_of_step (t, error);
  if (!t->profiled)
    return FALSE;
  telar_plan_set_timing (t->profiled, TRUE);
  t->profile_start = g_get_monotonic_time ();
  return TRUE;
}

gboolean
telar_trainer_end_profile (TelarTrainer *t, GError **error)
{
  TelarRoofline roofline;
  if (!t->profiles)
    return TRUE;
  gint64 took = g_get_monotonic_time () - t->profile_start;
  t->profiles = FALSE;
  if (!telar_roofline_measure (t->training->device, &roofline, error))
    return FALSE;
  g_autofree char *json = telar_profile_to_json (t->profiled, took * 1000, &roofline);
  telar_observer_tell_times (t->profiled, t->progress.step + 1, t->training->monitor);
  telar_plan_set_timing (t->profiled, FALSE);
  telar_monitor_profile (t->training->monitor, t->progress.step + 1, json);
  return TRUE;
}
