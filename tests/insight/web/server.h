/* The real `telar serve` on a workspace, and a client that speaks to it. */
#pragma once

#include "tests/insight/workspace.h"

#include <jansson.h>
#include <libsoup/soup.h>

typedef struct {
  char *workspace;
  GSubprocess *process;
  guint port;
  char *url; /* "http://127.0.0.1:PORT" */
  char *token;
  SoupSession *session;
} Server;

/* In a new workspace. */
void server_start (Server *server);
/* Ends the process, waits for it, and starts another on the same workspace and port. */
void server_restart (Server *server);
/* Ends the process, which must end well, and removes the workspace. */
void server_stop (Server *server);
/* Bytes of memory that the process holds. */
gsize server_memory (Server *server);

/* A message to @path with the token. */
SoupMessage *server_message (Server *server, const char *method, const char *path);
/* Sends it; its status. The answer's body is set in @body when that is given. */
guint server_send (Server *server, SoupMessage *message, GBytes **body);
/* The status of a GET of @path with the token. */
guint server_status (Server *server, const char *path);
/* The document at @path, which must be there; caller decrefs. */
json_t *server_get (Server *server, const char *path);
/* Sends a JSON body; the status. */
guint server_post (Server *server, const char *method, const char *path, const char *body);

/* The WebSocket; NULL when it is refused. Waits until it is open. @on_message handles its
 * "message"; may be NULL. */
SoupWebsocketConnection *server_connect (Server *server, SoupMessage *message, GCallback on_message,
                                         gpointer data);
/* Lets the main loop run until @done or the test's own time limit. */
void server_wait (gboolean (*done) (gpointer data), gpointer data);
