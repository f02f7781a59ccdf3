/* Brings predictions and targets to shapes and types that fit together. */
#include "engine/operators/target.h"
#include "engine/operators/operands.h"

/* As they are wired: labels that were whole numbers are called so. */
static void
report_shapes (TelarLowering *l, guint port)
{
  TelarType given = telar_lower_type (l, telar_lower_input (l, port));
  TelarType expected = telar_lower_type (l, telar_lower_input (l, 0));
  g_autofree char *a = telar_type_to_string (&given);
  g_autofree char *b = telar_type_to_string (&expected);

  telar_lower_fail (l, "%s is %s and does not fit %s, which is %s", l->node->op->inputs[port].name,
                    a, l->node->op->inputs[0].name, b);
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

  expected = telar_shape_without (&scores.shape, axis);
  if (labels.shape.rank == scores.shape.rank && labels.shape.dims[labels.shape.rank - 1] == 1) {
    labels.shape.rank--;
    classified->labels = telar_build_reshape (l->b, classified->labels, &labels.shape);
  }
  if (!telar_shape_equal (&labels.shape, &expected)) {
    report_shapes (l, 1);
    return FALSE;
  }
  classified->scores = move_last (l, classified->scores, axis, scores.shape.rank);
  classified->labels = telar_lower_as (l, classified->labels, TELAR_I64);
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
telar_lower_alike (TelarLowering *l, guint port, const TelarType *like, TelarValue *value)
{
  TelarType type;

  *value = telar_lower_float (l, port, 1, TELAR_MAX_RANK, &type);
  if (*value == TELAR_NO_VALUE)
    return FALSE;
  if (one_more_axis (&like->shape, &type.shape) || one_more_axis (&type.shape, &like->shape)) {
    *value = telar_build_reshape (l->b, *value, &like->shape);
  } else if (!telar_shape_equal (&like->shape, &type.shape)) {
    report_shapes (l, port);
    return FALSE;
  }
  *value = telar_lower_as (l, *value, like->dtype);
  return TRUE;
}

gboolean
telar_lower_paired (TelarLowering *l, TelarValue *predictions, TelarValue *targets)
{
  TelarType type;

  *predictions = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  return *predictions != TELAR_NO_VALUE && telar_lower_alike (l, 1, &type, targets);
}

TelarValue
telar_emit_mean (TelarLowering *l, TelarValue x)
{
  return telar_build_reduce_all (l->b, TELAR_PRIM_MEAN, x);
}

/* --- either classes or yes and no ---------------------------------------------------------------
 */

/* Without the axes of size 1 at its end. */
static TelarShape
trimmed (TelarShape shape)
{
  while (shape.rank > 1 && shape.dims[shape.rank - 1] == 1)
    shape.rank--;
  return shape;
}

/* Whether there is one score for each label: the shapes are the same but for axes of size 1, and
 * where classes would stand there is but one. */
static gboolean
is_binary (const TelarShape *scores, const TelarShape *labels, gint64 axis)
{
  TelarShape first = trimmed (*scores), second = trimmed (*labels);

  if (telar_shape_equal (&first, &second))
    return TRUE;
  axis = axis < 0 ? axis + scores->rank : axis;
  if (axis < 1 || axis >= scores->rank || scores->dims[axis] != 1)
    return FALSE;
  first = trimmed (telar_shape_without (scores, (guint)axis));
  return telar_shape_equal (&first, &second);
}

gboolean
telar_lower_scored (TelarLowering *l, TelarScored *scored)
{
  gint64 axis = telar_lower_int (l, "axis");
  TelarType scores, labels;
  TelarClassified classified;

  scored->scores = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &scores);
  scored->labels = telar_lower_ranked (l, 1, 1, TELAR_MAX_RANK, &labels);
  if (scored->scores == TELAR_NO_VALUE || scored->labels == TELAR_NO_VALUE)
    return FALSE;
  scored->binary = is_binary (&scores.shape, &labels.shape, axis);
  if (scored->binary) {
    scored->classes = 2;
    scored->scores = telar_build_reshape (l->b, scored->scores, &labels.shape);
    scored->labels = telar_build_cast (l->b, scored->labels, scores.dtype);
    return TRUE;
  }
  if (!telar_lower_classified_along (l, axis, &classified))
    return FALSE;
  scored->scores = classified.scores;
  scored->labels = classified.labels;
  scored->classes = classified.classes;
  return TRUE;
}
