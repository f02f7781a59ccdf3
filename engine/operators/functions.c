/* The functions of activations, made of primitives: what the operators of activation.c and the
 * layers' parameter "activation" share. */
#include "engine/operators/functions.h"

#include <math.h>

/* --- small words for formulas ----------------------------------------------------------------- */

static TelarValue
times (TelarBuilder *b, TelarValue x, double factor)
{
  return telar_build_binary_scalar (b, TELAR_PRIM_MUL, x, factor);
}

static TelarValue
plus (TelarBuilder *b, TelarValue x, double term)
{
  return telar_build_binary_scalar (b, TELAR_PRIM_ADD, x, term);
}

static TelarValue
at_least (TelarBuilder *b, TelarValue x, double least)
{
  return telar_build_binary_scalar (b, TELAR_PRIM_MAXIMUM, x, least);
}

static TelarValue
at_most (TelarBuilder *b, TelarValue x, double most)
{
  return telar_build_binary_scalar (b, TELAR_PRIM_MINIMUM, x, most);
}

static TelarValue
product (TelarBuilder *b, TelarValue x, TelarValue y)
{
  return telar_build_binary (b, TELAR_PRIM_MUL, x, y);
}

static TelarValue
sum (TelarBuilder *b, TelarValue x, TelarValue y)
{
  return telar_build_binary (b, TELAR_PRIM_ADD, x, y);
}

/* --- functions -------------------------------------------------------------------------------- */

static TelarValue
emit_relu (TelarBuilder *b, TelarValue x)
{
  return telar_build_unary (b, TELAR_PRIM_RELU, x);
}

/* max(x, 0) + slope · min(x, 0) */
TelarValue
telar_emit_leaky (TelarBuilder *b, TelarValue x, double slope)
{
  return sum (b, emit_relu (b, x), times (b, at_most (b, x, 0), slope));
}

static TelarValue
emit_leaky_relu (TelarBuilder *b, TelarValue x)
{
  return telar_emit_leaky (b, x, 0.01);
}

/* gain · (max(x, 0) + alpha · (exp(min(x, 0) / width) - 1)); the exponential never sees a positive
 * number and so never overflows, which would make its gradient NaN. */
TelarValue
telar_emit_exponential_linear (TelarBuilder *b, TelarValue x, double gain, double alpha,
                               double width)
{
  TelarValue below = at_most (b, x, 0);
  TelarValue curve;

  if (width != 1)
    below = times (b, below, 1 / width);
  curve = plus (b, telar_build_unary (b, TELAR_PRIM_EXP, below), -1);
  curve = sum (b, emit_relu (b, x), times (b, curve, alpha));
  return gain == 1 ? curve : times (b, curve, gain);
}

static TelarValue
emit_elu (TelarBuilder *b, TelarValue x)
{
  return telar_emit_exponential_linear (b, x, 1, 1, 1);
}

/* The constants of Klambauer, Unterthiner, Mayr, Hochreiter: "Self-normalizing neural networks",
 * NeurIPS 2017. */
static TelarValue
emit_selu (TelarBuilder *b, TelarValue x)
{
  return telar_emit_exponential_linear (b, x, 1.0507009873554804934193349852946,
                                        1.6732632423543772848170429916717, 1);
}

/* x · Φ(x) */
static TelarValue
emit_gelu (TelarBuilder *b, TelarValue x)
{
  TelarValue cumulative =
      plus (b, telar_build_unary (b, TELAR_PRIM_ERF, times (b, x, M_SQRT1_2)), 1);

  return times (b, product (b, x, cumulative), 0.5);
}

TelarValue
telar_emit_gelu_tanh (TelarBuilder *b, TelarValue x)
{
  TelarValue cube = product (b, product (b, x, x), x);
  TelarValue inner = times (b, sum (b, x, times (b, cube, 0.044715)), sqrt (2 / M_PI));

  return times (b, product (b, x, plus (b, telar_build_unary (b, TELAR_PRIM_TANH, inner), 1)), 0.5);
}

static TelarValue
emit_sigmoid (TelarBuilder *b, TelarValue x)
{
  return telar_build_unary (b, TELAR_PRIM_SIGMOID, x);
}

static TelarValue
emit_silu (TelarBuilder *b, TelarValue x)
{
  return product (b, x, emit_sigmoid (b, x));
}

static TelarValue
emit_tanh (TelarBuilder *b, TelarValue x)
{
  return telar_build_unary (b, TELAR_PRIM_TANH, x);
}

