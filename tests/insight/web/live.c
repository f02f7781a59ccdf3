/* The live connection: what is pushed, to how many, and what one that does not read costs. */
#include "insight/web/live-private.h"
#include "tests/insight/web/server.h"

#include <math.h>
#include <string.h>

static void
set_up (Server *server, gconstpointer data)
{
  server_start (server);
}

static void
tear_down (Server *server, gconstpointer data)
{
  server_stop (server);
}

/* A client that keeps what it is told. */
typedef struct {
  SoupWebsocketConnection *connection;
  gboolean silent; /* acknowledges nothing */
  guint n_messages;
  gsize largest;
  gint64 last; /* step */
  gint64 n_points;
  gboolean wrong; /* a point came twice, out of order, or with another value */
  guint n_resets, n_events, n_figures;
  gint64 event;
  char *status; /* of run "a" */
  gboolean listed;
} Client;

static void
take_points (Client *client, const json_t *points)
{
  const json_t *steps = json_object_get (points, "step");
  const json_t *values = json_object_get (points, "value");
  gsize i;
  json_t *step;

  client->wrong |= json_array_size (steps) != json_array_size (values);
  json_array_foreach (steps, i, step)
  {
    gint64 at = json_integer_value (step);
    client->wrong |=
        at != client->last + 1 || json_number_value (json_array_get (values, i)) != value_at (at);
    client->last = at;
    client->n_points++;
  }
}

static void
take_message (Client *client, const json_t *message)
{
  gsize i;
  json_t *item;

  json_array_foreach (json_object_get (message, "curves"), i, item) take_points (client, item);
  json_array_foreach (json_object_get (message, "runs"), i, item)
  {
    g_free (client->status);
    client->status = g_strdup (json_string_value (json_object_get (item, "status")));
  }
  json_array_foreach (json_object_get (message, "events"), i, item)
  {
    client->n_events++;
    client->event = json_integer_value (json_object_get (item, "id"));
  }
  json_array_foreach (json_object_get (message, "changes"), i, item) client->n_figures =
      (guint)json_array_size (json_object_get (item, "figures"));
  client->n_resets += (guint)json_array_size (json_object_get (message, "reset"));
  client->listed |= json_is_true (json_object_get (message, "list"));
}

static void
on_message (SoupWebsocketConnection *connection, gint type, GBytes *bytes, Client *client)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  json_t *message = json_loadb (data, size, 0, NULL);

  g_assert_nonnull (message);
  client->n_messages++;
  client->largest = MAX (client->largest, size);
  take_message (client, message);
  if (!client->silent) {
    g_autofree char *ack = g_strdup_printf ("{\"ack\":%" JSON_INTEGER_FORMAT "}",
                                            json_integer_value (json_object_get (message, "n")));
    soup_websocket_connection_send_text (connection, ack);
  }
  json_decref (message);
}

static void
client_open (Client *client, Server *server, const char *watch)
{
  g_autoptr (SoupMessage) message = server_message (server, "GET", "/api/live");

  client->connection = server_connect (server, message, G_CALLBACK (on_message), client);
  g_assert_nonnull (client->connection);
  soup_websocket_connection_set_max_incoming_payload_size (client->connection,
                                                           2 * TELAR_CLIENT_LARGEST);
  soup_websocket_connection_send_text (client->connection, watch);
}

static void
client_close (Client *client)
{
  g_signal_handlers_disconnect_by_data (client->connection, client);
  g_clear_object (&client->connection);
  g_clear_pointer (&client->status, g_free);
}

#define WATCH_FROM_START "{\"watch\":[{\"run\":\"a\",\"event\":0,\"curves\":{\"loss\":-1}}]}"

static void
record_steps (TelarMonitor *monitor, gint64 from, gint64 to)
{
  for (gint64 step = from; step <= to; step++)
    telar_monitor_scalar (monitor, "loss", step, value_at (step));
}

static gboolean
has_5000 (gpointer data)
{
  return ((Client *)data)->last == 5000;
}

