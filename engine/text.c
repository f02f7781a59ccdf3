/* Numbers and JSON as text; jansson's own writer knows one precision for all reals, which is either
 * lossy or prints 0.1 with seventeen digits. */
#include "engine/text.h"
#include <stdlib.h>
#include <string.h>

const char *
telar_real_to_text (double value, char text[TELAR_REAL_TEXT])
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_ascii_formatd (text, TELAR_REAL_TEXT, formats[i], value);
    if (g_ascii_strtod (text, NULL) == value)
      break;
  }
  return text;
}

static void
append_string (GString *text, const json_t *json)
{
  char *quoted = json_dumps (json, JSON_ENCODE_ANY | JSON_COMPACT);
  g_string_append (text, quoted);
  free (quoted);
}

static void
append_array (GString *text, const json_t *json)
{
  g_string_append_c (text, '[');
  for (gsize i = 0; i < json_array_size (json); i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    telar_json_append (text, json_array_get (json, i));
  }
  g_string_append_c (text, ']');
}

static void
append_object (GString *text, const json_t *json)
{
  json_t *object = (json_t *)json; /* jansson iterates only what it may change */
  const char *key;
  json_t *value;
  gboolean first = TRUE;
  g_string_append_c (text, '{');
  json_object_foreach (object, key, value)
  {
    if (!first)
      g_string_append_c (text, ',');
    first = FALSE;
    json_auto_t *quoted = json_string (key);
    append_string (text, quoted);
    g_string_append_c (text, ':');
    telar_json_append (text, value);
  }
  g_string_append_c (text, '}');
}

static void
append_real (GString *text, double value)
{
  char number[TELAR_REAL_TEXT];
  telar_real_to_text (value, number);
  g_string_append (text, number);
  if (!strpbrk (number, ".en"))
    g_string_append (text, ".0");
}

void
telar_json_append (GString *text, const json_t *json)
{
  switch (json_typeof (json)) {
  case JSON_OBJECT:
    append_object (text, json);
    return;
  case JSON_ARRAY:
    append_array (text, json);
    return;
  case JSON_STRING:
    append_string (text, json);
    return;
  case JSON_INTEGER:
    g_string_append_printf (text, "%" JSON_INTEGER_FORMAT, json_integer_value (json));
    return;
  case JSON_REAL:
    append_real (text, json_real_value (json));
    return;
  case JSON_TRUE:
    g_string_append (text, "true");
    return;
  case JSON_FALSE:
    g_string_append (text, "false");
    return;
  case JSON_NULL:
    g_string_append (text, "null");
    return;
  }
}

char *
telar_json_to_text (const json_t *json)
{
  GString *text = g_string_new (NULL);
  telar_json_append (text, json);
  return g_string_free (text, FALSE);
}
