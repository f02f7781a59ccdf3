/* Primitives that move elements without changing them: each only says which strides to walk. */
#include "engine/devices/cpu/copy.h"

#include <string.h>

static CpuCopy
copy_of (const TelarView *walked, gsize element)
{
  CpuCopy copy = { .rank = walked->type.shape.rank, .element = element };

  for (guint i = 0; i < copy.rank; i++)
    copy.dims[i] = (gsize)walked->type.shape.dims[i];
  return copy;
}

static gsize
element_size (const TelarCall *call)
{
  return telar_dtype_size (call->outputs[0].type.dtype);
}

/* A copy that fills the output in order; the caller sets the strides of the source. */
static CpuCopy
to_output (const TelarCall *call)
{
  CpuCopy copy = copy_of (&call->outputs[0], element_size (call));

  telar_shape_strides (&call->outputs[0].type.shape, copy.to);
  return copy;
}

static gboolean
finish (const CpuDevice *device, const TelarCall *call, CpuCopy *copy, gint64 from_offset)
{
  const char *from = call->inputs[0].data;

  cpu_copy (device, copy, call->outputs[0].data, from + from_offset * (gint64)copy->element);
  return TRUE;
}

static gboolean
run_reshape (const CpuDevice *device, const TelarCall *call, GError **error)
{
  CpuCopy copy = to_output (call);

  if (call->outputs[0].data == call->inputs[0].data)
    return TRUE;
  memcpy (copy.from, copy.to, sizeof copy.from);
  return finish (device, call, &copy, 0);
}

static gboolean
run_transpose (const CpuDevice *device, const TelarCall *call, GError **error)
{
  CpuCopy copy = to_output (call);
  gint64 strides[TELAR_MAX_RANK];

  telar_shape_strides (&call->inputs[0].type.shape, strides);
  for (guint i = 0; i < copy.rank; i++)
    copy.from[i] = strides[telar_instr_item (call->instr, TELAR_ATTR_PERM, i, 0)];
  return finish (device, call, &copy, 0);
}

static gboolean
run_broadcast (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarShape *shape = &call->inputs[0].type.shape;
  CpuCopy copy = to_output (call);
  gint64 strides[TELAR_MAX_RANK];
  guint skipped = copy.rank - shape->rank;

  telar_shape_strides (shape, strides);
  for (guint i = 0; i < copy.rank; i++)
    copy.from[i] = i < skipped || shape->dims[i - skipped] == 1 ? 0 : strides[i - skipped];
  return finish (device, call, &copy, 0);
}

static gboolean
run_slice (const CpuDevice *device, const TelarCall *call, GError **error)
{
  CpuCopy copy = to_output (call);
  gint64 strides[TELAR_MAX_RANK], offset = 0;

  telar_shape_strides (&call->inputs[0].type.shape, strides);
  for (guint i = 0; i < copy.rank; i++) {
    offset += telar_instr_item (call->instr, TELAR_ATTR_START, i, 0) * strides[i];
    copy.from[i] = telar_instr_item (call->instr, TELAR_ATTR_STRIDE, i, 1) * strides[i];
  }
  return finish (device, call, &copy, offset);
}

static gboolean
run_reverse (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarAttr *axes = telar_instr_attr (call->instr, TELAR_ATTR_AXES);
  CpuCopy copy = to_output (call);
  gint64 offset = 0;

  memcpy (copy.from, copy.to, sizeof copy.from);
  for (guint i = 0; i < axes->n; i++) {
    gint64 axis = axes->ints[i];
    offset += ((gint64)copy.dims[axis] - 1) * copy.to[axis];
    copy.from[axis] = -copy.to[axis];
  }
  return finish (device, call, &copy, offset);
}

static gboolean
run_pad (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  gsize element = element_size (call);
  CpuCopy copy = copy_of (&call->inputs[0], element);
  gint64 offset = 0, strides[TELAR_MAX_RANK];
  guint64 fill = 0;

  telar_element_set (out->type.dtype, &fill, 0, telar_instr_real (call->instr, TELAR_ATTR_FILL, 0));
  cpu_fill (device, out->data, &fill, element, telar_shape_elements (&out->type.shape));
  telar_shape_strides (&out->type.shape, strides);
  telar_shape_strides (&call->inputs[0].type.shape, copy.from);
  for (guint i = 0; i < copy.rank; i++) {
    offset += telar_instr_item (call->instr, TELAR_ATTR_LOW, i, 0) * strides[i];
    copy.to[i] = strides[i] * (1 + telar_instr_item (call->instr, TELAR_ATTR_INTERIOR, i, 0));
  }
  cpu_copy (device, &copy, (char *)out->data + offset * (gint64)element, call->inputs[0].data);
  return TRUE;
}

static gboolean
run_concat (const CpuDevice *device, const TelarCall *call, GError **error)
{
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  gsize element = element_size (call);
  gint64 strides[TELAR_MAX_RANK], offset = 0;

  telar_shape_strides (&call->outputs[0].type.shape, strides);
  for (guint k = 0; k < call->instr->n_inputs; k++) {
    CpuCopy copy = copy_of (&call->inputs[k], element);

    memcpy (copy.to, strides, sizeof copy.to);
    telar_shape_strides (&call->inputs[k].type.shape, copy.from);
    cpu_copy (device, &copy, (char *)call->outputs[0].data + offset * (gint64)element,
              call->inputs[k].data);
    offset += call->inputs[k].type.shape.dims[axis] * strides[axis];
  }
  return TRUE;
}

static gboolean
supports (const CpuSite *site)
{
  return TRUE;
}

static const CpuKernel shape_kernels[] = {
  { TELAR_PRIM_RESHAPE, "copy", supports, NULL, run_reshape },
  { TELAR_PRIM_TRANSPOSE, "copy", supports, NULL, run_transpose },
  { TELAR_PRIM_BROADCAST, "copy", supports, NULL, run_broadcast },
  { TELAR_PRIM_SLICE, "copy", supports, NULL, run_slice },
  { TELAR_PRIM_REVERSE, "copy", supports, NULL, run_reverse },
  { TELAR_PRIM_PAD, "copy", supports, NULL, run_pad },
  { TELAR_PRIM_CONCAT, "copy", supports, NULL, run_concat },
};

CPU_FAMILY (shape);
