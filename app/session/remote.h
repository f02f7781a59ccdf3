/* TelarRemote: the workspace of a `telar serve` elsewhere, as one that can be read here.
 *
 * What the server tells is written into a run store in a folder of our own (insight/mirror.h), so
 * that all that reads a run store reads a remote one too; the curves are those of the run that is
 * looked at. What is asked of a run goes to the server. A connection that breaks is taken up again,
 * for as long as this lives. */
#pragma once

#include "engine/monitor.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TELAR_TYPE_REMOTE (telar_remote_get_type ())
G_DECLARE_FINAL_TYPE (TelarRemote, telar_remote, TELAR, REMOTE, GObject)

typedef enum {
  TELAR_REMOTE_CONNECTING,
  TELAR_REMOTE_LIVE,
  TELAR_REMOTE_LOST,    /* it is being tried again; the message says why */
  TELAR_REMOTE_REFUSED, /* the server will not have us: wrong token, wrong name; nothing is tried */
} TelarRemoteState;

/* Signals
 *   "changed": state or message
 *   "refused" (const char *text): something that was asked of a run was not taken. */

/* @address as telar serve prints it, with or without its token: "http://127.0.0.1:6006/?token=…",
 * "127.0.0.1:6006". @token may be NULL or empty where the address has it. FALSE for what is no
 * address; whether somebody answers there "changed" tells. */
TelarRemote *telar_remote_new (const char *address, const char *token, GError **error);

/* The folder of the run store; borrowed. It goes with the remote. */
const char *telar_remote_workspace (TelarRemote *self);
/* "127.0.0.1:6006"; borrowed. */
const char *telar_remote_name (TelarRemote *self);
TelarRemoteState telar_remote_state (TelarRemote *self);
/* What is wrong, for a person; NULL when nothing is. Borrowed. */
const char *telar_remote_message (TelarRemote *self);

/* The run whose curves, figures and project are wanted; NULL: none. */
void telar_remote_watch (TelarRemote *self, const char *run);
/* Asks a run; "refused" tells when it was not taken. */
void telar_remote_request (TelarRemote *self, const char *run, const TelarRequest *request);

G_END_DECLS
