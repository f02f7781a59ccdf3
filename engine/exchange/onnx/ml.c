/* Lists, classes and scores of ai.onnx.ml. */
#include "engine/exchange/onnx/ml.h"

#include "engine/emit.h"
#include "engine/exchange/onnx/read.h"

#include <math.h>
#include <string.h>

/* --- lists ------------------------------------------------------------------------------------ */

/* What the attribute's tensor holds; NULL where it has none. */
static TelarOnnxValue *
tensor_of (OnnxCall *call, const Onnx__AttributeProto *attr)
{
  return attr && attr->t ? onnx_trace_constant (call->trace, attr->t, &call->error) : NULL;
}

/* The same memory in another shape of as many elements. */
static TelarTensor *
in_shape (TelarTensor *tensor, const TelarShape *shape)
{
  return telar_tensor_wrap (tensor->type.dtype, shape, tensor->data,
                            (GDestroyNotify)telar_tensor_unref, telar_tensor_ref (tensor));
}

TelarTensor *
onnx_ml_numbers (OnnxCall *call, const char *name)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  g_autoptr (TelarOnnxValue) value = tensor_of (call, attr);
  if (value && value->kind == TELAR_ONNX_TENSOR) {
    TelarShape flat = telar_shape ((gint64)telar_tensor_elements (value->tensor));
    return in_shape (value->tensor, &flat);
  }
  if (!attr || value || (attr->n_floats == 0 && attr->n_ints == 0))
    return NULL;
  TelarShape shape = telar_shape ((gint64)MAX (attr->n_floats, attr->n_ints));
  TelarTensor *tensor = telar_tensor_new (attr->n_floats > 0 ? TELAR_F32 : TELAR_I64, &shape);
  memcpy (tensor->data, attr->n_floats > 0 ? (const void *)attr->floats : (const void *)attr->ints,
          attr->n_floats > 0 ? attr->n_floats * sizeof *attr->floats
                             : attr->n_ints * sizeof *attr->ints);
  return tensor;
}

TelarTensor *
onnx_ml_numbers_or_tensor (OnnxCall *call, const char *name)
{
  g_autofree char *newer = g_strconcat (name, "_as_tensor", NULL);
  TelarTensor *numbers = onnx_ml_numbers (call, name);
  return numbers ? numbers : onnx_ml_numbers (call, newer);
}

char **
onnx_ml_words (OnnxCall *call, const char *name)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  g_autoptr (TelarOnnxValue) value = tensor_of (call, attr);
  if (value)
    return g_strdupv (value->strings);
  if (!attr || attr->n_strings == 0)
    return NULL;
  char **words = g_new0 (char *, attr->n_strings + 1);
  for (gsize i = 0; i < attr->n_strings; i++)
    words[i] = onnx_text_copy (&attr->strings[i]);
  return words;
}

const gint64 *
onnx_ml_ints (OnnxCall *call, const char *name, gsize n)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  if (attr && attr->n_ints == n)
    return attr->ints;
  onnx_call_fail (call, "the attribute %s has %zu numbers where %zu are needed", name,
                  attr ? attr->n_ints : 0, n);
  return NULL;
}

TelarValue
onnx_ml_put (OnnxCall *call, TelarTensor *tensor)
{
  g_autoptr (TelarOnnxValue) value = telar_onnx_value_tensor (tensor, TRUE);
  return onnx_call_failed (call) ? TELAR_NO_VALUE : onnx_trace_emit (call->trace, value);
}

TelarValue
onnx_ml_table (OnnxCall *call, const TelarTensor *numbers, const char *name, TelarDType dtype,
               const TelarShape *shape)
{
  gint64 count, has = numbers ? (gint64)telar_tensor_elements (numbers) : 0;
  if (!numbers || !telar_shape_count (shape, &count) || count != has) {
    g_autofree char *wants = telar_shape_to_string (shape);
    onnx_call_fail (call, "%s has %" G_GINT64_FORMAT " numbers where %s are needed", name, has,
                    wants);
    return TELAR_NO_VALUE;
  }
  g_autoptr (TelarTensor) cast = telar_tensor_cast ((TelarTensor *)numbers, dtype);
  g_autoptr (TelarTensor) table = in_shape (cast, shape);
  return onnx_ml_put (call, table);
}

