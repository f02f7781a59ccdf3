/* Pictures: transposed convolution, maxima and their places, resizing, padding, grids, regions. */
#include "engine/emit-spatial.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/window.h"

#include <math.h>
#include <string.h>

/* --- transposed convolution ------------------------------------------------------------------- */

/* The size that is asked for decides the padding, whose odd element stands where auto_pad says. */
static void
pad_to_size (OnnxCall *call, OnnxWindow *window, const gint64 *natural, const gint64 *wanted)
{
  g_autofree char *automatic = onnx_call_attr_text (call, "auto_pad", "NOTSET");
  gboolean upper = g_str_equal (automatic, "SAME_UPPER");
  for (guint i = 0; i < window->n; i++) {
    gint64 total = MAX (natural[i] - wanted[i], 0);
    window->pad[i] = upper ? total / 2 : total - total / 2;
    window->pad[window->n + i] = total - window->pad[i];
  }
}

/* The gradient of the convolution that has these weights, by its input. */
static void
trace_conv_transpose (OnnxCall *call)
{
  TelarShape x = onnx_call_type (call, 0).shape, w = onnx_call_type (call, 1).shape, y = x;
  gint64 groups = onnx_call_attr_int (call, "group", 1), natural[TELAR_MAX_RANK];
  gint64 extra[TELAR_MAX_RANK], wanted[TELAR_MAX_RANK];
  guint n_wanted;
  OnnxWindow window;
  if (w.rank != x.rank || groups < 1 || !onnx_window_read (call, &x, w.dims + 2, &window) ||
      !onnx_window_list (call, "output_padding", extra, window.n, 0)) {
    onnx_call_fail (call, "x and w have different numbers of axes");
    return;
  }
  g_autofree char *automatic = onnx_call_attr_text (call, "auto_pad", "NOTSET");
  for (guint i = 0; i < window.n; i++)
    natural[i] = window.stride[i] * (x.dims[2 + i] - 1) + extra[i] +
                 (window.kernel[i] - 1) * window.dilation[i] + 1;
  gboolean asked = onnx_call_attr_ints (call, "output_shape", wanted, TELAR_MAX_RANK, &n_wanted);
  if (asked && n_wanted == x.rank)
    memmove (wanted, wanted + 2, window.n * sizeof *wanted);
  for (guint i = 0; !asked && i < window.n; i++)
    wanted[i] = x.dims[2 + i] * window.stride[i];
  if (asked || g_str_has_prefix (automatic, "SAME_"))
    pad_to_size (call, &window, natural, wanted);
  y.dims[1] = w.dims[1] * groups;
  for (guint i = 0; i < window.n; i++)
    y.dims[2 + i] = asked ? wanted[i] : natural[i] - window.pad[i] - window.pad[window.n + i];
  TelarValue result = telar_emit (
      call->b, CONV_INPUT_GRAD, ((TelarValue[]){ onnx_call_in (call, 0), onnx_call_in (call, 1) }),
      TELAR_INTS (SHAPE, y.dims, y.rank), TELAR_INTS (STRIDE, window.stride, window.n),
      TELAR_INTS (PAD, window.pad, 2 * window.n), TELAR_INTS (DILATION, window.dilation, window.n),
      TELAR_INT (GROUPS, groups));
  if (onnx_call_has (call, 2)) {
    TelarShape spread = y;
    for (guint i = 0; i < y.rank; i++)
      spread.dims[i] = i == 1 ? y.dims[1] : 1;
    TelarValue bias = telar_build_reshape (call->b, onnx_call_in (call, 2), &spread);
    result = telar_build_binary (call->b, TELAR_PRIM_ADD, result, bias);
  }
  onnx_call_out (call, 0, result);
}

/* --- maxima and their places ------------------------------------------------------------------ */

typedef struct {
  TelarShape x, y;
  OnnxWindow window;
  gboolean column_major; /* of the places: storage_order 1 */
} MaxPool;

