/* Groups as edits: grouping and ungrouping, editing within, what the analysis says of it, and that
 * undo takes every step back. */
#include "app/project/analysis.h"
#include "app/project/edits.h"
#include "tests/app/support.h"

#include <string.h>

static const char *const hidden[] = { "dense1", "dense2", NULL };

static void
assert_text (TelarDocument *document, const char *want)
{
  g_autofree char *have = test_text (document);

  g_assert_cmpstr (have, ==, want);
}

static const TelarGraph *
group_of (TelarDocument *document, const char *id)
{
  const TelarNode *node = telar_graph_find_node (telar_document_graph (document), id);

  g_assert_nonnull (node);
  return telar_operator_drawing (node->op);
}

static char *
make_group (TelarDocument *document)
{
  g_autoptr (GError) error = NULL;
  char *id = telar_edit_group (document, hidden, &error);

  g_assert_no_error (error);
  return id;
}

static void
test_group_ungroup (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-dense.telar");
  const TelarGraph *graph = telar_document_graph (document);
  g_autofree char *before = test_text (document), *grouped = NULL;
  g_autofree char *id = make_group (document);
  const TelarGraph *drawing = group_of (document, id);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL;

  g_assert_cmpstr (id, ==, "group1_1");
  g_assert_null (telar_graph_find_node (graph, "dense1"));
  g_assert_cmpuint (telar_graph_nodes (drawing)->len, ==, 4);
  g_assert_cmpstr (telar_graph_incoming (graph, "dense3", 0, 0)->from, ==, id);
  g_assert_cmpstr (telar_graph_incoming (graph, id, 0, 0)->from, ==, "flatten");
  g_assert_nonnull (telar_graph_find_node (graph, "group1_1/dense2"));
  grouped = test_text (document);

  ids = telar_edit_ungroup (document, id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (ids), ==, 2);
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 0);
  assert_text (document, before);
  telar_document_undo (document);
  assert_text (document, grouped);
  telar_document_undo (document);
  assert_text (document, before);
  telar_document_redo (document);
  telar_document_redo (document);
  assert_text (document, before);
  telar_document_close (document);
}

static void
test_refused (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-dense.telar");
  g_autofree char *before = test_text (document);
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  /* Data stay outside; a group around a node that stays outside would depend on itself. */
  g_assert_null (telar_edit_group (document, (const char *const[]){ "digits", NULL }, &error));
  g_assert_cmpstr (telar_error_get_node (error), ==, "digits");
  g_clear_error (&error);
  g_assert_null (
      telar_edit_group (document, (const char *const[]){ "dense1", "dense3", NULL }, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (telar_edit_ungroup (document, "dense1", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  assert_text (document, before);

  id = make_group (document);
  g_assert_true (
      telar_edit_set_param (document, (const char *const[]){ id, NULL }, "repeat", "2", &error));
  g_assert_null (telar_edit_ungroup (document, id, &error));
  g_assert_nonnull (error);
  telar_document_close (document);
}

/* Ends come and go and are renamed: the wires at the group's node follow, and so does undo. */
static void
test_edit_within (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-dense.telar");
  const TelarGraph *graph = telar_document_graph (document);
  g_autofree char *id = make_group (document), *before = test_text (document), *relu = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (telar_document_enter (document, "flatten"));
  g_assert_true (telar_document_enter (document, id));
  g_assert_true (telar_document_drawing (document) == group_of (document, id));
  g_assert_true (telar_edit_rename (document, "out", "result", &error));
  g_assert_cmpstr (telar_graph_incoming (graph, "dense3", 0, 0)->from, ==, id);
  g_assert_cmpstr (telar_graph_find_node (graph, id)->op->outputs[0].name, ==, "result");
  relu = telar_edit_insert (
      document, "relu", 0, 0,
      telar_graph_incoming (telar_document_drawing (document), "dense2", 0, 0), &error);
  g_assert_no_error (error);
  g_assert_null (telar_graph_find_node (graph, relu));
  telar_edit_remove (document, (const char *const[]){ "result", NULL }, FALSE);
  g_assert_null (telar_graph_incoming (graph, "dense3", 0, 0));
  for (guint i = 0; i < 3; i++)
    telar_document_undo (document);
  assert_text (document, before);
  for (guint i = 0; i < 3; i++)
    telar_document_redo (document);
  g_assert_null (telar_graph_incoming (graph, "dense3", 0, 0));
  for (guint i = 0; i < 4; i++)
    telar_document_undo (document);
  /* The group is gone, and with it the place within it. */
  g_assert_cmpstr (telar_document_place (document), ==, "");
  g_assert_true (telar_document_drawing (document) == graph);
  telar_document_close (document);
}

static void
wait_for (TelarAnalysis *analysis)
{
  while (telar_analysis_is_busy (analysis))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_analysis (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-dense.telar");
  g_autoptr (TelarAnalysis) analysis = telar_analysis_new (document);
  const char *const dense2[] = { "dense2", NULL };
  g_autofree char *id = make_group (document), *shape = NULL;

  const TelarPartCost *cost;

  wait_for (analysis);
  while (!telar_analysis_cost (analysis)) /* the plan is made in a thread of its own */
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (telar_analysis_parameters (analysis, id), ==, 785 * 512 + 513 * 512);
  cost = telar_analysis_node_cost (analysis, id);
  g_assert_cmpfloat (cost->flops, >, 1e8);
  g_assert_cmpuint (cost->state_bytes, >, 4 * 785 * 512);
  g_assert_true (telar_document_enter (document, id));
  g_assert_cmpint (telar_analysis_parameters (analysis, "dense2"), ==, 513 * 512);
  shape = telar_analysis_shape (analysis, "dense2", "out");
  g_assert_cmpstr (shape, ==, "N,512");

  /* A problem within shows at the node within and at that of the group. */
  g_assert_true (telar_edit_set_param (document, dense2, "kernel_l1", "1", NULL));
  telar_edit_disconnect (document, "dense2", 0, 0);
  wait_for (analysis);
  g_assert_nonnull (telar_analysis_problem (analysis, "dense2"));
  g_assert_true (telar_document_enter (document, ""));
  g_assert_cmpint (telar_analysis_problem (analysis, id)->severity, ==, TELAR_PROBLEM_ERROR);
  telar_document_close (document);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = test_folder ();
  int status;

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  test_init ();
  g_test_add_func ("/groups/group-ungroup", test_group_ungroup);
  g_test_add_func ("/groups/refused", test_refused);
  g_test_add_func ("/groups/edit-within", test_edit_within);
  g_test_add_func ("/groups/analysis", test_analysis);
  status = g_test_run ();
  test_remove (state);
  return status;
}
