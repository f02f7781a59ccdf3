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

static TelarValue
average (TelarLowering *l, TelarValue x, const TelarWindow *window, gboolean count_pad)
{
  return telar_emit (
      l->b, AVG_POOL, ((TelarValue[]){ x }), TELAR_INTS (KERNEL, window->kernel, window->n),
      TELAR_INTS (STRIDE, window->stride, window->n), TELAR_INTS (PAD, window->pad, 2 * window->n),
      TELAR_INT (COUNT_PAD, count_pad));
}

/* Puts the padding that counts into @x as zeros; what "ceil" adds stays with the window and, the
 * mean then leaving padding out, does not count. */
static TelarValue
pad_counted (TelarLowering *l, TelarValue x, TelarWindow *window)
{
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  guint n = window->n;

  for (guint i = 0; i < n; i++) {
    low[2 + i] = window->pad[i];
    high[2 + i] = window->pad[n + i] - window->extra[i];
    window->pad[i] = 0;
    window->pad[n + i] = window->extra[i];
  }
  return telar_emit (l->b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, n + 2),
                     TELAR_INTS (HIGH, high, n + 2));
}

static void
lower_avg_pool (TelarLowering *l, guint spatial)
{
  TelarWindow window;
  TelarValue x = read_input (l, spatial, &window);
  gboolean count = telar_lower_bool (l, "count_pad");

  if (x == TELAR_NO_VALUE)
    return;
  if (count && telar_lower_bool (l, "ceil")) {
    x = pad_counted (l, x, &window);
    count = FALSE;
  }
  telar_lower_output (l, 0, average (l, x, &window, count));
}

/* Gulcehre et al.: "Learned-norm pooling for deep feedforward and recurrent neural networks", 2014,
 * with a fixed p: powers, the mean times the size of the window, the root. */
static void
lower_lp_pool (TelarLowering *l, guint spatial)
{
  TelarWindow window;
  TelarValue x = read_input (l, spatial, &window);
  double p = telar_lower_real (l, "p");

  if (x == TELAR_NO_VALUE)
    return;
  x = telar_build_unary (l->b, TELAR_PRIM_ABS, x);
  x = average (l, telar_build_binary_scalar (l->b, TELAR_PRIM_POW, x, p), &window, TRUE);
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, (double)telar_window_taps (&window));
  telar_lower_output (l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_POW, x, 1 / p));
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
lower_max_pool3d (TelarLowering *l)
{
  lower_max_pool (l, 3);
}

static void
lower_avg_pool3d (TelarLowering *l)
{
  lower_avg_pool (l, 3);
}

static void
lower_lp_pool1d (TelarLowering *l)
{
  lower_lp_pool (l, 1);
}

static void
lower_lp_pool2d (TelarLowering *l)
{
  lower_lp_pool (l, 2);
}

static void
lower_lp_pool3d (TelarLowering *l)
{
  lower_lp_pool (l, 3);
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

static void
lower_global_lp (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, TELAR_MAX_RANK, &type);
  double p = telar_lower_real (l, "p");

  x = telar_build_unary (l->b, TELAR_PRIM_ABS, x);
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_POW, x, p);
  x = telar_emit_reduce_from (l, TELAR_PRIM_SUM, x, 2, FALSE);
  telar_lower_output (l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_POW, x, 1 / p));
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
#define CEIL                                                                                       \
  {                                                                                                \
    .name = "ceil", .label = N_ ("Round up"), .kind = TELAR_PARAM_BOOL, .fallback = "false",       \
    .doc = N_ ("Whether a last window that reaches past the input counts, over what it covers."),  \
  }
#define POWER                                                                                      \
  {                                                                                                \
    .name = "p", .label = N_ ("Power"), .kind = TELAR_PARAM_REAL, .fallback = "2", .minimum = 1,   \
    .maximum = 64, .doc = N_ ("The p of the norm: 1 sums sizes, 2 is the Euclidean length."),      \
    .prominent = TRUE,                                                                             \
  }
#define MAX_PARAMS(axes, kernel)                                                                   \
  TELAR_PARAMS (TELAR_PARAM_KERNEL (axes, kernel), POOL_STRIDE (axes),                             \
                TELAR_PARAM_PADDING ("valid"), TELAR_PARAM_PAD (axes),                             \
                TELAR_PARAM_DILATION (axes), CEIL)
#define AVG_PARAMS(axes, kernel)                                                                   \
  TELAR_PARAMS (TELAR_PARAM_KERNEL (axes, kernel), POOL_STRIDE (axes),                             \
                TELAR_PARAM_PADDING ("valid"), TELAR_PARAM_PAD (axes), COUNT_PAD, CEIL)

