/* What a document says beside its nodes: frames, notes, bends of wires; in its file and records. */
#include "sample-operators.h"
#include <string.h>

/* A wire into a repeated input that bends, one into a single one, a frame, a note. */
static TelarGraph *
make_graph (void)
{
  TelarGraph *graph = test_graph_small ();
  test_graph_add (graph, "t-sum", "s");
  test_graph_wire (graph, "fc", "s");
  test_graph_wire (graph, "d:label", "s");
  TelarNote *frame = telar_graph_add_note (graph, TRUE, NULL, NULL);
  frame->x = -8;
  frame->width = 100.5;
  TelarNote *note = telar_graph_add_note (graph, FALSE, NULL, NULL);
  g_free (note->text);
  note->text = g_strdup ("two \"lines\"\nñ");
  telar_graph_set_bends (graph, "s", 0, 1, (const TelarBend[]){ { 1, 2 }, { -3.5, 4 } }, 2);
  telar_graph_set_bends (graph, "loss1", 1, 0, (const TelarBend[]){ { 5, 6 } }, 1);
  return graph;
}

static void
check_record (const TelarGraph *graph, const char *path, const char *want)
{
  g_autofree char *json = telar_graph_get_record (graph, path);
  g_assert_cmpstr (json, ==, want);
}

static void
test_records (void)
{
  g_autoptr (TelarGraph) graph = make_graph ();
  check_record (
      graph, "notes/frame1",
      "{\"kind\":\"frame\",\"text\":\"\",\"colour\":\"blue\",\"place\":[-8,0,100.5,128]}");
  check_record (graph, "notes/note1",
                "{\"kind\":\"note\",\"text\":\"two \\\"lines\\\"\\nñ\",\"colour\":\"yellow\","
                "\"place\":[0,0,224,128]}");
  check_record (graph, "notes/none", NULL);
  check_record (graph, "layout/s:in.1", "[[1,2],[-3.5,4]]");
  check_record (graph, "layout/s:in.0", NULL);
  check_record (graph, "layout/s:in.9", NULL);
  g_auto (GStrv) paths = telar_graph_record_paths (graph);
  g_assert_true (g_strv_contains ((const char *const *)paths, "notes/frame1"));
  g_assert_true (g_strv_contains ((const char *const *)paths, "layout/s:in.1"));
}

/* A copy and the file say the same; the file ends with what it says beside the nodes. */
static void
test_file (void)
{
  g_autoptr (TelarGraph) graph = make_graph ();
  g_autoptr (TelarGraph) copy = telar_graph_copy (graph);
  g_autofree char *text = telar_graph_to_text (graph), *copied = telar_graph_to_text (copy);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) read = telar_graph_from_text (text, strlen (text), "x", &error);
  g_assert_no_error (error);
  g_autofree char *again = telar_graph_to_text (read);
  g_assert_cmpstr (copied, ==, text);
  g_assert_cmpstr (again, ==, text);
  g_assert_nonnull (strstr (text, "\n  \"s:in.1\": [[1,2],[-3.5,4]]\n},\n\"notes\": {\n"));
}

/* All records of a document put into an empty one, in an order that they allow, make it again. */
static void
test_rebuild (void)
{
  g_autoptr (TelarGraph) graph = make_graph ();
  g_autoptr (TelarGraph) made = telar_graph_new ();
  g_auto (GStrv) paths = telar_graph_record_paths (graph);
  const char *const kinds[] = { "nodes/", "edges/", "layout/", "notes/", "seed" };
  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    for (guint i = 0; paths[i]; i++) {
      g_autofree char *json = telar_graph_get_record (graph, paths[i]);
      g_autoptr (GError) error = NULL;
      if (!g_str_has_prefix (paths[i], kinds[kind]))
        continue;
      telar_graph_set_record (made, paths[i], json, &error);
      g_assert_no_error (error);
    }
  g_autofree char *before = telar_graph_to_text (graph), *after = telar_graph_to_text (made);
  g_assert_cmpstr (after, ==, before);
  g_assert_true (telar_graph_set_record (made, "notes/note1", NULL, NULL));
  g_assert_true (telar_graph_set_record (made, "layout/s:in.1", NULL, NULL));
  g_assert_null (telar_graph_find_note (made, "note1"));
  check_record (made, "layout/s:in.1", NULL);
  g_assert_true (telar_graph_set_record (made, "layout/s:in.1", NULL, NULL));
}

static void
test_ids (void)
{
  g_autoptr (TelarGraph) graph = make_graph ();
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_graph_add_note (graph, FALSE, "note1", &error));
  g_assert_cmpstr (error->message, ==, "there is already a note \"note1\"");
  g_clear_error (&error);
  g_assert_null (telar_graph_add_note (graph, FALSE, "a b", &error));
  g_assert_nonnull (error);
  telar_graph_remove_note (graph, "note1");
  g_assert_cmpstr (telar_graph_add_note (graph, FALSE, NULL, NULL)->id, ==, "note1");
}

#define PLACE "\"place\":[0,0,9,9]}"

static void
test_refused (void)
{
  static const char *const cases[][3] = {
    { "layout/s:in.7", "[[1,2]]", "the layout bends the wire at \"s:in.7\", where none ends" },
    { "layout/none:in.0", "[[1,2]]",
      "the layout bends the wire at \"none:in.0\", where none ends" },
    { "layout/s:in.1", "[]", "the bends at \"s:in.1\" must be 1 to 12 places" },
    { "layout/s:in.1", "[1,2,3,4,5,6,7,8,9,10,11,12,13]",
      "the bends at \"s:in.1\" must be 1 to 12 places" },
    { "layout/s:in.1", "[[1,2,3]]", "s: a bend must be two numbers, [x,y]" },
    { "layout/s:in.1", "[[1,\"2\"]]", "s: a bend must be two numbers, [x,y]" },
    { "notes/note1", "[]", "a note must be an object" },
    { "notes/note1", "{\"weather\":1}", "unknown key \"weather\" in a note" },
    { "notes/note1", "{\"kind\":\"song\",\"text\":\"\",\"colour\":\"red\"," PLACE,
      "the \"kind\" of \"note1\" must be \"note\" or \"frame\"" },
    { "notes/note1", "{\"kind\":\"note\",\"colour\":\"red\"," PLACE,
      "the note \"note1\" needs its \"text\"" },
    { "notes/note1", "{\"kind\":\"note\",\"text\":\"\",\"colour\":\"beige\"," PLACE,
      "the \"colour\" of the note \"note1\" is unknown" },
    { "notes/note1", "{\"kind\":\"note\",\"text\":\"\",\"colour\":\"red\",\"place\":[0,0,0,9]}",
      "the \"place\" of the note \"note1\" must be [x,y,width,height]" },
    { "notes/a b", "{\"kind\":\"note\",\"text\":\"\",\"colour\":\"red\"," PLACE,
      "\"a b\" is not an id: letters, digits, _ and - are, and no digit or - first" },
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
  g_test_add_func ("/graph-notes/records", test_records);
  g_test_add_func ("/graph-notes/file", test_file);
  g_test_add_func ("/graph-notes/rebuild", test_rebuild);
  g_test_add_func ("/graph-notes/ids", test_ids);
  g_test_add_func ("/graph-notes/refused", test_refused);
  return g_test_run ();
}
