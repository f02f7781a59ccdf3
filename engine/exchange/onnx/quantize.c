/* Operators on quantized numbers: a number is (integer - zero point) · scale. Products of integers
 * are computed in f64, where they are exact.
 * Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference", 2018. */
#include "engine/emit.h"
#include "engine/exchange/onnx/narrow.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/product.h"
#include "engine/exchange/onnx/read.h"

#include <math.h>

/* --- rounding --------------------------------------------------------------------------------- */

/* The numbers that an integer type holds. FALSE for other types. */
static gboolean
range_of (TelarDType dtype, double *low, double *high)
{
  guint bits = (guint)telar_dtype_size (dtype) * 8;
  gboolean is_unsigned = telar_dtype_is_unsigned (dtype);
  if (!telar_dtype_is_integer (dtype) || bits > 32)
    return FALSE;
  *low = is_unsigned ? 0 : -ldexp (1, (int)bits - 1);
  *high = ldexp (1, (int)bits - !is_unsigned) - 1;
  return TRUE;
}

/* round (@x) + @zero_point (may be TELAR_NO_VALUE), as @dtype, saturating. */
static TelarValue
saturate (OnnxCall *call, TelarValue x, TelarValue zero_point, TelarDType dtype)
{
  double low, high;
  if (!range_of (dtype, &low, &high) || onnx_call_failed (call)) {
    onnx_call_fail (call, "%s is no type to quantize to", telar_dtype_name (dtype));
    return TELAR_NO_VALUE;
  }
  x = telar_build_unary (call->b, TELAR_PRIM_ROUND, x);
  if (zero_point != TELAR_NO_VALUE) {
    TelarDType with = telar_builder_type (call->b, x)->dtype;
    x = telar_build_binary (call->b, TELAR_PRIM_ADD, x,
                            telar_build_cast (call->b, zero_point, with));
  }
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_MAXIMUM, x, low);
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_MINIMUM, x, high);
  return telar_build_cast (call->b, x, dtype);
}

/* --- scales ----------------------------------------------------------------------------------- */

/* @p, one number or one for each place along @axis, so that it broadcasts over @rank axes. */
static TelarValue
spread (OnnxCall *call, TelarValue p, guint axis, guint rank)
{
  if (p == TELAR_NO_VALUE || onnx_call_failed (call))
    return p;
  const TelarShape *has = &telar_builder_type (call->b, p)->shape;
  TelarShape shape = telar_shape_scalar ();
  gint64 n = (gint64)telar_shape_elements (has);
  if (has->rank > 1)
    return p;
  if (n != 1 && axis >= rank) {
    onnx_call_fail (call, "%" G_GINT64_FORMAT " scales have no axis to stand for", n);
    return TELAR_NO_VALUE;
  }
  for (guint i = 0; n != 1 && i < rank; i++)
    shape.dims[shape.rank++] = i == axis ? n : 1;
  return telar_build_reshape (call->b, p, &shape);
}

/* @p, one number for each block of @block along @axis, as one for each place. */
static TelarValue
repeat_blocks (OnnxCall *call, TelarValue p, guint axis, const TelarShape *shape, gint64 block)
{
  if (onnx_call_failed (call))
    return TELAR_NO_VALUE;
  TelarShape has = telar_builder_type (call->b, p)->shape, along = telar_shape (shape->dims[axis]);
  if (block < 0 || has.rank != shape->rank ||
      has.dims[axis] < (along.dims[0] + block - 1) / block) {
    onnx_call_fail (call, "the scales do not fit blocks of %" G_GINT64_FORMAT, block);
    return TELAR_NO_VALUE;
  }
  TelarValue place = telar_build_iota (call->b, &along, 0);
  place = telar_build_binary_scalar (call->b, TELAR_PRIM_DIV, place, (double)block);
  return telar_emit (call->b, GATHER, ((TelarValue[]){ p, place }), TELAR_INT (AXIS, axis));
}

/* Input @input, a scale or a zero point, so that it broadcasts over the first input. One for all,
 * one for each place along the attribute axis, or (since version 21) one for each block along it.
 */
static TelarValue
read_scale (OnnxCall *call, guint input)
{
  if (!onnx_call_has (call, input))
    return TELAR_NO_VALUE;
  TelarShape shape = onnx_call_type (call, 0).shape;
  gint64 block = onnx_call_attr_int (call, "block_size", 0);
  TelarValue p = onnx_call_in (call, input);
  guint axis = 0;
  if (onnx_call_type (call, input).shape.rank > 0 && shape.rank > 1 &&
      !onnx_call_axis (call, onnx_call_attr_int (call, "axis", 1), shape.rank, &axis))
    return TELAR_NO_VALUE;
  if (block != 0)
    return repeat_blocks (call, p, axis, &shape, block);
  return spread (call, p, axis, shape.rank);
}

