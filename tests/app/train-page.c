/* The Train page in process, under a display: a real store with a recorder that writes into it. */
#include "app/ui/train-page.h"
#include "app/canvas/canvas.h"
#include "app/project/edits.h"
#include "app/ui/chart-view.h"
#include "app/ui/heat-bar.h"
#include "app/ui/matrix-view.h"
#include "engine/monitor.h"
#include "engine/node-stat.h"
#include "engine/watch.h"
#include "insight/store.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#include <math.h>
#include <string.h>

#define STEPS_PER_EPOCH 200

typedef struct {
  char *workspace;
  GtkWidget *window;
  TelarTrainPage *page;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->workspace = g_dir_make_tmp ("telar-train-page-XXXXXX", NULL);
  fixture->page = TELAR_TRAIN_PAGE (telar_train_page_new ());
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1280, 860);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", fixture->workspace, NULL };

  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *)&fixture->page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (fixture->page); /* nothing holds it */
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (fixture->workspace);
}

/* --- looking ----------------------------------------------------------------------------- */

static gboolean
is_chart (GtkWidget *widget, const char *group)
{
  return TELAR_IS_CHART_VIEW (widget) && g_str_equal (gtk_widget_get_name (widget), group);
}

static gboolean
is_entry (GtkWidget *widget, const char *unused)
{
  return GTK_IS_ENTRY (widget);
}

static gboolean
is_menu_button (GtkWidget *widget, const char *tooltip)
{
  return GTK_IS_MENU_BUTTON (widget) &&
         g_strcmp0 (gtk_widget_get_tooltip_text (widget), tooltip) == 0;
}

static gboolean
is_row (GtkWidget *widget, const char *unused)
{
  return GTK_IS_LIST_BOX_ROW (widget);
}

static gint64
last_step (Fixture *fixture, const char *group)
{
  GtkWidget *view = test_find (fixture->window, is_chart, group);
  TelarPoint point = { 0 };

  if (view != NULL)
    telar_chart_last (telar_chart_view_get_chart (TELAR_CHART_VIEW (view)), 0, &point);
  return point.step;
}

static void
wait_for_step (Fixture *fixture, const char *group, gint64 step)
{
  while (last_step (fixture, group) < step)
    g_main_context_iteration (NULL, TRUE);
}

/* --- recording --------------------------------------------------------------------------- */

static TelarMonitor *
begin (Fixture *fixture, const char *run, gint64 first_step)
{
  TelarRecording recording = {
    .run = run, .graph = "{}", .settings = "{}", .resume = first_step > 0
  };
  TelarRunInfo info = { .run = run,
                        .device = "cpu",
                        .steps_per_epoch = STEPS_PER_EPOCH,
                        .epochs = 10,
                        .first_step = first_step };
  GError *error = NULL;
  TelarMonitor *monitor = telar_recorder_new (fixture->workspace, &recording, &error);

  g_assert_no_error (error);
  telar_monitor_begin (monitor, &info);
  return monitor;
}

static void
train (TelarMonitor *monitor, gint64 from, gint64 to)
{
  for (gint64 step = from; step <= to; step++) {
    double part = (double)step / (10 * STEPS_PER_EPOCH);
    double noise = 0.25 * sin ((double)(step * step)) * exp (-2 * part);
    telar_monitor_scalar (monitor, "loss", step, 2.2 * exp (-6 * part) + 0.05 + noise * 0.4 + 0.1);
    telar_monitor_scalar (monitor, "accuracy", step,
                          MIN (1, 0.99 - 0.8 * exp (-8 * part) + noise * 0.2));
    telar_monitor_scalar (monitor, "gradient_norm", step, 2 + noise * 4);
    telar_monitor_scalar (monitor, "learning_rate", step, 1e-3 * sin (part * G_PI));
    if (step % STEPS_PER_EPOCH != 0)
      continue;
    TelarMetricValue metrics[] = { { "loss", 2.2 * exp (-6 * part) },
                                   { "val_loss", 2.2 * exp (-6 * part) + 0.12 },
                                   { "val_accuracy", 0.985 - 0.5 * exp (-8 * part) } };
    telar_monitor_epoch (monitor, step / STEPS_PER_EPOCH, step, metrics, G_N_ELEMENTS (metrics));
  }
}

