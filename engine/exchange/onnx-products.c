/* Products and pools in ONNX. The simplified program has channels first, as ONNX wants them. */
#include "engine/exchange/onnx-export.h"

/* --- biases ----------------------------------------------------------------------------------- */

static const TelarInstr *
maker_of (const OnnxExport *e, TelarValue value)
{
  return telar_program_maker (e->program, value, NULL);
}

static gboolean
is_matrix_product (const OnnxExport *e, const TelarInstr *instr)
{
  return instr->prim == TELAR_PRIM_MATMUL && instr->n_inputs == 2 &&
         onnx_input_type (e, instr, 0)->shape.rank == 2 &&
         onnx_input_type (e, instr, 1)->shape.rank == 2;
}

/* Whether @value, added to @product, is one number per column or channel; *@bias receives the value
 * of shape [columns] or [channels]. */
static gboolean
is_bias (const OnnxExport *e, const TelarInstr *product, TelarValue value, TelarValue *bias)
{
  const TelarShape *out = &onnx_output_type (e, product)->shape;
  const TelarInstr *maker = maker_of (e, value);
  const TelarShape *shape = &telar_program_type (e->program, value)->shape;
  *bias = value;
  if (is_matrix_product (e, product))
    return shape->rank == 1 && shape->dims[0] == out->dims[1] && maker->prim == TELAR_PRIM_STATE;
  if ((product->prim != TELAR_PRIM_CONV && product->prim != TELAR_PRIM_CONV_INPUT_GRAD) ||
      product->n_inputs != 2 || maker->prim != TELAR_PRIM_RESHAPE || shape->rank != out->rank - 1)
    return FALSE;
  const TelarShape *flat = &onnx_input_type (e, maker, 0)->shape;
  *bias = maker->inputs[0];
  return flat->rank == 1 && flat->dims[0] == out->dims[1] && shape->dims[0] == out->dims[1] &&
         maker_of (e, *bias)->prim == TELAR_PRIM_STATE;
}

void
onnx_find_biases (OnnxExport *e)
{
  for (guint i = 0; i < telar_program_n_instrs (e->program); i++) {
    const TelarInstr *sum = telar_program_instr (e->program, i);
    for (guint side = 0; sum->prim == TELAR_PRIM_ADD && side < 2; side++) {
      const TelarInstr *product = maker_of (e, sum->inputs[side]);
      TelarValue added = sum->inputs[1 - side], bias;
      if (e->uses[sum->inputs[side]] != 1 || !is_bias (e, product, added, &bias))
        continue;
      OnnxBias *entry = g_new (OnnxBias, 1);
      *entry = (OnnxBias){ product, bias };
      g_hash_table_insert (e->biases, (gpointer)sum, entry);
      g_hash_table_add (e->absorbed, (gpointer)product);
      if (added != bias && e->uses[added] == 1)
        g_hash_table_add (e->absorbed, (gpointer)maker_of (e, added));
      break;
    }
  }
}

/* --- matrix product --------------------------------------------------------------------------- */

static gboolean
is_set (const TelarInstr *instr, TelarAttrKey key)
{
  return telar_instr_int (instr, key, 0) != 0;
}

/* Transposes input @i's last two axes. The product has the layer's name: it has the weights. */
static const char *
transposed (OnnxExport *e, const TelarInstr *instr, guint i)
{
  guint rank = onnx_input_type (e, instr, i)->shape.rank;
  gint64 perm[TELAR_MAX_RANK];
  g_autofree char *base = g_strconcat (onnx_base (instr), "_turned", NULL);
  const char *output = onnx_model_name (e->model, base);
  for (guint axis = 0; axis < rank; axis++)
    perm[axis] = axis;
  perm[rank - 1] = rank - 2;
  perm[rank - 2] = rank - 1;
  OnnxNode *node = onnx_model_node (e->model, "Transpose", output,
                                    ONNX_INPUTS (onnx_input (e, instr, i)), output);
  onnx_node_ints (e->model, node, "perm", perm, rank);
  onnx_document (e, instr->origin, node);
  return output;
}

/* Gemm where there is a bias or a transposition of plain matrices, MatMul otherwise. */
static void
emit_gemm (OnnxExport *e, const TelarInstr *product, const char *bias, const TelarInstr *result)
{
  const char *inputs[] = { onnx_input (e, product, 0), onnx_input (e, product, 1), bias };
  OnnxNode *node = onnx_result (e, result, "Gemm", inputs, bias ? 3 : 2);
  onnx_node_int (e->model, node, "transA", is_set (product, TELAR_ATTR_TRANS_A));
  onnx_node_int (e->model, node, "transB", is_set (product, TELAR_ATTR_TRANS_B));
}

static void
emit_matmul (OnnxExport *e, const TelarInstr *instr)
{
  gboolean a = is_set (instr, TELAR_ATTR_TRANS_A), b = is_set (instr, TELAR_ATTR_TRANS_B);
  if ((a || b) && is_matrix_product (e, instr)) {
    emit_gemm (e, instr, NULL, instr);
    return;
  }
  const char *x = a ? transposed (e, instr, 0) : onnx_input (e, instr, 0);
  const char *y = b ? transposed (e, instr, 1) : onnx_input (e, instr, 1);
  onnx_result (e, instr, "MatMul", ONNX_INPUTS (x, y));
}

/* --- windows ---------------------------------------------------------------------------------- */

