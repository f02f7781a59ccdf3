/* Loops of batch and layer normalisation. */
#include "engine/devices/cpu/vector/vector-isa.h"

static float
squares (const float *x, float mean, gsize n)
{
  Floats a = { 0 }, b = a, m = splat (mean);
  float result = 0.0f;
  gsize i = 0;

  for (; i + 2 * ISA_LANES <= n; i += 2 * ISA_LANES) {
    Floats u = load (x + i) - m, v = load (x + i + ISA_LANES) - m;
    a += u * u;
    b += v * v;
  }
  for (; i < n; i++)
    result += (x[i] - mean) * (x[i] - mean);
  return result + sum_of (a + b);
}

static float
product (const float *dy, const float *x, float mean, gsize n)
{
  Floats a = { 0 }, b = a, m = splat (mean);
  float result = 0.0f;
  gsize i = 0;

  for (; i + 2 * ISA_LANES <= n; i += 2 * ISA_LANES) {
    a += load (dy + i) * (load (x + i) - m);
    b += load (dy + i + ISA_LANES) * (load (x + i + ISA_LANES) - m);
  }
  for (; i < n; i++)
    result += dy[i] * (x[i] - mean);
  return result + sum_of (a + b);
}

static void
fold_squares (float *y, const float *x, const float *mean, gsize rows, gsize n)
{
  for (gsize r = 0; r < rows; r++, x += n) {
    INDEPENDENT
    for (gsize j = 0; j < n; j++)
      y[j] += (x[j] - mean[j]) * (x[j] - mean[j]);
  }
}

static void
fold_product (float *y, const float *dy, const float *x, const float *mean, gsize rows, gsize n)
{
  for (gsize r = 0; r < rows; r++, x += n, dy += n) {
    INDEPENDENT
    for (gsize j = 0; j < n; j++)
      y[j] += dy[j] * (x[j] - mean[j]);
  }
}

static void
affine (float *y, const float *x, float scale, float shift, gsize n)
{
  INDEPENDENT
  for (gsize i = 0; i < n; i++)
    y[i] = x[i] * scale + shift;
}

static void
center (float *y, const float *x, const float *const k[3], gsize rows, gsize n)
{
  const float *mean = k[0], *a = k[1], *c = k[2];

  for (gsize r = 0; r < rows; r++, x += n, y += n) {
    INDEPENDENT
    for (gsize j = 0; j < n; j++)
      y[j] = (x[j] - mean[j]) * a[j] + c[j];
  }
}

static void
center_one (float *y, const float *x, const float k[3], gsize n)
{
  float mean = k[0], a = k[1], c = k[2];

  INDEPENDENT
  for (gsize i = 0; i < n; i++)
    y[i] = (x[i] - mean) * a + c;
}

static void
combine (float *dx, const float *dy, const float *x, const float *const k[4], gsize rows, gsize n)
{
  const float *mean = k[0], *a = k[1], *c = k[2], *b = k[3];

  for (gsize r = 0; r < rows; r++, x += n, dy += n, dx += n) {
    INDEPENDENT
    for (gsize j = 0; j < n; j++)
      dx[j] = dy[j] * a[j] + ((x[j] - mean[j]) * b[j] + c[j]);
  }
}

static void
combine_one (float *dx, const float *dy, const float *x, const float k[4], gsize n)
{
  float mean = k[0], a = k[1], c = k[2], b = k[3];

  INDEPENDENT
  for (gsize i = 0; i < n; i++)
    dx[i] = dy[i] * a + ((x[i] - mean) * b + c);
}

static void
layer (const CpuLayerRow *row, gsize n)
{
  const float *x = row->x, *scale = row->scale, *bias = row->bias;
  float mean = row->mean, inverse = row->inverse, *y = row->y;

  INDEPENDENT
  for (gsize i = 0; i < n; i++)
    y[i] = (x[i] - mean) * inverse * scale[i] + bias[i];
}

/* With h = (x - mean) · inverse and g = dy · scale: sums of g and g·h. */
static void
layer_sums (const CpuLayerRow *row, gsize n, float *sum, float *product_sum)
{
  Floats s = { 0 }, p = s, mean = splat (row->mean), inverse = splat (row->inverse);
  gsize i = 0;

  *sum = *product_sum = 0.0f;
  for (; i + ISA_LANES <= n; i += ISA_LANES) {
    Floats dy = load (row->dy + i), h = (load (row->x + i) - mean) * inverse;
    Floats g = dy * load (row->scale + i);
    s += g;
    p += g * h;
    *(Floats *)(row->dscale + i) += dy * h;
    *(Floats *)(row->dbias + i) += dy;
  }
  for (; i < n; i++) {
    float h = (row->x[i] - row->mean) * row->inverse, g = row->dy[i] * row->scale[i];
    *sum += g;
    *product_sum += g * h;
    row->dscale[i] += row->dy[i] * h;
    row->dbias[i] += row->dy[i];
  }
  *sum += sum_of (s);
  *product_sum += sum_of (p);
}

/* dx = inverse · (g - mean (g) - h · mean (g·h)) */
static void
layer_grad (const CpuLayerRow *row, gsize n)
{
  const float *x = row->x, *dy = row->dy, *scale = row->scale;
  float mean = row->mean, inverse = row->inverse, *y = row->y, sum, product_sum;

  layer_sums (row, n, &sum, &product_sum);
  sum /= (float)n;
  product_sum /= (float)n;
  INDEPENDENT
  for (gsize i = 0; i < n; i++)
    y[i] = inverse * (dy[i] * scale[i] - sum - (x[i] - mean) * inverse * product_sum);
}

void
ISA_NAME (cpu_fill_norms) (CpuVector *vector)
{
  vector->squares = squares;
  vector->product = product;
  vector->fold_squares = fold_squares;
  vector->fold_product = fold_product;
  vector->affine = affine;
  vector->center = center;
  vector->center_one = center_one;
  vector->combine = combine;
  vector->combine_one = combine_one;
  vector->layer = layer;
  vector->layer_grad = layer_grad;
}
