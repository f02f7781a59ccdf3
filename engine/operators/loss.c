/* What the families of losses share. */
#include "engine/operators/loss.h"

/* Keeps a vector of zeros from being divided by 0. */
#define LEAST_SQUARE 1e-12

void
telar_lower_give_loss (TelarLowering *l, TelarValue value)
{
  telar_lower_loss (l, scale (l, value, telar_lower_real (l, "weight")));
}

void
telar_lower_give_mean (TelarLowering *l, TelarValue x)
{
  telar_lower_give_loss (l, telar_emit_mean (l, x));
}

TelarValue
telar_emit_sum_last (TelarLowering *l, TelarValue x)
{
  gint64 last = (gint64)telar_lower_type (l, x).shape.rank - 1;

  return telar_build_reduce (l->b, TELAR_PRIM_SUM, x, &last, 1, FALSE);
}

TelarValue
telar_emit_log_softmax (TelarLowering *l, TelarValue x)
{
  return telar_emit (l->b, LOG_SOFTMAX, ((TelarValue[]){ x }),
                     TELAR_INT (AXIS, telar_lower_type (l, x).shape.rank - 1));
}

TelarValue
telar_emit_softplus (TelarLowering *l, TelarValue x)
{
  return telar_build_unary (l->b, TELAR_PRIM_SOFTPLUS, x);
}

TelarValue
telar_emit_focus (TelarLowering *l, TelarValue doubt, double gamma)
{
  doubt = at_least (l, doubt, 1e-7);
  return telar_build_binary_scalar (l->b, TELAR_PRIM_POW, doubt, gamma);
}

TelarValue
telar_emit_checked (TelarLowering *l, TelarValue indices, gint64 size)
{
  const TelarShape all = telar_shape (size);

  return telar_emit (l->b, GATHER, ((TelarValue[]){ telar_build_iota (l->b, &all, 0), indices }),
                     TELAR_INT (AXIS, 0));
}

TelarValue
telar_lower_numbers (TelarLowering *l, const char *param, gint64 size, TelarDType dtype)
{
  const TelarShape shape = telar_shape (size);
  guint n;
  const double *numbers = telar_lower_reals (l, param, &n);
  g_autoptr (TelarTensor) tensor = NULL;

  if (n != 0 && n != size)
    telar_lower_fail (l, "%s must have %" G_GINT64_FORMAT " numbers or none, not %u", param, size,
                      n);
  if (n != size || size == 0)
    return TELAR_NO_VALUE;
  tensor = telar_tensor_new (dtype, &shape);
  for (guint i = 0; i < n; i++)
    telar_tensor_set (tensor, i, numbers[i]);
  return telar_build_constant (l->b, tensor);
}

TelarValue
telar_emit_positive (TelarLowering *l, TelarValue x)
{
  TelarValue zero = telar_build_scalar (l->b, telar_lower_type (l, x).dtype, 0);

  return telar_build_binary (l->b, TELAR_PRIM_LESS, zero, x);
}

TelarValue
telar_emit_is (TelarLowering *l, TelarValue x, double number)
{
  return telar_build_binary_scalar (l->b, TELAR_PRIM_EQUAL, x, number);
}

/* --- vectors along the last axis ----------------------------------------------------------------
 */

gboolean
telar_lower_two (TelarLowering *l, guint port, TelarType *type, TelarValue *first,
                 TelarValue *second)
{
  *first = telar_lower_float (l, port, 2, TELAR_MAX_RANK, type);
  return *first != TELAR_NO_VALUE && telar_lower_alike (l, port + 1, type, second);
}

gboolean
telar_lower_per_vector (TelarLowering *l, guint port, const TelarType *type, TelarValue *value)
{
  TelarType each = { type->dtype, telar_shape_without (&type->shape, type->shape.rank - 1) };

  return telar_lower_alike (l, port, &each, value);
}

TelarValue
telar_emit_unit (TelarLowering *l, TelarValue x)
{
  gint64 last = (gint64)telar_lower_type (l, x).shape.rank - 1;
  TelarValue size = telar_build_reduce (l->b, TELAR_PRIM_SUM, square (l, x), &last, 1, TRUE);

  size = telar_build_unary (l->b, TELAR_PRIM_RSQRT, at_least (l, size, LEAST_SQUARE));
  return multiply (l, x, size);
}

TelarValue
telar_emit_cosine (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_emit_sum_last (l, multiply (l, telar_emit_unit (l, x), telar_emit_unit (l, y)));
}

TelarValue
telar_emit_squared_distance (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_emit_sum_last (l, square (l, subtract (l, x, y)));
}

TelarValue
telar_emit_distance (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_build_unary (l->b, TELAR_PRIM_SQRT,
                            telar_emit_squared_distance (l, shift (l, x, 1e-6), y));
}
