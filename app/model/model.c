/* Trained models: found in the run store or beside a project, and read. */
#include "app/model/model.h"

#include "engine/checkpoint.h"
#include "engine/weights.h"
#include "insight/store.h"

#include <string.h>

gboolean
telar_model_reads_data (const TelarGraph *graph)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  gboolean fed = FALSE, begins = FALSE;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarOperator *op = ((const TelarNode *)nodes->pdata[i])->op;
    fed |= telar_operator_is_fed (op);
    begins |= strcmp (op->name, TELAR_OPERATOR_INPUT) == 0 ||
              (op->lower != NULL && telar_operator_n_inputs (op) == 0);
  }
  return fed || !begins;
}

char *
telar_project_name (const char *path)
{
  char *name = g_path_get_basename (path);
  if (g_str_has_suffix (name, ".telar"))
    name[strlen (name) - strlen (".telar")] = '\0';
  return name;
}

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
open_run (const char *workspace, const char *name, TelarModel *model, GError **error)
{
  g_autoptr (TelarStore) store = telar_store_open (workspace, FALSE, error);
  g_autoptr (TelarRunRow) row = store != NULL ? telar_store_find_run (store, name, error) : NULL;
  return row != NULL && open_row (row, model, error);
}

gboolean
telar_model_from_weights (TelarGraph *graph, const char *path, TelarModel *model, GError **error)
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
open_project (const char *workspace, const char *path, TelarModel *model, GError **error)
{
  g_autoptr (TelarGraph) graph = telar_graph_load (path, NULL);
  gboolean weights = graph != NULL && telar_weights_named (graph);
  if (weights && !telar_store_exists (workspace))
    return telar_model_from_weights (g_steal_pointer (&graph), path, model, error);

  g_autoptr (TelarStore) store = telar_store_open (workspace, FALSE, error);
  g_autoptr (TelarRunRow) row = NULL;
  if (store == NULL || !find_run_of (store, path, &row, error))
    return FALSE;
  if (row != NULL)
    return open_row (row, model, error);
  if (weights)
    return telar_model_from_weights (g_steal_pointer (&graph), path, model, error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: none of the runs in %s is of this project; train it first", path,
                   telar_store_workspace (store));
  return FALSE;
}

gboolean
telar_model_load (const char *workspace, const char *name, TelarModel *model, GError **error)
{
  if (g_str_has_suffix (name, ".onnx")) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: an ONNX file is no run, checkpoint or project; importing makes one of it",
                     name);
    return FALSE;
  }
  if (g_str_has_suffix (name, ".telar"))
    return open_project (workspace, name, model, error);
  if (!g_str_has_suffix (name, ".safetensors"))
    return open_run (workspace, name, model, error);
  model->name = g_strdup (name);
  model->checkpoint = g_strdup (name);
  return read_checkpoint (model, error);
}
