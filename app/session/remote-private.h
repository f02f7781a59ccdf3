/* What remote.c (the connection) and remote-watch.c (what comes by it) share. */
#pragma once

#include "app/session/remote.h"
#include "insight/mirror.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

struct _TelarRemote {
  GObject parent_instance;

  char *base, *name, *token, *folder, *message;
  SoupSession *session;
  SoupWebsocketConnection *connection; /* NULL while there is none */
  GCancellable *cancellable;           /* of all that is under way */
  TelarMirror *mirror;
  TelarRemoteState state;
  char *run;       /* that is watched, or NULL */
  GPtrArray *tags; /* of it that are watched; char * */
  gint64 n_tags;   /* that it had when they were last read; -1: not yet */
  char *figures;   /* of it, when they were last read; JSON, or NULL */
  guint retry;
};

typedef void (*TelarRemoteTake) (TelarRemote *self, const char *run, const json_t *answer,
                                 const char *text);

/* An answer on its way. */
typedef struct {
  TelarRemote *self;
  SoupMessage *message;
  char *run, *tag;      /* what it is of, or NULL */
  TelarRemoteTake take; /* NULL: only a refusal matters */
} TelarRemoteCall;

TelarRemoteCall *telar_remote_call_new (TelarRemote *self, const char *method, const char *run,
                                        const char *rest);
/* Takes the call. */
void telar_remote_send (TelarRemoteCall *call);
void telar_remote_get (TelarRemote *self, const char *run, const char *rest, TelarRemoteTake take);
/* There is no connection, and one is tried again. */
void telar_remote_lose (TelarRemote *self, const char *why);

/* Tells the server what is wanted of it. */
void telar_remote_tell_watched (TelarRemote *self); /* remote-watch.c */
/* Asks for what there is of the run that is watched. */
void telar_remote_read_run (TelarRemote *self);
/* Of the live connection. */
void telar_remote_take_message (TelarRemote *self, const json_t *message);

G_END_DECLS
