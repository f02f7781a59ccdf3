/* Operators that move numbers and compute none: shapes, axes, parts, constants. */
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

/* 0 keeps the size at its place (unless allowzero), -1 is what remains. */
static gboolean
resolve_shape (OnnxCall *call, const TelarShape *from, TelarShape *to)
{
  gint64 known = 1, all = (gint64)telar_shape_elements (from);
  int open = -1;
  for (guint i = 0; i < to->rank; i++) {
    if (to->dims[i] == 0 && !onnx_call_attr_int (call, "allowzero", 0) && i < from->rank)
      to->dims[i] = from->dims[i];
    if (to->dims[i] < 0)
      open = (int)i;
    else if (__builtin_mul_overflow (known, to->dims[i], &known))
      known = -1;
  }
  if (open >= 0 && known > 0)
    to->dims[open] = all / known;
  if (open >= 0 && known == 0)
    to->dims[open] = 0;
  if (telar_shape_is_concrete (to) && (gint64)telar_shape_elements (to) == all)
    return TRUE;
  g_autofree char *has = telar_shape_to_string (from);
  g_autofree char *wants = telar_shape_to_string (to);
  onnx_call_fail (call, "%s cannot take the shape %s", has, wants);
  return FALSE;
}

static void
trace_reshape (OnnxCall *call)
{
  TelarShape from = onnx_call_type (call, 0).shape, to;
  gint64 dims[TELAR_MAX_RANK];
  guint n;
  gboolean good = call->version < 5 ? onnx_call_attr_ints (call, "shape", dims, TELAR_MAX_RANK, &n)
                                    : onnx_call_ints (call, 1, dims, TELAR_MAX_RANK, &n);
  if (!good) {
    onnx_call_fail (call, "it has no shape");
    return;
  }
  to = telar_shape_new (dims, n);
  if (resolve_shape (call, &from, &to))
    onnx_call_out (call, 0, telar_build_reshape (call->b, onnx_call_in (call, 0), &to));
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
read_axes (OnnxCall *call, gint64 *axes, guint *n)
{
  *n = 0;
  if (call->version < 13)
    return onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, n);
  return onnx_call_has (call, 1) && onnx_call_ints (call, 1, axes, TELAR_MAX_RANK, n);
}

static gboolean
mark_axes (OnnxCall *call, const gint64 *axes, guint n, guint rank, gboolean *marked)
{
  guint axis;
  for (guint i = 0; i < n; i++) {
    if (!onnx_call_axis (call, axes[i], rank, &axis))
      return FALSE;
    marked[axis] = TRUE;
  }
  return TRUE;
}

static void
trace_squeeze (OnnxCall *call)
{
  TelarShape from = onnx_call_type (call, 0).shape, to = telar_shape_scalar ();
  gboolean gone[TELAR_MAX_RANK] = { FALSE };
  gint64 axes[TELAR_MAX_RANK];
  guint n;
  gboolean named = read_axes (call, axes, &n);
  if (onnx_call_failed (call) || !mark_axes (call, axes, n, from.rank, gone))
    return;
  for (guint i = 0; i < from.rank; i++)
    if (named ? !gone[i] : from.dims[i] != 1)
      to.dims[to.rank++] = from.dims[i];
  onnx_call_out (call, 0, telar_build_reshape (call->b, onnx_call_in (call, 0), &to));
}

