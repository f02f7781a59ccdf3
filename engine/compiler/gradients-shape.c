/* Gradients of what moves data. */
#include "engine/compiler/gradients.h"

void
telar_gradient_reshape (TelarAdjoint *a)
{
  TelarShape shape = adjoint_shape (a, a->inputs[0]);
  a->results[0] = telar_build_reshape (a->b, a->grads[0], &shape);
}

void
telar_gradient_transpose (TelarAdjoint *a)
{
  gint64 inverse[TELAR_MAX_RANK] = { 0 };
  guint rank = adjoint_shape (a, a->inputs[0]).rank;
  for (guint i = 0; i < rank; i++)
    inverse[telar_instr_item (a->instr, TELAR_ATTR_PERM, i, i)] = i;
  a->results[0] = telar_build_transpose (a->b, a->grads[0], inverse);
}

void
telar_gradient_broadcast (TelarAdjoint *a)
{
  adjoint_give (a, 0, a->grads[0]);
}

/* Back to where the slice was taken, zeros between and around. */
void
telar_gradient_slice (TelarAdjoint *a)
{
  TelarShape whole = adjoint_shape (a, a->inputs[0]), part = adjoint_shape (a, a->outputs[0]);
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  gint64 interior[TELAR_MAX_RANK] = { 0 };
  for (guint i = 0; i < whole.rank; i++) {
    if (whole.dims[i] < 0) /* a symbolic axis is taken whole */
      continue;
    gint64 stride = telar_instr_item (a->instr, TELAR_ATTR_STRIDE, i, 1);
    low[i] = telar_instr_item (a->instr, TELAR_ATTR_START, i, 0);
    interior[i] = stride - 1;
    gint64 span = part.dims[i] > 0 ? (part.dims[i] - 1) * stride + 1 : 0;
    high[i] = whole.dims[i] - low[i] - span;
  }
  TelarValue inputs[] = { a->grads[0] };
  a->results[0] =
      telar_emit (a->b, PAD, inputs, TELAR_INTS (LOW, low, whole.rank),
                  TELAR_INTS (HIGH, high, whole.rank), TELAR_INTS (INTERIOR, interior, whole.rank));
}

static TelarValue
slice (TelarAdjoint *a, TelarValue x, const gint64 *start, const gint64 *limit,
       const gint64 *stride)
{
  guint rank = adjoint_shape (a, x).rank;
  TelarValue inputs[] = { x };
  return telar_emit (a->b, SLICE, inputs, TELAR_INTS (START, start, rank),
                     TELAR_INTS (LIMIT, limit, rank), TELAR_INTS (STRIDE, stride, rank));
}

void
telar_gradient_pad (TelarAdjoint *a)
{
  TelarShape shape = adjoint_shape (a, a->inputs[0]);
  gint64 start[TELAR_MAX_RANK] = { 0 }, limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
  for (guint i = 0; i < shape.rank; i++) {
    stride[i] = 1;
    limit[i] = -1;
    if (shape.dims[i] < 0)
      continue;
    stride[i] = telar_instr_item (a->instr, TELAR_ATTR_INTERIOR, i, 0) + 1;
    start[i] = telar_instr_item (a->instr, TELAR_ATTR_LOW, i, 0);
    limit[i] = start[i] + (shape.dims[i] > 0 ? (shape.dims[i] - 1) * stride[i] + 1 : 0);
  }
  a->results[0] = slice (a, a->grads[0], start, limit, stride);
}

/* --- concatenation -----------------------------------------------------------------------------
 */

/* A part of a symbolic axis: k·N becomes two axes, k and N, of which the first can be sliced. */
static TelarValue
part_of_batch (TelarAdjoint *a, TelarValue x, guint axis, gint64 from, gint64 count)
{
  TelarShape shape = adjoint_shape (a, x), split, joined = shape;
  if (x == TELAR_NO_VALUE)
    return x;
  if (shape.rank == TELAR_MAX_RANK) {
    telar_builder_fail (a->b, "the gradient of joining batches needs one axis more than %d",
                        TELAR_MAX_RANK);
    return TELAR_NO_VALUE;
  }
  split = telar_shape_with (&shape, axis, -shape.dims[axis]);
  split.dims[axis + 1] = TELAR_DIM_BATCH;
  joined.dims[axis] = -count;
  TelarValue parts = telar_build_reshape (a->b, x, &split);
  return telar_build_reshape (a->b, telar_build_slice (a->b, parts, axis, from, from + count),
                              &joined);
}

void
telar_gradient_concat (TelarAdjoint *a)
{
  guint axis = (guint)telar_instr_int (a->instr, TELAR_ATTR_AXIS, 0);
  gint64 from = 0;
  for (guint i = 0; i < a->instr->n_inputs; i++) {
    gint64 size = adjoint_shape (a, a->inputs[i]).dims[axis];
    gint64 count = ABS (size);
    if (a->wanted[i])
      a->results[i] = size < 0 ? part_of_batch (a, a->grads[0], axis, from, count)
                               : telar_build_slice (a->b, a->grads[0], axis, from, from + count);
    from += count;
  }
}

void
telar_gradient_reverse (TelarAdjoint *a)
{
  const TelarAttr *axes = telar_instr_attr (a->instr, TELAR_ATTR_AXES);
  a->results[0] = telar_build (a->b, TELAR_PRIM_REVERSE, &a->grads[0], 1, axes, 1);
}

/* --- by index ----------------------------------------------------------------------------------
 */

void
telar_gradient_gather (TelarAdjoint *a)
{
  gint64 axis = telar_instr_int (a->instr, TELAR_ATTR_AXIS, 0);
  gint64 size = adjoint_shape (a, a->inputs[0]).dims[axis];
  TelarValue inputs[] = { a->grads[0], a->inputs[1] };
  if (a->wanted[0])
    a->results[0] =
        telar_emit (a->b, SCATTER_ADD, inputs, TELAR_INT (AXIS, axis), TELAR_INT (SIZE, size));
}

void
telar_gradient_scatter_add (TelarAdjoint *a)
{
  gint64 axis = telar_instr_int (a->instr, TELAR_ATTR_AXIS, 0);
  TelarValue inputs[] = { a->grads[0], a->inputs[1] };
  if (a->wanted[0])
    a->results[0] = telar_emit (a->b, GATHER, inputs, TELAR_INT (AXIS, axis));
}
