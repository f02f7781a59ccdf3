/* What an operator reads of its node and what it gives back. */
#include "engine/exchange/onnx/read.h"
#include "engine/exchange/onnx/trace.h"

#include <string.h>

/* --- trouble ---------------------------------------------------------------------------------- */

void
onnx_call_fail (OnnxCall *call, const char *format, ...)
{
  va_list args;
  if (call->error)
    return;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (&call->error, TELAR_ERROR_INVALID, NULL, "%s", message);
}

gboolean
onnx_call_failed (const OnnxCall *call)
{
  return call->error || telar_builder_error (call->b);
}

gboolean
onnx_call_axis (OnnxCall *call, gint64 axis, guint rank, guint *result)
{
  gint64 counted = axis < 0 ? axis + rank : axis;
  if (counted >= 0 && counted < rank) {
    *result = (guint)counted;
    return TRUE;
  }
  onnx_call_fail (call, "there is no axis %" G_GINT64_FORMAT " in a tensor of %u axes", axis, rank);
  return FALSE;
}

/* --- inputs ----------------------------------------------------------------------------------- */

gboolean
onnx_call_has (const OnnxCall *call, guint input)
{
  return input < call->n_inputs && call->inputs[input];
}

/* The input, if it is a tensor of numbers. */
static TelarOnnxValue *
tensor_at (OnnxCall *call, guint input)
{
  if (onnx_call_failed (call))
    return NULL;
  if (!onnx_call_has (call, input)) {
    onnx_call_fail (call, "input %u is missing", input);
    return NULL;
  }
  TelarOnnxValue *value = call->inputs[input];
  if (value->kind == TELAR_ONNX_OPTIONAL && value->inner)
    value = value->inner;
  if (value->kind == TELAR_ONNX_TENSOR)
    return value;
  onnx_call_fail (call, "input %u is a %s where a tensor of numbers is needed", input,
                  telar_onnx_kind_name (value->kind));
  return NULL;
}

TelarOnnxValue *
onnx_call_strings (OnnxCall *call, guint input)
{
  TelarOnnxValue *value = onnx_call_has (call, input) ? call->inputs[input] : NULL;
  if (value && value->kind == TELAR_ONNX_STRINGS)
    return value;
  onnx_call_fail (call, "input %u must be a tensor of strings", input);
  return NULL;
}

TelarValue
onnx_call_in (OnnxCall *call, guint input)
{
  TelarOnnxValue *value = tensor_at (call, input);
  return value ? onnx_trace_emit (call->trace, value) : TELAR_NO_VALUE;
}

TelarValue
onnx_call_optional (OnnxCall *call, guint input)
{
  return onnx_call_has (call, input) ? onnx_call_in (call, input) : TELAR_NO_VALUE;
}

TelarType
onnx_call_type (OnnxCall *call, guint input)
{
  const TelarOnnxValue *value = tensor_at (call, input);
  return value ? value->type : (TelarType){ TELAR_F32, telar_shape_scalar () };
}

TelarTensor *
onnx_call_settle (OnnxCall *call, TelarOnnxValue *value)
{
  if (onnx_trace_is_drawn (call->trace, value)) {
    onnx_call_fail (call, "it needs numbers that only a run gives, not the canvas");
    return NULL;
  }
  if (!value->tensor && !onnx_trace_settle (call->trace, &call->error))
    return NULL;
  call->b = call->trace->b;
  /* A value of a program that is not run any more, such as one turn's of a loop. */
  if (!value->tensor)
    onnx_call_fail (call, "it needs numbers that are not known where it stands");
  return value->tensor;
}

TelarTensor *
onnx_call_numbers (OnnxCall *call, guint input)
{
  TelarOnnxValue *value = tensor_at (call, input);
  gboolean sealed = value && call->trace->sealed && !value->tensor;
  if (sealed || (value && onnx_trace_is_drawn (call->trace, value))) {
    onnx_call_fail (call, "the numbers of %s must be known when it is drawn",
                    sealed ? call->node->input[input] : onnx_canvas_origin (call, input));
    return NULL;
  }
  return value ? onnx_call_settle (call, value) : NULL;
}

static gint64
integer_at (const TelarTensor *tensor, gsize i)
{
  gint64 integer;
  if (!telar_dtype_is_float (tensor->type.dtype))
    return telar_element_get_bits (tensor->type.dtype, tensor->data, i);
  telar_element_set (TELAR_I64, &integer, 0, telar_tensor_get (tensor, i));
  return integer;
}

