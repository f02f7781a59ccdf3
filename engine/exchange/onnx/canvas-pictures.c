/* Drawing what is made for pictures: borders, sizes, places and blocks. */
#include "engine/exchange/onnx/canvas.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>
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
  /* A border of plus infinity is one of minus infinity around the negated numbers. */
  gboolean highest = value == INFINITY && g_str_equal (mode, "constant");
  if (highest)
    value = -INFINITY;
  TelarNode *node =
      onnx_draw_after (call, op, highest ? onnx_draw_after (call, "negate", NULL) : NULL);
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "low", pads + first, rank - first);
  onnx_draw_set_ints (call, node, "high", pads + rank + first, rank - first);
  gboolean lowest = value == -INFINITY && g_str_equal (mode, "constant");
  onnx_draw_set (call, node, "mode", "%s",
                 lowest                       ? "lowest"
                 : g_str_equal (mode, "wrap") ? "circular"
                                              : mode);
  if (!lowest)
    onnx_draw_set_real (call, node, "value", value);
  onnx_draw_give (call, 0, highest ? onnx_draw_after (call, "negate", node) : node, 0);
}

/* Whether the scale is what the sizes say, but for the rounding of float32. */
static gboolean
is_exact (gint64 in, gint64 out, double scale)
{
  return fabs ((double)in * scale - (double)out) <= 1e-6 * (double)out;
}

typedef struct {
  gint64 sizes[TELAR_MAX_RANK];
  double scales[TELAR_MAX_RANK];
  guint rank;
} Sizes;

/* One node brings the spatial axes before @end to their sizes; @scale is 0 where these say it. */
static TelarNode *
draw_sizes (OnnxCall *call, TelarNode *before, const Sizes *to, guint end, double scale)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "nearest");
  g_autofree char *places = onnx_call_attr_text (call, "coordinate_transformation_mode",
                                                 call->version >= 11 ? "half_pixel" : "asymmetric");
  g_autofree char *rounding = onnx_call_attr_text (
      call, "nearest_mode", call->version >= 11 ? "round_prefer_floor" : "floor");
  gint64 sizes[TELAR_MAX_RANK];
  for (guint i = 2; i < to->rank; i++) /* those before were brought there by other nodes */
    sizes[i - 2] = i < end ? to->sizes[i] : shape->dims[i];
  TelarNode *node = onnx_draw_after (call, "resize", before);
  onnx_draw_set_ints (call, node, "size", sizes, to->rank - 2);
  onnx_draw_set_real (call, node, "scale", scale);
  onnx_draw_set (call, node, "mode", "%s", mode);
  onnx_draw_set (call, node, "coordinates", "%s", places);
  onnx_draw_set (call, node, "rounding", "%s",
                 g_str_has_prefix (rounding, "round_") ? rounding + strlen ("round_") : rounding);
  onnx_draw_set_real (call, node, "cubic", onnx_call_attr_real (call, "cubic_coeff_a", -0.75));
  if (onnx_call_attr_int (call, "exclude_outside", 0))
    onnx_draw_set (call, node, "exclude_outside", "true");
  return node;
}

static gboolean
read_spatial (OnnxCall *call, Sizes *to)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  to->rank = shape->rank;
  if (!onnx_resize_result (call, to->sizes, to->scales))
    return FALSE;
  if (shape->rank < 3 || shape->rank > 5 || to->sizes[0] != shape->dims[0] ||
      to->sizes[1] != shape->dims[1] || onnx_call_attr_int (call, "antialias", 0))
    onnx_call_fail (call, "the canvas has it for spatial axes and without antialias");
  return !call->error;
}

/* Where the scales are not what the sizes say, a node has one scale, for one axis each. */
static void
draw_resize (OnnxCall *call, const char *op)
{
  (void)op;
  const TelarShape *shape = onnx_draw_shape (call, 0);
  Sizes to;
  gboolean exact = TRUE;
  TelarNode *node = NULL;
  if (!read_spatial (call, &to))
    return;
  for (guint i = 2; i < to.rank; i++)
    exact = exact && is_exact (shape->dims[i], to.sizes[i], to.scales[i]);
  if (exact)
    node = draw_sizes (call, NULL, &to, to.rank, 0);
  for (guint i = 2; i < to.rank && !exact; i++) {
    gboolean own = is_exact (shape->dims[i], to.sizes[i], to.scales[i]);
    if (to.sizes[i] != shape->dims[i])
      node = draw_sizes (call, node, &to, i + 1, own ? 0 : to.scales[i]);
    else if (!own)
      onnx_call_fail (call, "the canvas has no scale that leaves the size as it is");
  }
  if (node)
    onnx_draw_give (call, 0, node, 0);
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

static void
draw_roi_align (OnnxCall *call, const char *op)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "avg");
  g_autofree char *coordinates =
      onnx_call_attr_text (call, "coordinate_transformation_mode",
                           call->version < 16 ? "output_half_pixel" : "half_pixel");
  gint64 size[] = { onnx_call_attr_int (call, "output_height", 1),
                    onnx_call_attr_int (call, "output_width", 1) };
  gint64 sampling = onnx_call_attr_int (call, "sampling_ratio", 0);
  if (sampling < 1)
    onnx_call_fail (call, "the canvas takes the same number of samples for every box");
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "size", size, 2);
  onnx_draw_set (call, node, "mode", "%s", mode);
  onnx_draw_set (call, node, "coordinates", "%s", coordinates);
  onnx_draw_set (call, node, "sampling", "%" G_GINT64_FORMAT, sampling);
  onnx_draw_set_real (call, node, "scale", onnx_call_attr_real (call, "spatial_scale", 1));
  for (guint i = 0; i < 3; i++)
    onnx_draw_wire (call, i, node, i);
  onnx_draw_give (call, 0, node, 0);
}

const OnnxDrawing onnx_drawings_pictures[] = {
  { "Pad", draw_pad, "pad" },
  { "Resize", draw_resize, "resize" },
  { "Upsample", draw_resize, "resize" },
  { "DepthToSpace", draw_blocks, "pixel_shuffle" },
  { "SpaceToDepth", draw_blocks, "pixel_unshuffle" },
  { "GridSample", draw_grid_sample, "grid_sample" },
  { "RoiAlign", draw_roi_align, "roi_align" },
  { NULL },
};
