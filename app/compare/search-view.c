/* Axes are the settings that differ, those that matter most first, and the result behind them. */
#include "app/compare/search-view.h"

#include "app/compare/axis-chooser.h"
#include "app/compare/scatter-view.h"
#include "app/ui/chart-widget.h"
#include "app/ui/run-text.h"
#include "app/ui/section-stack.h"
#include "insight/parallel.h"

#include <glib/gi18n.h>

/* Settings beside the result; more have no room. */
#define MOST_PARALLEL 8
#define MOST_SCATTER  4

struct _TelarSearchView {
  AdwBin parent_instance;

  TelarRunSet *set;
  GPtrArray *items;   /* TelarRunItem */
  TelarRunAxes *axes; /* of these; NULL: none */
  gboolean stale;     /* they are of earlier items */
  TelarParallel *parallel;
  TelarScatterView *scatter;
  TelarAxisChooser *chooser;
  GtkWidget *area, *result, *count;
  GtkStack *stack, *views;
  GPtrArray *results; /* names of the metrics in the choice */
  gboolean filling;
  int axis; /* that is being brushed, or -1 */
  double from;
};

G_DEFINE_FINAL_TYPE (TelarSearchView, telar_search_view, ADW_TYPE_BIN)

static guint chosen_signal;

/* --- axes -------------------------------------------------------------------------------- */

static TelarRunAxes *
make_axes (TelarSearchView *view, const char *result)
{
  static const TelarSearchWords words = { telar_run_column_title, telar_run_column_unit };
  guint n = view->items->len;
  g_autofree TelarSearchRun *runs = g_new0 (TelarSearchRun, n);

  for (guint i = 0; i < n; i++) {
    TelarRunItem *item = view->items->pdata[i];
    runs[i] = (TelarSearchRun){ telar_run_item_row (item)->name, telar_run_item_choices (item),
                                telar_run_item_metrics (item) };
  }
  return telar_run_axes_of_search (runs, n, result, &words);
}

/* Runs come and go while others are looked at. */
static void
keep_brushes (const TelarRunAxes *before, TelarRunAxes *axes)
{
  for (guint i = 0; before != NULL && i < telar_run_axes_n (before); i++) {
    const TelarRunAxis *axis = telar_run_axes_get (before, i);
    int now = axis->brushed ? telar_run_axes_find (axes, axis->key) : -1;
    if (now >= 0)
      telar_run_axes_brush (axes, (guint)now, axis->low, axis->high);
  }
}

static void
show_count (TelarSearchView *view)
{
  guint passing = 0, n = view->axes != NULL ? telar_run_axes_n_runs (view->axes) : 0;

  for (guint i = 0; i < n; i++)
    passing += telar_run_axes_passes (view->axes, i) ? 1 : 0;
  gboolean brushed = view->axes != NULL && telar_run_axes_is_brushed (view->axes);
  g_autofree char *text = brushed ? g_strdup_printf (_ ("%u of %u runs"), passing, n) : NULL;
  gtk_label_set_text (GTK_LABEL (view->count), text);
}

static void
on_brushed (TelarSearchView *view)
{
  show_count (view);
  gtk_widget_queue_draw (view->area);
  gtk_widget_queue_draw (GTK_WIDGET (view->scatter));
}

static void
show_scatter (TelarSearchView *view, const char *picked)
{
  g_autoptr (GArray) shown = telar_axis_chooser_shown (view->chooser, view->axes);

  telar_scatter_view_show (view->scatter, view->axes, shown, picked);
}

static char *
picked_name (TelarSearchView *view)
{
  int picked = telar_scatter_picked (telar_scatter_view_get (view->scatter));

  return picked >= 0 ? g_strdup (telar_run_axes_name (view->axes, (guint)picked)) : NULL;
}

static void
on_axes (TelarSearchView *view)
{
  g_autofree char *picked = picked_name (view);

  show_scatter (view, picked);
}

