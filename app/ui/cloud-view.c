/* The cloud's widget. */
#include "app/ui/cloud-view.h"

#include "app/ui/chart-widget.h"
#include "app/ui/pixel-view.h"
#include "insight/picture.h"

#include <glib/gi18n.h>
#include <math.h>

#define MIN_WIDTH  320
#define MIN_HEIGHT 460
#define WHEEL_ZOOM 1.2
#define KEY_STEP   30.0 /* pixels */

struct _TelarCloudView {
  GtkWidget parent_instance;

  TelarCloud *cloud; /* NULL: none */
  TelarTensor *pictures;
  double x, y; /* of the pointer, or of the drag so far */
};

G_DEFINE_FINAL_TYPE (TelarCloudView, telar_cloud_view, GTK_TYPE_WIDGET)

static void
draw (GtkWidget *widget, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  telar_cloud_draw (TELAR_CLOUD_VIEW (widget)->cloud, cr, width, height, theme);
}

static void
telar_cloud_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  if (TELAR_CLOUD_VIEW (widget)->cloud != NULL)
    telar_chart_widget_snapshot (widget, snapshot, draw);
}

static void
telar_cloud_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
}

static void
redraw (TelarCloudView *view)
{
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* --- what is under the pointer ----------------------------------------------------------- */

static GtkWidget *
picture_of (TelarCloudView *view, guint point, const char *words)
{
  const TelarShape *shape = &view->pictures->type.shape;
  TelarShape one = *shape;
  gsize bytes = view->pictures->bytes / (gsize)shape->dims[0];
  TelarPictureGrid grid;

  one.dims[0] = 1;
  g_autoptr (TelarTensor) pixels =
      telar_tensor_wrap (TELAR_F32, &one, (char *)view->pictures->data + point * bytes, NULL, NULL);
  g_autoptr (GBytes) png = telar_picture_to_png (pixels, TELAR_RANGE_PIXELS, 0, &grid);
  if (png == NULL)
    return NULL;
  TelarImageRow image = { .row = -1, .truth = -1, .answer = -1, .score = NAN, .png = png };
  return telar_pixel_view_new (&image, words);
}

static gboolean
on_tooltip (TelarCloudView *view, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  guint point;

  if (keyboard || view->cloud == NULL || !telar_cloud_point_at (view->cloud, x, y, &point))
    return FALSE;
  g_autofree char *class = telar_cloud_class (view->cloud, point);
  int row = (int)telar_cloud_row (view->cloud, point);
  g_autofree char *words = class != NULL ? g_strdup_printf (_ ("Row %d, class %s"), row, class)
                                         : g_strdup_printf (_ ("Row %d"), row);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *picture = view->pictures != NULL ? picture_of (view, point, words) : NULL;
  if (picture != NULL)
    gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), gtk_label_new (words));
  gtk_tooltip_set_custom (tooltip, box);
  return TRUE;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TelarCloudView *view)
{
  guint point;

  if (view->cloud == NULL)
    return;
  view->x = x;
  view->y = y;
  telar_cloud_mark (view->cloud,
                    telar_cloud_point_at (view->cloud, x, y, &point) ? (int)point : -1);
  redraw (view);
}

/* --- how it is seen ---------------------------------------------------------------------- */

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TelarCloudView *view)
{
  gtk_widget_grab_focus (GTK_WIDGET (view));
  view->x = view->y = 0;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TelarCloudView *view)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (view->cloud == NULL)
    return;
  if (telar_cloud_is_solid (view->cloud) && (state & GDK_SHIFT_MASK) == 0)
    telar_cloud_turn (view->cloud, dx - view->x, dy - view->y);
  else
    telar_cloud_move (view->cloud, dx - view->x, dy - view->y);
  view->x = dx;
  view->y = dy;
  redraw (view);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, TelarCloudView *view)
{
  if (n_press != 2 || view->cloud == NULL)
    return;
  telar_cloud_reset (view->cloud);
  redraw (view);
}

