/* Functions of one number, element by element. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

/* Whole numbers become float32 where the function needs floats. */
static TelarValue
read_operand (TelarLowering *l, gboolean to_float)
{
  TelarType type;

  return to_float ? telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type)
                  : telar_lower_ranked (l, 0, 0, TELAR_MAX_RANK, &type);
}

#define PRIMITIVE(name, PRIM, to_float)                                                            \
  static void lower_##name (TelarLowering *l)                                                      \
  {                                                                                                \
    TelarValue x = read_operand (l, to_float);                                                     \
                                                                                                   \
    telar_lower_output (l, 0, telar_build_unary (l->b, TELAR_PRIM_##PRIM, x));                     \
  }
/* clang-format off */
PRIMITIVE (negate, NEG, FALSE)
PRIMITIVE (abs, ABS, FALSE)
PRIMITIVE (sign, SIGN, FALSE)
PRIMITIVE (exp, EXP, TRUE)
PRIMITIVE (log, LOG, TRUE)
PRIMITIVE (log1p, LOG1P, TRUE)
PRIMITIVE (sqrt, SQRT, TRUE)
PRIMITIVE (rsqrt, RSQRT, TRUE)
PRIMITIVE (reciprocal, RECIPROCAL, TRUE)
PRIMITIVE (erf, ERF, TRUE)
/* clang-format on */

static void
lower_expm1 (TelarLowering *l)
{
  telar_lower_output (l, 0, telar_emit_expm1 (l->b, read_operand (l, TRUE)));
}

static void
lower_square (TelarLowering *l)
{
  TelarValue x = telar_lower_input (l, 0);

  telar_lower_output (l, 0, telar_build_binary (l->b, TELAR_PRIM_MUL, x, x));
}

/* --- rounding --------------------------------------------------------------------------------- */

/* Whole numbers are round already. */
static void
lower_rounding (TelarLowering *l, TelarValue (*function) (TelarBuilder *b, TelarValue x))
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 0, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0, telar_dtype_is_float (type.dtype) ? function (l->b, x) : x);
}

#define ROUNDING(name, PRIM)                                                                       \
  static TelarValue name##_of (TelarBuilder *b, TelarValue x)                                      \
  {                                                                                                \
    return telar_build_unary (b, TELAR_PRIM_##PRIM, x);                                            \
  }                                                                                                \
                                                                                                   \
  static void lower_##name (TelarLowering *l)                                                      \
  {                                                                                                \
    lower_rounding (l, name##_of);                                                                 \
  }
/* clang-format off */
ROUNDING (floor, FLOOR)
ROUNDING (ceil, CEIL)
ROUNDING (round, ROUND)
/* clang-format on */

static void
lower_trunc (TelarLowering *l)
{
  lower_rounding (l, telar_emit_trunc);
}

/* --- with settings ---------------------------------------------------------------------------- */

static void
lower_power (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);

  telar_lower_output (
      l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_POW, x, telar_lower_real (l, "exponent")));
}

static void
lower_clip (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);
  double least = telar_lower_real (l, "minimum"), most = telar_lower_real (l, "maximum");

  if (least > most) {
    telar_lower_fail (l, "minimum is %g and must not exceed maximum, which is %g", least, most);
    return;
  }
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, x, least);
  telar_lower_output (l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, x, most));
}

static void
lower_stop_gradient (TelarLowering *l)
{
  telar_lower_output (l, 0, telar_build_unary (l->b, TELAR_PRIM_STOP, telar_lower_input (l, 0)));
}

static void
lower_scale (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);
  double factor = telar_lower_real (l, "factor"), offset = telar_lower_real (l, "offset");

  if (factor != 1)
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, factor);
  if (offset != 0)
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, offset);
  telar_lower_output (l, 0, x);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define REAL(param, text, value, words)                                                            \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_REAL, .fallback = value,                \
    .doc = N_ (words), .prominent = TRUE,                                                          \
  }

