/* Who attends to whom: scores, masks, softmax and heads, on a builder. */
#include "engine/emit-sequence.h"

#include <math.h>

/* What hidden scores become: far below all others, and yet finite, so that a query that may see
 * nothing gives no NaN. */
static double
hidden_score (TelarDType dtype)
{
  return dtype == TELAR_F16 ? -6e4 : -1e30;
}

TelarValue
telar_emit_positions (TelarBuilder *b, gint64 first, gint64 n, gboolean column)
{
  TelarShape shape = telar_shape (n, 1);
  g_autoptr (TelarTensor) tensor = NULL;

  shape.rank = column ? 2 : 1;
  tensor = telar_tensor_new (TELAR_I64, &shape);
  for (gint64 i = 0; i < n; i++)
    telar_tensor_set (tensor, (gsize)i, (double)(first + i));
  return telar_build_constant (b, tensor);
}

static TelarValue
hide (TelarBuilder *b, TelarValue visible, TelarValue scores)
{
  TelarDType dtype = telar_builder_type (b, scores)->dtype;

  return telar_build_select (b, visible, scores,
                             telar_build_scalar (b, dtype, hidden_score (dtype)));
}

static TelarValue
apply_mask (TelarBuilder *b, TelarValue scores, TelarValue mask)
{
  if (mask == TELAR_NO_VALUE)
    return scores;
  if (telar_dtype_is_float (telar_builder_type (b, mask)->dtype))
    return telar_build_binary (b, TELAR_PRIM_ADD, scores,
                               telar_build_cast (b, mask, telar_builder_type (b, scores)->dtype));
  return hide (b, telar_build_cast (b, mask, TELAR_BOOL), scores);
}

static TelarValue
apply_causal (TelarBuilder *b, TelarValue scores, gint64 offset)
{
  const TelarShape *shape = &telar_builder_type (b, scores)->shape;
  gint64 queries = shape->dims[shape->rank - 2], keys = shape->dims[shape->rank - 1];

  if (queries < 0 || keys < 0) {
    telar_builder_fail (b, "causal attention needs a fixed number of steps");
    return TELAR_NO_VALUE;
  }
  return hide (b,
               telar_build_binary (b, TELAR_PRIM_LESS_EQUAL,
                                   telar_emit_positions (b, 0, keys, FALSE),
                                   telar_emit_positions (b, offset, queries, TRUE)),
               scores);
}

TelarValue
telar_emit_attention_scores (TelarBuilder *b, const TelarAttention *a)
{
  TelarShape shape = telar_builder_type (b, a->query)->shape;
  TelarValue scores;
  double scale;

  if (a->query == TELAR_NO_VALUE || a->key == TELAR_NO_VALUE)
    return TELAR_NO_VALUE;
  if (shape.rank < 3 || shape.dims[shape.rank - 1] < 1) {
    telar_builder_fail (b, "attention needs queries of batch × steps × features");
    return TELAR_NO_VALUE;
  }
  scale = a->scale > 0 ? a->scale : 1 / sqrt ((double)shape.dims[shape.rank - 1]);
  scores = a->query;
  if (scale != 1)
    scores = telar_build_binary_scalar (b, TELAR_PRIM_MUL, scores, scale);
  scores = telar_build_matmul (b, scores, a->key, FALSE, TRUE);
  if (a->cap > 0) {
    scores = telar_build_binary_scalar (b, TELAR_PRIM_DIV, scores, a->cap);
    scores = telar_build_unary (b, TELAR_PRIM_TANH, scores);
    scores = telar_build_binary_scalar (b, TELAR_PRIM_MUL, scores, a->cap);
  }
  return scores;
}

TelarValue
telar_emit_attention_weights (TelarBuilder *b, const TelarAttention *a)
{
  TelarValue scores = telar_emit_attention_scores (b, a);

  if (scores == TELAR_NO_VALUE)
    return scores;
  scores = apply_mask (b, scores, a->mask);
  if (a->causal && scores != TELAR_NO_VALUE)
    scores = apply_causal (b, scores, a->offset);
  return telar_emit (b, SOFTMAX, ((TelarValue[]){ scores }),
                     TELAR_INT (AXIS, telar_builder_type (b, a->query)->shape.rank - 1));
}

/* --- heads ------------------------------------------------------------------------------------ */

static const gint64 swap_heads[] = { 0, 2, 1, 3 };

TelarValue
telar_emit_split_heads (TelarBuilder *b, TelarValue x, gint64 heads)
{
  TelarShape shape = telar_builder_type (b, x)->shape;

  if (x == TELAR_NO_VALUE)
    return x;
  if (shape.rank != 3 || heads < 1 || shape.dims[2] % heads != 0) {
    telar_builder_fail (b, "the features cannot be divided among %" G_GINT64_FORMAT " heads",
                        heads);
    return TELAR_NO_VALUE;
  }
  shape = telar_shape (shape.dims[0], shape.dims[1], heads, shape.dims[2] / heads);
  return telar_build_transpose (b, telar_build_reshape (b, x, &shape), swap_heads);
}

TelarValue
telar_emit_join_heads (TelarBuilder *b, TelarValue x)
{
  TelarShape shape = telar_builder_type (b, x)->shape;

  if (x == TELAR_NO_VALUE)
    return x;
  shape = telar_shape (shape.dims[0], shape.dims[2], shape.dims[1] * shape.dims[3]);
  return telar_build_reshape (b, telar_build_transpose (b, x, swap_heads), &shape);
}

TelarValue
telar_emit_repeat_heads (TelarBuilder *b, TelarValue x, gint64 times)
{
  TelarShape shape = telar_builder_type (b, x)->shape, apart, wide;

  if (x == TELAR_NO_VALUE || times == 1)
    return x;
  apart = telar_shape_with (&shape, 2, 1);
  wide = telar_shape_with (&shape, 2, times);
  shape.dims[1] *= times;
  x = telar_build_broadcast (b, telar_build_reshape (b, x, &apart), &wide);
  return telar_build_reshape (b, x, &shape);
}
