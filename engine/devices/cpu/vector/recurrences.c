/* What a step of a recurrent layer does to one row once its product is there, and its gradient. */
#include "engine/devices/cpu/vector/math.h"
#include "engine/devices/cpu/vector/vector-isa.h"

static void
lstm (const CpuLstmRow *row, gsize n)
{
  float *input = row->gates, *forget = input + n, *fresh = forget + n, *output = fresh + n;
  const float *x = row->x, *recurred = row->recurred, *before = row->memory_before;
  float *memory = row->memory, *y = row->y;

  INDEPENDENT
  for (gsize j = 0; j < 2 * n; j++)
    input[j] = sigmoid_f32 (x[j] + recurred[j]);
  x += 2 * n, recurred += 2 * n;
  INDEPENDENT
  for (gsize j = 0; j < n; j++)
    fresh[j] = tanh_f32 (x[j] + recurred[j]);
  x += n, recurred += n;
  INDEPENDENT
  for (gsize j = 0; j < n; j++) {
    output[j] = sigmoid_f32 (x[j] + recurred[j]);
    memory[j] = forget[j] * before[j] + input[j] * fresh[j];
    y[j] = output[j] * tanh_f32 (memory[j]);
  }
}

/* With t = tanh (c): do = dh·t, dc += dh·o·(1 - t²), di = dc·g, df = dc·c[t-1], dg = dc·i, dc[t-1]
 * = dc·f, and each gate's times its function's slope. */
static void
lstm_grad (const CpuLstmRow *row, gsize n)
{
  const float *input = row->gates, *forget = input + n, *fresh = forget + n, *output = fresh + n;
  const float *before = row->memory_before, *memory = row->memory, *dy = row->dy;
  float *carry = row->dmemory, *sums = row->sums;

  INDEPENDENT
  for (gsize j = 0; j < n; j++) {
    float i = input[j], f = forget[j], g = fresh[j], o = output[j];
    float t = tanh_f32 (memory[j]), dc = carry[j] + dy[j] * o * (1 - t * t);

    sums[j] = dc * g * i * (1 - i);
    sums[n + j] = dc * before[j] * f * (1 - f);
    sums[2 * n + j] = dc * i * (1 - g * g);
    sums[3 * n + j] = dy[j] * t * o * (1 - o);
    carry[j] = dc * f;
  }
}

static void
gru (const CpuGruRow *row, gsize n)
{
  float *reset = row->gates, *update = reset + n, *fresh = update + n, *kept = row->kept;
  const float *x = row->x, *recurred = row->recurred, *bias = row->bias, *before = row->before;
  float *y = row->y;

  INDEPENDENT
  for (gsize j = 0; j < 2 * n; j++)
    reset[j] = sigmoid_f32 (x[j] + (recurred[j] + bias[j]));
  x += 2 * n, recurred += 2 * n, bias += 2 * n;
  INDEPENDENT
  for (gsize j = 0; j < n; j++) {
    kept[j] = recurred[j] + bias[j];
    fresh[j] = tanh_f32 (x[j] + reset[j] * kept[j]);
    y[j] = fresh[j] + update[j] * (before[j] - fresh[j]);
  }
}

/* dn = dh·(1 - z), dz = dh·(h[t-1] - n), dr = dn'·q, dq = dn'·r, dh[t-1] = dh·z, with n' before the
 * tanh and q what the reset gate multiplies. */
static void
gru_grad (const CpuGruRow *row, gsize n)
{
  const float *reset = row->gates, *update = reset + n, *fresh = update + n, *kept = row->kept;
  const float *before = row->before;
  float *dy = row->dy, *dx = row->dx, *sums = row->sums;

  INDEPENDENT
  for (gsize j = 0; j < n; j++) {
    float r = reset[j], z = update[j], f = fresh[j];
    float df = dy[j] * (1 - z) * (1 - f * f);

    dx[j] = sums[j] = df * kept[j] * r * (1 - r);
    dx[n + j] = sums[n + j] = dy[j] * (before[j] - f) * z * (1 - z);
    dx[2 * n + j] = df;
    sums[2 * n + j] = df * r;
    dy[j] *= z;
  }
}

void
ISA_NAME (cpu_fill_recurrences) (CpuVector *vector)
{
  vector->lstm = lstm;
  vector->lstm_grad = lstm_grad;
  vector->gru = gru;
  vector->gru_grad = gru_grad;
}
