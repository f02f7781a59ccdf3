/* Products of vectors and matrices. */
#include "engine/operators/families.h"
#include "engine/operators/operands.h"

static void
lower_matmul (TelarLowering *l)
{
  TelarType a, b;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &a);
  TelarValue y = telar_lower_float (l, 1, 2, TELAR_MAX_RANK, &b);

  telar_lower_output (l, 0,
                      telar_build_matmul (l->b, x, y, telar_lower_bool (l, "transpose_a"),
                                          telar_lower_bool (l, "transpose_b")));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define PAIR TELAR_PORTS_PAIR

static const TelarOperator matmul_operator = {
  .name = "matmul",
  .label = N_ ("Matrix product"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Multiplies matrices that stand in the last two axes, one product for each of the "
             "axes before them."),
  .formula = "y[…,i,j] = Σ a[…,i,k]·b[…,k,j]",
  .onnx = "MatMul",
  .inputs = PAIR ("The left matrices.", "The right matrices."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_FLAG ("transpose_a", "Transpose a", "false",
                                            "Exchanges rows and columns of a first."),
                          TELAR_PARAM_FLAG ("transpose_b", "Transpose b", "false",
                                            "Exchanges rows and columns of b first.")),
  .lower = lower_matmul,
  .examples = TELAR_EXAMPLES ("f32[2,3,4] f32[2,4,5]", "f32[2,3,4] f32[2,5,4] transpose_b=true",
                              "f32[2,4,3] f32[2,4,2] transpose_a=true"),
};

const TelarOperator *const telar_operators_product[] = {
  &matmul_operator,
  NULL,
};
