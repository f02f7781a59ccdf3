/* Layers that pick and put numbers, and repeat and turn them round, as ONNX's own operators. */
#include "engine/exchange/onnx-layers.h"

static gboolean
has_indices (const OnnxLayer *layer)
{
  return layer->types[1].dtype == TELAR_I64 || layer->types[1].dtype == TELAR_I32;
}

static OnnxNode *
write_picking (OnnxExport *e, const OnnxLayer *layer, const char *op_type)
{
  return onnx_layer_simple (
      e, layer, op_type,
      ONNX_INPUTS (onnx_layer_input (e, layer, 0), onnx_layer_input (e, layer, 1)));
}

static void
write_axis (OnnxExport *e, const OnnxLayer *layer, OnnxNode *node)
{
  onnx_node_int (e->model, node, "axis", telar_param_set_int (layer->node->params, "axis"));
}

static void
write_gather_elements (OnnxExport *e, const OnnxLayer *layer)
{
  write_axis (e, layer, write_picking (e, layer, "GatherElements"));
}

/* ONNX Runtime wants as many first axes of the indices as are in common, and one more. */
static gboolean
fits_gather_nd (const OnnxLayer *layer)
{
  gint64 common = telar_param_set_int (layer->node->params, "batch_axes");
  return layer->types[1].dtype == TELAR_I64 && common < layer->types[1].shape.rank &&
         common < layer->types[0].shape.rank;
}

static void
write_gather_nd (OnnxExport *e, const OnnxLayer *layer)
{
  onnx_node_int (e->model, write_picking (e, layer, "GatherND"), "batch_dims",
                 telar_param_set_int (layer->node->params, "batch_axes"));
}

/* ONNX wants both of one type, and what is replaced is not added up where two name one place. */
static gboolean
fits_scatter (const OnnxLayer *layer)
{
  return layer->types[0].dtype == layer->types[2].dtype && layer->types[1].dtype == TELAR_I64;
}

static OnnxNode *
write_scatter (OnnxExport *e, const OnnxLayer *layer, const char *op_type)
{
  gboolean add = telar_param_set_bool (layer->node->params, "add");
  OnnxNode *node = onnx_layer_simple (e, layer, op_type,
                                      ONNX_INPUTS (onnx_layer_input (e, layer, 0),
                                                   onnx_layer_input (e, layer, 1),
                                                   onnx_layer_input (e, layer, 2)));
  if (add)
    onnx_node_text (e->model, node, "reduction", "add");
  return node;
}

static void
write_scatter_elements (OnnxExport *e, const OnnxLayer *layer)
{
  write_axis (e, layer, write_scatter (e, layer, "ScatterElements"));
}

static void
write_scatter_nd (OnnxExport *e, const OnnxLayer *layer)
{
  write_scatter (e, layer, "ScatterND");
}

static void
write_tile (OnnxExport *e, const OnnxLayer *layer)
{
  guint n;
  const gint64 *repeats = telar_param_set_ints (layer->node->params, "repeats", &n);
  onnx_layer_simple (e, layer, "Tile",
                     ONNX_INPUTS (onnx_layer_input (e, layer, 0),
                                  onnx_model_ints (e->model, layer->id, repeats, n)));
}

/* Without lengths it is a primitive, and written by it. */
static gboolean
fits_reverse_sequence (const OnnxLayer *layer)
{
  return layer->inputs[1] != TELAR_NO_VALUE && layer->types[1].dtype == TELAR_I64;
}

static void
write_reverse_sequence (OnnxExport *e, const OnnxLayer *layer)
{
  OnnxNode *node = write_picking (e, layer, "ReverseSequence");
  onnx_node_int (e->model, node, "batch_axis", 0);
  onnx_node_int (e->model, node, "time_axis", 1);
}

static gboolean
fits_is_inf (const OnnxLayer *layer)
{
  return layer->types[0].dtype == TELAR_F32 || layer->types[0].dtype == TELAR_F64;
}

static void
write_is_inf (OnnxExport *e, const OnnxLayer *layer)
{
  OnnxNode *node =
      onnx_layer_simple (e, layer, "IsInf", ONNX_INPUTS (onnx_layer_input (e, layer, 0)));
  onnx_node_int (e->model, node, "detect_positive",
                 telar_param_set_bool (layer->node->params, "positive"));
  onnx_node_int (e->model, node, "detect_negative",
                 telar_param_set_bool (layer->node->params, "negative"));
}

/* Scattering adds since 16. */
const OnnxLayerKind onnx_index_layers[] = {
  { "gather_elements", 13, has_indices, write_gather_elements },
  { "gather_nd", 13, fits_gather_nd, write_gather_nd },
  { "scatter_elements", 16, fits_scatter, write_scatter_elements, .single = TRUE },
  { "scatter_nd", 16, fits_scatter, write_scatter_nd, .single = TRUE },
  { "tile", 13, NULL, write_tile },
  { "reverse_sequence", 13, fits_reverse_sequence, write_reverse_sequence },
  { "is_inf", 13, fits_is_inf, write_is_inf, .single = TRUE },
  { NULL },
};
