/* telar export: a trained model as a file for other programs. */
#include "app/model/export.h"
#include "app/cli/inputs.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "app/model/lineage.h"

#include <stdio.h>
#include <string.h>

static const TelarOption options[] = {
  TELAR_OPTION_WORKSPACE,
  { .name = "to",
    .kind = TELAR_OPTION_CHOICE,
    .choices = telar_export_formats,
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
  { .name = "input",
    .letter = 'i',
    .kind = TELAR_OPTION_FILE,
    .value = "[NAME=]FILE",
    .repeated = TRUE,
    .doc = "Rows to try the written ONNX model on, read as telar predict does; otherwise some of "
           "the project's data, or random ones where it has none. An input of any size is written "
           "with the size of these." },
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
  if (dot != NULL && g_strv_contains (telar_export_formats, dot + 1))
    return dot + 1;
  if (dot != NULL && strcmp (dot, ".py") == 0)
    return "pytorch";
  telar_set_error (
      error, TELAR_ERROR_USAGE, NULL,
      "%s: --to says which format, where the ending is neither .onnx, .safetensors nor .py", path);
  return NULL;
}

/* Gives @check the rows of --input; *@bindings, which the caller frees, borrows them of @inputs. */
static gboolean
read_rows (const TelarCommand *command, const TelarModel *model, TelarInputs *inputs,
           TelarBinding **bindings, TelarExportCheck *check, GError **error)
{
  if (!telar_inputs_read (command, model->graph, inputs, error))
    return FALSE;
  check->n_inputs = inputs->names->len;
  check->rows = inputs->rows;
  check->inputs = *bindings = g_new0 (TelarBinding, check->n_inputs + 1);
  for (guint i = 0; i < check->n_inputs; i++)
    (*bindings)[i] = (TelarBinding){ inputs->names->pdata[i], inputs->tensors->pdata[i] };
  return TRUE;
}

static void
print_check (const TelarExportCheck *check)
{
  printf (
      "It gives what the project gives: on %" G_GINT64_FORMAT "%s row%s, the largest difference "
      "is %.2g of the largest number.\n",
      check->rows, check->random ? " random" : "", check->rows == 1 ? "" : "s", check->difference);
}

static gboolean
write_model (const TelarCommand *command, const TelarModel *model, const char *format,
             const char *path, GError **error)
{
  g_auto (TelarInputs) inputs = { 0 };
  g_autofree TelarBinding *bindings = NULL;
  TelarExportCheck check = { 0 };
  if (telar_command_has (command, "input") &&
      !read_rows (command, model, &inputs, &bindings, &check, error))
    return FALSE;
  TelarExportOptions how = {
    .opset = (int)telar_command_int (command, "opset", 0),
    .batch = telar_command_int (command, "batch", 0),
    .float16 = telar_command_has (command, "float16"),
    .float16_io = telar_command_has (command, "float16-io"),
    .external_data = telar_command_has (command, "external-data"),
    .without_preprocessing = telar_command_has (command, "without-preprocessing"),
    .check = telar_command_has (command, "no-check") ? NULL : &check,
  };
  g_autofree char *workspace = telar_command_workspace (command);
  if (!telar_model_export (model, format, &how, path, error) ||
      !telar_record_export (workspace, model, format, path, error))
    return FALSE;
  printf ("%s\n", path);
  if (how.check != NULL && strcmp (format, "onnx") == 0)
    print_check (&check);
  return TRUE;
}

/* The first option given that only ONNX files know, or NULL. */
static const char *
find_onnx_option (const TelarCommand *command)
{
  static const char *const names[] = { "opset",      "batch",         "float16",
                                       "float16-io", "external-data", "without-preprocessing",
                                       "input",      "no-check" };
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
  .summary = "Writes a trained model as ONNX, safetensors, PyTorch or Keras.",
  .doc =
      "MODEL is a run or a checkpoint; PROJECT stands for the newest of its runs. The shapes of "
      "the inputs are those of the project's data, which is read for them. As PyTorch or Keras it "
      "is a Python file, with the weights that it loads beside it (.safetensors).",
  .options = options,
  .run = run,
};
