/* TelarSession: one run of `telar train`, started here or found going on.
 *
 * The studio never trains: the trainer is a process of its own, in a session of its own, that
 * outlives the studio. Everything known of it comes from the run store; everything asked of it goes
 * there. A child of ours that ends before it wrote into the store is told by its log. */
#pragma once

#include "app/project/document.h"
#include "insight/store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TELAR_TYPE_SESSION (telar_session_get_type ())
G_DECLARE_FINAL_TYPE (TelarSession, telar_session, TELAR, SESSION, GObject)

/* Signals
 *   "changed": state, progress or metrics
 *   "ended" (const char *status, const char *message): "done", "stopped", "failed" or "lost";
 *     the message may be NULL; once. */

typedef enum {
  TELAR_SESSION_STARTING, /* the trainer has not reported yet */
  TELAR_SESSION_RUNNING,
  TELAR_SESSION_PAUSED,
  TELAR_SESSION_ENDED
} TelarSessionState;

/* The folder of the run store: TELAR_WORKSPACE, or in the user's data folder, as the command line
 * has it. Caller frees. */
char *telar_workspace_path (void);

/* What the runs of a document with @title are called, a number apart. Caller frees. */
char *telar_session_stem (const char *title);

/* Writes the document as it stands into the run's folder and starts the trainer on it; with @from,
 * "RUN" or "RUN:STEP", where that run's checkpoint stands. */
TelarSession *telar_session_start (TelarDocument *document, const char *workspace, const char *from,
                                   GError **error);
/* Follows a run that goes on. */
TelarSession *telar_session_follow (const char *workspace, const char *run, GError **error);
/* Names of the runs that go on in @workspace, newest first. Caller frees with g_strfreev. */
char **telar_session_list_alive (const char *workspace);

const char *telar_session_run (TelarSession *self);
/* The run's number in the store; 0 before the trainer has reported. */
gint64 telar_session_run_id (TelarSession *self);
TelarSessionState telar_session_state (TelarSession *self);
/* From 0 to 1. */
double telar_session_progress (TelarSession *self);
/* -1 while it cannot be said. */
double telar_session_seconds_left (TelarSession *self);
/* The newest row, or NULL; borrowed until the next "changed". */
const TelarRunRow *telar_session_row (TelarSession *self);

gboolean telar_session_request (TelarSession *self, TelarRequestKind kind, double value,
                                GError **error);

G_END_DECLS
