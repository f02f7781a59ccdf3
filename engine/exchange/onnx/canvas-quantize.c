/* Drawing what is computed with few whole numbers: as the floats that they stand for,
 * scale·(q - zero). */
#include "engine/exchange/onnx/canvas.h"

#include <string.h>

/* --- pieces ----------------------------------------------------------------------------------- */

static TelarNode *
draw_input (OnnxCall *call, const char *op, guint input)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_wire (call, input, node, 0);
  return node;
}

/* The input as floats. */
static TelarNode *
draw_floats (OnnxCall *call, guint input)
{
  TelarNode *node = draw_input (call, "cast", input);
  onnx_draw_set (call, node, "type", "f32");
  return node;
}

/* One number, or one for each place of axis @axis of @rank, as floats that broadcast. */
static TelarNode *
draw_along (OnnxCall *call, guint input, guint axis, guint rank)
{
  const TelarShape *has = onnx_draw_shape (call, input);
  TelarShape shape = { .rank = rank - axis };
  if (has->rank > 1) {
    onnx_call_fail (call, "the canvas has it with one scale, or one for each place of an axis");
    return NULL;
  }
  for (guint i = 0; i < shape.rank; i++)
    shape.dims[i] = i == 0 && has->rank == 1 ? has->dims[0] : 1;
  if (has->rank == 0 || has->dims[0] == 1)
    shape = *has;
  if (onnx_draw_is_drawn (call, input))
    return onnx_draw_shaped (call, draw_floats (call, input), has, &shape);
  g_autoptr (TelarTensor) numbers = telar_tensor_cast (onnx_call_numbers (call, input), TELAR_F32);
  g_autoptr (TelarTensor) view = telar_tensor_wrap (TELAR_F32, &shape, numbers->data, NULL, NULL);
  g_autoptr (TelarTensor) own = telar_tensor_copy (view);
  return onnx_draw_known (call, call->node->input[input], own);
}

/* Input @input less its zero at @zero, as floats. */
static TelarNode *
draw_above (OnnxCall *call, guint input, guint zero, guint axis)
{
  TelarNode *x = draw_floats (call, input);
  if (!onnx_call_has (call, zero))
    return x;
  return onnx_draw_both (call, "subtract", x,
                         draw_along (call, zero, axis, onnx_draw_shape (call, input)->rank));
}

/* @x as whole numbers of @dtype, those beyond its limits at them. */
static TelarNode *
draw_rounded (OnnxCall *call, TelarNode *x, TelarNode *zero, TelarDType dtype)
{
  double least, most;
  if (dtype != TELAR_U8 && dtype != TELAR_I8 && dtype != TELAR_U16 && dtype != TELAR_I16) {
    onnx_call_fail (call, "the canvas has it for whole numbers of 8 and 16 bits");
    return NULL;
  }
  double count = telar_dtype_size (dtype) == 1 ? 256 : 65536;
  least = telar_dtype_is_unsigned (dtype) ? 0 : -count / 2;
  most = least + count - 1;
  x = onnx_draw_after (call, "round", x);
  if (zero)
    x = onnx_draw_both (call, "add", x, zero);
  x = onnx_draw_after (call, "clip", x);
  onnx_draw_set_real (call, x, "minimum", least);
  onnx_draw_set_real (call, x, "maximum", most);
  return onnx_draw_cast (call, x, dtype);
}

static gboolean
is_plain (OnnxCall *call)
{
  for (guint i = 0; i < call->n_inputs; i++)
    if (call->inputs[i] && call->inputs[i]->narrow)
      onnx_call_fail (call, "the canvas has no numbers of less than 8 bits");
  if (onnx_call_attr_int (call, "block_size", 0))
    onnx_call_fail (call, "the canvas has it with one scale, or one for each place of an axis");
  return !call->error;
}

/* --- to floats and back ----------------------------------------------------------------------- */

