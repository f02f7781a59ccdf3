/* Bytes of a file, plain or gzip, read in order. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef struct TelarStream TelarStream;

/* A regular file; gzip is recognised by its first bytes, whatever the name. TELAR_ERROR_INVALID
 * with the path when it cannot be read. */
TelarStream *telar_stream_open (const char *path, GError **error);
void telar_stream_free (TelarStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarStream, telar_stream_free)

const char *telar_stream_path (const TelarStream *stream);

/* Reads @size bytes, fewer only at the end; -1 when the file is damaged. */
gssize telar_stream_read (TelarStream *stream, void *buffer, gsize size, GError **error);

/* Whether the gzip data stopped in the middle; known once a read came back short. */
gboolean telar_stream_cut_off (const TelarStream *stream);

/* The most bytes that the file can hold: its size, or what deflate could make of it at its best
 * (1,032 to 1). A header that claims more than this lies. */
guint64 telar_stream_limit (const TelarStream *stream);

G_END_DECLS
