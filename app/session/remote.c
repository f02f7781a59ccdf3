/* The client of a server: its JSON API for what is there, its live connection for what comes. */
#include "app/session/remote-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define RETRY_MS       1000
#define TIMEOUT_S      20
#define LARGEST_ANSWER (64 << 20) /* bytes */

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

void
telar_remote_lose (TelarRemote *self, const char *why)
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

static void
call_free (TelarRemoteCall *call)
{
  g_object_unref (call->self);
  g_object_unref (call->message);
  g_free (call->run);
  g_free (call->tag);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarRemoteCall, call_free)

static SoupMessage *
new_message (TelarRemote *self, const char *method, const char *url)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);
  SoupMessage *message = soup_message_new (method, url);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                bearer);
  return message;
}

TelarRemoteCall *
telar_remote_call_new (TelarRemote *self, const char *method, const char *run, const char *rest)
{
  g_autofree char *name = run != NULL ? g_uri_escape_string (run, NULL, FALSE) : NULL;
  g_autofree char *url = g_strconcat (self->base, "/api/runs", name != NULL ? "/" : "",
                                      name != NULL ? name : "", rest, NULL);
  TelarRemoteCall *call = g_new0 (TelarRemoteCall, 1);

  call->self = g_object_ref (self);
  call->message = new_message (self, method, url);
  call->run = g_strdup (run);
  return call;
}

static void
take_answer (TelarRemoteCall *call, GBytes *bytes)
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
  g_autoptr (TelarRemoteCall) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      soup_session_send_and_read_finish (SOUP_SESSION (session), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes == NULL)
    telar_remote_lose (call->self, error->message);
  else
    take_answer (call, bytes);
}

/* Takes the call. */
void
telar_remote_send (TelarRemoteCall *call)
{
  soup_session_send_and_read_async (call->self->session, call->message, G_PRIORITY_DEFAULT,
                                    call->self->cancellable, on_answer, call);
}

void
telar_remote_get (TelarRemote *self, const char *run, const char *rest, TelarRemoteTake take)
{
  TelarRemoteCall *call = telar_remote_call_new (self, SOUP_METHOD_GET, run, rest);

  call->take = take;
  telar_remote_send (call);
}

/* --- live ------------------------------------------------------------------------------------- */

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
  telar_remote_take_message (self, message);
  json_decref (message);
}

static void
on_closed (SoupWebsocketConnection *connection, TelarRemote *self)
{
  g_signal_handlers_disconnect_by_data (connection, self);
  g_clear_object (&self->connection);
  telar_remote_lose (self, _ ("it was closed"));
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
    telar_remote_lose (self, error->message);
    return;
  }
  self->connection = connection;
  soup_websocket_connection_set_max_incoming_payload_size (connection, LARGEST_ANSWER);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  set_state (self, TELAR_REMOTE_LIVE, NULL);
  telar_remote_tell_watched (self);
  telar_remote_read_run (self);
}

/* The list has been read: somebody is there who takes the token. */
static void
take_first_list (TelarRemote *self, const char *run, const json_t *answer, const char *text)
{
  g_autofree char *url = g_strconcat (self->base, "/api/live", NULL);
  g_autoptr (SoupMessage) message = new_message (self, SOUP_METHOD_GET, url);
  g_autoptr (GError) error = NULL;

  if (!telar_mirror_take_list (self->mirror, answer, &error)) {
    refuse (self, SOUP_STATUS_OK);
    return;
  }
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        self->cancellable, on_connected, g_object_ref (self));
}

static void
begin (TelarRemote *self)
{
  telar_remote_get (self, NULL, "", take_first_list);
}

/* --- steering --------------------------------------------------------------------------------- */

void
telar_remote_request (TelarRemote *self, const char *run, const TelarRequest *request)
{
  g_return_if_fail (TELAR_IS_REMOTE (self));
  json_t *json =
      json_pack ("{s:s, s:f}", "kind", telar_request_name (request->kind), "value", request->value);
  TelarRemoteCall *call = telar_remote_call_new (self, SOUP_METHOD_POST, run, "/requests");

  if (request->text[0] != '\0')
    json_object_set_new (json, "text", json_string (request->text));
  char *text = json_dumps (json, JSON_COMPACT);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  soup_message_set_request_body_from_bytes (call->message, "application/json", body);
  free (text);
  json_decref (json);
  telar_remote_send (call);
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
