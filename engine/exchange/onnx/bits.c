/* Operators on the bits of numbers. */
#include "engine/exchange/onnx/operators.h"

#include <string.h>

/* clang-format off */
#define PAIRS(P) P (BitwiseAnd, BIT_AND) P (BitwiseOr, BIT_OR) P (BitwiseXor, BIT_XOR)
/* clang-format on */

static void
trace_pair (OnnxCall *call, TelarPrim prim)
{
  TelarValue x = onnx_call_in (call, 0), y = onnx_call_in (call, 1);
  onnx_call_out (call, 0, telar_build_binary (call->b, prim, x, y));
}

#define DEFINE(name, PRIM)                                                                         \
  static void trace_##name (OnnxCall *call)                                                        \
  {                                                                                                \
    trace_pair (call, TELAR_PRIM_##PRIM);                                                          \
  }
PAIRS (DEFINE)
#undef DEFINE

static void
trace_shift (OnnxCall *call)
{
  g_autofree char *direction = onnx_call_attr_text (call, "direction", "");
  if (g_str_equal (direction, "LEFT"))
    trace_pair (call, TELAR_PRIM_SHIFT_LEFT);
  else if (g_str_equal (direction, "RIGHT"))
    trace_pair (call, TELAR_PRIM_SHIFT_RIGHT);
  else
    onnx_call_fail (call, "\"%s\" is no direction", direction);
}

static void
trace_bitwise_not (OnnxCall *call)
{
  onnx_call_out (call, 0, telar_build_unary (call->b, TELAR_PRIM_BIT_NOT, onnx_call_in (call, 0)));
}

/* The same bytes as numbers of another type of that size, on the host: no primitive does so. */
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
#define ENTRY(name, PRIM) { #name, trace_##name },
  PAIRS (ENTRY)
#undef ENTRY
      { "BitwiseNot", trace_bitwise_not },
  { "BitShift", trace_shift },
  { "BitCast", trace_bit_cast, .flags = ONNX_VALUES },
  { NULL },
};
