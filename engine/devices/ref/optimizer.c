/* Reference kernels of the optimizers, with PyTorch's formulas and order of operations. */
#include "engine/devices/ref/ref.h"

#include <math.h>

/* g += decay · p; v = momentum · v + g; p -= lr · (nesterov ? g + momentum · v : v)
 * (Sutskever, Martens, Dahl, Hinton: "On the importance of initialization and momentum", 2013). */
gboolean
ref_sgd (const TelarCall *call, GError **error)
{
  const TelarInstr *instr = call->instr;
  double momentum = telar_instr_real (instr, TELAR_ATTR_MOMENTUM, 0);
  double decay = telar_instr_real (instr, TELAR_ATTR_WEIGHT_DECAY, 0);
  gboolean nesterov = telar_instr_int (instr, TELAR_ATTR_NESTEROV, 0) != 0;
  g_autofree double *p = ref_load (&call->inputs[0]), *g = ref_load (&call->inputs[1]);
  g_autofree double *v = ref_load (&call->inputs[2]), *rate = ref_load (&call->inputs[3]);
  gsize n = ref_count (&call->inputs[0]);

  for (gsize i = 0; i < n; i++) {
    double gradient = g[i] + decay * p[i];
    v[i] = momentum * v[i] + gradient;
    p[i] -= rate[0] * (nesterov ? gradient + momentum * v[i] : v[i]);
  }
  ref_store (&call->outputs[0], p);
  ref_store (&call->outputs[1], v);
  return TRUE;
}

/* Kingma, Ba: "Adam", 2015; decoupled decay: Loshchilov, Hutter: "Decoupled weight decay
 * regularization", 2019. */
gboolean
ref_adam (const TelarCall *call, GError **error)
{
  const TelarInstr *instr = call->instr;
  double beta1 = telar_instr_real (instr, TELAR_ATTR_BETA1, 0.9);
  double beta2 = telar_instr_real (instr, TELAR_ATTR_BETA2, 0.999);
  double epsilon = telar_instr_real (instr, TELAR_ATTR_EPSILON, 1e-8);
  double decay = telar_instr_real (instr, TELAR_ATTR_WEIGHT_DECAY, 0);
  gboolean decoupled = telar_instr_int (instr, TELAR_ATTR_DECOUPLED, 0) != 0;
  g_autofree double *p = ref_load (&call->inputs[0]), *g = ref_load (&call->inputs[1]);
  g_autofree double *m = ref_load (&call->inputs[2]), *v = ref_load (&call->inputs[3]);
  g_autofree double *rate = ref_load (&call->inputs[4]), *step = ref_load (&call->inputs[5]);
  double correction1 = 1 - pow (beta1, step[0]), correction2 = 1 - pow (beta2, step[0]);
  gsize n = ref_count (&call->inputs[0]);

  for (gsize i = 0; i < n; i++) {
    double gradient = g[i] + (decoupled ? 0 : decay * p[i]);

    if (decoupled)
      p[i] *= 1 - rate[0] * decay;
    m[i] = beta1 * m[i] + (1 - beta1) * gradient;
    v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
    p[i] -= rate[0] / correction1 * m[i] / (sqrt (v[i]) / sqrt (correction2) + epsilon);
  }
  ref_store (&call->outputs[0], p);
  ref_store (&call->outputs[1], m);
  ref_store (&call->outputs[2], v);
  return TRUE;
}
