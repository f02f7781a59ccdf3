/* Drawing activations and arithmetic. */
#include "engine/exchange/onnx/canvas.h"

#include <math.h>

/* --- one in, one out -------------------------------------------------------------------------- */

static void
draw_function (OnnxCall *call, const char *op)
{
  onnx_draw_unary (call, onnx_draw_node (call, op));
}

/* @op is "operator param attribute default", apart by spaces, the last three any number of times.
 */
static void
draw_with_reals (OnnxCall *call, const char *op)
{
  g_auto (GStrv) words = g_strsplit (op, " ", -1);
  TelarNode *node = onnx_draw_node (call, words[0]);
  for (guint i = 1; node && words[i]; i += 3)
    onnx_draw_set_real (
        call, node, words[i],
        onnx_call_attr_real (call, words[i + 1], g_ascii_strtod (words[i + 2], NULL)));
  onnx_draw_unary (call, node);
}

static void
draw_selu (OnnxCall *call, const char *op)
{
  double alpha = onnx_call_attr_real (call, "alpha", 1.67326319217681884765625);
  double gamma = onnx_call_attr_real (call, "gamma", 1.05070102214813232421875);
  if (fabs (alpha - 1.6732632) > 1e-4 || fabs (gamma - 1.0507010) > 1e-4)
    onnx_call_fail (call, "the canvas has it with the constants of its paper alone");
  draw_function (call, op);
}

static void
draw_gelu (OnnxCall *call, const char *op)
{
  g_autofree char *form = onnx_call_attr_text (call, "approximate", "none");
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set (call, node, "form", "%s", g_str_equal (form, "tanh") ? "tanh" : "exact");
  onnx_draw_unary (call, node);
}

/* Before version 13 all axes from the given one on counted together. */
static void
draw_softmax (OnnxCall *call, const char *op)
{
  gint64 rank = call->inputs[0]->type.shape.rank;
  gint64 axis = onnx_call_attr_int (call, "axis", call->version < 13 ? 1 : -1);
  axis = axis < 0 ? axis + rank : axis;
  const TelarShape *shape = &call->inputs[0]->type.shape;
  for (gint64 i = axis + 1; call->version < 13 && i < rank; i++)
    if (shape->dims[i] != 1)
      onnx_call_fail (call, "the canvas has it over one axis, not over all from %d on", (int)axis);
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set (call, node, "axis", "%d", (int)(axis == rank - 1 ? -1 : axis));
  onnx_draw_unary (call, node);
}

static void
draw_prelu (OnnxCall *call, const char *op)
{
  TelarTensor *slope = onnx_call_numbers (call, 1);
  const TelarShape *shape = &call->inputs[0]->type.shape;
  gint64 channels = shape->rank > 1 ? shape->dims[1] : 1;
  if (!slope)
    return;
  gsize n = telar_tensor_elements (slope);
  if (n != 1 && n != (gsize)channels) {
    onnx_call_fail (call, "the canvas has it with one slope for each channel");
    return;
  }
  TelarShape wanted = telar_shape (channels);
  g_autoptr (TelarTensor) each = telar_tensor_new (slope->type.dtype, &wanted);
  for (gint64 i = 0; i < channels; i++)
    telar_tensor_set (each, (gsize)i, telar_tensor_get (slope, n == 1 ? 0 : (gsize)i));
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_state (call, node, "slope", each);
  onnx_draw_unary (call, node);
}

static void
draw_cast (OnnxCall *call, const char *op)
{
  TelarDType to = onnx_call_attr_dtype (call, "to", TELAR_F32);
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set (call, node, "type", "%s", telar_dtype_name (to));
  onnx_draw_unary (call, node);
}

/* --- two in ----------------------------------------------------------------------------------- */

/* Whether the input is one known number. */
static gboolean
is_number (OnnxCall *call, guint input, double *number)
{
  const TelarOnnxValue *value = call->inputs[input];
  if (!value || !value->tensor || telar_tensor_elements (value->tensor) != 1 ||
      value->type.shape.rank > call->inputs[1 - input]->type.shape.rank)
    return FALSE;
  *number = telar_tensor_get (value->tensor, 0);
  return TRUE;
}

/* x op number as factor · x + offset; FALSE where it is no such thing. */
static gboolean
as_scale (const char *op, guint input, double number, double *factor, double *offset)
{
  *factor = 1;
  *offset = 0;
  if (g_str_equal (op, "multiply"))
    *factor = number;
  else if (g_str_equal (op, "add"))
    *offset = number;
  else if (g_str_equal (op, "divide") && input == 1)
    *factor = 1 / number;
  else if (g_str_equal (op, "subtract")) {
    *factor = input == 1 ? 1 : -1;
    *offset = input == 1 ? -number : number;
  } else
    return FALSE;
  return isfinite (*factor);
}