/* The page is scrolled unless the cloud is meant, as with charts. */
static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, TelarCloudView *view)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));

  if (view->cloud == NULL ||
      ((state & GDK_CONTROL_MASK) == 0 && !gtk_widget_has_focus (GTK_WIDGET (view))))
    return GDK_EVENT_PROPAGATE;
  telar_cloud_zoom (view->cloud, view->x, view->y, pow (WHEEL_ZOOM, -dy));
  redraw (view);
  return GDK_EVENT_STOP;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TelarCloudView *view)
{
  double dx = key == GDK_KEY_Left ? -KEY_STEP : key == GDK_KEY_Right ? KEY_STEP : 0;
  double dy = key == GDK_KEY_Up ? -KEY_STEP : key == GDK_KEY_Down ? KEY_STEP : 0;
  double zoom = key == GDK_KEY_plus || key == GDK_KEY_KP_Add         ? WHEEL_ZOOM
                : key == GDK_KEY_minus || key == GDK_KEY_KP_Subtract ? 1 / WHEEL_ZOOM
                                                                     : 1;

  if (view->cloud == NULL || (dx == 0 && dy == 0 && zoom == 1 && key != GDK_KEY_0))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_0)
    telar_cloud_reset (view->cloud);
  else if (telar_cloud_is_solid (view->cloud) && (state & GDK_SHIFT_MASK) == 0)
    telar_cloud_turn (view->cloud, dx, dy);
  else
    telar_cloud_move (view->cloud, dx, dy);
  telar_cloud_zoom (view->cloud, gtk_widget_get_width (GTK_WIDGET (view)) / 2.0,
                    gtk_widget_get_height (GTK_WIDGET (view)) / 2.0, zoom);
  redraw (view);
  return GDK_EVENT_STOP;
}

/* --- contents ---------------------------------------------------------------------------- */

void
telar_cloud_view_show (TelarCloudView *view, TelarCloud *cloud, TelarTensor *pictures)
{
  g_return_if_fail (TELAR_IS_CLOUD_VIEW (view));
  g_clear_pointer (&view->cloud, telar_cloud_free);
  g_clear_pointer (&view->pictures, telar_tensor_unref);
  view->cloud = cloud;
  view->pictures = pictures != NULL ? telar_tensor_ref (pictures) : NULL;
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cloud != NULL ? telar_cloud_title (cloud) : "", -1);
  redraw (view);
}

guint
telar_cloud_view_search (TelarCloudView *view, const char *text)
{
  g_return_val_if_fail (TELAR_IS_CLOUD_VIEW (view), 0);
  redraw (view);
  return view->cloud != NULL ? telar_cloud_search (view->cloud, text) : 0;
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_cloud_view_finalize (GObject *object)
{
  TelarCloudView *view = TELAR_CLOUD_VIEW (object);

  telar_cloud_free (view->cloud);
  g_clear_pointer (&view->pictures, telar_tensor_unref);
  G_OBJECT_CLASS (telar_cloud_view_parent_class)->finalize (object);
}

static void
telar_cloud_view_class_init (TelarCloudViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = telar_cloud_view_finalize;
  widget_class->snapshot = telar_cloud_view_snapshot;
  widget_class->measure = telar_cloud_view_measure;
  telar_chart_widget_class_init (widget_class);
}

static void
add (TelarCloudView *view, gpointer controller, const char *signal, GCallback callback)
{
  g_signal_connect (controller, signal, callback, view);
  gtk_widget_add_controller (GTK_WIDGET (view), controller);
}

static void
telar_cloud_view_init (TelarCloudView *view)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), view);
  add (view, drag, "drag-update", G_CALLBACK (on_drag_update));
  add (view, gtk_gesture_click_new (), "pressed", G_CALLBACK (on_pressed));
  add (view, gtk_event_controller_motion_new (), "motion", G_CALLBACK (on_motion));
  add (view, gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL), "scroll",
       G_CALLBACK (on_scroll));
  add (view, gtk_event_controller_key_new (), "key-pressed", G_CALLBACK (on_key));
  gtk_widget_set_hexpand (GTK_WIDGET (view), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (view), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_has_tooltip (GTK_WIDGET (view), TRUE);
  g_signal_connect (view, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
  telar_chart_widget_init (GTK_WIDGET (view));
}

GtkWidget *
telar_cloud_view_new (void)
{
  return g_object_new (TELAR_TYPE_CLOUD_VIEW, NULL);
}
