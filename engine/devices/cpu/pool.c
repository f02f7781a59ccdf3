/* Pooling. Channels last, a window's taps are rows of channels, folded as vectors; channels first,
 * each plane goes on its own, one element at a time. Windows overlap, so what a gradient adds to
 * belongs to one thread: an image, or a plane. */
#include "engine/devices/cpu/conv-shape.h"

#include <string.h>

/* The image is cut into parts that do not touch: each holds @lanes channels beside each other. */
typedef struct {
  const CpuDevice *device;
  CpuConvShape shape;
  gsize parts, lanes, taps;
  gint64 x_part, y_part, x_step[3], y_step[3];
  const float *x, *y, *dy;
  float *result;
  gint64 *offsets; /* scratch: of one window's taps, per thread */
  gboolean maximum, count_pad;
} Pool;

static Pool
pool_of (const CpuDevice *device, const TelarCall *call, const TelarShape *x, const TelarShape *y)
{
  Pool p = { .device = device, .shape = cpu_conv_shape (call->instr, x, NULL, y) };
  CpuConvShape *s = &p.shape;
  gint64 x_strides[5], y_strides[5];

  cpu_image_strides (s, s->in, s->x, x_strides);
  cpu_image_strides (s, s->in, s->y, y_strides);
  p.lanes = s->channels_last ? (gsize)s->in : 1;
  p.parts = (gsize)(s->channels_last ? s->batch : s->batch * s->in);
  p.x_part = x_strides[s->channels_last ? 0 : 1];
  p.y_part = y_strides[s->channels_last ? 0 : 1];
  memcpy (p.x_step, x_strides + 2, sizeof p.x_step);
  memcpy (p.y_step, y_strides + 2, sizeof p.y_step);
  p.taps = (gsize)(s->kernel[0] * s->kernel[1] * s->kernel[2]);
  p.count_pad = telar_instr_int (call->instr, TELAR_ATTR_COUNT_PAD, 0) != 0;
  p.maximum =
      call->instr->prim == TELAR_PRIM_MAX_POOL || call->instr->prim == TELAR_PRIM_MAX_POOL_GRAD;
  p.offsets = call->scratch;
  return p;
}

/* --- one window ------------------------------------------------------------------------------- */

/* The kernel positions along one axis whose taps lie inside the image. */
static void
taps_inside (const CpuConvShape *s, guint axis, gint64 at, gint64 *first, gint64 *last)
{
  gint64 step = s->dilation[axis];

  *first = at < 0 ? (-at + step - 1) / step : 0;
  *last = at >= s->x[axis] ? 0 : MIN (s->kernel[axis], (s->x[axis] - 1 - at) / step + 1);
}

/* The taps of the window at @position in row-major order; @offsets has room for all. */
static CpuWindow
window_at (const Pool *p, gsize position, gint64 *offsets)
{
  const CpuConvShape *s = &p->shape;
  gint64 first[3], last[3], step[3], origin = 0;
  gsize taps = 0;

  for (guint a = 3; a-- > 0;) {
    gint64 at = (gint64)(position % (gsize)s->y[a]) * s->stride[a] - s->low[a];

    position /= (gsize)s->y[a];
    taps_inside (s, a, at, &first[a], &last[a]);
    origin += at * p->x_step[a];
    step[a] = s->dilation[a] * p->x_step[a];
  }
  for (gint64 i = first[0]; i < last[0]; i++)
    for (gint64 j = first[1]; j < last[1]; j++)
      for (gint64 k = first[2]; k < last[2]; k++)
        offsets[taps++] = origin + i * step[0] + j * step[1] + k * step[2];
  return (CpuWindow){ offsets, taps, 1.0f / (float)(p->count_pad ? p->taps : MAX (taps, 1)) };
}

static gsize
positions (const Pool *p)
{
  return (gsize)(p->shape.y[0] * p->shape.y[1] * p->shape.y[2]);
}

static gint64 *
offsets_of (const Pool *p, guint piece)
{
  return p->offsets + piece * p->taps;
}

