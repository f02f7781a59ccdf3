/* Arranging a large drawing in its thread: what a person does before its end. Nothing of it is seen
 * until the program comes back to its loop, so that all that stands between beginning and waiting
 * happens while it runs. */
#include "app/project/edits.h"
#include "app/ui/arrange-pill.h"
#include "tests/app/canvas-fixture.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#define N_NODES 2000
/* Longer than what shows no progress. */
#define LONG_US 400000

/* Chains that meet, all nodes in one place. */
static void
set_up_large (Fixture *f, gconstpointer data)
{
  TelarGraph *graph = telar_graph_new ();
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *folder = test_folder ();
  g_autofree char *journal = g_build_filename (folder, "large.journal", NULL);
  g_autoptr (GError) error = NULL;
  TelarDocument *document;

  for (guint i = 0; i < N_NODES; i++) {
    gboolean sum = i % 5 == 4;
    const char *id = telar_graph_add_node (graph, sum ? "add" : "relu", NULL, NULL)->id;

    if (i > 0)
      telar_graph_wire (graph, ids->pdata[i - 1], id, NULL);
    if (sum)
      telar_graph_wire (graph, ids->pdata[i - 4], id, NULL);
    g_ptr_array_add (ids, (gpointer)id);
  }
  document = telar_document_new_imported (graph, "large", journal, &error);
  g_assert_no_error (error);
  set_up_with (f, document);
  test_remove (folder);
}

static void
begin (Fixture *f)
{
  act (f, "canvas.arrange", NULL);
  g_assert_nonnull (f->canvas->arranging);
}

static void
wait_for_the_end (Fixture *f)
{
  while (f->canvas->arranging)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_text (Fixture *f, const char *expected)
{
  g_autofree char *text = test_text (f->document);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_file (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

/* The thread ends soon, and nobody is waiting for it. */
static void
assert_lets_go (Fixture *f)
{
  g_object_ref (f->canvas);
  gtk_window_set_child (GTK_WINDOW (f->window), NULL);
  test_finalizes (f->canvas);
}

static void
test_escape (Fixture *f, gconstpointer data)
{
  GtkEventController *keys = controller (f, GTK_TYPE_EVENT_CONTROLLER_KEY);
  g_autofree char *before = test_text (f->document);
  gboolean taken = FALSE;

  begin (f);
  g_signal_emit_by_name (keys, "key-pressed", GDK_KEY_Escape, 0, 0, &taken);
  g_assert_true (taken);
  g_assert_null (f->canvas->arranging);
  assert_lets_go (f);
  assert_text (f, before);
  g_assert_cmpuint (telar_document_n_edits (f->document), ==, 0);
}

static void
click (TelarCanvas *canvas, double done, GtkWidget *pill)
{
  if (done < 0)
    return;
  g_assert_true (gtk_widget_get_visible (pill));
  g_signal_emit_by_name (test_find (pill, test_is_button, "Cancel (Escape)"), "clicked");
  g_assert_null (canvas->arranging);
}

static void
test_pill (Fixture *f, gconstpointer data)
{
  GtkWidget *pill = g_object_ref_sink (telar_arrange_pill_new (f->canvas));
  g_autofree char *before = test_text (f->document);

  g_signal_connect (f->canvas, "arranging", G_CALLBACK (click), pill);
  begin (f);
  g_assert_false (gtk_widget_get_visible (pill));
  g_usleep (LONG_US);
  wait_for_the_end (f);
  g_assert_false (gtk_widget_get_visible (pill));
  assert_lets_go (f);
  assert_text (f, before);
  g_assert_cmpuint (telar_document_n_edits (f->document), ==, 0);
  g_object_unref (pill);
}

/* The file holds what is seen when it is saved; the new places are one edit more. */
static void
test_saved (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *path = g_build_filename (folder, "large.telar", NULL);
  g_autofree char *before = test_text (f->document), *arranged = NULL;
  g_autoptr (GError) error = NULL;

  begin (f);
  g_assert_true (telar_document_save (f->document, path, &error));
  g_assert_no_error (error);
  g_assert_false (telar_document_is_modified (f->document));
  wait_for_the_end (f);
  assert_file (path, before);
  g_assert_true (telar_document_is_modified (f->document));
  arranged = test_text (f->document);
  g_assert_cmpstr (arranged, !=, before);
  telar_document_undo (f->document);
  assert_text (f, before);
  g_assert_false (telar_document_is_modified (f->document));
  telar_document_redo (f->document);
  g_assert_true (telar_document_save (f->document, NULL, &error));
  g_assert_no_error (error);
  assert_file (path, arranged);
  test_remove (folder);
}

/* What was edited meanwhile stays as it was made: who is gone has no place, who came keeps its own,
 * and the arranging is undone first. */
static void
test_edited (Fixture *f, gconstpointer data)
{
  g_autofree char *before = test_text (f->document), *edited = NULL, *id = NULL;

  begin (f);
  telar_edit_remove (f->document, (const char *const[]){ "relu7", NULL }, FALSE);
  id = telar_edit_add (f->document, "tanh", 4000, -800, NULL, NULL);
  edited = test_text (f->document);
  wait_for_the_end (f);
  g_assert_null (node (f, "relu7"));
  g_assert_cmpfloat (node (f, id)->x, ==, 4000);
  g_assert_cmpfloat (node (f, id)->y, ==, -800);
  g_assert_cmpfloat (node (f, "relu9")->x, !=, node (f, "relu8")->x);
  telar_document_undo (f->document);
  assert_text (f, edited);
  telar_document_jump (f->document, 0);
  assert_text (f, before);
}

int
main (int argc, char **argv)
{
  test_init ();
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define TEST(path, function) g_test_add (path, Fixture, NULL, set_up_large, function, tear_down)
  TEST ("/arranging/escape", test_escape);
  TEST ("/arranging/pill", test_pill);
  TEST ("/arranging/saved", test_saved);
  TEST ("/arranging/edited", test_edited);
  return g_test_run ();
}
