/* telar train: trains a project, records the run in the workspace, tells people or programs. */
#include "app/cli/monitors.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "app/model/lineage.h"
#include "data/data.h"
#include "engine/checkpoint.h"
#include "engine/trainer.h"
#include "engine/watch.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The rates that --find-lr tries. */
#define FIND_FROM  1e-7
#define FIND_TO    10.0
#define FIND_STEPS 100

static const TelarOption options[] = {
  TELAR_OPTION_WORKSPACE,
  { .name = "run",
    .kind = TELAR_OPTION_TEXT,
    .value = "NAME",
    .doc = "The run's name; otherwise the project's name and the next free number." },
  TELAR_OPTION_DEVICE,
  TELAR_OPTION_THREADS,
  { .name = "epochs",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 1,
    .maximum = 1000000000,
    .doc = "How often all training rows are seen." },
  { .name = "set",
    .kind = TELAR_OPTION_TEXT,
    .value = "NODE.PARAM=VALUE",
    .repeated = TRUE,
    .doc = "Changes a parameter for this run; training.PARAM for a training setting." },
  { .name = "seed",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 0,
    .maximum = G_MAXINT64,
    .doc = "What the weights, the split and the order of rows are drawn from." },
  { .name = "find-lr",
    .kind = TELAR_OPTION_FLAG,
    .doc = "Trains a hundred steps at rates from 1e-07 to 10, records and prints the losses, and "
           "suggests a learning rate; keeps no weights." },
  { .name = "resume",
    .kind = TELAR_OPTION_TEXT,
    .value = "RUN",
    .doc = "Goes on with a run from its checkpoint, with the project as it was trained; PROJECT "
           "may be left out." },
  { .name = "watch",
    .kind = TELAR_OPTION_TEXT,
    .value = "KIND[:WHERE][:LIMIT][:ACTION]",
    .repeated = TRUE,
    .doc = "A watchpoint beside the project's own: nan, overflow, vanishing, exploding, unchanged, "
           "update-large, update-small, dead, saturated, range, loss-stuck or over-fitting, of all "
           "nodes, a node, a wire NODE.PORT or a pattern; to mark, notify or pause before the "
           "step. steps=N sets for how many steps dead and loss-stuck look." },
  { .name = "fork",
    .kind = TELAR_OPTION_TEXT,
    .value = "RUN[:STEP]",
    .doc = "Begins a new run where RUN's checkpoint stands, or the one that was asked for at STEP: "
           "with PROJECT, which may have been edited, or else the project as RUN has it." },
  { .name = "replay",
    .kind = TELAR_OPTION_TEXT,
    .value = "RUN",
    .doc = "Trains RUN's project again from the start as a new run, with all that was changed live "
           "at the same steps; ends with the same bits." },
  TELAR_OPTION_JSON ("A JSON object per line for each event, on standard output."),
  { NULL },
};

/* --- being interrupted --------------------------------------------------------------------------
 */

static int interrupted;

static void
interrupt (int signal)
{
  (void)signal;
  __atomic_store_n (&interrupted, 1, __ATOMIC_RELAXED);
}

