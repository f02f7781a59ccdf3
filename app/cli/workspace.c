/* Finds the workspace and opens the models in it. */
#include "app/cli/workspace.h"

#include "engine/device.h"
#include "engine/weights.h"
#include <string.h>

char *
telar_command_workspace (const TelarCommand *command)
{
  const char *given = telar_command_text (command, "workspace");
  if (given == NULL)
    given = g_getenv ("TELAR_WORKSPACE");
  if (given != NULL && *given != '\0')
    return g_strdup (given);
  return g_build_filename (g_get_user_data_dir (), "telar", "workspace", NULL);
}

TelarStore *
telar_command_store (const TelarCommand *command, GError **error)
{
  g_autofree char *workspace = telar_command_workspace (command);
  return telar_store_open (workspace, FALSE, error);
}

TelarDevice *
telar_command_device (const TelarCommand *command, GError **error)
{
  const char *name = telar_command_text (command, "device");
  return telar_device_open (name != NULL ? name : "cpu",
                            (guint)telar_command_int (command, "threads", 0), error);
}

/* --- projects -----------------------------------------------------------------------------------
 */

static gboolean
has_option (const TelarCommand *command, const char *name)
{
  for (const TelarOption *option = command->verb->options; option->name != NULL; option++)
    if (strcmp (option->name, name) == 0)
      return telar_command_has (command, name);
  return FALSE;
}

static gboolean
apply_set (TelarGraph *graph, const char *setting, GError **error)
{
  const char *equals = strchr (setting, '=');
  if (equals == NULL || equals == setting) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--set takes NODE.PARAM=VALUE, not \"%s\"",
                     setting);
    return FALSE;
  }
  g_autofree char *path = g_strndup (setting, (gsize)(equals - setting));
  return telar_graph_set (graph, path, equals + 1, error);
}

gboolean
telar_command_apply_settings (const TelarCommand *command, TelarGraph *graph, GError **error)
{
  const GPtrArray *settings =
      has_option (command, "set") ? telar_command_list (command, "set") : NULL;
  for (guint i = 0; settings != NULL && i < settings->len; i++)
    if (!apply_set (graph, settings->pdata[i], error))
      return FALSE;
  if (has_option (command, "epochs") &&
      !telar_graph_set (graph, "training.epochs", telar_command_text (command, "epochs"), error))
    return FALSE;
  if (has_option (command, "seed"))
    telar_graph_set_seed (graph, (guint64)telar_command_int (command, "seed", 0));
  return TRUE;
}

TelarGraph *
telar_command_project (const TelarCommand *command, const char *path, GError **error)
{
  g_autoptr (TelarGraph) graph = telar_graph_load (path, error);
  if (graph == NULL || !telar_command_apply_settings (command, graph, error))
    return NULL;
  return g_steal_pointer (&graph);
}

gboolean
telar_command_reads_data (const TelarGraph *graph)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  gboolean fed = FALSE, given = FALSE;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarOperator *op = ((const TelarNode *)nodes->pdata[i])->op;
    fed |= telar_operator_is_fed (op);
    given |= strcmp (op->name, TELAR_OPERATOR_INPUT) == 0;
  }
  return fed || !given;
}

char *
telar_project_name (const char *path)
{
  char *name = g_path_get_basename (path);
  if (g_str_has_suffix (name, ".telar"))
    name[strlen (name) - strlen (".telar")] = '\0';
  return name;
}

/* --- models -------------------------------------------------------------------------------------
 */

void
telar_model_clear (TelarModel *model)
{
  g_clear_pointer (&model->name, g_free);
  g_clear_pointer (&model->project, g_free);
  g_clear_pointer (&model->graph, telar_graph_free);
  g_clear_pointer (&model->states, telar_states_unref);
  g_clear_pointer (&model->checkpoint, g_free);
}

