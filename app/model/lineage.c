/* Both open the store for themselves: they come once, before and after what takes long. */
#include "app/model/lineage.h"

#include "data/source.h"
#include "insight/lineage.h"

#include <glib/gstdio.h>

static gboolean
put_sources (TelarStore *store, gint64 run, const TelarGraph *graph, const TelarNode *node,
             GError **error)
{
  GHashTable *hashes = telar_graph_data_hashes ((TelarGraph *)graph);

  for (const TelarParam *p = telar_param_set_table (node->params); p && p->name != NULL; p++) {
    char *hash = p->kind == TELAR_PARAM_FILE
                     ? g_hash_table_lookup (hashes, telar_param_set_text (node->params, p->name))
                     : NULL;
    if (hash == NULL)
      continue;
    g_autofree char *path = telar_source_path (graph, node, p->name, NULL, error);
    GStatBuf info = { 0 };
    if (path == NULL)
      return FALSE;
    g_stat (path, &info);
    TelarSourceRow source = { node->id, path, info.st_size, hash };
    if (!telar_store_put_source (store, run, &source, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_record_sources (const char *workspace, const char *run, const TelarGraph *graph,
                      GError **error)
{
  g_autoptr (TelarStore) store = telar_store_open (workspace, FALSE, error);
  g_autoptr (TelarRunRow) row = store != NULL ? telar_store_find_run (store, run, error) : NULL;
  const GPtrArray *nodes = telar_graph_nodes (graph);

  for (guint i = 0; row != NULL && i < nodes->len; i++)
    if (!put_sources (store, row->id, graph, nodes->pdata[i], error))
      return FALSE;
  return row != NULL;
}

gboolean
telar_record_export (const char *workspace, const TelarModel *model, const char *format,
                     const char *path, GError **error)
{
  if (!telar_store_exists (workspace))
    return TRUE;
  g_autoptr (TelarStore) store = telar_store_open (workspace, FALSE, error);
  g_autoptr (TelarRunRow) row =
      store != NULL ? telar_store_find_run (store, model->name, NULL) : NULL;

  if (row == NULL)
    return store != NULL;
  return telar_store_put_artifact (store, row->id, format, path, row->step, error);
}
