/* Reductions and what is made of them: norms, arg-reductions, cumulative sums, losses. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>
#include <string.h>

/* --- reductions ------------------------------------------------------------------------------- */

static void
all_axes (TelarReduction *reduction, guint rank)
{
  for (guint i = 0; i < rank; i++)
    reduction->axes[i] = i;
  reduction->n = rank;
}

/* Axes are an input since version 13 for ReduceSum, since 18 for the others; before, an attribute.
 * None means all, or nothing to do. */
static gboolean
read_reduction (OnnxCall *call, TelarReduction *reduction)
{
  guint rank = onnx_call_type (call, 0).shape.rank, n = 0;
  int since = g_str_equal (call->node->op_type, "ReduceSum") ? 13 : 18;
  gint64 axes[TELAR_MAX_RANK];
  reduction->keep = onnx_call_attr_int (call, "keepdims", 1) != 0;
  if (call->version < since)
    onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, &n);
  else if (onnx_call_has (call, 1) && !onnx_call_ints (call, 1, axes, TELAR_MAX_RANK, &n))
    return FALSE;
  if (onnx_call_failed (call) || !telar_emit_axes (call->b, axes, n, rank, reduction))
    return FALSE;
  if (n == 0 && !onnx_call_attr_int (call, "noop_with_empty_axes", 0))
    all_axes (reduction, rank);
  return TRUE;
}

static TelarValue
reduce (OnnxCall *call, TelarPrim prim, TelarValue x, const TelarReduction *reduction)
{
  return telar_build_reduce (call->b, prim, x, reduction->axes, reduction->n, reduction->keep);
}

static const struct {
  const char *name;
  TelarReduceKind kind;
} reductions[] = {
  { "ReduceL1", TELAR_REDUCE_L1 },          { "ReduceL2", TELAR_REDUCE_L2 },
  { "ReduceLogSum", TELAR_REDUCE_LOG_SUM }, { "ReduceLogSumExp", TELAR_REDUCE_LOG_SUM_EXP },
  { "ReduceMax", TELAR_REDUCE_MAX },        { "ReduceMean", TELAR_REDUCE_MEAN },
  { "ReduceMin", TELAR_REDUCE_MIN },        { "ReduceProd", TELAR_REDUCE_PROD },
  { "ReduceSum", TELAR_REDUCE_SUM },        { "ReduceSumSquare", TELAR_REDUCE_SUM_SQUARE },
};

static TelarReduceKind
kind_of (const OnnxCall *call)
{
  guint i = 0;
  while (!g_str_equal (reductions[i].name, call->node->op_type))
    i++;
  return reductions[i].kind;
}

/* The extremes of no numbers, and the logarithm of no sum: what any number beats. */
static void
give_beaten (OnnxCall *call, const TelarType *type, const TelarReduction *reduction)
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
reduces_nothing (const TelarShape *shape, const TelarReduction *reduction)
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
  TelarReduction reduction;
  TelarType type = onnx_call_type (call, 0);
  if (!read_reduction (call, &reduction))
    return;
  if (is_extreme (call) && reduces_nothing (&type.shape, &reduction)) {
    give_beaten (call, &type, &reduction);
    return;
  }
  TelarValue x = onnx_call_in (call, 0);
  if (type.dtype == TELAR_BOOL)
    x = telar_build_cast (call->b, x, TELAR_I32);
  else if (needs_floats (call, type.dtype))
    x = telar_build_cast (call->b, x, TELAR_F64);
  x = telar_emit_reduction (call->b, kind_of (call), x, &reduction);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, type.dtype));
}

static void
trace_arg (OnnxCall *call)
{
  TelarPrim prim =
      g_str_equal (call->node->op_type, "ArgMax") ? TELAR_PRIM_ARGMAX : TELAR_PRIM_ARGMIN;
  guint axis, rank = onnx_call_type (call, 0).shape.rank;
  if (onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), rank, &axis))
    onnx_call_out (call, 0,
                   telar_emit_arg (call->b, prim, onnx_call_in (call, 0), axis,
                                   onnx_call_attr_int (call, "keepdims", 1) != 0,
                                   onnx_call_attr_int (call, "select_last_index", 0) != 0));
}

/* --- norms ------------------------------------------------------------------------------------ */

typedef struct {
  TelarValue y, mean, inverse; /* inverse: 1 / √(variance + epsilon) */
} Normalised;

static Normalised
normalise (OnnxCall *call, TelarValue x, const TelarReduction *over, double epsilon)
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
  TelarReduction over = { .n = 0, .keep = TRUE };
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
  TelarReduction over = { .n = 0, .keep = TRUE };
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
  TelarReduction over = { .n = 0, .keep = TRUE };
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
  TelarReduction over = { .n = 0, .keep = TRUE };
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
  gint64 axes[TELAR_MAX_RANK] = { 0, 2, 3 };
  TelarReduction over = { .keep = TRUE };
  guint n;
  if (!onnx_call_attr_ints (call, "axes", axes, TELAR_MAX_RANK, &n))
    n = 3;
  if (telar_emit_axes (call->b, axes, n, onnx_call_type (call, 0).shape.rank, &over))
    onnx_call_out (call, 0, normalise (call, onnx_call_in (call, 0), &over, 1e-9).y);
}

/* What is all zeros stays so. */
static void
trace_lp_norm (OnnxCall *call)
{
  guint axis, rank = onnx_call_type (call, 0).shape.rank;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1), rank, &axis))
    return;
  TelarReduction over = { .axes = { axis }, .n = 1, .keep = TRUE };
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
