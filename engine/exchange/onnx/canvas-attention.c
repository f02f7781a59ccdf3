/* Drawing attention and rotary embedding: heads are put apart, and together again. */
#include "engine/exchange/onnx/canvas.h"

/* ONNX's inputs and outputs. */
enum { QUERY, KEY, VALUE, MASK, PAST_KEY, PAST_VALUE, LENGTHS };
enum { RESULT, PRESENT_KEY, PRESENT_VALUE, SCORES };
#define SHOWS_WEIGHTS 3 /* what qk_matmul_output_mode asks for */

/* --- steps between wires ---------------------------------------------------------------------- */

static OnnxWire
step (OnnxCall *call, const char *op, OnnxWire from)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_join_from (call, from.node, from.port, node, 0);
  return (OnnxWire){ node, 0 };
}

static OnnxWire
step_ints (OnnxCall *call, const char *op, OnnxWire from, const char *param, const gint64 *items,
           guint n)
{
  OnnxWire wire = step (call, op, from);
  onnx_draw_set_ints (call, wire.node, param, items, n);
  return wire;
}

static OnnxWire
pair (OnnxCall *call, const char *op, OnnxWire a, OnnxWire b)
{
  OnnxWire wire = step (call, op, a);
  if (wire.node)
    onnx_draw_join_from (call, b.node, b.port, wire.node,
                         wire.node->op->inputs[0].repeated ? 0 : 1);
  return wire;
}

static const TelarShape *
shape_of (OnnxCall *call, OnnxWire wire)
{
  static const TelarShape none = { 0 };
  const TelarType *type = onnx_draw_step (call, wire.node, wire.port);
  return type ? &type->shape : &none;
}

static OnnxWire
swap_heads (OnnxCall *call, OnnxWire x)
{
  static const gint64 swap[] = { 0, 2, 1, 3 };
  return step_ints (call, "permute", x, "axes", swap, 4);
}

/* [N, T, heads · size] as [N, heads, T, size]. */
static OnnxWire
draw_heads (OnnxCall *call, guint input, const char *attribute)
{
  OnnxWire x = onnx_draw_source (call, input);
  gint64 heads = onnx_call_attr_int (call, attribute, 0);
  const TelarShape *shape = shape_of (call, x);
  if (call->error || shape->rank == 4)
    return x;
  if (shape->rank != 3 || heads < 1 || shape->dims[2] % heads != 0) {
    onnx_call_fail (call, "its heads do not fit its input %u", input);
    return x;
  }
  const gint64 sizes[] = { shape->dims[1], heads, shape->dims[2] / heads };
  return swap_heads (call, step_ints (call, "reshape", x, "shape", sizes, 3));
}

/* And back, where the input had heads and sizes on one axis. */
static void
give_heads (OnnxCall *call, OnnxWire x)
{
  if (onnx_draw_shape (call, 0)->rank == 3) {
    const TelarShape shape = *shape_of (call, x);
    const gint64 sizes[] = { shape.dims[2], shape.dims[1] * shape.dims[3] };
    x = step_ints (call, "reshape", swap_heads (call, x), "shape", sizes, 2);
  }
  onnx_draw_give (call, RESULT, x.node, x.port);
}

/* --- attention -------------------------------------------------------------------------------- */

static OnnxWire
after_past (OnnxCall *call, guint past, OnnxWire x)
{
  if (!onnx_call_has (call, past))
    return x;
  OnnxWire all = pair (call, "concat", onnx_draw_source (call, past), x);
  onnx_draw_set (call, all.node, "axis", "2");
  return all;
}

/* Each head for a group of @times heads of queries. */
static OnnxWire
repeat_heads (OnnxCall *call, OnnxWire x, gint64 times)
{
  const TelarShape shape = *shape_of (call, x);
  if (times == 1)
    return x;
  const gint64 wide[] = { -1, -1, times, -1, -1 };
  const gint64 sizes[] = { shape.dims[1] * times, shape.dims[2], shape.dims[3] };
  x = step (call, "expand_dims", x);
  onnx_draw_set (call, x.node, "axis", "2");
  return step_ints (call, "reshape", step_ints (call, "expand", x, "shape", wide, 5), "shape",
                    sizes, 3);
}

/* Whether the known mask lets every query see a key. One that sees none gives zeros in ONNX; the
 * palette lets it see all. */
