/* Arithmetic of two and more tensors, element by element, with NumPy's broadcasting; types. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/operands.h"

/* --- any number of operands ------------------------------------------------------------------- */

static void
lower_fold (TelarLowering *l, TelarPrim prim)
{
  guint n = telar_lower_n_inputs (l, 0);
  TelarValue result = telar_lower_input_at (l, 0, 0);

  for (guint i = 1; i < n; i++)
    result = telar_lower_combine (l, prim, result, telar_lower_input_at (l, 0, i));
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
      l, 0,
      telar_lower_combine (l, TELAR_PRIM_SUB, telar_lower_input (l, 0), telar_lower_input (l, 1)));
}

static void
lower_divide (TelarLowering *l)
{
  TelarType a, b;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &a);
  TelarValue y = telar_lower_float (l, 1, 0, TELAR_MAX_RANK, &b);

  telar_lower_output (l, 0, telar_lower_combine (l, TELAR_PRIM_DIV, x, y));
}

/* Both inputs in the type where they meet. */
static void
read_pair (TelarLowering *l, TelarValue *x, TelarValue *y)
{
  TelarDType dtype;

  *x = telar_lower_input (l, 0);
  *y = telar_lower_input (l, 1);
  dtype = telar_lower_common (l, *x, *y);
  *x = telar_lower_as (l, *x, dtype);
  *y = telar_lower_as (l, *y, dtype);
}

/* The division of whole numbers has none. */
static TelarValue
drop_fraction (TelarLowering *l, TelarValue x)
{
  return telar_dtype_is_float (telar_lower_type (l, x).dtype) ? telar_emit_trunc (l->b, x) : x;
}

static void
lower_floor_div (TelarLowering *l)
{
  TelarValue x, y;

  read_pair (l, &x, &y);
  if (g_str_equal (telar_lower_text (l, "rounding"), "down"))
    telar_lower_output (l, 0, telar_emit_floor_div (l->b, x, y));
  else
    telar_lower_output (l, 0, drop_fraction (l, telar_build_binary (l->b, TELAR_PRIM_DIV, x, y)));
}

static void
lower_mod (TelarLowering *l)
{
  gboolean fmod = g_str_equal (telar_lower_text (l, "sign"), "dividend");
  TelarValue x, y;

  read_pair (l, &x, &y);
  telar_lower_output (l, 0, telar_emit_mod (l->b, x, y, fmod));
}

static void
lower_pow (TelarLowering *l)
{
  telar_lower_output (l, 0,
                      telar_emit_pow (l->b, telar_lower_input (l, 0), telar_lower_input (l, 1)));
}

static void
lower_atan2 (TelarLowering *l)
{
  TelarType a, b;
  TelarValue y = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &a);
  TelarValue x = telar_lower_float (l, 1, 0, TELAR_MAX_RANK, &b);
  TelarDType dtype = telar_lower_common (l, y, x);

  telar_lower_output (
      l, 0, telar_emit_atan2 (l->b, telar_lower_as (l, y, dtype), telar_lower_as (l, x, dtype)));
}

/* --- types ------------------------------------------------------------------------------------ */

static void
lower_cast (TelarLowering *l)
{
  TelarDType dtype = TELAR_F32;

  telar_dtype_from_name (telar_lower_text (l, "type"), &dtype);
  telar_lower_output (l, 0, telar_build_cast (l->b, telar_lower_input (l, 0), dtype));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define REPEATED                                                                                   \
  TELAR_PORTS ({ .name = "in",                                                                     \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .repeated = TRUE,                                                                 \
                 .doc = N_ ("Tensors whose shapes agree or broadcast.") })
#define PAIR TELAR_PORTS_PAIR

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
     "f32[2,3] f32[2,3]", "f32[2,3] f32[2,3] f32[2,1]")                                 \
  A (pow, "Power of two tensors", "y = a^b", "Pow", PAIR ("The base.", "The exponent."),           \
     "Raises a to the power b, element by element, in the type of a; with broken exponents a "     \
     "must not be negative.",                                                                      \
     "f32[2,3]:0.5..2 f32[2,3]", "f32[2,3,4]:0.5..2 f32[2,1,4]", "f32[2,3] i64[2,3]<4")            \
  A (atan2, "Angle", "y = atan2(a, b)", "Atan",                                                    \
     PAIR ("The coordinate upwards.", "The coordinate to the right."),                             \
     "Gives the angle of the point (b, a) as seen from the origin, from -π to π.",                 \
     "f32[4,5] f32[4,5]", "f32[2,3,4] f32[2,1,4]")
/* clang-format on */
SIMPLE (TELAR_PLAIN_OPERATOR)

static const TelarOperator floor_div_operator = {
  .name = "floor_div",
  .label = N_ ("Whole quotient"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Divides a by b and rounds down to a whole number."),
  .formula = "y = ⌊a/b⌋",
  .onnx = "Floor, Div",
  .inputs = PAIR ("What is divided.", "What it is divided by."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "rounding",
      .label = N_ ("Rounding"),
      .kind = TELAR_PARAM_CHOICE,
      .fallback = "down",
      .choices = TELAR_CHOICES ("down", "zero"),
      .doc = N_ ("down as in Python; zero drops what is behind the point, as in C."),
  }),
  .lower = lower_floor_div,
  .examples = TELAR_EXAMPLES (
      "f32[2,3] f32[2,3]:0.5..2", "i64[2,4]:-9..9 i64[2,4]:1..4", "i64[3,2]<9 f32[3,2]:1..3",
      "i64[2,4]:-9..9 i64[2,4]:1..4 rounding=zero", "f32[2,3] f32[2,3]:0.5..2 rounding=zero"),
};

static const TelarOperator mod_operator = {
  .name = "mod",
  .label = N_ ("Remainder"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Gives what remains when a is divided by b."),
  .formula = "y = a - b·⌊a/b⌋",
  .onnx = "Mod",
  .inputs = PAIR ("What is divided.", "What it is divided by."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "sign",
      .label = N_ ("Sign"),
      .kind = TELAR_PARAM_CHOICE,
      .fallback = "divisor",
      .choices = TELAR_CHOICES ("divisor", "dividend"),
      .doc = N_ ("Whose sign the result has: divisor as in Python, dividend as in C."),
      .prominent = TRUE,
  }),
  .lower = lower_mod,
  .examples = TELAR_EXAMPLES ("f32[2,3] f32[2,3]:0.5..2", "f32[2,3] f32[2,3]:0.5..2 sign=dividend",
                              "i64[2,4]:-9..9 i64[2,4]:1..4", "f32[2,3]:1..4 f32[2,1]:-2..-1"),
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
      .choices = telar_dtype_choices,
      .doc = N_ ("The type of the result."),
      .prominent = TRUE,
  }),
  .lower = lower_cast,
  .examples = TELAR_EXAMPLES ("i64[2,3]<9", "f32[2,3]:-9..9 type=i64", "i64[2,3]<3 type=bool"),
};

const TelarOperator *const telar_operators_arithmetic[] = {
  &add_operator,     &subtract_operator, &multiply_operator,  &divide_operator,
  &maximum_operator, &minimum_operator,  &floor_div_operator, &mod_operator,
  &pow_operator,     &atan2_operator,    &cast_operator,      NULL,
};
