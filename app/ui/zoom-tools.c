/* The actions belong to the drawing: the tools stand beside it and call them on it. */
#include "app/ui/zoom-tools.h"

#include "app/ui/icon-button.h"

#include <glib/gi18n.h>

static void
on_tool (GtkButton *button, GtkWidget *drawing)
{
  gtk_widget_activate_action (drawing, g_object_get_data (G_OBJECT (button), "action"), NULL);
}

static GtkWidget *
tool (GtkWidget *drawing, const char *icon, const char *action, const char *tooltip)
{
  GtkWidget *button = icon ? telar_icon_button_new (icon, tooltip) : gtk_button_new ();

  if (!icon)
    gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_focus_on_click (button, FALSE);
  g_object_set_data (G_OBJECT (button), "action", (gpointer)action);
  g_signal_connect (button, "clicked", G_CALLBACK (on_tool), drawing);
  return button;
}

GtkWidget *
telar_zoom_tools_new (GtkWidget *drawing)
{
  GtkWidget *tools = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  GtkWidget *zoom = tool (drawing, NULL, "canvas.zoom-original", _ ("Actual size (1)"));
  GtkWidget *buttons[] = {
    tool (drawing, "zoom-out-symbolic", "canvas.zoom-out", _ ("Zoom out (−)")), zoom,
    tool (drawing, "zoom-in-symbolic", "canvas.zoom-in", _ ("Zoom in (+)")),
    tool (drawing, "zoom-fit-best-symbolic", "canvas.zoom-fit", _ ("Show all (0)"))
  };

  gtk_widget_set_size_request (zoom, 56, -1);
  gtk_widget_add_css_class (zoom, "figures");
  gtk_widget_add_css_class (tools, "canvas-tools");
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_box_append (GTK_BOX (tools), buttons[i]);
  gtk_widget_set_halign (tools, GTK_ALIGN_START);
  gtk_widget_set_valign (tools, GTK_ALIGN_END);
  g_object_set (tools, "margin-start", 12, "margin-bottom", 12, NULL);
  g_object_set_data (G_OBJECT (tools), "zoom", zoom);
  return tools;
}

void
telar_zoom_tools_show (GtkWidget *tools, double zoom)
{
  g_autofree char *text = g_strdup_printf ("%.0f\u202f%%", 100 * zoom);

  gtk_button_set_label (g_object_get_data (G_OBJECT (tools), "zoom"), text);
}
