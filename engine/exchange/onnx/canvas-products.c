/* Drawing products of matrices: dense layers where one of them is known. */
#include "engine/exchange/onnx/canvas.h"

/* @factor · @tensor, its two axes exchanged when asked for. */
static TelarTensor *
copy_matrix (const TelarTensor *tensor, gboolean transpose, double factor)
{
  gint64 rows = tensor->type.shape.dims[0], columns = tensor->type.shape.dims[1];
  TelarShape shape = transpose ? telar_shape (columns, rows) : tensor->type.shape;
  TelarTensor *copy = telar_tensor_new (tensor->type.dtype, &shape);
  for (gint64 i = 0; i < rows; i++)
    for (gint64 k = 0; k < columns; k++)
      telar_tensor_set (copy, (gsize)(transpose ? k * rows + i : i * columns + k),
                        factor * telar_tensor_get (tensor, (gsize)(i * columns + k)));
  return copy;
}

static TelarNode *
draw_dense (OnnxCall *call, gboolean transpose, double factor)
{
  TelarTensor *given = onnx_call_numbers (call, 1);
  if (given && given->type.shape.rank != 2) {
    onnx_call_fail (call, "its second matrix has rank %u", given->type.shape.rank);
    return NULL;
  }
  TelarNode *node = given ? onnx_draw_node (call, "dense") : NULL;
  if (!node)
    return NULL;
  g_autoptr (TelarTensor) kernel = copy_matrix (given, transpose, factor);
  onnx_draw_set (call, node, "units", "%" G_GINT64_FORMAT, kernel->type.shape.dims[1]);
  onnx_draw_state (call, node, "kernel", kernel);
  onnx_draw_wire (call, 0, node, 0);
  return node;
}

/* Whether input @input is one row for all, or one number. */
static gboolean
is_bias (OnnxCall *call, guint input, gint64 units)
{
  const TelarTensor *given = call->inputs[input]->tensor;
  if (!given || given->type.dtype != TELAR_F32)
    return FALSE;
  gsize n = telar_tensor_elements (given);
  return n == 1 ||
         (n == (gsize)units && given->type.shape.dims[given->type.shape.rank - 1] == units);
}

static TelarTensor *
copy_bias (OnnxCall *call, guint input, gint64 units, double factor)
{
  const TelarTensor *given = call->inputs[input]->tensor;
  TelarShape shape = telar_shape (units);
  gboolean one = telar_tensor_elements (given) == 1;
  TelarTensor *bias = telar_tensor_new (given->type.dtype, &shape);
  for (gint64 i = 0; i < units; i++)
    telar_tensor_set (bias, (gsize)i, factor * telar_tensor_get (given, one ? 0 : (gsize)i));
  return bias;
}

static TelarNode *
draw_factor (OnnxCall *call, TelarNode *before, double factor)
{
  if (factor == 1)
    return before;
  TelarNode *node = onnx_draw_after (call, "scale", before);
  onnx_draw_set_real (call, node, "factor", factor);
  return node;
}

/* alpha·A·B, where no layer says it. */
static TelarNode *
draw_product (OnnxCall *call)
{
  TelarNode *node = onnx_draw_node (call, "matmul");
  if (onnx_call_attr_int (call, "transA", 0))
    onnx_draw_set (call, node, "transpose_a", "true");
  if (onnx_call_attr_int (call, "transB", 0))
    onnx_draw_set (call, node, "transpose_b", "true");
  for (guint i = 0; node && i < 2; i++)
    onnx_draw_wire (call, i, node, i);
  return draw_factor (call, node, onnx_call_attr_real (call, "alpha", 1));
}

/* @node plus beta·C. */
static TelarNode *
draw_summand (OnnxCall *call, TelarNode *node)
{
  double beta = onnx_call_attr_real (call, "beta", 1);
  TelarNode *summand = NULL, *sum;
  if (!onnx_call_has (call, 2))
    return node;
  if (beta != 1) {
    summand = onnx_draw_node (call, "scale");
    onnx_draw_set_real (call, summand, "factor", beta);
    if (summand)
      onnx_draw_wire (call, 2, summand, 0);
    return onnx_draw_both (call, "add", node, summand);
  }
  sum = onnx_draw_after (call, "add", node);
  if (sum)
    onnx_draw_wire (call, 2, sum, 0);
  return sum;
}

static gboolean
is_known_matrix (const OnnxCall *call, guint input)
{
  const TelarOnnxValue *value = call->inputs[input];
  return value && value->tensor && value->type.shape.rank == 2 && value->type.dtype == TELAR_F32;
}

static void
draw_gemm (OnnxCall *call, const char *op)
{
  (void)op;
  if (!onnx_call_has (call, 1) || !is_known_matrix (call, 1) ||
      onnx_call_attr_int (call, "transA", 0)) {
    onnx_draw_give (call, 0, draw_summand (call, draw_product (call)), 0);
    return;
  }
  TelarNode *node = draw_dense (call, onnx_call_attr_int (call, "transB", 0) != 0,
                                onnx_call_attr_real (call, "alpha", 1));
  if (!node)
    return;
  gint64 units = telar_param_set_int (node->params, "units");
  if (onnx_call_has (call, 2) && is_bias (call, 2, units)) {
    g_autoptr (TelarTensor) bias =
        copy_bias (call, 2, units, onnx_call_attr_real (call, "beta", 1));
    onnx_draw_state (call, node, "bias", bias);
  } else {
    onnx_draw_set (call, node, "bias", "false");
    node = draw_summand (call, node);
  }
  onnx_draw_give (call, 0, node, 0);
}

static void
draw_matmul (OnnxCall *call, const char *op)
{
  TelarNode *node;
  if (is_known_matrix (call, 1) && call->inputs[0]->type.shape.rank >= 2) {
    node = draw_dense (call, FALSE, 1);
    if (node)
      onnx_draw_set (call, node, "bias", "false");
  } else {
    node = onnx_draw_node (call, op);
    if (node) {
      onnx_draw_wire (call, 0, node, 0);
      onnx_draw_wire (call, 1, node, 1);
    }
  }
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

static void
draw_einsum (OnnxCall *call, const char *op)
{
  g_autofree char *equation = onnx_call_attr_text (call, "equation", "");
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "equation", "%s", equation);
  for (guint i = 0; i < call->n_inputs; i++)
    onnx_draw_wire (call, i, node, 0);
  onnx_draw_give (call, 0, node, 0);
}

const OnnxDrawing onnx_drawings_products[] = {
  { "Gemm", draw_gemm, NULL },
  { "MatMul", draw_matmul, "matmul" },
  { "Einsum", draw_einsum, "einsum" },
  { NULL },
};
