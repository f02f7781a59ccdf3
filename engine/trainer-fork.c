/* Forking: a run of its own that begins where a checkpoint stands, with a graph that may be another
 * one. What the two have in common goes on, the optimizer's slots included; what is new begins as
 * in a new run. */
#include "engine/trainer-private.h"
#include <string.h>

/* Copies what @from has of the run's states; those of another type are left. */
static void
take_common (TelarTrainer *t, const TelarStates *from, GHashTable *missing, guint *taken)
{
  g_autoptr (GPtrArray) names = telar_states_names (t->states);
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    const TelarTensor *tensor = telar_states_get (from, name);
    if (!tensor || !telar_states_put (t->states, name, tensor, NULL))
      continue;
    g_hash_table_remove (missing, name);
    (*taken)++;
  }
}

/* Where the batches are not those of the checkpoint, the epoch begins again. */
static void
take_place (TelarTrainer *t, const TelarProgress *from)
{
  TelarProgress *progress = &t->progress;
  gint64 steps = from->epoch * t->steps_per_epoch + from->batch_in_epoch / t->accumulate;
  progress->epoch = from->epoch;
  progress->step = from->epoch * t->steps_per_epoch;
  if (from->step != steps || from->batch_in_epoch == 0 ||
      from->batch_in_epoch % t->accumulate != 0 || from->batch_in_epoch >= t->batches_per_epoch ||
      !telar_tally_load (t->tally, from->sums))
    return;
  progress->step = from->step;
  progress->batch_in_epoch = from->batch_in_epoch;
}

/* A rate that was set live stays, unless the graph now says another. */
static gboolean
take_rate (TelarTrainer *t, const TelarProgress *from, GError **error)
{
  const char *text = from->graph ? from->graph : "";
  g_autoptr (TelarGraph) graph =
      telar_graph_from_text (text, strlen (text), t->training->fork, error);
  if (!graph)
    return FALSE;
  double before = telar_param_set_real (telar_graph_training (graph), "learning_rate");
  if (before == telar_param_set_real (t->settings, "learning_rate"))
    t->progress.learning_rate_factor = from->learning_rate_factor;
  return TRUE;
}

gboolean
telar_trainer_fork (TelarTrainer *t, GHashTable *missing, GError **error)
{
  TelarProgress from = { 0 };
  guint taken = 0;
  g_autoptr (TelarStates) states = telar_checkpoint_load (t->training->fork, &from, error);
  if (!states)
    return FALSE;
  take_common (t, states, missing, &taken);
  take_place (t, &from);
  gboolean good = take_rate (t, &from, error);
  telar_progress_clear (&from);
  if (good && taken == 0)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s has nothing that the project could use",
                     t->training->fork);
  return good && taken > 0;
}