static gboolean
has_5001 (gpointer data)
{
  return ((Client *)data)->last == 5001;
}

static gboolean
has_event_and_figure (gpointer data)
{
  const Client *client = data;

  return client->n_events == 1 && client->n_figures == 1;
}

static gboolean
is_done (gpointer data)
{
  return g_strcmp0 (((Client *)data)->status, "done") == 0 || ((Client *)data)->listed;
}

/* Points of before and after the client came, events, figures, and the end, each once. */
static void
test_push (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  Client client = { 0 };

  record_steps (monitor, 1, 5000); /* more than a message holds, over a chunk's edge */
  telar_monitor_flush (monitor);
  client_open (&client, server, WATCH_FROM_START);
  server_wait (has_5000, &client);
  record_steps (monitor, 5001, 5001);
  telar_monitor_event (monitor, 5001, "learning_rate", "0.1");
  const TelarShape shape = telar_shape (2, 2);
  g_autoptr (TelarTensor) counts = telar_tensor_new (TELAR_F64, &shape);
  telar_monitor_figure (monitor, "confusion_matrix", 5001, counts);
  server_wait (has_5001, &client);
  server_wait (has_event_and_figure, &client);
  g_assert_false (client.wrong);
  g_assert_cmpint (client.n_points, ==, 5001);
  g_assert_cmpuint (client.largest, <, TELAR_CLIENT_LARGEST);
  client.listed = FALSE;
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  server_wait (is_done, &client);
  client_close (&client);
}

static gboolean
was_reset (gpointer data)
{
  return ((Client *)data)->n_resets == 1;
}

/* A run that is resumed from an earlier checkpoint takes points back, and says so. */
static void
test_reset (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  Client client = { 0 };

  record_steps (monitor, 1, 5000);
  telar_monitor_end (monitor, TELAR_RUN_STOPPED, NULL);
  telar_monitor_free (monitor);
  client_open (&client, server, WATCH_FROM_START);
  server_wait (has_5000, &client);

  monitor = workspace_resume (server->workspace, "a", 100, 4000);
  record_steps (monitor, 4001, 4100);
  telar_monitor_flush (monitor);
  server_wait (was_reset, &client);
  g_assert_cmpint (client.n_points, ==, 5000);
  client.last = 4000;
  soup_websocket_connection_send_text (
      client.connection, "{\"watch\":[{\"run\":\"a\",\"event\":0,\"curves\":{\"loss\":4000}}]}");
  record_steps (monitor, 4101, 5000);
  server_wait (has_5000, &client);
  g_assert_false (client.wrong);
  telar_monitor_free (monitor);
  client_close (&client);
}

static gboolean
is_closed (gpointer data)
{
  return soup_websocket_connection_get_state (((Client *)data)->connection) ==
         SOUP_WEBSOCKET_STATE_CLOSED;
}

static void
test_malformed (Server *server, gconstpointer data)
{
  static const char *const messages[] = { "",
                                          "x",
                                          "[]",
                                          "{\"ack\":-1}",
                                          "{\"ack\":99}",
                                          "{\"watch\":{}}",
                                          "{\"watch\":[{}]}",
                                          "{\"watch\":[{\"run\":\"a\",\"curves\":[]}]}",
                                          "{\"watch\":[{\"run\":\"a\",\"curves\":{\"x\":-2}}]}" };

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    Client client = { 0 };
    client_open (&client, server, messages[i]);
    server_wait (is_closed, &client);
    g_assert_cmpint (soup_websocket_connection_get_close_code (client.connection), ==,
                     SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
    client_close (&client);
  }
  Client large = { 0 };
  g_autofree char *spaces = g_strnfill (TELAR_WIRE_LARGEST + 1, ' ');
  client_open (&large, server, spaces);
  server_wait (is_closed, &large);
  client_close (&large);
  g_assert_cmpuint (server_status (server, "/api/runs"), ==, 200);
}

/* --- many -------------------------------------------------------------------------------- */

#define CLIENTS 200
#define STEPS   2000

