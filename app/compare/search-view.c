/* Axes are the settings that differ, those that matter most first, and the result at the end. */
#include "app/compare/search-view.h"

#include "app/ui/chart-widget.h"
#include "app/ui/run-text.h"
#include "app/ui/section-stack.h"
#include "insight/association.h"
#include "insight/parallel.h"

#include <glib/gi18n.h>
#include <math.h>

#define MOST_AXES 8 /* of settings; more have no room */

struct _TelarSearchView {
  AdwBin parent_instance;

  TelarRunSet *set;
  GPtrArray *items; /* TelarRunItem */
  TelarParallel *parallel;
  GtkWidget *area, *result, *count;
  GtkStack *stack;
  GPtrArray *results; /* names of the metrics in the choice */
  gboolean filling;
  int axis; /* that is being brushed, or -1 */
  double from;
};

G_DEFINE_FINAL_TYPE (TelarSearchView, telar_search_view, ADW_TYPE_BIN)

static guint brushed_signal;

/* --- axes -------------------------------------------------------------------------------- */

typedef struct {
  char *key;
  double *numbers;
  const char **words; /* NULL: numbers */
  double strength;
} Candidate;

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->key);
  g_free (candidate->numbers);
  g_free (candidate->words);
  g_free (candidate);
}

static Candidate *
new_candidate (const GPtrArray *items, const char *choice)
{
  Candidate *candidate = g_new0 (Candidate, 1);
  gboolean numeric = TRUE;

  candidate->key = g_strconcat ("choice:", choice, NULL);
  candidate->numbers = g_new (double, items->len);
  candidate->words = g_new (const char *, items->len);
  for (guint i = 0; i < items->len; i++) {
    candidate->words[i] = telar_choices_get (telar_run_item_choices (items->pdata[i]), choice);
    candidate->numbers[i] = telar_run_item_number (items->pdata[i], candidate->key);
    numeric = numeric && (candidate->words[i] == NULL || !isnan (candidate->numbers[i]));
  }
  if (numeric)
    g_clear_pointer (&candidate->words, g_free);
  return candidate;
}

static int
compare_strengths (gconstpointer a, gconstpointer b)
{
  double one = fabs ((*(Candidate *const *)a)->strength);
  double other = fabs ((*(Candidate *const *)b)->strength);

  one = isnan (one) ? -1 : one;
  other = isnan (other) ? -1 : other;
  return one > other ? -1 : one < other;
}

/* Steps of tens are seen on a logarithmic axis. */
static gboolean
spans_decades (const double *values, guint n)
{
  double min = INFINITY, max = 0;

  for (guint i = 0; i < n; i++) {
    if (values[i] <= 0)
      return FALSE;
    min = isnan (values[i]) ? min : MIN (min, values[i]);
    max = isnan (values[i]) ? max : MAX (max, values[i]);
  }
  return max >= 50 * min;
}

static gboolean
are_whole (const double *values, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!isnan (values[i]) && values[i] != floor (values[i]))
      return FALSE;
  return TRUE;
}

static void
add_axis (TelarSearchView *view, const Candidate *candidate)
{
  g_autofree char *title = telar_run_column_title (candidate->key);

  if (candidate->words != NULL)
    telar_parallel_add_words (view->parallel, title, candidate->words, candidate->strength);
  else
    telar_parallel_add_numbers (view->parallel, title,
                                are_whole (candidate->numbers, view->items->len) ? TELAR_UNIT_COUNT
                                                                                 : TELAR_UNIT_NONE,
                                spans_decades (candidate->numbers, view->items->len),
                                candidate->numbers, candidate->strength);
}

static GPtrArray *
rank_candidates (TelarSearchView *view, const double *result)
{
  const GPtrArray *varying = telar_run_set_varying (view->set);
  GPtrArray *candidates = g_ptr_array_new_with_free_func (candidate_free);

  for (guint i = 0; i < varying->len; i++) {
    Candidate *candidate = new_candidate (view->items, varying->pdata[i]);
    candidate->strength =
        candidate->words != NULL
            ? telar_rank_ratio (candidate->words, result, view->items->len)
            : telar_rank_correlation (candidate->numbers, result, view->items->len);
    g_ptr_array_add (candidates, candidate);
  }
  g_ptr_array_sort (candidates, compare_strengths);
  return candidates;
}

