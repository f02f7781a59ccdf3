/* Activations as operators of their own; their functions are in functions.c. */
#include "engine/operators/families.h"
#include "engine/operators/functions.h"

/* --- operators -------------------------------------------------------------------------------- */

/* An operator that is named as its function. */
static void
lower_named (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0, telar_emit_activation (l, l->node->op->name, x));
}

static void
lower_leaky_relu (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0, telar_emit_leaky (l->b, x, telar_lower_real (l, "slope")));
}

static void
lower_elu (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0,
                      telar_emit_exponential_linear (l->b, x, 1, telar_lower_real (l, "alpha"), 1));
}

/* Barron: "Continuously differentiable exponential linear units", 2017. */
static void
lower_celu (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  double alpha = telar_lower_real (l, "alpha");

  telar_lower_output (l, 0, telar_emit_exponential_linear (l->b, x, 1, alpha, alpha));
}

static void
lower_gelu (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  gboolean exact = g_str_equal (telar_lower_text (l, "form"), "exact");

  telar_lower_output (
      l, 0, exact ? telar_emit_activation (l, "gelu", x) : telar_emit_gelu_tanh (l->b, x));
}

/* One slope per channel (axis 1), as PyTorch; Keras calls it alpha. */
static void
lower_prelu (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &type);
  TelarShape shape;
  TelarValue slope, negative, positive;
  gint64 channels;

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, &channels))
    return;
  shape = telar_shape (channels);
  slope = telar_lower_parameter (l, "slope", &shape,
                                 telar_init_constant (telar_lower_real (l, "initial")), FALSE);
  slope = telar_emit_per_channel (l, slope, type.shape.rank);
  negative = telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, x, 0);
  negative = telar_build_binary (l->b, TELAR_PRIM_MUL, negative, slope);
  positive = telar_build_unary (l->b, TELAR_PRIM_RELU, x);
  telar_lower_output (l, 0, telar_build_binary (l->b, TELAR_PRIM_ADD, positive, negative));
}

static void
lower_along_axis (TelarLowering *l, TelarPrim prim, gboolean negated)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  guint axis;

  if (x == TELAR_NO_VALUE ||
      !telar_lower_axis (l, telar_lower_int (l, "axis"), type.shape.rank, &axis))
    return;
  if (negated)
    x = telar_build_unary (l->b, TELAR_PRIM_NEG, x);
  telar_lower_output (l, 0, telar_build (l->b, prim, &x, 1, &TELAR_INT (AXIS, axis), 1));
}

static void
lower_softmax (TelarLowering *l)
{
  lower_along_axis (l, TELAR_PRIM_SOFTMAX, FALSE);
}

static void
lower_softmin (TelarLowering *l)
{
  lower_along_axis (l, TELAR_PRIM_SOFTMAX, TRUE);
}

/* The one-hot of the largest, its classes moved back from the last axis to where they were. */
static void
lower_hardmax (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  gint64 perm[TELAR_MAX_RANK], size;
  guint axis, rank = type.shape.rank;

  if (x == TELAR_NO_VALUE || !telar_lower_axis (l, telar_lower_int (l, "axis"), rank, &axis) ||
      !telar_lower_size (l, &type.shape, axis, &size))
    return;
  for (guint i = 0; i < rank; i++)
    perm[i] = i < axis ? i : i - 1;
  perm[axis] = rank - 1;
  x = telar_emit (l->b, ARGMAX, ((TelarValue[]){ x }), TELAR_INT (AXIS, axis));
  x = telar_emit (l->b, ONE_HOT, ((TelarValue[]){ x }), TELAR_INT (SIZE, size),
                  TELAR_INT (DTYPE, type.dtype));
  telar_lower_output (l, 0, telar_build_transpose (l->b, x, perm));
}

static void
lower_log_softmax (TelarLowering *l)
{
  lower_along_axis (l, TELAR_PRIM_LOG_SOFTMAX, FALSE);
}

