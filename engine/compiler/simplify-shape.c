/* Rewrite rules of shape primitives and reductions, and of what is the same in every element. */
#include "engine/compiler/simplify.h"

static gboolean
keeps_shape (const TelarMatch *m)
{
  return telar_shape_equal (&telar_builder_type (m->b, m->in[0])->shape, &m->type->shape);
}

/* The same instruction on what its input was made from. */
static TelarValue
on_inner (const TelarMatch *m, const TelarInstr *inner)
{
  return telar_simplify_build (m->b, m->prim, inner->inputs, 1, m->attrs, m->n_attrs);
}

static TelarValue
reshape (const TelarMatch *m, TelarValue x)
{
  return telar_simplify_build (m->b, TELAR_PRIM_RESHAPE, &x, 1,
                               &TELAR_INTS (SHAPE, m->type->shape.dims, m->type->shape.rank), 1);
}

/* --- classes -------------------------------------------------------------------------------- */

/* Whether @value is 0, 1, …, along one axis. */
static gboolean
counts_up (const TelarMatch *m, TelarValue value)
{
  const TelarInstr *maker = telar_match_maker (m, value);
  const TelarTensor *tensor;

  if (telar_builder_type (m->b, value)->shape.rank != 1)
    return FALSE;
  if (maker->prim == TELAR_PRIM_IOTA)
    return TRUE;
  if (maker->prim != TELAR_PRIM_CONSTANT)
    return FALSE;
  tensor = telar_instr_attr (maker, TELAR_ATTR_VALUE)->tensor;
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    if (telar_tensor_get (tensor, i) != (double)i)
      return FALSE;
  return TRUE;
}

/* Whole numbers with a last axis of 1, compared with 0, 1, …: the classes that they name. */
static TelarValue
equal_to_classes (const TelarMatch *m)
{
  for (guint i = 0; i < 2; i++) {
    const TelarInstr *apart = telar_match_is (m, m->in[i], TELAR_PRIM_RESHAPE);
    const TelarType *type = telar_builder_type (m->b, m->in[i]);
    guint last = type->shape.rank - 1;
    TelarShape inner;

    if (!apart || type->shape.rank < 2 || type->shape.dims[last] != 1 ||
        !telar_dtype_is_integer (type->dtype) || !counts_up (m, m->in[1 - i]))
      continue;
    inner = telar_shape_without (&type->shape, last);
    if (!telar_shape_equal (&telar_builder_type (m->b, apart->inputs[0])->shape, &inner))
      continue;
    const TelarAttr attrs[] = { TELAR_INT (SIZE, m->type->shape.dims[last]),
                                TELAR_INT (DTYPE, TELAR_BOOL) };
    return telar_simplify_build (m->b, TELAR_PRIM_ONE_HOT, apart->inputs, 1, attrs, 2);
  }
  return TELAR_NO_VALUE;
}

/* Ones summed up to before each place: 0, 1, … */
static TelarValue
sum_of_ones (const TelarMatch *m)
{
  const TelarAttr *axis = telar_match_attr (m, TELAR_ATTR_AXIS);
  const TelarAttr *exclusive = telar_match_attr (m, TELAR_ATTR_EXCLUSIVE);
  const TelarAttr *reverse = telar_match_attr (m, TELAR_ATTR_REVERSE);

  if (!exclusive || !exclusive->integer || (reverse && reverse->integer) ||
      m->type->dtype != TELAR_I64 || !telar_match_is_number (m, m->in[0], 1) ||
      !telar_match_is (m, m->in[0], TELAR_PRIM_FILL))
    return TELAR_NO_VALUE;
  return telar_build_iota (m->b, &m->type->shape, (guint)axis->integer);
}

/* --- shapes --------------------------------------------------------------------------------- */

static TelarValue
to_same_shape (const TelarMatch *m)
{
  return keeps_shape (m) ? m->in[0] : TELAR_NO_VALUE;
}

/* reshape (reshape (x)), broadcast (broadcast (x)): the last says all. */
static TelarValue
last_decides (const TelarMatch *m)
{
  const TelarInstr *inner = telar_match_is (m, m->in[0], m->prim);

  return inner ? on_inner (m, inner) : TELAR_NO_VALUE;
}

static TelarValue
transpose_identity (const TelarMatch *m)
{
  const TelarAttr *perm = telar_match_attr (m, TELAR_ATTR_PERM);

  for (guint i = 0; i < perm->n; i++)
    if (perm->ints[i] != i)
      return TELAR_NO_VALUE;
  return m->in[0];
}

static TelarValue
transpose_transpose (const TelarMatch *m)
{
  const TelarInstr *inner = telar_match_is (m, m->in[0], TELAR_PRIM_TRANSPOSE);
  const TelarAttr *outer_perm = telar_match_attr (m, TELAR_ATTR_PERM), *inner_perm;
  gint64 perm[TELAR_MAX_RANK];

  if (!inner)
    return TELAR_NO_VALUE;
  inner_perm = telar_instr_attr (inner, TELAR_ATTR_PERM);
  for (guint i = 0; i < outer_perm->n; i++)
    perm[i] = inner_perm->ints[outer_perm->ints[i]];
  return telar_simplify_build (m->b, TELAR_PRIM_TRANSPOSE, inner->inputs, 1,
                               &TELAR_INTS (PERM, perm, outer_perm->n), 1);
}

