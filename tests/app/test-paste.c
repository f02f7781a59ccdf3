/* What is copied in one document and pasted in another: groups, notes, bends, files that are named.
 */
#include "app/project/cards.h"
#include "app/project/edits.h"
#include "tests/app/edit-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
copy_one (TelarDocument *document, const char *id)
{
  return telar_edit_copy (document, (const char *const[]){ id, NULL });
}

/* A group that the other document lacks comes along with all within; pasted again it is the same.
 */
static void
test_paste_group (EditFixture *f, gconstpointer data)
{
  g_autoptr (TelarDocument) other = telar_document_new ("other");
  const TelarGraph *graph = telar_document_graph (other);
  g_autofree char *inner =
      telar_edit_group (f->document, (const char *const[]){ "bn1", "relu1", NULL }, NULL);
  g_autofree char *outer =
      telar_edit_group (f->document, (const char *const[]){ "conv1", inner, NULL }, NULL);
  g_autofree char *text = copy_one (f->document, outer), *empty = test_text (other);
  g_autofree char *once = NULL, *twice = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) made = telar_edit_paste (other, text, 10, 20, &error);
  g_auto (GStrv) again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 2);
  g_assert_cmpfloat (telar_graph_find_node (graph, made[0])->x, ==, 10);
  g_assert_nonnull (telar_graph_find_node (
      telar_operator_drawing (telar_graph_find_node (graph, made[0])->op), "conv1"));
  once = test_text (other);
  again = telar_edit_paste (other, text, 10, 400, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 2);
  telar_document_undo (other);
  telar_document_undo (other);
  twice = test_text (other);
  g_assert_cmpstr (twice, ==, empty);
  telar_document_redo (other);
  g_clear_pointer (&twice, g_free);
  twice = test_text (other);
  g_assert_cmpstr (twice, ==, once);
  telar_document_close (other);
}

/* Another group of that name stays as it is: what comes is called otherwise, all through. */
static void
test_paste_renames_group (EditFixture *f, gconstpointer data)
{
  g_autoptr (TelarDocument) other = test_sample (data);
  const TelarGraph *graph = telar_document_graph (other);
  g_autofree char *inner =
      telar_edit_group (f->document, (const char *const[]){ "bn1", "relu1", NULL }, NULL);
  g_autofree char *outer =
      telar_edit_group (f->document, (const char *const[]){ "conv1", inner, NULL }, NULL);
  g_autofree char *theirs G_GNUC_UNUSED =
      telar_edit_group (other, (const char *const[]){ "relu2", NULL }, NULL);
  g_autofree char *text = copy_one (f->document, outer), *before = test_text (other);
  g_autofree char *pasted = NULL, *reread = NULL;
  const TelarGraph *drawing;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) made = telar_edit_paste (other, text, 10, 20, &error);
  g_autoptr (TelarGraph) read = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 3);
  g_assert_nonnull (telar_graph_find_node (telar_graph_find_group (graph, "group1"), "relu2"));
  drawing = telar_operator_drawing (telar_graph_find_node (graph, made[0])->op);
  g_assert_nonnull (telar_graph_find_node (drawing, "conv1"));
  pasted = test_text (other);
  read = telar_graph_from_text (pasted, strlen (pasted), "x", &error);
  g_assert_no_error (error);
  reread = telar_graph_to_text (read);
  g_assert_cmpstr (reread, ==, pasted);
  g_clear_pointer (&reread, g_free);
  telar_document_undo (other);
  reread = test_text (other);
  g_assert_cmpstr (reread, ==, before);
  telar_document_close (other);
}

/* A group is not pasted into itself. */
static void
test_paste_into_itself (EditFixture *f, gconstpointer data)
{
  g_autofree char *id = telar_edit_group (f->document, (const char *const[]){ "bn1", NULL }, NULL);
  g_autofree char *text = copy_one (f->document, id), *before = test_text (f->document);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (telar_document_enter (f->document, id));
  g_assert_null (telar_edit_paste (f->document, text, 0, 0, &error));
  g_assert_nonnull (error);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
}

static void
test_paste_notes_and_bends (EditFixture *f, gconstpointer data)
{
  const char *const ids[] = { "conv1", "bn1", NULL };
  g_autoptr (TelarDocument) other = telar_document_new ("other");
  const TelarBend bend = { edit_node (f, "conv1")->x + 8, edit_node (f, "conv1")->y + 16 };
  g_autofree char *frame = telar_edit_add_frame (f->document, ids), *text = NULL;
  const TelarNote *from, *to;
  g_auto (GStrv) made = NULL, notes = NULL;

  telar_edit_set_note (f->document, frame, "Stage", TELAR_COLOUR_RED);
  telar_edit_bend (f->document, edit_incoming (f, "bn1"), &bend, 1, NULL);
  text = telar_edit_copy_all (f->document, ids, (const char *const[]){ frame, NULL });
  made = telar_edit_paste_all (other, text, 0, 0, &notes, NULL);
  g_assert_cmpuint (g_strv_length (made), ==, 2);
  from = telar_graph_find_note (edit_drawing (f), frame);
  to = telar_graph_find_note (telar_document_graph (other), notes[0]);
  g_assert_cmpstr (to->text, ==, "Stage");
  g_assert_cmpint (to->colour, ==, TELAR_COLOUR_RED);
  g_assert_cmpfloat (to->x, ==, 0);
  g_assert_cmpfloat (to->width, ==, from->width);
  for (guint i = 0; made[i]; i++) {
    const TelarEdge *edge = telar_graph_incoming (telar_document_graph (other), made[i], 0, 0);

    if (edge)
      g_assert_cmpfloat (g_array_index (edge->bends, TelarBend, 0).x, ==, bend.x - from->x);
  }
  telar_document_close (other);
}