#define LP_PARAMS(axes, kernel)                                                                    \
  TELAR_PARAMS (TELAR_PARAM_KERNEL (axes, kernel), POOL_STRIDE (axes),                             \
                TELAR_PARAM_PADDING ("valid"), TELAR_PARAM_PAD (axes), POWER, CEIL)

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
                              "f32[1,1,6,6] kernel=3 stride=2 padding=explicit pad=1",
                              "f32[1,2,6,7] kernel=3 stride=2 ceil=true"),
};

static const TelarOperator max_pool3d = {
  .name = "max_pool3d",
  .label = N_ ("Max pool 3D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Keeps the largest number of each window of a volume or a film."),
  .formula = "y[n,c,i,j,k] = max x[n,c,i·s + k·d - low, …]",
  .onnx = "MaxPool",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = MAX_PARAMS (3, "2x2x2"),
  .lower = lower_max_pool3d,
  .examples =
      TELAR_EXAMPLES ("f32[1,2,4,4,4]", "f32[1,1,5,4,5] kernel=3x2x2 stride=2 padding=same"),
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
  .examples = TELAR_EXAMPLES (
      "f32[2,3,6,6]", "f32[1,2,7,5] kernel=3x2 stride=2 padding=same",
      "f32[1,2,5,5] kernel=3 stride=2 padding=explicit pad=1 count_pad=true",
      "f32[1,2,6,7] kernel=3 stride=2 ceil=true",
      "f32[1,2,6,7] kernel=3 stride=3 padding=explicit pad=1 count_pad=true ceil=true"),
};

static const TelarOperator avg_pool3d = {
  .name = "avg_pool3d",
  .label = N_ ("Average pool 3D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes the mean of each window of a volume or a film."),
  .formula = "y[n,c,i,j,k] = mean x[n,c,i·s + k - low, …]",
  .onnx = "AveragePool",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = AVG_PARAMS (3, "2x2x2"),
  .lower = lower_avg_pool3d,
  .examples =
      TELAR_EXAMPLES ("f32[1,2,4,4,4]", "f32[1,1,5,4,5] kernel=3x2x2 stride=2 padding=same"),
};

static const TelarOperator lp_pool1d = {
  .name = "lp_pool1d",
  .label = N_ ("Lp pool 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes the p-norm of each window of a signal: between the sum and the maximum."),
  .formula = "y = (Σ |x|^p)^(1/p) over each window",
  .onnx = "Abs, Pow, AveragePool, Mul",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = LP_PARAMS (1, "2"),
  .lower = lower_lp_pool1d,
  .examples =
      TELAR_EXAMPLES ("f32[2,3,8]:0.1..2", "f32[2,2,9]:0.1..2 kernel=3 stride=2 p=3 ceil=true"),
};

static const TelarOperator lp_pool2d = {
  .name = "lp_pool2d",
  .label = N_ ("Lp pool 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes the p-norm of each window of a picture: between the sum and the maximum."),
  .formula = "y = (Σ |x|^p)^(1/p) over each window",
  .onnx = "Abs, Pow, AveragePool, Mul",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = LP_PARAMS (2, "2x2"),
  .lower = lower_lp_pool2d,
  .examples = TELAR_EXAMPLES ("f32[2,2,4,4]:0.1..2",
                              "f32[1,2,5,5]:0.1..2 kernel=3 stride=2 padding=same p=1.5"),
};

static const TelarOperator lp_pool3d = {
  .name = "lp_pool3d",
  .label = N_ ("Lp pool 3D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes the p-norm of each window of a volume: between the sum and the maximum."),
  .formula = "y = (Σ |x|^p)^(1/p) over each window",
  .onnx = "Abs, Pow, AveragePool, Mul",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = LP_PARAMS (3, "2x2x2"),
  .lower = lower_lp_pool3d,
  .examples = TELAR_EXAMPLES ("f32[1,2,2,4,4]:0.1..2", "f32[1,1,3,3,3]:0.1..2 stride=1 p=1"),
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

static const TelarOperator global_lp_pool = {
  .name = "global_lp_pool",
  .label = N_ ("Global Lp pool"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes the p-norm of each channel, whatever the size of the picture."),
  .formula = "y[n,c] = (Σ |x[n,c,…]|^p)^(1/p)",
  .onnx = "Abs, Pow, ReduceSum",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (POWER),
  .lower = lower_global_lp,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,4]:0.1..2", "f32[2,3,5]:0.1..2 p=3"),
};

const TelarOperator *const telar_operators_pool[] = {
  &max_pool1d,      &max_pool2d,     &max_pool3d, &avg_pool1d, &avg_pool2d,
  &avg_pool3d,      &lp_pool1d,      &lp_pool2d,  &lp_pool3d,  &global_max_pool,
  &global_avg_pool, &global_lp_pool, NULL,
};
