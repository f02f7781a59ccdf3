/* Attention, rotary embedding and the cache's update, of the operator sets from 23 on. */
#include "engine/emit-sequence.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>

static TelarShape
shape_of (OnnxCall *call, TelarValue value)
{
  return telar_builder_type (call->b, value)->shape;
}

/* --- attention -------------------------------------------------------------------------------- */

/* Inputs and outputs in the specification's order. */
enum { QUERY, KEY, VALUE, MASK, PAST_KEY, PAST_VALUE, LENGTHS };
enum { RESULT, PRESENT_KEY, PRESENT_VALUE, SCORES };
/* What the output of scores shows. */
enum { PLAIN, CAPPED, BIASED, WEIGHTS };

/* The attention under way. */
typedef struct {
  OnnxCall *call;
  gint64 queries, keys, past;
  TelarValue lengths; /* [N, 1, 1, 1]: keys that count, of each sample; or none */
} Frame;

static TelarValue
with_heads (OnnxCall *call, guint input, const char *attribute)
{
  TelarValue x = onnx_call_in (call, input);
  guint rank = shape_of (call, x).rank;

  if (x == TELAR_NO_VALUE || rank == 4)
    return x;
  if (rank != 3) {
    onnx_call_fail (call, "its input %u has %u axes where 3 or 4 are needed", input, rank);
    return TELAR_NO_VALUE;
  }
  return telar_emit_split_heads (call->b, x, onnx_call_attr_int (call, attribute, 0));
}

/* What was there before, and then what is new. */
static TelarValue
after_past (OnnxCall *call, guint past, TelarValue x)
{
  TelarValue parts[] = { onnx_call_optional (call, past), x };

  return parts[0] == TELAR_NO_VALUE ? x : telar_build_concat (call->b, parts, 2, 2);
}

/* The positions of queries among the keys, [L, 1] or, where each sample has its own, [N, 1, L, 1].
 */
static TelarValue
places (const Frame *f)
{
  TelarBuilder *b = f->call->b;

  if (f->lengths == TELAR_NO_VALUE)
    return telar_emit_positions (b, f->past, f->queries, TRUE);
  return telar_build_binary (b, TELAR_PRIM_ADD, f->lengths,
                             telar_emit_positions (b, -f->queries, f->queries, TRUE));
}

static TelarValue
both (TelarBuilder *b, TelarValue x, TelarValue y)
{
  if (x == TELAR_NO_VALUE || y == TELAR_NO_VALUE)
    return x == TELAR_NO_VALUE ? y : x;
  return telar_build_binary (b, TELAR_PRIM_AND, x, y);
}

/* keys ≤ places + @reach */
static TelarValue
up_to (const Frame *f, gint64 reach)
{
  TelarBuilder *b = f->call->b;
  TelarValue keys = telar_emit_positions (b, -reach, f->keys, FALSE);

  return telar_build_binary (b, TELAR_PRIM_LESS_EQUAL, keys, places (f));
}

/* places ≤ keys + @reach */
static TelarValue
down_to (const Frame *f, gint64 reach)
{
  TelarBuilder *b = f->call->b;
  TelarValue keys = telar_emit_positions (b, reach, f->keys, FALSE);

  return telar_build_binary (b, TELAR_PRIM_LESS_EQUAL, places (f), keys);
}

/* A window, an int that is at least -1, which is none. */
static gboolean
read_window (OnnxCall *call, const char *name, gint64 *size)
{
  *size = onnx_call_attr_int (call, name, -1);
  if (*size < -1 || *size > G_MAXINT32)
    onnx_call_fail (call, "its attribute %s is %" G_GINT64_FORMAT, name, *size);
  return *size >= 0 && !onnx_call_failed (call);
}

/* What may be seen by causality, windows and lengths; TELAR_NO_VALUE: everything. */
static TelarValue
visible_keys (const Frame *f)
{
  TelarBuilder *b = f->call->b;
  TelarValue visible = TELAR_NO_VALUE;
  gint64 left, right;

  if (onnx_call_attr_int (f->call, "is_causal", 0) != 0)
    visible = up_to (f, 0);
  if (read_window (f->call, "right_window_size", &right))
    visible = both (b, visible, up_to (f, right));
  if (read_window (f->call, "left_window_size", &left))
    visible = both (b, visible, down_to (f, left));
  if (f->lengths != TELAR_NO_VALUE)
    visible = both (b, visible,
                    telar_build_binary (b, TELAR_PRIM_LESS,
                                        telar_emit_positions (b, 0, f->keys, FALSE), f->lengths));
  return visible;
}

