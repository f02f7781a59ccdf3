/* An imported model as a project file with its weights beside it. */
#include "engine/arrange.h"
#include "engine/checkpoint.h"
#include "engine/exchange/import.h"

#include <glib/gstdio.h>
#include <string.h>

void
telar_import_arrange (TelarGraph *graph)
{
  telar_graph_arrange_missing (graph);
}

/* The weights first: a project without its weights is worth nothing. What a failure leaves of a new
 * project is removed. */
static gboolean
write_both (TelarGraph *graph, GHashTable *weights, const char *project, const char *weights_path,
            GError **error)
{
  gboolean existed = g_file_test (project, G_FILE_TEST_EXISTS);
  if (!telar_safetensors_write (weights_path, weights, NULL, error))
    return FALSE;
  if (telar_graph_save (graph, project, error))
    return TRUE;
  if (!existed)
    g_unlink (weights_path);
  return FALSE;
}

gboolean
telar_import_project (const char *path, const TelarImportOptions *options, const char *project,
                      guint *n_nodes, GError **error)
{
  g_autoptr (GHashTable) weights = NULL;
  g_autoptr (TelarGraph) graph = telar_import_onnx (path, options, &weights, error);
  if (!graph)
    return FALSE;
  gsize stem = strlen (project) - (g_str_has_suffix (project, ".telar") ? strlen (".telar") : 0);
  g_autofree char *weights_path = g_strdup_printf ("%.*s.safetensors", (int)stem, project);
  g_autofree char *weights_name = g_path_get_basename (weights_path);
  if (!telar_graph_set (graph, "training.weights", weights_name, error))
    return FALSE;
  telar_import_arrange (graph);
  if (n_nodes)
    *n_nodes = telar_graph_nodes (graph)->len;
  return write_both (graph, weights, project, weights_path, error);
}
