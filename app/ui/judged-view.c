/* The curves' widget. */
#include "app/ui/judged-view.h"

#include "app/ui/chart-widget.h"

#include <glib/gi18n.h>

#define MIN_WIDTH  380
#define MIN_HEIGHT 300

struct _TelarJudgedView {
  GtkWidget parent_instance;

  TelarJudgedChart *chart;
};

G_DEFINE_FINAL_TYPE (TelarJudgedView, telar_judged_view, GTK_TYPE_WIDGET)

static void
draw (GtkWidget *widget, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  telar_judged_chart_draw (TELAR_JUDGED_VIEW (widget)->chart, cr, width, height, theme);
}

static void
telar_judged_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  telar_chart_widget_snapshot (widget, snapshot, draw);
}

static void
telar_judged_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
}

/* --- what is picked out ------------------------------------------------------------------ */

static void
show_picked (TelarJudgedView *view)
{
  g_autofree char *words = telar_judged_chart_describe (view->chart);

  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
on_motion (GtkEventController *controller, double x, double y, TelarJudgedView *view)
{
  if (telar_judged_chart_hover (view->chart, x, y))
    gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
on_leave (GtkEventController *controller, TelarJudgedView *view)
{
  if (telar_judged_chart_leave (view->chart))
    show_picked (view);
}

static gboolean
on_key (GtkEventController *controller, guint key, guint code, GdkModifierType state,
        TelarJudgedView *view)
{
  if (key == GDK_KEY_Escape && telar_judged_chart_leave (view->chart)) {
    show_picked (view);
    return GDK_EVENT_STOP;
  }
  if (key != GDK_KEY_Down && key != GDK_KEY_Up)
    return GDK_EVENT_PROPAGATE;
  telar_judged_chart_move (view->chart, key == GDK_KEY_Down ? 1 : -1);
  show_picked (view);
  return GDK_EVENT_STOP;
}

/* --- contents ---------------------------------------------------------------------------- */

gboolean
telar_judged_view_show (TelarJudgedView *view, TelarStore *store, gint64 run, gint64 step,
                        const char *classes, GError **error)
{
  if (!telar_judged_chart_read (view->chart, store, run, "val_", step, error))
    return FALSE;
  telar_judged_chart_set_classes (view->chart, classes);
  show_picked (view);
  return TRUE;
}

const TelarJudgedChart *
telar_judged_view_get_chart (TelarJudgedView *view)
{
  return view->chart;
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_judged_view_finalize (GObject *object)
{
  telar_judged_chart_free (TELAR_JUDGED_VIEW (object)->chart);
  G_OBJECT_CLASS (telar_judged_view_parent_class)->finalize (object);
}

static void
telar_judged_view_class_init (TelarJudgedViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = telar_judged_view_finalize;
  widget_class->snapshot = telar_judged_view_snapshot;
  widget_class->measure = telar_judged_view_measure;
  telar_chart_widget_class_init (widget_class);
}

static void
telar_judged_view_init (TelarJudgedView *view)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), view);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), view);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view), motion);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  telar_chart_widget_init (GTK_WIDGET (view));
}

GtkWidget *
telar_judged_view_new (TelarJudgedKind kind)
{
  TelarJudgedView *view = g_object_new (TELAR_TYPE_JUDGED_VIEW, NULL);
  const TelarJudgedWords words[] = {
    [TELAR_JUDGED_PRECISION_RECALL] = { .title = _ ("Precision and recall"),
                                        .x = _ ("recall"),
                                        .y = _ ("precision"),
                                        .area = _ ("average precision") },
    [TELAR_JUDGED_ROC] = { .title = _ ("ROC"),
                           .x = _ ("false positives"),
                           .y = _ ("true positives"),
                           .area = _ ("area under the curve") },
    [TELAR_JUDGED_CALIBRATION] = { .title = _ ("Calibration"),
                                   .x = _ ("predicted probability"),
                                   .y = _ ("share that is right"),
                                   .area = _ ("expected error") },
  };
  TelarJudgedWords all = words[kind];

  all.all = _ ("all classes");
  all.answers = _ ("the answers");
  all.one = _ ("class %s");
  view->chart = telar_judged_chart_new (kind, &all);
  return GTK_WIDGET (view);
}
