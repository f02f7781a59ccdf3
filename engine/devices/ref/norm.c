/* Reference kernels of softmax and of batch and layer normalisation. */
#include "engine/devices/ref/ref.h"

#include <math.h>

/* --- softmax
 * -------------------------------------------------------------------------------------- */

/* softmax: e^(x-max) / sum; log_softmax: x - max - log (sum). */
static void
softmax_lane (double *x, gsize length, gsize stride, gboolean logarithm)
{
  double highest = -INFINITY, sum = 0;

  for (gsize k = 0; k < length; k++)
    highest = fmax (highest, x[k * stride]);
  for (gsize k = 0; k < length; k++)
    sum += exp (x[k * stride] - highest);
  for (gsize k = 0; k < length; k++) {
    double shifted = x[k * stride] - highest;
    x[k * stride] = logarithm ? shifted - log (sum) : exp (shifted) / sum;
  }
}

gboolean
ref_softmax (const TelarCall *call, GError **error)
{
  const TelarShape *shape = &call->inputs[0].type.shape;
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  g_autofree double *values = ref_load (&call->inputs[0]);
  gsize n = ref_count (&call->inputs[0]), length = (gsize)shape->dims[axis], inner = 1;

  for (guint i = axis + 1; i < shape->rank; i++)
    inner *= (gsize)shape->dims[i];
  for (gsize lane = 0; length > 0 && lane < n / length; lane++)
    softmax_lane (values + lane / inner * inner * length + lane % inner, length, inner,
                  call->instr->prim == TELAR_PRIM_LOG_SOFTMAX);
  ref_store (&call->outputs[0], values);
  return TRUE;
}

/* --- batch normalisation: statistics of each channel over batch and space
 * -------------------------- */

typedef struct {
  gsize n, channels, stride; /* element i belongs to channel i / stride % channels */
  double epsilon, per_channel;
} Channels;

static Channels
channels_of (const TelarCall *call)
{
  const TelarShape *shape = &call->inputs[0].type.shape;
  gboolean last = telar_instr_int (call->instr, TELAR_ATTR_LAYOUT, 0) != 0;
  guint axis = last ? shape->rank - 1 : 1;
  Channels c = { .n = ref_count (&call->inputs[0]),
                 .channels = (gsize)shape->dims[axis],
                 .stride = 1,
                 .epsilon = telar_instr_real (call->instr, TELAR_ATTR_EPSILON, 1e-5) };

  for (guint i = axis + 1; i < shape->rank; i++)
    c.stride *= (gsize)shape->dims[i];
  c.per_channel = (double)c.n / (double)MAX (c.channels, 1);
  return c;
}

static gsize
channel_at (const Channels *c, gsize i)
{
  return i / c->stride % c->channels;
}

/* y = (x - mean) / sqrt (variance + epsilon) · scale + bias */
gboolean
ref_batch_norm (const TelarCall *call, GError **error)
{
  Channels c = channels_of (call);
  g_autofree double *x = ref_load (&call->inputs[0]), *scale = ref_load (&call->inputs[1]);
  g_autofree double *bias = ref_load (&call->inputs[2]), *mean = ref_load (&call->inputs[3]);
  g_autofree double *variance = ref_load (&call->inputs[4]);

  for (gsize i = 0; i < c.n; i++) {
    gsize k = channel_at (&c, i);
    x[i] = (x[i] - mean[k]) / sqrt (variance[k] + c.epsilon) * scale[k] + bias[k];
  }
  ref_store (&call->outputs[0], x);
  return TRUE;
}

/* The variance is the biased one: divided by the count. */
gboolean
ref_batch_norm_train (const TelarCall *call, GError **error)
{
  Channels c = channels_of (call);
  g_autofree double *x = ref_load (&call->inputs[0]), *scale = ref_load (&call->inputs[1]);
  g_autofree double *bias = ref_load (&call->inputs[2]);
  g_autofree double *mean = g_new0 (double, c.channels + 1);
  g_autofree double *variance = g_new0 (double, c.channels + 1);

  for (gsize i = 0; i < c.n; i++)
    mean[channel_at (&c, i)] += x[i] / c.per_channel;
  for (gsize i = 0; i < c.n; i++) {
    double distance = x[i] - mean[channel_at (&c, i)];
    variance[channel_at (&c, i)] += distance * distance / c.per_channel;
  }
  for (gsize i = 0; i < c.n; i++) {
    gsize k = channel_at (&c, i);
    x[i] = (x[i] - mean[k]) / sqrt (variance[k] + c.epsilon) * scale[k] + bias[k];
  }
  ref_store (&call->outputs[0], x);
  ref_store (&call->outputs[1], mean);
  ref_store (&call->outputs[2], variance);
  return TRUE;
}

/* With h = (x - mean) / sigma and m values in a channel (Ioffe, Szegedy: "Batch normalization",
 * 2015): dscale = sum dy·h, dbias = sum dy, dx = scale / sigma · (dy - dbias / m - h · dscale / m).
 */
