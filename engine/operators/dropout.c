/* Noise that exists only while training. The numbers come from the node's own counter-based stream,
 * so the same seed and step give the same noise. */
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

#include <math.h>

TelarValue
telar_lower_draw (TelarLowering *l, TelarPrim prim, const TelarShape *shape, const char *role)
{
  TelarAttr attrs[] = {
    TELAR_INTS (SHAPE, shape->dims, shape->rank),
    TELAR_INT (STREAM, role ? telar_lower_stream_of (l, role) : telar_lower_stream (l)),
  };

  return telar_build (l->b, prim, NULL, 0, attrs, G_N_ELEMENTS (attrs));
}

TelarValue
telar_emit_dropout (TelarLowering *l, TelarValue x, const TelarShape *mask, double rate,
                    const char *role)
{
  TelarValue uniform, kept;

  if (!l->training || rate == 0 || x == TELAR_NO_VALUE)
    return x;
  uniform = telar_lower_draw (l, TELAR_PRIM_UNIFORM, mask, role);
  kept = telar_build_binary (l->b, TELAR_PRIM_LESS_EQUAL,
                             telar_build_scalar (l->b, TELAR_F32, rate), uniform);
  kept = telar_build_cast (l->b, kept, telar_lower_type (l, x).dtype);
  kept = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, kept, 1 / (1 - rate));
  return telar_build_binary (l->b, TELAR_PRIM_MUL, x, kept);
}

static void
drop (TelarLowering *l, TelarValue x, const TelarShape *mask)
{
  telar_lower_output (l, 0, telar_emit_dropout (l, x, mask, telar_lower_real (l, "rate"), NULL));
}

static void
lower_dropout (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);

  drop (l, x, &type.shape);
}

static void
lower_spatial_dropout (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, TELAR_MAX_RANK, &type);

  for (guint axis = 2; axis < type.shape.rank; axis++)
    type.shape.dims[axis] = 1;
  drop (l, x, &type.shape);
}

static void
lower_gaussian_noise (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  double deviation = telar_lower_real (l, "deviation");
  TelarValue noise;

  if (l->training && deviation > 0 && x != TELAR_NO_VALUE) {
    noise = telar_build_cast (l->b, telar_lower_draw (l, TELAR_PRIM_NORMAL, &type.shape, NULL),
                              type.dtype);
    noise = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, noise, deviation);
    x = telar_build_binary (l->b, TELAR_PRIM_ADD, x, noise);
  }
  telar_lower_output (l, 0, x);
}

/* Klambauer et al.: "Self-normalizing neural networks", NeurIPS 2017: what is dropped becomes
 * SELU's lower limit, -1.758, and the rest is scaled and moved so that mean 0 and variance 1 stay.
 */
static void
lower_alpha_dropout (TelarLowering *l)
{
  const double limit = -1.0507009873554805 * 1.6732632423543772;
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type), kept;
  double rate = telar_lower_real (l, "rate"), keep = 1 - rate;
  double factor = 1 / sqrt (keep * (1 + rate * limit * limit));

  if (l->training && rate > 0 && x != TELAR_NO_VALUE) {
    kept =
        telar_build_binary (l->b, TELAR_PRIM_LESS_EQUAL, telar_build_scalar (l->b, TELAR_F32, rate),
                            telar_lower_draw (l, TELAR_PRIM_UNIFORM, &type.shape, NULL));
    x = telar_build_select (l->b, kept, x, telar_build_scalar (l->b, type.dtype, limit));
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, factor);
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, -factor * rate * limit);
  }
  telar_lower_output (l, 0, x);
}

/* Srivastava et al.: "Dropout: a simple way to prevent neural networks from overfitting", 2014,
 * section 10. */
static void
lower_gaussian_dropout (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type), noise;
  double rate = telar_lower_real (l, "rate");

  if (l->training && rate > 0 && x != TELAR_NO_VALUE) {
    noise = telar_build_cast (l->b, telar_lower_draw (l, TELAR_PRIM_NORMAL, &type.shape, NULL),
                              type.dtype);
    noise = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, noise, sqrt (rate / (1 - rate)));
    noise = telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, noise, 1);
    x = telar_build_binary (l->b, TELAR_PRIM_MUL, x, noise);
  }
  telar_lower_output (l, 0, x);
}

#define RATE                                                                                       \
  {                                                                                                \
    .name = "rate", .live = TRUE, .label = N_ ("Rate"), .kind = TELAR_PARAM_REAL,                  \
    .fallback = "0.5", .minimum = 0, .maximum = 0.999, .doc = N_ ("The share that becomes zero."), \
    .prominent = TRUE,                                                                             \
  }

static const TelarOperator dropout = {
  .name = "dropout",
  .label = N_ ("Dropout"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Makes a random part of the numbers zero while training, so that units do not rely on "
             "each other. Does nothing afterwards."),
  .formula = "y = x·mask/(1 - rate)",
  .onnx = "Identity",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (RATE),
  .lower = lower_dropout,
  .examples = TELAR_EXAMPLES ("f32[4,6]", "f32[2,3,4,4] rate=0.25"),
};

static const TelarOperator spatial_dropout = {
  .name = "spatial_dropout",
  .label = N_ ("Spatial dropout"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Makes whole random channels zero while training; fits pictures, where neighbours "
             "resemble each other."),
  .formula = "y = x·mask[n, channel]/(1 - rate)",
  .onnx = "Identity",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (RATE),
  .lower = lower_spatial_dropout,
  .examples = TELAR_EXAMPLES ("f32[2,5,3,3]", "f32[2,6,4] rate=0.3"),
};

static const TelarOperator alpha_dropout = {
  .name = "alpha_dropout",
  .label = N_ ("Alpha dropout"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Dropout for networks of SELU: keeps mean and variance of the signal while training. "
             "Does nothing afterwards."),
  .formula = "y = a·(mask ? x : -1.758) + b",
  .onnx = "Identity",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (RATE),
  .lower = lower_alpha_dropout,
  .examples = TELAR_EXAMPLES ("f32[4,6]", "f32[2,3,4,4] rate=0.25"),
};

static const TelarOperator gaussian_dropout = {
  .name = "gaussian_dropout",
  .label = N_ ("Gaussian dropout"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Multiplies by normal noise around 1, of the same variance as dropout of that rate, "
             "while training. Does nothing afterwards."),
  .formula = "y = x·(1 + √(rate/(1 - rate))·N(0, 1))",
  .onnx = "Identity",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (RATE),
  .lower = lower_gaussian_dropout,
  .examples = TELAR_EXAMPLES ("f32[4,6]", "f32[2,3,4,4] rate=0.25"),
};

static const TelarOperator gaussian_noise = {
  .name = "gaussian_noise",
  .label = N_ ("Gaussian noise"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Adds normal noise while training, which makes a model less sensitive to small "
             "disturbances. Does nothing afterwards."),
  .formula = "y = x + deviation·N(0, 1)",
  .onnx = "Identity",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "deviation",
      .live = TRUE,
      .label = N_ ("Deviation"),
      .kind = TELAR_PARAM_REAL,
      .fallback = "0.1",
      .minimum = 0,
      .maximum = 1e6,
      .doc = N_ ("Standard deviation of the noise."),
      .prominent = TRUE,
  }),
  .lower = lower_gaussian_noise,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] deviation=0.5"),
};

const TelarOperator *const telar_operators_dropout[] = {
  &dropout, &spatial_dropout, &alpha_dropout, &gaussian_dropout, &gaussian_noise, NULL,
};