static void
tell_brushed (TelarSearchView *view)
{
  g_autoptr (GPtrArray) passing = g_ptr_array_new ();

  for (guint i = 0; i < view->items->len; i++)
    if (telar_parallel_passes (view->parallel, i))
      g_ptr_array_add (passing, view->items->pdata[i]);
  g_autofree char *text = g_strdup_printf (_ ("%u of %u runs"), passing->len, view->items->len);
  gtk_label_set_text (GTK_LABEL (view->count), text);
  g_signal_emit (view, brushed_signal, 0, passing);
}

static void
fill (TelarSearchView *view)
{
  guint n = view->items->len, chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (view->result));
  g_autofree double *result = g_new (double, n + 1);

  telar_parallel_reset (view->parallel, n);
  gtk_label_set_text (GTK_LABEL (view->count), NULL);
  telar_section_stack_set_filled (view->stack, n > 0 && chosen < view->results->len);
  if (n == 0 || chosen >= view->results->len)
    return;
  g_autofree char *key = g_strconcat ("last:", view->results->pdata[chosen], NULL);
  g_autofree char *title = telar_run_column_title (key);
  for (guint i = 0; i < n; i++)
    result[i] = telar_run_item_number (view->items->pdata[i], key);
  g_autoptr (GPtrArray) candidates = rank_candidates (view, result);
  for (guint i = 0; i < MIN (candidates->len, MOST_AXES); i++)
    add_axis (view, candidates->pdata[i]);
  guint axis = telar_parallel_add_numbers (view->parallel, title, telar_run_column_unit (key),
                                           FALSE, result, NAN);
  telar_parallel_set_color_axis (view->parallel, axis);
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

void
telar_search_view_show (TelarSearchView *view, const GPtrArray *items)
{
  g_return_if_fail (TELAR_IS_SEARCH_VIEW (view));
  g_ptr_array_set_size (view->items, 0);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (view->items, g_object_ref (items->pdata[i]));
  fill_results (view);
  fill (view);
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
  gtk_widget_queue_draw (view->area);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TelarSearchView *view)
{
  on_drag_update (gesture, dx, dy, view);
  if (view->axis >= 0)
    tell_brushed (view);
  view->axis = -1;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TelarSearchView *view)
{
  if (key != GDK_KEY_Escape || !telar_parallel_is_brushed (view->parallel))
    return GDK_EVENT_PROPAGATE;
  for (guint i = 0; i < telar_parallel_n_axes (view->parallel); i++)
    telar_parallel_brush (view->parallel, i, 0, 0);
  gtk_widget_queue_draw (view->area);
  tell_brushed (view);
  return GDK_EVENT_STOP;
}

/* --- life -------------------------------------------------------------------------------- */

static void
finalize (GObject *object)
{
  TelarSearchView *view = TELAR_SEARCH_VIEW (object);

  g_ptr_array_unref (view->items);
  g_ptr_array_unref (view->results);
  telar_parallel_free (view->parallel);
  g_clear_object (&view->set);
  G_OBJECT_CLASS (telar_search_view_parent_class)->finalize (object);
}

static void
telar_search_view_class_init (TelarSearchViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  brushed_signal = g_signal_new ("brushed", TELAR_TYPE_SEARCH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
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
  GtkEventController *keys = gtk_event_controller_key_new ();

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
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (view->area, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (view->area, keys);
  return view->area;
}

GtkWidget *
telar_search_view_new (TelarRunSet *set)
{
  TelarSearchView *view = g_object_new (TELAR_TYPE_SEARCH_VIEW, NULL);
  const char *const none[] = { NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (_ ("Result"));

  view->set = g_object_ref (set);
  gtk_widget_add_css_class (label, "dim-label");
  view->result = gtk_drop_down_new_from_strings (none);
  g_signal_connect_object (view->result, "notify::selected", G_CALLBACK (on_result), view,
                           G_CONNECT_SWAPPED);
  view->count = gtk_label_new (NULL);
  gtk_widget_add_css_class (view->count, "figures");
  gtk_box_append (GTK_BOX (bar), label);
  gtk_box_append (GTK_BOX (bar), view->result);
  gtk_box_append (GTK_BOX (bar), view->count);
  g_object_set (bar, "margin-start", 12, "margin-end", 12, "margin-top", 8, NULL);
  view->stack = telar_section_stack_new (_ ("Nothing to Compare"),
                                         _ ("Runs with a metric show here what their settings did"),
                                         build_area (view));
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (view->stack));
  adw_bin_set_child (ADW_BIN (view), box);
  return GTK_WIDGET (view);
}