/* --- tests ------------------------------------------------------------------------------- */

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  test_wait_for (fixture->window, test_is_label, "Nothing Trained Yet");
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  test_wait_for (fixture->window, test_is_label, "Nothing Trained Yet");
  test_picture (fixture->window, "page-empty");

  /* The first run is seen without being announced. */
  TelarMonitor *monitor = begin (fixture, "first", 0);
  test_wait_for (fixture->window, test_is_label, "first");
  telar_monitor_free (monitor);
  test_wait_for (fixture->window, test_is_label, "Failed");
}

static void
test_live (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = begin (fixture, "digits-cnn-3", 0);

  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  /* The chart grows with the training, not at its end. */
  double slowest = 0;
  for (gint64 step = 1; step <= 400; step += 50) {
    train (monitor, step, step + 49);
    gint64 told = g_get_monotonic_time ();
    wait_for_step (fixture, "loss", step + 49);
    if (step > 1) /* the first has to make the charts */
      slowest = MAX (slowest, (double)(g_get_monotonic_time () - told) / 1000);
  }
  g_test_minimized_result (slowest, "from the training to the chart: %.0f ms at most", slowest);
  wait_for_step (fixture, "learning_rate", 400);

  GtkWidget *loss = test_find (fixture->window, is_chart, "loss");
  TelarChart *chart = telar_chart_view_get_chart (TELAR_CHART_VIEW (loss));
  g_assert_cmpuint (telar_chart_n_series (chart), ==, 2);
  g_assert_nonnull (test_wait_for (fixture->window, is_chart, "gradient_norm"));
  g_assert_null (test_find (fixture->window, is_chart, "val_loss"));
  test_wait_for (fixture->window, test_is_label, "Running");
  test_wait_for (fixture->window, test_is_label, "Epoch 3 of 10");
  test_wait_for (fixture->window, test_is_label, "step 400 of 2000");
  test_wait_for (fixture->window, test_is_label, "Best validation accuracy");

  gboolean alive;
  g_object_get (fixture->page, "alive", &alive, NULL);
  g_assert_true (alive);
  telar_monitor_event (monitor, 250, "learning_rate", "0.0005");
  train (monitor, 401, 1600);
  wait_for_step (fixture, "loss", 1600);
  telar_chart_hover (chart, 240, 140);
  test_picture (fixture->window, "page-live");

  train (monitor, 1601, 2000);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  wait_for_step (fixture, "loss", 2000);
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
test_figures (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = begin (fixture, "figures", 0);

  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  train (monitor, 1, 199);
  tell_figure (monitor, "confusion_matrix", 200, 14);
  tell_figure (monitor, "val_confusion_matrix", 200, 16);
  train (monitor, 200, 200);
  test_wait_for (fixture->window, is_matrix, "confusion_matrix");
  const TelarMatrix *matrix = telar_matrix_view_get_matrix (TELAR_MATRIX_VIEW (
      test_wait_for (fixture->window, is_matrix, "confusion_matrix validation")));
  g_assert_cmpstr (telar_matrix_title (matrix), ==, "Confusion matrix, validation");
  g_assert_cmpfloat (telar_matrix_count (matrix, 0, 0), ==, 200 - 9 * 16);
  train (monitor, 201, 399);
  tell_figure (monitor, "val_confusion_matrix", 400, 3);
  train (monitor, 400, 400);
  while (telar_matrix_count (matrix, 0, 0) != 200 - 9 * 3)
    g_main_context_iteration (NULL, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1280, 1250);
  test_picture (fixture->window, "page-figures");

  /* A cell leads to the samples in it, of which this run has no pictures. */
  g_signal_emit_by_name (test_find (fixture->window, is_matrix, "confusion_matrix validation"),
                         "cell-chosen", 0, 0);
  test_wait_for (fixture->window, test_is_label, "No Pictures");
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
}

static TelarRequest
wait_for_request (TelarMonitor *monitor)
{
  TelarRequest request;

  while (!telar_monitor_poll (monitor, &request))
    g_main_context_iteration (NULL, TRUE);
  return request;
}

static void
test_requests (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = begin (fixture, "r", 0);

  train (monitor, 1, 10);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  GtkWidget *pause = test_wait_for (fixture->window, test_is_button, "Pause");
  g_assert_false (
      gtk_widget_get_sensitive (test_wait_for (fixture->window, test_is_button, "Train one step")));
  g_signal_emit_by_name (pause, "clicked");
  g_assert_cmpint (wait_for_request (monitor).kind, ==, TELAR_REQUEST_PAUSE);
  telar_monitor_event (monitor, 10, "paused", "");
  test_wait_for (fixture->window, test_is_label, "Paused");

  GtkWidget *step = test_wait_for (fixture->window, test_is_button, "Train one step");
  g_assert_true (gtk_widget_get_sensitive (step));
  test_picture (fixture->window, "page-paused");
  g_signal_emit_by_name (step, "clicked");
  TelarRequest request = wait_for_request (monitor);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_STEP);
  g_assert_cmpfloat (request.value, ==, 1);

  GtkWidget *entry = test_wait_for (fixture->window, is_entry, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "nonsense");
  g_signal_emit_by_name (entry, "activate");
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "0.25");
  g_signal_emit_by_name (entry, "activate");
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
  request = wait_for_request (monitor);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_LEARNING_RATE);
  g_assert_cmpfloat (request.value, ==, 0.25);

  g_signal_emit_by_name (test_wait_for (fixture->window, test_is_button, "Resume"), "clicked");
  g_assert_cmpint (wait_for_request (monitor).kind, ==, TELAR_REQUEST_RESUME);
  telar_monitor_event (monitor, 10, "resumed", "");
  g_signal_emit_by_name (
      test_wait_for (fixture->window, test_is_button, "Stop and keep a checkpoint"), "clicked");
  g_assert_cmpint (wait_for_request (monitor).kind, ==, TELAR_REQUEST_STOP);
  telar_monitor_end (monitor, TELAR_RUN_STOPPED, NULL);
  test_wait_for (fixture->window, test_is_label, "Stopped");
  telar_monitor_free (monitor);
}

