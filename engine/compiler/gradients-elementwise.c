/* Gradients of the elementwise primitives. Where the derivative can be told from the output (exp,
 * tanh, sigmoid, relu, square roots) it is, so that the input need not be kept. */
#include "engine/compiler/gradients.h"

#include <math.h>

static TelarValue
less (TelarAdjoint *a, TelarValue x, TelarValue y)
{
  return telar_build_binary (a->b, TELAR_PRIM_LESS, x, y);
}

static TelarValue
equal (TelarAdjoint *a, TelarValue x, TelarValue y)
{
  return telar_build_binary (a->b, TELAR_PRIM_EQUAL, x, y);
}

/* @condition ? @x : 0. */
static TelarValue
keep_where (TelarAdjoint *a, TelarValue condition, TelarValue x)
{
  return telar_build_select (a->b, condition, x, adjoint_scalar (a, x, 0));
}

/* @condition ? 0 : @x. */
static TelarValue
drop_where (TelarAdjoint *a, TelarValue condition, TelarValue x)
{
  return telar_build_select (a->b, condition, adjoint_scalar (a, x, 0), x);
}

/* --- one input ---------------------------------------------------------------------------------
 */

void
telar_gradient_neg (TelarAdjoint *a)
{
  a->results[0] = adjoint_unary (a, TELAR_PRIM_NEG, a->grads[0]);
}

void
telar_gradient_abs (TelarAdjoint *a)
{
  a->results[0] = adjoint_mul (a, a->grads[0], adjoint_unary (a, TELAR_PRIM_SIGN, a->inputs[0]));
}

void
telar_gradient_exp (TelarAdjoint *a)
{
  a->results[0] = adjoint_mul (a, a->grads[0], a->outputs[0]);
}

void
telar_gradient_log (TelarAdjoint *a)
{
  a->results[0] = telar_build_binary (a->b, TELAR_PRIM_DIV, a->grads[0], a->inputs[0]);
}

void
telar_gradient_log1p (TelarAdjoint *a)
{
  TelarValue sum = telar_build_binary_scalar (a->b, TELAR_PRIM_ADD, a->inputs[0], 1);
  a->results[0] = telar_build_binary (a->b, TELAR_PRIM_DIV, a->grads[0], sum);
}

void
telar_gradient_sqrt (TelarAdjoint *a)
{
  TelarValue half = adjoint_scale (a, a->grads[0], 0.5);
  a->results[0] = telar_build_binary (a->b, TELAR_PRIM_DIV, half, a->outputs[0]);
}

/* d x^(-1/2) = -1/2 y^3. */
void
telar_gradient_rsqrt (TelarAdjoint *a)
{
  TelarValue y = a->outputs[0];
  TelarValue cube = adjoint_mul (a, adjoint_mul (a, y, y), y);
  a->results[0] = adjoint_scale (a, adjoint_mul (a, a->grads[0], cube), -0.5);
}

void
telar_gradient_reciprocal (TelarAdjoint *a)
{
  TelarValue square = adjoint_mul (a, a->outputs[0], a->outputs[0]);
  a->results[0] = adjoint_unary (a, TELAR_PRIM_NEG, adjoint_mul (a, a->grads[0], square));
}

void
telar_gradient_sin (TelarAdjoint *a)
{
  a->results[0] = adjoint_mul (a, a->grads[0], adjoint_unary (a, TELAR_PRIM_COS, a->inputs[0]));
}

void
telar_gradient_cos (TelarAdjoint *a)
{
  TelarValue sine = adjoint_unary (a, TELAR_PRIM_SIN, a->inputs[0]);
  a->results[0] = adjoint_unary (a, TELAR_PRIM_NEG, adjoint_mul (a, a->grads[0], sine));
}

/* 1 / (1 + x²) */
void
telar_gradient_atan (TelarAdjoint *a)
{
  TelarValue square = adjoint_mul (a, a->inputs[0], a->inputs[0]);
  TelarValue slope = telar_build_binary_scalar (a->b, TELAR_PRIM_ADD, square, 1);
  a->results[0] = telar_build_binary (a->b, TELAR_PRIM_DIV, a->grads[0], slope);
}

/* 1 - y² */
void
telar_gradient_tanh (TelarAdjoint *a)
{
  TelarValue y = a->outputs[0];
  TelarValue slope = adjoint_sub (a, adjoint_scalar (a, y, 1), adjoint_mul (a, y, y));
  a->results[0] = adjoint_mul (a, a->grads[0], slope);
}

/* y (1 - y) */
void
telar_gradient_sigmoid (TelarAdjoint *a)
{
  TelarValue y = a->outputs[0];
  TelarValue slope = adjoint_mul (a, y, adjoint_sub (a, adjoint_scalar (a, y, 1), y));
  a->results[0] = adjoint_mul (a, a->grads[0], slope);
}

void
telar_gradient_softplus (TelarAdjoint *a)
{
  a->results[0] = adjoint_mul (a, a->grads[0], adjoint_unary (a, TELAR_PRIM_SIGMOID, a->inputs[0]));
}

