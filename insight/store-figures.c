/* Figures: what an epoch gives that is no number. Of each only the newest is kept. */
#include "insight/store-private.h"

static void
figure_free (gpointer data)
{
  TelarFigureRow *figure = data;

  g_free (figure->name);
  g_free (figure->values);
  g_free (figure);
}

GPtrArray *
telar_store_figures (TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) figures = g_ptr_array_new_with_free_func (figure_free);
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error, "SELECT name, step, data FROM figure WHERE run = ? ORDER BY name", "i", run);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    TelarFigureRow *figure = g_new0 (TelarFigureRow, 1);
    figure->name = telar_store_text (statement, 0);
    figure->step = sqlite3_column_int64 (statement, 1);
    figure->values = telar_store_text (statement, 2);
    g_ptr_array_add (figures, figure);
  }
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_steal_pointer (&figures);
}

gboolean
telar_store_put_figure (TelarStore *store, gint64 run, const char *name, gint64 step,
                        const char *values, GError **error)
{
  return telar_store_run (store, error,
                          "INSERT OR REPLACE INTO figure (run, name, step, data)"
                          " VALUES (?, ?, ?, ?)",
                          "isis", run, name, step, values);
}

gboolean
telar_store_truncate_figures (TelarStore *store, gint64 run, gint64 step, GError **error)
{
  return telar_store_run (store, error, "DELETE FROM figure WHERE run = ? AND step > ?", "ii", run,
                          step);
}
