/* Reference kernels of the elementwise primitives and of regions made of them. */
#include "engine/devices/ref/ref.h"

#include <math.h>
#include <string.h>

/* log (1 + e^x) without overflow. */
static double
softplus (double x)
{
  return x > 0 ? x + log1p (exp (-x)) : log1p (exp (x));
}

/* The sign of the divisor, as NumPy's mod. */
static double
modulo (double a, double b)
{
  double rest = fmod (a, b);

  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

double
ref_scalar (TelarPrim prim, const double arguments[3])
{
  double x = arguments[0], y = arguments[1];

  switch ((guint)prim) {
  case TELAR_PRIM_NEG:
    return -x;
  case TELAR_PRIM_ABS:
    return fabs (x);
  case TELAR_PRIM_SIGN:
    return x > 0 ? 1 : x < 0 ? -1 : x;
  case TELAR_PRIM_EXP:
    return exp (x);
  case TELAR_PRIM_LOG:
    return log (x);
  case TELAR_PRIM_LOG1P:
    return log1p (x);
  case TELAR_PRIM_SQRT:
    return sqrt (x);
  case TELAR_PRIM_RSQRT:
    return 1 / sqrt (x);
  case TELAR_PRIM_RECIPROCAL:
    return 1 / x;
  case TELAR_PRIM_SIN:
    return sin (x);
  case TELAR_PRIM_COS:
    return cos (x);
  case TELAR_PRIM_TANH:
    return tanh (x);
  case TELAR_PRIM_SIGMOID:
    return 1 / (1 + exp (-x));
  case TELAR_PRIM_SOFTPLUS:
    return softplus (x);
  case TELAR_PRIM_ERF:
    return erf (x);
  case TELAR_PRIM_FLOOR:
    return floor (x);
  case TELAR_PRIM_CEIL:
    return ceil (x);
  case TELAR_PRIM_ROUND:
    return nearbyint (x);
  case TELAR_PRIM_RELU:
    return x < 0 ? 0 : x;
  case TELAR_PRIM_NOT:
    return x == 0;
  case TELAR_PRIM_ISNAN:
    return isnan (x) != 0;
  case TELAR_PRIM_ADD:
    return x + y;
  case TELAR_PRIM_SUB:
    return x - y;
  case TELAR_PRIM_MUL:
    return x * y;
  case TELAR_PRIM_DIV:
    return x / y;
  case TELAR_PRIM_POW:
    return pow (x, y);
  case TELAR_PRIM_MAXIMUM:
    return isnan (x) || x > y ? x : y;
  case TELAR_PRIM_MINIMUM:
    return isnan (x) || x < y ? x : y;
  case TELAR_PRIM_MOD:
    return modulo (x, y);
  case TELAR_PRIM_EQUAL:
    return x == y;
  case TELAR_PRIM_LESS:
    return x < y;
  case TELAR_PRIM_LESS_EQUAL:
    return x <= y;
  case TELAR_PRIM_AND:
    return x != 0 && y != 0;
  case TELAR_PRIM_OR:
    return x != 0 || y != 0;
  case TELAR_PRIM_SELECT:
    return x != 0 ? y : arguments[2];
  default: /* CAST, and no activation: the storing converts */
    return x;
  }
}

gboolean
ref_elementwise (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  guint n_inputs = call->instr->n_inputs;
  gint64 index[TELAR_MAX_RANK];
  gsize n = ref_count (out);

  for (gsize i = 0; i < n; i++) {
    double arguments[3] = { 0 };

    ref_unravel (&out->type.shape, i, index);
    for (guint k = 0; k < n_inputs; k++) {
      const TelarView *in = &call->inputs[k];
      gsize flat = ref_broadcast_flat (&out->type.shape, index, &in->type.shape);
      arguments[k] = telar_element_get (in->type.dtype, in->data, flat);
    }
    telar_element_set (out->type.dtype, out->data, i, ref_scalar (call->instr->prim, arguments));
  }
  return TRUE;
}

/* One instruction of a region's body on the values computed so far. */
static gboolean
run_body_instr (const TelarCall *call, const TelarInstr *instr, TelarView *values, GError **error)
{
  g_autofree TelarView *inputs = g_new0 (TelarView, instr->n_inputs + 1);
  TelarCall inner = {
    .program = call->instr->body,
    .instr = instr,
    .inputs = inputs,
    .outputs = &values[instr->outputs[0]],
    .seed = call->seed,
    .step = call->step,
  };

  for (guint k = 0; k < instr->n_inputs; k++)
    inputs[k] = values[instr->inputs[k]];
  return telar_device_ref_class ()->run (NULL, &inner, error);
}

gboolean
ref_fused (const TelarCall *call, GError **error)
{
  const TelarProgram *body = call->instr->body;
  guint n_values = telar_program_n_values (body);
  g_autofree TelarView *values = g_new0 (TelarView, n_values);
  g_autoptr (GPtrArray) tensors =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  guint next_input = 0;

  for (guint i = 0; i < telar_program_n_instrs (body); i++) {
    const TelarInstr *instr = telar_program_instr (body, i);

    if (instr->prim == TELAR_PRIM_INPUT) {
      values[instr->outputs[0]] = call->inputs[next_input++];
      continue;
    }
    for (guint k = 0; k < instr->n_outputs; k++) {
      const TelarType *type = telar_program_type (body, instr->outputs[k]);
      TelarTensor *tensor = telar_tensor_new (type->dtype, &type->shape);
      g_ptr_array_add (tensors, tensor);
      values[instr->outputs[k]] = (TelarView){ *type, tensor->data };
    }
    if (!run_body_instr (call, instr, values, error))
      return FALSE;
  }
  for (guint i = 0; i < telar_program_n_outputs (body); i++) {
    const TelarView *result = &values[telar_program_output (body, i)->value];
    memcpy (call->outputs[i].data, result->data,
            ref_count (result) * telar_dtype_size (result->type.dtype));
  }
  return TRUE;
}
