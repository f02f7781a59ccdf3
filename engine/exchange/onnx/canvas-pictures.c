/* Drawing what is made for pictures: borders, sizes, places and blocks. */
#include "engine/exchange/onnx/canvas.h"

#include <string.h>

/* Since version 18 the borders may be for some axes only, which input 3 names. */
static gboolean
spread_pads (OnnxCall *call, gint64 *pads, guint n, guint rank)
{
  gint64 given[2 * TELAR_MAX_RANK], axes[TELAR_MAX_RANK];
  gboolean symbolic;
  guint n_axes = rank, axis;
  for (guint i = 0; i < rank; i++)
    axes[i] = i;
  if (onnx_call_has (call, 3) &&
      !onnx_draw_ints (call, 3, axes, TELAR_MAX_RANK, &n_axes, &symbolic))
    return FALSE;
  if (n != 2 * n_axes || rank == 0) {
    onnx_call_fail (call, "its %u borders do not fit %u axes", n, n_axes);
    return FALSE;
  }
  memcpy (given, pads, n * sizeof *pads);
  memset (pads, 0, 2 * rank * sizeof *pads);
  for (guint i = 0; i < n_axes; i++) {
    if (!onnx_call_axis (call, axes[i], rank, &axis))
      return FALSE;
    pads[axis] = given[i];
    pads[rank + axis] = given[n_axes + i];
  }
  return TRUE;
}

static void
draw_pad (OnnxCall *call, const char *op)
{
  gint64 pads[2 * TELAR_MAX_RANK];
  gboolean symbolic;
  guint n = 0, rank = onnx_draw_shape (call, 0)->rank;
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "constant");
  if (call->version >= 11 ? !onnx_draw_ints (call, 1, pads, 2 * TELAR_MAX_RANK, &n, &symbolic)
                          : !onnx_call_attr_ints (call, "pads", pads, 2 * TELAR_MAX_RANK, &n))
    return;
  if (call->error || !spread_pads (call, pads, n, rank))
    return;
  guint first = pads[0] == 0 && pads[rank] == 0 && rank > 1;
  double value =
      call->version >= 11 ? onnx_call_number (call, 2, 0) : onnx_call_attr_real (call, "value", 0);
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "low", pads + first, rank - first);
  onnx_draw_set_ints (call, node, "high", pads + rank + first, rank - first);
  onnx_draw_set (call, node, "mode", "%s", g_str_equal (mode, "wrap") ? "circular" : mode);
  onnx_draw_set_real (call, node, "value", value);
  onnx_draw_unary (call, node);
}

/* The spatial sizes that a Resize or Upsample asks for; by sizes or by factors that divide evenly.
 */
static gboolean
read_sizes (OnnxCall *call, gint64 *sizes, guint n)
{
  gboolean symbolic;
  guint given, factors = call->version >= 11 ? 2 : 1;
  gint64 all[TELAR_MAX_RANK];
  const TelarShape *shape = onnx_draw_shape (call, 0);
  if (call->version >= 11 && onnx_call_has (call, 3)) {
    if (!onnx_draw_ints (call, 3, all, TELAR_MAX_RANK, &given, &symbolic) || given != n + 2)
      return FALSE;
    memcpy (sizes, all + 2, n * sizeof *sizes);
    return TRUE;
  }
  TelarTensor *scales = onnx_call_numbers (call, factors);
  if (!scales || telar_tensor_elements (scales) != n + 2)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    double size = (double)shape->dims[i + 2] * telar_tensor_get (scales, i + 2);
    sizes[i] = (gint64)size;
    if ((double)sizes[i] != size)
      return FALSE;
  }
  return TRUE;
}

static void
draw_resize (OnnxCall *call, const char *op)
{
  gint64 sizes[TELAR_MAX_RANK];
  guint rank = onnx_draw_shape (call, 0)->rank;
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "nearest");
  g_autofree char *places = onnx_call_attr_text (call, "coordinate_transformation_mode",
                                                 call->version >= 11 ? "half_pixel" : "asymmetric");
  g_autofree char *rounding = onnx_call_attr_text (
      call, "nearest_mode", call->version >= 11 ? "round_prefer_floor" : "floor");
  if (rank < 3 || !read_sizes (call, sizes, rank - 2) ||
      onnx_call_attr_int (call, "antialias", 0)) {
    if (!call->error)
      onnx_call_fail (call,
                      "the canvas has it for spatial axes, whole sizes and without antialias");
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "size", sizes, rank - 2);
  onnx_draw_set (call, node, "mode", "%s", mode);
  onnx_draw_set (call, node, "coordinates", "%s", places);
  onnx_draw_set (call, node, "rounding", "%s",
                 g_str_has_prefix (rounding, "round_") ? rounding + strlen ("round_") : rounding);
  onnx_draw_set_real (call, node, "cubic", onnx_call_attr_real (call, "cubic_coeff_a", -0.75));
  if (onnx_call_attr_int (call, "exclude_outside", 0))
    onnx_draw_set (call, node, "exclude_outside", "true");
  onnx_draw_unary (call, node);
}

static void
draw_blocks (OnnxCall *call, const char *op)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "DCR");
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "block", "%" G_GINT64_FORMAT,
                 onnx_call_attr_int (call, "blocksize", 2));
  onnx_draw_set (call, node, "order", "%s",
                 g_str_equal (mode, "CRD") ? "channels_first" : "places_first");
  onnx_draw_unary (call, node);
}

/* Where the grid says. */
static void
draw_grid_sample (OnnxCall *call, const char *op)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "linear");
  g_autofree char *outside = onnx_call_attr_text (call, "padding_mode", "zeros");
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "mode", "%s",
                 g_str_has_prefix (mode, "bi") ? mode + strlen ("bi") : mode);
  onnx_draw_set (call, node, "outside", "%s", outside);
  if (onnx_call_attr_int (call, "align_corners", 0))
    onnx_draw_set (call, node, "align_corners", "true");
  onnx_draw_wire (call, 0, node, 0);
  onnx_draw_wire (call, 1, node, 1);
  onnx_draw_give (call, 0, node, 0);
}

const OnnxDrawing onnx_drawings_pictures[] = {
  { "Pad", draw_pad, "pad" },
  { "Resize", draw_resize, "resize" },
  { "Upsample", draw_resize, "resize" },
  { "DepthToSpace", draw_blocks, "pixel_shuffle" },
  { "SpaceToDepth", draw_blocks, "pixel_unshuffle" },
  { "GridSample", draw_grid_sample, "grid_sample" },
  { NULL },
};
