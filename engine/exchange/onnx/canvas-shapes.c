/* Drawing what puts the same numbers into other shapes. */
#include "engine/exchange/onnx/canvas.h"

#include <string.h>

/* The product of @n sizes; 0 where there is none. */
static gint64
count (const gint64 *sizes, guint n)
{
  TelarShape shape = { .rank = n };
  gint64 all;
  memcpy (shape.dims, sizes, n * sizeof *sizes);
  return telar_shape_count (&shape, &all) ? all : 0;
}

/* --- reshaping -------------------------------------------------------------------------------- */

/* The samples of @before's result, of shape @shape, as @sizes, one behind the other as they are. */
static TelarNode *
shape_samples (OnnxCall *call, TelarNode *before, const TelarShape *shape, const gint64 *sizes,
               guint n)
{
  if (n == 1 && sizes[0] == count (shape->dims + 1, shape->rank - 1))
    return onnx_draw_after (call, "flatten", before);
  TelarNode *node = onnx_draw_after (call, "reshape", before);
  if (node)
    onnx_draw_set_ints (call, node, "shape", sizes, n);
  return node;
}

/* All numbers as @to, of which one size at most may depend on the batch. */
static TelarNode *
shape_all (OnnxCall *call, TelarNode *before, const TelarShape *shape, const TelarShape *to)
{
  gint64 sizes[TELAR_MAX_RANK];
  guint open = 0;
  for (guint i = 0; i < to->rank; i++) {
    gboolean same = to->dims[i] < 0 && i < shape->rank && to->dims[i] == shape->dims[i];
    sizes[i] = same ? 0 : MAX (to->dims[i], -1);
    open += sizes[i] < 0;
    if (to->dims[i] == 0)
      onnx_call_fail (call, "the canvas has no tensors without numbers");
  }
  if (open > 1)
    onnx_call_fail (call, "the canvas has it with one open size");
  TelarNode *node = onnx_draw_after (call, "reshape", before);
  onnx_draw_set_ints (call, node, "shape", sizes, to->rank);
  onnx_draw_set (call, node, "keep_batch", "false");
  return node;
}

/* The step in which a tensor without axes gets one, or loses its last. */
static TelarNode *
change_axis (OnnxCall *call, const char *op, TelarNode *before)
{
  TelarNode *node = onnx_draw_after (call, op, before);
  onnx_draw_set (call, node, "axis", "0");
  return node;
}

TelarNode *
onnx_draw_shaped (OnnxCall *call, TelarNode *before, const TelarShape *from, const TelarShape *to)
{
  static const TelarShape single = { .rank = 1, .dims = { 1 } };
  TelarShape shape = *from;
  if (shape.rank == 0) {
    before = change_axis (call, "expand_dims", before);
    shape = single;
  }
  if (to->rank == 0) {
    if (shape.rank > 1)
      before = shape_all (call, before, &shape, &single);
    return change_axis (call, "squeeze", before);
  }
  if (telar_shape_equal (&shape, to) && before)
    return before;
  if (to->rank > 1 && to->dims[0] == shape.dims[0] && count (to->dims + 1, to->rank - 1) > 0)
    return shape_samples (call, before, &shape, to->dims + 1, to->rank - 1);
  return shape_all (call, before, &shape, to);
}

static void
give_shaped (OnnxCall *call, const TelarShape *to)
{
  TelarNode *node = onnx_draw_shaped (call, NULL, onnx_draw_shape (call, 0), to);
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

/* Whether @first, the first of the wanted sizes, leaves the first axis as it is; @rest is the
 * number of elements that the other sizes ask for, 0 where one of them is open. */
static gboolean
keeps_first (const OnnxCall *call, gint64 first, gboolean symbolic, gint64 rest)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  if (shape->dims[0] >= 0)
    return first == shape->dims[0] || first == -1;
  if (first == TELAR_DIM_BATCH)
    return symbolic || rest == count (shape->dims + 1, shape->rank - 1);
  return first == 1 && onnx_draw_canvas (call)->any_batch;
}

