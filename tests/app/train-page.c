/* The Train page in process, under a display: a real store with a recorder that writes into it. */
#include "app/ui/chart-view.h"
#include "app/ui/matrix-view.h"
#include "insight/bulk.h"
#include "insight/store.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"
#include "tests/app/train-page-fixture.h"

#include <string.h>

static gboolean
is_row (GtkWidget *widget, const char *unused)
{
  return GTK_IS_LIST_BOX_ROW (widget);
}

static void
test_empty (PageFixture *fixture, gconstpointer data)
{
  test_wait_for (fixture->window, test_is_label, "Nothing Trained Yet");
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  test_wait_for (fixture->window, test_is_label, "Nothing Trained Yet");
  test_picture (fixture->window, "page-empty");

  /* The first run is seen without being announced. */
  TelarMonitor *monitor = page_begin (fixture, "first", 0);
  test_wait_for (fixture->window, test_is_label, "first");
  telar_monitor_free (monitor);
  test_wait_for (fixture->window, test_is_label, "Failed");
}

static void
test_live (PageFixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = page_begin (fixture, "digits-cnn-3", 0);

  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  /* The chart grows with the training, not at its end. */
  double slowest = 0;
  for (gint64 step = 1; step <= 400; step += 50) {
    page_train (monitor, step, step + 49);
    gint64 told = g_get_monotonic_time ();
    page_wait_for_step (fixture, "loss", step + 49);
    if (step > 1) /* the first has to make the charts */
      slowest = MAX (slowest, (double)(g_get_monotonic_time () - told) / 1000);
  }
  g_test_minimized_result (slowest, "from the training to the chart: %.0f ms at most", slowest);
  page_wait_for_step (fixture, "learning_rate", 400);

  GtkWidget *loss = test_find (fixture->window, page_is_chart, "loss");
  TelarChart *chart = telar_chart_view_get_chart (TELAR_CHART_VIEW (loss));
  g_assert_cmpuint (telar_chart_n_series (chart), ==, 2);
  g_assert_nonnull (test_wait_for (fixture->window, page_is_chart, "gradient_norm"));
  g_assert_null (test_find (fixture->window, page_is_chart, "val_loss"));
  test_wait_for (fixture->window, test_is_label, "Running");
  test_wait_for (fixture->window, test_is_label, "Epoch 3 of 10");
  test_wait_for (fixture->window, test_is_label, "step 400 of 2000");
  test_wait_for (fixture->window, test_is_label, "Best validation accuracy");

  gboolean alive;
  g_object_get (fixture->page, "alive", &alive, NULL);
  g_assert_true (alive);
  telar_monitor_event (monitor, 250, "learning_rate", "0.0005");
  page_train (monitor, 401, 1600);
  page_wait_for_step (fixture, "loss", 1600);
  telar_chart_hover (chart, 240, 140);
  test_picture (fixture->window, "page-live");

  page_train (monitor, 1601, 2000);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  page_wait_for_step (fixture, "loss", 2000);
  test_wait_for (fixture->window, test_is_label, "Done");
  g_object_get (fixture->page, "alive", &alive, NULL);
  g_assert_false (alive);
  g_assert_null (test_find (fixture->window, test_is_button, "Pause"));
  test_picture (fixture->window, "page-done");
  telar_monitor_free (monitor);
}

static gboolean
is_matrix (GtkWidget *widget, const char *name)
{
  return TELAR_IS_MATRIX_VIEW (widget) && g_str_equal (gtk_widget_get_name (widget), name);
}

/* Digits that a network takes for others: more rarely with each epoch. */
static void
tell_figure (TelarMonitor *monitor, const char *name, gint64 step, double errors)
{
  const TelarShape shape = { .rank = 2, .dims = { 10, 10 } };
  g_autoptr (TelarTensor) counts = telar_tensor_new (TELAR_F64, &shape);
  double *numbers = counts->data;

  for (guint i = 0; i < 10; i++)
    for (guint k = 0; k < 10; k++)
      numbers[i * 10 + k] = i == k ? 200 - 9 * errors : (i * 7 + k * 3) % 5 == 0 ? errors : 0;
  telar_monitor_figure (monitor, name, step, counts);
}

/* Figures stand among the charts, and the newest is the one that is seen. */
static void
test_figures (PageFixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = page_begin (fixture, "figures", 0);

  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  page_train (monitor, 1, 199);
  tell_figure (monitor, "confusion_matrix", 200, 14);
  tell_figure (monitor, "val_confusion_matrix", 200, 16);
  page_train (monitor, 200, 200);
  test_wait_for (fixture->window, is_matrix, "confusion_matrix");
  const TelarMatrix *matrix = telar_matrix_view_get_matrix (TELAR_MATRIX_VIEW (
      test_wait_for (fixture->window, is_matrix, "confusion_matrix validation")));
  g_assert_cmpstr (telar_matrix_title (matrix), ==, "Confusion matrix, validation");
  g_assert_cmpfloat (telar_matrix_count (matrix, 0, 0), ==, 200 - 9 * 16);
  page_train (monitor, 201, 399);
  tell_figure (monitor, "val_confusion_matrix", 400, 3);
  page_train (monitor, 400, 400);
  while (telar_matrix_count (matrix, 0, 0) != 200 - 9 * 3)
    g_main_context_iteration (NULL, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1280, 1250);
  test_picture (fixture->window, "page-figures");

  /* A cell leads to the samples in it, of which this run has none. */
  g_signal_emit_by_name (test_find (fixture->window, is_matrix, "confusion_matrix validation"),
                         "cell-chosen", 0, 0);
  test_wait_for (fixture->window, test_is_label, "No Samples");
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
}

