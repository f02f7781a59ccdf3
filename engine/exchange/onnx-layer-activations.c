/* Activations and other functions that ONNX has an operator for. */
#include "engine/exchange/onnx-layers.h"

static double
real (const OnnxLayer *layer, const char *param)
{
  return telar_param_set_real (layer->node->params, param);
}

static OnnxNode *
write_unary (OnnxExport *e, const OnnxLayer *layer, const char *op_type)
{
  return onnx_layer_simple (e, layer, op_type, ONNX_INPUTS (onnx_layer_input (e, layer, 0)));
}

static void
write_real (OnnxExport *e, const OnnxLayer *layer, const char *op_type, const char *key,
            const char *param)
{
  onnx_node_real (e->model, write_unary (e, layer, op_type), key, real (layer, param));
}

static void
write_leaky_relu (OnnxExport *e, const OnnxLayer *layer)
{
  write_real (e, layer, "LeakyRelu", "alpha", "slope");
}

static void
write_elu (OnnxExport *e, const OnnxLayer *layer)
{
  write_real (e, layer, "Elu", "alpha", "alpha");
}

static void
write_celu (OnnxExport *e, const OnnxLayer *layer)
{
  write_real (e, layer, "Celu", "alpha", "alpha");
}

static void
write_thresholded_relu (OnnxExport *e, const OnnxLayer *layer)
{
  write_real (e, layer, "ThresholdedRelu", "alpha", "threshold");
}

static void
write_shrink (OnnxExport *e, const OnnxLayer *layer)
{
  OnnxNode *node = write_unary (e, layer, "Shrink");
  onnx_node_real (e->model, node, "lambd", real (layer, "threshold"));
  onnx_node_real (e->model, node, "bias", real (layer, "bias"));
}

static void
write_hard_sigmoid (OnnxExport *e, const OnnxLayer *layer)
{
  OnnxNode *node = write_unary (e, layer, "HardSigmoid");
  onnx_node_real (e->model, node, "alpha", real (layer, "slope"));
  onnx_node_real (e->model, node, "beta", real (layer, "offset"));
}

/* ONNX's has no settings. */
static gboolean
fits_hard_swish (const OnnxLayer *layer)
{
  return ABS (real (layer, "slope") * 6 - 1) < 1e-6 && real (layer, "offset") == 0.5;
}

static void
write_hard_swish (OnnxExport *e, const OnnxLayer *layer)
{
  write_unary (e, layer, "HardSwish");
}

static void
write_selu (OnnxExport *e, const OnnxLayer *layer)
{
  write_unary (e, layer, "Selu");
}

static void
write_mish (OnnxExport *e, const OnnxLayer *layer)
{
  write_unary (e, layer, "Mish");
}

static void
write_softsign (OnnxExport *e, const OnnxLayer *layer)
{
  write_unary (e, layer, "Softsign");
}

static void
write_gelu (OnnxExport *e, const OnnxLayer *layer)
{
  gboolean exact = g_str_equal (telar_param_set_text (layer->node->params, "form"), "exact");
  onnx_node_text (e->model, write_unary (e, layer, "Gelu"), "approximate", exact ? "none" : "tanh");
}

static void
write_hardmax (OnnxExport *e, const OnnxLayer *layer)
{
  onnx_node_int (e->model, write_unary (e, layer, "Hardmax"), "axis",
                 telar_param_set_int (layer->node->params, "axis"));
}

/* The slopes stand along axis 1 and broadcast over what follows. */
static void
write_prelu (OnnxExport *e, const OnnxLayer *layer)
{
  TelarShape shape = telar_shape (layer->types[0].shape.dims[1]);
  for (guint axis = 2; axis < layer->types[0].shape.rank; axis++)
    shape.dims[shape.rank++] = 1;
  onnx_layer_simple (
      e, layer, "PRelu",
      ONNX_INPUTS (onnx_layer_input (e, layer, 0), onnx_layer_weight (e, layer, "slope", &shape)));
}

static void
write_det (OnnxExport *e, const OnnxLayer *layer)
{
  write_unary (e, layer, "Det");
}

const OnnxLayerKind onnx_activation_layers[] = {
  { "leaky_relu", 6, NULL, write_leaky_relu },
  { "prelu", 9, NULL, write_prelu },
  { "elu", 6, NULL, write_elu },
  { "celu", 12, NULL, write_celu, .single = TRUE },
  { "selu", 6, NULL, write_selu },
  { "gelu", 20, NULL, write_gelu },
  { "mish", 18, NULL, write_mish },
  { "softsign", 1, NULL, write_softsign },
  { "hard_sigmoid", 6, NULL, write_hard_sigmoid },
  { "hard_swish", 14, fits_hard_swish, write_hard_swish },
  { "thresholded_relu", 10, NULL, write_thresholded_relu },
  { "shrink", 9, NULL, write_shrink },
  { "hardmax", 13, NULL, write_hardmax },
  { "det", 11, NULL, write_det, .single = TRUE },
  { NULL },
};
