/* Drawing what goes along axes: reductions, order, running sums. */
#include "engine/exchange/onnx/canvas.h"

static void
draw_reduce (OnnxCall *call, const char *op)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0, rank = onnx_draw_shape (call, 0)->rank;
  gboolean given = onnx_draw_axes (call, rank, axes, &n);
  if (call->error)
    return;
  if ((!given || n == 0) && onnx_call_attr_int (call, "noop_with_empty_axes", 0)) {
    onnx_draw_pass (call, 0, 0);
    return;
  }
  for (gboolean all = !given || n == 0; all && n < rank; n++)
    axes[n] = n;
  if (n == 0) {
    onnx_call_fail (call, "there is no axis to reduce");
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "axes", axes, n);
  onnx_draw_set (call, node, "keep", "%s",
                 onnx_call_attr_int (call, "keepdims", 1) ? "true" : "false");
  onnx_draw_unary (call, node);
}

/* A node of @op along @axis; NULL where the axis or the node cannot be. */
static TelarNode *
node_along (OnnxCall *call, const char *op, gint64 axis)
{
  guint place;
  if (!onnx_call_axis (call, axis, onnx_draw_shape (call, 0)->rank, &place))
    return NULL;
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set (call, node, "axis", "%u", place);
  return node;
}

static void
draw_arg (OnnxCall *call, const char *op)
{
  TelarNode *node = node_along (call, op, onnx_call_attr_int (call, "axis", 0));
  if (!node)
    return;
  if (onnx_call_attr_int (call, "keepdims", 1))
    onnx_draw_set (call, node, "keep", "true");
  if (onnx_call_attr_int (call, "select_last_index", 0))
    onnx_draw_set (call, node, "equals", "last");
  onnx_draw_unary (call, node);
}

static void
draw_cumsum (OnnxCall *call, const char *op)
{
  TelarNode *node = node_along (call, op, onnx_call_integer (call, 1, 0));
  if (!node)
    return;
  if (onnx_call_attr_int (call, "exclusive", 0))
    onnx_draw_set (call, node, "exclusive", "true");
  if (onnx_call_attr_int (call, "reverse", 0))
    onnx_draw_set (call, node, "reverse", "true");
  onnx_draw_unary (call, node);
}

static void
draw_top_k (OnnxCall *call, const char *op)
{
  gint64 k =
      onnx_call_has (call, 1) ? onnx_call_integer (call, 1, 1) : onnx_call_attr_int (call, "k", 1);
  gint64 axis = onnx_call_attr_int (call, "axis", -1);
  const TelarShape *shape = onnx_draw_shape (call, 0);
  gint64 place = axis < 0 ? axis + shape->rank : axis;
  /* All of the rows, however many a batch has, are no fixed number of them. */
  gboolean all =
      place >= 0 && place < shape->rank && shape->dims[place] < 0 && k == shape->dims[place];
  gboolean largest = onnx_call_attr_int (call, "largest", 1) != 0;
  TelarNode *node = onnx_draw_node (call, all ? "sort" : op);
  if (!node)
    return;
  onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, axis);
  if (all)
    onnx_draw_set (call, node, "descending", "%s", largest ? "true" : "false");
  else
    onnx_draw_set (call, node, "k", "%" G_GINT64_FORMAT, k);
  if (!all && !largest)
    onnx_draw_set (call, node, "largest", "false");
  onnx_draw_wire (call, 0, node, 0);
  onnx_draw_give (call, 0, node, 0);
  onnx_draw_give (call, 1, node, 1);
}

/* Whole numbers of the file count from the end where they are negative. */
static void
draw_one_hot (OnnxCall *call, const char *op)
{
  gint64 size = onnx_call_integer (call, 1, 1);
  TelarTensor *values = onnx_call_numbers (call, 2);
  if (!values || telar_tensor_elements (values) != 2) {
    onnx_call_fail (call, "it needs two values");
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "size", "%" G_GINT64_FORMAT, size);
  onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "axis", -1));
  onnx_draw_set (call, node, "from_end", "true");
  onnx_draw_set_real (call, node, "off", telar_tensor_get (values, 0));
  onnx_draw_set_real (call, node, "on", telar_tensor_get (values, 1));
  onnx_draw_wire (call, 0, node, 0);
  onnx_draw_give (call, 0, onnx_draw_cast (call, node, values->type.dtype), 0);
}

/* Mean 0 and deviation 1 over axes, by default all but the channels. */
static void
draw_standardized (OnnxCall *call, const char *op)
{
  (void)op;
  gint64 axes[TELAR_MAX_RANK] = { 0, 2, 3 };
  guint n;
  if (!onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, &n))
    n = 3;
  TelarNode *mean = onnx_draw_after (call, "mean", NULL);
  TelarNode *deviation = onnx_draw_after (call, "std", NULL);
  onnx_draw_set (call, deviation, "correction", "0");
  onnx_draw_set_ints (call, mean, "axes", axes, n);
  onnx_draw_set_ints (call, deviation, "axes", axes, n);
  onnx_draw_set (call, mean, "keep", "true");
  onnx_draw_set (call, deviation, "keep", "true");
  TelarNode *above = onnx_draw_after (call, "subtract", NULL);
  onnx_draw_join (call, mean, above, 1);
  TelarNode *divisor = onnx_draw_after (call, "scale", deviation);
  onnx_draw_set_real (call, divisor, "offset", 1e-9);
  onnx_draw_give (call, 0, onnx_draw_both (call, "divide", above, divisor), 0);
}

const OnnxDrawing onnx_drawings_reduce[] = {
  { "ReduceSum", draw_reduce, "sum" },
  { "ReduceMean", draw_reduce, "mean" },
  { "ReduceMax", draw_reduce, "max" },
  { "ReduceMin", draw_reduce, "min" },
  { "ReduceProd", draw_reduce, "prod" },
  { "ReduceL1", draw_reduce, "l1_norm" },
  { "ReduceL2", draw_reduce, "l2_norm" },
  { "ReduceSumSquare", draw_reduce, "sum_square" },
  { "ReduceLogSum", draw_reduce, "log_sum" },
  { "ReduceLogSumExp", draw_reduce, "logsumexp" },
  { "ArgMax", draw_arg, "argmax" },
  { "ArgMin", draw_arg, "argmin" },
  { "CumSum", draw_cumsum, "cumsum" },
  { "CumProd", draw_cumsum, "cumprod" },
  { "TopK", draw_top_k, "top_k" },
  { "OneHot", draw_one_hot, "one_hot" },
  { "MeanVarianceNormalization", draw_standardized, NULL },
  { NULL },
};
