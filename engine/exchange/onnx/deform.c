/* DeformConv: a convolution whose taps are moved by offsets that are computed. Source: Dai et al.,
 * "Deformable convolutional networks", 2017; with a mask, Zhu et al., "Deformable ConvNets v2",
 * 2019.
 */
#include "engine/emit-spatial.h"
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/window.h"

typedef struct {
  TelarShape x, w;
  OnnxWindow window;
  gint64 groups, offset_groups, taps;
  gint64 out[2]; /* height, width */
} Deform;

/* The shape that an input must have; FALSE and an error where it has another. */
static gboolean
check_shape (OnnxCall *call, guint input, const TelarShape *wants)
{
  TelarShape has = onnx_call_type (call, input).shape;
  if (onnx_call_failed (call) || telar_shape_equal (&has, wants))
    return !onnx_call_failed (call);
  g_autofree char *text = telar_shape_to_string (wants);
  onnx_call_fail (call, "input %u must be [%s]", input, text);
  return FALSE;
}

static gboolean
read_deform (OnnxCall *call, Deform *d)
{
  d->x = onnx_call_type (call, 0).shape;
  d->w = onnx_call_type (call, 1).shape;
  d->groups = onnx_call_attr_int (call, "group", 1);
  d->offset_groups = onnx_call_attr_int (call, "offset_group", 1);
  if (onnx_call_failed (call))
    return FALSE;
  if (d->x.rank != 4 || d->w.rank != 4 || d->groups < 1 || d->offset_groups < 1 ||
      d->x.dims[1] % d->offset_groups != 0 || d->x.dims[1] % d->groups != 0 ||
      d->w.dims[0] % d->groups != 0 || d->w.dims[1] != d->x.dims[1] / d->groups) {
    onnx_call_fail (call, "x must be [N, C, H, W] and w [out, C / groups, h, w]");
    return FALSE;
  }
  if (!onnx_window_read (call, &d->x, d->w.dims + 2, &d->window))
    return FALSE;
  d->taps = d->window.kernel[0] * d->window.kernel[1];
  for (guint i = 0; i < 2; i++) {
    const OnnxWindow *w = &d->window;
    gint64 room =
        d->x.dims[2 + i] + w->pad[i] + w->pad[2 + i] - (w->kernel[i] - 1) * w->dilation[i];
    d->out[i] = (room - 1) / w->stride[i] + 1;
    if (room < 1 || d->x.dims[2 + i] < 1) {
      onnx_call_fail (call, "the kernel does not fit the picture");
      return FALSE;
    }
  }
  TelarShape offsets =
      telar_shape (d->x.dims[0], d->offset_groups * d->taps * 2, d->out[0], d->out[1]);
  TelarShape mask = telar_shape (d->x.dims[0], d->offset_groups * d->taps, d->out[0], d->out[1]);
  return check_shape (call, 2, &offsets) &&
         (!onnx_call_has (call, 4) || check_shape (call, 4, &mask));
}

/* [taps, 2, height, width]: row and column of the input that each tap would see without offsets. */
static TelarTensor *
resting_places (OnnxCall *call, const Deform *d, TelarDType dtype)
{
  const OnnxWindow *w = &d->window;
  TelarShape shape = telar_shape (d->taps, 2, d->out[0], d->out[1]);
  TelarTensor *places = telar_tensor_try_new (dtype, &shape, &call->error);
  gsize n = places ? telar_tensor_elements (places) : 0;
  for (gsize i = 0; i < n; i++) {
    gint64 rest = (gint64)i;
    gint64 column = rest % d->out[1], row = (rest /= d->out[1]) % d->out[0];
    gint64 axis = (rest /= d->out[0]) % 2, tap = rest / 2;
    gint64 along = axis == 0 ? tap / w->kernel[1] : tap % w->kernel[1];
    telar_tensor_set (places, i,
                      (double)((axis == 0 ? row : column) * w->stride[axis] - w->pad[axis] +
                               along * w->dilation[axis]));
  }
  return places;
}

/* [1, 2, 1, 1]: a number for rows and one for columns. */
static TelarValue
by_axis (TelarBuilder *b, TelarDType dtype, double rows, double columns)
{
  TelarShape shape = telar_shape (1, 2, 1, 1);
  g_autoptr (TelarTensor) pair = telar_tensor_new (dtype, &shape);
  telar_tensor_set (pair, 0, rows);
  telar_tensor_set (pair, 1, columns);
  return telar_build_constant (b, pair);
}

