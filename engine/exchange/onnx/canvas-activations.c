/* Drawing activations. */
#include "engine/exchange/onnx/canvas.h"

#include <math.h>
#include <string.h>

void
onnx_draw_function (OnnxCall *call, const char *op)
{
  onnx_draw_unary (call, onnx_draw_node (call, op));
}

/* @op is "operator param attribute default", apart by spaces, the last three any number of times.
 */
static void
draw_with_reals (OnnxCall *call, const char *op)
{
  g_auto (GStrv) words = g_strsplit (op, " ", -1);
  TelarNode *node = onnx_draw_node (call, words[0]);
  for (guint i = 1; node && words[i]; i += 3)
    onnx_draw_set_real (
        call, node, words[i],
        onnx_call_attr_real (call, words[i + 1], g_ascii_strtod (words[i + 2], NULL)));
  onnx_draw_unary (call, node);
}

/* gamma·elu(x), where the constants are not those of the paper. */
static void
draw_selu (OnnxCall *call, const char *op)
{
  double alpha = onnx_call_attr_real (call, "alpha", 1.67326319217681884765625);
  double gamma = onnx_call_attr_real (call, "gamma", 1.05070102214813232421875);
  if (fabs (alpha - 1.6732632) < 1e-4 && fabs (gamma - 1.0507010) < 1e-4) {
    onnx_draw_function (call, op);
    return;
  }
  TelarNode *elu = onnx_draw_after (call, "elu", NULL);
  onnx_draw_set_real (call, elu, "alpha", alpha);
  TelarNode *node = onnx_draw_after (call, "scale", elu);
  onnx_draw_set_real (call, node, "factor", gamma);
  onnx_draw_give (call, 0, node, 0);
}

/* x·sigmoid(alpha·x) */
static void
draw_swish (OnnxCall *call, const char *op)
{
  double alpha = onnx_call_attr_real (call, "alpha", 1);
  if (alpha == 1) {
    onnx_draw_function (call, op);
    return;
  }
  TelarNode *inner = onnx_draw_after (call, "scale", NULL);
  onnx_draw_set_real (call, inner, "factor", alpha);
  TelarNode *product = onnx_draw_after (call, "multiply", NULL);
  onnx_draw_join (call, onnx_draw_after (call, "sigmoid", inner), product, 0);
  onnx_draw_give (call, 0, product, 0);
}

static void
draw_gelu (OnnxCall *call, const char *op)
{
  g_autofree char *form = onnx_call_attr_text (call, "approximate", "none");
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_set (call, node, "form", "%s", g_str_equal (form, "tanh") ? "tanh" : "exact");
  onnx_draw_unary (call, node);
}

static TelarNode *
draw_along (OnnxCall *call, const char *op, TelarNode *before, gint64 axis)
{
  TelarNode *node = onnx_draw_after (call, op, before);
  onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, axis);
  return node;
}

/* All axes from @axis on count together: they are one meanwhile. */
static TelarNode *
draw_as_rows (OnnxCall *call, const char *op, guint axis)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  TelarShape before = { .rank = axis }, after = { .rank = shape->rank - axis }, two = { .rank = 2 };
  memcpy (before.dims, shape->dims, axis * sizeof (gint64));
  memcpy (after.dims, shape->dims + axis, after.rank * sizeof (gint64));
  if (!telar_shape_count (&before, &two.dims[0]) || !telar_shape_count (&after, &two.dims[1])) {
    onnx_call_fail (call, "its sizes are too large");
    return NULL;
  }
  TelarNode *node = draw_along (call, op, onnx_draw_shaped (call, NULL, shape, &two), -1);
  return onnx_draw_shaped (call, node, &two, shape);
}

/* Before version 13 all axes from the given one on counted together. */
static void
draw_softmax (OnnxCall *call, const char *op)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  gboolean together = FALSE;
  guint axis;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", call->version < 13 ? 1 : -1),
                       shape->rank, &axis))
    return;
  for (guint i = axis + 1; call->version < 13 && i < shape->rank; i++)
    together |= shape->dims[i] != 1;
  onnx_draw_give (call, 0,
                  together
                      ? draw_as_rows (call, op, axis)
                      : draw_along (call, op, NULL, axis == shape->rank - 1 ? -1 : (gint64)axis),
                  0);
}

