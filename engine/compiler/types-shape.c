/* Type rules of the primitives that change shapes, and of reductions. An axis that grows with the
 * batch can be kept, moved, joined with its like or reduced; it cannot be cut. */
#include "engine/compiler/types.h"

#define is_symbolic(dim) ((dim) < 0)

gboolean
telar_type_reshape (TelarTypeCall *c)
{
  gint64 from, to;
  g_autofree char *a = NULL, *b = NULL;

  c->out[0] = (TelarType){ c->in[0].dtype, telar_instr_shape (&c->instr, TELAR_ATTR_SHAPE) };
  if (!telar_shape_count (&c->out[0].shape, &to))
    return telar_type_fail (c, "the new shape is too large or has the batch in two axes");
  if (telar_shape_count (&c->in[0].shape, &from) && from == to)
    return TRUE;
  a = telar_type_words (&c->in[0].shape);
  b = telar_type_words (&c->out[0].shape);
  return telar_type_fail (c, "%s cannot become %s: the number of elements differs", a, b);
}

gboolean
telar_type_transpose (TelarTypeCall *c)
{
  const TelarAttr *perm = telar_instr_attr (&c->instr, TELAR_ATTR_PERM);
  guint rank = c->in[0].shape.rank, seen = 0;

  if (perm->n != rank)
    return telar_type_fail (c, "perm has %u numbers for %u axes", perm->n, rank);
  c->out[0] = c->in[0];
  for (guint i = 0; i < rank; i++) {
    if (perm->ints[i] >= rank || (seen >> perm->ints[i]) & 1)
      return telar_type_fail (c, "perm must name each of the %u axes once", rank);
    seen |= 1u << perm->ints[i];
    c->out[0].shape.dims[i] = c->in[0].shape.dims[perm->ints[i]];
  }
  return TRUE;
}

gboolean
telar_type_broadcast (TelarTypeCall *c)
{
  TelarShape target = telar_instr_shape (&c->instr, TELAR_ATTR_SHAPE), joined;
  g_autofree char *a = NULL, *b = NULL;

  c->out[0] = (TelarType){ c->in[0].dtype, target };
  if (telar_shape_broadcast (&c->in[0].shape, &target, &joined) &&
      telar_shape_equal (&joined, &target))
    return TRUE;
  a = telar_type_words (&c->in[0].shape);
  b = telar_type_words (&target);
  return telar_type_fail (c, "%s cannot be repeated into %s", a, b);
}

static gboolean
slice_axis (TelarTypeCall *c, guint axis)
{
  gint64 dim = c->in[0].shape.dims[axis];
  gint64 start = telar_instr_item (&c->instr, TELAR_ATTR_START, axis, 0);
  gint64 limit = telar_instr_item (&c->instr, TELAR_ATTR_LIMIT, axis, 0);
  gint64 stride = telar_instr_item (&c->instr, TELAR_ATTR_STRIDE, axis, 1);

  if (is_symbolic (dim)) {
    if (start != 0 || limit != -1 || stride != 1)
      return telar_type_fail (c, "axis %u grows with the batch and must stay whole", axis);
    return TRUE;
  }
  if (limit < start || limit > dim)
    return telar_type_fail (c,
                            "from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                            " does not lie in axis %u of %" G_GINT64_FORMAT,
                            start, limit, axis, dim);
  c->out[0].shape.dims[axis] = (limit - start + stride - 1) / stride;
  return TRUE;
}

gboolean
telar_type_slice (TelarTypeCall *c)
{
  guint rank = c->in[0].shape.rank;

  c->out[0] = c->in[0];
  if (!telar_type_want_items (c, TELAR_ATTR_START, rank, 0) ||
      !telar_type_want_items (c, TELAR_ATTR_LIMIT, rank, -1) ||
      !telar_type_want_items (c, TELAR_ATTR_STRIDE, rank, 1))
    return FALSE;
  for (guint i = 0; i < rank; i++)
    if (!slice_axis (c, i))
      return FALSE;
  return TRUE;
}

