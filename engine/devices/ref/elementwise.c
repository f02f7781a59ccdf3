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
  case TELAR_PRIM_ATAN:
    return atan (x);
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
  default: /* CAST, STOP, and no activation: the storing converts */
    return x;
  }
}

/* x / y rounded towards zero; 0 where y is 0, which C leaves open. */
static gint64
quotient (gint64 x, gint64 y, gboolean is_unsigned)
{
  if (y == 0)
    return 0;
  if (is_unsigned)
    return (gint64)((guint64)x / (guint64)y);
  return y == -1 ? (gint64)(0 - (guint64)x) : x / y;
}

static gint64
integer_modulo (gint64 x, gint64 y, gboolean is_unsigned)
{
  if (y == 0)
    return 0;
  if (is_unsigned)
    return (gint64)((guint64)x % (guint64)y);
  gint64 rest = y == -1 ? 0 : x % y;
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static gboolean
is_below (gint64 x, gint64 y, gboolean is_unsigned)
{
  return is_unsigned ? (guint64)x < (guint64)y : x < y;
}

/* Shifting by all bits or more leaves nothing; what is left of a narrower type wraps when stored.
 */
static gint64
shift_left (gint64 x, guint64 by)
{
  return by < 64 ? (gint64)((guint64)x << by) : 0;
}

/* The sign, where there is one, moves in from the left. */
static gint64
shift_right (gint64 x, guint64 by, gboolean is_unsigned)
{
  if (is_unsigned)
    return by < 64 ? (gint64)((guint64)x >> by) : 0;
  return x >> MIN (by, 63);
}

/* FALSE for the primitives that know no bits. */
static gboolean
bits_scalar (TelarPrim prim, gint64 x, gint64 y, gboolean is_unsigned, gint64 *result)
{
  switch ((guint)prim) {
  case TELAR_PRIM_BIT_NOT:
    *result = ~x;
    return TRUE;
  case TELAR_PRIM_BIT_AND:
    *result = x & y;
    return TRUE;
  case TELAR_PRIM_BIT_OR:
    *result = x | y;
    return TRUE;
  case TELAR_PRIM_BIT_XOR:
    *result = x ^ y;
    return TRUE;
  case TELAR_PRIM_SHIFT_LEFT:
    *result = shift_left (x, (guint64)y);
    return TRUE;
  case TELAR_PRIM_SHIFT_RIGHT:
    *result = shift_right (x, (guint64)y, is_unsigned);
    return TRUE;
  default:
    return FALSE;
  }
}

/* What can be done on integers alone: every bit counts, and overflow wraps around. FALSE for the
 * primitives that go through double. */
static gboolean
integer_scalar (TelarPrim prim, const gint64 arguments[3], gboolean is_unsigned, gint64 *result)
{
  gint64 x = arguments[0], y = arguments[1];
  switch ((guint)prim) {
  case TELAR_PRIM_NEG:
    *result = (gint64)(0 - (guint64)x);
    return TRUE;
  case TELAR_PRIM_ABS:
    *result = x < 0 && !is_unsigned ? (gint64)(0 - (guint64)x) : x;
    return TRUE;
  case TELAR_PRIM_CAST:
  case TELAR_PRIM_STOP:
    *result = x;
    return TRUE;
  case TELAR_PRIM_ADD:
    *result = (gint64)((guint64)x + (guint64)y);
    return TRUE;
  case TELAR_PRIM_SUB:
    *result = (gint64)((guint64)x - (guint64)y);
    return TRUE;
  case TELAR_PRIM_MUL:
    *result = (gint64)((guint64)x * (guint64)y);
    return TRUE;
  case TELAR_PRIM_DIV:
    *result = quotient (x, y, is_unsigned);
    return TRUE;
  case TELAR_PRIM_MOD:
    *result = integer_modulo (x, y, is_unsigned);
    return TRUE;
  case TELAR_PRIM_MAXIMUM:
    *result = is_below (x, y, is_unsigned) ? y : x;
    return TRUE;
  case TELAR_PRIM_MINIMUM:
    *result = is_below (y, x, is_unsigned) ? y : x;
    return TRUE;
  case TELAR_PRIM_EQUAL:
    *result = x == y;
    return TRUE;
  case TELAR_PRIM_LESS:
    *result = is_below (x, y, is_unsigned);
    return TRUE;
  case TELAR_PRIM_LESS_EQUAL:
    *result = !is_below (y, x, is_unsigned);
    return TRUE;
  case TELAR_PRIM_SELECT:
    *result = x != 0 ? y : arguments[2];
    return TRUE;
  default:
    return bits_scalar (prim, x, y, is_unsigned, result);
  }
}

static gboolean
is_integral (const TelarView *view)
{
  return telar_dtype_is_integer (view->type.dtype) || view->type.dtype == TELAR_BOOL;
}

/* FALSE when the call is not one for integers. */
static gboolean
run_integers (const TelarCall *call)
{
  const TelarView *out = &call->outputs[0];
  guint n_inputs = call->instr->n_inputs;
  gboolean is_unsigned = telar_dtype_is_unsigned (call->inputs[n_inputs - 1].type.dtype);
  gint64 index[TELAR_MAX_RANK], probe, none[3] = { 0 };
  gboolean integral = is_integral (out);
  for (guint k = 0; k < n_inputs; k++)
    integral = integral && is_integral (&call->inputs[k]);
  if (!integral || !integer_scalar (call->instr->prim, none, FALSE, &probe))
    return FALSE;
  for (gsize i = 0; i < ref_count (out); i++) {
    gint64 arguments[3] = { 0 }, result = 0;
    ref_unravel (&out->type.shape, i, index);
    for (guint k = 0; k < n_inputs; k++) {
      const TelarView *in = &call->inputs[k];
      gsize flat = ref_broadcast_flat (&out->type.shape, index, &in->type.shape);
      arguments[k] = telar_element_get_bits (in->type.dtype, in->data, flat);
    }
    integer_scalar (call->instr->prim, arguments, is_unsigned, &result);
    telar_element_set_bits (out->type.dtype, out->data, i, result);
  }
  return TRUE;
}

gboolean
ref_elementwise (const TelarCall *call, GError **error)
{
  if (run_integers (call))
    return TRUE;
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