static gboolean
read_axis (OnnxCall *call, guint *axis)
{
  guint rank = onnx_draw_shape (call, 0)->rank;
  gboolean each = onnx_draw_shape (call, 1)->rank == 1;
  *axis = 0;
  return !each || onnx_call_axis (call, onnx_call_attr_int (call, "axis", 1), rank, axis);
}

static void
draw_dequantize (OnnxCall *call, const char *op)
{
  guint axis;
  if (!is_plain (call) || !read_axis (call, &axis))
    return;
  onnx_draw_give (call, 0,
                  onnx_draw_both (call, op, draw_above (call, 0, 2, axis),
                                  draw_along (call, 1, axis, onnx_draw_shape (call, 0)->rank)),
                  0);
}

static void
draw_quantize (OnnxCall *call, const char *op)
{
  guint axis, rank = onnx_draw_shape (call, 0)->rank;
  gboolean shifts = onnx_call_has (call, 2);
  if (!is_plain (call) || !read_axis (call, &axis))
    return;
  TelarDType dtype =
      shifts ? call->inputs[2]->type.dtype : onnx_call_attr_dtype (call, "output_dtype", TELAR_U8);
  TelarNode *x = onnx_draw_both (call, op, draw_floats (call, 0), draw_along (call, 1, axis, rank));
  TelarNode *zero = shifts ? draw_along (call, 2, axis, rank) : NULL;
  onnx_draw_give (call, 0, draw_rounded (call, x, zero, dtype), 0);
}

/* An end of the numbers' range, which includes 0. */
static TelarNode *
draw_end (OnnxCall *call, const char *extreme, const char *with_zero)
{
  gint64 axes[TELAR_MAX_RANK];
  guint rank = onnx_draw_shape (call, 0)->rank;
  for (guint i = 0; i < rank; i++)
    axes[i] = i;
  TelarNode *end = onnx_draw_after (call, extreme, NULL);
  onnx_draw_set_ints (call, end, "axes", axes, rank);
  return onnx_draw_both (call, with_zero, end, onnx_draw_number (call, TELAR_F32, 0));
}

/* The scale is such that the range fits 256 whole numbers. */
static void
draw_dynamic (OnnxCall *call, const char *op)
{
  (void)op;
  TelarNode *low = draw_end (call, "min", "minimum");
  TelarNode *range = onnx_draw_both (call, "subtract", draw_end (call, "max", "maximum"), low);
  TelarNode *scale = onnx_draw_after (call, "scale", range);
  onnx_draw_set_real (call, scale, "factor", (double)(1.0f / 255));
  TelarNode *below = onnx_draw_after (call, "negate", onnx_draw_both (call, "divide", low, scale));
  TelarNode *zero = draw_rounded (call, below, NULL, TELAR_U8);
  TelarNode *x = onnx_draw_after (call, "divide", NULL);
  onnx_draw_join (call, scale, x, 1);
  TelarNode *shift = onnx_draw_cast (call, zero, TELAR_F32);
  onnx_draw_give (call, 0, draw_rounded (call, x, shift, TELAR_U8), 0);
  onnx_draw_give (call, 1, scale, 0);
  onnx_draw_give (call, 2, zero, 0);
}

/* --- products --------------------------------------------------------------------------------- */

/* Zeros of the rows of the first matrix, of the columns of the second. */
static TelarNode *
draw_matrices (OnnxCall *call, guint a, guint a_zero, guint b, guint b_zero)
{
  guint rank = onnx_draw_shape (call, a)->rank, columns = onnx_draw_shape (call, b)->rank;
  if (rank < 2 || columns < 2) {
    onnx_call_fail (call, "the canvas has it for matrices");
    return NULL;
  }
  return onnx_draw_both (call, "matmul", draw_above (call, a, a_zero, rank - 2),
                         draw_above (call, b, b_zero, columns - 1));
}

static void
draw_matmul_integer (OnnxCall *call, const char *op)
{
  (void)op;
  if (is_plain (call))
    onnx_draw_give (call, 0, onnx_draw_cast (call, draw_matrices (call, 0, 2, 1, 3), TELAR_I32), 0);
}

