/* Elementwise primitives and fused regions: both are expressions. */
#include "engine/devices/cpu/expression.h"

static gboolean
supports (const CpuSite *site)
{
  g_autoptr (Expression) expression = expression_new (site);

  return expression != NULL;
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  Expression *expression = expression_new (site);

  prepared->data = expression;
  prepared->free = (GDestroyNotify)expression_free;
  prepared->scratch = expression_scratch (expression);
  return TRUE;
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  expression_run (call->prepared, device, call);
  return TRUE;
}

#define ELEMENTWISE(PRIM) { TELAR_PRIM_##PRIM, "vector elementwise", supports, prepare, run },

/* clang-format off */
static const CpuKernel elementwise_kernels[] = {
  ELEMENTWISE (NEG) ELEMENTWISE (ABS) ELEMENTWISE (SIGN) ELEMENTWISE (EXP) ELEMENTWISE (LOG)
  ELEMENTWISE (LOG1P) ELEMENTWISE (SQRT) ELEMENTWISE (RSQRT) ELEMENTWISE (RECIPROCAL)
  ELEMENTWISE (SIN) ELEMENTWISE (COS) ELEMENTWISE (ATAN) ELEMENTWISE (TANH) ELEMENTWISE (SIGMOID)
  ELEMENTWISE (SOFTPLUS) ELEMENTWISE (ERF) ELEMENTWISE (FLOOR) ELEMENTWISE (CEIL)
  ELEMENTWISE (ROUND) ELEMENTWISE (RELU) ELEMENTWISE (NOT) ELEMENTWISE (ISNAN) ELEMENTWISE (CAST)
  ELEMENTWISE (ADD) ELEMENTWISE (SUB) ELEMENTWISE (MUL) ELEMENTWISE (DIV) ELEMENTWISE (POW)
  ELEMENTWISE (MAXIMUM) ELEMENTWISE (MINIMUM) ELEMENTWISE (MOD) ELEMENTWISE (EQUAL)
  ELEMENTWISE (LESS) ELEMENTWISE (LESS_EQUAL) ELEMENTWISE (AND) ELEMENTWISE (OR)
  ELEMENTWISE (SELECT) ELEMENTWISE (BIT_AND) ELEMENTWISE (BIT_OR) ELEMENTWISE (BIT_XOR)
  ELEMENTWISE (BIT_NOT) ELEMENTWISE (STOP)
  { TELAR_PRIM_FUSED, "vector fused", supports, prepare, run },
};
/* clang-format on */

CPU_FAMILY (elementwise);
