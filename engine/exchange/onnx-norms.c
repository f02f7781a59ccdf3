/* Softmax and normalisations in ONNX. */
#include "engine/exchange/onnx-export.h"

/* --- layer normalisation before operator set 17 ----------------------------------------------- */

static const char *
reduce_mean (OnnxExport *e, const TelarInstr *instr, const char *x)
{
  guint rank = onnx_input_type (e, instr, 0)->shape.rank, n = 0;
  gint64 axes[TELAR_MAX_RANK];
  const char *mean;
  for (gint64 axis = telar_instr_int (instr, TELAR_ATTR_AXIS, 0); axis < rank; axis++)
    axes[n++] = axis;
  onnx_node_ints (e->model, onnx_step (e, instr, "ReduceMean", ONNX_INPUTS (x), &mean), "axes",
                  axes, n);
  return mean;
}

/* (x - mean) / √(variance + epsilon) · scale + bias */
static void
emit_layer_norm (OnnxExport *e, const TelarInstr *instr)
{
  const char *x = onnx_input (e, instr, 0), *centred, *square, *y;
  const char *epsilon =
      onnx_model_scalar (e->model, onnx_base (instr), onnx_output_type (e, instr)->dtype,
                         telar_instr_real (instr, TELAR_ATTR_EPSILON, 0));
  onnx_step (e, instr, "Sub", ONNX_INPUTS (x, reduce_mean (e, instr, x)), &centred);
  onnx_step (e, instr, "Mul", ONNX_INPUTS (centred, centred), &square);
  onnx_step (e, instr, "Add", ONNX_INPUTS (reduce_mean (e, instr, square), epsilon), &y);
  onnx_step (e, instr, "Sqrt", ONNX_INPUTS (y), &y);
  onnx_step (e, instr, "Div", ONNX_INPUTS (centred, y), &y);
  onnx_step (e, instr, "Mul", ONNX_INPUTS (y, onnx_input (e, instr, 1)), &y);
  onnx_result (e, instr, "Add", ONNX_INPUTS (y, onnx_input (e, instr, 2)));
}

/* --- all of them ------------------------------------------------------------------------------ */

gboolean
onnx_emit_norm (OnnxExport *e, const TelarInstr *instr)
{
  static const char *const names[TELAR_N_PRIMS] = {
    [TELAR_PRIM_SOFTMAX] = "Softmax",
    [TELAR_PRIM_LOG_SOFTMAX] = "LogSoftmax",
    [TELAR_PRIM_BATCH_NORM] = "BatchNormalization",
    [TELAR_PRIM_LAYER_NORM] = "LayerNormalization",
  };
  const char *inputs[5] = { NULL };
  if (telar_instr_int (instr, TELAR_ATTR_LAYOUT, 0) != 0)
    return FALSE;
  for (guint i = 1; i < instr->n_outputs; i++)
    if (e->uses[instr->outputs[i]] > 0)
      return FALSE;
  if (instr->prim == TELAR_PRIM_LAYER_NORM && e->opset < 17) {
    emit_layer_norm (e, instr);
    return TRUE;
  }
  for (guint i = 0; i < instr->n_inputs; i++)
    inputs[i] = onnx_input (e, instr, i);
  OnnxNode *node = onnx_result (e, instr, names[instr->prim], inputs, instr->n_inputs);
  if (telar_instr_attr (instr, TELAR_ATTR_AXIS))
    onnx_node_int (e->model, node, "axis", telar_instr_int (instr, TELAR_ATTR_AXIS, 0));
  if (telar_instr_attr (instr, TELAR_ATTR_EPSILON))
    onnx_node_real (e->model, node, "epsilon", telar_instr_real (instr, TELAR_ATTR_EPSILON, 0));
  return TRUE;
}