static gboolean
all_have_all (gpointer data)
{
  const Client *clients = data;

  for (guint i = 0; i < CLIENTS; i++)
    if (clients[i].last < STEPS)
      return FALSE;
  return TRUE;
}

static void
test_many (Server *server, gconstpointer data)
{
  g_autofree Client *clients = g_new0 (Client, CLIENTS);
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);

  for (guint i = 0; i < CLIENTS; i++)
    client_open (&clients[i], server, WATCH_FROM_START);
  for (gint64 step = 1; step <= STEPS; step += 20) {
    record_steps (monitor, step, step + 19);
    telar_monitor_flush (monitor);
    g_main_context_iteration (NULL, FALSE);
  }
  server_wait (all_have_all, clients);
  for (guint i = 0; i < CLIENTS; i++) {
    g_assert_false (clients[i].wrong);
    g_assert_cmpint (clients[i].n_points, ==, STEPS);
    client_close (&clients[i]);
  }
  telar_monitor_free (monitor);
}

/* --- one that never reads ---------------------------------------------------------------- */

#define SILENT    20
#define ROUNDS    100
#define PER_ROUND 4000

/* An opened WebSocket whose bytes nobody takes off the wire. */
static GSocketConnection *
open_silent (Server *server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", (guint16)server->port, NULL, &error);
  g_autofree char *request = g_strdup_printf (
      "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      server->port, server->token);
  char answer[12];
  const char *watch = WATCH_FROM_START;
  guint8 frame[128] = { 0x81, (guint8)(0x80 | strlen (watch)) }; /* text, masked by zeros */

  g_assert_no_error (error);
  g_assert_cmpuint (strlen (watch), <, 126);
  memcpy (frame + 6, watch, strlen (watch));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_output_stream_write_all (output, request, strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (input, answer, sizeof answer, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (answer, "HTTP/1.1 101", sizeof answer) == 0);
  g_output_stream_write_all (output, frame, 6 + strlen (watch), NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static gboolean
has_all_rounds (gpointer data)
{
  return ((Client *)data)->last == (gint64)ROUNDS * PER_ROUND;
}

/* Hundreds of thousands of points pass by clients that read nothing and by clients that read but
 * acknowledge nothing: the server grows by their windows at most, while one that reads gets all. */
static void
test_slow (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  GSocketConnection *silent[SILENT];
  Client mute[SILENT], reader = { 0 };

  record_steps (monitor, 1, PER_ROUND);
  telar_monitor_flush (monitor);
  client_open (&reader, server, WATCH_FROM_START);
  gsize before = server_memory (server);
  for (guint i = 0; i < SILENT; i++) {
    silent[i] = open_silent (server);
    mute[i] = (Client){ .silent = TRUE };
    client_open (&mute[i], server, WATCH_FROM_START);
  }
  for (gint64 round = 1; round < ROUNDS; round++) {
    record_steps (monitor, round * PER_ROUND + 1, (round + 1) * PER_ROUND);
    telar_monitor_flush (monitor);
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
  server_wait (has_all_rounds, &reader);
  gsize after = server_memory (server);
  g_test_message ("%d clients that do not answer: %.1f MB before, %.1f MB after", 2 * SILENT,
                  (double)before / 1e6, (double)after / 1e6);
  g_assert_cmpuint (after, <,
                    before + 2 * SILENT * TELAR_CLIENT_WINDOW * (gsize)TELAR_CLIENT_LARGEST);
  g_assert_false (reader.wrong);
  for (guint i = 0; i < SILENT; i++) {
    g_assert_cmpuint (mute[i].n_messages, <=, TELAR_CLIENT_WINDOW);
    client_close (&mute[i]);
    g_object_unref (silent[i]);
  }
  client_close (&reader);
  telar_monitor_free (monitor);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (Server *server, gconstpointer data);
  } tests[] = {
    { "/live/push", test_push },           { "/live/reset", test_reset },
    { "/live/malformed", test_malformed }, { "/live/many", test_many },
    { "/live/slow", test_slow },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Server, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
