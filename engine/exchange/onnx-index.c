/* Scattering and sorting in ONNX. */
#include "engine/exchange/onnx-export.h"

static const char *
cast (OnnxExport *e, const TelarInstr *instr, const char *x, TelarDType dtype)
{
  const char *output;
  onnx_node_int (e->model, onnx_step (e, instr, "Cast", ONNX_INPUTS (x), &output), "to",
                 onnx_dtype (dtype));
  return output;
}

/* Zeros, to which ScatterND, which can add since operator set 16, adds what the indices name along
 * the first axis. Half precision is added up in float32: ONNX Runtime adds no other. */
static gboolean
emit_scatter_add (OnnxExport *e, const TelarInstr *instr)
{
  const TelarType *type = onnx_output_type (e, instr);
  const char *base = onnx_base (instr), *shape = onnx_shape (e, instr, &type->shape);
  const char *zeros, *tuples, *updates = onnx_input (e, instr, 0), *sums;
  gboolean half = type->dtype == TELAR_F16;
  gint64 last = -1;
  if (!shape || e->opset < 16 || telar_instr_int (instr, TELAR_ATTR_AXIS, 0) != 0)
    return FALSE;
  onnx_step (
      e, instr, "Expand",
      ONNX_INPUTS (onnx_model_scalar (e->model, base, half ? TELAR_F32 : type->dtype, 0), shape),
      &zeros);
  onnx_step (e, instr, "Unsqueeze",
             ONNX_INPUTS (onnx_input (e, instr, 1), onnx_model_ints (e->model, base, &last, 1)),
             &tuples);
  if (half)
    updates = cast (e, instr, updates, TELAR_F32);
  const char *const inputs[] = { zeros, tuples, updates };
  OnnxNode *node = half ? onnx_step (e, instr, "ScatterND", inputs, 3, &sums)
                        : onnx_result (e, instr, "ScatterND", inputs, 3);
  onnx_node_text (e->model, node, "reduction", "add");
  if (half)
    onnx_node_int (e->model, onnx_result (e, instr, "Cast", ONNX_INPUTS (sums)), "to",
                   onnx_dtype (TELAR_F16));
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
