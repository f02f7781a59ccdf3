/* Mathematics as functions that build programs: what the operators and the ONNX importer share. A
 * function takes and gives values of the builder; errors stick in it, and after one everything
 * returns TELAR_NO_VALUE. Shapes may have a symbolic batch wherever a text does not say otherwise.
 */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* --- functions, element by element ------------------------------------------------------------ */

/* Made of the primitives in forms that lose neither small numbers nor large ones: Abramowitz,
 * Stegun, "Handbook of mathematical functions", chapter 4. They take floats; half floats are
 * computed in float32, because their squares overflow soon. */
TelarValue telar_emit_tan (TelarBuilder *b, TelarValue x);
TelarValue telar_emit_asin (TelarBuilder *b, TelarValue x);
TelarValue telar_emit_acos (TelarBuilder *b, TelarValue x);
TelarValue telar_emit_sinh (TelarBuilder *b, TelarValue x);
TelarValue telar_emit_cosh (TelarBuilder *b, TelarValue x);
TelarValue telar_emit_asinh (TelarBuilder *b, TelarValue x);
TelarValue telar_emit_acosh (TelarBuilder *b, TelarValue x);
TelarValue telar_emit_atanh (TelarBuilder *b, TelarValue x);
/* exp (x) - 1 */
TelarValue telar_emit_expm1 (TelarBuilder *b, TelarValue x);
/* Towards zero. */
TelarValue telar_emit_trunc (TelarBuilder *b, TelarValue x);
/* Whether @x is one of the infinities that are asked for. */
TelarValue telar_emit_is_inf (TelarBuilder *b, TelarValue x, gboolean positive, gboolean negative);

/* The angle of the point (x, y), from -π to π; 0 for the origin. */
TelarValue telar_emit_atan2 (TelarBuilder *b, TelarValue y, TelarValue x);
/* x^y in the type of @x, whatever that of @y is. */
TelarValue telar_emit_pow (TelarBuilder *b, TelarValue x, TelarValue y);
/* What remains of x / y: with the sign of @y, as NumPy's mod, or of @x, as C's fmod. */
TelarValue telar_emit_mod (TelarBuilder *b, TelarValue x, TelarValue y, gboolean fmod);
/* x / y rounded down. */
TelarValue telar_emit_floor_div (TelarBuilder *b, TelarValue x, TelarValue y);
/* Whether truth values differ. */
TelarValue telar_emit_xor (TelarBuilder *b, TelarValue x, TelarValue y);

G_END_DECLS
