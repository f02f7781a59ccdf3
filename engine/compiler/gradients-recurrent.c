/* Gradients of recurrent layers (Werbos: "Backpropagation through time", 1990). The kernel goes
 * back through the steps; the gradients of weights and biases are one product and one sum over all
 * steps, behind it. */
#include "engine/compiler/gradients.h"

static gint64
is_reverse (const TelarAdjoint *a)
{
  return telar_instr_int (a->instr, TELAR_ATTR_REVERSE, 0);
}

/* The gradient of output @i, zeros when there is none. */
static TelarValue
gradient_or_zeros (TelarAdjoint *a, guint i)
{
  return a->grads[i] != TELAR_NO_VALUE
             ? a->grads[i]
             : telar_build_fill (a->b, telar_builder_type (a->b, a->outputs[i]), 0);
}

/* The states [N, T, H] that the steps begin with, from those that they end with. */
static TelarValue
states_before (TelarAdjoint *a, TelarValue first, TelarValue all)
{
  TelarShape shape = adjoint_shape (a, all);
  gint64 steps = shape.dims[1];
  gboolean reverse = is_reverse (a) != 0;
  TelarValue parts[2];

  shape.dims[1] = 1;
  first = telar_build_reshape (a->b, first, &shape);
  if (steps == 1)
    return first;
  parts[reverse ? 1 : 0] = first;
  parts[reverse ? 0 : 1] =
      telar_build_slice (a->b, all, 1, reverse ? 1 : 0, reverse ? steps : steps - 1);
  return telar_build_concat (a->b, parts, 2, 1);
}

/* From the gradient of w·h of all steps, [N, T, G·H]. */
static void
give_weights (TelarAdjoint *a, TelarValue drecurred, TelarValue before)
{
  if (a->wanted[1])
    adjoint_give (a, 1,
                  telar_build_matmul (a->b, adjoint_flatten_rows (a, drecurred),
                                      adjoint_flatten_rows (a, before), TRUE, FALSE));
}

static gboolean
wants_kept (TelarAdjoint *a, guint output)
{
  if (a->grads[output] == TELAR_NO_VALUE)
    return FALSE;
  telar_builder_fail (a->b, "%s keeps its output %u for the gradient alone",
                      telar_prim_info (a->instr->prim)->name, output);
  return TRUE;
}

void
telar_gradient_lstm (TelarAdjoint *a)
{
  TelarValue inputs[] = {
    a->outputs[0], a->outputs[2], a->inputs[1], a->inputs[3], gradient_or_zeros (a, 1), a->grads[2]
  };
  TelarAttr attrs[] = { TELAR_INT (REVERSE, is_reverse (a)) };

  if (wants_kept (a, 0))
    return;
  TelarValue dx = telar_build (a->b, TELAR_PRIM_LSTM_GRAD, inputs,
                               a->grads[2] == TELAR_NO_VALUE ? 5 : 6, attrs, 1);
  if (dx == TELAR_NO_VALUE)
    return;
  adjoint_give (a, 0, dx);
  adjoint_give (a, 2, dx + 1);
  adjoint_give (a, 3, dx + 2);
  give_weights (a, dx, states_before (a, a->inputs[2], a->outputs[1]));
}

void
telar_gradient_gru (TelarAdjoint *a)
{
  TelarValue inputs[] = { a->outputs[0], a->outputs[1], a->inputs[1],
                          a->inputs[3],  a->outputs[2], gradient_or_zeros (a, 2) };
  TelarAttr attrs[] = { TELAR_INT (REVERSE, is_reverse (a)) };

  if (wants_kept (a, 0) || wants_kept (a, 1))
    return;
  TelarValue dx = telar_build (a->b, TELAR_PRIM_GRU_GRAD, inputs, G_N_ELEMENTS (inputs), attrs, 1);
  if (dx == TELAR_NO_VALUE)
    return;
  adjoint_give (a, 0, dx);
  adjoint_give (a, 2, dx + 1);
  adjoint_give (a, 3, dx + 2);
  give_weights (a, dx + 1, states_before (a, a->inputs[3], a->outputs[2]));
}
