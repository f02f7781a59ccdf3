/* The user's library of operators: what is kept there can be used in any document, with all that it
 * is made of, and updated later. */
#include "app/project/edits.h"
#include "app/project/group-copy.h"
#include "app/project/library.h"
#include "tests/app/support.h"

#include <glib/gstdio.h>

/* A document with a group "block" of conv2d and relu, within a group "stage". */
static TelarDocument *
staged (void)
{
  TelarDocument *document = telar_document_new ("test");
  g_autofree char *conv = telar_edit_add (document, "conv2d", 0, 0, NULL, NULL);
  g_autofree char *relu = telar_edit_add (document, "relu", 300, 0, NULL, NULL);
  g_autofree char *last = telar_edit_add (document, "relu", 600, 0, NULL, NULL);
  g_autofree char *tail = telar_edit_add (document, "softmax", 900, 0, NULL, NULL);
  g_autofree char *block = NULL, *stage = NULL;
  TelarGraph *graph = (TelarGraph *)telar_document_graph (document);

  g_assert_true (telar_edit_connect (document, conv, 0, relu, 0, NULL));
  g_assert_true (telar_edit_connect (document, relu, 0, last, 0, NULL));
  g_assert_true (telar_edit_connect (document, last, 0, tail, 0, NULL));
  block = telar_edit_group (document, (const char *const[]){ conv, relu, NULL }, NULL);
  g_assert_nonnull (block);
  stage = telar_edit_group (document, (const char *const[]){ block, last, NULL }, NULL);
  g_assert_nonnull (stage);
  telar_graph_set_group_title (telar_graph_find_group (graph, "group2"), "Res stage");
  return document;
}

static const TelarGraph *
stage_of (TelarDocument *document)
{
  return telar_graph_find_group (telar_document_graph (document), "group2");
}

static void
keep (TelarDocument *document)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      telar_library_keep (telar_library_get (), stage_of (document), "Res stage", &error));
  g_assert_no_error (error);
}

static void
test_names (void)
{
  g_autofree char *plain = telar_library_name ("Res  block!"), *odd = telar_library_name ("3×3");
  g_autofree char *accents = telar_library_name ("Bloque útil");

  g_assert_cmpstr (plain, ==, "res_block");
  g_assert_cmpstr (odd, ==, "op_3x3");
  g_assert_cmpstr (accents, ==, "bloque_util");
}

static void
test_keep (void)
{
  g_autoptr (TelarDocument) document = staged ();
  const TelarLibraryEntry *entry;

  keep (document);
  g_assert_cmpuint (telar_library_entries (telar_library_get ())->len, ==, 1);
  entry = telar_library_find (telar_library_get (), "library:res_stage");
  g_assert_nonnull (entry);
  g_assert_cmpstr (entry->op.label, ==, "Res stage");
  g_assert_true (telar_group_is_same (entry->drawing, stage_of (document)));
  g_assert_true (telar_library_find_for (telar_library_get (), stage_of (document)) == entry);
  /* The file is a project that can be opened. */
  {
    g_autoptr (TelarDocument) opened = telar_document_open (entry->path, NULL);

    g_assert_nonnull (opened);
    g_assert_true (telar_document_enter (opened, "res_stage"));
    telar_document_close (opened);
  }
  telar_document_close (document);
}

/* One step of undo brings both groups and the node, and takes them away again. */
static void
test_use (void)
{
  g_autoptr (TelarDocument) document = telar_document_new ("other");
  g_autofree char *before = test_text (document), *id = NULL, *again = NULL, *after = NULL;
  const TelarGraph *graph = telar_document_graph (document);
  g_autoptr (GError) error = NULL;

  id = telar_edit_add (document, "library:res_stage", 0, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (telar_graph_find_node (graph, id)->op->name, ==, "group:res_stage");
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 2);
  g_assert_cmpstr (telar_document_undo_name (document), ==, "Add Res stage");
  again = telar_edit_add (document, "library:res_stage", 0, 200, NULL, NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 2); /* the same again */
  telar_document_undo (document);
  telar_document_undo (document);
  after = test_text (document);
  g_assert_cmpstr (after, ==, before);
  telar_document_redo (document);
  g_assert_nonnull (telar_graph_find_node (telar_document_graph (document), id));
  telar_document_close (document);
}

