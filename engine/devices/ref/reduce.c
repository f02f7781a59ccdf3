/* Reference kernels of reductions and running sums. */
#include "engine/devices/ref/ref.h"

#include <math.h>
#include <string.h>

/* Where an input index lands in the output once the reduced axes are gone. Walking kept axes in
 * order gives the row-major index whether or not the output keeps them as 1. */
static gsize
target_of (const TelarShape *shape, const gint64 *at, const gboolean *reduced)
{
  gsize flat = 0;

  for (guint axis = 0; axis < shape->rank; axis++)
    if (!reduced[axis])
      flat = flat * (gsize)shape->dims[axis] + (gsize)at[axis];
  return flat;
}

static gint64
mark_axes (const TelarCall *call, gboolean reduced[TELAR_MAX_RANK])
{
  const TelarShape *shape = &call->inputs[0].type.shape;
  const TelarAttr *axes = telar_instr_attr (call->instr, TELAR_ATTR_AXES);
  gint64 count = 1;

  memset (reduced, 0, TELAR_MAX_RANK * sizeof (gboolean));
  for (guint i = 0; axes != NULL && i < axes->n; i++) {
    reduced[axes->ints[i]] = TRUE;
    count *= shape->dims[axes->ints[i]];
  }
  return count;
}

static double
neutral (TelarPrim prim)
{
  if (prim == TELAR_PRIM_PROD)
    return 1;
  if (prim == TELAR_PRIM_MAX)
    return -INFINITY;
  return prim == TELAR_PRIM_MIN ? INFINITY : 0;
}

static TelarPrim
combiner (TelarPrim prim)
{
  if (prim == TELAR_PRIM_PROD)
    return TELAR_PRIM_MUL;
  if (prim == TELAR_PRIM_MAX)
    return TELAR_PRIM_MAXIMUM;
  return prim == TELAR_PRIM_MIN ? TELAR_PRIM_MINIMUM : TELAR_PRIM_ADD;
}

gboolean
ref_reduce (const TelarCall *call, GError **error)
{
  const TelarView *in = &call->inputs[0], *out = &call->outputs[0];
  TelarPrim prim = call->instr->prim;
  gboolean reduced[TELAR_MAX_RANK];
  gint64 count = mark_axes (call, reduced), at[TELAR_MAX_RANK];
  g_autofree double *values = ref_load (in);
  gsize n = ref_count (in), n_out = ref_count (out);
  g_autofree double *results = g_new (double, n_out + 1);

  for (gsize i = 0; i < n_out; i++)
    results[i] = neutral (prim);
  for (gsize i = 0; i < n; i++) {
    ref_unravel (&in->type.shape, i, at);
    double *result = &results[target_of (&in->type.shape, at, reduced)];
    *result = ref_scalar (combiner (prim), (double[3]){ *result, values[i] });
  }
  for (gsize i = 0; prim == TELAR_PRIM_MEAN && i < n_out; i++)
    results[i] /= (double)count;
  ref_store (out, results);
  return TRUE;
}

/* The first of equals. */
gboolean
ref_arg_reduce (const TelarCall *call, GError **error)
{
  const TelarView *in = &call->inputs[0], *out = &call->outputs[0];
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  double sign = call->instr->prim == TELAR_PRIM_ARGMIN ? -1 : 1;
  gboolean reduced[TELAR_MAX_RANK] = { FALSE };
  g_autofree double *values = ref_load (in);
  gsize n = ref_count (in), n_out = ref_count (out);
  g_autofree double *best = g_new (double, n_out + 1);
  g_autofree double *places = g_new0 (double, n_out + 1);
  gint64 at[TELAR_MAX_RANK];

  reduced[axis] = TRUE;
  for (gsize i = 0; i < n_out; i++)
    best[i] = -INFINITY;
  for (gsize i = 0; i < n; i++) {
    ref_unravel (&in->type.shape, i, at);
    gsize target = target_of (&in->type.shape, at, reduced);
    if (sign * values[i] > best[target]) {
      best[target] = sign * values[i];
      places[target] = (double)at[axis];
    }
  }
  ref_store (out, places);
  return TRUE;
}

gboolean
ref_cumsum (const TelarCall *call, GError **error)
{
  const TelarView *in = &call->inputs[0];
  const TelarShape *shape = &in->type.shape;
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  gboolean exclusive = telar_instr_int (call->instr, TELAR_ATTR_EXCLUSIVE, 0) != 0;
  gboolean backwards = telar_instr_int (call->instr, TELAR_ATTR_REVERSE, 0) != 0;
  g_autofree double *values = ref_load (in);
  gsize n = ref_count (in), inner = 1, length = (gsize)shape->dims[axis];
  g_autofree double *results = g_new (double, n + 1);

  for (guint i = axis + 1; i < shape->rank; i++)
    inner *= (gsize)shape->dims[i];
  for (gsize lane = 0; length > 0 && lane < n / length; lane++) {
    gsize base = lane / inner * inner * length + lane % inner;
    double sum = 0;

    for (gsize k = 0; k < length; k++) {
      gsize i = base + (backwards ? length - 1 - k : k) * inner;
      results[i] = exclusive ? sum : sum + values[i];
      sum += values[i];
    }
  }
  ref_store (&call->outputs[0], results);
  return TRUE;
}

gboolean
ref_element_count (const TelarCall *call, GError **error)
{
  gboolean reduced[TELAR_MAX_RANK];
  double count = (double)mark_axes (call, reduced);

  ref_store (&call->outputs[0], &count);
  return TRUE;
}