/* The first signal ends the training at the next step with a checkpoint, the second ends it. */
static void
catch_signals (void)
{
  struct sigaction action = { .sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND };
  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

/* --- what is trained ----------------------------------------------------------------------------
 */

typedef struct {
  char *workspace, *run, *folder;
  char *project; /* absolute path, or NULL */
  char *resume;  /* checkpoint, or NULL */
  char *fork;    /* likewise */
  char *source;  /* the run that is forked or replayed, or NULL */
  char *parent;  /* the run that this one begins from, at @parent_step; or NULL */
  gint64 parent_step;
  TelarGraph *graph;
  TelarDevice *device;
  TelarFeed *feed;
  TelarMonitor *monitor;
} Job;

static void
job_clear (Job *job)
{
  g_clear_pointer (&job->monitor, telar_monitor_free);
  g_clear_pointer (&job->feed, telar_feed_free);
  g_clear_pointer (&job->device, telar_device_free);
  g_clear_pointer (&job->graph, telar_graph_free);
  g_free (job->workspace);
  g_free (job->run);
  g_free (job->folder);
  g_free (job->project);
  g_free (job->resume);
  g_free (job->fork);
  g_free (job->source);
  g_free (job->parent);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* The store may not have heard of a checkpoint when the process was killed, so the file counts.
 * NULL when there is none: then the run begins again. */
static char *
find_checkpoint (const Job *job, const TelarRunRow *row)
{
  g_autofree char *file =
      g_build_filename (job->workspace, "runs", row->name, "checkpoint.safetensors", NULL);
  if (g_file_test (file, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&file);
  return g_strdup (row->checkpoint);
}

static TelarRunRow *
find_row (const TelarCommand *command, const char *run, GError **error)
{
  g_autoptr (TelarStore) store = telar_command_store (command, error);
  return store != NULL ? telar_store_find_run (store, run, error) : NULL;
}

/* The project as the run of @row was trained, with --set. */
static gboolean
take_project (const TelarCommand *command, Job *job, const TelarRunRow *row, GError **error)
{
  g_autoptr (TelarStore) store = telar_command_store (command, error);
  g_autofree char *text = store != NULL ? telar_store_graph (store, row->id, error) : NULL;
  if (text == NULL)
    return FALSE;
  if (job->project == NULL)
    job->project = g_strdup (row->project);
  job->graph = telar_graph_from_text (text, strlen (text), row->name, error);
  if (job->graph == NULL)
    return FALSE;
  if (job->project != NULL) {
    g_autofree char *folder = g_path_get_dirname (job->project);
    telar_graph_set_folder (job->graph, folder);
  }
  return telar_command_apply_settings (command, job->graph, error);
}

/* The run to go on with: its project, its checkpoint. */
static gboolean
find_resumed (const TelarCommand *command, Job *job, GError **error)
{
  job->run = g_strdup (telar_command_text (command, "resume"));
  g_autoptr (TelarRunRow) row = find_row (command, job->run, error);
  if (row == NULL)
    return FALSE;
  if (strcmp (row->status, "running") == 0 || strcmp (row->status, "paused") == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the run %s is still %s (process %d)",
                     row->name, row->status, (int)row->pid);
    return FALSE;
  }
  job->resume = find_checkpoint (job, row);
  return take_project (command, job, row, error);
}

static char *
run_file (const Job *job, const char *run, const char *name)
{
  return g_build_filename (job->workspace, "runs", run, name, NULL);
}

/* Where the checkpoint that is forked stands. */
static gboolean
read_parent_step (Job *job, GError **error)
{
  TelarProgress progress = { 0 };
  g_autoptr (TelarStates) states = telar_checkpoint_load (job->fork, &progress, error);
  job->parent_step = progress.step;
  telar_progress_clear (&progress);
  return states != NULL;
}

/* RUN or RUN:STEP; a name of a run has no colon. */
static gboolean
find_forked (const TelarCommand *command, Job *job, GError **error)
{
  const char *text = telar_command_text (command, "fork"), *colon = strchr (text, ':');
  job->source = g_strndup (text, strcspn (text, ":"));
  g_autoptr (TelarRunRow) row = find_row (command, job->source, error);
  if (row == NULL)
    return FALSE;
  g_autofree char *kept = g_strdup_printf ("checkpoint-%s.safetensors", colon ? colon + 1 : "");
  job->fork = colon != NULL ? run_file (job, row->name, kept) : find_checkpoint (job, row);
  if (job->fork == NULL || !g_file_test (job->fork, G_FILE_TEST_EXISTS)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the run %s has no checkpoint%s%s; ask for one with telar runs request %s "
                     "checkpoint while it is training",
                     row->name, colon != NULL ? " of step " : "", colon != NULL ? colon + 1 : "",
                     row->name);
    return FALSE;
  }
  job->parent = g_strdup (row->name);
  return read_parent_step (job, error) &&
         (job->project != NULL || take_project (command, job, row, error));
}

/* A run that was forked begins where that one did. */
static gboolean
find_replayed (const TelarCommand *command, Job *job, GError **error)
{
  job->source = g_strdup (telar_command_text (command, "replay"));
  g_autoptr (TelarRunRow) row = find_row (command, job->source, error);
  g_autofree char *fork = run_file (job, job->source, "fork.safetensors");
  if (row == NULL)
    return FALSE;
  if (strcmp (row->status, "running") == 0 || strcmp (row->status, "paused") == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the run %s has not ended yet", row->name);
    return FALSE;
  }
  if (g_file_test (fork, G_FILE_TEST_EXISTS))
    job->fork = g_steal_pointer (&fork);
  job->parent = g_strdup (row->parent);
  job->parent_step = row->parent_step;
  return take_project (command, job, row, error);
}

static char *
free_run_name (const TelarCommand *command, const Job *job, GError **error)
{
  static const char *const kinds[] = { "fork", "replay", "find-lr" };
  g_autoptr (TelarStore) store = telar_store_open (job->workspace, TRUE, error);
  if (store == NULL)
    return NULL;
  g_autofree char *stem = job->source ? g_strdup (job->source) : telar_project_name (job->project);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (telar_command_has (command, kinds[i])) {
      g_autofree char *plain = g_steal_pointer (&stem);
      stem = g_strdup_printf ("%s-%s", plain, kinds[i]);
    }
  return telar_store_free_name (store, stem, error);
}

/* --watch adds to the watchpoints of the project. */
static gboolean
add_watches (const TelarCommand *command, TelarGraph *graph, GError **error)
{
  const GPtrArray *given = telar_command_list (command, "watch");
  TelarParamSet *training = telar_graph_training (graph);
  g_autoptr (GString) text = g_string_new (telar_param_set_text (training, "watch"));
  for (guint i = 0; given != NULL && i < given->len; i++) {
    g_autoptr (TelarWatch) watch = telar_watch_parse (given->pdata[i], error);
    if (watch == NULL)
      return FALSE;
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", (char *)given->pdata[i]);
  }
  return given == NULL || telar_param_set_put_text (training, "watch", text->str, error);
}

/* Options that each say what a run begins with, of which there can be one. */
static const char *const beginnings[] = { "resume", "fork", "replay", "find-lr" };

static gboolean
check_beginnings (const TelarCommand *command, GError **error)
{
  const char *found = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++) {
    if (!telar_command_has (command, beginnings[i]))
      continue;
    if (found) {
      telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--%s and --%s exclude each other", found,
                       beginnings[i]);
      return FALSE;
    }
    found = beginnings[i];
  }
  if (telar_command_has (command, "run") && telar_command_has (command, "resume")) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--run and --resume exclude each other");
    return FALSE;
  }
  if (telar_command_has (command, "replay") && telar_command_argument (command, 0)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--replay takes the project of its run");
    return FALSE;
  }
  return TRUE;
}

