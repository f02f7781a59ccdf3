/* RNN, LSTM and GRU: what their attributes say, handed to the engine's own recurrences. */
#include "engine/emit-sequence.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#define MOST_FUNCTIONS 6

static TelarCell
cell_of (const OnnxCall *call)
{
  const char *op = call->node->op_type;
  return g_str_equal (op, "LSTM")  ? TELAR_CELL_LSTM
         : g_str_equal (op, "GRU") ? TELAR_CELL_GRU
                                   : TELAR_CELL_RNN;
}

static void
read_direction (OnnxCall *call, TelarOnnxRecurrence *recurrence)
{
  g_autofree char *direction = onnx_call_attr_text (call, "direction", "forward");
  recurrence->directions = g_str_equal (direction, "bidirectional") ? 2 : 1;
  recurrence->reverse = g_str_equal (direction, "reverse");
}

/* alpha and beta stand in lists of their own, without gaps for the functions that have none. */
static void
read_functions (OnnxCall *call, TelarGateFunction *functions)
{
  const Onnx__AttributeProto *names = onnx_call_attr (call, "activations");
  const Onnx__AttributeProto *alpha = onnx_call_attr (call, "activation_alpha");
  const Onnx__AttributeProto *beta = onnx_call_attr (call, "activation_beta");
  gsize n = names ? names->n_strings : 0, next_alpha = 0, next_beta = 0;
  if (n > MOST_FUNCTIONS) {
    onnx_call_fail (call, "it has %zu activations where %d are most", n, MOST_FUNCTIONS);
    return;
  }
  for (gsize i = 0; i < n; i++) {
    g_autofree char *name = onnx_text_copy (&names->strings[i]);
    if (!telar_gate_function_from_onnx (name, &functions[i]))
      onnx_call_fail (call, "Telar has no activation %s", name);
    guint settings = functions[i].name ? telar_gate_function_settings (&functions[i]) : 0;
    if (settings > 0 && alpha && next_alpha < alpha->n_floats)
      functions[i].alpha = (double)alpha->floats[next_alpha++];
    if (settings > 1 && beta && next_beta < beta->n_floats)
      functions[i].beta = (double)beta->floats[next_beta++];
  }
}

void
onnx_recurrence_settings (OnnxCall *call, TelarOnnxRecurrence *recurrence)
{
  *recurrence = (TelarOnnxRecurrence){
    .cell = cell_of (call),
    .batch_first = onnx_call_attr_int (call, "layout", 0) != 0,
    .linear_before_reset = onnx_call_attr_int (call, "linear_before_reset", 0) != 0,
    .coupled = onnx_call_attr_int (call, "input_forget", 0) != 0,
    .clip = onnx_call_attr_real (call, "clip", 0),
  };
  read_direction (call, recurrence);
  read_functions (call, recurrence->functions);
}

static void
trace_recurrent (OnnxCall *call)
{
  gboolean lstm = cell_of (call) == TELAR_CELL_LSTM;
  TelarOnnxRecurrence recurrence;
  onnx_recurrence_settings (call, &recurrence);
  recurrence.x = onnx_call_in (call, 0);
  recurrence.w = onnx_call_in (call, 1);
  recurrence.r = onnx_call_in (call, 2);
  recurrence.b = onnx_call_optional (call, 3);
  recurrence.sequence_lens = onnx_call_optional (call, 4);
  recurrence.initial_h = onnx_call_optional (call, 5);
  recurrence.initial_c = lstm ? onnx_call_optional (call, 6) : TELAR_NO_VALUE;
  recurrence.p = lstm ? onnx_call_optional (call, 7) : TELAR_NO_VALUE;
  if (onnx_call_failed (call))
    return;
  TelarOnnxRecurrenceResult result = telar_emit_onnx_recurrence (call->b, &recurrence);
  onnx_call_out (call, 0, result.y);
  onnx_call_out (call, 1, result.y_h);
  if (lstm)
    onnx_call_out (call, 2, result.y_c);
}

const OnnxOperator onnx_operators_recurrent[] = {
  { "GRU", trace_recurrent },
  { "LSTM", trace_recurrent },
  { "RNN", trace_recurrent },
  { NULL },
};
