/* The watchpoints of the project below the charts of a run, and what they have found in it. */
#pragma once

#include "app/project/document.h"
#include "insight/store.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_WATCH_PANEL (telar_watch_panel_get_type ())
G_DECLARE_FINAL_TYPE (TelarWatchPanel, telar_watch_panel, TELAR, WATCH_PANEL, AdwBin)

/* Signals
 *   "changed" (const char *watches): the person has set these, as the setting "watch" has them
 *   "found" (const char *node, gint64 step): a find was clicked; the node is NULL for the run
 *   "told" (const char *find): something was found that a person wants to be told */
GtkWidget *telar_watch_panel_new (void);

/* The project whose watchpoints are shown and edited; NULL: none. */
void telar_watch_panel_set_document (TelarWatchPanel *panel, TelarDocument *document);

/* Forgets what was found; then takes what is new in @store. */
void telar_watch_panel_reset (TelarWatchPanel *panel);
gboolean telar_watch_panel_follow (TelarWatchPanel *panel, TelarStore *store, gint64 run,
                                   GError **error);

G_END_DECLS
