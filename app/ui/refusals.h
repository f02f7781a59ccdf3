/* A dialog that shows all that an import refused, at once. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @refused: TelarImportRefusal *, kept as long as the dialog is there. */
GtkWidget *telar_refusals_new (GtkWindow *parent, const char *file, GPtrArray *refused);

G_END_DECLS
