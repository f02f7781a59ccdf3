/* In Spanish, which is longer than English, no label of a window of 1280 by 800 is cut whose whole
 * text a person could not read: a tooltip has it where there is no room. */
#include "app/project/edits.h"
#include "app/window-private.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

static TelarApplication *application;
static guint n_labels, n_cut;

/* --- what is cut ------------------------------------------------------------------------------ */

/* That of the label itself tells its text; that of what it stands in may tell something else. */
static gboolean
has_tooltip (GtkWidget *label)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  gboolean told = FALSE;

  g_signal_emit_by_name (label, "query-tooltip", 0, 0, TRUE, tooltip, &told);
  if (told)
    return TRUE;
  for (GtkWidget *widget = label; widget; widget = gtk_widget_get_parent (widget)) {
    const char *of_widget = gtk_widget_get_tooltip_text (widget);

    if (of_widget && strstr (of_widget, text))
      return TRUE;
  }
  return FALSE;
}

static void
check_label (GtkWidget *label, const char *page)
{
  n_labels++;
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))) || has_tooltip (label))
    return;
  n_cut++;
  g_test_message ("%s: “%s” is cut", page, gtk_label_get_text (GTK_LABEL (label)));
}

static void
check_labels (GtkWidget *root, const char *page)
{
  if (!gtk_widget_get_mapped (root))
    return;
  if (GTK_IS_LABEL (root))
    check_label (root, page);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    check_labels (child, page);
}

/* Once it has been laid out. */
static void
check (GtkWidget *window, const char *page)
{
  gtk_test_widget_wait_for_draw (window);
  check_labels (window, page);
}

/* --- the pages -------------------------------------------------------------------------------- */

static void
wait_for_analysis (TelarWindow *window)
{
  while (telar_analysis_is_busy (window->analysis))
    test_wait (5);
}

static TelarWindow *
open_window (const char *sample)
{
  TelarWindow *window = telar_window_new (application);
  g_autofree char *path =
      sample ? g_build_filename (g_getenv ("TELAR_SAMPLES"), sample, NULL) : NULL;

  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  gtk_window_present (GTK_WINDOW (window));
  if (path) {
    telar_window_open_sample (window, path, "sample");
    wait_for_analysis (window);
  }
  return window;
}

static void
close_window (TelarWindow *window)
{
  window->closing = TRUE;
  gtk_window_destroy (GTK_WINDOW (window));
  test_wait (50);
}

/* The test fails once for all that a page has cut, each named before. */
static void
assert_none_cut (void)
{
  g_assert_cmpuint (n_labels, >, 0);
  if (n_cut)
    g_test_fail_printf ("%u labels are cut", n_cut);
  n_labels = n_cut = 0;
}

static void
expand_all (GtkWidget *root)
{
  if (GTK_IS_EXPANDER (root))
    gtk_expander_set_expanded (GTK_EXPANDER (root), TRUE);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    expand_all (child);
}

static void
test_start (void)
{
  TelarWindow *window = open_window (NULL);

  check (GTK_WIDGET (window), "start");
  test_picture (GTK_WIDGET (window), "start");
  close_window (window);
  assert_none_cut ();
}

/* The training's settings, all of them, and the parameters of every node of a project. */
static void
test_design (gconstpointer sample)
{
  TelarWindow *window = open_window (sample);
  TelarCanvas *canvas = telar_design_page_canvas (window->design);
  const GPtrArray *nodes = telar_graph_nodes (telar_document_graph (window->document));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  expand_all (GTK_WIDGET (window->design));
  check (GTK_WIDGET (window), "training");
  test_picture (GTK_WIDGET (window), "training");
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];

    if (!g_hash_table_add (seen, (gpointer)node->op))
      continue;
    telar_canvas_select (canvas, (const char *const[]){ node->id, NULL });
    expand_all (GTK_WIDGET (window->design));
    check (GTK_WIDGET (window), node->id);
  }
  close_window (window);
  assert_none_cut ();
}

static void
test_pages (void)
{
  static const char *const pages[] = { "train", "compare" };
  TelarWindow *window = open_window ("digits-cnn.telar");

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (window->pages), pages[i]);
    check (GTK_WIDGET (window), pages[i]);
  }
  close_window (window);
  assert_none_cut ();
}

/* --- windows beside it ------------------------------------------------------------------------ */

static void
check_others (TelarWindow *window, const char *page)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) other = g_list_model_get_item (windows, i);

    if (other == GTK_WIDGET (window) || !gtk_widget_get_mapped (other))
      continue;
    check (other, page);
    gtk_window_destroy (GTK_WINDOW (other));
    n++;
    i--;
  }
  g_assert_cmpuint (n, ==, 1);
}

static void
test_windows (void)
{
  static const char *const of_window[] = { "history", "export", "code", "operators",
                                           "show-help-overlay" };
  static const char *const of_application[] = { "help", "preferences", "about" };
  TelarWindow *window = open_window ("digits-cnn.telar");

  telar_edit_set_training (window->document, "epochs", "3", NULL); /* for the history */
  for (guint i = 0; i < G_N_ELEMENTS (of_window); i++) {
    g_action_group_activate_action (G_ACTION_GROUP (window), of_window[i], NULL);
    check_others (window, of_window[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (of_application); i++) {
    g_action_group_activate_action (G_ACTION_GROUP (application), of_application[i], NULL);
    check_others (window, of_application[i]);
  }
  close_window (window);
  assert_none_cut ();
}

int
main (int argc, char **argv)
{
  int status;

  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("TELAR_LOCALE_DIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gtk_test_init (&argc, &argv);
  setlocale (LC_ALL, "C.UTF-8"); /* GTK's tests begin in another */
  adw_init ();
  test_init ();
  g_assert_cmpstr (_ ("History"), ==, "Historia");
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", NULL);
  application = telar_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/widths/start", test_start);
  g_test_add_data_func ("/widths/design/digits-cnn", "digits-cnn.telar", test_design);
  g_test_add_data_func ("/widths/design/titanic", "titanic.telar", test_design);
  g_test_add_data_func ("/widths/design/tiny-gpt", "tiny-gpt.telar", test_design);
  g_test_add_func ("/widths/pages", test_pages);
  g_test_add_func ("/widths/windows", test_windows);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
