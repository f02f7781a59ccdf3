/* Bookmarks: places of a document that a person has given names. They are part of how it looks and
 * nothing that computes looks at them. */
#include "engine/bookmark-private.h"
#include "engine/graph-private.h"

#include "engine/text.h"

#include <math.h>

void
telar_bookmark_free (gpointer data)
{
  TelarBookmark *bookmark = data;
  g_free (bookmark->name);
  g_free (bookmark->place);
  g_free (bookmark);
}

/* The first that does not come before @name. */
static guint
place_of (const GPtrArray *bookmarks, const char *name)
{
  guint low = 0, high = bookmarks->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (strcmp (((const TelarBookmark *)bookmarks->pdata[middle])->name, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const GPtrArray *
telar_graph_bookmarks (const TelarGraph *graph)
{
  return graph->main->bookmarks;
}

const TelarBookmark *
telar_graph_find_bookmark (const TelarGraph *graph, const char *name)
{
  const GPtrArray *bookmarks = graph->main->bookmarks;
  guint index = place_of (bookmarks, name);
  const TelarBookmark *found = index < bookmarks->len ? bookmarks->pdata[index] : NULL;
  return found && strcmp (found->name, name) == 0 ? found : NULL;
}

void
telar_graph_remove_bookmark (TelarGraph *graph, const char *name)
{
  GPtrArray *bookmarks = graph->main->bookmarks;
  if (telar_graph_find_bookmark (graph, name))
    g_ptr_array_remove_index (bookmarks, place_of (bookmarks, name));
}

gboolean
telar_graph_set_bookmark (TelarGraph *graph, const TelarBookmark *bookmark, GError **error)
{
  GPtrArray *bookmarks = graph->main->bookmarks;
  if (bookmark->name[0] == '\0') {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "a bookmark needs a name");
    return FALSE;
  }
  if (!isfinite (bookmark->x) || !isfinite (bookmark->y) || !(bookmark->zoom > 0) ||
      !isfinite (bookmark->zoom)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the bookmark \"%s\" needs a place and a zoom above 0", bookmark->name);
    return FALSE;
  }
  TelarBookmark *copy = g_memdup2 (bookmark, sizeof *bookmark);
  copy->name = g_strdup (bookmark->name);
  copy->place = g_strdup (bookmark->place);
  telar_graph_remove_bookmark (graph, copy->name);
  g_ptr_array_insert (bookmarks, (gint)place_of (bookmarks, copy->name), copy);
  return TRUE;
}

void
telar_graph_copy_bookmarks (TelarGraph *to, const TelarGraph *from)
{
  for (guint i = 0; i < from->main->bookmarks->len; i++)
    telar_graph_set_bookmark (to, from->main->bookmarks->pdata[i], NULL);
}

/* --- records ---------------------------------------------------------------------------------- */

char *
telar_graph_bookmark_line (const TelarBookmark *bookmark)
{
  char x[TELAR_REAL_TEXT], y[TELAR_REAL_TEXT], zoom[TELAR_REAL_TEXT];
  GString *line = g_string_new ("{");
  if (bookmark->place[0]) {
    json_auto_t *place = json_string (bookmark->place);
    g_string_append (line, "\"place\":");
    telar_json_append (line, place);
    g_string_append_c (line, ',');
  }
  g_string_append_printf (line, "\"x\":%s,\"y\":%s,\"zoom\":%s}",
                          telar_real_to_text (bookmark->x, x), telar_real_to_text (bookmark->y, y),
                          telar_real_to_text (bookmark->zoom, zoom));
  return g_string_free (line, FALSE);
}

gboolean
telar_graph_put_bookmark (TelarGraph *graph, const char *name, const json_t *json, GError **error)
{
  static const char *const known[] = { "place", "x", "y", "zoom", NULL };
  const json_t *place = json_object_get (json, "place");
  const char *key;
  json_t *value;
  gboolean good = json_is_object (json) && (!place || json_is_string (place));
  json_object_foreach ((json_t *)json, key, value) good =
      good && g_strv_contains (known, key) &&
      (g_str_equal (key, "place") || json_is_number (value));
  if (!good) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the bookmark \"%s\" must be {\"place\": text, \"x\": number, \"y\": number, "
                     "\"zoom\": number}",
                     name);
    return FALSE;
  }
  TelarBookmark bookmark = { (char *)name, (char *)(place ? json_string_value (place) : ""),
                             json_number_value (json_object_get (json, "x")),
                             json_number_value (json_object_get (json, "y")),
                             json_number_value (json_object_get (json, "zoom")) };
  return telar_graph_set_bookmark (graph, &bookmark, error);
}
