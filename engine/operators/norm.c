/* Normalisations, and the standardisation that is fitted to the data before training. Channels are
 * on axis 1. */
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

/* --- shared pieces ---------------------------------------------------------------------------- */

/* A trained vector over @shape that begins as @value, or, when the node does without it, that
 * constant. */
static TelarValue
affine (TelarLowering *l, const char *role, const TelarShape *shape, double value)
{
  TelarType type = { TELAR_F32, *shape };

  if (telar_lower_bool (l, role))
    return telar_lower_parameter (l, role, shape, telar_init_constant (value), FALSE);
  return telar_build_fill (l->b, &type, value);
}

static TelarValue
scalar_sum (TelarLowering *l, TelarValue x, double factor_x, TelarValue y, double factor_y)
{
  return telar_build_binary (l->b, TELAR_PRIM_ADD,
                             telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, factor_x),
                             telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, y, factor_y));
}

/* --- batch normalisation ---------------------------------------------------------------------- */

/* variance · n / (n - 1), where n counts what each channel's variance was taken over; n = 1 leaves
 * it as it is. */
static TelarValue
unbiased (TelarLowering *l, TelarValue x, guint rank, TelarValue variance)
{
  gint64 axes[TELAR_MAX_RANK] = { 0 };
  TelarValue n, below;

  for (guint axis = 2; axis < rank; axis++)
    axes[axis - 1] = axis;
  n = telar_emit (l->b, COUNT, ((TelarValue[]){ x }), TELAR_INTS (AXES, axes, rank - 1));
  below = telar_build_binary_scalar (l->b, TELAR_PRIM_SUB, n, 1);
  below = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, below, 1);
  return telar_build_binary (l->b, TELAR_PRIM_MUL, variance,
                             telar_build_binary (l->b, TELAR_PRIM_DIV, n, below));
}

static void
lower_batch_norm (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &type);
  double momentum = telar_lower_real (l, "momentum");
  TelarAttr epsilon = TELAR_REAL (EPSILON, telar_lower_real (l, "epsilon"));
  TelarValue scale, bias, mean, variance, y;
  TelarShape shape;
  gint64 channels;

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, &channels))
    return;
  shape = telar_shape (channels);
  scale = affine (l, "scale", &shape, 1);
  bias = affine (l, "bias", &shape, 0);
  mean = telar_lower_buffer (l, "mean", &shape, telar_init_constant (0), TELAR_NO_VALUE);
  variance = telar_lower_buffer (l, "variance", &shape, telar_init_constant (1), TELAR_NO_VALUE);

  if (l->training) {
    y = telar_emit (l->b, BATCH_NORM_TRAIN, ((TelarValue[]){ x, scale, bias }), epsilon);
    if (y == TELAR_NO_VALUE)
      return;
    telar_lower_update (l, "mean", scalar_sum (l, mean, 1 - momentum, y + 1, momentum));
    telar_lower_update (
        l, "variance",
        scalar_sum (l, variance, 1 - momentum, unbiased (l, x, type.shape.rank, y + 2), momentum));
  } else {
    y = telar_emit (l->b, BATCH_NORM, ((TelarValue[]){ x, scale, bias, mean, variance }), epsilon);
  }
  telar_lower_output (l, 0, y);
}

/* --- normalisation within each sample --------------------------------------------------------- */

static void
lower_layer_norm (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &type);
  TelarAttr epsilon = TELAR_REAL (EPSILON, telar_lower_real (l, "epsilon"));
  TelarShape shape = { 0 };
  TelarValue scale, bias;
  guint first;

  if (x == TELAR_NO_VALUE ||
      !telar_lower_axis (l, telar_lower_int (l, "axis"), type.shape.rank, &first))
    return;
  if (first == 0) {
    telar_lower_fail (l, "axis is the batch; layer normalisation works within each sample");
    return;
  }
  for (guint axis = first; axis < type.shape.rank; axis++)
    if (!telar_lower_size (l, &type.shape, axis, &shape.dims[shape.rank++]))
      return;
  scale = affine (l, "scale", &shape, 1);
  bias = affine (l, "bias", &shape, 0);
  telar_lower_output (l, 0,
                      telar_emit (l->b, LAYER_NORM, ((TelarValue[]){ x, scale, bias }),
                                  TELAR_INT (AXIS, first), epsilon));
}

