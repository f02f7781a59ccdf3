/* telar serve over HTTP: who may ask, what is refused, the files of the page. */
#include "insight/web/web-private.h"
#include "tests/insight/web/server.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

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

/* The status of a GET of @path with one header set, or taken away when @value is NULL. */
static guint
status_with (Server *server, const char *path, const char *header, const char *value)
{
  g_autoptr (SoupMessage) message = server_message (server, "GET", path);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  if (value != NULL)
    soup_message_headers_replace (headers, header, value);
  else
    soup_message_headers_remove (headers, header);
  return server_send (server, message, NULL);
}

/* --- who may ask ------------------------------------------------------------------------- */

static void
test_token (Server *server, gconstpointer data)
{
  static const char *const paths[] = { "/", "/api/runs", "/api", "/nothing", "/api/live" };
  g_autofree char *short_token = g_strndup (server->token, 63);
  g_autofree char *cut_bearer = g_strconcat ("Bearer ", short_token, NULL);
  g_autofree char *long_bearer = g_strconcat ("Bearer ", server->token, "0", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_assert_cmpuint (status_with (server, paths[i], "Authorization", NULL), ==, 401);
    g_assert_cmpuint (status_with (server, paths[i], "Authorization", "Bearer x"), ==, 401);
    g_assert_cmpuint (status_with (server, paths[i], "Authorization", "Bearer "), ==, 401);
    g_assert_cmpuint (status_with (server, paths[i], "Authorization", cut_bearer), ==, 401);
    g_assert_cmpuint (status_with (server, paths[i], "Authorization", long_bearer), ==, 401);
  }
  g_assert_cmpuint (server_status (server, "/"), ==, 200);
  g_assert_cmpuint (server_status (server, "/api/runs"), ==, 200);
}

/* The address with the token gives a cookie and leads to the address without. */
static void
test_cookie (Server *server, gconstpointer data)
{
  g_autofree char *path = g_strconcat ("/?token=", server->token, NULL);
  g_autoptr (SoupMessage) message = server_message (server, "GET", path);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_remove (headers, "Authorization");
  g_assert_cmpuint (server_send (server, message, NULL), ==, 303);
  SoupMessageHeaders *answer = soup_message_get_response_headers (message);
  const char *cookie = soup_message_headers_get_one (answer, "Set-Cookie");
  g_assert_nonnull (strstr (cookie, "HttpOnly"));
  g_assert_nonnull (strstr (cookie, "SameSite=Strict"));
  g_assert_null (strstr (soup_message_headers_get_one (answer, "Location"), server->token));

  g_autofree char *value = g_strndup (cookie, strcspn (cookie, ";"));
  g_autofree char *among = g_strconcat ("other=1; ", value, "; last=2", NULL);
  g_autofree char *wrong = g_strconcat (value, "0", NULL);
  const struct {
    const char *cookie;
    guint status;
  } cases[] = { { value, 200 }, { among, 200 }, { wrong, 401 } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SoupMessage) next = server_message (server, "GET", "/api/runs");
    headers = soup_message_get_request_headers (next);
    soup_message_headers_remove (headers, "Authorization");
    soup_message_headers_replace (headers, "Cookie", cases[i].cookie);
    g_assert_cmpuint (server_send (server, next, NULL), ==, cases[i].status);
  }
}

