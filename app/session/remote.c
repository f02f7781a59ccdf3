/* The client of a server: its JSON API for what is there, its live connection for what comes. */
#include "app/session/remote.h"

#include "insight/mirror.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#define RETRY_MS       1000
#define TIMEOUT_S      20
#define LARGEST_ANSWER (64 << 20) /* bytes */
#define MOST_CURVES    2048       /* that are watched at once */
/* A curve of more points begins with so many means of them. */
#define MOST_POINTS 65536
#define COLUMNS     8192

struct _TelarRemote {
  GObject parent_instance;

  char *base, *name, *token, *folder, *message;
  SoupSession *session;
  SoupWebsocketConnection *connection; /* NULL while there is none */
  GCancellable *cancellable;           /* of all that is under way */
  TelarMirror *mirror;
  TelarRemoteState state;
  char *run;       /* that is watched, or NULL */
  GPtrArray *tags; /* of it that are watched; char * */
  gint64 n_tags;   /* that it had when they were last read; -1: not yet */
  char *figures;   /* of it, when they were last read; JSON, or NULL */
  guint retry;
};

G_DEFINE_FINAL_TYPE (TelarRemote, telar_remote, G_TYPE_OBJECT)

enum { CHANGED, REFUSED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void begin (TelarRemote *self);

/* --- state ------------------------------------------------------------------------------------ */

static void
set_state (TelarRemote *self, TelarRemoteState state, const char *message)
{
  if (self->state == state && g_strcmp0 (message, self->message) == 0)
    return;
  self->state = state;
  g_free (self->message);
  self->message = g_strdup (message);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
on_retry (gpointer data)
{
  TelarRemote *self = data;

  self->retry = 0;
  begin (self);
  return G_SOURCE_REMOVE;
}

static void
lose (TelarRemote *self, const char *why)
{
  g_autofree char *text =
      g_strdup_printf (_ ("No connection to %s: %s. Trying again."), self->name, why);

  if (self->state == TELAR_REMOTE_REFUSED)
    return;
  set_state (self, TELAR_REMOTE_LOST, text);
  if (self->retry == 0)
    self->retry = g_timeout_add (RETRY_MS, on_retry, self);
}

/* Of an answer that is none of those that were hoped for. */
static void
refuse (TelarRemote *self, guint status)
{
  g_autofree char *text = NULL;

  if (status == SOUP_STATUS_UNAUTHORIZED)
    text = g_strdup_printf (_ ("%s does not take this token. telar serve prints the right one."),
                            self->name);
  else if (status == SOUP_STATUS_FORBIDDEN)
    text = g_strdup_printf (_ ("The server does not go by the name %s. Start it with --host."),
                            self->name);
  else
    text = g_strdup_printf (_ ("What answers at %s is no Telar server (status %u)."), self->name,
                            status);
  set_state (self, TELAR_REMOTE_REFUSED, text);
}

/* --- asking the server ------------------------------------------------------------------------ */

typedef void (*TakeAnswer) (TelarRemote *self, const char *run, const json_t *answer,
                            const char *text);

/* An answer on its way. */
typedef struct {
  TelarRemote *self;
  SoupMessage *message;
  char *run, *tag; /* what it is of, or NULL */
  TakeAnswer take; /* NULL: only a refusal matters */
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->self);
  g_object_unref (call->message);
  g_free (call->run);
  g_free (call->tag);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* @path may have %s for the run. */
static Call *
call_new (TelarRemote *self, const char *method, const char *run, const char *rest)
{
  g_autofree char *name = run != NULL ? g_uri_escape_string (run, NULL, FALSE) : NULL;
  g_autofree char *url = g_strconcat (self->base, "/api/runs", name != NULL ? "/" : "",
                                      name != NULL ? name : "", rest, NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->message = soup_message_new (method, url);
  call->run = g_strdup (run);
  soup_message_headers_replace (soup_message_get_request_headers (call->message), "Authorization",
                                bearer);
  return call;
}

static void
take_answer (Call *call, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_strndup (data, size);
  json_t *json = size <= LARGEST_ANSWER ? json_loads (text, 0, NULL) : NULL;
  guint status = soup_message_get_status (call->message);
  const char *problem = json_string_value (json_object_get (json, "error"));

  if (status / 100 != 2 && call->take == NULL)
    g_signal_emit (call->self, signals[REFUSED], 0,
                   problem != NULL ? problem : _ ("The server did not take it."));
  else if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN ||
           (status / 100 == 2 && json == NULL) || (status / 100 != 2 && call->run == NULL))
    refuse (call->self, status);
  else if (status / 100 == 2 && call->take != NULL) /* else the run has gone meanwhile */
    call->take (call->self, call->tag != NULL ? call->tag : call->run, json, text);
  json_decref (json);
}

static void
on_answer (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      soup_session_send_and_read_finish (SOUP_SESSION (session), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes == NULL)
    lose (call->self, error->message);
  else
    take_answer (call, bytes);
}

/* Takes the call. */
static void
send (Call *call)
{
  soup_session_send_and_read_async (call->self->session, call->message, G_PRIORITY_DEFAULT,
                                    call->self->cancellable, on_answer, call);
}

static void
get (TelarRemote *self, const char *run, const char *rest, TakeAnswer take)
{
  Call *call = call_new (self, SOUP_METHOD_GET, run, rest);

  call->take = take;
  send (call);
}

/* What cannot be written here, or read from there, ends the connection. */
static void
check (TelarRemote *self, gboolean done, const GError *error)
{
  if (!done)
    lose (self, error->message);
}

/* --- what is watched -------------------------------------------------------------------------- */

static void
tell_watched (TelarRemote *self)
{
  json_t *curves = json_object (), *list = json_array ();

  if (self->connection == NULL ||
      soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN) {
    json_decref (curves);
    json_decref (list);
    return;
  }
  for (guint i = 0; self->run != NULL && i < MIN (self->tags->len, MOST_CURVES); i++)
    json_object_set_new (
        curves, self->tags->pdata[i],
        json_integer (telar_mirror_last_step (self->mirror, self->run, self->tags->pdata[i])));
  if (self->run != NULL)
    json_array_append_new (list,
                           json_pack ("{s:s, s:I, s:O}", "run", self->run, "event",
                                      (json_int_t)telar_mirror_last_event (self->mirror, self->run),
                                      "curves", curves));
  json_decref (curves);
  json_t *message = json_pack ("{s:o}", "watch", list);
  char *text = json_dumps (message, JSON_COMPACT);
  json_decref (message);
  soup_websocket_connection_send_text (self->connection, text);
  free (text);
}

static gboolean
has_tag (TelarRemote *self, const char *tag)
{
  for (guint i = 0; i < self->tags->len; i++)
    if (g_str_equal (self->tags->pdata[i], tag))
      return TRUE;
  return FALSE;
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
  tell_watched (self);
}

static void
read_past (TelarRemote *self, const char *tag)
{
  g_autofree char *name = g_uri_escape_string (tag, NULL, FALSE);
  g_autofree char *rest = g_strdup_printf ("/scalars?columns=%d&tag=%s", COLUMNS, name);
  Call *call = call_new (self, SOUP_METHOD_GET, self->run, rest);

  call->tag = g_strdup (tag);
  call->take = take_past;
  send (call);
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
    tell_watched (self);
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

static void
read_run (TelarRemote *self)
{
  if (self->run == NULL)
    return;
  get (self, self->run, "/tags", take_tags);
  get (self, self->run, "/figures", take_figures);
  get (self, self->run, "/graph", take_graph);
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
  tell_watched (self);
  if (self->state == TELAR_REMOTE_LIVE)
    read_run (self);
}

/* --- live ------------------------------------------------------------------------------------- */

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
      get (self, run, "/tags", take_tags);
    if (g_strcmp0 (figures, self->figures) != 0)
      get (self, run, "/figures", take_figures);
    g_free (self->figures);
    self->figures = g_strdup (figures);
  }
  free (figures);
}

static void
take_message (TelarRemote *self, const json_t *message)
{
  const json_t *changes = json_object_get (message, "changes");
  g_autoptr (GError) error = NULL;

  check (self,
         take_resets (self, message, &error) &&
             telar_mirror_take_message (self->mirror, message, &error),
         error);
  if (json_is_true (json_object_get (message, "list")))
    get (self, NULL, "", take_list);
  for (gsize i = 0; i < json_array_size (changes); i++)
    take_change (self, json_array_get (changes, i));
  if (json_array_size (json_object_get (message, "reset")) > 0)
    tell_watched (self);
}

static void
on_message (SoupWebsocketConnection *connection, gint type, GBytes *bytes, TelarRemote *self)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  json_t *message = json_loadb (data != NULL ? data : "", size, 0, NULL);
  g_autofree char *ack =
      g_strdup_printf ("{\"ack\":%" G_GINT64_FORMAT "}",
                       (gint64)json_integer_value (json_object_get (message, "n")));