/* Each group of channels of each sample to mean 0 and variance 1, then scale and bias for each
 * channel: the layer norm of [N, groups, rest]. */
static void
normalize_groups (TelarLowering *l, TelarValue x, const TelarShape *shape, gint64 groups)
{
  gint64 channels = shape->dims[1], rest = channels / groups;
  TelarShape vector = telar_shape (channels), grouped, within;
  TelarType ones;
  TelarValue y, scale, bias;

  for (guint axis = 2; axis < shape->rank; axis++) {
    gint64 size;
    if (!telar_lower_size (l, shape, axis, &size))
      return;
    rest *= size;
  }
  grouped = telar_shape (shape->dims[0], groups, rest);
  within = telar_shape (rest);
  ones = (TelarType){ TELAR_F32, within };

  y = telar_build_reshape (l->b, x, &grouped);
  scale = telar_build_fill (l->b, &ones, 1);
  bias = telar_build_fill (l->b, &ones, 0);
  y = telar_emit (l->b, LAYER_NORM, ((TelarValue[]){ y, scale, bias }), TELAR_INT (AXIS, 2),
                  TELAR_REAL (EPSILON, telar_lower_real (l, "epsilon")));
  y = telar_build_reshape (l->b, y, shape);
  if (telar_lower_bool (l, "scale"))
    y = telar_build_binary (
        l->b, TELAR_PRIM_MUL, y,
        telar_emit_per_channel (l, affine (l, "scale", &vector, 1), shape->rank));
  if (telar_lower_bool (l, "bias"))
    y = telar_build_binary (
        l->b, TELAR_PRIM_ADD, y,
        telar_emit_per_channel (l, affine (l, "bias", &vector, 0), shape->rank));
  telar_lower_output (l, 0, y);
}

static void
lower_group_norm (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &type);
  gint64 groups = telar_lower_int (l, "groups");
  gint64 channels;

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, &channels))
    return;
  if (channels % groups != 0) {
    telar_lower_fail (
        l, "groups is %" G_GINT64_FORMAT " and must divide the %" G_GINT64_FORMAT " channels",
        groups, channels);
    return;
  }
  normalize_groups (l, x, &type.shape, groups);
}

static void
lower_instance_norm (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, TELAR_MAX_RANK, &type);
  gint64 channels;

  if (x != TELAR_NO_VALUE && telar_lower_size (l, &type.shape, 1, &channels))
    normalize_groups (l, x, &type.shape, channels);
}

/* Zhang, Sennrich: "Root mean square layer normalization", NeurIPS 2019. */
TelarValue
telar_emit_rms (TelarBuilder *b, TelarValue x, double epsilon)
{
  gint64 last = (gint64)telar_builder_type (b, x)->shape.rank - 1;
  TelarValue power = telar_build_reduce (
      b, TELAR_PRIM_MEAN, telar_build_binary (b, TELAR_PRIM_MUL, x, x), &last, 1, TRUE);

  power = telar_build_binary_scalar (b, TELAR_PRIM_ADD, power, epsilon);
  return telar_build_binary (b, TELAR_PRIM_MUL, x, telar_build_unary (b, TELAR_PRIM_RSQRT, power));
}

static void
lower_rms_norm (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &type), y;
  TelarShape shape;
  gint64 size;

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, type.shape.rank - 1, &size))
    return;
  y = telar_emit_rms (l->b, x, telar_lower_real (l, "epsilon"));
  if (telar_lower_bool (l, "scale")) {
    shape = telar_shape (size);
    y = telar_build_binary (l->b, TELAR_PRIM_MUL, y, affine (l, "scale", &shape, 1));
  }
  telar_lower_output (l, 0, y);
}

/* Krizhevsky et al.: "ImageNet classification with deep convolutional neural networks", 2012. The
 * channels are the rows of a picture whose windows are averaged, padding counted. */
