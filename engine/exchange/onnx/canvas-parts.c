/* Drawing what takes parts of tensors: cuts, and numbers by their places. */
#include "engine/exchange/onnx/canvas.h"

/* From @start to before @stop along @axis, by one node after @before (NULL: the call's input). */
static TelarNode *
draw_part (OnnxCall *call, TelarNode *before, gint64 axis, gint64 start, gint64 stop, gint64 step)
{
  TelarNode *node = onnx_draw_node (call, "slice");
  if (!node)
    return NULL;
  onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, axis);
  onnx_draw_set (call, node, "start", "%" G_GINT64_FORMAT, start);
  onnx_draw_set (call, node, "stop", "%" G_GINT64_FORMAT, stop);
  onnx_draw_set (call, node, "step", "%" G_GINT64_FORMAT, step);
  if (before)
    onnx_draw_join (call, before, node, 0);
  else
    onnx_draw_wire (call, 0, node, 0);
  return node;
}

typedef struct {
  gint64 starts[TELAR_MAX_RANK], ends[TELAR_MAX_RANK], axes[TELAR_MAX_RANK], steps[TELAR_MAX_RANK];
  guint n;
} Parts;

/* Lists that are left out have no items. */
static gboolean
have_one_length (OnnxCall *call, guint starts, guint ends, guint axes, guint steps)
{
  if (starts != ends || (axes > 0 && axes != starts) || (steps > 0 && steps != starts))
    onnx_call_fail (call, "its starts, ends, axes and steps are not of one length");
  return !call->error;
}

static gboolean
read_parts (OnnxCall *call, Parts *parts)
{
  gboolean symbolic = FALSE, any = FALSE, by_input = call->version >= 10;
  guint n_ends = 0, n_axes = 0, n_steps = 0;
  for (guint i = 0; i < TELAR_MAX_RANK; i++) {
    parts->axes[i] = i;
    parts->steps[i] = 1;
  }
  if (!by_input) {
    onnx_call_attr_ints (call, "starts", parts->starts, TELAR_MAX_RANK, &parts->n);
    onnx_call_attr_ints (call, "ends", parts->ends, TELAR_MAX_RANK, &n_ends);
    onnx_call_attr_ints (call, "axes", parts->axes, TELAR_MAX_RANK, &n_axes);
    return have_one_length (call, parts->n, n_ends, n_axes, 0);
  }
  if (!onnx_draw_ints (call, 1, parts->starts, TELAR_MAX_RANK, &parts->n, &symbolic) ||
      !onnx_draw_ints (call, 2, parts->ends, TELAR_MAX_RANK, &n_ends, &any))
    return FALSE;
  if (onnx_call_has (call, 3))
    onnx_draw_ints (call, 3, parts->axes, TELAR_MAX_RANK, &n_axes, &any);
  if (onnx_call_has (call, 4))
    onnx_draw_ints (call, 4, parts->steps, TELAR_MAX_RANK, &n_steps, &any);
  if (symbolic || any)
    onnx_call_fail (call, "it computes with the size of the batch");
  return have_one_length (call, parts->n, n_ends, n_axes, n_steps);
}

/* Where @parts cut nothing of the axis. */
static gboolean
is_whole (const Parts *parts, guint i, gint64 size)
{
  return parts->starts[i] == 0 && parts->steps[i] == 1 &&
         (parts->ends[i] == G_MAXINT64 || (size >= 0 && parts->ends[i] >= size));
}

