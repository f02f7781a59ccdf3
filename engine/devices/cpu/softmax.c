/* Softmax and its logarithm along any axis. */
#include "engine/devices/cpu/cpu.h"

#include <math.h>

typedef struct {
  const CpuDevice *device;
  const float *x;
  float *y;
  CpuLanes lanes;
  gboolean logarithm;
} Softmax;

/* Along contiguous memory. A row whose largest is minus infinity gives NaN, as its formula does. */
static void
softmax_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Softmax *s = data;
  const CpuVector *v = &s->device->vector;
  gsize n = s->lanes.length;

  for (gsize row = begin; row < end; row++) {
    const float *x = s->x + row * n;
    float *y = s->y + row * n, highest = v->reduce[CPU_MAX](x, n);
    float sum = v->exp_sum (s->logarithm ? NULL : y, x, highest, n);

    if (s->logarithm)
      v->affine (y, x, 1.0f, -(highest + logf (sum)), n);
    else
      v->affine (y, y, 1.0f / sum, 0.0f, n);
  }
}

/* Across it: one lane at a time through a buffer of the scratch. */
static void
softmax_lanes (void *data, gsize begin, gsize end, guint piece)
{
  Softmax s = *(const Softmax *)data;
  gsize n = s.lanes.length, inner = s.lanes.inner;
  g_autofree float *lane = g_new (float, n);
  const float *x = s.x;
  float *y = s.y;

  s.x = s.y = lane;
  for (gsize i = begin; i < end; i++) {
    gsize base = i / inner * inner * n + i % inner;

    for (gsize k = 0; k < n; k++)
      lane[k] = x[base + k * inner];
    softmax_rows (&s, 0, 1, 0);
    for (gsize k = 0; k < n; k++)
      y[base + k * inner] = lane[k];
  }
}

static gboolean
supports (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32) && telar_shape_elements (&site->inputs[0].shape) > 0;
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  Softmax s = {
    .device = device,
    .x = call->inputs[0].data,
    .y = call->outputs[0].data,
    .lanes = cpu_lanes (&call->inputs[0].type.shape, axis, 1),
    .logarithm = call->instr->prim == TELAR_PRIM_LOG_SOFTMAX,
  };

  cpu_parallel (device, s.lanes.outer * s.lanes.inner, 4096 / s.lanes.length + 1, 1,
                s.lanes.inner == 1 ? softmax_rows : softmax_lanes, &s);
  return TRUE;
}

static const CpuKernel softmax_kernels[] = {
  { TELAR_PRIM_SOFTMAX, "vector softmax", supports, NULL, run },
  { TELAR_PRIM_LOG_SOFTMAX, "vector softmax", supports, NULL, run },
};

CPU_FAMILY (softmax);
