/* The functions of activations, made of primitives: what the operators of activation.c and the
 * layers' parameter "activation" share. */
#include "engine/operators/functions.h"

#include <math.h>

/* --- small words for formulas ----------------------------------------------------------------- */

static TelarValue
times (TelarLowering *l, TelarValue x, double factor)
{
  return telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, factor);
}

static TelarValue
plus (TelarLowering *l, TelarValue x, double term)
{
  return telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, term);
}

static TelarValue
at_least (TelarLowering *l, TelarValue x, double least)
{
  return telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, x, least);
}

static TelarValue
at_most (TelarLowering *l, TelarValue x, double most)
{
  return telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, x, most);
}

static TelarValue
product (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, TELAR_PRIM_MUL, x, y);
}

static TelarValue
sum (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, TELAR_PRIM_ADD, x, y);
}

/* --- functions -------------------------------------------------------------------------------- */

static TelarValue
emit_relu (TelarLowering *l, TelarValue x)
{
  return telar_build_unary (l->b, TELAR_PRIM_RELU, x);
}

/* max(x, 0) + slope · min(x, 0) */
TelarValue
telar_emit_leaky (TelarLowering *l, TelarValue x, double slope)
{
  return sum (l, emit_relu (l, x), times (l, at_most (l, x, 0), slope));
}

static TelarValue
emit_leaky_relu (TelarLowering *l, TelarValue x)
{
  return telar_emit_leaky (l, x, 0.01);
}

/* gain · (max(x, 0) + alpha · (exp(min(x, 0) / width) - 1)); the exponential never sees a positive
 * number and so never overflows, which would make its gradient NaN. */
TelarValue
telar_emit_exponential_linear (TelarLowering *l, TelarValue x, double gain, double alpha,
                               double width)
{
  TelarValue below = at_most (l, x, 0);
  TelarValue curve;

  if (width != 1)
    below = times (l, below, 1 / width);
  curve = plus (l, telar_build_unary (l->b, TELAR_PRIM_EXP, below), -1);
  curve = sum (l, emit_relu (l, x), times (l, curve, alpha));
  return gain == 1 ? curve : times (l, curve, gain);
}

static TelarValue
emit_elu (TelarLowering *l, TelarValue x)
{
  return telar_emit_exponential_linear (l, x, 1, 1, 1);
}

/* The constants of Klambauer, Unterthiner, Mayr, Hochreiter: "Self-normalizing neural networks",
 * NeurIPS 2017. */
static TelarValue
emit_selu (TelarLowering *l, TelarValue x)
{
  return telar_emit_exponential_linear (l, x, 1.0507009873554804934193349852946,
                                        1.6732632423543772848170429916717, 1);
}

/* x · Φ(x) */
static TelarValue
emit_gelu (TelarLowering *l, TelarValue x)
{
  TelarValue cumulative =
      plus (l, telar_build_unary (l->b, TELAR_PRIM_ERF, times (l, x, M_SQRT1_2)), 1);

  return times (l, product (l, x, cumulative), 0.5);
}

TelarValue
telar_emit_gelu_tanh (TelarLowering *l, TelarValue x)
{
  TelarValue cube = product (l, product (l, x, x), x);
  TelarValue inner = times (l, sum (l, x, times (l, cube, 0.044715)), sqrt (2 / M_PI));

  return times (l, product (l, x, plus (l, telar_build_unary (l->b, TELAR_PRIM_TANH, inner), 1)),
                0.5);
}

static TelarValue
emit_sigmoid (TelarLowering *l, TelarValue x)
{
  return telar_build_unary (l->b, TELAR_PRIM_SIGMOID, x);
}

static TelarValue
emit_silu (TelarLowering *l, TelarValue x)
{
  return product (l, x, emit_sigmoid (l, x));
}

static TelarValue
emit_tanh (TelarLowering *l, TelarValue x)
{
  return telar_build_unary (l->b, TELAR_PRIM_TANH, x);
}

static TelarValue
emit_softplus (TelarLowering *l, TelarValue x)
{
  return telar_build_unary (l->b, TELAR_PRIM_SOFTPLUS, x);
}

static TelarValue
emit_mish (TelarLowering *l, TelarValue x)
{
  return product (l, x, emit_tanh (l, emit_softplus (l, x)));
}

static TelarValue
emit_hard_sigmoid (TelarLowering *l, TelarValue x)
{
  return times (l, at_most (l, at_least (l, plus (l, x, 3), 0), 6), 1.0 / 6);
}

static TelarValue
emit_hard_swish (TelarLowering *l, TelarValue x)
{
  return product (l, x, emit_hard_sigmoid (l, x));
}

static TelarValue
emit_hard_tanh (TelarLowering *l, TelarValue x)
{
  return at_most (l, at_least (l, x, -1), 1);
}

static TelarValue
emit_softsign (TelarLowering *l, TelarValue x)
{
  TelarValue size = plus (l, telar_build_unary (l->b, TELAR_PRIM_ABS, x), 1);

  return telar_build_binary (l->b, TELAR_PRIM_DIV, x, size);
}

static TelarValue
emit_softmax (TelarLowering *l, TelarValue x)
{
  return telar_emit (l->b, SOFTMAX, ((TelarValue[]){ x }),
                     TELAR_INT (AXIS, telar_lower_type (l, x).shape.rank - 1));
}

typedef TelarValue (*Function) (TelarLowering *l, TelarValue x);

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
};

const char *const telar_activation_choices[] = {
  "none",       "relu",     "leaky_relu", "elu",          "selu", "gelu",
  "silu",       "mish",     "sigmoid",    "hard_sigmoid", "tanh", "hard_tanh",
  "hard_swish", "softplus", "softsign",   "softmax",      NULL,
};

TelarValue
telar_emit_activation (TelarLowering *l, const char *name, TelarValue x)
{
  if (x == TELAR_NO_VALUE)
    return x;
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_str_equal (functions[i].name, name))
      return functions[i].emit (l, x);
  return x;
}
