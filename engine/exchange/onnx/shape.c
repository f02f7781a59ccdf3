/* Operators that move numbers and compute none: shapes, axes, parts, constants. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#include <string.h>

/* --- what a shape is -------------------------------------------------------------------------- */

static TelarTensor *
ints_tensor (const gint64 *items, guint n)
{
  TelarShape shape = telar_shape (n);
  TelarTensor *tensor = telar_tensor_new (TELAR_I64, &shape);
  if (n > 0)
    memcpy (tensor->data, items, n * sizeof *items);
  return tensor;
}

/* Known without computing anything: shapes are part of the types that a trace is made for. */
static void
give_constant (OnnxCall *call, TelarTensor *tensor)
{
  onnx_call_give (call, 0, telar_onnx_value_tensor (tensor, TRUE));
  telar_tensor_unref (tensor);
}

static void
trace_shape (OnnxCall *call)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  gint64 rank = shape.rank, start = onnx_call_attr_int (call, "start", 0);
  gint64 end = onnx_call_attr_int (call, "end", rank);
  start = CLAMP (start < 0 ? start + rank : start, 0, rank);
  end = CLAMP (end < 0 ? end + rank : end, start, rank);
  if (!onnx_call_failed (call))
    give_constant (call, ints_tensor (shape.dims + start, (guint)(end - start)));
}

static void
trace_size (OnnxCall *call)
{
  TelarShape shape = onnx_call_type (call, 0).shape, scalar = telar_shape_scalar ();
  gint64 size = (gint64)telar_shape_elements (&shape);
  if (onnx_call_failed (call))
    return;
  TelarTensor *tensor = telar_tensor_new (TELAR_I64, &scalar);
  memcpy (tensor->data, &size, sizeof size);
  give_constant (call, tensor);
}

/* --- constants -------------------------------------------------------------------------------- */

static TelarTensor *
listed_constant (OnnxCall *call)
{
  const Onnx__AttributeProto *attr;
  if ((attr = onnx_call_attr (call, "value_int")))
    return telar_tensor_scalar (TELAR_I64, (double)attr->i);
  if ((attr = onnx_call_attr (call, "value_float")))
    return telar_tensor_scalar (TELAR_F32, (double)attr->f);
  if ((attr = onnx_call_attr (call, "value_ints")))
    return ints_tensor (attr->ints, (guint)attr->n_ints);
  if (!(attr = onnx_call_attr (call, "value_floats")))
    return NULL;
  TelarShape shape = telar_shape ((gint64)attr->n_floats);
  TelarTensor *tensor = telar_tensor_new (TELAR_F32, &shape);
  if (attr->n_floats > 0)
    memcpy (tensor->data, attr->floats, tensor->bytes);
  return tensor;
}

static TelarOnnxValue *
string_constant (OnnxCall *call)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "value_strings");
  const Onnx__AttributeProto *single = onnx_call_attr (call, "value_string");
  TelarShape shape = attr ? telar_shape ((gint64)attr->n_strings) : telar_shape_scalar ();
  if (!attr && !single)
    return NULL;
  gsize n = attr ? attr->n_strings : 1;
  char **strings = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++) {
    const ProtobufCBinaryData *text = attr ? &attr->strings[i] : &single->s;
    strings[i] = onnx_text_copy (text);
  }
  return telar_onnx_value_strings (&shape, strings);
}

static void
trace_constant (OnnxCall *call)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "value");
  const Onnx__AttributeProto *sparse = onnx_call_attr (call, "sparse_value");
  TelarOnnxValue *value = NULL;
  if (attr && attr->t)
    value = onnx_trace_constant (call->trace, attr->t, &call->error);
  else if (sparse && sparse->sparse_tensor)
    value =
        onnx_sparse_tensor_read (sparse->sparse_tensor, call->trace->folder, "value", &call->error);
  else if (!(value = string_constant (call))) {
    g_autoptr (TelarTensor) tensor = listed_constant (call);
    value = tensor ? telar_onnx_value_tensor (tensor, TRUE) : NULL;
  }
  if (value)
    onnx_call_give (call, 0, value);
  else
    onnx_call_fail (call, "it has no value");
}

/* Reads the shape that input @input spells out. */
static gboolean
read_shape (OnnxCall *call, guint input, TelarShape *shape)
{
  gint64 dims[TELAR_MAX_RANK], count;
  guint n;
  if (!onnx_call_ints (call, input, dims, TELAR_MAX_RANK, &n))
    return FALSE;
  *shape = telar_shape_new (dims, n);
  if (telar_shape_is_concrete (shape) && telar_shape_count (shape, &count))
    return TRUE;
  onnx_call_fail (call, "the shape is impossible");
  return FALSE;
}

