/* Einstein's sums. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

static void
trace_einsum (OnnxCall *call)
{
  g_autofree char *equation = onnx_call_attr_text (call, "equation", "");
  g_autofree TelarValue *inputs = g_new (TelarValue, call->n_inputs + 1);
  for (guint i = 0; i < call->n_inputs; i++)
    inputs[i] = onnx_call_in (call, i);
  onnx_call_out (call, 0, telar_emit_einsum (call->b, equation, inputs, call->n_inputs));
}

const OnnxOperator onnx_operators_einsum[] = {
  { "Einsum", trace_einsum },
  { NULL },
};
