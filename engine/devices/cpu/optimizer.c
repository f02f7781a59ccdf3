/* Optimizers: all of a parameter, its gradient and its slots in one pass over memory. */
#include "engine/devices/cpu/cpu.h"

#include <math.h>

typedef struct {
  const CpuDevice *device;
  CpuAdam adam;
  CpuSgd sgd;
  CpuSlots slots;
} Update;

static CpuSlots
slots_from (const CpuSlots *slots, gsize at)
{
  return (CpuSlots){
    slots->p + at,     slots->g + at,     slots->m != NULL ? slots->m + at : NULL,
    slots->v + at,     slots->new_p + at, slots->new_m != NULL ? slots->new_m + at : NULL,
    slots->new_v + at,
  };
}

static void
update_adam (void *data, gsize begin, gsize end, guint piece)
{
  const Update *u = data;
  CpuSlots slots = slots_from (&u->slots, begin);

  u->device->vector.adam (&u->adam, &slots, end - begin);
}

static void
update_sgd (void *data, gsize begin, gsize end, guint piece)
{
  const Update *u = data;
  CpuSlots slots = slots_from (&u->slots, begin);

  u->device->vector.sgd (&u->sgd, &slots, end - begin);
}

static gboolean
run_adam (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarInstr *instr = call->instr;
  double beta1 = telar_instr_real (instr, TELAR_ATTR_BETA1, 0.9);
  double beta2 = telar_instr_real (instr, TELAR_ATTR_BETA2, 0.999);
  double decay = telar_instr_real (instr, TELAR_ATTR_WEIGHT_DECAY, 0);
  double rate = (double)*(const float *)call->inputs[4].data;
  double step = (double)*(const float *)call->inputs[5].data;
  gboolean decoupled = telar_instr_int (instr, TELAR_ATTR_DECOUPLED, 0) != 0;
  Update update = {
    .device = device,
    .adam = { .beta1 = (float)beta1,
              .rest1 = (float)(1 - beta1),
              .beta2 = (float)beta2,
              .rest2 = (float)(1 - beta2),
              .epsilon = (float)telar_instr_real (instr, TELAR_ATTR_EPSILON, 1e-8),
              .decay = decoupled ? 0.0f : (float)decay,
              .keep = decoupled ? (float)(1 - rate * decay) : 1.0f,
              .rate = (float)(rate / (1 - pow (beta1, step))),
              .inverse_root = (float)(1 / sqrt (1 - pow (beta2, step))) },
    .slots = { call->inputs[0].data, call->inputs[1].data, call->inputs[2].data,
               call->inputs[3].data, call->outputs[0].data, call->outputs[1].data,
               call->outputs[2].data },
  };

  cpu_parallel (device, telar_shape_elements (&call->inputs[0].type.shape), 8192, 64, update_adam,
                &update);
  return TRUE;
}

static gboolean
run_sgd (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarInstr *instr = call->instr;
  Update update = {
    .device = device,
    .sgd = { .momentum = (float)telar_instr_real (instr, TELAR_ATTR_MOMENTUM, 0),
             .decay = (float)telar_instr_real (instr, TELAR_ATTR_WEIGHT_DECAY, 0),
             .rate = *(const float *)call->inputs[3].data,
             .nesterov = telar_instr_int (instr, TELAR_ATTR_NESTEROV, 0) != 0 },
    .slots = { .p = call->inputs[0].data,
               .g = call->inputs[1].data,
               .v = call->inputs[2].data,
               .new_p = call->outputs[0].data,
               .new_v = call->outputs[1].data },
  };

  cpu_parallel (device, telar_shape_elements (&call->inputs[0].type.shape), 8192, 64, update_sgd,
                &update);
  return TRUE;
}

static gboolean
supports (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32);
}

static const CpuKernel optimizer_kernels[] = {
  { TELAR_PRIM_SGD, "vector sgd", supports, NULL, run_sgd },
  { TELAR_PRIM_ADAM, "vector adam", supports, NULL, run_adam },
};

CPU_FAMILY (optimizer);
