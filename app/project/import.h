/* An ONNX model as a document: read, laid out and its weights written in a thread of its own. */
#pragma once

#include "app/project/document.h"

G_BEGIN_DECLS

/* Whether @path is called as files are that are imported, not opened. */
gboolean telar_import_is_foreign (const char *path);

/* @permille follows how much of the graph is drawn and must live until @callback is called. When
 * @cancellable is cancelled the import ends soon after, with G_IO_ERROR_CANCELLED. */
void telar_document_import_async (const char *path, gint *permille, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* Where nodes that the palette cannot say are the reason for an error, @refused receives them:
 * TelarImportRefusal *, owned by the caller's reference; else NULL. */
TelarDocument *telar_document_import_finish (GAsyncResult *result, GPtrArray **refused,
                                             GError **error);

G_END_DECLS
