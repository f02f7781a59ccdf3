/* telar new: a project of one's own from a template. */
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "app/model/templates.h"

#include <stdio.h>

static const TelarOption options[] = {
  { .name = "template",
    .kind = TELAR_OPTION_TEXT,
    .value = "NAME",
    .doc = "What to start from, such as resnet-18." },
  { .name = "output",
    .letter = 'o',
    .kind = TELAR_OPTION_FILE,
    .value = "PROJECT",
    .doc = "The project to write (.telar). One that is there already stays as it is." },
  { .name = "list", .doc = "Lists the templates." },
  TELAR_OPTION_JSON ("The list as one JSON document."),
  { NULL },
};

static void
list_templates (gboolean json)
{
  json_t *all = json_array ();

  for (const TelarTemplate *t = telar_templates; t->name != NULL; t++)
    if (json)
      json_array_append_new (
          all, json_pack ("{s:s, s:s, s:s}", "name", t->name, "title", t->title, "text", t->text));
    else
      printf ("%-24s %s\n", t->name, t->text);
  if (json)
    telar_print_json_document (all);
  else
    json_decref (all);
}

static gboolean
write_project (const TelarTemplate *from, const char *output, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (output, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);

  if (g_file_test (absolute, G_FILE_TEST_EXISTS)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s is there already", output);
    return FALSE;
  }
  g_autoptr (TelarGraph) graph = telar_template_open (from, folder, error);
  return graph != NULL && telar_graph_save (graph, absolute, error);
}

static int
run (const TelarCommand *command, GError **error)
{
  const char *name = telar_command_text (command, "template");
  const char *output = telar_command_text (command, "output");

  if (telar_command_has (command, "list")) {
    list_templates (telar_command_has (command, "json"));
    return 0;
  }
  if (name == NULL || output == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "new takes --template NAME and -o PROJECT; --list shows the names");
    return 2;
  }
  const TelarTemplate *from = telar_template_find (name);
  if (from == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "there is no template %s; telar new --list shows them", name);
    return 2;
  }
  return write_project (from, output, error) ? 0 : 1;
}

const TelarVerb telar_verb_new = {
  .name = "new",
  .arguments = "",
  .summary = "Starts a project from a template.",
  .doc = "Templates are whole projects, from LeNet to a small GPT, with data that ship with "
         "Telar: each trains as it is.",
  .options = options,
  .run = run,
};
