/* TelarFindBar: what floats over the canvas to find nodes and to go to one. While it is open the
 * canvas marks all that answer; Enter goes to the next, Shift+Enter to the one before, across the
 * groups of the document. */
#pragma once

#include "app/canvas/canvas.h"

G_BEGIN_DECLS

#define TELAR_TYPE_FIND_BAR (telar_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (TelarFindBar, telar_find_bar, TELAR, FIND_BAR, GtkWidget)

/* Signal "go" (const char *path): to the node at the path. Borrows @canvas. */
GtkWidget *telar_find_bar_new (TelarCanvas *canvas);
void telar_find_bar_set_document (TelarFindBar *self, TelarDocument *document);
void telar_find_bar_open (TelarFindBar *self);

G_END_DECLS
