/* telar export: a trained model as a file for other programs. */
#include "engine/exchange/export.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "data/data.h"
#include "engine/lower.h"

#include <stdio.h>
#include <string.h>

static const char *const formats[] = { "onnx", "safetensors", NULL };

static const TelarOption options[] = {
  TELAR_OPTION_WORKSPACE,
  { .name = "to",
    .kind = TELAR_OPTION_CHOICE,
    .choices = formats,
    .doc = "The format; without it the ending of FILE says." },
  { .name = "output",
    .letter = 'o',
    .kind = TELAR_OPTION_FILE,
    .value = "FILE",
    .doc = "The file to write." },
  { .name = "opset",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = TELAR_ONNX_OPSET_MIN,
    .maximum = TELAR_ONNX_OPSET_MAX,
    .doc =
        "ONNX's operator set, 21 unless given. Older programs need a lower one; a higher one has "
        "operators for more layers." },
  { .name = "batch",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 1,
    .maximum = G_MAXINT32,
    .doc = "How many rows the ONNX model takes at once; any number unless given." },
  { NULL },
};

static const char *
choose_format (const TelarCommand *command, const char *path, GError **error)
{
  const char *given = telar_command_text (command, "to");
  if (given != NULL)
    return given;
  const char *dot = strrchr (path, '.');
  if (dot != NULL && g_strv_contains (formats, dot + 1))
    return dot + 1;
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "%s: --to says which format, where the ending is neither .onnx nor .safetensors",
                   path);
  return NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

/* The hashes of the data that the model learned from, in the order of the files' names, with
 * spaces between. Caller frees; NULL when none is recorded. */
static char *
data_hash (TelarGraph *graph)
{
  GHashTable *hashes = telar_graph_data_hashes (graph);
  g_autoptr (GList) paths = g_list_sort (g_hash_table_get_keys (hashes), compare_names);
  g_autoptr (GString) text = g_string_new (NULL);
  for (GList *path = paths; path != NULL; path = path->next)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                            (const char *)g_hash_table_lookup (hashes, path->data));
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static gboolean
write_model (const TelarCommand *command, const TelarModel *model, const char *format,
             const char *path, GError **error)
{
  g_autoptr (TelarFeed) feed = NULL;
  if (telar_command_reads_data (model->graph)) {
    feed = telar_data_open (model->graph, error);
    if (feed == NULL)
      return FALSE;
  }
  g_autoptr (TelarLowered) lowered = telar_lower (model->graph, feed, TELAR_LOWER_INFER);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  g_autofree char *hash = data_hash (model->graph);
  TelarExportOptions about = {
    .project = model->project,
    .run = model->name,
    .data_hash = hash,
    .graph = model->graph,
    .lowered = lowered,
    .opset = (int)telar_command_int (command, "opset", 0),
    .batch = telar_command_int (command, "batch", 0),
  };
  return strcmp (format, "onnx") == 0
             ? telar_export_onnx (lowered->program, model->states, &about, path, error)
             : telar_export_safetensors (lowered->program, model->states, &about, path, error);
}

static int
run (const TelarCommand *command, GError **error)
{
  g_auto (TelarModel) model = { 0 };
  const char *path = telar_command_text (command, "output");
  if (path == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "-o FILE is missing; see telar export --help");
    return 2;
  }
  const char *format = choose_format (command, path, error);
  if (format != NULL && strcmp (format, "onnx") != 0 &&
      (telar_command_has (command, "opset") || telar_command_has (command, "batch"))) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--opset and --batch are for ONNX files");
    return 2;
  }
  if (format == NULL ||
      !telar_model_open (command, telar_command_argument (command, 0), &model, error) ||
      !write_model (command, &model, format, path, error))
    return 1;
  printf ("%s\n", path);
  return 0;
}

const TelarVerb telar_verb_export = {
  .name = "export",
  .arguments = "PROJECT|MODEL",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = "Writes a trained model as ONNX or safetensors.",
  .doc = "MODEL is a run or a checkpoint; PROJECT stands for the newest of its runs. The shapes of "
         "the inputs are those of the project's data, which is read for them.",
  .options = options,
  .run = run,
};
