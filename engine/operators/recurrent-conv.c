/* Recurrent layers over signals, pictures and volumes: an LSTM whose products are convolutions. */
#include "engine/operators/families.h"
#include "engine/operators/recurrent.h"
#include "engine/operators/window.h"

enum { OUT, LAST, LAST_MEMORY };

/* The pictures of all steps in one batch, [N·T, C, spatial…], through one convolution. */
static TelarValue
convolve_steps (TelarLowering *l, TelarValue x, const TelarWindow *window, TelarValue kernel)
{
  TelarShape shape = telar_lower_type (l, x).shape, merged = telar_shape_without (&shape, 1);
  TelarShape result;

  merged.dims[0] *= shape.dims[1];
  x = telar_emit (l->b, CONV, ((TelarValue[]){ telar_build_reshape (l->b, x, &merged), kernel }),
                  TELAR_INTS (STRIDE, window->stride, window->n),
                  TELAR_INTS (PAD, window->pad, 2 * window->n),
                  TELAR_INTS (DILATION, window->dilation, window->n));
  result = telar_lower_type (l, x).shape;
  result.dims[0] = shape.dims[0];
  result = telar_shape_with (&result, 1, shape.dims[1]);
  return telar_build_reshape (l->b, x, &result);
}

/* One number for each channel of [N, T, C, spatial…]. */
static TelarValue
bias_of (TelarLowering *l, gint64 channels, guint spatial, gint64 fan_in)
{
  TelarShape shape = telar_shape (channels), wide = shape;

  for (guint i = 0; i < spatial; i++)
    wide.dims[wide.rank++] = 1;
  return telar_build_reshape (
      l->b, telar_lower_parameter (l, "bias", &shape, telar_lower_bias_init (l, fan_in), FALSE),
      &wide);
}

static void
declare_weights (TelarLowering *l, gint64 channels, const TelarWindow *window, TelarValue *kernel,
                 TelarRecurrence *r)
{
  gint64 filters = telar_lower_int (l, "filters"), rows = 4 * filters;
  gint64 taps = telar_window_taps (window);
  TelarShape input = telar_shape (rows, channels), recurrent = telar_shape (rows, filters);

  for (guint i = 0; i < window->n; i++)
    input.dims[input.rank++] = recurrent.dims[recurrent.rank++] = window->kernel[i];
  *kernel = telar_lower_parameter (l, "kernel", &input,
                                   telar_lower_init (l, channels * taps, filters * taps), TRUE);
  r->recurrent = telar_lower_parameter (l, "recurrent", &recurrent,
                                        telar_lower_init (l, filters * taps, filters * taps), TRUE);
  if (telar_lower_bool (l, "bias"))
    r->bias = bias_of (l, rows, window->n, channels * taps);
}

static void
lower_conv_lstm (TelarLowering *l, guint spatial)
{
  TelarType type, lengths;
  TelarValue x = telar_lower_float (l, 0, spatial + 3, spatial + 3, &type), kernel;
  TelarRecurrence r = TELAR_RECURRENCE;
  TelarRecurrenceResult result;
  TelarWindow window;
  TelarShape picture;
  gint64 steps, channels;

  if (x == TELAR_NO_VALUE)
    return;
  picture = telar_shape_without (&type.shape, 1);
  if (!telar_lower_size (l, &type.shape, 1, &steps) ||
      !telar_lower_size (l, &type.shape, 2, &channels) || !telar_window_read (l, &picture, &window))
    return;
  r.cell = TELAR_CELL_LSTM;
  r.lengths = telar_lower_ranked (l, 1, 1, 1, &lengths);
  r.functions[0] = telar_gate_function (telar_lower_text (l, "gate_activation"));
  r.functions[1] = r.functions[2] = telar_gate_function (telar_lower_text (l, "activation"));
  declare_weights (l, channels, &window, &kernel, &r);
  result = telar_emit_recurrence (l->b, &r, convolve_steps (l, x, &window, kernel));
  telar_lower_output (l, OUT, telar_lower_bool (l, "sequences") ? result.sequence : result.hidden);
  telar_lower_output (l, LAST, result.hidden);
  telar_lower_output (l, LAST_MEMORY, result.memory);
}

static void
lower_conv_lstm1d (TelarLowering *l)
{
  lower_conv_lstm (l, 1);
}

static void
lower_conv_lstm2d (TelarLowering *l)
{
  lower_conv_lstm (l, 2);
}

