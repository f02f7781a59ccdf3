/* The state that the written model loads, made of the project's. */
#include "engine/code/private.h"

#include <math.h>
#include <string.h>

/* @tensor with its axes in another order: axis i of the result is axis order[i]. */
static TelarTensor *
permuted (const TelarTensor *tensor, const guint *order)
{
  const TelarShape *from = &tensor->type.shape;
  gsize size = telar_dtype_size (tensor->type.dtype), strides[TELAR_MAX_RANK];
  gint64 at[TELAR_MAX_RANK] = { 0 };
  TelarShape shape = *from;

  for (guint i = from->rank, step = 1; i-- > 0; step *= (guint)from->dims[i])
    strides[i] = step;
  for (guint i = 0; i < from->rank; i++)
    shape.dims[i] = from->dims[order[i]];
  TelarTensor *turned = telar_tensor_new (tensor->type.dtype, &shape);
  gsize n = telar_tensor_elements (turned);
  for (gsize k = 0; k < n; k++) {
    gsize place = 0;
    for (guint i = 0; i < shape.rank; i++)
      place += (gsize)at[i] * strides[order[i]];
    memcpy ((char *)turned->data + k * size, (const char *)tensor->data + place * size, size);
    for (guint i = shape.rank; i-- > 0 && ++at[i] == shape.dims[i];)
      at[i] = 0;
  }
  return turned;
}

static TelarTensor *
transposed (const TelarTensor *tensor)
{
  guint order[TELAR_MAX_RANK] = { 1, 0, 2, 3, 4, 5, 6, 7 };

  return permuted (tensor, order);
}

/* The places of a kernel first, then its first two axes turned about. */
static TelarTensor *
places_first (const TelarTensor *tensor)
{
  guint rank = tensor->type.shape.rank, order[TELAR_MAX_RANK];

  for (guint i = 0; i + 2 < rank; i++)
    order[i] = i + 2;
  order[rank - 2] = 1;
  order[rank - 1] = 0;
  return permuted (tensor, order);
}

static TelarTensor *
gates_changed (const TelarTensor *tensor)
{
  TelarTensor *changed = telar_tensor_copy (tensor);
  gsize third = tensor->bytes / 3;

  memcpy (changed->data, (const char *)tensor->data + third, third);
  memcpy ((char *)changed->data + third, tensor->data, third);
  if (tensor->type.shape.rank < 2)
    return changed;
  TelarTensor *turned = transposed (changed);
  telar_tensor_unref (changed);
  return turned;
}

static TelarTensor *
direction (const TelarTensor *tensor)
{
  TelarTensor *unit = telar_tensor_copy (tensor);
  gsize n = telar_tensor_elements (unit);
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += telar_tensor_get (unit, i) * telar_tensor_get (unit, i);
  for (gsize i = 0; i < n; i++)
    telar_tensor_set (unit, i, telar_tensor_get (unit, i) / MAX (sqrt (sum), 1e-12));
  return unit;
}

/* Where @kernel, a matrix with a row for each place along @axis, takes @from, at length one. */
static TelarTensor *
image (const TelarTensor *kernel, const TelarTensor *from, guint axis)
{
  const TelarShape *shape = &kernel->type.shape;
  TelarShape rows = telar_shape (shape->dims[axis]);
  guint order[TELAR_MAX_RANK] = { axis };
  gsize columns = telar_tensor_elements (from);

  for (guint i = 0, n = 1; i < shape->rank; i++)
    if (i != axis)
      order[n++] = i;
  g_autoptr (TelarTensor) matrix = permuted (kernel, order);
  g_autoptr (TelarTensor) product = telar_tensor_new (kernel->type.dtype, &rows);
  for (gsize r = 0; r < (gsize)rows.dims[0]; r++) {
    double sum = 0;
    for (gsize c = 0; c < columns; c++)
      sum += telar_tensor_get (matrix, r * columns + c) * telar_tensor_get (from, c);
    telar_tensor_set (product, r, sum);
  }
  return direction (product);
}

static TelarTensor *
filled (gint64 length, double value)
{
  TelarShape shape = telar_shape (length);
  TelarTensor *tensor = telar_tensor_new (TELAR_F32, &shape);

  for (gint64 i = 0; i < length; i++)
    telar_tensor_set (tensor, (gsize)i, value);
  return tensor;
}

static TelarTensor *
one_part (const CodeWeight *weight, const char *name, const TelarStates *states, GError **error)
{
  TelarTensor *state = telar_states_get (states, name);

  if (!state) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the model has no weights %s", name);
    return NULL;
  }
  switch (weight->form) {
  case CODE_TRANSPOSED:
    return transposed (state);
  case CODE_PLACES:
    return places_first (state);
  case CODE_GATES:
    return gates_changed (state);
  case CODE_DIRECTION:
    return direction (state);
  default:
    return telar_tensor_ref (state);
  }
}

/* The parts one after the other along the first axis. */
static TelarTensor *
joined (const GPtrArray *parts)
{
  TelarShape shape = ((const TelarTensor *)parts->pdata[0])->type.shape;
  gsize at = 0;

  for (guint i = 1; i < parts->len; i++)
    shape.dims[0] += ((const TelarTensor *)parts->pdata[i])->type.shape.dims[0];
  TelarTensor *all = telar_tensor_new (((const TelarTensor *)parts->pdata[0])->type.dtype, &shape);
  for (guint i = 0; i < parts->len; i++) {
    const TelarTensor *part = parts->pdata[i];
    memcpy ((char *)all->data + at, part->data, part->bytes);
    at += part->bytes;
  }
  return all;
}

static TelarTensor *
added (const GPtrArray *parts)
{
  TelarTensor *sum = telar_tensor_copy (parts->pdata[0]);

  for (guint i = 1; i < parts->len; i++)
    for (gsize k = 0; k < telar_tensor_elements (sum); k++)
      telar_tensor_set (sum, k, telar_tensor_get (sum, k) + telar_tensor_get (parts->pdata[i], k));
  return sum;
}

static TelarTensor *
shaped (TelarTensor *tensor, const TelarShape *shape)
{
  if (shape->rank == 0)
    return tensor;
  TelarTensor *copy = telar_tensor_copy (tensor);

  telar_tensor_unref (tensor);
  copy->type.shape = *shape;
  return copy;
}

static TelarTensor *
make_weight (const CodeWeight *weight, const TelarStates *states, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);

  if (weight->form == CODE_ONES || weight->form == CODE_ZEROS)
    return shaped (filled (weight->length, weight->form == CODE_ONES ? 1 : 0), &weight->shape);
  for (guint i = 0; i < weight->states->len; i++) {
    TelarTensor *part = one_part (weight, weight->states->pdata[i], states, error);
    if (!part)
      return NULL;
    g_ptr_array_add (parts, part);
  }
  if (weight->form == CODE_IMAGE)
    return image (parts->pdata[0], parts->pdata[1], (guint)weight->length);
  return shaped (parts->len == 1  ? telar_tensor_ref (parts->pdata[0])
                 : weight->summed ? added (parts)
                                  : joined (parts),
                 &weight->shape);
}

GHashTable *
telar_code_state (const TelarCode *code, const TelarStates *states, GError **error)
{
  g_autoptr (GHashTable) state =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);

  for (guint i = 0; i < code->weights->len; i++) {
    const CodeWeight *weight = code->weights->pdata[i];
    TelarTensor *tensor = make_weight (weight, states, error);

    if (!tensor)
      return NULL;
    g_hash_table_insert (state, g_strdup (weight->name), tensor);
  }
  return g_steal_pointer (&state);
}
