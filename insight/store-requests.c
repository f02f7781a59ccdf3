/* Requests: what a person asks of a run that goes on, and what came of it. */
#include "insight/store-private.h"

#include <math.h>

static gboolean
check_request (TelarStore *store, gint64 run, TelarRequestKind kind, double value, GError **error)
{
  gboolean alive;

  if (kind <= TELAR_REQUEST_NONE || kind > TELAR_REQUEST_CHECKPOINT) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "there is no request %d", (int)kind);
    return FALSE;
  }
  if (kind == TELAR_REQUEST_LEARNING_RATE && (!isfinite (value) || value <= 0)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "a learning rate must be a positive number");
    return FALSE;
  }
  if (kind == TELAR_REQUEST_STEP && !(value >= 1 && value <= G_MAXINT32)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "the number of steps must be 1 or more");
    return FALSE;
  }
  if (!telar_store_is_alive (store, run, &alive, error))
    return FALSE;
  if (!alive)
    telar_set_error (error, TELAR_ERROR_FAILED, NULL,
                     "the run is not in progress, nobody would obey");
  return alive;
}

gint64
telar_store_ask (TelarStore *store, gint64 run, TelarRequestKind kind, double value, GError **error)
{
  if (!check_request (store, run, kind, value, error) ||
      !telar_store_run (store, error,
                        "INSERT INTO request (run, kind, value, asked) VALUES (?, ?, ?, ?)", "iidi",
                        run, (gint64)kind, value, g_get_real_time ()))
    return 0;
  return sqlite3_last_insert_rowid (store->db);
}

gboolean
telar_store_request (TelarStore *store, gint64 run, TelarRequestKind kind, double value,
                     GError **error)
{
  return telar_store_ask (store, run, kind, value, error) != 0;
}

gboolean
telar_store_waiting_requests (TelarStore *store, gint64 run, gint64 after, GArray *requests,
                              GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (store, error,
                                               "SELECT id, kind, value FROM request WHERE run = ? "
                                               "AND id > ? AND outcome IS NULL ORDER BY id",
                                               "ii", run, after);

  if (statement == NULL)
    return FALSE;
  while (telar_store_next (store, statement, &failure)) {
    TelarRequest request = { sqlite3_column_int64 (statement, 0),
                             (TelarRequestKind)sqlite3_column_int (statement, 1),
                             telar_store_real (statement, 2) };
    g_array_append_val (requests, request);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

gboolean
telar_store_answer (TelarStore *store, gint64 request, gint64 step, const char *outcome,
                    GError **error)
{
  return telar_store_run (
      store, error, "UPDATE request SET step = ?, outcome = coalesce (?, 'done') WHERE id = ?",
      "isi", step, outcome, request);
}

gboolean
telar_store_drop_requests (TelarStore *store, gint64 run, const char *outcome, GError **error)
{
  return telar_store_run (store, error,
                          "UPDATE request SET outcome = ? WHERE run = ? AND outcome IS NULL", "si",
                          outcome, run);
}

static void
request_free (gpointer data)
{
  TelarRequestRow *request = data;

  g_free (request->outcome);
  g_free (request);
}

GPtrArray *
telar_store_requests (TelarStore *store, gint64 run, gint64 after, GError **error)
{
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (request_free);
  GError *failure = NULL;
  sqlite3_stmt *statement =
      telar_store_query (store, error,
                         "SELECT id, kind, value, asked, coalesce (step, -1), outcome FROM request"
                         " WHERE run = ? AND id > ? ORDER BY id",
                         "ii", run, after);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    TelarRequestRow *request = g_new0 (TelarRequestRow, 1);
    request->id = sqlite3_column_int64 (statement, 0);
    request->kind = (TelarRequestKind)sqlite3_column_int (statement, 1);
    request->value = telar_store_real (statement, 2);
    request->asked = sqlite3_column_int64 (statement, 3);
    request->step = sqlite3_column_int64 (statement, 4);
    request->outcome = telar_store_text (statement, 5);
    g_ptr_array_add (requests, request);
  }
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_steal_pointer (&requests);
}
