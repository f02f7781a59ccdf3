/* The schema of the run store and the way from an older one.
 *
 * Points stand as rows of their tag until there are 4,096 of them; then they become one chunk. The
 * chunks are in a rowid table, because a WITHOUT ROWID table would keep the blobs in the tree that
 * a summary has to walk. The project's text stands apart from the run, because the run's row is
 * rewritten with every commit. */
#include "insight/store-private.h"

#include <string.h>

#define APPLICATION_ID 0x54656c72 /* "Telr" */

/* Script i makes version i + 1. What has been released is never edited: add another. */
/* clang-format off */
const char *const telar_schema_scripts[] = {
  "CREATE TABLE run ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  name TEXT NOT NULL UNIQUE,"
  "  status TEXT NOT NULL,"
  "  message TEXT,"
  "  project TEXT,"
  "  device TEXT,"
  "  pid INTEGER NOT NULL,"
  "  process TEXT,"
  "  started INTEGER NOT NULL,"
  "  ended INTEGER NOT NULL DEFAULT 0,"
  "  epoch INTEGER NOT NULL DEFAULT 0,"
  "  epochs INTEGER NOT NULL DEFAULT 0,"
  "  step INTEGER NOT NULL DEFAULT 0,"
  "  steps_per_epoch INTEGER NOT NULL DEFAULT 0,"
  "  parameters INTEGER NOT NULL DEFAULT 0,"
  "  seed INTEGER NOT NULL DEFAULT 0,"
  "  checkpoint TEXT,"
  "  metrics TEXT);"
  "CREATE TABLE document ("
  "  run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,"
  "  graph TEXT,"
  "  settings TEXT);"
  "CREATE TABLE tag ("
  "  id INTEGER PRIMARY KEY,"
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  name TEXT NOT NULL,"
  "  UNIQUE (run, name));"
  "CREATE TABLE point ("
  "  tag INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE,"
  "  step INTEGER NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  value REAL,"
  "  PRIMARY KEY (tag, step)) WITHOUT ROWID;"
  "CREATE TABLE chunk ("
  "  id INTEGER PRIMARY KEY,"
  "  tag INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE,"
  "  first_step INTEGER NOT NULL,"
  "  last_step INTEGER NOT NULL,"
  "  points INTEGER NOT NULL,"
  "  min REAL,"
  "  max REAL,"
  "  data BLOB NOT NULL);"
  "CREATE UNIQUE INDEX chunk_of_tag ON chunk (tag, last_step);"
  "CREATE TABLE event ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  step INTEGER NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  text TEXT);"
  "CREATE INDEX event_of_run ON event (run, id);"
  "CREATE TABLE request ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  kind INTEGER NOT NULL,"
  "  value REAL,"
  "  asked INTEGER NOT NULL,"
  "  step INTEGER,"
  "  outcome TEXT);"
  "CREATE INDEX request_of_run ON request (run, id);",

  "CREATE TABLE figure ("
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  name TEXT NOT NULL,"
  "  step INTEGER NOT NULL,"
  "  data TEXT NOT NULL,"
  "  PRIMARY KEY (run, name));",

  "ALTER TABLE request ADD COLUMN text TEXT;",

  "CREATE TABLE series ("
  "  id INTEGER PRIMARY KEY,"
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  kind INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  samples INTEGER NOT NULL DEFAULT 0,"
  "  UNIQUE (run, kind, name));"
  "CREATE TABLE item ("
  "  id INTEGER PRIMARY KEY,"
  "  series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,"
  "  step INTEGER NOT NULL,"
  "  place INTEGER NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  text TEXT,"
  "  data BLOB);"
  "CREATE UNIQUE INDEX item_of_series ON item (series, step, place);"
  "CREATE TABLE sample ("
  "  series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,"
  "  time INTEGER NOT NULL,"
  "  value REAL,"
  "  PRIMARY KEY (series, time)) WITHOUT ROWID;"
  "CREATE TABLE source ("
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  node TEXT NOT NULL,"
  "  path TEXT NOT NULL,"
  "  bytes INTEGER NOT NULL,"
  "  sha256 TEXT NOT NULL,"
  "  PRIMARY KEY (run, node, path)) WITHOUT ROWID;"
  "ALTER TABLE figure RENAME TO newest_figure;"
  "CREATE TABLE figure ("
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  name TEXT NOT NULL,"
  "  step INTEGER NOT NULL,"
  "  data TEXT NOT NULL,"
  "  PRIMARY KEY (run, name, step));"
  "INSERT INTO figure SELECT run, name, step, data FROM newest_figure;"
  "DROP TABLE newest_figure;",
  /* Runs that come from elsewhere: what microseconds lack of a wall time, and points of a step that
   * a later one replaced. */
  "ALTER TABLE chunk ADD COLUMN wall BLOB;"
  "CREATE TABLE replaced ("
  "  id INTEGER PRIMARY KEY,"
  "  tag INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE,"
  "  points INTEGER NOT NULL,"
  "  data BLOB NOT NULL,"
  "  wall BLOB);"
  "CREATE INDEX replaced_of_tag ON replaced (tag);",

  "ALTER TABLE run ADD COLUMN parent TEXT;"
  "ALTER TABLE run ADD COLUMN parent_step INTEGER;",

  "ALTER TABLE run ADD COLUMN note TEXT;"
  "ALTER TABLE run ADD COLUMN labels TEXT;"
  "ALTER TABLE run ADD COLUMN star INTEGER NOT NULL DEFAULT 0;",
  /* Sums over long curves (sums.h). Those of older files are made when one is first looked at. */
  "CREATE TABLE summary ("
  "  id INTEGER PRIMARY KEY,"
  "  tag INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE,"
  "  level INTEGER NOT NULL,"
  "  after INTEGER NOT NULL,"
  "  last_step INTEGER NOT NULL,"
  "  data BLOB NOT NULL);"
  "CREATE UNIQUE INDEX summary_of_tag ON summary (tag, level, last_step);"
  "ALTER TABLE tag ADD COLUMN summed INTEGER NOT NULL DEFAULT 1;"
  "UPDATE tag SET summed = 0 WHERE (SELECT count (*) FROM chunk WHERE chunk.tag = tag.id) >= 16;",

  "CREATE TABLE artifact ("
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  kind TEXT NOT NULL,"
  "  path TEXT NOT NULL,"
  "  step INTEGER NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  bytes INTEGER NOT NULL,"
  "  sha256 TEXT NOT NULL,"
  "  PRIMARY KEY (run, kind, path)) WITHOUT ROWID;",
};
/* clang-format on */
const guint telar_schema_version = G_N_ELEMENTS (telar_schema_scripts);

