/* Attribute lists and bodies compared by content: what common subexpressions are found with. */
#include "engine/compiler/attrs.h"

#include <string.h>

static guint
mix (guint hash, gconstpointer data, gsize bytes)
{
  const guint8 *p = data;

  for (gsize i = 0; i < bytes; i++)
    hash = (hash ^ p[i]) * 16777619u;
  return hash;
}

static gboolean
attr_equal (const TelarAttr *a, const TelarAttr *b)
{
  if (a->key != b->key)
    return FALSE;
  switch (telar_attr_kind (a->key)) {
  case TELAR_ATTR_KIND_INTS:
    return a->n == b->n && (a->n == 0 || memcmp (a->ints, b->ints, a->n * sizeof (gint64)) == 0);
  case TELAR_ATTR_KIND_REAL: /* by bits: 0 is not -0 and a NaN is itself */
    return memcmp (&a->real, &b->real, sizeof a->real) == 0;
  case TELAR_ATTR_KIND_STRING:
    return g_str_equal (a->string, b->string);
  case TELAR_ATTR_KIND_TENSOR:
    return a->tensor == b->tensor || telar_tensor_equal (a->tensor, b->tensor);
  default:
    return a->integer == b->integer;
  }
}

gboolean
telar_attrs_equal (const TelarAttr *a, guint n_a, const TelarAttr *b, guint n_b)
{
  if (n_a != n_b)
    return FALSE;
  for (guint i = 0; i < n_a; i++)
    if (!attr_equal (&a[i], &b[i]))
      return FALSE;
  return TRUE;
}

/* Of a large tensor the beginning must do. */
#define HASHED_BYTES ((gsize)4096)

guint
telar_attrs_hash (const TelarAttr *attrs, guint n)
{
  guint hash = 2166136261u;

  for (guint i = 0; i < n; i++) {
    const TelarAttr *attr = &attrs[i];

    hash = mix (hash, &attr->key, sizeof attr->key);
    switch (telar_attr_kind (attr->key)) {
    case TELAR_ATTR_KIND_INTS:
      hash = mix (hash, attr->ints, attr->n * sizeof (gint64));
      break;
    case TELAR_ATTR_KIND_STRING:
      hash = mix (hash, attr->string, strlen (attr->string));
      break;
    case TELAR_ATTR_KIND_TENSOR:
      hash = mix (hash, attr->tensor->data, MIN (attr->tensor->bytes, HASHED_BYTES));
      break;
    case TELAR_ATTR_KIND_REAL:
      hash = mix (hash, &attr->real, sizeof attr->real);
      break;
    default:
      hash = mix (hash, &attr->integer, sizeof attr->integer);
      break;
    }
  }
  return hash;
}

gboolean
telar_bodies_equal (const TelarProgram *a, const TelarProgram *b)
{
  g_autofree char *x = NULL, *y = NULL;

  if (a == b)
    return TRUE;
  if (!a || !b || telar_program_n_instrs (a) != telar_program_n_instrs (b))
    return FALSE;
  x = telar_program_to_text (a, TRUE);
  y = telar_program_to_text (b, TRUE);
  return g_str_equal (x, y);
}
