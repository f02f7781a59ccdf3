/* A forest under construction: the parallel lists of a file become a TelarForest
 * (engine/emit-forest.h), which checks and emits itself. */
#pragma once

#include "engine/emit-forest.h"
#include "engine/exchange/onnx/ml.h"

G_BEGIN_DECLS

typedef struct {
  GArray *nodes; /* TelarTreeNode */
  GArray *roots; /* guint */
  guint n_leaves;
  gint64 n_targets;
  TelarTensor *thresholds, *members; /* owned; members as f64 */
  TelarTensor *values;               /* [leaves, targets] */
  TelarDType dtype;                  /* of rows and values */
  TelarForestVote vote;
} OnnxMlEnsemble;

void onnx_ml_ensemble_init (OnnxMlEnsemble *e);
void onnx_ml_ensemble_clear (OnnxMlEnsemble *e);
TelarTreeNode *onnx_ml_ensemble_node (const OnnxMlEnsemble *e, gsize i);
/* A feature as the file has it; one that cannot be is left to telar_forest_check. */
guint onnx_ml_feature (gint64 feature);
/* Reads n_targets; FALSE and an error where it is none. */
gboolean onnx_ml_ensemble_targets (OnnxCall *call, gint64 fallback, OnnxMlEnsemble *e);
/* The type that rows are compared in: float64 where rows or @thresholds need it. */
TelarDType onnx_ml_ensemble_dtype (OnnxCall *call, const TelarTensor *thresholds);
/* Room for the values of all leaves, and one of them; several of the same leaf and target add up.
 */
gboolean onnx_ml_ensemble_values (OnnxCall *call, OnnxMlEnsemble *e);
void onnx_ml_ensemble_add (OnnxMlEnsemble *e, guint leaf, gint64 target, double value);
/* [N, targets] for the rows that are input 0. */
TelarValue onnx_ml_ensemble_emit (OnnxCall *call, const OnnxMlEnsemble *e);
/* @y with the @n base_values of the node added, if it has any. */
TelarValue onnx_ml_add_base (OnnxCall *call, TelarValue y, gint64 n);

G_END_DECLS
