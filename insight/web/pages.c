/* The files of the page: in the program's resources, each with a hash for its ETag and a
 * compressed copy. */
#include "insight/web/web-private.h"

#include "insight/web/telar-web-resources.h"

#include <gio/gio.h>
#include <string.h>

#define PREFIX "/org/telar/web/"

typedef struct {
  const char *type;
  GBytes *plain, *packed;
  char *tag; /* the ETag without its quotes */
} Page;

static const struct {
  const char *ending, *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".svg", "image/svg+xml" },
  { ".json", "application/json" },
};

static void
page_free (gpointer data)
{
  Page *page = data;

  g_bytes_unref (page->plain);
  g_bytes_unref (page->packed);
  g_free (page->tag);
  g_free (page);
}

static Page *
page_new (const char *name, GBytes *bytes)
{
  Page *page = g_new0 (Page, 1);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].ending))
      page->type = types[i].type;
  page->plain = bytes;
  page->packed = telar_gzip (bytes);
  page->tag = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  return page;
}

GHashTable *
telar_web_pages (void)
{
  GHashTable *pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, page_free);
  GResource *resource = telar_web_get_resource ();
  g_auto (GStrv) names =
      g_resource_enumerate_children (resource, PREFIX, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *path = g_strconcat (PREFIX, names[i], NULL);
    GBytes *bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_hash_table_insert (pages, g_strconcat ("/", names[i], NULL), page_new (names[i], bytes));
  }
  return pages;
}

/* Whether the client has the page already, in whichever coding. */
static gboolean
has_already (SoupServerMessage *message, const Page *page)
{
  const char *tags = soup_message_headers_get_list (
      soup_server_message_get_request_headers (message), "If-None-Match");

  return tags != NULL && strstr (tags, page->tag) != NULL;
}

gboolean
telar_web_page (TelarServer *server, SoupServerMessage *message, const char *path)
{
  const char *name = g_str_equal (path, "/")      ? "/index.html"
                     : g_str_equal (path, "/api") ? "/openapi.json"
                                                  : path;
  const Page *page = g_hash_table_lookup (server->pages, name);
  const char *method = soup_server_message_get_method (message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (page == NULL)
    return FALSE;
  if (method != SOUP_METHOD_GET && method != SOUP_METHOD_HEAD) {
    soup_message_headers_replace (headers, "Allow", "GET, HEAD");
    telar_reply_problem (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "only GET is possible here");
    return TRUE;
  }
  gboolean packed = telar_takes_gzip (message);
  g_autofree char *tag = g_strdup_printf ("\"%s%s\"", page->tag, packed ? "-gzip" : "");
  soup_message_headers_replace (headers, "ETag", tag);
  soup_message_headers_replace (headers, "Vary", "Accept-Encoding");
  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  telar_reply_headers (message);
  if (has_already (message, page)) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
    return TRUE;
  }
  if (packed)
    soup_message_headers_replace (headers, "Content-Encoding", "gzip");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (headers, "Content-Type", page->type);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                  packed ? page->packed : page->plain);
  return TRUE;
}
