/* Finds who answers a request. The OpenAPI file (page/openapi.json) describes each of these. */
#include "insight/web/web-private.h"

#include <string.h>

const TelarRoute telar_web_routes[] = {
  { "GET", "/api/runs", telar_api_runs },
  { "GET", "/api/runs/{run}", telar_api_run },
  { "PATCH", "/api/runs/{run}", telar_api_rename },
  { "DELETE", "/api/runs/{run}", telar_api_delete },
  { "GET", "/api/runs/{run}/tags", telar_api_tags },
  { "GET", "/api/runs/{run}/scalars", telar_api_scalars },
  { "GET", "/api/runs/{run}/events", telar_api_events },
  { "GET", "/api/runs/{run}/graph", telar_api_graph },
  { "GET", "/api/runs/{run}/figures", telar_api_figures },
  { "GET", "/api/runs/{run}/figure-steps", telar_api_figure_steps },
  { "GET", "/api/runs/{run}/matrix", telar_api_matrix },
  { "GET", "/api/runs/{run}/curves", telar_api_curves },
  { "GET", "/api/runs/{run}/curve-picture", telar_api_curve_picture },
  { "GET", "/api/runs/{run}/histogram-series", telar_api_histogram_series },
  { "GET", "/api/runs/{run}/histograms", telar_api_histograms },
  { "GET", "/api/runs/{run}/image-series", telar_api_image_series },
  { "GET", "/api/runs/{run}/images", telar_api_images },
  { "GET", "/api/runs/{run}/image", telar_api_image },
  { "GET", "/api/runs/{run}/lineage", telar_api_lineage },
  { "GET", "/api/runs/{run}/lineage-picture", telar_api_lineage_picture },
  { "GET", "/api/runs/{run}/settings", telar_api_settings },
  { "GET", "/api/runs/{run}/requests", telar_api_requests },
  { "POST", "/api/runs/{run}/requests", telar_api_ask },
  { "GET", "/api/chart", telar_api_chart },
  { "GET", "/api/scatter", telar_api_scatter },
  { "GET", "/api/scatter-picture", telar_api_scatter_picture },
  { NULL },
};

/* Whether @path has the shape of @pattern; the run's name that it has, if any, is set in @run. */
static gboolean
matches (const char *pattern, const char *path, char **run)
{
  static const char placeholder[] = "{run}";
  const char *hole = strstr (pattern, placeholder);
  gsize before = hole != NULL ? (gsize)(hole - pattern) : strlen (pattern);

  if (strncmp (pattern, path, before) != 0)
    return FALSE;
  if (hole == NULL)
    return path[before] == '\0';
  const char *name = path + before;
  gsize length = strcspn (name, "/");
  if (length == 0 || strcmp (name + length, hole + strlen (placeholder)) != 0)
    return FALSE;
  *run = g_uri_unescape_segment (name, name + length, "/");
  return *run != NULL && g_utf8_validate (*run, -1, NULL);
}

/* The route of a path and method; with another method only, @others lists those that there are. */
static const TelarRoute *
find_route (const char *method, const char *path, char **run, GString *others)
{
  for (const TelarRoute *route = telar_web_routes; route->method != NULL; route++) {
    g_autofree char *name = NULL;
    if (!matches (route->pattern, path, &name))
      continue;
    if (g_str_equal (route->method, method)) {
      *run = g_steal_pointer (&name);
      return route;
    }
    g_string_append_printf (others, "%s%s", others->len > 0 ? ", " : "", route->method);
  }
  return NULL;
}

static void
refuse (SoupServerMessage *message, const GString *others)
{
  if (others->len == 0) {
    telar_reply_problem (message, SOUP_STATUS_NOT_FOUND, "there is nothing here");
    return;
  }
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                others->str);
  telar_reply_problem (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "not with this method");
}

/* What changes something comes as JSON, which no form of another site can send. */
static gboolean
is_json (SoupServerMessage *message)
{
  const char *type = soup_message_headers_get_content_type (
      soup_server_message_get_request_headers (message), NULL);

  return g_strcmp0 (type, "application/json") == 0;
}

static gboolean
has_body (const TelarRoute *route)
{
  return g_str_equal (route->method, "POST") || g_str_equal (route->method, "PATCH");
}

void
telar_web_route (SoupServer *soup, SoupServerMessage *message, const char *decoded,
                 GHashTable *decoded_query, gpointer server)
{
  GUri *uri = soup_server_message_get_uri (message);
  const char *path = g_uri_get_path (uri);
  g_autoptr (GString) others = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *run = NULL;

  if (telar_web_page (server, message, path))
    return;
  const TelarRoute *route =
      find_route (soup_server_message_get_method (message), path, &run, others);
  if (route == NULL) {
    refuse (message, others);
    return;
  }
  if (has_body (route) && !is_json (message)) {
    telar_reply_problem (message, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "the body must be JSON");
    return;
  }
  g_autoptr (TelarQuery) query = telar_query_parse (g_uri_get_query (uri), &error);
  if (query == NULL) {
    telar_reply_error (message, error);
    return;
  }
  TelarCall call = { server, message, query, run };
  route->answer (&call);
}

TelarRunRow *
telar_call_run (TelarCall *call)
{
  g_autoptr (GError) error = NULL;
  TelarRunRow *row = telar_store_find_run (call->server->store, call->run, &error);

  if (row == NULL)
    telar_reply_error (call->message, error);
  return row;
}
