/* The losses that ONNX has as operators: negative log-likelihood, and softmax with cross-entropy.
 */
#include "engine/exchange/onnx/operators.h"

#include <string.h>

/* The scores [N, C, d…] as [N·d…, C], a row for each target. */
static TelarValue
rows_of (OnnxCall *call, TelarValue x, const TelarShape *shape)
{
  gint64 perm[TELAR_MAX_RANK];
  for (guint i = 0; i < shape->rank; i++)
    perm[i] = i == 0 ? 0 : i + 1;
  perm[shape->rank - 1] = 1;
  TelarShape flat =
      telar_shape ((gint64)telar_shape_elements (shape) / MAX (shape->dims[1], 1), shape->dims[1]);
  return telar_build_reshape (call->b, telar_build_transpose (call->b, x, perm), &flat);
}

/* Element @column[i] of row i. */
static TelarValue
pick (OnnxCall *call, TelarValue rows, TelarValue column)
{
  TelarShape shape = telar_builder_type (call->b, rows)->shape;
  TelarShape flat = telar_shape (shape.dims[0] * shape.dims[1]);
  TelarShape count = telar_shape (shape.dims[0]);
  TelarValue place = telar_build_iota (call->b, &count, 0);
  place = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, place, (double)shape.dims[1]);
  place = telar_build_binary (call->b, TELAR_PRIM_ADD, place, column);
  return telar_emit (call->b, GATHER,
                     ((TelarValue[]){ telar_build_reshape (call->b, rows, &flat), place }),
                     TELAR_INT (AXIS, 0));
}

typedef struct {
  TelarValue column; /* the target of each row, 0 where it is to be ignored; i64 */
  TelarValue weight; /* of each row, 0 where it is to be ignored */
} Targets;

static Targets
read_targets (OnnxCall *call, gint64 rows, TelarDType dtype)
{
  Targets t;
  TelarShape flat = telar_shape (rows), one = telar_shape_scalar ();
  TelarType ones = { dtype, one };
  t.column = telar_build_cast (call->b, onnx_call_in (call, 1), TELAR_I64);
  t.column = telar_build_reshape (call->b, t.column, &flat);
  TelarValue zero = telar_build_scalar (call->b, TELAR_I64, 0), ignored = TELAR_NO_VALUE;
  if (onnx_call_attr (call, "ignore_index")) {
    ignored = telar_build_binary (
        call->b, TELAR_PRIM_EQUAL, t.column,
        telar_build_scalar (call->b, TELAR_I64,
                            (double)onnx_call_attr_int (call, "ignore_index", 0)));
    t.column = telar_build_select (call->b, ignored, zero, t.column);
  }
  t.weight =
      onnx_call_has (call, 2)
          ? telar_emit (call->b, GATHER, ((TelarValue[]){ onnx_call_in (call, 2), t.column }),
                        TELAR_INT (AXIS, 0))
          : telar_build_broadcast (call->b, telar_build_fill (call->b, &ones, 1), &flat);
  if (ignored != TELAR_NO_VALUE)
    t.weight =
        telar_build_select (call->b, ignored, telar_build_scalar (call->b, dtype, 0), t.weight);
  return t;
}

/* -Σ weight · log p[target], as the attribute reduction says: each, their sum, or their weighted
 * mean. */
static void
give_loss (OnnxCall *call, TelarValue log_p, const TelarShape *shape)
{
  g_autofree char *reduction = onnx_call_attr_text (call, "reduction", "mean");
  TelarDType dtype = onnx_call_type (call, 0).dtype;
  TelarShape target = onnx_call_type (call, 1).shape;
  TelarValue rows = rows_of (call, log_p, shape);
  Targets t = read_targets (call, (gint64)telar_shape_elements (&target), dtype);
  TelarValue loss = telar_build_binary (call->b, TELAR_PRIM_MUL, pick (call, rows, t.column),
                                        telar_build_unary (call->b, TELAR_PRIM_NEG, t.weight));
  if (g_str_equal (reduction, "none")) {
    onnx_call_out (call, 0, telar_build_reshape (call->b, loss, &target));
    return;
  }
  loss = telar_build_reduce_all (call->b, TELAR_PRIM_SUM, loss);
  if (g_str_equal (reduction, "mean"))
    loss = telar_build_binary (call->b, TELAR_PRIM_DIV, loss,
                               telar_build_reduce_all (call->b, TELAR_PRIM_SUM, t.weight));
  onnx_call_out (call, 0, loss);
}

static gboolean
check_shapes (OnnxCall *call, TelarShape *shape)
{
  TelarShape target = onnx_call_type (call, 1).shape;
  *shape = onnx_call_type (call, 0).shape;
  gboolean good =
      shape->rank >= 2 && target.rank + 1 == shape->rank && target.dims[0] == shape->dims[0];
  for (guint i = 2; good && i < shape->rank; i++)
    good = target.dims[i - 1] == shape->dims[i];
  if (!good)
    onnx_call_fail (call, "the targets do not fit the scores");
  return good && !onnx_call_failed (call);
}

static void
trace_negative_log_likelihood (OnnxCall *call)
{
  TelarShape shape;
  if (check_shapes (call, &shape))
    give_loss (call, onnx_call_in (call, 0), &shape);
}

static void
trace_softmax_cross_entropy (OnnxCall *call)
{
  TelarShape shape;
  if (!check_shapes (call, &shape))
    return;
  TelarValue x = onnx_call_in (call, 0);
  x = telar_build (call->b, TELAR_PRIM_LOG_SOFTMAX, &x, 1, &TELAR_INT (AXIS, 1), 1);
  give_loss (call, x, &shape);
  onnx_call_out (call, 1, x);
}

const OnnxOperator onnx_operators_losses[] = {
  { "NegativeLogLikelihoodLoss", trace_negative_log_likelihood },
  { "SoftmaxCrossEntropyLoss", trace_softmax_cross_entropy },
  { NULL },
};
