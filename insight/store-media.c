/* Series and their items; texts and profiles, which are nothing but a text. */
#include "insight/store-media-private.h"

#include <string.h>

gboolean
telar_store_too_large (const char *name, const char *what, gsize limit, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s, the limit is %" G_GSIZE_FORMAT, name,
                   what, limit);
  return FALSE;
}

/* --- series ------------------------------------------------------------------------------ */

gboolean
telar_store_find_series (TelarStore *store, const TelarSeriesRef *series, gboolean make, gint64 *id,
                         GError **error)
{
  gint64 n;

  if (!telar_store_number (store, id, 0, error,
                           "SELECT id FROM series WHERE run = ? AND kind = ? AND name = ?", "iis",
                           series->run, (gint64)series->kind, series->name))
    return FALSE;
  if (*id != 0 || !make)
    return TRUE;
  if (!telar_store_number (store, &n, 0, error,
                           "SELECT count (*) FROM series WHERE run = ? AND kind = ?", "ii",
                           series->run, (gint64)series->kind))
    return FALSE;
  if (n >= TELAR_MEDIA_MOST_SERIES)
    return telar_store_too_large (series->name, "the run has too many series of its kind",
                                  TELAR_MEDIA_MOST_SERIES, error);
  if (!telar_store_run (store, error, "INSERT INTO series (run, kind, name) VALUES (?, ?, ?)",
                        "iis", series->run, (gint64)series->kind, series->name))
    return FALSE;
  *id = sqlite3_last_insert_rowid (store->db);
  return TRUE;
}

static void
series_free (gpointer data)
{
  g_free (((TelarSeriesRow *)data)->name);
  g_free (data);
}

static GPtrArray *
end_rows (GPtrArray *rows, GError *failure, GError **error)
{
  if (failure == NULL)
    return rows;
  g_ptr_array_unref (rows);
  g_propagate_error (error, failure);
  return NULL;
}

GPtrArray *
telar_store_series (TelarStore *store, gint64 run, TelarMediaKind kind, GError **error)
{
  sqlite3_stmt *statement =
      telar_store_query (store, error,
                         "SELECT name, coalesce ((SELECT max (step) FROM item WHERE series = s.id),"
                         " (SELECT max (time) FROM sample WHERE series = s.id), -1)"
                         " FROM series AS s WHERE run = ? AND kind = ? ORDER BY name",
                         "ii", run, (gint64)kind);

  if (statement == NULL)
    return NULL;
  GPtrArray *rows = g_ptr_array_new_with_free_func (series_free);
  GError *failure = NULL;
  while (telar_store_next (store, statement, &failure)) {
    TelarSeriesRow *row = g_new0 (TelarSeriesRow, 1);
    row->name = telar_store_text (statement, 0);
    row->last_step = sqlite3_column_int64 (statement, 1);
    g_ptr_array_add (rows, row);
  }
  return end_rows (rows, failure, error);
}

GArray *
telar_store_read_steps (TelarStore *store, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (gint64));
  GError *failure = NULL;

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    gint64 step = sqlite3_column_int64 (statement, 0);
    g_array_append_val (steps, step);
  }
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_steal_pointer (&steps);
}

GArray *
telar_store_steps (TelarStore *store, gint64 run, TelarMediaKind kind, const char *name,
                   GError **error)
{
  return telar_store_read_steps (
      store,
      telar_store_query (store, error,
                         "SELECT DISTINCT item.step FROM item JOIN series ON item.series ="
                         " series.id WHERE run = ? AND kind = ? AND name = ? ORDER BY item.step",
                         "iis", run, (gint64)kind, name),
      error);
}

/* --- items ------------------------------------------------------------------------------- */

/* Every second step goes, but for the newest, when there are too many. */
static gboolean
thin (TelarStore *store, gint64 series, GError **error)
{
  gint64 n;

  if (!telar_store_number (store, &n, 0, error,
                           "SELECT count (DISTINCT step) FROM item WHERE series = ?", "i", series))
    return FALSE;
  return n <= TELAR_MEDIA_MOST_STEPS ||
         telar_store_run (store, error,
                          "DELETE FROM item WHERE series = ? AND step IN"
                          " (SELECT step FROM (SELECT step, row_number () OVER"
                          "   (ORDER BY step DESC) AS k FROM"
                          "   (SELECT DISTINCT step FROM item WHERE series = ?))"
                          "  WHERE k % 2 = 0)",
                          "ii", series, series);
}

gboolean
telar_store_put_item (TelarStore *store, const TelarSeriesRef *series, const TelarItem *item,
                      GError **error)
{
  gint64 id;

  return telar_store_find_series (store, series, TRUE, &id, error) &&
         telar_store_run (store, error,
                          "INSERT OR REPLACE INTO item (series, step, place, time, text, data)"
                          " VALUES (?, ?, ?, ?, ?, ?)",
                          "iiiisb", id, item->step, (gint64)item->place, item->time, item->text,
                          item->data) &&
         (series->keep_all || store->keep_media || item->place > 0 || thin (store, id, error));
}

