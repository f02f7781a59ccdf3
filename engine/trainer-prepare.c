/* Making a run ready: settings, programs, plans and the states it starts from, be they drawn, given
 * or taken from a checkpoint. All that can be refused is refused here, before the first step. */
#include "engine/trainer-private.h"
#include "engine/weights.h"
#include <math.h>

static TelarRunner *
make_runner (const TelarTraining *training, TelarProgram *program)
{
  return program ? telar_runner_new (program, training->feed, training->device) : NULL;
}

static TelarRunner *
compile_step (TelarTrainer *t, const TelarProgram *lowered, const TelarOptimizer *optimizer,
              GError **error)
{
  TelarCompileOptions options = { .device = t->training->device };
  g_autoptr (TelarProgram) program = telar_compile_training (lowered, optimizer, &options, error);
  g_autoptr (TelarRunner) runner = make_runner (t->training, program);
  if (!runner || !telar_runner_prepare (runner, t->batch, error) ||
      !telar_states_add_program (t->states, program, t->seed, error))
    return NULL;
  return g_steal_pointer (&runner);
}

static gboolean
compile_training (TelarTrainer *t, const TelarProgram *lowered, GError **error)
{
  TelarOptimizer optimizer = telar_training_optimizer (t->settings);
  t->runner = compile_step (t, lowered, &optimizer, error);
  if (!t->runner)
    return FALSE;
  t->tally = telar_runner_tally (t->runner);
  t->losses = g_new0 (double, t->tally->n_losses + 1);
  t->numbers = g_new0 (double, t->tally->n + 1);
  if (!telar_tally_check (t->tally, t->rows, error))
    return FALSE;
  if (optimizer.batch == TELAR_BATCH_WHOLE)
    return TRUE;
  optimizer.batch = TELAR_BATCH_ADD;
  t->adder = compile_step (t, lowered, &optimizer, error);
  return t->adder != NULL;
}

static gboolean
compile_validation (TelarTrainer *t, GError **error)
{
  TelarFeed *feed = t->training->feed;
  if (telar_feed_rows (feed, TELAR_SPLIT_VALIDATION) == 0)
    return TRUE;
  g_autoptr (TelarLowered) lowered = telar_lower (t->training->graph, feed, TELAR_LOWER_EVALUATE);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  TelarCompileOptions options = { .device = t->training->device };
  g_autoptr (TelarProgram) program = telar_compile_inference (lowered->program, &options, error);
  t->validation = make_runner (t->training, program);
  gint64 rows = telar_feed_rows (feed, TELAR_SPLIT_VALIDATION);
  return t->validation && telar_runner_prepare (t->validation, MIN (t->batch, rows), error) &&
         telar_states_add_program (t->states, program, t->seed, error);
}

/* Initial weights of the caller's are copied, for training changes them. */
static gboolean
take_states (TelarTrainer *t, TelarStates *given, GError **error)
{
  g_autoptr (GPtrArray) names = telar_states_names (given);
  for (guint i = 0; i < names->len; i++)
    if (!telar_states_put (t->states, names->pdata[i], telar_states_get (given, names->pdata[i]),
                           error))
      return FALSE;
  return TRUE;
}

/* What the caller gives goes before what the project's file of weights has. */
static gboolean
begin_states (TelarTrainer *t, const TelarProgram *program, GError **error)
{
  if (t->training->states)
    return take_states (t, t->training->states, error);
  if (!telar_weights_named (t->training->graph))
    return TRUE;
  g_autoptr (TelarStates) states = telar_weights_load (t->training->graph, program, error);
  return states && take_states (t, states, error);
}

/* Names of the states that neither a checkpoint nor the caller gave. */
static GHashTable *
new_names (const TelarTrainer *t, const TelarProgram *program)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const char *name = telar_program_state (program, i)->name;
    if (!telar_states_get (t->states, name))
      g_hash_table_add (names, (gpointer)name);
  }
  return names;
}

static gboolean
load_best (TelarTrainer *t, GError **error)
{
  if (isnan (t->progress.best_metric) || telar_param_set_int (t->settings, "patience") == 0)
    return TRUE;
  g_autofree char *folder = g_path_get_dirname (t->training->resume);
  g_autofree char *path = g_build_filename (folder, "best.safetensors", NULL);
  t->best = telar_checkpoint_load (path, NULL, error);
  return t->best != NULL;
}

