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

/* --- shapes ----------------------------------------------------------------------------------- */

/* @x in the shape of the @n sizes @dims, of which one may be -1: what remains. A 0 keeps the size
 * that stands at its place, where @zero_keeps. */
TelarValue telar_emit_reshape (TelarBuilder *b, TelarValue x, const gint64 *dims, guint n,
                               gboolean zero_keeps);
/* @x without the @n axes @axes, whose size is 1, or with axes of size 1 that stand at @axes in the
 * result. Axes count from 0, in any order. */
TelarValue telar_emit_squeeze (TelarBuilder *b, TelarValue x, const guint *axes, guint n);
TelarValue telar_emit_unsqueeze (TelarBuilder *b, TelarValue x, const guint *axes, guint n);
/* @x repeated @repeats[i] times along axis i. */
TelarValue telar_emit_tile (TelarBuilder *b, TelarValue x, const gint64 *repeats, guint n);
/* The shapes of all joined along a new axis. */
TelarValue telar_emit_stack (TelarBuilder *b, const TelarValue *values, guint n, guint axis);
/* Each number @shift places further along @axis; what leaves comes in at the other side. */
TelarValue telar_emit_roll (TelarBuilder *b, TelarValue x, guint axis, gint64 shift);
/* The last two axes with zeros below (@upper) or above the diagonal that begins @k places to the
 * right of the corner. */
TelarValue telar_emit_triangle (TelarBuilder *b, TelarValue x, gboolean upper, gint64 k);
/* Of two axes i64 [rows, columns] of @shape: column - row - @k. */
TelarValue telar_emit_diagonals (TelarBuilder *b, const TelarShape *shape, gint64 k);

/* A place from which on a slice reaches to the end of any axis. */
#define TELAR_MAX_SLICE (1 << 24)

/* Along each of @n axes from start to before end in steps, as ONNX's Slice: negative places count
 * from the end, then both are cut to the axis; with a negative step it is read backwards. An axis
 * that grows with the batch must stay whole, forwards or backwards. */
typedef struct {
  guint n;
  guint axes[TELAR_MAX_RANK];
  gint64 starts[TELAR_MAX_RANK], ends[TELAR_MAX_RANK], steps[TELAR_MAX_RANK];
} TelarSlices;
TelarValue telar_emit_slices (TelarBuilder *b, TelarValue x, const TelarSlices *slices);

G_END_DECLS
