/* Probes in a run: what is on the wires that somebody looks at is told about twice a second. When
 * that is goes by the clock, but nothing that the training computes depends on it. */
#include "engine/trainer-private.h"

static TelarLowered *
lower (const TelarTrainer *t, GError **error)
{
  g_autoptr (TelarLowered) lowered = telar_lower (t->graph, t->training->feed, TELAR_LOWER_TRAIN);
  return telar_lowered_ok (lowered, error) ? g_steal_pointer (&lowered) : NULL;
}

gboolean
telar_trainer_probe (TelarTrainer *t, const char *wire, GError **error)
{
  if (!telar_monitor_observes (t->training->monitor)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the run is not recorded");
    return FALSE;
  }
  g_autoptr (TelarLowered) lowered = lower (t, error);
  if (!lowered)
    return FALSE;
  t->prober = t->prober ? t->prober : telar_prober_new ();
  if (telar_prober_add (t->prober, lowered, wire, error))
    return TRUE;
  if (t->prober->wires->len == 0)
    g_clear_pointer (&t->prober, telar_prober_free);
  return FALSE;
}

gboolean
telar_trainer_unprobe (TelarTrainer *t, const char *wire, GError **error)
{
  if (!t->prober) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s is not probed", wire);
    return FALSE;
  }
  gboolean removed = telar_prober_remove (t->prober, wire, error);
  if (t->prober->wires->len == 0)
    g_clear_pointer (&t->prober, telar_prober_free);
  return removed;
}

/* --- looking ---------------------------------------------------------------------------------- */

/* Of the steps that a paused run takes by hand the last is looked at, whenever that is. */
gboolean
telar_trainer_probes_now (const TelarTrainer *t, const TelarRunnerStep *step)
{
  if (!t->prober || step->part != 0)
    return FALSE;
  return (t->paused && t->allowed_steps == 0) || g_get_monotonic_time () >= t->prober->next;
}

/* What cannot be probed is said, and no longer tried. */
static void
look (TelarTrainer *t, TelarTensor *const *batch, gint64 rows, const TelarRunnerStep *step)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (TelarLowered) lowered = telar_prober_ready (t->prober) ? NULL : lower (t, &problem);
  if (!problem &&
      (telar_prober_ready (t->prober) ||
       telar_prober_make (t->prober, lowered, t->training->feed, t->training->device, &problem)) &&
      telar_prober_look (t->prober, batch, rows, step, t->training->monitor, &problem))
    return;
  g_autofree char *text = g_strconcat ("wires are not probed: ", problem->message, NULL);
  telar_monitor_event (t->training->monitor, t->progress.step, "recorder", text);
  g_clear_pointer (&t->prober, telar_prober_free);
}

static void
drop (TelarTensor **batch, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&batch[i], telar_tensor_unref);
}

gint64
telar_trainer_probe_next (TelarTrainer *t, TelarRunner *runner, const TelarRunnerStep *step,
                          GError **error)
{
  TelarFeed *feed = t->training->feed;
  g_autofree TelarTensor **batch = g_new0 (TelarTensor *, feed->n_ports + 1);
  gint64 rows = telar_feed_next (feed, batch, error);
  if (rows > 0)
    look (t, batch, rows, step);
  if (rows > 0 && !telar_runner_run (runner, batch, rows, step, error))
    rows = -1;
  drop (batch, feed->n_ports);
  return rows;
}

gboolean
telar_trainer_probe_paused (TelarTrainer *t, GError **error)
{
  TelarFeed *feed = t->training->feed;
  TelarRunnerStep step = {
    .states = t->states, .seed = t->seed, .step = t->progress.step, .parts = t->accumulate
  };
  g_autofree TelarTensor **batch = g_new0 (TelarTensor *, feed->n_ports + 1);
  gint64 rows = telar_feed_next (feed, batch, error);
  if (rows > 0)
    look (t, batch, rows, &step);
  drop (batch, feed->n_ports);
  return rows >= 0 && telar_trainer_begin_pass (t, error);
}