gboolean
onnx_call_ints (OnnxCall *call, guint input, gint64 *items, guint most, guint *n)
{
  const TelarTensor *tensor = onnx_call_numbers (call, input);
  if (!tensor)
    return FALSE;
  gsize count = telar_tensor_elements (tensor);
  if (count > most) {
    onnx_call_fail (call, "input %u has %zu numbers where %u are most", input, count, most);
    return FALSE;
  }
  for (gsize i = 0; i < count; i++)
    items[i] = integer_at (tensor, i);
  *n = (guint)count;
  return TRUE;
}

gint64
onnx_call_integer (OnnxCall *call, guint input, gint64 fallback)
{
  gint64 integer;
  guint n;
  if (!onnx_call_has (call, input) || !onnx_call_ints (call, input, &integer, 1, &n))
    return fallback;
  if (n > 0)
    return integer;
  onnx_call_fail (call, "input %u is empty where a number is needed", input);
  return fallback;
}

double
onnx_call_number (OnnxCall *call, guint input, double fallback)
{
  if (!onnx_call_has (call, input))
    return fallback;
  const TelarTensor *tensor = onnx_call_numbers (call, input);
  if (tensor && telar_tensor_elements (tensor) > 0)
    return telar_tensor_get (tensor, 0);
  if (tensor)
    onnx_call_fail (call, "input %u is empty where a number is needed", input);
  return fallback;
}

/* --- attributes ------------------------------------------------------------------------------- */

static const Onnx__AttributeProto *
find_attr (const Onnx__NodeProto *node, const OnnxScope *scope, const char *name)
{
  for (gsize i = 0; i < node->n_attribute; i++) {
    const Onnx__AttributeProto *attr = node->attribute[i];
    if (g_strcmp0 (attr->name, name) != 0)
      continue;
    if (!attr->ref_attr_name || !*attr->ref_attr_name)
      return attr;
    while (scope && !scope->function)
      scope = scope->outer;
    return scope ? find_attr (scope->function, scope->function_scope, attr->ref_attr_name) : NULL;
  }
  return NULL;
}

const Onnx__AttributeProto *
onnx_call_attr (const OnnxCall *call, const char *name)
{
  return find_attr (call->node, call->scope, name);
}

gint64
onnx_call_attr_int (const OnnxCall *call, const char *name, gint64 fallback)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  return attr ? attr->i : fallback;
}

double
onnx_call_attr_real (const OnnxCall *call, const char *name, double fallback)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  return attr ? (double)attr->f : fallback;
}

char *
onnx_call_attr_text (const OnnxCall *call, const char *name, const char *fallback)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  return attr ? onnx_text_copy (&attr->s) : g_strdup (fallback);
}

gboolean
onnx_call_attr_ints (OnnxCall *call, const char *name, gint64 *items, guint most, guint *n)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  *n = 0;
  if (!attr)
    return FALSE;
  if (attr->n_ints > most) {
    onnx_call_fail (call, "the attribute %s has %zu numbers where %u are most", name, attr->n_ints,
                    most);
    return FALSE;
  }
  if (attr->n_ints > 0)
    memcpy (items, attr->ints, attr->n_ints * sizeof *items);
  *n = (guint)attr->n_ints;
  return TRUE;
}

TelarDType
onnx_call_attr_dtype (OnnxCall *call, const char *name, TelarDType fallback)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  TelarDType dtype = fallback;
  if (attr && !onnx_dtype_from_number ((int)attr->i, &dtype))
    onnx_call_fail (call, "Telar has no tensors of %s", onnx_dtype_name ((int)attr->i));
  return dtype;
}

/* --- results ---------------------------------------------------------------------------------- */

gboolean
onnx_call_wants (const OnnxCall *call, guint output)
{
  return output < call->n_outputs && call->node->output[output][0];
}

void
onnx_call_give (OnnxCall *call, guint output, TelarOnnxValue *value)
{
  if (!onnx_call_wants (call, output)) {
    telar_onnx_value_unref (value);
    return;
  }
  telar_onnx_value_unref (call->outputs[output]);
  call->outputs[output] = value;
}

TelarOnnxValue *
onnx_call_wrap (OnnxCall *call, TelarValue value)
{
  return telar_onnx_value_traced (value, telar_builder_type (call->b, value), call->trace->traced);
}

void
onnx_call_out (OnnxCall *call, guint output, TelarValue value)
{
  if (onnx_call_wants (call, output) && !onnx_call_failed (call) && value != TELAR_NO_VALUE)
    onnx_call_give (call, output, onnx_call_wrap (call, value));
}

void
onnx_call_give_numbers (OnnxCall *call, guint output, TelarTensor *tensor)
{
  gboolean constant = TRUE;
  for (guint i = 0; i < call->n_inputs; i++)
    constant = constant && (!call->inputs[i] || telar_onnx_value_is_constant (call->inputs[i]));
  onnx_call_give (call, output, telar_onnx_value_tensor (tensor, constant));
  telar_tensor_unref (tensor);
}
