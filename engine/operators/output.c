/* What a model gives: each output node names one result of the program. */
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

static void
lower_output (TelarLowering *l)
{
  telar_lower_result (l, l->node->id, telar_lower_input (l, 0));
}

static const TelarOperator output = {
  .name = "output",
  .label = N_ ("Output"),
  .category = TELAR_CATEGORY_OUTPUT,
  .doc = N_ ("A result of the model: predictions and exported files name it by the node's name."),
  .inputs = telar_ports_in,
  .outputs = TELAR_NO_PORTS,
  .lower = lower_output,
  .examples = TELAR_EXAMPLES ("f32[2,3]"),
};

const TelarOperator *const telar_operators_output[] = { &output, NULL };
