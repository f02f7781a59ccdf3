/* telar import: another program's model as a project. */
#include "engine/exchange/import.h"
#include "app/cli/tensors.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"

#include <stdio.h>
#include <string.h>

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
  { .name = "value",
    .kind = TELAR_OPTION_TEXT,
    .value = "NAME=FILE",
    .repeated = TRUE,
    .doc = "The numbers (.npy) of an input that is always the same, such as axes=axes.npy. They "
           "become part of the model, and the input is none of the project's." },
  TELAR_OPTION_JSON ("One JSON document."),
  { NULL },
};

static void
unref_tensor (gpointer tensor)
{
  telar_tensor_unref (tensor);
}

/* "NAME=FILE" of each --value: char * to TelarTensor *. */
static GHashTable *
read_values (const GPtrArray *given, GError **error)
{
  g_autoptr (GHashTable) values =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_tensor);
  for (guint i = 0; given != NULL && i < given->len; i++) {
    const char *text = given->pdata[i], *equals = strrchr (text, '=');
    if (equals == NULL) {
      telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s does not say NAME=FILE", text);
      return NULL;
    }
    g_autofree char *name = g_strndup (text, (gsize)(equals - text));
    TelarTensor *tensor = telar_input_read_shaped (name, NULL, equals + 1, error);
    if (tensor == NULL)
      return NULL;
    g_hash_table_replace (values, g_steal_pointer (&name), tensor);
  }
  return g_steal_pointer (&values);
}

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
  g_autoptr (GHashTable) values = read_values (telar_command_list (command, "value"), error);
  if (values == NULL)
    return 2;
  g_autofree const char **shapes = g_new0 (const char *, (given ? given->len : 0) + 1);
  for (guint i = 0; given != NULL && i < given->len; i++)
    shapes[i] = given->pdata[i];
  TelarImportOptions how = { .shapes = shapes, .values = values };
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