  soup_websocket_connection_send_text (connection, ack);
  take_message (self, message);
  json_decref (message);
}

static void
on_closed (SoupWebsocketConnection *connection, TelarRemote *self)
{
  g_signal_handlers_disconnect_by_data (connection, self);
  g_clear_object (&self->connection);
  lose (self, _ ("it was closed"));
}

static void
on_connected (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (TelarRemote) self = data;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection == NULL) {
    lose (self, error->message);
    return;
  }
  self->connection = connection;
  soup_websocket_connection_set_max_incoming_payload_size (connection, LARGEST_ANSWER);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  set_state (self, TELAR_REMOTE_LIVE, NULL);
  tell_watched (self);
  read_run (self);
}

/* The list has been read: somebody is there who takes the token. */
static void
take_first_list (TelarRemote *self, const char *run, const json_t *answer, const char *text)
{
  g_autofree char *url = g_strconcat (self->base, "/api/live", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autoptr (GError) error = NULL;

  if (!telar_mirror_take_list (self->mirror, answer, &error)) {
    refuse (self, SOUP_STATUS_OK);
    return;
  }
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                bearer);
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        self->cancellable, on_connected, g_object_ref (self));
}

static void
begin (TelarRemote *self)
{
  get (self, NULL, "", take_first_list);
}

