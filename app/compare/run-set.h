/* All runs of a workspace as a list model that follows the store. What takes long is read in a
 * thread of its own with a connection of its own. */
#pragma once

#include "app/compare/run-item.h"

G_BEGIN_DECLS

#define TELAR_TYPE_RUN_SET (telar_run_set_get_type ())
G_DECLARE_FINAL_TYPE (TelarRunSet, telar_run_set, TELAR, RUN_SET, GObject)

/* Signal "read": the store was read, and something has changed. Signal "failed" (message). */
TelarRunSet *telar_run_set_new (void);
/* Forgets the runs of another workspace. */
void telar_run_set_set_workspace (TelarRunSet *set, const char *workspace);
/* For what is changed in the store; NULL while there is none. Borrowed; of this thread. */
TelarStore *telar_run_set_store (TelarRunSet *set);
const char *telar_run_set_workspace (TelarRunSet *set);
/* Reads again when the store has changed since; cheap when it has not. */
void telar_run_set_poll (TelarRunSet *set);
/* Reads again although the store may be the same: this connection has changed it itself. */
void telar_run_set_poll_now (TelarRunSet *set);

GListModel *telar_run_set_model (TelarRunSet *set); /* of TelarRunItem, newest first */
TelarRunItem *telar_run_set_find (TelarRunSet *set, gint64 run);

/* Names of what was chosen, differently for at least two runs; sorted, GPtrArray of char *,
 * borrowed. */
const GPtrArray *telar_run_set_varying (TelarRunSet *set);
/* Names of metrics that any run has, those that say most first; GPtrArray of char *, borrowed. */
const GPtrArray *telar_run_set_metrics (TelarRunSet *set);

G_END_DECLS
