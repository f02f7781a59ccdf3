/* Drawing normalisations: as layers, or by their formula where more is asked for than the layer
 * gives. */
#include "engine/exchange/onnx/canvas.h"

/* --- by the formula --------------------------------------------------------------------------- */

typedef struct {
  TelarNode *mean, *variance, *inverse; /* the last is 1/√(variance + epsilon); axes stay */
  TelarNode *result;                    /* (x - mean)·inverse */
} Moments;

static TelarNode *
draw_moment (OnnxCall *call, const char *op, const gint64 *axes, guint n)
{
  TelarNode *node = onnx_draw_after (call, op, NULL);
  onnx_draw_set_ints (call, node, "axes", axes, n);
  onnx_draw_set (call, node, "keep", "true");
  return node;
}

static Moments
draw_moments (OnnxCall *call, const gint64 *axes, guint n)
{
  Moments m = { .mean = draw_moment (call, "mean", axes, n),
                .variance = draw_moment (call, "var", axes, n) };
  onnx_draw_set (call, m.variance, "correction", "0");
  TelarNode *shifted = onnx_draw_after (call, "scale", m.variance);
  onnx_draw_set_real (call, shifted, "offset", onnx_call_attr_real (call, "epsilon", 1e-5));
  m.inverse = onnx_draw_after (call, "rsqrt", shifted);
  TelarNode *above = onnx_draw_after (call, "subtract", NULL);
  onnx_draw_join (call, m.mean, above, 1);
  m.result = onnx_draw_both (call, "multiply", above, m.inverse);
  return m;
}

/* @before times or plus the call's input, if it is there. */
static TelarNode *
draw_with (OnnxCall *call, const char *op, TelarNode *before, guint input)
{
  if (!onnx_call_has (call, input))
    return before;
  TelarNode *node = onnx_draw_after (call, op, before);
  if (node)
    onnx_draw_wire (call, input, node, 0);
  return node;
}

/* With mean and deviation as results, or over the batch. */
static void
draw_layer_moments (OnnxCall *call, guint axis)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0;
  for (guint i = axis; i < onnx_draw_shape (call, 0)->rank; i++)
    axes[n++] = i;
  Moments m = draw_moments (call, axes, n);
  TelarNode *scaled = draw_with (call, "multiply", m.result, 1);
  onnx_draw_give (call, 0, draw_with (call, "add", scaled, 2), 0);
  onnx_draw_give (call, 1, m.mean, 0);
  onnx_draw_give (call, 2, m.inverse, 0);
}

/* A known number for each channel, as it broadcasts over the call's first input; times @factor. */
static TelarNode *
draw_channels (OnnxCall *call, guint input, guint rank, double factor)
{
  TelarTensor *given = onnx_call_numbers (call, input);
  TelarShape shape = { .rank = rank };
  if (!given)
    return NULL;
  gsize n = telar_tensor_elements (given);
  for (guint i = 0; i < rank; i++)
    shape.dims[i] = i == 0 ? (gint64)n : 1;
  g_autoptr (TelarTensor) wide = telar_tensor_new (TELAR_F32, &shape);
  for (gsize i = 0; i < n; i++)
    telar_tensor_set (wide, i, factor * telar_tensor_get (given, i));
  return onnx_draw_known (call, call->node->input[input], wide);
}

/* What the running average @input becomes with the batch's @moment. */
static void
give_running (OnnxCall *call, guint output, guint input, TelarNode *moment)
{
  double momentum = onnx_call_attr_real (call, "momentum", 0.9);
  const TelarType *type = onnx_draw_step (call, moment, 0);
  if (!type)
    return;
  TelarShape flat = telar_shape (type->shape.dims[1]);
  TelarNode *fresh =
      onnx_draw_after (call, "scale", onnx_draw_shaped (call, moment, &type->shape, &flat));
  onnx_draw_set_real (call, fresh, "factor", 1 - momentum);
  onnx_draw_give (call, output,
                  onnx_draw_both (call, "add", fresh, draw_channels (call, input, 1, momentum)), 0);
}

/* As in training: by the batch's own moments, which the averages learn of. */
static void
draw_batch_moments (OnnxCall *call)
{
  const gint64 axes[] = { 0, 2, 3, 4, 5, 6, 7 };
  guint rank = onnx_draw_shape (call, 0)->rank;
  if (rank < 2) {
    onnx_call_fail (call, "it has no channels");
    return;
  }
  Moments m = draw_moments (call, axes, rank - 1);
  TelarNode *scaled =
      onnx_draw_both (call, "multiply", m.result, draw_channels (call, 1, rank - 1, 1));
  onnx_draw_give (call, 0,
                  onnx_draw_both (call, "add", scaled, draw_channels (call, 2, rank - 1, 1)), 0);
  give_running (call, 1, 3, m.mean);
  give_running (call, 2, 4, m.variance);
}

/* --- as layers -------------------------------------------------------------------------------- */