/* Cuts backwards: the operator's places are those of NumPy. */
static TelarNode *
draw_backwards (OnnxCall *call, TelarNode *before, const gint64 *place)
{
  TelarNode *node = onnx_draw_after (call, "strided_slice", before);
  static const char *const names[] = { "axes", "starts", "ends", "steps" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    onnx_draw_set_ints (call, node, names[i], &place[i], 1);
  return node;
}

static void
draw_slice (OnnxCall *call, const char *op)
{
  (void)op;
  Parts parts = { 0 };
  TelarNode *node = NULL;
  const TelarShape *shape = onnx_draw_shape (call, 0);
  if (!read_parts (call, &parts))
    return;
  for (guint i = 0; i < parts.n && !call->error; i++) {
    guint axis;
    if (!onnx_call_axis (call, parts.axes[i], shape->rank, &axis))
      return;
    gint64 size = shape->dims[axis], start = parts.starts[i], stop = parts.ends[i];
    if (is_whole (&parts, i, size))
      continue;
    if (size < 0 || parts.steps[i] == 0) {
      onnx_call_fail (call, "the canvas has it not over the batch");
      return;
    }
    start = CLAMP (start < 0 ? start + size : start, 0, size);
    stop = CLAMP (stop < 0 ? stop + size : stop, -1, size);
    if (parts.steps[i] > 0) {
      node = draw_part (call, node, axis, start, MAX (stop, 0), parts.steps[i]);
      continue;
    }
    const gint64 place[] = { axis, MIN (start, size - 1), stop < 0 ? -size - 1 : stop,
                             parts.steps[i] };
    node = draw_backwards (call, node, place);
  }
  if (node)
    onnx_draw_give (call, 0, node, 0);
  else
    onnx_draw_pass (call, 0, 0);
}

/* Each part is a slice of its own. */
static void
draw_split (OnnxCall *call, const char *op)
{
  (void)op;
  gint64 sizes[64];
  gboolean symbolic;
  guint axis, n = 0;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), onnx_draw_shape (call, 0)->rank,
                       &axis))
    return;
  gint64 size = onnx_draw_shape (call, 0)->dims[axis], start = 0;
  if (size < 0 || call->n_outputs > G_N_ELEMENTS (sizes)) {
    onnx_call_fail (call, "the canvas splits known sizes into at most %zu parts",
                    G_N_ELEMENTS (sizes));
    return;
  }
  if (onnx_call_has (call, 1))
    onnx_draw_ints (call, 1, sizes, G_N_ELEMENTS (sizes), &n, &symbolic);
  else if (!onnx_call_attr_ints (call, "split", sizes, G_N_ELEMENTS (sizes), &n))
    for (gint64 each = (size + call->n_outputs - 1) / call->n_outputs; n < call->n_outputs; n++)
      sizes[n] = MIN (each, size - each * n);
  for (guint i = 0; i < n && i < call->n_outputs && !call->error; start += sizes[i++]) {
    TelarNode *node =
        onnx_call_wants (call, i) ? draw_part (call, NULL, axis, start, start + sizes[i], 1) : NULL;
    if (node)
      onnx_draw_give (call, i, node, 0);
  }
}

/* --- gathering -------------------------------------------------------------------------------- */

/* Rows of a known table. */
static void
draw_embedding (OnnxCall *call)
{
  TelarTensor *table = onnx_call_numbers (call, 0);
  TelarNode *node = table ? onnx_draw_node (call, "embedding") : NULL;
  if (!node)
    return;
  onnx_draw_set (call, node, "vocabulary", "%" G_GINT64_FORMAT, table->type.shape.dims[0]);
  onnx_draw_set (call, node, "size", "%" G_GINT64_FORMAT, table->type.shape.dims[1]);
  onnx_draw_state (call, node, "table", table);
  onnx_draw_wire (call, 1, node, 0);
  onnx_draw_give (call, 0, node, 0);
}

/* One known place of an axis. */
static void
draw_place (OnnxCall *call, guint axis, gint64 place)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  gint64 at = place < 0 ? place + shape->dims[axis] : place;
  TelarNode *part = draw_part (call, NULL, axis, at, at + 1, 1);
  TelarNode *node = part ? onnx_draw_node (call, "squeeze") : NULL;
  if (!node)
    return;
  onnx_draw_set (call, node, "axis", "%u", axis);
  onnx_draw_join (call, part, node, 0);
  onnx_draw_give (call, 0, node, 0);
}

/* The numbers of port 0, places at port 1 and, where there are, updates at port 2. */
static TelarNode *
draw_by_places (OnnxCall *call, const char *op)
{
  TelarNode *node = onnx_draw_node (call, op);
  for (guint i = 0; node && i < call->n_inputs; i++)
    onnx_draw_wire (call, i, node, i);
  return node;
}

static void
draw_gather (OnnxCall *call, const char *op)
{
  guint axis;
  const TelarOnnxValue *table = call->inputs[0],
                       *places = onnx_call_has (call, 1) ? call->inputs[1] : NULL;
  if (!table || !places ||
      !onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), table->type.shape.rank, &axis))
    return;
  if (table->tensor && table->type.shape.rank == 2 && axis == 0 && table->type.dtype == TELAR_F32)
    draw_embedding (call);
  else if (places->tensor && places->type.shape.rank == 0 && table->type.shape.dims[axis] > 0)
    draw_place (call, axis, (gint64)telar_tensor_get (places->tensor, 0));
  else {
    TelarNode *node = draw_by_places (call, op);
    if (!node)
      return;
    onnx_draw_set (call, node, "axis", "%u", axis);
    onnx_draw_give (call, 0, node, 0);
  }
}

static void
draw_gather_elements (OnnxCall *call, const char *op)
{
  TelarNode *node = draw_by_places (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "axis", 0));
  onnx_draw_give (call, 0, node, 0);
}

static void
draw_gather_nd (OnnxCall *call, const char *op)
{
  TelarNode *node = draw_by_places (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "batch_axes", "%" G_GINT64_FORMAT,
                 onnx_call_attr_int (call, "batch_dims", 0));
  onnx_draw_give (call, 0, node, 0);
}

