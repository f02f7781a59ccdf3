/* The table of the operators' tables. */
#include "engine/exchange/onnx/operators.h"

/* Domain and tables. A new operator is one entry in one of them. */
static const struct {
  const char *domain;
  const OnnxOperator *operators;
} families[] = {
  /* clang-format off */
  { "", onnx_operators_attention },
  { "", onnx_operators_control },
  { "", onnx_operators_cast },
  { "", onnx_operators_elementwise },
  { "", onnx_operators_index },
  { "", onnx_operators_losses },
  { "", onnx_operators_product },
  { "", onnx_operators_recurrence },
  { "", onnx_operators_recurrent },
  { "", onnx_operators_reduce },
  { "", onnx_operators_sequence },
  { "", onnx_operators_resize },
  { "", onnx_operators_spatial },
  { "", onnx_operators_boxes },
  { "", onnx_operators_select },
  { "", onnx_operators_quantize },
  { "", onnx_operators_bits },
  { "", onnx_operators_trigonometric },
  { "", onnx_operators_einsum },
  { "", onnx_operators_signal },
  { "", onnx_operators_determinant },
  { "", onnx_operators_dropout },
  { "", onnx_operators_random },
  { "", onnx_operators_strings },
  { "ai.onnx.preview.training", onnx_operators_gradient },
  { "ai.onnx.preview.training", onnx_operators_training },
  { "", onnx_operators_geometry },
  { "", onnx_operators_cumulate },
  { "", onnx_operators_shape },
  { "", onnx_operators_deform },
  { "", onnx_operators_text },
  { "ai.onnx.preview", onnx_operators_flex_attention },
  { "ai.onnx.ml", onnx_operators_ml_features },
  { "ai.onnx.ml", onnx_operators_ml_labels },
  { "ai.onnx.ml", onnx_operators_ml_linear },
  { "ai.onnx.ml", onnx_operators_ml_vectors },
  { "ai.onnx.ml", onnx_operators_ml_trees },
  { "ai.onnx.ml", onnx_operators_ml_tree_ensemble },
  /* clang-format on */
};

const OnnxOperator *
onnx_operator_find (const char *domain, const char *name, int version)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    if (!g_str_equal (families[i].domain, domain))
      continue;
    for (const OnnxOperator *op = families[i].operators; op->name; op++)
      if (g_str_equal (op->name, name) && (op->first == 0 || version >= op->first) &&
          (op->last == 0 || version <= op->last))
        return op;
  }
  return NULL;
}
