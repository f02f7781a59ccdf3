/* An ONNX model as a document: read, laid out and its weights written in a thread of its own. */
#pragma once

#include "app/project/document.h"

G_BEGIN_DECLS

/* Whether @path is called as files are that are imported, not opened. */
gboolean telar_import_is_foreign (const char *path);

/* Why a model cannot be imported, where that can be told in parts; each list may be NULL. Owned. */
typedef struct {
  GPtrArray *refused; /* TelarImportRefusal *: nodes that the palette cannot say */
  GPtrArray *open;    /* char *: "NAME=1x3x?x?", inputs whose shapes must be given */
} TelarImportTrouble;

void telar_import_trouble_clear (TelarImportTrouble *trouble);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarImportTrouble, telar_import_trouble_clear)

/* @shapes: of the inputs, as in TelarImportOptions; may be NULL. @permille follows how much of the
 * graph is drawn and must live until @callback is called. When
 * @cancellable is cancelled the import ends soon after, with G_IO_ERROR_CANCELLED. */
void telar_document_import_async (const char *path, const char *const *shapes, gint *permille,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer data);
/* @trouble receives what there is to say besides the error. */
TelarDocument *telar_document_import_finish (GAsyncResult *result, TelarImportTrouble *trouble,
                                             GError **error);

G_END_DECLS
