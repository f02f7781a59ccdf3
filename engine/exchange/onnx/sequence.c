/* Sequences and optionals. */
#include "engine/exchange/onnx/canvas.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#include <string.h>

static TelarOnnxValue *
sequence_at (OnnxCall *call, guint input)
{
  TelarOnnxValue *value = onnx_call_has (call, input) ? call->inputs[input] : NULL;
  if (value && value->kind == TELAR_ONNX_OPTIONAL)
    value = value->inner;
  if (value && value->kind == TELAR_ONNX_SEQUENCE)
    return value;
  onnx_call_fail (call, "input %u must be a sequence", input);
  return NULL;
}

static TelarOnnxValue *
copy_of (const TelarOnnxValue *sequence)
{
  TelarOnnxValue *copy = telar_onnx_value_sequence ();
  for (guint i = 0; i < sequence->items->len; i++)
    g_ptr_array_add (copy->items, telar_onnx_value_ref (sequence->items->pdata[i]));
  return copy;
}

/* The position that @input names among @n, counted from the end where negative. */
static gboolean
position_at (OnnxCall *call, guint input, guint n, guint *position)
{
  gint64 number = (gint64)onnx_call_number (call, input, 0);
  number = number < 0 ? number + n : number;
  if (!onnx_call_failed (call) && number >= 0 && number < n) {
    *position = (guint)number;
    return TRUE;
  }
  onnx_call_fail (call, "there is no member %" G_GINT64_FORMAT " in a sequence of %u", number, n);
  return FALSE;
}

static void
trace_construct (OnnxCall *call)
{
  TelarOnnxValue *sequence = telar_onnx_value_sequence ();
  for (guint i = 0; i < call->n_inputs; i++)
    if (call->inputs[i])
      g_ptr_array_add (sequence->items, telar_onnx_value_ref (call->inputs[i]));
  onnx_call_give (call, 0, sequence);
}

static void
trace_at (OnnxCall *call)
{
  const TelarOnnxValue *sequence = sequence_at (call, 0);
  guint position;
  if (sequence && position_at (call, 1, sequence->items->len, &position))
    onnx_call_give (call, 0, telar_onnx_value_ref (sequence->items->pdata[position]));
}

static void
trace_insert (OnnxCall *call)
{
  const TelarOnnxValue *sequence = sequence_at (call, 0);
  if (!sequence || !onnx_call_has (call, 1)) {
    onnx_call_fail (call, "there is nothing to insert");
    return;
  }
  guint position = sequence->items->len;
  if (onnx_call_has (call, 2) && (gint64)onnx_call_number (call, 2, 0) != sequence->items->len &&
      !position_at (call, 2, sequence->items->len, &position))
    return;
  TelarOnnxValue *longer = copy_of (sequence);
  g_ptr_array_insert (longer->items, (int)position, telar_onnx_value_ref (call->inputs[1]));
  onnx_call_give (call, 0, longer);
}

static void
trace_erase (OnnxCall *call)
{
  const TelarOnnxValue *sequence = sequence_at (call, 0);
  guint position = sequence && sequence->items->len > 0 ? sequence->items->len - 1 : 0;
  if (!sequence || ((onnx_call_has (call, 1) || sequence->items->len == 0) &&
                    !position_at (call, 1, sequence->items->len, &position)))
    return;
  TelarOnnxValue *shorter = copy_of (sequence);
  g_ptr_array_remove_index (shorter->items, position);
  onnx_call_give (call, 0, shorter);
}

static void
give_scalar (OnnxCall *call, TelarDType dtype, double number)
{
  g_autoptr (TelarTensor) tensor = telar_tensor_scalar (dtype, number);
  onnx_call_give (call, 0, telar_onnx_value_tensor (tensor, TRUE));
}

/* How many members there are is part of what a trace is made for. */
static void
trace_length (OnnxCall *call)
{
  const TelarOnnxValue *sequence = sequence_at (call, 0);
  if (sequence)
    give_scalar (call, TELAR_I64, sequence->items->len);
}

/* --- tensors in and out ----------------------------------------------------------------------- */

