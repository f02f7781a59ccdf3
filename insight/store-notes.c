/* What a person says of a run: a note, labels, a star. */
#include "insight/store-private.h"

#include <string.h>

#define MAX_NOTE   10000 /* bytes */
#define MAX_LABELS 1000

/* Changes one column of a run's row; @sql has the value and then the run. */
static gboolean
set_text (TelarStore *store, gint64 run, const char *sql, const char *text, GError **error)
{
  if (!telar_store_run (store, error, sql, "si", text != NULL && *text != '\0' ? text : NULL, run))
    return FALSE;
  if (sqlite3_changes (store->db) == 1)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: there is no run with the number %" G_GINT64_FORMAT, store->path, run);
  return FALSE;
}

static gboolean
check_text (const char *text, gsize most, const char *what, GError **error)
{
  if (text == NULL || (strlen (text) <= most && g_utf8_validate (text, -1, NULL)))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s must be UTF-8 of at most %u bytes", what,
                   (guint)most);
  return FALSE;
}

gboolean
telar_store_set_note (TelarStore *store, gint64 run, const char *note, GError **error)
{
  return check_text (note, MAX_NOTE, "the note of a run", error) &&
         set_text (store, run, "UPDATE run SET note = ? WHERE id = ?", note, error);
}

char **
telar_labels_split (const char *labels)
{
  g_auto (GStrv) parts = g_strsplit (labels != NULL ? labels : "", ",", -1);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (guint i = 0; parts[i] != NULL; i++) {
    const char *label = g_strstrip (parts[i]);
    guint seen = 0;
    while (seen < found->len && !g_str_equal (g_ptr_array_index (found, seen), label))
      seen++;
    if (*label != '\0' && seen == found->len)
      g_ptr_array_add (found, g_strdup (label));
  }
  g_ptr_array_add (found, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&found), FALSE);
}

gboolean
telar_store_set_labels (TelarStore *store, gint64 run, const char *labels, GError **error)
{
  if (!check_text (labels, MAX_LABELS, "the labels of a run", error))
    return FALSE;
  g_auto (GStrv) parts = telar_labels_split (labels);
  g_autofree char *joined = g_strjoinv (", ", parts);
  return set_text (store, run, "UPDATE run SET labels = ? WHERE id = ?", joined, error);
}

gboolean
telar_store_set_star (TelarStore *store, gint64 run, gboolean star, GError **error)
{
  return set_text (store, run, "UPDATE run SET star = coalesce (?, 0) WHERE id = ?",
                   star ? "1" : NULL, error);
}

/* --- how far values reach ---------------------------------------------------------------- */

static void
tag_range_free (gpointer data)
{
  TelarTagRange *range = data;

  g_free (range->name);
  g_free (range);
}

/* Infinities are no part of a range; SQLite compares them as numbers. */
/* clang-format off */
#define TAG_RANGES \
  "SELECT name, min (least), max (most) FROM (" \
  " SELECT tag.name AS name, chunk.min AS least, chunk.max AS most" \
  "  FROM tag JOIN chunk ON chunk.tag = tag.id WHERE tag.run = ?1" \
  " UNION ALL" \
  " SELECT tag.name, value, value FROM tag JOIN point ON point.tag = tag.id" \
  "  WHERE tag.run = ?1 AND abs (value) <= 1.7976931348623157e308)" \
  " GROUP BY name ORDER BY name"
/* clang-format on */

GPtrArray *
telar_store_tag_ranges (TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) ranges = g_ptr_array_new_with_free_func (tag_range_free);
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (store, error, TAG_RANGES, "i", run);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    TelarTagRange *range = g_new (TelarTagRange, 1);
    *range = (TelarTagRange){ telar_store_text (statement, 0), telar_store_real (statement, 1),
                              telar_store_real (statement, 2) };
    g_ptr_array_add (ranges, range);
  }
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_steal_pointer (&ranges);
}
