/* Places and zooms, and the font of what is zoomed. */
#include "app/canvas/viewing.h"

#include <math.h>

#define ZOOM_FACTOR 1.12 /* of a notch of the wheel */

TelarView
telar_view_zoomed (const TelarView *view, double zoom, double x, double y)
{
  double clamped = CLAMP (zoom, TELAR_ZOOM_MIN, TELAR_ZOOM_MAX);

  return (TelarView){ view->x + x / view->zoom - x / clamped,
                      view->y + y / view->zoom - y / clamped, clamped };
}

TelarView
telar_view_scrolled (const TelarView *view, GtkEventControllerScroll *scroll, double dx, double dy,
                     const graphene_point_t *pointer)
{
  GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));
  gboolean wheel = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_WHEEL;
  double step = (wheel ? TELAR_SCROLL_STEP : 1) / view->zoom;

  if (modifiers & GDK_CONTROL_MASK)
    return telar_view_zoomed (view, view->zoom * pow (ZOOM_FACTOR, wheel ? -dy : -dy / 20),
                              pointer->x, pointer->y);
  if (modifiers & GDK_SHIFT_MASK && dx == 0) {
    dx = dy;
    dy = 0;
  }
  return (TelarView){ view->x + dx * step, view->y + dy * step, view->zoom };
}

TelarView
telar_view_around (GtkWidget *widget, const graphene_rect_t *bounds, double smallest)
{
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double zoom = MIN ((width - 2 * TELAR_FIT_MARGIN) / bounds->size.width,
                     (height - 2 * TELAR_FIT_MARGIN) / bounds->size.height);

  zoom = CLAMP (zoom, smallest, telar_view_life_size (widget));
  return (TelarView){ bounds->origin.x + bounds->size.width / 2 - width / zoom / 2,
                      bounds->origin.y + bounds->size.height / 2 - height / zoom / 2, zoom };
}

graphene_rect_t
telar_view_area (GtkWidget *widget, const TelarView *view)
{
  return GRAPHENE_RECT_INIT ((float)view->x, (float)view->y,
                             (float)(gtk_widget_get_width (widget) / view->zoom),
                             (float)(gtk_widget_get_height (widget) / view->zoom));
}

double
telar_view_life_size (GtkWidget *widget)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? CLAMP (dpi / (96.0 * 1024), 0.5, TELAR_ZOOM_MAX) : 1;
}

PangoContext *
telar_view_card_context (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_create_pango_context (widget);
  g_autoptr (PangoFontDescription) font =
      pango_font_description_copy (pango_context_get_font_description (context));

  pango_cairo_context_set_resolution (context, 96);
  /* GTK's is in pixels, and as large as the desktop asks for already. */
  pango_font_description_set_absolute_size (font, pango_font_description_get_size (font) /
                                                      telar_view_life_size (widget));
  pango_context_set_font_description (context, font);
  return context;
}