static TelarValue
emit_softplus (TelarBuilder *b, TelarValue x)
{
  return telar_build_unary (b, TELAR_PRIM_SOFTPLUS, x);
}

static TelarValue
emit_mish (TelarBuilder *b, TelarValue x)
{
  return product (b, x, emit_tanh (b, emit_softplus (b, x)));
}

TelarValue
telar_emit_hard_sigmoid (TelarBuilder *b, TelarValue x, double slope, double offset)
{
  return at_most (b, at_least (b, plus (b, times (b, x, slope), offset), 0), 1);
}

static TelarValue
emit_hard_sigmoid (TelarBuilder *b, TelarValue x)
{
  return telar_emit_hard_sigmoid (b, x, 1.0 / 6, 0.5);
}

static TelarValue
emit_hard_swish (TelarBuilder *b, TelarValue x)
{
  return product (b, x, emit_hard_sigmoid (b, x));
}

static TelarValue
emit_hard_tanh (TelarBuilder *b, TelarValue x)
{
  return at_most (b, at_least (b, x, -1), 1);
}

TelarValue
telar_emit_thresholded (TelarBuilder *b, TelarValue x, double threshold)
{
  TelarDType dtype = telar_builder_type (b, x)->dtype;
  TelarValue above =
      telar_build_binary (b, TELAR_PRIM_LESS, telar_build_scalar (b, dtype, threshold), x);

  return telar_build_select (b, above, x, telar_build_scalar (b, dtype, 0));
}

static TelarValue
emit_softsign (TelarBuilder *b, TelarValue x)
{
  TelarValue size = plus (b, telar_build_unary (b, TELAR_PRIM_ABS, x), 1);

  return telar_build_binary (b, TELAR_PRIM_DIV, x, size);
}

static TelarValue
emit_log_sigmoid (TelarBuilder *b, TelarValue x)
{
  x = telar_build_unary (b, TELAR_PRIM_NEG, x);
  return telar_build_unary (b, TELAR_PRIM_NEG, emit_softplus (b, x));
}

static TelarValue
emit_squared_relu (TelarBuilder *b, TelarValue x)
{
  x = emit_relu (b, x);
  return product (b, x, x);
}

static TelarValue
emit_tanh_shrink (TelarBuilder *b, TelarValue x)
{
  return telar_build_binary (b, TELAR_PRIM_SUB, x, emit_tanh (b, x));
}

static TelarValue
emit_softmax (TelarBuilder *b, TelarValue x)
{
  return telar_emit (b, SOFTMAX, ((TelarValue[]){ x }),
                     TELAR_INT (AXIS, telar_builder_type (b, x)->shape.rank - 1));
}

typedef TelarValue (*Function) (TelarBuilder *b, TelarValue x);

static const struct {
  const char *name;
  Function emit;
} functions[] = {
  { "relu", emit_relu },
  { "leaky_relu", emit_leaky_relu },
  { "elu", emit_elu },
  { "selu", emit_selu },
  { "gelu", emit_gelu },
  { "silu", emit_silu },
  { "mish", emit_mish },
  { "sigmoid", emit_sigmoid },
  { "hard_sigmoid", emit_hard_sigmoid },
  { "tanh", emit_tanh },
  { "hard_tanh", emit_hard_tanh },
  { "hard_swish", emit_hard_swish },
  { "softplus", emit_softplus },
  { "softsign", emit_softsign },
  { "softmax", emit_softmax },
  { "log_sigmoid", emit_log_sigmoid },
  { "squared_relu", emit_squared_relu },
  { "tanh_shrink", emit_tanh_shrink },
};

const char *const telar_activation_choices[] = {
  "none",     "relu",    "leaky_relu",   "elu",          "selu",        "gelu",       "silu",
  "mish",     "sigmoid", "hard_sigmoid", "tanh",         "hard_tanh",   "hard_swish", "softplus",
  "softsign", "softmax", "log_sigmoid",  "squared_relu", "tanh_shrink", NULL,
};

TelarValue
telar_emit_function (TelarBuilder *b, const char *name, TelarValue x)
{
  if (x == TELAR_NO_VALUE)
    return x;
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_str_equal (functions[i].name, name))
      return functions[i].emit (b, x);
  return x;
}

TelarValue
telar_emit_activation (TelarLowering *l, const char *name, TelarValue x)
{
  return telar_emit_function (l->b, name, x);
}
