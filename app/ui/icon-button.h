/* Buttons that show an icon alone: what they do is told as a tooltip and to accessibility tools. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *telar_icon_button_new (const char *icon, const char *label);
/* Tells @label of any widget without a text of its own. */
void telar_widget_set_name (GtkWidget *widget, const char *label);

G_END_DECLS
