/* Operands in half precision, widened before a kernel of float32 and rounded after it. */
#include "engine/devices/cpu/half.h"

enum { ALIGN = 64, GRAIN = 1 << 14 };

static gboolean
is_half (TelarDType dtype)
{
  return dtype == TELAR_F16 || dtype == TELAR_BF16;
}

static gboolean
widen_types (const TelarType *types, guint n, TelarType *wide)
{
  gboolean any = FALSE;

  for (guint i = 0; i < n; i++) {
    wide[i] = types[i];
    if (is_half (types[i].dtype)) {
      wide[i].dtype = TELAR_F32;
      any = TRUE;
    }
  }
  return any;
}

gboolean
cpu_half_widen (const CpuSite *site, TelarType *inputs, TelarType *outputs, CpuSite *wide)
{
  gboolean in = widen_types (site->inputs, site->instr->n_inputs, inputs);
  gboolean out = widen_types (site->outputs, site->instr->n_outputs, outputs);

  *wide = *site;
  wide->inputs = inputs;
  wide->outputs = outputs;
  return in || out;
}

static gsize
aligned (gsize bytes)
{
  return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

static gsize
wide_bytes (const TelarType *type)
{
  return is_half (type->dtype) ? aligned (telar_shape_elements (&type->shape) * sizeof (float)) : 0;
}

gsize
cpu_half_scratch (const CpuSite *site)
{
  gsize bytes = 0;

  for (guint i = 0; i < site->instr->n_inputs; i++)
    bytes += wide_bytes (&site->inputs[i]);
  for (guint i = 0; i < site->instr->n_outputs; i++)
    bytes += wide_bytes (&site->outputs[i]);
  return bytes;
}

/* --- converting ------------------------------------------------------------------------------- */

typedef struct {
  guint16 *half;
  float *wide;
  gboolean brain; /* bfloat16 */
} Conversion;

static void
widen (void *data, gsize begin, gsize end, guint piece)
{
  const Conversion *c = data;
  (void)piece;

  if (c->brain)
    for (gsize i = begin; i < end; i++)
      c->wide[i] = telar_bf16_to_f32 (c->half[i]);
  else
    for (gsize i = begin; i < end; i++)
      c->wide[i] = telar_f16_to_f32 (c->half[i]);
}

static void
narrow (void *data, gsize begin, gsize end, guint piece)
{
  const Conversion *c = data;
  (void)piece;

  if (c->brain)
    for (gsize i = begin; i < end; i++)
      c->half[i] = telar_bf16_from_f32 (c->wide[i]);
  else
    for (gsize i = begin; i < end; i++)
      c->half[i] = telar_f16_from_f32 (c->wide[i]);
}

static void
convert (const CpuDevice *device, CpuBody body, const TelarView *half, const TelarView *wide)
{
  Conversion conversion = { half->data, wide->data, half->type.dtype == TELAR_BF16 };

  cpu_parallel (device, telar_shape_elements (&half->type.shape), GRAIN, ALIGN, body, &conversion);
}

/* @view in float32, in the scratch memory at @at, which moves behind it. */
static TelarView
place (const TelarView *view, char **at)
{
  TelarView wide = *view;

  if (!is_half (view->type.dtype))
    return wide;
  wide.type.dtype = TELAR_F32;
  wide.data = *at;
  *at += wide_bytes (&view->type);
  return wide;
}

gboolean
cpu_half_run (const CpuDevice *device, const CpuKernel *kernel, const TelarCall *call, gsize own,
              GError **error)
{
  guint n_in = call->instr->n_inputs, n_out = call->instr->n_outputs;
  g_autofree TelarView *inputs = g_new (TelarView, n_in + 1);
  g_autofree TelarView *outputs = g_new (TelarView, n_out + 1);
  char *at = (char *)call->scratch + aligned (own);
  TelarCall wide = *call;

  for (guint i = 0; i < n_in; i++) {
    inputs[i] = place (&call->inputs[i], &at);
    if (is_half (call->inputs[i].type.dtype))
      convert (device, widen, &call->inputs[i], &inputs[i]);
  }
  for (guint i = 0; i < n_out; i++)
    outputs[i] = place (&call->outputs[i], &at);
  wide.inputs = inputs;
  wide.outputs = outputs;
  if (!kernel->run (device, &wide, error))
    return FALSE;
  for (guint i = 0; i < n_out; i++)
    if (is_half (call->outputs[i].type.dtype))
      convert (device, narrow, &call->outputs[i], &outputs[i]);
  return TRUE;
}