/* Of nothing, or of the result that is chosen. */
static void
fill (TelarSearchView *view)
{
  guint n = view->items->len, chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (view->result));
  gboolean some = n > 0 && chosen < view->results->len;
  g_autofree char *picked = picked_name (view);
  g_autoptr (TelarRunAxes) before = g_steal_pointer (&view->axes);

  view->stale = FALSE;
  telar_parallel_show (view->parallel, NULL, NULL);
  telar_scatter_view_show (view->scatter, NULL, NULL, NULL);
  if (some) {
    view->axes = make_axes (view, view->results->pdata[chosen]);
    keep_brushes (before, view->axes);
    g_autoptr (GArray) parallel = telar_run_axes_choose (view->axes, MOST_PARALLEL);
    g_autoptr (GArray) usual = telar_run_axes_choose (view->axes, MOST_SCATTER);
    telar_parallel_show (view->parallel, view->axes, parallel);
    telar_axis_chooser_set_axes (view->chooser, view->axes, usual);
    show_scatter (view, picked);
  }
  show_count (view);
  telar_section_stack_set_filled (view->stack, some);
  gtk_widget_queue_draw (view->area);
}

static void
on_result (TelarSearchView *view)
{
  if (!view->filling)
    fill (view);
}

/* The choice keeps what was chosen while metrics come and go. */
static void
fill_results (TelarSearchView *view)
{
  const GPtrArray *metrics = telar_run_set_metrics (view->set);
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (view->result)), selected = 0;
  g_autofree char *before =
      chosen < view->results->len ? g_strdup (view->results->pdata[chosen]) : NULL;
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  view->filling = TRUE;
  g_ptr_array_set_size (view->results, 0);
  for (guint i = 0; i < metrics->len; i++) {
    g_autofree char *key = g_strconcat ("last:", metrics->pdata[i], NULL);
    g_autofree char *title = telar_run_column_title (key);
    gtk_string_list_append (titles, title);
    g_ptr_array_add (view->results, g_strdup (metrics->pdata[i]));
    if (g_strcmp0 (before, metrics->pdata[i]) == 0)
      selected = i;
  }
  gtk_drop_down_set_model (GTK_DROP_DOWN (view->result), G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (view->result), selected);
  view->filling = FALSE;
}

static void
bring_up_to_date (TelarSearchView *view)
{
  fill_results (view);
  fill (view);
}

void
telar_search_view_show (TelarSearchView *view, const GPtrArray *items)
{
  g_return_if_fail (TELAR_IS_SEARCH_VIEW (view));
  g_ptr_array_set_size (view->items, 0);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (view->items, g_object_ref (items->pdata[i]));
  view->stale = TRUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (view)))
    bring_up_to_date (view);
}

/* What nobody sees is not ranked at every point that a run records. */
static void
telar_search_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (telar_search_view_parent_class)->map (widget);
  if (TELAR_SEARCH_VIEW (widget)->stale)
    bring_up_to_date (TELAR_SEARCH_VIEW (widget));
}

/* --- drawing and brushing ---------------------------------------------------------------- */

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  g_autofree char *font = NULL;
  TelarChartTheme theme;

  telar_chart_theme_of (GTK_WIDGET (area), &theme, &font);
  telar_parallel_draw (TELAR_SEARCH_VIEW (data)->parallel, cr, width, height, &theme);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TelarSearchView *view)
{
  gtk_widget_grab_focus (view->area);
  view->axis = telar_parallel_axis_at (view->parallel, x, y);
  view->from = y;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TelarSearchView *view)
{
  if (view->axis < 0)
    return;
  telar_parallel_brush (view->parallel, (guint)view->axis, view->from, view->from + dy);
  on_brushed (view);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TelarSearchView *view)
{
  on_drag_update (gesture, dx, dy, view);
  view->axis = -1;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TelarSearchView *view)
{
  if (key != GDK_KEY_Escape || view->axes == NULL || !telar_run_axes_unbrush_all (view->axes))
    return GDK_EVENT_PROPAGATE;
  on_brushed (view);
  return GDK_EVENT_STOP;
}

static void
on_chosen (TelarScatterView *scatter, guint run, TelarSearchView *view)
{
  if (run < view->items->len)
    g_signal_emit (view, chosen_signal, 0, telar_run_item_id (view->items->pdata[run]));
}

/* --- life -------------------------------------------------------------------------------- */

static void
finalize (GObject *object)
{
  TelarSearchView *view = TELAR_SEARCH_VIEW (object);

  g_ptr_array_unref (view->items);
  g_ptr_array_unref (view->results);
  telar_parallel_free (view->parallel);
  telar_run_axes_free (view->axes);
  g_clear_object (&view->set);
  G_OBJECT_CLASS (telar_search_view_parent_class)->finalize (object);
}

