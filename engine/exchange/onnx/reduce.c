/* Reductions and what is made of them: norms, arg-reductions, cumulative sums, losses. */
#include "engine/exchange/onnx/operators.h"

#include <math.h>
#include <string.h>

/* --- reductions ------------------------------------------------------------------------------- */

typedef struct {
  gint64 axes[TELAR_MAX_RANK];
  guint n;
  gboolean keep;
} Reduction;

static void
all_axes (Reduction *reduction, guint rank)
{
  for (guint i = 0; i < rank; i++)
    reduction->axes[i] = i;
  reduction->n = rank;
}

/* Sorted and each once. */
static gboolean
settle_axes (OnnxCall *call, Reduction *reduction, guint rank)
{
  gboolean marked[TELAR_MAX_RANK] = { FALSE };
  guint axis, n = reduction->n;
  for (guint i = 0; i < n; i++) {
    if (!onnx_call_axis (call, reduction->axes[i], rank, &axis))
      return FALSE;
    marked[axis] = TRUE;
  }
  reduction->n = 0;
  for (guint i = 0; i < rank; i++)
    if (marked[i])
      reduction->axes[reduction->n++] = i;
  return TRUE;
}

/* Axes are an input since version 13 for ReduceSum, since 18 for the others; before, an attribute.
 * None means all, or nothing to do. FALSE when there is nothing to do or an error. */
static gboolean
read_reduction (OnnxCall *call, Reduction *reduction)
{
  guint rank = onnx_call_type (call, 0).shape.rank;
  int since = g_str_equal (call->node->op_type, "ReduceSum") ? 13 : 18;
  reduction->n = 0;
  reduction->keep = onnx_call_attr_int (call, "keepdims", 1) != 0;
  if (call->version < since)
    onnx_call_attr_ints (call, "axes", reduction->axes, TELAR_MAX_RANK, &reduction->n);
  else if (onnx_call_has (call, 1) &&
           !onnx_call_ints (call, 1, reduction->axes, TELAR_MAX_RANK, &reduction->n))
    return FALSE;
  if (onnx_call_failed (call) || !settle_axes (call, reduction, rank))
    return FALSE;
  if (reduction->n == 0 && onnx_call_attr_int (call, "noop_with_empty_axes", 0))
    return FALSE;
  if (reduction->n == 0)
    all_axes (reduction, rank);
  return TRUE;
}

static TelarValue
reduce (OnnxCall *call, TelarPrim prim, TelarValue x, const Reduction *reduction)
{
  return telar_build_reduce (call->b, prim, x, reduction->axes, reduction->n, reduction->keep);
}

/* log Σ exp x, moved by the largest so that nothing overflows. */
static TelarValue
log_sum_exp (OnnxCall *call, TelarValue x, const Reduction *reduction)
{
  Reduction kept = *reduction;
  kept.keep = TRUE;
  TelarValue largest = reduce (call, TELAR_PRIM_MAX, x, &kept);
  TelarValue moved = telar_build_binary (call->b, TELAR_PRIM_SUB, x, largest);
  TelarValue sum =
      reduce (call, TELAR_PRIM_SUM, telar_build_unary (call->b, TELAR_PRIM_EXP, moved), reduction);
  sum = telar_build_unary (call->b, TELAR_PRIM_LOG, sum);
  largest = telar_build_reshape (call->b, largest, &telar_builder_type (call->b, sum)->shape);
  return telar_build_binary (call->b, TELAR_PRIM_ADD, sum, largest);
}