static gboolean
shows_each (const TelarTensor *mask)
{
  const TelarShape *shape = &mask->type.shape;
  gsize keys = shape->rank > 0 ? (gsize)MAX (shape->dims[shape->rank - 1], 1) : 1;
  gboolean real = telar_dtype_is_float (mask->type.dtype);
  for (gsize row = 0; row < telar_tensor_elements (mask) / keys; row++) {
    gboolean seen = FALSE;
    for (gsize i = 0; i < keys && !seen; i++) {
      double number = telar_tensor_get (mask, row * keys + i);
      seen = real ? number > -1e30 : number != 0;
    }
    if (!seen)
      return FALSE;
  }
  return TRUE;
}

/* The file's mask with 4 axes. */
static OnnxWire
draw_mask (OnnxCall *call, gint64 keys)
{
  const TelarTensor *known = onnx_call_numbers (call, MASK);
  if (known && (!shows_each (known) || onnx_call_attr_int (call, "is_causal", 0)))
    onnx_call_fail (call, "some query might see no key, which the canvas has otherwise");
  OnnxWire mask = onnx_draw_source (call, MASK);
  const TelarShape shape = *shape_of (call, mask);
  TelarShape four = { .rank = 4, .dims = { 1, 1, 1, 1 } };
  if (shape.rank < 1 || shape.rank > 4 || shape.dims[shape.rank - 1] != keys) {
    onnx_call_fail (call, "the canvas has it with a mask for each key");
    return mask;
  }
  for (guint i = 0; i < shape.rank; i++)
    four.dims[4 - shape.rank + i] = shape.dims[i];
  if (shape.rank == 4)
    return mask;
  mask = step_ints (call, "reshape", mask, "shape", four.dims, 4);
  onnx_draw_set (call, mask.node, "keep_batch", "false");
  return mask;
}

/* Which of @keys keys each query may see, where @past of them came before the first. */
static OnnxWire
draw_causal (OnnxCall *call, gint64 queries, gint64 keys, gint64 past)
{
  TelarShape shape = telar_shape (1, 1, queries, keys);
  g_autoptr (TelarTensor) seen = telar_tensor_new (TELAR_BOOL, &shape);
  for (gint64 i = 0; i < queries * keys; i++)
    telar_tensor_set (seen, (gsize)i, i % keys <= i / keys + past);
  return (OnnxWire){ onnx_draw_known (call, "causal", seen), 0 };
}

static gboolean
check (OnnxCall *call)
{
  if (call->inputs[QUERY]->type.dtype != TELAR_F32)
    onnx_call_fail (call, "the canvas has it for float32");
  if (onnx_call_has (call, LENGTHS))
    onnx_call_fail (call, "the canvas has it without lengths of its own");
  if (onnx_call_attr_int (call, "left_window_size", -1) >= 0 ||
      onnx_call_attr_int (call, "right_window_size", -1) >= 0)
    onnx_call_fail (call, "the canvas has it without windows");
  if (onnx_draw_is_read (call, SCORES) &&
      onnx_call_attr_int (call, "qk_matmul_output_mode", 0) != SHOWS_WEIGHTS)
    onnx_call_fail (call, "the canvas shows the weights, not what they are made of");
  return !call->error;
}

static void
wire_mask (OnnxCall *call, TelarNode *node, gint64 queries, gint64 keys)
{
  gboolean causal = onnx_call_attr_int (call, "is_causal", 0) != 0;
  gint64 past = onnx_call_has (call, PAST_KEY) ? onnx_draw_shape (call, PAST_KEY)->dims[2] : 0;
  OnnxWire mask = { NULL, 0 };
  if (causal && past == 0)
    onnx_draw_set (call, node, "causal", "true");
  else if (causal && onnx_call_has (call, MASK))
    onnx_call_fail (call, "the canvas has a mask or what came before, not both");
  else if (causal)
    mask = draw_causal (call, queries, keys, past);
  if (onnx_call_has (call, MASK))
    mask = draw_mask (call, keys);
  if (mask.node)
    onnx_draw_join_from (call, mask.node, mask.port, node, MASK);
}