/* clang-format off */
#define SIMPLE(A)                                                                                  \
  A (stop_gradient, "Stop gradient", "y = x, ∂y/∂x = 0", "Identity", telar_ports_in,               \
     "Passes numbers on, but no gradient back: what comes before does not learn from here.",       \
     "f64[2,3]", "i64[2,3]<9")                                                                     \
  A (negate, "Negate", "y = -x", "Neg", telar_ports_in, "Turns the sign.", "f32[2,3]",             \
     "i64[2,3]<5")                                                                                 \
  A (abs, "Absolute value", "y = |x|", "Abs", telar_ports_in, "Drops the sign.", "f32[2,3]")       \
  A (sign, "Sign", "y = x/|x|, 0 for 0", "Sign", telar_ports_in,                                   \
     "Gives 1 for positive numbers, -1 for negative ones and 0 for 0.", "f32[2,5]")                \
  A (exp, "Exponential", "y = exp(x)", "Exp", telar_ports_in, "Raises e to each number.",          \
     "f32[2,3]")                                                                                   \
  A (expm1, "Exponential minus one", "y = exp(x) - 1", "Tanh, Exp", telar_ports_in,                \
     "Raises e to each number and takes 1 away, exactly even near 0.", "f32[2,5]",                 \
     "f32[2,5]:-0.001..0.001")                                                                     \
  A (log, "Logarithm", "y = ln(x)", "Log", telar_ports_in,                                         \
     "Takes the natural logarithm; the numbers must be positive.", "f32[2,3]:0.2..4")              \
  A (log1p, "Logarithm of one plus", "y = ln(1 + x)", "Log", telar_ports_in,                       \
     "Adds 1 and takes the natural logarithm; the numbers must be above -1.",                      \
     "f32[2,3]:-0.8..4")                                                                           \
  A (sqrt, "Square root", "y = √x", "Sqrt", telar_ports_in,                                        \
     "Takes the square root; the numbers must not be negative.", "f32[2,3]:0.2..4")                \
  A (rsqrt, "Reciprocal square root", "y = 1/√x", "Sqrt, Reciprocal", telar_ports_in,              \
     "Divides 1 by the square root; the numbers must be positive.", "f32[2,3]:0.2..4")             \
  A (reciprocal, "Reciprocal", "y = 1/x", "Reciprocal", telar_ports_in,                            \
     "Divides 1 by each number.", "f32[2,3]:0.5..2", "f32[2,3]:-2..-0.5")                          \
  A (square, "Square", "y = x²", "Mul", telar_ports_in, "Multiplies each number by itself.",       \
     "f32[2,3]")                                                                                   \
  A (erf, "Error function", "y = 2/√π ∫₀ˣ exp(-t²) dt", "Erf", telar_ports_in,                     \
     "The error function: how much of a bell curve lies within x.", "f32[2,5]")                    \
  A (floor, "Round down", "y = ⌊x⌋", "Floor", telar_ports_in,                                      \
     "Rounds down to whole numbers.", "f32[2,5]", "i64[2,3]<9")                                    \
  A (ceil, "Round up", "y = ⌈x⌉", "Ceil", telar_ports_in, "Rounds up to whole numbers.",           \
     "f32[2,5]")                                                                                   \
  A (round, "Round", "y = the whole number next to x", "Round", telar_ports_in,                    \
     "Rounds to the nearest whole number, halves to the even one.", "f32[2,5]")                    \
  A (trunc, "Drop fraction", "y = sign(x)·⌊|x|⌋", "Floor, Mul", telar_ports_in,                    \
     "Rounds towards zero.", "f32[2,5]")
/* clang-format on */
SIMPLE (TELAR_PLAIN_OPERATOR)

static const TelarOperator power_operator = {
  .name = "power",
  .label = N_ ("Power"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Raises each number to a fixed power; with a broken exponent the numbers must not be "
             "negative."),
  .formula = "y = x^exponent",
  .onnx = "Pow",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (REAL ("exponent", "Exponent", "2", "The power.")),
  .lower = lower_power,
  .examples = TELAR_EXAMPLES ("f32[2,3] exponent=3", "f32[2,3]:0.2..3 exponent=0.5"),
};

static const TelarOperator clip_operator = {
  .name = "clip",
  .label = N_ ("Clip"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Cuts numbers off below minimum and above maximum."),
  .formula = "y = min(max(x, minimum), maximum)",
  .onnx = "Clip",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (REAL ("minimum", "Minimum", "0", "The smallest result."),
                          REAL ("maximum", "Maximum", "1", "The largest result.")),
  .lower = lower_clip,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5] minimum=-1 maximum=0.5"),
};

static const TelarOperator scale_operator = {
  .name = "scale",
  .label = N_ ("Scale"),
  .category = TELAR_CATEGORY_MATH,
  .doc =
      N_ ("Multiplies by a factor and adds an offset; brings pixels from 0 … 255 to 0 … 1 with a "
          "factor of 0.00392157 = 1/255."),
  .formula = "y = x·factor + offset",
  .onnx = "Mul, Add",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (REAL ("factor", "Factor", "1", "What each number is multiplied by."),
                          REAL ("offset", "Offset", "0", "What is added afterwards.")),
  .lower = lower_scale,
  .examples = TELAR_EXAMPLES ("f32[2,3] factor=0.5 offset=-1", "u8[2,4]<256 factor=0.00392157"),
};

const TelarOperator *const telar_operators_elementwise[] = {
  &scale_operator, &negate_operator,        &abs_operator,
  &sign_operator,  &exp_operator,           &expm1_operator,
  &log_operator,   &log1p_operator,         &sqrt_operator,
  &rsqrt_operator, &square_operator,        &reciprocal_operator,
  &power_operator, &clip_operator,          &erf_operator,
  &floor_operator, &ceil_operator,          &round_operator,
  &trunc_operator, &stop_gradient_operator, NULL,
};
