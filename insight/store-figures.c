/* Figures: what an epoch gives that is no number. */
#include "insight/store-media-private.h"

#include <string.h>

/* Of a large matrix fewer steps are kept. */
#define MOST_BYTES (64 << 20)

static void
figure_free (gpointer data)
{
  TelarFigureRow *figure = data;

  g_free (figure->name);
  g_free (figure->values);
  g_free (figure);
}

GPtrArray *
telar_store_figures_at (TelarStore *store, gint64 run, gint64 step, GError **error)
{
  g_autoptr (GPtrArray) figures = g_ptr_array_new_with_free_func (figure_free);
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error,
      "SELECT name, step, data FROM figure AS f WHERE run = ? AND step ="
      " (SELECT max (step) FROM figure WHERE run = f.run AND name = f.name AND step <= ?)"
      " ORDER BY name",
      "ii", run, step);

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

GPtrArray *
telar_store_figures (TelarStore *store, gint64 run, GError **error)
{
  return telar_store_figures_at (store, run, G_MAXINT64, error);
}

GArray *
telar_store_figure_steps (TelarStore *store, gint64 run, const char *name, GError **error)
{
  return telar_store_read_steps (
      store,
      telar_store_query (store, error,
                         "SELECT step FROM figure WHERE run = ? AND name = ? ORDER BY step", "is",
                         run, name),
      error);
}

/* Every second step goes when there are too many of them. */
static gboolean
thin (TelarStore *store, gint64 run, const char *name, const char *values, GError **error)
{
  gint64 n, most = CLAMP (MOST_BYTES / (gint64)(strlen (values) + 1), 2, TELAR_MEDIA_MOST_STEPS);

  if (!telar_store_number (store, &n, 0, error,
                           "SELECT count (*) FROM figure WHERE run = ? AND name = ?", "is", run,
                           name))
    return FALSE;
  return n <= most ||
         telar_store_run (store, error,
                          "DELETE FROM figure WHERE run = ? AND name = ? AND step IN"
                          " (SELECT step FROM (SELECT step, row_number () OVER"
                          "   (ORDER BY step DESC) AS k FROM figure WHERE run = ? AND name = ?)"
                          "  WHERE k % 2 = 0)",
                          "isis", run, name, run, name);
}

gboolean
telar_store_put_figure (TelarStore *store, gint64 run, const char *name, gint64 step,
                        const char *values, GError **error)
{
  return telar_store_run (store, error,
                          "INSERT OR REPLACE INTO figure (run, name, step, data)"
                          " VALUES (?, ?, ?, ?)",
                          "isis", run, name, step, values) &&
         thin (store, run, name, values, error);
}

gboolean
telar_store_truncate_figures (TelarStore *store, gint64 run, gint64 step, GError **error)
{
  return telar_store_run (store, error, "DELETE FROM figure WHERE run = ? AND step > ?", "ii", run,
                          step);
}
