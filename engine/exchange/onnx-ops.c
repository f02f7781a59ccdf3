/* Which ONNX operator each primitive becomes. Those that map one to one stand in a table; the
 * others have an emitter. A primitive that is in neither exists only in training. */
#include "engine/exchange/onnx-export.h"

/* --- helpers ---------------------------------------------------------------------------------- */

const TelarType *
onnx_input_type (const OnnxExport *e, const TelarInstr *instr, guint i)
{
  return telar_program_type (e->program, instr->inputs[i]);
}

const TelarType *
onnx_output_type (const OnnxExport *e, const TelarInstr *instr)
{
  return telar_program_type (e->program, instr->outputs[0]);
}

const char *
onnx_input (const OnnxExport *e, const TelarInstr *instr, guint i)
{
  return e->names[instr->inputs[i]];
}

const char *
onnx_base (const TelarInstr *instr)
{
  return instr->origin ? instr->origin : telar_prim_info (instr->prim)->name;
}

void
onnx_document (const OnnxExport *e, const char *origin, OnnxNode *node)
{
  const TelarNode *from = e->graph && origin ? telar_graph_find_node (e->graph, origin) : NULL;
  if (!from)
    return;
  g_autofree char *text = from->title ? g_strdup_printf ("%s (%s)", from->title, from->op->label)
                                      : g_strdup (from->op->label);
  onnx_node_document (e->model, node, text);
}

OnnxNode *
onnx_step (OnnxExport *e, const TelarInstr *instr, const char *op_type, const char *const *inputs,
           guint n, const char **output)
{
  *output = onnx_model_name (e->model, onnx_base (instr));
  OnnxNode *node = onnx_model_node (e->model, op_type, *output, inputs, n, *output);
  onnx_document (e, instr->origin, node);
  return node;
}

OnnxNode *
onnx_result (OnnxExport *e, const TelarInstr *instr, const char *op_type, const char *const *inputs,
             guint n)
{
  const char *name = onnx_model_name (e->model, onnx_base (instr));
  if (!e->names[instr->outputs[0]])
    e->names[instr->outputs[0]] = name;
  OnnxNode *node =
      onnx_model_node (e->model, op_type, name, inputs, n, e->names[instr->outputs[0]]);
  onnx_document (e, instr->origin, node);
  return node;
}

void
onnx_copy_ints (OnnxExport *e, const TelarInstr *instr, OnnxNode *node, const char *key,
                TelarAttrKey attr, guint n, gint64 fallback)
{
  gint64 items[2 * TELAR_MAX_RANK];
  for (guint i = 0; i < n; i++)
    items[i] = telar_instr_item (instr, attr, i, fallback);
  onnx_node_ints (e->model, node, key, items, n);
}

/* --- one to one ------------------------------------------------------------------------------- */

/* Elementwise primitives whose ONNX operator takes the same inputs and no attributes. */
static const char *const direct[TELAR_N_PRIMS] = {
  [TELAR_PRIM_NEG] = "Neg",
  [TELAR_PRIM_ABS] = "Abs",
  [TELAR_PRIM_SIGN] = "Sign",
  [TELAR_PRIM_EXP] = "Exp",
  [TELAR_PRIM_LOG] = "Log",
  [TELAR_PRIM_SQRT] = "Sqrt",
  [TELAR_PRIM_RECIPROCAL] = "Reciprocal",
  [TELAR_PRIM_SIN] = "Sin",
  [TELAR_PRIM_COS] = "Cos",
  [TELAR_PRIM_ATAN] = "Atan",
  [TELAR_PRIM_TANH] = "Tanh",
  [TELAR_PRIM_SIGMOID] = "Sigmoid",
  [TELAR_PRIM_SOFTPLUS] = "Softplus",
  [TELAR_PRIM_ERF] = "Erf",
  [TELAR_PRIM_FLOOR] = "Floor",
  [TELAR_PRIM_CEIL] = "Ceil",
  [TELAR_PRIM_ROUND] = "Round",
  [TELAR_PRIM_RELU] = "Relu",
  [TELAR_PRIM_NOT] = "Not",
  [TELAR_PRIM_STOP] = "Identity",
  [TELAR_PRIM_ISNAN] = "IsNaN",
  [TELAR_PRIM_ADD] = "Add",
  [TELAR_PRIM_SUB] = "Sub",
  [TELAR_PRIM_MUL] = "Mul",
  [TELAR_PRIM_DIV] = "Div",
  [TELAR_PRIM_POW] = "Pow",
  [TELAR_PRIM_MAXIMUM] = "Max",
  [TELAR_PRIM_MINIMUM] = "Min",
  [TELAR_PRIM_EQUAL] = "Equal",
  [TELAR_PRIM_LESS] = "Less",
  [TELAR_PRIM_LESS_EQUAL] = "LessOrEqual",
  [TELAR_PRIM_AND] = "And",
  [TELAR_PRIM_OR] = "Or",
};

