/* Arithmetic with all parameters at once, for the optimizers that look at them so. */
#include "engine/compiler/optimizer-joint.h"

TelarVector
telar_joint_vector (TelarJoint *j)
{
  TelarVector vector = g_new (TelarValue, j->n);
  g_ptr_array_add (j->vectors, vector);
  return vector;
}

/* --- with vectors and scalars ------------------------------------------------------------------
 */

TelarValue
telar_joint_scalar (const TelarJoint *j, double value)
{
  return telar_build_scalar (j->b, j->dtype, value);
}

TelarValue
telar_joint_two (const TelarJoint *j, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (j->b, prim, x, y);
}

TelarVector
telar_joint_each (TelarJoint *j, TelarPrim prim, const TelarValue *x, const TelarValue *y)
{
  TelarVector result = telar_joint_vector (j);
  for (guint i = 0; i < j->n; i++)
    result[i] = telar_joint_two (j, prim, x[i], y[i]);
  return result;
}

TelarVector
telar_joint_times (TelarJoint *j, const TelarValue *x, TelarValue factor)
{
  TelarVector result = telar_joint_vector (j);
  for (guint i = 0; i < j->n; i++)
    result[i] = telar_joint_two (j, TELAR_PRIM_MUL, x[i], factor);
  return result;
}

/* x + factor · y. */
TelarVector
telar_joint_plus (TelarJoint *j, const TelarValue *x, TelarValue factor, const TelarValue *y)
{
  return telar_joint_each (j, TELAR_PRIM_ADD, x, telar_joint_times (j, y, factor));
}

TelarVector
telar_joint_choose (TelarJoint *j, TelarValue condition, const TelarValue *x, const TelarValue *y)
{
  TelarVector result = telar_joint_vector (j);
  for (guint i = 0; i < j->n; i++)
    result[i] = telar_build_select (j->b, condition, x[i], y[i]);
  return result;
}

TelarValue
telar_joint_sum (TelarJoint *j, const TelarValue *x)
{
  TelarValue all = TELAR_NO_VALUE;
  for (guint i = 0; i < j->n; i++) {
    TelarValue part = telar_build_reduce_all (j->b, TELAR_PRIM_SUM, x[i]);
    all = i == 0 ? part : telar_joint_two (j, TELAR_PRIM_ADD, all, part);
  }
  return all;
}

TelarValue
telar_joint_dot (TelarJoint *j, const TelarValue *x, const TelarValue *y)
{
  return telar_joint_sum (j, telar_joint_each (j, TELAR_PRIM_MUL, x, y));
}

/* x / y, where @is_above; else @otherwise. */
TelarValue
telar_joint_divide (const TelarJoint *j, TelarValue x, TelarValue y, TelarValue is_above,
                    double otherwise)
{
  TelarValue safe = telar_build_select (j->b, is_above, y, telar_joint_scalar (j, 1));
  return telar_build_select (j->b, is_above, telar_joint_two (j, TELAR_PRIM_DIV, x, safe),
                             telar_joint_scalar (j, otherwise));
}

/* --- slots -------------------------------------------------------------------------------------
 */

static char *
numbered (const char *name, guint number)
{
  return g_strdup_printf ("%s%u", name, number);
}

TelarVector
telar_joint_slots (TelarJoint *j, const char *name)
{
  TelarVector result = telar_joint_vector (j);
  for (guint i = 0; i < j->n; i++)
    result[i] = telar_optimizer_slot (&j->steps[i], name);
  return result;
}

void
telar_joint_keep (TelarJoint *j, const char *name, const TelarValue *values)
{
  for (guint i = 0; i < j->n; i++)
    telar_optimizer_keep (&j->steps[i], name, values[i]);
}

/* The history @name0, @name1, …, the latest last, once @latest is in it where @accepted. */
void
telar_joint_remember (TelarJoint *j, const char *name, TelarValue accepted, TelarVector latest,
                      TelarVector *history, guint m)
{
  TelarVector *before = g_newa (TelarVector, m + 1);
  for (guint k = 0; k < m; k++) {
    g_autofree char *slot = numbered (name, k);
    before[k] = telar_joint_slots (j, slot);
  }
  before[m] = latest;
  for (guint k = 0; k < m; k++) {
    g_autofree char *slot = numbered (name, k);
    history[k] = telar_joint_choose (j, accepted, before[k + 1], before[k]);
    telar_joint_keep (j, slot, history[k]);
  }
}
