/* telar predict: what a trained model makes of given inputs. */
#include "app/cli/detections.h"
#include "app/cli/inputs.h"
#include "app/cli/predict-onnx.h"
#include "app/cli/tensors.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "engine/plan.h"

#include <stdio.h>
#include <string.h>

static const TelarOption options[] = {
  TELAR_OPTION_WORKSPACE,
  TELAR_OPTION_DEVICE,
  TELAR_OPTION_THREADS,
  { .name = "input",
    .letter = 'i',
    .kind = TELAR_OPTION_FILE,
    .value = "[NAME=]FILE",
    .repeated = TRUE,
    .doc = "Rows for the model: .npy, .npz, .csv, .png, .jpg, .webp or IDX. NAME is the model's "
           "input (NODE.PORT, or ONNX's name), which may be left out when there is one. ONNX "
           "files also take .pb." },
  { .name = "output",
    .letter = 'o',
    .kind = TELAR_OPTION_FILE,
    .value = "[NAME=]FILE",
    .repeated = TRUE,
    .doc = "Where results go: .npy, .npz, .csv or .pb. NAME is an output, needed where a model has "
           "several results and the file holds one." },
  { .name = "drawn",
    .kind = TELAR_OPTION_FILE,
    .value = "FILE",
    .doc = "The picture that was given, with boxes around what the model's Detections node found, "
           "as PNG." },
  TELAR_OPTION_JSON ("Lists what was found as JSON."),
  { .name = "batch",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 1,
    .maximum = 1 << 24,
    .doc = "Rows at a time; 256 unless given." },
  { NULL },
};

#define BATCH 256

typedef struct {
  TelarModel model;
  TelarDevice *device;
  TelarInputs inputs;
  TelarProgram *program;
  GArray *results; /* TelarResult */
} Predict;

static void
result_clear (gpointer data)
{
  TelarResult *result = data;
  g_free (result->name);
  g_clear_pointer (&result->tensor, telar_tensor_unref);
}