static gboolean
emit_direct (OnnxExport *e, const TelarInstr *instr)
{
  const char *inputs[3] = { NULL };
  const OnnxBias *bias = g_hash_table_lookup (e->biases, instr);
  if (bias)
    return onnx_emit_biased (e, bias, instr);
  for (guint i = 0; i < instr->n_inputs; i++)
    inputs[i] = onnx_input (e, instr, i);
  onnx_result (e, instr, direct[instr->prim], inputs, instr->n_inputs);
  return TRUE;
}

/* --- small compositions ----------------------------------------------------------------------- */

/* log (1 + x) and 1 / √x: ONNX has no operators of their own. */
static gboolean
emit_log1p (OnnxExport *e, const TelarInstr *instr)
{
  const char *one =
      onnx_model_scalar (e->model, onnx_base (instr), onnx_input_type (e, instr, 0)->dtype, 1);
  const char *sum;
  onnx_step (e, instr, "Add", ONNX_INPUTS (onnx_input (e, instr, 0), one), &sum);
  onnx_result (e, instr, "Log", &sum, 1);
  return TRUE;
}

static gboolean
emit_rsqrt (OnnxExport *e, const TelarInstr *instr)
{
  const char *root;
  onnx_step (e, instr, "Sqrt", ONNX_INPUTS (onnx_input (e, instr, 0)), &root);
  onnx_result (e, instr, "Reciprocal", &root, 1);
  return TRUE;
}

static gboolean
emit_cast (OnnxExport *e, const TelarInstr *instr)
{
  OnnxNode *node = onnx_result (e, instr, "Cast", ONNX_INPUTS (onnx_input (e, instr, 0)));
  onnx_node_int (e->model, node, "to", onnx_dtype (onnx_output_type (e, instr)->dtype));
  return TRUE;
}

/* x - floor (x / y) · y for floats, whose Mod in ONNX has the sign of x; Mod for integers. */
static gboolean
emit_mod (OnnxExport *e, const TelarInstr *instr)
{
  const char *x = onnx_input (e, instr, 0), *y = onnx_input (e, instr, 1), *quotient, *whole;
  if (!telar_dtype_is_float (onnx_output_type (e, instr)->dtype)) {
    onnx_result (e, instr, "Mod", ONNX_INPUTS (x, y));
    return TRUE;
  }
  onnx_step (e, instr, "Div", ONNX_INPUTS (x, y), &quotient);
  onnx_step (e, instr, "Floor", ONNX_INPUTS (quotient), &whole);
  onnx_step (e, instr, "Mul", ONNX_INPUTS (whole, y), &quotient);
  onnx_result (e, instr, "Sub", ONNX_INPUTS (x, quotient));
  return TRUE;
}

/* ONNX Runtime picks no truth values: they are (c ∧ x) ∨ (¬c ∧ y). */
static gboolean
emit_select (OnnxExport *e, const TelarInstr *instr)
{
  const char *c = onnx_input (e, instr, 0), *x = onnx_input (e, instr, 1);
  const char *y = onnx_input (e, instr, 2), *otherwise;
  if (onnx_output_type (e, instr)->dtype != TELAR_BOOL) {
    onnx_result (e, instr, "Where", ONNX_INPUTS (c, x, y));
    return TRUE;
  }
  onnx_step (e, instr, "Not", ONNX_INPUTS (c), &otherwise);
  onnx_step (e, instr, "And", ONNX_INPUTS (c, x), &x);
  onnx_step (e, instr, "And", ONNX_INPUTS (otherwise, y), &y);
  onnx_result (e, instr, "Or", ONNX_INPUTS (x, y));
  return TRUE;
}

static gboolean
emit_gather (OnnxExport *e, const TelarInstr *instr)
{
  OnnxNode *node = onnx_result (e, instr, "Gather",
                                ONNX_INPUTS (onnx_input (e, instr, 0), onnx_input (e, instr, 1)));
  onnx_node_int (e->model, node, "axis", telar_instr_int (instr, TELAR_ATTR_AXIS, 0));
  return TRUE;
}

