/* How each test of edits begins and what all of them check. */
#include "tests/app/edit-fixture.h"

#include <string.h>

void
edit_set_up (EditFixture *f, gconstpointer sample)
{
  f->document = test_sample (sample);
  f->before = test_text (f->document);
}

void
edit_tear_down (EditFixture *f, gconstpointer sample)
{
  telar_document_close (f->document);
  g_object_unref (f->document);
  g_free (f->before);
}

const TelarGraph *
edit_drawing (EditFixture *f)
{
  return telar_document_drawing (f->document);
}

const TelarNode *
edit_node (EditFixture *f, const char *id)
{
  return telar_graph_find_node (edit_drawing (f), id);
}

const TelarEdge *
edit_incoming (EditFixture *f, const char *id)
{
  return telar_graph_incoming (edit_drawing (f), id, 0, 0);
}

void
edit_check_undo (EditFixture *f, const char *before)
{
  g_autofree char *after = test_text (f->document), *back = NULL, *again = NULL;

  telar_document_undo (f->document);
  back = test_text (f->document);
  g_assert_cmpstr (back, ==, before);
  telar_document_redo (f->document);
  again = test_text (f->document);
  g_assert_cmpstr (again, ==, after);
}

void
edit_check_file (EditFixture *f)
{
  g_autofree char *text = test_text (f->document), *again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) read = telar_graph_from_text (text, strlen (text), "x", &error);

  g_assert_no_error (error);
  again = telar_graph_to_text (read);
  g_assert_cmpstr (again, ==, text);
}

int
edit_test_main (int argc, char **argv, void (*add) (void))
{
  g_autofree char *state = test_folder ();
  int status;

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  test_init ();
  add ();
  status = g_test_run ();
  test_remove (state);
  return status;
}