/* NAME, label, formula, ONNX, doc: activations without parameters. */
/* clang-format off */
#define SIMPLE(A)                                                                                  \
  A (relu, "ReLU", "y = max(x, 0)", "Relu",                                                        \
     "Keeps what is positive and makes the rest zero: the usual choice between layers.")           \
  A (selu, "SELU", "y = 1.0507·(max(x, 0) + 1.6733·(exp(min(x, 0)) - 1))", "Selu",                 \
     "Keeps mean and variance of the signal near zero and one in deep dense networks.")            \
  A (silu, "SiLU", "y = x·sigmoid(x)", "Sigmoid, Mul",                                             \
     "A smooth relative of ReLU, also known as swish.")                                            \
  A (mish, "Mish", "y = x·tanh(log(1 + exp(x)))", "Mish",                           \
     "A smooth relative of ReLU that lets small negative values through.")                         \
  A (sigmoid, "Sigmoid", "y = 1/(1 + exp(-x))", "Sigmoid",                                         \
     "Squeezes every number into the range from 0 to 1, as for a probability.")                    \
  A (tanh, "Tanh", "y = tanh(x)", "Tanh",                                                          \
     "Squeezes every number into the range from -1 to 1.")                                         \
  A (softplus, "Softplus", "y = log(1 + exp(x))", "Softplus",                                      \
     "A smooth ReLU: always positive, which suits variances and rates.")                           \
  A (softsign, "Softsign", "y = x/(1 + |x|)", "Softsign",                                          \
     "Squeezes into the range from -1 to 1 more gently than tanh.")                                \
  A (log_sigmoid, "Log sigmoid", "y = -log(1 + exp(-x))", "Softplus, Neg",                         \
     "The logarithm of a sigmoid, computed without loss of accuracy.")                             \
  A (squared_relu, "Squared ReLU", "y = max(x, 0)²", "Relu, Mul",                                  \
     "ReLU squared, as in Primer's transformers.")                                                 \
  A (tanh_shrink, "Tanh shrink", "y = x - tanh(x)", "Tanh, Sub",                                   \
     "Makes small numbers nearly vanish and moves large ones towards zero by one.")

#define DEFINE(NAME, text, rule, becomes, words)                                                   \
  static const TelarOperator NAME##_operator = {                                                   \
    .name = #NAME, .label = N_ (text), .category = TELAR_CATEGORY_ACTIVATION, .doc = N_ (words),   \
    .formula = rule, .onnx = becomes, .inputs = telar_ports_in, .outputs = telar_ports_out,        \
    .lower = lower_named, .examples = TELAR_EXAMPLES ("f32[2,3,4]:-5..5"),                         \
  };
/* clang-format on */
SIMPLE (DEFINE)

static const TelarOperator leaky_relu_operator = {
  .name = "leaky_relu",
  .label = N_ ("Leaky ReLU"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("ReLU that lets a small part of negative values through, so that no unit dies."),
  .formula = "y = max(x, 0) + slope·min(x, 0)",
  .onnx = "LeakyRelu",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_NUMBER ("slope", "Slope", "0.01", -10, 10,
                                              "Factor of negative values; Keras takes 0.3.")),
  .lower = lower_leaky_relu,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5] slope=0.2"),
};

static const TelarOperator prelu_operator = {
  .name = "prelu",
  .label = N_ ("PReLU"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("Leaky ReLU whose slope is learned, one for each channel."),
  .formula = "y = max(x, 0) + slope[channel]·min(x, 0)",
  .onnx = "PRelu",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params =
      TELAR_PARAMS (TELAR_PARAM_NUMBER ("initial", "Initial slope", "0.25", -10, 10,
                                        "The slope that training begins with; Keras takes 0.")),
  .lower = lower_prelu,
  .examples = TELAR_EXAMPLES ("f32[2,3]", "f32[2,3,4,4] initial=0.1"),
};

static const TelarOperator elu_operator = {
  .name = "elu",
  .label = N_ ("ELU"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("ReLU with a smooth curve below zero that levels off at -alpha."),
  .formula = "y = max(x, 0) + alpha·(exp(min(x, 0)) - 1)",
  .onnx = "Elu",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_NUMBER ("alpha", "Alpha", "1", 0, 100,
                                              "Where the curve levels off, below zero.")),
  .lower = lower_elu,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5] alpha=0.5"),
};

