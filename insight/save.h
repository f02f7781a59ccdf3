/* Writing files whole: beside, synced, renamed. */
#pragma once

#include "engine/error.h"

#include <stdio.h>

G_BEGIN_DECLS

/* Writes the file; FALSE with @error. What the file itself could not take (ferror) is told by
 * telar_save. */
typedef gboolean (*TelarSaveFunc) (FILE *file, gpointer data, GError **error);

/* @path is what it was, or all that @write has written; folders above it are made. */
gboolean telar_save (const char *path, TelarSaveFunc write, gpointer data, GError **error);
gboolean telar_save_bytes (const char *path, GBytes *bytes, GError **error);

G_END_DECLS
