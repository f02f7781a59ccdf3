/* How each primitive stands on the canvas. */
#include "engine/exchange/onnx/canvas-forms.h"

/* --- one node for one primitive --------------------------------------------------------------- */

static TelarType
type_of (const OnnxDrawer *d, guint input)
{
  return onnx_alone_type (d->pair, d->instr->inputs[input]);
}

static void
join (OnnxDrawer *d, guint input, TelarNode *node, guint port)
{
  OnnxWire wire = d->wires[d->instr->inputs[input]];
  onnx_draw_join_from (d->call, wire.node, wire.port, node, port);
}

/* The operator on the inputs as they stand. */
static TelarNode *
draw_plain (OnnxDrawer *d, const char *op)
{
  TelarNode *node = onnx_draw_node (d->call, op);
  for (guint i = 0; node && i < d->instr->n_inputs; i++)
    join (d, i, node, node->op->inputs[0].repeated ? 0 : i);
  return node;
}

static TelarNode *
draw_cast (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_plain (d, op);
  onnx_draw_set (d->call, node, "type", "%s", telar_dtype_name (d->type.dtype));
  return node;
}

static TelarNode *
draw_shift (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_plain (d, op);
  onnx_draw_set (d->call, node, "direction", "%s",
                 d->instr->prim == TELAR_PRIM_SHIFT_LEFT ? "left" : "right");
  return node;
}

static void
set_flag (OnnxDrawer *d, TelarNode *node, const char *param, TelarAttrKey key)
{
  if (telar_instr_int (d->instr, key, 0))
    onnx_draw_set (d->call, node, param, "true");
}

/* Along the one axis of the attribute. */
static TelarNode *
draw_along_axis (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_plain (d, op);
  onnx_draw_set (d->call, node, "axis", "%" G_GINT64_FORMAT,
                 telar_instr_int (d->instr, TELAR_ATTR_AXIS, 0));
  return node;
}

static TelarNode *
draw_arg (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_along_axis (d, op);
  set_flag (d, node, "keep", TELAR_ATTR_KEEP);
  return node;
}

static TelarNode *
draw_cumsum (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_along_axis (d, op);
  set_flag (d, node, "exclusive", TELAR_ATTR_EXCLUSIVE);
  set_flag (d, node, "reverse", TELAR_ATTR_REVERSE);
  return node;
}

static TelarNode *
draw_reduce (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_plain (d, op);
  const TelarAttr *axes = telar_instr_attr (d->instr, TELAR_ATTR_AXES);
  if (axes)
    onnx_draw_set_ints (d->call, node, "axes", axes->ints, axes->n);
  set_flag (d, node, "keep", TELAR_ATTR_KEEP);
  return node;
}

static TelarNode *
draw_matmul (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_plain (d, op);
  set_flag (d, node, "transpose_a", TELAR_ATTR_TRANS_A);
  set_flag (d, node, "transpose_b", TELAR_ATTR_TRANS_B);
  return node;
}

/* --- shapes ----------------------------------------------------------------------------------- */

/* The node behind the only input's wire. */
static TelarNode *
source (OnnxDrawer *d)
{
  OnnxWire wire = d->wires[d->instr->inputs[0]];
  if (wire.port == 0)
    return wire.node;
  /* Helpers take a node's first result; another one passes a node that changes nothing. */
  TelarType type = type_of (d, 0);
  TelarNode *node = onnx_draw_node (d->call, "cast");
  onnx_draw_set (d->call, node, "type", "%s", telar_dtype_name (type.dtype));
  onnx_draw_join_from (d->call, wire.node, wire.port, node, 0);
  return node;
}

static TelarNode *
draw_reshape (OnnxDrawer *d, const char *op)
{
  (void)op;
  TelarType from = type_of (d, 0);
  return onnx_draw_shaped (d->call, source (d), &from.shape, &d->type.shape);
}

static TelarNode *
draw_transpose (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_plain (d, op);
  const TelarAttr *perm = telar_instr_attr (d->instr, TELAR_ATTR_PERM);
  onnx_draw_set_ints (d->call, node, "axes", perm->ints, perm->n);
  return node;
}