static void
draw_scatter (OnnxCall *call, const char *op)
{
  g_autofree char *reduction = onnx_call_attr_text (call, "reduction", "none");
  gboolean add = g_str_equal (reduction, "add");
  if (!add && !g_str_equal (reduction, "none")) {
    onnx_call_fail (call, "the canvas replaces and adds, but has no %s", reduction);
    return;
  }
  TelarNode *node = draw_by_places (call, op);
  if (!node)
    return;
  if (g_str_equal (op, "scatter_elements"))
    onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "axis", 0));
  onnx_draw_set (call, node, "add", "%s", add ? "true" : "false");
  onnx_draw_give (call, 0, node, 0);
}

/* The places that a known condition leaves are gathered. */
static void
draw_compress (OnnxCall *call, const char *op)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  TelarTensor *condition = onnx_call_numbers (call, 1);
  TelarNode *before = NULL;
  guint axis = 0;
  gint64 n = 0, size;
  if (!condition)
    return;
  if (!onnx_call_attr (call, "axis")) {
    if (!telar_shape_count (shape, &size) || size < 0) {
      onnx_call_fail (call, "the canvas has it along an axis, not over the batch");
      return;
    }
    TelarShape flat = telar_shape (size);
    before = onnx_draw_shaped (call, NULL, shape, &flat);
  } else if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), shape->rank, &axis))
    return;
  TelarShape most = telar_shape ((gint64)telar_tensor_elements (condition));
  g_autoptr (TelarTensor) all = telar_tensor_new (TELAR_I64, &most);
  for (gint64 i = 0; i < most.dims[0]; i++)
    if (telar_tensor_get (condition, (gsize)i) != 0)
      telar_tensor_set (all, (gsize)n++, (double)i);
  if (n == 0) {
    onnx_call_fail (call, "nothing would remain");
    return;
  }
  TelarShape kept = telar_shape (n);
  g_autoptr (TelarTensor) view = telar_tensor_wrap (TELAR_I64, &kept, all->data, NULL, NULL);
  g_autoptr (TelarTensor) places = telar_tensor_copy (view);
  TelarNode *node = onnx_draw_after (call, op, before);
  onnx_draw_set (call, node, "axis", "%u", axis);
  onnx_draw_join (call, onnx_draw_known (call, "places", places), node, 1);
  onnx_draw_give (call, 0, node, 0);
}

/* The part of each matrix on one side of a diagonal. */
static void
draw_trilu (OnnxCall *call, const char *op)
{
  gint64 diagonal = onnx_call_integer (call, 1, 0);
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "part", "%s",
                 onnx_call_attr_int (call, "upper", 1) ? "upper" : "lower");
  onnx_draw_set (call, node, "diagonal", "%" G_GINT64_FORMAT, diagonal);
  onnx_draw_unary (call, node);
}

/* The first steps of each sequence turned round; sequences lie along axis 1 of a batch. */
static void
draw_reverse_sequence (OnnxCall *call, const char *op)
{
  const gint64 swapped[] = { 1, 0, 2, 3, 4, 5, 6, 7 };
  gint64 batch = onnx_call_attr_int (call, "batch_axis", 1);
  gint64 time = onnx_call_attr_int (call, "time_axis", 0);
  guint rank = onnx_draw_shape (call, 0)->rank;
  if (batch + time != 1 || batch * time != 0 || rank < 2) {
    onnx_call_fail (call, "batch and time are not its first two axes");
    return;
  }
  TelarNode *before = NULL;
  if (batch == 1) {
    before = onnx_draw_after (call, "permute", NULL);
    onnx_draw_set_ints (call, before, "axes", swapped, rank);
  }
  TelarNode *node = onnx_draw_after (call, op, before);
  onnx_draw_wire (call, 1, node, 1);
  if (batch == 1) {
    node = onnx_draw_after (call, "permute", node);
    onnx_draw_set_ints (call, node, "axes", swapped, rank);
  }
  onnx_draw_give (call, 0, node, 0);
}

const OnnxDrawing onnx_drawings_parts[] = {
  { "Slice", draw_slice, NULL },
  { "Split", draw_split, NULL },
  { "Gather", draw_gather, "gather" },
  { "GatherElements", draw_gather_elements, "gather_elements" },
  { "GatherND", draw_gather_nd, "gather_nd" },
  { "Scatter", draw_scatter, "scatter_elements" },
  { "ScatterElements", draw_scatter, "scatter_elements" },
  { "ScatterND", draw_scatter, "scatter_nd" },
  { "Compress", draw_compress, "gather" },
  { "Trilu", draw_trilu, "trilu" },
  { "ReverseSequence", draw_reverse_sequence, "reverse_sequence" },
  { NULL },
};
