/* FlexAttention: attention whose scores and probabilities subgraphs may change on their way.
 * Source: Dong et al., "Flex attention: a programming model for generating optimized attention
 * kernels", 2024. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>

/* Heads [B, H, S, D] that groups of @group queries share, each repeated in its place. */
static TelarValue
share_heads (TelarBuilder *b, TelarValue x, gint64 group)
{
  TelarShape shape = telar_builder_type (b, x)->shape;
  guint axis = 2;
  if (group == 1)
    return x;
  TelarValue apart = telar_emit_unsqueeze (b, x, &axis, 1);
  TelarShape spread = telar_shape_with (&shape, 2, group);
  shape.dims[1] *= group;
  return telar_build_reshape (b, telar_build_broadcast (b, apart, &spread), &shape);
}

/* @x as the subgraph @name changes it; @x itself where the node has none. The program may be
 * another one afterwards. */
static TelarValue
modify (OnnxCall *call, const char *name, TelarValue x)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  if (!attr || onnx_call_failed (call))
    return x;
  if (!attr->g || attr->g->n_output != 1) {
    onnx_call_fail (call, "%s must be a graph with one output", name);
    return TELAR_NO_VALUE;
  }
  TelarOnnxValue *result = NULL;
  g_autoptr (TelarOnnxValue) given = onnx_call_wrap (call, x);
  TelarType type = given->type;
  if (!onnx_call_graph (call, attr->g, &given, 1, &result))
    return TELAR_NO_VALUE;
  g_autoptr (TelarOnnxValue) changed = result;
  if (changed->kind == TELAR_ONNX_TENSOR && telar_type_equal (&changed->type, &type))
    return onnx_trace_emit (call->trace, changed);
  onnx_call_fail (call, "%s changes the type of its input", name);
  return TELAR_NO_VALUE;
}

static gboolean
check_heads (OnnxCall *call, const TelarShape *q, const TelarShape *k, const TelarShape *v)
{
  gboolean good = q->rank == 4 && k->rank == 4 && v->rank == 4 && k->dims[1] > 0 &&
                  q->dims[1] % k->dims[1] == 0 && v->dims[1] == k->dims[1];
  if (!good)
    onnx_call_fail (call, "queries, keys and values must be [N, heads, length, size], with as many "
                          "heads of queries, or a multiple");
  return good;
}

static void
trace_flex_attention (OnnxCall *call)
{
  const gint64 across[] = { 0, 1, 3, 2 };
  TelarType q = onnx_call_type (call, 0);
  TelarShape k = onnx_call_type (call, 1).shape, v = onnx_call_type (call, 2).shape;
  TelarDType dtype = onnx_call_attr_dtype (call, "softmax_precision",
                                           q.dtype == TELAR_F64 ? TELAR_F64 : TELAR_F32);
  if (onnx_call_failed (call) || !check_heads (call, &q.shape, &k, &v))
    return;
  double scale = onnx_call_attr_real (call, "scale", 1 / sqrt ((double)MAX (q.shape.dims[3], 1)));
  gint64 group = q.shape.dims[1] / k.dims[1];
  TelarValue query = telar_build_cast (call->b, onnx_call_in (call, 0), dtype);
  TelarValue key = telar_build_cast (call->b, onnx_call_in (call, 1), dtype);
  key = telar_build_transpose (call->b, share_heads (call->b, key, group), across);
  TelarValue scores = telar_build_binary_scalar (
      call->b, TELAR_PRIM_MUL, telar_build_matmul (call->b, query, key, FALSE, FALSE), scale);
  scores = modify (call, "score_mod", scores);
  TelarValue shares =
      telar_emit (call->b, SOFTMAX, ((TelarValue[]){ scores }), TELAR_INT (AXIS, 3));
  shares = modify (call, "prob_mod", shares);
  TelarValue value = telar_build_cast (call->b, onnx_call_in (call, 2), dtype);
  value = share_heads (call->b, value, group);
  onnx_call_out (call, 0,
                 telar_build_cast (
                     call->b, telar_build_matmul (call->b, shares, value, FALSE, FALSE), q.dtype));
}

const OnnxOperator onnx_operators_flex_attention[] = {
  { "FlexAttention", trace_flex_attention, .flags = ONNX_VALUES },
  { NULL },
};
