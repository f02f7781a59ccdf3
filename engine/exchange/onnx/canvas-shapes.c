/* Drawing what changes shapes, takes parts, gathers and reduces. */
#include "engine/exchange/onnx/canvas.h"

#include <string.h>

static const TelarShape *
shape_of (const OnnxCall *call, guint input)
{
  return &call->inputs[input]->type.shape;
}

/* The product of @n sizes; 0 where there is none. */
static gint64
count (const gint64 *sizes, guint n)
{
  TelarShape shape = { .rank = n };
  gint64 all;
  memcpy (shape.dims, sizes, n * sizeof *sizes);
  return telar_shape_count (&shape, &all) ? all : 0;
}

/* A node that shapes the samples to @sizes, one behind the other as they are. */
static void
draw_sample_shape (OnnxCall *call, const gint64 *sizes, guint n)
{
  const TelarShape *shape = shape_of (call, 0);
  if (n == 1 && sizes[0] == count (shape->dims + 1, shape->rank - 1)) {
    onnx_draw_unary (call, onnx_draw_node (call, "flatten"));
    return;
  }
  TelarNode *node = onnx_draw_node (call, "reshape");
  if (node)
    onnx_draw_set_ints (call, node, "shape", sizes, n);
  onnx_draw_unary (call, node);
}

/* --- reshaping -------------------------------------------------------------------------------- */

/* Whether @first, the first of the wanted sizes, leaves the first axis as it is; @rest is the
 * number of elements that the other sizes ask for, 0 where one of them is open. */
static gboolean
keeps_first (const OnnxCall *call, gint64 first, gboolean symbolic, gint64 rest)
{
  const TelarShape *shape = shape_of (call, 0);
  if (shape->dims[0] >= 0)
    return first == shape->dims[0] || first == -1;
  if (first == TELAR_DIM_BATCH)
    return symbolic || rest == count (shape->dims + 1, shape->rank - 1);
  return first == 1 && onnx_draw_canvas (call)->any_batch;
}

static void
draw_reshape (OnnxCall *call, const char *op)
{
  (void)op;
  gint64 sizes[TELAR_MAX_RANK];
  gboolean symbolic, all = onnx_call_attr_int (call, "allowzero", 0) != 0, open = FALSE;
  const TelarShape *shape = shape_of (call, 0);
  guint n;
  if (!onnx_draw_ints (call, 1, sizes, TELAR_MAX_RANK, &n, &symbolic))
    return;
  for (guint i = 0; i < n && !all; i++)
    if (sizes[i] == 0 && i < shape->rank)
      sizes[i] = shape->dims[i];
  for (guint i = 1; i < n; i++)
    open |= sizes[i] < 0;
  if (n < 2 || shape->rank < 1 ||
      !keeps_first (call, sizes[0], symbolic || sizes[0] == shape->dims[0],
                    open ? 0 : count (sizes + 1, n - 1)))
    onnx_call_fail (call, "the canvas has it where the first axis, the batch, stays as it is");
  else
    draw_sample_shape (call, sizes + 1, n - 1);
}

static void
draw_flatten (OnnxCall *call, const char *op)
{
  gint64 axis = onnx_call_attr_int (call, "axis", 1), rank = shape_of (call, 0)->rank;
  if (axis != 1 && axis + rank != 1)
    onnx_call_fail (call, "the canvas has it from axis 1 on");
  onnx_draw_unary (call, onnx_draw_node (call, op));
}

static void
draw_transpose (OnnxCall *call, const char *op)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n, rank = shape_of (call, 0)->rank;
  if (!onnx_call_attr_ints (call, "perm", axes, TELAR_MAX_RANK, &n)) {
    n = rank;
    for (guint i = 0; i < n; i++)
      axes[i] = n - 1 - i;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set_ints (call, node, "axes", axes, n);
  onnx_draw_unary (call, node);
}

/* Axes: an input from version 13 on, an attribute before. FALSE where they are left out. */
static gboolean
read_axes (OnnxCall *call, guint rank, gint64 *axes, guint *n)
{
  gboolean symbolic;
  gboolean given = onnx_call_has (call, 1)
                       ? onnx_draw_ints (call, 1, axes, TELAR_MAX_RANK, n, &symbolic)
                       : onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, n);
  for (guint i = 0; given && i < *n; i++) {
    guint axis;
    if (!onnx_call_axis (call, axes[i], rank, &axis))
      return FALSE;
    axes[i] = axis;
  }
  return given;
}

