/* Bits of whole numbers in ONNX. */
#include "engine/exchange/onnx-export.h"

static const char *const names[TELAR_N_PRIMS] = {
  [TELAR_PRIM_BIT_AND] = "BitwiseAnd",
  [TELAR_PRIM_BIT_OR] = "BitwiseOr",
  [TELAR_PRIM_BIT_XOR] = "BitwiseXor",
  [TELAR_PRIM_BIT_NOT] = "BitwiseNot",
};

static const char *
cast (OnnxExport *e, const TelarInstr *instr, const char *x, TelarDType to)
{
  const char *result;
  OnnxNode *node = onnx_step (e, instr, "Cast", ONNX_INPUTS (x), &result);
  onnx_node_int (e->model, node, "to", onnx_dtype (to));
  return result;
}

static const char *
shift (OnnxExport *e, const TelarInstr *instr, const char *direction, const char *x, const char *by)
{
  const char *result;
  OnnxNode *node = onnx_step (e, instr, "BitShift", ONNX_INPUTS (x, by), &result);
  onnx_node_text (e->model, node, "direction", direction);
  return result;
}

/* The type without a sign in which ONNX shifts: ONNX Runtime has none of 16 bits. */
static TelarDType
shifted_type (TelarDType dtype)
{
  switch (telar_dtype_size (dtype)) {
  case 1:
    return TELAR_U8;
  case 8:
    return TELAR_U64;
  default:
    return TELAR_U32;
  }
}

/* Where @negative, -1 - @x, which has all bits the other way round; the operator for that came
 * late. */
static const char *
turn_negative (OnnxExport *e, const TelarInstr *instr, const char *negative, const char *x)
{
  const char *base = onnx_base (instr), *turned, *result;
  const char *all = onnx_model_scalar (e->model, base, onnx_output_type (e, instr)->dtype, -1);
  onnx_step (e, instr, "Sub", ONNX_INPUTS (all, x), &turned);
  onnx_step (e, instr, "Where", ONNX_INPUTS (negative, turned, x), &result);
  return result;
}

/* ONNX shifts numbers without a sign alone. To the right the sign must move in: the bits of
 * negative numbers are turned before and after. */
static gboolean
emit_shift (OnnxExport *e, const TelarInstr *instr)
{
  TelarDType dtype = onnx_output_type (e, instr)->dtype, type = shifted_type (dtype);
  gboolean left = instr->prim == TELAR_PRIM_SHIFT_LEFT, turns = !left;
  const char *x = onnx_input (e, instr, 0), *y = onnx_input (e, instr, 1), *negative = NULL;
  const char *base = onnx_base (instr), *shifted;
  turns = turns && !telar_dtype_is_unsigned (dtype);
  if (turns) {
    onnx_step (e, instr, "Less", ONNX_INPUTS (x, onnx_model_scalar (e->model, base, dtype, 0)),
               &negative);
    x = turn_negative (e, instr, negative, x);
  }
  x = cast (e, instr, x, type);
  y = cast (e, instr, y, type);
  shifted = cast (e, instr, shift (e, instr, left ? "LEFT" : "RIGHT", x, y), dtype);
  if (turns)
    shifted = turn_negative (e, instr, negative, shifted);
  onnx_result (e, instr, "Identity", ONNX_INPUTS (shifted));
  return TRUE;
}

/* --- before operator set 18 ------------------------------------------------------------------- */

/* Bits stand in two rows of 32 at the end, because ONNX Runtime adds more than 53 inexactly. */
enum { ROWS = 2, ROW = 32 };

/* @row · i + @column · k as [2, 32], [32] or [2]. */
static const char *
places (OnnxExport *e, const TelarInstr *instr, gint64 row, gint64 column)
{
  TelarShape shape = telar_shape (row ? ROWS : ROW, ROW);
  gint64 n = row ? ROWS : 1, m = column ? ROW : 1;
  shape.rank = row && column ? 2 : 1;
  g_autoptr (TelarTensor) numbers = telar_tensor_new (TELAR_U64, &shape);
  for (gint64 i = 0; i < n; i++)
    for (gint64 k = 0; k < m; k++)
      telar_tensor_set (numbers, (gsize)(i * m + k), (double)(i * row + k * column));
  return onnx_model_constant (e->model, onnx_base (instr), numbers);
}