/* The mask, as long as the keys: what it does not reach is hidden. */
static TelarValue
long_mask (const Frame *f, TelarValue mask)
{
  TelarShape shape = shape_of (f->call, mask);
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  gint64 have = shape.rank > 0 ? shape.dims[shape.rank - 1] : 1;
  gboolean real;

  if (mask == TELAR_NO_VALUE || shape.rank == 0 || have == f->keys || have > f->keys)
    return mask;
  real = telar_dtype_is_float (telar_builder_type (f->call->b, mask)->dtype);
  high[shape.rank - 1] = f->keys - have;
  return telar_emit (f->call->b, PAD, ((TelarValue[]){ mask }), TELAR_INTS (LOW, low, shape.rank),
                     TELAR_INTS (HIGH, high, shape.rank), TELAR_REAL (FILL, real ? -INFINITY : 0));
}

static TelarValue
hide (TelarBuilder *b, TelarValue visible, TelarValue scores, double hidden)
{
  TelarDType dtype = telar_builder_type (b, scores)->dtype;

  if (visible == TELAR_NO_VALUE || scores == TELAR_NO_VALUE)
    return scores;
  return telar_build_select (b, visible, scores, telar_build_scalar (b, dtype, hidden));
}

static TelarValue
add_bias (const Frame *f, TelarValue scores)
{
  TelarBuilder *b = f->call->b;
  TelarValue mask = long_mask (f, onnx_call_optional (f->call, MASK)), visible = visible_keys (f);

  if (mask != TELAR_NO_VALUE && telar_dtype_is_float (telar_builder_type (b, mask)->dtype))
    scores = telar_build_binary (b, TELAR_PRIM_ADD, scores,
                                 telar_build_cast (b, mask, telar_builder_type (b, scores)->dtype));
  else if (mask != TELAR_NO_VALUE)
    visible = both (b, visible, telar_build_cast (b, mask, TELAR_BOOL));
  return hide (b, visible, scores, -INFINITY);
}

/* A query that may see nothing gives zeros. */
static TelarValue
softmax (TelarBuilder *b, TelarValue scores)
{
  static const gint64 last = 3;
  TelarDType dtype = telar_builder_type (b, scores)->dtype;
  TelarValue most = telar_build_reduce (b, TELAR_PRIM_MAX, scores, &last, 1, TRUE);
  TelarValue sees =
      telar_build_binary (b, TELAR_PRIM_LESS, telar_build_scalar (b, dtype, -INFINITY), most);

  scores = hide (b, sees, scores, 0);
  return hide (b, sees, telar_emit (b, SOFTMAX, ((TelarValue[]){ scores }), TELAR_INT (AXIS, last)),
               0);
}

static TelarValue
lengths_of (OnnxCall *call)
{
  TelarValue lengths = onnx_call_optional (call, LENGTHS);
  TelarShape shape = shape_of (call, lengths);

  if (lengths == TELAR_NO_VALUE)
    return lengths;
  if (shape.rank != 1) {
    onnx_call_fail (call, "its nonpad_kv_seqlen has %u axes where 1 is needed", shape.rank);
    return TELAR_NO_VALUE;
  }
  shape = telar_shape (shape.dims[0], 1, 1, 1);
  return telar_build_reshape (call->b, telar_build_cast (call->b, lengths, TELAR_I64), &shape);
}

/* Scores on their way to weights; gives the output that shows them. */
static TelarValue
weigh (const Frame *f, const TelarAttention *attention)
{
  OnnxCall *call = f->call;
  TelarBuilder *b = call->b;
  gint64 mode = onnx_call_attr_int (call, "qk_matmul_output_mode", PLAIN);
  TelarValue scores = telar_emit_attention_scores (b, attention), biased, weights;
  TelarDType dtype = telar_builder_type (b, scores)->dtype;

  biased = add_bias (f, scores);
  weights = telar_build_cast (b, biased, onnx_call_attr_dtype (call, "softmax_precision", dtype));
  if (weights != TELAR_NO_VALUE)
    weights = telar_build_cast (b, softmax (b, weights), dtype);
  if (onnx_call_wants (call, SCORES))
    onnx_call_out (call, SCORES, mode == WEIGHTS ? weights : mode == BIASED ? biased : scores);
  return weights;
}

/* How many heads of queries share one of keys. */
static gint64
group_size (OnnxCall *call, TelarValue query, TelarValue key)
{
  TelarShape q = shape_of (call, query), k = shape_of (call, key);

  if (q.rank == 4 && k.rank == 4 && k.dims[1] > 0 && q.dims[1] % k.dims[1] == 0)
    return q.dims[1] / k.dims[1];
  onnx_call_fail (call, "its heads of queries cannot share those of keys evenly");
  return 1;
}

/* Half of the scale for queries and half for keys, so that no product overflows half precision. */
static TelarValue
scaled (OnnxCall *call, TelarValue x, gint64 size)
{
  double scale = onnx_call_attr_real (call, "scale", 1 / sqrt ((double)MAX (size, 1)));

  return telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, x, sqrt (scale));
}