/* Compared with 0, 1, …: ONNX's OneHot would let negative indices count from the end. */
static gboolean
emit_one_hot (OnnxExport *e, const TelarInstr *instr)
{
  gint64 size = telar_instr_int (instr, TELAR_ATTR_SIZE, 0), last = -1;
  TelarDType dtype = onnx_input_type (e, instr, 0)->dtype;
  TelarShape shape = telar_shape (size);
  g_autoptr (TelarTensor) classes = telar_tensor_new (dtype, &shape);
  const char *apart, *equal;
  for (gint64 i = 0; i < size; i++)
    telar_tensor_set (classes, (gsize)i, (double)i);
  onnx_step (e, instr, "Unsqueeze",
             ONNX_INPUTS (onnx_input (e, instr, 0),
                          onnx_model_ints (e->model, onnx_base (instr), &last, 1)),
             &apart);
  onnx_step (e, instr, "Equal",
             ONNX_INPUTS (apart, onnx_model_constant (e->model, onnx_base (instr), classes)),
             &equal);
  OnnxNode *node = onnx_result (e, instr, "Cast", &equal, 1);
  onnx_node_int (e->model, node, "to", onnx_dtype (onnx_output_type (e, instr)->dtype));
  return TRUE;
}

/* --- all of them ------------------------------------------------------------------------------ */

static const OnnxEmitter emitters[TELAR_N_PRIMS] = {
  [TELAR_PRIM_LOG1P] = emit_log1p,
  [TELAR_PRIM_RSQRT] = emit_rsqrt,
  [TELAR_PRIM_CAST] = emit_cast,
  [TELAR_PRIM_MOD] = emit_mod,
  [TELAR_PRIM_SELECT] = emit_select,
  [TELAR_PRIM_GATHER] = emit_gather,
  [TELAR_PRIM_ONE_HOT] = emit_one_hot,
  [TELAR_PRIM_BIT_AND] = onnx_emit_bits,
  [TELAR_PRIM_BIT_OR] = onnx_emit_bits,
  [TELAR_PRIM_BIT_XOR] = onnx_emit_bits,
  [TELAR_PRIM_BIT_NOT] = onnx_emit_bits,
  [TELAR_PRIM_SHIFT_LEFT] = onnx_emit_bits,
  [TELAR_PRIM_SHIFT_RIGHT] = onnx_emit_bits,
  [TELAR_PRIM_SCATTER_ADD] = onnx_emit_index,
  [TELAR_PRIM_ARGSORT] = onnx_emit_index,
  [TELAR_PRIM_FILL] = onnx_emit_shape,
  [TELAR_PRIM_IOTA] = onnx_emit_shape,
  [TELAR_PRIM_RESHAPE] = onnx_emit_shape,
  [TELAR_PRIM_TRANSPOSE] = onnx_emit_shape,
  [TELAR_PRIM_BROADCAST] = onnx_emit_shape,
  [TELAR_PRIM_SLICE] = onnx_emit_shape,
  [TELAR_PRIM_PAD] = onnx_emit_shape,
  [TELAR_PRIM_CONCAT] = onnx_emit_shape,
  [TELAR_PRIM_REVERSE] = onnx_emit_shape,
  [TELAR_PRIM_SUM] = onnx_emit_reduce,
  [TELAR_PRIM_MEAN] = onnx_emit_reduce,
  [TELAR_PRIM_MAX] = onnx_emit_reduce,
  [TELAR_PRIM_MIN] = onnx_emit_reduce,
  [TELAR_PRIM_PROD] = onnx_emit_reduce,
  [TELAR_PRIM_ARGMAX] = onnx_emit_reduce,
  [TELAR_PRIM_ARGMIN] = onnx_emit_reduce,
  [TELAR_PRIM_CUMSUM] = onnx_emit_reduce,
  [TELAR_PRIM_MATMUL] = onnx_emit_product,
  [TELAR_PRIM_CONV] = onnx_emit_product,
  [TELAR_PRIM_CONV_INPUT_GRAD] = onnx_emit_product,
  [TELAR_PRIM_MAX_POOL] = onnx_emit_product,
  [TELAR_PRIM_AVG_POOL] = onnx_emit_product,
  [TELAR_PRIM_SOFTMAX] = onnx_emit_norm,
  [TELAR_PRIM_LOG_SOFTMAX] = onnx_emit_norm,
  [TELAR_PRIM_BATCH_NORM] = onnx_emit_norm,
  [TELAR_PRIM_LAYER_NORM] = onnx_emit_norm,
};

gboolean
onnx_emit_instr (OnnxExport *e, const TelarInstr *instr, GError **error)
{
  OnnxEmitter emit = direct[instr->prim] ? emit_direct : emitters[instr->prim];
  if (emit && emit (e, instr))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, instr->origin,
                   "the primitive %s cannot be exported to ONNX's operator set %d",
                   telar_prim_info (instr->prim)->name, e->opset);
  return FALSE;
}