static void
trace_constant_of_shape (OnnxCall *call)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "value");
  TelarType type = { TELAR_F32, telar_shape_scalar () };
  double number = 0;
  if (attr && attr->t) {
    g_autoptr (TelarOnnxValue) value = onnx_trace_constant (call->trace, attr->t, &call->error);
    if (!value || !value->tensor || telar_tensor_elements (value->tensor) != 1) {
      onnx_call_fail (call, "its value must be one number");
      return;
    }
    type.dtype = value->type.dtype;
    number = telar_tensor_get (value->tensor, 0);
  }
  if (read_shape (call, 0, &type.shape))
    onnx_call_out (call, 0, telar_build_fill (call->b, &type, number));
}

/* --- the same numbers in another shape -------------------------------------------------------- */

static void
trace_reshape (OnnxCall *call)
{
  gboolean zero_keeps = !onnx_call_attr_int (call, "allowzero", 0);
  gint64 dims[TELAR_MAX_RANK];
  guint n;
  gboolean good = call->version < 5 ? onnx_call_attr_ints (call, "shape", dims, TELAR_MAX_RANK, &n)
                                    : onnx_call_ints (call, 1, dims, TELAR_MAX_RANK, &n);
  if (good)
    onnx_call_out (call, 0,
                   telar_emit_reshape (call->b, onnx_call_in (call, 0), dims, n, zero_keeps));
  else
    onnx_call_fail (call, "it has no shape");
}

static void
trace_flatten (OnnxCall *call)
{
  TelarShape from = onnx_call_type (call, 0).shape, to = telar_shape (1, 1);
  gint64 axis = onnx_call_attr_int (call, "axis", 1);
  axis = axis < 0 ? axis + from.rank : axis;
  for (guint i = 0; i < from.rank; i++)
    to.dims[i < axis ? 0 : 1] *= from.dims[i];
  onnx_call_out (call, 0, telar_build_reshape (call->b, onnx_call_in (call, 0), &to));
}

/* Axes are an attribute before version 13, an input since. */
static gboolean
has_axes (const OnnxCall *call)
{
  return call->version < 13 ? onnx_call_attr (call, "axes") != NULL : onnx_call_has (call, 1);
}

static void
read_axes (OnnxCall *call, gint64 *axes, guint *n)
{
  *n = 0;
  if (call->version < 13)
    onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, n);
  else if (onnx_call_has (call, 1))
    onnx_call_ints (call, 1, axes, TELAR_MAX_RANK, n);
}

/* Counted from 0; the number of those given is added to @rank where they stand in the result. */
static gboolean
count_axes (OnnxCall *call, gboolean in_result, guint rank, guint *axes, guint *n)
{
  gint64 given[TELAR_MAX_RANK];
  read_axes (call, given, n);
  if (onnx_call_failed (call))
    return FALSE;
  for (guint i = 0; i < *n; i++)
    if (!onnx_call_axis (call, given[i], rank + (in_result ? *n : 0), &axes[i]))
      return FALSE;
  return TRUE;
}

/* Without axes all of size 1 go. */
static void
trace_squeeze (OnnxCall *call)
{
  TelarShape from = onnx_call_type (call, 0).shape;
  guint axes[TELAR_MAX_RANK], n;
  if (!count_axes (call, FALSE, from.rank, axes, &n))
    return;
  for (guint i = 0; i < from.rank && !has_axes (call); i++)
    if (from.dims[i] == 1)
      axes[n++] = i;
  onnx_call_out (call, 0, telar_emit_squeeze (call->b, onnx_call_in (call, 0), axes, n));
}

static void
trace_unsqueeze (OnnxCall *call)
{
  guint axes[TELAR_MAX_RANK], n;
  if (count_axes (call, TRUE, onnx_call_type (call, 0).shape.rank, axes, &n))
    onnx_call_out (call, 0, telar_emit_unsqueeze (call->b, onnx_call_in (call, 0), axes, n));
}

static void
trace_transpose (OnnxCall *call)
{
  TelarShape from = onnx_call_type (call, 0).shape;
  gint64 perm[TELAR_MAX_RANK];
  guint n;
  if (!onnx_call_attr_ints (call, "perm", perm, TELAR_MAX_RANK, &n))
    for (n = 0; n < from.rank; n++)
      perm[n] = from.rank - 1 - n;
  if (n != from.rank)
    onnx_call_fail (call, "perm has %u axes where the tensor has %u", n, from.rank);
  else
    onnx_call_out (call, 0, telar_build_transpose (call->b, onnx_call_in (call, 0), perm));
}

static void
trace_expand (OnnxCall *call)
{
  TelarShape from = onnx_call_type (call, 0).shape, wanted, to;
  if (!read_shape (call, 1, &wanted))
    return;
  if (telar_shape_broadcast (&from, &wanted, &to))
    onnx_call_out (call, 0, telar_build_broadcast (call->b, onnx_call_in (call, 0), &to));
  else
    onnx_call_fail (call, "the shapes do not fit each other");
}

