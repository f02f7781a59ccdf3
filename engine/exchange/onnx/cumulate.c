/* Sums and products that grow along an axis. */
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

/* @x moved @places further along @axis; ones come in, and what leaves is lost. */
static TelarValue
shift (OnnxCall *call, TelarValue x, guint axis, gint64 places)
{
  TelarShape shape = telar_builder_type (call->b, x)->shape;
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  low[axis] = places;
  TelarValue moved =
      telar_emit (call->b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, shape.rank),
                  TELAR_INTS (HIGH, high, shape.rank), TELAR_REAL (FILL, 1));
  return telar_build_slice (call->b, moved, axis, 0, shape.dims[axis]);
}

/* In log n steps, each of which doubles the number of factors: Hillis, Steele, "Data parallel
 * algorithms", 1986. */
static void
trace_cumprod (OnnxCall *call)
{
  gint64 size, reversed;
  guint axis;
  gboolean backwards = onnx_call_attr_int (call, "reverse", 0) != 0;
  if (!read_axis (call, &axis))
    return;
  reversed = axis;
  size = onnx_call_type (call, 0).shape.dims[axis];
  TelarAttr axes = TELAR_INTS (AXES, &reversed, 1);
  TelarValue x = onnx_call_in (call, 0);
  if (backwards)
    x = telar_build (call->b, TELAR_PRIM_REVERSE, &x, 1, &axes, 1);
  if (onnx_call_attr_int (call, "exclusive", 0))
    x = shift (call, x, axis, 1);
  for (gint64 reach = 1; reach < size; reach *= 2)
    x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, shift (call, x, axis, reach));
  if (backwards)
    x = telar_build (call->b, TELAR_PRIM_REVERSE, &x, 1, &axes, 1);
  onnx_call_out (call, 0, x);
}

const OnnxOperator onnx_operators_cumulate[] = {
  { "CumProd", trace_cumprod },
  { "CumSum", trace_cumsum },
  { NULL },
};
