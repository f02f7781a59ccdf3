/* Events: what happened to a run at a step, in the order in which it was recorded. */
#include "insight/store-private.h"

void
telar_event_row_free (gpointer data)
{
  TelarEventRow *event = data;

  g_free (event->kind);
  g_free (event->text);
  g_free (event);
}

GPtrArray *
telar_store_events (TelarStore *store, gint64 run, gint64 after, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (telar_event_row_free);
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error,
      "SELECT id, step, time, kind, text FROM event WHERE run = ? AND id > ? ORDER BY id", "ii",
      run, after);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    TelarEventRow *event = g_new0 (TelarEventRow, 1);
    event->id = sqlite3_column_int64 (statement, 0);
    event->step = sqlite3_column_int64 (statement, 1);
    event->time = sqlite3_column_int64 (statement, 2);
    event->kind = telar_store_text (statement, 3);
    event->text = telar_store_text (statement, 4);
    g_ptr_array_add (events, event);
  }
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_steal_pointer (&events);
}

gboolean
telar_store_add_event (TelarStore *store, gint64 run, gint64 step, gint64 time, const char *kind,
                       const char *text, GError **error)
{
  return telar_store_run (store, error,
                          "INSERT INTO event (run, step, time, kind, text) VALUES (?, ?, ?, ?, ?)",
                          "iiiss", run, step, time, kind, text);
}

gboolean
telar_store_truncate_events (TelarStore *store, gint64 run, gint64 step, GError **error)
{
  return telar_store_run (store, error, "DELETE FROM event WHERE run = ? AND step > ?", "ii", run,
                          step);
}
