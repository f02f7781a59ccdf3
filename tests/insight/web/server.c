/* Starts and asks the real server. */
#include "tests/insight/web/server.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define MOST_CONNECTIONS 256

/* A test that fails leaves no server behind. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start (Server *server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *port = g_strdup_printf ("%u", server->port);
  const char *argv[] = { g_getenv ("TELAR_CLI"),
                         "serve",
                         "--workspace",
                         server->workspace,
                         "--port",
                         port,
                         "--json",
                         NULL };

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  server->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (server->process));
  g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  json_t *json = json_loads (line, 0, NULL);
  const char *url = json_string_value (json_object_get (json, "url"));
  const char *token = strstr (url, "/?token=");
  g_assert_nonnull (token);
  server->port = (guint)json_integer_value (json_object_get (json, "port"));
  server->url = g_strndup (url, (gsize)(token - url));
  server->token = g_strdup (token + strlen ("/?token="));
  json_decref (json);
  server->session = soup_session_new_with_options ("max-conns", MOST_CONNECTIONS,
                                                   "max-conns-per-host", MOST_CONNECTIONS, NULL);
  soup_session_remove_feature_by_type (server->session, SOUP_TYPE_CONTENT_DECODER);
}

static void
stop (Server *server)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&server->session);
  g_subprocess_send_signal (server->process, SIGTERM);
  g_subprocess_wait_check (server->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&server->process);
  g_clear_pointer (&server->url, g_free);
  g_clear_pointer (&server->token, g_free);
}

static void
say_nothing (const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
}

void
server_start (Server *server)
{
  g_log_set_handler ("libsoup", G_LOG_LEVEL_DEBUG, say_nothing, NULL);
  server->workspace = workspace_new ();
  server->port = 0; /* any */
  start (server);
}

void
server_restart (Server *server)
{
  stop (server);
  start (server);
}

void
server_stop (Server *server)
{
  stop (server);
  workspace_remove (server->workspace);
  g_clear_pointer (&server->workspace, g_free);
}

gsize
server_memory (Server *server)
{
  g_autofree char *path =
      g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (server->process));
  g_autofree char *status = NULL;

  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  const char *line = strstr (status, "VmRSS:");
  g_assert_nonnull (line);
  return (gsize)g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10) * 1024;
}

SoupMessage *
server_message (Server *server, const char *method, const char *path)
{
  g_autofree char *url = g_strconcat (server->url, path, NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", server->token, NULL);
  SoupMessage *message = soup_message_new (method, url);

  g_assert_nonnull (message);
  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                bearer);
  return message;
}

guint
server_send (Server *server, SoupMessage *message, GBytes **body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soup_session_send_and_read (server->session, message, NULL, &error);

  g_assert_no_error (error);
  if (body != NULL)
    *body = g_steal_pointer (&bytes);
  return soup_message_get_status (message);
}

guint
server_status (Server *server, const char *path)
{
  g_autoptr (SoupMessage) message = server_message (server, "GET", path);

  return server_send (server, message, NULL);
}

json_t *
server_get (Server *server, const char *path)
{
  g_autoptr (SoupMessage) message = server_message (server, "GET", path);
  g_autoptr (GBytes) body = NULL;
  gsize size;

  g_assert_cmpuint (server_send (server, message, &body), ==, 200);
  const char *data = g_bytes_get_data (body, &size);
  json_t *json = json_loadb (data, size, 0, NULL);
  g_assert_nonnull (json);
  return json;
}

guint
server_post (Server *server, const char *method, const char *path, const char *body)
{
  g_autoptr (SoupMessage) message = server_message (server, method, path);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  return server_send (server, message, NULL);
}

/* --- the WebSocket ----------------------------------------------------------------------- */

typedef struct {
  GCallback on_message;
  gpointer data;
  gboolean done;
  SoupWebsocketConnection *connection;
} Connecting;

static void
on_connected (GObject *session, GAsyncResult *result, gpointer data)
{
  Connecting *connecting = data;

  connecting->connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (session), result, NULL);
  /* At once, for messages may be there already. */
  if (connecting->connection != NULL && connecting->on_message != NULL)
    g_signal_connect (connecting->connection, "message", connecting->on_message, connecting->data);
  connecting->done = TRUE;
}

SoupWebsocketConnection *
server_connect (Server *server, SoupMessage *message, GCallback on_message, gpointer data)
{
  Connecting connecting = { on_message, data, FALSE, NULL };

  soup_session_websocket_connect_async (server->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        NULL, on_connected, &connecting);
  while (!connecting.done)
    g_main_context_iteration (NULL, TRUE);
  return connecting.connection;
}

static gboolean
wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
server_wait (gboolean (*done) (gpointer data), gpointer data)
{
  guint tick = g_timeout_add (5, wake, NULL);

  while (!done (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}
