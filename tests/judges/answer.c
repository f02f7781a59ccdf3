/* Trains examples of operators for a step and prints what came of it. */
#include "tests/judges/answer.h"

#include "engine/compiler.h"
#include <stdio.h>
#include <string.h>

#define SEED 1

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

json_t *
answer_numbers (const TelarTensor *tensor)
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
  return json_pack ("{s:o, s:o, s:o}", "shape", shape, "values", answer_numbers (values), "slopes",
                    slopes ? answer_numbers (slopes) : json_null ());
}

/* What stands at input @i: real numbers are states. */
static const TelarTensor *
input_of (const Answer *answer, guint i, const char *state)
{
  const TelarTensor *values = telar_states_get (answer->states, state);

  return values ? values : answer->inputs->pdata[i];
}

static void
add_input (const Answer *answer, guint i, json_t *inputs)
{
  const TelarOperator *op = answer->example->op;
  const char *port = op->inputs[MIN (i, telar_operator_n_inputs (op) - 1)].name;
  g_autofree char *state = g_strdup_printf ("x%u.value", i);
  g_autofree char *name =
      json_object_get (inputs, port) ? g_strdup_printf ("%s%u", port, i) : g_strdup (port);

  json_object_set_new (inputs, name, tensor_to_json (answer, input_of (answer, i, state), state));
}

/* What is at the ports, and the operator's own states. */
static json_t *
inputs_of (const Answer *answer)
{
  json_t *inputs = json_object ();

  for (guint i = 0; i < answer->example->n_inputs; i++)
    add_input (answer, i, inputs);
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

json_t *
answer_to_json (const Answer *answer)
{
  return json_pack ("{s:s, s:s, s:o, s:f, s:o}", "operator", answer->example->op->name, "example",
                    answer->example->text, "parameters",
                    parameters_of (telar_graph_find_node (answer->graph, "it")), "value",
                    sum_losses (answer), "inputs", inputs_of (answer));
}

void
answer_print (const json_t *line)
{
  g_autofree char *text = json_dumps (line, JSON_COMPACT | JSON_REAL_PRECISION (17));

  puts (text);
}

/* --- running ---------------------------------------------------------------------------------- */

gboolean
answer_run (Answer *answer, const TelarOperator *op, const char *text, const char *end,
            gboolean wide, TelarDevice *device, GError **error)
{
  TelarCompileOptions options = { .device = device };

  answer->example = example_new (op, text, error);
  g_autoptr (TelarLowered) lowered =
      answer->example ? example_lower_graph (answer->example, EXAMPLE_TRAINED, TELAR_LOWER_TRAIN,
                                             end, &answer->graph, error)
                      : NULL;
  g_autoptr (TelarProgram) backward =
      lowered ? telar_pass_differentiate (lowered->program, error) : NULL;
  g_autoptr (TelarProgram) widened = backward && wide ? telar_pass_widen (backward, error) : NULL;
  answer->program = backward && (widened || !wide)
                        ? telar_compile_inference (widened ? widened : backward, &options, error)
                        : NULL;
  if (!answer->program)
    return FALSE;
  answer->states = example_states (answer->example, answer->program, SEED, error);
  answer->inputs = example_draw (answer->example, SEED);
  if (answer->states)
    answer->outputs = example_run (answer->example, answer->program, device, answer->inputs,
                                   answer->states, error);
  return answer->outputs != NULL;
}

void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->example, example_free);
  g_clear_pointer (&answer->graph, telar_graph_free);
  g_clear_pointer (&answer->program, telar_program_unref);
  g_clear_pointer (&answer->states, telar_states_unref);
  g_clear_pointer (&answer->inputs, g_ptr_array_unref);
  g_clear_pointer (&answer->outputs, g_ptr_array_unref);
}
