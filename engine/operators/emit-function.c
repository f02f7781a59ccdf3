/* Functions that are no primitives, made of those that are. */
#include "engine/emit.h"

#include <math.h>

static TelarValue
unary (TelarBuilder *b, TelarPrim prim, TelarValue x)
{
  return telar_build_unary (b, prim, x);
}

static TelarValue
binary (TelarBuilder *b, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (b, prim, x, y);
}

static TelarValue
with (TelarBuilder *b, TelarPrim prim, TelarValue x, double y)
{
  return telar_build_binary_scalar (b, prim, x, y);
}

static TelarDType
type_of (TelarBuilder *b, TelarValue x)
{
  return telar_builder_type (b, x)->dtype;
}

/* 1 - x */
static TelarValue
one_minus (TelarBuilder *b, TelarValue x)
{
  return with (b, TELAR_PRIM_ADD, unary (b, TELAR_PRIM_NEG, x), 1);
}

static TelarValue
widened (TelarBuilder *b, TelarValue x)
{
  return telar_build_cast (b, x, type_of (b, x) == TELAR_F64 ? TELAR_F64 : TELAR_F32);
}

/* --- trigonometry ----------------------------------------------------------------------------- */

static TelarValue
tan_of (TelarBuilder *b, TelarValue x)
{
  TelarValue sine = unary (b, TELAR_PRIM_SIN, x), cosine = unary (b, TELAR_PRIM_COS, x);
  return binary (b, TELAR_PRIM_DIV, sine, cosine);
}

/* 2 atan (x / (1 + √(1 - x²))) */
static TelarValue
asin_of (TelarBuilder *b, TelarValue x)
{
  TelarValue root = one_minus (b, binary (b, TELAR_PRIM_MUL, x, x));
  root = with (b, TELAR_PRIM_ADD, unary (b, TELAR_PRIM_SQRT, root), 1);
  x = unary (b, TELAR_PRIM_ATAN, binary (b, TELAR_PRIM_DIV, x, root));
  return with (b, TELAR_PRIM_MUL, x, 2);
}

/* 2 atan (√(1 - x) / √(1 + x)) */
static TelarValue
acos_of (TelarBuilder *b, TelarValue x)
{
  TelarValue above = unary (b, TELAR_PRIM_SQRT, one_minus (b, x));
  TelarValue below = unary (b, TELAR_PRIM_SQRT, with (b, TELAR_PRIM_ADD, x, 1));
  x = unary (b, TELAR_PRIM_ATAN, binary (b, TELAR_PRIM_DIV, above, below));
  return with (b, TELAR_PRIM_MUL, x, 2);
}

/* --- hyperbolic functions --------------------------------------------------------------------- */

/* (e^x + e^-x) / 2 */
static TelarValue
cosh_of (TelarBuilder *b, TelarValue x)
{
  TelarValue rising = unary (b, TELAR_PRIM_EXP, x);
  TelarValue falling = unary (b, TELAR_PRIM_EXP, unary (b, TELAR_PRIM_NEG, x));
  return with (b, TELAR_PRIM_MUL, binary (b, TELAR_PRIM_ADD, rising, falling), 0.5);
}

/* tanh x · cosh x */
static TelarValue
sinh_of (TelarBuilder *b, TelarValue x)
{
  return binary (b, TELAR_PRIM_MUL, unary (b, TELAR_PRIM_TANH, x), cosh_of (b, x));
}

/* Where x > 0 is so large that its square may overflow, both inverses are log 2x; @y elsewhere. */
static TelarValue
log_beyond (TelarBuilder *b, TelarValue x, TelarValue y)
{
  TelarValue edge = telar_build_scalar (b, type_of (b, x), 1e8);
  TelarValue twice = with (b, TELAR_PRIM_ADD, unary (b, TELAR_PRIM_LOG, x), G_LN2);
  return telar_build_select (b, binary (b, TELAR_PRIM_LESS, edge, x), twice, y);
}

/* log (|x| + √(x² + 1)) with the sign of x, where |x| + √(x² + 1) - 1 = |x| + x² / (1 + √(x² + 1))
 */
static TelarValue
asinh_of (TelarBuilder *b, TelarValue x)
{
  TelarValue square = binary (b, TELAR_PRIM_MUL, x, x);
  TelarValue root = unary (b, TELAR_PRIM_SQRT, with (b, TELAR_PRIM_ADD, square, 1));
  TelarValue rest = binary (b, TELAR_PRIM_DIV, square, with (b, TELAR_PRIM_ADD, root, 1));
  TelarValue size = unary (b, TELAR_PRIM_ABS, x);
  rest = unary (b, TELAR_PRIM_LOG1P, binary (b, TELAR_PRIM_ADD, size, rest));
  rest = log_beyond (b, size, rest);
  return binary (b, TELAR_PRIM_MUL, rest, unary (b, TELAR_PRIM_SIGN, x));
}

/* log (x + √(x² - 1)) = log (1 + t + √(t (t + 2))), t = x - 1 */
static TelarValue
acosh_of (TelarBuilder *b, TelarValue x)
{
  TelarValue t = with (b, TELAR_PRIM_ADD, x, -1);
  TelarValue root = binary (b, TELAR_PRIM_MUL, t, with (b, TELAR_PRIM_ADD, t, 2));
  root = binary (b, TELAR_PRIM_ADD, t, unary (b, TELAR_PRIM_SQRT, root));
  return log_beyond (b, x, unary (b, TELAR_PRIM_LOG1P, root));
}