static void
trace_attention (OnnxCall *call)
{
  TelarValue query = with_heads (call, QUERY, "q_num_heads");
  TelarValue key = after_past (call, PAST_KEY, with_heads (call, KEY, "kv_num_heads"));
  TelarValue value = after_past (call, PAST_VALUE, with_heads (call, VALUE, "kv_num_heads"));
  gint64 group = group_size (call, query, key);
  guint rank = onnx_call_type (call, QUERY).shape.rank;
  Frame f = { .call = call, .lengths = lengths_of (call) };
  TelarValue weights;

  if (onnx_call_failed (call) || query == TELAR_NO_VALUE || key == TELAR_NO_VALUE ||
      value == TELAR_NO_VALUE)
    return;
  f.queries = shape_of (call, query).dims[2];
  f.keys = shape_of (call, key).dims[2];
  f.past = onnx_call_has (call, PAST_KEY) ? onnx_call_type (call, PAST_KEY).shape.dims[2] : 0;
  gint64 size = shape_of (call, query).dims[3];
  TelarAttention attention = { .query = scaled (call, query, size),
                               .key = scaled (call, telar_emit_repeat_heads (call->b, key, group),
                                              size),
                               .mask = TELAR_NO_VALUE,
                               .scale = 1,
                               .cap = onnx_call_attr_real (call, "softcap", 0) };
  weights = weigh (&f, &attention);
  query = telar_build_matmul (call->b, weights, telar_emit_repeat_heads (call->b, value, group),
                              FALSE, FALSE);
  onnx_call_out (call, RESULT, rank == 3 ? telar_emit_join_heads (call->b, query) : query);
  if (onnx_call_wants (call, PRESENT_KEY))
    onnx_call_out (call, PRESENT_KEY, key);
  if (onnx_call_wants (call, PRESENT_VALUE))
    onnx_call_out (call, PRESENT_VALUE, value);
}

/* --- rotary embedding ------------------------------------------------------------------------- */

/* Cosines or sines of the steps: looked up by position, or given for each step. */
static TelarValue
table (OnnxCall *call, guint input)
{
  TelarValue values = onnx_call_in (call, input);

  if (!onnx_call_has (call, 3))
    return values;
  return telar_emit (call->b, GATHER, ((TelarValue[]){ values, onnx_call_in (call, 3) }),
                     TELAR_INT (AXIS, 0));
}

static void
trace_rotary (OnnxCall *call)
{
  guint rank = onnx_call_type (call, 0).shape.rank;
  TelarValue x = with_heads (call, 0, "num_heads"), cosines = table (call, 1);
  TelarValue sines = table (call, 2);
  gboolean interleaved = onnx_call_attr_int (call, "interleaved", 0) != 0;

  if (onnx_call_failed (call))
    return;
  x = telar_emit_rotary (call->b, x, cosines, sines, interleaved);
  onnx_call_out (call, 0, rank == 3 ? telar_emit_join_heads (call->b, x) : x);
}

/* --- the cache's update ----------------------------------------------------------------------- */

/* @value as [N, before, axis, after]. */
static TelarValue
around_axis (OnnxCall *call, TelarValue value, guint axis)
{
  TelarShape shape = shape_of (call, value), four = telar_shape (0, 1, 0, 1);

  if (value == TELAR_NO_VALUE || axis == 0 || axis >= shape.rank) {
    onnx_call_fail (call, "its axis must be one of both caches' and not the batch");
    return TELAR_NO_VALUE;
  }
  four.dims[0] = shape.dims[0];
  four.dims[2] = shape.dims[axis];
  for (guint i = 1; i < shape.rank; i++)
    if (i != axis)
      four.dims[i < axis ? 1 : 3] *= shape.dims[i];
  return telar_build_reshape (call->b, value, &four);
}

static void
trace_tensor_scatter (OnnxCall *call)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "linear");
  TelarType type = onnx_call_type (call, 0);
  TelarValue cache, fresh, position = onnx_call_optional (call, 2);
  guint axis;

  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -2), type.shape.rank, &axis))
    return;
  cache = around_axis (call, onnx_call_in (call, 0), axis);
  fresh = around_axis (call, onnx_call_in (call, 1), axis);
  if (onnx_call_failed (call))
    return;
  if (position == TELAR_NO_VALUE) {
    TelarType start = { TELAR_I64, telar_shape (type.shape.dims[0]) };
    position = telar_build_fill (call->b, &start, 0);
  }
  cache = telar_emit_cache_write (call->b, cache, fresh, position, g_str_equal (mode, "circular"));
  onnx_call_out (call, 0, telar_build_reshape (call->b, cache, &type.shape));
}

const OnnxOperator onnx_operators_attention[] = {
  { "Attention", trace_attention },
  { "RotaryEmbedding", trace_rotary },
  { "TensorScatter", trace_tensor_scatter },
  { NULL },
};