static void
test_token_file (Server *server, gconstpointer data)
{
  g_autofree char *path = g_build_filename (server->workspace, "serve.token", NULL);
  g_autofree char *first = g_strdup (server->token);
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  server_restart (server);
  g_assert_cmpstr (server->token, ==, first);

  /* One that others could have read is no secret. */
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  server_restart (server);
  g_assert_cmpstr (server->token, !=, first);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_host_and_origin (Server *server, gconstpointer data)
{
  g_autofree char *ours = g_strdup_printf ("LocalHost:%u", server->port);
  g_autofree char *other_port = g_strdup_printf ("localhost:%u", server->port ^ 1);
  g_autofree char *origin = g_strdup_printf ("http://127.0.0.1:%u", server->port);
  g_autofree char *longer = g_strconcat (origin, ".example.org", NULL);
  g_autofree char *secure = g_strdup_printf ("https://127.0.0.1:%u", server->port);

  g_assert_cmpuint (status_with (server, "/api/runs", "Host", ours), ==, 200);
  g_assert_cmpuint (status_with (server, "/api/runs", "Host", "example.org"), ==, 403);
  g_assert_cmpuint (status_with (server, "/api/runs", "Host", "localhost"), ==, 403);
  g_assert_cmpuint (status_with (server, "/api/runs", "Host", other_port), ==, 403);
  g_assert_cmpuint (status_with (server, "/api/runs", "Origin", origin), ==, 200);
  g_assert_cmpuint (status_with (server, "/api/runs", "Origin", "null"), ==, 403);
  g_assert_cmpuint (status_with (server, "/api/runs", "Origin", "http://example.org"), ==, 403);
  g_assert_cmpuint (status_with (server, "/api/runs", "Origin", longer), ==, 403);
  g_assert_cmpuint (status_with (server, "/api/runs", "Origin", secure), ==, 403);
}

/* A page of another site that opens the WebSocket, which browsers let it try. */
static void
test_live_is_guarded (Server *server, gconstpointer data)
{
  g_autoptr (SoupMessage) stranger = server_message (server, "GET", "/api/live");
  g_autoptr (SoupMessage) foreign = server_message (server, "GET", "/api/live");
  g_autoptr (SoupMessage) ours = server_message (server, "GET", "/api/live");

  soup_message_headers_remove (soup_message_get_request_headers (stranger), "Authorization");
  g_assert_null (server_connect (server, stranger, NULL, NULL));
  g_assert_cmpuint (soup_message_get_status (stranger), ==, 401);
  soup_message_headers_replace (soup_message_get_request_headers (foreign), "Origin",
                                "http://example.org");
  g_assert_null (server_connect (server, foreign, NULL, NULL));
  g_assert_cmpuint (soup_message_get_status (foreign), ==, 403);
  g_autoptr (SoupWebsocketConnection) connection = server_connect (server, ours, NULL, NULL);
  g_assert_nonnull (connection);
}

/* --- what is refused --------------------------------------------------------------------- */

static void
test_bodies (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  g_autofree char *spaces = g_strnfill (TELAR_WEB_LARGEST_BODY + 1, ' ');
  const char *path = "/api/runs/a/requests";
  static const char *const malformed[] = { "",
                                           "{",
                                           "[]",
                                           "null",
                                           "{\"kind\"}",
                                           "{\"kind\":\"dance\"}",
                                           "\xff",
                                           "{\"kind\":7}",
                                           "{\"kind\":\"step\",\"value\":\"many\"}",
                                           "{\"kind\":\"step\",\"value\":0}",
                                           "{\"kind\":\"learning-rate\",\"value\":-1}",
                                           "{\"kind\":\"learning_rate\",\"value\":1}",
                                           "{\"kind\":\"set\"}",
                                           "{\"kind\":\"set\",\"text\":7}",
                                           "{\"kind\":\"set\",\"text\":\"rate\"}",
                                           "{\"kind\":\"set\",\"text\":\"a.b=\\u0000\"}",
                                           "{\"kind\":\"pause\",\"kind\":\"stop\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    g_assert_cmpuint (server_post (server, "POST", path, malformed[i]), ==, 400);
  g_assert_cmpuint (server_post (server, "POST", path, spaces), ==, 413);
  g_assert_cmpuint (server_post (server, "POST", "/api/runs/b/requests", "{}"), ==, 404);
  g_assert_cmpuint (server_post (server, "PUT", path, "{}"), ==, 405);
  g_assert_cmpuint (server_post (server, "POST", "/", "{}"), ==, 405);

  g_autoptr (SoupMessage) form = server_message (server, "POST", path);
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"kind\":\"stop\"}", 15);
  soup_message_set_request_body_from_bytes (form, "text/plain", body);
  g_assert_cmpuint (server_send (server, form, NULL), ==, 415);

  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  g_assert_cmpuint (server_post (server, "POST", path, "{\"kind\":\"stop\"}"), ==, 409);
}

static void
test_paths_and_queries (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "ä b", 100);
  static const struct {
    const char *path;
    guint status;
  } cases[] = {
    { "/api/runs/%C3%A4%20b", 200 },
    { "/api/runs/%C3%A4%20b/tags", 200 },
    { "/api/runs/%C3%A4%20b/scalars?tag=loss", 200 },
    { "/api/runs/%C3%A4%20b/scalars", 400 },
    { "/api/runs/%C3%A4%20b/scalars?tag=%FF", 400 },
    { "/api/runs/%C3%A4%20b/scalars?tag=loss&from=-1", 400 },
    { "/api/runs/%C3%A4%20b/scalars?tag=loss&to=1e3", 400 },
    { "/api/runs/%C3%A4%20b/scalars?tag=loss&to=99999999999999999999", 400 },
    { "/api/runs/%C3%A4%20b/scalars?tag=loss&columns=0", 400 },
    { "/api/runs/%C3%A4%20b/scalars?tag=loss&columns=1000000000", 400 },
    { "/api/runs/%C3%A4%20b/events?after=x", 400 },
    { "/api/runs/%C3%A4%20b/matrix?name=none", 404 },
    { "/api/chart?run=%C3%A4%20b&tag=loss", 200 },
    { "/api/chart?run=%C3%A4%20b&tag=loss&format=exe", 400 },
    { "/api/chart?run=%C3%A4%20b&tag=loss&width=100000", 400 },
    { "/api/chart?run=%C3%A4%20b&tag=loss&smoothing=nan", 400 },
    { "/api/chart?tag=loss", 400 },
    { "/api/runs/%FF", 404 },
    { "/api/runs/", 404 },
    { "/api/runs/..%2F..%2Fetc", 400 },
    { "/../../etc/passwd", 404 },
    { "/serve.token", 404 },
    { "/api/runs/b", 404 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].path);
    g_assert_cmpuint (server_status (server, cases[i].path), ==, cases[i].status);
  }
  telar_monitor_free (monitor);
}