/* Points that the resumed run has taken back go from the chart, too. */
static void
test_resumed (PageFixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = page_begin (fixture, "r", 0);

  page_train (monitor, 1, 600);
  telar_monitor_end (monitor, TELAR_RUN_STOPPED, NULL);
  telar_monitor_free (monitor);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  page_wait_for_step (fixture, "loss", 600);
  monitor = page_begin (fixture, "r", 400);
  while (page_last_step (fixture, "loss") != 400)
    g_main_context_iteration (NULL, TRUE);
  page_train (monitor, 401, 450);
  page_wait_for_step (fixture, "loss", 450);
  g_assert_cmpint (page_last_step (fixture, "loss"), ==, 450);
  telar_monitor_free (monitor);
}

static void
test_choosing (PageFixture *fixture, gconstpointer data)
{
  for (int i = 1; i <= 3; i++) {
    g_autofree char *name = g_strdup_printf ("run-%d", i);
    TelarMonitor *monitor = page_begin (fixture, name, 0);
    page_train (monitor, 1, i * 250);
    telar_monitor_end (monitor, i == 1 ? TELAR_RUN_FAILED : TELAR_RUN_DONE,
                       i == 1 ? "the loss is NaN at step 250" : NULL);
    telar_monitor_free (monitor);
  }
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  page_wait_for_step (fixture, "loss", 750);
  GtkWidget *list = gtk_widget_get_parent (test_wait_for (fixture->window, is_row, NULL));
  gtk_list_box_select_row (GTK_LIST_BOX (list),
                           gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 2));
  test_wait_for (fixture->window, test_is_label, "the loss is NaN");
  g_assert_cmpint (page_last_step (fixture, "loss"), ==, 250);
  test_picture (fixture->window, "page-failed");

  /* A new run does not take the page away from who has chosen; 0 brings it back. */
  TelarMonitor *monitor = page_begin (fixture, "run-4", 0);
  page_train (monitor, 1, 20);
  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 3) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (page_last_step (fixture, "loss"), ==, 250);
  telar_train_page_show_run (fixture->page, 0);
  page_wait_for_step (fixture, "loss", 20);
  telar_monitor_free (monitor);
}

static void
test_keys (PageFixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = page_begin (fixture, "r", 0);
  gboolean handled;

  page_train (monitor, 1, 1000);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  page_wait_for_step (fixture, "loss", 1000);
  gtk_test_widget_wait_for_draw (fixture->window);
  GtkWidget *view = test_find (fixture->window, page_is_chart, "loss");
  TelarChart *chart = telar_chart_view_get_chart (TELAR_CHART_VIEW (view));
  GListModel *controllers = gtk_widget_observe_controllers (view);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
    if (!GTK_IS_EVENT_CONTROLLER_KEY (controller))
      continue;
    g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_plus, 0, 0, &handled);
    g_assert_true (handled);
    g_assert_true (telar_chart_is_zoomed (chart));
    g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_Escape, 0, 0, &handled);
    g_assert_true (handled);
    g_assert_false (telar_chart_is_zoomed (chart));
    g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_a, 0, 0, &handled);
    g_assert_false (handled);
  }
  g_object_unref (controllers);
  telar_monitor_free (monitor);
}

/* A run from elsewhere, of @n points. */
static void
import_long (PageFixture *fixture, gint64 n)
{
  TelarRecording recording = { .run = "long", .graph = "{}", .settings = "{}" };
  TelarBulkEnd end = { .status = TELAR_RUN_DONE };
  TelarBulkSummary summary;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (fixture->workspace, TRUE, &error);
  g_assert_no_error (error);
  g_autoptr (TelarBulk) bulk = telar_bulk_new (store, &recording, &error);
  TelarBulkTag *tag = telar_bulk_tag (bulk, "accuracy", strlen ("accuracy"), &error);

  for (gint64 step = 1; step <= n; step++) {
    TelarWallPoint point = { step, (double)step, step == n / 3 ? 0.9 : 0.5 };
    telar_bulk_add (bulk, tag, &point, &error);
  }
  telar_bulk_finish (bulk, &end, &summary, &error);
  g_assert_no_error (error);
}

/* A curve of very many points stands in columns, and is whole where it is zoomed; its best value is
 * known to the step. */
static void
test_long (PageFixture *fixture, gconstpointer data)
{
  const gint64 n = 300000;
  gint64 from, to;

  import_long (fixture, n);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  page_wait_for_step (fixture, "accuracy", n);
  test_wait_for (fixture->window, test_is_label, "90");
  GtkWidget *view = test_find (fixture->window, page_is_chart, "accuracy");
  TelarChart *chart = telar_chart_view_get_chart (TELAR_CHART_VIEW (view));
  gtk_test_widget_wait_for_draw (view);
  g_assert_true (telar_chart_visible_steps (chart, 0, &from, &to));
  g_assert_cmpint (from, ==, 1);
  g_assert_cmpint (to, ==, n);
  telar_chart_zoom_at (chart, gtk_widget_get_width (view) / 2.0, 2000);
  g_signal_emit_by_name (view, "zoomed");
  g_assert_true (telar_chart_visible_steps (chart, 0, &from, &to));
  g_assert_cmpint (to - from, <=, n / 2000 + 2);
  g_assert_true (telar_chart_hover_step (chart, (from + to) / 2));
  gint64 step;
  g_assert_true (telar_chart_hovered_step (chart, &step));
  g_assert_cmpint (step, ==, (from + to) / 2);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/app/train-page/" name, PageFixture, NULL, page_set_up, function, page_tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  test_init ();
  ADD ("empty", test_empty);
  ADD ("live", test_live);
  ADD ("figures", test_figures);
  ADD ("resumed", test_resumed);
  ADD ("choosing", test_choosing);
  ADD ("keys", test_keys);
  ADD ("long", test_long);
  return g_test_run ();
}
