/* Arithmetic, element by element, with NumPy's broadcasting; products of matrices; types. */
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

/* @x as @dtype, for operands that must agree. */
static TelarValue
as_type (TelarLowering *l, TelarValue x, TelarDType dtype)
{
  if (x == TELAR_NO_VALUE || telar_lower_type (l, x).dtype == dtype)
    return x;
  return telar_build_cast (l->b, x, dtype);
}

/* Two operands of different types: the float's, float32 when neither is one. */
static TelarDType
common_type (TelarLowering *l, TelarValue x, TelarValue y)
{
  TelarDType a = telar_lower_type (l, x).dtype, b = telar_lower_type (l, y).dtype;

  if (a == b)
    return a == TELAR_BOOL ? TELAR_F32 : a;
  if (telar_dtype_is_float (a) && !telar_dtype_is_float (b))
    return a;
  if (telar_dtype_is_float (b) && !telar_dtype_is_float (a))
    return b;
  return TELAR_F32;
}

static TelarValue
combine (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y)
{
  TelarDType dtype = common_type (l, x, y);

  return telar_build_binary (l->b, prim, as_type (l, x, dtype), as_type (l, y, dtype));
}

/* --- any number of operands ------------------------------------------------------------------- */

static void
lower_fold (TelarLowering *l, TelarPrim prim)
{
  guint n = telar_lower_n_inputs (l, 0);
  TelarValue result = telar_lower_input_at (l, 0, 0);

  for (guint i = 1; i < n; i++)
    result = combine (l, prim, result, telar_lower_input_at (l, 0, i));
  telar_lower_output (l, 0, result);
}

static void
lower_add (TelarLowering *l)
{
  lower_fold (l, TELAR_PRIM_ADD);
}

static void
lower_multiply (TelarLowering *l)
{
  lower_fold (l, TELAR_PRIM_MUL);
}

static void
lower_maximum (TelarLowering *l)
{
  lower_fold (l, TELAR_PRIM_MAXIMUM);
}

static void
lower_minimum (TelarLowering *l)
{
  lower_fold (l, TELAR_PRIM_MINIMUM);
}

/* --- two operands ----------------------------------------------------------------------------- */

static void
lower_subtract (TelarLowering *l)
{
  telar_lower_output (
      l, 0, combine (l, TELAR_PRIM_SUB, telar_lower_input (l, 0), telar_lower_input (l, 1)));
}

static void
lower_divide (TelarLowering *l)
{
  TelarType a, b;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &a);
  TelarValue y = telar_lower_float (l, 1, 0, TELAR_MAX_RANK, &b);

  telar_lower_output (l, 0, combine (l, TELAR_PRIM_DIV, x, y));
}

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

/* --- one operand ------------------------------------------------------------------------------ */

/* Whole numbers keep their type under these. */
static void
lower_unary (TelarLowering *l, TelarPrim prim, gboolean to_float)
{
  TelarType type;
  TelarValue x = to_float ? telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type)
                          : telar_lower_ranked (l, 0, 0, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0, telar_build_unary (l->b, prim, x));
}

static void
lower_negate (TelarLowering *l)
{
  lower_unary (l, TELAR_PRIM_NEG, FALSE);
}

static void
lower_abs (TelarLowering *l)
{
  lower_unary (l, TELAR_PRIM_ABS, FALSE);
}

static void
lower_exp (TelarLowering *l)
{
  lower_unary (l, TELAR_PRIM_EXP, TRUE);
}

static void
lower_log (TelarLowering *l)
{
  lower_unary (l, TELAR_PRIM_LOG, TRUE);
}

static void
lower_sqrt (TelarLowering *l)
{
  lower_unary (l, TELAR_PRIM_SQRT, TRUE);
}

static void
lower_square (TelarLowering *l)
{
  TelarValue x = telar_lower_input (l, 0);

  telar_lower_output (l, 0, telar_build_binary (l->b, TELAR_PRIM_MUL, x, x));
}

static void
lower_power (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);

  telar_lower_output (
      l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_POW, x, telar_lower_real (l, "exponent")));
}

static void
lower_clip (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);
  double least = telar_lower_real (l, "minimum"), most = telar_lower_real (l, "maximum");

  if (least > most) {
    telar_lower_fail (l, "minimum is %g and must not exceed maximum, which is %g", least, most);
    return;
  }
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, x, least);
  telar_lower_output (l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, x, most));
}