/* --- steering --------------------------------------------------------------------------------- */

void
telar_remote_request (TelarRemote *self, const char *run, const TelarRequest *request)
{
  g_return_if_fail (TELAR_IS_REMOTE (self));
  json_t *json =
      json_pack ("{s:s, s:f}", "kind", telar_request_name (request->kind), "value", request->value);
  Call *call = call_new (self, SOUP_METHOD_POST, run, "/requests");

  if (request->text[0] != '\0')
    json_object_set_new (json, "text", json_string (request->text));
  char *text = json_dumps (json, JSON_COMPACT);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  soup_message_set_request_body_from_bytes (call->message, "application/json", body);
  free (text);
  json_decref (json);
  send (call);
}

/* --- the object ------------------------------------------------------------------------------- */

const char *
telar_remote_workspace (TelarRemote *self)
{
  return self->folder;
}

const char *
telar_remote_name (TelarRemote *self)
{
  return self->name;
}

TelarRemoteState
telar_remote_state (TelarRemote *self)
{
  return self->state;
}

const char *
telar_remote_message (TelarRemote *self)
{
  return self->message;
}

/* The store is all that is in the folder. */
static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
}

static void
dispose (GObject *object)
{
  TelarRemote *self = TELAR_REMOTE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->session);
  g_clear_pointer (&self->mirror, telar_mirror_free);
  if (self->folder != NULL)
    remove_folder (self->folder);
  g_clear_pointer (&self->folder, g_free);
  G_OBJECT_CLASS (telar_remote_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarRemote *self = TELAR_REMOTE (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->tags);
  g_free (self->base);
  g_free (self->name);
  g_free (self->token);
  g_free (self->message);
  g_free (self->run);
  g_free (self->figures);
  G_OBJECT_CLASS (telar_remote_parent_class)->finalize (object);
}

static void
telar_remote_class_init (TelarRemoteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dispose;
  object_class->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", TELAR_TYPE_REMOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[REFUSED] = g_signal_new ("refused", TELAR_TYPE_REMOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_remote_init (TelarRemote *self)
{
  self->cancellable = g_cancellable_new ();
  self->tags = g_ptr_array_new_with_free_func (g_free);
  self->n_tags = -1;
  self->session = soup_session_new ();
  soup_session_set_timeout (self->session, TIMEOUT_S);
}

/* The token that the address has. */
static char *
token_in (GUri *uri)
{
  const char *query = g_uri_get_query (uri);
  g_autoptr (GHashTable) values =
      query != NULL ? g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL) : NULL;

  return values != NULL ? g_strdup (g_hash_table_lookup (values, "token")) : NULL;
}

static gboolean
take_address (TelarRemote *self, const char *address, const char *token, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (address));
  g_autofree char *full =
      strstr (trimmed, "://") != NULL ? g_strdup (trimmed) : g_strconcat ("http://", trimmed, NULL);
  g_autoptr (GUri) uri = g_uri_parse (full, G_URI_FLAGS_ENCODED, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0' ||
      (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https"))) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     _ ("“%s” is no address of a server; it looks like http://127.0.0.1:6006"),
                     trimmed);
    return FALSE;
  }
  const char *open = strchr (host, ':') != NULL ? "[" : "", *close = *open ? "]" : "";
  int port = g_uri_get_port (uri);
  self->name = port > 0 ? g_strdup_printf ("%s%s%s:%d", open, host, close, port)
                        : g_strdup_printf ("%s%s%s", open, host, close);
  self->base = g_strdup_printf ("%s://%s", scheme, self->name);
  self->token = token != NULL && *token != '\0' ? g_strstrip (g_strdup (token)) : token_in (uri);
  if (self->token == NULL)
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     _ ("A token is needed; telar serve prints it at the end of its address"));
  return self->token != NULL;
}

TelarRemote *
telar_remote_new (const char *address, const char *token, GError **error)
{
  g_autoptr (TelarRemote) self = g_object_new (TELAR_TYPE_REMOTE, NULL);

  if (!take_address (self, address, token, error))
    return NULL;
  self->folder = g_dir_make_tmp ("telar-remote-XXXXXX", error);
  self->mirror = self->folder != NULL ? telar_mirror_new (self->folder, error) : NULL;
  if (self->mirror == NULL)
    return NULL;
  begin (self);
  return g_steal_pointer (&self);
}