/* The input's samples in the shape @shape, whose first axis is the input's. */
static void
draw_same (OnnxCall *call, const TelarShape *shape)
{
  if (shape->rank < 1 || shape->dims[0] != shape_of (call, 0)->dims[0])
    onnx_call_fail (call, "the canvas has it where the first axis, the batch, stays as it is");
  else if (shape->rank == 1)
    onnx_call_fail (call, "nothing but the batch would remain");
  else
    draw_sample_shape (call, shape->dims + 1, shape->rank - 1);
}

static void
draw_squeeze (OnnxCall *call, const char *op)
{
  const TelarShape *shape = shape_of (call, 0);
  TelarShape rest = { 0 };
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0, drop = 0;
  gboolean given = read_axes (call, shape->rank, axes, &n);
  for (guint i = 0; i < n; i++)
    drop |= 1u << axes[i];
  for (guint i = 0; i < shape->rank && !given; i++)
    drop |= (shape->dims[i] == 1) << i;
  for (guint i = 0; i < shape->rank; i++)
    if (!(drop & 1u << i))
      rest.dims[rest.rank++] = shape->dims[i];
  if (call->error)
    return;
  if (n != 1 || axes[0] == 0) {
    draw_same (call, &rest);
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, axes[0]);
  onnx_draw_unary (call, node);
}

static void
draw_unsqueeze (OnnxCall *call, const char *op)
{
  const TelarShape *shape = shape_of (call, 0);
  TelarShape more = { 0 };
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0, add = 0, next = 0, given = 0;
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "axes");
  given = onnx_call_has (call, 1) ? (guint)telar_shape_elements (shape_of (call, 1))
          : attr                  ? (guint)attr->n_ints
                                  : 0;
  if (shape->rank + given > TELAR_MAX_RANK) {
    onnx_call_fail (call, "its result has more than %d axes", TELAR_MAX_RANK);
    return;
  }
  if (!read_axes (call, shape->rank + given, axes, &n))
    return;
  for (guint i = 0; i < n; i++)
    add |= 1u << axes[i];
  for (guint i = 0; i < shape->rank + n; i++)
    more.dims[more.rank++] = add & 1u << i ? 1 : shape->dims[next++];
  if (n != 1 || axes[0] == 0) {
    draw_same (call, &more);
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, axes[0]);
  onnx_draw_unary (call, node);
}

static void
draw_concat (OnnxCall *call, const char *op)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "axis", 1));
  for (guint i = 0; i < call->n_inputs; i++)
    onnx_draw_wire (call, i, node, 0);
  onnx_draw_give (call, 0, node, 0);
}

/* --- parts ------------------------------------------------------------------------------------ */

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

static void
draw_slice (OnnxCall *call, const char *op)
{
  (void)op;
  Parts parts = { 0 };
  TelarNode *node = NULL;
  const TelarShape *shape = shape_of (call, 0);
  if (!read_parts (call, &parts))
    return;
  for (guint i = 0; i < parts.n && !call->error; i++) {
    guint axis;
    if (!onnx_call_axis (call, parts.axes[i], shape->rank, &axis))
      return;
    gint64 size = shape->dims[axis], start = parts.starts[i], stop = parts.ends[i];
    if (start == 0 && parts.steps[i] == 1 && (stop == G_MAXINT64 || (size >= 0 && stop >= size)))
      continue; /* the whole axis */
    if (size < 0 || parts.steps[i] < 1) {
      onnx_call_fail (call, "the canvas has it forwards and not over the batch");
      return;
    }
    start = CLAMP (start < 0 ? start + size : start, 0, size);
    stop = CLAMP (stop < 0 ? stop + size : stop, 0, size);
    node = draw_part (call, node, axis, start, stop, parts.steps[i]);
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
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), shape_of (call, 0)->rank, &axis))
    return;
  gint64 size = shape_of (call, 0)->dims[axis], start = 0;
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
  const TelarShape *shape = shape_of (call, 0);
  gint64 at = place < 0 ? place + shape->dims[axis] : place;
  TelarNode *part = draw_part (call, NULL, axis, at, at + 1, 1);
  TelarNode *node = part ? onnx_draw_node (call, "squeeze") : NULL;
  if (!node)
    return;
  onnx_draw_set (call, node, "axis", "%u", axis);
  onnx_draw_join (call, part, node, 0);
  onnx_draw_give (call, 0, node, 0);
}

