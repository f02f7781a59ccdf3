/* Runs keep them as a list in JSON. */
#include "insight/classes.h"

#include <jansson.h>

char **
telar_classes_split (const char *json)
{
  json_t *list = json != NULL ? json_loads (json, 0, NULL) : NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  const json_t *name;
  gsize i;

  json_array_foreach (list, i, name)
      g_strv_builder_add (names, json_is_string (name) ? json_string_value (name) : "");
  gsize n = json_array_size (list);
  json_decref (list);
  return n > 0 ? g_strv_builder_end (names) : NULL;
}

char *
telar_classes_name (char *const *names, gint64 class)
{
  if (names != NULL && class >= 0 && class < (gint64)g_strv_length ((char **)names))
    return g_strdup (names[class]);
  return g_strdup_printf ("%" G_GINT64_FORMAT, class);
}
