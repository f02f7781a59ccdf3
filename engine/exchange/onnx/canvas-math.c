/* Drawing arithmetic, comparisons and types. */
#include "engine/exchange/onnx/canvas.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>

/* --- types ------------------------------------------------------------------------------------ */

static void
draw_type (OnnxCall *call, const char *op, TelarDType to)
{
  TelarNode *node = onnx_draw_node (call, op);
  onnx_draw_set (call, node, "type", "%s", telar_dtype_name (to));
  onnx_draw_unary (call, node);
}

static void
draw_cast (OnnxCall *call, const char *op)
{
  TelarDType to = onnx_call_attr_dtype (call, "to", TELAR_F32);
  draw_type (call, op, to);
}

static void
draw_cast_like (OnnxCall *call, const char *op)
{
  if (call->inputs[0]->kind != TELAR_ONNX_TENSOR || !onnx_call_has (call, 1) ||
      call->inputs[1]->kind != TELAR_ONNX_TENSOR)
    onnx_call_fail (call, "the canvas has numbers alone");
  else
    draw_type (call, op, call->inputs[1]->type.dtype);
}

/* What is not computed by a run but known when it is drawn. */
static void
draw_of_numbers (OnnxCall *call, const char *op)
{
  (void)op;
  for (guint i = 0; i < call->n_inputs && !call->error; i++)
    if (onnx_draw_is_drawn (call, i))
      onnx_call_numbers (call, i);
}

static void
draw_infinite (OnnxCall *call, const char *op)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (!onnx_call_attr_int (call, "detect_positive", 1))
    onnx_draw_set (call, node, "positive", "false");
  if (!onnx_call_attr_int (call, "detect_negative", 1))
    onnx_draw_set (call, node, "negative", "false");
  onnx_draw_unary (call, node);
}

/* What depends on the sizes of its input alone is known. */
static void
draw_of_sizes (OnnxCall *call, const char *op)
{
  TelarOnnxValue *input = call->inputs[0];
  if (!telar_shape_is_concrete (&input->type.shape)) {
    onnx_call_fail (call, "it computes with the size of the batch");
    return;
  }
  g_autoptr (TelarTensor) any =
      telar_tensor_try_new (input->type.dtype, &input->type.shape, &call->error);
  if (!any)
    return;
  call->inputs[0] = telar_onnx_value_tensor (any, TRUE);
  onnx_call_run (call, onnx_operator_find ("", op, call->version));
  telar_onnx_value_unref (call->inputs[0]);
  call->inputs[0] = input;
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
  TelarDType dtype = call->inputs[0]->type.dtype;
  gboolean whole = g_str_equal (op, "divide") && !telar_dtype_is_float (dtype);
  if (whole)
    op = "floor_div";
  if (draw_scale (call, op))
    return;
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  if (whole)
    onnx_draw_set (call, node, "rounding", "zero");
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
draw_mean (OnnxCall *call, const char *op)
{
  if (call->n_inputs == 1) {
    onnx_draw_pass (call, 0, 0);
    return;
  }
  TelarNode *sum = onnx_draw_node (call, "add");
  for (guint i = 0; sum && i < call->n_inputs; i++)
    onnx_draw_wire (call, i, sum, 0);
  TelarNode *node = onnx_draw_after (call, op, sum);
  onnx_draw_set_real (call, node, "factor", 1.0 / call->n_inputs);
  onnx_draw_give (call, 0, node, 0);
}

/* The sign of the result is the divisor's unless fmod asks for the dividend's. */
static void
draw_mod (OnnxCall *call, const char *op)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  if (onnx_call_attr_int (call, "fmod", 0))
    onnx_draw_set (call, node, "sign", "dividend");
  for (guint i = 0; i < 2; i++)
    onnx_draw_wire (call, i, node, i);
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

/* Limits that are no numbers for a clip of floats: the larger and the smaller of two. */
static void
draw_limits (OnnxCall *call)
{
  static const char *const ops[] = { "maximum", "minimum" };
  TelarNode *node = NULL;
  for (guint i = 0; i < 2; i++)
    if (onnx_call_has (call, i + 1)) {
      node = onnx_draw_after (call, ops[i], node);
      if (node)
        onnx_draw_wire (call, i + 1, node, 0);
    }
  if (node)
    onnx_draw_give (call, 0, node, 0);
  else
    onnx_draw_pass (call, 0, 0);
}

static gboolean
has_drawn_limit (const OnnxCall *call)
{
  return onnx_draw_is_drawn (call, 1) || onnx_draw_is_drawn (call, 2);
}

static void
draw_clip (OnnxCall *call, const char *op)
{
  double low = 0, high = 0;
  if (has_drawn_limit (call) || call->inputs[0]->type.dtype != TELAR_F32) {
    draw_limits (call);
    return;
  }
  gboolean has_low = read_limit (call, 1, "min", &low),
           has_high = read_limit (call, 2, "max", &high);
  if (!has_low && !has_high)
    onnx_draw_pass (call, 0, 0);
  else if (has_low && !has_high && low == 0)
    onnx_draw_function (call, "relu");
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
  { "Neg", onnx_draw_function, "negate" },
  { "Abs", onnx_draw_function, "abs" },
  { "Sign", onnx_draw_function, "sign" },
  { "Exp", onnx_draw_function, "exp" },
  { "Log", onnx_draw_function, "log" },
  { "Sqrt", onnx_draw_function, "sqrt" },
  { "Reciprocal", onnx_draw_function, "reciprocal" },
  { "Erf", onnx_draw_function, "erf" },
  { "Floor", onnx_draw_function, "floor" },
  { "Ceil", onnx_draw_function, "ceil" },
  { "Round", onnx_draw_function, "round" },
  { "Sin", onnx_draw_function, "sin" },
  { "Cos", onnx_draw_function, "cos" },
  { "Tan", onnx_draw_function, "tan" },
  { "Asin", onnx_draw_function, "asin" },
  { "Acos", onnx_draw_function, "acos" },
  { "Atan", onnx_draw_function, "atan" },
  { "Sinh", onnx_draw_function, "sinh" },
  { "Cosh", onnx_draw_function, "cosh" },
  { "Asinh", onnx_draw_function, "asinh" },
  { "Acosh", onnx_draw_function, "acosh" },
  { "Atanh", onnx_draw_function, "atanh" },
  { "Not", onnx_draw_function, "not" },
  { "IsNaN", onnx_draw_function, "is_nan" },
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
  { "BitwiseNot", onnx_draw_function, "bitwise_not" },
  { "BitShift", draw_shift, "bit_shift" },
  { "Det", onnx_draw_function, "det" },
  { "Equal", draw_pair, "equal" },
  { "Less", draw_pair, "less" },
  { "LessOrEqual", draw_pair, "less_equal" },
  { "Greater", draw_pair, "greater" },
  { "GreaterOrEqual", draw_pair, "greater_equal" },
  { "Clip", draw_clip, "clip" },
  { "Where", draw_where, "where" },
  { "CastLike", draw_cast_like, "cast" },
  { "IsInf", draw_infinite, "is_inf" },
  { "Mean", draw_mean, "scale" },
  { "Mod", draw_mod, "mod" },
  { "Range", draw_of_numbers, NULL },
  { "ConstantOfShape", draw_of_numbers, NULL },
  { "HannWindow", draw_of_numbers, NULL },
  { "HammingWindow", draw_of_numbers, NULL },
  { "BlackmanWindow", draw_of_numbers, NULL },
  { "MelWeightMatrix", draw_of_numbers, NULL },
  { "EyeLike", draw_of_sizes, "EyeLike" },
  { NULL },
  /* clang-format on */
};
