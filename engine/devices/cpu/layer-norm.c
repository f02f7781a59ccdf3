/* Layer normalisation: each row for itself; the gradients of scale and bias as one partial sum per
 * piece of rows, added in order. */
#include "engine/devices/cpu/cpu.h"

#include <math.h>
#include <string.h>

typedef struct {
  const CpuDevice *device;
  const TelarCall *call;
  gsize rows, size;
  float epsilon;
} Layer;

static Layer
layer_of (const TelarInstr *instr, const TelarShape *shape)
{
  guint axis = (guint)telar_instr_int (instr, TELAR_ATTR_AXIS, 0);
  CpuLanes lanes = cpu_lanes (shape, axis, shape->rank - axis);

  return (Layer){ .rows = lanes.outer,
                  .size = lanes.length,
                  .epsilon = (float)telar_instr_real (instr, TELAR_ATTR_EPSILON, 1e-5) };
}

static gsize
grain (const Layer *layer)
{
  return 8192 / MAX (layer->size, 1) + 1;
}

static void
forward_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarCall *call = l->call;
  const CpuVector *v = &l->device->vector;
  float *mean = call->outputs[1].data, *inverse = call->outputs[2].data;

  for (gsize r = begin; r < end; r++) {
    CpuLayerRow row = { .x = (const float *)call->inputs[0].data + r * l->size,
                        .scale = call->inputs[1].data,
                        .bias = call->inputs[2].data,
                        .y = (float *)call->outputs[0].data + r * l->size };
    row.mean = v->reduce[CPU_SUM](row.x, l->size) / (float)l->size;
    float variance = v->squares (row.x, row.mean, l->size) / (float)l->size;
    row.inverse = 1.0f / sqrtf (variance + l->epsilon);
    v->layer (&row, l->size);
    mean[r] = row.mean;
    inverse[r] = row.inverse;
  }
}

static void
backward_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarCall *call = l->call;
  const float *mean = call->inputs[3].data, *inverse = call->inputs[4].data;
  float *partial = (float *)call->scratch + piece * 2 * l->size;

  for (gsize r = begin; r < end; r++) {
    CpuLayerRow row = { .x = (const float *)call->inputs[0].data + r * l->size,
                        .dy = (const float *)call->inputs[1].data + r * l->size,
                        .scale = call->inputs[2].data,
                        .mean = mean[r],
                        .inverse = inverse[r],
                        .y = (float *)call->outputs[0].data + r * l->size,
                        .dscale = partial,
                        .dbias = partial + l->size };
    l->device->vector.layer_grad (&row, l->size);
  }
}

static gboolean
run_forward (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Layer layer = layer_of (call->instr, &call->inputs[0].type.shape);

  layer.device = device, layer.call = call;
  cpu_parallel (device, layer.rows, grain (&layer), 1, forward_rows, &layer);
  return TRUE;
}

static gboolean
run_backward (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Layer layer = layer_of (call->instr, &call->inputs[0].type.shape);
  guint pieces = cpu_pieces (device, layer.rows, grain (&layer));
  float *partial = call->scratch, *dscale = call->outputs[1].data, *dbias = call->outputs[2].data;

  layer.device = device, layer.call = call;
  memset (partial, 0, pieces * 2 * layer.size * sizeof (float));
  cpu_parallel (device, layer.rows, grain (&layer), 1, backward_rows, &layer);
  memcpy (dscale, partial, layer.size * sizeof (float));
  memcpy (dbias, partial + layer.size, layer.size * sizeof (float));
  for (guint p = 1; p < pieces; p++) {
    device->vector.fold[CPU_SUM](dscale, partial + p * 2 * layer.size, 1, layer.size);
    device->vector.fold[CPU_SUM](dbias, partial + (p * 2 + 1) * layer.size, 1, layer.size);
  }
  return TRUE;
}

static gboolean
supports (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32) && telar_shape_elements (&site->inputs[0].shape) > 0;
}

static gboolean
prepare_backward (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  Layer layer = layer_of (site->instr, &site->inputs[0].shape);

  prepared->scratch = site->device->base.threads * 2 * layer.size * sizeof (float);
  return TRUE;
}

static const CpuKernel layer_norm_kernels[] = {
  { TELAR_PRIM_LAYER_NORM, "vector layer norm", supports, NULL, run_forward },
  { TELAR_PRIM_LAYER_NORM_GRAD, "vector layer norm", supports, prepare_backward, run_backward },
};

CPU_FAMILY (layer_norm);
