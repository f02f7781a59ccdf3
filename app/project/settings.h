/* What the user prefers, kept in one file of the configuration folder. Used from the main thread.
 */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

#define TELAR_SETTING_APPEARANCE "appearance" /* "desktop", "light", "dark" */
#define TELAR_SETTING_LANGUAGE   "language"   /* of the texts, "es"; empty: as the desktop */
#define TELAR_SETTING_REOPEN     "reopen"     /* open the last project at the start */
#define TELAR_SETTING_SNAP       "snap"       /* nodes lie on the grid */
#define TELAR_SETTING_THREADS    "threads"    /* of training; 0: one for each processor */
#define TELAR_SETTING_WORKSPACE  "workspace"  /* where runs are kept; empty: the usual place */

/* What was never set gives @fallback. Texts are the caller's to free. */
char *telar_settings_text (const char *key, const char *fallback);
gboolean telar_settings_bool (const char *key, gboolean fallback);
int telar_settings_int (const char *key, int fallback);

/* Each is on the disk when it returns. FALSE: it counts until the end of the program. */
gboolean telar_settings_set_text (const char *key, const char *value, GError **error);
gboolean telar_settings_set_bool (const char *key, gboolean value, GError **error);
gboolean telar_settings_set_int (const char *key, int value, GError **error);

G_END_DECLS