/* The rows of @statement: step, time, place, text, data. */
static GPtrArray *
read_items (TelarStore *store, sqlite3_stmt *statement, TelarItemFunc make, GDestroyNotify free_row,
            GError **error)
{
  if (statement == NULL)
    return NULL;
  GPtrArray *rows = g_ptr_array_new_with_free_func (free_row);
  GError *failure = NULL;
  while (failure == NULL && telar_store_next (store, statement, &failure)) {
    const void *bytes = sqlite3_column_blob (statement, 4);
    gsize size = (gsize)sqlite3_column_bytes (statement, 4);
    g_autoptr (GBytes) data = bytes != NULL ? g_bytes_new (bytes, size) : NULL;
    TelarItem item = { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1),
                       (guint)sqlite3_column_int64 (statement, 2),
                       (const char *)sqlite3_column_text (statement, 3), data };
    gpointer row = make (&item);
    if (row != NULL)
      g_ptr_array_add (rows, row);
    else
      telar_set_error (&failure, TELAR_ERROR_INVALID, NULL,
                       "%s: what stands at step %" G_GINT64_FORMAT " is damaged", store->path,
                       item.step);
  }
  sqlite3_reset (statement);
  return end_rows (rows, failure, error);
}

GPtrArray *
telar_store_read_span (TelarStore *store, TelarMediaKind kind, const TelarSpan *span,
                       TelarItemFunc make, GDestroyNotify free_row, GError **error)
{
  TelarSeriesRef series = { span->run, kind, span->name, FALSE };
  gint64 id, most = span->most > 0 ? span->most : G_MAXINT32;

  if (!telar_store_find_series (store, &series, FALSE, &id, error))
    return NULL;
  return read_items (
      store,
      telar_store_query (store, error,
                         "WITH ranked AS (SELECT id, row_number () OVER (ORDER BY step DESC) - 1"
                         " AS k, count (*) OVER () AS n FROM item"
                         " WHERE series = ? AND step > ? AND step <= ?)"
                         " SELECT step, time, place, text, data FROM item WHERE id IN"
                         " (SELECT id FROM ranked WHERE k % ((n + ? - 1) / ?) = 0)"
                         " ORDER BY step, place",
                         "iiiii", id, span->after, span->to, most, most),
      make, free_row, error);
}

GPtrArray *
telar_store_read_step (TelarStore *store, const TelarSeriesRef *series, gint64 step,
                       TelarItemFunc make, GDestroyNotify free_row, GError **error)
{
  gint64 id;

  if (!telar_store_find_series (store, series, FALSE, &id, error))
    return NULL;
  return read_items (store,
                     telar_store_query (store, error,
                                        "SELECT step, time, place, text, data FROM item"
                                        " WHERE series = ? AND step = (SELECT max (step) FROM item"
                                        "  WHERE series = ? AND step <= ?) ORDER BY place",
                                        "iii", id, id, step),
                     make, free_row, error);
}

gboolean
telar_store_truncate_media (TelarStore *store, gint64 run, gint64 step, GError **error)
{
  return telar_store_run (store, error,
                          "DELETE FROM item WHERE step > ? AND series IN"
                          " (SELECT id FROM series WHERE run = ?)",
                          "ii", step, run);
}

/* --- texts ------------------------------------------------------------------------------- */

static void
text_free (gpointer data)
{
  g_free (((TelarTextRow *)data)->text);
  g_free (data);
}

static gpointer
make_text (const TelarItem *item)
{
  TelarTextRow *row = g_new0 (TelarTextRow, 1);

  row->step = item->step;
  row->time = item->time;
  row->text = g_strdup (item->text != NULL ? item->text : "");
  return row;
}

static gboolean
put_text (TelarStore *store, const TelarSeriesRef *series, const TelarItem *item, gsize limit,
          GError **error)
{
  if (strlen (item->text) > limit)
    return telar_store_too_large (series->name, "the text has too many bytes", limit, error);
  if (!g_utf8_validate (item->text, -1, NULL)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: the text is not UTF-8", series->name);
    return FALSE;
  }
  return telar_store_put_item (store, series, item, error);
}

gboolean
telar_store_put_text (TelarStore *store, gint64 run, const char *name, gint64 step, gint64 time,
                      const char *text, GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_TEXT, name, FALSE };
  TelarItem item = { step, time, 0, text, NULL };

  return put_text (store, &series, &item, TELAR_TEXT_MOST_BYTES, error);
}

GPtrArray *
telar_store_texts (TelarStore *store, const TelarSpan *span, GError **error)
{
  return telar_store_read_span (store, TELAR_MEDIA_TEXT, span, make_text, text_free, error);
}

gboolean
telar_store_text_at (TelarStore *store, gint64 run, const char *name, gint64 step, char **text,
                     GError **error)
{
  TelarSeriesRef series = { .run = run, .kind = TELAR_MEDIA_TEXT, .name = name };
  g_autoptr (GPtrArray) texts =
      telar_store_read_step (store, &series, step, make_text, text_free, error);

  *text = NULL;
  if (texts != NULL && texts->len > 0)
    *text = g_strdup (((const TelarTextRow *)texts->pdata[texts->len - 1])->text);
  return texts != NULL;
}

gboolean
telar_store_classes (TelarStore *store, gint64 run, char **json, GError **error)
{
  return telar_store_text_at (store, run, "classes", G_MAXINT64, json, error);
}

/* --- profiles ---------------------------------------------------------------------------- */

#define PROFILE_NAME "step"

gboolean
telar_store_put_profile (TelarStore *store, gint64 run, gint64 step, gint64 time, const char *json,
                         GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_PROFILE, PROFILE_NAME, FALSE };
  TelarItem item = { step, time, 0, json, NULL };

  return put_text (store, &series, &item, TELAR_PROFILE_MOST_BYTES, error);
}

char *
telar_store_profile (TelarStore *store, gint64 run, gint64 step, GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_PROFILE, PROFILE_NAME, FALSE };
  g_autoptr (GPtrArray) rows =
      telar_store_read_step (store, &series, step, make_text, text_free, error);

  if (rows == NULL || rows->len == 0)
    return NULL;
  return g_steal_pointer (&((TelarTextRow *)rows->pdata[0])->text);
}
