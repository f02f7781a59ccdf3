/* Places of extremes, order, running sums, counts. */
#include "engine/devices/cpu/cpu.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  CpuLanes lanes;
  const float *x;
  float *y;
  gint64 *places;
  gboolean smallest, exclusive, backwards;
} Lanes;

/* The first of equals; what is not a number is never larger. */
static void
find_places (void *data, gsize begin, gsize end, guint piece)
{
  const Lanes *l = data;
  gsize inner = l->lanes.inner, length = l->lanes.length;

  for (gsize lane = begin; lane < end; lane++) {
    const float *x = l->x + lane / inner * inner * length + lane % inner;
    float best = l->smallest ? INFINITY : -INFINITY;
    gsize place = 0;

    for (gsize k = 0; k < length; k++) {
      float value = x[k * inner];
      if (l->smallest ? value < best : value > best) {
        best = value;
        place = k;
      }
    }
    l->places[lane] = (gint64)place;
  }
}

static void
sum_lanes (void *data, gsize begin, gsize end, guint piece)
{
  const Lanes *l = data;
  gsize inner = l->lanes.inner, length = l->lanes.length;

  for (gsize lane = begin; lane < end; lane++) {
    gsize base = lane / inner * inner * length + lane % inner;
    double sum = 0;

    for (gsize k = 0; k < length; k++) {
      gsize i = base + (l->backwards ? length - 1 - k : k) * inner;
      double before = sum;
      sum += (double)l->x[i];
      l->y[i] = (float)(l->exclusive ? before : sum);
    }
  }
}

typedef struct {
  float value;
  gint64 place;
} Ranked;

/* What is not a number is the largest; the place decides among equals. */
static int
by_value (gconstpointer a, gconstpointer b)
{
  const Ranked *x = a, *y = b;

  if (isnan (x->value) || isnan (y->value) ? isnan (x->value) != isnan (y->value)
                                           : x->value != y->value)
    return isnan (x->value) || x->value > y->value ? 1 : -1;
  return (x->place > y->place) - (x->place < y->place);
}

static int
by_value_descending (gconstpointer a, gconstpointer b)
{
  const Ranked *x = a, *y = b;

  if (isnan (x->value) || isnan (y->value) ? isnan (x->value) != isnan (y->value)
                                           : x->value != y->value)
    return isnan (x->value) || x->value > y->value ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

static void
sort_lanes (void *data, gsize begin, gsize end, guint piece)
{
  const Lanes *l = data;
  gsize inner = l->lanes.inner, length = l->lanes.length;
  g_autofree Ranked *ranked = g_new (Ranked, length + 1);

  for (gsize lane = begin; lane < end; lane++) {
    gsize base = lane / inner * inner * length + lane % inner;

    for (gsize k = 0; k < length; k++)
      ranked[k] = (Ranked){ l->x[base + k * inner], (gint64)k };
    qsort (ranked, length, sizeof (Ranked), l->backwards ? by_value_descending : by_value);
    for (gsize k = 0; k < length; k++)
      l->places[base + k * inner] = ranked[k].place;
  }
}

static Lanes
lanes_of (const TelarCall *call)
{
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);

  return (Lanes){ .lanes = cpu_lanes (&call->inputs[0].type.shape, axis, 1),
                  .x = call->inputs[0].data };
}

static void
run_lanes (const CpuDevice *device, Lanes *l, CpuBody body)
{
  cpu_parallel (device, l->lanes.outer * l->lanes.inner, 16384 / MAX (l->lanes.length, 1) + 1, 1,
                body, l);
}

static gboolean
run_arg (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Lanes l = lanes_of (call);

  l.smallest = call->instr->prim == TELAR_PRIM_ARGMIN;
  l.places = call->outputs[0].data;
  run_lanes (device, &l, find_places);
  return TRUE;
}

static gboolean
run_argsort (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Lanes l = lanes_of (call);

  l.backwards = telar_instr_int (call->instr, TELAR_ATTR_REVERSE, 0) != 0;
  l.places = call->outputs[0].data;
  run_lanes (device, &l, sort_lanes);
  return TRUE;
}

static gboolean
run_cumsum (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Lanes l = lanes_of (call);

  l.exclusive = telar_instr_int (call->instr, TELAR_ATTR_EXCLUSIVE, 0) != 0;
  l.backwards = telar_instr_int (call->instr, TELAR_ATTR_REVERSE, 0) != 0;
  l.y = call->outputs[0].data;
  run_lanes (device, &l, sum_lanes);
  return TRUE;
}

static gboolean
run_count (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarAttr *axes = telar_instr_attr (call->instr, TELAR_ATTR_AXES);
  double count = 1;

  for (guint i = 0; axes != NULL && i < axes->n; i++)
    count *= (double)call->inputs[0].type.shape.dims[axes->ints[i]];
  telar_element_set (call->outputs[0].type.dtype, call->outputs[0].data, 0, count);
  return TRUE;
}

static gboolean
supports_arg (const CpuSite *site)
{
  return site->inputs[0].dtype == TELAR_F32 && site->outputs[0].dtype == TELAR_I64;
}

static gboolean
supports_f32 (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32);
}

static gboolean
supports_any (const CpuSite *site)
{
  return TRUE;
}

static const CpuKernel arg_kernels[] = {
  { TELAR_PRIM_ARGMAX, "arg reduce", supports_arg, NULL, run_arg },
  { TELAR_PRIM_ARGMIN, "arg reduce", supports_arg, NULL, run_arg },
  { TELAR_PRIM_ARGSORT, "sort", supports_arg, NULL, run_argsort },
  { TELAR_PRIM_CUMSUM, "running sum", supports_f32, NULL, run_cumsum },
  { TELAR_PRIM_COUNT, "count", supports_any, NULL, run_count },
};

CPU_FAMILY (arg);
