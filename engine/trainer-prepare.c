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
              const TelarWatcher *watcher, GError **error)
{
  TelarCompileOptions options = { .device = t->training->device };
  if (watcher) {
    options.probes = (const TelarProbe *)(void *)watcher->probes->data;
    options.n_probes = watcher->probes->len;
  }
  g_autoptr (TelarProgram) program = telar_compile_training (lowered, optimizer, &options, error);
  g_autoptr (TelarRunner) runner = make_runner (t->training, program);
  if (!runner || !telar_runner_prepare (runner, t->batch, error) ||
      !telar_states_add_program (t->states, program, t->seed, error))
    return NULL;
  return g_steal_pointer (&runner);
}

/* The programs of a run on their way. */
typedef struct {
  TelarRunner *runner, *adder, *validation;
  TelarTally *tally;
  TelarWatcher *watcher;
  TelarJudge *judge;
} Programs;

static void
programs_clear (Programs *programs)
{
  g_clear_pointer (&programs->runner, telar_runner_free);
  g_clear_pointer (&programs->adder, telar_runner_free);
  g_clear_pointer (&programs->validation, telar_runner_free);
  g_clear_pointer (&programs->tally, telar_tally_free);
  g_clear_pointer (&programs->watcher, telar_watcher_free);
  g_clear_pointer (&programs->judge, telar_judge_free);
}

static gboolean
compile_training (TelarTrainer *t, const TelarProgram *lowered, Programs *programs, GError **error)
{
  TelarOptimizer optimizer = telar_training_optimizer (t->settings);
  programs->runner = compile_step (t, lowered, &optimizer, programs->watcher, error);
  if (!programs->runner)
    return FALSE;
  programs->tally = telar_runner_tally (programs->runner);
  if (!telar_tally_check (programs->tally, t->rows, error))
    return FALSE;
  if (optimizer.batch == TELAR_BATCH_WHOLE)
    return TRUE;
  optimizer.batch = TELAR_BATCH_ADD;
  programs->adder = compile_step (t, lowered, &optimizer, programs->watcher, error);
  return programs->adder != NULL;
}

/* The program of the validation, with what tells which samples are misclassified. */
static TelarProgram *
judge (TelarTrainer *t, const TelarLowered *lowered, Programs *programs, GError **error)
{
  if (telar_monitor_observes (t->training->monitor))
    programs->judge = telar_judge_new (lowered, t->training->feed);
  return programs->judge ? telar_judge_mark (programs->judge, lowered->program, error)
                         : telar_program_ref (lowered->program);
}

static gboolean
compile_validation (TelarTrainer *t, Programs *programs, GError **error)
{
  TelarFeed *feed = t->training->feed;
  if (telar_feed_rows (feed, TELAR_SPLIT_VALIDATION) == 0)
    return TRUE;
  g_autoptr (TelarLowered) lowered = telar_lower (t->graph, feed, TELAR_LOWER_EVALUATE);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  TelarCompileOptions options = { .device = t->training->device };
  g_autoptr (TelarProgram) judged = judge (t, lowered, programs, error);
  g_autoptr (TelarProgram) program =
      judged ? telar_compile_inference (judged, &options, error) : NULL;
  programs->validation = make_runner (t->training, program);
  gint64 rows = telar_feed_rows (feed, TELAR_SPLIT_VALIDATION);
  return programs->validation &&
         telar_runner_prepare (programs->validation, MIN (t->batch, rows), error) &&
         telar_states_add_program (t->states, program, t->seed, error);
}

/* The program of a step before it is compiled: what the graph becomes, with what the watchpoints
 * look at. */
static TelarProgram *
watch (TelarTrainer *t, const TelarLowered *lowered, Programs *programs, GError **error)
{
  const char *text = t->unwatched ? "" : telar_param_set_text (t->settings, "watch");
  if (!telar_watcher_make (text, lowered, &programs->watcher, error))
    return NULL;
  if (!programs->watcher)
    return telar_program_ref (lowered->program);
  return telar_watcher_mark (programs->watcher, lowered->program, error);
}

