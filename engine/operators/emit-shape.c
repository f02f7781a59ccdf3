/* Shapes, axes and parts. */
#include "engine/emit.h"

#include <string.h>

static TelarShape
shape_of (TelarBuilder *b, TelarValue x)
{
  return telar_builder_type (b, x)->shape;
}

/* --- the same numbers in another shape -------------------------------------------------------- */

/* FALSE where the @n sizes have more than one -1 or do not hold as many numbers as @from. */
static gboolean
resolve_shape (const TelarShape *from, const gint64 *dims, guint n, gboolean zero_keeps,
               TelarShape *to)
{
  gint64 all, known;
  int open = -1;
  *to = telar_shape_new (dims, n);
  for (guint i = 0; i < n; i++) {
    if (dims[i] == 0 && zero_keeps && i < from->rank)
      to->dims[i] = from->dims[i];
    if (dims[i] >= 0)
      continue;
    if (open >= 0)
      return FALSE;
    open = (int)i;
    to->dims[i] = 1;
  }
  if (!telar_shape_count (from, &all) || !telar_shape_count (to, &known))
    return FALSE;
  if (open < 0)
    return known == all;
  if (known != 0 && all % known != 0)
    return FALSE;
  to->dims[open] = known == 0 ? 0 : all / known;
  return telar_shape_count (to, &known) && known == all;
}

