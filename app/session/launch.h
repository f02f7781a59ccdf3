/* Starting the trainer: where the program is, and how it comes to outlive us. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The command line's program: TELAR_COMMAND, beside this program (installed or in the build tree),
 * or on PATH. NULL with an error when there is none. Caller frees. */
char *telar_launch_program (GError **error);

/* Starts it detached: a session of its own, no terminal, output into @log. */
GSubprocess *telar_launch_detached (const char *const *argv, const char *log, GError **error);

/* The last line of @log that says something, or NULL. Caller frees. */
char *telar_launch_last_words (const char *log);

G_END_DECLS
