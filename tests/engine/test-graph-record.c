/* Records: the document is what its records say, and each can be put and taken back alone. */
#include "engine/bookmark.h"
#include "sample-operators.h"

static TelarGraph *
make_graph (void)
{
  TelarGraph *graph = test_graph_small ();
  test_graph_add (graph, "t-sum", "s");
  test_graph_wire (graph, "fc", "s");
  test_graph_wire (graph, "d:label", "s");
  telar_graph_find_node (graph, "fc")->x = 3;
  telar_graph_find_node (graph, "fc")->title = g_strdup ("Layer");
  g_assert_true (telar_graph_set (graph, "fc.units", "5", NULL));
  g_assert_true (telar_graph_set (graph, "training.optimizer", "sgd", NULL));
  g_assert_true (telar_graph_set (graph, "seed", "11", NULL));
  g_hash_table_insert (telar_graph_data_hashes (graph), g_strdup ("x/y.csv"),
                       g_strdup ("sha256:aa"));
  g_assert_true (telar_graph_set_bookmark (
      graph, &(TelarBookmark){ (char *)"The end", (char *)"stage", 1200.5, -40, 0.75 }, NULL));
  return graph;
}

static void
put (TelarGraph *graph, const char *path, const char *json)
{
  g_autoptr (GError) error = NULL;
  telar_graph_set_record (graph, path, json, &error);
  g_assert_no_error (error);
}

static void
check_record (const TelarGraph *graph, const char *path, const char *want)
{
  g_autofree char *json = telar_graph_get_record (graph, path);
  g_assert_cmpstr (json, ==, want);
}

static void
test_get (void)
{
  g_autoptr (TelarGraph) graph = make_graph ();
  check_record (graph, "nodes/fc",
                "{\"id\":\"fc\",\"op\":\"t-dense\",\"params\":{\"units\":5},\"title\":\"Layer\"}");
  check_record (graph, "edges/s:in.1", "{\"from\":\"d:label\",\"to\":\"s:in.1\"}");
  check_record (graph, "edges/loss1:target.0", "{\"from\":\"d:label\",\"to\":\"loss1:target\"}");
  check_record (graph, "layout/fc", "[3,0]");
  check_record (graph, "layout/d", NULL);
  check_record (graph, "training/optimizer", "\"sgd\"");
  check_record (graph, "training/epochs", NULL);
  check_record (graph, "data/x/y.csv", "\"sha256:aa\"");
  check_record (graph, "bookmarks/The end",
                "{\"place\":\"stage\",\"x\":1200.5,\"y\":-40,\"zoom\":0.75}");
  check_record (graph, "bookmarks/None", NULL);
  check_record (graph, "seed", "11");
  check_record (graph, "nodes/none", NULL);
  check_record (graph, "edges/s:in.7", NULL);
  check_record (graph, "edges/s", NULL);
  check_record (graph, "weather/today", NULL);
}

/* Rank of a path such that records put in this order need nothing that comes later. */
static int
rank (const char *path)
{
  return g_str_has_prefix (path, "nodes/") ? 0 : g_str_has_prefix (path, "edges/") ? 1 : 2;
}

static void
test_rebuild (void)
{
  g_autoptr (TelarGraph) graph = make_graph (), built = telar_graph_new ();
  g_auto (GStrv) paths = telar_graph_record_paths (graph);
  for (int pass = 0; pass < 3; pass++)
    for (char **path = paths; *path; path++)
      if (rank (*path) == pass) {
        g_autofree char *json = telar_graph_get_record (graph, *path);
        put (built, *path, json);
      }
  g_autofree char *want = telar_graph_to_text (graph);
  g_autofree char *have = telar_graph_to_text (built);
  g_assert_cmpstr (have, ==, want);

  for (int pass = 2; pass >= 0; pass--)
    for (char **path = paths; *path; path++)
      if (rank (*path) == pass)
        put (built, *path, NULL);
  g_autoptr (TelarGraph) empty = telar_graph_new ();
  g_autofree char *nothing = telar_graph_to_text (empty);
  g_autofree char *left = telar_graph_to_text (built);
  g_assert_cmpstr (left, ==, nothing);
}

/* Records do not move each other: slots stay where they are, whatever order undo takes. */
static void
test_slots (void)
{
  g_autoptr (TelarGraph) graph = make_graph ();
  g_autofree char *before = telar_graph_to_text (graph);
  put (graph, "edges/s:in.0", NULL);
  check_record (graph, "edges/s:in.1", "{\"from\":\"d:label\",\"to\":\"s:in.1\"}");
  put (graph, "edges/s:in.1", NULL);
  put (graph, "edges/s:in.1", "{\"from\":\"d:label\",\"to\":\"s:in.1\"}");
  put (graph, "edges/s:in.0", "{\"from\":\"d:image\",\"to\":\"s:in.0\"}");
  put (graph, "edges/s:in.0", "{\"from\":\"fc:out\",\"to\":\"s:in.0\"}");
  g_autofree char *after = telar_graph_to_text (graph);
  g_assert_cmpstr (before, ==, after);
}

static void
test_refused (void)
{
  static const char *const cases[][3] = {
    { "nodes/fc", NULL, "fc: the node still has wires" },
    { "nodes/fc", "{\"id\":\"fc\",\"op\":\"t-data\"}",
      "fc: the node has wires and so remains a t-dense" },
    { "nodes/fc", "{\"id\":\"other\",\"op\":\"t-dense\"}", "fc: a node needs its \"id\"" },
    { "nodes/fc", "{\"id\":\"fc\",\"op\":\"t-dense\",\"params\":{\"units\":0}}",
      "fc: units must be at least 1, not 0" },
    { "nodes/new", "{",
      "the record nodes/new is not JSON: string or '}' expected near end of file" },
    { "edges/s:in.1", "{\"from\":\"d:label\",\"to\":\"s:in.0\"}",
      "the record edges/s:in.1 ends at s:in.0" },
    { "edges/fc:in.0", "{\"from\":\"s:out\",\"to\":\"fc:in\"}",
      "fc: a wire from s would close a cycle" },
    { "layout/none", "[1,2]", "the layout places \"none\", which is no node" },
    { "training/epochs", "\"many\"", "epochs must be a whole number" },
    { "seed", "1.5", "\"seed\" must be a whole number from 0 to 2^63 - 1" },
    { "weather", "1", "\"weather\" is no record of a project" },
  };
  g_autoptr (TelarGraph) graph = make_graph ();
  g_autofree char *before = telar_graph_to_text (graph);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (telar_graph_set_record (graph, cases[i][0], cases[i][1], &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, cases[i][2]);
  }
  g_autofree char *after = telar_graph_to_text (graph);
  g_assert_cmpstr (before, ==, after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_operators_register ();
  g_test_add_func ("/graph-record/get", test_get);
  g_test_add_func ("/graph-record/rebuild", test_rebuild);
  g_test_add_func ("/graph-record/slots", test_slots);
  g_test_add_func ("/graph-record/refused", test_refused);
  return g_test_run ();
}
