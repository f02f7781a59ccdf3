/* Recurrent layers as PyTorch's documentation of LSTM and GRU defines them, and their gradients
 * back through the steps. */
#include "engine/devices/ref/ref.h"

#include <math.h>

typedef struct {
  gsize rows, steps, units, gates; /* gates: blocks of units */
  gboolean reverse;
} Sizes;

static Sizes
sizes_of (const TelarCall *call, gsize gates)
{
  const gint64 *dims = call->inputs[0].type.shape.dims;

  return (Sizes){ (gsize)dims[0], (gsize)dims[1], (gsize)dims[2] / gates, gates,
                  telar_instr_int (call->instr, TELAR_ATTR_REVERSE, 0) != 0 };
}

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

/* Which step is the @i-th to be done. */
static gsize
step_at (const Sizes *s, gsize i)
{
  return s->reverse ? s->steps - 1 - i : i;
}

/* Row @row of the states before the @i-th step, in @all [N, T, H], or in @first. */
static const double *
before (const Sizes *s, const double *first, const double *all, gsize row, gsize i)
{
  return i == 0 ? first + row * s->units : all + (row * s->steps + step_at (s, i - 1)) * s->units;
}

/* y = w h, w [G·H, H] */
static void
recur (const Sizes *s, const double *w, const double *h, double *y)
{
  for (gsize g = 0; g < s->gates * s->units; g++) {
    y[g] = 0;
    for (gsize j = 0; j < s->units; j++)
      y[g] += w[g * s->units + j] * h[j];
  }
}

/* dh += wᵀ d */
static void
recur_back (const Sizes *s, const double *w, const double *d, double *dh)
{
  for (gsize g = 0; g < s->gates * s->units; g++)
    for (gsize j = 0; j < s->units; j++)
      dh[j] += w[g * s->units + j] * d[g];
}

gboolean
ref_lstm (const TelarCall *call, GError **error)
{
  Sizes s = sizes_of (call, 4);
  gsize n = s.units;
  g_autofree double *x = ref_load (&call->inputs[0]), *w = ref_load (&call->inputs[1]);
  g_autofree double *h = ref_load (&call->inputs[2]), *c = ref_load (&call->inputs[3]);
  g_autofree double *y = g_new (double, s.rows *s.steps *n + 1);
  g_autofree double *memory = g_new (double, s.rows *s.steps *n + 1);
  g_autofree double *sums = g_new (double, 4 * n);

  for (gsize row = 0; row < s.rows; row++)
    for (gsize i = 0; i < s.steps; i++) {
      gsize at = row * s.steps + step_at (&s, i);
      double *gates = x + at * 4 * n;
      const double *last = before (&s, c, memory, row, i);

      recur (&s, w, before (&s, h, y, row, i), sums);
      for (gsize g = 0; g < 4 * n; g++)
        gates[g] = g / n == 2 ? tanh (gates[g] + sums[g]) : sigmoid (gates[g] + sums[g]);
      for (gsize j = 0; j < n; j++) {
        memory[at * n + j] = gates[n + j] * last[j] + gates[j] * gates[2 * n + j];
        y[at * n + j] = gates[3 * n + j] * tanh (memory[at * n + j]);
      }
    }
  ref_store (&call->outputs[0], x);
  ref_store (&call->outputs[1], y);
  ref_store (&call->outputs[2], memory);
  return TRUE;
}

