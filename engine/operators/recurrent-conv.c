/* A recurrent layer over pictures: an LSTM whose products are convolutions. */
#include "engine/operators/families.h"
#include "engine/operators/recurrent.h"
#include "engine/operators/window.h"

enum { OUT, LAST, LAST_MEMORY };

/* The pictures of all steps in one batch, [N·T, C, height, width], through one convolution. */
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
  merged = telar_lower_type (l, x).shape;
  result =
      telar_shape (shape.dims[0], shape.dims[1], merged.dims[1], merged.dims[2], merged.dims[3]);
  return telar_build_reshape (l->b, x, &result);
}

/* One number for each channel of [N, T, C, height, width]. */
static TelarValue
bias_of (TelarLowering *l, gint64 channels, gint64 fan_in)
{
  TelarShape shape = telar_shape (channels), wide = telar_shape (channels, 1, 1);

  return telar_build_reshape (
      l->b, telar_lower_parameter (l, "bias", &shape, telar_lower_bias_init (l, fan_in), FALSE),
      &wide);
}

static void
declare_weights (TelarLowering *l, gint64 channels, const TelarWindow *window, TelarValue *kernel,
                 TelarRecurrence *r)
{
  gint64 filters = telar_lower_int (l, "filters"), rows = 4 * filters;
  gint64 height = window->kernel[0], width = window->kernel[1], taps = height * width;
  TelarShape input = telar_shape (rows, channels, height, width);
  TelarShape recurrent = telar_shape (rows, filters, height, width);

  *kernel = telar_lower_parameter (l, "kernel", &input,
                                   telar_lower_init (l, channels * taps, filters * taps), TRUE);
  r->recurrent = telar_lower_parameter (l, "recurrent", &recurrent,
                                        telar_lower_init (l, filters * taps, filters * taps), TRUE);
  if (telar_lower_bool (l, "bias"))
    r->bias = bias_of (l, rows, channels * taps);
}

static void
lower_conv_lstm (TelarLowering *l)
{
  TelarType type, lengths;
  TelarValue x = telar_lower_float (l, 0, 5, 5, &type), kernel;
  TelarShape picture =
      telar_shape (type.shape.dims[0], type.shape.dims[2], type.shape.dims[3], type.shape.dims[4]);
  TelarRecurrence r = TELAR_RECURRENCE;
  TelarRecurrenceResult result;
  TelarWindow window;
  gint64 steps, channels;

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, &steps) ||
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

static const TelarOperator conv_lstm2d = {
  .name = "conv_lstm2d",
  .label = N_ ("Convolutional LSTM 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Reads a sequence of pictures; an LSTM whose state is a picture itself, for films and "
             "weather. The kernel's filters are the gates input, forget, new, output."),
  .formula = "as lstm, with convolutions kernel * x[t] and recurrent * h[t-1] for the products",
  .onnx = "Conv, Add, Sigmoid, Tanh, Mul",
  .inputs = TELAR_PORTS (
      { .name = "in",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("Sequences of pictures, batch × steps × channels × height × width.") },
      { .name = "lengths",
        .kind = TELAR_PORT_TENSOR,
        .optional = TRUE,
        .doc = N_ ("How many steps of each sequence count; all when nothing is wired.") }),
  .outputs = TELAR_PORTS (
      { .name = "out",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("Batch × steps × filters × height × width, or without the steps.") },
      { .name = "last",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("The state after the last step, batch × filters × height × width.") },
      { .name = "last_memory",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("The memory after the last step, shaped as the state.") }),
  .params = TELAR_PARAMS (
      {
          .name = "filters",
          .label = N_ ("Filters"),
          .kind = TELAR_PARAM_INT,
          .fallback = "16",
          .minimum = 1,
          .maximum = TELAR_SIZE_LIMIT,
          .doc = N_ ("Number of output channels."),
          .prominent = TRUE,
      },
      TELAR_PARAM_KERNEL (2, "3x3"), TELAR_PARAM_STRIDE (2), TELAR_PARAM_DILATION (2),
      TELAR_PARAM_PADDING ("same"), TELAR_PARAM_PAD (2), TELAR_PARAM_CELL, TELAR_PARAM_GATES,
      TELAR_PARAM_SEQUENCES, TELAR_PARAM_BIAS, TELAR_PARAM_INIT),
  .lower = lower_conv_lstm,
  .examples = TELAR_EXAMPLES (
      "f32[2,3,2,4,4] filters=2", "f32[2,2,1,5,4] i64[2]<3 filters=2 kernel=2 padding=valid",
      "f32[2,2,2,5,5] filters=1 stride=2 bias=false sequences=false gate_activation=hard_sigmoid"),
};

const TelarOperator *const telar_operators_conv_lstm[] = { &conv_lstm2d, NULL };
