/* Reading the weights that a project begins with. */
#include "engine/weights.h"

#include "engine/checkpoint.h"

#include <string.h>

static const char *
file_of (TelarGraph *graph)
{
  return telar_param_set_text (telar_graph_training (graph), "weights");
}

gboolean
telar_weights_named (TelarGraph *graph)
{
  return file_of (graph)[0] != '\0';
}

static char *
path_of (TelarGraph *graph)
{
  const char *folder = telar_graph_folder (graph);
  return g_path_is_absolute (file_of (graph)) || !folder
             ? g_strdup (file_of (graph))
             : g_build_filename (folder, file_of (graph), NULL);
}

static gboolean
take (TelarStates *states, const TelarState *state, TelarTensor *tensor, const char *path,
      GError **error)
{
  if (telar_type_equal (&tensor->type, &state->type)) {
    telar_states_share (states, state->name, tensor);
    return TRUE;
  }
  g_autofree char *has = telar_type_to_string (&tensor->type);
  g_autofree char *wants = telar_type_to_string (&state->type);
  g_autofree char *node = g_strndup (state->name, strcspn (state->name, "."));
  telar_set_error (error, TELAR_ERROR_INVALID, node,
                   "%s has %s for %s, which is %s now; rename the node to let it begin anew", path,
                   has, state->name, wants);
  return FALSE;
}

static void
take_all (TelarStates *states, GHashTable *tensors)
{
  GHashTableIter iter;
  gpointer name, tensor;
  g_hash_table_iter_init (&iter, tensors);
  while (g_hash_table_iter_next (&iter, &name, &tensor))
    telar_states_share (states, name, tensor);
}

TelarStates *
telar_weights_load (TelarGraph *graph, const TelarProgram *program, GError **error)
{
  g_autofree char *path = path_of (graph);
  g_autoptr (GHashTable) tensors = NULL;
  if (!telar_safetensors_read (path, &tensors, NULL, error))
    return NULL;
  TelarStates *states = telar_states_new ();
  if (!program)
    take_all (states, tensors);
  for (guint i = 0; program && i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    TelarTensor *tensor = g_hash_table_lookup (tensors, state->name);
    if (tensor && !take (states, state, tensor, path, error)) {
      telar_states_unref (states);
      return NULL;
    }
  }
  return states;
}
