/* Runs: their rows and folders, and whether their process still lives. */
#include "insight/store-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* clang-format off */
#define RUN_COLUMNS \
  "SELECT id, name, status, message, project, device, pid, process, started, ended, epoch, epochs," \
  " step, steps_per_epoch, parameters, seed, checkpoint, settings, metrics, parent, parent_step," \
  " note, labels, star" \
  " FROM run LEFT JOIN document ON run = id "
/* clang-format on */

void
telar_run_row_free (TelarRunRow *row)
{
  if (row == NULL)
    return;
  g_free (row->name);
  g_free (row->status);
  g_free (row->message);
  g_free (row->project);
  g_free (row->device);
  g_free (row->checkpoint);
  g_free (row->settings);
  g_free (row->metrics);
  g_free (row->parent);
  g_free (row->note);
  g_free (row->labels);
  g_free (row);
}

/* --- reading ----------------------------------------------------------------------------- */

static gboolean
is_open (const char *status)
{
  return g_str_equal (status, "running") || g_str_equal (status, "paused");
}

static gboolean
is_alive (const char *status, gint64 pid, const char *process)
{
  if (!is_open (status))
    return FALSE;
  g_autofree char *now = telar_process_identity (pid);
  return now != NULL && g_strcmp0 (now, process) == 0;
}

static char *
full_path (const TelarStore *store, const char *kept)
{
  if (kept == NULL || g_path_is_absolute (kept))
    return g_strdup (kept);
  return g_build_filename (store->workspace, kept, NULL);
}

char *
telar_store_keep_path (const TelarStore *store, const char *path)
{
  if (path == NULL)
    return NULL;
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  gsize length = strlen (store->workspace);
  gboolean inside = g_str_has_prefix (full, store->workspace) && full[length] == '/';
  return inside ? g_strdup (full + length + 1) : g_steal_pointer (&full);
}

static TelarRunRow *
read_row (TelarStore *store, sqlite3_stmt *statement)
{
  TelarRunRow *row = g_new0 (TelarRunRow, 1);

  row->id = sqlite3_column_int64 (statement, 0);
  row->name = telar_store_text (statement, 1);
  row->status = telar_store_text (statement, 2);
  row->message = telar_store_text (statement, 3);
  row->project = telar_store_text (statement, 4);
  row->device = telar_store_text (statement, 5);
  row->pid = sqlite3_column_int64 (statement, 6);
  row->started = sqlite3_column_int64 (statement, 8);
  row->ended = sqlite3_column_int64 (statement, 9);
  row->epoch = sqlite3_column_int64 (statement, 10);
  row->epochs = sqlite3_column_int64 (statement, 11);
  row->step = sqlite3_column_int64 (statement, 12);
  row->steps_per_epoch = sqlite3_column_int64 (statement, 13);
  row->parameters = sqlite3_column_int64 (statement, 14);
  row->seed = (guint64)sqlite3_column_int64 (statement, 15);
  row->checkpoint = full_path (store, (const char *)sqlite3_column_text (statement, 16));
  row->settings = telar_store_text (statement, 17);
  row->metrics = telar_store_text (statement, 18);
  row->parent = telar_store_text (statement, 19);
  row->parent_step = sqlite3_column_int64 (statement, 20);
  row->note = telar_store_text (statement, 21);
  row->labels = telar_store_text (statement, 22);
  row->star = sqlite3_column_int (statement, 23) != 0;

  if (is_open (row->status) &&
      !is_alive (row->status, row->pid, (const char *)sqlite3_column_text (statement, 7))) {
    g_free (row->status);
    row->status = g_strdup ("lost");
  }
  return row;
}

static GPtrArray *
read_rows (TelarStore *store, const char *sql, GError **error)
{
  g_autoptr (GPtrArray) runs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)(void (*) (void))telar_run_row_free);
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (store, error, sql, "");

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure))
    g_ptr_array_add (runs, read_row (store, statement));
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_steal_pointer (&runs);
}

GPtrArray *
telar_store_runs (TelarStore *store, GError **error)
{
  return read_rows (store, RUN_COLUMNS "ORDER BY started DESC, id DESC", error);
}

