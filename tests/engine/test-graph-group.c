/* Groups in the document: what they may hold, that the wires of their nodes follow their ends, and
 * that files and records say all of them. */
#include "engine/graph.h"
#include <string.h>

static const char document[] =
    "{\"telar\": 1, \"engine\": \"0\", \"seed\": 3,\n"
    "\"groups\": {\n"
    "  \"block\": {\"title\": \"A block\",\n"
    "  \"nodes\": [{\"id\":\"fc\",\"op\":\"dense\",\"params\":{\"units\":4}},\n"
    "    {\"id\":\"x\",\"op\":\"group_input\"}, {\"id\":\"y\",\"op\":\"group_output\"},\n"
    "    {\"id\":\"z\",\"op\":\"group_output\"}],\n"
    "  \"edges\": [{\"from\":\"x\",\"to\":\"fc\"}, {\"from\":\"fc\",\"to\":\"y\"},\n"
    "    {\"from\":\"fc\",\"to\":\"z\"}],\n"
    "  \"layout\": {\"fc\": [10,20]}},\n"
    "  \"pair\": {\"nodes\": [{\"id\":\"in\",\"op\":\"group_input\"},\n"
    "    {\"id\":\"one\",\"op\":\"group:block\"}, {\"id\":\"out\",\"op\":\"group_output\"}],\n"
    "  \"edges\": [{\"from\":\"in\",\"to\":\"one:x\"}, {\"from\":\"one:z\",\"to\":\"out\"}]}},\n"
    "\"nodes\": [{\"id\":\"a\",\"op\":\"input\",\"params\":{\"shape\":[4]}},\n"
    "  {\"id\":\"b\",\"op\":\"group:block\"}, {\"id\":\"c\",\"op\":\"group:pair\"},\n"
    "  {\"id\":\"o\",\"op\":\"output\"}],\n"
    "\"edges\": [{\"from\":\"a\",\"to\":\"b:x\"}, {\"from\":\"b:z\",\"to\":\"c\"},\n"
    "  {\"from\":\"c\",\"to\":\"o\"}]}";

static TelarGraph *
load (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelarGraph *graph = telar_graph_from_text (text, strlen (text), "test", &error);
  g_assert_no_error (error);
  return graph;
}

static void
assert_message (GError **error, const char *text)
{
  g_assert_error (*error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr ((*error)->message, ==, text);
  g_clear_error (error);
}

static void
assert_no_text (const char *text, const char *part, const char *message)
{
  g_auto (GStrv) halves = g_strsplit (document, part, 2);
  g_autofree char *changed = g_strjoinv (text, halves);
  GError *error = NULL;
  g_assert_nonnull (halves[1]);
  g_assert_null (telar_graph_from_text (changed, strlen (changed), "test", &error));
  assert_message (&error, message);
}

static void
test_file (void)
{
  g_autoptr (TelarGraph) graph = load (document);
  g_autofree char *text = telar_graph_to_text (graph);
  g_autoptr (TelarGraph) again = load (text), copy = telar_graph_copy (graph);
  g_autofree char *text_again = telar_graph_to_text (again);
  g_autofree char *text_of_copy = telar_graph_to_text (copy);
  g_assert_cmpstr (text_again, ==, text);
  g_assert_cmpstr (text_of_copy, ==, text);
  g_assert_nonnull (strstr (text, "  \"block\": {\"title\":\"A block\",\n\"nodes\": [\n"));

  assert_no_text ("\"op\":\"group:none\"", "\"op\":\"group:block\"",
                  "one: unknown operator \"group:none\" (test, line 10)");
  assert_no_text ("\"op\":\"group:pair\"", "\"op\":\"group:block\"",
                  "one: group:pair cannot stand in a group that it is made of (test, line 10)");
  assert_no_text ("\"op\":\"output\"", "\"op\":\"group_output\"",
                  "y: output cannot stand in a group: what comes in and goes out passes its ends "
                  "(test, line 3)");
  assert_no_text ("\"op\":\"group_input\"", "\"op\":\"input\"",
                  "a: group_input is the end of a group and stands in groups alone (test, line "
                  "13)");
  assert_no_text ("\"name\"", "\"title\"", "\"name\" is an unknown key (test, line 3)");
}

static void
test_find (void)
{
  g_autoptr (TelarGraph) graph = load (document);
  const TelarNode *node = telar_graph_find_node (graph, "c/one/fc");
  g_assert_nonnull (node);
  g_assert_true (node == telar_graph_find_node (graph, "b/fc"));
  g_assert_true (node == telar_graph_find_node (graph, "b/3/fc"));
  g_assert_null (telar_graph_find_node (graph, "b/none"));
  g_assert_null (telar_graph_find_node (graph, "a/fc"));
  g_assert_null (telar_graph_find_node (graph, "b/"));
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 2);
  g_assert_cmpstr (telar_graph_group_title (telar_graph_find_group (graph, "block")), ==,
                   "A block");
  g_assert_cmpstr (telar_graph_add_node (graph, "group:block", NULL, NULL)->id, ==, "block1");
}

