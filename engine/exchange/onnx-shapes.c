/* Operators of shape and reductions in ONNX. */
#include "engine/exchange/onnx-export.h"

/* --- shapes as tensors ------------------------------------------------------------------------ */

gboolean
onnx_has_batch (const TelarProgram *program, const TelarInstr *instr)
{
  if (instr->prim != TELAR_PRIM_INPUT)
    return FALSE;
  const TelarShape *shape = &telar_program_type (program, instr->outputs[0])->shape;
  return shape->rank > 0 && shape->dims[0] == TELAR_DIM_BATCH;
}

/* The tensor [N]: the first axis of an input that has the batch there. */
static const char *
batch_shape (OnnxExport *e, const TelarInstr *instr)
{
  const gint64 zero = 0, one = 1;
  const char *base = onnx_base (instr), *input = e->batch_input, *whole;
  for (guint i = 0; !input && i < telar_program_n_instrs (e->program); i++) {
    const TelarInstr *candidate = telar_program_instr (e->program, i);
    if (onnx_has_batch (e->program, candidate))
      input = e->names[candidate->outputs[0]];
  }
  if (e->batch_shape || !input)
    return e->batch_shape;
  onnx_step (e, instr, "Shape", ONNX_INPUTS (input), &whole);
  onnx_step (e, instr, "Slice",
             ONNX_INPUTS (whole, onnx_model_ints (e->model, base, &zero, 1),
                          onnx_model_ints (e->model, base, &one, 1)),
             &e->batch_shape);
  return e->batch_shape;
}

/* The tensor [k·N]. */
static const char *
batch_multiple (OnnxExport *e, const TelarInstr *instr, gint64 times)
{
  const char *batch = batch_shape (e, instr), *product;
  if (!batch || times == 1)
    return batch;
  onnx_step (e, instr, "Mul",
             ONNX_INPUTS (batch, onnx_model_ints (e->model, onnx_base (instr), &times, 1)),
             &product);
  return product;
}

const char *
onnx_shape (OnnxExport *e, const TelarInstr *instr, const TelarShape *shape)
{
  const char *parts[TELAR_MAX_RANK], *joined;
  if (telar_shape_is_concrete (shape))
    return onnx_model_ints (e->model, onnx_base (instr), shape->dims, shape->rank);
  for (guint i = 0; i < shape->rank; i++) {
    parts[i] = shape->dims[i] < 0
                   ? batch_multiple (e, instr, -shape->dims[i])
                   : onnx_model_ints (e->model, onnx_base (instr), &shape->dims[i], 1);
    if (!parts[i])
      return NULL;
  }
  OnnxNode *node = onnx_step (e, instr, "Concat", parts, shape->rank, &joined);
  onnx_node_int (e->model, node, "axis", 0);
  return joined;
}

/* --- moving numbers --------------------------------------------------------------------------- */

/* A symbolic axis is copied (0) where it stays first, worked out (-1) otherwise. */
static void
emit_reshape (OnnxExport *e, const TelarInstr *instr)
{
  const TelarShape *in = &onnx_input_type (e, instr, 0)->shape;
  TelarShape out = onnx_output_type (e, instr)->shape;
  for (guint i = 0; i < out.rank; i++)
    if (out.dims[i] < 0)
      out.dims[i] = i == 0 && in->rank > 0 && in->dims[0] == out.dims[0] ? 0 : -1;
  onnx_result (e, instr, "Reshape",
               ONNX_INPUTS (onnx_input (e, instr, 0),
                            onnx_model_ints (e->model, onnx_base (instr), out.dims, out.rank)));
}

/* Expand broadcasts both ways, so that an axis the input has already is asked for as 1. */
static gboolean
emit_expand (OnnxExport *e, const TelarInstr *instr)
{
  const TelarShape *in = &onnx_input_type (e, instr, 0)->shape;
  TelarShape out = onnx_output_type (e, instr)->shape;
  guint missing = out.rank - in->rank;
  for (guint i = missing; i < out.rank; i++)
    if (in->dims[i - missing] == out.dims[i])
      out.dims[i] = 1;
  const char *shape = onnx_shape (e, instr, &out);
  if (shape)
    onnx_result (e, instr, "Expand", ONNX_INPUTS (onnx_input (e, instr, 0), shape));
  return shape != NULL;
}

static gboolean
emit_fill (OnnxExport *e, const TelarInstr *instr)
{
  const TelarType *type = onnx_output_type (e, instr);
  const char *value = onnx_model_scalar (e->model, onnx_base (instr), type->dtype,
                                         telar_instr_real (instr, TELAR_ATTR_FILL, 0));
  const char *shape = onnx_shape (e, instr, &type->shape);
  if (shape)
    onnx_result (e, instr, "Expand", ONNX_INPUTS (value, shape));
  return shape != NULL;
}

