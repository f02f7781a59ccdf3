/* Drawing for operators that handle values: what loops stack and scan, sequences join and part. */
#include "engine/exchange/onnx/canvas.h"

gboolean
onnx_draw_has_drawn (const OnnxCall *call, const GPtrArray *values)
{
  for (guint i = 0; i < values->len; i++)
    if (onnx_trace_is_drawn (call->trace, values->pdata[i]))
      return TRUE;
  return FALSE;
}

TelarOnnxValue *
onnx_draw_joined (OnnxCall *call, const GPtrArray *values, guint axis, gboolean fresh,
                  gboolean reversed)
{
  TelarNode *node = onnx_draw_node (call, fresh ? "stack" : "concat");
  onnx_draw_set (call, node, "axis", "%u", axis);
  for (guint i = 0; i < values->len; i++)
    onnx_draw_value (call, values->pdata[reversed ? values->len - 1 - i : i], "value", node, 0);
  return onnx_draw_result (call, node, 0);
}

TelarOnnxValue *
onnx_draw_chosen (OnnxCall *call, TelarOnnxValue *condition, TelarOnnxValue *yes,
                  TelarOnnxValue *no)
{
  TelarOnnxValue *const values[] = { condition, yes, no };
  if (yes == no)
    return telar_onnx_value_ref (yes);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (onnx_draw_is_poison (call, values[i]))
      return telar_onnx_value_ref (values[i]);
  if (yes->kind != TELAR_ONNX_TENSOR || no->kind != TELAR_ONNX_TENSOR ||
      !telar_type_equal (&yes->type, &no->type)) {
    onnx_call_fail (call, "its condition, which only a run knows, decides about the type and shape "
                          "of what it gives");
    return NULL;
  }
  TelarNode *node = onnx_draw_node (call, "if");
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    onnx_draw_value (call, values[i], "value", node, i);
  return onnx_draw_result (call, node, 0);
}

TelarOnnxValue *
onnx_draw_taken (OnnxCall *call, TelarOnnxValue *value, guint axis, gint64 first, gint64 size,
                 gboolean keep)
{
  if (value->type.shape.dims[axis] < 0) {
    onnx_call_fail (call, "the canvas takes no parts of the batch");
    return NULL;
  }
  TelarNode *node = onnx_draw_node (call, "slice");
  onnx_draw_set (call, node, "axis", "%u", axis);
  onnx_draw_set (call, node, "start", "%" G_GINT64_FORMAT, first);
  onnx_draw_set (call, node, "stop", "%" G_GINT64_FORMAT, first + size);
  onnx_draw_value (call, value, "value", node, 0);
  if (!keep) {
    node = onnx_draw_after (call, "squeeze", node);
    onnx_draw_set (call, node, "axis", "%u", axis);
  }
  return onnx_draw_result (call, node, 0);
}
