/* Requests: what a person asks of a run that goes on, and what came of it. */
#include "insight/store-private.h"

static gboolean
check_request (TelarStore *store, gint64 run, const TelarRequest *request, GError **error)
{
  const char *problem = telar_request_problem (request);
  gboolean alive;

  if (problem != NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s", problem);
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
telar_store_put_request (TelarStore *store, gint64 run, const TelarRequest *request, GError **error)
{
  const char *text = *request->text != '\0' ? request->text : NULL;

  if (!check_request (store, run, request, error) ||
      !telar_store_run (
          store, error,
          "INSERT INTO request (run, kind, value, text, asked) VALUES (?, ?, ?, ?, ?)", "iidsi",
          run, (gint64)request->kind, request->value, text, g_get_real_time ()))
    return 0;
  return sqlite3_last_insert_rowid (store->db);
}

gboolean
telar_store_request (TelarStore *store, gint64 run, TelarRequestKind kind, double value,
                     GError **error)
{
  TelarRequest request = { .kind = kind, .value = value };

  return telar_store_put_request (store, run, &request, error) != 0;
}

/* What a newer Telar, or a hand, has put there is still a request that ends somewhere. */
TelarRequest
telar_store_read_request (sqlite3_stmt *statement)
{
  TelarRequest request = { sqlite3_column_int64 (statement, 0),
                           (TelarRequestKind)sqlite3_column_int (statement, 1),
                           telar_store_real (statement, 2) };
  const char *text = (const char *)sqlite3_column_text (statement, 3);

  g_strlcpy (request.text, text != NULL ? text : "", sizeof request.text);
  return request;
}

gboolean
telar_store_waiting_requests (TelarStore *store, gint64 run, gint64 after, GArray *requests,
                              GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement =
      telar_store_query (store, error,
                         "SELECT id, kind, value, text FROM request WHERE run = ? "
                         "AND id > ? AND outcome IS NULL ORDER BY id",
                         "ii", run, after);

  if (statement == NULL)
    return FALSE;
  while (telar_store_next (store, statement, &failure)) {
    TelarRequest request = telar_store_read_request (statement);
    g_array_append_val (requests, request);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

gboolean
telar_store_outcome (TelarStore *store, gint64 request, gint64 *step, char **outcome,
                     GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error, "SELECT step, outcome FROM request WHERE id = ?", "i", request);

  *outcome = NULL;
  if (statement == NULL)
    return FALSE;
  while (telar_store_next (store, statement, &failure)) {
    *step = sqlite3_column_int64 (statement, 0);
    g_free (*outcome);
    *outcome = telar_store_text (statement, 1);
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
  g_free (request->text);
  g_free (request);
}

GPtrArray *
telar_store_requests (TelarStore *store, gint64 run, gint64 after, GError **error)
{
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (request_free);
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error,
      "SELECT id, kind, value, asked, coalesce (step, -1), outcome, text FROM request"
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
    request->text = telar_store_text (statement, 6);
    g_ptr_array_add (requests, request);
  }
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_steal_pointer (&requests);
}

gboolean
telar_store_undo_requests (TelarStore *store, gint64 run, gint64 step, GError **error)
{
  return telar_store_run (store, error,
                          "UPDATE request SET outcome = 'undone: the run was taken up before it'"
                          " WHERE run = ? AND step > ? AND outcome = 'done'",
                          "ii", run, step);
}