/* Arithmetic with one number is a node of one input. */
static gboolean
draw_scale (OnnxCall *call, const char *op)
{
  double number, factor, offset;
  for (guint input = 0; input < 2; input++) {
    if (!is_number (call, input, &number) || call->inputs[1 - input]->type.dtype != TELAR_F32 ||
        !as_scale (op, input, number, &factor, &offset))
      continue;
    TelarNode *node = onnx_draw_node (call, "scale");
    if (!node)
      return TRUE;
    onnx_draw_set_real (call, node, "factor", factor);
    onnx_draw_set_real (call, node, "offset", offset);
    onnx_draw_wire (call, 1 - input, node, 0);
    onnx_draw_give (call, 0, node, 0);
    return TRUE;
  }
  return FALSE;
}

/* Whether the tensor has a number for each of @n channels, so that it broadcasts along the axis
 * that is @after axes before the last. */
static gboolean
is_per_channel (const TelarShape *shape, gint64 n, guint after)
{
  guint place = shape->rank - 1 - after;
  for (guint i = 0; i < shape->rank; i++)
    if (shape->dims[i] != (i == place ? n : 1))
      return FALSE;
  return shape->rank > after;
}

/* Known numbers added to a layer that has no bias yet are that bias, where they are one for each
 * channel: exporters write the layers of PyTorch and Keras so. */
static gboolean
draw_bias (OnnxCall *call, guint product, guint row)
{
  const TelarOnnxValue *value = call->inputs[row];
  const TelarShape *shape = &call->inputs[product]->type.shape;
  TelarNode *node = value && value->tensor ? onnx_draw_maker (call, product) : NULL;
  gboolean dense = node && g_str_equal (node->op->name, "dense");
  gboolean conv = node && g_str_has_prefix (node->op->name, "conv") &&
                  telar_param_set_get (node->params, "filters");
  if (!(dense || conv) || value->type.dtype != TELAR_F32 ||
      telar_param_set_bool (node->params, "bias"))
    return FALSE;
  gint64 channels = telar_param_set_int (node->params, dense ? "units" : "filters");
  if (value->type.shape.rank > shape->rank ||
      !is_per_channel (&value->type.shape, channels, dense ? 0 : shape->rank - 2))
    return FALSE;
  TelarShape flat = telar_shape (channels);
  g_autoptr (TelarTensor) bias =
      telar_tensor_wrap (TELAR_F32, &flat, value->tensor->data, NULL, NULL);
  g_autoptr (TelarTensor) own = telar_tensor_copy (bias);
  onnx_draw_set (call, node, "bias", "true");
  onnx_draw_state (call, node, "bias", own);
  onnx_draw_pass (call, product, 0);
  return TRUE;
}

static void
draw_pair (OnnxCall *call, const char *op)
{
  if (call->n_inputs != 2 || !call->inputs[0] || !call->inputs[1]) {
    onnx_call_fail (call, "it has %u inputs, not 2", call->n_inputs);
    return;
  }
  if (g_str_equal (op, "add") && (draw_bias (call, 0, 1) || draw_bias (call, 1, 0)))
    return;
  if (g_str_equal (op, "divide") && !telar_dtype_is_float (call->inputs[0]->type.dtype)) {
    onnx_call_fail (call, "the canvas divides floats alone");
    return;
  }
  if (draw_scale (call, op))
    return;
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  for (guint i = 0; i < 2; i++)
    onnx_draw_wire (call, i, node, node->op->inputs[0].repeated ? 0 : i);
  onnx_draw_give (call, 0, node, 0);
}