static TelarOnnxValue *
part_of (OnnxCall *call, TelarOnnxValue *whole, guint axis, gint64 first, gint64 size,
         gboolean keep)
{
  gint64 start[TELAR_MAX_RANK] = { 0 }, limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
  TelarShape shape = whole->type.shape;
  if (onnx_trace_is_drawn (call->trace, whole))
    return onnx_draw_taken (call, whole, axis, first, size, keep);
  for (guint i = 0; i < shape.rank; i++) {
    limit[i] = shape.dims[i];
    stride[i] = 1;
  }
  start[axis] = first;
  limit[axis] = first + size;
  TelarValue part =
      telar_emit (call->b, SLICE, ((TelarValue[]){ onnx_trace_emit (call->trace, whole) }),
                  TELAR_INTS (START, start, shape.rank), TELAR_INTS (LIMIT, limit, shape.rank),
                  TELAR_INTS (STRIDE, stride, shape.rank));
  if (!keep) {
    memmove (&shape.dims[axis], &shape.dims[axis + 1],
             (shape.rank - axis - 1) * sizeof shape.dims[0]);
    shape.rank--;
    part = telar_build_reshape (call->b, part, &shape);
  }
  return onnx_call_failed (call) ? NULL : onnx_call_wrap (call, part);
}

/* The sizes of the parts: as given, of one size but for the last, or single ones. */
static GArray *
part_sizes (OnnxCall *call, gint64 size)
{
  GArray *sizes = g_array_new (FALSE, FALSE, sizeof (gint64));
  const TelarTensor *given = onnx_call_has (call, 1) ? onnx_call_numbers (call, 1) : NULL;
  gboolean listed = given && given->type.shape.rank > 0;
  gint64 each = given && !listed ? (gint64)telar_tensor_get (given, 0) : 1, sum = 0;
  for (gsize i = 0; listed && i < telar_tensor_elements (given); i++) {
    gint64 part = CLAMP ((gint64)telar_tensor_get (given, i), 0, size - sum);
    g_array_append_val (sizes, part);
    sum += part;
  }
  while (!listed && each > 0 && sum < size) {
    gint64 part = MIN (each, size - sum);
    g_array_append_val (sizes, part);
    sum += part;
  }
  if (sum != size)
    onnx_call_fail (call, "the parts do not make up the whole");
  return sizes;
}

static void
trace_split_to_sequence (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  gboolean keep = onnx_call_has (call, 1) || onnx_call_attr_int (call, "keepdims", 1) != 0;
  guint axis;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), type.shape.rank, &axis))
    return;
  g_autoptr (GArray) sizes = part_sizes (call, type.shape.dims[axis]);
  g_autoptr (TelarOnnxValue) sequence = telar_onnx_value_sequence ();
  gint64 first = 0;
  for (guint i = 0; i < sizes->len && !onnx_call_failed (call); i++) {
    gint64 size = g_array_index (sizes, gint64, i);
    TelarOnnxValue *part = part_of (call, call->inputs[0], axis, first, size, keep);
    if (part)
      g_ptr_array_add (sequence->items, part);
    first += size;
  }
  if (!onnx_call_failed (call))
    onnx_call_give (call, 0, g_steal_pointer (&sequence));
}

static void
trace_concat_from_sequence (OnnxCall *call)
{
  const TelarOnnxValue *sequence = sequence_at (call, 0);
  gboolean fresh = onnx_call_attr_int (call, "new_axis", 0) != 0;
  guint n = sequence ? sequence->items->len : 0, axis = 0;
  g_autofree TelarValue *parts = g_new (TelarValue, n + 1);
  if (n == 0) {
    onnx_call_fail (call, "an empty sequence makes no tensor");
    return;
  }
  if (onnx_draw_has_drawn (call, sequence->items)) {
    const TelarOnnxValue *first = sequence->items->pdata[0];
    if (onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0),
                        first->type.shape.rank + (fresh ? 1 : 0), &axis)) {
      TelarOnnxValue *joined = onnx_draw_joined (call, sequence->items, axis, fresh, FALSE);
      if (joined)
        onnx_call_give (call, 0, joined);
    }
    return;
  }
  for (guint i = 0; i < n; i++) {
    TelarOnnxValue *item = sequence->items->pdata[i];
    TelarShape shape = item->type.shape;
    if (item->kind != TELAR_ONNX_TENSOR || (fresh && shape.rank == TELAR_MAX_RANK)) {
      onnx_call_fail (call, "member %u cannot be joined", i);
      return;
    }
    if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), shape.rank + (fresh ? 1 : 0),
                         &axis))
      return;
    parts[i] = onnx_trace_emit (call->trace, item);
    if (fresh) {
      memmove (&shape.dims[axis + 1], &shape.dims[axis],
               (shape.rank - axis) * sizeof shape.dims[0]);
      shape.dims[axis] = 1;
      shape.rank++;
      parts[i] = telar_build_reshape (call->b, parts[i], &shape);
    }
  }
  onnx_call_out (call, 0,
                 telar_build (call->b, TELAR_PRIM_CONCAT, parts, n, &TELAR_INT (AXIS, axis), 1));
}

