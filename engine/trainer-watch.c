/* Watchpoints in a run: what they find is told, and one that pauses undoes the step.
 *
 * A step is one program that changes the states in place, and stays so: where a watchpoint may
 * pause, the states are copied before each step, and put back when it does, with the place in the
 * epoch and the sums. The step that comes after the pause is then computed again from the same
 * batch, so that a run that goes on ends with the bits of one that never stopped, and what is
 * changed meanwhile holds for this very step. A run without watchpoints has none of that. */
#include "engine/trainer-private.h"

void
telar_trainer_watch_step (TelarTrainer *t)
{
  if (!t->watcher || !t->watcher->pauses || t->watcher->again)
    return;
  g_autoptr (GPtrArray) names = telar_states_names (t->states);
  t->kept = t->kept ? t->kept : telar_states_new ();
  for (guint i = 0; i < names->len; i++)
    telar_states_put (t->kept, names->pdata[i], telar_states_get (t->states, names->pdata[i]),
                      NULL);
  g_clear_pointer (&t->kept_sums, g_array_unref);
  t->kept_sums = telar_tally_save (t->tally);
  t->kept_batch = t->progress.batch_in_epoch;
}

static gboolean
undo_step (TelarTrainer *t, GError **error)
{
  g_autoptr (GPtrArray) names = telar_states_names (t->kept);
  for (guint i = 0; i < names->len; i++)
    telar_states_put (t->states, names->pdata[i], telar_states_get (t->kept, names->pdata[i]),
                      NULL);
  t->progress.batch_in_epoch = t->kept_batch;
  t->watcher->again = TRUE;
  return telar_tally_load (t->tally, t->kept_sums) && telar_trainer_begin_pass (t, error);
}

static void
clear_hit (gpointer hit)
{
  telar_watch_hit_clear (hit);
}

static GArray *
new_hits (void)
{
  GArray *hits = g_array_new (FALSE, FALSE, sizeof (TelarWatchHit));
  g_array_set_clear_func (hits, clear_hit);
  return hits;
}

/* Whether one of them asks for a pause. */
static gboolean
tell_hits (const TelarTrainer *t, const GArray *hits, gint64 step)
{
  gboolean pauses = FALSE;
  for (guint i = 0; i < hits->len; i++) {
    const TelarWatchHit *hit = &g_array_index (hits, TelarWatchHit, i);
    g_autofree char *text = telar_watch_hit_to_text (hit);
    telar_monitor_event (t->training->monitor, step, TELAR_WATCH_EVENT, text);
    pauses |= hit->action == TELAR_WATCH_PAUSE;
  }
  return pauses;
}

static gboolean
pause_run (TelarTrainer *t, GError **error)
{
  t->paused = TRUE;
  t->allowed_steps = 0;
  if (!telar_trainer_save (t, error))
    return FALSE;
  telar_monitor_event (t->training->monitor, t->progress.step, "paused", "by a watchpoint");
  return TRUE;
}

gboolean
telar_trainer_check_step (TelarTrainer *t, gboolean *undone, GError **error)
{
  *undone = FALSE;
  if (!t->watcher)
    return TRUE;
  g_autoptr (GArray) hits = new_hits ();
  telar_watcher_end_step (t->watcher, t->losses[0], hits);
  if (!tell_hits (t, hits, t->progress.step + 1))
    return TRUE;
  *undone = TRUE;
  return undo_step (t, error) && pause_run (t, error);
}

gboolean
telar_trainer_check_epoch (TelarTrainer *t, GError **error)
{
  if (!t->watcher || !t->validation)
    return TRUE;
  g_autoptr (GArray) hits = new_hits ();
  const TelarMetricValue *metrics = (const TelarMetricValue *)t->metrics->data;
  telar_watcher_end_epoch (t->watcher, metrics[0].value, metrics[t->tally->n].value, hits);
  return !tell_hits (t, hits, t->progress.step) || t->progress.epoch == t->epochs ||
         pause_run (t, error);
}
