/* Where a remote workspace is: the address that telar serve prints, and its token. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* An AdwMessageDialog whose response "open" has what telar_remote_dialog_get gives. */
GtkWidget *telar_remote_dialog_new (GtkWindow *parent);
/* As they were written; borrowed until the dialog changes. */
void telar_remote_dialog_get (GtkWidget *dialog, const char **address, const char **token);

G_END_DECLS
