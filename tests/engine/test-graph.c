/* The document: what may be drawn, what may not, and that it stays consistent while it changes. */
#include "sample-operators.h"
#include <string.h>

#define assert_refused(call, text)                                                                 \
  do {                                                                                             \
    g_autoptr (GError) problem = NULL;                                                             \
    g_assert_false (call);                                                                         \
    g_assert_error (problem, TELAR_ERROR, TELAR_ERROR_INVALID);                                    \
    g_assert_cmpstr (problem->message, ==, text);                                                  \
  } while (0)

static void
test_nodes (void)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  TelarNode *first = telar_graph_add_node (graph, "t-relu", NULL, NULL);
  TelarNode *second = telar_graph_add_node (graph, "t-relu", NULL, NULL);
  g_assert_cmpstr (first->id, ==, "t-relu1");
  g_assert_cmpstr (second->id, ==, "t-relu2");
  telar_graph_remove_node (graph, "t-relu1");
  g_assert_cmpstr (telar_graph_add_node (graph, "t-relu", NULL, NULL)->id, ==, "t-relu1");
  test_graph_add (graph, "t-relu", "B");
  test_graph_add (graph, "t-relu", "_a-1");
  const GPtrArray *nodes = telar_graph_nodes (graph);
  g_assert_cmpuint (nodes->len, ==, 4);
  static const char *const order[] = { "B", "_a-1", "t-relu1", "t-relu2" };
  for (guint i = 0; i < 4; i++)
    g_assert_cmpstr (((TelarNode *)nodes->pdata[i])->id, ==, order[i]);

  static const char *const bad[] = { "", "1a", "-a", "a b", "a.b", "a:b", "ä" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_graph_add_node (graph, "t-relu", bad[i], &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
  assert_refused (telar_graph_add_node (graph, "t-relu", "B", &problem),
                  "B: there is a node of this id already");
  assert_refused (telar_graph_add_node (graph, "lstm", "c", &problem),
                  "c: unknown operator \"lstm\"");
}

static void
test_wires (void)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  test_graph_add (graph, "t-data", "d");
  test_graph_add (graph, "t-table", "t");
  test_graph_add (graph, "t-relu", "a");
  test_graph_add (graph, "t-relu", "b");
  test_graph_wire (graph, "d:image", "a");
  test_graph_wire (graph, "a", "b:in");

  assert_refused (telar_graph_wire (graph, "d", "b", &problem),
                  "d: t-data has 2 outputs; say which");
  assert_refused (telar_graph_wire (graph, "d:what", "b", &problem),
                  "d: t-data has no output \"what\"");
  assert_refused (telar_graph_wire (graph, "x", "b", &problem), "there is no node \"x\"");
  assert_refused (telar_graph_wire (graph, "d:image", "a:in.1", &problem),
                  "a: in takes a single wire");
  assert_refused (telar_graph_wire (graph, "d:image", "a", &problem), "a: in has a wire already");
  assert_refused (telar_graph_can_connect (graph, "d", 5, "a", 0, &problem),
                  "a: there is no such port to wire with d");

  telar_graph_disconnect (graph, "a", 0, 0);
  assert_refused (telar_graph_wire (graph, "t", "a", &problem),
                  "a: in takes a tensor, but t:table gives a table");
  assert_refused (telar_graph_wire (graph, "b", "a", &problem),
                  "a: a wire from b would close a cycle");
  assert_refused (telar_graph_wire (graph, "a", "a", &problem),
                  "a: a wire from a would close a cycle");
  g_assert_cmpuint (telar_graph_edges (graph)->len, ==, 1);
}

static const char *
source_at (const TelarGraph *graph, const char *to, guint slot)
{
  const TelarEdge *edge = telar_graph_incoming (graph, to, 0, slot);
  return edge ? edge->from : NULL;
}

static void
test_repeated (void)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  test_graph_add (graph, "t-data", "d");
  test_graph_add (graph, "t-sum", "s");
  for (char id[2] = "a"; id[0] <= 'd'; id[0]++) {
    if (id[0] != 'd')
      test_graph_add (graph, "t-relu", id);
    test_graph_wire (graph, id[0] == 'd' ? "d:label" : id, "s:in");
  }
  assert_refused (telar_graph_connect (graph, "d", 0, "s", 0, 9, &problem),
                  "s: in has 4 wires, so the next slot is 4 and not 9");
  assert_refused (telar_graph_connect (graph, "d", 0, "s", 0, 2, &problem),
                  "s: in has a wire already");
  telar_graph_disconnect (graph, "s", 0, 1);
  g_assert_cmpstr (source_at (graph, "s", 0), ==, "a");
  g_assert_cmpstr (source_at (graph, "s", 1), ==, "c");
  g_assert_cmpstr (source_at (graph, "s", 2), ==, "d");
  g_assert_null (source_at (graph, "s", 3));
  telar_graph_remove_node (graph, "a");
  g_assert_cmpstr (source_at (graph, "s", 0), ==, "c");
  g_assert_cmpuint (telar_graph_edges (graph)->len, ==, 2);
}

