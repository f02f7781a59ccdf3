/* The buttons over a drawing that zoom it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* They call canvas.zoom-out, canvas.zoom-original, canvas.zoom-in and canvas.zoom-fit on @drawing,
 * which is borrowed and stands beside them. A GtkBox: more may be appended. */
GtkWidget *telar_zoom_tools_new (GtkWidget *drawing);
void telar_zoom_tools_show (GtkWidget *tools, double zoom);

G_END_DECLS
