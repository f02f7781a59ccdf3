/* Pooling. Channels last, a window's taps are rows of channels, folded as vectors; channels first,
 * each plane goes on its own, one element at a time. Windows overlap, so what a gradient adds to
 * belongs to one thread: an image, or a plane. */
#include "engine/devices/cpu/conv-shape.h"

#include <math.h>
#include <string.h>

/* The image is cut into parts that do not touch: each holds @lanes channels beside each other. */
typedef struct {
  const CpuDevice *device;
  CpuConvShape shape;
  gsize parts, lanes, taps;
  gint64 x_part, y_part, x_step[3], y_step[3];
  const float *x, *y, *dy;
  float *result;
  float *rows; /* scratch: two rows of lanes per thread */
  gboolean count_pad;
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
  p.rows = call->scratch;
  return p;
}

/* --- one window ------------------------------------------------------------------------------- */

/* The taps of a window that lie inside the image: for each axis a range of kernel positions. */
typedef struct {
  gint64 first[3], last[3]; /* last: one behind */
  gint64 origin;            /* of tap 0, may lie outside */
  gsize inside;
} Window;

static Window
window_at (const Pool *p, gsize position)
{
  const CpuConvShape *s = &p->shape;
  Window w = { .inside = 1 };

  for (guint a = 3; a-- > 0;) {
    gint64 at = (gint64)(position % (gsize)s->y[a]) * s->stride[a] - s->low[a];
    gint64 step = s->dilation[a];

    position /= (gsize)s->y[a];
    w.first[a] = at < 0 ? (-at + step - 1) / step : 0;
    w.last[a] = at >= s->x[a] ? 0 : MIN (s->kernel[a], (s->x[a] - 1 - at) / step + 1);
    w.origin += at * p->x_step[a];
    w.inside *= (gsize)MAX (w.last[a] - w.first[a], 0);
  }
  return w;
}

/* Calls @tap for each tap inside, in row-major order, with the offset of its element. */
#define FOR_EACH_TAP(p, w, offset)                                                                 \
  for (gint64 k0_ = (w)->first[0]; k0_ < (w)->last[0]; k0_++)                                      \
    for (gint64 k1_ = (w)->first[1]; k1_ < (w)->last[1]; k1_++)                                    \
      for (gint64 k2_ = (w)->first[2], offset = (w)->origin +                                      \
                                                k0_ * (p)->shape.dilation[0] * (p)->x_step[0] +    \
                                                k1_ * (p)->shape.dilation[1] * (p)->x_step[1] +    \
                                                k2_ * (p)->shape.dilation[2] * (p)->x_step[2];     \
           k2_ < (w)->last[2]; k2_++, offset += (p)->shape.dilation[2] * (p)->x_step[2])

static gsize
positions (const Pool *p)
{
  return (gsize)(p->shape.y[0] * p->shape.y[1] * p->shape.y[2]);
}

static void
set_lanes (float *y, float value, gsize n)
{
  for (gsize i = 0; i < n; i++)
    y[i] = value;
}

static void
fold_lanes (const Pool *p, CpuReduction reduction, float *y, const float *x)
{
  if (p->lanes > 1)
    p->device->vector.fold[reduction](y, x, 1, p->lanes);
  else if (reduction == CPU_SUM)
    *y += *x;
  else
    *y = *y > *x || *y != *y ? *y : *x;
}

static float
share (const Pool *p, const Window *w)
{
  return 1.0f / (float)(p->count_pad ? p->taps : MAX (w->inside, 1));
}

/* --- kernels: items are (part, position), or parts -------------------------------------------- */

static void
max_windows (void *data, gsize begin, gsize end, guint piece)
{
  const Pool *p = data;
  gsize n = positions (p);

  for (gsize i = begin; i < end; i++) {
    Window w = window_at (p, i % n);
    const float *x = p->x + (gint64)(i / n) * p->x_part;
    float *y = p->result + i * p->lanes;

    set_lanes (y, -INFINITY, p->lanes);
    FOR_EACH_TAP (p, &w, offset)
    fold_lanes (p, CPU_MAX, y, x + offset);
  }
}

static void
average_windows (void *data, gsize begin, gsize end, guint piece)
{
  const Pool *p = data;
  gsize n = positions (p);

  for (gsize i = begin; i < end; i++) {
    Window w = window_at (p, i % n);
    const float *x = p->x + (gint64)(i / n) * p->x_part;
    float *y = p->result + i * p->lanes;

    set_lanes (y, 0.0f, p->lanes);
    FOR_EACH_TAP (p, &w, offset)
    fold_lanes (p, CPU_SUM, y, x + offset);
    p->device->vector.affine (y, y, share (p, &w), 0.0f, p->lanes);
  }
}

