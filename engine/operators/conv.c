/* Convolutions. Channels are on axis 1 (N, C, spatial…); kernels have shape
 * [out, in / groups, window…], as PyTorch's. */
#include "engine/operators/conv.h"
#include "engine/operators/families.h"

/* What differs between the convolutions of this file. */
typedef struct {
  const char *role; /* of the kernel */
  gint64 in, out, groups;
} Kernel;

static TelarValue
convolve (TelarLowering *l, TelarValue x, const TelarWindow *window, const Kernel *kernel)
{
  TelarShape shape = telar_shape (kernel->out, kernel->in / kernel->groups);
  gint64 taps = telar_window_taps (window);
  TelarValue w;

  for (guint i = 0; i < window->n; i++)
    shape.dims[shape.rank++] = window->kernel[i];
  w = telar_lower_kernel (l, kernel->role, &shape,
                          telar_lower_init (l, shape.dims[1] * taps, kernel->out * taps), 0);
  return telar_emit (
      l->b, CONV, ((TelarValue[]){ x, w }), TELAR_INTS (STRIDE, window->stride, window->n),
      TELAR_INTS (PAD, window->pad, 2 * window->n),
      TELAR_INTS (DILATION, window->dilation, window->n), TELAR_INT (GROUPS, kernel->groups));
}

void
telar_conv_finish (TelarLowering *l, TelarValue y, gint64 channels, gint64 fan_in)
{
  TelarShape shape = telar_shape (channels);

  if (telar_lower_bool (l, "bias")) {
    TelarValue bias =
        telar_lower_parameter (l, "bias", &shape, telar_lower_bias_init (l, fan_in), FALSE);
    bias = telar_emit_per_channel (l, bias, telar_lower_type (l, y).shape.rank);
    y = telar_build_binary (l->b, TELAR_PRIM_ADD, y, bias);
  }
  telar_lower_output (l, 0, telar_emit_activation (l, telar_lower_text (l, "activation"), y));
}

TelarValue
telar_conv_input (TelarLowering *l, guint spatial, gint64 *channels, TelarWindow *window)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, spatial + 2, spatial + 2, &type);

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, channels) ||
      !telar_window_read (l, &type.shape, window))
    return TELAR_NO_VALUE;
  return x;
}

static void
lower_conv (TelarLowering *l, guint spatial)
{
  TelarWindow window;
  Kernel kernel = { .role = "kernel", .out = telar_lower_int (l, "filters") };
  TelarValue x = telar_conv_input (l, spatial, &kernel.in, &window);

  if (x == TELAR_NO_VALUE)
    return;
  kernel.groups = telar_lower_int (l, "groups");
  if (kernel.in % kernel.groups != 0 || kernel.out % kernel.groups != 0) {
    telar_lower_fail (l,
                      "groups is %" G_GINT64_FORMAT " and must divide the %" G_GINT64_FORMAT
                      " input channels and the %" G_GINT64_FORMAT " filters",
                      kernel.groups, kernel.in, kernel.out);
    return;
  }
  telar_conv_finish (l, convolve (l, x, &window, &kernel), kernel.out,
                     kernel.in / kernel.groups * telar_window_taps (&window));
}

static void
lower_conv1d (TelarLowering *l)
{
  lower_conv (l, 1);
}

static void
lower_conv2d (TelarLowering *l)
{
  lower_conv (l, 2);
}

static void
lower_conv3d (TelarLowering *l)
{
  lower_conv (l, 3);
}

static void
lower_depthwise (TelarLowering *l, guint spatial)
{
  TelarWindow window;
  Kernel kernel = { .role = "kernel" };
  TelarValue x = telar_conv_input (l, spatial, &kernel.in, &window);

  if (x == TELAR_NO_VALUE)
    return;
  kernel.groups = kernel.in;
  kernel.out = kernel.in * telar_lower_int (l, "multiplier");
  telar_conv_finish (l, convolve (l, x, &window, &kernel), kernel.out, telar_window_taps (&window));
}

