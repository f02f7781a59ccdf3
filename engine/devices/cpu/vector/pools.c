/* Windows of pools: channels side by side as vectors. */
#include "engine/devices/cpu/vector/vector-isa.h"

/* NaN wins, as in every maximum of this device. A window without a tap gives minus infinity. */
static void
pool_max (const CpuWindow *w, const float *x, float *y, gsize n)
{
  for (gsize c = 0; c < n; c++)
    y[c] = -INFINITY;
  for (gsize t = 0; t < w->taps; t++) {
    const float *tap = x + w->offsets[t];
    INDEPENDENT
    for (gsize c = 0; c < n; c++)
      y[c] = y[c] > tap[c] || y[c] != y[c] ? y[c] : tap[c];
  }
}

static void
pool_sum (const CpuWindow *w, const float *x, float *y, gsize n)
{
  for (gsize c = 0; c < n; c++)
    y[c] = 0.0f;
  for (gsize t = 0; t < w->taps; t++) {
    const float *tap = x + w->offsets[t];
    INDEPENDENT
    for (gsize c = 0; c < n; c++)
      y[c] += tap[c];
  }
  INDEPENDENT
  for (gsize c = 0; c < n; c++)
    y[c] *= w->share;
}

/* @open keeps what of dy has found no tap yet; channels go in blocks that fit it. */
static void
pool_max_grad (const CpuWindow *w, const CpuPoolRow *row, float *dx, gsize n)
{
  float open[256];

  for (gsize first = 0; first < n; first += G_N_ELEMENTS (open)) {
    gsize length = MIN (G_N_ELEMENTS (open), n - first);
    const float *y = row->y + first;

    memcpy (open, row->dy + first, length * sizeof (float));
    for (gsize t = 0; t < w->taps; t++) {
      const float *tap = row->x + w->offsets[t] + (gint64)first;
      float *to = dx + w->offsets[t] + (gint64)first;
      INDEPENDENT
      for (gsize c = 0; c < length; c++) {
        to[c] += tap[c] == y[c] ? open[c] : 0.0f;
        open[c] = tap[c] == y[c] ? 0.0f : open[c];
      }
    }
  }
}

static void
pool_sum_grad (const CpuWindow *w, const float *dy, float *dx, gsize n)
{
  for (gsize t = 0; t < w->taps; t++) {
    float *to = dx + w->offsets[t];
    INDEPENDENT
    for (gsize c = 0; c < n; c++)
      to[c] += dy[c] * w->share;
  }
}

void
ISA_NAME (cpu_fill_pools) (CpuVector *vector)
{
  vector->pool_max = pool_max;
  vector->pool_sum = pool_sum;
  vector->pool_max_grad = pool_max_grad;
  vector->pool_sum_grad = pool_sum_grad;
}
