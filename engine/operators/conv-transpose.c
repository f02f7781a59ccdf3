/* Transposed convolutions. Channels are on axis 1; kernels have shape [in, out / groups, window…],
 * as PyTorch's. */
#include "engine/operators/conv.h"
#include "engine/operators/families.h"

/* The transposed convolution is the gradient of a convolution whose output is this one's input.
 * Sizes: same gives in · stride, otherwise (in - 1) · stride + span - low - high + extra. */
static gboolean
transposed_shape (TelarLowering *l, const TelarShape *in, TelarWindow *window, TelarShape *out)
{
  gboolean same = g_str_equal (telar_lower_text (l, "padding"), "same");
  gint64 extra = telar_lower_int (l, "extra");
  guint n = window->n;

  for (guint i = 0; i < n; i++) {
    gint64 span = telar_window_span (window, i), stride = window->stride[i];
    gint64 size;
    if (same) {
      gint64 total = MAX (span - stride, 0);
      window->pad[i] = total / 2;
      window->pad[n + i] = total - total / 2;
      size = in->dims[i + 2] * stride;
    } else {
      size = (in->dims[i + 2] - 1) * stride + span - window->pad[i] - window->pad[n + i] + extra;
      if (extra >= stride) {
        telar_lower_fail (l, "extra must be smaller than the stride");
        return FALSE;
      }
    }
    if (size < 1) {
      telar_lower_fail (l, "the padding leaves nothing of axis %u", i + 2);
      return FALSE;
    }
    out->dims[i + 2] = size;
  }
  return TRUE;
}

static void
lower_transpose (TelarLowering *l, guint spatial)
{
  TelarWindow window;
  gint64 in, filters = telar_lower_int (l, "filters"), groups = telar_lower_int (l, "groups"), taps;
  TelarValue x = telar_conv_input (l, spatial, &in, &window), w, y;
  TelarShape shape = telar_lower_type (l, x).shape, kernel;

  if (x == TELAR_NO_VALUE || !transposed_shape (l, &shape, &window, &shape))
    return;
  if (in % groups != 0 || filters % groups != 0) {
    telar_lower_fail (l,
                      "groups is %" G_GINT64_FORMAT " and must divide the %" G_GINT64_FORMAT
                      " input channels and the %" G_GINT64_FORMAT " filters",
                      groups, in, filters);
    return;
  }
  shape.dims[1] = filters;
  kernel = telar_shape (in, filters / groups);
  for (guint i = 0; i < spatial; i++)
    kernel.dims[kernel.rank++] = window.kernel[i];
  taps = telar_window_taps (&window);
  w = telar_lower_kernel (l, "kernel", &kernel,
                          telar_lower_init (l, in / groups * taps, kernel.dims[1] * taps), 1);
  y = telar_emit (
      l->b, CONV_INPUT_GRAD, ((TelarValue[]){ x, w }), TELAR_INTS (STRIDE, window.stride, spatial),
      TELAR_INTS (PAD, window.pad, 2 * spatial), TELAR_INTS (DILATION, window.dilation, spatial),
      TELAR_INT (GROUPS, groups), TELAR_INTS (SHAPE, shape.dims, shape.rank));
  telar_conv_finish (l, y, filters, in / groups * taps);
}

static void
lower_transpose1d (TelarLowering *l)
{
  lower_transpose (l, 1);
}

static void
lower_transpose2d (TelarLowering *l)
{
  lower_transpose (l, 2);
}

