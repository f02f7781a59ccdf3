/* The chart's widget. The drawing is kept as a texture until data, view, size or theme change;
 * what follows the pointer is drawn on top of it, so that moving the pointer costs little however
 * much the chart shows. */
#include "app/ui/chart-view.h"

#include "app/ui/chart-widget.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#define MIN_WIDTH   260
#define MIN_HEIGHT  220
#define WHEEL_ZOOM  1.25
#define DRAG_START  6.0                  /* pixels */
#define SPEAK_EVERY (G_USEC_PER_SEC * 2) /* a screen reader is not told of every step */

struct _TelarChartView {
  GtkWidget parent_instance;

  TelarChart *chart; /* owned */
  GdkTexture *drawing;
  guint64 drawn_serial;
  int drawn_width, drawn_height, drawn_scale;
  gint64 spoken_at;
  double drag_x, drag_y;
};

G_DEFINE_FINAL_TYPE (TelarChartView, telar_chart_view, GTK_TYPE_WIDGET)

enum { HOVERED, ZOOMED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
tell_hovered (TelarChartView *view)
{
  gint64 step = -1;

  if (!telar_chart_hovered_step (view->chart, &step))
    step = -1;
  g_signal_emit (view, signals[HOVERED], 0, step);
}

/* --- drawing ----------------------------------------------------------------------------- */

static GdkTexture *
texture_of (cairo_surface_t *surface)
{
  int height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (
      cairo_image_surface_get_data (surface), (gsize)stride * (gsize)height,
      (GDestroyNotify)(void (*) (void))cairo_surface_destroy, cairo_surface_reference (surface));

  return gdk_memory_texture_new (cairo_image_surface_get_width (surface), height,
                                 GDK_MEMORY_DEFAULT, bytes, (gsize)stride);
}

static void
draw (TelarChartView *view, int width, int height, const TelarChartTheme *theme)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (view));
  guint64 serial = telar_chart_serial (view->chart);

  if (view->drawing != NULL && serial == view->drawn_serial && width == view->drawn_width &&
      height == view->drawn_height && scale == view->drawn_scale)
    return;
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_surface_set_device_scale (surface, scale, scale);
  cairo_t *cr = cairo_create (surface);
  telar_chart_draw (view->chart, cr, width, height, theme);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  g_clear_object (&view->drawing);
  view->drawing = texture_of (surface);
  cairo_surface_destroy (surface);
  view->drawn_serial = serial;
  view->drawn_width = width;
  view->drawn_height = height;
  view->drawn_scale = scale;
}

static void
telar_chart_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TelarChartView *view = TELAR_CHART_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  g_autofree char *font = NULL;
  TelarChartTheme theme;

  if (width <= 0 || height <= 0)
    return;
  telar_chart_theme_of (widget, &theme, &font);
  draw (view, width, height, &theme);
  gtk_snapshot_append_texture (snapshot, view->drawing, &bounds);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  telar_chart_draw_pointer (view->chart, cr, &theme);
  cairo_destroy (cr);
}

static void
forget_drawing (TelarChartView *view)
{
  g_clear_object (&view->drawing);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
telar_chart_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (telar_chart_view_parent_class)->css_changed (widget, change);
  forget_drawing (TELAR_CHART_VIEW (widget));
}

static void
telar_chart_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = across ? MIN_WIDTH : MIN_HEIGHT;
  *natural = across ? 440 : 280;
}

/* --- in words ---------------------------------------------------------------------------- */

static void
speak (TelarChartView *view)
{
  g_autofree char *words = telar_chart_describe (view->chart);

  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  view->spoken_at = g_get_monotonic_time ();
}

void
telar_chart_view_update (TelarChartView *view)
{
  g_return_if_fail (TELAR_IS_CHART_VIEW (view));
  if (view->drawing != NULL && telar_chart_serial (view->chart) == view->drawn_serial)
    return;
  gtk_widget_queue_draw (GTK_WIDGET (view));
  if (g_get_monotonic_time () - view->spoken_at > SPEAK_EVERY)
    speak (view);
}

/* --- pointer ----------------------------------------------------------------------------- */

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TelarChartView *view)
{
  if (!telar_chart_hover (view->chart, x, y))
    return;
  gtk_widget_queue_draw (GTK_WIDGET (view));
  tell_hovered (view);
}

