/* The connection to a workspace's run store: opening, pragmas, statements, transactions. */
#include "insight/store-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdarg.h>

/* What a chart of a million points reads, in KiB: its next frame reads most of it again. */
#define CACHE_KIB "16384"
/* A writer holds the lock for one batch, which takes milliseconds; a migration or a large delete
 * may take seconds. */
#define BUSY_TIMEOUT_MS 15000
#define WAL_LIMIT       "16777216"

gboolean
telar_store_fail (TelarStore *store, GError **error)
{
  int code = sqlite3_errcode (store->db) & 0xff;

  telar_set_error (error,
                   code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? TELAR_ERROR_INVALID
                                                                   : TELAR_ERROR_FAILED,
                   NULL, "%s: %s", store->path, sqlite3_errmsg (store->db));
  return FALSE;
}

static gboolean
exec (TelarStore *store, const char *sql, GError **error)
{
  return sqlite3_exec (store->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
         telar_store_fail (store, error);
}

/* --- opening ----------------------------------------------------------------------------- */

/* Two processes that make the store at the same moment meet here, and SQLite does not wait for the
 * lock that a change of the journal's mode needs. */
static gboolean
use_wal (TelarStore *store, GError **error)
{
  gint64 until = g_get_monotonic_time () + BUSY_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;
  int code;

  while ((code = sqlite3_exec (store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL)) ==
             SQLITE_BUSY &&
         g_get_monotonic_time () < until)
    g_usleep (2000);
  return code == SQLITE_OK || telar_store_fail (store, error);
}

static gboolean
set_up (TelarStore *store, GError **error)
{
  sqlite3_busy_timeout (store->db, BUSY_TIMEOUT_MS);
  /* The version is read before anything is written: a newer store stays as it is. */
  return exec (store,
               "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;"
               "PRAGMA cache_size = -" CACHE_KIB,
               error) &&
         exec (store, "SELECT count(*) FROM sqlite_schema", error) &&
         telar_schema_migrate (store->db, store->path, telar_schema_scripts, telar_schema_version,
                               error) &&
         use_wal (store, error) && exec (store, "PRAGMA journal_size_limit = " WAL_LIMIT, error);
}

gboolean
telar_store_exists (const char *workspace)
{
  g_autofree char *path = g_build_filename (workspace, "telar.db", NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

TelarStore *
telar_store_open (const char *workspace, gboolean create, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  g_autoptr (TelarStore) store = g_new0 (TelarStore, 1);

  store->workspace = g_canonicalize_filename (workspace, NULL);
  store->path = g_build_filename (store->workspace, "telar.db", NULL);
  store->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL,
                                             (GDestroyNotify)(void (*) (void))sqlite3_finalize);

  if (create && g_mkdir_with_parents (store->workspace, 0777) != 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: %s", store->workspace,
                     g_strerror (errno));
    return NULL;
  }
  if (!create && !telar_store_exists (store->workspace)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: there is no run store here; train once to make one", store->path);
    return NULL;
  }
  if (sqlite3_open_v2 (store->path, &store->db, flags, NULL) != SQLITE_OK) {
    telar_store_fail (store, error);
    return NULL;
  }
  if (sqlite3_db_readonly (store->db, "main") == 1) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: the file is read-only", store->path);
    return NULL;
  }
  return set_up (store, error) ? g_steal_pointer (&store) : NULL;
}

void
telar_store_close (TelarStore *store)
{
  if (store == NULL)
    return;
  g_hash_table_unref (store->statements);
  sqlite3_close (store->db);
  g_free (store->workspace);
  g_free (store->path);
  g_free (store);
}

const char *
telar_store_workspace (const TelarStore *store)
{
  return store->workspace;
}

gint64
telar_store_version (TelarStore *store)
{
  gint64 version = 0;

  telar_store_number (store, &version, 0, NULL, "PRAGMA data_version", "");
  return version;
}

/* --- statements -------------------------------------------------------------------------- */