/* Any number of inputs, into a repeated port. */
static void
draw_all (OnnxCall *call, const char *op)
{
  if (call->n_inputs == 1) {
    onnx_draw_pass (call, 0, 0);
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  for (guint i = 0; node && i < call->n_inputs; i++) {
    if (i > 1 && !node->op->inputs[0].repeated)
      onnx_call_fail (call, "the canvas has it for two inputs");
    onnx_draw_wire (call, i, node, node->op->inputs[0].repeated ? 0 : i);
  }
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

static void
draw_power (OnnxCall *call, const char *op)
{
  double exponent;
  if (!is_number (call, 1, &exponent) || call->inputs[0]->type.dtype != TELAR_F32) {
    draw_pair (call, op);
    return;
  }
  TelarNode *node = onnx_draw_node (call, "power");
  if (node)
    onnx_draw_set_real (call, node, "exponent", exponent);
  onnx_draw_unary (call, node);
}

/* A limit: an input from version 11 on, an attribute before. FALSE where there is none. */
static gboolean
read_limit (OnnxCall *call, guint input, const char *attribute, double *limit)
{
  if (onnx_call_has (call, input)) {
    *limit = onnx_call_number (call, input, 0);
    return isfinite (*limit) && fabs (*limit) < 3e38;
  }
  if (call->version >= 11 || !onnx_call_attr (call, attribute))
    return FALSE;
  *limit = onnx_call_attr_real (call, attribute, 0);
  return fabs (*limit) < 3e38;
}

static void
draw_clip (OnnxCall *call, const char *op)
{
  double low = 0, high = 0;
  gboolean has_low = read_limit (call, 1, "min", &low),
           has_high = read_limit (call, 2, "max", &high);
  if (!has_low && !has_high)
    onnx_draw_pass (call, 0, 0);
  else if (has_low && !has_high && low == 0)
    draw_function (call, "relu");
  else {
    TelarNode *node = onnx_draw_node (call, op);
    if (node) {
      onnx_draw_set_real (call, node, "minimum", has_low ? low : -G_MAXFLOAT);
      onnx_draw_set_real (call, node, "maximum", has_high ? high : G_MAXFLOAT);
    }
    onnx_draw_unary (call, node);
  }
}

static void
draw_shift (OnnxCall *call, const char *op)
{
  g_autofree char *direction = onnx_call_attr_text (call, "direction", "");
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "direction", "%s", g_str_equal (direction, "LEFT") ? "left" : "right");
  for (guint i = 0; i < 2; i++)
    onnx_draw_wire (call, i, node, i);
  onnx_draw_give (call, 0, node, 0);
}

static void
draw_where (OnnxCall *call, const char *op)
{
  TelarNode *node = onnx_draw_node (call, op);
  for (guint i = 0; node && i < 3; i++)
    onnx_draw_wire (call, i, node, i);
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

const OnnxDrawing onnx_drawings_math[] = {
  /* clang-format off */
  { "Relu", draw_function, "relu" },
  { "Sigmoid", draw_function, "sigmoid" },
  { "Tanh", draw_function, "tanh" },
  { "Softplus", draw_function, "softplus" },
  { "Softsign", draw_function, "softsign" },
  { "Mish", draw_function, "mish" },
  { "HardSwish", draw_function, "hard_swish" },
  { "Selu", draw_selu, "selu" },
  { "Gelu", draw_gelu, "gelu" },
  { "PRelu", draw_prelu, "prelu" },
  { "LeakyRelu", draw_with_reals, "leaky_relu slope alpha 0.01" },
  { "Elu", draw_with_reals, "elu alpha alpha 1" },
  { "Celu", draw_with_reals, "celu alpha alpha 1" },
  { "HardSigmoid", draw_with_reals, "hard_sigmoid slope alpha 0.2 offset beta 0.5" },
  { "ThresholdedRelu", draw_with_reals, "thresholded_relu threshold alpha 1" },
  { "Shrink", draw_with_reals, "shrink threshold lambd 0.5 bias bias 0" },
  { "Softmax", draw_softmax, "softmax" },
  { "LogSoftmax", draw_softmax, "log_softmax" },
  { "Hardmax", draw_softmax, "hardmax" },
  { "Neg", draw_function, "negate" },
  { "Abs", draw_function, "abs" },
  { "Sign", draw_function, "sign" },
  { "Exp", draw_function, "exp" },
  { "Log", draw_function, "log" },
  { "Sqrt", draw_function, "sqrt" },
  { "Reciprocal", draw_function, "reciprocal" },
  { "Erf", draw_function, "erf" },
  { "Floor", draw_function, "floor" },
  { "Ceil", draw_function, "ceil" },
  { "Round", draw_function, "round" },
  { "Sin", draw_function, "sin" },
  { "Cos", draw_function, "cos" },
  { "Tan", draw_function, "tan" },
  { "Asin", draw_function, "asin" },
  { "Acos", draw_function, "acos" },
  { "Atan", draw_function, "atan" },
  { "Sinh", draw_function, "sinh" },
  { "Cosh", draw_function, "cosh" },
  { "Asinh", draw_function, "asinh" },
  { "Acosh", draw_function, "acosh" },
  { "Atanh", draw_function, "atanh" },
  { "Not", draw_function, "not" },
  { "IsNaN", draw_function, "is_nan" },
  { "Cast", draw_cast, "cast" },
  { "Add", draw_pair, "add" },
  { "Sub", draw_pair, "subtract" },
  { "Mul", draw_pair, "multiply" },
  { "Div", draw_pair, "divide" },
  { "Pow", draw_power, "pow" },
  { "Sum", draw_all, "add" },
  { "Max", draw_all, "maximum" },
  { "Min", draw_all, "minimum" },
  { "And", draw_pair, "and" },
  { "Or", draw_pair, "or" },
  { "Xor", draw_pair, "xor" },
  { "BitwiseAnd", draw_pair, "bitwise_and" },
  { "BitwiseOr", draw_pair, "bitwise_or" },
  { "BitwiseXor", draw_pair, "bitwise_xor" },
  { "BitwiseNot", draw_function, "bitwise_not" },
  { "BitShift", draw_shift, "bit_shift" },
  { "Equal", draw_pair, "equal" },
  { "Less", draw_pair, "less" },
  { "LessOrEqual", draw_pair, "less_equal" },
  { "Greater", draw_pair, "greater" },
  { "GreaterOrEqual", draw_pair, "greater_equal" },
  { "Clip", draw_clip, "clip" },
  { "Where", draw_where, "where" },
  { NULL },
  /* clang-format on */
};
