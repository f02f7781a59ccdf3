/* The *.telar file: its exact bytes, and what a bad one is told. */
#include "sample-operators.h"
#include <glib/gstdio.h>
#include <string.h>

static const char sample[] = "{\n"
                             "\"telar\": 1,\n"
                             "\"engine\": \"" TELAR_VERSION "\",\n"
                             "\"seed\": 7,\n"
                             "\"training\": {\n"
                             "  \"epochs\": 3,\n"
                             "  \"learning_rate\": 0.1\n"
                             "},\n"
                             "\"data\": {\n"
                             "  \"a.csv\": \"sha256:12\"\n"
                             "},\n"
                             "\"nodes\": [\n"
                             "  {\"id\":\"d\",\"op\":\"t-data\",\"learning\":{\"frozen\":true}},\n"
                             "  {\"id\":\"r\",\"op\":\"t-relu\",\"params\":{\"slope\":0.25,"
                             "\"mode\":\"slow\",\"kernel\":[1,2]},\"title\":\"Mi «ReLU»\"},\n"
                             "  {\"id\":\"s\",\"op\":\"t-sum\"}\n"
                             "],\n"
                             "\"edges\": [\n"
                             "  {\"from\":\"d:image\",\"to\":\"r:in\"},\n"
                             "  {\"from\":\"r:out\",\"to\":\"s:in.0\"},\n"
                             "  {\"from\":\"r:out\",\"to\":\"s:in.1\"}\n"
                             "],\n"
                             "\"layout\": {\n"
                             "  \"d\": [320,80],\n"
                             "  \"r\": [-0.5,1e+20]\n"
                             "}\n"
                             "}\n";

static void
test_bytes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = telar_graph_from_text (sample, strlen (sample), "x", &error);
  g_assert_no_error (error);
  g_autofree char *text = telar_graph_to_text (graph);
  g_assert_cmpstr (text, ==, sample);
}

static void
test_empty (void)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  g_autofree char *text = telar_graph_to_text (graph);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) read = telar_graph_from_text (text, strlen (text), "x", &error);
  g_assert_no_error (error);
  g_autofree char *again = telar_graph_to_text (read);
  g_assert_cmpstr (text, ==, again);
}

/* @text with the first @from replaced by @to. */
static char *
replace (const char *text, const char *from, const char *to)
{
  const char *at = strstr (text, from);
  g_assert_nonnull (at);
  return g_strdup_printf ("%.*s%s%s", (int)(at - text), text, to, at + strlen (from));
}