/* What is done to each number before, the reduction, and what is done to the result. */
static const struct {
  const char *name;
  TelarPrim before, prim, after;
} reductions[] = {
  { "ReduceL1", TELAR_PRIM_ABS, TELAR_PRIM_SUM, TELAR_PRIM_NONE },
  { "ReduceL2", TELAR_PRIM_MUL, TELAR_PRIM_SUM, TELAR_PRIM_SQRT },
  { "ReduceLogSum", TELAR_PRIM_NONE, TELAR_PRIM_SUM, TELAR_PRIM_LOG },
  { "ReduceMax", TELAR_PRIM_NONE, TELAR_PRIM_MAX, TELAR_PRIM_NONE },
  { "ReduceMean", TELAR_PRIM_NONE, TELAR_PRIM_MEAN, TELAR_PRIM_NONE },
  { "ReduceMin", TELAR_PRIM_NONE, TELAR_PRIM_MIN, TELAR_PRIM_NONE },
  { "ReduceProd", TELAR_PRIM_NONE, TELAR_PRIM_PROD, TELAR_PRIM_NONE },
  { "ReduceSum", TELAR_PRIM_NONE, TELAR_PRIM_SUM, TELAR_PRIM_NONE },
  { "ReduceSumSquare", TELAR_PRIM_MUL, TELAR_PRIM_SUM, TELAR_PRIM_NONE },
};

static TelarValue
reduce_by_name (OnnxCall *call, TelarValue x, const Reduction *reduction)
{
  for (guint i = 0; i < G_N_ELEMENTS (reductions); i++) {
    if (!g_str_equal (reductions[i].name, call->node->op_type))
      continue;
    if (reductions[i].before == TELAR_PRIM_MUL)
      x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, x);
    else if (reductions[i].before != TELAR_PRIM_NONE)
      x = telar_build_unary (call->b, reductions[i].before, x);
    if (reduction)
      x = reduce (call, reductions[i].prim, x, reduction);
    return reductions[i].after == TELAR_PRIM_NONE
               ? x
               : telar_build_unary (call->b, reductions[i].after, x);
  }
  return log_sum_exp (call, x, reduction);
}

/* The extremes of no numbers, and the logarithm of no sum: what any number beats. */
static void
give_beaten (OnnxCall *call, const TelarType *type, const Reduction *reduction)
{
  gboolean least = g_str_equal (call->node->op_type, "ReduceMin");
  gboolean truth = type->dtype == TELAR_BOOL;
  TelarShape result = telar_shape_scalar ();
  for (guint i = 0, k = 0; i < type->shape.rank; i++) {
    gboolean reduced = k < reduction->n && reduction->axes[k] == i;
    k += reduced ? 1 : 0;
    if (!reduced || reduction->keep)
      result.dims[result.rank++] = reduced ? 1 : type->shape.dims[i];
  }
  /* storing saturates: an integer becomes the least or largest of its type */
  TelarType wide = { truth ? TELAR_I32 : TELAR_F64, result };
  TelarValue x = telar_build_fill (call->b, &wide,
                                   truth   ? (double)least
                                   : least ? INFINITY
                                           : -INFINITY);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, type->dtype));
}

static gboolean
is_extreme (const OnnxCall *call)
{
  const char *op = call->node->op_type;
  return g_str_equal (op, "ReduceMax") || g_str_equal (op, "ReduceMin") ||
         g_str_equal (op, "ReduceLogSumExp");
}

static gboolean
reduces_nothing (const TelarShape *shape, const Reduction *reduction)
{
  for (guint i = 0; i < reduction->n; i++)
    if (shape->dims[reduction->axes[i]] == 0)
      return TRUE;
  return FALSE;
}

/* Integers whose result goes by way of roots or logarithms. */
static gboolean
needs_floats (const OnnxCall *call, TelarDType dtype)
{
  const char *op = call->node->op_type;
  return telar_dtype_is_integer (dtype) &&
         (g_str_equal (op, "ReduceL2") || g_str_has_prefix (op, "ReduceLog"));
}

