/* Operators on the bits of integers, on the host: no primitive takes integers apart. */
#include "engine/exchange/onnx/operators.h"

#include <string.h>

typedef guint64 (*BitFunction) (guint64 x, guint64 y);

static guint64
bits_and (guint64 x, guint64 y)
{
  return x & y;
}

static guint64
bits_or (guint64 x, guint64 y)
{
  return x | y;
}

static guint64
bits_xor (guint64 x, guint64 y)
{
  return x ^ y;
}

/* Shifting by all bits or more leaves nothing; what is left of a narrower type wraps when stored.
 */
static guint64
bits_left (guint64 x, guint64 y)
{
  return y < 64 ? x << y : 0;
}

static guint64
bits_right (guint64 x, guint64 y)
{
  return y < 64 ? x >> y : 0;
}

/* The sign moves in from the left. */
static guint64
bits_right_signed (guint64 x, guint64 y)
{
  return (guint64)((gint64)x >> MIN (y, 63));
}

static gboolean
check_integer (OnnxCall *call, const TelarTensor *x)
{
  if (x && !telar_dtype_is_integer (x->type.dtype))
    onnx_call_fail (call, "%s has no bits to work on", telar_dtype_name (x->type.dtype));
  return x && !onnx_call_failed (call);
}

/* Where in @from stands what broadcasting puts at the flat @index of @to. */
static gsize
broadcast_place (const TelarShape *to, gsize index, const TelarShape *from)
{
  gsize place = 0, stride = 1;
  for (guint i = 0; i < to->rank; i++) {
    gsize size = (gsize)to->dims[to->rank - 1 - i], at = index % size;
    index /= size;
    if (i >= from->rank)
      continue;
    gsize has = (gsize)from->dims[from->rank - 1 - i];
    place += has == 1 ? 0 : at * stride;
    stride *= has;
  }
  return place;
}

static void
combine (OnnxCall *call, BitFunction function)
{
  const TelarTensor *x = onnx_call_numbers (call, 0), *y = onnx_call_numbers (call, 1);
  TelarShape shape;
  if (!check_integer (call, x) || !check_integer (call, y))
    return;
  TelarDType dtype = x->type.dtype;
  if (dtype != y->type.dtype || !telar_shape_broadcast (&x->type.shape, &y->type.shape, &shape)) {
    onnx_call_fail (call, "the inputs do not fit each other");
    return;
  }
  TelarTensor *result = telar_tensor_try_new (dtype, &shape, &call->error);
  for (gsize i = 0; result && i < telar_tensor_elements (result); i++) {
    gint64 a = telar_element_get_bits (dtype, x->data, broadcast_place (&shape, i, &x->type.shape));
    gint64 b = telar_element_get_bits (dtype, y->data, broadcast_place (&shape, i, &y->type.shape));
    telar_element_set_bits (dtype, result->data, i, (gint64)function ((guint64)a, (guint64)b));
  }
  if (result)
    onnx_call_give_numbers (call, 0, result);
}

static void
trace_bitwise (OnnxCall *call)
{
  const char *op = call->node->op_type;
  combine (call, g_str_equal (op, "BitwiseAnd")  ? bits_and
                 : g_str_equal (op, "BitwiseOr") ? bits_or
                                                 : bits_xor);
}

static void
trace_shift (OnnxCall *call)
{
  g_autofree char *direction = onnx_call_attr_text (call, "direction", "");
  if (g_str_equal (direction, "LEFT"))
    combine (call, bits_left);
  else if (g_str_equal (direction, "RIGHT"))
    combine (call, telar_dtype_is_unsigned (onnx_call_type (call, 0).dtype) ? bits_right
                                                                            : bits_right_signed);
  else
    onnx_call_fail (call, "\"%s\" is no direction", direction);
}

static void
trace_bitwise_not (OnnxCall *call)
{
  const TelarTensor *x = onnx_call_numbers (call, 0);
  if (!check_integer (call, x))
    return;
  TelarTensor *result = telar_tensor_new (x->type.dtype, &x->type.shape);
  for (gsize i = 0; i < telar_tensor_elements (x); i++)
    telar_element_set_bits (x->type.dtype, result->data, i,
                            ~telar_element_get_bits (x->type.dtype, x->data, i));
  onnx_call_give_numbers (call, 0, result);
}

/* The same bytes as numbers of another type of that size. */
static void
trace_bit_cast (OnnxCall *call)
{
  const TelarTensor *x = onnx_call_numbers (call, 0);
  TelarDType to = onnx_call_attr_dtype (call, "to", TELAR_F32);
  if (!x || onnx_call_failed (call))
    return;
  if (telar_dtype_size (to) != telar_dtype_size (x->type.dtype)) {
    onnx_call_fail (call, "%s and %s have different sizes", telar_dtype_name (x->type.dtype),
                    telar_dtype_name (to));
    return;
  }
  TelarTensor *result = telar_tensor_new (to, &x->type.shape);
  if (x->bytes > 0)
    memcpy (result->data, x->data, x->bytes);
  onnx_call_give_numbers (call, 0, result);
}

const OnnxOperator onnx_operators_bits[] = {
  { "BitCast", trace_bit_cast, .flags = ONNX_VALUES },
  { "BitShift", trace_shift, .flags = ONNX_VALUES },
  { "BitwiseAnd", trace_bitwise, .flags = ONNX_VALUES },
  { "BitwiseNot", trace_bitwise_not, .flags = ONNX_VALUES },
  { "BitwiseOr", trace_bitwise, .flags = ONNX_VALUES },
  { "BitwiseXor", trace_bitwise, .flags = ONNX_VALUES },
  { NULL },
};