static void
on_leave (GtkEventControllerMotion *controller, TelarChartView *view)
{
  if (!telar_chart_leave (view->chart))
    return;
  gtk_widget_queue_draw (GTK_WIDGET (view));
  tell_hovered (view);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, TelarChartView *view)
{
  gtk_widget_grab_focus (GTK_WIDGET (view));
  if (n_press == 2) {
    telar_chart_reset_view (view->chart);
    telar_chart_view_update (view);
    g_signal_emit (view, signals[ZOOMED], 0);
  }
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TelarChartView *view)
{
  view->drag_x = x;
  view->drag_y = y;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TelarChartView *view)
{
  if (hypot (dx, dy) < DRAG_START)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  telar_chart_set_zoom_box (view->chart, view->drag_x, view->drag_y, view->drag_x + dx,
                            view->drag_y + dy);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TelarChartView *view)
{
  if (telar_chart_take_zoom_box (view->chart))
    g_signal_emit (view, signals[ZOOMED], 0);
  telar_chart_view_update (view);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* The wheel scrolls the page that the chart stands on, unless the chart was chosen by a click, or
 * Control says what is meant. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, TelarChartView *view)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));
  double x = gtk_widget_get_width (GTK_WIDGET (view)) / 2.0, y, native_x, native_y;
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_native (GTK_WIDGET (view)));

  if ((state & GDK_CONTROL_MASK) == 0 && !gtk_widget_has_focus (GTK_WIDGET (view)))
    return GDK_EVENT_PROPAGATE;
  if (event != NULL && gdk_event_get_position (event, &x, &y)) {
    gtk_native_get_surface_transform (GTK_NATIVE (root), &native_x, &native_y);
    gtk_widget_translate_coordinates (root, GTK_WIDGET (view), x - native_x, y - native_y, &x, &y);
  }
  if (dx != 0)
    telar_chart_pan (view->chart, 0.05 * dx);
  if (dy != 0)
    telar_chart_zoom_at (view->chart, x, pow (WHEEL_ZOOM, -dy));
  telar_chart_view_update (view);
  g_signal_emit (view, signals[ZOOMED], 0);
  return GDK_EVENT_STOP;
}

/* --- keyboard ---------------------------------------------------------------------------- */

static gboolean
zoom_by_key (TelarChartView *view, double factor)
{
  telar_chart_zoom_at (view->chart, gtk_widget_get_width (GTK_WIDGET (view)) / 2.0, factor);
  return GDK_EVENT_STOP;
}

static gboolean
pan_by_key (TelarChartView *view, double part)
{
  telar_chart_pan (view->chart, part);
  return GDK_EVENT_STOP;
}

static gboolean
reset_by_key (TelarChartView *view)
{
  if (!telar_chart_is_zoomed (view->chart))
    return GDK_EVENT_PROPAGATE;
  telar_chart_reset_view (view->chart);
  return GDK_EVENT_STOP;
}

static gboolean
act_on_key (TelarChartView *view, guint key, gboolean far)
{
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_Right:
    telar_chart_move_crosshair (view->chart, (key == GDK_KEY_Left ? -1 : 1) * (far ? 20 : 1));
    gtk_widget_queue_draw (GTK_WIDGET (view));
    tell_hovered (view);
    return GDK_EVENT_STOP;
  case GDK_KEY_plus:
  case GDK_KEY_KP_Add:
  case GDK_KEY_equal:
    return zoom_by_key (view, WHEEL_ZOOM);
  case GDK_KEY_minus:
  case GDK_KEY_KP_Subtract:
    return zoom_by_key (view, 1 / WHEEL_ZOOM);
  case GDK_KEY_Page_Up:
    return pan_by_key (view, -0.5);
  case GDK_KEY_Page_Down:
    return pan_by_key (view, 0.5);
  case GDK_KEY_0:
  case GDK_KEY_KP_0:
  case GDK_KEY_Escape:
    return reset_by_key (view);
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TelarChartView *view)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  guint64 before = telar_chart_serial (view->chart);
  gboolean stop = act_on_key (view, key, (state & GDK_SHIFT_MASK) != 0);
  telar_chart_view_update (view);
  if (telar_chart_serial (view->chart) != before)
    g_signal_emit (view, signals[ZOOMED], 0);
  return stop;
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_chart_view_finalize (GObject *object)
{
  TelarChartView *view = TELAR_CHART_VIEW (object);

  g_clear_object (&view->drawing);
  telar_chart_free (view->chart);
  G_OBJECT_CLASS (telar_chart_view_parent_class)->finalize (object);
}

static void
telar_chart_view_class_init (TelarChartViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = telar_chart_view_finalize;
  widget_class->snapshot = telar_chart_view_snapshot;
  widget_class->measure = telar_chart_view_measure;
  widget_class->css_changed = telar_chart_view_css_changed;
  signals[HOVERED] = g_signal_new ("hovered", TELAR_TYPE_CHART_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[ZOOMED] = g_signal_new ("zoomed", TELAR_TYPE_CHART_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  telar_chart_widget_class_init (widget_class);
}

static void
add_controller (TelarChartView *view, gpointer controller)
{
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (controller));
}

static void
telar_chart_view_init (TelarChartView *view)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), view);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), view);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), view);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), view);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), view);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), view);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), view);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), view);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), view);
  add_controller (view, motion);
  add_controller (view, scroll);
  add_controller (view, key);
  add_controller (view, click);
  add_controller (view, drag);

  gtk_widget_set_focusable (GTK_WIDGET (view), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (view), GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (GTK_WIDGET (view), "card");
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (forget_drawing), view, G_CONNECT_SWAPPED);
}

GtkWidget *
telar_chart_view_new (TelarChart *chart)
{
  TelarChartView *view = g_object_new (TELAR_TYPE_CHART_VIEW, NULL);

  view->chart = chart;
  speak (view);
  return GTK_WIDGET (view);
}

TelarChart *
telar_chart_view_get_chart (TelarChartView *view)
{
  g_return_val_if_fail (TELAR_IS_CHART_VIEW (view), NULL);
  return view->chart;
}
