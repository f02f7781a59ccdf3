/* Reductions, and what runs along an axis. */
#include "engine/emit.h"

#include <math.h>

gboolean
telar_emit_axes (TelarBuilder *b, const gint64 *axes, guint n, guint rank, TelarReduction *over)
{
  gboolean marked[TELAR_MAX_RANK] = { FALSE };
  over->n = 0;
  for (guint i = 0; i < n; i++) {
    gint64 axis = axes[i] < 0 ? axes[i] + rank : axes[i];
    if (axis < 0 || axis >= rank || marked[axis]) {
      telar_builder_fail (b, "axis %" G_GINT64_FORMAT " is named twice or is not one of %u axes",
                          axes[i], rank);
      return FALSE;
    }
    marked[axis] = TRUE;
  }
  for (guint i = 0; i < rank; i++)
    if (marked[i])
      over->axes[over->n++] = i;
  return TRUE;
}

static TelarValue
reduce (TelarBuilder *b, TelarPrim prim, TelarValue x, const TelarReduction *over)
{
  return over->n == 0 ? x : telar_build_reduce (b, prim, x, over->axes, over->n, over->keep);
}

static TelarValue
log_sum_exp (TelarBuilder *b, TelarValue x, const TelarReduction *over)
{
  TelarReduction kept = *over;
  kept.keep = TRUE;
  TelarValue largest = reduce (b, TELAR_PRIM_MAX, x, &kept);
  TelarValue moved = telar_build_binary (b, TELAR_PRIM_SUB, x, largest);
  TelarValue sum = reduce (b, TELAR_PRIM_SUM, telar_build_unary (b, TELAR_PRIM_EXP, moved), over);
  sum = telar_build_unary (b, TELAR_PRIM_LOG, sum);
  TelarShape shape = telar_builder_type (b, sum)->shape;
  return telar_build_binary (b, TELAR_PRIM_ADD, sum, telar_build_reshape (b, largest, &shape));
}

/* What is done to each number before, the reduction, and what is done to the result. */
static const struct {
  TelarPrim before, prim, after;
} reductions[] = {
  [TELAR_REDUCE_SUM] = { TELAR_PRIM_NONE, TELAR_PRIM_SUM, TELAR_PRIM_NONE },
  [TELAR_REDUCE_MEAN] = { TELAR_PRIM_NONE, TELAR_PRIM_MEAN, TELAR_PRIM_NONE },
  [TELAR_REDUCE_MAX] = { TELAR_PRIM_NONE, TELAR_PRIM_MAX, TELAR_PRIM_NONE },
  [TELAR_REDUCE_MIN] = { TELAR_PRIM_NONE, TELAR_PRIM_MIN, TELAR_PRIM_NONE },
  [TELAR_REDUCE_PROD] = { TELAR_PRIM_NONE, TELAR_PRIM_PROD, TELAR_PRIM_NONE },
  [TELAR_REDUCE_L1] = { TELAR_PRIM_ABS, TELAR_PRIM_SUM, TELAR_PRIM_NONE },
  [TELAR_REDUCE_L2] = { TELAR_PRIM_MUL, TELAR_PRIM_SUM, TELAR_PRIM_SQRT },
  [TELAR_REDUCE_SUM_SQUARE] = { TELAR_PRIM_MUL, TELAR_PRIM_SUM, TELAR_PRIM_NONE },
  [TELAR_REDUCE_LOG_SUM] = { TELAR_PRIM_NONE, TELAR_PRIM_SUM, TELAR_PRIM_LOG },
};

TelarValue
telar_emit_reduction (TelarBuilder *b, TelarReduceKind kind, TelarValue x,
                      const TelarReduction *over)
{
  if (kind == TELAR_REDUCE_LOG_SUM_EXP)
    return over->n == 0 ? x : log_sum_exp (b, x, over);
  TelarPrim before = reductions[kind].before, after = reductions[kind].after;
  if (before == TELAR_PRIM_MUL)
    x = telar_build_binary (b, TELAR_PRIM_MUL, x, x);
  else if (before != TELAR_PRIM_NONE)
    x = telar_build_unary (b, before, x);
  x = reduce (b, reductions[kind].prim, x, over);
  return after == TELAR_PRIM_NONE ? x : telar_build_unary (b, after, x);
}