static const TelarOperator celu_operator = {
  .name = "celu",
  .label = N_ ("CELU"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("ELU without a bend at zero, whatever alpha is."),
  .formula = "y = max(x, 0) + alpha·(exp(min(x, 0)/alpha) - 1)",
  .onnx = "Celu",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_NUMBER ("alpha", "Alpha", "1", 0.01, 100,
                                              "Where the curve levels off, below zero.")),
  .lower = lower_celu,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5] alpha=0.5"),
};

static const TelarOperator gelu_operator = {
  .name = "gelu",
  .label = N_ ("GELU"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("Weighs each number by how likely a normal variable is below it; usual in "
             "transformers."),
  .formula = "y = x·Φ(x) = x·(1 + erf(x/√2))/2",
  .onnx = "Gelu",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "form",
      .label = N_ ("Form"),
      .kind = TELAR_PARAM_CHOICE,
      .fallback = "exact",
      .choices = TELAR_CHOICES ("exact", "tanh"),
      .doc = N_ ("exact uses the error function; tanh is the approximation of GPT-2."),
      .prominent = TRUE,
  }),
  .lower = lower_gelu,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5] form=tanh"),
};

#define AXIS_PARAM                                                                                 \
  {                                                                                                \
    .name = "axis", .label = N_ ("Axis"), .kind = TELAR_PARAM_INT, .fallback = "-1",               \
    .minimum = -TELAR_MAX_RANK, .maximum = TELAR_MAX_RANK - 1,                                     \
    .doc = N_ ("The axis of the classes; 0 is the batch, -1 the last."), .prominent = TRUE,        \
  }

static const TelarOperator softmax_operator = {
  .name = "softmax",
  .label = N_ ("Softmax"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("Turns scores into probabilities that sum to 1. Losses here take the scores "
             "themselves: put softmax only before an output."),
  .formula = "y[i] = exp(x[i]) / Σ exp(x[j])",
  .onnx = "Softmax",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (AXIS_PARAM),
  .lower = lower_softmax,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] axis=1"),
};

static const TelarOperator log_softmax_operator = {
  .name = "log_softmax",
  .label = N_ ("Log softmax"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("The logarithm of softmax, computed without loss of accuracy."),
  .formula = "y[i] = x[i] - log Σ exp(x[j])",
  .onnx = "LogSoftmax",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (AXIS_PARAM),
  .lower = lower_log_softmax,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] axis=1"),
};

static const TelarOperator softmin_operator = {
  .name = "softmin",
  .label = N_ ("Softmin"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("Softmax of the negated scores: the smallest becomes the most probable."),
  .formula = "y[i] = exp(-x[i]) / Σ exp(-x[j])",
  .onnx = "Neg, Softmax",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (AXIS_PARAM),
  .lower = lower_softmin,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] axis=1"),
};

static const TelarOperator hardmax_operator = {
  .name = "hardmax",
  .label = N_ ("Hardmax"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("1 where the largest score is, the first of equals, and 0 elsewhere. Nothing can be "
             "learned through it."),
  .formula = "y[i] = 1 if i = argmax x, else 0",
  .onnx = "Hardmax",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (AXIS_PARAM),
  .lower = lower_hardmax,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] axis=1", "f32[2,4,3,2] axis=-1"),
};

const TelarOperator *const telar_operators_activation[] = {
  &relu_operator,        &leaky_relu_operator,  &prelu_operator,
  &elu_operator,         &selu_operator,        &celu_operator,
  &gelu_operator,        &silu_operator,        &mish_operator,
  &sigmoid_operator,     &tanh_operator,        &softplus_operator,
  &softsign_operator,    &log_sigmoid_operator, &squared_relu_operator,
  &tanh_shrink_operator, &softmax_operator,     &log_softmax_operator,
  &softmin_operator,     &hardmax_operator,     NULL,
};