static void
draw_attention (OnnxCall *call, const char *op)
{
  if (!check (call))
    return;
  OnnxWire query = draw_heads (call, QUERY, "q_num_heads");
  OnnxWire key = after_past (call, PAST_KEY, draw_heads (call, KEY, "kv_num_heads"));
  OnnxWire value = after_past (call, PAST_VALUE, draw_heads (call, VALUE, "kv_num_heads"));
  const TelarShape q = *shape_of (call, query), k = *shape_of (call, key);
  if (call->error)
    return;
  if (q.rank != 4 || k.rank != 4 || k.dims[1] < 1 || q.dims[1] % k.dims[1] != 0 || q.dims[2] < 1 ||
      k.dims[2] < 1) {
    onnx_call_fail (call, "its heads of queries cannot share those of keys evenly");
    return;
  }
  gint64 group = q.dims[1] / k.dims[1];
  OnnxWire seen = pair (call, op, query, repeat_heads (call, key, group));
  OnnxWire values = repeat_heads (call, value, group);
  if (!seen.node)
    return;
  onnx_draw_join_from (call, values.node, values.port, seen.node, VALUE);
  onnx_draw_set_real (call, seen.node, "scale", onnx_call_attr_real (call, "scale", 0));
  onnx_draw_set_real (call, seen.node, "cap", onnx_call_attr_real (call, "softcap", 0));
  wire_mask (call, seen.node, q.dims[2], k.dims[2]);
  give_heads (call, seen);
  if (onnx_call_wants (call, PRESENT_KEY))
    onnx_draw_give (call, PRESENT_KEY, key.node, key.port);
  if (onnx_call_wants (call, PRESENT_VALUE))
    onnx_draw_give (call, PRESENT_VALUE, value.node, value.port);
  if (onnx_draw_is_read (call, SCORES))
    onnx_draw_give (call, SCORES, seen.node, 1);
}

/* --- rotary embedding ------------------------------------------------------------------------- */

/* Cosines or sines of the steps as [N, 1, T, pairs]: looked up by position, or given for each. */
static OnnxWire
draw_table (OnnxCall *call, guint input)
{
  OnnxWire table = onnx_draw_source (call, input);
  if (onnx_call_has (call, 3)) {
    table = pair (call, "gather", table, onnx_draw_source (call, 3));
    onnx_draw_set (call, table.node, "axis", "0");
  }
  table = step (call, "expand_dims", table);
  onnx_draw_set (call, table.node, "axis", "1");
  return table;
}

static OnnxWire
draw_features (OnnxCall *call, OnnxWire x, gint64 start, gint64 stop, gint64 by)
{
  OnnxWire part = step (call, "slice", x);
  onnx_draw_set (call, part.node, "axis", "3");
  onnx_draw_set (call, part.node, "start", "%" G_GINT64_FORMAT, start);
  onnx_draw_set (call, part.node, "stop", "%" G_GINT64_FORMAT, stop);
  onnx_draw_set (call, part.node, "step", "%" G_GINT64_FORMAT, by);
  return part;
}

/* Pairs of features turned by angles; the first of each stand in one half, or next to the second.
 */
static OnnxWire
turn (OnnxCall *call, OnnxWire x, gint64 width, gboolean next)
{
  const TelarShape shape = *shape_of (call, x);
  OnnxWire cosines = draw_table (call, 1), sines = draw_table (call, 2);
  OnnxWire a =
      next ? draw_features (call, x, 0, width, 2) : draw_features (call, x, 0, width / 2, 1);
  OnnxWire b =
      next ? draw_features (call, x, 1, width, 2) : draw_features (call, x, width / 2, width, 1);
  OnnxWire real = pair (call, "subtract", pair (call, "multiply", a, cosines),
                        pair (call, "multiply", b, sines));
  OnnxWire imaginary =
      pair (call, "add", pair (call, "multiply", a, sines), pair (call, "multiply", b, cosines));
  OnnxWire turned = pair (call, next ? "stack" : "concat", real, imaginary);
  onnx_draw_set (call, turned.node, "axis", "%d", next ? 4 : 3);
  const gint64 sizes[] = { shape.dims[1], shape.dims[2], width };
  return next ? step_ints (call, "reshape", turned, "shape", sizes, 3) : turned;
}

static void
draw_rotary (OnnxCall *call, const char *op)
{
  (void)op;
  OnnxWire x = draw_heads (call, 0, "num_heads");
  const TelarShape shape = *shape_of (call, x);
  gint64 width = onnx_call_attr_int (call, "rotary_embedding_dim", 0);
  if (call->error)
    return;
  width = width == 0 ? shape.dims[3] : width;
  if (width < 2 || width % 2 != 0 || width > shape.dims[3]) {
    onnx_call_fail (call, "%" G_GINT64_FORMAT " of its features cannot be turned in pairs", width);
    return;
  }
  OnnxWire turned = turn (call, x, width, onnx_call_attr_int (call, "interleaved", 0) != 0);
  if (width < shape.dims[3]) {
    turned = pair (call, "concat", turned, draw_features (call, x, width, shape.dims[3], 1));
    onnx_draw_set (call, turned.node, "axis", "3");
  }
  give_heads (call, turned);
}

const OnnxDrawing onnx_drawings_attention[] = {
  { "Attention", draw_attention, "attention" },
  { "RotaryEmbedding", draw_rotary, NULL },
  { NULL },
};