static void
lower_conv_lstm3d (TelarLowering *l)
{
  lower_conv_lstm (l, 3);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define INPUTS(words)                                                                              \
  TELAR_PORTS (                                                                                    \
      { .name = "in", .kind = TELAR_PORT_TENSOR, .doc = N_ (words) },                              \
      { .name = "lengths",                                                                         \
        .kind = TELAR_PORT_TENSOR,                                                                 \
        .optional = TRUE,                                                                          \
        .doc = N_ ("How many steps of each sequence count; all when nothing is wired.") })
#define OUTPUTS                                                                                    \
  TELAR_PORTS ({ .name = "out",                                                                    \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .doc = N_ ("As the input with filters for channels, or without the steps.") },    \
               { .name = "last",                                                                   \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .doc = N_ ("The state after the last step, without the steps.") },                \
               { .name = "last_memory",                                                            \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .doc = N_ ("The memory after the last step, shaped as the state.") })
#define PARAMS(axes, kernel)                                                                       \
  TELAR_PARAMS (                                                                                   \
      {                                                                                            \
          .name = "filters",                                                                       \
          .label = N_ ("Filters"),                                                                 \
          .kind = TELAR_PARAM_INT,                                                                 \
          .fallback = "16",                                                                        \
          .minimum = 1,                                                                            \
          .maximum = TELAR_SIZE_LIMIT,                                                             \
          .doc = N_ ("Number of output channels."),                                                \
          .prominent = TRUE,                                                                       \
      },                                                                                           \
      TELAR_PARAM_KERNEL (axes, kernel), TELAR_PARAM_STRIDE (axes), TELAR_PARAM_DILATION (axes),   \
      TELAR_PARAM_PADDING ("same"), TELAR_PARAM_PAD (axes), TELAR_PARAM_CELL, TELAR_PARAM_GATES,   \
      TELAR_PARAM_SEQUENCES, TELAR_PARAM_BIAS, TELAR_PARAM_INIT)
#define FORMULA "as lstm, with convolutions kernel * x[t] and recurrent * h[t-1] for the products"
#define ONNX    "Conv, Add, Sigmoid, Tanh, Mul"

static const TelarOperator conv_lstm1d = {
  .name = "conv_lstm1d",
  .label = N_ ("Convolutional LSTM 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Reads a sequence of signals; an LSTM whose state is a signal itself, for many "
             "sensors in a row. The kernel's filters are the gates input, forget, new, output."),
  .formula = FORMULA,
  .onnx = ONNX,
  .inputs = INPUTS ("Sequences of signals, batch × steps × channels × length."),
  .outputs = OUTPUTS,
  .params = PARAMS (1, "3"),
  .lower = lower_conv_lstm1d,
  .examples = TELAR_EXAMPLES ("f32[2,3,2,5] filters=2",
                              "f32[2,3,1,6] i64[2]<4 filters=2 kernel=2 padding=valid stride=2"),
};

static const TelarOperator conv_lstm2d = {
  .name = "conv_lstm2d",
  .label = N_ ("Convolutional LSTM 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Reads a sequence of pictures; an LSTM whose state is a picture itself, for films and "
             "weather. The kernel's filters are the gates input, forget, new, output."),
  .formula = FORMULA,
  .onnx = ONNX,
  .inputs = INPUTS ("Sequences of pictures, batch × steps × channels × height × width."),
  .outputs = OUTPUTS,
  .params = PARAMS (2, "3x3"),
  .lower = lower_conv_lstm2d,
  .examples = TELAR_EXAMPLES (
      "f32[2,3,2,4,4] filters=2", "f32[2,2,1,5,4] i64[2]<3 filters=2 kernel=2 padding=valid",
      "f32[2,2,2,5,5] filters=1 stride=2 bias=false sequences=false gate_activation=hard_sigmoid"),
};

static const TelarOperator conv_lstm3d = {
  .name = "conv_lstm3d",
  .label = N_ ("Convolutional LSTM 3D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Reads a sequence of volumes; an LSTM whose state is a volume itself, for scans over "
             "time. The kernel's filters are the gates input, forget, new, output."),
  .formula = FORMULA,
  .onnx = ONNX,
  .inputs = INPUTS ("Sequences of volumes, batch × steps × channels × depth × height × width."),
  .outputs = OUTPUTS,
  .params = PARAMS (3, "3x3x3"),
  .lower = lower_conv_lstm3d,
  .examples = TELAR_EXAMPLES ("f32[1,2,1,3,2,3] filters=1 kernel=2 padding=valid",
                              "f32[2,2,1,2,2,2] i64[2]<3 filters=2 bias=false"),
};

const TelarOperator *const telar_operators_conv_lstm[] = {
  &conv_lstm1d,
  &conv_lstm2d,
  &conv_lstm3d,
  NULL,
};