/* Points that the resumed run has taken back go from the chart, too. */
static void
test_resumed (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = begin (fixture, "r", 0);

  train (monitor, 1, 600);
  telar_monitor_end (monitor, TELAR_RUN_STOPPED, NULL);
  telar_monitor_free (monitor);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  wait_for_step (fixture, "loss", 600);
  monitor = begin (fixture, "r", 400);
  while (last_step (fixture, "loss") != 400)
    g_main_context_iteration (NULL, TRUE);
  train (monitor, 401, 450);
  wait_for_step (fixture, "loss", 450);
  g_assert_cmpint (last_step (fixture, "loss"), ==, 450);
  telar_monitor_free (monitor);
}

static void
test_choosing (Fixture *fixture, gconstpointer data)
{
  for (int i = 1; i <= 3; i++) {
    g_autofree char *name = g_strdup_printf ("run-%d", i);
    TelarMonitor *monitor = begin (fixture, name, 0);
    train (monitor, 1, i * 250);
    telar_monitor_end (monitor, i == 1 ? TELAR_RUN_FAILED : TELAR_RUN_DONE,
                       i == 1 ? "the loss is NaN at step 250" : NULL);
    telar_monitor_free (monitor);
  }
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  wait_for_step (fixture, "loss", 750);
  GtkWidget *list = gtk_widget_get_parent (test_wait_for (fixture->window, is_row, NULL));
  gtk_list_box_select_row (GTK_LIST_BOX (list),
                           gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 2));
  test_wait_for (fixture->window, test_is_label, "the loss is NaN");
  g_assert_cmpint (last_step (fixture, "loss"), ==, 250);
  test_picture (fixture->window, "page-failed");

  /* A new run does not take the page away from who has chosen; 0 brings it back. */
  TelarMonitor *monitor = begin (fixture, "run-4", 0);
  train (monitor, 1, 20);
  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 3) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (last_step (fixture, "loss"), ==, 250);
  telar_train_page_show_run (fixture->page, 0);
  wait_for_step (fixture, "loss", 20);
  telar_monitor_free (monitor);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = begin (fixture, "r", 0);
  gboolean handled;

  train (monitor, 1, 1000);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  wait_for_step (fixture, "loss", 1000);
  gtk_test_widget_wait_for_draw (fixture->window);
  GtkWidget *view = test_find (fixture->window, is_chart, "loss");
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