TelarValue
telar_emit_reshape (TelarBuilder *b, TelarValue x, const gint64 *dims, guint n, gboolean zero_keeps)
{
  TelarShape from = shape_of (b, x), to;
  if (x == TELAR_NO_VALUE)
    return x;
  if (n <= TELAR_MAX_RANK && resolve_shape (&from, dims, n, zero_keeps, &to))
    return telar_build_reshape (b, x, &to);
  TelarShape wanted = telar_shape_new (dims, MIN (n, TELAR_MAX_RANK));
  g_autofree char *has = telar_shape_to_string (&from);
  g_autoptr (GString) wants = g_string_new (NULL);
  for (guint i = 0; i < wanted.rank; i++)
    g_string_append_printf (wants, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", wanted.dims[i]);
  telar_builder_fail (b, "the shape %s cannot become %s: the number of elements differs", has,
                      wants->str);
  return TELAR_NO_VALUE;
}

/* FALSE and an error unless the @n @axes are different ones of @rank. */
static gboolean
mark_axes (TelarBuilder *b, const guint *axes, guint n, guint rank, gboolean *marked)
{
  for (guint i = 0; i < n; i++) {
    if (axes[i] >= rank || rank > TELAR_MAX_RANK || marked[axes[i]]) {
      telar_builder_fail (b, "axis %u is named twice or is not one of %u axes", axes[i], rank);
      return FALSE;
    }
    marked[axes[i]] = TRUE;
  }
  return TRUE;
}

TelarValue
telar_emit_squeeze (TelarBuilder *b, TelarValue x, const guint *axes, guint n)
{
  TelarShape from = shape_of (b, x), to = telar_shape_scalar ();
  gboolean gone[TELAR_MAX_RANK] = { FALSE };
  if (x == TELAR_NO_VALUE || !mark_axes (b, axes, n, from.rank, gone))
    return TELAR_NO_VALUE;
  for (guint i = 0; i < from.rank; i++) {
    if (!gone[i])
      to.dims[to.rank++] = from.dims[i];
    else if (from.dims[i] != 1)
      telar_builder_fail (b, "axis %u is not of size 1; only such axes can go", i);
  }
  return telar_build_reshape (b, x, &to);
}

TelarValue
telar_emit_unsqueeze (TelarBuilder *b, TelarValue x, const guint *axes, guint n)
{
  TelarShape from = shape_of (b, x), to = { .rank = from.rank + n };
  gboolean fresh[TELAR_MAX_RANK] = { FALSE };
  if (x == TELAR_NO_VALUE)
    return x;
  if (to.rank > TELAR_MAX_RANK) {
    telar_builder_fail (b, "%u axes are more than %d", to.rank, TELAR_MAX_RANK);
    return TELAR_NO_VALUE;
  }
  if (!mark_axes (b, axes, n, to.rank, fresh))
    return TELAR_NO_VALUE;
  for (guint i = 0, k = 0; i < to.rank; i++)
    to.dims[i] = fresh[i] ? 1 : from.dims[k++];
  return telar_build_reshape (b, x, &to);
}

/* --- repeating -------------------------------------------------------------------------------- */

/* The axis as [1, size] becomes [times, size]: one axis at a time, so that ranks stay small. */
static TelarValue
repeat (TelarBuilder *b, TelarValue x, guint axis, gint64 times)
{
  TelarShape shape = shape_of (b, x), apart = telar_shape (1, 1, 1), wide;
  gint64 count;
  for (guint i = 0; i < shape.rank; i++)
    apart.dims[i < axis ? 0 : 2] *= shape.dims[i];
  wide = apart;
  wide.dims[1] = times;
  shape.dims[axis] *= times;
  if (times < 0 || times > G_MAXINT32 || !telar_shape_count (&wide, &count)) {
    telar_builder_fail (b, "%" G_GINT64_FORMAT " repeats are impossible", times);
    return TELAR_NO_VALUE;
  }
  x = telar_build_broadcast (b, telar_build_reshape (b, x, &apart), &wide);
  return telar_build_reshape (b, x, &shape);
}

TelarValue
telar_emit_tile (TelarBuilder *b, TelarValue x, const gint64 *repeats, guint n)
{
  guint rank = shape_of (b, x).rank;
  if (x != TELAR_NO_VALUE && n != rank) {
    telar_builder_fail (b, "%u repeats are given for %u axes", n, rank);
    return TELAR_NO_VALUE;
  }
  for (guint i = 0; i < rank && x != TELAR_NO_VALUE; i++)
    if (repeats[i] != 1)
      x = repeat (b, x, i, repeats[i]);
  return x;
}

TelarValue
telar_emit_stack (TelarBuilder *b, const TelarValue *values, guint n, guint axis)
{
  g_autofree TelarValue *apart = g_new (TelarValue, n + 1);
  for (guint i = 0; i < n; i++)
    apart[i] = telar_emit_unsqueeze (b, values[i], &axis, 1);
  return telar_build_concat (b, apart, n, axis);
}

TelarValue
telar_emit_roll (TelarBuilder *b, TelarValue x, guint axis, gint64 shift)
{
  gint64 size = shape_of (b, x).dims[axis];
  if (x == TELAR_NO_VALUE)
    return x;
  if (size < 0) {
    telar_builder_fail (b, "axis %u grows with the batch and cannot be turned", axis);
    return TELAR_NO_VALUE;
  }
  shift = size > 0 ? (shift % size + size) % size : 0;
  if (shift == 0)
    return x;
  TelarValue parts[2] = { telar_build_slice (b, x, axis, size - shift, size),
                          telar_build_slice (b, x, axis, 0, size - shift) };
  return telar_build_concat (b, parts, 2, axis);
}

/* --- triangles -------------------------------------------------------------------------------- */

TelarValue
telar_emit_diagonals (TelarBuilder *b, const TelarShape *shape, gint64 k)
{
  TelarValue row = telar_build_iota (b, shape, shape->rank - 2),
             column = telar_build_iota (b, shape, shape->rank - 1);
  TelarValue gap = telar_build_binary (b, TELAR_PRIM_SUB, column, row);
  return telar_build_binary_scalar (b, TELAR_PRIM_SUB, gap, (double)k);
}

TelarValue
telar_emit_triangle (TelarBuilder *b, TelarValue x, gboolean upper, gint64 k)
{
  TelarType type = *telar_builder_type (b, x);
  if (x == TELAR_NO_VALUE)
    return x;
  if (type.shape.rank < 2) {
    telar_builder_fail (b, "a triangle needs two axes");
    return TELAR_NO_VALUE;
  }
  TelarShape last =
      telar_shape (type.shape.dims[type.shape.rank - 2], type.shape.dims[type.shape.rank - 1]);
  TelarValue gap = telar_emit_diagonals (b, &last, k), zero = telar_build_scalar (b, TELAR_I64, 0);
  TelarValue stays =
      telar_build_binary (b, TELAR_PRIM_LESS_EQUAL, upper ? zero : gap, upper ? gap : zero);
  return telar_build_select (b, stays, x, telar_build_scalar (b, type.dtype, 0));
}

/* --- parts ------------------------------------------------------------------------------------ */

typedef struct {
  gint64 start[TELAR_MAX_RANK], limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
} Window;

/* A backward axis is reversed first, and the window is the mirror image. */
static void
set_window (Window *window, guint axis, gint64 size, gint64 start, gint64 end, gint64 step)
{
  start = start < 0 ? MAX (start, G_MININT64 / 2) + size : start;
  end = end < 0 ? MAX (end, G_MININT64 / 2) + size : end;
  if (step > 0) {
    window->start[axis] = CLAMP (start, 0, size);
    window->limit[axis] = CLAMP (end, window->start[axis], size);
    window->stride[axis] = step;
  } else {
    start = CLAMP (start, -1, size - 1);
    end = CLAMP (end, -1, size - 1);
    window->start[axis] = size - 1 - start;
    window->limit[axis] = MAX (size - 1 - end, window->start[axis]);
    window->stride[axis] = -MAX (step, -G_MAXINT64);
  }
}

/* Whether all of an axis of unknown size is asked for. */
static gboolean
is_whole (gint64 start, gint64 end, gint64 step)
{
  if (step == -1)
    return (start == -1 || start >= TELAR_MAX_SLICE) && end <= -TELAR_MAX_SLICE;
  return step == 1 && (start == 0 || start <= -TELAR_MAX_SLICE) && end >= TELAR_MAX_SLICE;
}

TelarValue
telar_emit_slices (TelarBuilder *b, TelarValue x, const TelarSlices *s)
{
  TelarShape shape = shape_of (b, x);
  gboolean reversed[TELAR_MAX_RANK] = { FALSE }, seen[TELAR_MAX_RANK] = { FALSE };
  Window window = { { 0 } };
  if (x == TELAR_NO_VALUE || !mark_axes (b, s->axes, s->n, shape.rank, seen))
    return TELAR_NO_VALUE;
  for (guint i = 0; i < shape.rank; i++) {
    window.limit[i] = shape.dims[i] < 0 ? -1 : shape.dims[i];
    window.stride[i] = 1;
  }
  for (guint i = 0; i < s->n; i++) {
    guint axis = s->axes[i];
    gint64 size = shape.dims[axis];
    reversed[axis] = s->steps[i] < 0;
    if (s->steps[i] == 0)
      telar_builder_fail (b, "a step is 0");
    else if (size >= 0)
      set_window (&window, axis, size, s->starts[i], s->ends[i], s->steps[i]);
    else if (!is_whole (s->starts[i], s->ends[i], s->steps[i]))
      telar_builder_fail (b, "axis %u grows with the batch and must stay whole", axis);
  }
  for (gint64 i = 0; i < shape.rank; i++)
    if (reversed[i])
      x = telar_emit (b, REVERSE, ((TelarValue[]){ x }), TELAR_INTS (AXES, &i, 1));
  return telar_emit (b, SLICE, ((TelarValue[]){ x }), TELAR_INTS (START, window.start, shape.rank),
                     TELAR_INTS (LIMIT, window.limit, shape.rank),
                     TELAR_INTS (STRIDE, window.stride, shape.rank));
}
