/* telar import: another program's model as a project. */
#include "engine/exchange/import.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"

#include <stdio.h>

static const TelarOption options[] = {
  { .name = "output",
    .letter = 'o',
    .kind = TELAR_OPTION_FILE,
    .value = "PROJECT",
    .doc = "The project to write (.telar); its weights go beside it (.safetensors)." },
  { .name = "shape",
    .kind = TELAR_OPTION_TEXT,
    .value = "NAME=SIZES",
    .repeated = TRUE,
    .doc = "The shape of an input whose file leaves it open, such as pixels=1x3x224x224; a first "
           "size of 1 stands for any batch." },
  TELAR_OPTION_JSON ("One JSON document."),
  { NULL },
};

static int
run (const TelarCommand *command, GError **error)
{
  const char *project = telar_command_text (command, "output");
  const GPtrArray *given = telar_command_list (command, "shape");
  guint n_nodes;
  if (project == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "-o PROJECT is missing; see telar import --help");
    return 2;
  }
  g_autofree const char **shapes = g_new0 (const char *, (given ? given->len : 0) + 1);
  for (guint i = 0; given != NULL && i < given->len; i++)
    shapes[i] = given->pdata[i];
  TelarImportOptions how = { .shapes = shapes };
  if (!telar_import_project (telar_command_argument (command, 0), &how, project, &n_nodes, error))
    return 3;
  if (telar_command_has (command, "json"))
    telar_print_json_document (json_pack ("{s:s, s:i}", "project", project, "nodes", (int)n_nodes));
  else
    printf ("%s: %u nodes\n", project, n_nodes);
  return 0;
}

const TelarVerb telar_verb_import = {
  .name = "import",
  .arguments = "FILE",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = "Makes a project of an ONNX model.",
  .doc =
      "The model's layers stand on the canvas as nodes with names, its weights are what training "
      "begins with. To train it, wire data to its inputs and add a loss. What cannot be said "
      "with the palette's operators is refused, all of it at once.",
  .options = options,
  .run = run,
};