/* The place of the first maximum in the window at @out, in its own plane; @best receives it. */
static gint64
first_maximum (const MaxPool *p, const TelarTensor *x, gsize plane, const gint64 *out, double *best)
{
  gint64 strides[TELAR_MAX_RANK], offset[TELAR_MAX_RANK] = { 0 }, found = -1;
  guint n = p->window.n;
  telar_shape_strides (&p->x, strides);
  for (;;) {
    gint64 place = 0;
    gboolean inside = TRUE;
    for (guint i = 0; i < n; i++) {
      gint64 at =
          out[i] * p->window.stride[i] - p->window.pad[i] + offset[i] * p->window.dilation[i];
      inside = inside && at >= 0 && at < p->x.dims[2 + i];
      place += at * strides[2 + i];
    }
    if (inside) {
      double number = telar_tensor_get (x, plane + (gsize)place);
      if (found < 0 || number > *best) {
        *best = number;
        found = place;
      }
    }
    guint axis = n;
    while (axis > 0 && ++offset[axis - 1] == p->window.kernel[axis - 1])
      offset[--axis] = 0;
    if (axis == 0)
      return found;
  }
}

/* ONNX counts the places from the start of the tensor; column by column if it is asked to. */
static gint64
place_number (const MaxPool *p, gsize plane, gint64 place)
{
  gint64 number = 0, rest = place, factor = 1;
  if (!p->column_major)
    return (gint64)plane + place;
  gint64 strides[TELAR_MAX_RANK];
  telar_shape_strides (&p->x, strides);
  for (guint i = 0; i < p->window.n; i++) {
    number += rest / strides[2 + i] * factor;
    rest %= strides[2 + i];
    factor *= p->x.dims[2 + i];
  }
  return (gint64)plane + number;
}

static void
pool_with_places (OnnxCall *call, const MaxPool *p, const TelarTensor *x)
{
  g_autoptr (TelarTensor) y = telar_tensor_try_new (x->type.dtype, &p->y, &call->error);
  g_autoptr (TelarTensor) places = y ? telar_tensor_try_new (TELAR_I64, &p->y, &call->error) : NULL;
  gint64 strides[TELAR_MAX_RANK], out[TELAR_MAX_RANK];
  if (!places)
    return;
  gsize in_plane = 1, out_plane = 1;
  telar_shape_strides (&p->y, strides);
  for (guint i = 0; i < p->window.n; i++) {
    in_plane *= (gsize)p->x.dims[2 + i];
    out_plane *= (gsize)p->y.dims[2 + i];
  }
  for (gsize i = 0; i < telar_tensor_elements (y); i++) {
    gsize plane = i / out_plane * in_plane;
    gint64 rest = (gint64)(i % out_plane);
    double best = -INFINITY;
    for (guint k = 0; k < p->window.n; k++) {
      out[k] = rest / strides[2 + k];
      rest %= strides[2 + k];
    }
    gint64 place = first_maximum (p, x, plane, out, &best);
    telar_tensor_set (y, i, best);
    ((gint64 *)places->data)[i] = place_number (p, plane, MAX (place, 0));
  }
  onnx_call_give_numbers (call, 0, g_steal_pointer (&y));
  onnx_call_give_numbers (call, 1, g_steal_pointer (&places));
}

static TelarValue
emit_max_pool (OnnxCall *call, const OnnxWindow *window)
{
  return telar_emit (call->b, MAX_POOL, ((TelarValue[]){ onnx_call_in (call, 0) }),
                     TELAR_INTS (KERNEL, window->kernel, window->n),
                     TELAR_INTS (STRIDE, window->stride, window->n),
                     TELAR_INTS (PAD, window->pad, 2 * window->n),
                     TELAR_INTS (DILATION, window->dilation, window->n));
}

static void
trace_max_pool (OnnxCall *call)
{
  MaxPool p = { .x = onnx_call_type (call, 0).shape,
                .column_major = onnx_call_attr_int (call, "storage_order", 0) != 0 };
  if (!onnx_window_read (call, &p.x, NULL, &p.window))
    return;
  onnx_window_fit (call, &p.x, &p.window);
  TelarValue y = emit_max_pool (call, &p.window);
  if (onnx_call_failed (call))
    return;
  p.y = telar_builder_type (call->b, y)->shape;
  if (!onnx_call_wants (call, 1)) {
    onnx_call_out (call, 0, y);
    return;
  }
  const TelarTensor *x = onnx_call_numbers (call, 0);
  if (x)
    pool_with_places (call, &p, x);
}

