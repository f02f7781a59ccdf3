/* Operators that arrange pictures: crops and padding around the middle, blocks put together, grids
 * of places under an affine map. */
#include "engine/exchange/onnx/operators.h"

/* Numbers that a file may ask for by their count alone. */
#define MOST_PLACES ((gint64)1 << 26)

/* --- around the middle ------------------------------------------------------------------------ */

/* Axis @axis of @x cut or padded with zeros to @size; of an odd rest the larger half is at the end.
 */
static TelarValue
centre (OnnxCall *call, TelarValue x, guint axis, gint64 size)
{
  TelarShape shape = telar_builder_type (call->b, x)->shape;
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  gint64 rest = size - shape.dims[axis], count;
  if (rest <= 0)
    return telar_build_slice (call->b, x, axis, -rest / 2, -rest / 2 + size);
  low[axis] = rest / 2;
  high[axis] = rest - low[axis];
  shape.dims[axis] = size;
  if (!telar_shape_count (&shape, &count) || count > MOST_PLACES) {
    onnx_call_fail (call, "the shape is impossible");
    return TELAR_NO_VALUE;
  }
  return telar_emit (call->b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, shape.rank),
                     TELAR_INTS (HIGH, high, shape.rank));
}

static void
trace_center_crop_pad (OnnxCall *call)
{
  gint64 sizes[TELAR_MAX_RANK], axes[TELAR_MAX_RANK];
  guint rank = onnx_call_type (call, 0).shape.rank, n, n_axes = 0, axis;
  gboolean named = onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, &n_axes);
  if (!onnx_call_ints (call, 1, sizes, TELAR_MAX_RANK, &n))
    return;
  if (n != (named ? n_axes : rank)) {
    onnx_call_fail (call, "%u sizes do not fit the axes", n);
    return;
  }
  TelarValue x = onnx_call_in (call, 0);
  for (guint i = 0; i < n && !onnx_call_failed (call); i++) {
    if (!onnx_call_axis (call, named ? axes[i] : i, rank, &axis))
      return;
    if (sizes[i] < 0)
      onnx_call_fail (call, "a size of %" G_GINT64_FORMAT " is impossible", sizes[i]);
    else
      x = centre (call, x, axis, sizes[i]);
  }
  onnx_call_out (call, 0, x);
}

/* --- blocks ----------------------------------------------------------------------------------- */

typedef struct {
  guint n; /* spatial axes */
  gint64 image[TELAR_MAX_RANK], block[TELAR_MAX_RANK], blocks[TELAR_MAX_RANK];
  gint64 stride[TELAR_MAX_RANK], dilation[TELAR_MAX_RANK], pad[2 * TELAR_MAX_RANK];
  gint64 pixels, taps, count; /* of the image, of a block, of blocks */
} Blocks;

/* An attribute with @n numbers of at least @least each; all @fallback where it is absent. */
static gboolean
read_spatial (OnnxCall *call, const char *name, gint64 *items, guint n, gint64 fallback,
              gint64 least)
{
  guint given;
  if (!onnx_call_attr_ints (call, name, items, n, &given))
    for (given = 0; given < n; given++)
      items[given] = fallback;
  for (guint i = 0; i < n; i++)
    if (given != n || items[i] < least || items[i] > G_MAXINT32) {
      onnx_call_fail (call, "%s does not fit the image", name);
      return FALSE;
    }
  return !onnx_call_failed (call);
}

static gboolean
read_blocks (OnnxCall *call, Blocks *b)
{
  guint n_block;
  if (!onnx_call_ints (call, 1, b->image, TELAR_MAX_RANK - 2, &b->n) ||
      !onnx_call_ints (call, 2, b->block, TELAR_MAX_RANK - 2, &n_block))
    return FALSE;
  if (b->n != n_block || b->n == 0) {
    onnx_call_fail (call, "image and blocks have different numbers of axes");
    return FALSE;
  }
  if (!read_spatial (call, "strides", b->stride, b->n, 1, 1) ||
      !read_spatial (call, "dilations", b->dilation, b->n, 1, 1) ||
      !read_spatial (call, "pads", b->pad, 2 * b->n, 0, 0))
    return FALSE;
  b->pixels = b->taps = b->count = 1;
  for (guint i = 0; i < b->n; i++) {
    gboolean small = b->image[i] >= 0 && b->image[i] <= G_MAXINT32 && b->block[i] >= 1 &&
                     b->block[i] <= G_MAXINT32;
    gint64 room = b->image[i] + b->pad[i] + b->pad[b->n + i] - (b->block[i] - 1) * b->dilation[i];
    b->blocks[i] = small && room >= 1 ? (room - 1) / b->stride[i] + 1 : 0;
    if (!small || b->blocks[i] == 0 || b->pixels > MOST_PLACES / MAX (b->image[i], 1) ||
        b->taps > MOST_PLACES / b->block[i] || b->count > MOST_PLACES / b->blocks[i]) {
      onnx_call_fail (call, "the blocks do not fit the image");
      return FALSE;
    }
    b->pixels *= b->image[i];
    b->taps *= b->block[i];
    b->count *= b->blocks[i];
  }
  return TRUE;
}

/* The pixel under tap @tap of block @block; b->pixels where that is padding. */
static gint64
pixel_under (const Blocks *b, gint64 tap, gint64 block)
{
  gint64 pixel = 0, stride = 1;
  gboolean inside = TRUE;
  for (guint i = b->n; i-- > 0;) {
    gint64 at =
        block % b->blocks[i] * b->stride[i] - b->pad[i] + tap % b->block[i] * b->dilation[i];
    block /= b->blocks[i];
    tap /= b->block[i];
    inside = inside && at >= 0 && at < b->image[i];
    pixel += at * stride;
    stride *= b->image[i];
  }
  return inside ? pixel : b->pixels;
}