GPtrArray *
telar_store_open_runs (TelarStore *store, GError **error)
{
  return read_rows (store,
                    RUN_COLUMNS "WHERE status IN ('running', 'paused')"
                                " ORDER BY started DESC, id DESC",
                    error);
}

TelarRunRow *
telar_store_find_run (TelarStore *store, const char *name, GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement =
      telar_store_query (store, error, RUN_COLUMNS "WHERE name = ?", "s", name);

  if (statement == NULL)
    return NULL;
  if (telar_store_next (store, statement, &failure)) {
    TelarRunRow *row = read_row (store, statement);
    sqlite3_reset (statement);
    return row;
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  else
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: there is no run “%s”", store->path,
                     name);
  return NULL;
}

gboolean
telar_store_is_alive (TelarStore *store, gint64 run, gboolean *alive, GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error, "SELECT status, pid, process FROM run WHERE id = ?", "i", run);

  if (statement == NULL)
    return FALSE;
  if (telar_store_next (store, statement, &failure)) {
    *alive = is_alive ((const char *)sqlite3_column_text (statement, 0),
                       sqlite3_column_int64 (statement, 1),
                       (const char *)sqlite3_column_text (statement, 2));
    sqlite3_reset (statement);
    return TRUE;
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  else
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: there is no run with the number %" G_GINT64_FORMAT, store->path, run);
  return FALSE;
}

char *
telar_store_graph (TelarStore *store, gint64 run, GError **error)
{
  GError *failure = NULL;
  char *graph = NULL;
  sqlite3_stmt *statement =
      telar_store_query (store, error, "SELECT graph FROM document WHERE run = ?", "i", run);

  if (statement == NULL)
    return NULL;
  if (telar_store_next (store, statement, &failure)) {
    graph = telar_store_text (statement, 0);
    sqlite3_reset (statement);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  else if (graph == NULL)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: the run has no project text",
                     store->path);
  return graph;
}

/* --- changing ---------------------------------------------------------------------------- */

/* The name of @run, which nobody trains at the moment. */
static char *
idle_run_name (TelarStore *store, gint64 run, GError **error)
{
  gboolean alive;
  char *name = NULL;

  if (!telar_store_is_alive (store, run, &alive, error))
    return NULL;
  if (alive) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "the run is in progress; stop it first");
    return NULL;
  }
  sqlite3_stmt *statement =
      telar_store_query (store, error, "SELECT name FROM run WHERE id = ?", "i", run);
  if (statement != NULL && telar_store_next (store, statement, error)) {
    name = telar_store_text (statement, 0);
    sqlite3_reset (statement);
  }
  return name;
}

/* The row and the folder change together: the transaction stays open over the renaming. */
static gboolean
rename_row_and_folder (TelarStore *store, gint64 run, const char *from, const char *to,
                       GError **error)
{
  g_autofree char *old_folder = telar_store_run_folder (store, from),
                  *new_folder = telar_store_run_folder (store, to);
  g_autofree char *old_prefix = g_strdup_printf ("runs/%s/", from);
  g_autofree char *new_prefix = g_strdup_printf ("runs/%s/", to);

  if (!telar_store_name_is_free (store, to, error) ||
      !telar_store_run (store, error, "UPDATE run SET name = ? WHERE id = ?", "si", to, run) ||
      !telar_store_run (store, error, "UPDATE run SET parent = ? WHERE parent = ?", "ss", to,
                        from) ||
      !telar_store_run (store, error,
                        "UPDATE run SET checkpoint = ?1 || substr (checkpoint, length (?2) + 1)"
                        " WHERE id = ?3 AND substr (checkpoint, 1, length (?2)) = ?2",
                        "ssi", new_prefix, old_prefix, run))
    return FALSE;
  if (g_rename (old_folder, new_folder) != 0 && errno != ENOENT) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: %s", old_folder, g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

gboolean
telar_store_rename_run (TelarStore *store, gint64 run, const char *name, GError **error)
{
  if (!telar_run_check_name (name, error) || !telar_store_begin (store, error))
    return FALSE;
  g_autofree char *old = idle_run_name (store, run, error);
  gboolean ok = old != NULL && rename_row_and_folder (store, run, old, name, error);
  if (telar_store_finish (store, ok, error))
    return TRUE;
  if (ok) { /* the commit failed: the folder goes back to where its row says */
    g_autofree char *old_folder = telar_store_run_folder (store, old),
                    *new_folder = telar_store_run_folder (store, name);
    g_rename (new_folder, old_folder);
  }
  return FALSE;
}

static gboolean
remove_tree (const char *path, GError **error)
{
  gboolean ok = TRUE;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_autoptr (GDir) folder = g_dir_open (path, 0, error);
    const char *name;
    if (folder == NULL)
      return FALSE;
    while (ok && (name = g_dir_read_name (folder)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);
      ok = remove_tree (child, error);
    }
  }
  if (ok && g_remove (path) != 0 && errno != ENOENT) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: %s", path, g_strerror (errno));
    ok = FALSE;
  }
  return ok;
}

