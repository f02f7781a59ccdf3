/* A remote workspace in the studio: the real telar serve, the Train page reading and steering it.
 */
#include "app/session/remote.h"
#include "app/ui/chart-view.h"
#include "app/ui/train-page.h"
#include "tests/app/screen.h"
#include "tests/insight/web/server.h"

#include <glib/gstdio.h>

typedef struct {
  Server server;
  GtkWidget *window;
  TelarTrainPage *page;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  server_start (&fixture->server);
  fixture->page = TELAR_TRAIN_PAGE (telar_train_page_new ());
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1280, 860);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  server_stop (&fixture->server);
}

static TelarRemote *
open_remote (Fixture *fixture, const char *token)
{
  g_autofree char *address = g_strdup_printf ("%s/?token=%s", fixture->server.url, token);
  g_autoptr (GError) error = NULL;
  TelarRemote *remote = telar_remote_new (address, NULL, &error);

  g_assert_no_error (error);
  telar_train_page_set_remote (fixture->page, remote);
  return remote;
}

static void
wait_for_state (TelarRemote *remote, TelarRemoteState state)
{
  while (telar_remote_state (remote) != state)
    g_main_context_iteration (NULL, TRUE);
}

static void
train (TelarMonitor *monitor, gint64 from, gint64 to)
{
  for (gint64 step = from; step <= to; step++)
    telar_monitor_scalar (monitor, "loss", step, value_at (step));
}

static gboolean
is_chart (GtkWidget *widget, const char *group)
{
  return TELAR_IS_CHART_VIEW (widget) && g_str_equal (gtk_widget_get_name (widget), group);
}

static void
wait_for_step (Fixture *fixture, gint64 step)
{
  TelarPoint point = { 0 };

  while (point.step < step) {
    GtkWidget *view = test_find (fixture->window, is_chart, "loss");
    if (view != NULL)
      telar_chart_last (telar_chart_view_get_chart (TELAR_CHART_VIEW (view)), 0, &point);
    g_main_context_iteration (NULL, TRUE);
  }
}

static TelarRequest
wait_for_request (TelarMonitor *monitor)
{
  TelarRequest request;

  while (!telar_monitor_poll (monitor, &request)) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  return request;
}

/* What is there, what comes, what is asked: as on this machine. */
static void
test_live (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->server.workspace, "far-away", 100);

  train (monitor, 1, 200);
  telar_monitor_flush (monitor);
  g_autoptr (TelarRemote) remote = open_remote (fixture, fixture->server.token);
  test_wait_for (fixture->window, test_is_label, "far-away");
  wait_for_step (fixture, 200);
  train (monitor, 201, 400);
  telar_monitor_event (monitor, 400, "learning_rate", "0.1");
  wait_for_step (fixture, 400);
  g_assert_cmpint (telar_remote_state (remote), ==, TELAR_REMOTE_LIVE);
  test_picture (fixture->window, "page-remote");

  /* Every point has come as it was recorded. */
  TelarStore *store = workspace_open (telar_remote_workspace (remote));
  TelarRunRow *row = workspace_run (store, "far-away");
  g_assert_cmpstr (row->status, ==, "running");
  g_autoptr (GArray) points = workspace_points (store, row->id, "loss", -1);
  g_assert_cmpuint (points->len, ==, 400);
  for (guint i = 0; i < points->len; i++)
    g_assert_cmpfloat (g_array_index (points, TelarPoint, i).value, ==, value_at (i + 1));
  telar_run_row_free (row);
  telar_store_close (store);

  GtkWidget *pause = test_wait_for (fixture->window, test_is_button, "Pause");
  g_signal_emit_by_name (pause, "clicked");
  g_assert_cmpint (wait_for_request (monitor).kind, ==, TELAR_REQUEST_PAUSE);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  test_wait_for (fixture->window, test_is_label, "Done");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarRemote) wrong = open_remote (fixture, "wrong");

  wait_for_state (wrong, TELAR_REMOTE_REFUSED);
  test_wait_for (fixture->window, test_is_label, "does not take this token");
  g_assert_null (telar_remote_new ("ftp://somewhere", "token", &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_null (telar_remote_new ("127.0.0.1:1", NULL, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
}

/* A server that was away is found again, and what was missed comes. */
static void
test_reconnect (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->server.workspace, "far-away", 100);

  train (monitor, 1, 10);
  g_autoptr (TelarRemote) remote = open_remote (fixture, fixture->server.token);
  wait_for_step (fixture, 10);
  server_restart (&fixture->server);
  train (monitor, 11, 50);
  wait_for_state (remote, TELAR_REMOTE_LOST);
  g_assert_nonnull (telar_remote_message (remote));
  wait_for_state (remote, TELAR_REMOTE_LIVE);
  wait_for_step (fixture, 50);
  telar_monitor_free (monitor);
}

/* A long curve begins with means; nothing of the workspace is left behind when it is closed. */
static void
test_long (Fixture *fixture, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (fixture->server.workspace, "far-away", 1000);

  train (monitor, 1, 100000);
  telar_monitor_flush (monitor);
  TelarRemote *remote = open_remote (fixture, fixture->server.token);
  wait_for_step (fixture, 100000);
  train (monitor, 100001, 100100);
  wait_for_step (fixture, 100100);
  g_autofree char *folder = g_strdup (telar_remote_workspace (remote));
  TelarStore *store = workspace_open (folder);
  TelarRunRow *row = workspace_run (store, "far-away");
  g_autoptr (GArray) points = workspace_points (store, row->id, "loss", -1);
  g_assert_cmpuint (points->len, <=, 8192 + 100);
  telar_run_row_free (row);
  telar_store_close (store);
  telar_monitor_free (monitor);

  telar_train_page_set_remote (fixture->page, NULL);
  g_object_add_weak_pointer (G_OBJECT (remote), (gpointer *)&remote);
  g_object_unref (remote);
  while (remote != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/app/remote/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("live", test_live);
  ADD ("refused", test_refused);
  ADD ("reconnect", test_reconnect);
  ADD ("long", test_long);
  return g_test_run ();
}
