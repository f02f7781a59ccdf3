/* Takes apart what comes over the wire. */
#include "insight/web/wire.h"

#include <math.h>
#include <string.h>

#define MOST_PAIRS 256 /* of a query */

static gboolean
refuse (GError **error, const char *text)
{
  telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s", text);
  return FALSE;
}

/* --- query strings ----------------------------------------------------------------------- */

typedef struct {
  char *name, *value;
} Pair;

struct TelarQuery {
  GArray *pairs; /* Pair */
};

static void
pair_clear (gpointer data)
{
  Pair *pair = data;

  g_free (pair->name);
  g_free (pair->value);
}

void
telar_query_free (TelarQuery *query)
{
  if (query == NULL)
    return;
  g_array_unref (query->pairs);
  g_free (query);
}

/* NULL when it is not UTF-8 in percent encoding. */
static char *
decode (const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);
  g_autofree char *plain = NULL;

  for (char *c = copy; *c != '\0'; c++)
    if (*c == '+')
      *c = ' ';
  plain = g_uri_unescape_string (copy, NULL);
  return plain != NULL && g_utf8_validate (plain, -1, NULL) ? g_steal_pointer (&plain) : NULL;
}

TelarQuery *
telar_query_parse (const char *text, GError **error)
{
  g_autoptr (TelarQuery) query = g_new (TelarQuery, 1);

  query->pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_array_set_clear_func (query->pairs, pair_clear);
  while (text != NULL && *text != '\0') {
    gsize length = strcspn (text, "&");
    gsize name = MIN (strcspn (text, "="), length);
    Pair pair = { decode (text, name),
                  name < length ? decode (text + name + 1, length - name - 1) : g_strdup ("") };
    g_array_append_val (query->pairs, pair);
    if (pair.name == NULL || pair.value == NULL || query->pairs->len > MOST_PAIRS) {
      refuse (error, "the query is malformed");
      return NULL;
    }
    text += length + (text[length] == '&');
  }
  return g_steal_pointer (&query);
}

const char *
telar_query_text (const TelarQuery *query, const char *name)
{
  for (guint i = 0; i < query->pairs->len; i++) {
    const Pair *pair = &g_array_index (query->pairs, Pair, i);
    if (g_str_equal (pair->name, name))
      return pair->value;
  }
  return NULL;
}

const char *
telar_query_text_or (const TelarQuery *query, const char *name, const char *otherwise)
{
  const char *text = telar_query_text (query, name);

  return text != NULL ? text : otherwise;
}

const char **
telar_query_all (const TelarQuery *query, const char *name)
{
  GPtrArray *values = g_ptr_array_new ();

  for (guint i = 0; i < query->pairs->len; i++) {
    const Pair *pair = &g_array_index (query->pairs, Pair, i);
    if (g_str_equal (pair->name, name))
      g_ptr_array_add (values, pair->value);
  }
  g_ptr_array_add (values, NULL);
  return (const char **)g_ptr_array_free (values, FALSE);
}

gboolean
telar_query_int (const TelarQuery *query, const char *name, gint64 minimum, gint64 maximum,
                 gint64 *number, GError **error)
{
  const char *text = telar_query_text (query, name);

  if (text == NULL || g_ascii_string_to_signed (text, 10, minimum, maximum, number, NULL))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "“%s” must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                   name, minimum, maximum);
  return FALSE;
}

gboolean
telar_query_real (const TelarQuery *query, const char *name, double minimum, double maximum,
                  double *number, GError **error)
{
  const char *text = telar_query_text (query, name);
  char *end = NULL;

  if (text == NULL)
    return TRUE;
  double value = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && value >= minimum && value <= maximum) {
    *number = value;
    return TRUE;
  }
  telar_set_error (error, TELAR_ERROR_USAGE, NULL, "“%s” must be a number from %g to %g", name,
                   minimum, maximum);
  return FALSE;
}

/* --- bodies ------------------------------------------------------------------------------ */

json_t *
telar_body_object (const char *data, gsize size, GError **error)
{
  json_error_t problem;
  json_t *json = json_loadb (data, size, JSON_REJECT_DUPLICATES, &problem);

  if (json != NULL && json_is_object (json))
    return json;
  json_decref (json);
  telar_set_error (error, TELAR_ERROR_USAGE, NULL, "not a JSON object%s%s",
                   json == NULL ? ": " : "", json == NULL ? problem.text : "");
  return NULL;
}

/* "text" is what is set or probed, of which there is only so much. */
static gboolean
read_text (const json_t *json, TelarRequest *request, GError **error)
{
  const json_t *text = json_object_get (json, "text");
  gsize length = json_string_length (text);

  if (text != NULL && !json_is_string (text))
    return refuse (error, "“text” must be a text");
  if (length >= sizeof request->text ||
      strlen (length > 0 ? json_string_value (text) : "") != length)
    return refuse (error, "“text” is too long, or has a zero in it");
  g_strlcpy (request->text, length > 0 ? json_string_value (text) : "", sizeof request->text);
  return TRUE;
}