static void
predict_clear (Predict *p)
{
  telar_model_clear (&p->model);
  g_clear_pointer (&p->device, telar_device_free);
  telar_inputs_clear (&p->inputs);
  g_clear_pointer (&p->program, telar_program_unref);
  g_clear_pointer (&p->results, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Predict, predict_clear)

/* --- running ------------------------------------------------------------------------------------
 */

/* Lowers with the shapes of what was given: a feed that has shapes and no rows. */
static gboolean
compile (Predict *p, GError **error)
{
  static const TelarFeedClass no_rows = { 0 };
  g_autofree TelarFeedPort *ports = g_new0 (TelarFeedPort, MAX (p->inputs.names->len, 1));
  for (guint i = 0; i < p->inputs.names->len; i++) {
    ports[i].name = p->inputs.names->pdata[i];
    ports[i].type = ((const TelarTensor *)p->inputs.tensors->pdata[i])->type;
    ports[i].type.shape.dims[0] = TELAR_DIM_BATCH;
  }
  TelarFeed shapes = { &no_rows, ports, p->inputs.names->len };
  g_autoptr (TelarLowered) lowered = telar_lower (p->model.graph, &shapes, TELAR_LOWER_INFER);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  TelarCompileOptions options_ = { .device = p->device, .states = p->model.states };
  p->program = telar_compile_inference (lowered->program, &options_, error);
  return p->program != NULL && telar_states_add_program (p->model.states, p->program, 0, error);
}

static TelarTensor *
take_rows (const TelarTensor *tensor, gint64 first, gint64 n)
{
  TelarShape shape = tensor->type.shape;
  gsize each = tensor->bytes / (gsize)shape.dims[0];
  shape.dims[0] = n;
  return telar_tensor_wrap (tensor->type.dtype, &shape, (char *)tensor->data + (gsize)first * each,
                            NULL, NULL);
}

/* Whether the result has a row for each sample; others are taken whole. */
static gboolean
gives_rows (const Predict *p, guint result)
{
  TelarValue value = telar_program_output (p->program, result)->value;
  const TelarShape *shape = &telar_program_type (p->program, value)->shape;
  return shape->rank > 0 && shape->dims[0] == TELAR_DIM_BATCH;
}

/* Room for all rows of each result, once the first batch has shown its shape. */
static gboolean
make_results (Predict *p, TelarTensor *const *outputs, GError **error)
{
  p->results = g_array_new (FALSE, FALSE, sizeof (TelarResult));
  g_array_set_clear_func (p->results, result_clear);
  for (guint i = 0; i < telar_program_n_outputs (p->program); i++) {
    TelarShape shape = outputs[i]->type.shape;
    if (gives_rows (p, i))
      shape.dims[0] = p->inputs.rows;
    TelarResult result = { .name = g_strdup (telar_program_output (p->program, i)->name) };
    result.tensor = telar_tensor_try_new (outputs[i]->type.dtype, &shape, error);
    g_array_append_val (p->results, result);
    if (result.tensor == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
run_batch (Predict *p, TelarPlan *plan, gint64 first, gint64 n, GError **error)
{
  guint n_outputs = telar_program_n_outputs (p->program);
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, n_outputs);
  g_autofree TelarBinding *inputs = g_new0 (TelarBinding, MAX (p->inputs.names->len, 1));
  for (guint i = 0; i < p->inputs.names->len; i++)
    inputs[i] = (TelarBinding){ p->inputs.names->pdata[i],
                                telar_inputs_has_rows (&p->inputs, p->model.graph, i)
                                    ? take_rows (p->inputs.tensors->pdata[i], first, n)
                                    : telar_tensor_ref (p->inputs.tensors->pdata[i]) };
  TelarRunContext context = { .inputs = inputs,
                              .n_inputs = p->inputs.names->len,
                              .states = p->model.states };
  gboolean ok = telar_plan_run (plan, &context, outputs, error) &&
                (p->results != NULL || make_results (p, outputs, error));
  for (guint i = 0; ok && i < n_outputs; i++) {
    TelarTensor *result = g_array_index (p->results, TelarResult, i).tensor;
    gsize each = gives_rows (p, i) ? outputs[i]->bytes / (gsize)n : 0;
    memcpy ((char *)result->data + (gsize)first * each, outputs[i]->data, outputs[i]->bytes);
  }
  for (guint i = 0; i < n_outputs; i++)
    g_clear_pointer (&outputs[i], telar_tensor_unref);
  for (guint i = 0; i < p->inputs.names->len; i++)
    telar_tensor_unref (inputs[i].tensor);
  return ok;
}

/* Full batches with one plan, the rest with another; all at once where a result says something of
 * all rows together. */
static gboolean
run_all (Predict *p, gint64 batch, GError **error)
{
  for (guint i = 0; i < telar_program_n_outputs (p->program); i++)
    if (!gives_rows (p, i))
      batch = p->inputs.rows;
  for (gint64 first = 0; first < p->inputs.rows;) {
    gint64 n = MIN (batch, p->inputs.rows - first);
    g_autoptr (TelarPlan) plan = telar_plan_new (p->program, n, p->device, 0, error);
    if (plan == NULL)
      return FALSE;
    for (; p->inputs.rows - first >= n; first += n)
      if (!run_batch (p, plan, first, n, error))
        return FALSE;
  }
  return TRUE;
}

/* --- results ------------------------------------------------------------------------------------
 */

static gboolean
write_outputs (const TelarCommand *command, const Predict *p, GError **error)
{
  const GPtrArray *files = telar_command_list (command, "output");
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint i = 0; i < p->results->len; i++)
    g_ptr_array_add (names, g_array_index (p->results, TelarResult, i).name);
  for (guint i = 0; i < files->len; i++) {
    const char *text = files->pdata[i];
    guint index = 0;
    gboolean all = g_str_has_suffix (text, ".npz") && strchr (text, '=') == NULL;
    const char *path = all ? text : telar_split_name (text, names, &index, error);
    if (path == NULL)
      return FALSE;
    g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (TelarResult));
    g_array_append_val (one, g_array_index (p->results, TelarResult, index));
    if (!telar_results_write (path, all ? p->results : one, error))
      return FALSE;
  }
  return TRUE;
}

static const char for_detections[] = "--drawn and --json are for projects with a Detections node";

/* What the options ask for that the model does not give. */
static gboolean
check_wishes (const TelarCommand *command, const Predict *p, GError **error)
{
  gboolean finds = telar_detections_any (p->model.graph);
  if (!finds && (telar_command_has (command, "drawn") || telar_command_has (command, "json")))
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s", for_detections);
  else if (!finds && !telar_command_has (command, "output"))
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "--output is needed; see telar predict --help");
  else if (telar_command_has (command, "drawn") && p->inputs.picture == NULL)
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--drawn needs a picture as input");
  else
    return TRUE;
  return FALSE;
}

static int
run (const TelarCommand *command, GError **error)
{
  g_auto (Predict) p = { 0 };
  gboolean onnx = g_str_has_suffix (telar_command_argument (command, 0), ".onnx");
  if (onnx && !telar_command_has (command, "output")) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "--output is needed; see telar predict --help");
    return 2;
  }
  if (onnx && (telar_command_has (command, "drawn") || telar_command_has (command, "json"))) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "%s", for_detections);
    return 2;
  }
  p.device = telar_command_device (command, error);
  if (p.device == NULL)
    return 3;
  if (onnx)
    return telar_predict_onnx (command, p.device, error);
  if (!telar_model_open (command, telar_command_argument (command, 0), &p.model, error) ||
      !telar_inputs_read (command, p.model.graph, &p.inputs, error))
    return 3;
  if (!check_wishes (command, &p, error))
    return 2;
  if (!compile (&p, error))
    return 3;
  if (!run_all (&p, telar_command_int (command, "batch", BATCH), error))
    return 1;
  if (telar_command_has (command, "output") && !write_outputs (command, &p, error))
    return 1;
  if (!telar_detections_any (p.model.graph))
    return 0;
  g_autoptr (GArray) found = telar_detections_collect (
      p.model.graph, p.results, p.inputs.pictures != NULL ? &p.inputs.pictures->type.shape : NULL,
      error);
  return found != NULL && telar_detections_tell (command, found, p.inputs.picture, error) ? 0 : 1;
}

const TelarVerb telar_verb_predict = {
  .name = "predict",
  .arguments = "MODEL",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = "Runs a trained model over given rows and writes its results.",
  .doc = "MODEL is a run, a checkpoint, a project (the newest of its runs) or an ONNX file. Inputs "
         "must have the "
         "shape and scale of the data that the model was trained on; a .csv for a table goes "
         "through the project's own columns.",
  .options = options,
  .run = run,
};