/* Puts each number back where the maximum was; all else is 0. */
static void
trace_max_unpool (OnnxCall *call)
{
  TelarType x = onnx_call_type (call, 0);
  TelarShape y = x.shape, flat_x = telar_shape ((gint64)telar_shape_elements (&x.shape));
  gint64 dims[TELAR_MAX_RANK];
  guint n = 0;
  OnnxWindow window;
  if (!onnx_window_read (call, &x.shape, NULL, &window))
    return;
  for (guint i = 0; i < window.n; i++)
    y.dims[2 + i] = (x.shape.dims[2 + i] - 1) * window.stride[i] + window.kernel[i] -
                    window.pad[i] - window.pad[window.n + i];
  TelarShape counted = y; /* what the places were counted in */
  if (onnx_call_has (call, 2)) {
    if (!onnx_call_ints (call, 2, dims, TELAR_MAX_RANK, &n) || n != x.shape.rank) {
      onnx_call_fail (call, "output_shape does not fit the input");
      return;
    }
    y = telar_shape_new (dims, n);
  }
  gint64 places, low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  gboolean good = telar_shape_is_concrete (&counted) && telar_shape_count (&counted, &places);
  for (guint i = 0; good && i < y.rank; i++) {
    high[i] = y.dims[i] - counted.dims[i];
    good = high[i] >= 0 && high[i] < G_MAXINT32;
  }
  if (!good) {
    onnx_call_fail (call, "the output is too small for its input");
    return;
  }
  TelarValue numbers = telar_build_reshape (call->b, onnx_call_in (call, 0), &flat_x);
  TelarValue at = telar_build_reshape (call->b, onnx_call_in (call, 1), &flat_x);
  TelarValue result = telar_emit (call->b, SCATTER_ADD, ((TelarValue[]){ numbers, at }),
                                  TELAR_INT (AXIS, 0), TELAR_INT (SIZE, places));
  result = telar_build_reshape (call->b, result, &counted);
  onnx_call_out (call, 0,
                 telar_emit_pad (call->b, TELAR_PAD_CONSTANT, result, low, high, TELAR_NO_VALUE));
}

/* (Σ |x|^p)^(1/p) over a window: p-th powers, an average times the window's size, the root. */
static TelarValue
lp_root (OnnxCall *call, TelarValue sum, double p)
{
  return telar_build_binary_scalar (call->b, TELAR_PRIM_POW, sum, 1 / p);
}

static TelarValue
lp_power (OnnxCall *call, double p)
{
  TelarValue x = telar_build_unary (call->b, TELAR_PRIM_ABS, onnx_call_in (call, 0));
  return telar_build_binary_scalar (call->b, TELAR_PRIM_POW, x, p);
}

static void
trace_lp_pool (OnnxCall *call)
{
  TelarShape x = onnx_call_type (call, 0).shape;
  double p = (double)onnx_call_attr_int (call, "p", 2), size = 1;
  OnnxWindow window;
  if (!onnx_window_read (call, &x, NULL, &window))
    return;
  onnx_window_fit (call, &x, &window);
  if (onnx_window_has_holes (&window)) {
    TelarValue sum = onnx_window_sum (call->b, lp_power (call, p), &window);
    onnx_call_out (call, 0, lp_root (call, sum, p));
    return;
  }
  for (guint i = 0; i < window.n; i++)
    size *= (double)window.kernel[i];
  TelarValue y = telar_emit (call->b, AVG_POOL, ((TelarValue[]){ lp_power (call, p) }),
                             TELAR_INTS (KERNEL, window.kernel, window.n),
                             TELAR_INTS (STRIDE, window.stride, window.n),
                             TELAR_INTS (PAD, window.pad, 2 * window.n), TELAR_INT (COUNT_PAD, 1));
  y = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, y, size);
  onnx_call_out (call, 0, lp_root (call, y, p));
}

static void
trace_global_lp_pool (OnnxCall *call)
{
  double p = (double)onnx_call_attr_int (call, "p", 2);
  guint rank = onnx_call_type (call, 0).shape.rank, n = 0;
  gint64 axes[TELAR_MAX_RANK];
  for (guint i = 2; i < rank; i++)
    axes[n++] = i;
  TelarValue sum = telar_build_reduce (call->b, TELAR_PRIM_SUM, lp_power (call, p), axes, n, TRUE);
  onnx_call_out (call, 0, lp_root (call, sum, p));
}

/* --- channels, grids -------------------------------------------------------------------------- */

static void
trace_depth_to_space (OnnxCall *call)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "DCR");
  onnx_call_out (call, 0,
                 telar_emit_depth_to_space (call->b, onnx_call_in (call, 0),
                                            onnx_call_attr_int (call, "blocksize", 1),
                                            g_str_equal (mode, "CRD")));
}