/* Works the size that the file leaves open out, which may be a multiple of the batch. */
static void
settle_open (const TelarShape *shape, TelarShape *to)
{
  gint64 all = count (shape->dims, shape->rank), rest = 1;
  int open = -1;
  for (guint i = 0; i < to->rank; i++)
    if (to->dims[i] == -1 && open < 0)
      open = (int)i;
    else
      rest *= to->dims[i];
  if (open >= 0 && rest != 0 && all % rest == 0)
    to->dims[open] = all / rest;
}

static void
draw_reshape (OnnxCall *call, const char *op)
{
  (void)op;
  TelarShape to = { 0 };
  gboolean symbolic, all = onnx_call_attr_int (call, "allowzero", 0) != 0, open = FALSE;
  const TelarShape *shape = onnx_draw_shape (call, 0);
  if (!onnx_draw_ints (call, 1, to.dims, TELAR_MAX_RANK, &to.rank, &symbolic))
    return;
  for (guint i = 0; i < to.rank && !all; i++)
    if (to.dims[i] == 0 && i < shape->rank)
      to.dims[i] = shape->dims[i];
  if (!symbolic && shape->rank > 0 && shape->dims[0] < 0 && to.rank > 0 && to.dims[0] == -1)
    settle_open (shape, &to);
  for (guint i = 1; i < to.rank; i++)
    open |= to.dims[i] < 0;
  if (to.rank < 2 || shape->rank < 1 ||
      !keeps_first (call, to.dims[0], symbolic || to.dims[0] == shape->dims[0],
                    open ? 0 : count (to.dims + 1, to.rank - 1))) {
    give_shaped (call, &to);
    return;
  }
  TelarNode *node = shape_samples (call, NULL, shape, to.dims + 1, to.rank - 1);
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

/* Two axes: what stands before the given one, and the rest. */
static void
draw_flatten (OnnxCall *call, const char *op)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  gint64 axis = onnx_call_attr_int (call, "axis", 1), rank = shape->rank;
  axis = axis < 0 ? axis + rank : axis;
  if (axis < 0 || axis > rank) {
    onnx_call_fail (call, "there is no axis %" G_GINT64_FORMAT, axis);
    return;
  }
  if (axis == 1) {
    onnx_draw_unary (call, onnx_draw_node (call, op));
    return;
  }
  TelarShape two = telar_shape (count (shape->dims, (guint)axis),
                                count (shape->dims + axis, (guint)(rank - axis)));
  give_shaped (call, &two);
}

static void
draw_transpose (OnnxCall *call, const char *op)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n, rank = onnx_draw_shape (call, 0)->rank;
  if (!onnx_call_attr_ints (call, "perm", axes, TELAR_MAX_RANK, &n)) {
    n = rank;
    for (guint i = 0; i < n; i++)
      axes[i] = n - 1 - i;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set_ints (call, node, "axes", axes, n);
  onnx_draw_unary (call, node);
}

/* --- axes of size 1 --------------------------------------------------------------------------- */

gboolean
onnx_draw_axes (OnnxCall *call, guint rank, gint64 *axes, guint *n)
{
  gboolean symbolic;
  gboolean given = onnx_call_has (call, 1)
                       ? onnx_draw_ints (call, 1, axes, TELAR_MAX_RANK, n, &symbolic)
                       : onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, n);
  for (guint i = 0; given && i < *n; i++) {
    guint axis;
    if (!onnx_call_axis (call, axes[i], rank, &axis))
      return FALSE;
    axes[i] = axis;
  }
  return given;
}

/* One axis that is no batch is an operator of its own. */
static void
give_with_axis (OnnxCall *call, const char *op, const gint64 *axes, guint n, const TelarShape *to)
{
  if (n != 1 || axes[0] == 0) {
    give_shaped (call, to);
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, axes[0]);
  onnx_draw_unary (call, node);
}