static void
draw_gather (OnnxCall *call, const char *op)
{
  guint axis;
  const TelarOnnxValue *table = call->inputs[0], *places = call->inputs[1];
  if (!table || !places ||
      !onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), table->type.shape.rank, &axis))
    return;
  if (table->tensor && table->type.shape.rank == 2 && axis == 0 && table->type.dtype == TELAR_F32)
    draw_embedding (call);
  else if (places->tensor && places->type.shape.rank == 0 && axis > 0)
    draw_place (call, axis, (gint64)telar_tensor_get (places->tensor, 0));
  else if (telar_operator_find (op)) {
    TelarNode *node = onnx_draw_node (call, op);
    if (!node)
      return;
    onnx_draw_set (call, node, "axis", "%u", axis);
    onnx_draw_wire (call, 0, node, 0);
    onnx_draw_wire (call, 1, node, 1);
    onnx_draw_give (call, 0, node, 0);
  } else
    onnx_call_fail (call, "the canvas gathers rows of a table or one known place");
}

/* --- borders and sizes ------------------------------------------------------------------------ */

static void
draw_pad (OnnxCall *call, const char *op)
{
  gint64 pads[2 * TELAR_MAX_RANK];
  gboolean symbolic;
  guint n = 0, rank = shape_of (call, 0)->rank;
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "constant");
  if (call->version >= 11 ? !onnx_draw_ints (call, 1, pads, 2 * TELAR_MAX_RANK, &n, &symbolic)
                          : !onnx_call_attr_ints (call, "pads", pads, 2 * TELAR_MAX_RANK, &n))
    return;
  if (n != 2 * rank || pads[0] != 0 || pads[rank] != 0 || onnx_call_has (call, 3)) {
    onnx_call_fail (call, "the canvas has it with borders for all axes but the batch");
    return;
  }
  double value =
      call->version >= 11 ? onnx_call_number (call, 2, 0) : onnx_call_attr_real (call, "value", 0);
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "low", pads + 1, rank - 1);
  onnx_draw_set_ints (call, node, "high", pads + rank + 1, rank - 1);
  onnx_draw_set (call, node, "mode", "%s", g_str_equal (mode, "wrap") ? "circular" : mode);
  onnx_draw_set_real (call, node, "value", value);
  onnx_draw_unary (call, node);
}

/* The spatial sizes that a Resize or Upsample asks for; by sizes or by factors that divide evenly.
 */
static gboolean
read_sizes (OnnxCall *call, gint64 *sizes, guint n)
{
  gboolean symbolic;
  guint given, factors = call->version >= 11 ? 2 : 1;
  gint64 all[TELAR_MAX_RANK];
  const TelarShape *shape = shape_of (call, 0);
  if (call->version >= 11 && onnx_call_has (call, 3)) {
    if (!onnx_draw_ints (call, 3, all, TELAR_MAX_RANK, &given, &symbolic) || given != n + 2)
      return FALSE;
    memcpy (sizes, all + 2, n * sizeof *sizes);
    return TRUE;
  }
  TelarTensor *scales = onnx_call_numbers (call, factors);
  if (!scales || telar_tensor_elements (scales) != n + 2)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    double size = (double)shape->dims[i + 2] * telar_tensor_get (scales, i + 2);
    sizes[i] = (gint64)size;
    if ((double)sizes[i] != size)
      return FALSE;
  }
  return TRUE;
}

