/* Changes of size and place that ONNX has an operator for. */
#include "engine/exchange/onnx-layers.h"

#include <string.h>

static const char *
text (const OnnxLayer *layer, const char *param)
{
  return telar_param_set_text (layer->node->params, param);
}

static gboolean
says (const OnnxLayer *layer, const char *param, const char *what)
{
  return g_str_equal (text (layer, param), what);
}

/* --- resizing --------------------------------------------------------------------------------- */

/* ONNX Runtime's cubic is for pictures. */
static gboolean
fits_resize (const OnnxLayer *layer)
{
  return !says (layer, "mode", "cubic") || layer->types[0].shape.rank == 4;
}

/* The sizes are those of the result: sizes and factors of the node are in them already. */
static const char *
resize_sizes (OnnxExport *e, const OnnxLayer *layer)
{
  const TelarShape *shape = &telar_program_type (e->program, layer->outputs[0])->shape;
  return onnx_model_ints (e->model, layer->node->id, shape->dims + 2, shape->rank - 2);
}

static const char *
nearest (const OnnxLayer *layer)
{
  if (says (layer, "rounding", "prefer_floor"))
    return "round_prefer_floor";
  return says (layer, "rounding", "prefer_ceil") ? "round_prefer_ceil" : text (layer, "rounding");
}

static void
write_resize (OnnxExport *e, const OnnxLayer *layer)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n = layer->types[0].shape.rank - 2;
  OnnxNode *node = onnx_layer_simple (
      e, layer, "Resize",
      ONNX_INPUTS (onnx_layer_input (e, layer, 0), "", "", resize_sizes (e, layer)));
  for (guint i = 0; i < n; i++)
    axes[i] = i + 2;
  onnx_node_ints (e->model, node, "axes", axes, n);
  onnx_node_text (e->model, node, "mode", text (layer, "mode"));
  onnx_node_text (e->model, node, "coordinate_transformation_mode", text (layer, "coordinates"));
  if (says (layer, "mode", "nearest"))
    onnx_node_text (e->model, node, "nearest_mode", nearest (layer));
  if (!says (layer, "mode", "cubic"))
    return;
  onnx_node_real (e->model, node, "cubic_coeff_a",
                  telar_param_set_real (layer->node->params, "cubic"));
  onnx_node_int (e->model, node, "exclude_outside",
                 telar_param_set_bool (layer->node->params, "exclude_outside"));
}

/* --- channels, borders, grids ----------------------------------------------------------------- */

static void
write_pixel_shuffle (OnnxExport *e, const OnnxLayer *layer)
{
  OnnxNode *node =
      onnx_layer_simple (e, layer, "DepthToSpace", ONNX_INPUTS (onnx_layer_input (e, layer, 0)));
  onnx_node_int (e->model, node, "blocksize", telar_param_set_int (layer->node->params, "block"));
  onnx_node_text (e->model, node, "mode", says (layer, "order", "places_first") ? "DCR" : "CRD");
}

/* ONNX has only one of the orders. */
static gboolean
fits_pixel_unshuffle (const OnnxLayer *layer)
{
  return says (layer, "order", "places_first");
}

static void
write_pixel_unshuffle (OnnxExport *e, const OnnxLayer *layer)
{
  OnnxNode *node =
      onnx_layer_simple (e, layer, "SpaceToDepth", ONNX_INPUTS (onnx_layer_input (e, layer, 0)));
  onnx_node_int (e->model, node, "blocksize", telar_param_set_int (layer->node->params, "block"));
}

/* Constant borders are a primitive, and written by it. */
static gboolean
fits_pad (const OnnxLayer *layer)
{
  return says (layer, "mode", "reflect") || says (layer, "mode", "edge");
}

static void
write_pad (OnnxExport *e, const OnnxLayer *layer)
{
  guint rank = layer->types[0].shape.rank, n_low, n_high;
  const gint64 *low = telar_param_set_ints (layer->node->params, "low", &n_low);
  const gint64 *high = telar_param_set_ints (layer->node->params, "high", &n_high);
  gint64 pads[2 * TELAR_MAX_RANK] = { 0 };
  memcpy (pads + rank - n_low, low, n_low * sizeof *low);
  memcpy (pads + 2 * rank - n_high, high, n_high * sizeof *high);
  OnnxNode *node =
      onnx_layer_simple (e, layer, "Pad",
                         ONNX_INPUTS (onnx_layer_input (e, layer, 0),
                                      onnx_model_ints (e->model, layer->node->id, pads, 2 * rank)));
  onnx_node_text (e->model, node, "mode", text (layer, "mode"));
}

static void
write_grid_sample (OnnxExport *e, const OnnxLayer *layer)
{
  OnnxNode *node = onnx_layer_simple (
      e, layer, "GridSample",
      ONNX_INPUTS (onnx_layer_input (e, layer, 0), onnx_layer_input (e, layer, 1)));
  const char *mode = text (layer, "mode");
  if (e->opset < 20 && !g_str_equal (mode, "nearest"))
    mode = g_str_equal (mode, "linear") ? "bilinear" : "bicubic";
  onnx_node_text (e->model, node, "mode", mode);
  onnx_node_text (e->model, node, "padding_mode", text (layer, "outside"));
  onnx_node_int (e->model, node, "align_corners",
                 telar_param_set_bool (layer->node->params, "align_corners"));
}

/* Resize takes axes since 18. */
const OnnxLayerKind onnx_picture_layers[] = {
  { "resize", 18, fits_resize, write_resize },
  { "pixel_shuffle", 13, NULL, write_pixel_shuffle },
  { "pixel_unshuffle", 13, fits_pixel_unshuffle, write_pixel_unshuffle },
  { "pad", 13, fits_pad, write_pad },
  { "grid_sample", 16, NULL, write_grid_sample },
  { NULL },
};