/* In f32 at least: half floats are too coarse to count with. */
static TelarValue
widen (OnnxCall *call, TelarValue x)
{
  return telar_build_cast (
      call->b, x,
      !onnx_call_failed (call) && telar_builder_type (call->b, x)->dtype == TELAR_F64 ? TELAR_F64
                                                                                      : TELAR_F32);
}

/* The narrow type of the result: that of the zero point, or what output_dtype asks for; 0 where it
 * is none. */
static int
narrow_of_result (const OnnxCall *call)
{
  int asked = (int)onnx_call_attr_int (call, "output_dtype", 0);
  if (onnx_call_has (call, 2))
    return call->inputs[2]->narrow;
  return onnx_is_narrow (asked) ? asked : 0;
}

/* No primitive rounds to narrow floats: @x must be known. */
static TelarTensor *
round_known (OnnxCall *call, TelarValue x, int narrow)
{
  TelarDType dtype;
  gboolean limit = onnx_call_attr_int (call, "saturate", 1) != 0;
  if (onnx_call_failed (call) || !onnx_dtype_from_number (narrow, &dtype))
    return NULL;
  g_autoptr (TelarOnnxValue) value = onnx_call_wrap (call, x);
  const TelarTensor *known = onnx_call_settle (call, value);
  TelarTensor *rounded = known ? telar_tensor_new (dtype, &known->type.shape) : NULL;
  for (gsize i = 0; rounded && i < telar_tensor_elements (rounded); i++)
    telar_tensor_set (rounded, i,
                      onnx_narrow_round (narrow, telar_tensor_get (known, i), limit, "nearest"));
  return rounded;
}

/* @x, divided by its scale, as numbers of the type @narrow, whose zero point is input 2. */
static void
quantize_narrow (OnnxCall *call, TelarValue x, int narrow)
{
  double low, high;
  TelarDType dtype;
  TelarValue zero_point = telar_build_cast (call->b, read_scale (call, 2), TELAR_F32);
  gboolean whole = onnx_narrow_range (narrow, &low, &high);
  if (whole)
    x = telar_build_unary (call->b, TELAR_PRIM_ROUND, x);
  if (onnx_call_has (call, 2))
    x = telar_build_binary (call->b, TELAR_PRIM_ADD, x, zero_point);
  if (whole && onnx_dtype_from_number (narrow, &dtype)) {
    x = telar_build_binary_scalar (call->b, TELAR_PRIM_MAXIMUM, x, low);
    x = telar_build_binary_scalar (call->b, TELAR_PRIM_MINIMUM, x, high);
    onnx_call_out (call, 0, telar_build_cast (call->b, x, dtype));
  } else {
    TelarTensor *rounded = round_known (call, x, narrow);
    if (rounded)
      onnx_call_give_numbers (call, 0, rounded);
  }
  if (call->outputs[0])
    call->outputs[0]->narrow = narrow;
}

static void
trace_quantize (OnnxCall *call)
{
  int narrow = narrow_of_result (call);
  TelarDType dtype = onnx_call_has (call, 2)
                         ? onnx_call_type (call, 2).dtype
                         : onnx_call_attr_dtype (call, "output_dtype", TELAR_U8);
  TelarValue x = telar_build_cast (call->b, onnx_call_in (call, 0), TELAR_F32);
  TelarValue scale = telar_build_cast (call->b, read_scale (call, 1), TELAR_F32);
  x = telar_build_binary (call->b, TELAR_PRIM_DIV, x, scale);
  if (narrow)
    quantize_narrow (call, x, narrow);
  else
    onnx_call_out (call, 0, saturate (call, x, read_scale (call, 2), dtype));
}

static void
trace_dequantize (OnnxCall *call)
{
  TelarDType dtype = onnx_call_attr_dtype (call, "output_dtype", onnx_call_type (call, 1).dtype);
  TelarValue x = telar_build_cast (call->b, onnx_call_in (call, 0), TELAR_F32);
  TelarValue scale = widen (call, read_scale (call, 1)), zero_point = read_scale (call, 2);
  if (zero_point != TELAR_NO_VALUE)
    x = telar_build_binary (call->b, TELAR_PRIM_SUB, x,
                            telar_build_cast (call->b, zero_point, TELAR_F32));
  x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, scale);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, dtype));
}

/* To u8, with a scale that just covers the numbers and 0. */
static void
trace_dynamic_quantize (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarValue high = telar_build_reduce_all (call->b, TELAR_PRIM_MAX, x);
  TelarValue low = telar_build_reduce_all (call->b, TELAR_PRIM_MIN, x);
  high = telar_build_binary_scalar (call->b, TELAR_PRIM_MAXIMUM, high, 0);
  low = telar_build_binary_scalar (call->b, TELAR_PRIM_MINIMUM, low, 0);
  TelarValue scale = telar_build_binary (call->b, TELAR_PRIM_SUB, high, low);
  scale = telar_build_binary_scalar (call->b, TELAR_PRIM_DIV, scale, G_MAXUINT8);
  TelarValue zero_point = telar_build_binary (call->b, TELAR_PRIM_DIV, low, scale);
  zero_point = telar_build_unary (call->b, TELAR_PRIM_NEG, zero_point);
  zero_point = saturate (call, zero_point, TELAR_NO_VALUE, TELAR_U8);
  x = telar_build_binary (call->b, TELAR_PRIM_DIV, x, scale);
  onnx_call_out (call, 0, saturate (call, x, zero_point, TELAR_U8));
  onnx_call_out (call, 1, scale);
  onnx_call_out (call, 2, zero_point);
}