static gboolean
fail (sqlite3 *db, const char *path, GError **error)
{
  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: %s", path, sqlite3_errmsg (db));
  return FALSE;
}

static gboolean
read_number (sqlite3 *db, const char *path, const char *sql, gint64 *number, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step (statement) == SQLITE_ROW;

  if (ok)
    *number = sqlite3_column_int64 (statement, 0);
  else
    fail (db, path, error);
  sqlite3_finalize (statement);
  return ok;
}

/* Sets @version to that of the file, which is a run store or empty. */
static gboolean
check_version (sqlite3 *db, const char *path, guint newest, gint64 *version, GError **error)
{
  gint64 application, tables;

  if (!read_number (db, path, "PRAGMA application_id", &application, error) ||
      !read_number (db, path, "PRAGMA user_version", version, error) ||
      !read_number (db, path, "SELECT count(*) FROM sqlite_schema", &tables, error))
    return FALSE;

  if (application != APPLICATION_ID && (application != 0 || *version != 0 || tables != 0)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: not a run store of Telar", path);
    return FALSE;
  }
  if (*version < 0 || *version > newest) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: made by a newer Telar (schema %" G_GINT64_FORMAT
                     ", this one knows up to %u); update Telar to read it",
                     path, *version, newest);
    return FALSE;
  }
  return TRUE;
}

static gboolean
apply_scripts (sqlite3 *db, const char *path, const char *const *scripts, guint n_scripts,
               GError **error)
{
  gint64 version;

  /* Another process may have migrated while this one waited for the lock. */
  if (!check_version (db, path, n_scripts, &version, error))
    return FALSE;
  for (guint i = (guint)version; i < n_scripts; i++)
    if (sqlite3_exec (db, scripts[i], NULL, NULL, NULL) != SQLITE_OK)
      return fail (db, path, error);

  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u",
                                           APPLICATION_ID, n_scripts);
  if (sqlite3_exec (db, mark, NULL, NULL, NULL) != SQLITE_OK)
    return fail (db, path, error);
  return TRUE;
}

/* One read transaction, so that a store that another process makes just now is seen whole or not.
 */
static gboolean
read_version (sqlite3 *db, const char *path, guint newest, gint64 *version, GError **error)
{
  if (sqlite3_exec (db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
    return fail (db, path, error);
  gboolean ok = check_version (db, path, newest, version, error);
  sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  return ok;
}

gboolean
telar_schema_migrate (sqlite3 *db, const char *path, const char *const *scripts, guint n_scripts,
                      GError **error)
{
  gint64 version;

  if (!read_version (db, path, n_scripts, &version, error))
    return FALSE;
  if (version == n_scripts)
    return TRUE;

  if (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
    return fail (db, path, error);
  gboolean ok = apply_scripts (db, path, scripts, n_scripts, error);
  if (ok && sqlite3_exec (db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
    ok = fail (db, path, error);
  /* SQLite rolls back by itself after some errors (a full disk). */
  if (!ok && !sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return ok;
}