static void
draw_resize (OnnxCall *call, const char *op)
{
  gint64 sizes[TELAR_MAX_RANK];
  guint rank = shape_of (call, 0)->rank;
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "nearest");
  g_autofree char *places = onnx_call_attr_text (call, "coordinate_transformation_mode",
                                                 call->version >= 11 ? "half_pixel" : "asymmetric");
  g_autofree char *rounding = onnx_call_attr_text (
      call, "nearest_mode", call->version >= 11 ? "round_prefer_floor" : "floor");
  if (rank < 3 || !read_sizes (call, sizes, rank - 2) ||
      onnx_call_attr_int (call, "antialias", 0)) {
    if (!call->error)
      onnx_call_fail (call,
                      "the canvas has it for spatial axes, whole sizes and without antialias");
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "size", sizes, rank - 2);
  onnx_draw_set (call, node, "mode", "%s", mode);
  onnx_draw_set (call, node, "coordinates", "%s", places);
  onnx_draw_set (call, node, "rounding", "%s",
                 g_str_has_prefix (rounding, "round_") ? rounding + strlen ("round_") : rounding);
  onnx_draw_set_real (call, node, "cubic", onnx_call_attr_real (call, "cubic_coeff_a", -0.75));
  if (onnx_call_attr_int (call, "exclude_outside", 0))
    onnx_draw_set (call, node, "exclude_outside", "true");
  onnx_draw_unary (call, node);
}

static void
draw_blocks (OnnxCall *call, const char *op)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "DCR");
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "block", "%" G_GINT64_FORMAT,
                 onnx_call_attr_int (call, "blocksize", 2));
  onnx_draw_set (call, node, "order", "%s",
                 g_str_equal (mode, "CRD") ? "channels_first" : "places_first");
  onnx_draw_unary (call, node);
}

static void
draw_pass (OnnxCall *call, const char *op)
{
  (void)op;
  onnx_draw_pass (call, 0, 0);
}

/* --- reductions ------------------------------------------------------------------------------- */

static void
draw_reduce (OnnxCall *call, const char *op)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0, rank = shape_of (call, 0)->rank;
  gboolean given = read_axes (call, rank, axes, &n);
  if (call->error)
    return;
  if ((!given || n == 0) && onnx_call_attr_int (call, "noop_with_empty_axes", 0)) {
    onnx_draw_pass (call, 0, 0);
    return;
  }
  for (n = n > 0 ? n : 0; !given && n < rank; n++)
    axes[n] = n;
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set_ints (call, node, "axes", axes, n);
  onnx_draw_set (call, node, "keep", "%s",
                 onnx_call_attr_int (call, "keepdims", 1) ? "true" : "false");
  onnx_draw_unary (call, node);
}

static void
draw_arg (OnnxCall *call, const char *op)
{
  guint axis;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), shape_of (call, 0)->rank, &axis))
    return;
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "axis", "%u", axis);
  if (onnx_call_attr_int (call, "keepdims", 1))
    onnx_draw_set (call, node, "keep", "true");
  if (onnx_call_attr_int (call, "select_last_index", 0))
    onnx_draw_set (call, node, "equals", "last");
  onnx_draw_unary (call, node);
}

const OnnxDrawing onnx_drawings_shapes[] = {
  { "Reshape", draw_reshape, NULL },
  { "Flatten", draw_flatten, "flatten" },
  { "Transpose", draw_transpose, "permute" },
  { "Squeeze", draw_squeeze, "squeeze" },
  { "Unsqueeze", draw_unsqueeze, "expand_dims" },
  { "Concat", draw_concat, "concat" },
  { "Slice", draw_slice, NULL },
  { "Split", draw_split, NULL },
  { "Gather", draw_gather, "gather" },
  { "Pad", draw_pad, "pad" },
  { "Resize", draw_resize, "resize" },
  { "Upsample", draw_resize, "resize" },
  { "DepthToSpace", draw_blocks, "pixel_shuffle" },
  { "SpaceToDepth", draw_blocks, "pixel_unshuffle" },
  { "Identity", draw_pass, NULL },
  { "ReduceSum", draw_reduce, "sum" },
  { "ReduceMean", draw_reduce, "mean" },
  { "ReduceMax", draw_reduce, "max" },
  { "ReduceMin", draw_reduce, "min" },
  { "ArgMax", draw_arg, "argmax" },
  { "ArgMin", draw_arg, "argmin" },
  { NULL },
};
