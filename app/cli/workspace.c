/* Finds the workspace and opens the models in it. */
#include "app/cli/workspace.h"

#include "engine/device.h"

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

/* --- rows ---------------------------------------------------------------------------------------
 */

const char *const telar_split_choices[] = { "train", "validation", "all", NULL };

TelarSplit
telar_command_split (const TelarCommand *command)
{
  const char *split = telar_command_text (command, "split");
  if (g_strcmp0 (split, "train") == 0)
    return TELAR_SPLIT_TRAIN;
  return g_strcmp0 (split, "all") == 0 ? TELAR_SPLIT_ALL : TELAR_SPLIT_VALIDATION;
}

/* --- models -------------------------------------------------------------------------------------
 */

gboolean
telar_model_open (const TelarCommand *command, const char *name, TelarModel *model, GError **error)
{
  g_autofree char *workspace = telar_command_workspace (command);
  return telar_model_load (workspace, name, model, error);
}