static void
lower_transpose3d (TelarLowering *l)
{
  lower_transpose (l, 3);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define EXTRA                                                                                      \
  {                                                                                                \
    .name = "extra", .label = N_ ("Extra size"), .kind = TELAR_PARAM_INT, .fallback = "0",         \
    .minimum = 0, .maximum = 1024,                                                                 \
    .doc = N_ ("Rows and columns added at the high side, smaller than the stride; not with "       \
               "same padding."),                                                                   \
  }
#define PARAMS(axes, kernel)                                                                       \
  TELAR_PARAMS (TELAR_PARAM_FILTERS, TELAR_PARAM_KERNEL (axes, kernel), TELAR_PARAM_STRIDE (axes), \
                TELAR_PARAM_PADDING ("same"), TELAR_PARAM_PAD (axes), TELAR_PARAM_DILATION (axes), \
                EXTRA, TELAR_PARAM_GROUPS, TELAR_PARAM_BIAS, TELAR_PARAM_ACTIVATION,               \
                TELAR_PARAM_INIT, TELAR_PARAM_NORMALISE)

static const TelarOperator conv1d_transpose = {
  .name = "conv1d_transpose",
  .label = N_ ("Transposed convolution 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Stretches a signal with learned filters: the way back of a strided convolution."),
  .formula = "size = in·stride (same), (in - 1)·stride + kernel - low - high + extra (otherwise)",
  .onnx = "ConvTranspose",
  .inputs = TELAR_CONV_IN ("A signal of shape N, channels, length."),
  .outputs = telar_ports_out,
  .params = PARAMS (1, "3"),
  .lower = lower_transpose1d,
  .examples =
      TELAR_EXAMPLES ("f32[2,3,5] filters=2 stride=2",
                      "f32[1,2,4] filters=1 kernel=4 padding=valid normalise_weights=spectral",
                      "f32[1,3,4] filters=2 padding=valid stride=2 normalise_weights=weight",
                      "f32[1,2,4] filters=4 kernel=4 stride=3 padding=valid extra=2 groups=2"),
};

static const TelarOperator conv2d_transpose = {
  .name = "conv2d_transpose",
  .label = N_ ("Transposed convolution 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Enlarges a picture with learned filters: the way back of a strided convolution."),
  .formula = "size = in·stride (same), (in - 1)·stride + kernel - low - high + extra (otherwise)",
  .onnx = "ConvTranspose",
  .inputs = TELAR_CONV_IN ("Pictures of shape N, channels, height, width."),
  .outputs = telar_ports_out,
  .params = PARAMS (2, "3x3"),
  .lower = lower_transpose2d,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,4] filters=2 stride=2",
                              "f32[1,2,3,5] filters=3 kernel=4x4 stride=3 padding=valid extra=1",
                              "f32[1,2,4,4] filters=2 kernel=3 padding=explicit pad=1 stride=2x1 "
                              "bias=false",
                              "f32[2,4,3,3] filters=2 groups=2 stride=2",
                              "f32[1,2,3,3] filters=3 kernel=2 padding=valid stride=2 "
                              "normalise_weights=weight",
                              "f32[2,3,3,3] filters=1 kernel=2x3 padding=valid stride=2 "
                              "normalise_weights=spectral"),
};

static const TelarOperator conv3d_transpose = {
  .name = "conv3d_transpose",
  .label = N_ ("Transposed convolution 3D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Enlarges a volume with learned filters: the way back of a strided convolution."),
  .formula = "size = in·stride (same), (in - 1)·stride + kernel - low - high + extra (otherwise)",
  .onnx = "ConvTranspose",
  .inputs = TELAR_CONV_IN ("Volumes of shape N, channels, depth, height, width."),
  .outputs = telar_ports_out,
  .params = PARAMS (3, "3x3x3"),
  .lower = lower_transpose3d,
  .examples = TELAR_EXAMPLES ("f32[1,2,2,3,2] filters=2 stride=2",
                              "f32[1,2,2,2,3] filters=2 kernel=3x2x2 stride=2 padding=explicit "
                              "pad=1,0,0 extra=1 bias=false",
                              "f32[1,3,2,2,2] filters=1 kernel=2 padding=valid "
                              "normalise_weights=spectral",
                              "f32[1,2,2,2,2] filters=3 kernel=2 padding=valid "
                              "normalise_weights=weight"),
};

const TelarOperator *const telar_operators_conv_transpose[] = {
  &conv1d_transpose,
  &conv2d_transpose,
  &conv3d_transpose,
  NULL,
};