/* Moving axes of size 1 moves nothing in memory. */
static TelarValue
transpose_trivial (const TelarMatch *m)
{
  const TelarShape *shape = &telar_builder_type (m->b, m->in[0])->shape;
  const TelarAttr *perm = telar_match_attr (m, TELAR_ATTR_PERM);
  gint64 last = -1;

  for (guint i = 0; i < perm->n; i++) {
    if (shape->dims[perm->ints[i]] == 1)
      continue;
    if (perm->ints[i] < last)
      return TELAR_NO_VALUE;
    last = perm->ints[i];
  }
  return reshape (m, m->in[0]);
}

static TelarValue
concat_one (const TelarMatch *m)
{
  return m->n_in == 1 ? m->in[0] : TELAR_NO_VALUE;
}

/* A slice or a padding that changes no size takes or adds nothing. */
static TelarValue
whole (const TelarMatch *m)
{
  return keeps_shape (m) ? m->in[0] : TELAR_NO_VALUE;
}

static TelarValue
reverse_nothing (const TelarMatch *m)
{
  return telar_match_attr (m, TELAR_ATTR_AXES)->n == 0 ? m->in[0] : TELAR_NO_VALUE;
}

static TelarValue
reverse_reverse (const TelarMatch *m)
{
  const TelarInstr *inner = telar_match_is (m, m->in[0], TELAR_PRIM_REVERSE);
  const TelarAttr *axes = telar_match_attr (m, TELAR_ATTR_AXES), *inner_axes;

  if (!inner)
    return TELAR_NO_VALUE;
  inner_axes = telar_instr_attr (inner, TELAR_ATTR_AXES);
  if (axes->n != inner_axes->n)
    return TELAR_NO_VALUE;
  for (guint i = 0; i < axes->n; i++)
    if (axes->ints[i] != inner_axes->ints[i])
      return TELAR_NO_VALUE;
  return inner->inputs[0];
}

/* --- reductions ----------------------------------------------------------------------------- */

/* Over axes of size 1, or over none, nothing is reduced. */
static TelarValue
reduce_nothing (const TelarMatch *m)
{
  const TelarAttr *axes = telar_match_attr (m, TELAR_ATTR_AXES);
  const TelarShape *shape = &telar_builder_type (m->b, m->in[0])->shape;

  for (guint i = 0; i < axes->n; i++)
    if (shape->dims[axes->ints[i]] != 1)
      return TELAR_NO_VALUE;
  return reshape (m, m->in[0]);
}

/* --- one number everywhere ------------------------------------------------------------------ */

/* Moving equal elements around gives equal elements; a constant that is repeated becomes a fill. */
static TelarValue
uniform_moved (const TelarMatch *m)
{
  double number;

  if (!telar_match_uniform (m, m->in[0], &number))
    return TELAR_NO_VALUE;
  return telar_build_fill (m->b, m->type, number);
}

/* Through the old type's rounding and the new one's. */
static TelarValue
uniform_cast (const TelarMatch *m)
{
  TelarDType from = telar_builder_type (m->b, m->in[0])->dtype;
  g_autoptr (TelarTensor) before = NULL, after = NULL;
  double number;

  if (!telar_match_uniform (m, m->in[0], &number))
    return TELAR_NO_VALUE;
  before = telar_tensor_scalar (from, number);
  after = telar_tensor_cast (before, m->type->dtype);
  return telar_build_fill (m->b, m->type, telar_tensor_get (after, 0));
}

/* clang-format off */
const TelarRule telar_rules_uniform[] = {
  { "uniform-reshape",   TELAR_PRIM_RESHAPE,   uniform_moved },
  { "uniform-transpose", TELAR_PRIM_TRANSPOSE, uniform_moved },
  { "uniform-broadcast", TELAR_PRIM_BROADCAST, uniform_moved },
  { "uniform-slice",     TELAR_PRIM_SLICE,     uniform_moved },
  { "uniform-reverse",   TELAR_PRIM_REVERSE,   uniform_moved },
  { "uniform-cast",      TELAR_PRIM_CAST,      uniform_cast },
  { NULL },
};

const TelarRule telar_rules_shape[] = {
  { "one-hot",             TELAR_PRIM_EQUAL,     equal_to_classes },
  { "count-up",            TELAR_PRIM_CUMSUM,    sum_of_ones },
  { "reshape-same",        TELAR_PRIM_RESHAPE,   to_same_shape },
  { "reshape-reshape",     TELAR_PRIM_RESHAPE,   last_decides },
  { "broadcast-same",      TELAR_PRIM_BROADCAST, to_same_shape },
  { "broadcast-broadcast", TELAR_PRIM_BROADCAST, last_decides },
  { "transpose-identity",  TELAR_PRIM_TRANSPOSE, transpose_identity },
  { "transpose-transpose", TELAR_PRIM_TRANSPOSE, transpose_transpose },
  { "transpose-trivial",   TELAR_PRIM_TRANSPOSE, transpose_trivial },
  { "slice-whole",         TELAR_PRIM_SLICE,     whole },
  { "pad-nothing",         TELAR_PRIM_PAD,       whole },
  { "concat-one",          TELAR_PRIM_CONCAT,    concat_one },
  { "reverse-nothing",     TELAR_PRIM_REVERSE,   reverse_nothing },
  { "reverse-reverse",     TELAR_PRIM_REVERSE,   reverse_reverse },
  { "sum-nothing",         TELAR_PRIM_SUM,       reduce_nothing },
  { "mean-nothing",        TELAR_PRIM_MEAN,      reduce_nothing },
  { "max-nothing",         TELAR_PRIM_MAX,       reduce_nothing },
  { "min-nothing",         TELAR_PRIM_MIN,       reduce_nothing },
  { "prod-nothing",        TELAR_PRIM_PROD,      reduce_nothing },
  { NULL },
};