/* Axes that are new or grow take a size; the batch, which has none, comes with a sum of zeros. */
static TelarNode *
draw_broadcast (OnnxDrawer *d, const char *op)
{
  TelarType from = type_of (d, 0);
  const TelarShape *to = &d->type.shape;
  gint64 sizes[TELAR_MAX_RANK];
  guint fresh = to->rank - from.shape.rank;
  gboolean open = FALSE;
  for (guint i = 0; i < to->rank; i++) {
    gboolean same = i >= fresh && from.shape.dims[i - fresh] == to->dims[i];
    sizes[i] = same ? -1 : to->dims[i];
    open |= !same && to->dims[i] < 0;
  }
  if (!open) {
    TelarNode *node = draw_plain (d, op);
    onnx_draw_set_ints (d->call, node, "shape", sizes, to->rank);
    return node;
  }
  if (d->type.dtype == TELAR_BOOL) {
    onnx_call_fail (d->call, "the canvas repeats no truth values for each sample");
    return NULL;
  }
  TelarNode *zeros = onnx_draw_full (d->call, &d->type, 0);
  return onnx_draw_both (d->call, "add", source (d), zeros);
}

static TelarNode *
draw_slice (OnnxDrawer *d, const char *op)
{
  TelarType from = type_of (d, 0);
  gint64 axes[TELAR_MAX_RANK], starts[TELAR_MAX_RANK], ends[TELAR_MAX_RANK], steps[TELAR_MAX_RANK];
  guint n = 0;
  for (guint i = 0; i < from.shape.rank; i++) {
    gint64 start = telar_instr_item (d->instr, TELAR_ATTR_START, i, 0);
    gint64 end = telar_instr_item (d->instr, TELAR_ATTR_LIMIT, i, -1);
    gint64 step = telar_instr_item (d->instr, TELAR_ATTR_STRIDE, i, 1);
    if (from.shape.dims[i] == d->type.shape.dims[i] && start == 0 && step == 1)
      continue;
    if (from.shape.dims[i] < 0) {
      onnx_call_fail (d->call, "the canvas takes no parts of the batch");
      return NULL;
    }
    axes[n] = i;
    starts[n] = start;
    ends[n] = end < 0 ? from.shape.dims[i] : end;
    steps[n++] = step;
  }
  if (n == 0)
    return source (d);
  TelarNode *node = draw_plain (d, op);
  onnx_draw_set_ints (d->call, node, "axes", axes, n);
  onnx_draw_set_ints (d->call, node, "starts", starts, n);
  onnx_draw_set_ints (d->call, node, "ends", ends, n);
  onnx_draw_set_ints (d->call, node, "steps", steps, n);
  return node;
}

static TelarNode *
draw_pad (OnnxDrawer *d, const char *op)
{
  guint rank = d->type.shape.rank;
  gint64 low[TELAR_MAX_RANK], high[TELAR_MAX_RANK];
  for (guint i = 0; i < rank; i++) {
    low[i] = telar_instr_item (d->instr, TELAR_ATTR_LOW, i, 0);
    high[i] = telar_instr_item (d->instr, TELAR_ATTR_HIGH, i, 0);
    if (low[i] < 0 || high[i] < 0 || telar_instr_item (d->instr, TELAR_ATTR_INTERIOR, i, 0) != 0)
      onnx_call_fail (d->call, "the canvas puts nothing between numbers");
  }
  if (low[0] != 0 || high[0] != 0)
    onnx_call_fail (d->call, "the canvas puts no border around the first axis");
  TelarNode *node = draw_plain (d, op);
  onnx_draw_set_ints (d->call, node, "low", low + 1, rank - 1);
  onnx_draw_set_ints (d->call, node, "high", high + 1, rank - 1);
  onnx_draw_set_real (d->call, node, "value", telar_instr_real (d->instr, TELAR_ATTR_FILL, 0));
  return node;
}

static TelarNode *
draw_reverse (OnnxDrawer *d, const char *op)
{
  const TelarAttr *axes = telar_instr_attr (d->instr, TELAR_ATTR_AXES);
  TelarNode *node = source (d);
  for (guint i = 0; i < axes->n; i++) {
    node = onnx_draw_after (d->call, op, node);
    onnx_draw_set (d->call, node, "axis", "%" G_GINT64_FORMAT, axes->ints[i]);
  }
  return node;
}