/* (log (1 + x) - log (1 - x)) / 2 */
static TelarValue
atanh_of (TelarBuilder *b, TelarValue x)
{
  TelarValue above = unary (b, TELAR_PRIM_LOG1P, x);
  TelarValue below = unary (b, TELAR_PRIM_LOG1P, unary (b, TELAR_PRIM_NEG, x));
  return with (b, TELAR_PRIM_MUL, binary (b, TELAR_PRIM_SUB, above, below), 0.5);
}

/* tanh (x/2) · (e^x + 1) */
static TelarValue
expm1_of (TelarBuilder *b, TelarValue x)
{
  TelarValue half = unary (b, TELAR_PRIM_TANH, with (b, TELAR_PRIM_MUL, x, 0.5));
  TelarValue sum = with (b, TELAR_PRIM_ADD, unary (b, TELAR_PRIM_EXP, x), 1);
  return binary (b, TELAR_PRIM_MUL, half, sum);
}

#define WIDENED(name)                                                                              \
  TelarValue telar_emit_##name (TelarBuilder *b, TelarValue x)                                     \
  {                                                                                                \
    return telar_build_cast (b, name##_of (b, widened (b, x)), type_of (b, x));                    \
  }
WIDENED (tan)
WIDENED (asin)
WIDENED (acos)
WIDENED (sinh)
WIDENED (cosh)
WIDENED (asinh)
WIDENED (acosh)
WIDENED (atanh)
WIDENED (expm1)

/* --- the rest --------------------------------------------------------------------------------- */

TelarValue
telar_emit_trunc (TelarBuilder *b, TelarValue x)
{
  TelarValue size = unary (b, TELAR_PRIM_FLOOR, unary (b, TELAR_PRIM_ABS, x));
  return binary (b, TELAR_PRIM_MUL, size, unary (b, TELAR_PRIM_SIGN, x));
}

/* The infinity that is left out becomes NaN, which nothing equals. */
TelarValue
telar_emit_is_inf (TelarBuilder *b, TelarValue x, gboolean positive, gboolean negative)
{
  TelarDType dtype = type_of (b, x);
  TelarValue high = telar_build_scalar (b, dtype, positive ? INFINITY : NAN);
  TelarValue low = telar_build_scalar (b, dtype, negative ? -INFINITY : NAN);
  return binary (b, TELAR_PRIM_OR, binary (b, TELAR_PRIM_EQUAL, x, high),
                 binary (b, TELAR_PRIM_EQUAL, x, low));
}

/* The smaller of both is divided by the larger, so that only the origin divides by 0: there by 1
 * instead. Where |y| is larger the angle is ±π/2 - atan (x/y), elsewhere atan (y/x), turned by π
 * where x < 0. */
TelarValue
telar_emit_atan2 (TelarBuilder *b, TelarValue y, TelarValue x)
{
  TelarDType dtype = type_of (b, x);
  TelarValue zero = telar_build_scalar (b, dtype, 0), one = telar_build_scalar (b, dtype, 1);
  TelarValue left = telar_build_scalar (b, dtype, G_PI);
  TelarValue steep =
      binary (b, TELAR_PRIM_LESS, unary (b, TELAR_PRIM_ABS, x), unary (b, TELAR_PRIM_ABS, y));
  TelarValue large = telar_build_select (b, steep, y, x);
  large = telar_build_select (b, binary (b, TELAR_PRIM_EQUAL, large, zero), one, large);
  TelarValue ratio = binary (b, TELAR_PRIM_DIV, telar_build_select (b, steep, x, y), large);
  TelarValue angle = unary (b, TELAR_PRIM_ATAN, ratio);
  TelarValue turn = telar_build_select (b, binary (b, TELAR_PRIM_LESS, y, zero),
                                        unary (b, TELAR_PRIM_NEG, left), left);
  turn = telar_build_select (b, binary (b, TELAR_PRIM_LESS, x, zero), turn, zero);
  TelarValue upright = with (b, TELAR_PRIM_MUL, unary (b, TELAR_PRIM_SIGN, y), G_PI_2);
  return telar_build_select (b, steep, binary (b, TELAR_PRIM_SUB, upright, angle),
                             binary (b, TELAR_PRIM_ADD, turn, angle));
}

TelarValue
telar_emit_pow (TelarBuilder *b, TelarValue x, TelarValue y)
{
  TelarDType dtype = type_of (b, x), wide = telar_dtype_is_float (dtype) ? dtype : TELAR_F64;
  TelarValue power =
      binary (b, TELAR_PRIM_POW, telar_build_cast (b, x, wide), telar_build_cast (b, y, wide));
  return telar_build_cast (b, power, dtype);
}

TelarValue
telar_emit_mod (TelarBuilder *b, TelarValue x, TelarValue y, gboolean fmod)
{
  if (!fmod)
    return binary (b, TELAR_PRIM_MOD, x, y);
  TelarValue rest =
      binary (b, TELAR_PRIM_MOD, unary (b, TELAR_PRIM_ABS, x), unary (b, TELAR_PRIM_ABS, y));
  return binary (b, TELAR_PRIM_MUL, rest, unary (b, TELAR_PRIM_SIGN, x));
}

/* The division of whole numbers drops the rest, which is therefore taken away first. */
TelarValue
telar_emit_floor_div (TelarBuilder *b, TelarValue x, TelarValue y)
{
  if (telar_dtype_is_float (type_of (b, x)))
    return unary (b, TELAR_PRIM_FLOOR, binary (b, TELAR_PRIM_DIV, x, y));
  TelarValue whole = binary (b, TELAR_PRIM_SUB, x, binary (b, TELAR_PRIM_MOD, x, y));
  return binary (b, TELAR_PRIM_DIV, whole, y);
}

TelarValue
telar_emit_xor (TelarBuilder *b, TelarValue x, TelarValue y)
{
  return unary (b, TELAR_PRIM_NOT, binary (b, TELAR_PRIM_EQUAL, x, y));
}