static void
lower_scale (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);
  double factor = telar_lower_real (l, "factor"), offset = telar_lower_real (l, "offset");

  if (factor != 1)
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, factor);
  if (offset != 0)
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, offset);
  telar_lower_output (l, 0, x);
}

static const char *const cast_choices[] = { "f32", "f64", "i32", "i64", "u8", "bool", NULL };

static void
lower_cast (TelarLowering *l)
{
  TelarDType dtype = TELAR_F32;

  telar_dtype_from_name (telar_lower_text (l, "type"), &dtype);
  telar_lower_output (l, 0, telar_build_cast (l->b, telar_lower_input (l, 0), dtype));
}

static void
lower_one_hot (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK - 1, &type);
  TelarAttr dtype = { .key = TELAR_ATTR_DTYPE, .integer = TELAR_F32 };

  x = as_type (l, x, TELAR_I64);
  telar_lower_output (l, 0,
                      telar_emit (l->b, ONE_HOT, ((TelarValue[]){ x }),
                                  TELAR_INT (SIZE, telar_lower_int (l, "size")), dtype));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define REPEATED                                                                                   \
  TELAR_PORTS ({ .name = "in",                                                                     \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .repeated = TRUE,                                                                 \
                 .doc = N_ ("Tensors whose shapes agree or broadcast.") })
#define PAIR(first, second)                                                                        \
  TELAR_PORTS ({ .name = "a", .kind = TELAR_PORT_TENSOR, .doc = N_ (first) },                      \
               { .name = "b", .kind = TELAR_PORT_TENSOR, .doc = N_ (second) })
#define REAL(param, text, value, words)                                                            \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_REAL, .fallback = value,                \
    .doc = N_ (words), .prominent = TRUE,                                                          \
  }
#define FLAG(param, text, words)                                                                   \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_BOOL, .fallback = "false",              \
    .doc = N_ (words),                                                                             \
  }

/* name, label, formula, ONNX, ports, doc, examples: operators without parameters. */
/* clang-format off */
#define SIMPLE(A)                                                                                  \
  A (add, "Add", "y = x₁ + x₂ + …", "Add", REPEATED,                                               \
     "Adds its inputs element by element; joins the branches of a residual network.",              \
     "f32[2,3] f32[2,3]", "f32[2,3,4] f32[2,1,4] f32[2,3,1]", "f32[3,2] i64[3,2]<5")               \
  A (subtract, "Subtract", "y = a - b", "Sub",                                                     \
     PAIR ("What is subtracted from.", "What is subtracted."), "Subtracts b from a.",              \
     "f32[2,3] f32[2,3]", "f32[2,3,4] f32[2,1,4]")                                                 \
  A (multiply, "Multiply", "y = x₁·x₂·…", "Mul", REPEATED,                                         \
     "Multiplies its inputs element by element, as a gate or an attention mask does.",             \
     "f32[2,3] f32[2,3]", "f32[2,3,4] f32[2,3,1] f32[2,1,4]")                                      \
  A (divide, "Divide", "y = a/b", "Div", PAIR ("What is divided.", "What it is divided by."),      \
     "Divides a by b element by element.",                                                         \
     "f32[2,3] f32[2,3]:0.5..2", "f32[2,3,4] f32[2,1,4]:1..2")                                     \
  A (maximum, "Maximum", "y = max(x₁, x₂, …)", "Max", REPEATED,                                    \
     "Takes the largest of its inputs, element by element.",                                       \
     "f32[2,3] f32[2,3]", "f32[2,3] f32[2,3] f32[2,1]")                                            \
  A (minimum, "Minimum", "y = min(x₁, x₂, …)", "Min", REPEATED,                                    \
     "Takes the smallest of its inputs, element by element.",                                      \
     "f32[2,3] f32[2,3]", "f32[2,3] f32[2,3] f32[2,1]")                                            \
  A (negate, "Negate", "y = -x", "Neg", telar_ports_in, "Turns the sign.", "f32[2,3]")             \
  A (abs, "Absolute value", "y = |x|", "Abs", telar_ports_in, "Drops the sign.", "f32[2,3]")       \
  A (exp, "Exponential", "y = exp(x)", "Exp", telar_ports_in, "Raises e to each number.",          \
     "f32[2,3]")                                                                                   \
  A (log, "Logarithm", "y = ln(x)", "Log", telar_ports_in,                                         \
     "Takes the natural logarithm; the numbers must be positive.", "f32[2,3]:0.2..4")              \
  A (sqrt, "Square root", "y = √x", "Sqrt", telar_ports_in,                                        \
     "Takes the square root; the numbers must not be negative.", "f32[2,3]:0.2..4")                \
  A (square, "Square", "y = x²", "Mul", telar_ports_in, "Multiplies each number by itself.",       \
     "f32[2,3]")

