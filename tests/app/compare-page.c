/* The Compare page in process, under a display: a real store with runs of a search. */
#include "app/compare/compare-page.h"
#include "app/compare/overlay.h"
#include "app/compare/scatter-view.h"
#include "app/compare/search-view.h"
#include "app/ui/chart-view.h"
#include "app/ui/diff-view.h"
#include "engine/monitor.h"
#include "engine/operator.h"
#include "insight/store.h"
#include "tests/app/screen.h"

#include <math.h>
#include <string.h>

typedef struct {
  char *workspace;
  GtkWidget *window;
  TelarComparePage *page;
} Fixture;

/* --- recording --------------------------------------------------------------------------- */

#define STEPS 60

static void
record (const char *workspace, const char *run, double rate, int units, guint64 seed)
{
  g_autofree char *settings = g_strdup_printf ("{\"learning_rate\": %g, \"optimizer\": \"%s\"}",
                                               rate, units > 100 ? "adam" : "sgd");
  g_autofree char *graph = g_strdup_printf (
      "{\"telar\": 1, \"seed\": %d, \"nodes\": [{\"id\": \"dense1\", \"op\": \"dense\","
      " \"params\": {\"units\": %d}}], \"edges\": []}",
      (int)seed, units);
  TelarRecording recording = { .run = run, .graph = graph, .settings = settings };
  TelarRunInfo info = { .run = run,
                        .device = "cpu",
                        .steps_per_epoch = STEPS / 6,
                        .epochs = 6,
                        .seed = seed,
                        .parameters = 785 * units };
  g_autoptr (GError) error = NULL;
  TelarMonitor *monitor = telar_recorder_new (workspace, &recording, &error);

  g_assert_no_error (error);
  telar_monitor_begin (monitor, &info);
  double speed = 3 * exp (-pow (log10 (rate) + 2, 2)), height = 1 + 20.0 / units;
  for (gint64 step = 1; step <= STEPS; step++) {
    double part = (double)step / STEPS, noise = 0.05 * sin ((double)(step * step) + 7.0 * seed);
    double loss = height * exp (-speed * part) + 0.05 + noise * (1 - part);
    telar_monitor_scalar (monitor, "loss", step, loss);
    if (step % (STEPS / 6) != 0)
      continue;
    TelarMetricValue metrics[] = { { "loss", loss },
                                   { "val_loss", loss + 0.05 },
                                   { "val_accuracy", 1 - 0.4 * loss } };
    telar_monitor_epoch (monitor, step / (STEPS / 6), step, metrics, G_N_ELEMENTS (metrics));
  }
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
}

static void
record_search (const char *workspace)
{
  static const double rates[] = { 0.1, 0.03, 0.01, 0.001 };
  static const int units[] = { 32, 128, 512 };

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++)
    for (guint u = 0; u < G_N_ELEMENTS (units); u++)
      for (guint64 seed = 1; seed <= (u == 1 ? 3 : 1); seed++) {
        g_autofree char *name = g_strdup_printf ("search-%u%u-%d", r + 1, u + 1, (int)seed);
        record (workspace, name, rates[r], units[u], seed);
      }
}

/* --- the window -------------------------------------------------------------------------- */

static TelarStore *
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  TelarStore *store = telar_store_open (fixture->workspace, FALSE, &error);

  g_assert_no_error (error);
  return store;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->workspace = g_dir_make_tmp ("telar-compare-page-XXXXXX", NULL);
  if (data != NULL)
    record_search (fixture->workspace);
  fixture->page = TELAR_COMPARE_PAGE (telar_compare_page_new ());
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1360, 940);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (fixture->window);
  telar_compare_page_set_workspace (fixture->page, fixture->workspace);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", fixture->workspace, NULL };

  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *)&fixture->page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (fixture->page != NULL) /* a reading in the background may still hold it */
    g_main_context_iteration (NULL, TRUE);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (fixture->workspace);
}

static TelarRunTable *
table_of (Fixture *fixture)
{
  return telar_compare_page_table (fixture->page);
}

