/* The hashes of a graph's source files: what a project records of its data. */
#include "data/data.h"

#include "data/source.h"
#include "engine/file-hash.h"
#include <string.h>

/* Adds the hashes of the node's files to @hashes, under the paths as the node names them. */
static gboolean
hash_node (const TelarGraph *graph, const TelarNode *node, GHashTable *hashes, GError **error)
{
  for (const TelarParam *p = telar_param_set_table (node->params); p && p->name != NULL; p++) {
    if (p->kind != TELAR_PARAM_FILE || telar_param_set_text (node->params, p->name)[0] == '\0')
      continue;
    g_autofree char *path = telar_source_path (graph, node, p->name, NULL, error);
    char *hash = path != NULL ? telar_file_hash (path, NULL, error) : NULL;
    if (hash == NULL)
      return FALSE;
    g_hash_table_replace (hashes, g_strdup (telar_param_set_text (node->params, p->name)), hash);
  }
  return TRUE;
}

static GHashTable *
hash_sources (const TelarGraph *graph, GError **error)
{
  g_autoptr (GHashTable) hashes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const GPtrArray *nodes = telar_graph_nodes (graph);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    g_autoptr (GError) problem = NULL;
    if (node->op->category != TELAR_CATEGORY_DATA || hash_node (graph, node, hashes, &problem))
      continue;
    telar_error_set_node (&problem, node->id);
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  return g_steal_pointer (&hashes);
}

gboolean
telar_data_hash_sources (TelarGraph *graph, GError **error)
{
  g_autoptr (GHashTable) hashes = hash_sources (graph, error);
  if (hashes == NULL)
    return FALSE;
  GHashTable *target = telar_graph_data_hashes (graph);
  g_hash_table_remove_all (target);
  GHashTableIter iter;
  gpointer path, hash;
  g_hash_table_iter_init (&iter, hashes);
  while (g_hash_table_iter_next (&iter, &path, &hash))
    g_hash_table_insert (target, g_strdup (path), g_strdup (hash));
  return TRUE;
}

GPtrArray *
telar_data_changed_sources (TelarGraph *graph, GError **error)
{
  g_autoptr (GHashTable) hashes = hash_sources (graph, error);
  if (hashes == NULL)
    return NULL;
  GHashTable *recorded = telar_graph_data_hashes (graph);
  GPtrArray *changed = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer path, hash;
  g_hash_table_iter_init (&iter, hashes);
  while (g_hash_table_iter_next (&iter, &path, &hash)) {
    const char *before = g_hash_table_lookup (recorded, path);
    if (before != NULL && strcmp (before, hash) != 0)
      g_ptr_array_add (changed, g_strdup (path));
  }
  return changed;
}
