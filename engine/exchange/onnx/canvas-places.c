/* Drawing pools that tell where their maxima stood, and the way back. The canvas counts places
 * within a plane, ONNX through the whole tensor: samples, channels, planes. */
#include "engine/exchange/onnx/canvas.h"

/* The numbers of a plane. */
static gint64
plane_of (const TelarShape *shape)
{
  gint64 plane = 1;
  for (guint i = 2; i < shape->rank; i++)
    plane *= shape->dims[i];
  return plane;
}

/* Before which number each channel's plane begins, within its sample. */
static TelarNode *
draw_planes (OnnxCall *call, const TelarShape *shape)
{
  TelarShape each = { .rank = shape->rank - 1 };
  for (guint i = 0; i < each.rank; i++)
    each.dims[i] = i == 0 ? shape->dims[1] : 1;
  g_autoptr (TelarTensor) starts = telar_tensor_new (TELAR_I64, &each);
  for (gint64 i = 0; i < shape->dims[1]; i++)
    telar_tensor_set (starts, (gsize)i, (double)(i * plane_of (shape)));
  return onnx_draw_known (call, "planes", starts);
}

/* Before which number each sample begins: a running sum of their sizes. */
static TelarNode *
draw_samples (OnnxCall *call, const TelarShape *shape)
{
  TelarType type = { TELAR_I64, { .rank = shape->rank, .dims = { shape->dims[0] } } };
  for (guint i = 1; i < shape->rank; i++)
    type.shape.dims[i] = 1;
  TelarNode *sizes = onnx_draw_full (call, &type, (double)(shape->dims[1] * plane_of (shape)));
  TelarNode *starts = sizes ? onnx_draw_after (call, "cumsum", sizes) : NULL;
  onnx_draw_set (call, starts, "axis", "0");
  onnx_draw_set (call, starts, "exclusive", "true");
  return starts;
}

void
onnx_draw_places (OnnxCall *call, TelarNode *pool)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  if (onnx_call_attr_int (call, "storage_order", 0))
    onnx_call_fail (call, "the canvas counts places row by row");
  if (!onnx_draw_fits (call, shape))
    return;
  TelarNode *starts =
      onnx_draw_both (call, "add", draw_samples (call, shape), draw_planes (call, shape));
  TelarNode *places = starts ? onnx_draw_node (call, "add") : NULL;
  if (!places)
    return;
  onnx_draw_join_from (call, pool, 1, places, 0);
  onnx_draw_join (call, starts, places, 0);
  onnx_draw_give (call, 1, places, 0);
}

/* What the windows leave of the result's size goes to its high side. */
static gboolean
set_windows (OnnxCall *call, TelarNode *node, guint n)
{
  gint64 kernel[TELAR_MAX_RANK], stride[TELAR_MAX_RANK], pads[2 * TELAR_MAX_RANK] = { 0 };
  guint n_kernel = 0, n_stride = 0, n_pads = 0;
  onnx_call_attr_ints (call, "kernel_shape", kernel, TELAR_MAX_RANK, &n_kernel);
  for (guint i = 0; i < n; i++)
    stride[i] = 1;
  if (!onnx_call_attr_ints (call, "strides", stride, TELAR_MAX_RANK, &n_stride))
    n_stride = n;
  if (!onnx_call_attr_ints (call, "pads", pads, 2 * TELAR_MAX_RANK, &n_pads))
    n_pads = 2 * n;
  if (n_kernel != n || n_stride != n || n_pads != 2 * n)
    onnx_call_fail (call, "kernel_shape, strides and pads do not fit its %u axes", n);
  for (guint i = 0; i < n && !call->error; i++)
    if (pads[i] != pads[n + i])
      onnx_call_fail (call, "the canvas has it with the same border on both sides");
  onnx_draw_set_ints (call, node, "kernel", kernel, n);
  onnx_draw_set_ints (call, node, "stride", stride, n);
  onnx_draw_set_ints (call, node, "pad", pads, n);
  return !call->error;
}

/* The numbers of a plane of what the windows cover. */
static gint64
plane_behind (OnnxCall *call, const TelarNode *node)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  guint n;
  const gint64 *kernel = telar_param_set_ints (node->params, "kernel", &n);
  const gint64 *stride = telar_param_set_ints (node->params, "stride", &n);
  const gint64 *pad = telar_param_set_ints (node->params, "pad", &n);
  gint64 plane = 1;
  for (guint i = 0; i < n && !call->error; i++) {
    gint64 size = (shape->dims[i + 2] - 1) * stride[i] + kernel[i] - 2 * pad[i];
    if (size < 1 || size > ONNX_CANVAS_MOST / plane)
      onnx_call_fail (call, "a plane of its result is impossible");
    else
      plane *= size;
  }
  return plane;
}

/* The result's size where the file gives it: the windows' own, and zeros at its high sides. */
static TelarNode *
draw_rest (OnnxCall *call, TelarNode *unpooled, guint n)
{
  gint64 sizes[TELAR_MAX_RANK], low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK];
  gboolean symbolic;
  guint count;
  const TelarType *own = onnx_draw_step (call, unpooled, 0);
  if (!own || !onnx_draw_ints (call, 2, sizes, TELAR_MAX_RANK, &count, &symbolic))
    return NULL;
  if (count != n + 2) {
    onnx_call_fail (call, "its output_shape has %u sizes, not %u", count, n + 2);
    return NULL;
  }
  for (guint i = 0; i < n; i++)
    high[i] = sizes[i + 2] - own->shape.dims[i + 2];
  TelarNode *node = onnx_draw_after (call, "pad", unpooled);
  onnx_draw_set_ints (call, node, "low", low, n);
  onnx_draw_set_ints (call, node, "high", high, n);
  return node;
}

static void
draw_unpool (OnnxCall *call, const char *op)
{
  guint rank = onnx_draw_shape (call, 0)->rank;
  if (rank < 3 || rank > 5) {
    onnx_call_fail (call, "the canvas has it for 1, 2 and 3 spatial axes, not rank %u", rank);
    return;
  }
  if (!onnx_draw_fits (call, onnx_draw_shape (call, 0)))
    return;
  g_autofree char *name = g_strdup_printf ("%s%ud", op, rank - 2);
  TelarNode *places = onnx_draw_node (call, "mod");
  TelarNode *node = onnx_draw_node (call, name);
  if (!node || !set_windows (call, node, rank - 2))
    return;
  onnx_draw_wire (call, 1, places, 0);
  onnx_draw_wire (call, 0, node, 0);
  onnx_draw_join (call, onnx_draw_number (call, TELAR_I64, (double)plane_behind (call, node)),
                  places, 1);
  onnx_draw_join (call, places, node, 1);
  if (onnx_call_has (call, 2))
    node = draw_rest (call, node, rank - 2);
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

const OnnxDrawing onnx_drawings_places[] = {
  { "MaxUnpool", draw_unpool, "max_unpool" },
  { NULL },
};