static void
draw_squeeze (OnnxCall *call, const char *op)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  TelarShape rest = { 0 };
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0, drop = 0;
  gboolean given = onnx_draw_axes (call, shape->rank, axes, &n);
  for (guint i = 0; i < n; i++)
    drop |= 1u << axes[i];
  for (guint i = 0; i < shape->rank && !given; i++)
    drop |= (shape->dims[i] == 1) << i;
  for (guint i = 0; i < shape->rank; i++)
    if (!(drop & 1u << i))
      rest.dims[rest.rank++] = shape->dims[i];
  if (!call->error)
    give_with_axis (call, op, axes, n, &rest);
}

static void
draw_unsqueeze (OnnxCall *call, const char *op)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  TelarShape more = { 0 };
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0, add = 0, next = 0, given = 0;
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "axes");
  given = onnx_call_has (call, 1) ? (guint)telar_shape_elements (onnx_draw_shape (call, 1))
          : attr                  ? (guint)attr->n_ints
                                  : 0;
  if (shape->rank + given > TELAR_MAX_RANK) {
    onnx_call_fail (call, "its result has more than %d axes", TELAR_MAX_RANK);
    return;
  }
  if (!onnx_draw_axes (call, shape->rank + given, axes, &n))
    return;
  for (guint i = 0; i < n; i++)
    add |= 1u << axes[i];
  for (guint i = 0; i < shape->rank + n; i++)
    more.dims[more.rank++] = add & 1u << i ? 1 : shape->dims[next++];
  give_with_axis (call, op, axes, n, &more);
}

/* --- copies ----------------------------------------------------------------------------------- */

/* An input of the model, which has the batch. */
static TelarNode *
find_batch (OnnxCall *call)
{
  const GPtrArray *nodes = telar_graph_nodes (onnx_draw_canvas (call)->graph);
  for (guint i = 0; i < nodes->len; i++) {
    TelarNode *node = nodes->pdata[i];
    if (g_str_equal (node->op->name, TELAR_OPERATOR_INPUT) &&
        telar_param_set_bool (node->params, "batch"))
      return node;
  }
  onnx_call_fail (call, "no input has the batch");
  return NULL;
}

/* For each sample of the batch. */
static TelarNode *
draw_full (OnnxCall *call, const TelarType *type, double number)
{
  TelarNode *batch = find_batch (call);
  TelarNode *node = batch ? onnx_draw_node (call, "full") : NULL;
  guint n = type->shape.rank;
  gint64 own[TELAR_MAX_RANK];
  if (!node)
    return NULL;
  memcpy (own, type->shape.dims, n * sizeof *own);
  own[0] = -own[0]; /* of one sample */
  gboolean single = own[0] == 1;
  onnx_draw_set_ints (call, node, "shape", own + single, n - single);
  onnx_draw_set (call, node, "type", "%s", telar_dtype_name (type->dtype));
  onnx_draw_set_real (call, node, "value", number);
  onnx_draw_join (call, batch, node, 0);
  if (single)
    return node;
  node = onnx_draw_after (call, "reshape", node);
  own[0] = -1;
  onnx_draw_set_ints (call, node, "shape", own, n);
  onnx_draw_set (call, node, "keep_batch", "false");
  return node;
}

gboolean
onnx_draw_fits (OnnxCall *call, const TelarShape *shape)
{
  gint64 n = 1;
  for (guint i = 0; i < shape->rank && !call->error; i++) {
    gint64 size = MAX (shape->dims[i], -ONNX_CANVAS_MOST);
    size = size < 0 ? -size : size;
    if (size > ONNX_CANVAS_MOST / n)
      onnx_call_fail (call, "it computes with more than %d numbers, too many to draw it",
                      ONNX_CANVAS_MOST);
    n = MAX (n * size, 1);
  }
  return !call->error;
}

TelarNode *
onnx_draw_full (OnnxCall *call, const TelarType *type, double number)
{
  for (guint i = 1; i < type->shape.rank; i++)
    if (type->shape.dims[i] < 0)
      onnx_call_fail (call, "the canvas has the batch as the first axis");
  if (!onnx_draw_fits (call, &type->shape))
    return NULL;
  if (!telar_shape_is_concrete (&type->shape))
    return draw_full (call, type, number);
  g_autoptr (TelarTensor) tensor = telar_tensor_new (type->dtype, &type->shape);
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i, number);
  return onnx_draw_known (call, "number", tensor);
}

