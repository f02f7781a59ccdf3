/* Products of vectors and matrices. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/operands.h"

/* Both inputs as floats of one type with at least @least axes; FALSE where a value is missing. */
static gboolean
read_pair (TelarLowering *l, guint least, TelarValue *x, TelarValue *y)
{
  TelarType a, b;
  TelarDType dtype;

  *x = telar_lower_float (l, 0, least, TELAR_MAX_RANK, &a);
  *y = telar_lower_float (l, 1, least, TELAR_MAX_RANK, &b);
  dtype = telar_lower_common (l, *x, *y);
  *x = telar_lower_as (l, *x, dtype);
  *y = telar_lower_as (l, *y, dtype);
  return *x != TELAR_NO_VALUE && *y != TELAR_NO_VALUE;
}

static void
lower_matmul (TelarLowering *l)
{
  gboolean transpose_a = telar_lower_bool (l, "transpose_a");
  gboolean transpose_b = telar_lower_bool (l, "transpose_b");
  TelarValue x, y;

  if (!read_pair (l, transpose_a || transpose_b ? 2 : 1, &x, &y))
    return;
  telar_lower_output (l, 0,
                      transpose_a || transpose_b
                          ? telar_build_matmul (l->b, x, y, transpose_a, transpose_b)
                          : telar_emit_matmul (l->b, x, y));
}

static void
lower_outer (TelarLowering *l)
{
  TelarValue x, y;

  if (read_pair (l, 1, &x, &y))
    telar_lower_output (l, 0, telar_emit_outer (l->b, x, y));
}

static void
lower_dot (TelarLowering *l)
{
  TelarValue x, y;

  if (read_pair (l, 1, &x, &y))
    telar_lower_output (l, 0, telar_emit_dot (l->b, x, y));
}

static void
lower_einsum (TelarLowering *l)
{
  guint n = telar_lower_n_inputs (l, 0);
  g_autofree TelarValue *values = g_new (TelarValue, n + 1);

  for (guint i = 0; i < n; i++) {
    values[i] = telar_lower_input_at (l, 0, i);
    if (!telar_dtype_is_float (telar_lower_type (l, values[i]).dtype))
      values[i] = telar_build_cast (l->b, values[i], TELAR_F32);
  }
  telar_lower_output (l, 0, telar_emit_einsum (l->b, telar_lower_text (l, "equation"), values, n));
}

static void
lower_det (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0, telar_emit_determinant (l->b, x));
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

/* clang-format off */
#define SIMPLE(A)                                                                                  \
  A (outer, "Outer product", "y[…,i,j] = a[…,i]·b[…,j]", "Mul",                                    \
     PAIR ("The vectors that give the rows.", "The vectors that give the columns."),               \
     "Multiplies each number of one vector by each of another, sample by sample.",                 \
     "f32[2,3] f32[2,4]", "f32[2,3,2] f32[2,3,4]")                                                 \
  A (dot, "Dot product", "y[…] = Σ a[…,i]·b[…,i]", "Mul, ReduceSum",                               \
     PAIR ("The first vectors.", "The second vectors."),                                           \
     "Multiplies vectors number by number and adds up, sample by sample: how far they point the "  \
     "same way.",                                                                                  \
     "f32[2,3] f32[2,3]", "f32[2,3,4] f32[2,1,4]")                                                 \
  A (det, "Determinant", "y[…] = det x[…,:,:]", "Det", telar_ports_in,                             \
     "Gives the determinant of square matrices, which stand in the last two axes: by what the "    \
     "volume of a body grows under them.",                                                         \
     "f32[2,4,4]", "f32[2,3,1,1]", "f32[3,2,2]", "f32[1,7,7]:-1..1")
/* clang-format on */
SIMPLE (TELAR_PLAIN_OPERATOR)

static const TelarOperator einsum_operator = {
  .name = "einsum",
  .label = N_ ("Einstein sum"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Multiplies tensors whose axes have letters: axes of the same letter go together, and "
             "what the result does not name is added up."),
  .formula = "equation, as NumPy's einsum reads it",
  .onnx = "Transpose, Reshape, MatMul",
  .inputs = TELAR_PORTS ({
      .name = "in",
      .kind = TELAR_PORT_TENSOR,
      .repeated = TRUE,
      .doc = N_ ("The factors, in the order of the equation."),
  }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "equation",
      .label = N_ ("Equation"),
      .kind = TELAR_PARAM_TEXT,
      .fallback = "nij,njk->nik",
      .doc = N_ ("A term of letters for each factor, an arrow, and the letters of the result; "
                 "three dots stand for further axes."),
      .prominent = TRUE,
  }),
  .lower = lower_einsum,
  .examples = TELAR_EXAMPLES ("f32[2,3,4] f32[2,4,5]", "f32[2,3] f32[2,3] equation=ni,ni->n",
                              "f32[2,3,3] equation=nii->ni", "f32[3,2,4] equation=n...->...n",
                              "f32[2,2,3,4] f32[2,2,5,4] equation=bhqd,bhkd->bhqk",
                              "f32[2,3] f32[2,4] f32[2,3] equation=na,nb,na->b"),
};

const TelarOperator *const telar_operators_product[] = {
  &matmul_operator, &einsum_operator, &outer_operator, &dot_operator, &det_operator, NULL,
};
