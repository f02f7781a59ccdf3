/* A dialog that asks for the shapes of inputs that a file leaves open. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @open: "NAME=1x3x?x?"; char *. The response "import" is there once all sizes are known. */
GtkWidget *telar_shapes_dialog_new (GtkWindow *parent, const GPtrArray *open);
/* "NAME=1x3x224x224" for each, NULL-terminated. Caller frees with g_strfreev. */
char **telar_shapes_dialog_get (GtkWidget *dialog);

G_END_DECLS
