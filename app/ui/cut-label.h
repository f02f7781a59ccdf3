/* Labels that are cut where there is no room for them. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Cuts @label as @mode says; while it is cut its whole text is its tooltip. */
void telar_label_cut (GtkWidget *label, PangoEllipsizeMode mode);

G_END_DECLS
