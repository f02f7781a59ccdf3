/* Products, convolutions, pools, norms, softmax. */
#include "engine/exchange/onnx/product.h"
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/window.h"

/* --- matrices --------------------------------------------------------------------------------- */

/* alpha · A·B + beta · C, either transposed. */
static void
trace_gemm (OnnxCall *call)
{
  double alpha = onnx_call_attr_real (call, "alpha", 1),
         beta = onnx_call_attr_real (call, "beta", 1);
  TelarValue a = onnx_call_in (call, 0), b = onnx_call_in (call, 1);
  TelarValue y = telar_build_matmul (call->b, a, b, onnx_call_attr_int (call, "transA", 0) != 0,
                                     onnx_call_attr_int (call, "transB", 0) != 0);
  if (alpha != 1)
    y = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, y, alpha);
  if (onnx_call_has (call, 2)) {
    TelarValue c = onnx_call_in (call, 2);
    if (beta != 1)
      c = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, c, beta);
    y = telar_build_binary (call->b, TELAR_PRIM_ADD, y, c);
  }
  onnx_call_out (call, 0, y);
}

static void
trace_matmul (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0), y = onnx_call_in (call, 1);
  onnx_call_out (call, 0, telar_emit_matmul (call->b, x, y));
}

/* --- windows ---------------------------------------------------------------------------------- */

TelarValue
onnx_product_conv (OnnxCall *call, TelarValue x, TelarValue w, TelarValue bias)
{
  if (onnx_call_failed (call))
    return TELAR_NO_VALUE;
  TelarShape shape = telar_builder_type (call->b, x)->shape;
  TelarShape kernel = telar_builder_type (call->b, w)->shape;
  TelarValue inputs[3] = { x, w, bias };
  OnnxWindow window;
  if (kernel.rank != shape.rank || !onnx_window_read (call, &shape, kernel.dims + 2, &window)) {
    onnx_call_fail (call, "x and w have different numbers of axes");
    return TELAR_NO_VALUE;
  }
  onnx_window_fit (call, &shape, &window);
  TelarAttr attrs[] = { TELAR_INTS (STRIDE, window.stride, window.n),
                        TELAR_INTS (PAD, window.pad, 2 * window.n),
                        TELAR_INTS (DILATION, window.dilation, window.n),
                        TELAR_INT (GROUPS, onnx_call_attr_int (call, "group", 1)) };
  return telar_build (call->b, TELAR_PRIM_CONV, inputs, bias == TELAR_NO_VALUE ? 2 : 3, attrs,
                      G_N_ELEMENTS (attrs));
}

static void
trace_conv (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0), w = onnx_call_in (call, 1);
  TelarValue bias = onnx_call_has (call, 2) ? onnx_call_in (call, 2) : TELAR_NO_VALUE;
  onnx_call_out (call, 0, onnx_product_conv (call, x, w, bias));
}

/* The average under a window with holes: what is there, over how much is there. Padding that the
 * file asks for may count as being there; what ceil_mode adds does not. */
static TelarValue
average_with_holes (OnnxCall *call, const TelarShape *x, const OnnxWindow *window)
{
  OnnxWindow counted = *window;
  TelarType ones = { onnx_call_type (call, 0).dtype, *x };
  gint64 declared[2 * TELAR_MAX_RANK];
  gboolean count_pad = onnx_call_attr_int (call, "count_include_pad", 0) != 0;
  ones.shape.dims[0] = ones.shape.dims[1] = 1;
  if (!onnx_window_list (call, "pads", declared, 2 * window->n, 0))
    return TELAR_NO_VALUE;
  for (guint i = 0; count_pad && i < 2 * window->n; i++) {
    gint64 there = MIN (declared[i], window->pad[i]);
    ones.shape.dims[2 + i % window->n] += there;
    counted.pad[i] -= there;
  }
  TelarValue sum = onnx_window_sum (call->b, onnx_call_in (call, 0), window);
  TelarValue count = onnx_window_sum (call->b, telar_build_fill (call->b, &ones, 1), &counted);
  return telar_build_binary (call->b, TELAR_PRIM_DIV, sum, count);
}