/* --- a graph for each member ------------------------------------------------------------------ */

static void
trace_map (OnnxCall *call)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "body");
  const TelarOnnxValue *sequence = sequence_at (call, 0);
  if (!sequence || !attr || !attr->g) {
    onnx_call_fail (call, "it has no graph body");
    return;
  }
  const Onnx__GraphProto *body = attr->g;
  guint n = (guint)body->n_output;
  g_autofree TelarOnnxValue **inputs = g_new0 (TelarOnnxValue *, call->n_inputs + 1);
  g_autofree TelarOnnxValue **outputs = g_new0 (TelarOnnxValue *, n + 1);
  g_autofree TelarOnnxValue **results = g_new0 (TelarOnnxValue *, n + 1);
  for (guint i = 0; i < n; i++)
    results[i] = telar_onnx_value_sequence ();
  for (guint k = 0; k < sequence->items->len && !onnx_call_failed (call); k++) {
    for (guint i = 0; i < call->n_inputs; i++) {
      TelarOnnxValue *input = call->inputs[i];
      gboolean is_list = input && input->kind == TELAR_ONNX_SEQUENCE;
      if (!input || (is_list && k >= input->items->len))
        onnx_call_fail (call, "input %u is missing or too short", i);
      else
        inputs[i] = is_list ? input->items->pdata[k] : input;
    }
    if (onnx_call_failed (call) || !onnx_call_graph (call, body, inputs, call->n_inputs, outputs))
      break;
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (results[i]->items, g_steal_pointer (&outputs[i]));
  }
  for (guint i = 0; i < n; i++)
    onnx_call_give (call, i, results[i]);
}

/* --- optionals -------------------------------------------------------------------------------- */

static void
trace_optional (OnnxCall *call)
{
  onnx_call_give (call, 0,
                  telar_onnx_value_optional (onnx_call_has (call, 0) ? call->inputs[0] : NULL));
}

static void
trace_has_element (OnnxCall *call)
{
  const TelarOnnxValue *value = onnx_call_has (call, 0) ? call->inputs[0] : NULL;
  give_scalar (call, TELAR_BOOL, value && (value->kind != TELAR_ONNX_OPTIONAL || value->inner));
}

static void
trace_get_element (OnnxCall *call)
{
  TelarOnnxValue *value = onnx_call_has (call, 0) ? call->inputs[0] : NULL;
  if (value && value->kind == TELAR_ONNX_OPTIONAL)
    value = value->inner;
  if (value)
    onnx_call_give (call, 0, telar_onnx_value_ref (value));
  else
    onnx_call_fail (call, "the optional is empty");
}

#define VALUES(op, function)                                                                       \
  {                                                                                                \
    op, function, .flags = ONNX_VALUES                                                             \
  }

const OnnxOperator onnx_operators_sequence[] = {
  VALUES ("ConcatFromSequence", trace_concat_from_sequence),
  VALUES ("Optional", trace_optional),
  VALUES ("OptionalGetElement", trace_get_element),
  VALUES ("OptionalHasElement", trace_has_element),
  VALUES ("SequenceAt", trace_at),
  VALUES ("SequenceConstruct", trace_construct),
  VALUES ("SequenceEmpty", trace_construct),
  VALUES ("SequenceErase", trace_erase),
  VALUES ("SequenceInsert", trace_insert),
  VALUES ("SequenceLength", trace_length),
  VALUES ("SequenceMap", trace_map),
  VALUES ("SplitToSequence", trace_split_to_sequence),
  { NULL },
};
