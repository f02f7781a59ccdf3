/* The checkpoints of a run, from each of which the drawing can be trained on as a run of its own.
 * What is chosen activates the action win.fork with "RUN" (the newest) or "RUN:STEP". */
#pragma once

#include "insight/store.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_FORK_MENU (telar_fork_menu_get_type ())
G_DECLARE_FINAL_TYPE (TelarForkMenu, telar_fork_menu, TELAR, FORK_MENU, GtkPopover)

/* The checkpoints as they are now (TelarCheckpoint *, the latest first), and the name of their run;
 * NULL when they cannot be read. The caller unrefs them, the name is borrowed. */
typedef GPtrArray *(*TelarCheckpointsFunc) (const char **run, gpointer data);

/* A button with the menu, which is filled when it comes up. */
GtkWidget *telar_fork_button_new (TelarCheckpointsFunc read, gpointer data);

/* Appends the fork from the latest of @checkpoints that is not after @step, or that there is none.
 */
void telar_fork_append (GMenu *menu, const char *run, const GPtrArray *checkpoints, gint64 step);

G_END_DECLS
