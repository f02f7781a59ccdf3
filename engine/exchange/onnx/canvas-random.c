/* Drawing chance: the canvas draws anew in each step of training, and has what is to be expected in
 * a model in use. */
#include "engine/exchange/onnx/canvas.h"

static gboolean
is_like (const OnnxCall *call)
{
  return g_str_has_suffix (call->node->op_type, "Like");
}

/* A tensor of the shape that is wanted. */
static TelarNode *
draw_like (OnnxCall *call)
{
  gint64 sizes[TELAR_MAX_RANK];
  guint n = 0;
  TelarType type = { .dtype = TELAR_F32 };
  if (!is_like (call)) {
    onnx_call_attr_ints (call, "shape", sizes, TELAR_MAX_RANK, &n);
    type.shape = telar_shape_new (sizes, n);
    for (guint i = 0; i < n; i++)
      if (sizes[i] < 1)
        onnx_call_fail (call, "the shape is impossible");
    return call->error ? NULL : onnx_draw_full (call, &type, 0);
  }
  TelarNode *like = onnx_draw_node (call, "cast");
  onnx_draw_set (call, like, "type", "f32");
  onnx_draw_wire (call, 0, like, 0);
  return like;
}

static TelarDType
wanted_type (OnnxCall *call)
{
  TelarDType own =
      is_like (call) && onnx_call_has (call, 0) ? call->inputs[0]->type.dtype : TELAR_F32;
  return onnx_call_attr_dtype (call, "dtype", own);
}

static void
give_drawn (OnnxCall *call, TelarNode *node, const char *first, double a, const char *second,
            double b)
{
  onnx_draw_set_real (call, node, first, a);
  onnx_draw_set_real (call, node, second, b);
  if (node)
    node = onnx_draw_cast (call, node, wanted_type (call));
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

static void
draw_uniform (OnnxCall *call, const char *op)
{
  TelarNode *like = draw_like (call);
  if (like)
    give_drawn (call, onnx_draw_after (call, op, like), "low", onnx_call_attr_real (call, "low", 0),
                "high", onnx_call_attr_real (call, "high", 1));
}

static void
draw_normal (OnnxCall *call, const char *op)
{
  TelarNode *like = draw_like (call);
  if (like)
    give_drawn (call, onnx_draw_after (call, op, like), "mean",
                onnx_call_attr_real (call, "mean", 0), "deviation",
                onnx_call_attr_real (call, "scale", 1));
}

static void
draw_bernoulli (OnnxCall *call, const char *op)
{
  TelarDType dtype = onnx_call_attr_dtype (
      call, "dtype", onnx_draw_is_drawn (call, 0) ? call->inputs[0]->type.dtype : TELAR_F32);
  TelarNode *floats = onnx_draw_node (call, "cast");
  onnx_draw_set (call, floats, "type", "f32");
  onnx_draw_wire (call, 0, floats, 0);
  TelarNode *node = floats ? onnx_draw_after (call, op, floats) : NULL;
  if (node)
    node = onnx_draw_cast (call, node, dtype);
  if (node)
    onnx_draw_give (call, 0, node, 0);
}

const OnnxDrawing onnx_drawings_random[] = {
  { "Bernoulli", draw_bernoulli, "bernoulli" },
  { "RandomUniform", draw_uniform, "random_uniform" },
  { "RandomUniformLike", draw_uniform, "random_uniform" },
  { "RandomNormal", draw_normal, "random_normal" },
  { "RandomNormalLike", draw_normal, "random_normal" },
  { NULL },
};
