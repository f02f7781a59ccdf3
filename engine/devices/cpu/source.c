/* Values that come from nowhere: fills, ranges, random numbers. */
#include "engine/devices/cpu/copy.h"
#include "engine/random.h"

#include <string.h>

static gboolean
run_fill (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  guint64 cell = 0;

  telar_element_set (out->type.dtype, &cell, 0, telar_instr_real (call->instr, TELAR_ATTR_FILL, 0));
  cpu_fill (device, out->data, &cell, telar_dtype_size (out->type.dtype),
            telar_shape_elements (&out->type.shape));
  return TRUE;
}

/* One index after the other, each repeated over the inner axes; then that again and again. */
static gboolean
run_iota (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  CpuLanes lanes = cpu_lanes (&out->type.shape, axis, 1);
  gsize element = telar_dtype_size (out->type.dtype);
  gsize bytes = lanes.length * lanes.inner * element;

  if (lanes.outer == 0)
    return TRUE;
  for (gsize k = 0; k < lanes.length; k++) {
    guint64 cell = 0;

    telar_element_set (out->type.dtype, &cell, 0, (double)k);
    cpu_fill (device, (char *)out->data + k * lanes.inner * element, &cell, element, lanes.inner);
  }
  for (gsize o = 1; o < lanes.outer; o++)
    memcpy ((char *)out->data + o * bytes, out->data, bytes);
  return TRUE;
}

typedef struct {
  TelarRandom random;
  float *to;
  void (*fill) (const TelarRandom *random, guint64 first, gsize n, float *out);
} Draw;

static void
draw (void *data, gsize begin, gsize end, guint piece)
{
  const Draw *d = data;

  d->fill (&d->random, begin, end - begin, d->to + begin);
}

/* Every element depends on its index alone, so any thread may draw any part. */
static gboolean
run_random (const CpuDevice *device, const TelarCall *call, GError **error)
{
  gboolean normal = call->instr->prim == TELAR_PRIM_NORMAL;
  Draw d = {
    .random = { .seed = call->seed,
                .step = call->step,
                .stream = (guint32)telar_instr_int (call->instr, TELAR_ATTR_STREAM, 0) },
    .to = call->outputs[0].data,
    .fill = normal ? telar_random_fill_normal : telar_random_fill_uniform,
  };

  cpu_parallel (device, telar_shape_elements (&call->outputs[0].type.shape), normal ? 512 : 8192,
                64, draw, &d);
  return TRUE;
}

static gboolean
supports_any (const CpuSite *site)
{
  return TRUE;
}

static gboolean
supports_f32 (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32);
}

static const CpuKernel source_kernels[] = {
  { TELAR_PRIM_FILL, "fill", supports_any, NULL, run_fill },
  { TELAR_PRIM_IOTA, "fill", supports_any, NULL, run_iota },
  { TELAR_PRIM_UNIFORM, "vector philox", supports_f32, NULL, run_random },
  { TELAR_PRIM_NORMAL, "philox", supports_f32, NULL, run_random },
};

CPU_FAMILY (source);
