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
  { .name = "float16",
    .doc = "Weights and computation in float16; inputs and results stay float32, and so does what "
           "is worked out of the data before the first layer." },
  { .name = "float16-io", .doc = "All in float16, inputs and results too." },
  { .name = "external-data",
    .doc = "Puts the weights into FILE.data beside the ONNX file, as a model above 2 GiB always "
           "has them." },
  { .name = "without-preprocessing",
    .doc = "Leaves out what prepares the data in front of the first layer (scaling, standardising, "
           "resizing): whoever runs the model does it then." },
  { .name = "no-check",
    .doc = "Does not run the written ONNX model beside the project, and leaves it whatever numbers "
           "it gives." },
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

/* Rows to try the model on: as many as it takes at once, a few where that is any number. */
#define TRIED 4

typedef struct {
  TelarExportCheck check;
  GArray *inputs; /* TelarBinding with references */
} Trial;

static void
binding_clear (gpointer binding)
{
  telar_tensor_unref (((TelarBinding *)binding)->tensor);
}

static gboolean
read_rows (Trial *trial, TelarFeed *feed, gint64 rows, GError **error)
{
  TelarFeedPass pass = { .split = TELAR_SPLIT_ALL, .batch = rows > 0 ? rows : TRIED };
  g_autofree TelarTensor **tensors = g_new0 (TelarTensor *, feed->n_ports + 1);
  trial->inputs = g_array_new (FALSE, FALSE, sizeof (TelarBinding));
  g_array_set_clear_func (trial->inputs, binding_clear);
  if (!telar_feed_begin (feed, &pass, error) || telar_feed_next (feed, tensors, error) < 0)
    return FALSE;
  for (guint i = 0; i < feed->n_ports && tensors[i] != NULL; i++) {
    TelarBinding binding = { feed->ports[i].name, tensors[i] };
    g_array_append_val (trial->inputs, binding);
  }
  trial->check.inputs = (const TelarBinding *)trial->inputs->data;
  trial->check.n_inputs = trial->inputs->len;
  return TRUE;
}

static void
print_check (const TelarExportCheck *check)
{
  printf ("It gives what the project gives: on %" G_GINT64_FORMAT " %s, the largest difference is "
          "%.2g of the largest number.\n",
          check->rows, check->n_inputs > 0 ? "rows of its data" : "random rows", check->difference);
}

static gboolean
write_onnx (const TelarCommand *command, const TelarModel *model, TelarFeed *feed,
            TelarExportOptions *about, const char *path, GError **error)
{
  Trial trial = { 0 };
  about->opset = (int)telar_command_int (command, "opset", 0);
  about->batch = telar_command_int (command, "batch", 0);
  about->float16 = telar_command_has (command, "float16");
  about->float16_io = telar_command_has (command, "float16-io");
  about->external_data = telar_command_has (command, "external-data");
  about->without_preprocessing = telar_command_has (command, "without-preprocessing");
  if (!telar_command_has (command, "no-check"))
    about->check = &trial.check;
  gboolean good =
      (about->check == NULL || feed == NULL || read_rows (&trial, feed, about->batch, error)) &&
      telar_export_onnx (about->lowered->program, model->states, about, path, error);
  g_clear_pointer (&trial.inputs, g_array_unref);
  if (good)
    printf ("%s\n", path);
  if (good && about->check != NULL)
    print_check (about->check);
  return good;
}

static gboolean
write_safetensors (const TelarModel *model, const TelarExportOptions *about, const char *path,
                   GError **error)
{
  if (!telar_export_safetensors (about->lowered->program, model->states, about, path, error))
    return FALSE;
  printf ("%s\n", path);
  return TRUE;
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
  };
  return strcmp (format, "onnx") == 0 ? write_onnx (command, model, feed, &about, path, error)
                                      : write_safetensors (model, &about, path, error);
}

/* The first option given that only ONNX files know, or NULL. */
static const char *
find_onnx_option (const TelarCommand *command)
{
  static const char *const names[] = { "opset",      "batch",         "float16",
                                       "float16-io", "external-data", "without-preprocessing",
                                       "no-check" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (telar_command_has (command, names[i]))
      return names[i];
  return NULL;
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
  const char *onnx_only = find_onnx_option (command);
  if (format != NULL && strcmp (format, "onnx") != 0 && onnx_only != NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--%s is for ONNX files", onnx_only);
    return 2;
  }
  if (format == NULL ||
      !telar_model_open (command, telar_command_argument (command, 0), &model, error) ||
      !write_model (command, &model, format, path, error))
    return 1;
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
