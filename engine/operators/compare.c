/* Comparison, logic and choice: what gives truth values and what takes them. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/operands.h"

/* --- comparison ------------------------------------------------------------------------------- */

/* a > b is b < a. */
typedef struct {
  TelarPrim prim;
  gboolean swapped, negated;
} Comparison;

static void
lower_comparison (TelarLowering *l, Comparison comparison)
{
  TelarValue a = telar_lower_input (l, comparison.swapped ? 1 : 0);
  TelarValue b = telar_lower_input (l, comparison.swapped ? 0 : 1);
  gboolean truths = comparison.prim == TELAR_PRIM_EQUAL &&
                    telar_lower_type (l, a).dtype == TELAR_BOOL &&
                    telar_lower_type (l, b).dtype == TELAR_BOOL;
  TelarValue result = truths ? telar_build_binary (l->b, TELAR_PRIM_EQUAL, a, b)
                             : telar_lower_combine (l, comparison.prim, a, b);

  if (comparison.negated)
    result = telar_build_unary (l->b, TELAR_PRIM_NOT, result);
  telar_lower_output (l, 0, result);
}

#define COMPARISON(name, PRIM, swapped, negated)                                                   \
  static void lower_##name (TelarLowering *l)                                                      \
  {                                                                                                \
    lower_comparison (l, (Comparison){ TELAR_PRIM_##PRIM, swapped, negated });                     \
  }
/* clang-format off */
COMPARISON (equal, EQUAL, FALSE, FALSE)
COMPARISON (not_equal, EQUAL, FALSE, TRUE)
COMPARISON (less, LESS, FALSE, FALSE)
COMPARISON (less_equal, LESS_EQUAL, FALSE, FALSE)
COMPARISON (greater, LESS, TRUE, FALSE)
COMPARISON (greater_equal, LESS_EQUAL, TRUE, FALSE)
/* clang-format on */

static void
lower_is_nan (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0, telar_build_unary (l->b, TELAR_PRIM_ISNAN, x));
}

static void
lower_is_inf (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 0, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0,
                      telar_emit_is_inf (l->b, x, telar_lower_bool (l, "positive"),
                                         telar_lower_bool (l, "negative")));
}

/* --- logic ------------------------------------------------------------------------------------ */

/* Numbers other than 0 are true. */
static TelarValue
read_truth (TelarLowering *l, guint port)
{
  return telar_lower_as (l, telar_lower_input (l, port), TELAR_BOOL);
}

static void
lower_and (TelarLowering *l)
{
  telar_lower_output (
      l, 0, telar_build_binary (l->b, TELAR_PRIM_AND, read_truth (l, 0), read_truth (l, 1)));
}

static void
lower_or (TelarLowering *l)
{
  telar_lower_output (
      l, 0, telar_build_binary (l->b, TELAR_PRIM_OR, read_truth (l, 0), read_truth (l, 1)));
}

static void
lower_xor (TelarLowering *l)
{
  telar_lower_output (l, 0, telar_emit_xor (l->b, read_truth (l, 0), read_truth (l, 1)));
}

static void
lower_not (TelarLowering *l)
{
  telar_lower_output (l, 0, telar_build_unary (l->b, TELAR_PRIM_NOT, read_truth (l, 0)));
}

static void
choose (TelarLowering *l, TelarValue condition)
{
  TelarValue x = telar_lower_input (l, 1), y = telar_lower_input (l, 2);

  if (telar_lower_type (l, x).dtype != telar_lower_type (l, y).dtype) {
    TelarDType dtype = telar_lower_common (l, x, y);
    x = telar_lower_as (l, x, dtype);
    y = telar_lower_as (l, y, dtype);
  }
  telar_lower_output (l, 0, telar_build_select (l->b, condition, x, y));
}

static void
lower_where (TelarLowering *l)
{
  choose (l, read_truth (l, 0));
}

/* Both sides are there already; the primitive picks: @condition has one truth value for all or one
 * for each place along the first axis. */
