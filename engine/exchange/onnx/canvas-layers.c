/* Drawing layers with windows: convolutions and pools. */
#include "engine/exchange/onnx/canvas.h"

#include <string.h>

#define MOST_SPATIAL 3

/* --- windows ---------------------------------------------------------------------------------- */

static guint
spatial_axes (OnnxCall *call)
{
  guint rank = call->inputs[0] ? call->inputs[0]->type.shape.rank : 0;
  if (rank >= 3 && rank <= 2 + MOST_SPATIAL)
    return rank - 2;
  onnx_call_fail (call, "the canvas has it for 1 to 3 spatial axes, not for a tensor of rank %u",
                  rank);
  return 0;
}

/* A list attribute with one item for each axis, @fallback where it is absent. */
static void
read_list (OnnxCall *call, const char *name, gint64 *items, guint n, gint64 fallback)
{
  guint given = 0;
  if (!onnx_call_attr_ints (call, name, items, n, &given))
    for (guint i = 0; i < n; i++)
      items[i] = fallback;
  else if (given != n)
    onnx_call_fail (call, "%s has %u items, not %u", name, given, n);
}

static gboolean
all_are (const gint64 *items, guint n, gint64 value)
{
  for (guint i = 0; i < n; i++)
    if (items[i] != value)
      return FALSE;
  return TRUE;
}

/* SAME_LOWER puts the odd place first, which the palette does not: its pads are computed. */
static void
pad_lower (OnnxCall *call, const gint64 *kernel, const gint64 *stride, const gint64 *dilation,
           guint n, gint64 *pads)
{
  const TelarShape *shape = &call->inputs[0]->type.shape;
  for (guint i = 0; i < n; i++) {
    gint64 size = shape->dims[i + 2], out = (size + stride[i] - 1) / stride[i];
    gint64 all = MAX ((out - 1) * stride[i] + (kernel[i] - 1) * dilation[i] + 1 - size, 0);
    pads[i] = all - all / 2;
    pads[i + n] = all / 2;
  }
}

static void
set_padding (OnnxCall *call, TelarNode *node, const gint64 *pads, guint n)
{
  gboolean none = all_are (pads, 2 * n, 0);
  onnx_draw_set (call, node, "padding", "%s", none ? "valid" : "explicit");
  if (!none)
    onnx_draw_set_ints (call, node, "pad", pads, 2 * n);
}

static void
set_window (OnnxCall *call, TelarNode *node, const gint64 *kernel, guint n)
{
  gint64 stride[MOST_SPATIAL], dilation[MOST_SPATIAL], pads[2 * MOST_SPATIAL];
  g_autofree char *mode = onnx_call_attr_text (call, "auto_pad", "NOTSET");
  read_list (call, "strides", stride, n, 1);
  read_list (call, "dilations", dilation, n, 1);
  read_list (call, "pads", pads, 2 * n, 0);
  onnx_draw_set_ints (call, node, "kernel", kernel, n);
  onnx_draw_set_ints (call, node, "stride", stride, n);
  if (!all_are (dilation, n, 1))
    onnx_draw_set_ints (call, node, "dilation", dilation, n);
  if (call->error) /* lists of another length, or numbers that no window has */
    return;
  if (g_str_equal (mode, "SAME_UPPER")) {
    onnx_draw_set (call, node, "padding", "same");
    return;
  }
  if (g_str_equal (mode, "VALID"))
    memset (pads, 0, sizeof pads);
  else if (g_str_equal (mode, "SAME_LOWER"))
    pad_lower (call, kernel, stride, dilation, n, pads);
  set_padding (call, node, pads, n);
}

/* A bias of one number for each channel; without one the node has none. */
static void
set_bias (OnnxCall *call, TelarNode *node, guint input)
{
  if (onnx_call_has (call, input))
    onnx_draw_state (call, node, "bias", onnx_call_numbers (call, input));
  else
    onnx_draw_set (call, node, "bias", "false");
}

/* --- convolutions ----------------------------------------------------------------------------- */

/* Checks the kernel's rank; its numbers, or NULL. */
static TelarTensor *
read_kernel (OnnxCall *call, guint spatial)
{
  TelarTensor *kernel = onnx_call_numbers (call, 1);
  if (kernel && kernel->type.shape.rank != spatial + 2) {
    onnx_call_fail (call, "its kernel has rank %u, not %u", kernel->type.shape.rank, spatial + 2);
    return NULL;
  }
  return kernel;
}

TelarNode *
onnx_draw_conv (OnnxCall *call, TelarNode *before, TelarTensor *kernel, TelarTensor *bias)
{
  guint n = spatial_axes (call);
  if (!n)
    return NULL;
  if (kernel->type.shape.rank != n + 2) {
    onnx_call_fail (call, "its kernel has rank %u, not %u", kernel->type.shape.rank, n + 2);
    return NULL;
  }
  g_autofree char *name = g_strdup_printf ("conv%ud", n);
  TelarNode *node = onnx_draw_node (call, name);
  if (!node)
    return NULL;
  onnx_draw_set (call, node, "filters", "%" G_GINT64_FORMAT, kernel->type.shape.dims[0]);
  onnx_draw_set (call, node, "groups", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "group", 1));
  set_window (call, node, kernel->type.shape.dims + 2, n);
  onnx_draw_state (call, node, "kernel", kernel);
  if (bias)
    onnx_draw_state (call, node, "bias", bias);
  else
    onnx_draw_set (call, node, "bias", "false");
  if (before)
    onnx_draw_join (call, before, node, 0);
  else
    onnx_draw_wire (call, 0, node, 0);
  return node;
}

