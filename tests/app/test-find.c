/* Finding nodes across groups, and bookmarks. */
#include "app/canvas/find.h"
#include "app/project/edits.h"
#include "tests/app/support.h"

/* Sample with conv2, bn2 and relu2 in a group. */
static TelarDocument *
grouped (void)
{
  TelarDocument *document = test_sample ("digits-cnn.telar");
  g_autofree char *id =
      telar_edit_group (document, (const char *const[]){ "conv2", "bn2", "relu2", NULL }, NULL);

  g_assert_nonnull (id);
  return document;
}

static const TelarFound *
first (GPtrArray *found)
{
  g_assert_cmpuint (found->len, >, 0);
  return found->pdata[0];
}

static void
test_by_name (void)
{
  g_autoptr (TelarDocument) document = grouped ();
  g_autoptr (GPtrArray) main_node = telar_find_nodes (document, "conv1");
  g_autoptr (GPtrArray) inner = telar_find_nodes (document, "CONV2");
  g_autoptr (GPtrArray) title = telar_find_nodes (document, "handwritten");
  g_autoptr (GPtrArray) none = telar_find_nodes (document, "conv9");
  g_autoptr (GPtrArray) empty = telar_find_nodes (document, "  ");

  g_assert_cmpstr (first (main_node)->path, ==, "conv1");
  g_assert_cmpstr (first (inner)->id, ==, "conv2");
  g_assert_cmpstr (first (inner)->place, !=, "");
  g_assert_true (telar_document_enter (document, first (inner)->place));
  g_assert_cmpstr (first (title)->id, ==, "digits");
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (empty->len, ==, 0);
  telar_document_close (document);
}

static void
test_by_operator (void)
{
  g_autoptr (TelarDocument) document = grouped ();
  g_autoptr (GPtrArray) found = telar_find_nodes (document, "convolution");
  guint n = 0;

  for (guint i = 0; i < found->len; i++)
    n += g_str_equal (((const TelarFound *)found->pdata[i])->op->name, "conv2d");
  g_assert_cmpuint (n, ==, 3); /* one of them in the group */
  telar_document_close (document);
}

static void
test_by_parameter (void)
{
  g_autoptr (TelarDocument) document = grouped ();
  g_autoptr (GPtrArray) exact = telar_find_nodes (document, "filters=64");
  g_autoptr (GPtrArray) both = telar_find_nodes (document, "conv filters=24");

  g_assert_cmpuint (exact->len, ==, 1);
  g_assert_cmpstr (first (exact)->id, ==, "conv3");
  g_assert_nonnull (first (exact)->what);
  g_assert_cmpuint (both->len, ==, 1);
  g_assert_cmpstr (first (both)->id, ==, "conv2");
  telar_document_close (document);
}

/* A group that two nodes share is looked at once. */
static void
test_shared_group (void)
{
  g_autoptr (TelarDocument) document = grouped ();
  g_autofree char *again = telar_edit_add (document, "group:group1", 0, 900, NULL, NULL);
  g_autoptr (GPtrArray) found = telar_find_nodes (document, "conv2");
  guint n = 0;

  g_assert_nonnull (again);
  for (guint i = 0; i < found->len; i++)
    n += g_str_equal (((const TelarFound *)found->pdata[i])->id, "conv2");
  g_assert_cmpuint (n, ==, 1);
  telar_document_close (document);
}

static void
test_bookmarks (void)
{
  g_autoptr (TelarDocument) document = grouped ();
  const TelarGraph *graph = telar_document_graph (document);
  g_autofree char *folder = test_folder ();
  g_autofree char *path = g_build_filename (folder, "marked.telar", NULL);
  TelarBookmark end = { (char *)"The end", (char *)"", 900, 40, 0.5 };
  TelarBookmark nameless = { (char *)"", (char *)"", 0, 0, 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (telar_edit_set_bookmark (document, &end, &error));
  g_assert_false (telar_edit_set_bookmark (document, &nameless, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  telar_edit_rename_bookmark (document, "The end", "Loss");
  g_assert_cmpuint (telar_graph_bookmarks (graph)->len, ==, 1);
  g_assert_cmpfloat (telar_graph_find_bookmark (graph, "Loss")->zoom, ==, 0.5);
  g_assert_true (telar_document_save (document, path, NULL));
  {
    g_autoptr (TelarDocument) opened = telar_document_open (path, NULL);

    g_assert_cmpfloat (telar_graph_find_bookmark (telar_document_graph (opened), "Loss")->x, ==,
                       900);
    telar_document_close (opened);
  }
  telar_edit_remove_bookmark (document, "Loss");
  g_assert_cmpuint (telar_graph_bookmarks (graph)->len, ==, 0);
  telar_document_undo (document);
  g_assert_nonnull (telar_graph_find_bookmark (graph, "Loss"));
  telar_document_undo (document);
  telar_document_undo (document);
  g_assert_cmpuint (telar_graph_bookmarks (graph)->len, ==, 0);
  telar_document_close (document);
  test_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_init ();
  g_test_add_func ("/find/name", test_by_name);
  g_test_add_func ("/find/operator", test_by_operator);
  g_test_add_func ("/find/parameter", test_by_parameter);
  g_test_add_func ("/find/shared-group", test_shared_group);
  g_test_add_func ("/find/bookmarks", test_bookmarks);
  return g_test_run ();
}
