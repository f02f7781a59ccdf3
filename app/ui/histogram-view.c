/* The histograms' widget. */
#include "app/ui/histogram-view.h"

#include "app/ui/chart-widget.h"

#include <glib/gi18n.h>

#define MIN_WIDTH  260
#define MIN_HEIGHT 230

/* More are not drawn; of more every second goes, as steps grow. */
#define MOST 256

struct _TelarHistogramView {
  GtkWidget parent_instance;

  char *title;
  GPtrArray *histograms;
  TelarHistogramStyle style;
  gint64 step; /* chosen; -1: none */
};

G_DEFINE_FINAL_TYPE (TelarHistogramView, telar_histogram_view, GTK_TYPE_WIDGET)

static TelarHistogramDrawing
drawing_of (TelarHistogramView *view)
{
  return (TelarHistogramDrawing){ view->title, view->histograms, view->style, view->step };
}

static void
draw (GtkWidget *widget, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  TelarHistogramDrawing drawing = drawing_of (TELAR_HISTOGRAM_VIEW (widget));

  telar_histograms_draw (&drawing, cr, width, height, theme);
}

static void
telar_histogram_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  telar_chart_widget_snapshot (widget, snapshot, draw);
}

static void
telar_histogram_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                              int *minimum, int *natural, int *minimum_baseline,
                              int *natural_baseline)
{
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = across ? MIN_WIDTH : MIN_HEIGHT;
  *natural = across ? 440 : 260;
}

/* --- in words ---------------------------------------------------------------------------- */

const TelarHistogram *
telar_histogram_view_get_chosen (TelarHistogramView *view)
{
  for (guint i = 0; i < view->histograms->len; i++) {
    const TelarHistogram *histogram = view->histograms->pdata[i];
    if (histogram->step == view->step)
      return histogram;
  }
  return view->histograms->len > 0 ? view->histograms->pdata[view->histograms->len - 1] : NULL;
}

static char *
describe (TelarHistogramView *view)
{
  const TelarHistogram *histogram = telar_histogram_view_get_chosen (view);

  if (histogram == NULL || !(histogram->n > 0))
    return g_strdup (view->title);
  g_autofree char *others = histogram->others > 0
                                ? g_strdup_printf (_ (", %.0f not finite"), histogram->others)
                                : g_strdup ("");
  return g_strdup_printf (
      _ ("%s at step %d: %.0f numbers from %.3g to %.3g, mean %.3g, deviation %.3g, median %.3g%s"),
      view->title, (int)histogram->step, histogram->n, histogram->min, histogram->max,
      telar_histogram_mean (histogram), telar_histogram_deviation (histogram),
      telar_histogram_quantile (histogram, 0.5), others);
}

static void
refresh (TelarHistogramView *view)
{
  g_autofree char *words = describe (view);

  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (view), words);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* --- choosing ---------------------------------------------------------------------------- */

static void
choose (TelarHistogramView *view, gint64 step)
{
  if (step == view->step)
    return;
  view->step = step;
  refresh (view);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TelarHistogramView *view)
{
  TelarHistogramDrawing drawing = drawing_of (view);
  const TelarHistogram *histogram =
      telar_histograms_pick (&drawing, x, y, gtk_widget_get_width (GTK_WIDGET (view)),
                             gtk_widget_get_height (GTK_WIDGET (view)));

  choose (view, histogram != NULL ? histogram->step : -1);
}

static void
on_leave (GtkEventControllerMotion *controller, TelarHistogramView *view)
{
  choose (view, -1);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TelarHistogramView *view)
{
  guint n = view->histograms->len, at = n;
  int by = key == GDK_KEY_Left || key == GDK_KEY_KP_Left     ? -1
           : key == GDK_KEY_Right || key == GDK_KEY_KP_Right ? 1
                                                             : 0;

  if (key == GDK_KEY_Escape && view->step >= 0) {
    choose (view, -1);
    return TRUE;
  }
  if (by == 0 || n == 0)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (((TelarHistogram *)view->histograms->pdata[i])->step == view->step)
      at = i;
  if (at == n)
    at = n - 1;
  else
    at = (guint)CLAMP ((int)at + by, 0, (int)n - 1);
  choose (view, ((TelarHistogram *)view->histograms->pdata[at])->step);
  return TRUE;
}

/* --- contents ---------------------------------------------------------------------------- */

gint64
telar_histogram_view_last_step (TelarHistogramView *view)
{
  guint n = view->histograms->len;

  return n > 0 ? ((TelarHistogram *)view->histograms->pdata[n - 1])->step : -1;
}

void
telar_histogram_view_add (TelarHistogramView *view, TelarHistogram *histogram)
{
  if (view->histograms->len >= MOST)
    for (guint i = view->histograms->len / 2; i-- > 0;)
      g_ptr_array_remove_index (view->histograms, 2 * i + 1);
  g_ptr_array_add (view->histograms, histogram);
  refresh (view);
}

void
telar_histogram_view_set_style (TelarHistogramView *view, TelarHistogramStyle style)
{
  view->style = style;
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_histogram_view_finalize (GObject *object)
{
  TelarHistogramView *view = TELAR_HISTOGRAM_VIEW (object);

  g_ptr_array_unref (view->histograms);
  g_free (view->title);
  G_OBJECT_CLASS (telar_histogram_view_parent_class)->finalize (object);
}

static void
telar_histogram_view_class_init (TelarHistogramViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = telar_histogram_view_finalize;
  widget_class->snapshot = telar_histogram_view_snapshot;
  widget_class->measure = telar_histogram_view_measure;
  telar_chart_widget_class_init (widget_class);
}

static void
free_histogram (gpointer histogram)
{
  telar_histogram_free (histogram);
}

static void
telar_histogram_view_init (TelarHistogramView *view)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  view->histograms = g_ptr_array_new_with_free_func (free_histogram);
  view->step = -1;
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), view);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), view);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view), motion);
  gtk_widget_add_controller (GTK_WIDGET (view), key);
  telar_chart_widget_init (GTK_WIDGET (view));
}

GtkWidget *
telar_histogram_view_new (const char *title)
{
  TelarHistogramView *view = g_object_new (TELAR_TYPE_HISTOGRAM_VIEW, NULL);

  view->title = g_strdup (title);
  return GTK_WIDGET (view);
}