/* --- watchpoints ------------------------------------------------------------------------- */

static gboolean
is_switch (GtkWidget *widget, const char *unused)
{
  return GTK_IS_SWITCH (widget);
}

static gboolean
is_find (GtkWidget *widget, const char *title)
{
  return ADW_IS_ACTION_ROW (widget) &&
         strstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) != NULL;
}

static gboolean
is_toast (GtkWidget *widget, const char *title)
{
  return test_is_label (widget, title) &&
         gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP) == NULL;
}

static void
note_node (TelarTrainPage *page, const char *node, char **wanted)
{
  g_free (*wanted);
  *wanted = g_strdup (node);
}

static const char *
get_watches (TelarDocument *document)
{
  return telar_param_set_text (telar_graph_training ((TelarGraph *)telar_document_graph (document)),
                               "watch");
}

/* The rows are the project's watchpoints, undone like all else; a change holds for the run, too; a
 * find leads to its node. */
static void
test_watchpoints (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarDocument) document = telar_document_new ("watched");
  g_autofree char *wanted = NULL;
  TelarMonitor *monitor = begin (fixture, "r", 0);

  train (monitor, 1, 300);
  g_assert_true (telar_edit_set_training (document, "watch",
                                          "nan:pause vanishing:conv1:1e-08 range:fc:-2..6", NULL));
  telar_train_page_set_document (fixture->page, document, NULL);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  g_signal_connect (fixture->page, "node-wanted", G_CALLBACK (note_node), &wanted);
  test_wait_for (fixture->window, test_is_label, "outside -2 to 6");

  GtkWidget *toggle = test_wait_for (fixture->window, is_switch, NULL);
  gtk_switch_set_active (GTK_SWITCH (toggle), FALSE);
  g_assert_cmpstr (get_watches (document), ==,
                   "nan:pause:off vanishing:conv1:1e-08 range:fc:-2..6");
  TelarRequest request = wait_for_request (monitor);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_SET);
  g_assert_cmpstr (request.text, ==,
                   "training.watch=nan:pause:off vanishing:conv1:1e-08 range:fc:-2..6");
  g_signal_emit_by_name (test_wait_for (fixture->window, test_is_button, "Remove this watchpoint"),
                         "clicked");
  g_assert_cmpstr (get_watches (document), ==, "vanishing:conv1:1e-08 range:fc:-2..6");
  /* Changes of one setting, one right after the other, are one to undo. */
  telar_document_undo (document);
  g_assert_cmpstr (get_watches (document), ==, "");
  g_assert_null (test_find (fixture->window, is_switch, NULL));
  telar_document_redo (document);
  g_assert_cmpstr (get_watches (document), ==, "vanishing:conv1:1e-08 range:fc:-2..6");

  char place[] = "stage/0/conv1.kernel";
  TelarWatchHit hit = { TELAR_WATCH_VANISHING, TELAR_WATCH_PAUSE, place, 2e-12, 1e-8 };
  g_autofree char *text = telar_watch_hit_to_text (&hit);
  telar_monitor_event (monitor, 250, TELAR_WATCH_EVENT, text);
  GtkWidget *find = test_wait_for (fixture->window, is_find, "stage/0/conv1.kernel");
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1280, 1250);
  test_picture (fixture->window, "page-watchpoints");
  test_wait_for (fixture->window, is_toast, "Vanishing gradient");
  g_signal_emit_by_name (find, "activated");
  g_assert_cmpstr (wanted, ==, "stage/conv1");
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  telar_train_page_set_document (fixture->page, NULL, NULL);
}