static void
bind_bytes (sqlite3_stmt *statement, int i, GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  sqlite3_bind_blob64 (statement, i, data, size, SQLITE_STATIC);
}

static void
bind (sqlite3_stmt *statement, const char *types, va_list values)
{
  for (int i = 1; *types != '\0'; i++, types++) {
    switch (*types) {
    case 'i':
      sqlite3_bind_int64 (statement, i, va_arg (values, gint64));
      break;
    case 'd':
      sqlite3_bind_double (statement, i, va_arg (values, double));
      break;
    case 's':
      sqlite3_bind_text (statement, i, va_arg (values, const char *), -1, SQLITE_STATIC);
      break;
    case 'b':
      bind_bytes (statement, i, va_arg (values, GBytes *));
      break;
    default:
      g_assert_not_reached ();
    }
  }
}

static sqlite3_stmt *
prepare (TelarStore *store, GError **error, const char *sql, const char *types, va_list values)
{
  sqlite3_stmt *statement = g_hash_table_lookup (store->statements, sql);

  if (statement == NULL) {
    if (sqlite3_prepare_v3 (store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
      telar_store_fail (store, error);
      return NULL;
    }
    g_hash_table_insert (store->statements, (gpointer)sql, statement);
  }
  sqlite3_reset (statement);
  bind (statement, types, values);
  return statement;
}

sqlite3_stmt *
telar_store_query (TelarStore *store, GError **error, const char *sql, const char *types, ...)
{
  va_list values;

  va_start (values, types);
  sqlite3_stmt *statement = prepare (store, error, sql, types, values);
  va_end (values);
  return statement;
}

gboolean
telar_store_next (TelarStore *store, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    telar_store_fail (store, error);
  sqlite3_reset (statement);
  return FALSE;
}

gboolean
telar_store_run (TelarStore *store, GError **error, const char *sql, const char *types, ...)
{
  va_list values;

  va_start (values, types);
  sqlite3_stmt *statement = prepare (store, error, sql, types, values);
  va_end (values);
  if (statement == NULL)
    return FALSE;

  gboolean ok = sqlite3_step (statement) == SQLITE_DONE || telar_store_fail (store, error);
  sqlite3_reset (statement);
  return ok;
}

gboolean
telar_store_number (TelarStore *store, gint64 *number, gint64 otherwise, GError **error,
                    const char *sql, const char *types, ...)
{
  va_list values;

  va_start (values, types);
  sqlite3_stmt *statement = prepare (store, error, sql, types, values);
  va_end (values);
  if (statement == NULL)
    return FALSE;

  int code = sqlite3_step (statement);
  gboolean some = code == SQLITE_ROW && sqlite3_column_type (statement, 0) != SQLITE_NULL;
  *number = some ? sqlite3_column_int64 (statement, 0) : otherwise;
  gboolean ok = code == SQLITE_ROW || code == SQLITE_DONE || telar_store_fail (store, error);
  sqlite3_reset (statement);
  return ok;
}

gboolean
telar_store_begin (TelarStore *store, GError **error)
{
  return telar_store_run (store, error, "BEGIN IMMEDIATE", "");
}

gboolean
telar_store_begin_read (TelarStore *store, GError **error)
{
  return telar_store_run (store, error, "BEGIN", "");
}

gboolean
telar_store_finish (TelarStore *store, gboolean keep, GError **error)
{
  if (keep && telar_store_run (store, error, "COMMIT", ""))
    return TRUE;
  /* SQLite rolls back by itself after some errors (a full disk). */
  if (!sqlite3_get_autocommit (store->db))
    telar_store_run (store, NULL, "ROLLBACK", "");
  return FALSE;
}

char *
telar_store_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *)sqlite3_column_text (statement, column));
}

double
telar_store_real (sqlite3_stmt *statement, int column)
{
  return sqlite3_column_type (statement, column) == SQLITE_NULL
             ? NAN
             : sqlite3_column_double (statement, column);
}
