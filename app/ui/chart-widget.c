/* Theme, snapshot and set-up of a chart's widget. */
#include "app/ui/chart-widget.h"

#include <adwaita.h>

#define FONT_SIZE 11.0 /* pixels, at a text scale of 1 */

static TelarColor
color_from_rgba (const GdkRGBA *rgba)
{
  return (TelarColor){ rgba->red, rgba->green, rgba->blue, rgba->alpha };
}

/* The widget's own background comes from the style sheet; the chart's is that of its readout. */
void
telar_chart_theme_of (GtkWidget *widget, TelarChartTheme *theme, char **font)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  PangoContext *pango = gtk_widget_get_pango_context (widget);
  GdkRGBA rgba;
  int dpi = 0;

  telar_chart_theme_init (theme, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  gtk_style_context_get_color (style, &rgba);
  theme->text = color_from_rgba (&rgba);
  if (gtk_style_context_lookup_color (style, "popover_bg_color", &rgba))
    theme->background = color_from_rgba (&rgba);
  theme->background.alpha = 0;
  if (gtk_style_context_lookup_color (style, "accent_color", &rgba))
    theme->accent = color_from_rgba (&rgba);

  const PangoFontDescription *description = pango_context_get_font_description (pango);
  *font = g_strdup (pango_font_description_get_family (description));
  if (*font != NULL)
    theme->font = *font;
  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
  if (dpi > 0)
    theme->font_size = FONT_SIZE * dpi / (96.0 * 1024);
}

void
telar_chart_widget_snapshot (GtkWidget *widget, GtkSnapshot *snapshot, TelarChartDraw draw)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  g_autofree char *font = NULL;
  TelarChartTheme theme;

  telar_chart_theme_of (widget, &theme, &font);
  cairo_t *cr =
      gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  draw (widget, cr, width, height, &theme);
  cairo_destroy (cr);
}

void
telar_chart_widget_class_init (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

void
telar_chart_widget_init (GtkWidget *widget)
{
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_add_css_class (widget, "card");
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), widget, G_CONNECT_SWAPPED);
}
