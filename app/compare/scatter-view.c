/* The scatter matrix' widget. */
#include "app/compare/scatter-view.h"

#include "app/ui/chart-widget.h"

#include <glib/gi18n.h>
#include <math.h>

#define MIN_WIDTH  420
#define MIN_HEIGHT 260
#define STILL      3.0 /* pixels that a hand moves while it clicks */

struct _TelarScatterView {
  GtkWidget parent_instance;

  TelarScatter *scatter;
  double from_x, from_y;
};

G_DEFINE_FINAL_TYPE (TelarScatterView, telar_scatter_view, GTK_TYPE_WIDGET)

enum { BRUSHED, CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
draw (GtkWidget *widget, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  telar_scatter_draw (TELAR_SCATTER_VIEW (widget)->scatter, cr, width, height, theme);
}

static void
telar_scatter_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  telar_chart_widget_snapshot (widget, snapshot, draw);
}

static void
telar_scatter_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
}

/* What is read out changes when a person stops at a run, not under the pointer. */
static void
show_picked (TelarScatterView *view)
{
  g_autofree char *words = telar_scatter_describe (view->scatter);

  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* --- pointer ----------------------------------------------------------------------------- */

static void
on_motion (GtkEventController *controller, double x, double y, TelarScatterView *view)
{
  if (!telar_scatter_hover (view->scatter, x, y))
    return;
  gtk_widget_set_cursor_from_name (
      GTK_WIDGET (view), telar_scatter_picked (view->scatter) >= 0 ? "pointer" : "crosshair");
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
on_leave (GtkEventController *controller, TelarScatterView *view)
{
  if (telar_scatter_pick (view->scatter, -1))
    gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TelarScatterView *view)
{
  gtk_widget_grab_focus (GTK_WIDGET (view));
  view->from_x = x;
  view->from_y = y;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TelarScatterView *view)
{
  if (hypot (dx, dy) < STILL)
    return;
  telar_scatter_pick (view->scatter, -1);
  telar_scatter_brush (view->scatter, view->from_x, view->from_y, view->from_x + dx,
                       view->from_y + dy);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* A click on a run chooses it, one beside all runs takes the cell's brushes away. */
static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TelarScatterView *view)
{
  if (hypot (dx, dy) < STILL) {
    telar_scatter_hover (view->scatter, view->from_x, view->from_y);
    if (telar_scatter_picked (view->scatter) >= 0) {
      g_signal_emit (view, signals[CHOSEN], 0, (guint)telar_scatter_picked (view->scatter));
      return;
    }
    dx = dy = 0;
  }
  if (telar_scatter_brush (view->scatter, view->from_x, view->from_y, view->from_x + dx,
                           view->from_y + dy))
    g_signal_emit (view, signals[BRUSHED], 0);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* --- keyboard ---------------------------------------------------------------------------- */

static gboolean
walk (TelarScatterView *view, int by, gboolean keep)
{
  if (keep) {
    telar_scatter_extend (view->scatter, by);
    g_signal_emit (view, signals[BRUSHED], 0);
  } else {
    telar_scatter_move (view->scatter, by);
  }
  show_picked (view);
  return GDK_EVENT_STOP;
}

static gboolean
on_key (GtkEventController *controller, guint key, guint code, GdkModifierType state,
        TelarScatterView *view)
{
  gboolean keep = (state & GDK_SHIFT_MASK) != 0;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Right:
  case GDK_KEY_Up:
    return walk (view, 1, keep);
  case GDK_KEY_Left:
  case GDK_KEY_Down:
    return walk (view, -1, keep);
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_space:
    if (telar_scatter_picked (view->scatter) < 0)
      return GDK_EVENT_PROPAGATE;
    g_signal_emit (view, signals[CHOSEN], 0, (guint)telar_scatter_picked (view->scatter));
    return GDK_EVENT_STOP;
  case GDK_KEY_Escape:
    if (!telar_scatter_pick (view->scatter, -1))
      return GDK_EVENT_PROPAGATE; /* the brushes are of whoever holds the axes */
    show_picked (view);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

/* --- contents ---------------------------------------------------------------------------- */

void
telar_scatter_view_show (TelarScatterView *view, TelarRunAxes *axes, const GArray *shown,
                         const char *picked)
{
  g_return_if_fail (TELAR_IS_SCATTER_VIEW (view));
  telar_scatter_show (view->scatter, axes, shown);
  for (guint i = 0; axes != NULL && picked != NULL && i < telar_run_axes_n_runs (axes); i++)
    if (g_str_equal (telar_run_axes_name (axes, i), picked))
      telar_scatter_pick (view->scatter, (int)i);
  show_picked (view);
}

const TelarScatter *
telar_scatter_view_get (TelarScatterView *view)
{
  return view->scatter;
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_scatter_view_finalize (GObject *object)
{
  telar_scatter_free (TELAR_SCATTER_VIEW (object)->scatter);
  G_OBJECT_CLASS (telar_scatter_view_parent_class)->finalize (object);
}

static void
telar_scatter_view_class_init (TelarScatterViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = telar_scatter_view_finalize;
  widget_class->snapshot = telar_scatter_view_snapshot;
  widget_class->measure = telar_scatter_view_measure;
  telar_chart_widget_class_init (widget_class);
  signals[BRUSHED] = g_signal_new ("brushed", TELAR_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[CHOSEN] = g_signal_new ("chosen", TELAR_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
telar_scatter_view_init (TelarScatterView *view)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  view->scatter = telar_scatter_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), view);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), view);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), view);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), view);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), view);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), view);
  gtk_widget_add_controller (GTK_WIDGET (view), motion);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (drag));
  telar_chart_widget_init (GTK_WIDGET (view));
}

GtkWidget *
telar_scatter_view_new (void)
{
  return g_object_new (TELAR_TYPE_SCATTER_VIEW, NULL);
}