static void
lower_local_response (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &type), y;
  const gint64 kernel[] = { telar_lower_int (l, "size"), 1 }, stride[] = { 1, 1 };
  const gint64 pad[] = { (kernel[0] - 1) / 2, 0, kernel[0] / 2, 0 };
  TelarShape plane = telar_shape (type.shape.dims[0], 1, 0, 1);

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, &plane.dims[2]))
    return;
  for (guint axis = 2; axis < type.shape.rank; axis++) {
    gint64 size;
    if (!telar_lower_size (l, &type.shape, axis, &size))
      return;
    plane.dims[3] *= size;
  }
  y = telar_build_reshape (l->b, telar_build_binary (l->b, TELAR_PRIM_MUL, x, x), &plane);
  y = telar_emit (l->b, AVG_POOL, ((TelarValue[]){ y }), TELAR_INTS (KERNEL, kernel, 2),
                  TELAR_INTS (STRIDE, stride, 2), TELAR_INTS (PAD, pad, 4),
                  TELAR_INT (COUNT_PAD, 1));
  y = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, y, telar_lower_real (l, "alpha"));
  y = telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, y, telar_lower_real (l, "offset"));
  y = telar_build_binary_scalar (l->b, TELAR_PRIM_POW, y, -telar_lower_real (l, "beta"));
  y = telar_build_reshape (l->b, y, &type.shape);
  telar_lower_output (l, 0, telar_build_binary (l->b, TELAR_PRIM_MUL, x, y));
}

/* --- standardisation -------------------------------------------------------------------------- */

/* Mean and deviation are states fitted before training, so that they travel with the model. */
static void
lower_standardize (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  TelarInit fit_mean = { .kind = TELAR_INIT_FIT_MEAN };
  TelarInit fit_deviation = { .kind = TELAR_INIT_FIT_DEVIATION };
  TelarShape shape = { .rank = type.shape.rank - 1 };
  TelarValue mean, deviation;

  if (x == TELAR_NO_VALUE)
    return;
  for (guint axis = 1; axis < type.shape.rank; axis++)
    if (!telar_lower_size (l, &type.shape, axis, &shape.dims[axis - 1]))
      return;
  mean = telar_lower_buffer (l, "mean", &shape, fit_mean, x);
  deviation = telar_lower_buffer (l, "deviation", &shape, fit_deviation, x);
  telar_lower_output (l, 0,
                      telar_build_binary (l->b, TELAR_PRIM_DIV,
                                          telar_build_binary (l->b, TELAR_PRIM_SUB, x, mean),
                                          deviation));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define FLAG(param, text, words)                                                                   \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_BOOL, .fallback = "true",               \
    .doc = N_ (words),                                                                             \
  }
#define SCALE FLAG ("scale", "Scale", "Multiplies by trained numbers (gamma) afterwards.")
#define BIAS  FLAG ("bias", "Bias", "Adds trained numbers (beta) afterwards.")

static const TelarOperator batch_norm = {
  .name = "batch_norm",
  .label = N_ ("Batch normalisation"),
  .category = TELAR_CATEGORY_NORM,
  .doc = N_ ("Brings each channel to mean 0 and variance 1 over the batch while training, and by "
             "running averages afterwards. The averages are the buffers mean and variance (Keras: "
             "moving_mean and moving_variance)."),
  .formula = "y = (x - mean)/√(variance + epsilon)·scale + bias",
  .onnx = "BatchNormalization",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "momentum",
          .live = TRUE,
          .label = N_ ("Momentum"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0.1",
          .minimum = 0,
          .maximum = 1,
          .doc = N_ ("Weight of the new batch in the running averages, as in PyTorch; Keras' "
                     "momentum is 1 minus this."),
          .prominent = TRUE,
      },
      TELAR_PARAM_EPSILON ("1e-5"), SCALE, BIAS),
  .lower = lower_batch_norm,
  .examples = TELAR_EXAMPLES ("f32[4,3]", "f32[2,3,4,5]", "f32[3,2,6] scale=false epsilon=0.001",
                              "f32[2,2,3,3] scale=false bias=false momentum=0.2"),
};

static const TelarOperator layer_norm = {
  .name = "layer_norm",
  .label = N_ ("Layer normalisation"),
  .category = TELAR_CATEGORY_NORM,
  .doc = N_ ("Brings the features of each sample to mean 0 and variance 1."),
  .formula = "y = (x - mean)/√(variance + epsilon)·scale + bias",
  .onnx = "LayerNormalization",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "axis",
          .label = N_ ("First axis"),
          .kind = TELAR_PARAM_INT,
          .fallback = "-1",
          .minimum = -TELAR_MAX_RANK,
          .maximum = TELAR_MAX_RANK - 1,
          .doc = N_ ("The first of the axes that are normalised together; -1: only the last."),
          .prominent = TRUE,
      },
      TELAR_PARAM_EPSILON ("1e-5"), SCALE, BIAS),
  .lower = lower_layer_norm,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] axis=1",
                              "f32[2,3,4] scale=false bias=false epsilon=0.001"),
};

