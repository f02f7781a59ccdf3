/* Names of runs: which may be, which are free, and the folder of one. */
#include "insight/store-private.h"

#include <string.h>

#define MAX_NAME 200 /* bytes; a folder's name may have 255 */

const char *
telar_run_name_problem (const char *name)
{
  if (name == NULL || *name == '\0')
    return "a run needs a name";
  if (strlen (name) > MAX_NAME)
    return "the name of a run may have 200 bytes";
  if (*name == '.' || strchr (name, '/') != NULL)
    return "the name of a run is a folder's name: no slash, no dot in front";
  if (!g_utf8_validate (name, -1, NULL))
    return "the name of a run must be UTF-8";
  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return "the name of a run may not hold control characters";
  return NULL;
}

gboolean
telar_run_check_name (const char *name, GError **error)
{
  const char *problem = telar_run_name_problem (name);

  if (problem != NULL)
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s", problem);
  return problem == NULL;
}

gboolean
telar_store_name_is_free (TelarStore *store, const char *name, GError **error)
{
  gint64 other;

  if (!telar_store_number (store, &other, 0, error, "SELECT id FROM run WHERE name = ?", "s", name))
    return FALSE;
  if (other != 0)
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s: there is a run “%s” already", store->path,
                     name);
  return other == 0;
}

/* The N of "STEM-N", 0 when @name is another. */
static gint64
number_of (const char *name, const char *stem)
{
  gsize length = strlen (stem);
  guint64 number;

  if (!g_str_has_prefix (name, stem) || name[length] != '-' ||
      !g_ascii_string_to_unsigned (name + length + 1, 10, 1, G_MAXINT32, &number, NULL))
    return 0;
  return (gint64)number;
}

/* @stem as a name may be. */
static char *
clean_name (const char *stem)
{
  g_autofree char *clean =
      g_strdelimit (g_utf8_make_valid (stem, (gssize)MIN (strlen (stem), MAX_NAME / 2)), "/", '-');

  return g_strdup (telar_run_name_problem (clean) == NULL ? clean : "run");
}

char *
telar_store_free_name (TelarStore *store, const char *stem, GError **error)
{
  GError *failure = NULL;
  gint64 highest = 0;
  g_autofree char *clean = clean_name (stem);
  sqlite3_stmt *statement = telar_store_query (store, error, "SELECT name FROM run", "");

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure))
    highest = MAX (highest, number_of ((const char *)sqlite3_column_text (statement, 0), clean));
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_strdup_printf ("%s-%" G_GINT64_FORMAT, clean, highest + 1);
}

char *
telar_store_unused_name (TelarStore *store, const char *stem, GError **error)
{
  g_autofree char *clean = clean_name (stem);
  gint64 taken;

  if (!telar_store_number (store, &taken, 0, error, "SELECT id FROM run WHERE name = ?", "s",
                           clean))
    return NULL;
  return taken == 0 ? g_steal_pointer (&clean) : telar_store_free_name (store, clean, error);
}

char *
telar_store_run_folder (const TelarStore *store, const char *name)
{
  return g_build_filename (store->workspace, "runs", name, NULL);
}