static guint
n_shown (Fixture *fixture)
{
  g_autoptr (GPtrArray) shown = telar_run_table_shown (table_of (fixture));

  return shown->len;
}

static void
wait_for_rows (Fixture *fixture, guint n)
{
  while (n_shown (fixture) != n)
    g_main_context_iteration (NULL, TRUE);
}

static TelarRunItem *
item_named (Fixture *fixture, const char *name)
{
  g_autoptr (GPtrArray) shown = telar_run_table_shown (table_of (fixture));

  for (guint i = 0; i < shown->len; i++)
    if (g_str_equal (telar_run_item_row (shown->pdata[i])->name, name))
      return shown->pdata[i];
  return NULL;
}

static void
act (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (table_of (fixture)), action, NULL));
}

/* --- tests ------------------------------------------------------------------------------- */

#define RUNS 20

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  test_wait_for (fixture->window, test_is_label, "Nothing to Compare Yet");
  test_picture (fixture->window, "compare-empty");
}

static void
test_columns (Fixture *fixture, gconstpointer data)
{
  wait_for_rows (fixture, RUNS);
  g_auto (GStrv) columns = telar_run_table_columns (table_of (fixture));
  static const char *const wanted[] = {
    "name",          "choice:learning_rate", "choice:dense1.units", "choice:optimizer",
    "last:val_loss", "last:val_accuracy",    "best:val_accuracy",   "duration"
  };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_true (g_strv_contains ((const char *const *)columns, wanted[i]));

  TelarRunItem *item = item_named (fixture, "search-32-1");
  g_autofree char *rate = telar_run_item_text (item, "choice:learning_rate");
  g_assert_cmpstr (rate, ==, "0.01");
  g_assert_cmpfloat (telar_run_item_number (item, "choice:dense1.units"), ==, 128);
  g_assert_cmpfloat (telar_run_item_number (item, "parameters"), ==, 785 * 128);
  g_assert_cmpfloat (telar_run_item_number (item, "best:val_loss"), <=,
                     telar_run_item_number (item, "last:val_loss"));
  g_assert_cmpint (
      telar_run_item_compare (item, item_named (fixture, "search-12-1"), "choice:learning_rate"), <,
      0);
  test_picture (fixture->window, "compare-table");
}

static void
test_filter (Fixture *fixture, gconstpointer data)
{
  wait_for_rows (fixture, RUNS);
  telar_run_table_set_filter (table_of (fixture), "^search-2.-1$");
  g_assert_cmpuint (n_shown (fixture), ==, 3);
  telar_run_table_set_filter (table_of (fixture), "search-(");
  g_assert_cmpuint (n_shown (fixture), ==, 3); /* half an expression changes nothing */
  telar_run_table_set_filter (table_of (fixture), "nobody");
  test_wait_for (fixture->window, test_is_label, "No Run Fits");
  telar_run_table_set_filter (table_of (fixture), "");
  g_assert_cmpuint (n_shown (fixture), ==, RUNS);
}

static void
select_alone (Fixture *fixture, const char *name)
{
  g_autofree char *expression = g_strdup_printf ("^%s$", name);

  telar_run_table_set_filter (table_of (fixture), expression);
  telar_run_table_select_first (table_of (fixture), 1);
  telar_run_table_set_filter (table_of (fixture), "");
}

static void
test_marks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarStore) store = open_store (fixture);
  g_autoptr (GError) error = NULL;

  wait_for_rows (fixture, RUNS);
  TelarRunItem *item = item_named (fixture, "search-11-1");
  select_alone (fixture, "search-11-1");
  act (fixture, "runs.star");
  while (!telar_run_item_row (item)->star)
    g_main_context_iteration (NULL, TRUE);

  /* Another program speaks of it: the table follows. */
  g_assert_true (telar_store_set_labels (store, telar_run_item_id (item), "a, b ,,a", &error));
  g_assert_true (telar_store_set_note (store, telar_run_item_id (item), "too fast", &error));
  while (telar_run_item_row (item)->note == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (telar_run_item_row (item)->labels, ==, "a, b");
  telar_run_table_set_filter (table_of (fixture), "too f.st");
  g_assert_cmpuint (n_shown (fixture), ==, 1);
}