#define DEFINE(NAME, text, rule, becomes, ports, words, ...)                                       \
  static const TelarOperator NAME##_operator = {                                                   \
    .name = #NAME, .label = N_ (text), .category = TELAR_CATEGORY_MATH, .doc = N_ (words),         \
    .formula = rule, .onnx = becomes, .inputs = ports, .outputs = telar_ports_out,                 \
    .lower = lower_##NAME, .examples = TELAR_EXAMPLES (__VA_ARGS__),                               \
  };
/* clang-format on */
SIMPLE (DEFINE)

static const TelarOperator power_operator = {
  .name = "power",
  .label = N_ ("Power"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Raises each number to a fixed power; with a broken exponent the numbers must not be "
             "negative."),
  .formula = "y = x^exponent",
  .onnx = "Pow",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (REAL ("exponent", "Exponent", "2", "The power.")),
  .lower = lower_power,
  .examples = TELAR_EXAMPLES ("f32[2,3] exponent=3", "f32[2,3]:0.2..3 exponent=0.5"),
};

static const TelarOperator clip_operator = {
  .name = "clip",
  .label = N_ ("Clip"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Cuts numbers off below minimum and above maximum."),
  .formula = "y = min(max(x, minimum), maximum)",
  .onnx = "Clip",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (REAL ("minimum", "Minimum", "0", "The smallest result."),
                          REAL ("maximum", "Maximum", "1", "The largest result.")),
  .lower = lower_clip,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5] minimum=-1 maximum=0.5"),
};

static const TelarOperator scale_operator = {
  .name = "scale",
  .label = N_ ("Scale"),
  .category = TELAR_CATEGORY_MATH,
  .doc =
      N_ ("Multiplies by a factor and adds an offset; brings pixels from 0 … 255 to 0 … 1 with a "
          "factor of 0.00392157 = 1/255."),
  .formula = "y = x·factor + offset",
  .onnx = "Mul, Add",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (REAL ("factor", "Factor", "1", "What each number is multiplied by."),
                          REAL ("offset", "Offset", "0", "What is added afterwards.")),
  .lower = lower_scale,
  .examples = TELAR_EXAMPLES ("f32[2,3] factor=0.5 offset=-1", "u8[2,4]<256 factor=0.00392157"),
};

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
  .params =
      TELAR_PARAMS (FLAG ("transpose_a", "Transpose a", "Exchanges rows and columns of a first."),
                    FLAG ("transpose_b", "Transpose b", "Exchanges rows and columns of b first.")),
  .lower = lower_matmul,
  .examples = TELAR_EXAMPLES ("f32[2,3,4] f32[2,4,5]", "f32[2,3,4] f32[2,5,4] transpose_b=true",
                              "f32[2,4,3] f32[2,4,2] transpose_a=true"),
};

static const TelarOperator cast_operator = {
  .name = "cast",
  .label = N_ ("Cast"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Converts the numbers to another type; a conversion to whole numbers drops the "
             "fraction."),
  .onnx = "Cast",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "type",
      .label = N_ ("Type"),
      .kind = TELAR_PARAM_CHOICE,
      .fallback = "f32",
      .choices = cast_choices,
      .doc = N_ ("The type of the result."),
      .prominent = TRUE,
  }),
  .lower = lower_cast,
  .examples = TELAR_EXAMPLES ("i64[2,3]<9", "f32[2,3]:-9..9 type=i64"),
};

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

const TelarOperator *const telar_operators_arithmetic[] = {
  &add_operator,
  &subtract_operator,
  &multiply_operator,
  &divide_operator,
  &maximum_operator,
  &minimum_operator,
  &scale_operator,
  &negate_operator,
  &abs_operator,
  &exp_operator,
  &log_operator,
  &sqrt_operator,
  &square_operator,
  &power_operator,
  &clip_operator,
  &matmul_operator,
  &cast_operator,
  &one_hot_operator,
  NULL,
};