gboolean
ref_batch_norm_grad (const TelarCall *call, GError **error)
{
  Channels c = channels_of (call);
  g_autofree double *x = ref_load (&call->inputs[0]), *dy = ref_load (&call->inputs[1]);
  g_autofree double *scale = ref_load (&call->inputs[2]), *mean = ref_load (&call->inputs[3]);
  g_autofree double *variance = ref_load (&call->inputs[4]);
  g_autofree double *dscale = g_new0 (double, c.channels + 1);
  g_autofree double *dbias = g_new0 (double, c.channels + 1);

  for (gsize i = 0; i < c.n; i++) {
    gsize k = channel_at (&c, i);
    x[i] = (x[i] - mean[k]) / sqrt (variance[k] + c.epsilon);
    dscale[k] += dy[i] * x[i];
    dbias[k] += dy[i];
  }
  for (gsize i = 0; i < c.n; i++) {
    gsize k = channel_at (&c, i);
    double rest = dy[i] - (dbias[k] + x[i] * dscale[k]) / c.per_channel;
    x[i] = scale[k] / sqrt (variance[k] + c.epsilon) * rest;
  }
  ref_store (&call->outputs[0], x);
  ref_store (&call->outputs[1], dscale);
  ref_store (&call->outputs[2], dbias);
  return TRUE;
}

/* --- layer normalisation: statistics of each row over the axes from @axis on
 * ------------------------ */

typedef struct {
  gsize rows, size;
  double epsilon;
} Rows;

static Rows
rows_of (const TelarCall *call)
{
  const TelarShape *shape = &call->inputs[0].type.shape;
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  Rows r = { 1, 1, telar_instr_real (call->instr, TELAR_ATTR_EPSILON, 1e-5) };

  for (guint i = 0; i < shape->rank; i++)
    *(i < axis ? &r.rows : &r.size) *= (gsize)shape->dims[i];
  return r;
}

static void
row_statistics (const double *x, gsize size, double epsilon, double *mean, double *inverse)
{
  double variance = 0;

  *mean = 0;
  for (gsize i = 0; i < size; i++)
    *mean += x[i] / (double)size;
  for (gsize i = 0; i < size; i++)
    variance += (x[i] - *mean) * (x[i] - *mean) / (double)size;
  *inverse = 1 / sqrt (variance + epsilon);
}

gboolean
ref_layer_norm (const TelarCall *call, GError **error)
{
  Rows r = rows_of (call);
  g_autofree double *x = ref_load (&call->inputs[0]), *scale = ref_load (&call->inputs[1]);
  g_autofree double *bias = ref_load (&call->inputs[2]);
  g_autofree double *mean = g_new (double, r.rows + 1), *inverse = g_new (double, r.rows + 1);

  for (gsize row = 0; row < r.rows; row++) {
    double *values = x + row * r.size;

    row_statistics (values, r.size, r.epsilon, &mean[row], &inverse[row]);
    for (gsize i = 0; i < r.size; i++)
      values[i] = (values[i] - mean[row]) * inverse[row] * scale[i] + bias[i];
  }
  ref_store (&call->outputs[0], x);
  ref_store (&call->outputs[1], mean);
  ref_store (&call->outputs[2], inverse);
  return TRUE;
}

/* With h = (x - mean) · inverse and g = dy · scale (Ba, Kiros, Hinton: "Layer normalization",
 * 2016): dx = inverse · (g - mean (g) - h · mean (g·h)), dscale = sum dy·h, dbias = sum dy over
 * rows. */
gboolean
ref_layer_norm_grad (const TelarCall *call, GError **error)
{
  Rows r = rows_of (call);
  g_autofree double *x = ref_load (&call->inputs[0]), *dy = ref_load (&call->inputs[1]);
  g_autofree double *scale = ref_load (&call->inputs[2]), *mean = ref_load (&call->inputs[3]);
  g_autofree double *inverse = ref_load (&call->inputs[4]);
  g_autofree double *dscale = g_new0 (double, r.size + 1), *dbias = g_new0 (double, r.size + 1);

  for (gsize row = 0; row < r.rows; row++) {
    double *h = x + row * r.size, *d = dy + row * r.size, sum = 0, product = 0;

    for (gsize i = 0; i < r.size; i++) {
      h[i] = (h[i] - mean[row]) * inverse[row];
      dscale[i] += d[i] * h[i];
      dbias[i] += d[i];
      sum += d[i] * scale[i] / (double)r.size;
      product += d[i] * scale[i] * h[i] / (double)r.size;
    }
    for (gsize i = 0; i < r.size; i++)
      h[i] = inverse[row] * (d[i] * scale[i] - sum - h[i] * product);
  }
  ref_store (&call->outputs[0], x);
  ref_store (&call->outputs[1], dscale);
  ref_store (&call->outputs[2], dbias);
  return TRUE;
}
