/* Reference kernels of pooling. A window's taps in the padding are skipped: they are minus infinity
 * to a maximum, and count in an average only with COUNT_PAD. */
#include "engine/devices/ref/ref.h"

#include <math.h>

typedef struct {
  RefGrid x, y;
  gint64 kernel[3], stride[3], pad[3], dilation[3];
} Pool;

static Pool
pool_of (const TelarCall *call, const TelarShape *x, const TelarShape *y)
{
  const TelarInstr *instr = call->instr;
  gboolean last = telar_instr_int (instr, TELAR_ATTR_LAYOUT, 0) != 0;
  Pool pool = { .x = ref_grid (x, last), .y = ref_grid (y, last) };

  for (guint s = 0; s < 3; s++) {
    gboolean used = s < pool.x.n_spatial;
    pool.kernel[s] = used ? telar_instr_item (instr, TELAR_ATTR_KERNEL, s, 1) : 1;
    pool.stride[s] = used ? telar_instr_item (instr, TELAR_ATTR_STRIDE, s, 1) : 1;
    pool.pad[s] = used ? telar_instr_item (instr, TELAR_ATTR_PAD, s, 0) : 0;
    pool.dilation[s] = used ? telar_instr_item (instr, TELAR_ATTR_DILATION, s, 1) : 1;
  }
  return pool;
}

static gint64
kernel_size (const Pool *pool)
{
  return pool->kernel[0] * pool->kernel[1] * pool->kernel[2];
}

/* The element of x under tap @tap (row-major in the kernel) of the output position @p, or -1. */
static gint64
tap_offset (const Pool *pool, const gint64 p[3], gint64 tap)
{
  gint64 offset = 0;

  for (guint s = 3; s-- > 0;) {
    gint64 k = tap % pool->kernel[s];
    gint64 at = p[s] * pool->stride[s] - pool->pad[s] + k * pool->dilation[s];

    tap /= pool->kernel[s];
    if (at < 0 || at >= pool->x.size[s])
      return -1;
    if (s < pool->x.n_spatial)
      offset += at * pool->x.stride[s];
  }
  return offset;
}

/* Called for each window: @base is where its image and channel begin in x, @y its place in y. */
typedef void (*Window) (const Pool *pool, const gint64 p[3], gint64 base, gint64 y, void *data);

static void
for_each_window (const Pool *pool, Window window, void *data)
{
  gint64 p[3];

  for (gint64 n = 0; n < pool->y.batch; n++)
    for (gint64 c = 0; c < pool->y.channels; c++)
      for (p[0] = 0; p[0] < pool->y.size[0]; p[0]++)
        for (p[1] = 0; p[1] < pool->y.size[1]; p[1]++)
          for (p[2] = 0; p[2] < pool->y.size[2]; p[2]++) {
            gint64 y = n * pool->y.batch_stride + c * pool->y.channel_stride;
            for (guint s = 0; s < pool->y.n_spatial; s++)
              y += p[s] * pool->y.stride[s];
            window (pool, p, n * pool->x.batch_stride + c * pool->x.channel_stride, y, data);
          }
}

typedef struct {
  const double *x, *dy;
  double *result;
  gboolean count_pad;
} Values;

/* The place of the first maximum; -1 when the whole window is padding. */
static gint64
first_maximum (const Pool *pool, const gint64 p[3], gint64 base, const double *x)
{
  gint64 best = -1;

  for (gint64 tap = 0; tap < kernel_size (pool); tap++) {
    gint64 offset = tap_offset (pool, p, tap);
    if (offset >= 0 && (best < 0 || x[base + offset] > x[best]))
      best = base + offset;
  }
  return best;
}

static void
max_window (const Pool *pool, const gint64 p[3], gint64 base, gint64 y, void *data)
{
  Values *v = data;
  gint64 best = first_maximum (pool, p, base, v->x);

  v->result[y] = best < 0 ? -INFINITY : v->x[best];
}

static void
max_grad_window (const Pool *pool, const gint64 p[3], gint64 base, gint64 y, void *data)
{
  Values *v = data;
  gint64 best = first_maximum (pool, p, base, v->x);

  if (best >= 0)
    v->result[best] += v->dy[y];
}

static double
divisor (const Pool *pool, const gint64 p[3], gboolean count_pad)
{
  gint64 inside = 0;

  for (gint64 tap = 0; tap < kernel_size (pool); tap++)
    inside += tap_offset (pool, p, tap) >= 0;
  return (double)(count_pad ? kernel_size (pool) : MAX (inside, 1));
}

static void
avg_window (const Pool *pool, const gint64 p[3], gint64 base, gint64 y, void *data)
{
  Values *v = data;
  double sum = 0;

  for (gint64 tap = 0; tap < kernel_size (pool); tap++) {
    gint64 offset = tap_offset (pool, p, tap);
    if (offset >= 0)
      sum += v->x[base + offset];
  }
  v->result[y] = sum / divisor (pool, p, v->count_pad);
}

static void
avg_grad_window (const Pool *pool, const gint64 p[3], gint64 base, gint64 y, void *data)
{
  Values *v = data;
  double share = v->dy[y] / divisor (pool, p, v->count_pad);

  for (gint64 tap = 0; tap < kernel_size (pool); tap++) {
    gint64 offset = tap_offset (pool, p, tap);
    if (offset >= 0)
      v->result[base + offset] += share;
  }
}

/* @x and @dy may be NULL where the window function needs none. */
static gboolean
run_pool (const TelarCall *call, const Pool *pool, Window window, const TelarView *x,
          const TelarView *dy)
{
  g_autofree double *x_values = x != NULL ? ref_load (x) : NULL;
  g_autofree double *dy_values = dy != NULL ? ref_load (dy) : NULL;
  g_autofree double *result = g_new0 (double, ref_count (&call->outputs[0]) + 1);
  Values values = {
    .x = x_values,
    .dy = dy_values,
    .result = result,
    .count_pad = telar_instr_int (call->instr, TELAR_ATTR_COUNT_PAD, 0) != 0,
  };

  for_each_window (pool, window, &values);
  ref_store (&call->outputs[0], result);
  return TRUE;
}

gboolean
ref_max_pool (const TelarCall *call, GError **error)
{
  Pool pool = pool_of (call, &call->inputs[0].type.shape, &call->outputs[0].type.shape);

  return run_pool (call, &pool, max_window, &call->inputs[0], NULL);
}

gboolean
ref_max_pool_grad (const TelarCall *call, GError **error)
{
  Pool pool = pool_of (call, &call->inputs[0].type.shape, &call->inputs[2].type.shape);

  return run_pool (call, &pool, max_grad_window, &call->inputs[0], &call->inputs[2]);
}

gboolean
ref_avg_pool (const TelarCall *call, GError **error)
{
  Pool pool = pool_of (call, &call->inputs[0].type.shape, &call->outputs[0].type.shape);

  return run_pool (call, &pool, avg_window, &call->inputs[0], NULL);
}

gboolean
ref_avg_pool_grad (const TelarCall *call, GError **error)
{
  Pool pool = pool_of (call, &call->outputs[0].type.shape, &call->inputs[0].type.shape);

  return run_pool (call, &pool, avg_grad_window, NULL, &call->inputs[0]);
}