static void
lower_if (TelarLowering *l)
{
  TelarValue condition = read_truth (l, 0);
  TelarShape shape = telar_lower_type (l, condition).shape;
  guint x = telar_lower_type (l, telar_lower_input (l, 1)).shape.rank;
  guint y = telar_lower_type (l, telar_lower_input (l, 2)).shape.rank;

  for (guint i = 1; i < shape.rank; i++)
    if (shape.dims[i] != 1) {
      telar_lower_fail (l, "the condition must be one truth value, or one for each sample; where "
                           "takes more");
      return;
    }
  for (guint i = shape.rank; shape.rank > 0 && i < MAX (x, y); i++)
    shape.dims[i] = 1;
  shape.rank = shape.rank > 0 ? MAX (MAX (x, y), 1) : 0;
  choose (l, telar_build_reshape (l->b, condition, &shape));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define PAIR TELAR_PORTS_PAIR ("The left side.", "The right side.")

/* clang-format off */
#define SIMPLE(A)                                                                                  \
  A (equal, "Equal", "y = a = b", "Equal", PAIR, "Tells where a and b are the same.",              \
     "i64[3,4]<3 i64[3,4]<3", "f32[2,3] i64[2,1]<2")                                               \
  A (not_equal, "Not equal", "y = a ≠ b", "Equal, Not", PAIR, "Tells where a and b differ.",       \
     "i64[3,4]<3 i64[3,4]<3")                                                                      \
  A (less, "Less", "y = a < b", "Less", PAIR, "Tells where a is less than b.",                     \
     "f32[3,4] f32[3,4]", "f32[2,3,4] f32[2,1,4]", "i64[3,4]<4 i64[3,4]<4")                        \
  A (less_equal, "Less or equal", "y = a ≤ b", "LessOrEqual", PAIR,                                \
     "Tells where a is not more than b.", "i64[3,4]<4 i64[3,4]<4")                                 \
  A (greater, "Greater", "y = a > b", "Less", PAIR, "Tells where a is more than b.",               \
     "f32[3,4] f32[3,4]", "i64[3,4]<4 i64[3,4]<4")                                                 \
  A (greater_equal, "Greater or equal", "y = a ≥ b", "LessOrEqual", PAIR,                          \
     "Tells where a is not less than b.", "i64[3,4]<4 i64[3,4]<4")                                 \
  A (and, "And", "y = a ∧ b", "And", PAIR, "True where both sides are; numbers other than 0 are "  \
     "true.", "bool[3,4] bool[3,4]", "i64[3,4]<2 bool[3,1]")                                       \
  A (or, "Or", "y = a ∨ b", "Or", PAIR, "True where one side is or both are; numbers other than "  \
     "0 are true.", "bool[3,4] bool[3,4]")                                                         \
  A (xor, "Exclusive or", "y = a ≠ b", "Equal, Not", PAIR, "True where exactly one side is; "      \
     "numbers other than 0 are true.", "bool[3,4] bool[3,4]")                                      \
  A (not, "Not", "y = ¬x", "Not", telar_ports_in, "Turns true into false and false into true.",    \
     "bool[3,4]", "i64[3,4]<2")                                                                    \
  A (is_nan, "Is not a number", "y = x ≠ x", "IsNaN", telar_ports_in,                              \
     "Tells where a computation failed and left no number.", "f32[3,4]")                           \
  A (where, "Where", "y = condition ? a : b", "Where",                                             \
     TELAR_PORTS ({ .name = "condition", .kind = TELAR_PORT_TENSOR,                                \
                    .doc = N_ ("What decides; numbers other than 0 are true.") },                  \
                  { .name = "a", .kind = TELAR_PORT_TENSOR,                                        \
                    .doc = N_ ("Taken where the condition is true.") },                            \
                  { .name = "b", .kind = TELAR_PORT_TENSOR,                                        \
                    .doc = N_ ("Taken where it is false.") }),                                     \
     "Takes each number from a or from b, as the condition says; all three broadcast.",            \
     "bool[3,4] f32[3,4] f32[3,4]", "i64[2,1,4]<2 f32[2,3,4] f32[2,3,1]",                          \
     "bool[2,3] f32[2,3] i64[2,3]<5")                                                              \
  A (if, "If", "y = condition ? then : else", "Where",                                             \
     TELAR_PORTS ({ .name = "condition", .kind = TELAR_PORT_TENSOR,                                \
                    .doc = N_ ("What decides: a truth value or number for all or for "       \
                                 "each sample.") },                                                \
                  { .name = "then", .kind = TELAR_PORT_TENSOR,                                     \
                    .doc = N_ ("The result where the condition is true.") },                       \
                  { .name = "else", .kind = TELAR_PORT_TENSOR,                                     \
                    .doc = N_ ("The result where it is false.") }),                                \
     "One branch or the other, as a whole. Both are computed; gradients flow into the one that "   \
     "was taken.",                                                                                 \
     "bool[3] f32[3,4] f32[3,4]", "i64[2,1]<2 f32[2,3,4] f32[2,3,1]")
/* clang-format on */
SIMPLE (TELAR_PLAIN_OPERATOR)

static const TelarOperator is_inf_operator = {
  .name = "is_inf",
  .label = N_ ("Is infinite"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Tells where numbers have grown beyond all bounds."),
  .formula = "y = |x| = ∞",
  .onnx = "IsInf",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      TELAR_PARAM_FLAG ("positive", "Positive", "true", "Whether to look for positive infinity."),
      TELAR_PARAM_FLAG ("negative", "Negative", "true", "Whether to look for negative infinity.")),
  .lower = lower_is_inf,
  .examples = TELAR_EXAMPLES ("f32[3,4]:-1e39..1e39", "f32[3,4]:-1e39..1e39 negative=false"),
};

const TelarOperator *const telar_operators_compare[] = {
  &equal_operator,      &not_equal_operator, &less_operator,
  &less_equal_operator, &greater_operator,   &greater_equal_operator,
  &and_operator,        &or_operator,        &xor_operator,
  &not_operator,        &is_nan_operator,    &is_inf_operator,
  &where_operator,      &if_operator,        NULL,
};