static const struct {
  const char *from, *to, *message, *node;
} hostile[] = {
  { "\"telar\": 1", "\"telar\": 2", "format 2 is unknown; this Telar reads format 1 (x, line 2)" },
  { "\"telar\": 1", "\"telar\": \"1\"", "\"telar\" must be the number of the format (x, line 2)" },
  { "\"telar\": 1,\n", "", "x is no Telar project: the key \"telar\" is missing" },
  { "\"seed\"", "\"sead\"", "\"sead\" is an unknown key (x, line 4)" },
  { "7", "-7", "\"seed\" must be a whole number from 0 to 2^63 - 1 (x, line 4)" },
  { "7", "99999999999999999999",
    "x, line 4, column 28: too big integer near '99999999999999999999'" },
  { "\"epochs\": 3", "\"epochs\": 0", "epochs must be at least 1, not 0 (x, line 6)" },
  { "e\": 0.1", "e\": 1e999", "x, line 7, column 24: real number overflow near '1e999'" },
  { "sha256:12", "md5:1", "the hash of \"a.csv\" must be \"sha256:…\" (x, line 10)" },
  { "t-relu", "lstm", "r: unknown operator \"lstm\" (x, line 14)", "r" },
  { "slope", "slop", "r: unknown parameter \"slop\"; known are slope, mode, kernel (x, line 14)",
    "r" },
  { "0.25", "-0.25", "r: slope must be at least 0, not -0.25 (x, line 14)", "r" },
  { "frozen", "frosty",
    "d: unknown parameter \"frosty\"; known are frozen, rate_factor, decay_factor, kernel_l1, "
    "kernel_l2 (x, line 13)",
    "d" },
  { "{\"frozen\":true}", "3", "d: \"learning\" must be an object (x, line 13)", "d" },
  { "\"title\"", "\"titel\"", "r: unknown key \"titel\" in a node (x, line 14)", "r" },
  { "\"op\":\"t-sum\"", "\"op\":7", "s: a node needs its operator, \"op\" (x, line 15)", "s" },
  { "\"id\":\"s\"", "\"id\":\"r\"", "r: there is a node of this id already (x, line 15)", "r" },
  { "\"id\":\"s\"", "\"id\":\"s s\"",
    "\"s s\" is not an id: letters, digits, _ and - are, and no digit or - first (x, line 15)" },
  { "{\"id\":\"s\",\"op\":\"t-sum\"}", "[]", "a node must be an object (x, line 15)" },
  { "d:image", "e:image", "there is no node \"e\" (x, line 18)" },
  { "d:image", "d:photo", "d: t-data has no output \"photo\" (x, line 18)", "d" },
  { "d:image", "s:out", "r: the node depends on itself: its wires form a cycle (x, line 17)", "r" },
  { "s:in.1", "s:in.0", "s: in has a wire already (x, line 20)", "s" },
  { "s:in.1", "s:in.4000000000", "s: \"in.4000000000\" is not a port and its slot (x, line 20)",
    "s" },
  { "s:in.1", "s:in.5", "s: s:in.5 is wired, but not the slot before (x, line 17)", "s" },
  { "s:in.1", "s:in", "s: the input takes many wires; write which, as in \"s:in.0\" (x, line 20)",
    "s" },
  { "\"to\":\"s:in.1\"", "\"two\":\"s:in.1\"", "unknown key \"two\" in an edge (x, line 20)" },
  { "\"r\": [", "\"q\": [", "the layout places \"q\", which is no node (x, line 24)" },
  { "[320,80]", "[320]", "d: a position must be two numbers, [x,y] (x, line 23)", "d" },
  { "[320,80]", "[320 80]", "x, line 23, column 14: ']' expected near '80'" },
};

static void
test_hostile (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autofree char *text = replace (sample, hostile[i].from, hostile[i].to);
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_graph_from_text (text, strlen (text), "x", &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, hostile[i].message);
    g_assert_cmpstr (telar_error_get_node (error), ==, hostile[i].node);
  }
}

/* Every prefix of a document is refused in one line, and no byte that is changed crashes. */
static void
test_mutilated (void)
{
  gsize length = strlen (sample);
  for (gsize n = 0; n + 1 < length; n++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_graph_from_text (sample, n, "x", &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_null (strchr (error->message, '\n'));
  }
  static const char bytes[] = "\0\"{}[],:0x\n\xff";
  for (gsize n = 0; n < length; n++)
    for (gsize b = 0; b < sizeof bytes - 1; b++) {
      g_autofree char *text = g_strndup (sample, length);
      text[n] = bytes[b];
      g_autoptr (GError) error = NULL;
      g_autoptr (TelarGraph) graph = telar_graph_from_text (text, length, "x", &error);
      g_assert_true ((graph != NULL) == (error == NULL));
    }
}

static void
test_save (void)
{
  g_autofree char *folder = g_dir_make_tmp ("telar-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.telar", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = telar_graph_from_text (sample, strlen (sample), "x", &error);
  g_assert_null (telar_graph_folder (graph));
  telar_graph_save (graph, path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (telar_graph_folder (graph), ==, folder);
  g_autoptr (TelarGraph) read = telar_graph_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (telar_graph_folder (read), ==, folder);
  g_autofree char *text = telar_graph_to_text (read);
  g_assert_cmpstr (text, ==, sample);

  g_unlink (path);
  g_assert_null (telar_graph_load (path, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, path));
  g_rmdir (folder);
  g_clear_error (&error);
  g_assert_false (telar_graph_save (graph, path, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, path));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_operators_register ();
  g_test_add_func ("/graph-file/bytes", test_bytes);
  g_test_add_func ("/graph-file/empty", test_empty);
  g_test_add_func ("/graph-file/hostile", test_hostile);
  g_test_add_func ("/graph-file/mutilated", test_mutilated);
  g_test_add_func ("/graph-file/save", test_save);
  return g_test_run ();
}