/* That the wires of the main drawing and of the group pair are these. */
static void
assert_wires (const TelarGraph *graph, const char *want_main, const char *want_pair)
{
  const TelarGraph *pair = telar_graph_find_group (graph, "pair");
  const char *wants[] = { want_main, want_pair };
  for (guint i = 0; i < 2; i++) {
    const TelarGraph *drawing = i == 0 ? graph : pair;
    g_autoptr (GString) have = g_string_new (NULL);
    for (guint j = 0; j < telar_graph_edges (drawing)->len; j++) {
      const TelarEdge *edge = telar_graph_edges (drawing)->pdata[j];
      const TelarNode *from = telar_graph_find_node (drawing, edge->from);
      const TelarNode *to = telar_graph_find_node (drawing, edge->to);
      g_string_append_printf (have, "%s:%s>%s:%s ", edge->from,
                              from->op->outputs[edge->from_port].name, edge->to,
                              to->op->inputs[edge->to_port].name);
    }
    g_assert_cmpstr (have->str, ==, wants[i]);
  }
}

static void
test_ports (void)
{
  g_autoptr (TelarGraph) graph = load (document);
  TelarGraph *block = telar_graph_find_group (graph, "block");
  telar_graph_add_node (block, "group_output", "a", NULL);
  telar_graph_add_node (block, "group_input", "w", NULL);
  assert_wires (graph, "a:out>b:x b:z>c:in c:out>o:in ", "in:out>one:x one:z>out:in ");
  g_assert_true (telar_graph_wire (graph, "a", "b:w", NULL));
  g_assert_true (telar_graph_rename_node (block, "x", "a1", NULL));
  assert_wires (graph, "a:out>b:a1 a:out>b:w b:z>c:in c:out>o:in ", "in:out>one:a1 one:z>out:in ");
  telar_graph_remove_node (block, "z");
  assert_wires (graph, "a:out>b:a1 a:out>b:w c:out>o:in ", "in:out>one:a1 ");

  GError *error = NULL;
  g_assert_false (telar_graph_remove_group (graph, "pair", &error));
  assert_message (&error, "c: the group \"pair\" cannot go while the node is one of it");
  telar_graph_remove_node (graph, "c");
  g_assert_true (telar_graph_remove_group (graph, "pair", NULL));
  g_assert_null (telar_graph_find_group (graph, "pair"));
}

/* All records taken one by one into an empty document make the same one, and go again. */
static void
test_records (void)
{
  static const char *const order[] = { "groups/", "/nodes/", "nodes/", "/edges/", "edges/", "" };
  g_autoptr (TelarGraph) graph = load (document), empty = telar_graph_new ();
  g_auto (GStrv) paths = telar_graph_record_paths (graph);
  g_autofree char *want = telar_graph_to_text (graph);
  g_assert_true (g_strv_contains ((const char *const *)paths, "groups/pair/edges/one:x.0"));
  for (guint turn = 0; turn < G_N_ELEMENTS (order); turn++)
    for (char **path = paths; *path; path++) {
      g_autoptr (GError) error = NULL;
      g_autofree char *record = telar_graph_get_record (graph, *path);
      if (turn == 0 ? !g_str_has_prefix (*path, order[0]) ||
                          strchr (*path + strlen (order[0]), '/') != NULL
                    : !strstr (*path, order[turn]))
        continue;
      g_assert_nonnull (record);
      telar_graph_set_record (empty, *path, record, &error);
      g_assert_no_error (error);
    }
  g_autofree char *have = telar_graph_to_text (empty);
  g_assert_cmpstr (have, ==, want);

  GError *error = NULL;
  g_assert_false (telar_graph_set_record (graph, "groups/block/nodes/z", NULL, &error));
  assert_message (&error, "z: the node still has wires");
  g_assert_true (telar_graph_set_record (graph, "groups/block/edges/z:in.0", NULL, NULL));
  g_assert_false (telar_graph_set_record (graph, "groups/block/nodes/z", NULL, &error));
  assert_message (&error, "z: the port that the node makes of the group still has wires");
  g_assert_false (telar_graph_set_record (graph, "groups/block", NULL, &error));
  assert_message (&error, "the group \"block\" still has nodes");
  g_assert_false (telar_graph_set_record (graph, "groups/none/seed", "3", &error));
  assert_message (&error, "there is no group for the record \"groups/none/seed\"");
  g_assert_false (telar_graph_set_record (graph, "groups/block/seed", "3", &error));
  assert_message (&error, "\"groups/block/seed\" is no record of a project");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add_func ("/engine/graph-group/file", test_file);
  g_test_add_func ("/engine/graph-group/find", test_find);
  g_test_add_func ("/engine/graph-group/ports", test_ports);
  g_test_add_func ("/engine/graph-group/records", test_records);
  return g_test_run ();
}
