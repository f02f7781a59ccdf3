/* Operators that pick numbers by their places. */
#include "engine/operators/families.h"
#include "engine/operators/operands.h"

static void
lower_one_hot (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK - 1, &type);
  TelarAttr dtype = { .key = TELAR_ATTR_DTYPE, .integer = TELAR_F32 };

  x = telar_lower_as (l, x, TELAR_I64);
  telar_lower_output (l, 0,
                      telar_emit (l->b, ONE_HOT, ((TelarValue[]){ x }),
                                  TELAR_INT (SIZE, telar_lower_int (l, "size")), dtype));
}

/* --- entries ---------------------------------------------------------------------------------- */

static const TelarOperator one_hot_operator = {
  .name = "one_hot",
  .label = N_ ("One hot"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Turns each whole number into a row of zeros with a one in its place; numbers outside "
             "give zeros."),
  .formula = "y[…,j] = 1 where j = x[…], else 0",
  .onnx = "OneHot",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "size",
      .label = N_ ("Size"),
      .kind = TELAR_PARAM_INT,
      .fallback = "10",
      .minimum = 1,
      .maximum = TELAR_SIZE_LIMIT,
      .doc = N_ ("Length of each row: the number of classes."),
      .prominent = TRUE,
  }),
  .lower = lower_one_hot,
  .examples = TELAR_EXAMPLES ("i64[4]<10", "i64[2,3]<5 size=5"),
};

const TelarOperator *const telar_operators_index[] = {
  &one_hot_operator,
  NULL,
};