static gboolean
find_project (const TelarCommand *command, Job *job, GError **error)
{
  const char *path = telar_command_argument (command, 0);
  job->workspace = telar_command_workspace (command);
  job->project = path != NULL ? g_canonicalize_filename (path, NULL) : NULL;
  if (!check_beginnings (command, error))
    return FALSE;
  if (telar_command_has (command, "resume"))
    return find_resumed (command, job, error);
  if (telar_command_has (command, "replay"))
    return find_replayed (command, job, error);
  if (telar_command_has (command, "fork") && !find_forked (command, job, error))
    return FALSE;
  if (path == NULL && job->graph == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "PROJECT, --resume, --fork or --replay is missing; see telar train --help");
    return FALSE;
  }
  if (job->graph == NULL)
    job->graph = telar_command_project (command, path, error);
  return job->graph != NULL;
}

/* Data that is not what the project recorded gives other results; that is said, not hidden. */
static gboolean
tell_changed_data (TelarGraph *graph, GError **error)
{
  g_autoptr (GPtrArray) changed = telar_data_changed_sources (graph, error);
  for (guint i = 0; changed != NULL && i < changed->len; i++)
    fprintf (stderr, "telar: %s has changed since the project was saved\n",
             (const char *)changed->pdata[i]);
  return changed != NULL && telar_data_hash_sources (graph, error);
}

/* --- recording ----------------------------------------------------------------------------------
 */

