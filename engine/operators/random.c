/* Chance as a part of the network. Numbers are drawn while training, from the node's own
 * counter-based stream, anew in each step; a model in use gives what is to be expected. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

/* low + (high - low) · u or mean + deviation · n, in the shape of the input; in use the input
 * clipped to one number, so that an exported model still knows its batch. */
static void
lower_source (TelarLowering *l, TelarPrim prim, double term, double factor, double expected)
{
  TelarType type;
  TelarValue like = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type), x;

  if (like == TELAR_NO_VALUE)
    return;
  if (!l->training) {
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, like, expected);
    telar_lower_output (l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, x, expected));
    return;
  }
  x = telar_lower_draw (l, prim, &type.shape, NULL);
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, factor);
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, term);
  telar_lower_output (l, 0, telar_build_cast (l->b, x, type.dtype));
}

static void
lower_random_uniform (TelarLowering *l)
{
  double low = telar_lower_real (l, "low"), high = telar_lower_real (l, "high");

  if (low > high)
    telar_lower_fail (l, "low is %g and must not exceed high, which is %g", low, high);
  else
    lower_source (l, TELAR_PRIM_UNIFORM, low, high - low, (low + high) / 2);
}

static void
lower_random_normal (TelarLowering *l)
{
  double mean = telar_lower_real (l, "mean");

  lower_source (l, TELAR_PRIM_NORMAL, mean, telar_lower_real (l, "deviation"), mean);
}

static void
lower_bernoulli (TelarLowering *l)
{
  TelarType type;
  TelarValue p = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type), x;

  if (!l->training || p == TELAR_NO_VALUE) {
    telar_lower_output (l, 0, p);
    return;
  }
  x = telar_build_cast (l->b, telar_lower_draw (l, TELAR_PRIM_UNIFORM, &type.shape, NULL),
                        type.dtype);
  x = telar_build_binary (l->b, TELAR_PRIM_LESS, x, p);
  telar_lower_output (l, 0, telar_build_cast (l->b, x, type.dtype));
}

/* The scores plus Gumbel's noise -log (-log u), whose largest is a class drawn with the
 * probabilities of softmax: Gumbel, "Statistical theory of extreme values", 1954. */
static TelarValue
perturbed (TelarLowering *l, TelarType *type)
{
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, type), noise;

  if (!l->training || x == TELAR_NO_VALUE)
    return x;
  noise = telar_build_cast (l->b, telar_lower_draw (l, TELAR_PRIM_UNIFORM, &type->shape, NULL),
                            type->dtype);
  noise = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, noise, 0x1p-25);
  for (guint i = 0; i < 2; i++)
    noise =
        telar_build_unary (l->b, TELAR_PRIM_NEG, telar_build_unary (l->b, TELAR_PRIM_LOG, noise));
  return telar_build_binary (l->b, TELAR_PRIM_ADD, x, noise);
}

static void
lower_multinomial (TelarLowering *l)
{
  TelarType type;
  TelarValue x = perturbed (l, &type);

  if (x != TELAR_NO_VALUE)
    telar_lower_output (
        l, 0, telar_emit_arg (l->b, TELAR_PRIM_ARGMAX, x, type.shape.rank - 1, FALSE, FALSE));
}

static void
lower_gumbel_softmax (TelarLowering *l)
{
  TelarType type;
  TelarValue x = perturbed (l, &type);

  if (x == TELAR_NO_VALUE)
    return;
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, 1 / telar_lower_real (l, "temperature"));
  telar_lower_output (
      l, 0,
      telar_emit (l->b, SOFTMAX, ((TelarValue[]){ x }), TELAR_INT (AXIS, type.shape.rank - 1)));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define REAL(param, text, value, least, most, words)                                               \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_REAL, .fallback = value,                \
    .minimum = least, .maximum = most, .doc = N_ (words), .prominent = TRUE,                       \
  }
#define LIKE                                                                                       \
  TELAR_PORTS ({ .name = "like",                                                                   \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .doc = N_ ("A tensor of the shape and type that is wanted.") })

/* name, label, formula, ONNX, inputs, documentation, parameters, examples */
/* clang-format off */
#define RANDOM(A)                                                                                  \
  A (random_uniform, "Uniform numbers", "y ~ U(low, high)", "Expand", LIKE,                        \
     "Random numbers between two limits, anew in each step of training; a model in use gives the " \
     "middle.",                                                                                    \
     TELAR_PARAMS (REAL ("low", "Low", "0", -1e9, 1e9, "The lower limit."),                        \
                   REAL ("high", "High", "1", -1e9, 1e9, "The upper limit.")),                     \
     "f32[3,4]", "f32[2,3,4] low=-1 high=2")                                                       \
  A (random_normal, "Normal numbers", "y ~ N(mean, deviation²)", "Expand", LIKE,                   \
     "Random numbers around a mean, anew in each step of training; a model in use gives the mean. "\
     "Times a deviation and added to a mean they sample the code of a variational autoencoder.",   \
     TELAR_PARAMS (REAL ("mean", "Mean", "0", -1e9, 1e9, "The middle of the numbers."),            \
                   REAL ("deviation", "Deviation", "1", 0, 1e9, "Their standard deviation.")),     \
     "f32[3,4]", "f32[2,3,4] mean=2 deviation=0.5")                                                \
  A (bernoulli, "Coin toss", "y = 1 with probability p, else 0", "Identity", telar_ports_in,       \
     "Draws 1 with the probability that stands at the place, else 0, in each step of training; a " \
     "model in use gives the probabilities.", NULL, "f32[3,4]:0..1")                               \
  A (multinomial, "Drawn class", "y ~ softmax(x)", "ArgMax", telar_ports_in,                       \
     "Draws a class along the last axis by scores as a softmax takes them, in each step of "       \
     "training; a model in use gives the most likely class.", NULL, "f32[3,5]", "f32[2,3,4]")      \
  A (gumbel_softmax, "Gumbel softmax", "y = softmax((x + g)/temperature), g = -ln(-ln u)",         \
     "Mul, Softmax", telar_ports_in,                                                               \
     "A softened drawn class that gradients pass through; the lower the temperature, the harder. " \
     "A model in use adds no noise.",                                                              \
     TELAR_PARAMS (REAL ("temperature", "Temperature", "1", 1e-3, 1e3,                             \
                         "What the scores are divided by.")), "f32[3,5]",                          \
     "f32[2,3,4] temperature=0.5")

#define DEFINE(NAME, text, rule, becomes, ports, words, settings, ...)                             \
  static const TelarOperator NAME##_operator = {                                                   \
    .name = #NAME, .label = N_ (text), .category = TELAR_CATEGORY_MATH, .doc = N_ (words),         \
    .formula = rule, .onnx = becomes, .inputs = ports, .outputs = telar_ports_out,                 \
    .params = settings, .lower = lower_##NAME, .examples = TELAR_EXAMPLES (__VA_ARGS__),           \
  };
/* clang-format on */
RANDOM (DEFINE)

const TelarOperator *const telar_operators_random[] = {
#define ENTRY(NAME, ...) &NAME##_operator,
  RANDOM (ENTRY)
#undef ENTRY
      NULL,
};
