/* Reference kernels that move elements without changing them. They copy bytes, so every type is
 * exact. */
#include "engine/devices/ref/ref.h"

#include <string.h>

static void
copy_element (const TelarView *out, gsize to, const TelarView *in, gsize from)
{
  gsize size = telar_dtype_size (out->type.dtype);

  memcpy ((char *)out->data + to * size, (const char *)in->data + from * size, size);
}

gboolean
ref_reshape (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];

  if (out->data != call->inputs[0].data)
    memcpy (out->data, call->inputs[0].data, ref_count (out) * telar_dtype_size (out->type.dtype));
  return TRUE;
}

/* Walks the output; @source gives, for an output index, the index in the input. */
typedef void (*SourceOf) (const TelarCall *call, const gint64 *at, gint64 *from);

static gboolean
pull (const TelarCall *call, SourceOf source)
{
  const TelarView *out = &call->outputs[0], *in = &call->inputs[0];
  gint64 at[TELAR_MAX_RANK], from[TELAR_MAX_RANK];
  gsize n = ref_count (out);

  for (gsize i = 0; i < n; i++) {
    ref_unravel (&out->type.shape, i, at);
    source (call, at, from);
    copy_element (out, i, in, ref_ravel (&in->type.shape, from));
  }
  return TRUE;
}

static void
transposed (const TelarCall *call, const gint64 *at, gint64 *from)
{
  for (guint axis = 0; axis < call->outputs[0].type.shape.rank; axis++)
    from[telar_instr_item (call->instr, TELAR_ATTR_PERM, axis, 0)] = at[axis];
}

gboolean
ref_transpose (const TelarCall *call, GError **error)
{
  return pull (call, transposed);
}

static void
sliced (const TelarCall *call, const gint64 *at, gint64 *from)
{
  for (guint axis = 0; axis < call->outputs[0].type.shape.rank; axis++)
    from[axis] = telar_instr_item (call->instr, TELAR_ATTR_START, axis, 0) +
                 at[axis] * telar_instr_item (call->instr, TELAR_ATTR_STRIDE, axis, 1);
}

gboolean
ref_slice (const TelarCall *call, GError **error)
{
  return pull (call, sliced);
}

static void
reversed (const TelarCall *call, const gint64 *at, gint64 *from)
{
  const TelarShape *shape = &call->outputs[0].type.shape;
  const TelarAttr *axes = telar_instr_attr (call->instr, TELAR_ATTR_AXES);

  memcpy (from, at, shape->rank * sizeof (gint64));
  for (guint i = 0; i < axes->n; i++)
    from[axes->ints[i]] = shape->dims[axes->ints[i]] - 1 - at[axes->ints[i]];
}

gboolean
ref_reverse (const TelarCall *call, GError **error)
{
  return pull (call, reversed);
}

gboolean
ref_broadcast (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0], *in = &call->inputs[0];
  gint64 at[TELAR_MAX_RANK];
  gsize n = ref_count (out);

  for (gsize i = 0; i < n; i++) {
    ref_unravel (&out->type.shape, i, at);
    copy_element (out, i, in, ref_broadcast_flat (&out->type.shape, at, &in->type.shape));
  }
  return TRUE;
}

gboolean
ref_pad (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0], *in = &call->inputs[0];
  gint64 at[TELAR_MAX_RANK];
  gsize n = ref_count (in);

  ref_fill (call, error);
  for (gsize i = 0; i < n; i++) {
    ref_unravel (&in->type.shape, i, at);
    for (guint axis = 0; axis < in->type.shape.rank; axis++)
      at[axis] = telar_instr_item (call->instr, TELAR_ATTR_LOW, axis, 0) +
                 at[axis] * (1 + telar_instr_item (call->instr, TELAR_ATTR_INTERIOR, axis, 0));
    copy_element (out, ref_ravel (&out->type.shape, at), in, i);
  }
  return TRUE;
}

gboolean
ref_concat (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  gint64 offset = 0, at[TELAR_MAX_RANK];

  for (guint k = 0; k < call->instr->n_inputs; k++) {
    const TelarView *in = &call->inputs[k];
    gsize n = ref_count (in);

    for (gsize i = 0; i < n; i++) {
      ref_unravel (&in->type.shape, i, at);
      at[axis] += offset;
      copy_element (out, ref_ravel (&out->type.shape, at), in, i);
    }
    offset += in->type.shape.dims[axis];
  }
  return TRUE;
}

/* Splits an index of data[:axis] + indices + data[axis+1:] into the place among the indices and, in
 * @whole, the index into data with its @axis left open. */
static gsize
split_index (const gint64 *at, guint axis, const TelarShape *indices, const TelarShape *whole,
             gint64 *in_whole)
{
  for (guint i = 0; i < axis; i++)
    in_whole[i] = at[i];
  for (guint i = axis + 1; i < whole->rank; i++)
    in_whole[i] = at[i + indices->rank - 1];
  return ref_ravel (indices, at + axis);
}

static gboolean
index_at (const TelarCall *call, gsize place, gint64 size, gint64 *index, GError **error)
{
  const TelarView *indices = &call->inputs[1];

  *index = (gint64)telar_element_get (indices->type.dtype, indices->data, place);
  if (*index >= 0 && *index < size)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, call->instr->origin,
                   "index %" G_GINT64_FORMAT " is outside 0 to %" G_GINT64_FORMAT, *index,
                   size - 1);
  return FALSE;
}

gboolean
ref_gather (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0], *in = &call->inputs[0];
  const TelarShape *indices = &call->inputs[1].type.shape, *whole = &in->type.shape;
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  gint64 at[TELAR_MAX_RANK], from[TELAR_MAX_RANK];
  gsize n = ref_count (out);

  for (gsize i = 0; i < n; i++) {
    ref_unravel (&out->type.shape, i, at);
    gsize place = split_index (at, axis, indices, whole, from);
    if (!index_at (call, place, whole->dims[axis], &from[axis], error))
      return FALSE;
    copy_element (out, i, in, ref_ravel (whole, from));
  }
  return TRUE;
}

gboolean
ref_scatter_add (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0], *updates = &call->inputs[0];
  const TelarShape *indices = &call->inputs[1].type.shape, *whole = &out->type.shape;
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  g_autofree double *sums = g_new0 (double, ref_count (out) + 1);
  gint64 at[TELAR_MAX_RANK], to[TELAR_MAX_RANK];
  gsize n = ref_count (updates);

  for (gsize i = 0; i < n; i++) {
    ref_unravel (&updates->type.shape, i, at);
    gsize place = split_index (at, axis, indices, whole, to);
    if (!index_at (call, place, whole->dims[axis], &to[axis], error))
      return FALSE;
    sums[ref_ravel (whole, to)] += telar_element_get (updates->type.dtype, updates->data, i);
  }
  ref_store (out, sums);
  return TRUE;
}

/* An index outside [0, size) gives a row of zeros. */
gboolean
ref_one_hot (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  gint64 size = telar_instr_int (call->instr, TELAR_ATTR_SIZE, 0);
  g_autofree double *indices = ref_load (&call->inputs[0]);
  gsize n = ref_count (&call->inputs[0]);

  for (gsize i = 0; i < n; i++)
    for (gint64 k = 0; k < size; k++)
      telar_element_set (out->type.dtype, out->data, i * (gsize)size + (gsize)k,
                         indices[i] == (double)k);
  return TRUE;
}
