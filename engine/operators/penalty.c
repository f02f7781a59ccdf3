/* Regularisers that look at what flows through a wire. Those of weights are settings of every layer
 * (graph-learning.c). */
#include "engine/operators/families.h"
#include "engine/operators/loss.h"

/* @x goes on as it is. */
static void
lower_activity_penalty (TelarLowering *l)
{
  double l1 = telar_lower_real (l, "l1"), l2 = telar_lower_real (l, "l2");
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type), cost;

  telar_lower_output (l, 0, x);
  if (x == TELAR_NO_VALUE)
    return;
  cost = add (l, scale (l, telar_build_unary (l->b, TELAR_PRIM_ABS, x), l1),
              scale (l, square (l, x), l2));
  if (type.shape.rank > 1)
    cost = telar_emit_reduce_from (l, TELAR_PRIM_SUM, cost, 1, FALSE);
  telar_lower_loss (l, telar_emit_mean (l, cost));
}

static const TelarOperator activity_penalty = {
  .name = "activity_penalty",
  .label = N_ ("Activity penalty"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Passes on what it is given, and adds to the loss what its numbers cost: their sizes "
             "(L1), which makes most of them zero, or their squares (L2), which keeps them small."),
  .formula = "y = x; loss: mean over the batch of Σ l1·|x| + l2·x²",
  .onnx = "Identity",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      TELAR_PARAM_AMOUNT ("l1", "L1", "0.0001", 0, 1e6, "What a number of size 1 costs."),
      TELAR_PARAM_AMOUNT ("l2", "L2", "0", 0, 1e6, "What the square of a number of size 1 costs.")),
  .lower = lower_activity_penalty,
  .examples = TELAR_EXAMPLES ("f32[4,6] l1=0.3", "f32[2,3,4] l1=0 l2=0.2", "f32[5] l1=0.1 l2=0.1"),
};

const TelarOperator *const telar_operators_penalty[] = { &activity_penalty, NULL };