/* ONNX's Range has one axis and wants numbers; ones summed up to before each place do not. */
static gboolean
emit_iota (OnnxExport *e, const TelarInstr *instr)
{
  const TelarType *type = onnx_output_type (e, instr);
  const char *base = onnx_base (instr), *shape = onnx_shape (e, instr, &type->shape), *ones;
  gint64 axis = telar_instr_int (instr, TELAR_ATTR_AXIS, 0);
  if (!shape)
    return FALSE;
  onnx_step (e, instr, "Expand",
             ONNX_INPUTS (onnx_model_scalar (e->model, base, type->dtype, 1), shape), &ones);
  OnnxNode *node = onnx_result (e, instr, "CumSum",
                                ONNX_INPUTS (ones, onnx_model_ints (e->model, base, &axis, 1)));
  onnx_node_int (e->model, node, "exclusive", 1);
  return TRUE;
}

static void
emit_slice (OnnxExport *e, const TelarInstr *instr)
{
  const TelarShape *in = &onnx_input_type (e, instr, 0)->shape;
  gint64 starts[TELAR_MAX_RANK], ends[TELAR_MAX_RANK], axes[TELAR_MAX_RANK], steps[TELAR_MAX_RANK];
  const char *base = onnx_base (instr);
  guint n = in->rank;
  for (guint i = 0; i < n; i++) {
    gint64 limit = telar_instr_item (instr, TELAR_ATTR_LIMIT, i, in->dims[i]);
    starts[i] = telar_instr_item (instr, TELAR_ATTR_START, i, 0);
    ends[i] = limit < 0 ? G_MAXINT64 : limit;
    steps[i] = telar_instr_item (instr, TELAR_ATTR_STRIDE, i, 1);
    axes[i] = i;
  }
  onnx_result (e, instr, "Slice",
               ONNX_INPUTS (onnx_input (e, instr, 0), onnx_model_ints (e->model, base, starts, n),
                            onnx_model_ints (e->model, base, ends, n),
                            onnx_model_ints (e->model, base, axes, n),
                            onnx_model_ints (e->model, base, steps, n)));
}

static void
emit_reverse (OnnxExport *e, const TelarInstr *instr)
{
  const TelarAttr *axes = telar_instr_attr (instr, TELAR_ATTR_AXES);
  gint64 starts[TELAR_MAX_RANK], ends[TELAR_MAX_RANK], steps[TELAR_MAX_RANK];
  const char *base = onnx_base (instr);
  for (guint i = 0; i < axes->n; i++) {
    starts[i] = -1;
    ends[i] = G_MININT64;
    steps[i] = -1;
  }
  onnx_result (e, instr, "Slice",
               ONNX_INPUTS (onnx_input (e, instr, 0),
                            onnx_model_ints (e->model, base, starts, axes->n),
                            onnx_model_ints (e->model, base, ends, axes->n),
                            onnx_model_ints (e->model, base, axes->ints, axes->n),
                            onnx_model_ints (e->model, base, steps, axes->n)));
}

static gboolean
emit_pad (OnnxExport *e, const TelarInstr *instr)
{
  const TelarType *type = onnx_input_type (e, instr, 0);
  guint n = type->shape.rank;
  gint64 pads[2 * TELAR_MAX_RANK];
  const char *base = onnx_base (instr);
  for (guint i = 0; i < n; i++) {
    pads[i] = telar_instr_item (instr, TELAR_ATTR_LOW, i, 0);
    pads[n + i] = telar_instr_item (instr, TELAR_ATTR_HIGH, i, 0);
    if (telar_instr_item (instr, TELAR_ATTR_INTERIOR, i, 0) != 0)
      return FALSE;
  }
  onnx_result (e, instr, "Pad",
               ONNX_INPUTS (onnx_input (e, instr, 0), onnx_model_ints (e->model, base, pads, 2 * n),
                            onnx_model_scalar (e->model, base, type->dtype,
                                               telar_instr_real (instr, TELAR_ATTR_FILL, 0))));
  return TRUE;
}

static void
emit_concat (OnnxExport *e, const TelarInstr *instr)
{
  g_autofree const char **inputs = g_new (const char *, instr->n_inputs);
  for (guint i = 0; i < instr->n_inputs; i++)
    inputs[i] = onnx_input (e, instr, i);
  OnnxNode *node = onnx_result (e, instr, "Concat", inputs, instr->n_inputs);
  onnx_node_int (e->model, node, "axis", telar_instr_int (instr, TELAR_ATTR_AXIS, 0));
}

