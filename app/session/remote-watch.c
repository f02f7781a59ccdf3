/* Which run is watched, and how what a server tells of it comes into the mirror. */
#include "app/session/remote-private.h"

#define MOST_CURVES 2048 /* that are watched at once */
/* A curve of more points begins with so many means of them. */
#define MOST_POINTS 65536
#define COLUMNS     8192

/* What cannot be written here, or read from there, ends the connection. */
static void
check (TelarRemote *self, gboolean done, const GError *error)
{
  if (!done)
    telar_remote_lose (self, error->message);
}

/* --- what is watched -------------------------------------------------------------------------- */

/* The run that is watched, and how much of it is here already. Caller owns it. */
static json_t *
watched_run (TelarRemote *self)
{
  json_t *curves = json_object ();

  for (guint i = 0; i < MIN (self->tags->len, MOST_CURVES); i++)
    json_object_set_new (
        curves, self->tags->pdata[i],
        json_integer (telar_mirror_last_step (self->mirror, self->run, self->tags->pdata[i])));
  return json_pack ("{s:s, s:I, s:o}", "run", self->run, "event",
                    (json_int_t)telar_mirror_last_event (self->mirror, self->run), "curves",
                    curves);
}

void
telar_remote_tell_watched (TelarRemote *self)
{
  if (self->connection == NULL ||
      soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  json_t *list = json_array ();
  if (self->run != NULL)
    json_array_append_new (list, watched_run (self));
  json_t *message = json_pack ("{s:o}", "watch", list);
  char *text = json_dumps (message, JSON_COMPACT);
  json_decref (message);
  soup_websocket_connection_send_text (self->connection, text);
  free (text);
}

static gboolean
has_tag (TelarRemote *self, const char *tag)
{
  return g_ptr_array_find_with_equal_func (self->tags, tag, g_str_equal, NULL);
}

/* The past of a long curve has come; the rest is told live. */
static void
take_past (TelarRemote *self, const char *tag, const json_t *answer, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (self->run == NULL || has_tag (self, tag))
    return;
  g_ptr_array_add (self->tags, g_strdup (tag));
  check (self, telar_mirror_take_points (self->mirror, self->run, tag, answer, &error), error);
  telar_remote_tell_watched (self);
}

static void
read_past (TelarRemote *self, const char *tag)
{
  g_autofree char *name = g_uri_escape_string (tag, NULL, FALSE);
  g_autofree char *rest = g_strdup_printf ("/scalars?columns=%d&tag=%s", COLUMNS, name);
  TelarRemoteCall *call = telar_remote_call_new (self, SOUP_METHOD_GET, self->run, rest);

  call->tag = g_strdup (tag);
  call->take = take_past;
  telar_remote_send (call);
}

static void
take_tags (TelarRemote *self, const char *run, const json_t *answer, const char *text)
{
  const json_t *tags = json_object_get (answer, "tags");
  guint before = self->tags->len;

  if (g_strcmp0 (run, self->run) != 0)
    return;
  self->n_tags = (gint64)json_array_size (tags);
  for (gsize i = 0; i < json_array_size (tags); i++) {
    const json_t *tag = json_array_get (tags, i);
    const char *name = json_string_value (json_object_get (tag, "tag"));
    if (name == NULL || has_tag (self, name))
      continue;
    if (json_integer_value (json_object_get (tag, "points")) > MOST_POINTS &&
        telar_mirror_last_step (self->mirror, run, name) < 0)
      read_past (self, name);
    else
      g_ptr_array_add (self->tags, g_strdup (name));
  }
  if (self->tags->len > before)
    telar_remote_tell_watched (self);
}

static void
take_figures (TelarRemote *self, const char *run, const json_t *answer, const char *text)
{
  g_autoptr (GError) error = NULL;

  check (self, telar_mirror_take_figures (self->mirror, run, answer, &error), error);
}

static void
take_graph (TelarRemote *self, const char *run, const json_t *answer, const char *text)
{
  g_autoptr (GError) error = NULL;

  check (self, telar_mirror_take_graph (self->mirror, run, text, &error), error);
}

void
telar_remote_read_run (TelarRemote *self)
{
  if (self->run == NULL)
    return;
  telar_remote_get (self, self->run, "/tags", take_tags);
  telar_remote_get (self, self->run, "/figures", take_figures);
  telar_remote_get (self, self->run, "/graph", take_graph);
}

static void
forget_run (TelarRemote *self)
{
  g_ptr_array_set_size (self->tags, 0);
  self->n_tags = -1;
  g_clear_pointer (&self->figures, g_free);
}

void
telar_remote_watch (TelarRemote *self, const char *run)
{
  g_return_if_fail (TELAR_IS_REMOTE (self));
  if (g_strcmp0 (run, self->run) == 0)
    return;
  g_free (self->run);
  self->run = g_strdup (run);
  forget_run (self);
  telar_remote_tell_watched (self);
  if (self->state == TELAR_REMOTE_LIVE)
    telar_remote_read_run (self);
}

/* --- live --------------------------------------------------------------------------------------
 */

static void
take_list (TelarRemote *self, const char *run, const json_t *answer, const char *text)
{
  g_autoptr (GError) error = NULL;

  check (self, telar_mirror_take_list (self->mirror, answer, &error), error);
}

/* Before what has come since: points that were taken back give way to those computed again. */
static gboolean
take_resets (TelarRemote *self, const json_t *message, GError **error)
{
  const json_t *resets = json_object_get (message, "reset");

  for (gsize i = 0; i < json_array_size (resets); i++) {
    const json_t *curve = json_array_get (resets, i);
    const char *run = json_string_value (json_object_get (curve, "run"));
    const char *tag = json_string_value (json_object_get (curve, "tag"));
    if (run != NULL && tag != NULL && !telar_mirror_forget_points (self->mirror, run, tag, error))
      return FALSE;
  }
  return TRUE;
}

/* The server says what there is with each watch anew: only what is other than before is read. */
static void
take_change (TelarRemote *self, const json_t *change)
{
  const char *run = json_string_value (json_object_get (change, "run"));
  json_int_t n_tags = json_integer_value (json_object_get (change, "tags"));
  char *figures = json_dumps (json_object_get (change, "figures"), JSON_COMPACT | JSON_ENCODE_ANY);

  if (run != NULL && g_strcmp0 (run, self->run) == 0) {
    if (n_tags != self->n_tags)
      telar_remote_get (self, run, "/tags", take_tags);
    if (g_strcmp0 (figures, self->figures) != 0)
      telar_remote_get (self, run, "/figures", take_figures);
    g_free (self->figures);
    self->figures = g_strdup (figures);
  }
  free (figures);
}

void
telar_remote_take_message (TelarRemote *self, const json_t *message)
{
  const json_t *changes = json_object_get (message, "changes");
  g_autoptr (GError) error = NULL;

  check (self,
         take_resets (self, message, &error) &&
             telar_mirror_take_message (self->mirror, message, &error),
         error);
  if (json_is_true (json_object_get (message, "list")))
    telar_remote_get (self, NULL, "", take_list);
  for (gsize i = 0; i < json_array_size (changes); i++)
    take_change (self, json_array_get (changes, i));
  if (json_array_size (json_object_get (message, "reset")) > 0)
    telar_remote_tell_watched (self);
}