/* Gives the run its programs; the tally goes on where the one before stands. */
static gboolean
take_programs (TelarTrainer *t, Programs *programs, GError **error)
{
  g_autoptr (GArray) sums = t->tally ? telar_tally_save (t->tally) : NULL;
  if (sums && !telar_tally_load (programs->tally, sums)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the losses or metrics would be others than the run has");
    return FALSE;
  }
  if (programs->watcher && t->watcher)
    telar_watcher_inherit (programs->watcher, t->watcher);
  Programs before = { t->runner, t->adder, t->validation, t->tally, t->watcher, t->judge };
  t->runner = programs->runner;
  t->adder = programs->adder;
  t->validation = programs->validation;
  t->tally = programs->tally;
  t->watcher = programs->watcher;
  t->judge = programs->judge;
  *programs = before;
  if (t->validation)
    telar_runner_set_seen (t->validation, t->judge ? telar_judge_see : NULL, t->judge);
  g_clear_pointer (&t->observer, telar_observer_free);
  if (t->prober)
    telar_prober_forget (t->prober);
  if (!t->losses) {
    t->losses = g_new0 (double, t->tally->n_losses + 1);
    t->numbers = g_new0 (double, t->tally->n + 1);
  }
  return TRUE;
}

gboolean
telar_trainer_compile (TelarTrainer *t, const TelarLowered *lowered, GError **error)
{
  Programs programs = { 0 };
  /* All of the graph's states, also those that no loss depends on: a model in use may. They come
   * after the plan, which says best what does not fit into memory. */
  g_autoptr (TelarProgram) watched = watch (t, lowered, &programs, error);
  gboolean good = watched && compile_training (t, watched, &programs, error) &&
                  telar_states_add_program (t->states, lowered->program, t->seed, error) &&
                  compile_validation (t, &programs, error) && take_programs (t, &programs, error);
  programs_clear (&programs);
  return good;
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
  if (!telar_weights_named (t->graph))
    return TRUE;
  g_autoptr (TelarStates) states = telar_weights_load (t->graph, program, error);
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
  t->saved_step = t->progress.step;
  return telar_trainer_edit_again (t, error) && load_best (t, error);
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
  t->graph = telar_graph_copy (t->training->graph);
  t->settings = telar_graph_training (t->graph);
  t->seed = telar_graph_seed (t->graph);
  t->saved_step = t->observed_step = -1;
  t->epochs = telar_param_set_int (t->settings, "epochs");
  if (rows < 1) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there are no rows to train on");
    return FALSE;
  }
  t->batch = MIN (telar_param_set_int (t->settings, "batch"), rows);
  t->rows = rows;
  t->accumulate = telar_param_set_int (t->settings, "accumulate");
  if (t->accumulate > 1 && telar_training_optimizer (t->settings).searches) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "a line search needs each step's batch whole: accumulate must be 1");
    return FALSE;
  }
  t->batches_per_epoch = (rows + t->batch - 1) / t->batch;
  t->steps_per_epoch = (t->batches_per_epoch + t->accumulate - 1) / t->accumulate;
  t->progress.learning_rate_factor = 1;
  t->progress.best_metric = NAN;
  t->progress.plateau = (TelarPlateau)TELAR_PLATEAU_INIT;
  t->progress.seed = t->seed;
  return TRUE;
}

static gboolean
begin (TelarTrainer *t, const TelarProgram *program, GError **error)
{
  if (t->training->fork || t->training->resume)
    return TRUE;
  return begin_states (t, program, error);
}

gboolean
telar_trainer_prepare (TelarTrainer *t, GError **error)
{
  const TelarTraining *training = t->training;
  if (!read_settings (t, error))
    return FALSE;
  t->states = telar_states_new ();
  if (training->resume && !load_checkpoint (t, error))
    return FALSE;
  g_autoptr (TelarLowered) lowered = telar_lower (t->graph, training->feed, TELAR_LOWER_TRAIN);
  if (!telar_lowered_ok (lowered, error) || !begin (t, lowered->program, error))
    return FALSE;

  g_autoptr (GHashTable) missing = new_names (t, lowered->program);
  if (!telar_trainer_begin_averages (t, lowered->program, error) ||
      !telar_trainer_compile (t, lowered, error))
    return FALSE;
  if (training->fork && !telar_trainer_fork (t, missing, error))
    return FALSE;
  count_parameters (t, lowered->program);
  telar_trainer_make_view (t);
  if (training->resume && !check_resumed (t, missing, error))
    return FALSE;
  g_free (t->progress.graph);
  t->progress.graph = telar_graph_to_text (t->graph);
  return telar_trainer_fit (lowered->program, t, missing, error);
}
