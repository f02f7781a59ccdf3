/* telar diff: what changed between two projects, or since a run. */
#include "engine/diff.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* --- text ------------------------------------------------------------------------------------- */

typedef struct {
  gboolean colours;
  const char *heading; /* the last one */
  const char *group;
} Printer;

static const char *
heading_of (const TelarDifference *d)
{
  static const char *const headings[] = { "settings", "data", "groups", "nodes", "wires" };
  return headings[d->subject];
}

static void
print_heading (Printer *printer, const TelarDifference *d)
{
  const char *heading = heading_of (d);

  /* A group as a whole is told beside the others. */
  if (g_strcmp0 (heading, printer->heading) == 0 && g_strcmp0 (d->group, printer->group) == 0)
    return;
  printer->heading = heading;
  printer->group = d->group;
  if (d->group != NULL && d->subject != TELAR_DIFF_GROUP)
    printf ("%s of the group %s\n", heading, d->group);
  else
    printf ("%s\n", heading);
}

static void
print_difference (Printer *printer, const TelarDifference *d)
{
  static const char *const marks[] = { "+", "-", "~", ">" };
  static const char *const colours[] = { "\033[32m", "\033[31m", "\033[33m", "\033[36m" };
  const char *name = d->is != NULL ? d->is : d->was;

  print_heading (printer, d);
  printf ("%s%s ", printer->colours ? colours[d->kind] : "", marks[d->kind]);
  if (d->kind == TELAR_DIFF_RENAMED)
    printf ("%s -> %s", d->was, d->is);
  else if (d->kind == TELAR_DIFF_CHANGED)
    printf ("%s%s%s: %s -> %s", name, d->what != NULL ? "." : "", d->what != NULL ? d->what : "",
            d->before != NULL && *d->before ? d->before : "(none)",
            d->after != NULL && *d->after ? d->after : "(none)");
  else if (d->before != NULL || d->after != NULL)
    printf ("%s: %s", name, d->after != NULL ? d->after : d->before);
  else
    fputs (name, stdout);
  puts (printer->colours ? "\033[0m" : "");
}

static void
print_text (const GPtrArray *found)
{
  Printer printer = { .colours = isatty (STDOUT_FILENO) };

  for (guint i = 0; i < found->len; i++)
    print_difference (&printer, found->pdata[i]);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void
put (json_t *object, const char *key, const char *value)
{
  json_object_set_new (object, key, value != NULL ? json_string (value) : json_null ());
}

static void
print_json (const GPtrArray *found)
{
  json_t *list = json_array ();

  for (guint i = 0; i < found->len; i++) {
    const TelarDifference *d = found->pdata[i];
    json_t *one = json_object ();

    put (one, "kind", telar_diff_kind_name (d->kind));
    put (one, "subject", telar_diff_subject_name (d->subject));
    put (one, "group", d->group);
    put (one, "was", d->was);
    put (one, "is", d->is);
    put (one, "what", d->what);
    put (one, "before", d->before);
    put (one, "after", d->after);
    json_array_append_new (list, one);
  }
  telar_print_json_document (
      json_pack ("{s:b, s:o}", "same", found->len == 0, "differences", list));
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
    print_text (found);
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
