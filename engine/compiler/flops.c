/* Floating-point operations per instruction: a multiply-add counts two, a transcendental one,
 * moving data none. What the canvas and the benchmarks show. */
#include "engine/compiler.h"

static double
elements (const TelarProgram *program, TelarValue value)
{
  return (double)telar_shape_elements (&telar_program_type (program, value)->shape);
}

static double
matmul_flops (const TelarProgram *program, const TelarInstr *instr)
{
  const TelarShape *a = &telar_program_type (program, instr->inputs[0])->shape;
  guint inner = a->rank - 1 - (telar_instr_int (instr, TELAR_ATTR_TRANS_A, 0) != 0);
  double out = elements (program, instr->outputs[0]);
  return 2 * out * (double)a->dims[inner] + (instr->n_inputs == 3 ? out : 0);
}

/* Each element of the convolution's output takes one filter: w.elements / out channels. */
static double
conv_flops (const TelarProgram *program, TelarValue result, TelarValue filters)
{
  const TelarShape *w = &telar_program_type (program, filters)->shape;
  double out_channels = (double)MAX (w->dims[0], 1);
  return 2 * elements (program, result) * elements (program, filters) / out_channels;
}

/* Each step's product with the recurrent weights, and @per_gate for each of its results. */
static double
recurrent_flops (const TelarProgram *program, const TelarInstr *instr, double per_gate)
{
  const TelarShape *gates = &telar_program_type (program, instr->inputs[0])->shape;
  guint weights = instr->prim == TELAR_PRIM_LSTM || instr->prim == TELAR_PRIM_GRU ? 1 : 2;
  const TelarShape *w = &telar_program_type (program, instr->inputs[weights])->shape;
  return (double)telar_shape_elements (gates) * (2 * (double)w->dims[1] + per_gate);
}

static double
pool_flops (const TelarProgram *program, const TelarInstr *instr, TelarValue pooled)
{
  const TelarAttr *kernel = telar_instr_attr (instr, TELAR_ATTR_KERNEL);
  double window = 1;
  for (guint i = 0; kernel != NULL && i < kernel->n; i++)
    window *= (double)kernel->ints[i];
  return window * elements (program, pooled);
}

static double
body_flops (const TelarProgram *body)
{
  double flops = 0;
  for (guint i = 0; i < telar_program_n_instrs (body); i++)
    flops += telar_instr_flops (body, telar_program_instr (body, i));
  return flops;
}

double
telar_instr_flops (const TelarProgram *program, const TelarInstr *instr)
{
  if (telar_prim_info (instr->prim)->flags & TELAR_PRIM_ELEMENTWISE)
    return elements (program, instr->outputs[0]);
  switch (instr->prim) {
  case TELAR_PRIM_MATMUL:
    return matmul_flops (program, instr);
  case TELAR_PRIM_CONV:
    return conv_flops (program, instr->outputs[0], instr->inputs[1]) +
           (instr->n_inputs == 3 ? elements (program, instr->outputs[0]) : 0);
  case TELAR_PRIM_CONV_INPUT_GRAD:
    return conv_flops (program, instr->inputs[0], instr->inputs[1]);
  case TELAR_PRIM_CONV_WEIGHT_GRAD:
    return conv_flops (program, instr->inputs[1], instr->outputs[0]);
  case TELAR_PRIM_MAX_POOL:
  case TELAR_PRIM_AVG_POOL:
    return pool_flops (program, instr, instr->outputs[0]);
  case TELAR_PRIM_MAX_POOL_GRAD:
    return pool_flops (program, instr, instr->inputs[1]);
  case TELAR_PRIM_AVG_POOL_GRAD:
    return pool_flops (program, instr, instr->inputs[0]);
  case TELAR_PRIM_SUM:
  case TELAR_PRIM_MEAN:
  case TELAR_PRIM_MAX:
  case TELAR_PRIM_MIN:
  case TELAR_PRIM_PROD:
  case TELAR_PRIM_CUMSUM:
  case TELAR_PRIM_SCATTER_ADD:
    return elements (program, instr->inputs[0]);
  case TELAR_PRIM_BATCH_NORM: /* subtract, scale, add, multiply by 1/deviation */
    return 4 * elements (program, instr->inputs[0]);
  case TELAR_PRIM_SOFTMAX:
  case TELAR_PRIM_LOG_SOFTMAX: /* maximum, subtract, exp, sum, divide */
    return 5 * elements (program, instr->inputs[0]);
  case TELAR_PRIM_BATCH_NORM_TRAIN:
  case TELAR_PRIM_LAYER_NORM: /* the moments take four more */
    return 8 * elements (program, instr->inputs[0]);
  case TELAR_PRIM_BATCH_NORM_GRAD:
  case TELAR_PRIM_LAYER_NORM_GRAD:
    return 12 * elements (program, instr->inputs[0]);
  case TELAR_PRIM_LSTM: /* a step's product; the gates' functions count one each, as elsewhere */
  case TELAR_PRIM_LSTM_GRAD:
    return recurrent_flops (program, instr, instr->prim == TELAR_PRIM_LSTM ? 1 : 2);
  case TELAR_PRIM_GRU:
  case TELAR_PRIM_GRU_GRAD:
    return recurrent_flops (program, instr, instr->prim == TELAR_PRIM_GRU ? 1 : 2);
  case TELAR_PRIM_SGD:
    return 6 * elements (program, instr->inputs[0]);
  case TELAR_PRIM_ADAM:
    return 14 * elements (program, instr->inputs[0]);
  case TELAR_PRIM_FUSED:
    return body_flops (instr->body);
  default:
    return 0;
  }
}
