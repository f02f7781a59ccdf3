/* Who may ask, decided when the headers are there and before a body is read.
 *
 * A page of another site can make a browser send requests here, also under a name of its own that
 * leads to this machine: so the Host must be ours, and so must the Origin where one is given. Both
 * are looked at before the token. */
#include "insight/web/web-private.h"

#include <string.h>

static const char ask_for_token[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>Telar</title>"
    "<h1>Telar</h1><p>This page needs its token. Open the address that <code>telar serve</code> "
    "has printed, or enter what stands in <code>serve.token</code> in the workspace."
    "<form><label>Token <input name=\"token\" type=\"password\" autofocus required></label> "
    "<button>Open</button></form></html>";

static gboolean
is_ours (const TelarServer *server, const char *host)
{
  g_autofree char *name = g_ascii_strdown (host, -1);

  return g_hash_table_contains (server->hosts, name);
}

static gboolean
may_be_origin (const TelarServer *server, const char *origin)
{
  return g_ascii_strncasecmp (origin, "http://", 7) == 0 && is_ours (server, origin + 7);
}

/* --- the token --------------------------------------------------------------------------- */

static gboolean
has_bearer (const TelarServer *server, SoupMessageHeaders *headers)
{
  const char *given = soup_message_headers_get_one (headers, "Authorization");

  return given != NULL && g_ascii_strncasecmp (given, "Bearer ", 7) == 0 &&
         telar_same_secret (given + 7, server->token);
}

static gboolean
has_cookie (const TelarServer *server, SoupMessageHeaders *headers)
{
  const char *given = soup_message_headers_get_list (headers, "Cookie");
  g_auto (GStrv) cookies = g_strsplit (given != NULL ? given : "", ";", 64);
  gsize length = strlen (server->cookie);

  for (guint i = 0; cookies[i] != NULL; i++) {
    const char *cookie = g_strstrip (cookies[i]);
    if (strncmp (cookie, server->cookie, length) == 0 && cookie[length] == '=' &&
        telar_same_secret (cookie + length + 1, server->token))
      return TRUE;
  }
  return FALSE;
}

/* A browser that brings the token in the address gets a cookie for it and an address without: so
 * the token stays out of history, bookmarks and screenshots. */
static gboolean
welcome (const TelarServer *server, SoupServerMessage *message, const char *path)
{
  GUri *uri = soup_server_message_get_uri (message);
  g_autoptr (TelarQuery) query = telar_query_parse (g_uri_get_query (uri), NULL);
  const char *given = query != NULL ? telar_query_text (query, "token") : NULL;

  if (!g_str_equal (path, "/") || given == NULL || !telar_same_secret (given, server->token))
    return FALSE;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *cookie =
      g_strdup_printf ("%s=%s; Path=/; HttpOnly; SameSite=Strict", server->cookie, server->token);
  soup_message_headers_replace (headers, "Set-Cookie", cookie);
  telar_reply_headers (message);
  soup_server_message_set_redirect (message, SOUP_STATUS_SEE_OTHER, "/");
  return TRUE;
}

static void
refuse_stranger (SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer realm=\"telar\"");
  if (g_str_equal (path, "/")) {
    g_autoptr (GBytes) page = g_bytes_new_static (ask_for_token, strlen (ask_for_token));
    telar_reply_bytes (message, SOUP_STATUS_UNAUTHORIZED, "text/html; charset=utf-8", page);
  } else {
    telar_reply_problem (message, SOUP_STATUS_UNAUTHORIZED, "the token is missing or wrong");
  }
}

/* --- bodies ------------------------------------------------------------------------------ */

/* The status of a body that will not be read, or 0. */
static guint
body_problem (SoupMessageHeaders *headers)
{
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);

  if (encoding != SOUP_ENCODING_NONE && encoding != SOUP_ENCODING_CONTENT_LENGTH)
    return SOUP_STATUS_LENGTH_REQUIRED;
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH &&
      (guint64)soup_message_headers_get_content_length (headers) > TELAR_WEB_LARGEST_BODY)
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  return 0;
}

/* What is refused is not kept while it arrives, and the connection ends with the answer. */
static void
hang_up (SoupServerMessage *message)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
}

void
telar_web_guard (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
                 gpointer data)
{
  const TelarServer *server = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *host = soup_message_headers_get_one (headers, "Host");
  const char *origin = soup_message_headers_get_one (headers, "Origin");
  guint problem = body_problem (headers);

  if (host == NULL || !is_ours (server, host))
    telar_reply_problem (message, SOUP_STATUS_FORBIDDEN, "this server does not go by that name");
  else if (origin != NULL && !may_be_origin (server, origin))
    telar_reply_problem (message, SOUP_STATUS_FORBIDDEN, "other sites may not ask");
  else if (welcome (server, message, path))
    return;
  else if (!has_bearer (server, headers) && !has_cookie (server, headers))
    refuse_stranger (message, path);
  else if (problem != 0)
    telar_reply_problem (message, problem,
                         problem == SOUP_STATUS_LENGTH_REQUIRED ? "the body needs a length"
                                                                : "the body is too large");
  else
    return;
  hang_up (message);
}
