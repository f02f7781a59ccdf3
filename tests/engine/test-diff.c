/* What changed between two documents: each kind of change alone, renames by wiring, groups, and
 * that places are none of it. */
#include "engine/diff.h"

#include <string.h>

#define BEGIN "{\"telar\": 1, \"engine\": \"0\", \"seed\": 3, \"nodes\": ["

static TelarGraph *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelarGraph *graph = telar_graph_from_text (text, strlen (text), "test", &error);

  g_assert_no_error (error);
  return graph;
}

static const char chain[] =
    BEGIN "{\"id\":\"x\",\"op\":\"input\",\"params\":{\"shape\":[4]}},"
          "{\"id\":\"a\",\"op\":\"dense\",\"params\":{\"units\":8}},"
          "{\"id\":\"b\",\"op\":\"relu\"},{\"id\":\"c\",\"op\":\"dense\"},"
          "{\"id\":\"y\",\"op\":\"output\"}],"
          "\"edges\": [{\"from\":\"x\",\"to\":\"a\"},{\"from\":\"a\",\"to\":\"b\"},"
          "{\"from\":\"b\",\"to\":\"c\"},{\"from\":\"c\",\"to\":\"y\"}]}";

/* "kind subject group was is what before after", "-" for what is not there, a line each. */
static char *
tell (const TelarGraph *before, const TelarGraph *after)
{
  g_autoptr (GPtrArray) found = telar_graph_diff (before, after);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++) {
    const TelarDifference *d = found->pdata[i];
    const char *words[] = { telar_diff_kind_name (d->kind),
                            telar_diff_subject_name (d->subject),
                            d->group,
                            d->was,
                            d->is,
                            d->what,
                            d->before,
                            d->after };

    for (guint j = 0; j < G_N_ELEMENTS (words); j++)
      g_string_append_printf (text, "%s%s", j ? "|" : "", words[j] ? words[j] : "-");
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

static void
assert_change (const char *of, void (*edit) (TelarGraph *graph), const char *want)
{
  g_autoptr (TelarGraph) before = parse (of), after = parse (of);

  edit (after);
  g_autofree char *have = tell (before, after);
  g_assert_cmpstr (have, ==, want);
}

static void
set (TelarGraph *graph, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;

  telar_graph_set (graph, path, value, &error);
  g_assert_no_error (error);
}

static void
rename_node (TelarGraph *graph, const char *id, const char *to)
{
  g_autoptr (GError) error = NULL;

  telar_graph_rename_node (graph, id, to, &error);
  g_assert_no_error (error);
}

static void
move_nodes (TelarGraph *graph)
{
  telar_graph_find_node (graph, "a")->x = 500;
}

static void
set_values (TelarGraph *graph)
{
  set (graph, "a.units", "16");
  set (graph, "training.batch", "7");
  set (graph, "seed", "4");
  set (graph, "values.width", "=2*8");
  telar_graph_find_node (graph, "c")->title = g_strdup ("Scores");
  g_hash_table_insert (telar_graph_data_hashes (graph), g_strdup ("d.csv"), g_strdup ("sha256:1"));
}

/* Three neighbours at once: each is found by the one before. */
static void
rename_all (TelarGraph *graph)
{
  rename_node (graph, "a", "first");
  rename_node (graph, "b", "bend");
  rename_node (graph, "c", "last");
  set (graph, "last.units", "2");
}

static void
remove_one (TelarGraph *graph)
{
  g_autoptr (GError) error = NULL;

  telar_graph_remove_node (graph, "b");
  telar_graph_add_node (graph, "tanh", "t", &error);
  telar_graph_wire (graph, "a", "t", &error);
  telar_graph_wire (graph, "t", "c", &error);
  g_assert_no_error (error);
}

static void
test_kinds (void)
{
  assert_change (chain, move_nodes, "");
  assert_change (chain, set_values,
                 "changed|setting|-|batch|batch|-|64|7\n"
                 "changed|setting|-|seed|seed|-|3|4\n"
                 "added|setting|-|-|values.width|-|-|\"=2*8\"\n"
                 "added|data|-|-|d.csv|-|-|\"sha256:1\"\n"
                 "changed|node|-|a|a|units|8|16\n"
                 "changed|node|-|c|c|title|-|Scores\n");
  assert_change (chain, remove_one,
                 "removed|node|-|b|-|-|relu|-\n"
                 "added|node|-|-|t|-|-|tanh\n"
                 "removed|wire|-|a:out -> b:in|-|-|-|-\n"
                 "removed|wire|-|b:out -> c:in|-|-|-|-\n"
                 "added|wire|-|-|t:out -> c:in|-|-|-\n"
                 "added|wire|-|-|a:out -> t:in|-|-|-\n");
}

static void
test_renames (void)
{
  assert_change (chain, rename_all,
                 "renamed|node|-|a|first|-|-|-\n"
                 "renamed|node|-|b|bend|-|-|-\n"
                 "renamed|node|-|c|last|-|-|-\n"
                 "changed|node|-|c|last|units|64|2\n");
}

static const char grouped[] =
    BEGIN "{\"id\":\"x\",\"op\":\"input\",\"params\":{\"shape\":[4]}},"
          "{\"id\":\"g\",\"op\":\"group:block\"},{\"id\":\"y\",\"op\":\"output\"}],"
          "\"edges\": [{\"from\":\"x\",\"to\":\"g\"},{\"from\":\"g\",\"to\":\"y\"}],"
          "\"groups\": {\"block\":{\"nodes\":[{\"id\":\"i\",\"op\":\"group_input\"},"
          "{\"id\":\"d\",\"op\":\"dense\"},{\"id\":\"o\",\"op\":\"group_output\"}],"
          "\"edges\":[{\"from\":\"i\",\"to\":\"d\"},{\"from\":\"d\",\"to\":\"o\"}]}}}";

static void
edit_group (TelarGraph *graph)
{
  g_autoptr (GError) error = NULL;

  set (graph, "g.repeat", "3");
  telar_graph_add_group (graph, "other", &error);
  g_assert_no_error (error);
  telar_graph_set_group_title (telar_graph_find_group (graph, "block"), "Block");
  rename_node (telar_graph_find_group (graph, "block"), "d", "dense");
}

static void
test_groups (void)
{
  assert_change (grouped, edit_group,
                 "changed|node|-|g|g|repeat|1|3\n"
                 "changed|group|block|block|block|title|-|Block\n"
                 "renamed|node|block|d|dense|-|-|-\n"
                 "added|group|other|-|other|-|-|-\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add_func ("/diff/kinds", test_kinds);
  g_test_add_func ("/diff/renames", test_renames);
  g_test_add_func ("/diff/groups", test_groups);
  return g_test_run ();
}