static gboolean
pad_axis (TelarTypeCall *c, guint axis)
{
  gint64 dim = c->in[0].shape.dims[axis];
  gint64 low = telar_instr_item (&c->instr, TELAR_ATTR_LOW, axis, 0);
  gint64 high = telar_instr_item (&c->instr, TELAR_ATTR_HIGH, axis, 0);
  gint64 interior = telar_instr_item (&c->instr, TELAR_ATTR_INTERIOR, axis, 0);
  gint64 between;

  if (is_symbolic (dim)) {
    if (low != 0 || high != 0 || interior != 0)
      return telar_type_fail (c, "axis %u grows with the batch and cannot be padded", axis);
    return TRUE;
  }
  if (__builtin_mul_overflow (MAX (dim - 1, 0), interior, &between) || between > TELAR_MAX_DIM)
    return telar_type_fail (c, "axis %u becomes too large", axis);
  c->out[0].shape.dims[axis] = low + dim + between + high;
  return TRUE;
}

gboolean
telar_type_pad (TelarTypeCall *c)
{
  guint rank = c->in[0].shape.rank;

  c->out[0] = c->in[0];
  if (!telar_type_want_items (c, TELAR_ATTR_LOW, rank, 0) ||
      !telar_type_want_items (c, TELAR_ATTR_HIGH, rank, 0) ||
      !telar_type_want_items (c, TELAR_ATTR_INTERIOR, rank, 0))
    return FALSE;
  for (guint i = 0; i < rank; i++)
    if (!pad_axis (c, i))
      return FALSE;
  return TRUE;
}

gboolean
telar_type_concat (TelarTypeCall *c)
{
  TelarShape *out = &c->out[0].shape;
  guint axis;

  if (!telar_type_axis (c, &axis))
    return FALSE;
  c->out[0] = c->in[0];
  for (guint i = 1; i < c->n_in; i++) {
    TelarShape expected = c->in[0].shape;
    const TelarShape *shape = &c->in[i].shape;
    g_autofree char *a = NULL, *b = NULL;

    if (axis < shape->rank)
      expected.dims[axis] = shape->dims[axis];
    if (c->in[i].dtype == c->in[0].dtype && telar_shape_equal (shape, &expected) &&
        is_symbolic (shape->dims[axis]) == is_symbolic (out->dims[axis])) {
      out->dims[axis] += shape->dims[axis];
      continue;
    }
    a = telar_type_to_string (&c->in[0]);
    b = telar_type_to_string (&c->in[i]);
    return telar_type_fail (c, "%s and %s cannot be joined along axis %u", a, b, axis);
  }
  return TRUE;
}

/* The attribute AXES, sorted and within input 0, as a set. */
static gboolean
axes_set (const TelarTypeCall *c, guint *set)
{
  const TelarAttr *axes = telar_instr_attr (&c->instr, TELAR_ATTR_AXES);

  *set = 0;
  for (guint i = 0; i < axes->n; i++) {
    if (axes->ints[i] >= c->in[0].shape.rank)
      return telar_type_fail (c, "there is no axis %" G_GINT64_FORMAT " in a tensor of %u axes",
                              axes->ints[i], c->in[0].shape.rank);
    if (i > 0 && axes->ints[i] <= axes->ints[i - 1])
      return telar_type_fail (c, "axes must be sorted, each named once");
    *set |= 1u << axes->ints[i];
  }
  return TRUE;
}

gboolean
telar_type_reverse (TelarTypeCall *c)
{
  guint set;

  c->out[0] = c->in[0];
  return axes_set (c, &set);
}

/* --- indices -------------------------------------------------------------------------------- */

gboolean
telar_type_gather (TelarTypeCall *c)
{
  const TelarShape *data = &c->in[0].shape, *indices = &c->in[1].shape;
  TelarShape out = { 0 };
  guint axis;

  if (!telar_type_axis (c, &axis) || !telar_type_want_indices (c, 1))
    return FALSE;
  if (data->rank + indices->rank - 1 > TELAR_MAX_RANK)
    return telar_type_fail (c, "the result would have more than %d axes", TELAR_MAX_RANK);
  for (guint i = 0; i < axis; i++)
    out.dims[out.rank++] = data->dims[i];
  for (guint i = 0; i < indices->rank; i++)
    out.dims[out.rank++] = indices->dims[i];
  for (guint i = axis + 1; i < data->rank; i++)
    out.dims[out.rank++] = data->dims[i];
  c->out[0] = (TelarType){ c->in[0].dtype, out };
  return TRUE;
}

