/* What a person may set for the studio itself, kept in the user's configuration folder. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Applies what was chosen before; called once at the start. */
void telar_preferences_load (void);
/* Shows the window of preferences over @parent. */
void telar_preferences_show (GtkWindow *parent);

G_END_DECLS
