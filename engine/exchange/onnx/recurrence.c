/* The recurrences that take attention's place in newer language models: linear attention, unrolled
 * over its steps, and the causal convolution with the inputs of before as its state. */
#include "engine/emit-sequence.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>
#include <string.h>

static TelarValue
multiply (OnnxCall *call, TelarValue x, TelarValue y)
{
  return telar_build_binary (call->b, TELAR_PRIM_MUL, x, y);
}

/* --- linear attention ------------------------------------------------------------------------- */

enum { QUERY, KEY, VALUE, PAST, DECAY, BETA };

/* Heads H of keys, of which each serves a group of queries' heads; D features of keys, V of values.
 */
typedef struct {
  OnnxCall *call;
  TelarValue query;      /* [N, H · group, T, D], scaled */
  TelarValue key, value; /* [N, H, T, D], [N, H, T, V] */
  TelarValue decay;      /* exp of it, [N, H, T, D or 1]; or none */
  TelarValue beta;       /* [N, H or 1, T, 1]; or none */
  TelarValue state;      /* [N, H, D, V] */
  TelarShape shape;      /* of the key */
} Linear;

/* @x [N, T, …] with heads apart, as many as there are or, where it has fewer features, those. */
static TelarValue
heads_apart (OnnxCall *call, guint input, gint64 heads)
{
  TelarValue x = onnx_call_in (call, input);
  TelarShape shape = telar_builder_type (call->b, x)->shape;

  return telar_emit_split_heads (call->b, x, shape.rank == 3 ? MIN (heads, shape.dims[2]) : heads);
}

static TelarValue
at_step (const Linear *a, TelarValue x, gint64 t)
{
  return telar_build_slice (a->call->b, x, 2, t, t + 1);
}

/* Step @t of the decay as a column, [N, H, D or 1, 1]. */
static TelarValue
decay_at (const Linear *a, gint64 t)
{
  static const gint64 swap[] = { 0, 1, 3, 2 };

  return telar_build_transpose (a->call->b, at_step (a, a->decay, t), swap);
}

/* S = decay·S + keyᵀ·value, where the delta rule takes from the value what the state says already,
 * and beta says how much of the rest counts. */
static void
update_state (Linear *a, gint64 t)
{
  TelarBuilder *b = a->call->b;
  TelarValue key = at_step (a, a->key, t), value = at_step (a, a->value, t), known;

  if (a->decay != TELAR_NO_VALUE)
    a->state = multiply (a->call, a->state, decay_at (a, t));
  if (a->beta != TELAR_NO_VALUE) {
    known = telar_build_matmul (b, key, a->state, FALSE, FALSE);
    value = telar_build_binary (b, TELAR_PRIM_SUB, value, known);
    value = multiply (a->call, value, at_step (a, a->beta, t));
  }
  a->state = telar_build_binary (b, TELAR_PRIM_ADD, a->state,
                                 telar_build_matmul (b, key, value, TRUE, FALSE));
}

/* query·S of one step, [N, H · group, 1, V]: a group's heads are rows of one product. */
static TelarValue
read_state (Linear *a, gint64 t)
{
  TelarBuilder *b = a->call->b;
  TelarValue query = at_step (a, a->query, t);
  TelarShape shape = telar_builder_type (b, query)->shape, rows = a->shape;

  if (query == TELAR_NO_VALUE || a->state == TELAR_NO_VALUE)
    return TELAR_NO_VALUE;
  rows.dims[2] = shape.dims[1] / rows.dims[1];
  query = telar_build_matmul (b, telar_build_reshape (b, query, &rows), a->state, FALSE, FALSE);
  shape.dims[3] = telar_builder_type (b, a->state)->shape.dims[3];
  return telar_build_reshape (b, query, &shape);
}

static TelarValue
first_state (const Linear *a)
{
  const TelarType *value = telar_builder_type (a->call->b, a->value);
  TelarType type = { value->dtype, a->shape };

  if (onnx_call_has (a->call, PAST))
    return onnx_call_in (a->call, PAST);
  type.shape.dims[2] = a->shape.dims[3];
  type.shape.dims[3] = value->shape.dims[3];
  return telar_build_fill (a->call->b, &type, 0);
}