gboolean
ref_lstm_grad (const TelarCall *call, GError **error)
{
  Sizes s = sizes_of (call, 4);
  gsize n = s.units;
  g_autofree double *x = ref_load (&call->inputs[0]), *memory = ref_load (&call->inputs[1]);
  g_autofree double *w = ref_load (&call->inputs[2]), *c = ref_load (&call->inputs[3]);
  g_autofree double *dy = ref_load (&call->inputs[4]);
  g_autofree double *dmemory = call->instr->n_inputs > 5 ? ref_load (&call->inputs[5]) : NULL;
  g_autofree double *dh = g_new0 (double, s.rows *n + 1), *dc = g_new0 (double, s.rows *n + 1);

  for (gsize row = 0; row < s.rows; row++)
    for (gsize i = s.steps; i-- > 0;) {
      gsize at = row * s.steps + step_at (&s, i);
      double *gates = x + at * 4 * n, *carry = dc + row * n, *back = dh + row * n;
      const double *last = before (&s, c, memory, row, i);

      for (gsize j = 0; j < n; j++) {
        double in = gates[j], forget = gates[n + j], fresh = gates[2 * n + j];
        double out = gates[3 * n + j], t = tanh (memory[at * n + j]);
        double d = back[j] + dy[at * n + j];
        double e = carry[j] + d * out * (1 - t * t) + (dmemory ? dmemory[at * n + j] : 0);

        gates[j] = e * fresh * in * (1 - in);
        gates[n + j] = e * last[j] * forget * (1 - forget);
        gates[2 * n + j] = e * in * (1 - fresh * fresh);
        gates[3 * n + j] = d * t * out * (1 - out);
        carry[j] = e * forget;
        back[j] = 0;
      }
      recur_back (&s, w, gates, back);
    }
  ref_store (&call->outputs[0], x);
  ref_store (&call->outputs[1], dh);
  ref_store (&call->outputs[2], dc);
  return TRUE;
}

gboolean
ref_gru (const TelarCall *call, GError **error)
{
  Sizes s = sizes_of (call, 3);
  gsize n = s.units;
  g_autofree double *x = ref_load (&call->inputs[0]), *w = ref_load (&call->inputs[1]);
  g_autofree double *bias = ref_load (&call->inputs[2]), *h = ref_load (&call->inputs[3]);
  g_autofree double *y = g_new (double, s.rows *s.steps *n + 1);
  g_autofree double *kept = g_new (double, s.rows *s.steps *n + 1);
  g_autofree double *sums = g_new (double, 3 * n);

  for (gsize row = 0; row < s.rows; row++)
    for (gsize i = 0; i < s.steps; i++) {
      gsize at = row * s.steps + step_at (&s, i);
      double *gates = x + at * 3 * n;
      const double *last = before (&s, h, y, row, i);

      recur (&s, w, last, sums);
      for (gsize g = 0; g < 2 * n; g++)
        gates[g] = sigmoid (gates[g] + sums[g] + bias[g]);
      for (gsize j = 0; j < n; j++) {
        double *fresh = &gates[2 * n + j], update = gates[n + j];

        kept[at * n + j] = sums[2 * n + j] + bias[2 * n + j];
        *fresh = tanh (*fresh + gates[j] * kept[at * n + j]);
        y[at * n + j] = (1 - update) * *fresh + update * last[j];
      }
    }
  ref_store (&call->outputs[0], x);
  ref_store (&call->outputs[1], kept);
  ref_store (&call->outputs[2], y);
  return TRUE;
}

gboolean
ref_gru_grad (const TelarCall *call, GError **error)
{
  Sizes s = sizes_of (call, 3);
  gsize n = s.units;
  g_autofree double *x = ref_load (&call->inputs[0]), *kept = ref_load (&call->inputs[1]);
  g_autofree double *w = ref_load (&call->inputs[2]), *h = ref_load (&call->inputs[3]);
  g_autofree double *y = ref_load (&call->inputs[4]), *dy = ref_load (&call->inputs[5]);
  g_autofree double *product = g_new (double, ref_count (&call->inputs[0]) + 1);
  g_autofree double *dh = g_new0 (double, s.rows *n + 1);

  for (gsize row = 0; row < s.rows; row++)
    for (gsize i = s.steps; i-- > 0;) {
      gsize at = row * s.steps + step_at (&s, i);
      double *gates = x + at * 3 * n, *d = product + at * 3 * n, *back = dh + row * n;
      const double *last = before (&s, h, y, row, i);

      for (gsize j = 0; j < n; j++) {
        double reset = gates[j], update = gates[n + j], fresh = gates[2 * n + j];
        double e = back[j] + dy[at * n + j], f = e * (1 - update) * (1 - fresh * fresh);

        gates[j] = d[j] = f * kept[at * n + j] * reset * (1 - reset);
        gates[n + j] = d[n + j] = e * (last[j] - fresh) * update * (1 - update);
        gates[2 * n + j] = f;
        d[2 * n + j] = f * reset;
        back[j] = e * update;
      }
      recur_back (&s, w, d, back);
    }
  ref_store (&call->outputs[0], x);
  ref_store (&call->outputs[1], product);
  ref_store (&call->outputs[2], dh);
  return TRUE;
}
