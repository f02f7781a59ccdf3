/* Steering from the Train page: requests, watchpoints, menus, forks, and the canvas below the
 * charts. */
#include "app/canvas/canvas.h"
#include "app/project/edits.h"
#include "app/ui/heat-bar.h"
#include "engine/node-stat.h"
#include "engine/watch.h"
#include "insight/store.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"
#include "tests/app/train-page-fixture.h"

#include <math.h>
#include <string.h>

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

static TelarRequest
wait_for_request (TelarMonitor *monitor)
{
  TelarRequest request;

  while (!telar_monitor_poll (monitor, &request))
    g_main_context_iteration (NULL, TRUE);
  return request;
}

static void
test_requests (PageFixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = page_begin (fixture, "r", 0);

  page_train (monitor, 1, 10);
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
test_watchpoints (PageFixture *fixture, gconstpointer data)
{
  g_autoptr (TelarDocument) document = telar_document_new ("watched");
  g_autofree char *wanted = NULL;
  TelarMonitor *monitor = page_begin (fixture, "r", 0);

  page_train (monitor, 1, 300);
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
test_menu (PageFixture *fixture, gconstpointer data)
{
  g_autoptr (TelarDocument) document = telar_document_new ("steered");
  TelarMonitor *monitor = page_begin (fixture, "r", 0);

  page_train (monitor, 1, 10);
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
add_fork_action (PageFixture *fixture, char **target)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GSimpleAction *action = g_simple_action_new ("fork", G_VARIANT_TYPE_STRING);

  g_signal_connect (action, "activate", G_CALLBACK (on_fork), target);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (group));
  return action;
}

static void
keep_checkpoint (PageFixture *fixture, TelarMonitor *monitor, gint64 step, gint64 kept)
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
test_fork (PageFixture *fixture, gconstpointer data)
{
  g_autofree char *target = NULL;
  TelarMonitor *monitor = page_begin (fixture, "parent", 0);
  g_autoptr (GSimpleAction) action G_GNUC_UNUSED = add_fork_action (fixture, &target);

  page_train (monitor, 1, 400);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  page_wait_for_step (fixture, "loss", 400);
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
test_heat (PageFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_SAMPLES"), "digits-cnn.telar", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDocument) document = telar_document_open (path, &error);
  TelarMonitor *monitor = page_begin (fixture, "r", 0);

  g_assert_no_error (error);
  page_train (monitor, 1, 400);
  tell_nodes (monitor);
  telar_monitor_flush (monitor);
  telar_train_page_set_document (fixture->page, document, NULL);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  page_wait_for_step (fixture, "loss", 400);
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

  g_assert_null (test_find (fixture->window, page_is_chart, "node/conv1/grad_norm"));
  telar_train_page_show_node (fixture->page, "conv1");
  test_wait_for (fixture->window, page_is_chart, "node/conv1/grad_norm");
  g_assert_null (test_find (fixture->window, page_is_chart, "node/conv2/grad_norm"));
  test_picture (fixture->window, "page-node");
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  telar_train_page_set_document (fixture->page, NULL, NULL);
}

/* --- probes ---------------------------------------------------------------------------------- */

/* The card at the first wire that is probed; NULL: none is. */
static const TelarWireProbe *
first_probe (TelarCanvas *canvas)
{
  const GPtrArray *probes = telar_canvas_probes (canvas);

  return probes != NULL ? probes->pdata[0] : NULL;
}

/* Of half zeros and numbers up to @most. */
static void
tell_wire (TelarMonitor *monitor, const char *tag, gint64 step, double most)
{
  TelarShape shape = { .rank = 1, .dims = { 1000 } };
  g_autoptr (TelarTensor) values = telar_tensor_new (TELAR_F32, &shape);

  for (gsize i = 0; i < 1000; i++)
    telar_tensor_set (values, i, i % 2 ? most * sqrt ((double)i / 999) : 0);
  telar_monitor_histogram (monitor, tag, step, values);
}

static void
wait_for_facts (TelarCanvas *canvas, const char *facts)
{
  while (first_probe (canvas) == NULL || !g_str_equal (first_probe (canvas)->facts, facts))
    g_main_context_iteration (NULL, TRUE);
}

/* The next wire of conv1 is selected, and the key for it pressed. */
static void
press_probe (TelarCanvas *canvas)
{
  gtk_widget_activate_action (GTK_WIDGET (canvas), "canvas.select", "s", "conv1");
  gtk_widget_activate_action (GTK_WIDGET (canvas), "canvas.previous-wire", NULL);
  gtk_widget_activate_action (GTK_WIDGET (canvas), "canvas.probe", NULL);
}

/* A wire is probed by a request, shows what the run tells of it, goes with the time axis, and goes
 * when it is asked for again, or where the run refuses it. */
static void
test_probe (PageFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_SAMPLES"), "digits-cnn.telar", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDocument) document = telar_document_open (path, &error);
  TelarMonitor *monitor = page_begin (fixture, "r", 0);
  TelarRequest request;

  g_assert_no_error (error);
  page_train (monitor, 1, 400);
  telar_monitor_flush (monitor);
  telar_train_page_set_document (fixture->page, document, NULL);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
  page_wait_for_step (fixture, "loss", 400);
  TelarCanvas *canvas = TELAR_CANVAS (test_wait_for (fixture->window, is_canvas, NULL));
  press_probe (canvas);
  wait_for_facts (canvas, "Waiting for a step");
  request = wait_for_request (monitor);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_PROBE);
  g_assert_cmpstr (request.text, ==, "conv1");
  telar_monitor_event (monitor, 200, "probe", "conv1");
  telar_monitor_answer (monitor, &request, 200, "done");
  tell_wire (monitor, "probe/conv1", 201, 2);
  tell_wire (monitor, "probe/conv1", 390, 4);
  telar_monitor_flush (monitor);
  wait_for_facts (canvas, "mean 1.33 · 50 % zeros · 0 NaN");
  g_assert_cmpstr (first_probe (canvas)->high, ==, "4.00");
  g_assert_cmpuint (first_probe (canvas)->n_bars, ==, 64);
  test_picture (fixture->window, "page-probe");

  gtk_range_set_value (GTK_RANGE (test_find (fixture->window, is_time, NULL)), 210);
  g_assert_cmpstr (first_probe (canvas)->high, ==, "2.00");
  g_signal_emit_by_name (test_find (fixture->window, test_is_button, "Now"), "clicked");
  g_assert_cmpstr (first_probe (canvas)->high, ==, "4.00");

  press_probe (canvas);
  g_assert_null (first_probe (canvas));
  request = wait_for_request (monitor);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_UNPROBE);
  telar_monitor_event (monitor, 400, "unprobe", "conv1");
  telar_monitor_answer (monitor, &request, 400, "done");
  press_probe (canvas);
  request = wait_for_request (monitor);
  g_assert_nonnull (first_probe (canvas));
  telar_monitor_answer (monitor, &request, 400, "refused: the run is not recorded");
  telar_monitor_flush (monitor);
  while (first_probe (canvas) != NULL)
    g_main_context_iteration (NULL, TRUE);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  telar_train_page_set_document (fixture->page, NULL, NULL);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/app/train-page-steer/" name, PageFixture, NULL, page_set_up, function,             \
              page_tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  test_init ();
  ADD ("requests", test_requests);
  ADD ("watchpoints", test_watchpoints);
  ADD ("menu", test_menu);
  ADD ("fork", test_fork);
  ADD ("heat", test_heat);
  ADD ("probe", test_probe);
  return g_test_run ();
}