static gboolean
read_checkpoint (TelarModel *model, GError **error)
{
  TelarProgress progress = { 0 };
  model->states = telar_checkpoint_load_model (model->checkpoint, &progress, error);
  if (model->states != NULL && progress.graph == NULL)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: no project is in it; it is not a checkpoint of Telar", model->checkpoint);
  else if (model->states != NULL)
    model->graph =
        telar_graph_from_text (progress.graph, strlen (progress.graph), model->checkpoint, error);
  telar_progress_clear (&progress);
  return model->graph != NULL;
}

/* The newest run of the project that has a checkpoint; @row stays NULL when there is none. */
static gboolean
find_run_of (TelarStore *store, const char *project, TelarRunRow **row, GError **error)
{
  g_autoptr (GPtrArray) runs = telar_store_runs (store, error);
  g_autofree char *path = g_canonicalize_filename (project, NULL);
  if (runs == NULL)
    return FALSE;
  for (guint i = 0; i < runs->len && *row == NULL; i++) {
    const TelarRunRow *run = runs->pdata[i];
    if (run->checkpoint == NULL || g_strcmp0 (run->project, path) != 0)
      continue;
    *row = telar_store_find_run (store, run->name, error);
    if (*row == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
open_row (const TelarRunRow *row, TelarModel *model, GError **error)
{
  if (row->checkpoint == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the run %s has no checkpoint yet",
                     row->name);
    return FALSE;
  }
  model->name = g_strdup (row->name);
  model->checkpoint = g_strdup (row->checkpoint);
  if (!read_checkpoint (model, error))
    return FALSE;
  if (row->project != NULL) {
    g_autofree char *folder = g_path_get_dirname (row->project);
    telar_graph_set_folder (model->graph, folder);
    model->project = telar_project_name (row->project);
  }
  return TRUE;
}

static gboolean
open_run (const TelarCommand *command, const char *name, TelarModel *model, GError **error)
{
  g_autoptr (TelarStore) store = telar_command_store (command, error);
  g_autoptr (TelarRunRow) row = store != NULL ? telar_store_find_run (store, name, error) : NULL;
  return row != NULL && open_row (row, model, error);
}

/* Takes over @graph. */
static gboolean
open_weights (const char *path, TelarGraph *graph, TelarModel *model, GError **error)
{
  model->graph = graph;
  model->states = telar_weights_load (graph, NULL, error);
  model->project = telar_project_name (path);
  model->name = g_strdup (model->project);
  model->checkpoint = g_strdup (path);
  return model->states != NULL;
}

/* A project that names weights is a model before its first run. */
static gboolean
open_project (const TelarCommand *command, const char *path, TelarModel *model, GError **error)
{
  g_autofree char *workspace = telar_command_workspace (command);
  g_autoptr (TelarGraph) graph = telar_graph_load (path, NULL);
  gboolean weights = graph != NULL && telar_weights_named (graph);
  if (weights && !telar_store_exists (workspace))
    return open_weights (path, g_steal_pointer (&graph), model, error);

  g_autoptr (TelarStore) store = telar_command_store (command, error);
  g_autoptr (TelarRunRow) row = NULL;
  if (store == NULL || !find_run_of (store, path, &row, error))
    return FALSE;
  if (row != NULL)
    return open_row (row, model, error);
  if (weights)
    return open_weights (path, g_steal_pointer (&graph), model, error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: none of the runs in %s is of this project; train it first", path,
                   telar_store_workspace (store));
  return FALSE;
}

gboolean
telar_model_open (const TelarCommand *command, const char *name, TelarModel *model, GError **error)
{
  if (g_str_has_suffix (name, ".onnx")) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: ONNX files are written, not yet read; name a run or a checkpoint", name);
    return FALSE;
  }
  if (g_str_has_suffix (name, ".telar"))
    return open_project (command, name, model, error);
  if (!g_str_has_suffix (name, ".safetensors"))
    return open_run (command, name, model, error);
  model->name = g_strdup (name);
  model->checkpoint = g_strdup (name);
  return read_checkpoint (model, error);
}