/* The training settings as one JSON object; caller frees. */
static char *
settings_json (TelarGraph *graph)
{
  const TelarParamSet *set = telar_graph_training (graph);
  json_t *json = json_object ();
  for (const TelarParam *param = telar_param_set_table (set); param->name != NULL; param++)
    json_object_set_new (json, param->name,
                         telar_param_value_to_json (telar_param_set_get (set, param->name)));
  char *text = json_dumps (json, JSON_COMPACT);
  json_decref (json);
  return text;
}

static gboolean
make_folder (Job *job, GError **error)
{
  job->folder = g_build_filename (job->workspace, "runs", job->run, NULL);
  if (g_mkdir_with_parents (job->folder, 0777) == 0)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: %s", job->folder, g_strerror (errno));
  return FALSE;
}

static gboolean
open_monitor (const TelarCommand *command, Job *job, GError **error)
{
  g_autofree char *text = telar_graph_to_text (job->graph);
  g_autofree char *settings = settings_json (job->graph);
  TelarRecording recording = {
    .run = job->run,
    .project = job->project,
    .graph = text,
    .settings = settings,
    .resume = telar_command_has (command, "resume"),
    .parent = job->parent,
    .parent_step = job->parent_step,
  };
  TelarMonitor *monitors[3];
  monitors[0] = telar_recorder_new (job->workspace, &recording, error);
  if (monitors[0] == NULL)
    return FALSE;
  if (!telar_record_sources (job->workspace, job->run, job->graph, error)) {
    telar_monitor_free (monitors[0]);
    return FALSE;
  }
  monitors[1] = telar_command_has (command, "json") ? telar_json_monitor_new ()
                                                    : telar_progress_monitor_new ();
  gboolean replays = telar_command_has (command, "replay");
  if (replays)
    monitors[2] = telar_replay_new (job->workspace, job->source, job->run, error);
  gboolean good = !replays || monitors[2] != NULL;
  job->monitor = telar_monitor_tee (monitors, replays && good ? 3 : 2);
  return good;
}

/* What the run began with stays beside it: it can be replayed when its source is gone. */
static gboolean
keep_fork (const Job *job, GError **error)
{
  g_autofree char *bytes = NULL;
  g_autofree char *copy = run_file (job, job->run, "fork.safetensors");
  gsize length;
  if (job->fork == NULL)
    return TRUE;
  return g_file_get_contents (job->fork, &bytes, &length, error) &&
         telar_file_replace (copy, bytes, length, error);
}

/* Everything that can be wrong with the input is found before the run is recorded. */
static gboolean
prepare (const TelarCommand *command, Job *job, GError **error)
{
  if (!find_project (command, job, error) || !add_watches (command, job->graph, error))
    return FALSE;
  job->device = telar_command_device (command, error);
  job->feed = job->device != NULL ? telar_data_open (job->graph, error) : NULL;
  if (job->feed == NULL || !tell_changed_data (job->graph, error))
    return FALSE;
  g_autoptr (TelarLowered) lowered = telar_lower (job->graph, job->feed, TELAR_LOWER_TRAIN);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  if (job->run == NULL)
    job->run = telar_command_has (command, "run") ? g_strdup (telar_command_text (command, "run"))
                                                  : free_run_name (command, job, error);
  return job->run != NULL && open_monitor (command, job, error) && make_folder (job, error) &&
         keep_fork (job, error);
}

/* --- the outcome --------------------------------------------------------------------------------
 */

static void
print_end (const TelarCommand *command, const Job *job, const TelarTrainingResult *result,
           const char *status, const char *message)
{
  const TelarMetricValue *metrics =
      result->metrics != NULL ? (const TelarMetricValue *)(void *)result->metrics->data : NULL;
  guint n = result->metrics != NULL ? result->metrics->len : 0;
  const char *checkpoint = result->checkpoint;
  if (telar_command_has (command, "json")) {
    json_t *json = json_pack ("{s:s, s:s, s:s, s:o, s:o}", "event", "end", "status", status, "run",
                              job->run, "metrics", telar_metrics_to_json (metrics, n), "checkpoint",
                              checkpoint != NULL ? json_string (checkpoint) : json_null ());
    if (message != NULL)
      json_object_set_new (json, "message", json_string (message));
    telar_print_json (json);
    return;
  }
  if (message != NULL)
    return;
  g_autofree char *text = telar_metrics_to_text (metrics, n);
  printf ("%s %s after %" G_GINT64_FORMAT " epoch%s: %s\n", job->run, status, result->epochs,
          result->epochs == 1 ? "" : "s", text);
  if (checkpoint != NULL)
    printf ("checkpoint: %s\n", checkpoint);
}

