/* Finds places in JSON text again: jansson's values do not know where they came from, and only an
 * error message wants to know, so the text is walked a second time then. */
#include "engine/json-place.h"
#include <string.h>

typedef struct {
  const char *at, *end;
  guint line;
} Place;

static void
skip_blank (Place *place)
{
  for (; place->at < place->end && strchr (" \t\r\n,:", *place->at); place->at++)
    place->line += *place->at == '\n';
}

static void
skip_string (Place *place)
{
  for (place->at++; place->at < place->end && *place->at != '"'; place->at++)
    if (*place->at == '\\')
      place->at++;
  place->at++;
}

/* Behind one value; nesting is counted, not recursed into, so depth costs nothing. */
static void
skip_value (Place *place)
{
  guint depth = 0;
  do {
    skip_blank (place);
    if (place->at >= place->end)
      return;
    char c = *place->at;
    if (c == '"') {
      skip_string (place);
    } else if (c == '{' || c == '[') {
      depth++;
      place->at++;
    } else if (c == '}' || c == ']') {
      depth--;
      place->at++;
    } else {
      while (place->at < place->end && !strchr (" \t\r\n,:]}", *place->at))
        place->at++;
    }
  } while (depth > 0);
}

/* Into the object or list at @place, to its item @index. */
static gboolean
enter (Place *place, gsize index)
{
  skip_blank (place);
  if (place->at >= place->end || (*place->at != '{' && *place->at != '['))
    return FALSE;
  gboolean object = *place->at++ == '{';
  for (gsize i = 0; i < index; i++) {
    skip_blank (place);
    if (place->at >= place->end || *place->at == '}' || *place->at == ']')
      return FALSE;
    if (object)
      skip_value (place);
    skip_value (place);
  }
  skip_blank (place);
  return TRUE;
}

/* Whether the string at @place is @key; keys of ours need no escapes. */
static gboolean
is_key (const Place *place, const char *key)
{
  gsize length = strlen (key);
  return (gsize)(place->end - place->at) > length + 1 && *place->at == '"' &&
         memcmp (place->at + 1, key, length) == 0 && place->at[length + 1] == '"';
}

guint
telar_json_line (const char *text, gsize length, const char *key, gsize index)
{
  Place place = { text, text + length, 1 };
  if (!enter (&place, 0))
    return 0;
  while (!is_key (&place, key)) {
    if (place.at >= place.end || *place.at == '}')
      return 0;
    skip_value (&place);
    skip_value (&place);
    skip_blank (&place);
  }
  if (index == G_MAXSIZE)
    return place.line;
  skip_value (&place);
  return enter (&place, index) ? place.line : 0;
}