static void
trace_average_pool (OnnxCall *call)
{
  TelarShape x = onnx_call_type (call, 0).shape;
  OnnxWindow window;
  if (!onnx_window_read (call, &x, NULL, &window))
    return;
  onnx_window_fit (call, &x, &window);
  if (onnx_window_has_holes (&window)) {
    onnx_call_out (call, 0, average_with_holes (call, &x, &window));
    return;
  }
  onnx_call_out (
      call, 0,
      telar_emit (call->b, AVG_POOL, ((TelarValue[]){ onnx_call_in (call, 0) }),
                  TELAR_INTS (KERNEL, window.kernel, window.n),
                  TELAR_INTS (STRIDE, window.stride, window.n),
                  TELAR_INTS (PAD, window.pad, 2 * window.n),
                  TELAR_INT (COUNT_PAD, onnx_call_attr_int (call, "count_include_pad", 0))));
}

static void
trace_global_pool (OnnxCall *call)
{
  TelarPrim prim =
      g_str_equal (call->node->op_type, "GlobalMaxPool") ? TELAR_PRIM_MAX : TELAR_PRIM_MEAN;
  gint64 axes[TELAR_MAX_RANK];
  guint rank = onnx_call_type (call, 0).shape.rank;
  for (guint i = 2; i < rank; i++)
    axes[i - 2] = i;
  if (rank < 3)
    onnx_call_fail (call, "a tensor of %u axes has no spatial ones", rank);
  onnx_call_out (call, 0,
                 telar_build_reduce (call->b, prim, onnx_call_in (call, 0), axes, rank - 2, TRUE));
}

/* --- norms and softmax ------------------------------------------------------------------------ */

/* The statistics of this batch, and what they make of those that ran along: momentum · old +
 * (1 - momentum) · new. */
static void
batch_norm_training (OnnxCall *call)
{
  TelarValue inputs[3], running;
  double momentum = onnx_call_attr_real (call, "momentum", 0.9);
  for (guint i = 0; i < 3; i++)
    inputs[i] = onnx_call_in (call, i);
  TelarValue y =
      telar_build (call->b, TELAR_PRIM_BATCH_NORM_TRAIN, inputs, 3,
                   &TELAR_REAL (EPSILON, onnx_call_attr_real (call, "epsilon", 1e-5)), 1);
  if (y == TELAR_NO_VALUE)
    return;
  onnx_call_out (call, 0, y);
  for (guint i = 1; i <= 2; i++) { /* mean, variance */
    running =
        telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, onnx_call_in (call, i + 2), momentum);
    onnx_call_out (call, i,
                   telar_build_binary (
                       call->b, TELAR_PRIM_ADD, running,
                       telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, y + i, 1 - momentum)));
    onnx_call_out (call, i + 2, y + i);
  }
}

/* Training is an attribute since version 14; before, asking for more than the first output means
 * it. */
static void
trace_batch_norm (OnnxCall *call)
{
  TelarValue inputs[5];
  gboolean training = call->version >= 14 ? onnx_call_attr_int (call, "training_mode", 0) != 0
                                          : onnx_call_wants (call, 1);
  if (training) {
    batch_norm_training (call);
    return;
  }
  for (guint i = 0; i < 5; i++)
    inputs[i] = onnx_call_in (call, i);
  onnx_call_out (call, 0,
                 telar_build (call->b, TELAR_PRIM_BATCH_NORM, inputs, 5,
                              &TELAR_REAL (EPSILON, onnx_call_attr_real (call, "epsilon", 1e-5)),
                              1));
}

/* √(Σ over @size channels around each of x²): a padded running window along axis 1.
 * Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012. */
