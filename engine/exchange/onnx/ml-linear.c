/* Linear models and support vector machines of ai.onnx.ml: products with matrices that the file
 * holds. */
#include "engine/emit.h"
#include "engine/exchange/onnx/ml.h"

#include <math.h>

/* --- linear models ---------------------------------------------------------------------------- */

/* x · coefficientsᵀ + @offsets (named @name; NULL: 0), [N, scores]. */
static TelarValue
linear_scores (OnnxCall *call, TelarValue x, gint64 n_features, gint64 n_scores,
               const char *offsets)
{
  TelarDType dtype = telar_builder_type (call->b, x)->dtype;
  TelarShape matrix = telar_shape (n_scores, n_features), row = telar_shape (n_scores);
  g_autoptr (TelarTensor) coefficients = onnx_ml_numbers (call, "coefficients");
  g_autoptr (TelarTensor) added = onnx_ml_numbers (call, offsets);
  TelarValue weights = onnx_ml_table (call, coefficients, "coefficients", dtype, &matrix);
  TelarValue scores = telar_build_matmul (call->b, x, weights, FALSE, TRUE);
  if (!added)
    return scores;
  return telar_build_binary (call->b, TELAR_PRIM_ADD, scores,
                             onnx_ml_table (call, added, offsets, dtype, &row));
}

/* How many scores the coefficients make of @n_features numbers. */
static gint64
count_scores (OnnxCall *call, gint64 n_features)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "coefficients");
  gint64 n = attr ? (gint64)attr->n_floats : 0;
  if (n_features > 0 && n > 0 && n % n_features == 0)
    return n / n_features;
  onnx_call_fail (
      call, "%" G_GINT64_FORMAT " coefficients do not fit rows of %" G_GINT64_FORMAT " numbers", n,
      n_features);
  return 1;
}

static void
classify_linear (OnnxCall *call, const OnnxMlClasses *classes)
{
  gint64 n_features;
  OnnxMlTransform transform = onnx_ml_transform_read (call);
  TelarValue x = onnx_ml_rows (call, &n_features);
  gint64 n = count_scores (call, n_features);
  if (n != classes->n && !(n == 1 && classes->n == 2)) {
    onnx_call_fail (call, "it has %u classes for %" G_GINT64_FORMAT " scores", classes->n, n);
    return;
  }
  TelarValue scores = linear_scores (call, x, n_features, n, "intercepts");
  if (n == 1 && classes->n == 2) {
    onnx_ml_give_floats (call, 1, onnx_ml_two_scores (call->b, scores, transform, FALSE));
    onnx_ml_give_classes (call, classes, onnx_ml_above (call->b, scores, 0));
  } else {
    onnx_ml_give_floats (call, 1, onnx_ml_transform (call->b, scores, transform));
    onnx_ml_give_classes (call, classes, onnx_ml_largest (call->b, scores));
  }
}

static void
trace_linear_classifier (OnnxCall *call)
{
  OnnxMlClasses classes;
  if (onnx_ml_classes_read (call, "classlabels_ints", "classlabels_strings", &classes))
    classify_linear (call, &classes);
  onnx_ml_classes_clear (&classes);
}

static void
trace_linear_regressor (OnnxCall *call)
{
  gint64 n_features, targets = onnx_call_attr_int (call, "targets", 1);
  OnnxMlTransform transform = onnx_ml_transform_read (call);
  TelarValue x = onnx_ml_rows (call, &n_features);
  if (targets < 1) {
    onnx_call_fail (call, "there are no %" G_GINT64_FORMAT " targets", targets);
    return;
  }
  TelarValue scores = linear_scores (call, x, n_features, targets, "intercepts");
  onnx_ml_give_floats (call, 0, onnx_ml_transform (call->b, scores, transform));
}

const OnnxOperator onnx_operators_ml_linear[] = {
  { "LinearClassifier", trace_linear_classifier, .flags = ONNX_VALUES },
  { "LinearRegressor", trace_linear_regressor },
  { NULL },
};
