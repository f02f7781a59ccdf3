/* A project that moves to another folder goes on naming the same files. */
#include "app/model/relocate.h"

#include <gio/gio.h>

char *
telar_relocate_path (const char *file, const char *from, const char *to)
{
  g_autoptr (GFile) folder = to ? g_file_new_for_path (to) : NULL;
  g_autoptr (GFile) target = NULL;
  g_autofree char *absolute = NULL;
  char *relative;

  if (!file[0] || g_path_is_absolute (file))
    return NULL;
  absolute = g_canonicalize_filename (file, from);
  target = g_file_new_for_path (absolute);
  relative = folder ? g_file_get_relative_path (folder, target) : NULL;
  return relative ? relative : g_steal_pointer (&absolute);
}

/* The checksum of a data file goes along when its path is written anew. */
static void
move_hash (TelarGraph *graph, const char *old, const char *path)
{
  GHashTable *hashes = telar_graph_data_hashes (graph);
  gpointer key, hash;

  if (g_hash_table_steal_extended (hashes, old, &key, &hash)) {
    g_free (key);
    g_hash_table_insert (hashes, g_strdup (path), hash);
  }
}

static gboolean
relocate_params (TelarGraph *graph, TelarParamSet *params, const char *from, const char *to,
                 GError **error)
{
  for (const TelarParam *param = telar_param_set_table (params); param && param->name; param++) {
    const char *file =
        param->kind == TELAR_PARAM_FILE ? telar_param_set_text (params, param->name) : "";
    g_autofree char *path = telar_relocate_path (file, from, to);

    if (!path)
      continue;
    move_hash (graph, file, path);
    if (!telar_param_set_put_text (params, param->name, path, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_relocate_graph (TelarGraph *graph, const char *from, const char *to, GError **error)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);

  for (guint i = 0; i < nodes->len; i++)
    if (!relocate_params (graph, ((const TelarNode *)nodes->pdata[i])->params, from, to, error))
      return FALSE;
  if (!relocate_params (graph, telar_graph_training (graph), from, to, error))
    return FALSE;
  telar_graph_set_folder (graph, to);
  return TRUE;
}
