/* The line that says which server's runs are shown, and whether it answers. */
#pragma once

#include "app/session/remote.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_REMOTE_BAR (telar_remote_bar_get_type ())
G_DECLARE_FINAL_TYPE (TelarRemoteBar, telar_remote_bar, TELAR, REMOTE_BAR, GtkWidget)

/* Its button activates win.close-remote. */
GtkWidget *telar_remote_bar_new (void);
/* NULL: none, and then it is not shown. */
void telar_remote_bar_set_remote (TelarRemoteBar *bar, TelarRemote *remote);

G_END_DECLS