/* Text of any origin is pasted whole or refused whole. */
static void
test_paste_hostile (EditFixture *f, gconstpointer data)
{
#define HEAD "{\"telar-nodes\":1,\"x\":0,\"y\":0,"
  static const char *const texts[] = {
    "",
    "[]",
    "{\"telar-nodes\":2}",
    HEAD "\"nodes\":[{}]}",
    HEAD "\"nodes\":[{\"id\":\"a\",\"op\":\"no\",\"x\":0,\"y\":0}]}",
    HEAD "\"nodes\":[{\"id\":\"a\",\"op\":\"group:none\",\"x\":0,\"y\":0}]}",
    HEAD "\"edges\":[[\"a\",\"out\",\"b\",\"in\"]]}",
    HEAD "\"notes\":[{\"frame\":true}]}",
    HEAD
    "\"notes\":[{\"text\":\"\",\"colour\":\"red\",\"x\":0,\"y\":0,\"width\":-1,\"height\":1}]}",
    HEAD "\"groups\":{\"groups/g\":\"[\"}}",
    HEAD "\"groups\":{\"groups/g\":\"{}\",\"groups/g/nodes/a\":\"{}\"}}",
    HEAD "\"groups\":{\"groups/g\":\"{}\",\"groups/g/weather\":\"{}\"}}",
    HEAD "\"groups\":{\"groups/g\":\"{}\",\"groups/g/nodes/a\":"
         "\"{\\\"id\\\":\\\"a\\\",\\\"op\\\":\\\"group:g\\\"}\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *after = NULL;

    g_assert_null (telar_edit_paste (f->document, texts[i], 0, 0, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    after = test_text (f->document);
    g_assert_cmpstr (after, ==, f->before);
  }
}

/* A file that a node reads is named from where the other document lies. */
static void
test_paste_file (void)
{
  g_autofree char *folder = test_folder (), *below = g_build_filename (folder, "below", NULL);
  g_autofree char *first = g_build_filename (folder, "a.telar", NULL);
  g_autofree char *second = g_build_filename (below, "b.telar", NULL);
  g_autofree char *data = g_build_filename (folder, "rows.csv", NULL), *text = NULL;
  g_autoptr (TelarDocument) from = telar_document_new ("a"), to = telar_document_new ("b");
  g_autofree char *id = telar_edit_add (from, "csv_table", 0, 0, NULL, NULL);
  g_auto (GStrv) made = NULL, back = NULL;

  g_mkdir (below, 0700);
  telar_edit_set_param (from, (const char *const[]){ id, NULL }, "file", "rows.csv", NULL);
  g_assert_true (telar_document_save (from, first, NULL));
  g_assert_true (telar_document_save (to, second, NULL));
  text = copy_one (from, id);
  made = telar_edit_paste (to, text, 0, 0, NULL);
  g_assert_cmpstr (telar_param_set_text (
                       telar_graph_find_node (telar_document_graph (to), made[0])->params, "file"),
                   ==, data);
  g_clear_pointer (&text, g_free);
  text = copy_one (from, id);
  back = telar_edit_paste (from, text, 0, 0, NULL);
  g_assert_cmpstr (
      telar_param_set_text (telar_graph_find_node (telar_document_graph (from), back[0])->params,
                            "file"),
      ==, "rows.csv");
  telar_document_close (from);
  telar_document_close (to);
  test_remove (folder);
}

static void
add_tests (void)
{
#define TEST(path, function)                                                                       \
  g_test_add (path, EditFixture, "digits-cnn.telar", edit_set_up, function, edit_tear_down)
  TEST ("/edits/paste/group", test_paste_group);
  TEST ("/edits/paste/renames-group", test_paste_renames_group);
  TEST ("/edits/paste/into-itself", test_paste_into_itself);
  TEST ("/edits/paste/notes-and-bends", test_paste_notes_and_bends);
  TEST ("/edits/paste/hostile", test_paste_hostile);
  g_test_add_func ("/edits/paste/file", test_paste_file);
}

int
main (int argc, char **argv)
{
  return edit_test_main (argc, argv, add_tests);
}
