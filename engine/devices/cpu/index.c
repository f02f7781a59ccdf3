/* Primitives that look up or spread by index. */
#include "engine/devices/cpu/cpu.h"

#include <string.h>

/* Along @axis: [outer, size, inner] on the side of the table, [outer, n, inner] on the other. */
typedef struct {
  const CpuDevice *device;
  gsize outer, inner, size, n;
  gint64 *indices;
  const char *from;
  char *to;
  gsize element;
} Lookup;

static Lookup
lookup_of (const CpuDevice *device, const TelarCall *call, const TelarView *table)
{
  CpuLanes lanes =
      cpu_lanes (&table->type.shape, (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0), 1);

  return (Lookup){
    .device = device,
    .outer = lanes.outer,
    .inner = lanes.inner,
    .size = lanes.length,
    .n = telar_shape_elements (&call->inputs[1].type.shape),
    .from = call->inputs[0].data,
    .to = call->outputs[0].data,
    .element = telar_dtype_size (call->outputs[0].type.dtype),
  };
}

/* All indices, checked before anything is written. */
static gint64 *
load_indices (const TelarCall *call, const Lookup *l, GError **error)
{
  const TelarView *view = &call->inputs[1];
  g_autofree gint64 *indices = g_new (gint64, l->n + 1);

  for (gsize i = 0; i < l->n; i++) {
    indices[i] = view->type.dtype == TELAR_I64
                     ? ((const gint64 *)view->data)[i]
                     : (gint64)telar_element_get (view->type.dtype, view->data, i);
    if (indices[i] < 0 || indices[i] >= (gint64)l->size) {
      telar_set_error (error, TELAR_ERROR_INVALID, call->instr->origin,
                       "index %" G_GINT64_FORMAT " is outside 0 to %" G_GINT64_FORMAT, indices[i],
                       (gint64)l->size - 1);
      return NULL;
    }
  }
  return g_steal_pointer (&indices);
}

/* Single numbers are what forests of trees look up, by the million. */
static inline void
copy_row (char *to, const char *from, gsize bytes)
{
  if (bytes == 4)
    memcpy (to, from, 4);
  else if (bytes == 8)
    memcpy (to, from, 8);
  else
    memcpy (to, from, bytes);
}

/* Items are the rows of the result. */
static void
gather_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Lookup *l = data;
  gsize bytes = l->inner * l->element, outer = begin / l->n, i = begin % l->n;

  for (gsize row = begin; row < end; row++) {
    gsize from = outer * l->size + (gsize)l->indices[i];
    copy_row (l->to + row * bytes, l->from + from * bytes, bytes);
    if (++i == l->n) {
      i = 0;
      outer++;
    }
  }
}

static gboolean
run_gather (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Lookup l = lookup_of (device, call, &call->inputs[0]);
  g_autofree gint64 *indices = load_indices (call, &l, error);

  if (indices == NULL)
    return FALSE;
  l.indices = indices;
  cpu_parallel (device, l.outer * l.n, 8192 / MAX (l.inner, 1) + 1, 1, gather_rows, &l);
  return TRUE;
}

/* Items are the places of the table: each thread adds what falls into its part, in the order of the
 * indices, so the sums do not depend on the threads. */
static void
scatter_places (void *data, gsize begin, gsize end, guint piece)
{
  const Lookup *l = data;
  const float *from = (const float *)l->from;
  float *to = (float *)l->to;

  for (gsize o = 0; o < l->outer; o++)
    for (gsize i = 0; i < l->n; i++) {
      gsize place = (gsize)l->indices[i];
      if (place >= begin && place < end)
        l->device->vector.fold[CPU_SUM](to + (o * l->size + place) * l->inner,
                                        from + (o * l->n + i) * l->inner, 1, l->inner);
    }
}

static gboolean
run_scatter_add (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Lookup l = lookup_of (device, call, &call->outputs[0]);
  g_autofree gint64 *indices = load_indices (call, &l, error);
  gsize work = l.outer * l.n * l.inner;

  if (indices == NULL)
    return FALSE;
  l.indices = indices;
  memset (l.to, 0, l.outer * l.size * l.inner * l.element);
  cpu_parallel (device, l.size, work > 65536 ? 1 : l.size, 1, scatter_places, &l);
  return TRUE;
}

/* An index outside [0, size) gives a row of zeros. */
static gboolean
run_one_hot (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarView *in = &call->inputs[0], *out = &call->outputs[0];
  gsize size = (gsize)telar_instr_int (call->instr, TELAR_ATTR_SIZE, 0);
  gsize n = telar_shape_elements (&in->type.shape);

  memset (out->data, 0, n * size * telar_dtype_size (out->type.dtype));
  for (gsize i = 0; i < n; i++) {
    double index = telar_element_get (in->type.dtype, in->data, i);
    if (index >= 0 && index < (double)size && index == (double)(gsize)index)
      telar_element_set (out->type.dtype, out->data, i * size + (gsize)index, 1);
  }
  return TRUE;
}

static gboolean
supports_any (const CpuSite *site)
{
  return TRUE;
}

static gboolean
supports_f32 (const CpuSite *site)
{
  return site->outputs[0].dtype == TELAR_F32;
}

static const CpuKernel index_kernels[] = {
  { TELAR_PRIM_GATHER, "gather", supports_any, NULL, run_gather },
  { TELAR_PRIM_SCATTER_ADD, "scatter", supports_f32, NULL, run_scatter_add },
  { TELAR_PRIM_ONE_HOT, "one hot", supports_any, NULL, run_one_hot },
};

CPU_FAMILY (index);
