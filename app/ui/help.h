/* Help: one window for the program, with pages that are written and a page for each operator, made
 * from the registry. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_HELP_OPERATOR "operator:" /* before an operator's name: "operator:conv2d" */

/* Shows the page @name: an operator's, or one of app/ui/help-topics.h. The window stays with
 * @parent, which may be NULL. */
void telar_help_show (GtkApplication *application, GtkWindow *parent, const char *name);

G_END_DECLS