/* The menu asks for what the header has no button for. */
static void
test_menu (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarDocument) document = telar_document_new ("steered");
  TelarMonitor *monitor = begin (fixture, "r", 0);

  train (monitor, 1, 10);
  telar_train_page_set_document (fixture->page, document, NULL);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  GtkWidget *more = test_wait_for (fixture->window, is_menu_button, "More to ask of the run");
  gtk_menu_button_popup (GTK_MENU_BUTTON (more));
  GtkWidget *menu = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (more)));
  GtkWidget *set = test_wait_for (menu, test_is_button, "Set");
  GtkWidget *value = test_find (menu, is_entry, NULL);
  test_picture (fixture->window, "page-menu");
  gtk_editable_set_text (GTK_EDITABLE (value), "nonsense");
  g_assert_false (gtk_widget_get_sensitive (set));
  gtk_editable_set_text (GTK_EDITABLE (value), "0.5");
  g_assert_true (gtk_widget_get_sensitive (set));
  g_signal_emit_by_name (set, "clicked");
  TelarRequest request = wait_for_request (monitor);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_SET);
  g_assert_true (g_str_has_prefix (request.text, "training.") &&
                 g_str_has_suffix (request.text, "=0.5"));
  gtk_menu_button_popup (GTK_MENU_BUTTON (more));
  g_signal_emit_by_name (test_wait_for (menu, test_is_button, "Stop After This Epoch"), "clicked");
  g_assert_cmpint (wait_for_request (monitor).kind, ==, TELAR_REQUEST_STOP_EPOCH);
  telar_monitor_free (monitor);
  telar_train_page_set_document (fixture->page, NULL, NULL);
}

/* What a drawing's fork is asked for: the target of the action. */
static void
on_fork (GSimpleAction *action, GVariant *target, gpointer data)
{
  g_free (*(char **)data);
  *(char **)data = g_variant_dup_string (target, NULL);
}

/* The window's actions, of which the page uses one. */
static GSimpleAction *
add_fork_action (Fixture *fixture, char **target)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GSimpleAction *action = g_simple_action_new ("fork", G_VARIANT_TYPE_STRING);

  g_signal_connect (action, "activate", G_CALLBACK (on_fork), target);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (group));
  return action;
}

static void
keep_checkpoint (Fixture *fixture, TelarMonitor *monitor, gint64 step, gint64 kept)
{
  g_autofree char *folder = g_build_filename (fixture->workspace, "runs", "parent", NULL);
  g_autofree char *newest = g_build_filename (folder, "checkpoint.safetensors", NULL);
  g_autofree char *name = g_strdup_printf ("checkpoint-%d.safetensors", (int)kept);
  g_autofree char *other = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (newest, "", 0, NULL));
  g_assert_true (g_file_set_contents (other, "", 0, NULL));
  telar_monitor_checkpoint (monitor, step, newest);
  telar_monitor_flush (monitor);
}

/* Its checkpoints are offered, the latest first, and a child says where it comes from. */
static void
test_fork (Fixture *fixture, gconstpointer data)
{
  g_autofree char *target = NULL;
  TelarMonitor *monitor = begin (fixture, "parent", 0);
  g_autoptr (GSimpleAction) action G_GNUC_UNUSED = add_fork_action (fixture, &target);

  train (monitor, 1, 400);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  wait_for_step (fixture, "loss", 400);
  GtkWidget *fork =
      test_wait_for (fixture->window, is_menu_button, "Train on from a checkpoint, as a new run");
  gtk_menu_button_popup (GTK_MENU_BUTTON (fork));
  GtkWidget *menu = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (fork)));
  test_wait_for (menu, test_is_label, "no checkpoint yet");
  gtk_popover_popdown (GTK_POPOVER (menu));

  keep_checkpoint (fixture, monitor, 400, 150);
  gtk_menu_button_popup (GTK_MENU_BUTTON (fork));
  GtkWidget *newest =
      test_wait_for (menu, test_is_button, "Fork from Step 400 with the Current Drawing");
  GtkWidget *kept = test_find (menu, test_is_button, "Fork from Step 150 with the Current Drawing");
  test_picture (fixture->window, "page-fork");
  g_signal_emit_by_name (newest, "clicked");
  g_assert_cmpstr (target, ==, "parent");
  g_signal_emit_by_name (kept, "clicked");
  g_assert_cmpstr (target, ==, "parent:150");
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);

  TelarRecording recording = {
    .run = "child", .graph = "{}", .settings = "{}", .parent = "parent", .parent_step = 150
  };
  g_autoptr (GError) error = NULL;
  TelarMonitor *child = telar_recorder_new (fixture->workspace, &recording, &error);
  g_assert_no_error (error);
  test_wait_for (fixture->window, test_is_label, "from parent at step 150");
  test_picture (fixture->window, "page-child");
  telar_monitor_free (child);
}

