/* Shapes with a symbolic batch: counting, binding, broadcasting and their text. */
#include "engine/shape.h"
#include <string.h>

TelarShape
telar_shape_new (const gint64 *dims, gsize rank)
{
  TelarShape shape = { 0 };
  g_return_val_if_fail (rank <= TELAR_MAX_RANK, shape);
  shape.rank = (guint)rank;
  if (rank > 0) /* memcpy wants a pointer even for nothing */
    memcpy (shape.dims, dims, rank * sizeof *dims);
  return shape;
}

TelarShape
telar_shape_scalar (void)
{
  return (TelarShape){ 0 };
}

gboolean
telar_shape_equal (const TelarShape *a, const TelarShape *b)
{
  if (a->rank != b->rank)
    return FALSE;
  for (guint i = 0; i < a->rank; i++)
    if (a->dims[i] != b->dims[i])
      return FALSE;
  return TRUE;
}

gboolean
telar_shape_is_concrete (const TelarShape *shape)
{
  for (guint i = 0; i < shape->rank; i++)
    if (shape->dims[i] < 0)
      return FALSE;
  return TRUE;
}

gboolean
telar_type_equal (const TelarType *a, const TelarType *b)
{
  return a->dtype == b->dtype && telar_shape_equal (&a->shape, &b->shape);
}

TelarShape
telar_shape_without (const TelarShape *shape, guint axis)
{
  TelarShape result = *shape;
  g_assert (axis < shape->rank);
  result.rank--;
  for (guint i = axis; i < result.rank; i++)
    result.dims[i] = shape->dims[i + 1];
  return result;
}

TelarShape
telar_shape_with (const TelarShape *shape, guint axis, gint64 dim)
{
  TelarShape result = *shape;
  g_assert (axis <= shape->rank && shape->rank < TELAR_MAX_RANK);
  for (guint i = result.rank++; i > axis; i--)
    result.dims[i] = shape->dims[i - 1];
  result.dims[axis] = dim;
  return result;
}

gboolean
telar_shape_count (const TelarShape *shape, gint64 *count)
{
  gint64 product = 1;
  gboolean symbolic = FALSE, overflow = FALSE, empty = FALSE;
  for (guint i = 0; i < shape->rank; i++) {
    gint64 dim = shape->dims[i];
    if (dim < 0 && symbolic)
      return FALSE;
    symbolic |= dim < 0;
    empty |= dim == 0;
    overflow |= __builtin_mul_overflow (product, dim, &product);
  }
  /* A zero among the sizes makes the product 0 whatever the order of the factors. */
  if (overflow && !empty)
    return FALSE;
  *count = empty ? 0 : product;
  return TRUE;
}

gsize
telar_shape_elements (const TelarShape *shape)
{
  gsize product = 1;
  for (guint i = 0; i < shape->rank; i++)
    product *= (gsize)shape->dims[i];
  return product;
}

TelarShape
telar_shape_bind (const TelarShape *shape, gint64 batch)
{
  TelarShape bound = *shape;
  for (guint i = 0; i < bound.rank; i++)
    if (bound.dims[i] < 0)
      bound.dims[i] = -bound.dims[i] * batch;
  return bound;
}

gboolean
telar_shape_broadcast (const TelarShape *a, const TelarShape *b, TelarShape *result)
{
  const TelarShape *longer = a->rank >= b->rank ? a : b;
  const TelarShape *shorter = longer == a ? b : a;
  guint lead = longer->rank - shorter->rank;
  TelarShape merged = *longer;
  for (guint i = 0; i < shorter->rank; i++) {
    gint64 x = longer->dims[lead + i], y = shorter->dims[i];
    if (x != y && x != 1 && y != 1)
      return FALSE;
    merged.dims[lead + i] = x == 1 ? y : x;
  }
  *result = merged;
  return TRUE;
}

void
telar_shape_strides (const TelarShape *shape, gint64 strides[TELAR_MAX_RANK])
{
  gint64 stride = 1;
  for (guint i = shape->rank; i-- > 0;) {
    strides[i] = stride;
    stride *= shape->dims[i];
  }
}

char *
telar_shape_to_string (const TelarShape *shape)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < shape->rank; i++) {
    gint64 dim = shape->dims[i];
    if (i > 0)
      g_string_append_c (text, ',');
    if (dim >= 0)
      g_string_append_printf (text, "%" G_GINT64_FORMAT, dim);
    else if (dim == TELAR_DIM_BATCH)
      g_string_append_c (text, 'N');
    else
      g_string_append_printf (text, "%" G_GINT64_FORMAT "N", -dim);
  }
  return g_string_free (text, FALSE);
}

char *
telar_type_to_string (const TelarType *type)
{
  g_autofree char *shape = telar_shape_to_string (&type->shape);
  return g_strdup_printf ("%s[%s]", telar_dtype_name (type->dtype), shape);
}

/* "28", "N" or "28N" at *@text, which moves behind it. */
static gboolean
read_dim (const char **text, gint64 *dim)
{
  if (**text == 'N') {
    (*text)++;
    *dim = TELAR_DIM_BATCH;
    return TRUE;
  }
  if (!g_ascii_isdigit (**text))
    return FALSE;
  char *end;
  guint64 size = g_ascii_strtoull (*text, &end, 10);
  if (size > G_MAXINT64 || end - *text > 19)
    return FALSE;
  *text = end;
  *dim = (gint64)size;
  if (*end == 'N') {
    (*text)++;
    *dim = -*dim;
    return size > 0;
  }
  return TRUE;
}

gboolean
telar_shape_from_string (const char *text, TelarShape *shape)
{
  TelarShape read = { 0 };
  if (*text == '\0') {
    *shape = read;
    return TRUE;
  }
  for (;;) {
    if (read.rank == TELAR_MAX_RANK || !read_dim (&text, &read.dims[read.rank]))
      return FALSE;
    read.rank++;
    if (*text == '\0')
      break;
    if (*text++ != ',')
      return FALSE;
  }
  *shape = read;
  return TRUE;
}
