/* Changes of size and place that ONNX has an operator for. */
#include "engine/exchange/onnx-layers.h"

#include <math.h>
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

/* ONNX Runtime's cubic is for pictures. A scale of its own must lead to the sizes by itself. */
static gboolean
fits_resize (const OnnxLayer *layer)
{
  double scale = telar_param_set_real (layer->node->params, "scale");
  const TelarShape *shape = &layer->types[0].shape;
  guint n;
  const gint64 *sizes = telar_param_set_ints (layer->node->params, "size", &n);
  for (guint i = 2; scale > 0 && i < shape->rank; i++) {
    gint64 size = sizes[n == 1 ? 0 : i - 2];
    if (size != shape->dims[i] && size != (gint64)floor (scale * (double)shape->dims[i]))
      return FALSE;
  }
  return !says (layer, "mode", "cubic") || shape->rank == 4;
}

/* The sizes are those of the result: sizes and factors of the node are in them already. */
static const char *
resize_sizes (OnnxExport *e, const OnnxLayer *layer)
{
  const TelarShape *shape = &telar_program_type (e->program, layer->outputs[0])->shape;
  return onnx_model_ints (e->model, layer->id, shape->dims + 2, shape->rank - 2);
}

static const char *
resize_scales (OnnxExport *e, const OnnxLayer *layer, double scale)
{
  const TelarShape *from = &layer->types[0].shape;
  const TelarShape *to = &telar_program_type (e->program, layer->outputs[0])->shape;
  TelarShape shape = telar_shape (from->rank - 2);
  g_autoptr (TelarTensor) scales = telar_tensor_new (TELAR_F32, &shape);
  for (guint i = 2; i < from->rank; i++)
    telar_tensor_set (scales, i - 2, from->dims[i] == to->dims[i] ? 1 : scale);
  /* float32, whatever the layer computes in */
  g_autofree char *name = g_strdup_printf ("%s.scales", layer->id);
  return onnx_model_tensor (e->model, name, scales);
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
  double scale = telar_param_set_real (layer->node->params, "scale");
  const char *x = onnx_layer_input (e, layer, 0);
  OnnxNode *node = scale > 0
                       ? onnx_layer_simple (e, layer, "Resize",
                                            ONNX_INPUTS (x, "", resize_scales (e, layer, scale)))
                       : onnx_layer_simple (e, layer, "Resize",
                                            ONNX_INPUTS (x, "", "", resize_sizes (e, layer)));
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
                                      onnx_model_ints (e->model, layer->id, pads, 2 * rank)));
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

/* --- regions ---------------------------------------------------------------------------------- */

static const char *
reshaped (OnnxExport *e, const OnnxLayer *layer, const char *x, const gint64 *dims, guint n)
{
  const char *result;
  onnx_layer_step (e, layer, "Reshape",
                   ONNX_INPUTS (x, onnx_model_ints (e->model, layer->node->id, dims, n)), &result);
  return result;
}

/* For each of the boxes [N, R, 4] the sample that it stands in: counted along the first axis. */
static const char *
count_samples (OnnxExport *e, const OnnxLayer *layer)
{
  const gint64 all = -1;
  TelarShape one = telar_shape (1);
  g_autoptr (TelarTensor) unit = telar_tensor_new (TELAR_I64, &one);
  const char *shape, *ones, *places;
  telar_tensor_set (unit, 0, 1);
  OnnxNode *node =
      onnx_layer_step (e, layer, "Shape", ONNX_INPUTS (onnx_layer_input (e, layer, 1)), &shape);
  onnx_node_int (e->model, node, "end", 2);
  onnx_layer_step (e, layer, "Expand",
                   ONNX_INPUTS (onnx_model_constant (e->model, layer->node->id, unit), shape),
                   &ones);
  node = onnx_layer_step (
      e, layer, "CumSum",
      ONNX_INPUTS (ones, onnx_model_scalar (e->model, layer->node->id, TELAR_I64, 0)), &places);
  onnx_node_int (e->model, node, "exclusive", 1);
  return reshaped (e, layer, places, &all, 1);
}

static void
write_roi_align (OnnxExport *e, const OnnxLayer *layer)
{
  guint n;
  const gint64 *size = telar_param_set_ints (layer->node->params, "size", &n);
  const gint64 boxes[] = { -1, 4 };
  gboolean listed = layer->inputs[2] != TELAR_NO_VALUE;
  const char *x = onnx_layer_input (e, layer, 0), *regions = onnx_layer_input (e, layer, 1);
  const char *samples = listed ? onnx_layer_input (e, layer, 2) : count_samples (e, layer);
  const char *result;
  if (!listed)
    regions = reshaped (e, layer, regions, boxes, 2);
  OnnxNode *node =
      listed ? onnx_layer_simple (e, layer, "RoiAlign", ONNX_INPUTS (x, regions, samples))
             : onnx_layer_step (e, layer, "RoiAlign", ONNX_INPUTS (x, regions, samples), &result);
  onnx_node_text (e->model, node, "mode", text (layer, "mode"));
  onnx_node_text (e->model, node, "coordinate_transformation_mode", text (layer, "coordinates"));
  onnx_node_int (e->model, node, "output_height", size[0]);
  onnx_node_int (e->model, node, "output_width", size[n - 1]);
  onnx_node_int (e->model, node, "sampling_ratio",
                 telar_param_set_int (layer->node->params, "sampling"));
  onnx_node_real (e->model, node, "spatial_scale",
                  telar_param_set_real (layer->node->params, "scale"));
  if (listed)
    return;
  const gint64 apart[] = { -1, layer->types[1].shape.dims[1], layer->types[0].shape.dims[1],
                           size[0], size[n - 1] };
  onnx_layer_simple (e, layer, "Reshape",
                     ONNX_INPUTS (result, onnx_model_ints (e->model, layer->node->id, apart, 5)));
}

/* Resize takes axes since 18, RoiAlign its coordinates since 16. */
const OnnxLayerKind onnx_picture_layers[] = {
  { "resize", 18, fits_resize, write_resize },
  { "pixel_shuffle", 13, NULL, write_pixel_shuffle },
  { "pixel_unshuffle", 13, fits_pixel_unshuffle, write_pixel_unshuffle },
  { "pad", 13, fits_pad, write_pad },
  { "grid_sample", 16, NULL, write_grid_sample },
  { "roi_align", 16, NULL, write_roi_align, .single = TRUE },
  { NULL },
};
