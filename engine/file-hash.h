/* The hash of a file: what a project records of its data, a run of its weights. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* "sha256:…" of the bytes of a regular file, whose number is set in @bytes (which may be NULL).
 * Caller frees. */
char *telar_file_hash (const char *path, gint64 *bytes, GError **error);

G_END_DECLS