/* Another group has the name already: the copy gets one of its own. */
static void
test_taken (void)
{
  g_autoptr (TelarDocument) document = telar_document_new ("other");
  const TelarGraph *graph = telar_document_graph (document);
  g_autofree char *id = NULL;

  g_assert_nonnull (telar_graph_add_group ((TelarGraph *)graph, "res_stage", NULL));
  id = telar_edit_add (document, "library:res_stage", 0, 0, NULL, NULL);
  g_assert_nonnull (id);
  g_assert_cmpstr (telar_graph_find_node (graph, id)->op->name, ==, "group:res_stage_2");
  telar_document_close (document);
}

/* An update draws the group anew; wires stay at the ports that still are there. */
static void
test_update (void)
{
  g_autoptr (TelarDocument) source = staged (), document = telar_document_new ("other");
  const TelarGraph *graph = telar_document_graph (document);
  g_autofree char *id = telar_edit_add (document, "library:res_stage", 0, 0, NULL, NULL);
  g_autofree char *relu = telar_edit_add (document, "relu", 600, 0, NULL, NULL);
  g_autofree char *before = NULL, *after = NULL;
  const TelarLibraryEntry *entry;
  g_autoptr (GError) error = NULL;

  g_assert_true (telar_edit_connect (document, id, 0, relu, 0, &error));
  g_assert_no_error (error);
  before = test_text (document);
  g_assert_true (telar_document_enter (source, telar_graph_find_use (stage_of (source))->id));
  g_free (telar_edit_add (source, "dropout", 40, 40, NULL, NULL));
  keep (source);
  entry = telar_library_find (telar_library_get (), "res_stage");
  g_assert_false (
      telar_group_is_same (entry->drawing, telar_graph_find_group (graph, "res_stage")));
  g_assert_true (telar_edit_update_group (document, "res_stage", entry->drawing, &error));
  g_assert_no_error (error);
  g_assert_true (telar_group_is_same (entry->drawing, telar_graph_find_group (graph, "res_stage")));
  g_assert_nonnull (telar_graph_incoming (graph, relu, 0, 0));
  telar_document_undo (document);
  after = test_text (document);
  g_assert_cmpstr (after, ==, before);
  telar_document_close (document);
  telar_document_close (source);
}

/* What cannot be read is told and does not hide the others. */
static void
test_problems (void)
{
  TelarLibrary *library = telar_library_get ();
  g_autofree char *path = g_build_filename (telar_library_folder (library), "broken.telar", NULL);
  g_autoptr (TelarDocument) document = staged ();

  g_assert_true (g_file_set_contents (path, "{\"telar\": 1", -1, NULL));
  keep (document);
  g_assert_cmpuint (telar_library_entries (library)->len, ==, 1);
  g_assert_nonnull (strstr (telar_library_problems (library), "broken.telar"));
  g_unlink (path);
  telar_document_close (document);
}

static void
test_removal (void)
{
  TelarLibrary *library = telar_library_get ();
  g_autoptr (TelarDocument) document = telar_document_new ("other");
  g_autoptr (GError) error = NULL;

  g_assert_true (telar_library_remove (library, "res_stage", NULL));
  g_assert_cmpuint (telar_library_entries (library)->len, ==, 0);
  g_assert_null (telar_edit_add (document, "library:res_stage", 0, 0, NULL, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_null (telar_document_undo_name (document));
  telar_document_close (document);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("telar-test-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  test_init ();
  g_test_add_func ("/library/names", test_names);
  g_test_add_func ("/library/keep", test_keep);
  g_test_add_func ("/library/use", test_use);
  g_test_add_func ("/library/taken", test_taken);
  g_test_add_func ("/library/update", test_update);
  g_test_add_func ("/library/problems", test_problems);
  g_test_add_func ("/library/remove", test_removal);
  return g_test_run ();
}
