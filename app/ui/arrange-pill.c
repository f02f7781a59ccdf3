/* A box with a bar and a button that follows the canvas. */
#include "app/ui/arrange-pill.h"

#include <glib/gi18n.h>

static void
on_arranging (TelarCanvas *canvas, double done, GtkWidget *pill)
{
  GtkWidget *bar = g_object_get_data (G_OBJECT (pill), "bar");

  gtk_widget_set_visible (pill, done >= 0);
  if (done >= 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), done);
}

static void
on_cancel (GtkWidget *canvas)
{
  gtk_widget_activate_action (canvas, "canvas.cancel-arranging", NULL);
}

GtkWidget *
telar_arrange_pill_new (TelarCanvas *canvas)
{
  GtkWidget *pill = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10), *bar = gtk_progress_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_label (_ ("Cancel (Escape)"));

  gtk_widget_add_css_class (pill, "canvas-tools");
  gtk_widget_add_css_class (pill, "arrange-pill");
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (bar, 140, -1);
  gtk_box_append (GTK_BOX (pill), gtk_label_new (_ ("Arranging…")));
  gtk_box_append (GTK_BOX (pill), bar);
  gtk_box_append (GTK_BOX (pill), cancel);
  gtk_widget_set_visible (pill, FALSE);
  g_object_set_data (G_OBJECT (pill), "bar", bar);
  g_signal_connect_object (cancel, "clicked", G_CALLBACK (on_cancel), canvas, G_CONNECT_SWAPPED);
  g_signal_connect_object (canvas, "arranging", G_CALLBACK (on_arranging), pill, 0);
  return pill;
}
