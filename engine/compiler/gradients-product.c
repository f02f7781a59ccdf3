/* Gradients of matrix products, convolutions and pools. The three kinds of convolution are each
 * other's gradients, so that transposed convolutions train as well. */
#include "engine/compiler/gradients.h"

/* --- matrix product ----------------------------------------------------------------------------
 */

TelarValue
adjoint_flatten_rows (TelarAdjoint *a, TelarValue x)
{
  TelarShape shape = adjoint_shape (a, x), rows = { .rank = shape.rank - 1 };
  gint64 count;
  for (guint i = 0; i < rows.rank; i++)
    rows.dims[i] = shape.dims[i];
  if (!telar_shape_count (&rows, &count))
    return TELAR_NO_VALUE;
  TelarShape flat = telar_shape (count, shape.dims[shape.rank - 1]);
  return telar_build_reshape (a->b, x, &flat);
}

static void
give_right (TelarAdjoint *a, TelarValue x, TelarValue dy, gboolean trans_x, gboolean trans_y)
{
  gboolean weights = adjoint_shape (a, a->inputs[1]).rank == 2;
  if (weights && adjoint_shape (a, x).rank > 2 && !trans_x) {
    x = adjoint_flatten_rows (a, x);
    dy = adjoint_flatten_rows (a, dy);
  }
  adjoint_give (a, 1,
                trans_y ? telar_build_matmul (a->b, dy, x, TRUE, trans_x)
                        : telar_build_matmul (a->b, x, dy, !trans_x, FALSE));
}

/* y = op (x) op (z): d op (x) = dy op (z)ᵀ, d op (z) = op (x)ᵀ dy; batch axes that were broadcast
 * are summed. */
void
telar_gradient_matmul (TelarAdjoint *a)
{
  TelarValue x = a->inputs[0], z = a->inputs[1], dy = a->grads[0];
  gboolean trans_x = telar_instr_int (a->instr, TELAR_ATTR_TRANS_A, 0) != 0;
  gboolean trans_z = telar_instr_int (a->instr, TELAR_ATTR_TRANS_B, 0) != 0;
  if (a->instr->n_inputs > 2 || telar_instr_attr (a->instr, TELAR_ATTR_ACTIVATION) != NULL) {
    telar_builder_fail (a->b, "matmul with an epilogue arises only after differentiation");
    return;
  }
  if (a->wanted[0])
    adjoint_give (a, 0,
                  trans_x ? telar_build_matmul (a->b, z, dy, trans_z, TRUE)
                          : telar_build_matmul (a->b, dy, z, FALSE, !trans_z));
  if (a->wanted[1])
    give_right (a, x, dy, trans_x, trans_z);
}

/* --- windows -----------------------------------------------------------------------------------
 */

enum { MOST_WINDOW_ATTRS = 12 };

/* Emits @prim with the window attributes of the instruction, and the shape of @like when given. */
static TelarValue
window (TelarAdjoint *a, TelarPrim prim, const TelarValue *inputs, guint n_inputs, TelarValue like)
{
  static const TelarAttrKey kept[] = { TELAR_ATTR_STRIDE,   TELAR_ATTR_PAD,    TELAR_ATTR_DILATION,
                                       TELAR_ATTR_KERNEL,   TELAR_ATTR_GROUPS, TELAR_ATTR_LAYOUT,
                                       TELAR_ATTR_COUNT_PAD };
  G_STATIC_ASSERT (G_N_ELEMENTS (kept) < MOST_WINDOW_ATTRS);
  TelarAttr attrs[MOST_WINDOW_ATTRS];
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    const TelarAttr *attr = telar_instr_attr (a->instr, kept[i]);
    if (attr != NULL)
      attrs[n++] = *attr;
  }
  TelarShape shape;
  if (like != TELAR_NO_VALUE) {
    shape = adjoint_shape (a, like);
    attrs[n++] = TELAR_INTS (SHAPE, shape.dims, shape.rank);
  }
  return telar_build (a->b, prim, inputs, n_inputs, attrs, n);
}

#define WINDOW(a, PRIM, like, ...)                                                                 \
  window (a, TELAR_PRIM_##PRIM, ((TelarValue[]){ __VA_ARGS__ }),                                   \
          sizeof ((TelarValue[]){ __VA_ARGS__ }) / sizeof (TelarValue), like)

void
telar_gradient_conv (TelarAdjoint *a)
{
  TelarValue x = a->inputs[0], w = a->inputs[1], dy = a->grads[0];
  if (a->instr->n_inputs > 2 || telar_instr_attr (a->instr, TELAR_ATTR_ACTIVATION) != NULL) {
    telar_builder_fail (a->b, "conv with an epilogue arises only after differentiation");
    return;
  }
  if (a->wanted[0])
    a->results[0] = WINDOW (a, CONV_INPUT_GRAD, x, dy, w);
  if (a->wanted[1])
    a->results[1] = WINDOW (a, CONV_WEIGHT_GRAD, w, x, dy);
}

/* u = conv_input_grad (v, w) is linear in both; its adjoint in v is the convolution itself. */
void
telar_gradient_conv_input_grad (TelarAdjoint *a)
{
  TelarValue v = a->inputs[0], w = a->inputs[1], du = a->grads[0];
  if (a->wanted[0])
    a->results[0] = WINDOW (a, CONV, TELAR_NO_VALUE, du, w);
  if (a->wanted[1])
    a->results[1] = WINDOW (a, CONV_WEIGHT_GRAD, w, du, v);
}

void
telar_gradient_conv_weight_grad (TelarAdjoint *a)
{
  TelarValue x = a->inputs[0], v = a->inputs[1], du = a->grads[0];
  if (a->wanted[0])
    a->results[0] = WINDOW (a, CONV_INPUT_GRAD, x, v, du);
  if (a->wanted[1])
    a->results[1] = WINDOW (a, CONV, TELAR_NO_VALUE, x, du);
}

void
telar_gradient_max_pool (TelarAdjoint *a)
{
  a->results[0] =
      WINDOW (a, MAX_POOL_GRAD, TELAR_NO_VALUE, a->inputs[0], a->outputs[0], a->grads[0]);
}

void
telar_gradient_avg_pool (TelarAdjoint *a)
{
  a->results[0] = WINDOW (a, AVG_POOL_GRAD, a->inputs[0], a->grads[0]);
}

void
telar_gradient_avg_pool_grad (TelarAdjoint *a)
{
  a->results[0] = WINDOW (a, AVG_POOL, TELAR_NO_VALUE, a->grads[0]);
}