/* --- by places -------------------------------------------------------------------------------- */

static TelarNode *
draw_one_hot (OnnxDrawer *d, const char *op)
{
  TelarNode *node = draw_plain (d, op);
  onnx_draw_set (d->call, node, "size", "%" G_GINT64_FORMAT,
                 telar_instr_int (d->instr, TELAR_ATTR_SIZE, 1));
  return node ? onnx_draw_cast (d->call, node, d->type.dtype) : NULL;
}

/* Rows that add up from zeros. */
static TelarNode *
draw_scatter_add (OnnxDrawer *d, const char *op)
{
  TelarNode *node = onnx_draw_node (d->call, op);
  if (!node)
    return NULL;
  onnx_draw_set (d->call, node, "axis", "%" G_GINT64_FORMAT,
                 telar_instr_int (d->instr, TELAR_ATTR_AXIS, 0));
  onnx_draw_join (d->call, onnx_draw_full (d->call, &d->type, 0), node, 0);
  join (d, 1, node, 1);
  join (d, 0, node, 2);
  return node;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static TelarNode *
draw_constant (OnnxDrawer *d, const char *op)
{
  return onnx_draw_known (d->call, op, telar_instr_attr (d->instr, TELAR_ATTR_VALUE)->tensor);
}

static TelarNode *
draw_state (OnnxDrawer *d, const char *op)
{
  const char *name = telar_instr_string (d->instr, TELAR_ATTR_NAME);
  return onnx_draw_known (d->call, op, onnx_alone_state (d->pair, name));
}

static TelarNode *
draw_fill (OnnxDrawer *d, const char *op)
{
  (void)op;
  return onnx_draw_full (d->call, &d->type, telar_instr_real (d->instr, TELAR_ATTR_FILL, 0));
}

static TelarNode *
draw_iota (OnnxDrawer *d, const char *op)
{
  gint64 axis = telar_instr_int (d->instr, TELAR_ATTR_AXIS, 0), inner = 1;
  if (!telar_shape_is_concrete (&d->type.shape))
    onnx_call_fail (d->call, "it computes with the places of the samples");
  if (!onnx_draw_fits (d->call, &d->type.shape))
    return NULL;
  for (guint i = (guint)axis + 1; i < d->type.shape.rank; i++)
    inner *= d->type.shape.dims[i];
  g_autoptr (TelarTensor) places = telar_tensor_new (d->type.dtype, &d->type.shape);
  for (gsize i = 0; i < telar_tensor_elements (places); i++)
    telar_tensor_set (places, i, (double)((gint64)i / inner % d->type.shape.dims[axis]));
  return onnx_draw_known (d->call, op, places);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* clang-format off */
static const OnnxForm forms[] = {
  { TELAR_PRIM_STATE, "weights", draw_state },
  { TELAR_PRIM_CONSTANT, "number", draw_constant },
  { TELAR_PRIM_FILL, NULL, draw_fill },
  { TELAR_PRIM_IOTA, "places", draw_iota },
  { TELAR_PRIM_NEG, "negate", draw_plain },
  { TELAR_PRIM_ABS, "abs", draw_plain },
  { TELAR_PRIM_SIGN, "sign", draw_plain },
  { TELAR_PRIM_EXP, "exp", draw_plain },
  { TELAR_PRIM_LOG, "log", draw_plain },
  { TELAR_PRIM_LOG1P, "log1p", draw_plain },
  { TELAR_PRIM_SQRT, "sqrt", draw_plain },
  { TELAR_PRIM_RSQRT, "rsqrt", draw_plain },
  { TELAR_PRIM_RECIPROCAL, "reciprocal", draw_plain },
  { TELAR_PRIM_SIN, "sin", draw_plain },
  { TELAR_PRIM_COS, "cos", draw_plain },
  { TELAR_PRIM_ATAN, "atan", draw_plain },
  { TELAR_PRIM_TANH, "tanh", draw_plain },
  { TELAR_PRIM_SIGMOID, "sigmoid", draw_plain },
  { TELAR_PRIM_SOFTPLUS, "softplus", draw_plain },
  { TELAR_PRIM_ERF, "erf", draw_plain },
  { TELAR_PRIM_FLOOR, "floor", draw_plain },
  { TELAR_PRIM_CEIL, "ceil", draw_plain },
  { TELAR_PRIM_ROUND, "round", draw_plain },
  { TELAR_PRIM_RELU, "relu", draw_plain },
  { TELAR_PRIM_NOT, "not", draw_plain },
  { TELAR_PRIM_BIT_NOT, "bitwise_not", draw_plain },
  { TELAR_PRIM_ISNAN, "is_nan", draw_plain },
  { TELAR_PRIM_CAST, "cast", draw_cast },
  { TELAR_PRIM_STOP, "stop_gradient", draw_plain },
  { TELAR_PRIM_ADD, "add", draw_plain },
  { TELAR_PRIM_SUB, "subtract", draw_plain },
  { TELAR_PRIM_MUL, "multiply", draw_plain },
  { TELAR_PRIM_DIV, "divide", draw_plain },
  { TELAR_PRIM_POW, "pow", draw_plain },
  { TELAR_PRIM_MAXIMUM, "maximum", draw_plain },
  { TELAR_PRIM_MINIMUM, "minimum", draw_plain },
  { TELAR_PRIM_MOD, "mod", draw_plain },
  { TELAR_PRIM_EQUAL, "equal", draw_plain },
  { TELAR_PRIM_LESS, "less", draw_plain },
  { TELAR_PRIM_LESS_EQUAL, "less_equal", draw_plain },
  { TELAR_PRIM_AND, "and", draw_plain },
  { TELAR_PRIM_OR, "or", draw_plain },
  { TELAR_PRIM_BIT_AND, "bitwise_and", draw_plain },
  { TELAR_PRIM_BIT_OR, "bitwise_or", draw_plain },
  { TELAR_PRIM_BIT_XOR, "bitwise_xor", draw_plain },
  { TELAR_PRIM_SHIFT_LEFT, "bit_shift", draw_shift },
  { TELAR_PRIM_SHIFT_RIGHT, "bit_shift", draw_shift },
  { TELAR_PRIM_SELECT, "where", draw_plain },
  { TELAR_PRIM_RESHAPE, NULL, draw_reshape },
  { TELAR_PRIM_TRANSPOSE, "permute", draw_transpose },
  { TELAR_PRIM_BROADCAST, "expand", draw_broadcast },
  { TELAR_PRIM_SLICE, "strided_slice", draw_slice },
  { TELAR_PRIM_PAD, "pad", draw_pad },
  { TELAR_PRIM_CONCAT, "concat", draw_along_axis },
  { TELAR_PRIM_REVERSE, "reverse", draw_reverse },
  { TELAR_PRIM_GATHER, "gather", draw_along_axis },
  { TELAR_PRIM_SCATTER_ADD, "index_add", draw_scatter_add },
  { TELAR_PRIM_ONE_HOT, "one_hot", draw_one_hot },
  { TELAR_PRIM_SUM, "sum", draw_reduce },
  { TELAR_PRIM_MEAN, "mean", draw_reduce },
  { TELAR_PRIM_MAX, "max", draw_reduce },
  { TELAR_PRIM_MIN, "min", draw_reduce },
  { TELAR_PRIM_PROD, "prod", draw_reduce },
  { TELAR_PRIM_ARGMAX, "argmax", draw_arg },
  { TELAR_PRIM_ARGMIN, "argmin", draw_arg },
  { TELAR_PRIM_CUMSUM, "cumsum", draw_cumsum },
  { TELAR_PRIM_MATMUL, "matmul", draw_matmul },
  { TELAR_PRIM_SOFTMAX, "softmax", draw_along_axis },
  { TELAR_PRIM_LOG_SOFTMAX, "log_softmax", draw_along_axis },
};
/* clang-format on */

const OnnxForm *
onnx_form_find (TelarPrim prim)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (forms[i].prim == prim)
      return &forms[i];
  return NULL;
}