static void
trace_space_to_depth (OnnxCall *call)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "DCR");
  onnx_call_out (call, 0,
                 telar_emit_space_to_depth (call->b, onnx_call_in (call, 0),
                                            onnx_call_attr_int (call, "blocksize", 1),
                                            g_str_equal (mode, "CRD")));
}

static void
trace_grid_sample (OnnxCall *call)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "bilinear");
  g_autofree char *padding = onnx_call_attr_text (call, "padding_mode", "zeros");
  TelarResizeMode how = g_str_equal (mode, "nearest") ? TELAR_RESIZE_NEAREST
                        : strstr (mode, "cubic")      ? TELAR_RESIZE_CUBIC
                                                      : TELAR_RESIZE_LINEAR;
  TelarGridPadding beyond = g_str_equal (padding, "border")       ? TELAR_GRID_BORDER
                            : g_str_equal (padding, "reflection") ? TELAR_GRID_REFLECTION
                                                                  : TELAR_GRID_ZEROS;
  onnx_call_out (call, 0,
                 telar_emit_grid_sample (call->b, how, beyond,
                                         onnx_call_attr_int (call, "align_corners", 0) != 0,
                                         onnx_call_in (call, 0), onnx_call_in (call, 1)));
}

/* --- padding ---------------------------------------------------------------------------------- */

/* The amounts: attributes before version 11, an input since, for the axes of a fourth input since
 * 18. */
static gboolean
read_pads (OnnxCall *call, guint rank, gint64 *low, gint64 *high)
{
  gint64 pads[2 * TELAR_MAX_RANK], axes[TELAR_MAX_RANK];
  guint n, n_axes = 0, axis;
  for (guint i = 0; i < rank; i++)
    low[i] = high[i] = 0;
  gboolean good = call->version < 11
                      ? onnx_call_attr_ints (call, call->version < 2 ? "paddings" : "pads", pads,
                                             2 * TELAR_MAX_RANK, &n)
                      : onnx_call_ints (call, 1, pads, 2 * TELAR_MAX_RANK, &n);
  if (good && onnx_call_has (call, 3))
    good = onnx_call_ints (call, 3, axes, TELAR_MAX_RANK, &n_axes);
  else
    for (n_axes = 0; n_axes < rank; n_axes++)
      axes[n_axes] = n_axes;
  if (!good || n != 2 * n_axes) {
    onnx_call_fail (call, "the padding does not fit the axes");
    return FALSE;
  }
  for (guint i = 0; i < n_axes; i++) {
    if (!onnx_call_axis (call, axes[i], rank, &axis))
      return FALSE;
    low[axis] = CLAMP (pads[i], -G_MAXINT32, G_MAXINT32);
    high[axis] = CLAMP (pads[n_axes + i], -G_MAXINT32, G_MAXINT32);
  }
  return TRUE;
}

static void
trace_pad (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "constant");
  gint64 low[TELAR_MAX_RANK], high[TELAR_MAX_RANK];
  TelarPadMode how = g_str_equal (mode, "reflect") ? TELAR_PAD_REFLECT
                     : g_str_equal (mode, "edge")  ? TELAR_PAD_EDGE
                     : g_str_equal (mode, "wrap")  ? TELAR_PAD_CIRCULAR
                                                   : TELAR_PAD_CONSTANT;
  if (!read_pads (call, type.shape.rank, low, high))
    return;
  double number =
      call->version < 11 ? onnx_call_attr_real (call, "value", 0) : onnx_call_number (call, 2, 0);
  TelarValue value = telar_build_scalar (call->b, type.dtype, number);
  onnx_call_out (call, 0, telar_emit_pad (call->b, how, onnx_call_in (call, 0), low, high, value));
}

const OnnxOperator onnx_operators_spatial[] = {
  { "ConvTranspose", trace_conv_transpose },
  { "DepthToSpace", trace_depth_to_space },
  { "GlobalLpPool", trace_global_lp_pool },
  { "GridSample", trace_grid_sample },
  { "LpPool", trace_lp_pool },
  { "MaxPool", trace_max_pool },
  { "MaxUnpool", trace_max_unpool },
  { "Pad", trace_pad },
  { "SpaceToDepth", trace_space_to_depth },
  { NULL },
};
