/* Sums and products that grow along an axis. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

static gboolean
read_axis (OnnxCall *call, guint *axis)
{
  guint rank = onnx_call_type (call, 0).shape.rank;
  return onnx_call_axis (call, onnx_call_integer (call, 1, 0), rank, axis);
}

static void
trace_cumsum (OnnxCall *call)
{
  guint axis;
  if (!read_axis (call, &axis))
    return;
  TelarValue x = onnx_call_in (call, 0);
  TelarAttr attrs[] = { TELAR_INT (AXIS, axis),
                        TELAR_INT (EXCLUSIVE, onnx_call_attr_int (call, "exclusive", 0) != 0),
                        TELAR_INT (REVERSE, onnx_call_attr_int (call, "reverse", 0) != 0) };
  onnx_call_out (call, 0, telar_build (call->b, TELAR_PRIM_CUMSUM, &x, 1, attrs, 3));
}

static void
trace_cumprod (OnnxCall *call)
{
  gboolean exclusive = onnx_call_attr_int (call, "exclusive", 0) != 0;
  gboolean reverse = onnx_call_attr_int (call, "reverse", 0) != 0;
  guint axis;
  if (read_axis (call, &axis))
    onnx_call_out (call, 0,
                   telar_emit_running (call->b, TELAR_PRIM_MUL, onnx_call_in (call, 0), axis,
                                       exclusive, reverse));
}

const OnnxOperator onnx_operators_cumulate[] = {
  { "CumProd", trace_cumprod },
  { "CumSum", trace_cumsum },
  { NULL },
};
