/* What the two forms in which ai.onnx.ml writes forests have in common. */
#include "engine/exchange/onnx/ml-ensemble.h"

#include "engine/emit.h"

#include <math.h>

void
onnx_ml_ensemble_init (OnnxMlEnsemble *e)
{
  *e = (OnnxMlEnsemble){ .nodes = g_array_new (FALSE, TRUE, sizeof (TelarTreeNode)),
                         .roots = g_array_new (FALSE, FALSE, sizeof (guint)) };
}

void
onnx_ml_ensemble_clear (OnnxMlEnsemble *e)
{
  g_array_unref (e->nodes);
  g_array_unref (e->roots);
  g_clear_pointer (&e->thresholds, telar_tensor_unref);
  g_clear_pointer (&e->members, telar_tensor_unref);
  g_clear_pointer (&e->values, telar_tensor_unref);
}

TelarTreeNode *
onnx_ml_ensemble_node (const OnnxMlEnsemble *e, gsize i)
{
  return &g_array_index (e->nodes, TelarTreeNode, i);
}

/* A feature of the file's; one that cannot be is left to telar_forest_check. */
guint
onnx_ml_feature (gint64 feature)
{
  return feature >= 0 && feature < G_MAXUINT ? (guint)feature : G_MAXUINT;
}

/* Room for the values of all leaves: 0, or what loses against any value. */
gboolean
onnx_ml_ensemble_values (OnnxCall *call, OnnxMlEnsemble *e)
{
  TelarShape shape = telar_shape (e->n_leaves, e->n_targets);
  double start = e->vote == TELAR_FOREST_MIN   ? INFINITY
                 : e->vote == TELAR_FOREST_MAX ? -INFINITY
                                               : 0;
  e->values = telar_tensor_try_new (e->dtype, &shape, &call->error);
  gsize n = e->values ? telar_tensor_elements (e->values) : 0;
  for (gsize i = 0; i < n && start != 0; i++)
    telar_tensor_set (e->values, i, start);
  return e->values != NULL;
}

void
onnx_ml_ensemble_add (OnnxMlEnsemble *e, guint leaf, gint64 target, double value)
{
  gsize place = leaf * (gsize)e->n_targets + (gsize)target;
  double has = telar_tensor_get (e->values, place);
  telar_tensor_set (e->values, place, isinf (has) ? value : has + value);
}

static TelarValue
put_table (gpointer owner, TelarTensor *table)
{
  return onnx_ml_put (owner, table);
}

/* [N, targets], before the base values. */
TelarValue
onnx_ml_ensemble_emit (OnnxCall *call, const OnnxMlEnsemble *e)
{
  gint64 n_features;
  TelarValue rows = telar_build_cast (call->b, onnx_ml_rows (call, &n_features), e->dtype);
  TelarForest forest = { .nodes = (const TelarTreeNode *)(gpointer)e->nodes->data,
                         .roots = (const guint *)(gpointer)e->roots->data,
                         .n_nodes = e->nodes->len,
                         .n_roots = e->roots->len,
                         .n_features = (guint)n_features,
                         .values = e->values };
  TelarForestSettings settings = { .vote = e->vote, .table = put_table, .owner = call };
  if (onnx_call_failed (call) || !telar_forest_check (&forest, &call->error))
    return TELAR_NO_VALUE;
  TelarValue y = telar_emit_forest (call->b, &forest, rows, &settings);
  if (e->vote != TELAR_FOREST_MIN && e->vote != TELAR_FOREST_MAX)
    return y;
  /* Targets that no tree has spoken of. */
  return telar_build_select (call->b, telar_emit_is_inf (call->b, y, TRUE, TRUE),
                             telar_build_scalar (call->b, e->dtype, 0), y);
}

/* The type that rows are compared in: that of the file's thresholds if it is the wider one. */
TelarDType
onnx_ml_ensemble_dtype (OnnxCall *call, const TelarTensor *thresholds)
{
  TelarDType rows = onnx_call_type (call, 0).dtype;
  gboolean narrow =
      telar_dtype_is_float (rows) && rows != TELAR_F64 && thresholds->type.dtype != TELAR_F64;
  return narrow ? TELAR_F32 : TELAR_F64;
}

TelarValue
onnx_ml_add_base (OnnxCall *call, TelarValue y, gint64 n)
{
  g_autoptr (TelarTensor) base = onnx_ml_numbers_or_tensor (call, "base_values");
  TelarShape row = telar_shape (n);
  if (!base)
    return y;
  return telar_build_binary (
      call->b, TELAR_PRIM_ADD, y,
      onnx_ml_table (call, base, "base_values", telar_builder_type (call->b, y)->dtype, &row));
}

gboolean
onnx_ml_ensemble_targets (OnnxCall *call, gint64 fallback, OnnxMlEnsemble *e)
{
  e->n_targets = onnx_call_attr_int (call, "n_targets", fallback);
  if (e->n_targets < 1)
    onnx_call_fail (call, "there are no %" G_GINT64_FORMAT " targets", e->n_targets);
  return !onnx_call_failed (call);
}
