/* Pools: a window, or all of the picture, reduced to one number per channel. */
#include "engine/operators/families.h"
#include "engine/operators/window.h"

static TelarValue
read_input (TelarLowering *l, guint spatial, TelarWindow *window)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, spatial + 2, spatial + 2, &type);

  if (x == TELAR_NO_VALUE || !telar_window_read (l, &type.shape, window))
    return TELAR_NO_VALUE;
  for (guint i = 0; i < spatial; i++) {
    if (window->pad[i] >= telar_window_span (window, i) ||
        window->pad[spatial + i] >= telar_window_span (window, i)) {
      telar_lower_fail (l, "pad must be smaller than the window");
      return TELAR_NO_VALUE;
    }
  }
  return x;
}

static void
lower_max_pool (TelarLowering *l, guint spatial)
{
  TelarWindow window;
  TelarValue x = read_input (l, spatial, &window);

  if (x != TELAR_NO_VALUE)
    telar_lower_output (l, 0,
                        telar_emit (l->b, MAX_POOL, ((TelarValue[]){ x }),
                                    TELAR_INTS (KERNEL, window.kernel, spatial),
                                    TELAR_INTS (STRIDE, window.stride, spatial),
                                    TELAR_INTS (PAD, window.pad, 2 * spatial),
                                    TELAR_INTS (DILATION, window.dilation, spatial)));
}

static void
lower_avg_pool (TelarLowering *l, guint spatial)
{
  TelarWindow window;
  TelarValue x = read_input (l, spatial, &window);

  if (x != TELAR_NO_VALUE)
    telar_lower_output (l, 0,
                        telar_emit (l->b, AVG_POOL, ((TelarValue[]){ x }),
                                    TELAR_INTS (KERNEL, window.kernel, spatial),
                                    TELAR_INTS (STRIDE, window.stride, spatial),
                                    TELAR_INTS (PAD, window.pad, 2 * spatial),
                                    TELAR_INT (COUNT_PAD, telar_lower_bool (l, "count_pad"))));
}

static void
lower_max_pool1d (TelarLowering *l)
{
  lower_max_pool (l, 1);
}

static void
lower_max_pool2d (TelarLowering *l)
{
  lower_max_pool (l, 2);
}

static void
lower_avg_pool1d (TelarLowering *l)
{
  lower_avg_pool (l, 1);
}

static void
lower_avg_pool2d (TelarLowering *l)
{
  lower_avg_pool (l, 2);
}

static void
lower_global (TelarLowering *l, TelarPrim prim)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, TELAR_MAX_RANK, &type);

  if (x != TELAR_NO_VALUE)
    telar_lower_output (l, 0, telar_emit_reduce_from (l, prim, x, 2, FALSE));
}

static void
lower_global_max (TelarLowering *l)
{
  lower_global (l, TELAR_PRIM_MAX);
}

static void
lower_global_avg (TelarLowering *l)
{
  lower_global (l, TELAR_PRIM_MEAN);
}

/* --- entries ---------------------------------------------------------------------------------- */

/* A stride of 0 is that of the kernel: windows side by side. */
#define POOL_STRIDE(axes)                                                                          \
  {                                                                                                \
    .name = "stride", .label = N_ ("Stride"), .kind = TELAR_PARAM_INTS, .fallback = "0",           \
    .minimum = 0, .maximum = 1024, .min_items = 1, .max_items = axes,                              \
    .doc = N_ ("Steps of the window along each axis; 0 puts windows side by side."),               \
    .prominent = TRUE,                                                                             \
  }
#define COUNT_PAD                                                                                  \
  {                                                                                                \
    .name = "count_pad", .label = N_ ("Count the padding"), .kind = TELAR_PARAM_BOOL,              \
    .fallback = "false",                                                                           \
    .doc = N_ ("Whether the zeros of the padding count in the mean; Keras does not count them, "   \
               "PyTorch does."),                                                                   \
  }