static void
test_rename (void)
{
  g_autoptr (TelarGraph) graph = test_graph_small ();
  g_assert_true (telar_graph_rename_node (graph, "fc", "zz", NULL));
  g_assert_null (telar_graph_find_node (graph, "fc"));
  g_assert_cmpstr (source_at (graph, "zz", 0), ==, "d");
  g_assert_cmpstr (source_at (graph, "result", 0), ==, "zz");
  const GPtrArray *edges = telar_graph_edges (graph);
  for (guint i = 1; i < edges->len; i++) {
    const TelarEdge *a = edges->pdata[i - 1], *b = edges->pdata[i];
    g_assert_cmpint (g_strcmp0 (a->to, b->to), <=, 0);
  }
  assert_refused (telar_graph_rename_node (graph, "zz", "d", &problem),
                  "d: there is a node of this id already");
  telar_graph_remove_node (graph, "zz");
  g_assert_cmpuint (telar_graph_edges (graph)->len, ==, 2);
}

static void
test_topological (void)
{
  g_autoptr (TelarGraph) graph = test_graph_small ();
  g_autoptr (GPtrArray) order = telar_graph_topological (graph);
  static const char *const want[] = { "d", "fc", "acc", "loss1", "result" };
  g_assert_cmpuint (order->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpstr (((TelarNode *)order->pdata[i])->id, ==, want[i]);
}

static void
test_set (void)
{
  g_autoptr (TelarGraph) graph = test_graph_small ();
  g_assert_true (telar_graph_set (graph, "fc.units", "7", NULL));
  g_assert_true (telar_graph_set (graph, "training.epochs", "3", NULL));
  g_assert_true (telar_graph_set (graph, "seed", "9", NULL));
  g_assert_cmpint (telar_param_set_int (telar_graph_find_node (graph, "fc")->params, "units"), ==,
                   7);
  g_assert_cmpint (telar_param_set_int (telar_graph_training (graph), "epochs"), ==, 3);
  g_assert_cmpuint (telar_graph_seed (graph), ==, 9);
  assert_refused (telar_graph_set (graph, "fc.units", "-7", &problem),
                  "fc: units must be at least 1, not -7");
  assert_refused (telar_graph_set (graph, "fx.units", "7", &problem),
                  "there is no node \"fx\" to set \"units\" of");
  assert_refused (telar_graph_set (graph, "seed", "-1", &problem),
                  "seed must be a whole number from 0 to 2^63 - 1, not \"-1\"");
  assert_refused (telar_graph_set (graph, "fc", "7", &problem),
                  "\"fc\" is neither NODE.PARAM nor training.PARAM nor "
                  "values.NAME nor seed");
}

static void
test_copy (void)
{
  g_autoptr (TelarGraph) graph = test_graph_small ();
  telar_graph_find_node (graph, "fc")->x = 12.5;
  telar_graph_find_node (graph, "fc")->title = g_strdup ("Dense");
  telar_graph_set_seed (graph, 4);
  g_hash_table_insert (telar_graph_data_hashes (graph), g_strdup ("a.csv"), g_strdup ("sha256:00"));
  g_autoptr (TelarGraph) copy = telar_graph_copy (graph);
  g_autofree char *text = telar_graph_to_text (graph);
  g_autofree char *again = telar_graph_to_text (copy);
  g_assert_cmpstr (text, ==, again);
  telar_graph_remove_node (copy, "fc");
  g_autofree char *untouched = telar_graph_to_text (graph);
  g_assert_cmpstr (text, ==, untouched);
}

/* A chain of many nodes, and one drawn backwards, which is the worst case for cycles. */
static void
test_many (void)
{
  enum { N = 10000 };
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  for (guint i = 0; i < N; i++)
    g_assert_nonnull (telar_graph_add_node (graph, "t-relu", NULL, NULL));
  for (guint i = 1; i < N; i++) {
    g_autofree char *from = g_strdup_printf ("t-relu%u", i);
    g_autofree char *to = g_strdup_printf ("t-relu%u", i + 1);
    test_graph_wire (graph, from, to);
  }
  g_autoptr (GPtrArray) order = telar_graph_topological (graph);
  for (guint i = 0; i < N; i++) {
    g_autofree char *id = g_strdup_printf ("t-relu%u", i + 1);
    g_assert_cmpstr (((TelarNode *)order->pdata[i])->id, ==, id);
  }
  g_autofree char *text = telar_graph_to_text (graph);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) read = telar_graph_from_text (text, strlen (text), "many", &error);
  g_assert_no_error (error);
  g_autofree char *again = telar_graph_to_text (read);
  g_assert_cmpstr (text, ==, again);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_operators_register ();
  g_test_add_func ("/graph/nodes", test_nodes);
  g_test_add_func ("/graph/wires", test_wires);
  g_test_add_func ("/graph/repeated", test_repeated);
  g_test_add_func ("/graph/rename", test_rename);
  g_test_add_func ("/graph/topological", test_topological);
  g_test_add_func ("/graph/set", test_set);
  g_test_add_func ("/graph/copy", test_copy);
  g_test_add_func ("/graph/many", test_many);
  return g_test_run ();
}
