/* Brings predictions and targets to shapes and types that fit together. */
#include "engine/operators/target.h"

static TelarValue
as_type (TelarLowering *l, TelarValue x, TelarDType dtype)
{
  return telar_lower_type (l, x).dtype == dtype ? x : telar_build_cast (l->b, x, dtype);
}

static void
report_shapes (TelarLowering *l, const TelarType *first, const TelarType *second)
{
  g_autofree char *a = telar_type_to_string (first);
  g_autofree char *b = telar_type_to_string (second);

  telar_lower_fail (l, "%s is %s and does not fit %s, which is %s", l->node->op->inputs[1].name, b,
                    l->node->op->inputs[0].name, a);
}

/* @shape without @axis. */
static TelarShape
without (const TelarShape *shape, guint axis)
{
  TelarShape rest = { .rank = shape->rank - 1 };

  for (guint i = 0; i < rest.rank; i++)
    rest.dims[i] = shape->dims[i < axis ? i : i + 1];
  return rest;
}

static TelarValue
move_last (TelarLowering *l, TelarValue x, guint axis, guint rank)
{
  gint64 perm[TELAR_MAX_RANK];

  if (axis == rank - 1)
    return x;
  for (guint i = 0; i + 1 < rank; i++)
    perm[i] = i < axis ? i : i + 1;
  perm[rank - 1] = axis;
  return telar_build_transpose (l->b, x, perm);
}

gboolean
telar_lower_classified_along (TelarLowering *l, gint64 class_axis, TelarClassified *classified)
{
  TelarType scores, labels;
  TelarShape expected;
  guint axis;

  classified->scores = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &scores);
  classified->labels = telar_lower_ranked (l, 1, 1, TELAR_MAX_RANK, &labels);
  if (classified->scores == TELAR_NO_VALUE || classified->labels == TELAR_NO_VALUE ||
      !telar_lower_axis (l, class_axis, scores.shape.rank, &axis) ||
      !telar_lower_size (l, &scores.shape, axis, &classified->classes))
    return FALSE;

  expected = without (&scores.shape, axis);
  if (labels.shape.rank == scores.shape.rank && labels.shape.dims[labels.shape.rank - 1] == 1) {
    labels.shape.rank--;
    classified->labels = telar_build_reshape (l->b, classified->labels, &labels.shape);
  }
  if (!telar_shape_equal (&labels.shape, &expected)) {
    report_shapes (l, &scores, &labels);
    return FALSE;
  }
  classified->scores = move_last (l, classified->scores, axis, scores.shape.rank);
  classified->labels = as_type (l, classified->labels, TELAR_I64);
  return TRUE;
}

gboolean
telar_lower_classified (TelarLowering *l, TelarClassified *classified)
{
  return telar_lower_classified_along (l, -1, classified);
}

TelarValue
telar_emit_right_class (TelarLowering *l, const TelarClassified *classified)
{
  TelarAttr dtype = { .key = TELAR_ATTR_DTYPE,
                      .integer = telar_lower_type (l, classified->scores).dtype };

  return telar_emit (l->b, ONE_HOT, ((TelarValue[]){ classified->labels }),
                     TELAR_INT (SIZE, classified->classes), dtype);
}

/* Whether @longer is @shorter with one more axis, of size 1, at its end. */
static gboolean
one_more_axis (const TelarShape *longer, const TelarShape *shorter)
{
  TelarShape cut = *longer;

  if (longer->rank != shorter->rank + 1 || longer->dims[shorter->rank] != 1)
    return FALSE;
  cut.rank--;
  return telar_shape_equal (&cut, shorter);
}

gboolean
telar_lower_paired (TelarLowering *l, TelarValue *predictions, TelarValue *targets)
{
  TelarType first, second;

  *predictions = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &first);
  *targets = telar_lower_float (l, 1, 1, TELAR_MAX_RANK, &second);
  if (*predictions == TELAR_NO_VALUE || *targets == TELAR_NO_VALUE)
    return FALSE;

  if (one_more_axis (&first.shape, &second.shape) || one_more_axis (&second.shape, &first.shape)) {
    *targets = telar_build_reshape (l->b, *targets, &first.shape);
  } else if (!telar_shape_equal (&first.shape, &second.shape)) {
    report_shapes (l, &first, &second);
    return FALSE;
  }
  *targets = as_type (l, *targets, first.dtype);
  return TRUE;
}

TelarValue
telar_emit_mean (TelarLowering *l, TelarValue x)
{
  return telar_build_reduce_all (l->b, TELAR_PRIM_MEAN, x);
}