static void
emit_transpose (OnnxExport *e, const TelarInstr *instr)
{
  OnnxNode *node = onnx_result (e, instr, "Transpose", ONNX_INPUTS (onnx_input (e, instr, 0)));
  onnx_copy_ints (e, instr, node, "perm", TELAR_ATTR_PERM, onnx_output_type (e, instr)->shape.rank,
                  0);
}

gboolean
onnx_emit_shape (OnnxExport *e, const TelarInstr *instr)
{
  switch (instr->prim) {
  case TELAR_PRIM_BROADCAST:
    return emit_expand (e, instr);
  case TELAR_PRIM_FILL:
    return emit_fill (e, instr);
  case TELAR_PRIM_IOTA:
    return emit_iota (e, instr);
  case TELAR_PRIM_PAD:
    return emit_pad (e, instr);
  case TELAR_PRIM_RESHAPE:
    emit_reshape (e, instr);
    return TRUE;
  case TELAR_PRIM_SLICE:
    emit_slice (e, instr);
    return TRUE;
  case TELAR_PRIM_REVERSE:
    emit_reverse (e, instr);
    return TRUE;
  case TELAR_PRIM_CONCAT:
    emit_concat (e, instr);
    return TRUE;
  case TELAR_PRIM_TRANSPOSE:
    emit_transpose (e, instr);
    return TRUE;
  default:
    return FALSE;
  }
}

/* --- reductions ------------------------------------------------------------------------------- */

/* ReduceSum takes its axes as an input in all operator sets written here, the others since 18. */
static void
emit_axes (OnnxExport *e, const TelarInstr *instr, const char *name)
{
  const TelarAttr *axes = telar_instr_attr (instr, TELAR_ATTR_AXES);
  const char *x = onnx_input (e, instr, 0);
  gboolean as_input = instr->prim == TELAR_PRIM_SUM || e->opset >= 18;
  const char *inputs[] = {
    x, as_input ? onnx_model_ints (e->model, onnx_base (instr), axes->ints, axes->n) : NULL
  };
  OnnxNode *node = onnx_result (e, instr, name, inputs, as_input ? 2 : 1);
  if (!as_input)
    onnx_node_ints (e->model, node, "axes", axes->ints, axes->n);
  onnx_node_int (e->model, node, "keepdims", telar_instr_int (instr, TELAR_ATTR_KEEP, 0));
}

static void
emit_arg (OnnxExport *e, const TelarInstr *instr, const char *name)
{
  OnnxNode *node = onnx_result (e, instr, name, ONNX_INPUTS (onnx_input (e, instr, 0)));
  onnx_node_int (e->model, node, "axis", telar_instr_int (instr, TELAR_ATTR_AXIS, 0));
  onnx_node_int (e->model, node, "keepdims", telar_instr_int (instr, TELAR_ATTR_KEEP, 0));
}

static void
emit_cumsum (OnnxExport *e, const TelarInstr *instr)
{
  gint64 axis = telar_instr_int (instr, TELAR_ATTR_AXIS, 0);
  OnnxNode *node = onnx_result (
      e, instr, "CumSum",
      ONNX_INPUTS (onnx_input (e, instr, 0),
                   onnx_model_scalar (e->model, onnx_base (instr), TELAR_I64, (double)axis)));
  onnx_node_int (e->model, node, "exclusive", telar_instr_int (instr, TELAR_ATTR_EXCLUSIVE, 0));
  onnx_node_int (e->model, node, "reverse", telar_instr_int (instr, TELAR_ATTR_REVERSE, 0));
}

gboolean
onnx_emit_reduce (OnnxExport *e, const TelarInstr *instr)
{
  static const char *const names[TELAR_N_PRIMS] = {
    [TELAR_PRIM_SUM] = "ReduceSum",   [TELAR_PRIM_MEAN] = "ReduceMean",
    [TELAR_PRIM_MAX] = "ReduceMax",   [TELAR_PRIM_MIN] = "ReduceMin",
    [TELAR_PRIM_PROD] = "ReduceProd", [TELAR_PRIM_ARGMAX] = "ArgMax",
    [TELAR_PRIM_ARGMIN] = "ArgMin",
  };
  if (instr->prim == TELAR_PRIM_CUMSUM)
    emit_cumsum (e, instr);
  else if (telar_instr_attr (instr, TELAR_ATTR_AXES))
    emit_axes (e, instr, names[instr->prim]);
  else
    emit_arg (e, instr, names[instr->prim]);
  return TRUE;
}
