/* A hundred projects opened, edited and closed, each in a window of its own: every widget of every
 * window is finalized, and so are the documents; memory does not grow with them. */
#include "app/project/edits.h"
#include "app/window-private.h"
#include "tests/app/support.h"

#include <malloc.h>

#define N_PROJECTS   100
#define OTHERS_EVERY 10
/* What is made once, by GTK and by us, is made by then. */
#define N_WARM 40
/* Less than any window, document or analysis takes: one that stays is seen. GTK's own caches and
 * what is small are below it; 24 KiB a project were measured. */
#define MAX_GROWTH (48 * 1024)

/* --- what must go ----------------------------------------------------------------------------- */

static void
on_gone (gpointer alive, GObject *object)
{
  g_hash_table_remove (alive, object);
}

static void
watch (GHashTable *alive, gpointer object)
{
  if (g_hash_table_insert (alive, object, g_strdup (G_OBJECT_TYPE_NAME (object))))
    g_object_weak_ref (object, on_gone, alive);
}

/* GTK keeps the window of its tooltips for the next widget that needs it. */
static void
watch_widgets (GHashTable *alive, GtkWidget *root)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (root), "GtkTooltipWindow"))
    return;
  watch (alive, root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    watch_widgets (alive, child);
}

/* Names what is left, once the main loop has had its time. */
static void
assert_gone (GHashTable *alive, guint project)
{
  GHashTableIter iter;
  gpointer type;

  for (guint i = 0; g_hash_table_size (alive) && i < 500; i++)
    test_wait (10);
  g_hash_table_iter_init (&iter, alive);
  while (g_hash_table_iter_next (&iter, NULL, &type))
    g_test_message ("project %u left a %s", project, (const char *)type);
  g_assert_cmpuint (g_hash_table_size (alive), ==, 0);
}

/* --- one project ------------------------------------------------------------------------------ */

static void
wait_for_analysis (TelarWindow *window)
{
  while (telar_analysis_is_busy (window->analysis))
    test_wait (5);
}

/* Windows beside the window, which are slow to build. */
static void
open_others (TelarWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "history", NULL);
  telar_window_help (window);
}

/* Something of everything: nodes, wires, parameters, groups, undo, selection, both pages, history.
 */
static void
edit (TelarWindow *window)
{
  GtkWidget *canvas = GTK_WIDGET (telar_design_page_canvas (window->design));
  const GPtrArray *nodes = telar_graph_nodes (telar_document_graph (window->document));
  g_autofree char *first = g_strdup (((const TelarNode *)nodes->pdata[0])->id);
  const char *const ids[] = { first, NULL };

  telar_canvas_select (TELAR_CANVAS (canvas), ids);
  test_wait (5);
  gtk_widget_activate_action (canvas, "canvas.duplicate", NULL);
  gtk_widget_activate_action (canvas, "canvas.group", NULL);
  gtk_widget_activate_action (canvas, "canvas.enter-group", NULL);
  test_wait (5);
  gtk_widget_activate_action (canvas, "canvas.leave-group", NULL);
  gtk_widget_activate_action (canvas, "canvas.wire", NULL);
  gtk_widget_activate_action (canvas, "canvas.quick-add", NULL);
  telar_edit_set_training (window->document, "epochs", "3", NULL);
  telar_document_undo (window->document);
  telar_document_undo (window->document);
  telar_document_redo (window->document);
  g_action_group_activate_action (G_ACTION_GROUP (window), "problems", NULL);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (window->pages), "train");
  test_wait (5);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (window->pages), "design");
}

static void
use (TelarApplication *application, guint number)
{
  static const char *const samples[] = { "digits-cnn.telar", "digits-dense.telar",
                                         "titanic.telar" };
  g_autofree char *path =
      g_build_filename (g_getenv ("TELAR_SAMPLES"), samples[number % G_N_ELEMENTS (samples)], NULL);
  g_autoptr (GHashTable) alive = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  TelarWindow *window = telar_window_new (application);
  g_autoptr (GListModel) windows = NULL;

  gtk_window_present (GTK_WINDOW (window));
  telar_window_open_sample (window, path, "sample");
  g_assert_nonnull (window->document);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  wait_for_analysis (window);
  edit (window);
  if (number % OTHERS_EVERY == 0)
    open_others (window);
  wait_for_analysis (window);
  windows = g_object_ref (gtk_window_get_toplevels ());
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) root = g_list_model_get_item (windows, i);

    watch_widgets (alive, root);
  }
  watch (alive, window->document);
  watch (alive, window->analysis);
  window->closing = TRUE;
  gtk_window_close (GTK_WINDOW (window));
  assert_gone (alive, number);
}

static void
test_hundred_projects (void)
{
  g_autoptr (TelarApplication) application = telar_application_new ();
  gsize before = 0, after;
  double growth;

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  for (guint i = 0; i < N_PROJECTS; i++) {
    use (application, i);
    if (i + 1 == N_WARM)
      before = mallinfo2 ().uordblks;
  }
  after = mallinfo2 ().uordblks;
  growth = ((double)after - (double)before) / (N_PROJECTS - N_WARM);
  g_test_message ("%.0f bytes a project", growth);
  g_assert_cmpfloat (growth, <, MAX_GROWTH);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  adw_init ();
  test_init ();
  g_test_add_func ("/leaks/hundred-projects", test_hundred_projects);
  return g_test_run ();
}