static void
trace_lrn (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  gint64 size = onnx_call_attr_int (call, "size", 1), low = (size - 1) / 2;
  double alpha = onnx_call_attr_real (call, "alpha", 1e-4);
  double beta = onnx_call_attr_real (call, "beta", 0.75),
         bias = onnx_call_attr_real (call, "bias", 1);
  gint64 before[TELAR_MAX_RANK] = { 0 }, after[TELAR_MAX_RANK] = { 0 };
  gint64 start[TELAR_MAX_RANK] = { 0 }, limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
  guint rank = type.shape.rank;
  if (rank < 2 || size < 1 || size > type.shape.dims[1] * 2 + 1) {
    onnx_call_fail (call, "a window of %" G_GINT64_FORMAT " channels does not fit", size);
    return;
  }
  TelarValue x = onnx_call_in (call, 0), sum = TELAR_NO_VALUE;
  before[1] = low;
  after[1] = size - 1 - low;
  TelarValue square = telar_build_binary (call->b, TELAR_PRIM_MUL, x, x);
  square = telar_emit (call->b, PAD, ((TelarValue[]){ square }), TELAR_INTS (LOW, before, rank),
                       TELAR_INTS (HIGH, after, rank));
  for (guint i = 0; i < rank; i++) {
    limit[i] = type.shape.dims[i];
    stride[i] = 1;
  }
  for (gint64 i = 0; i < size; i++) {
    start[1] = i;
    limit[1] = i + type.shape.dims[1];
    TelarValue part =
        telar_emit (call->b, SLICE, ((TelarValue[]){ square }), TELAR_INTS (START, start, rank),
                    TELAR_INTS (LIMIT, limit, rank), TELAR_INTS (STRIDE, stride, rank));
    sum = i == 0 ? part : telar_build_binary (call->b, TELAR_PRIM_ADD, sum, part);
  }
  sum = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, sum, alpha / (double)size);
  sum = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, sum, bias);
  sum = telar_build_binary_scalar (call->b, TELAR_PRIM_POW, sum, beta);
  onnx_call_out (call, 0, telar_build_binary (call->b, TELAR_PRIM_DIV, x, sum));
}

/* Before version 13 all axes from the given one on are one. */
static void
trace_softmax (OnnxCall *call)
{
  TelarPrim prim =
      g_str_equal (call->node->op_type, "Softmax") ? TELAR_PRIM_SOFTMAX : TELAR_PRIM_LOG_SOFTMAX;
  TelarShape shape = onnx_call_type (call, 0).shape, flat = telar_shape (1, 1);
  gint64 given = onnx_call_attr_int (call, "axis", call->version < 13 ? 1 : -1);
  guint axis;
  if (call->version < 13 && given == shape.rank)
    axis = shape.rank;
  else if (!onnx_call_axis (call, given, shape.rank, &axis))
    return;
  TelarValue x = onnx_call_in (call, 0);
  if (call->version < 13) {
    for (guint i = 0; i < shape.rank; i++)
      flat.dims[i < axis ? 0 : 1] *= shape.dims[i];
    x = telar_build_reshape (call->b, x, &flat);
    axis = 1;
  }
  x = telar_build (call->b, prim, &x, 1, &TELAR_INT (AXIS, axis), 1);
  onnx_call_out (call, 0, call->version < 13 ? telar_build_reshape (call->b, x, &shape) : x);
}

const OnnxOperator onnx_operators_product[] = {
  { "AveragePool", trace_average_pool },
  { "BatchNormalization", trace_batch_norm },
  { "Conv", trace_conv },
  { "Gemm", trace_gemm },
  { "GlobalAveragePool", trace_global_pool },
  { "GlobalMaxPool", trace_global_pool },
  { "LogSoftmax", trace_softmax },
  { "LRN", trace_lrn },
  { "MatMul", trace_matmul },
  { "Softmax", trace_softmax },
  { NULL },
};