/* The convolution of floats with the known kernel at @input, less its zeros. */
static TelarNode *
draw_conv (OnnxCall *call, TelarNode *x, guint input, guint zero)
{
  TelarTensor *given = onnx_call_numbers (call, input);
  TelarTensor *zeros = given && onnx_call_has (call, zero) ? onnx_call_numbers (call, zero) : NULL;
  if (!given)
    return NULL;
  g_autoptr (TelarTensor) kernel = telar_tensor_cast (given, TELAR_F32);
  gsize n = telar_tensor_elements (kernel), filters = (gsize)MAX (given->type.shape.dims[0], 1);
  gsize n_zeros = zeros ? telar_tensor_elements (zeros) : 0;
  if (n_zeros > 1 && n_zeros != filters) {
    onnx_call_fail (call, "its zeros do not fit the filters");
    return NULL;
  }
  for (gsize i = 0; i < n && n_zeros > 0; i++)
    telar_tensor_set (kernel, i,
                      telar_tensor_get (kernel, i) -
                          telar_tensor_get (zeros, n_zeros == 1 ? 0 : i / (n / filters)));
  return onnx_draw_conv (call, x, kernel, NULL);
}

static void
draw_conv_integer (OnnxCall *call, const char *op)
{
  (void)op;
  if (is_plain (call))
    onnx_draw_give (
        call, 0,
        onnx_draw_cast (call, draw_conv (call, draw_above (call, 0, 2, 0), 1, 3), TELAR_I32), 0);
}

/* Sums of whole numbers as the result's: times both scales, by that of the result. */
static void
give_rescaled (OnnxCall *call, TelarNode *sums, guint a_scale, guint b_scale, guint axis,
               guint rank)
{
  guint y_scale = b_scale + 2;
  TelarNode *scale = onnx_draw_both (call, "multiply", draw_along (call, a_scale, axis, rank),
                                     draw_along (call, b_scale, axis, rank));
  scale = onnx_draw_both (call, "divide", scale, draw_along (call, y_scale, axis, rank));
  TelarNode *y = onnx_draw_both (call, "multiply", sums, scale);
  onnx_draw_give (call, 0,
                  draw_rounded (call, y, draw_along (call, y_scale + 1, axis, rank),
                                call->inputs[y_scale + 1]->type.dtype),
                  0);
}

static gboolean
has_all (OnnxCall *call, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!onnx_call_has (call, i))
      onnx_call_fail (call, "its input %u is missing", i);
  return !call->error;
}

static void
draw_linear_matmul (OnnxCall *call, const char *op)
{
  (void)op;
  if (!is_plain (call) || !has_all (call, 8))
    return;
  give_rescaled (call, draw_matrices (call, 0, 2, 3, 5), 1, 4, 1, 2);
}

static void
draw_linear_conv (OnnxCall *call, const char *op)
{
  (void)op;
  if (!is_plain (call) || !has_all (call, 8))
    return;
  guint rank = onnx_draw_shape (call, 0)->rank;
  TelarNode *sums = draw_conv (call, draw_above (call, 0, 2, 0), 3, 5);
  if (sums && onnx_call_has (call, 8))
    sums = onnx_draw_both (call, "add", sums, draw_along (call, 8, 1, rank));
  if (sums)
    give_rescaled (call, sums, 1, 4, 1, rank);
}

const OnnxDrawing onnx_drawings_quantize[] = {
  { "DequantizeLinear", draw_dequantize, "multiply" },
  { "QuantizeLinear", draw_quantize, "divide" },
  { "DynamicQuantizeLinear", draw_dynamic, NULL },
  { "MatMulInteger", draw_matmul_integer, NULL },
  { "ConvInteger", draw_conv_integer, NULL },
  { "QLinearMatMul", draw_linear_matmul, NULL },
  { "QLinearConv", draw_linear_conv, NULL },
  { NULL },
};