static gboolean
read_linear (OnnxCall *call, Linear *a)
{
  g_autofree char *rule = onnx_call_attr_text (call, "update_rule", "gated_delta");
  gint64 heads = onnx_call_attr_int (call, "kv_num_heads", 0);
  double scale = onnx_call_attr_real (call, "scale", 0);

  *a = (Linear){ .call = call, .decay = TELAR_NO_VALUE, .beta = TELAR_NO_VALUE };
  a->query = telar_emit_split_heads (call->b, onnx_call_in (call, QUERY),
                                     onnx_call_attr_int (call, "q_num_heads", 0));
  a->key = telar_emit_split_heads (call->b, onnx_call_in (call, KEY), heads);
  a->value = telar_emit_split_heads (call->b, onnx_call_in (call, VALUE), heads);
  if (strstr (rule, "gated"))
    a->decay = telar_build_unary (call->b, TELAR_PRIM_EXP, heads_apart (call, DECAY, heads));
  if (strstr (rule, "delta"))
    a->beta = heads_apart (call, BETA, heads);
  if (onnx_call_failed (call) || telar_builder_error (call->b))
    return FALSE;
  a->shape = telar_builder_type (call->b, a->key)->shape;
  if (telar_builder_type (call->b, a->query)->shape.dims[1] % heads != 0 || a->shape.dims[2] < 1 ||
      a->shape.dims[2] > TELAR_MAX_STEPS || a->shape.dims[3] < 1) {
    onnx_call_fail (call, "its heads do not fit, or it has no steps or more than %d",
                    TELAR_MAX_STEPS);
    return FALSE;
  }
  scale = scale == 0 ? 1 / sqrt ((double)a->shape.dims[3]) : scale;
  a->query = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, a->query, scale);
  a->state = first_state (a);
  return TRUE;
}

static void
trace_linear_attention (OnnxCall *call)
{
  Linear a;
  g_autofree TelarValue *outputs = NULL;
  gint64 steps;

  if (!read_linear (call, &a))
    return;
  steps = a.shape.dims[2];
  outputs = g_new (TelarValue, steps);
  for (gint64 t = 0; t < steps; t++) {
    update_state (&a, t);
    outputs[t] = read_state (&a, t);
  }
  onnx_call_out (
      call, 0,
      telar_emit_join_heads (call->b, telar_build_concat (call->b, outputs, (guint)steps, 2)));
  onnx_call_out (call, 1, a.state);
}

/* --- causal convolution ----------------------------------------------------------------------- */

/* The inputs of before, or zeros, in front of those of now. */
static TelarValue
lengthened (OnnxCall *call, TelarValue x, gint64 before)
{
  gint64 low[] = { 0, 0, before }, high[] = { 0, 0, 0 };

  if (onnx_call_has (call, 3))
    return telar_build_concat (call->b, (TelarValue[]){ onnx_call_in (call, 3), x }, 2, 2);
  return telar_emit (call->b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, 3),
                     TELAR_INTS (HIGH, high, 3));
}

static void
trace_causal_conv (OnnxCall *call)
{
  static const gint64 one = 1;
  g_autofree char *activation = onnx_call_attr_text (call, "activation", "none");
  TelarShape shape = onnx_call_type (call, 0).shape, kernel = onnx_call_type (call, 1).shape, wide;
  TelarValue x, y;

  if (shape.rank != 3 || kernel.rank != 3 || kernel.dims[2] < 1) {
    onnx_call_fail (call, "its input and weight need 3 axes, and the kernel a size");
    return;
  }
  x = lengthened (call, onnx_call_in (call, 0), kernel.dims[2] - 1);
  y = telar_emit (call->b, CONV, ((TelarValue[]){ x, onnx_call_in (call, 1) }),
                  TELAR_INTS (STRIDE, &one, 1), TELAR_INT (GROUPS, kernel.dims[0]));
  if (onnx_call_has (call, 2)) {
    wide = telar_shape (shape.dims[1], 1);
    y = telar_build_binary (call->b, TELAR_PRIM_ADD, y,
                            telar_build_reshape (call->b, onnx_call_in (call, 2), &wide));
  }
  if (!g_str_equal (activation, "none"))
    y = multiply (call, y, telar_build_unary (call->b, TELAR_PRIM_SIGMOID, y));
  onnx_call_out (call, 0, y);
  onnx_call_out (
      call, 1,
      telar_build_slice (call->b, x, 2, shape.dims[2], shape.dims[2] + kernel.dims[2] - 1));
}

const OnnxOperator onnx_operators_recurrence[] = {
  { "CausalConvWithState", trace_causal_conv },
  { "LinearAttention", trace_linear_attention },
  { NULL },
};