/* 2/√π exp (-x²) */
void
telar_gradient_erf (TelarAdjoint *a)
{
  TelarValue x = a->inputs[0];
  TelarValue power = adjoint_unary (a, TELAR_PRIM_NEG, adjoint_mul (a, x, x));
  TelarValue slope = adjoint_scale (a, adjoint_unary (a, TELAR_PRIM_EXP, power), M_2_SQRTPI);
  a->results[0] = adjoint_mul (a, a->grads[0], slope);
}

/* 0 at 0, as everybody does. */
void
telar_gradient_relu (TelarAdjoint *a)
{
  TelarValue positive = less (a, adjoint_scalar (a, a->outputs[0], 0), a->outputs[0]);
  a->results[0] = keep_where (a, positive, a->grads[0]);
}

void
telar_gradient_cast (TelarAdjoint *a)
{
  a->results[0] =
      telar_build_cast (a->b, a->grads[0], telar_builder_type (a->b, a->inputs[0])->dtype);
}

/* --- two or three ------------------------------------------------------------------------------
 */

void
telar_gradient_add (TelarAdjoint *a)
{
  for (guint i = 0; i < 2; i++)
    if (a->wanted[i])
      adjoint_give (a, i, a->grads[0]);
}

void
telar_gradient_sub (TelarAdjoint *a)
{
  if (a->wanted[0])
    adjoint_give (a, 0, a->grads[0]);
  if (a->wanted[1])
    adjoint_give (a, 1, adjoint_unary (a, TELAR_PRIM_NEG, a->grads[0]));
}

void
telar_gradient_mul (TelarAdjoint *a)
{
  if (a->inputs[0] == a->inputs[1]) { /* a square */
    a->results[0] = adjoint_mul (a, a->grads[0], adjoint_scale (a, a->inputs[0], 2));
    return;
  }
  for (guint i = 0; i < 2; i++)
    if (a->wanted[i])
      adjoint_give (a, i, adjoint_mul (a, a->grads[0], a->inputs[1 - i]));
}

/* dx = dy / z, dz = -dx x/z = -dx y. */
void
telar_gradient_div (TelarAdjoint *a)
{
  TelarValue dx = telar_build_binary (a->b, TELAR_PRIM_DIV, a->grads[0], a->inputs[1]);
  if (a->wanted[0])
    adjoint_give (a, 0, dx);
  if (a->wanted[1])
    adjoint_give (a, 1, adjoint_unary (a, TELAR_PRIM_NEG, adjoint_mul (a, dx, a->outputs[0])));
}

/* dx = dy p x^(p-1), 0 where p is 0; dp = dy y ln x, 0 where x is 0. */
void
telar_gradient_pow (TelarAdjoint *a)
{
  TelarValue x = a->inputs[0], p = a->inputs[1];
  if (a->wanted[0]) {
    TelarValue lower = telar_build_binary_scalar (a->b, TELAR_PRIM_SUB, p, 1);
    TelarValue slope = adjoint_mul (a, p, telar_build_binary (a->b, TELAR_PRIM_POW, x, lower));
    TelarValue none = equal (a, p, adjoint_scalar (a, p, 0));
    adjoint_give (a, 0, adjoint_mul (a, a->grads[0], drop_where (a, none, slope)));
  }
  if (a->wanted[1]) {
    TelarValue slope = adjoint_mul (a, a->outputs[0], adjoint_unary (a, TELAR_PRIM_LOG, x));
    TelarValue none = equal (a, x, adjoint_scalar (a, x, 0));
    adjoint_give (a, 1, adjoint_mul (a, a->grads[0], drop_where (a, none, slope)));
  }
}

/* The whole gradient to the input that won, half to each of equals. */
static void
give_to_winner (TelarAdjoint *a, gboolean greater)
{
  TelarValue x = a->inputs[0], y = a->inputs[1], dy = a->grads[0];
  TelarValue shared = telar_build_select (a->b, equal (a, x, y), adjoint_scale (a, dy, 0.5), dy);
  for (guint i = 0; i < 2; i++) {
    if (!a->wanted[i])
      continue;
    TelarValue mine = a->inputs[i], other = a->inputs[1 - i];
    TelarValue loses = greater ? less (a, mine, other) : less (a, other, mine);
    adjoint_give (a, i, drop_where (a, loses, shared));
  }
}

void
telar_gradient_maximum (TelarAdjoint *a)
{
  give_to_winner (a, TRUE);
}

void
telar_gradient_minimum (TelarAdjoint *a)
{
  give_to_winner (a, FALSE);
}

/* x mod z = x - z floor (x/z), with the floor constant. */
void
telar_gradient_mod (TelarAdjoint *a)
{
  if (a->wanted[0])
    adjoint_give (a, 0, a->grads[0]);
  if (a->wanted[1]) {
    TelarValue ratio = telar_build_binary (a->b, TELAR_PRIM_DIV, a->inputs[0], a->inputs[1]);
    TelarValue whole = adjoint_unary (a, TELAR_PRIM_FLOOR, ratio);
    adjoint_give (a, 1, adjoint_unary (a, TELAR_PRIM_NEG, adjoint_mul (a, a->grads[0], whole)));
  }
}

void
telar_gradient_select (TelarAdjoint *a)
{
  if (a->wanted[1])
    adjoint_give (a, 1, keep_where (a, a->inputs[0], a->grads[0]));
  if (a->wanted[2])
    adjoint_give (a, 2, drop_where (a, a->inputs[0], a->grads[0]));
}