/* The first line of the answer to bytes that no client library would send. */
static char *
answer_to (Server *server, const char *bytes, gsize size)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", (guint16)server->port, NULL, &error);

  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), bytes, size,
                             NULL, NULL, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  char *line = g_data_input_stream_read_line (input, NULL, NULL, NULL);
  return line != NULL ? line : g_strdup ("");
}

static void
test_raw_bytes (Server *server, gconstpointer data)
{
  g_autofree char *long_header = g_strnfill (1 << 20, 'a');
  g_autofree char *oversized =
      g_strdup_printf ("GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n", long_header);
  g_autofree char *bare =
      g_strdup_printf ("GET /api/runs HTTP/1.1\r\nAuthorization: Bearer %s\r\n\r\n", server->token);
  g_autofree char *chunked = g_strdup_printf (
      "POST /api/runs/a/requests HTTP/1.1\r\nHost: localhost:%u\r\nAuthorization: Bearer %s\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      server->port, server->token);
  const char *const requests[] = {
    "\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x01\x01", "GET / HTTP/9.9\r\n\r\n", oversized,
    bare,       chunked
  };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autofree char *line = answer_to (server, requests[i], strlen (requests[i]));
    g_test_message ("%.60s -> %s", requests[i], line);
    /* What is not HTTP at all may be hung up on. */
    g_assert_true (*line == '\0' || g_str_has_prefix (line, "HTTP/1.1 4") ||
                   g_str_has_prefix (line, "HTTP/1.0 4") || strstr (line, " 505 ") != NULL);
  }
  g_autofree char *line = answer_to (server, bare, strlen (bare));
  g_assert_nonnull (strstr (line, " 40"));
  g_autofree char *other = answer_to (server, chunked, strlen (chunked));
  g_assert_nonnull (strstr (other, " 411 "));
  g_assert_cmpuint (server_status (server, "/api/runs"), ==, 200);
}