static void
test_delete (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarStore) store = open_store (fixture);
  g_autoptr (GError) error = NULL;

  wait_for_rows (fixture, RUNS);
  select_alone (fixture, "search-43-1");
  act (fixture, "runs.delete");
  g_assert_cmpuint (n_shown (fixture), ==, RUNS - 1);
  GtkWidget *undo = test_wait_for (fixture->window, test_is_button, "Undo");
  g_signal_emit_by_name (undo, "clicked");
  wait_for_rows (fixture, RUNS);
  g_autoptr (TelarRunRow) kept G_GNUC_UNUSED = telar_store_find_run (store, "search-43-1", &error);
  g_assert_no_error (error);

  /* The next deletion makes the one before final. */
  select_alone (fixture, "search-43-1");
  act (fixture, "runs.delete");
  select_alone (fixture, "search-42-1");
  act (fixture, "runs.delete");
  g_assert_null (telar_store_find_run (store, "search-43-1", &error));
  g_clear_error (&error);
  g_autoptr (TelarRunRow) waiting G_GNUC_UNUSED =
      telar_store_find_run (store, "search-42-1", &error);
  g_assert_no_error (error);
  wait_for_rows (fixture, RUNS - 2);
}

/* --- charts ------------------------------------------------------------------------------ */

static gboolean
is_chart (GtkWidget *widget, const char *tag)
{
  return TELAR_IS_CHART_VIEW (widget) && g_str_equal (gtk_widget_get_name (widget), tag);
}

static gboolean
is_overlay (GtkWidget *widget, const char *unused)
{
  return TELAR_IS_OVERLAY (widget);
}

static TelarChart *
chart_of (Fixture *fixture, const char *tag)
{
  GtkWidget *view = test_wait_for (fixture->window, is_chart, tag);

  return telar_chart_view_get_chart (TELAR_CHART_VIEW (view));
}