/* --- the learning-rate finder -------------------------------------------------------------------
 */

static void
print_curve (const TelarCommand *command, const Job *job, const TelarRateCurve *curve)
{
  gboolean json = telar_command_has (command, "json"), found = !isnan (curve->suggestion);
  json_t *points = json_array ();
  for (guint i = 0; i < curve->rates->len; i++) {
    double rate = g_array_index (curve->rates, double, i);
    double loss = g_array_index (curve->losses, double, i);
    json_array_append_new (points, json_pack ("[f, f]", rate, loss));
    if (!json)
      printf ("rate %-9.3g loss %.6g\n", rate, loss);
  }
  json_t *suggestion = found ? json_real (curve->suggestion) : json_null ();
  json_t *end = json_pack ("{s:s, s:s, s:s, s:o, s:o}", "event", "end", "status", "done", "run",
                           job->run, "suggestion", suggestion, "curve", points);
  if (json) {
    telar_print_json (end);
    return;
  }
  json_decref (end);
  if (found)
    printf ("the loss fell fastest at %.3g; try --set training.learning_rate=%.3g\n",
            curve->suggestion, curve->suggestion);
  else
    puts ("the loss fell at none of these rates");
}

static int
find_rate (const TelarCommand *command, Job *job, const TelarTraining *training, GError **error)
{
  TelarRateCurve curve = { 0 };
  gboolean ok = telar_find_rate (training, FIND_FROM, FIND_TO, FIND_STEPS, &curve, error);
  g_clear_pointer (&job->monitor, telar_monitor_free);
  if (ok)
    print_curve (command, job, &curve);
  telar_rate_curve_clear (&curve);
  return !ok ? 1 : interrupted ? 130 : 0;
}

static int
run (const TelarCommand *command, GError **error)
{
  g_auto (Job) job = { 0 };
  catch_signals ();
  if (!prepare (command, &job, error))
    return 1;
  TelarTraining training = {
    .graph = job.graph,
    .feed = job.feed,
    .device = job.device,
    .monitor = job.monitor,
    .run = job.run,
    .folder = job.folder,
    .resume = job.resume,
    .fork = job.fork,
    .interrupted = &interrupted,
  };
  if (telar_command_has (command, "find-lr"))
    return find_rate (command, &job, &training, error);
  TelarTrainingResult result = { 0 };
  g_autoptr (GError) problem = NULL;
  gboolean ok = telar_train (&training, &result, &problem);
  /* The recorder writes its last when it is freed; the end is told after that. */
  g_clear_pointer (&job.monitor, telar_monitor_free);
  TelarRunStatus outcome = ok ? result.status : TELAR_RUN_FAILED;
  print_end (command, &job, &result, telar_run_status_name (outcome),
             problem != NULL ? problem->message : NULL);
  telar_training_result_clear (&result);
  if (!ok) {
    /* Of a run that was refused before it began nothing is left; one with files in it stays. */
    g_rmdir (job.folder);
    g_propagate_error (error, g_steal_pointer (&problem));
    return 1;
  }
  if (outcome == TELAR_RUN_STOPPED && interrupted)
    return 130;
  return outcome == TELAR_RUN_FAILED ? 1 : 0;
}

const TelarVerb telar_verb_train = {
  .name = "train",
  .arguments = "[PROJECT]",
  .max_arguments = 1,
  .summary = "Trains a project and records the run in the workspace.",
  .doc = "An interrupt (Ctrl+C) ends the training after the step under way and keeps a checkpoint; "
         "--resume goes on from there and ends with the same numbers as undisturbed.",
  .options = options,
  .run = run,
};
