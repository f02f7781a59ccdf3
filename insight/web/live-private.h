/* What the two sides of the live connection share: live.c reads the store once for all clients,
 * client.c tells each what it does not know yet.
 *
 * Nothing is queued for a client. It has cursors into what the store keeps, and at most two
 * messages on their way that it has not acknowledged; the next is made when one is, out of
 * everything that is new by then. So a client that is slow gets fewer and larger messages, and one
 * that never reads costs TELAR_CLIENT_WINDOW messages of TELAR_CLIENT_LARGEST bytes and no more. */
#pragma once

#include "insight/web/web-private.h"

G_BEGIN_DECLS

#define TELAR_CLIENT_WINDOW  2
#define TELAR_CLIENT_POINTS  4096    /* of a message, over all curves */
#define TELAR_CLIENT_LARGEST 1048576 /* bytes of a message */

/* A curve that somebody watches. */
typedef struct {
  gint64 run;
  char *tag;
  guint users;
  guint generation; /* grows when recorded points were taken back */
  gint64 base;      /* @points has all that there is beyond this step */
  GArray *points;   /* TelarPoint; some thousand of the newest */
} TelarFeed;

/* A run as the list shows it. */
typedef struct {
  gint64 id;
  char *name;
  gboolean open;
  char *text;     /* JSON */
  guint64 serial; /* of its last change */
} TelarLiveRun;

/* A run whose curves somebody watches. */
typedef struct {
  gint64 id;
  guint users;
  GPtrArray *events; /* TelarEventRow; all */
  gint64 n_tags;
  char *figures; /* JSON: [{"name": …, "step": …}] */
} TelarLiveWatch;

struct TelarLive {
  TelarStore *store; /* its own connection: what the API writes is news here */
  GPtrArray *clients;
  GHashTable *feeds;           /* TelarFeed -> itself */
  GHashTable *watches;         /* id -> TelarLiveWatch */
  GPtrArray *runs;             /* TelarLiveRun, newest first */
  guint64 serial;              /* of the last change of a row */
  guint64 list_serial;         /* of the last change of names or number */
  gint64 version;              /* of the store, when it was last read */
  gint64 rows_read, list_read; /* monotonic µs */
  GMainContext *context;
  GSource *poll; /* NULL while nobody listens */
};

/* --- live.c
 * ----------------------------------------------------------------------------------------- */

TelarFeed *telar_live_feed (TelarLive *live, gint64 run, const char *tag);
void telar_live_release_feed (TelarLive *live, TelarFeed *feed);
TelarLiveWatch *telar_live_watch (TelarLive *live, gint64 run);
void telar_live_release_watch (TelarLive *live, TelarLiveWatch *watch);
/* The run of that name, as the list was last read; NULL when there is none. */
const TelarLiveRun *telar_live_find (const TelarLive *live, const char *name);
void telar_live_add (TelarLive *live, gpointer client);
void telar_live_remove (TelarLive *live, gpointer client);

/* --- client.c
 * ----------------------------------------------------------------------------------------- */

typedef struct TelarClient TelarClient;

void telar_client_free (TelarClient *client);
/* Sends what the client does not know, as far as its window allows. */
void telar_client_push (TelarClient *client);

G_END_DECLS