gboolean
telar_store_delete_run (TelarStore *store, gint64 run, GError **error)
{
  if (!telar_store_begin (store, error))
    return FALSE;
  g_autofree char *name = idle_run_name (store, run, error);
  gboolean ok =
      name != NULL && telar_store_run (store, error, "DELETE FROM run WHERE id = ?", "i", run);
  if (!telar_store_finish (store, ok, error))
    return FALSE;
  g_autofree char *folder = telar_store_run_folder (store, name);
  return remove_tree (folder, error);
}

/* --- starting ---------------------------------------------------------------------------- */

static gboolean
insert_run (TelarStore *store, const TelarRecording *recording, const char *process, gint64 *run,
            GError **error)
{
  if (!telar_store_name_is_free (store, recording->run, error) ||
      !telar_store_run (store, error,
                        "INSERT INTO run (name, status, project, pid, process, started, parent,"
                        " parent_step) VALUES (?, 'running', ?, ?, ?, ?, ?, ?)",
                        "ssisisi", recording->run, recording->project, (gint64)getpid (), process,
                        g_get_real_time (), recording->parent, recording->parent_step))
    return FALSE;
  *run = sqlite3_last_insert_rowid (store->db);
  return telar_store_run (store, error,
                          "INSERT INTO document (run, graph, settings) VALUES (?, ?, ?)", "iss",
                          *run, recording->graph, recording->settings);
}

static gboolean
take_over_run (TelarStore *store, const TelarRecording *recording, const char *process, gint64 *run,
               GError **error)
{
  gboolean alive;

  if (!telar_store_number (store, run, 0, error, "SELECT id FROM run WHERE name = ?", "s",
                           recording->run))
    return FALSE;
  if (*run == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: there is no run “%s” to resume",
                     store->path, recording->run);
    return FALSE;
  }
  if (!telar_store_is_alive (store, *run, &alive, error))
    return FALSE;
  if (alive) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "the run “%s” is in progress already",
                     recording->run);
    return FALSE;
  }
  return telar_store_run (store, error,
                          "UPDATE run SET status = 'running', message = NULL, ended = 0, pid = ?,"
                          " process = ?, project = coalesce (?, project) WHERE id = ?",
                          "issi", (gint64)getpid (), process, recording->project, *run) &&
         telar_store_run (store, error,
                          "UPDATE document SET graph = coalesce (?, graph),"
                          " settings = coalesce (?, settings) WHERE run = ?",
                          "ssi", recording->graph, recording->settings, *run) &&
         telar_store_drop_requests (store, *run, "the process had ended", error);
}

gboolean
telar_store_start_run (TelarStore *store, const TelarRecording *recording, gint64 *run,
                       GError **error)
{
  g_autofree char *process = telar_process_identity (getpid ());

  if (!telar_run_check_name (recording->run, error) || !telar_store_begin (store, error))
    return FALSE;
  gboolean ok = recording->resume ? take_over_run (store, recording, process, run, error)
                                  : insert_run (store, recording, process, run, error);
  return telar_store_finish (store, ok, error);
}
