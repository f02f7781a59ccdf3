/* The web server of a workspace: its page, its JSON API and a WebSocket that pushes what a run
 * records the moment it is committed.
 *
 * Who may ask is decided before anything is read (guard.c): a Host that is ours, an Origin that is
 * ours or none, the token. It runs in the main context of the thread that makes it and shares
 * nothing with other threads. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

#define TELAR_SERVER_PORT 8352 /* TELA on a telephone */

typedef struct {
  const char *workspace; /* made when it is not there */
  const char *address;   /* to listen at; NULL: 127.0.0.1 */
  guint16 port;          /* 0: any that is free */
  /* Names beside the address by which browsers reach it; NULL-terminated, or NULL. */
  const char *const *hosts;
} TelarServerOptions;

typedef struct TelarServer TelarServer;

/* Listens at once. */
TelarServer *telar_server_new (const TelarServerOptions *options, GError **error);
void telar_server_free (TelarServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarServer, telar_server_free)

guint telar_server_port (const TelarServer *server);
/* What opens the page, with the token in it; borrowed. */
const char *telar_server_url (const TelarServer *server);

G_END_DECLS
