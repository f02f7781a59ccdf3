/* telar diff: what changed between two projects, or since a run. */
#include "engine/diff.h"
#include "app/cli/differences.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"

#include <stdio.h>
#include <string.h>

static const TelarOption options[] = {
  { .name = "git",
    .doc = "Takes what git gives an external diff, and ends with 0: "
           "git config diff.telar.command \"telar diff --git\"." },
  TELAR_OPTION_WORKSPACE,
  TELAR_OPTION_JSON ("One JSON document."),
  { NULL },
};

/* --- reading ---------------------------------------------------------------------------------- */

static TelarGraph *
read_run (const TelarCommand *command, const char *name, GError **error)
{
  g_autoptr (TelarStore) store = telar_command_store (command, error);
  g_autoptr (TelarRunRow) row = store != NULL ? telar_store_find_run (store, name, error) : NULL;
  g_autofree char *text = row != NULL ? telar_store_graph (store, row->id, error) : NULL;

  return text != NULL ? telar_graph_from_text (text, strlen (text), name, error) : NULL;
}

/* A project, what a run was trained from, or, as git names what is not there, nothing. */
static TelarGraph *
read_side (const TelarCommand *command, const char *name, GError **error)
{
  if (g_str_equal (name, "/dev/null"))
    return telar_graph_new ();
  if (g_str_has_suffix (name, ".telar") || g_file_test (name, G_FILE_TEST_EXISTS))
    return telar_graph_load (name, error);
  return read_run (command, name, error);
}

static void
print_json (const GPtrArray *found)
{
  telar_print_json_document (json_pack ("{s:b, s:o}", "same", found->len == 0, "differences",
                                        telar_differences_to_json (found)));
}

/* --- the verb --------------------------------------------------------------------------------- */

/* PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE; of a file that was renamed two words
 * more, of one in conflict the path alone. */
static gboolean
git_sides (const TelarCommand *command, const char *sides[2], GError **error)
{
  guint n = command->arguments->len;

  if (n == 1) {
    printf ("%s is in conflict\n", telar_command_argument (command, 0));
    return FALSE;
  }
  if (n < 7) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--git is for git, which gives seven words");
    return FALSE;
  }
  sides[0] = telar_command_argument (command, 1);
  sides[1] = telar_command_argument (command, 4);
  printf ("%s\n", telar_command_argument (command, 0));
  return TRUE;
}

static gboolean
choose_sides (const TelarCommand *command, const char *sides[2], GError **error)
{
  if (telar_command_has (command, "git"))
    return git_sides (command, sides, error);
  if (command->arguments->len != 2) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "diff takes two projects or runs");
    return FALSE;
  }
  sides[0] = telar_command_argument (command, 0);
  sides[1] = telar_command_argument (command, 1);
  return TRUE;
}

static int
run (const TelarCommand *command, GError **error)
{
  const char *sides[2];

  if (!choose_sides (command, sides, error))
    return 0;
  g_autoptr (TelarGraph) before = read_side (command, sides[0], error);
  g_autoptr (TelarGraph) after = before != NULL ? read_side (command, sides[1], error) : NULL;
  if (after == NULL) {
    /* As diff: 1 says that they differ, trouble of any kind is 2. */
    (*error)->code = TELAR_ERROR_USAGE;
    return 2;
  }
  g_autoptr (GPtrArray) found = telar_graph_diff (before, after);
  if (telar_command_has (command, "json"))
    print_json (found);
  else
    telar_print_differences (found);
  return found->len > 0 && !telar_command_has (command, "git");
}

const TelarVerb telar_verb_diff = {
  .name = "diff",
  .arguments = "A B",
  .min_arguments = 1,
  .max_arguments = 9,
  .summary = "Tells what changed from one project to another.",
  .doc = "A and B are projects or runs: of a run, the project as it was trained. Structure, "
         "parameters, settings, groups and data are compared, the layout is not; a node that was "
         "renamed is told as such. Exit status: 0 no difference, 1 some, 2 trouble.",
  .options = options,
  .run = run,
};