/* --- parts and wholes ------------------------------------------------------------------------- */

static void
trace_concat (OnnxCall *call)
{
  g_autofree TelarValue *inputs = g_new (TelarValue, call->n_inputs + 1);
  guint axis, rank = onnx_call_type (call, 0).shape.rank;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", call->version < 4 ? 1 : 0), rank,
                       &axis))
    return;
  for (guint i = 0; i < call->n_inputs; i++)
    inputs[i] = onnx_call_in (call, i);
  onnx_call_out (
      call, 0,
      telar_build (call->b, TELAR_PRIM_CONCAT, inputs, call->n_inputs, &TELAR_INT (AXIS, axis), 1));
}

/* Attributes before version 10, inputs since; axes count from the end where negative. */
static gboolean
read_slices (OnnxCall *call, gint64 *axes, guint *n_axes, TelarSlices *s)
{
  guint n_ends, n_steps = 0;
  gboolean good =
      call->version < 10
          ? onnx_call_attr_ints (call, "starts", s->starts, TELAR_MAX_RANK, &s->n) &&
                onnx_call_attr_ints (call, "ends", s->ends, TELAR_MAX_RANK, &n_ends) &&
                (onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, n_axes) || TRUE)
          : onnx_call_ints (call, 1, s->starts, TELAR_MAX_RANK, &s->n) &&
                onnx_call_ints (call, 2, s->ends, TELAR_MAX_RANK, &n_ends) &&
                (!onnx_call_has (call, 3) ||
                 onnx_call_ints (call, 3, axes, TELAR_MAX_RANK, n_axes)) &&
                (!onnx_call_has (call, 4) ||
                 onnx_call_ints (call, 4, s->steps, TELAR_MAX_RANK, &n_steps));
  if (!good || n_ends != s->n || (*n_axes > 0 && *n_axes != s->n) ||
      (n_steps > 0 && n_steps != s->n)) {
    onnx_call_fail (call, "starts, ends, axes and steps do not match");
    return FALSE;
  }
  for (guint i = n_steps; i < s->n; i++)
    s->steps[i] = 1;
  return TRUE;
}

static void
trace_slice (OnnxCall *call)
{
  guint rank = onnx_call_type (call, 0).shape.rank, n_axes = 0;
  TelarSlices slices = { .n = 0 };
  gint64 axes[TELAR_MAX_RANK];
  if (!read_slices (call, axes, &n_axes, &slices))
    return;
  for (guint i = 0; i < slices.n; i++)
    if (!onnx_call_axis (call, n_axes > 0 ? axes[i] : i, rank, &slices.axes[i]))
      return;
  onnx_call_out (call, 0, telar_emit_slices (call->b, onnx_call_in (call, 0), &slices));
}

/* Sizes are an attribute, an input since version 13, or equal parts. */
static gboolean
split_sizes (OnnxCall *call, gint64 size, gint64 *sizes)
{
  guint n = 0, parts = call->n_outputs;
  gboolean named = call->version < 13
                       ? onnx_call_attr_ints (call, "split", sizes, parts, &n)
                       : onnx_call_has (call, 1) && onnx_call_ints (call, 1, sizes, parts, &n);
  gint64 each = (size + parts - 1) / parts, sum = 0;
  for (guint i = 0; i < parts; i++) {
    if (!named)
      sizes[i] = CLAMP (size - (gint64)i * each, 0, each);
    sum += sizes[i];
  }
  if (!onnx_call_failed (call) && sum == size && (!named || n == parts))
    return TRUE;
  onnx_call_fail (call, "the parts do not make up the whole");
  return FALSE;
}

static void
trace_split (OnnxCall *call)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  g_autofree gint64 *sizes = g_new0 (gint64, call->n_outputs + 1);
  guint axis;
  gint64 from = 0;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), shape.rank, &axis) ||
      call->n_outputs == 0 || !split_sizes (call, shape.dims[axis], sizes))
    return;
  TelarValue x = onnx_call_in (call, 0);
  for (guint i = 0; i < call->n_outputs; from += sizes[i++])
    onnx_call_out (call, i, telar_build_slice (call->b, x, axis, from, from + sizes[i]));
}

const OnnxOperator onnx_operators_shape[] = {
  { "Concat", trace_concat },
  { "Constant", trace_constant, .flags = ONNX_VALUES },
  { "ConstantOfShape", trace_constant_of_shape },
  { "Expand", trace_expand },
  { "Flatten", trace_flatten },
  { "Reshape", trace_reshape },
  { "Shape", trace_shape, .flags = ONNX_VALUES },
  { "Size", trace_size, .flags = ONNX_VALUES },
  { "Slice", trace_slice },
  { "Split", trace_split },
  { "Squeeze", trace_squeeze },
  { "Transpose", trace_transpose },
  { "Unsqueeze", trace_unsqueeze },
  { NULL },
};
