/* Samples of the system: rows of time and value, apart from the scalars of the run. */
#include "insight/store-media-private.h"

/* Every second sample goes, but for the newest, when there are too many. */
static gboolean
thin (TelarStore *store, gint64 series, GError **error)
{
  gint64 n;

  if (!telar_store_number (store, &n, 0, error, "SELECT samples FROM series WHERE id = ?", "i",
                           series))
    return FALSE;
  return n <= TELAR_SYSTEM_MOST_SAMPLES ||
         (telar_store_run (store, error,
                           "DELETE FROM sample WHERE series = ? AND time IN"
                           " (SELECT time FROM (SELECT time, row_number () OVER"
                           "   (ORDER BY time DESC) AS k FROM sample WHERE series = ?)"
                           "  WHERE k % 2 = 0)",
                           "ii", series, series) &&
          telar_store_run (store, error,
                           "UPDATE series SET samples ="
                           " (SELECT count (*) FROM sample WHERE series = ?) WHERE id = ?",
                           "ii", series, series));
}

gboolean
telar_store_put_sample (TelarStore *store, gint64 run, const char *name, gint64 time, double value,
                        GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_SYSTEM, name, FALSE };
  gint64 id;

  return telar_store_find_series (store, &series, TRUE, &id, error) &&
         telar_store_run (store, error,
                          "INSERT OR REPLACE INTO sample (series, time, value) VALUES (?, ?, ?)",
                          "iid", id, time, value) &&
         telar_store_run (store, error, "UPDATE series SET samples = samples + 1 WHERE id = ?", "i",
                          id) &&
         thin (store, id, error);
}

gboolean
telar_store_read_samples (TelarStore *store, gint64 run, const char *name, gint64 after,
                          GArray *points, GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_SYSTEM, name, FALSE };
  GError *failure = NULL;
  gint64 id, started;

  if (!telar_store_find_series (store, &series, FALSE, &id, error) ||
      !telar_store_number (store, &started, 0, error, "SELECT started FROM run WHERE id = ?", "i",
                           run))
    return FALSE;
  sqlite3_stmt *statement = telar_store_query (
      store, error, "SELECT time, value FROM sample WHERE series = ? AND time > ? ORDER BY time",
      "ii", id, after);
  if (statement == NULL)
    return FALSE;
  while (telar_store_next (store, statement, &failure)) {
    gint64 time = sqlite3_column_int64 (statement, 0);
    TelarPoint point = { (time - started) / G_USEC_PER_SEC, time, telar_store_real (statement, 1) };
    g_array_append_val (points, point);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}
