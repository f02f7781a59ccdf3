/* Products of vectors and matrices. */
#include "engine/emit.h"

TelarValue
telar_emit_matmul (TelarBuilder *b, TelarValue x, TelarValue y)
{
  TelarShape left = telar_builder_type (b, x)->shape, right = telar_builder_type (b, y)->shape;
  guint first = 0, second = 1;
  if (left.rank == 1)
    x = telar_emit_unsqueeze (b, x, &first, 1);
  if (right.rank == 1)
    y = telar_emit_unsqueeze (b, y, &second, 1);
  TelarValue result = telar_build_matmul (b, x, y, FALSE, FALSE);
  guint rank = telar_builder_type (b, result)->shape.rank, axes[2], n = 0;
  if (left.rank == 1)
    axes[n++] = rank - 2;
  if (right.rank == 1)
    axes[n++] = rank - 1;
  return n == 0 ? result : telar_emit_squeeze (b, result, axes, n);
}

TelarValue
telar_emit_outer (TelarBuilder *b, TelarValue x, TelarValue y)
{
  guint left = telar_builder_type (b, x)->shape.rank, right = telar_builder_type (b, y)->shape.rank;
  guint before = right - 1;
  if (x == TELAR_NO_VALUE || y == TELAR_NO_VALUE)
    return TELAR_NO_VALUE;
  x = telar_emit_unsqueeze (b, x, &left, 1);
  y = telar_emit_unsqueeze (b, y, &before, 1);
  return telar_build_binary (b, TELAR_PRIM_MUL, x, y);
}

TelarValue
telar_emit_dot (TelarBuilder *b, TelarValue x, TelarValue y)
{
  TelarValue product = telar_build_binary (b, TELAR_PRIM_MUL, x, y);
  gint64 last = (gint64)telar_builder_type (b, product)->shape.rank - 1;
  return telar_build_reduce (b, TELAR_PRIM_SUM, product, &last, 1, FALSE);
}