static gboolean
load_checkpoint (TelarTrainer *t, GError **error)
{
  telar_progress_clear (&t->progress);
  g_autoptr (TelarStates) states = telar_checkpoint_load (t->training->resume, &t->progress, error);
  if (!states || !take_states (t, states, error))
    return FALSE;
  if (t->progress.seed != t->seed) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s was made with seed %" G_GUINT64_FORMAT
                     ", the project has %" G_GUINT64_FORMAT,
                     t->training->resume, t->progress.seed, t->seed);
    return FALSE;
  }
  return load_best (t, error);
}

/* That the checkpoint is one of this very model and, within an epoch, of these very batches, whose
 * sums go on. */
static gboolean
check_resumed (TelarTrainer *t, GHashTable *missing, GError **error)
{
  const TelarProgress *progress = &t->progress;
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init (&iter, missing);
  if (g_hash_table_iter_next (&iter, &name, NULL)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s has no state %s: it is of another model",
                     t->training->resume, (char *)name);
    return FALSE;
  }
  gint64 steps = progress->epoch * t->steps_per_epoch + progress->batch_in_epoch / t->accumulate;
  if (progress->batch_in_epoch == 0 ||
      (progress->step == steps && progress->batch_in_epoch % t->accumulate == 0 &&
       progress->batch_in_epoch < t->batches_per_epoch &&
       telar_tally_load (t->tally, progress->sums)))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s is from the middle of an epoch of other batches or metrics",
                   t->training->resume);
  return FALSE;
}

static void
count_parameters (TelarTrainer *t, const TelarProgram *program)
{
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    if (state->trainable)
      t->parameters += (gint64)telar_shape_elements (&state->type.shape);
  }
}

static gboolean
read_settings (TelarTrainer *t, GError **error)
{
  gint64 rows = telar_feed_rows (t->training->feed, TELAR_SPLIT_TRAIN);
  t->settings = telar_graph_training (t->training->graph);
  t->seed = telar_graph_seed (t->training->graph);
  t->epochs = telar_param_set_int (t->settings, "epochs");
  if (rows < 1) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there are no rows to train on");
    return FALSE;
  }
  t->batch = MIN (telar_param_set_int (t->settings, "batch"), rows);
  t->rows = rows;
  t->accumulate = telar_param_set_int (t->settings, "accumulate");
  t->batches_per_epoch = (rows + t->batch - 1) / t->batch;
  t->steps_per_epoch = (t->batches_per_epoch + t->accumulate - 1) / t->accumulate;
  t->progress.learning_rate_factor = 1;
  t->progress.best_metric = NAN;
  t->progress.plateau = (TelarPlateau)TELAR_PLATEAU_INIT;
  t->progress.seed = t->seed;
  return TRUE;
}

gboolean
telar_trainer_prepare (TelarTrainer *t, GError **error)
{
  const TelarTraining *training = t->training;
  if (!read_settings (t, error))
    return FALSE;
  g_autoptr (TelarLowered) lowered =
      telar_lower (training->graph, training->feed, TELAR_LOWER_TRAIN);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  t->states = telar_states_new ();
  if (training->resume && !load_checkpoint (t, error))
    return FALSE;
  if (!training->resume && !begin_states (t, lowered->program, error))
    return FALSE;

  g_autoptr (GHashTable) missing = new_names (t, lowered->program);
  /* All of the graph's states, also those that no loss depends on: a model in use may. They come
   * after the plan, which says best what does not fit into memory. */
  if (!telar_trainer_begin_averages (t, lowered->program, error) ||
      !compile_training (t, lowered->program, error) ||
      !telar_states_add_program (t->states, lowered->program, t->seed, error) ||
      !compile_validation (t, error))
    return FALSE;
  count_parameters (t, lowered->program);
  telar_trainer_make_view (t);
  if (training->resume && !check_resumed (t, missing, error))
    return FALSE;
  g_free (t->progress.graph);
  t->progress.graph = telar_graph_to_text (training->graph);
  return telar_trainer_fit (lowered->program, t, missing, error);
}
