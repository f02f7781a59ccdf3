/* Scattering and sorting in ONNX. */
#include "engine/exchange/onnx-export.h"

/* Zeros, to which ScatterND, which can add since operator set 16, adds what the indices name along
 * the first axis. */
static gboolean
emit_scatter_add (OnnxExport *e, const TelarInstr *instr)
{
  const TelarType *type = onnx_output_type (e, instr);
  const char *base = onnx_base (instr), *shape = onnx_shape (e, instr, &type->shape);
  const char *zeros, *tuples;
  gint64 last = -1;
  if (!shape || e->opset < 16 || telar_instr_int (instr, TELAR_ATTR_AXIS, 0) != 0)
    return FALSE;
  onnx_step (e, instr, "Expand",
             ONNX_INPUTS (onnx_model_scalar (e->model, base, type->dtype, 0), shape), &zeros);
  onnx_step (e, instr, "Unsqueeze",
             ONNX_INPUTS (onnx_input (e, instr, 1), onnx_model_ints (e->model, base, &last, 1)),
             &tuples);
  OnnxNode *node =
      onnx_result (e, instr, "ScatterND", ONNX_INPUTS (zeros, tuples, onnx_input (e, instr, 0)));
  onnx_node_text (e->model, node, "reduction", "add");
  return TRUE;
}

/* The places that TopK gives of all numbers. */
static gboolean
emit_argsort (OnnxExport *e, const TelarInstr *instr)
{
  gint64 axis = telar_instr_int (instr, TELAR_ATTR_AXIS, 0);
  TelarShape length = telar_shape (onnx_input_type (e, instr, 0)->shape.dims[axis]);
  const char *count = onnx_shape (e, instr, &length), *values;
  if (!count)
    return FALSE;
  OnnxNode *node =
      onnx_step (e, instr, "TopK", ONNX_INPUTS (onnx_input (e, instr, 0), count), &values);
  onnx_node_int (e->model, node, "axis", axis);
  onnx_node_int (e->model, node, "largest", telar_instr_int (instr, TELAR_ATTR_REVERSE, 0));
  if (!e->names[instr->outputs[0]])
    e->names[instr->outputs[0]] = onnx_model_name (e->model, onnx_base (instr));
  onnx_node_add_output (e->model, node, e->names[instr->outputs[0]]);
  return TRUE;
}

gboolean
onnx_emit_index (OnnxExport *e, const TelarInstr *instr)
{
  return instr->prim == TELAR_PRIM_ARGSORT ? emit_argsort (e, instr) : emit_scatter_add (e, instr);
}