void
onnx_draw_repeated (OnnxCall *call, const gint64 *sizes, guint n)
{
  TelarTensor *tensor = call->inputs[0]->tensor;
  TelarType type = { tensor->type.dtype, telar_shape_new (sizes, n) };
  double number;
  gboolean uniform = onnx_tensor_is_uniform (tensor, &number);
  if (!uniform && type.dtype == TELAR_BOOL)
    onnx_call_fail (call, "the canvas repeats one truth value for each sample, no list");
  TelarNode *node = draw_full (call, &type, uniform ? number : 0);
  if (node && !uniform)
    node = onnx_draw_both (call, "add", node, onnx_draw_known (call, "number", tensor));
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

/* Broadcast both ways: an axis of 1 on either side takes the other's size. */
static void
draw_expand (OnnxCall *call, const char *op)
{
  gint64 wanted[TELAR_MAX_RANK], sizes[TELAR_MAX_RANK];
  const TelarShape *shape = onnx_draw_shape (call, 0);
  gboolean symbolic;
  guint n;
  if (!onnx_draw_ints (call, 1, wanted, TELAR_MAX_RANK, &n, &symbolic))
    return;
  guint rank = MAX (n, shape->rank);
  for (guint i = 0; i < rank; i++) {
    gint64 to = i + n < rank ? 1 : wanted[i + n - rank];
    gint64 has = i + shape->rank < rank ? 0 : shape->dims[i + shape->rank - rank];
    sizes[i] = has != 0 && (to == 1 || to == has) ? -1 : to;
    if (sizes[i] < 0 && (has == 0 || (to < 0 && to != has)))
      onnx_call_fail (call, "it computes with the size of the batch");
  }
  if (rank == 0) {
    onnx_draw_pass (call, 0, 0);
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set_ints (call, node, "shape", sizes, rank);
  onnx_draw_unary (call, node);
}

static void
draw_tile (OnnxCall *call, const char *op)
{
  gint64 repeats[TELAR_MAX_RANK];
  gboolean symbolic;
  guint n;
  if (!onnx_draw_ints (call, 1, repeats, TELAR_MAX_RANK, &n, &symbolic))
    return;
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set_ints (call, node, "repeats", repeats, n);
  onnx_draw_unary (call, node);
}

static void
draw_concat (OnnxCall *call, const char *op)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "axis", 1));
  for (guint i = 0; i < call->n_inputs; i++)
    onnx_draw_wire (call, i, node, 0);
  onnx_draw_give (call, 0, node, 0);
}

static void
draw_pass (OnnxCall *call, const char *op)
{
  (void)op;
  onnx_draw_pass (call, 0, 0);
}

/* What the size of the batch is multiplied with counts as negative, as in a shape. */
static void
draw_size (OnnxCall *call, const char *op)
{
  (void)op;
  gint64 all = count (onnx_draw_shape (call, 0)->dims, onnx_draw_shape (call, 0)->rank);
  g_autoptr (TelarTensor) number = telar_tensor_scalar (TELAR_I64, (double)all);
  TelarOnnxValue *value = telar_onnx_value_tensor (number, TRUE);
  if (all < 0)
    g_hash_table_add (onnx_draw_canvas (call)->symbolic, telar_onnx_value_ref (value));
  onnx_call_give (call, 0, value);
}

const OnnxDrawing onnx_drawings_shapes[] = {
  { "Reshape", draw_reshape, NULL },
  { "Flatten", draw_flatten, "flatten" },
  { "Transpose", draw_transpose, "permute" },
  { "Squeeze", draw_squeeze, "squeeze" },
  { "Unsqueeze", draw_unsqueeze, "expand_dims" },
  { "Expand", draw_expand, "expand" },
  { "Tile", draw_tile, "tile" },
  { "Concat", draw_concat, "concat" },
  { "Identity", draw_pass, NULL },
  { "Size", draw_size, NULL },
  { NULL },
};
