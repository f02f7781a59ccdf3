/* Loops of the optimizers: everything of one element in one pass over memory. */
#include "engine/devices/cpu/vector/vector-isa.h"

static void
adam (const CpuAdam *adam, const CpuSlots *slots, gsize n)
{
  const CpuAdam k = *adam;
  const float *p = slots->p, *g = slots->g, *m = slots->m, *v = slots->v;
  float *new_p = slots->new_p, *new_m = slots->new_m, *new_v = slots->new_v;

  INDEPENDENT
  for (gsize i = 0; i < n; i++) {
    float gradient = g[i] + k.decay * p[i];
    float first = k.beta1 * m[i] + k.rest1 * gradient;
    float second = k.beta2 * v[i] + k.rest2 * gradient * gradient;

    new_m[i] = first;
    new_v[i] = second;
    new_p[i] = p[i] * k.keep - k.rate * first / (sqrtf (second) * k.inverse_root + k.epsilon);
  }
}

static void
sgd (const CpuSgd *sgd, const CpuSlots *slots, gsize n)
{
  const CpuSgd k = *sgd;
  const float *p = slots->p, *g = slots->g, *v = slots->v;
  float *new_p = slots->new_p, *new_v = slots->new_v;
  float ahead = k.nesterov ? k.momentum : 1.0f, direct = k.nesterov ? 1.0f : 0.0f;

  INDEPENDENT
  for (gsize i = 0; i < n; i++) {
    float gradient = g[i] + k.decay * p[i];
    float velocity = k.momentum * v[i] + gradient;

    new_v[i] = velocity;
    new_p[i] = p[i] - k.rate * (direct * gradient + ahead * velocity);
  }
}

void
ISA_NAME (cpu_fill_optimizers) (CpuVector *vector)
{
  vector->adam = adam;
  vector->sgd = sgd;
}