static void
trace_unsqueeze (OnnxCall *call)
{
  TelarShape from = onnx_call_type (call, 0).shape, to = telar_shape_scalar ();
  gboolean fresh[TELAR_MAX_RANK] = { FALSE };
  gint64 axes[TELAR_MAX_RANK];
  guint n;
  read_axes (call, axes, &n);
  if (onnx_call_failed (call))
    return;
  if (from.rank + n > TELAR_MAX_RANK) {
    onnx_call_fail (call, "%u axes are more than %d", from.rank + n, TELAR_MAX_RANK);
    return;
  }
  to.rank = from.rank + n;
  if (!mark_axes (call, axes, n, to.rank, fresh))
    return;
  for (guint i = 0, k = 0; i < to.rank; i++)
    to.dims[i] = fresh[i] || k >= from.rank ? 1 : from.dims[k++];
  onnx_call_out (call, 0, telar_build_reshape (call->b, onnx_call_in (call, 0), &to));
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

typedef struct {
  gint64 start[TELAR_MAX_RANK], limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
} Window;

static Window
whole (const TelarShape *shape)
{
  Window window = { { 0 } };
  for (guint i = 0; i < shape->rank; i++) {
    window.limit[i] = shape->dims[i];
    window.stride[i] = 1;
  }
  return window;
}

static TelarValue
cut (OnnxCall *call, TelarValue x, const Window *window, guint rank)
{
  return telar_emit (call->b, SLICE, ((TelarValue[]){ x }), TELAR_INTS (START, window->start, rank),
                     TELAR_INTS (LIMIT, window->limit, rank),
                     TELAR_INTS (STRIDE, window->stride, rank));
}

typedef struct {
  gint64 starts[TELAR_MAX_RANK], ends[TELAR_MAX_RANK], axes[TELAR_MAX_RANK], steps[TELAR_MAX_RANK];
  guint n;
} SliceSpec;

/* Attributes before version 10, inputs since. */
static gboolean
read_slice (OnnxCall *call, SliceSpec *spec)
{
  guint n_ends, n_axes = 0, n_steps = 0;
  gboolean good =
      call->version < 10
          ? onnx_call_attr_ints (call, "starts", spec->starts, TELAR_MAX_RANK, &spec->n) &&
                onnx_call_attr_ints (call, "ends", spec->ends, TELAR_MAX_RANK, &n_ends) &&
                (onnx_call_attr_ints (call, "axes", spec->axes, TELAR_MAX_RANK, &n_axes) || TRUE)
          : onnx_call_ints (call, 1, spec->starts, TELAR_MAX_RANK, &spec->n) &&
                onnx_call_ints (call, 2, spec->ends, TELAR_MAX_RANK, &n_ends) &&
                (!onnx_call_has (call, 3) ||
                 onnx_call_ints (call, 3, spec->axes, TELAR_MAX_RANK, &n_axes)) &&
                (!onnx_call_has (call, 4) ||
                 onnx_call_ints (call, 4, spec->steps, TELAR_MAX_RANK, &n_steps));
  if (!good || n_ends != spec->n || (n_axes > 0 && n_axes != spec->n) ||
      (n_steps > 0 && n_steps != spec->n)) {
    onnx_call_fail (call, "starts, ends, axes and steps do not match");
    return FALSE;
  }
  for (guint i = 0; i < spec->n; i++) {
    spec->axes[i] = n_axes > 0 ? spec->axes[i] : i;
    spec->steps[i] = n_steps > 0 ? spec->steps[i] : 1;
  }
  return TRUE;
}

/* One axis of Slice as ONNX defines it. With a negative step the axis is read backwards: it is
 * reversed first, and the window is the mirror image. */
static void
set_window (Window *window, guint axis, gint64 size, gint64 start, gint64 end, gint64 step)
{
  start = start < 0 ? start + size : start;
  end = end < 0 ? MAX (end, G_MININT64 / 2) + size : end;
  if (step > 0) {
    window->start[axis] = CLAMP (start, 0, size);
    window->limit[axis] = CLAMP (end, window->start[axis], size);
    window->stride[axis] = step;
  } else {
    start = CLAMP (start, -1, size - 1);
    end = CLAMP (end, -1, size - 1);
    window->start[axis] = size - 1 - start;
    window->limit[axis] = MAX (size - 1 - end, window->start[axis]);
    window->stride[axis] = -MAX (step, -G_MAXINT64);
  }
}

static void
trace_slice (OnnxCall *call)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  SliceSpec spec = { .n = 0 };
  gint64 reversed[TELAR_MAX_RANK];
  guint n_reversed = 0, axis;
  Window window = whole (&shape);
  if (!read_slice (call, &spec))
    return;
  TelarValue x = onnx_call_in (call, 0);
  for (guint i = 0; i < spec.n; i++) {
    if (!onnx_call_axis (call, spec.axes[i], shape.rank, &axis))
      return;
    if (spec.steps[i] == 0)
      onnx_call_fail (call, "a step is 0");
    set_window (&window, axis, shape.dims[axis], spec.starts[i], spec.ends[i], spec.steps[i]);
    if (spec.steps[i] < 0)
      reversed[n_reversed++] = axis;
  }
  for (guint i = 0; i < n_reversed; i++)
    x = telar_emit (call->b, REVERSE, ((TelarValue[]){ x }), TELAR_INTS (AXES, &reversed[i], 1));
  if (!onnx_call_failed (call))
    onnx_call_out (call, 0, cut (call, x, &window, shape.rank));
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
  Window window = whole (&shape);
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), shape.rank, &axis) ||
      call->n_outputs == 0 || !split_sizes (call, shape.dims[axis], sizes))
    return;
  TelarValue x = onnx_call_in (call, 0);
  window.limit[axis] = 0;
  for (guint i = 0; i < call->n_outputs; i++) {
    window.start[axis] = window.limit[axis];
    window.limit[axis] += sizes[i];
    onnx_call_out (call, i, cut (call, x, &window, shape.rank));
  }
}

/* Negative indices count from the end. */
static void
trace_gather (OnnxCall *call)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  guint axis;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), shape.rank, &axis))
    return;
  TelarValue indices = onnx_call_in (call, 1);
  TelarValue zero = telar_build_scalar (call->b, onnx_call_type (call, 1).dtype, 0);
  TelarValue negative = telar_build_binary (call->b, TELAR_PRIM_LESS, indices, zero);
  TelarValue counted =
      telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, indices, (double)shape.dims[axis]);
  indices = telar_build_select (call->b, negative, counted, indices);
  onnx_call_out (call, 0,
                 telar_emit (call->b, GATHER, ((TelarValue[]){ onnx_call_in (call, 0), indices }),
                             TELAR_INT (AXIS, axis)));
}

const OnnxOperator onnx_operators_shape[] = {
  { "Concat", trace_concat },
  { "Constant", trace_constant, .flags = ONNX_VALUES },
  { "ConstantOfShape", trace_constant_of_shape },
  { "Expand", trace_expand },
  { "Flatten", trace_flatten },
  { "Gather", trace_gather },
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
