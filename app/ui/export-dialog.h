/* TelarExportDialog: a trained model as a file for other programs. Asks which model, how and where,
 * and writes in a thread; what goes wrong is said in the dialog, which stays. */
#pragma once

#include "app/project/document.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_EXPORT_DIALOG (telar_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TelarExportDialog, telar_export_dialog, TELAR, EXPORT_DIALOG, AdwWindow)

/* Signals
 *   "exported" (const char *path): the file is there; the dialog closes
 *   "show-node" (const char *id): the node at fault is to be seen */
GtkWidget *telar_export_dialog_new (GtkWindow *parent, TelarDocument *document,
                                    const char *workspace);
/* Where the file goes, the ending aside, which is the format's. */
void telar_export_dialog_set_file (TelarExportDialog *self, const char *path);

G_END_DECLS