/* The gradient of a maximum goes to the first tap that is the maximum. */
static void
max_grad_parts (void *data, gsize begin, gsize end, guint piece)
{
  const Pool *p = data;
  gsize n = positions (p), lanes = p->lanes;
  float *open = p->rows + piece * lanes; /* what of dy has found no tap yet */

  for (gsize i = begin * n; i < end * n; i++) {
    Window w = window_at (p, i % n);
    gint64 part = (gint64)(i / n) * p->x_part;
    const float *y = p->y + i * lanes;

    memcpy (open, p->dy + i * lanes, lanes * sizeof (float));
    FOR_EACH_TAP (p, &w, offset)
    for (gsize c = 0; c < lanes; c++) {
      gboolean hit = p->x[part + offset + (gint64)c] == y[c];
      p->result[part + offset + (gint64)c] += hit ? open[c] : 0.0f;
      open[c] = hit ? 0.0f : open[c];
    }
  }
}

static void
average_grad_parts (void *data, gsize begin, gsize end, guint piece)
{
  const Pool *p = data;
  gsize n = positions (p), lanes = p->lanes;
  float *part_of_dy = p->rows + piece * lanes;

  for (gsize i = begin * n; i < end * n; i++) {
    Window w = window_at (p, i % n);
    float *dx = p->result + (gint64)(i / n) * p->x_part;

    p->device->vector.affine (part_of_dy, p->dy + i * lanes, share (p, &w), 0.0f, lanes);
    FOR_EACH_TAP (p, &w, offset)
    fold_lanes (p, CPU_SUM, dx + offset, part_of_dy);
  }
}

static void
run_windows (const Pool *p, CpuBody body)
{
  gsize cost = p->lanes * p->taps;

  cpu_parallel (p->device, p->parts * positions (p), 16384 / cost + 1, 1, body, (void *)p);
}

static void
run_parts (const Pool *p, const TelarView *result, CpuBody body)
{
  gsize cost = p->lanes * p->taps * positions (p);

  memset (p->result, 0, telar_shape_elements (&result->type.shape) * sizeof (float));
  cpu_parallel (p->device, p->parts, 16384 / MAX (cost, 1) + 1, 1, body, (void *)p);
}

static gboolean
run_max (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Pool p = pool_of (device, call, &call->inputs[0].type.shape, &call->outputs[0].type.shape);

  p.x = call->inputs[0].data, p.result = call->outputs[0].data;
  run_windows (&p, max_windows);
  return TRUE;
}

static gboolean
run_average (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Pool p = pool_of (device, call, &call->inputs[0].type.shape, &call->outputs[0].type.shape);

  p.x = call->inputs[0].data, p.result = call->outputs[0].data;
  run_windows (&p, average_windows);
  return TRUE;
}

static gboolean
run_max_grad (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Pool p = pool_of (device, call, &call->inputs[0].type.shape, &call->inputs[1].type.shape);

  p.x = call->inputs[0].data, p.y = call->inputs[1].data, p.dy = call->inputs[2].data;
  p.result = call->outputs[0].data;
  run_parts (&p, &call->outputs[0], max_grad_parts);
  return TRUE;
}

static gboolean
run_average_grad (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Pool p = pool_of (device, call, &call->outputs[0].type.shape, &call->inputs[0].type.shape);

  p.dy = call->inputs[0].data, p.result = call->outputs[0].data;
  run_parts (&p, &call->outputs[0], average_grad_parts);
  return TRUE;
}

static gboolean
supports (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32) && telar_shape_elements (&site->inputs[0].shape) > 0 &&
         telar_shape_elements (&site->outputs[0].shape) > 0;
}

static gboolean
prepare_grad (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  const TelarShape *shape = &site->inputs[0].shape;
  gboolean last = telar_instr_int (site->instr, TELAR_ATTR_LAYOUT, 0) != 0;

  prepared->scratch = site->device->base.threads * sizeof (float) *
                      (gsize)(last ? shape->dims[shape->rank - 1] : 1);
  return TRUE;
}

static const CpuKernel pool_kernels[] = {
  { TELAR_PRIM_MAX_POOL, "vector pool", supports, NULL, run_max },
  { TELAR_PRIM_MAX_POOL_GRAD, "vector pool", supports, prepare_grad, run_max_grad },
  { TELAR_PRIM_AVG_POOL, "vector pool", supports, NULL, run_average },
  { TELAR_PRIM_AVG_POOL_GRAD, "vector pool", supports, prepare_grad, run_average_grad },
};

CPU_FAMILY (pool);
