/* Random numbers. An operator draws from a stream of its own, told by its name and, where it is
 * given, its seed, so that a model gives the same numbers in every run; and sequences read
 * backwards, each up to its own length. */
#include "engine/random.h"
#include "engine/exchange/onnx/operators.h"

#include <string.h>

/* --- random numbers --------------------------------------------------------------------------- */

static gint64
stream_of (OnnxCall *call)
{
  const char *name = call->n_outputs > 0 ? call->node->output[0] : "";
  g_autofree char *seeded = g_strdup_printf ("%s %a", name, onnx_call_attr_real (call, "seed", 0));
  return telar_random_stream (seeded);
}

/* Numbers of the shape @shape, uniform in [0, 1) or normal. */
static TelarValue
draw (OnnxCall *call, TelarPrim prim, const TelarShape *shape)
{
  const TelarAttr attrs[] = { TELAR_INT (DTYPE, TELAR_F32),
                              TELAR_INTS (SHAPE, shape->dims, shape->rank),
                              TELAR_INT (STREAM, stream_of (call)) };
  return telar_build (call->b, prim, NULL, 0, attrs, G_N_ELEMENTS (attrs));
}

static gboolean
is_like (const OnnxCall *call)
{
  return g_str_has_suffix (call->node->op_type, "Like");
}

static gboolean
read_type (OnnxCall *call, TelarType *type)
{
  gint64 dims[TELAR_MAX_RANK], count;
  guint n;
  if (is_like (call))
    *type = onnx_call_type (call, 0);
  else {
    *type = (TelarType){ TELAR_F32, telar_shape_scalar () };
    if (onnx_call_attr_ints (call, "shape", dims, TELAR_MAX_RANK, &n))
      type->shape = telar_shape_new (dims, n);
  }
  type->dtype = onnx_call_attr_dtype (call, "dtype", type->dtype);
  if (!telar_shape_is_concrete (&type->shape) || !telar_shape_count (&type->shape, &count))
    onnx_call_fail (call, "the shape is impossible");
  return !onnx_call_failed (call);
}

static void
trace_random (OnnxCall *call)
{
  TelarType type;
  gboolean uniform = g_str_has_prefix (call->node->op_type, "RandomUniform");
  if (!read_type (call, &type))
    return;
  double low = onnx_call_attr_real (call, "low", 0), high = onnx_call_attr_real (call, "high", 1);
  double factor = uniform ? high - low : onnx_call_attr_real (call, "scale", 1);
  double term = uniform ? low : onnx_call_attr_real (call, "mean", 0);
  TelarValue x = draw (call, uniform ? TELAR_PRIM_UNIFORM : TELAR_PRIM_NORMAL, &type.shape);
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, x, factor);
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, x, term);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, type.dtype));
}

/* 1 with the probability that stands at the place. */
static void
trace_bernoulli (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  TelarDType dtype = onnx_call_attr_dtype (call, "dtype", type.dtype);
  TelarValue p = telar_build_cast (call->b, onnx_call_in (call, 0), TELAR_F32);
  TelarValue x = draw (call, TELAR_PRIM_UNIFORM, &type.shape);
  x = telar_build_binary (call->b, TELAR_PRIM_LESS, x, p);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, dtype));
}

/* --- sequences read backwards ----------------------------------------------------------------- */

/* Step t of a sequence of length n becomes step n - 1 - t; what lies beyond n stays. */
static void
trace_reverse_sequence (OnnxCall *call)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  gint64 batch_axis = onnx_call_attr_int (call, "batch_axis", 1);
  gint64 time_axis = onnx_call_attr_int (call, "time_axis", 0);
  if (shape.rank < 2 || batch_axis + time_axis != 1 || batch_axis < 0 || time_axis < 0) {
    onnx_call_fail (call, "batch and time must be the first two axes");
    return;
  }
  TelarShape grid = telar_shape (shape.dims[0], shape.dims[1]), lengths = telar_shape (1, 1),
             rows = shape;
  lengths.dims[batch_axis] = shape.dims[batch_axis];
  rows.dims[1] = shape.dims[0] * shape.dims[1];
  memmove (&rows.dims[0], &rows.dims[1], (shape.rank - 1) * sizeof rows.dims[0]);
  rows.rank--;
  TelarValue n = telar_build_cast (call->b, onnx_call_in (call, 1), TELAR_I64);
  n = telar_build_reshape (call->b, n, &lengths);
  TelarValue t = telar_build_iota (call->b, &grid, (guint)time_axis),
             row = telar_build_iota (call->b, &grid, (guint)batch_axis);
  TelarValue inside = telar_build_binary (call->b, TELAR_PRIM_LESS, t, n);
  TelarValue back = telar_build_binary_scalar (
      call->b, TELAR_PRIM_SUB, telar_build_binary (call->b, TELAR_PRIM_SUB, n, t), 1);
  t = telar_build_select (call->b, inside, back, t);
  TelarValue major = time_axis == 0 ? t : row, minor = time_axis == 0 ? row : t;
  major = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, major, (double)shape.dims[1]);
  TelarValue place = telar_build_binary (call->b, TELAR_PRIM_ADD, major, minor);
  TelarValue x = telar_build_reshape (call->b, onnx_call_in (call, 0), &rows);
  x = telar_emit (call->b, GATHER, ((TelarValue[]){ x, place }), TELAR_INT (AXIS, 0));
  onnx_call_out (call, 0, x);
}

const OnnxOperator onnx_operators_random[] = {
  { "Bernoulli", trace_bernoulli },
  { "RandomNormal", trace_random },
  { "RandomNormalLike", trace_random },
  { "RandomUniform", trace_random },
  { "RandomUniformLike", trace_random },
  { "ReverseSequence", trace_reverse_sequence },
  { NULL },
};