#define MAX_PARAMS(axes, kernel)                                                                   \
  TELAR_PARAMS (TELAR_PARAM_KERNEL (axes, kernel), POOL_STRIDE (axes),                             \
                TELAR_PARAM_PADDING ("valid"), TELAR_PARAM_PAD (axes),                             \
                TELAR_PARAM_DILATION (axes))
#define AVG_PARAMS(axes, kernel)                                                                   \
  TELAR_PARAMS (TELAR_PARAM_KERNEL (axes, kernel), POOL_STRIDE (axes),                             \
                TELAR_PARAM_PADDING ("valid"), TELAR_PARAM_PAD (axes), COUNT_PAD)

static const TelarOperator max_pool1d = {
  .name = "max_pool1d",
  .label = N_ ("Max pool 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Keeps the largest number of each window of a signal."),
  .formula = "y[n,c,i] = max x[n,c,i·stride + k·dilation - low]",
  .onnx = "MaxPool",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = MAX_PARAMS (1, "2"),
  .lower = lower_max_pool1d,
  .examples = TELAR_EXAMPLES ("f32[2,3,8]", "f32[2,2,9] kernel=3 stride=2 padding=same"),
};

static const TelarOperator max_pool2d = {
  .name = "max_pool2d",
  .label = N_ ("Max pool 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Keeps the largest number of each window of a picture, which makes it smaller."),
  .formula = "y[n,c,i,j] = max x[n,c,i·s + k·d - low, …]",
  .onnx = "MaxPool",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = MAX_PARAMS (2, "2x2"),
  .lower = lower_max_pool2d,
  .examples = TELAR_EXAMPLES ("f32[2,3,6,6]", "f32[1,2,7,5] kernel=3x2 stride=2 padding=same",
                              "f32[1,2,7,7] kernel=3 stride=1 dilation=2",
                              "f32[1,1,6,6] kernel=3 stride=2 padding=explicit pad=1"),
};

static const TelarOperator avg_pool1d = {
  .name = "avg_pool1d",
  .label = N_ ("Average pool 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes the mean of each window of a signal."),
  .formula = "y[n,c,i] = mean x[n,c,i·stride + k - low]",
  .onnx = "AveragePool",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = AVG_PARAMS (1, "2"),
  .lower = lower_avg_pool1d,
  .examples = TELAR_EXAMPLES ("f32[2,3,8]", "f32[2,2,9] kernel=3 stride=2 padding=same"),
};

static const TelarOperator avg_pool2d = {
  .name = "avg_pool2d",
  .label = N_ ("Average pool 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes the mean of each window of a picture, which makes it smaller."),
  .formula = "y[n,c,i,j] = mean x[n,c,i·s + k - low, …]",
  .onnx = "AveragePool",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = AVG_PARAMS (2, "2x2"),
  .lower = lower_avg_pool2d,
  .examples =
      TELAR_EXAMPLES ("f32[2,3,6,6]", "f32[1,2,7,5] kernel=3x2 stride=2 padding=same",
                      "f32[1,2,5,5] kernel=3 stride=2 padding=explicit pad=1 count_pad=true"),
};

static const TelarOperator global_max_pool = {
  .name = "global_max_pool",
  .label = N_ ("Global max pool"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Keeps the largest number of each channel, whatever the size of the picture."),
  .formula = "y[n,c] = max x[n,c,…]",
  .onnx = "ReduceMax",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .lower = lower_global_max,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,4]", "f32[2,3,5]"),
};

static const TelarOperator global_avg_pool = {
  .name = "global_avg_pool",
  .label = N_ ("Global average pool"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes the mean of each channel, whatever the size of the picture."),
  .formula = "y[n,c] = mean x[n,c,…]",
  .onnx = "ReduceMean",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .lower = lower_global_avg,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,4]", "f32[2,3,5]"),
};

const TelarOperator *const telar_operators_pool[] = {
  &max_pool1d, &max_pool2d, &avg_pool1d, &avg_pool2d, &global_max_pool, &global_avg_pool, NULL,
};