static gboolean
is_time (GtkWidget *widget, const char *unused)
{
  return GTK_IS_SCALE (widget) && gtk_widget_get_ancestor (widget, TELAR_TYPE_HEAT_BAR) != NULL;
}

static gboolean
is_canvas (GtkWidget *widget, const char *unused)
{
  return TELAR_IS_CANVAS (widget);
}

/* What the canvas says of a node, or "". */
static const char *
heat_text (TelarCanvas *canvas, const char *node)
{
  GHashTable *heats = telar_canvas_heats (canvas);
  const TelarHeat *heat = heats != NULL ? g_hash_table_lookup (heats, node) : NULL;

  return heat != NULL ? heat->text : "";
}

static void
tell_nodes (TelarMonitor *monitor)
{
  static const char *const nodes[] = { "conv1", "conv2", "conv3", "dense1", "dense2" };

  for (gint64 step = 0; step <= 400; step += 50)
    for (guint i = 0; i < G_N_ELEMENTS (nodes); i++) {
      g_autofree char *tag = telar_node_stat_tag (nodes[i], TELAR_NODE_GRADIENT);
      telar_monitor_scalar (monitor, tag, step, exp (-(double)i * 1.2) * (2 - (double)step / 400));
    }
}

/* The drawing below the charts shows what its nodes did at the step that the charts point at; a
 * node's charts come when it is asked for. */
static void
test_heat (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_SAMPLES"), "digits-cnn.telar", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDocument) document = telar_document_open (path, &error);
  TelarMonitor *monitor = begin (fixture, "r", 0);

  g_assert_no_error (error);
  train (monitor, 1, 400);
  tell_nodes (monitor);
  telar_monitor_flush (monitor);
  telar_train_page_set_document (fixture->page, document, NULL);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  wait_for_step (fixture, "loss", 400);
  TelarCanvas *canvas = TELAR_CANVAS (test_wait_for (fixture->window, is_canvas, NULL));
  while (!g_str_equal (heat_text (canvas, "conv1"), "1.00"))
    g_main_context_iteration (NULL, TRUE);
  const TelarHeat *hot = g_hash_table_lookup (telar_canvas_heats (canvas), "conv1");
  const TelarHeat *cold = g_hash_table_lookup (telar_canvas_heats (canvas), "dense2");
  g_assert_cmpfloat (hot->heat, >, cold->heat);
  g_assert_cmpuint (hot->n_recent, ==, 9);
  g_assert_null (g_hash_table_lookup (telar_canvas_heats (canvas), "relu1"));
  test_picture (fixture->window, "page-heat");

  /* The time axis goes back: so does the canvas. */
  GtkWidget *time = test_find (fixture->window, is_time, NULL);
  gtk_range_set_value (GTK_RANGE (time), 210);
  g_assert_cmpstr (heat_text (canvas, "conv1"), ==, "1.50");
  g_signal_emit_by_name (test_find (fixture->window, test_is_button, "Now"), "clicked");
  g_assert_cmpstr (heat_text (canvas, "conv1"), ==, "1.00");

  g_assert_null (test_find (fixture->window, is_chart, "node/conv1/grad_norm"));
  telar_train_page_show_node (fixture->page, "conv1");
  test_wait_for (fixture->window, is_chart, "node/conv1/grad_norm");
  g_assert_null (test_find (fixture->window, is_chart, "node/conv2/grad_norm"));
  test_picture (fixture->window, "page-node");
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  telar_train_page_set_document (fixture->page, NULL, NULL);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/app/train-page/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  test_init ();
  ADD ("empty", test_empty);
  ADD ("live", test_live);
  ADD ("figures", test_figures);
  ADD ("requests", test_requests);
  ADD ("watchpoints", test_watchpoints);
  ADD ("menu", test_menu);
  ADD ("fork", test_fork);
  ADD ("heat", test_heat);
  ADD ("resumed", test_resumed);
  ADD ("choosing", test_choosing);
  ADD ("keys", test_keys);
  return g_test_run ();
}
