/* Rows of files: those that a run reads, and those that it writes. */
#include "insight/lineage.h"

#include "engine/file-hash.h"
#include "insight/store-private.h"

static void
source_free (gpointer data)
{
  TelarSourceRow *source = data;

  g_free (source->node);
  g_free (source->path);
  g_free (source->sha256);
  g_free (source);
}

static void
artifact_free (gpointer data)
{
  TelarArtifactRow *artifact = data;

  g_free (artifact->kind);
  g_free (artifact->path);
  g_free (artifact->sha256);
  g_free (artifact);
}

gboolean
telar_store_put_source (TelarStore *store, gint64 run, const TelarSourceRow *source, GError **error)
{
  return telar_store_run (store, error,
                          "INSERT OR REPLACE INTO source (run, node, path, bytes, sha256)"
                          " VALUES (?, ?, ?, ?, ?)",
                          "issis", run, source->node, source->path, source->bytes, source->sha256);
}

GPtrArray *
telar_store_sources (TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (source_free);
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (store, error,
                                               "SELECT node, path, bytes, sha256 FROM source"
                                               " WHERE run = ? ORDER BY node, path",
                                               "i", run);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    TelarSourceRow *source = g_new (TelarSourceRow, 1);
    *source =
        (TelarSourceRow){ telar_store_text (statement, 0), telar_store_text (statement, 1),
                          sqlite3_column_int64 (statement, 2), telar_store_text (statement, 3) };
    g_ptr_array_add (sources, source);
  }
  if (failure == NULL)
    return g_steal_pointer (&sources);
  g_propagate_error (error, failure);
  return NULL;
}

gboolean
telar_store_put_artifact (TelarStore *store, gint64 run, const char *kind, const char *path,
                          gint64 step, GError **error)
{
  gint64 bytes = 0;
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  g_autofree char *hash = telar_file_hash (whole, &bytes, error);

  return hash != NULL &&
         telar_store_run (store, error,
                          "INSERT OR REPLACE INTO artifact"
                          " (run, kind, path, step, time, bytes, sha256)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?)",
                          "issiiis", run, kind, whole, step, g_get_real_time (), bytes, hash);
}

GPtrArray *
telar_store_artifacts (TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) artifacts = g_ptr_array_new_with_free_func (artifact_free);
  GError *failure = NULL;
  sqlite3_stmt *statement =
      telar_store_query (store, error,
                         "SELECT kind, path, step, time, bytes, sha256 FROM artifact"
                         " WHERE run = ? ORDER BY time, path",
                         "i", run);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    TelarArtifactRow *artifact = g_new (TelarArtifactRow, 1);
    *artifact = (TelarArtifactRow){
      telar_store_text (statement, 0),     telar_store_text (statement, 1),
      sqlite3_column_int64 (statement, 2), sqlite3_column_int64 (statement, 3),
      sqlite3_column_int64 (statement, 4), telar_store_text (statement, 5)
    };
    g_ptr_array_add (artifacts, artifact);
  }
  if (failure == NULL)
    return g_steal_pointer (&artifacts);
  g_propagate_error (error, failure);
  return NULL;
}