TelarValue
onnx_ml_rows (OnnxCall *call, gint64 *n_features)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarType type = *telar_builder_type (call->b, x);
  *n_features = 0;
  if (onnx_call_failed (call))
    return TELAR_NO_VALUE;
  if (type.shape.rank != 1 && type.shape.rank != 2) {
    onnx_call_fail (call, "the rows must be [N, features]");
    return TELAR_NO_VALUE;
  }
  *n_features = type.shape.dims[type.shape.rank - 1];
  TelarShape rows = telar_shape (type.shape.rank == 2 ? type.shape.dims[0] : 1, *n_features);
  gboolean wide = type.dtype == TELAR_F64 || !telar_dtype_is_float (type.dtype);
  return telar_build_cast (call->b, telar_build_reshape (call->b, x, &rows),
                           wide ? TELAR_F64 : TELAR_F32);
}

void
onnx_ml_give_floats (OnnxCall *call, guint output, TelarValue value)
{
  onnx_call_out (call, output, telar_build_cast (call->b, value, TELAR_F32));
}

/* --- classes ---------------------------------------------------------------------------------- */

gboolean
onnx_ml_classes_read (OnnxCall *call, const char *numbers, const char *words,
                      OnnxMlClasses *classes)
{
  *classes = (OnnxMlClasses){ .words = onnx_ml_words (call, words) };
  if (classes->words) {
    classes->n = g_strv_length (classes->words);
    return TRUE;
  }
  g_autoptr (TelarTensor) labels = onnx_ml_numbers (call, numbers);
  if (labels) {
    classes->numbers = telar_tensor_cast (labels, TELAR_I64);
    classes->n = (guint)telar_tensor_elements (labels);
    return TRUE;
  }
  onnx_call_fail (call, "it names no classes");
  return FALSE;
}

void
onnx_ml_classes_clear (OnnxMlClasses *classes)
{
  g_clear_pointer (&classes->numbers, telar_tensor_unref);
  g_clear_pointer (&classes->words, g_strfreev);
}

void
onnx_ml_give_classes (OnnxCall *call, const OnnxMlClasses *classes, TelarValue which)
{
  if (!onnx_call_wants (call, 0) || onnx_call_failed (call))
    return;
  if (classes->numbers) {
    onnx_call_out (call, 0,
                   telar_emit_gather (call->b, onnx_ml_put (call, classes->numbers), which, 0));
    return;
  }
  g_autoptr (TelarOnnxValue) places = onnx_call_wrap (call, which);
  const TelarTensor *known = onnx_call_settle (call, places);
  if (!known)
    return;
  gsize n = telar_tensor_elements (known);
  char **labels = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    labels[i] = g_strdup (classes->words[((const gint64 *)known->data)[i]]);
  onnx_call_give (call, 0, telar_onnx_value_strings (&known->type.shape, labels));
}

/* --- scores ----------------------------------------------------------------------------------- */

OnnxMlTransform
onnx_ml_transform_read (OnnxCall *call)
{
  static const char *const names[] = { "NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT" };
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "post_transform");
  g_autofree char *name = onnx_call_attr_text (call, "post_transform", "NONE");
  if (attr && attr->s.len == 0 && attr->i >= 0 && attr->i < ONNX_ML_N_TRANSFORMS)
    return (OnnxMlTransform)attr->i;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      return (OnnxMlTransform)i;
  onnx_call_fail (call, "Telar does not know the post_transform \"%s\"", name);
  return ONNX_ML_NONE;
}

/* √2 · erf⁻¹ (2p - 1), with erf⁻¹ after S. Winitzki, "A handy approximation for the error function
 * and its inverse", 2008: within 0.002. */