/* x where it is positive, slope·x elsewhere, the slope any tensor. */
static void
draw_any_slope (OnnxCall *call)
{
  TelarNode *above = onnx_draw_after (call, "relu", NULL);
  TelarNode *below = onnx_draw_after (call, "subtract", NULL);
  onnx_draw_join (call, above, below, 1);
  TelarNode *product = onnx_draw_after (call, "multiply", below);
  if (product)
    onnx_draw_wire (call, 1, product, 0);
  onnx_draw_give (call, 0, onnx_draw_both (call, "add", above, product), 0);
}

/* Whether a slope of as many numbers as there are channels is for them; those of old files always
 * are, where they have one axis. */
static gboolean
is_for_channels (const OnnxCall *call, const TelarShape *slope)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  if (slope->rank == 1 && shape->rank > 2)
    return call->version < 7 || shape->dims[shape->rank - 1] != slope->dims[0];
  return slope->rank + 1 == MAX (shape->rank, 2) && slope->dims[0] == shape->dims[1];
}

/* A slope for each channel is the layer's. */
static void
draw_prelu (OnnxCall *call, const char *op)
{
  const TelarShape *shape = onnx_draw_shape (call, 0);
  gint64 channels = shape->rank > 1 ? shape->dims[1] : 1;
  TelarTensor *slope = onnx_call_has (call, 1) ? call->inputs[1]->tensor : NULL;
  gsize n = slope ? telar_tensor_elements (slope) : 0;
  if (n != 1 && (n != (gsize)channels || !is_for_channels (call, &slope->type.shape))) {
    draw_any_slope (call);
    return;
  }
  TelarShape wanted = telar_shape (channels);
  g_autoptr (TelarTensor) each = telar_tensor_new (slope->type.dtype, &wanted);
  for (gint64 i = 0; i < channels; i++)
    telar_tensor_set (each, (gsize)i, telar_tensor_get (slope, n == 1 ? 0 : (gsize)i));
  TelarNode *node = onnx_draw_node (call, op);
  if (node)
    onnx_draw_state (call, node, "slope", each);
  onnx_draw_unary (call, node);
}

/* True everywhere: what a model in use drops. */
static TelarNode *
draw_mask (OnnxCall *call)
{
  TelarNode *ones = onnx_draw_after (call, "scale", NULL);
  onnx_draw_set (call, ones, "factor", "0");
  onnx_draw_set (call, ones, "offset", "1");
  TelarNode *mask = onnx_draw_after (call, "cast", ones);
  onnx_draw_set (call, mask, "type", "bool");
  return mask;
}

static void
draw_dropout (OnnxCall *call, const char *op)
{
  gboolean known = !onnx_call_has (call, 1) || !onnx_draw_is_drawn (call, 1);
  double rate = known ? onnx_call_number (call, 1, onnx_call_attr_real (call, "ratio", 0.5)) : 0.5;
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set_real (call, node, "rate", rate);
  onnx_draw_unary (call, node);
  if (onnx_draw_is_read (call, 1))
    onnx_draw_give (call, 1, draw_mask (call), 0);
}

const OnnxDrawing onnx_drawings_activations[] = {
  /* clang-format off */
  { "Relu", onnx_draw_function, "relu" },
  { "Sigmoid", onnx_draw_function, "sigmoid" },
  { "Tanh", onnx_draw_function, "tanh" },
  { "Softplus", onnx_draw_function, "softplus" },
  { "Softsign", onnx_draw_function, "softsign" },
  { "Mish", onnx_draw_function, "mish" },
  { "HardSwish", onnx_draw_function, "hard_swish" },
  { "Selu", draw_selu, "selu" },
  { "Swish", draw_swish, "silu" },
  { "Gelu", draw_gelu, "gelu" },
  { "PRelu", draw_prelu, "prelu" },
  { "LeakyRelu", draw_with_reals, "leaky_relu slope alpha 0.01" },
  { "Elu", draw_with_reals, "elu alpha alpha 1" },
  { "Celu", draw_with_reals, "celu alpha alpha 1" },
  { "HardSigmoid", draw_with_reals, "hard_sigmoid slope alpha 0.2 offset beta 0.5" },
  { "ThresholdedRelu", draw_with_reals, "thresholded_relu threshold alpha 1" },
  { "Shrink", draw_with_reals, "shrink threshold lambd 0.5 bias bias 0" },
  { "Softmax", draw_softmax, "softmax" },
  { "LogSoftmax", draw_softmax, "log_softmax" },
  { "Hardmax", draw_softmax, "hardmax" },
  { "Dropout", draw_dropout, "dropout" },
  { NULL },
  /* clang-format on */
};
