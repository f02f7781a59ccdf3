/* Trigonometric and hyperbolic functions and their inverses. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

static void
lower_function (TelarLowering *l, TelarValue (*function) (TelarBuilder *b, TelarValue x))
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0, function (l->b, x));
}

#define PRIMITIVE(name, PRIM)                                                                      \
  static TelarValue telar_emit_##name (TelarBuilder *b, TelarValue x)                              \
  {                                                                                                \
    return telar_build_unary (b, TELAR_PRIM_##PRIM, x);                                            \
  }
/* clang-format off */
PRIMITIVE (sin, SIN)
PRIMITIVE (cos, COS)
PRIMITIVE (atan, ATAN)

#define SIMPLE(A)                                                                                  \
  A (sin, "Sine", "y = sin(x)", "Sin", telar_ports_in, "The sine of angles in radians.",           \
     "f32[2,5]:-6..6", "i64[2,3]<5")                                                               \
  A (cos, "Cosine", "y = cos(x)", "Cos", telar_ports_in, "The cosine of angles in radians.",       \
     "f32[2,5]:-6..6")                                                                             \
  A (tan, "Tangent", "y = sin(x)/cos(x)", "Sin, Cos, Div", telar_ports_in,                         \
     "The tangent of angles in radians.", "f32[2,5]:-1.3..1.3")                                    \
  A (asin, "Arcsine", "y = asin(x)", "Sqrt, Atan", telar_ports_in,                                 \
     "The angle whose sine is x, which must lie between -1 and 1.", "f32[2,5]:-0.95..0.95")        \
  A (acos, "Arccosine", "y = acos(x)", "Sqrt, Atan", telar_ports_in,                               \
     "The angle whose cosine is x, which must lie between -1 and 1.", "f32[2,5]:-0.95..0.95")      \
  A (atan, "Arctangent", "y = atan(x)", "Atan", telar_ports_in,                                    \
     "The angle whose tangent is x.", "f32[2,5]:-9..9")                                            \
  A (sinh, "Hyperbolic sine", "y = (exp(x) - exp(-x))/2", "Tanh, Exp", telar_ports_in,             \
     "The hyperbolic sine.", "f32[2,5]")                                                           \
  A (cosh, "Hyperbolic cosine", "y = (exp(x) + exp(-x))/2", "Exp", telar_ports_in,                 \
     "The hyperbolic cosine.", "f32[2,5]")                                                         \
  A (asinh, "Inverse hyperbolic sine", "y = ln(x + √(x² + 1))", "Sqrt, Log", telar_ports_in,       \
     "The number whose hyperbolic sine is x.", "f32[2,5]:-9..9")                                   \
  A (acosh, "Inverse hyperbolic cosine", "y = ln(x + √(x² - 1))", "Sqrt, Log", telar_ports_in,     \
     "The number whose hyperbolic cosine is x, which must be at least 1.", "f32[2,5]:1.1..9")      \
  A (atanh, "Inverse hyperbolic tangent", "y = ln((1 + x)/(1 - x))/2", "Log", telar_ports_in,      \
     "The number whose hyperbolic tangent is x, which must lie between -1 and 1.",                 \
     "f32[2,5]:-0.95..0.95")

#define LOWER(NAME, ...)                                                                           \
  static void lower_##NAME (TelarLowering *l)                                                      \
  {                                                                                                \
    lower_function (l, telar_emit_##NAME);                                                         \
  }
/* clang-format on */
SIMPLE (LOWER)
SIMPLE (TELAR_PLAIN_OPERATOR)

const TelarOperator *const telar_operators_trigonometry[] = {
#define ENTRY(NAME, ...) &NAME##_operator,
  SIMPLE (ENTRY)
#undef ENTRY
      NULL,
};
