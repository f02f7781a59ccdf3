/* Gradients of the reductions and of cumulative sums. */
#include "engine/compiler/gradients.h"

static const TelarAttr *
axes_of (const TelarAdjoint *a)
{
  return telar_instr_attr (a->instr, TELAR_ATTR_AXES);
}

/* The shape of the reduction's result with its axes kept as 1. */
static TelarShape
kept_shape (const TelarAdjoint *a)
{
  TelarShape shape = adjoint_shape (a, a->inputs[0]);
  const TelarAttr *axes = axes_of (a);
  for (guint i = 0; i < axes->n; i++)
    shape.dims[axes->ints[i]] = 1;
  return shape;
}

static TelarValue
with_axes_kept (TelarAdjoint *a, TelarValue reduced)
{
  TelarShape shape = kept_shape (a);
  return telar_build_reshape (a->b, reduced, &shape);
}

static TelarValue
spread (TelarAdjoint *a, TelarValue reduced)
{
  TelarShape shape = adjoint_shape (a, a->inputs[0]);
  return telar_build_broadcast (a->b, with_axes_kept (a, reduced), &shape);
}

static TelarValue
reduce (TelarAdjoint *a, TelarPrim prim, TelarValue x)
{
  const TelarAttr *axes = axes_of (a);
  return telar_build_reduce (a->b, prim, x, axes->ints, axes->n, TRUE);
}

void
telar_gradient_sum (TelarAdjoint *a)
{
  a->results[0] = spread (a, a->grads[0]);
}

/* The count is a value of the program, because the batch is symbolic. */
void
telar_gradient_mean (TelarAdjoint *a)
{
  const TelarAttr *axes = axes_of (a);
  TelarValue inputs[] = { a->inputs[0] };
  TelarValue count = telar_emit (a->b, COUNT, inputs, TELAR_INTS (AXES, axes->ints, axes->n));
  a->results[0] = spread (a, telar_build_binary (a->b, TELAR_PRIM_DIV, a->grads[0], count));
}

/* Maximum and minimum: to all elements that equal it, in equal parts. */
void
telar_gradient_extremum (TelarAdjoint *a)
{
  TelarValue x = a->inputs[0];
  TelarDType dtype = telar_builder_type (a->b, x)->dtype;
  TelarValue best =
      telar_build_binary (a->b, TELAR_PRIM_EQUAL, x, with_axes_kept (a, a->outputs[0]));
  TelarValue mask = telar_build_cast (a->b, best, dtype);
  TelarValue share = telar_build_binary (a->b, TELAR_PRIM_DIV, with_axes_kept (a, a->grads[0]),
                                         reduce (a, TELAR_PRIM_SUM, mask));
  a->results[0] = adjoint_mul (a, mask, share);
}

/* The product of the others, also where there are zeros: with none it is y / x, with one it is the
 * product of the rest at the zero, with more it is 0. */
void
telar_gradient_prod (TelarAdjoint *a)
{
  TelarValue x = a->inputs[0];
  TelarDType dtype = telar_builder_type (a->b, x)->dtype;
  TelarValue zero = adjoint_scalar (a, x, 0), one = adjoint_scalar (a, x, 1);
  TelarValue is_zero = telar_build_binary (a->b, TELAR_PRIM_EQUAL, x, zero);
  TelarValue zeros = reduce (a, TELAR_PRIM_SUM, telar_build_cast (a->b, is_zero, dtype));
  TelarValue filled = telar_build_select (a->b, is_zero, one, x);
  TelarValue rest = reduce (a, TELAR_PRIM_PROD, filled);
  TelarValue no_zero = telar_build_binary (a->b, TELAR_PRIM_EQUAL, zeros, zero);
  TelarValue one_zero = telar_build_binary (a->b, TELAR_PRIM_EQUAL, zeros, one);
  TelarValue at_zero = telar_build_select (a->b, one_zero, rest, zero);
  TelarValue elsewhere = telar_build_binary (
      a->b, TELAR_PRIM_DIV, telar_build_select (a->b, no_zero, rest, zero), filled);
  TelarValue others = telar_build_select (a->b, is_zero, at_zero, elsewhere);
  a->results[0] = adjoint_mul (a, others, with_axes_kept (a, a->grads[0]));
}

/* The same sum from the other end. */
void
telar_gradient_cumsum (TelarAdjoint *a)
{
  TelarValue inputs[] = { a->grads[0] };
  a->results[0] = telar_emit (
      a->b, CUMSUM, inputs, TELAR_INT (AXIS, telar_instr_int (a->instr, TELAR_ATTR_AXIS, 0)),
      TELAR_INT (EXCLUSIVE, telar_instr_int (a->instr, TELAR_ATTR_EXCLUSIVE, 0)),
      TELAR_INT (REVERSE, !telar_instr_int (a->instr, TELAR_ATTR_REVERSE, 0)));
}
