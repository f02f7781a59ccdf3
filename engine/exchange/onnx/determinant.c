/* Determinants. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

static void
trace_det (OnnxCall *call)
{
  onnx_call_out (call, 0, telar_emit_determinant (call->b, onnx_call_in (call, 0)));
}

const OnnxOperator onnx_operators_determinant[] = {
  { "Det", trace_det },
  { NULL },
};
