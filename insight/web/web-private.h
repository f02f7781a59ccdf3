/* What the files of the web server share. */
#pragma once

#include "insight/figure.h"
#include "insight/store.h"
#include "insight/web/server.h"
#include "insight/web/wire.h"

#include <jansson.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

#define TELAR_WEB_LARGEST_BODY 65536 /* bytes of a request */
#define TELAR_WEB_MOST_CLIENTS 1024  /* of the WebSocket */

typedef struct TelarLive TelarLive;

struct TelarServer {
  SoupServer *soup;
  TelarStore *store;
  TelarLive *live;
  char *token, *cookie; /* the cookie's name carries the port, for cookies do not know ports */
  GHashTable *hosts;    /* "name:port", in lower case */
  GHashTable *pages;    /* path -> Page (pages.c) */
  guint port;
  char *url;
};

/* --- a request on its way (routes.c)
 * ----------------------------------------------------------------------------------------- */

typedef struct {
  TelarServer *server;
  SoupServerMessage *message;
  TelarQuery *query;
  char *run; /* the name in the path; NULL when it has none */
} TelarCall;

typedef struct {
  const char *method;
  const char *pattern; /* "/api/runs/{run}/tags" */
  void (*answer) (TelarCall *call);
} TelarRoute;

/* Ended by an entry without a method. The OpenAPI file has an entry for each; a test compares. */
extern const TelarRoute telar_web_routes[];
void telar_web_route (SoupServer *soup, SoupServerMessage *message, const char *path,
                      GHashTable *query, gpointer server);

/* The run of the path, or NULL after the call has been answered. */
TelarRunRow *telar_call_run (TelarCall *call);

void telar_api_runs (TelarCall *call);
void telar_api_run (TelarCall *call);
void telar_api_rename (TelarCall *call);
void telar_api_delete (TelarCall *call);
void telar_api_tags (TelarCall *call);
void telar_api_events (TelarCall *call);
void telar_api_graph (TelarCall *call);
void telar_api_scalars (TelarCall *call);
void telar_api_figures (TelarCall *call);
void telar_api_matrix (TelarCall *call);
void telar_api_chart (TelarCall *call);
void telar_api_lineage (TelarCall *call);
void telar_api_lineage_picture (TelarCall *call);
void telar_api_scatter (TelarCall *call);
void telar_api_scatter_picture (TelarCall *call);
void telar_api_curves (TelarCall *call);
void telar_api_curve_picture (TelarCall *call);
void telar_api_histogram_series (TelarCall *call);
void telar_api_histograms (TelarCall *call);
void telar_api_image_series (TelarCall *call);
void telar_api_images (TelarCall *call);
void telar_api_image (TelarCall *call);
void telar_api_figure_steps (TelarCall *call);
void telar_api_settings (TelarCall *call);
void telar_api_requests (TelarCall *call);
void telar_api_ask (TelarCall *call);

/* --- answers (reply.c)
 * ----------------------------------------------------------------------------------------- */

/* Compressed when the client takes it and it is worth it. */
void telar_reply_bytes (SoupServerMessage *message, guint status, const char *type, GBytes *bytes);
/* Takes the text. */
void telar_reply_text (SoupServerMessage *message, guint status, const char *type, GString *text);
/* Takes the reference. */
void telar_reply_json (SoupServerMessage *message, guint status, json_t *json);
/* The same with status 200, or @error where @json is NULL. */
void telar_reply_answer (SoupServerMessage *message, json_t *json, const GError *error);
/* {@name: what @make makes of each of @rows}, or @error where @rows is NULL. */
typedef json_t *(*TelarRowFunc) (gconstpointer row);
void telar_reply_rows (SoupServerMessage *message, const char *name, const GPtrArray *rows,
                       TelarRowFunc make, const GError *error);
/* {"error": text} */
void telar_reply_problem (SoupServerMessage *message, guint status, const char *text);
/* The same with the status that fits the error's code. */
void telar_reply_error (SoupServerMessage *message, const GError *error);
/* Headers that every answer carries. */
void telar_reply_headers (SoupServerMessage *message);
gboolean telar_takes_gzip (SoupServerMessage *message);
GBytes *telar_gzip (GBytes *bytes);

/* --- pictures (picture.c)
 * ----------------------------------------------------------------------------------------- */

typedef struct {
  TelarFigureForm form;
  TelarChartTheme theme;
} TelarWebPicture;

/* What the query says of size, format and colours. */
gboolean telar_read_picture (const TelarQuery *query, TelarWebPicture *picture, GError **error);
typedef void (*TelarWebDraw) (gpointer what, cairo_t *cr, double width, double height,
                              const TelarChartTheme *theme);
/* Answers with what @draw_what draws of @what. */
void telar_send_picture (TelarCall *call, const TelarWebPicture *picture, TelarWebDraw draw_what,
                         gpointer what);

/* --- who may ask (guard.c, token.c)
 * ----------------------------------------------------------------------------------------- */

/* An early handler: answers what must not be read any further. */
void telar_web_guard (SoupServer *soup, SoupServerMessage *message, const char *path,
                      GHashTable *query, gpointer server);
/* The secret of WORKSPACE/serve.token, made when there is none that others cannot read. Caller
 * frees. */
char *telar_web_token (const char *workspace, GError **error);
gboolean telar_same_secret (const char *a, const char *b);

/* --- the page (pages.c)
 * ----------------------------------------------------------------------------------------- */

GHashTable *telar_web_pages (void);
/* FALSE when there is no page at @path. */
gboolean telar_web_page (TelarServer *server, SoupServerMessage *message, const char *path);

/* --- live (live.c, client.c)
 * ----------------------------------------------------------------------------------------- */

/* Opens a connection of its own to the store. */
TelarLive *telar_live_new (const char *workspace, GError **error);
void telar_live_free (TelarLive *live);
void telar_web_connect (SoupServer *soup, SoupServerMessage *message, const char *path,
                        SoupWebsocketConnection *connection, gpointer server);

G_END_DECLS
