/* A small form for a new watchpoint: what to look for, where, beyond which limit, and what to do.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_WATCH_FORM (telar_watch_form_get_type ())
G_DECLARE_FINAL_TYPE (TelarWatchForm, telar_watch_form, TELAR, WATCH_FORM, GtkPopover)

/* Signal "added" (const char *watch): the text of one (engine/watch.h). */
GtkWidget *telar_watch_form_new (void);

/* Ids to choose from, NULL-terminated; copied. */
void telar_watch_form_set_nodes (TelarWatchForm *form, const char *const *ids);

G_END_DECLS
