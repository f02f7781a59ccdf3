/* Exports every operator's examples and the sample projects as ONNX into a folder, each with a
 * safetensors file for tests/judges to compare: inputs ("in:NAME"), an operator's states
 * ("state:NAME"), what Telar computes from them ("out:NAME") and, as metadata, the example's text.
 * Operators without a result have nothing to export. OPSET is ONNX's operator set; with it the
 * samples, which take long, stay out. float16 and float16-io in its place write half precision,
 * external-data the samples alone, weights in a file beside where a small one has no room for them.
 */
#include "data/data.h"
#include "engine/checkpoint.h"
#include "engine/exchange/export.h"
#include "engine/trainer.h"
#include "tests/engine/operators/example.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_ROWS 5
#define SMALL_FILE  (64 << 10)

static int opset;
static gboolean float16, float16_io, external_data;

/* One pass over the data in few steps: what is exported is a model in use, with fitted scales. */
static const char *const sample_training[][2] = {
  { "training.epochs", "1" },
  { "training.batch", "250" },
};

static gboolean
write_tensors (const char *folder, const char *name, GHashTable *tensors, const char *example,
               GError **error)
{
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *file = g_strconcat (name, ".safetensors", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_hash_table_insert (metadata, (gpointer) "example", (gpointer)example);
  return telar_safetensors_write (path, tensors, metadata, error);
}

static gboolean
write_model (const char *folder, const char *name, const TelarGraph *graph,
             const TelarLowered *lowered, const TelarStates *states, GError **error)
{
  TelarExportOptions options = {
    .project = name,
    .run = "test",
    .graph = graph,
    .lowered = lowered,
    .opset = opset,
    .float16 = float16,
    .float16_io = float16_io,
    .largest = external_data ? SMALL_FILE : 0,
  };
  g_autofree char *file = g_strconcat (name, ".onnx", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  return telar_export_onnx (lowered->program, states, &options, path, error);
}

static GHashTable *
new_tensors (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify)telar_tensor_unref);
}

/* Takes the reference. */
static void
take_tensor (GHashTable *tensors, const char *kind, const char *name, TelarTensor *tensor)
{
  g_hash_table_insert (tensors, g_strdup_printf ("%s:%s", kind, name), tensor);
}

/* What float16 has of the numbers, as float32. */
static TelarTensor *
as_given (TelarTensor *tensor)
{
  if (!float16_io || tensor->type.dtype != TELAR_F32)
    return telar_tensor_ref (tensor);
  g_autoptr (TelarTensor) half = telar_tensor_cast (tensor, TELAR_F16);
  return telar_tensor_cast (half, TELAR_F32);
}

/* --- operators -------------------------------------------------------------------------------- */

static gboolean
export_example (const char *folder, const TelarOperator *op, guint number, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s-%u", op->name, number);
  g_autoptr (Example) example = example_new (op, op->examples[number], error);
  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  g_autoptr (GHashTable) tensors = new_tensors ();
  if (!example)
    return FALSE;
  g_autoptr (TelarGraph) graph = NULL;
  g_autoptr (TelarLowered) lowered =
      example_lower_graph (example, EXAMPLE_FED, TELAR_LOWER_INFER, EXAMPLE_RESULT, &graph, error);
  const TelarProgram *program = lowered ? lowered->program : NULL;
  g_autoptr (TelarStates) states = program ? example_states (example, program, 1, error) : NULL;
  if (!states)
    return FALSE;
  g_autoptr (GPtrArray) drawn = example_draw (example, 1);
  g_autoptr (GPtrArray) inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  for (guint i = 0; i < drawn->len; i++)
    g_ptr_array_add (inputs, as_given (drawn->pdata[i]));
  g_autoptr (GPtrArray) outputs = example_run (example, program, ref, inputs, states, error);
  if (!outputs)
    return FALSE;
  for (guint i = 0; i < inputs->len; i++) {
    g_autofree char *input = example_input_name (program, i);
    take_tensor (tensors, "in", input, telar_tensor_ref (inputs->pdata[i]));
  }
  for (guint i = 0; i < outputs->len; i++)
    take_tensor (tensors, "out", telar_program_output (program, i)->name,
                 telar_tensor_ref (outputs->pdata[i]));
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const char *state = telar_program_state (program, i)->name;
    take_tensor (tensors, "state", state, telar_tensor_ref (telar_states_get (states, state)));
  }
  return write_model (folder, name, graph, lowered, states, error) &&
         write_tensors (folder, name, tensors, example->text, error);
}

static gboolean
export_operators (const char *folder, const GPtrArray *operators, GError **error)
{
  for (guint i = 0; i < operators->len; i++) {
    const TelarOperator *op = operators->pdata[i];
    gboolean has_result = telar_operator_n_outputs (op) > 0 || g_str_equal (op->name, "output");
    for (guint e = 0; op->lower && has_result && op->examples[e]; e++)
      if (!export_example (folder, op, e, error)) {
        g_prefix_error (error, "%s: ", op->name);
        return FALSE;
      }
  }
  return TRUE;
}

