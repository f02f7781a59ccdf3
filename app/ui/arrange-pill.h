/* What floats over the canvas while a long arranging runs: how far it is, and a button that ends
 * it. */
#pragma once

#include "app/canvas/canvas.h"

G_BEGIN_DECLS

/* Shows itself while the canvas arranges. Borrows @canvas. */
GtkWidget *telar_arrange_pill_new (TelarCanvas *canvas);

G_END_DECLS
