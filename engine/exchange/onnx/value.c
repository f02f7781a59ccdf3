/* Values: making them, settling them, asking what is known of them. */
#include "engine/exchange/onnx/value.h"

static TelarOnnxValue *
value_new (TelarOnnxKind kind)
{
  TelarOnnxValue *value = g_new0 (TelarOnnxValue, 1);
  g_ref_count_init (&value->refs);
  value->kind = kind;
  value->traced = TELAR_NO_VALUE;
  return value;
}

TelarOnnxValue *
telar_onnx_value_ref (TelarOnnxValue *value)
{
  g_ref_count_inc (&value->refs);
  return value;
}

static void
leave_traces (TelarOnnxValue *value)
{
  if (value->traces)
    g_ptr_array_remove_fast (value->traces, value);
  value->traces = NULL;
  value->traced = TELAR_NO_VALUE;
}

void
telar_onnx_value_unref (TelarOnnxValue *value)
{
  if (!value || !g_ref_count_dec (&value->refs))
    return;
  leave_traces (value);
  g_clear_pointer (&value->tensor, telar_tensor_unref);
  g_strfreev (value->strings);
  g_clear_pointer (&value->items, g_ptr_array_unref);
  telar_onnx_value_unref (value->inner);
  g_free (value);
}

TelarOnnxValue *
telar_onnx_value_tensor (TelarTensor *tensor, gboolean constant)
{
  TelarOnnxValue *value = value_new (TELAR_ONNX_TENSOR);
  value->tensor = telar_tensor_ref (tensor);
  value->type = tensor->type;
  value->constant = constant;
  return value;
}

TelarOnnxValue *
telar_onnx_value_traced (TelarValue traced, const TelarType *type, GPtrArray *traces)
{
  TelarOnnxValue *value = value_new (TELAR_ONNX_TENSOR);
  value->traced = traced;
  value->type = *type;
  value->traces = traces;
  g_ptr_array_add (traces, value);
  return value;
}

TelarOnnxValue *
telar_onnx_value_strings (const TelarShape *shape, char **strings)
{
  TelarOnnxValue *value = value_new (TELAR_ONNX_STRINGS);
  value->type.shape = *shape;
  value->strings = strings;
  return value;
}

TelarOnnxValue *
telar_onnx_value_sequence (void)
{
  TelarOnnxValue *value = value_new (TELAR_ONNX_SEQUENCE);
  value->items = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_onnx_value_unref);
  return value;
}

TelarOnnxValue *
telar_onnx_value_optional (TelarOnnxValue *inner)
{
  TelarOnnxValue *value = value_new (TELAR_ONNX_OPTIONAL);
  value->inner = inner ? telar_onnx_value_ref (inner) : NULL;
  return value;
}

void
telar_onnx_value_settle (TelarOnnxValue *value, TelarTensor *tensor)
{
  leave_traces (value);
  value->tensor = telar_tensor_ref (tensor);
  value->type = tensor->type;
}

/* Whether all tensors in @value are known, and constant when @constant asks for that. */
static gboolean
all_tensors (const TelarOnnxValue *value, gboolean constant)
{
  switch (value->kind) {
  case TELAR_ONNX_TENSOR:
    return value->tensor && (value->constant || !constant);
  case TELAR_ONNX_STRINGS:
    return TRUE;
  case TELAR_ONNX_SEQUENCE:
    for (guint i = 0; i < value->items->len; i++)
      if (!all_tensors (value->items->pdata[i], constant))
        return FALSE;
    return TRUE;
  case TELAR_ONNX_OPTIONAL:
    return !value->inner || all_tensors (value->inner, constant);
  }
  return FALSE;
}

gboolean
telar_onnx_value_is_known (const TelarOnnxValue *value)
{
  return all_tensors (value, FALSE);
}

gboolean
telar_onnx_value_is_constant (const TelarOnnxValue *value)
{
  return all_tensors (value, TRUE);
}

const char *
telar_onnx_kind_name (TelarOnnxKind kind)
{
  static const char *const names[] = { "tensor", "tensor of strings", "sequence", "optional" };
  return names[kind];
}