/* The maximum of truth values is whether one of them is true. */
static void
trace_reduce (OnnxCall *call)
{
  Reduction reduction;
  TelarType type = onnx_call_type (call, 0);
  gboolean something = read_reduction (call, &reduction);
  if (onnx_call_failed (call))
    return;
  if (something && is_extreme (call) && reduces_nothing (&type.shape, &reduction)) {
    give_beaten (call, &type, &reduction);
    return;
  }
  TelarValue x = onnx_call_in (call, 0);
  if (type.dtype == TELAR_BOOL)
    x = telar_build_cast (call->b, x, TELAR_I32);
  else if (needs_floats (call, type.dtype))
    x = telar_build_cast (call->b, x, TELAR_F64);
  if (something)
    x = reduce_by_name (call, x, &reduction);
  else if (!g_str_equal (call->node->op_type, "ReduceLogSumExp"))
    x = reduce_by_name (call, x, NULL);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, type.dtype));
}

static void
trace_arg (OnnxCall *call)
{
  TelarPrim prim =
      g_str_equal (call->node->op_type, "ArgMax") ? TELAR_PRIM_ARGMAX : TELAR_PRIM_ARGMIN;
  TelarShape shape = onnx_call_type (call, 0).shape;
  gboolean last = onnx_call_attr_int (call, "select_last_index", 0) != 0;
  guint axis;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), shape.rank, &axis))
    return;
  gint64 reversed = axis;
  TelarValue x = onnx_call_in (call, 0);
  if (last)
    x = telar_emit (call->b, REVERSE, ((TelarValue[]){ x }), TELAR_INTS (AXES, &reversed, 1));
  TelarAttr attrs[] = { TELAR_INT (AXIS, axis),
                        TELAR_INT (KEEP, onnx_call_attr_int (call, "keepdims", 1) != 0) };
  x = telar_build (call->b, prim, &x, 1, attrs, 2);
  if (last) {
    TelarValue end = telar_build_scalar (call->b, TELAR_I64, (double)(shape.dims[axis] - 1));
    x = telar_build_binary (call->b, TELAR_PRIM_SUB, end, x);
  }
  onnx_call_out (call, 0, x);
}

/* --- norms ------------------------------------------------------------------------------------ */

typedef struct {
  TelarValue y, mean, inverse; /* inverse: 1 / √(variance + epsilon) */
} Normalised;

static Normalised
normalise (OnnxCall *call, TelarValue x, const Reduction *over, double epsilon)
{
  Normalised n;
  n.mean = reduce (call, TELAR_PRIM_MEAN, x, over);
  TelarValue centred = telar_build_binary (call->b, TELAR_PRIM_SUB, x, n.mean);
  TelarValue square = telar_build_binary (call->b, TELAR_PRIM_MUL, centred, centred);
  TelarValue variance = reduce (call, TELAR_PRIM_MEAN, square, over);
  variance = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, variance, epsilon);
  n.inverse = telar_build_unary (call->b, TELAR_PRIM_RSQRT, variance);
  n.y = telar_build_binary (call->b, TELAR_PRIM_MUL, centred, n.inverse);
  return n;
}

static void
trace_layer_norm (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  Reduction over = { .n = 0, .keep = TRUE };
  guint axis;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1), type.shape.rank, &axis))
    return;
  for (guint i = axis; i < type.shape.rank; i++)
    over.axes[over.n++] = i;
  TelarValue x = onnx_call_in (call, 0);
  Normalised n = normalise (call, x, &over, onnx_call_attr_real (call, "epsilon", 1e-5));
  TelarValue y = telar_build_binary (call->b, TELAR_PRIM_MUL, n.y, onnx_call_in (call, 1));
  if (onnx_call_has (call, 2))
    y = telar_build_binary (call->b, TELAR_PRIM_ADD, y, onnx_call_in (call, 2));
  onnx_call_out (call, 0, y);
  onnx_call_out (call, 1, n.mean);
  onnx_call_out (call, 2, n.inverse);
}

