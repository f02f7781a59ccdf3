/* Determinants by elimination, one step for each row. */
#include "engine/emit.h"

/* Matrices of shape […, n, n] that become smaller. */
typedef struct {
  TelarBuilder *b;
  TelarDType dtype;
  guint rank;
  TelarValue matrix, result; /* the result is […, 1, 1] */
  gint64 n;
} Elimination;

/* From row @row and column @column on, @rows and @columns of them. */
static TelarValue
block (const Elimination *e, TelarValue x, gint64 row, gint64 rows, gint64 column, gint64 columns)
{
  x = telar_build_slice (e->b, x, e->rank - 2, row, row + rows);
  return telar_build_slice (e->b, x, e->rank - 1, column, column + columns);
}

static TelarValue
multiply (const Elimination *e, TelarValue x, TelarValue y)
{
  return telar_build_binary (e->b, TELAR_PRIM_MUL, x, y);
}

static TelarValue
number (const Elimination *e, double value)
{
  return telar_build_scalar (e->b, e->dtype, value);
}

/* bool […, n, 1]: true at the row with the largest number in the first column. */
static TelarValue
find_pivot (const Elimination *e)
{
  TelarValue column = telar_build_unary (e->b, TELAR_PRIM_ABS, block (e, e->matrix, 0, e->n, 0, 1));
  TelarValue place = telar_emit_arg (e->b, TELAR_PRIM_ARGMAX, column, e->rank - 2, FALSE, FALSE);
  return telar_emit_one_hot (e->b, place, e->n, e->rank - 2);
}

/* Brings the pivot's row to the top, multiplies the result by the pivot, and takes the row off the
 * others. A pivot of 0 means that the whole column is: nothing is left to take off. */
static void
eliminate (Elimination *e)
{
  TelarBuilder *b = e->b;
  gint64 n = e->n, rows = e->rank - 2;
  TelarValue hot = find_pivot (e), top = block (e, e->matrix, 0, 1, 0, n);
  TelarValue chosen = telar_build_reduce (
      b, TELAR_PRIM_SUM, telar_build_select (b, hot, e->matrix, number (e, 0)), &rows, 1, TRUE);
  TelarValue rest = telar_build_select (b, hot, top, e->matrix);
  TelarValue stays = block (e, hot, 0, 1, 0, 1), pivot = block (e, chosen, 0, 1, 0, 1);
  TelarValue sign = telar_build_select (b, stays, number (e, 1), number (e, -1));
  TelarValue none = telar_build_binary (b, TELAR_PRIM_EQUAL, pivot, number (e, 0));
  TelarValue factor = telar_build_binary (b, TELAR_PRIM_DIV, block (e, rest, 1, n - 1, 0, 1),
                                          telar_build_select (b, none, number (e, 1), pivot));
  e->result = multiply (e, e->result, multiply (e, pivot, sign));
  e->matrix = telar_build_binary (b, TELAR_PRIM_SUB, block (e, rest, 1, n - 1, 1, n - 1),
                                  multiply (e, factor, block (e, chosen, 0, 1, 1, n - 1)));
  e->n--;
}

TelarValue
telar_emit_determinant (TelarBuilder *b, TelarValue x)
{
  TelarType type = *telar_builder_type (b, x);
  guint rank = type.shape.rank;
  gint64 n = rank >= 2 ? type.shape.dims[rank - 1] : -1;
  if (n < 0 || type.shape.dims[rank - 2] != n || !telar_dtype_is_float (type.dtype)) {
    g_autofree char *text = telar_type_to_string (&type);
    telar_builder_fail (b, "a determinant needs square matrices of floats, not %s", text);
    return TELAR_NO_VALUE;
  }
  TelarShape shape = type.shape;
  shape.dims[rank - 1] = shape.dims[rank - 2] = 1;
  TelarType one = { type.dtype, shape };
  Elimination e = { b, type.dtype, rank, x, telar_build_fill (b, &one, 1), n };
  while (e.n > 1)
    eliminate (&e);
  if (e.n == 1)
    e.result = multiply (&e, e.result, e.matrix);
  shape.rank = rank - 2;
  return telar_build_reshape (b, e.result, &shape);
}
