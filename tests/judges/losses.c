/* Every example of every loss in the registry, and what regularisers add to the loss, for losses.py
 * to judge. Prints a line for each:
 *
 *   {"loss": NAME, "example": TEXT, "parameters": {…}, "value": NUMBER,
 *    "inputs": {PORT or STATE: {"shape": […], "values": […], "slopes": […] or null}}}
 *
 * The slopes are those of the value by these numbers; whole numbers have none. */
#include "engine/compiler.h"
#include "tests/engine/operators/example.h"
#include <stdio.h>
#include <string.h>

#define SEED 1

/* All that an example gives; the tensors of results stand in the order of the program's outputs. */
typedef struct {
  Example *example;
  TelarGraph *graph;
  TelarProgram *program;
  TelarStates *states;
  GPtrArray *inputs, *outputs;
} Answer;

static const TelarTensor *
find_slopes (const Answer *answer, const char *state)
{
  g_autofree char *name = g_strconcat ("grad:", state, NULL);
  for (guint i = 0; i < answer->outputs->len; i++)
    if (g_str_equal (telar_program_output (answer->program, i)->name, name))
      return answer->outputs->pdata[i];
  return NULL;
}

static double
sum_losses (const Answer *answer)
{
  double sum = 0;
  for (guint i = 0; i < answer->outputs->len; i++)
    if (telar_program_output (answer->program, i)->role == TELAR_OUTPUT_LOSS)
      sum += telar_tensor_get (answer->outputs->pdata[i], 0);
  return sum;
}

/* --- printing --------------------------------------------------------------------------------- */

static json_t *
numbers_of (const TelarTensor *tensor)
{
  json_t *numbers = json_array ();
  for (gsize i = 0; tensor && i < telar_tensor_elements (tensor); i++)
    json_array_append_new (numbers, json_real (telar_tensor_get (tensor, i)));
  return numbers;
}

static json_t *
tensor_to_json (const Answer *answer, const TelarTensor *values, const char *state)
{
  const TelarTensor *slopes = find_slopes (answer, state);
  json_t *shape = json_array ();
  for (guint i = 0; i < values->type.shape.rank; i++)
    json_array_append_new (shape, json_integer (values->type.shape.dims[i]));
  return json_pack ("{s:o, s:o, s:o}", "shape", shape, "values", numbers_of (values), "slopes",
                    slopes ? numbers_of (slopes) : json_null ());
}

/* What is at the ports, and the operator's own states. */
static json_t *
inputs_of (const Answer *answer)
{
  const Example *example = answer->example;
  json_t *inputs = json_object ();
  for (guint i = 0; i < example->n_inputs; i++) {
    g_autofree char *state = g_strdup_printf ("x%u.value", i);
    json_object_set_new (inputs, example->op->inputs[i].name,
                         tensor_to_json (answer, answer->inputs->pdata[i], state));
  }
  for (guint i = 0; i < telar_program_n_states (answer->program); i++) {
    const char *name = telar_program_state (answer->program, i)->name;
    if (g_str_has_prefix (name, "it."))
      json_object_set_new (inputs, name + strlen ("it."),
                           tensor_to_json (answer, telar_states_get (answer->states, name), name));
  }
  return inputs;
}

static void
add_parameters (json_t *parameters, const TelarParamSet *set)
{
  for (const TelarParam *param = telar_param_set_table (set); param->name; param++)
    json_object_set_new (parameters, param->name,
                         telar_param_value_to_json (telar_param_set_get (set, param->name)));
}

/* The operator's own settings come before those that every node has. */
static json_t *
parameters_of (const TelarNode *node)
{
  json_t *parameters = json_object ();
  add_parameters (parameters, node->learning);
  add_parameters (parameters, node->params);
  return parameters;
}

static void
print (const Answer *answer)
{
  json_auto_t *line = json_pack ("{s:s, s:s, s:o, s:f, s:o}", "loss", answer->example->op->name,
                                 "example", answer->example->text, "parameters",
                                 parameters_of (telar_graph_find_node (answer->graph, "it")),
                                 "value", sum_losses (answer), "inputs", inputs_of (answer));
  g_autofree char *text = json_dumps (line, JSON_COMPACT | JSON_REAL_PRECISION (17));
  puts (text);
}

/* --- running ---------------------------------------------------------------------------------- */

/* The result is no loss: what an operator adds to the loss is all there is. */
static gboolean
answer_with (Answer *answer, TelarDevice *device, GError **error)
{
  TelarCompileOptions options = { .device = device };
  g_autoptr (TelarLowered) lowered = example_lower_graph (
      answer->example, EXAMPLE_TRAINED, TELAR_LOWER_TRAIN, EXAMPLE_RESULT, &answer->graph, error);
  g_autoptr (TelarProgram) backward =
      lowered ? telar_pass_differentiate (lowered->program, error) : NULL;
  answer->program = backward ? telar_compile_inference (backward, &options, error) : NULL;
  if (!answer->program)
    return FALSE;
  answer->states = example_states (answer->example, answer->program, SEED, error);
  answer->inputs = example_draw (answer->example, SEED);
  if (answer->states)
    answer->outputs = example_run (answer->example, answer->program, device, answer->inputs,
                                   answer->states, error);
  return answer->outputs != NULL;
}

static void
clear (Answer *answer)
{
  g_clear_pointer (&answer->example, example_free);
  g_clear_pointer (&answer->graph, telar_graph_free);
  g_clear_pointer (&answer->program, telar_program_unref);
  g_clear_pointer (&answer->states, telar_states_unref);
  g_clear_pointer (&answer->inputs, g_ptr_array_unref);
  g_clear_pointer (&answer->outputs, g_ptr_array_unref);
}

static gboolean
show (const TelarOperator *op, const char *text, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  Answer answer = { .example = example_new (op, text, &error) };
  gboolean good = answer.example && answer_with (&answer, device, &error);
  if (good)
    print (&answer);
  else
    g_printerr ("%s %s: %s\n", op->name, text, error->message);
  clear (&answer);
  return good;
}

/* Of layers with kernels one will do: lower-node.c penalises all of them. */
static gboolean
show_regularisers (TelarDevice *device)
{
  static const char *const kernels[] = { "f32[4,3] units=2 kernel_l1=0.3",
                                         "f32[4,3] units=2 kernel_l2=0.2",
                                         "f32[4,3] units=2 kernel_l1=0.3 kernel_l2=0.2" };
  const TelarOperator *activity = telar_operator_find ("activity_penalty");
  gboolean good = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (kernels); i++)
    good = show (telar_operator_find ("dense"), kernels[i], device) && good;
  for (guint i = 0; activity->examples[i]; i++)
    good = show (activity, activity->examples[i], device) && good;
  return good;
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  telar_operators_init ();
  g_autoptr (GPtrArray) operators =
      g_ptr_array_copy ((GPtrArray *)telar_operators_all (), NULL, NULL);
  example_init ();
  g_autoptr (TelarDevice) device = telar_device_cpu_new (1, &error);
  g_assert_no_error (error);
  gboolean good = show_regularisers (device);
  for (guint i = 0; i < operators->len; i++) {
    const TelarOperator *op = operators->pdata[i];
    for (guint e = 0; op->category == TELAR_CATEGORY_LOSS && op->examples[e]; e++)
      good = show (op, op->examples[e], device) && good;
  }
  return good ? 0 : 1;
}