/* The count is a value of the program, because the batch is symbolic. */
TelarValue
telar_emit_variance (TelarBuilder *b, TelarValue x, const TelarReduction *over, double correction)
{
  TelarReduction kept = *over;
  kept.keep = TRUE;
  TelarValue centred =
      telar_build_binary (b, TELAR_PRIM_SUB, x, reduce (b, TELAR_PRIM_MEAN, x, &kept));
  TelarValue square = telar_build_binary (b, TELAR_PRIM_MUL, centred, centred);
  if (correction == 0 || over->n == 0)
    return reduce (b, TELAR_PRIM_MEAN, square, over);
  TelarValue one = telar_build_scalar (b, telar_builder_type (b, x)->dtype, 1);
  TelarShape shape = telar_builder_type (b, x)->shape;
  TelarValue count = reduce (b, TELAR_PRIM_SUM, telar_build_broadcast (b, one, &shape), over);
  count = telar_build_binary_scalar (b, TELAR_PRIM_SUB, count, correction);
  return telar_build_binary (b, TELAR_PRIM_DIV, reduce (b, TELAR_PRIM_SUM, square, over), count);
}

/* Truth values as whole numbers, because they have no order of their own. */
static TelarValue
reduce_truth (TelarBuilder *b, TelarPrim prim, TelarValue x, const TelarReduction *over)
{
  x = telar_build_cast (b, telar_build_cast (b, x, TELAR_BOOL), TELAR_I32);
  return telar_build_cast (b, reduce (b, prim, x, over), TELAR_BOOL);
}

TelarValue
telar_emit_any (TelarBuilder *b, TelarValue x, const TelarReduction *over)
{
  return reduce_truth (b, TELAR_PRIM_MAX, x, over);
}

TelarValue
telar_emit_all (TelarBuilder *b, TelarValue x, const TelarReduction *over)
{
  return reduce_truth (b, TELAR_PRIM_MIN, x, over);
}

static TelarValue
reverse (TelarBuilder *b, TelarValue x, guint axis)
{
  gint64 axes = axis;
  return telar_emit (b, REVERSE, ((TelarValue[]){ x }), TELAR_INTS (AXES, &axes, 1));
}

/* @axis must have a fixed size for what follows; 0 and an error otherwise. */
static gint64
fixed_size (TelarBuilder *b, TelarValue x, guint axis)
{
  gint64 size = telar_builder_type (b, x)->shape.dims[axis];
  if (size < 0)
    telar_builder_fail (b, "axis %u grows with the batch where a fixed size is needed", axis);
  return MAX (size, 0);
}

TelarValue
telar_emit_arg (TelarBuilder *b, TelarPrim prim, TelarValue x, guint axis, gboolean keep,
                gboolean last)
{
  TelarAttr attrs[] = { TELAR_INT (AXIS, axis), TELAR_INT (KEEP, keep != FALSE) };
  if (!last || x == TELAR_NO_VALUE)
    return telar_build (b, prim, &x, 1, attrs, 2);
  TelarValue end = telar_build_scalar (b, TELAR_I64, (double)(fixed_size (b, x, axis) - 1));
  x = reverse (b, x, axis);
  return telar_build_binary (b, TELAR_PRIM_SUB, end, telar_build (b, prim, &x, 1, attrs, 2));
}

/* --- running ---------------------------------------------------------------------------------- */

static double
neutral (TelarPrim prim)
{
  return prim == TELAR_PRIM_MUL ? 1 : prim == TELAR_PRIM_MAXIMUM ? -INFINITY : INFINITY;
}

/* @x moved @places further along @axis; what leaves is lost. */
static TelarValue
shift (TelarBuilder *b, TelarValue x, guint axis, gint64 places, double fill)
{
  TelarShape shape = telar_builder_type (b, x)->shape;
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  low[axis] = places;
  TelarValue moved = telar_emit (b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, shape.rank),
                                 TELAR_INTS (HIGH, high, shape.rank), TELAR_REAL (FILL, fill));
  return telar_build_slice (b, moved, axis, 0, shape.dims[axis]);
}

TelarValue
telar_emit_running (TelarBuilder *b, TelarPrim prim, TelarValue x, guint axis, gboolean exclusive,
                    gboolean backwards)
{
  if (x == TELAR_NO_VALUE)
    return x;
  gint64 size = fixed_size (b, x, axis);
  if (backwards)
    x = reverse (b, x, axis);
  if (exclusive)
    x = shift (b, x, axis, 1, neutral (prim));
  for (gint64 reach = 1; reach < size; reach *= 2)
    x = telar_build_binary (b, prim, x, shift (b, x, axis, reach, neutral (prim)));
  return backwards ? reverse (b, x, axis) : x;
}