/* --- samples ---------------------------------------------------------------------------------- */

static TelarStates *
train_sample (TelarGraph *graph, TelarFeed *feed, TelarDevice *device, GError **error)
{
  TelarTraining training = { .graph = graph, .feed = feed, .device = device, .run = "test" };
  TelarTrainingResult result = { 0 };
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < G_N_ELEMENTS (sample_training); i++)
    ok = telar_graph_set (graph, sample_training[i][0], sample_training[i][1], error);
  ok = ok && telar_train (&training, &result, error);
  TelarStates *states = ok ? g_steal_pointer (&result.states) : NULL;
  telar_training_result_clear (&result);
  return states;
}

/* Runs the model on the first rows of the data. */
static gboolean
run_sample (const TelarProgram *program, TelarFeed *feed, TelarDevice *device, TelarStates *states,
            GHashTable *tensors, GError **error)
{
  TelarFeedPass pass = { .split = TELAR_SPLIT_ALL, .batch = SAMPLE_ROWS };
  g_autofree TelarTensor **inputs = g_new0 (TelarTensor *, feed->n_ports);
  g_autofree TelarBinding *bindings = g_new0 (TelarBinding, feed->n_ports);
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, telar_program_n_outputs (program));
  TelarCompileOptions options = { .device = device };
  if (!telar_feed_begin (feed, &pass, error) ||
      telar_feed_next (feed, inputs, error) != SAMPLE_ROWS)
    return FALSE;
  g_autoptr (TelarProgram) compiled = telar_compile_inference (program, &options, error);
  g_autoptr (TelarPlan) plan =
      compiled ? telar_plan_new (compiled, SAMPLE_ROWS, device, 0, error) : NULL;
  TelarRunContext context = { bindings, feed->n_ports, states, 0, 0 };
  for (guint i = 0; i < feed->n_ports; i++) {
    bindings[i] = (TelarBinding){ feed->ports[i].name, inputs[i] };
    take_tensor (tensors, "in", feed->ports[i].name, inputs[i]);
  }
  if (!plan || !telar_plan_run (plan, &context, outputs, error))
    return FALSE;
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    take_tensor (tensors, "out", telar_program_output (program, i)->name, outputs[i]);
  return TRUE;
}

/* On the device that people use. */
static gboolean
export_sample (const char *folder, const char *samples, const char *name, GError **error)
{
  g_autofree char *file = g_strconcat (name, ".telar", NULL);
  g_autofree char *path = g_build_filename (samples, file, NULL);
  g_autoptr (TelarGraph) graph = telar_graph_load (path, error);
  g_autoptr (TelarFeed) feed = graph ? telar_data_open (graph, error) : NULL;
  g_autoptr (TelarDevice) cpu = feed ? telar_device_cpu_new (1, error) : NULL;
  g_autoptr (GHashTable) tensors = new_tensors ();
  if (!cpu)
    return FALSE;
  g_autoptr (TelarStates) states = train_sample (graph, feed, cpu, error);
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_INFER);
  return states && telar_lowered_ok (lowered, error) &&
         run_sample (lowered->program, feed, cpu, states, tensors, error) &&
         write_model (folder, name, graph, lowered, states, error) &&
         write_tensors (folder, name, tensors, name, error);
}

int
main (int argc, char **argv)
{
  static const char *const samples[] = { "digits-cnn", "digits-dense", "titanic" };
  g_autoptr (GError) error = NULL;
  if (argc != 3 && argc != 4) {
    fprintf (stderr, "usage: %s FOLDER SAMPLES [OPSET|float16|float16-io|external-data]\n",
             argv[0]);
    return 2;
  }
  float16 = argc == 4 && g_str_equal (argv[3], "float16");
  float16_io = argc == 4 && g_str_equal (argv[3], "float16-io");
  external_data = argc == 4 && g_str_equal (argv[3], "external-data");
  opset = argc == 4 && g_ascii_isdigit (*argv[3]) ? atoi (argv[3]) : 0;
  telar_operators_init ();
  g_autoptr (GPtrArray) operators =
      g_ptr_array_copy ((GPtrArray *)telar_operators_all (), NULL, NULL);
  telar_data_init ();
  example_init ();
  gboolean ok = external_data || export_operators (argv[1], operators, &error);
  for (guint i = 0; ok && !float16_io && opset == 0 && i < G_N_ELEMENTS (samples); i++)
    ok = export_sample (argv[1], argv[2], samples[i], &error);
  if (!ok)
    fprintf (stderr, "%s\n", error->message);
  return ok ? 0 : 1;
}
