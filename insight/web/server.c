/* Listening, and what belongs to the server as long as it does. */
#include "insight/web/web-private.h"

#include <gio/gio.h>
#include <string.h>

/* Under these names the loopback is reached, whatever the address is called. */
static const char *const loopback_names[] = { "127.0.0.1", "localhost", "[::1]" };

static void
add_host (TelarServer *server, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  g_hash_table_add (server->hosts, g_strdup_printf ("%s:%u", lower, server->port));
  if (server->port == 80)
    g_hash_table_add (server->hosts, g_strdup (lower));
}

static void
add_hosts (TelarServer *server, GInetAddress *address, const char *const *given)
{
  g_autofree char *name = g_inet_address_to_string (address);
  g_autofree char *literal = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
                                 ? g_strdup_printf ("[%s]", name)
                                 : g_strdup (name);

  for (guint i = 0; i < G_N_ELEMENTS (loopback_names); i++)
    add_host (server, loopback_names[i]);
  if (!g_inet_address_get_is_any (address))
    add_host (server, literal);
  for (guint i = 0; given != NULL && given[i] != NULL; i++)
    add_host (server, given[i]);
  const char *shown = given != NULL && given[0] != NULL     ? given[0]
                      : g_inet_address_get_is_any (address) ? loopback_names[0]
                                                            : literal;
  server->url = g_strdup_printf ("http://%s:%u/?token=%s", shown, server->port, server->token);
  server->cookie = g_strdup_printf ("telar-%u", server->port);
}

static gboolean
listen_at (TelarServer *server, GInetAddress *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) socket = g_inet_socket_address_new (address, port);
  g_autoptr (GError) failure = NULL;

  if (!soup_server_listen (server->soup, socket, 0, &failure)) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "port %u: %s", port, failure->message);
    return FALSE;
  }
  GSList *uris = soup_server_get_uris (server->soup);
  server->port = (guint)g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  return TRUE;
}

static void
add_handlers (TelarServer *server)
{
  /* libsoup asks the handlers of one path only, the longest that fits: the guard stands at both. */
  soup_server_add_early_handler (server->soup, NULL, telar_web_guard, server, NULL);
  soup_server_add_early_handler (server->soup, "/api/live", telar_web_guard, server, NULL);
  soup_server_add_handler (server->soup, NULL, telar_web_route, server, NULL);
  soup_server_add_websocket_handler (server->soup, "/api/live", NULL, NULL, telar_web_connect,
                                     server, NULL);
}

TelarServer *
telar_server_new (const TelarServerOptions *options, GError **error)
{
  const char *text = options->address != NULL ? options->address : loopback_names[0];
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  g_autoptr (TelarServer) server = g_new0 (TelarServer, 1);

  if (address == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "“%s” is no IP address", text);
    return NULL;
  }
  server->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  server->store = telar_store_open (options->workspace, TRUE, error);
  if (server->store == NULL)
    return NULL;
  server->token = telar_web_token (telar_store_workspace (server->store), error);
  if (server->token == NULL)
    return NULL;
  server->live = telar_live_new (telar_store_workspace (server->store), error);
  if (server->live == NULL)
    return NULL;
  server->pages = telar_web_pages ();
  server->soup = soup_server_new ("server-header", "telar", NULL);
  add_handlers (server);
  if (!listen_at (server, address, options->port, error))
    return NULL;
  add_hosts (server, address, options->hosts);
  return g_steal_pointer (&server);
}

void
telar_server_free (TelarServer *server)
{
  if (server == NULL)
    return;
  if (server->soup != NULL)
    soup_server_disconnect (server->soup);
  g_clear_pointer (&server->live, telar_live_free);
  g_clear_object (&server->soup);
  g_clear_pointer (&server->pages, g_hash_table_unref);
  g_clear_pointer (&server->store, telar_store_close);
  g_clear_pointer (&server->hosts, g_hash_table_unref);
  g_free (server->token);
  g_free (server->cookie);
  g_free (server->url);
  g_free (server);
}

guint
telar_server_port (const TelarServer *server)
{
  return server->port;
}

const char *
telar_server_url (const TelarServer *server)
{
  return server->url;
}