static void
set_epsilon (OnnxCall *call, TelarNode *node)
{
  onnx_draw_set_real (call, node, "epsilon", onnx_call_attr_real (call, "epsilon", 1e-5));
}

static void
set_scale_and_bias (OnnxCall *call, TelarNode *node)
{
  onnx_draw_state (call, node, "scale", onnx_call_numbers (call, 1));
  if (onnx_call_has (call, 2))
    onnx_draw_state (call, node, "bias", onnx_call_numbers (call, 2));
  else
    onnx_draw_set (call, node, "bias", "false");
}

static void
draw_batch_norm (OnnxCall *call, const char *op)
{
  if (onnx_call_attr_int (call, "training_mode", 0)) {
    draw_batch_moments (call);
    return;
  }
  if (call->n_outputs > 1) {
    onnx_call_fail (call, "the canvas has it as it is in a model in use, with one output");
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  set_epsilon (call, node);
  onnx_draw_set_real (call, node, "momentum", 1 - onnx_call_attr_real (call, "momentum", 0.9));
  set_scale_and_bias (call, node);
  onnx_draw_state (call, node, "mean", onnx_call_numbers (call, 3));
  onnx_draw_state (call, node, "variance", onnx_call_numbers (call, 4));
  onnx_draw_unary (call, node);
}

static void
draw_norm (OnnxCall *call, const char *op)
{
  guint axis;
  if (g_str_equal (op, "layer_norm")) {
    if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1),
                         onnx_draw_shape (call, 0)->rank, &axis))
      return;
    if (axis == 0 || onnx_draw_is_read (call, 1) || onnx_draw_is_read (call, 2)) {
      draw_layer_moments (call, axis);
      return;
    }
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  set_epsilon (call, node);
  if (g_str_equal (op, "layer_norm"))
    onnx_draw_set (call, node, "axis", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "axis", -1));
  set_scale_and_bias (call, node);
  onnx_draw_unary (call, node);
}

/* Until version 21 its scale had a number for each group, not for each channel. */
static void
draw_group_norm (OnnxCall *call, const char *op)
{
  gint64 groups = onnx_call_attr_int (call, "num_groups", 1);
  if (call->version < 21 && call->inputs[0]->type.shape.dims[1] != groups) {
    onnx_call_fail (call, "the canvas has it with a scale for each channel, not for each group");
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "groups", "%" G_GINT64_FORMAT, groups);
  set_epsilon (call, node);
  set_scale_and_bias (call, node);
  onnx_draw_unary (call, node);
}

/* x over the root of its squares' mean, over several axes. */
static void
draw_rms_moments (OnnxCall *call, guint axis)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0;
  for (guint i = axis; i < onnx_draw_shape (call, 0)->rank; i++)
    axes[n++] = i;
  TelarNode *power = onnx_draw_after (call, "mean", onnx_draw_after (call, "square", NULL));
  onnx_draw_set_ints (call, power, "axes", axes, n);
  onnx_draw_set (call, power, "keep", "true");
  power = onnx_draw_after (call, "scale", power);
  onnx_draw_set_real (call, power, "offset", onnx_call_attr_real (call, "epsilon", 1e-5));
  TelarNode *result = onnx_draw_after (call, "multiply", NULL);
  onnx_draw_join (call, onnx_draw_after (call, "rsqrt", power), result, 0);
  onnx_draw_give (call, 0, draw_with (call, "multiply", result, 1), 0);
}

static void
draw_rms_norm (OnnxCall *call, const char *op)
{
  guint axis, rank = onnx_draw_shape (call, 0)->rank;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1), rank, &axis))
    return;
  if (axis != rank - 1 || rank < 2) {
    draw_rms_moments (call, axis);
    return;
  }
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  set_epsilon (call, node);
  onnx_draw_state (call, node, "scale", onnx_call_numbers (call, 1));
  onnx_draw_unary (call, node);
}

static void
draw_response_norm (OnnxCall *call, const char *op)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return;
  onnx_draw_set (call, node, "size", "%" G_GINT64_FORMAT, onnx_call_attr_int (call, "size", 5));
  onnx_draw_set_real (call, node, "alpha", onnx_call_attr_real (call, "alpha", 1e-4));
  onnx_draw_set_real (call, node, "beta", onnx_call_attr_real (call, "beta", 0.75));
  onnx_draw_set_real (call, node, "offset", onnx_call_attr_real (call, "bias", 1));
  onnx_draw_unary (call, node);
}

/* --- others ----------------------------------------------------------------------------------- */

const OnnxDrawing onnx_drawings_norms[] = {
  { "BatchNormalization", draw_batch_norm, "batch_norm" },
  { "LayerNormalization", draw_norm, "layer_norm" },
  { "InstanceNormalization", draw_norm, "instance_norm" },
  { "GroupNormalization", draw_group_norm, "group_norm" },
  { "RMSNormalization", draw_rms_norm, "rms_norm" },
  { "LRN", draw_response_norm, "local_response_norm" },
  { NULL },
};