static void
draw_conv (OnnxCall *call, const char *op)
{
  (void)op;
  TelarTensor *kernel = onnx_call_numbers (call, 1);
  TelarTensor *bias = kernel && onnx_call_has (call, 2) ? onnx_call_numbers (call, 2) : NULL;
  if (call->error)
    return;
  TelarNode *node = onnx_draw_conv (call, NULL, kernel, bias);
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

/* The padding that leaves @out places, and what is added where even none leaves too few. */
static void
pad_to (OnnxCall *call, const gint64 *kernel, const gint64 *out, guint n, gint64 *pads,
        gint64 *extra)
{
  const TelarShape *shape = &call->inputs[0]->type.shape;
  gint64 stride[MOST_SPATIAL], dilation[MOST_SPATIAL];
  g_autofree char *mode = onnx_call_attr_text (call, "auto_pad", "NOTSET");
  gboolean upper = g_str_equal (mode, "SAME_UPPER");
  read_list (call, "strides", stride, n, 1);
  read_list (call, "dilations", dilation, n, 1);
  for (guint i = 0; i < n; i++) {
    gint64 all = stride[i] * (shape->dims[i + 2] - 1) + extra[i] + (kernel[i] - 1) * dilation[i] +
                 1 - out[i];
    gint64 part = MAX (all, 0) / 2;
    extra[i] += MAX (-all, 0);
    pads[upper ? i : i + n] = part;
    pads[upper ? i + n : i] = MAX (all, 0) - part;
  }
}

static void
draw_conv_transpose (OnnxCall *call, const char *op)
{
  (void)op;
  guint n = spatial_axes (call);
  gint64 extra[MOST_SPATIAL], out[MOST_SPATIAL], pads[2 * MOST_SPATIAL],
      groups = onnx_call_attr_int (call, "group", 1);
  TelarTensor *kernel = n ? read_kernel (call, n) : NULL;
  if (!kernel)
    return;
  read_list (call, "output_padding", extra, n, 0);
  if (groups < 1 || groups > G_MAXINT32) {
    onnx_call_fail (call, "group is %" G_GINT64_FORMAT, groups);
    return;
  }
  gboolean sized = onnx_call_attr (call, "output_shape") != NULL;
  if (sized) {
    read_list (call, "output_shape", out, n, 0);
    pad_to (call, kernel->type.shape.dims + 2, out, n, pads, extra);
  }
  if (!all_are (extra, n, extra[0])) {
    onnx_call_fail (call, "the canvas has it with one output_padding for all axes");
    return;
  }
  g_autofree char *name = g_strdup_printf ("conv%ud_transpose", n);
  TelarNode *node = onnx_draw_node (call, name);
  if (!node)
    return;
  onnx_draw_set (call, node, "filters", "%" G_GINT64_FORMAT, kernel->type.shape.dims[1] * groups);
  onnx_draw_set (call, node, "groups", "%" G_GINT64_FORMAT, groups);
  onnx_draw_set (call, node, "extra", "%" G_GINT64_FORMAT, extra[0]);
  set_window (call, node, kernel->type.shape.dims + 2, n);
  if (sized)
    set_padding (call, node, pads, n);
  onnx_draw_state (call, node, "kernel", kernel);
  set_bias (call, node, 2);
  onnx_draw_unary (call, node);
}

/* --- pools ------------------------------------------------------------------------------------ */

static void
draw_pool (OnnxCall *call, const char *op)
{
  guint n = spatial_axes (call);
  gint64 kernel[MOST_SPATIAL];
  if (!n)
    return;
  gboolean places = onnx_draw_is_read (call, 1);
  if (places && onnx_call_attr_int (call, "ceil_mode", 0))
    onnx_call_fail (call, "the canvas has it with places, but then without ceil_mode");
  g_autofree char *name = g_strdup_printf ("%s%s%ud", op, places ? "_places" : "", n);
  TelarNode *node = onnx_draw_node (call, name);
  if (!node)
    return;
  read_list (call, "kernel_shape", kernel, n, 1);
  set_window (call, node, kernel, n);
  if (onnx_call_attr_int (call, "ceil_mode", 0))
    onnx_draw_set (call, node, "ceil", "true");
  if (onnx_call_attr_int (call, "count_include_pad", 0))
    onnx_draw_set (call, node, "count_pad", "true");
  if (g_str_equal (op, "lp_pool"))
    onnx_draw_set (call, node, "p", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "p", 2));
  onnx_draw_unary (call, node);
  if (places)
    onnx_draw_places (call, node);
}

/* The mean or the largest over all spatial axes, which stay with size 1. */
static void
draw_global_pool (OnnxCall *call, const char *op)
{
  guint n = spatial_axes (call);
  TelarNode *node = n ? onnx_draw_node (call, op) : NULL;
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "axes", ((const gint64[]){ 2, 3, 4 }), n);
  onnx_draw_set (call, node, "keep", "true");
  onnx_draw_unary (call, node);
}

const OnnxDrawing onnx_drawings_layers[] = {
  { "Conv", draw_conv, NULL },
  { "ConvTranspose", draw_conv_transpose, NULL },
  { "MaxPool", draw_pool, "max_pool" },
  { "AveragePool", draw_pool, "avg_pool" },
  { "LpPool", draw_pool, "lp_pool" },
  { "GlobalAveragePool", draw_global_pool, "mean" },
  { "GlobalMaxPool", draw_global_pool, "max" },
  { NULL },
};