/* Depthwise, then pointwise (1x1); the bias follows the second. */
static void
lower_separable (TelarLowering *l, guint spatial)
{
  TelarWindow window, point = { spatial, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0 }, { 0 } };
  Kernel depthwise = { .role = "depthwise" };
  Kernel pointwise = { .role = "pointwise", .groups = 1 };
  TelarValue x = telar_conv_input (l, spatial, &depthwise.in, &window);

  if (x == TELAR_NO_VALUE)
    return;
  depthwise.groups = depthwise.in;
  depthwise.out = depthwise.in * telar_lower_int (l, "multiplier");
  pointwise.in = depthwise.out;
  pointwise.out = telar_lower_int (l, "filters");
  x = convolve (l, x, &window, &depthwise);
  telar_conv_finish (l, convolve (l, x, &point, &pointwise), pointwise.out, pointwise.in);
}

static void
lower_depthwise1d (TelarLowering *l)
{
  lower_depthwise (l, 1);
}

static void
lower_depthwise2d (TelarLowering *l)
{
  lower_depthwise (l, 2);
}

static void
lower_separable1d (TelarLowering *l)
{
  lower_separable (l, 1);
}

static void
lower_separable2d (TelarLowering *l)
{
  lower_separable (l, 2);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define MULTIPLIER                                                                                 \
  {                                                                                                \
    .name = "multiplier", .label = N_ ("Channel multiplier"), .kind = TELAR_PARAM_INT,             \
    .fallback = "1", .minimum = 1, .maximum = 1024,                                                \
    .doc = N_ ("How many filters each input channel gets."),                                       \
  }

#define CONV_PARAMS(axes, kernel)                                                                  \
  TELAR_PARAMS (TELAR_PARAM_FILTERS, TELAR_PARAM_KERNEL (axes, kernel), TELAR_PARAM_STRIDE (axes), \
                TELAR_PARAM_PADDING ("same"), TELAR_PARAM_PAD (axes), TELAR_PARAM_DILATION (axes), \
                TELAR_PARAM_GROUPS, TELAR_PARAM_BIAS, TELAR_PARAM_ACTIVATION, TELAR_PARAM_INIT,    \
                TELAR_PARAM_NORMALISE)
#define DEPTHWISE_PARAMS(axes, kernel)                                                             \
  TELAR_PARAM_KERNEL (axes, kernel), TELAR_PARAM_STRIDE (axes), TELAR_PARAM_PADDING ("same"),      \
      TELAR_PARAM_PAD (axes), TELAR_PARAM_DILATION (axes), MULTIPLIER, TELAR_PARAM_BIAS,           \
      TELAR_PARAM_ACTIVATION, TELAR_PARAM_INIT, TELAR_PARAM_NORMALISE

static const TelarOperator conv1d = {
  .name = "conv1d",
  .label = N_ ("Convolution 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Slides learned filters along a sequence or a signal."),
  .formula = "y[n,o,i] = Σ x[n,c,i·stride + k·dilation - low] · kernel[o,c,k] + bias[o]",
  .onnx = "Conv",
  .inputs = TELAR_CONV_IN ("A signal of shape N, channels, length."),
  .outputs = telar_ports_out,
  .params = CONV_PARAMS (1, "3"),
  .lower = lower_conv1d,
  .examples = TELAR_EXAMPLES ("f32[2,3,9] filters=4",
                              "f32[2,4,10] filters=6 kernel=4 stride=2 "
                              "groups=2 bias=false",
                              "f32[2,2,11] filters=3 dilation=2 padding=valid activation=tanh"),
};

static const TelarOperator conv2d = {
  .name = "conv2d",
  .label = N_ ("Convolution 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Slides learned filters over a picture and gives one channel for each filter."),
  .formula = "y[n,o,i,j] = Σ x[n,c,i·s + k·d - low, …] · kernel[o,c,k,l] + bias[o]",
  .onnx = "Conv",
  .inputs = TELAR_CONV_IN ("Pictures of shape N, channels, height, width."),
  .outputs = telar_ports_out,
  .params = CONV_PARAMS (2, "3x3"),
  .lower = lower_conv2d,
  .examples = TELAR_EXAMPLES (
      "f32[2,3,8,8] filters=4", "f32[2,1,9,7] filters=3 kernel=6x6 stride=2 bias=false",
      "f32[1,4,6,6] filters=6 kernel=3x2 groups=2 padding=valid activation=relu",
      "f32[1,2,9,9] filters=2 dilation=2 padding=explicit pad=1,0,2,3 stride=2x1",
      "f32[2,2,5,5] filters=3 kernel=2x2 normalise_weights=weight",
      "f32[2,2,5,5] filters=1 kernel=2x2 normalise_weights=spectral"),
};

static const TelarOperator conv3d = {
  .name = "conv3d",
  .label = N_ ("Convolution 3D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Slides learned filters through a volume or a film."),
  .formula = "y[n,o,i,j,k] = Σ x[n,c,…] · kernel[o,c,…] + bias[o]",
  .onnx = "Conv",
  .inputs = TELAR_CONV_IN ("Volumes of shape N, channels, depth, height, width."),
  .outputs = telar_ports_out,
  .params = CONV_PARAMS (3, "3x3x3"),
  .lower = lower_conv3d,
  .examples = TELAR_EXAMPLES ("f32[1,2,4,5,4] filters=3 kernel=3x2x3",
                              "f32[2,1,5,5,5] filters=2 stride=2 padding=valid bias=false"),
};

static const TelarOperator depthwise_conv1d = {
  .name = "depthwise_conv1d",
  .label = N_ ("Depthwise convolution 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Gives each channel of a signal filters of its own that see no other channel."),
  .formula = "y[n,c·m + q,i] = Σ x[n,c,…] · kernel[c·m + q,0,…] + bias",
  .onnx = "Conv",
  .inputs = TELAR_CONV_IN ("A signal of shape N, channels, length."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (DEPTHWISE_PARAMS (1, "3")),
  .lower = lower_depthwise1d,
  .examples = TELAR_EXAMPLES ("f32[2,3,6]", "f32[1,2,9] multiplier=2 dilation=2 bias=false"),
};

static const TelarOperator depthwise_conv2d = {
  .name = "depthwise_conv2d",
  .label = N_ ("Depthwise convolution 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Gives each channel filters of its own that see no other channel: few weights, "
             "little work."),
  .formula = "y[n,c·m + q,i,j] = Σ x[n,c,…] · kernel[c·m + q,0,…] + bias",
  .onnx = "Conv",
  .inputs = TELAR_CONV_IN ("Pictures of shape N, channels, height, width."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (DEPTHWISE_PARAMS (2, "3x3")),
  .lower = lower_depthwise2d,
  .examples = TELAR_EXAMPLES ("f32[2,3,6,6]", "f32[1,2,7,5] multiplier=2 stride=2 bias=false"),
};

static const TelarOperator separable_conv1d = {
  .name = "separable_conv1d",
  .label = N_ ("Separable convolution 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("A depthwise convolution of a signal followed by one of width 1 that mixes the "
             "channels."),
  .formula = "y = conv(depthwise(x), pointwise) + bias",
  .onnx = "Conv",
  .inputs = TELAR_CONV_IN ("A signal of shape N, channels, length."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_FILTERS, DEPTHWISE_PARAMS (1, "3")),
  .lower = lower_separable1d,
  .examples = TELAR_EXAMPLES ("f32[2,3,6] filters=4", "f32[1,2,9] filters=3 multiplier=2 stride=2"),
};

static const TelarOperator separable_conv2d = {
  .name = "separable_conv2d",
  .label = N_ ("Separable convolution 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("A depthwise convolution followed by a 1x1 convolution that mixes the channels."),
  .formula = "y = conv(depthwise(x), pointwise) + bias",
  .onnx = "Conv",
  .inputs = TELAR_CONV_IN ("Pictures of shape N, channels, height, width."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_FILTERS, DEPTHWISE_PARAMS (2, "3x3")),
  .lower = lower_separable2d,
  .examples = TELAR_EXAMPLES ("f32[2,3,6,6] filters=4", "f32[1,2,7,5] filters=3 multiplier=2 "
                                                        "stride=2 padding=valid activation=silu"),
};

const TelarOperator *const telar_operators_conv[] = {
  &conv1d,           &conv2d,           &conv3d,           &depthwise_conv1d,
  &depthwise_conv2d, &separable_conv1d, &separable_conv2d, NULL,
};
