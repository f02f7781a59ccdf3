/* Sums over a batch. Counts are exact: what is added in float32 stays below 2²⁴. */
#include "engine/operators/metric-sums.h"

static TelarValue
binary (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, prim, x, y);
}

static TelarValue
scalar (TelarLowering *l, TelarPrim prim, TelarValue x, double y)
{
  return telar_build_binary_scalar (l->b, prim, x, y);
}

/* --- sums ------------------------------------------------------------------------------------- */

TelarValue
telar_emit_total (TelarLowering *l, TelarValue x)
{
  TelarType type = telar_lower_type (l, x);

  if (type.dtype != TELAR_F64)
    x = telar_build_cast (l->b, x, TELAR_F32);
  if (type.shape.rank > 1)
    x = telar_emit_reduce_from (l, TELAR_PRIM_SUM, x, 1, FALSE);
  return telar_build_reduce_all (l->b, TELAR_PRIM_SUM, telar_build_cast (l->b, x, TELAR_F64));
}

TelarValue
telar_emit_elements (TelarLowering *l, TelarValue x)
{
  TelarType ones = { TELAR_F64, telar_lower_type (l, x).shape };
  double inner = 1;

  for (guint axis = 1; axis < ones.shape.rank; axis++)
    inner *= (double)ones.shape.dims[axis];
  ones.shape.rank = MIN (ones.shape.rank, 1);
  return telar_build_reduce_all (l->b, TELAR_PRIM_SUM, telar_build_fill (l->b, &ones, inner));
}

TelarValue
telar_emit_row (TelarLowering *l, const TelarValue *scalars, guint n)
{
  const TelarShape one = telar_shape (1);
  g_autofree TelarValue *items = g_new (TelarValue, n);

  for (guint i = 0; i < n; i++)
    items[i] = telar_build_reshape (l->b, scalars[i], &one);
  return telar_build_concat (l->b, items, n, 0);
}

TelarValue
telar_emit_histogram (TelarLowering *l, TelarValue indices, gint64 size)
{
  TelarType ones = { TELAR_F64, telar_lower_type (l, indices).shape };
  TelarValue counts;

  for (guint axis = 1; axis < ones.shape.rank; axis++)
    ones.shape.dims[0] *= ones.shape.dims[axis];
  ones.shape.rank = 1;
  indices = telar_build_reshape (l->b, indices, &ones.shape);
  counts =
      telar_emit (l->b, SCATTER_ADD, ((TelarValue[]){ telar_build_fill (l->b, &ones, 1), indices }),
                  TELAR_INT (AXIS, 0), TELAR_INT (SIZE, size + 1));
  return telar_build_slice (l->b, counts, 0, 0, size);
}

void
telar_lower_mean_metric (TelarLowering *l, const char *name, const char *kind, TelarValue x)
{
  const TelarValue sums[] = { telar_emit_total (l, x), telar_emit_elements (l, x) };

  telar_lower_metric (l, name, kind, telar_emit_row (l, sums, G_N_ELEMENTS (sums)));
}

/* --- classes ---------------------------------------------------------------------------------- */

/* The class that is answered and the right one, i64 of one shape. */
static void
read_answers (TelarLowering *l, const TelarScored *scored, TelarValue *answer, TelarValue *right)
{
  TelarType type = telar_lower_type (l, scored->scores);
  TelarValue threshold, half;

  *right = scored->labels;
  if (!scored->binary) {
    *answer = telar_emit (l->b, ARGMAX, ((TelarValue[]){ scored->scores }),
                          TELAR_INT (AXIS, type.shape.rank - 1));
    return;
  }
  threshold = telar_build_scalar (l->b, type.dtype, telar_lower_real (l, "threshold"));
  half = telar_build_scalar (l->b, type.dtype, 0.5);
  *answer =
      telar_build_cast (l->b, binary (l, TELAR_PRIM_LESS, threshold, scored->scores), TELAR_I64);
  *right = telar_build_cast (l->b, binary (l, TELAR_PRIM_LESS, half, scored->labels), TELAR_I64);
}

/* An ignored label leads to the place behind the matrix, one that is no class beyond it. */
static TelarValue
place_in_matrix (TelarLowering *l, const TelarScored *scored, TelarValue place, TelarValue right)
{
  gint64 cells = scored->classes * scored->classes;
  TelarValue first = telar_build_scalar (l->b, TELAR_I64, 0);
  TelarValue last = telar_build_scalar (l->b, TELAR_I64, (double)scored->classes - 1);
  TelarValue outside = binary (l, TELAR_PRIM_OR, binary (l, TELAR_PRIM_LESS, right, first),
                               binary (l, TELAR_PRIM_LESS, last, right));
  TelarValue ignored =
      scalar (l, TELAR_PRIM_EQUAL, scored->labels, (double)telar_lower_int (l, "ignore_index"));

  place = telar_build_select (l->b, outside,
                              telar_build_scalar (l->b, TELAR_I64, (double)cells + 1), place);
  return telar_build_select (l->b, ignored, telar_build_scalar (l->b, TELAR_I64, (double)cells),
                             place);
}

TelarValue
telar_lower_confusion (TelarLowering *l, gint64 *classes)
{
  TelarScored scored;
  TelarValue answer, right, place;
  TelarShape square;

  if (!telar_lower_scored (l, &scored))
    return TELAR_NO_VALUE;
  if (scored.classes > TELAR_MAX_CLASSES) {
    telar_lower_fail (l, "a confusion matrix has at most %d classes, not %" G_GINT64_FORMAT,
                      TELAR_MAX_CLASSES, scored.classes);
    return TELAR_NO_VALUE;
  }
  read_answers (l, &scored, &answer, &right);
  place =
      binary (l, TELAR_PRIM_ADD, scalar (l, TELAR_PRIM_MUL, right, (double)scored.classes), answer);
  place = place_in_matrix (l, &scored, place, right);
  square = telar_shape (scored.classes, scored.classes);
  if (classes)
    *classes = scored.classes;
  return telar_build_reshape (
      l->b, telar_emit_histogram (l, place, scored.classes * scored.classes), &square);
}
