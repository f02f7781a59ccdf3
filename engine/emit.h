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

/* --- reductions ------------------------------------------------------------------------------- */

typedef enum {
  TELAR_REDUCE_SUM,
  TELAR_REDUCE_MEAN,
  TELAR_REDUCE_MAX,
  TELAR_REDUCE_MIN,
  TELAR_REDUCE_PROD,
  TELAR_REDUCE_L1,          /* Σ |x| */
  TELAR_REDUCE_L2,          /* √Σ x² */
  TELAR_REDUCE_SUM_SQUARE,  /* Σ x² */
  TELAR_REDUCE_LOG_SUM,     /* log Σ x */
  TELAR_REDUCE_LOG_SUM_EXP, /* log Σ exp x, moved by the largest so that nothing overflows */
} TelarReduceKind;

typedef struct {
  gint64 axes[TELAR_MAX_RANK]; /* sorted, each once; none: only what is done to single numbers */
  guint n;
  gboolean keep; /* reduced axes stay with size 1 */
} TelarReduction;

/* Sorts the @n axes, which count from the end where negative. FALSE with an error where one is not
 * among @rank axes or is named twice. */
gboolean telar_emit_axes (TelarBuilder *b, const gint64 *axes, guint n, guint rank,
                          TelarReduction *over);
/* Roots and logarithms need floats. */
TelarValue telar_emit_reduction (TelarBuilder *b, TelarReduceKind kind, TelarValue x,
                                 const TelarReduction *over);
/* Σ (x - mean)² / (count - @correction), of floats. */
TelarValue telar_emit_variance (TelarBuilder *b, TelarValue x, const TelarReduction *over,
                                double correction);
/* Whether any (all) numbers are other than 0: bool. */
TelarValue telar_emit_any (TelarBuilder *b, TelarValue x, const TelarReduction *over);
TelarValue telar_emit_all (TelarBuilder *b, TelarValue x, const TelarReduction *over);
/* i64: where the largest (ARGMAX) or smallest (ARGMIN) along @axis stands, the first or @last of
 * equals. The last needs an axis of fixed size. */
TelarValue telar_emit_arg (TelarBuilder *b, TelarPrim prim, TelarValue x, guint axis, gboolean keep,
                           gboolean last);

/* What MUL, MAXIMUM or MINIMUM make of all numbers up to each place of @axis, which has a fixed
 * size; @exclusive without its own, @reverse from the end. In log n steps, each of which doubles
 * the reach: Hillis, Steele, "Data parallel algorithms", 1986. */
TelarValue telar_emit_running (TelarBuilder *b, TelarPrim prim, TelarValue x, guint axis,
                               gboolean exclusive, gboolean reverse);

/* --- products --------------------------------------------------------------------------------- */

/* As NumPy: a vector at the left is a row, at the right a column, whose axis then goes. */
TelarValue telar_emit_matmul (TelarBuilder *b, TelarValue x, TelarValue y);
/* Of the last axes, which must be there: x[…, i] · y[…, j], and Σ x[…, i] · y[…, i]. */
TelarValue telar_emit_outer (TelarBuilder *b, TelarValue x, TelarValue y);
TelarValue telar_emit_dot (TelarBuilder *b, TelarValue x, TelarValue y);
/* Of the square matrices in the last two axes, by Gaussian elimination with the largest pivots. */
TelarValue telar_emit_determinant (TelarBuilder *b, TelarValue x);
/* Einstein's sum as NumPy's einsum writes it: "ij,jk->ik", with an ellipsis for further axes;
 * without an arrow the letters that occur once stay, in alphabetical order. In the type of the
 * first input. */
TelarValue telar_emit_einsum (TelarBuilder *b, const char *equation, const TelarValue *inputs,
                              guint n);

/* --- indices ---------------------------------------------------------------------------------- */

/* Indices are whole numbers of any type; negative ones count from the end. As i64, counted from the
 * start of an axis of @size places (negative: so many times the batch): */
TelarValue telar_emit_count_from_end (TelarBuilder *b, TelarValue indices, gint64 size);

/* data[:axis] + indices + data[axis + 1:]: the parts of @x at @indices along @axis. */
TelarValue telar_emit_gather (TelarBuilder *b, TelarValue x, TelarValue indices, guint axis);
/* As ONNX's GatherElements and PyTorch's gather: for each place of @indices the number of @x at the
 * same place, but along @axis where the index says. Only the first axis may grow with the batch. */
TelarValue telar_emit_gather_elements (TelarBuilder *b, TelarValue x, TelarValue indices,
                                       guint axis);
/* As ONNX's GatherND: the last axis of @indices names a place in the axes of @x that follow the
 * first @batch_axes, which both have in common. */
TelarValue telar_emit_gather_nd (TelarBuilder *b, TelarValue x, TelarValue indices,
                                 guint batch_axes);

/* Where in the flat @shape the numbers stand that gather_elements and gather_nd (without batch)
 * name, flat: for scattering. @rest receives how many numbers each tuple names. */
TelarValue telar_emit_places_along (TelarBuilder *b, const TelarShape *shape, TelarValue indices,
                                    guint axis);
TelarValue telar_emit_places_of_tuples (TelarBuilder *b, const TelarShape *shape,
                                        TelarValue indices);
/* @x with @updates put at the flat @places, as many: in place of what was there or, with @add, on
 * top. Which of several updates of one place stays is open: they add up. */
TelarValue telar_emit_scatter (TelarBuilder *b, TelarValue x, TelarValue updates, TelarValue places,
                               gboolean add);
/* @x with each part of @updates along @axis added at the place of that axis that @indices (of one
 * axis) name. */
TelarValue telar_emit_index_add (TelarBuilder *b, TelarValue x, TelarValue indices,
                                 TelarValue updates, guint axis);
/* The first @k of the numbers along @axis when these are sorted, and their places, i64: of equals
 * those that come first, and what is not a number counts as the largest. Only the first axis may
 * grow with the batch; a @k of -1 takes all. */
void telar_emit_top_k (TelarBuilder *b, TelarValue x, guint axis, gint64 k, gboolean largest,
                       TelarValue *values, TelarValue *places);
/* bool: true along a new axis @axis of @size places at the place that the index names; nowhere
 * where it names none. Negative indices do not count from the end here. */
TelarValue telar_emit_one_hot (TelarBuilder *b, TelarValue indices, gint64 size, guint axis);

/* --- boxes ------------------------------------------------------------------------------------ */

typedef struct {
  guint most;          /* boxes of a class; each is a round of work */
  double most_overlap; /* intersection over union */
  double least_score;  /* scores must be above it */
  gboolean centred;    /* x, y of the centre, width, height; else two opposite corners */
} TelarSuppression;

/* The best first; behind the last all is 0, and the class -1. */
typedef struct {
  TelarValue boxes;   /* [n, classes · most, 4] */
  TelarValue scores;  /* [n, classes · most] */
  TelarValue classes; /* i64 [n, classes · most] */
  TelarValue count;   /* i64 [n] */
} TelarSurvivors;

/* Greedy non-maximum suppression, class by class, of @boxes [n, boxes, 4] by @scores [n, classes,
 * boxes], both of one type of floats. FALSE with an error where they do not fit. */
gboolean telar_emit_suppression (TelarBuilder *b, TelarValue boxes, TelarValue scores,
                                 const TelarSuppression *settings, TelarSurvivors *result);

G_END_DECLS