/* [taps · blocks]; NULL and an error where there are too many. */
static TelarTensor *
list_pixels (OnnxCall *call, const Blocks *b)
{
  TelarShape shape = telar_shape (b->taps * b->count);
  if (b->taps > MOST_PLACES / b->count) {
    onnx_call_fail (call, "the image has too many blocks");
    return NULL;
  }
  TelarTensor *pixels = telar_tensor_try_new (TELAR_I64, &shape, &call->error);
  gint64 *items = pixels ? pixels->data : NULL;
  for (gint64 i = 0; pixels && i < shape.dims[0]; i++)
    items[i] = pixel_under (b, i / b->count, i % b->count);
  return pixels;
}

/* Where blocks lie on each other their numbers add up. What falls on padding goes to one more pixel
 * at the end, which is cut off. */
static void
trace_col2im (OnnxCall *call)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  Blocks b;
  if (!read_blocks (call, &b))
    return;
  if (shape.rank != 3 || shape.dims[1] % b.taps != 0 || shape.dims[2] != b.count) {
    onnx_call_fail (call, "the columns do not fit the blocks");
    return;
  }
  g_autoptr (TelarTensor) pixels = list_pixels (call, &b);
  if (!pixels)
    return;
  gint64 channels = shape.dims[1] / b.taps;
  TelarShape rows = telar_shape (shape.dims[0] * channels, b.taps * b.count);
  TelarShape image = telar_shape (shape.dims[0], channels);
  for (guint i = 0; i < b.n; i++)
    image.dims[image.rank++] = b.image[i];
  TelarValue x = telar_build_reshape (call->b, onnx_call_in (call, 0), &rows);
  TelarValue inputs[2] = { x, telar_build_constant (call->b, pixels) };
  TelarAttr attrs[] = { TELAR_INT (AXIS, 1), TELAR_INT (SIZE, b.pixels + 1) };
  x = telar_build (call->b, TELAR_PRIM_SCATTER_ADD, inputs, 2, attrs, 2);
  x = telar_build_slice (call->b, x, 1, 0, b.pixels);
  onnx_call_out (call, 0, telar_build_reshape (call->b, x, &image));
}

/* --- grids ------------------------------------------------------------------------------------ */

/* Place @i of @n in [-1, 1]: the middles of pixels, or with aligned corners their outer edges. */
static double
coordinate (gint64 i, gint64 n, gboolean aligned)
{
  if (aligned)
    return n > 1 ? 2 * (double)i / (double)(n - 1) - 1 : -1;
  return (2 * (double)i + 1) / (double)n - 1;
}

/* [pixels, axes + 1]: each pixel's coordinates, the last axis first, and 1. */
static TelarTensor *
pixel_coordinates (OnnxCall *call, const gint64 *sizes, guint n, TelarDType dtype)
{
  gint64 pixels = 1;
  gboolean aligned = onnx_call_attr_int (call, "align_corners", 0) != 0;
  for (guint i = 0; i < n; i++) {
    if (sizes[i] < 1 || pixels > MOST_PLACES / sizes[i]) {
      onnx_call_fail (call, "the grid is impossible");
      return NULL;
    }
    pixels *= sizes[i];
  }
  TelarShape shape = telar_shape (pixels, n + 1);
  TelarTensor *grid = telar_tensor_try_new (dtype, &shape, &call->error);
  for (gint64 pixel = 0; grid && pixel < pixels; pixel++) {
    gint64 rest = pixel;
    for (guint i = 0; i < n; i++) {
      gint64 size = sizes[n - 1 - i];
      telar_tensor_set (grid, (gsize)(pixel * (n + 1) + i),
                        coordinate (rest % size, size, aligned));
      rest /= size;
    }
    telar_tensor_set (grid, (gsize)(pixel * (n + 1) + n), 1);
  }
  return grid;
}

/* Jaderberg et al., "Spatial transformer networks", 2015. */
static void
trace_affine_grid (OnnxCall *call)
{
  TelarType theta = onnx_call_type (call, 0);
  gint64 sizes[5];
  guint n;
  if (!onnx_call_ints (call, 1, sizes, 5, &n))
    return;
  guint axes = n > 2 ? n - 2 : 0;
  if (axes < 2 || theta.shape.rank != 3 || theta.shape.dims[0] != sizes[0] ||
      theta.shape.dims[1] != axes || theta.shape.dims[2] != axes + 1) {
    onnx_call_fail (call, "the maps do not fit the size");
    return;
  }
  g_autoptr (TelarTensor) grid = pixel_coordinates (call, sizes + 2, axes, theta.dtype);
  if (!grid)
    return;
  TelarShape shape = telar_shape (sizes[0]);
  for (guint i = 0; i < axes; i++)
    shape.dims[shape.rank++] = sizes[i + 2];
  shape.dims[shape.rank++] = axes;
  TelarValue x = telar_build_matmul (call->b, telar_build_constant (call->b, grid),
                                     onnx_call_in (call, 0), FALSE, TRUE);
  onnx_call_out (call, 0, telar_build_reshape (call->b, x, &shape));
}

const OnnxOperator onnx_operators_geometry[] = {
  { "AffineGrid", trace_affine_grid },
  { "CenterCropPad", trace_center_crop_pad },
  { "Col2Im", trace_col2im },
  { NULL },
};