static const TelarOperator group_norm = {
  .name = "group_norm",
  .label = N_ ("Group normalisation"),
  .category = TELAR_CATEGORY_NORM,
  .doc = N_ ("Brings groups of channels of each sample to mean 0 and variance 1; does not depend "
             "on the batch."),
  .formula = "y = (x - mean)/√(variance + epsilon)·scale + bias",
  .onnx = "GroupNormalization",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "groups",
          .label = N_ ("Groups"),
          .kind = TELAR_PARAM_INT,
          .fallback = "8",
          .minimum = 1,
          .maximum = TELAR_SIZE_LIMIT,
          .doc = N_ ("Number of groups; must divide the number of channels."),
          .prominent = TRUE,
      },
      TELAR_PARAM_EPSILON ("1e-5"), SCALE, BIAS),
  .lower = lower_group_norm,
  .examples = TELAR_EXAMPLES ("f32[2,4,3,3] groups=2", "f32[3,6] groups=3 bias=false"),
};

static const TelarOperator instance_norm = {
  .name = "instance_norm",
  .label = N_ ("Instance normalisation"),
  .category = TELAR_CATEGORY_NORM,
  .doc = N_ ("Brings each channel of each picture to mean 0 and variance 1 over its area; usual in "
             "style transfer."),
  .formula = "y = (x - mean)/√(variance + epsilon)·scale + bias",
  .onnx = "InstanceNormalization",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_EPSILON ("1e-5"), SCALE, BIAS),
  .lower = lower_instance_norm,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,4]", "f32[2,3,5] scale=false"),
};

static const TelarOperator rms_norm = {
  .name = "rms_norm",
  .label = N_ ("RMS normalisation"),
  .category = TELAR_CATEGORY_NORM,
  .doc = N_ ("Divides the last axis by its root mean square: layer normalisation without the mean, "
             "usual in language models."),
  .formula = "y = x/√(mean(x²) + epsilon)·scale",
  .onnx = "RMSNormalization",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_EPSILON ("1e-6"), SCALE),
  .lower = lower_rms_norm,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] scale=false"),
};

#define NUMBER(param, text, value, least, most, words)                                             \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_REAL, .fallback = value,                \
    .minimum = least, .maximum = most, .doc = N_ (words),                                          \
  }

static const TelarOperator local_response_norm = {
  .name = "local_response_norm",
  .label = N_ ("Local response normalisation"),
  .category = TELAR_CATEGORY_NORM,
  .doc = N_ ("Divides each number by the strength of its neighbours in the channels around, as in "
             "AlexNet."),
  .formula = "y[c] = x[c]/(offset + alpha/size·Σ x[k]²)^beta over size channels k around c",
  .onnx = "LRN",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "size",
          .label = N_ ("Size"),
          .kind = TELAR_PARAM_INT,
          .fallback = "5",
          .minimum = 1,
          .maximum = 1024,
          .doc = N_ ("Number of channels that count as neighbours."),
          .prominent = TRUE,
      },
      NUMBER ("alpha", "Alpha", "0.0001", 0, 1e6, "How much the neighbours weigh."),
      NUMBER ("beta", "Beta", "0.75", 0, 100, "The power that the divisor is raised to."),
      NUMBER ("offset", "Offset", "1", 1e-6, 1e6,
              "Added to the neighbours; ONNX: bias, PyTorch: "
              "k.")),
  .lower = lower_local_response,
  .examples = TELAR_EXAMPLES ("f32[2,6,3,3]", "f32[2,5,4] size=2 alpha=0.5 beta=0.5 offset=2",
                              "f32[3,4] size=3 alpha=1"),
};

static const TelarOperator standardize = {
  .name = "standardize",
  .label = N_ ("Standardise"),
  .category = TELAR_CATEGORY_NORM,
  .doc = N_ ("Brings each feature to mean 0 and deviation 1 over the training rows. Both are "
             "measured before training and are part of the model."),
  .formula = "y = (x - mean)/deviation",
  .onnx = "Sub, Div",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .lower = lower_standardize,
  .examples = TELAR_EXAMPLES ("f32[4,3]", "f32[2,3,4]"),
};

const TelarOperator *const telar_operators_norm[] = {
  &standardize,   &batch_norm, &layer_norm,          &group_norm,
  &instance_norm, &rms_norm,   &local_response_norm, NULL,
};
