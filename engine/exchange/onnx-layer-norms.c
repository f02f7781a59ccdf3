/* Normalisations within a sample that ONNX has an operator for. */
#include "engine/exchange/onnx-layers.h"

static double
real (const OnnxLayer *layer, const char *param)
{
  return telar_param_set_real (layer->node->params, param);
}

/* The numbers of the state @role, or @otherwise when the node has none of it. */
static const char *
affine (OnnxExport *e, const OnnxLayer *layer, const char *role, gint64 size, double otherwise)
{
  TelarShape shape = telar_shape (size);
  if (telar_param_set_bool (layer->node->params, role))
    return onnx_layer_weight (e, layer, role, NULL);
  g_autoptr (TelarTensor) same = telar_tensor_new (layer->types[0].dtype, &shape);
  for (gint64 i = 0; i < size; i++)
    telar_tensor_set (same, (gsize)i, otherwise);
  return onnx_layer_tensor (e, layer, role, same);
}

static OnnxNode *
write_channels (OnnxExport *e, const OnnxLayer *layer, const char *op_type)
{
  gint64 channels = layer->types[0].shape.dims[1];
  OnnxNode *node = onnx_layer_simple (e, layer, op_type,
                                      ONNX_INPUTS (onnx_layer_input (e, layer, 0),
                                                   affine (e, layer, "scale", channels, 1),
                                                   affine (e, layer, "bias", channels, 0)));
  onnx_node_real (e->model, node, "epsilon", real (layer, "epsilon"));
  return node;
}

static void
write_group_norm (OnnxExport *e, const OnnxLayer *layer)
{
  onnx_node_int (e->model, write_channels (e, layer, "GroupNormalization"), "num_groups",
                 telar_param_set_int (layer->node->params, "groups"));
}

static void
write_instance_norm (OnnxExport *e, const OnnxLayer *layer)
{
  write_channels (e, layer, "InstanceNormalization");
}

static void
write_rms_norm (OnnxExport *e, const OnnxLayer *layer)
{
  const TelarShape *shape = &layer->types[0].shape;
  OnnxNode *node =
      onnx_layer_simple (e, layer, "RMSNormalization",
                         ONNX_INPUTS (onnx_layer_input (e, layer, 0),
                                      affine (e, layer, "scale", shape->dims[shape->rank - 1], 1)));
  onnx_node_real (e->model, node, "epsilon", real (layer, "epsilon"));
}

/* ONNX Runtime wants pictures and as many neighbours on either side. */
static gboolean
fits_local_response (const OnnxLayer *layer)
{
  return layer->types[0].shape.rank == 4 &&
         telar_param_set_int (layer->node->params, "size") % 2 == 1;
}

static void
write_local_response (OnnxExport *e, const OnnxLayer *layer)
{
  OnnxNode *node =
      onnx_layer_simple (e, layer, "LRN", ONNX_INPUTS (onnx_layer_input (e, layer, 0)));
  onnx_node_int (e->model, node, "size", telar_param_set_int (layer->node->params, "size"));
  onnx_node_real (e->model, node, "alpha", real (layer, "alpha"));
  onnx_node_real (e->model, node, "beta", real (layer, "beta"));
  onnx_node_real (e->model, node, "bias", real (layer, "offset"));
}

/* Of group normalisation's first version (18) the scales are of groups, not of channels. */
const OnnxLayerKind onnx_norm_layers[] = {
  { "group_norm", 21, NULL, write_group_norm },
  { "instance_norm", 6, NULL, write_instance_norm },
  { "rms_norm", 23, NULL, write_rms_norm },
  { "local_response_norm", 13, fits_local_response, write_local_response },
  { NULL },
};