/* --- files ------------------------------------------------------------------------------- */

static void
test_page (Server *server, gconstpointer data)
{
  g_autoptr (SoupMessage) first = server_message (server, "GET", "/");
  g_autoptr (SoupMessage) packed = server_message (server, "GET", "/");
  g_autoptr (GBytes) body = NULL, packed_body = NULL;
  gsize size;

  g_assert_cmpuint (server_send (server, first, &body), ==, 200);
  SoupMessageHeaders *headers = soup_message_get_response_headers (first);
  const char *policy = soup_message_headers_get_one (headers, "Content-Security-Policy");
  g_assert_nonnull (strstr (policy, "default-src 'none'"));
  g_assert_null (strstr (policy, "unsafe"));
  g_assert_cmpstr (soup_message_headers_get_one (headers, "X-Content-Type-Options"), ==, "nosniff");
  const char *tag = soup_message_headers_get_one (headers, "ETag");
  g_assert_nonnull (tag);
  g_assert_cmpuint (status_with (server, "/", "If-None-Match", tag), ==, 304);
  g_assert_cmpuint (status_with (server, "/", "If-None-Match", "\"other\""), ==, 200);

  soup_message_headers_replace (soup_message_get_request_headers (packed), "Accept-Encoding",
                                "br, gzip;q=0.5");
  g_assert_cmpuint (server_send (server, packed, &packed_body), ==, 200);
  headers = soup_message_get_response_headers (packed);
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Content-Encoding"), ==, "gzip");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "ETag"), !=, tag);
  g_autoptr (GConverter) opener =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) bytes = g_memory_input_stream_new_from_bytes (packed_body);
  g_autoptr (GInputStream) opened = g_converter_input_stream_new (bytes, opener);
  const char *text = g_bytes_get_data (body, &size);
  g_autofree char *unpacked = g_malloc (size + 1);
  gsize n;
  g_assert_true (g_input_stream_read_all (opened, unpacked, size + 1, &n, NULL, NULL));
  g_assert_cmpmem (text, size, unpacked, n);
}

/* The API's description has what there is and nothing else. */
static void
test_description (Server *server, gconstpointer data)
{
  json_t *document = server_get (server, "/api");
  json_t *paths = json_object_get (document, "paths"), *path;
  const char *name;
  guint n_routes = 0, n_described = 0;

  for (const TelarRoute *route = telar_web_routes; route->method != NULL; route++, n_routes++) {
    g_autofree char *method = g_ascii_strdown (route->method, -1);
    const json_t *operation = json_object_get (json_object_get (paths, route->pattern), method);
    g_test_message ("%s %s", route->method, route->pattern);
    g_assert_nonnull (json_string_value (json_object_get (operation, "summary")));
  }
  json_object_foreach (paths, name, path)
  {
    const char *key;
    json_t *operation;
    json_object_foreach (path, key, operation) n_described += !g_str_equal (key, "parameters");
  }
  g_assert_cmpuint (n_described, ==, n_routes);
  json_decref (document);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (Server *server, gconstpointer data);
  } tests[] = {
    { "/web/token", test_token },
    { "/web/cookie", test_cookie },
    { "/web/token-file", test_token_file },
    { "/web/host-and-origin", test_host_and_origin },
    { "/web/live-is-guarded", test_live_is_guarded },
    { "/web/bodies", test_bodies },
    { "/web/paths-and-queries", test_paths_and_queries },
    { "/web/raw-bytes", test_raw_bytes },
    { "/web/page", test_page },
    { "/web/description", test_description },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Server, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