/* Strides, pads and dilations over @n axes. */
static void
copy_window (OnnxExport *e, const TelarInstr *instr, OnnxNode *node, guint n)
{
  onnx_copy_ints (e, instr, node, "strides", TELAR_ATTR_STRIDE, n, 1);
  onnx_copy_ints (e, instr, node, "pads", TELAR_ATTR_PAD, 2 * n, 0);
}

static void
emit_conv (OnnxExport *e, const TelarInstr *conv, const char *bias, const TelarInstr *result)
{
  const TelarShape *w = &onnx_input_type (e, conv, 1)->shape;
  const char *inputs[] = { onnx_input (e, conv, 0), onnx_input (e, conv, 1), bias };
  OnnxNode *node = onnx_result (e, result, "Conv", inputs, bias ? 3 : 2);
  onnx_node_ints (e->model, node, "kernel_shape", w->dims + 2, w->rank - 2);
  copy_window (e, conv, node, w->rank - 2);
  onnx_copy_ints (e, conv, node, "dilations", TELAR_ATTR_DILATION, w->rank - 2, 1);
  onnx_node_int (e->model, node, "group", telar_instr_int (conv, TELAR_ATTR_GROUPS, 1));
}

/* What the windows leave over at the high side is ONNX's output_padding. */
static void
emit_conv_transpose (OnnxExport *e, const TelarInstr *instr, const char *bias,
                     const TelarInstr *result)
{
  const TelarShape *x = &onnx_input_type (e, instr, 0)->shape;
  const TelarShape *w = &onnx_input_type (e, instr, 1)->shape;
  const TelarShape *y = &onnx_output_type (e, instr)->shape;
  guint n = w->rank - 2;
  gint64 left[TELAR_MAX_RANK];
  for (guint i = 0; i < n; i++) {
    gint64 span = telar_instr_item (instr, TELAR_ATTR_DILATION, i, 1) * (w->dims[i + 2] - 1) + 1;
    gint64 covered = (x->dims[i + 2] - 1) * telar_instr_item (instr, TELAR_ATTR_STRIDE, i, 1) +
                     span - telar_instr_item (instr, TELAR_ATTR_PAD, i, 0) -
                     telar_instr_item (instr, TELAR_ATTR_PAD, n + i, 0);
    left[i] = y->dims[i + 2] - covered;
  }
  const char *inputs[] = { onnx_input (e, instr, 0), onnx_input (e, instr, 1), bias };
  OnnxNode *node = onnx_result (e, result, "ConvTranspose", inputs, bias ? 3 : 2);
  onnx_node_ints (e->model, node, "kernel_shape", w->dims + 2, n);
  copy_window (e, instr, node, n);
  onnx_copy_ints (e, instr, node, "dilations", TELAR_ATTR_DILATION, n, 1);
  onnx_node_ints (e->model, node, "output_padding", left, n);
  onnx_node_int (e->model, node, "group", telar_instr_int (instr, TELAR_ATTR_GROUPS, 1));
}

static void
emit_pool (OnnxExport *e, const TelarInstr *instr)
{
  guint n = onnx_input_type (e, instr, 0)->shape.rank - 2;
  gboolean largest = instr->prim == TELAR_PRIM_MAX_POOL;
  OnnxNode *node = onnx_result (e, instr, largest ? "MaxPool" : "AveragePool",
                                ONNX_INPUTS (onnx_input (e, instr, 0)));
  onnx_copy_ints (e, instr, node, "kernel_shape", TELAR_ATTR_KERNEL, n, 1);
  copy_window (e, instr, node, n);
  if (largest)
    onnx_copy_ints (e, instr, node, "dilations", TELAR_ATTR_DILATION, n, 1);
  else
    onnx_node_int (e->model, node, "count_include_pad", is_set (instr, TELAR_ATTR_COUNT_PAD));
}

/* --- all of them ------------------------------------------------------------------------------ */

gboolean
onnx_emit_product (OnnxExport *e, const TelarInstr *instr)
{
  if (is_set (instr, TELAR_ATTR_LAYOUT) || telar_instr_attr (instr, TELAR_ATTR_ACTIVATION))
    return FALSE;
  if (instr->prim == TELAR_PRIM_MAX_POOL || instr->prim == TELAR_PRIM_AVG_POOL) {
    emit_pool (e, instr);
    return TRUE;
  }
  if (instr->n_inputs != 2)
    return FALSE;
  if (instr->prim == TELAR_PRIM_MATMUL)
    emit_matmul (e, instr);
  else if (instr->prim == TELAR_PRIM_CONV)
    emit_conv (e, instr, NULL, instr);
  else
    emit_conv_transpose (e, instr, NULL, instr);
  return TRUE;
}

gboolean
onnx_emit_biased (OnnxExport *e, const OnnxBias *bias, const TelarInstr *sum)
{
  const char *name = e->names[bias->bias];
  if (is_set (bias->product, TELAR_ATTR_LAYOUT) ||
      telar_instr_attr (bias->product, TELAR_ATTR_ACTIVATION))
    return FALSE;
  if (bias->product->prim == TELAR_PRIM_MATMUL)
    emit_gemm (e, bias->product, name, sum);
  else if (bias->product->prim == TELAR_PRIM_CONV)
    emit_conv (e, bias->product, name, sum);
  else
    emit_conv_transpose (e, bias->product, name, sum);
  return TRUE;
}