/* The grid of telar_emit_grid_sample, [N · offset groups, taps · height, width, 2]: place p of an
 * axis of n is (2p + 1) / n - 1, and columns come before rows. */
static TelarValue
grid_of (OnnxCall *call, const Deform *d)
{
  TelarBuilder *b = call->b;
  TelarDType dtype = onnx_call_type (call, 0).dtype;
  double height = (double)d->x.dims[2], width = (double)d->x.dims[3];
  gint64 n = d->x.dims[0] * d->offset_groups;
  const gint64 last[] = { 0, 1, 3, 4, 2 }, columns_first[] = { 4 };
  TelarShape apart = telar_shape (n, d->taps, 2, d->out[0], d->out[1]);
  TelarShape grid = telar_shape (n, d->taps * d->out[0], d->out[1], 2);
  g_autoptr (TelarTensor) resting = resting_places (call, d, dtype);
  if (!resting)
    return TELAR_NO_VALUE;
  TelarValue places = telar_build_binary (b, TELAR_PRIM_ADD,
                                          telar_build_reshape (b, onnx_call_in (call, 2), &apart),
                                          telar_build_constant (b, resting));
  places =
      telar_build_binary (b, TELAR_PRIM_MUL, places, by_axis (b, dtype, 2 / height, 2 / width));
  places = telar_build_binary (b, TELAR_PRIM_ADD, places,
                               by_axis (b, dtype, 1 / height - 1, 1 / width - 1));
  places = telar_build_transpose (b, places, last);
  places = telar_emit (b, REVERSE, ((TelarValue[]){ places }), TELAR_INTS (AXES, columns_first, 1));
  return telar_build_reshape (b, places, &grid);
}

/* What the taps see, times the mask: [N, groups, C / groups · taps, height · width]. */
static TelarValue
sample (OnnxCall *call, const Deform *d)
{
  TelarBuilder *b = call->b;
  gint64 n = d->x.dims[0] * d->offset_groups, channels = d->x.dims[1] / d->offset_groups;
  TelarShape pictures = telar_shape (n, channels, d->x.dims[2], d->x.dims[3]);
  TelarShape masks = telar_shape (n, 1, d->taps * d->out[0], d->out[1]);
  TelarShape columns = telar_shape (d->x.dims[0], d->groups, d->x.dims[1] / d->groups * d->taps,
                                    d->out[0] * d->out[1]);
  TelarValue x = telar_build_reshape (b, onnx_call_in (call, 0), &pictures);
  TelarValue seen = telar_emit_grid_sample (b, TELAR_RESIZE_LINEAR, TELAR_GRID_ZEROS, FALSE, x,
                                            grid_of (call, d));
  if (onnx_call_has (call, 4))
    seen = telar_build_binary (b, TELAR_PRIM_MUL, seen,
                               telar_build_reshape (b, onnx_call_in (call, 4), &masks));
  return telar_build_reshape (b, seen, &columns);
}

static void
trace_deform_conv (OnnxCall *call)
{
  Deform d;
  if (!read_deform (call, &d))
    return;
  TelarBuilder *b = call->b;
  TelarShape kernels = telar_shape (d.groups, d.w.dims[0] / d.groups, d.w.dims[1] * d.taps);
  TelarShape result = telar_shape (d.x.dims[0], d.w.dims[0], d.out[0], d.out[1]);
  TelarShape bias = telar_shape (d.w.dims[0], 1, 1);
  TelarValue w = telar_build_reshape (b, onnx_call_in (call, 1), &kernels);
  TelarValue y =
      telar_build_reshape (b, telar_build_matmul (b, w, sample (call, &d), FALSE, FALSE), &result);
  if (onnx_call_has (call, 3))
    y = telar_build_binary (b, TELAR_PRIM_ADD, y,
                            telar_build_reshape (b, onnx_call_in (call, 3), &bias));
  onnx_call_out (call, 0, y);
}

const OnnxOperator onnx_operators_deform[] = {
  { "DeformConv", trace_deform_conv },
  { NULL },
};