static void
wait_for_series (Fixture *fixture, const char *tag, guint n)
{
  while (telar_chart_n_series (chart_of (fixture, tag)) != n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_charts (Fixture *fixture, gconstpointer data)
{
  TelarPoint last;

  wait_for_rows (fixture, RUNS);
  wait_for_series (fixture, "loss", 5); /* the newest were selected */
  g_assert_cmpstr (telar_chart_series_name (chart_of (fixture, "loss"), 0), ==, "search-43-1");
  g_assert_true (telar_chart_last (chart_of (fixture, "loss"), 0, &last));
  g_assert_cmpint (last.step, ==, STEPS);
  g_assert_cmpint (telar_run_item_style (item_named (fixture, "search-43-1")), ==, 0);
  g_assert_cmpint (telar_run_item_style (item_named (fixture, "search-11-1")), ==, -1);
  test_picture (fixture->window, "compare-charts");

  /* One crosshair for all. */
  GtkWidget *view = test_find (fixture->window, is_chart, "loss");
  gint64 step = 0;
  wait_for_series (fixture, "val_loss", 5);
  do { /* a chart follows once it has been drawn */
    g_main_context_iteration (NULL, TRUE);
    g_signal_emit_by_name (view, "hovered", (gint64)STEPS / 2);
  } while (!telar_chart_hovered_step (chart_of (fixture, "val_loss"), &step));
  g_assert_cmpint (step, ==, STEPS / 2);
}

static void
test_seeds (Fixture *fixture, gconstpointer data)
{
  wait_for_rows (fixture, RUNS);
  wait_for_series (fixture, "loss", 5);
  GtkWidget *overlay = test_find (fixture->window, is_overlay, NULL);
  telar_overlay_set_groups (TELAR_OVERLAY (overlay), "recipe");
  g_assert_cmpuint (telar_chart_n_series (chart_of (fixture, "loss")), ==, 3);
  test_wait_for (fixture->window, test_is_button, "Average");

  telar_run_table_select_first (table_of (fixture), RUNS);
  wait_for_series (fixture, "loss", 12); /* 4 rates times 3 widths */
  telar_overlay_set_groups (TELAR_OVERLAY (overlay), "choice:learning_rate");
  g_assert_cmpuint (telar_chart_n_series (chart_of (fixture, "loss")), ==, 4);
  g_assert_cmpstr (telar_chart_series_name (chart_of (fixture, "loss"), 0), ==,
                   "Learning rate 0.001");
  test_picture (fixture->window, "compare-groups");
  telar_overlay_set_groups (TELAR_OVERLAY (overlay), "name:^search-(.)");
  g_assert_cmpuint (telar_chart_n_series (chart_of (fixture, "loss")), ==, 4);
  telar_overlay_set_groups (TELAR_OVERLAY (overlay), NULL);
  g_assert_cmpuint (telar_chart_n_series (chart_of (fixture, "loss")), ==, RUNS);
}

static void
test_baseline (Fixture *fixture, gconstpointer data)
{
  TelarPoint last;

  wait_for_rows (fixture, RUNS);
  wait_for_series (fixture, "val_loss", 5);
  select_alone (fixture, "search-33-1");
  wait_for_series (fixture, "val_loss", 1);
  double own = telar_run_item_number (item_named (fixture, "search-33-1"), "last:val_loss");
  double base = telar_run_item_number (item_named (fixture, "search-11-1"), "last:val_loss");
  GtkWidget *overlay = test_find (fixture->window, is_overlay, NULL);
  telar_overlay_set_baseline (TELAR_OVERLAY (overlay),
                              telar_run_item_id (item_named (fixture, "search-11-1")));
  test_wait_for (fixture->window, test_is_label, "Difference to search-11-1");
  do
    g_main_context_iteration (NULL, TRUE);
  while (!telar_chart_last (chart_of (fixture, "val_loss"), 0, &last) ||
         fabs (last.value - (own - base) / base) > 1e-9);
  test_picture (fixture->window, "compare-baseline");
}

static void
test_two (Fixture *fixture, gconstpointer data)
{
  wait_for_rows (fixture, RUNS);
  telar_run_table_set_filter (table_of (fixture), "^search-(11|43)-1$");
  telar_run_table_select_first (table_of (fixture), 2);
  act (fixture, "runs.compare");
  GtkWidget *label = test_wait_for_dialog (fixture->window, test_is_label, "dense1 · units");
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (label));
  g_assert_true (TELAR_IS_DIFF_VIEW (window));
  test_wait_for (window, test_is_label, "32 → 512");
  test_picture (window, "compare-two");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A long curve comes in columns; the stretch that is looked at comes whole. */
static void
test_detail (Fixture *fixture, gconstpointer data)
{
  TelarRecording recording = { .run = "long", .graph = "{}", .settings = "{}" };
  TelarRunInfo info = { .run = "long", .steps_per_epoch = 1000, .epochs = 20 };
  g_autoptr (GError) error = NULL;
  TelarMonitor *monitor = telar_recorder_new (fixture->workspace, &recording, &error);

  g_assert_no_error (error);
  telar_monitor_begin (monitor, &info);
  for (gint64 step = 1; step <= 20000; step++)
    telar_monitor_scalar (monitor, "loss", step, step == 10007 ? 50 : 1.0 / (double)step);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  wait_for_series (fixture, "loss", 1);

  TelarChart *chart = chart_of (fixture, "loss");
  GtkWidget *view = test_find (fixture->window, is_chart, "loss");
  gint64 from, to;
  gtk_test_widget_wait_for_draw (view);
  telar_chart_zoom_at (chart, gtk_widget_get_width (view) / 2.0, 190);
  gtk_widget_queue_draw (view);
  gtk_test_widget_wait_for_draw (view);
  g_signal_emit_by_name (view, "zoomed");
  do {
    g_main_context_iteration (NULL, TRUE);
    g_assert_true (telar_chart_visible_steps (chart, 0, &from, &to));
  } while (to - from > 108); /* columns of 13 steps cannot tell as finely as 105 steps and two */
}

static gboolean
is_search (GtkWidget *widget, const char *unused)
{
  return TELAR_IS_SEARCH_VIEW (widget);
}

static gboolean
is_scatter (GtkWidget *widget, const char *unused)
{
  return TELAR_IS_SCATTER_VIEW (widget);
}

static void
press (Fixture *fixture, const char *label)
{
  GtkWidget *text = test_wait_for (fixture->window, test_is_label, label);
  GtkWidget *button = gtk_widget_get_ancestor (text, GTK_TYPE_TOGGLE_BUTTON);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  wait_for_rows (fixture, RUNS);
  wait_for_series (fixture, "loss", 5);
  press (fixture, "Settings and Result");
  test_wait_for (fixture->window, is_search, NULL);
  gtk_test_widget_wait_for_draw (fixture->window);
  test_picture (fixture->window, "compare-search");
}

/* The popover's rows, which are made when it opens. */
static GtkWidget *
find_row (GtkWidget *widget, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_CHECK_BUTTON (widget) &&
      g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child, label);
  return found;
}

/* Of the runs of the search the matrix shows what differs and the result; a run that is chosen in
 * it is the one that is selected; what axes there are a person chooses. */
static void
test_scatter (Fixture *fixture, gconstpointer data)
{
  double from, to, wide, end;

  wait_for_rows (fixture, RUNS);
  press (fixture, "Settings and Result");
  press (fixture, "Scatter Matrix");
  GtkWidget *view = test_wait_for (fixture->window, is_scatter, NULL);
  const TelarScatter *scatter = telar_scatter_view_get (TELAR_SCATTER_VIEW (view));
  g_autofree char *words = NULL;
  while (words == NULL || strstr (words, "Learning rate") == NULL) {
    g_main_context_iteration (NULL, TRUE);
    g_free (words);
    words = telar_scatter_describe (scatter);
  }
  gtk_test_widget_wait_for_draw (fixture->window);
  telar_scatter_column (scatter, 0, &from, &to);
  test_picture (fixture->window, "compare-scatter");

  GtkWidget *label = test_wait_for (fixture->window, test_is_label, "Axes");
  GtkWidget *button = gtk_widget_get_ancestor (label, GTK_TYPE_MENU_BUTTON);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  GtkWidget *row = NULL;
  while (row == NULL) {
    g_main_context_iteration (NULL, TRUE);
    row = find_row (GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button))), "Seed");
  }
  gboolean shown = gtk_check_button_get_active (GTK_CHECK_BUTTON (row));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (row), !shown);
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
  do {
    g_main_context_iteration (NULL, TRUE);
    telar_scatter_column (scatter, 0, &wide, &end);
  } while (end - wide == to - from); /* of other cells */

  g_signal_emit_by_name (view, "chosen", 3);
  g_autoptr (GPtrArray) selected = NULL;
  do {
    g_clear_pointer (&selected, g_ptr_array_unref);
    g_main_context_iteration (NULL, FALSE);
    selected = telar_run_table_selected (table_of (fixture));
  } while (selected->len != 1);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  adw_init ();
  g_test_add ("/compare-page/empty", Fixture, NULL, set_up, test_empty, tear_down);
  g_test_add ("/compare-page/columns", Fixture, "runs", set_up, test_columns, tear_down);
  g_test_add ("/compare-page/filter", Fixture, "runs", set_up, test_filter, tear_down);
  g_test_add ("/compare-page/marks", Fixture, "runs", set_up, test_marks, tear_down);
  g_test_add ("/compare-page/delete", Fixture, "runs", set_up, test_delete, tear_down);
  g_test_add ("/compare-page/charts", Fixture, "runs", set_up, test_charts, tear_down);
  g_test_add ("/compare-page/seeds", Fixture, "runs", set_up, test_seeds, tear_down);
  g_test_add ("/compare-page/baseline", Fixture, "runs", set_up, test_baseline, tear_down);
  g_test_add ("/compare-page/two", Fixture, "runs", set_up, test_two, tear_down);
  g_test_add ("/compare-page/detail", Fixture, NULL, set_up, test_detail, tear_down);
  g_test_add ("/compare-page/search", Fixture, "runs", set_up, test_search, tear_down);
  g_test_add ("/compare-page/scatter", Fixture, "runs", set_up, test_scatter, tear_down);
  return g_test_run ();
}