/* In float32 at least, as stash_type asks for. */
static void
trace_rms_norm (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  Reduction over = { .n = 0, .keep = TRUE };
  guint axis;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1), type.shape.rank, &axis))
    return;
  for (guint i = axis; i < type.shape.rank; i++)
    over.axes[over.n++] = i;
  TelarDType wide = type.dtype == TELAR_F64 ? TELAR_F64 : TELAR_F32;
  TelarValue x = telar_build_cast (call->b, onnx_call_in (call, 0), wide);
  TelarValue power =
      reduce (call, TELAR_PRIM_MEAN, telar_build_binary (call->b, TELAR_PRIM_MUL, x, x), &over);
  power = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, power,
                                     onnx_call_attr_real (call, "epsilon", 1e-5));
  x = telar_build_binary (call->b, TELAR_PRIM_MUL, x,
                          telar_build_unary (call->b, TELAR_PRIM_RSQRT, power));
  x = telar_build_cast (call->b, x, type.dtype);
  onnx_call_out (call, 0, telar_build_binary (call->b, TELAR_PRIM_MUL, x, onnx_call_in (call, 1)));
}

/* @x, one number for each channel, so that it broadcasts over @rank axes. */
static TelarValue
per_channel (OnnxCall *call, TelarValue x, guint rank)
{
  TelarShape shape = telar_shape_scalar ();
  shape.rank = rank;
  for (guint i = 0; i < rank; i++)
    shape.dims[i] = 1;
  const TelarShape *has = &telar_builder_type (call->b, x)->shape;
  if (rank > 1)
    shape.dims[1] = (gint64)telar_shape_elements (has);
  return telar_build_reshape (call->b, x, &shape);
}

static TelarValue
scale_and_shift (OnnxCall *call, TelarValue x, guint scale, guint rank)
{
  TelarValue factor = per_channel (call, onnx_call_in (call, scale), rank);
  TelarValue term = per_channel (call, onnx_call_in (call, scale + 1), rank);
  x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, factor);
  return telar_build_binary (call->b, TELAR_PRIM_ADD, x, term);
}

static void
trace_instance_norm (OnnxCall *call)
{
  guint rank = onnx_call_type (call, 0).shape.rank;
  Reduction over = { .n = 0, .keep = TRUE };
  if (rank < 3) {
    onnx_call_fail (call, "a tensor of %u axes has no spatial ones", rank);
    return;
  }
  for (guint i = 2; i < rank; i++)
    over.axes[over.n++] = i;
  Normalised n =
      normalise (call, onnx_call_in (call, 0), &over, onnx_call_attr_real (call, "epsilon", 1e-5));
  onnx_call_out (call, 0, scale_and_shift (call, n.y, 1, rank));
}

/* Wu, He: "Group normalization", 2018. Before version 21 groups are scaled and shifted, since then
 * channels. */
static void
trace_group_norm (OnnxCall *call)
{
  TelarShape shape = onnx_call_type (call, 0).shape, parted = shape;
  gint64 groups = onnx_call_attr_int (call, "num_groups", 1);
  Reduction over = { .n = 0, .keep = TRUE };
  if (shape.rank < 2 || shape.rank >= TELAR_MAX_RANK || groups < 1 || shape.dims[1] % groups != 0) {
    onnx_call_fail (call, "the channels do not part into %" G_GINT64_FORMAT " groups", groups);
    return;
  }
  parted.rank++;
  memmove (&parted.dims[2], &parted.dims[1], (shape.rank - 1) * sizeof parted.dims[0]);
  parted.dims[1] = groups;
  parted.dims[2] /= groups;
  for (guint i = 2; i < parted.rank; i++)
    over.axes[over.n++] = i;
  TelarValue x = telar_build_reshape (call->b, onnx_call_in (call, 0), &parted);
  Normalised n = normalise (call, x, &over, onnx_call_attr_real (call, "epsilon", 1e-5));
  x = call->version < 21 ? scale_and_shift (call, n.y, 1, parted.rank) : n.y;
  x = telar_build_reshape (call->b, x, &shape);
  onnx_call_out (call, 0, call->version < 21 ? x : scale_and_shift (call, x, 1, shape.rank));
}