gboolean
telar_type_scatter_add (TelarTypeCall *c)
{
  const TelarShape *updates = &c->in[0].shape, *indices = &c->in[1].shape;
  guint axis = (guint)telar_instr_int (&c->instr, TELAR_ATTR_AXIS, 0);
  TelarShape out = { 0 };
  gboolean fits = axis + indices->rank <= updates->rank;

  if (!telar_type_want_number (c, 0) || !telar_type_want_indices (c, 1))
    return FALSE;
  for (guint i = 0; fits && i < indices->rank; i++)
    fits = updates->dims[axis + i] == indices->dims[i];
  if (!fits) {
    g_autofree char *a = telar_type_words (updates);
    g_autofree char *b = telar_type_words (indices);

    return telar_type_fail (c, "the indices %s do not stand at axis %u of the updates %s", b, axis,
                            a);
  }
  if (updates->rank - indices->rank + 1 > TELAR_MAX_RANK)
    return telar_type_fail (c, "the result would have more than %d axes", TELAR_MAX_RANK);
  for (guint i = 0; i < axis; i++)
    out.dims[out.rank++] = updates->dims[i];
  out.dims[out.rank++] = telar_instr_int (&c->instr, TELAR_ATTR_SIZE, 0);
  for (guint i = axis + indices->rank; i < updates->rank; i++)
    out.dims[out.rank++] = updates->dims[i];
  c->out[0] = (TelarType){ c->in[0].dtype, out };
  return TRUE;
}

gboolean
telar_type_one_hot (TelarTypeCall *c)
{
  gint64 size = telar_instr_int (&c->instr, TELAR_ATTR_SIZE, 0);

  if (!telar_type_want_indices (c, 0))
    return FALSE;
  if (size < 1)
    return telar_type_fail (c, "the number of classes must be at least 1");
  if (c->in[0].shape.rank == TELAR_MAX_RANK)
    return telar_type_fail (c, "the result would have more than %d axes", TELAR_MAX_RANK);
  telar_type_cast (c);
  c->out[0].shape.dims[c->out[0].shape.rank++] = size;
  return TRUE;
}

/* --- reductions ----------------------------------------------------------------------------- */

/* Output 0 is input 0 without the axes in @set, or with 1 in their place. */
static void
reduce_shape (TelarTypeCall *c, guint set)
{
  gboolean keep = telar_instr_int (&c->instr, TELAR_ATTR_KEEP, 0) != 0;
  TelarShape out = { 0 };

  for (guint i = 0; i < c->in[0].shape.rank; i++)
    if (!((set >> i) & 1))
      out.dims[out.rank++] = c->in[0].shape.dims[i];
    else if (keep)
      out.dims[out.rank++] = 1;
  c->out[0] = (TelarType){ c->in[0].dtype, out };
}

gboolean
telar_type_reduce (TelarTypeCall *c)
{
  guint set;

  if (!telar_type_want_number (c, 0) || !axes_set (c, &set))
    return FALSE;
  reduce_shape (c, set);
  return TRUE;
}

/* An empty axis has no largest element. */
gboolean
telar_type_reduce_most (TelarTypeCall *c)
{
  guint set;

  if (!telar_type_reduce (c) || !axes_set (c, &set))
    return FALSE;
  for (guint i = 0; i < c->in[0].shape.rank; i++)
    if (((set >> i) & 1) && c->in[0].shape.dims[i] == 0)
      return telar_type_fail (c, "axis %u is empty", i);
  return TRUE;
}

gboolean
telar_type_arg (TelarTypeCall *c)
{
  guint axis;

  if (!telar_type_want_number (c, 0) || !telar_type_axis (c, &axis))
    return FALSE;
  if (c->in[0].shape.dims[axis] == 0)
    return telar_type_fail (c, "axis %u is empty", axis);
  reduce_shape (c, 1u << axis);
  c->out[0].dtype = TELAR_I64;
  return TRUE;
}

gboolean
telar_type_cumsum (TelarTypeCall *c)
{
  guint axis;

  c->out[0] = c->in[0];
  return telar_type_want_number (c, 0) && telar_type_axis (c, &axis);
}

gboolean
telar_type_argsort (TelarTypeCall *c)
{
  guint axis;

  c->out[0] = (TelarType){ TELAR_I64, c->in[0].shape };
  return telar_type_want_number (c, 0) && telar_type_axis (c, &axis);
}

gboolean
telar_type_count (TelarTypeCall *c)
{
  guint set;

  c->out[0] = (TelarType){ c->in[0].dtype, telar_shape_scalar () };
  return telar_type_want_number (c, 0) && axes_set (c, &set);
}
