/* Drawing the losses that ONNX has as operators, with one-hot targets: -Σ w[c]·hot[c]·log p[c]. */
#include "engine/exchange/onnx/canvas.h"

#include <string.h>

/* [C] as [C, 1, …] for scores of @rank axes. */
static TelarShape
class_shape (gint64 classes, guint rank)
{
  TelarShape shape = { .rank = rank - 1, .dims = { classes } };
  for (guint i = 1; i < shape.rank; i++)
    shape.dims[i] = 1;
  return shape;
}

/* What each class counts: its weight, where that is known, and nothing where it is ignored. NULL
 * where all count the same. */
static TelarTensor *
class_factors (OnnxCall *call, gint64 classes, guint rank)
{
  gint64 ignored = onnx_call_attr_int (call, "ignore_index", -1);
  gboolean ignores = onnx_call_attr (call, "ignore_index") && ignored >= 0 && ignored < classes;
  gboolean weighs = onnx_call_has (call, 2) && !onnx_draw_is_drawn (call, 2);
  TelarTensor *weights = weighs ? onnx_call_numbers (call, 2) : NULL;
  TelarShape shape = class_shape (classes, rank);
  if (!ignores && !weights)
    return NULL;
  if (weights && telar_tensor_elements (weights) != (gsize)classes) {
    onnx_call_fail (call, "its weights do not fit the %" G_GINT64_FORMAT " classes", classes);
    return NULL;
  }
  TelarTensor *factors = telar_tensor_new (call->inputs[0]->type.dtype, &shape);
  for (gint64 i = 0; i < classes; i++)
    telar_tensor_set (factors, (gsize)i, weights ? telar_tensor_get (weights, (gsize)i) : 1);
  if (ignores)
    telar_tensor_set (factors, (gsize)ignored, 0);
  return factors;
}

/* The targets as rows of zeros with the class's weight in its place. */
static TelarNode *
draw_targets (OnnxCall *call, gint64 classes, guint rank)
{
  g_autoptr (TelarTensor) factors = class_factors (call, classes, rank);
  TelarNode *hot = onnx_draw_node (call, "one_hot");
  onnx_draw_set (call, hot, "size", "%" G_GINT64_FORMAT, classes);
  onnx_draw_set (call, hot, "axis", "1");
  if (hot)
    onnx_draw_wire (call, 1, hot, 0);
  hot = onnx_draw_cast (call, hot, call->inputs[0]->type.dtype);
  if (factors)
    hot = onnx_draw_both (call, "multiply", hot, onnx_draw_known (call, "weights", factors));
  if (!onnx_call_has (call, 2) || !onnx_draw_is_drawn (call, 2))
    return hot;
  TelarShape shape = class_shape (classes, rank);
  TelarNode *weights = onnx_draw_node (call, "reshape");
  onnx_draw_set_ints (call, weights, "shape", shape.dims, shape.rank);
  onnx_draw_set (call, weights, "keep_batch", "false");
  if (weights)
    onnx_draw_wire (call, 2, weights, 0);
  return onnx_draw_both (call, "multiply", hot, weights);
}

static TelarNode *
draw_sum (OnnxCall *call, TelarNode *before, guint first, guint n)
{
  gint64 axes[TELAR_MAX_RANK];
  for (guint i = 0; i < n; i++)
    axes[i] = first + i;
  TelarNode *node = onnx_draw_after (call, "sum", before);
  onnx_draw_set_ints (call, node, "axes", axes, n);
  return node;
}

/* The loss of @scores (NULL: the call's first input), which are logarithms. */
static void
draw_loss (OnnxCall *call, TelarNode *scores)
{
  g_autofree char *reduction = onnx_call_attr_text (call, "reduction", "mean");
  const TelarShape *shape = onnx_draw_shape (call, 0);
  if (shape->rank < 2 || shape->dims[1] < 1 || !onnx_call_has (call, 1)) {
    onnx_call_fail (call, "its scores need a known number of classes on axis 1");
    return;
  }
  TelarNode *targets = draw_targets (call, shape->dims[1], shape->rank);
  TelarNode *product = onnx_draw_after (call, "multiply", scores);
  if (product)
    onnx_draw_join (call, targets, product, 0);
  TelarNode *loss = onnx_draw_after (call, "negate", draw_sum (call, product, 1, 1));
  if (!g_str_equal (reduction, "none"))
    loss = draw_sum (call, loss, 0, shape->rank - 1);
  if (g_str_equal (reduction, "mean"))
    loss = onnx_draw_both (call, "divide", loss, draw_sum (call, targets, 0, shape->rank));
  onnx_draw_give (call, 0, loss, 0);
}

static void
draw_likelihood (OnnxCall *call, const char *op)
{
  (void)op;
  draw_loss (call, NULL);
}

static void
draw_cross_entropy (OnnxCall *call, const char *op)
{
  TelarNode *logs = onnx_draw_after (call, op, NULL);
  onnx_draw_set (call, logs, "axis", "1");
  if (onnx_call_wants (call, 1))
    onnx_draw_give (call, 1, logs, 0);
  draw_loss (call, logs);
}

const OnnxDrawing onnx_drawings_losses[] = {
  { "NegativeLogLikelihoodLoss", draw_likelihood, NULL },
  { "SoftmaxCrossEntropyLoss", draw_cross_entropy, "log_softmax" },
  { NULL },
};