static void
telar_search_view_class_init (TelarSearchViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  GTK_WIDGET_CLASS (klass)->map = telar_search_view_map;
  chosen_signal = g_signal_new ("chosen", TELAR_TYPE_SEARCH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
telar_search_view_init (TelarSearchView *view)
{
  view->items = g_ptr_array_new_with_free_func (g_object_unref);
  view->results = g_ptr_array_new_with_free_func (g_free);
  view->parallel = telar_parallel_new ();
  view->axis = -1;
}

static GtkWidget *
build_area (TelarSearchView *view)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  view->area = gtk_drawing_area_new ();
  gtk_widget_set_vexpand (view->area, TRUE);
  gtk_widget_set_focusable (view->area, TRUE);
  gtk_widget_set_tooltip_text (view->area, _ ("Drag along an axis to keep a part of it; Escape "
                                              "shows all again"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->area), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Settings and result of each run"), -1);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (view->area), draw, view, NULL);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), view);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), view);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), view);
  gtk_widget_add_controller (view->area, GTK_EVENT_CONTROLLER (drag));
  return view->area;
}

/* Either with all the room; Escape is for both. */
static GtkWidget *
build_views (TelarSearchView *view)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  view->scatter = TELAR_SCATTER_VIEW (telar_scatter_view_new ());
  g_signal_connect_object (view->scatter, "brushed", G_CALLBACK (on_brushed), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view->scatter, "chosen", G_CALLBACK (on_chosen), view, 0);
  gtk_widget_set_vexpand (GTK_WIDGET (view->scatter), TRUE);
  g_object_set (view->scatter, "margin-start", 12, "margin-end", 12, "margin-bottom", 12, NULL);
  view->views = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_titled (view->views, build_area (view), "parallel", _ ("Parallel Coordinates"));
  gtk_stack_add_titled (view->views, GTK_WIDGET (view->scatter), "scatter", _ ("Scatter Matrix"));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view->views), keys);
  return GTK_WIDGET (view->views);
}

static void
on_view (TelarSearchView *view)
{
  const char *name = gtk_stack_get_visible_child_name (view->views);

  gtk_widget_set_visible (GTK_WIDGET (view->chooser), g_strcmp0 (name, "scatter") == 0);
}

static GtkWidget *
build_bar (TelarSearchView *view)
{
  const char *const none[] = { NULL };
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (_ ("Result")), *switcher = gtk_stack_switcher_new ();

  gtk_widget_add_css_class (label, "dim-label");
  view->result = gtk_drop_down_new_from_strings (none);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->result), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Result"), -1);
  g_signal_connect_object (view->result, "notify::selected", G_CALLBACK (on_result), view,
                           G_CONNECT_SWAPPED);
  view->count = gtk_label_new (NULL);
  gtk_widget_add_css_class (view->count, "figures");
  gtk_widget_set_hexpand (view->count, TRUE);
  gtk_widget_set_halign (view->count, GTK_ALIGN_START);
  view->chooser = TELAR_AXIS_CHOOSER (telar_axis_chooser_new (TELAR_SCATTER_MOST_AXES));
  g_signal_connect_object (view->chooser, "changed", G_CALLBACK (on_axes), view, G_CONNECT_SWAPPED);
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), view->views);
  g_signal_connect_object (view->views, "notify::visible-child", G_CALLBACK (on_view), view,
                           G_CONNECT_SWAPPED);
  on_view (view);
  gtk_box_append (GTK_BOX (bar), label);
  gtk_box_append (GTK_BOX (bar), view->result);
  gtk_box_append (GTK_BOX (bar), view->count);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (view->chooser));
  gtk_box_append (GTK_BOX (bar), switcher);
  g_object_set (bar, "margin-start", 12, "margin-end", 12, "margin-top", 8, NULL);
  return bar;
}

GtkWidget *
telar_search_view_new (TelarRunSet *set)
{
  TelarSearchView *view = g_object_new (TELAR_TYPE_SEARCH_VIEW, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  view->set = g_object_ref (set);
  view->stack = telar_section_stack_new (_ ("Nothing to Compare"),
                                         _ ("Runs with a metric show here what their settings did"),
                                         build_views (view));
  gtk_box_append (GTK_BOX (box), build_bar (view));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (view->stack));
  adw_bin_set_child (ADW_BIN (view), box);
  return GTK_WIDGET (view);
}