static const char *
remainder_of_two (OnnxExport *e, const TelarInstr *instr, const char *x)
{
  const char *two = onnx_model_scalar (e->model, onnx_base (instr), TELAR_U64, 2), *result;
  onnx_step (e, instr, "Mod", ONNX_INPUTS (x, two), &result);
  return result;
}

/* The bits of input @i as 0 and 1. */
static const char *
take_apart (OnnxExport *e, const TelarInstr *instr, guint i)
{
  gint64 last[] = { -2, -1 };
  const char *x = cast (e, instr, onnx_input (e, instr, i), TELAR_U64), *apart;
  onnx_step (e, instr, "Unsqueeze",
             ONNX_INPUTS (x, onnx_model_ints (e->model, onnx_base (instr), last, 2)), &apart);
  return remainder_of_two (e, instr, shift (e, instr, "RIGHT", apart, places (e, instr, ROW, 1)));
}

static const char *
pick_row (OnnxExport *e, const TelarInstr *instr, const char *rows, gint64 row)
{
  const char *place = onnx_model_scalar (e->model, onnx_base (instr), TELAR_I64, (double)row);
  const char *result;
  OnnxNode *node = onnx_step (e, instr, "Gather", ONNX_INPUTS (rows, place), &result);
  onnx_node_int (e->model, node, "axis", -1);
  return result;
}

/* The numbers that have these bits. */
static void
put_together (OnnxExport *e, const TelarInstr *instr, const char *bits)
{
  gint64 last = -1;
  const char *base = onnx_base (instr), *rows, *sum;
  bits = cast (e, instr, shift (e, instr, "LEFT", bits, places (e, instr, 0, 1)), TELAR_I64);
  OnnxNode *node = onnx_step (
      e, instr, "ReduceSum", ONNX_INPUTS (bits, onnx_model_ints (e->model, base, &last, 1)), &rows);
  onnx_node_int (e->model, node, "keepdims", 0);
  rows = shift (e, instr, "LEFT", cast (e, instr, rows, TELAR_U64), places (e, instr, ROW, 0));
  onnx_step (e, instr, "Add",
             ONNX_INPUTS (pick_row (e, instr, rows, 0), pick_row (e, instr, rows, 1)), &sum);
  node = onnx_result (e, instr, "Cast", ONNX_INPUTS (sum));
  onnx_node_int (e->model, node, "to", onnx_dtype (onnx_output_type (e, instr)->dtype));
}

/* Bit by bit: both, either, or just one. */
static void
emit_apart (OnnxExport *e, const TelarInstr *instr)
{
  const char *x = take_apart (e, instr, 0), *y = take_apart (e, instr, 1), *bits;
  const char *op = instr->prim == TELAR_PRIM_BIT_AND  ? "Mul"
                   : instr->prim == TELAR_PRIM_BIT_OR ? "Max"
                                                      : "Add";
  onnx_step (e, instr, op, ONNX_INPUTS (x, y), &bits);
  if (instr->prim == TELAR_PRIM_BIT_XOR)
    bits = remainder_of_two (e, instr, bits);
  put_together (e, instr, bits);
}

static void
emit_not (OnnxExport *e, const TelarInstr *instr)
{
  const char *all = onnx_model_scalar (e->model, onnx_base (instr), TELAR_I64, -1), *turned;
  onnx_step (e, instr, "Sub",
             ONNX_INPUTS (all, cast (e, instr, onnx_input (e, instr, 0), TELAR_I64)), &turned);
  OnnxNode *node = onnx_result (e, instr, "Cast", ONNX_INPUTS (turned));
  onnx_node_int (e->model, node, "to", onnx_dtype (onnx_output_type (e, instr)->dtype));
}

/* --- all of them ------------------------------------------------------------------------------ */

gboolean
onnx_emit_bits (OnnxExport *e, const TelarInstr *instr)
{
  const char *inputs[2] = { onnx_input (e, instr, 0) };
  if (!names[instr->prim])
    return emit_shift (e, instr);
  if (e->opset < 18) {
    if (instr->n_inputs == 1)
      emit_not (e, instr);
    else
      emit_apart (e, instr);
    return TRUE;
  }
  if (instr->n_inputs == 2)
    inputs[1] = onnx_input (e, instr, 1);
  onnx_result (e, instr, names[instr->prim], inputs, instr->n_inputs);
  return TRUE;
}