/* --- kernels: items are (part, position), or parts -------------------------------------------- */

static void
pool_windows (void *data, gsize begin, gsize end, guint piece)
{
  const Pool *p = data;
  const CpuVector *v = &p->device->vector;
  gsize n = positions (p);

  for (gsize i = begin; i < end; i++) {
    CpuWindow w = window_at (p, i % n, offsets_of (p, piece));
    const float *x = p->x + (gint64)(i / n) * p->x_part;

    (p->maximum ? v->pool_max : v->pool_sum) (&w, x, p->result + i * p->lanes, p->lanes);
  }
}

/* The gradient of a maximum goes to the first tap that is the maximum. */
static void
grad_parts (void *data, gsize begin, gsize end, guint piece)
{
  const Pool *p = data;
  const CpuVector *v = &p->device->vector;
  gsize n = positions (p);

  for (gsize i = begin * n; i < end * n; i++) {
    CpuWindow w = window_at (p, i % n, offsets_of (p, piece));
    gint64 part = (gint64)(i / n) * p->x_part;
    float *dx = p->result + part;

    if (p->maximum)
      v->pool_max_grad (&w, &(CpuPoolRow){ p->x + part, p->y + i * p->lanes, p->dy + i * p->lanes },
                        dx, p->lanes);
    else
      v->pool_sum_grad (&w, p->dy + i * p->lanes, dx, p->lanes);
  }
}

static void
run_windows (const Pool *p)
{
  gsize cost = p->lanes * p->taps;

  cpu_parallel (p->device, p->parts * positions (p), 16384 / cost + 1, 1, pool_windows, (void *)p);
}

static void
run_parts (const Pool *p, const TelarView *result)
{
  gsize cost = p->lanes * p->taps * positions (p);

  memset (p->result, 0, telar_shape_elements (&result->type.shape) * sizeof (float));
  cpu_parallel (p->device, p->parts, 16384 / MAX (cost, 1) + 1, 1, grad_parts, (void *)p);
}

static gboolean
run_pool (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Pool p = pool_of (device, call, &call->inputs[0].type.shape, &call->outputs[0].type.shape);

  p.x = call->inputs[0].data, p.result = call->outputs[0].data;
  run_windows (&p);
  return TRUE;
}

static gboolean
run_max_grad (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Pool p = pool_of (device, call, &call->inputs[0].type.shape, &call->inputs[1].type.shape);

  p.x = call->inputs[0].data, p.y = call->inputs[1].data, p.dy = call->inputs[2].data;
  p.result = call->outputs[0].data;
  run_parts (&p, &call->outputs[0]);
  return TRUE;
}

static gboolean
run_average_grad (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Pool p = pool_of (device, call, &call->outputs[0].type.shape, &call->inputs[0].type.shape);

  p.dy = call->inputs[0].data, p.result = call->outputs[0].data;
  run_parts (&p, &call->outputs[0]);
  return TRUE;
}

static gboolean
supports (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32) && telar_shape_elements (&site->inputs[0].shape) > 0 &&
         telar_shape_elements (&site->outputs[0].shape) > 0;
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  const TelarAttr *kernel = telar_instr_attr (site->instr, TELAR_ATTR_KERNEL);
  gsize taps = 1;

  for (guint i = 0; i < kernel->n; i++)
    taps *= (gsize)kernel->ints[i];
  prepared->scratch = site->device->base.threads * taps * sizeof (gint64);
  return TRUE;
}

static const CpuKernel pool_kernels[] = {
  { TELAR_PRIM_MAX_POOL, "vector pool", supports, prepare, run_pool },
  { TELAR_PRIM_MAX_POOL_GRAD, "vector pool", supports, prepare, run_max_grad },
  { TELAR_PRIM_AVG_POOL, "vector pool", supports, prepare, run_pool },
  { TELAR_PRIM_AVG_POOL_GRAD, "vector pool", supports, prepare, run_average_grad },
};

CPU_FAMILY (pool);