static void
trace_mean_variance (OnnxCall *call)
{
  Reduction over = { .axes = { 0, 2, 3 }, .n = 3, .keep = TRUE };
  guint n;
  if (onnx_call_attr (call, "axes") &&
      onnx_call_attr_ints (call, "axes", over.axes, TELAR_MAX_RANK, &n))
    over.n = n;
  if (settle_axes (call, &over, onnx_call_type (call, 0).shape.rank))
    onnx_call_out (call, 0, normalise (call, onnx_call_in (call, 0), &over, 1e-9).y);
}

/* What is all zeros stays so. */
static void
trace_lp_norm (OnnxCall *call)
{
  guint axis, rank = onnx_call_type (call, 0).shape.rank;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1), rank, &axis))
    return;
  Reduction over = { .axes = { axis }, .n = 1, .keep = TRUE };
  TelarValue x = onnx_call_in (call, 0), size;
  if (onnx_call_attr_int (call, "p", 2) == 1)
    size = reduce (call, TELAR_PRIM_SUM, telar_build_unary (call->b, TELAR_PRIM_ABS, x), &over);
  else {
    size = reduce (call, TELAR_PRIM_SUM, telar_build_binary (call->b, TELAR_PRIM_MUL, x, x), &over);
    size = telar_build_unary (call->b, TELAR_PRIM_SQRT, size);
  }
  TelarDType dtype = onnx_call_type (call, 0).dtype;
  TelarValue none =
      telar_build_binary (call->b, TELAR_PRIM_EQUAL, size, telar_build_scalar (call->b, dtype, 0));
  size = telar_build_select (call->b, none, telar_build_scalar (call->b, dtype, 1), size);
  onnx_call_out (call, 0, telar_build_binary (call->b, TELAR_PRIM_DIV, x, size));
}

/* The first of the largest becomes 1, all else 0. */
static void
trace_hardmax (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  gint64 perm[TELAR_MAX_RANK];
  guint axis, rank = type.shape.rank;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", call->version < 13 ? 1 : -1), rank,
                       &axis))
    return;
  TelarValue x = onnx_call_in (call, 0);
  TelarShape flat = telar_shape (1, 1);
  gboolean old = call->version < 13;
  for (guint i = 0; i < rank; i++)
    flat.dims[i < axis ? 0 : 1] *= type.shape.dims[i];
  if (old)
    x = telar_build_reshape (call->b, x, &flat);
  guint along = old ? 1 : axis, axes = old ? 2 : rank;
  x = telar_build (call->b, TELAR_PRIM_ARGMAX, &x, 1, &TELAR_INT (AXIS, along), 1);
  x = telar_emit (call->b, ONE_HOT, ((TelarValue[]){ x }),
                  TELAR_INT (SIZE, old ? flat.dims[1] : type.shape.dims[axis]),
                  TELAR_INT (DTYPE, type.dtype));
  for (guint i = 0; i < axes; i++)
    perm[i] = i < along ? i : i == along ? axes - 1 : i - 1;
  x = telar_build_transpose (call->b, x, perm);
  onnx_call_out (call, 0, old ? telar_build_reshape (call->b, x, &type.shape) : x);
}

#define REDUCE(op)                                                                                 \
  {                                                                                                \
    op, trace_reduce                                                                               \
  }

const OnnxOperator onnx_operators_reduce[] = {
  { "ArgMax", trace_arg },
  { "ArgMin", trace_arg },
  { "GroupNormalization", trace_group_norm },
  { "Hardmax", trace_hardmax },
  { "InstanceNormalization", trace_instance_norm },
  { "LayerNormalization", trace_layer_norm },
  { "LpNormalization", trace_lp_norm },
  { "MeanVarianceNormalization", trace_mean_variance },
  { "RMSNormalization", trace_rms_norm },
  REDUCE ("ReduceL1"),
  REDUCE ("ReduceL2"),
  REDUCE ("ReduceLogSum"),
  REDUCE ("ReduceLogSumExp"),
  REDUCE ("ReduceMax"),
  REDUCE ("ReduceMean"),
  REDUCE ("ReduceMin"),
  REDUCE ("ReduceProd"),
  REDUCE ("ReduceSum"),
  REDUCE ("ReduceSumSquare"),
  { NULL },
};