/* --- products --------------------------------------------------------------------------------- */

/* Input @input without its zero point @zero (its input; there may be none), one for all or for each
 * place along @axis, as f64. */
static TelarValue
centred (OnnxCall *call, guint input, guint zero, guint axis)
{
  guint rank = onnx_call_type (call, input).shape.rank;
  TelarValue x = telar_build_cast (call->b, onnx_call_in (call, input), TELAR_F64);
  if (!onnx_call_has (call, zero))
    return x;
  TelarValue zero_point = spread (call, onnx_call_in (call, zero), axis, rank);
  return telar_build_binary (call->b, TELAR_PRIM_SUB, x,
                             telar_build_cast (call->b, zero_point, TELAR_F64));
}

/* The axis of a factor whose places have scales of their own: its rows, or its columns. */
static guint
axis_from_end (OnnxCall *call, guint input, guint from_end)
{
  guint rank = onnx_call_type (call, input).shape.rank;
  return rank > from_end ? rank - 1 - from_end : 0;
}

static void
trace_matmul_integer (OnnxCall *call)
{
  TelarValue x = centred (call, 0, 2, axis_from_end (call, 0, 1));
  TelarValue y = centred (call, 1, 3, axis_from_end (call, 1, 0));
  x = telar_emit_matmul (call->b, x, y);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, TELAR_I32));
}

static void
trace_conv_integer (OnnxCall *call)
{
  TelarValue x = centred (call, 0, 2, 1), w = centred (call, 1, 3, 0);
  x = onnx_product_conv (call, x, w, TELAR_NO_VALUE);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, TELAR_I32));
}

/* @x times the scales of both factors over that of the result. */
static TelarValue
rescale (OnnxCall *call, TelarValue x, guint axis_a, guint axis_b)
{
  if (onnx_call_failed (call))
    return TELAR_NO_VALUE;
  guint rank = telar_builder_type (call->b, x)->shape.rank;
  TelarValue a = spread (call, onnx_call_in (call, 1), axis_a, rank);
  TelarValue b = spread (call, onnx_call_in (call, 4), axis_b, rank);
  TelarValue y = spread (call, onnx_call_in (call, 6), axis_b, rank);
  a = telar_build_cast (call->b, a, TELAR_F64);
  b = telar_build_cast (call->b, b, TELAR_F64);
  y = telar_build_cast (call->b, y, TELAR_F64);
  a = telar_build_binary (call->b, TELAR_PRIM_MUL, a, b);
  a = telar_build_binary (call->b, TELAR_PRIM_DIV, a, y);
  return telar_build_binary (call->b, TELAR_PRIM_MUL, x, a);
}

static void
give_rescaled (OnnxCall *call, TelarValue x, guint axis_a, guint axis_b)
{
  TelarDType dtype = onnx_call_type (call, 7).dtype;
  x = rescale (call, x, axis_a, axis_b);
  if (onnx_call_failed (call))
    return;
  guint rank = telar_builder_type (call->b, x)->shape.rank;
  TelarValue zero_point = spread (call, onnx_call_in (call, 7), axis_b, rank);
  onnx_call_out (call, 0, saturate (call, x, zero_point, dtype));
}

static void
trace_quantized_matmul (OnnxCall *call)
{
  TelarValue x = centred (call, 0, 2, axis_from_end (call, 0, 1));
  TelarValue y = centred (call, 3, 5, axis_from_end (call, 3, 0));
  x = telar_emit_matmul (call->b, x, y);
  give_rescaled (call, x, axis_from_end (call, 0, 1), axis_from_end (call, 3, 0));
}

/* The bias is quantized with the scales of both factors and no zero point. */
static void
trace_quantized_conv (OnnxCall *call)
{
  TelarValue x = centred (call, 0, 2, 1), w = centred (call, 3, 5, 0);
  TelarValue bias = TELAR_NO_VALUE;
  if (onnx_call_has (call, 8))
    bias = telar_build_cast (call->b, onnx_call_in (call, 8), TELAR_F64);
  give_rescaled (call, onnx_product_conv (call, x, w, bias), 1, 1);
}

const OnnxOperator onnx_operators_quantize[] = {
  { "ConvInteger", trace_conv_integer },
  { "DequantizeLinear", trace_dequantize },
  { "DynamicQuantizeLinear", trace_dynamic_quantize },
  { "MatMulInteger", trace_matmul_integer },
  { "QLinearConv", trace_quantized_conv },
  { "QLinearMatMul", trace_quantized_matmul },
  { "QuantizeLinear", trace_quantize },
  { NULL },
};
