/* The projects that were opened last, newest first, in a file of the user's state folder. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void telar_recent_add (const char *path);
void telar_recent_remove (const char *path);
/* Paths of files that still exist. Caller frees with g_strfreev. */
char **telar_recent_list (void);

G_END_DECLS
