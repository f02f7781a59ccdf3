/* Preferences: appearance and language, the canvas, training. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Applies what was chosen; call it when the application starts. */
void telar_preferences_load (void);
/* The language of the texts, which must be chosen before the first is looked up. */
void telar_preferences_load_language (void);
void telar_preferences_show (GtkWindow *parent);

G_END_DECLS