static TelarValue
probit (TelarBuilder *b, TelarValue p)
{
  const double a = 0.147;
  TelarValue x = telar_build_binary_scalar (b, TELAR_PRIM_SUB,
                                            telar_build_binary_scalar (b, TELAR_PRIM_MUL, p, 2), 1);
  TelarValue log = telar_build_unary (
      b, TELAR_PRIM_LOG1P,
      telar_build_unary (b, TELAR_PRIM_NEG, telar_build_binary (b, TELAR_PRIM_MUL, x, x)));
  TelarValue half = telar_build_binary_scalar (
      b, TELAR_PRIM_ADD, telar_build_binary_scalar (b, TELAR_PRIM_MUL, log, 0.5), 2 / (G_PI * a));
  TelarValue root = telar_build_unary (
      b, TELAR_PRIM_SQRT,
      telar_build_binary (b, TELAR_PRIM_SUB, telar_build_binary (b, TELAR_PRIM_MUL, half, half),
                          telar_build_binary_scalar (b, TELAR_PRIM_DIV, log, a)));
  TelarValue size =
      telar_build_unary (b, TELAR_PRIM_SQRT, telar_build_binary (b, TELAR_PRIM_SUB, root, half));
  return telar_build_binary_scalar (
      b, TELAR_PRIM_MUL,
      telar_build_binary (b, TELAR_PRIM_MUL, telar_build_unary (b, TELAR_PRIM_SIGN, x), size),
      G_SQRT2);
}

/* eˣ over its sum, where numbers near 0 stay what they are, scaled alike. */
static TelarValue
softmax_zero (TelarBuilder *b, TelarValue x)
{
  const gint64 last[] = { 1 };
  const double near = 1e-7;
  TelarValue most = telar_build_reduce (b, TELAR_PRIM_MAX, x, last, 1, TRUE);
  TelarValue zero =
      telar_build_binary (b, TELAR_PRIM_LESS_EQUAL, telar_build_unary (b, TELAR_PRIM_ABS, x),
                          telar_build_scalar (b, telar_builder_type (b, x)->dtype, near));
  TelarValue e =
      telar_build_unary (b, TELAR_PRIM_EXP, telar_build_binary (b, TELAR_PRIM_SUB, x, most));
  TelarValue kept = telar_build_binary (
      b, TELAR_PRIM_MUL, x,
      telar_build_unary (b, TELAR_PRIM_EXP, telar_build_unary (b, TELAR_PRIM_NEG, most)));
  TelarValue y = telar_build_select (b, zero, kept, e);
  return telar_build_binary (b, TELAR_PRIM_DIV, y,
                             telar_build_reduce (b, TELAR_PRIM_SUM, y, last, 1, TRUE));
}

TelarValue
onnx_ml_transform (TelarBuilder *b, TelarValue scores, OnnxMlTransform transform)
{
  switch (transform) {
  case ONNX_ML_SOFTMAX:
    return telar_emit (b, SOFTMAX, ((TelarValue[]){ scores }), TELAR_INT (AXIS, 1));
  case ONNX_ML_LOGISTIC:
    return telar_build_unary (b, TELAR_PRIM_SIGMOID, scores);
  case ONNX_ML_SOFTMAX_ZERO:
    return softmax_zero (b, scores);
  case ONNX_ML_PROBIT:
    return probit (b, scores);
  case ONNX_ML_NONE:
  case ONNX_ML_N_TRANSFORMS:
    break;
  }
  return scores;
}

TelarValue
onnx_ml_two_scores (TelarBuilder *b, TelarValue score, OnnxMlTransform transform, gboolean opposed)
{
  TelarDType dtype = telar_builder_type (b, score)->dtype;
  TelarValue other = telar_build_unary (b, TELAR_PRIM_NEG, score);
  if (transform == ONNX_ML_PROBIT || (transform != ONNX_ML_LOGISTIC && !opposed))
    other = telar_build_binary (b, TELAR_PRIM_ADD, other, telar_build_scalar (b, dtype, 1));
  TelarValue both = telar_build_concat (b, (TelarValue[]){ other, score }, 2, 1);
  gboolean each = transform == ONNX_ML_LOGISTIC || transform == ONNX_ML_PROBIT;
  return each ? onnx_ml_transform (b, both, transform) : both;
}

TelarValue
onnx_ml_largest (TelarBuilder *b, TelarValue scores)
{
  return telar_emit_arg (b, TELAR_PRIM_ARGMAX, scores, 1, FALSE, FALSE);
}

TelarValue
onnx_ml_above (TelarBuilder *b, TelarValue score, double least)
{
  TelarShape rows = telar_shape (telar_builder_type (b, score)->shape.dims[0]);
  TelarValue limit = telar_build_scalar (b, telar_builder_type (b, score)->dtype, least);
  TelarValue above = telar_build_binary (b, TELAR_PRIM_LESS, limit, score);
  return telar_build_reshape (b, telar_build_cast (b, above, TELAR_I64), &rows);
}
