/* TelarBreadcrumb: which drawing of the document is edited, and the way back out: one button for
 * each group around and for the main drawing. Hidden in the main drawing. */
#pragma once

#include "app/project/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_BREADCRUMB (telar_breadcrumb_get_type ())
G_DECLARE_FINAL_TYPE (TelarBreadcrumb, telar_breadcrumb, TELAR, BREADCRUMB, GtkWidget)

GtkWidget *telar_breadcrumb_new (void);
/* NULL for none. */
void telar_breadcrumb_set_document (TelarBreadcrumb *self, TelarDocument *document);

G_END_DECLS
