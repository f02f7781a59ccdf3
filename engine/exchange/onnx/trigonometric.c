/* Trigonometric and hyperbolic functions and their inverses, made of those that are primitives:
 * Abramowitz, Stegun, "Handbook of mathematical functions", chapter 4, in forms that do not lose
 * small numbers. */
#include "engine/exchange/onnx/operators.h"

static TelarValue
unary (OnnxCall *call, TelarPrim prim, TelarValue x)
{
  return telar_build_unary (call->b, prim, x);
}

static TelarValue
binary (OnnxCall *call, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (call->b, prim, x, y);
}

static TelarValue
with (OnnxCall *call, TelarPrim prim, TelarValue x, double y)
{
  return telar_build_binary_scalar (call->b, prim, x, y);
}

/* 1 - x */
static TelarValue
one_minus (OnnxCall *call, TelarValue x)
{
  return with (call, TELAR_PRIM_ADD, unary (call, TELAR_PRIM_NEG, x), 1);
}

/* Half floats are widened first: their squares overflow soon. */
static TelarValue
widened (OnnxCall *call)
{
  TelarDType dtype = onnx_call_type (call, 0).dtype;
  return telar_build_cast (call->b, onnx_call_in (call, 0),
                           dtype == TELAR_F64 ? TELAR_F64 : TELAR_F32);
}

static void
give (OnnxCall *call, TelarValue y)
{
  onnx_call_out (call, 0, telar_build_cast (call->b, y, onnx_call_type (call, 0).dtype));
}

static void
trace_tan (OnnxCall *call)
{
  TelarValue x = widened (call);
  TelarValue sine = unary (call, TELAR_PRIM_SIN, x), cosine = unary (call, TELAR_PRIM_COS, x);
  give (call, binary (call, TELAR_PRIM_DIV, sine, cosine));
}

/* 2 atan (x / (1 + √(1 - x²))) */
static void
trace_asin (OnnxCall *call)
{
  TelarValue x = widened (call);
  TelarValue root = one_minus (call, binary (call, TELAR_PRIM_MUL, x, x));
  root = with (call, TELAR_PRIM_ADD, unary (call, TELAR_PRIM_SQRT, root), 1);
  x = unary (call, TELAR_PRIM_ATAN, binary (call, TELAR_PRIM_DIV, x, root));
  give (call, with (call, TELAR_PRIM_MUL, x, 2));
}

/* 2 atan (√(1 - x) / √(1 + x)) */
static void
trace_acos (OnnxCall *call)
{
  TelarValue x = widened (call);
  TelarValue above = unary (call, TELAR_PRIM_SQRT, one_minus (call, x));
  TelarValue below = unary (call, TELAR_PRIM_SQRT, with (call, TELAR_PRIM_ADD, x, 1));
  x = unary (call, TELAR_PRIM_ATAN, binary (call, TELAR_PRIM_DIV, above, below));
  give (call, with (call, TELAR_PRIM_MUL, x, 2));
}

/* (e^x + e^-x) / 2 */
static TelarValue
cosh_of (OnnxCall *call, TelarValue x)
{
  TelarValue rising = unary (call, TELAR_PRIM_EXP, x);
  TelarValue falling = unary (call, TELAR_PRIM_EXP, unary (call, TELAR_PRIM_NEG, x));
  return with (call, TELAR_PRIM_MUL, binary (call, TELAR_PRIM_ADD, rising, falling), 0.5);
}

static void
trace_cosh (OnnxCall *call)
{
  give (call, cosh_of (call, widened (call)));
}

/* tanh x · cosh x */
static void
trace_sinh (OnnxCall *call)
{
  TelarValue x = widened (call);
  give (call, binary (call, TELAR_PRIM_MUL, unary (call, TELAR_PRIM_TANH, x), cosh_of (call, x)));
}

/* Where x > 0 is so large that its square may overflow, both inverses are log 2x; @y elsewhere. */
static TelarValue
log_beyond (OnnxCall *call, TelarValue x, TelarValue y)
{
  if (onnx_call_failed (call))
    return TELAR_NO_VALUE;
  TelarValue edge = telar_build_scalar (call->b, telar_builder_type (call->b, x)->dtype, 1e8);
  TelarValue twice = with (call, TELAR_PRIM_ADD, unary (call, TELAR_PRIM_LOG, x), G_LN2);
  return telar_build_select (call->b, binary (call, TELAR_PRIM_LESS, edge, x), twice, y);
}

/* log (|x| + √(x² + 1)) with the sign of x, where |x| + √(x² + 1) - 1 = |x| + x² / (1 + √(x² + 1))
 */
static void
trace_asinh (OnnxCall *call)
{
  TelarValue x = widened (call), square = binary (call, TELAR_PRIM_MUL, x, x);
  TelarValue root = unary (call, TELAR_PRIM_SQRT, with (call, TELAR_PRIM_ADD, square, 1));
  TelarValue rest = binary (call, TELAR_PRIM_DIV, square, with (call, TELAR_PRIM_ADD, root, 1));
  TelarValue size = unary (call, TELAR_PRIM_ABS, x);
  rest = unary (call, TELAR_PRIM_LOG1P, binary (call, TELAR_PRIM_ADD, size, rest));
  rest = log_beyond (call, size, rest);
  give (call, binary (call, TELAR_PRIM_MUL, rest, unary (call, TELAR_PRIM_SIGN, x)));
}

/* log (x + √(x² - 1)) = log (1 + t + √(t (t + 2))), t = x - 1 */
static void
trace_acosh (OnnxCall *call)
{
  TelarValue x = widened (call), t = with (call, TELAR_PRIM_SUB, x, 1);
  TelarValue root = binary (call, TELAR_PRIM_MUL, t, with (call, TELAR_PRIM_ADD, t, 2));
  root = binary (call, TELAR_PRIM_ADD, t, unary (call, TELAR_PRIM_SQRT, root));
  give (call, log_beyond (call, x, unary (call, TELAR_PRIM_LOG1P, root)));
}

/* (log (1 + x) - log (1 - x)) / 2 */
static void
trace_atanh (OnnxCall *call)
{
  TelarValue x = widened (call);
  TelarValue above = unary (call, TELAR_PRIM_LOG1P, x);
  TelarValue below = unary (call, TELAR_PRIM_LOG1P, unary (call, TELAR_PRIM_NEG, x));
  x = binary (call, TELAR_PRIM_SUB, above, below);
  give (call, with (call, TELAR_PRIM_MUL, x, 0.5));
}

const OnnxOperator onnx_operators_trigonometric[] = {
  { "Acos", trace_acos },   { "Acosh", trace_acosh }, { "Asin", trace_asin },
  { "Asinh", trace_asinh }, { "Atanh", trace_atanh }, { "Cosh", trace_cosh },
  { "Sinh", trace_sinh },   { "Tan", trace_tan },     { NULL },
};