gboolean
telar_body_request (const char *data, gsize size, TelarRequest *request, GError **error)
{
  json_t *json = telar_body_object (data, size, error);

  if (json == NULL)
    return FALSE;
  const json_t *number = json_object_get (json, "value");
  request->kind = telar_request_find (json_string_value (json_object_get (json, "kind")));
  request->value = number != NULL ? json_number_value (number) : 0;
  gboolean ok = request->kind != TELAR_REQUEST_NONE ||
                refuse (error, "“kind” must be pause, resume, step, stop, stop-after-epoch, "
                               "learning-rate, checkpoint, profile, set, probe or unprobe");
  if (ok && number != NULL && !json_is_number (number))
    ok = refuse (error, "“value” must be a number");
  ok = ok && read_text (json, request, error);
  json_decref (json);
  return ok;
}

/* --- messages ---------------------------------------------------------------------------- */

static void
curve_clear (gpointer data)
{
  g_free (((TelarWireCurve *)data)->tag);
}

static void
watch_free (gpointer data)
{
  TelarWireWatch *watch = data;

  g_free (watch->run);
  g_array_unref (watch->curves);
  g_free (watch);
}

void
telar_wire_message_free (TelarWireMessage *message)
{
  if (message == NULL)
    return;
  g_clear_pointer (&message->watches, g_ptr_array_unref);
  g_free (message);
}

static gboolean
read_whole (const json_t *json, gint64 otherwise, gint64 *number)
{
  *number = json != NULL ? json_integer_value (json) : otherwise;
  return json == NULL || (json_is_integer (json) && *number >= otherwise);
}

/* {"run": "a", "event": 12, "curves": {"loss": 200, "accuracy": -1}} */
static gboolean
read_watch (const json_t *json, GPtrArray *watches, guint *n_curves)
{
  const json_t *curves = json_object_get (json, "curves");
  const char *run = json_string_value (json_object_get (json, "run"));
  TelarWireWatch *watch = g_new0 (TelarWireWatch, 1);
  const char *tag;
  json_t *after;

  g_ptr_array_add (watches, watch);
  watch->run = g_strdup (run);
  watch->curves = g_array_new (FALSE, FALSE, sizeof (TelarWireCurve));
  g_array_set_clear_func (watch->curves, curve_clear);
  if (run == NULL || !read_whole (json_object_get (json, "event"), 0, &watch->event) ||
      (curves != NULL && !json_is_object (curves)))
    return FALSE;
  json_object_foreach ((json_t *)curves, tag, after)
  {
    TelarWireCurve curve = { NULL, 0 };
    if (++*n_curves > TELAR_WIRE_MOST_CURVES || !read_whole (after, -1, &curve.after))
      return FALSE;
    curve.tag = g_strdup (tag);
    g_array_append_val (watch->curves, curve);
  }
  return TRUE;
}

static gboolean
read_message (const json_t *json, TelarWireMessage *message)
{
  const json_t *watch = json_object_get (json, "watch");
  guint n_curves = 0;

  if (!read_whole (json_object_get (json, "ack"), 0, &message->ack))
    return FALSE;
  if (watch == NULL)
    return TRUE;
  if (!json_is_array (watch) || json_array_size (watch) > TELAR_WIRE_MOST_RUNS)
    return FALSE;
  message->watches = g_ptr_array_new_with_free_func (watch_free);
  for (gsize i = 0; i < json_array_size (watch); i++)
    if (!read_watch (json_array_get (watch, i), message->watches, &n_curves))
      return FALSE;
  return TRUE;
}

TelarWireMessage *
telar_wire_parse (const char *data, gsize size, GError **error)
{
  json_t *json = telar_body_object (data, size, error);
  g_autoptr (TelarWireMessage) message = g_new0 (TelarWireMessage, 1);

  if (json == NULL)
    return NULL;
  gboolean ok = read_message (json, message) || refuse (error, "not a message of this server");
  json_decref (json);
  return ok ? g_steal_pointer (&message) : NULL;
}

/* --- numbers ----------------------------------------------------------------------------- */

void
telar_wire_number (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value)) {
    g_string_append (text, "null");
    return;
  }
  /* Most values were computed in single precision, which nine digits hold. */
  g_ascii_formatd (digits, sizeof digits, "%.9g", value);
  g_string_append (text, g_ascii_strtod (digits, NULL) == value
                             ? digits
                             : g_ascii_dtostr (digits, sizeof digits, value));
}
