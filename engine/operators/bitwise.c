/* Whole numbers bit by bit. */
#include "engine/operators/families.h"
#include "engine/operators/operands.h"

/* The whole numbers at @port; fractions and truth values are refused. */
static TelarValue
read_whole (TelarLowering *l, guint port)
{
  TelarValue x = telar_lower_input (l, port);
  TelarDType dtype = telar_lower_type (l, x).dtype;

  if (x == TELAR_NO_VALUE || telar_dtype_is_integer (dtype))
    return x;
  telar_lower_fail (l, "works on the bits of whole numbers, not on %s; cast them first",
                    telar_dtype_name (dtype));
  return TELAR_NO_VALUE;
}

static void
lower_pair (TelarLowering *l, TelarPrim prim)
{
  TelarValue a = read_whole (l, 0), b = read_whole (l, 1);

  if (a != TELAR_NO_VALUE && b != TELAR_NO_VALUE)
    telar_lower_output (l, 0, telar_lower_combine (l, prim, a, b));
}

static void
lower_bitwise_and (TelarLowering *l)
{
  lower_pair (l, TELAR_PRIM_BIT_AND);
}

static void
lower_bitwise_or (TelarLowering *l)
{
  lower_pair (l, TELAR_PRIM_BIT_OR);
}

static void
lower_bitwise_xor (TelarLowering *l)
{
  lower_pair (l, TELAR_PRIM_BIT_XOR);
}

static void
lower_bitwise_not (TelarLowering *l)
{
  telar_lower_output (l, 0, telar_build_unary (l->b, TELAR_PRIM_BIT_NOT, read_whole (l, 0)));
}

static void
lower_bit_shift (TelarLowering *l)
{
  gboolean left = g_str_equal (telar_lower_text (l, "direction"), "left");

  lower_pair (l, left ? TELAR_PRIM_SHIFT_LEFT : TELAR_PRIM_SHIFT_RIGHT);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define PAIR TELAR_PORTS_PAIR ("Whole numbers.", "Whole numbers.")

/* clang-format off */
#define SIMPLE(A)                                                                                  \
  A (bitwise_and, "Bitwise and", "yᵢ = aᵢ ∧ bᵢ for each bit i", "BitwiseAnd", PAIR,                \
     "Keeps the bits that both whole numbers have set.",                                           \
     "i64[3,4]:-99..99 i64[3,4]:-99..99", "i32[2,3,4]<999 i32[2,1,4]<999")                           \
  A (bitwise_or, "Bitwise or", "yᵢ = aᵢ ∨ bᵢ for each bit i", "BitwiseOr", PAIR,                   \
     "Sets the bits that one of the whole numbers has set, or both.",                              \
     "i64[3,4]:-99..99 i64[3,4]:-99..99", "i64[2,3]<999 i64[2,1]<999")                             \
  A (bitwise_xor, "Bitwise exclusive or", "yᵢ = aᵢ ≠ bᵢ for each bit i", "BitwiseXor", PAIR,       \
     "Sets the bits in which the whole numbers differ.",                                           \
     "i64[3,4]:-99..99 i64[3,4]:-99..99", "i64[2,3]<999 i64[2,1]<999")                             \
  A (bitwise_not, "Bitwise not", "yᵢ = ¬xᵢ for each bit i", "BitwiseNot", telar_ports_in,          \
     "Turns every bit of a whole number; gives -1 - x.",                                           \
     "i64[3,4]:-99..99", "i32[5]<999")
/* clang-format on */
SIMPLE (TELAR_PLAIN_OPERATOR)

static const TelarOperator bit_shift_operator = {
  .name = "bit_shift",
  .label = N_ ("Shift of bits"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Moves the bits of whole numbers: each place to the left doubles a number, each place "
             "to the right halves it and rounds down."),
  .formula = "y = a·2^b, or ⌊a/2^b⌋",
  .onnx = "BitShift",
  .inputs = TELAR_PORTS_PAIR ("The numbers whose bits move.", "By how many places, 0 or more."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "direction",
      .label = N_ ("Direction"),
      .kind = TELAR_PARAM_CHOICE,
      .fallback = "left",
      .choices = TELAR_CHOICES ("left", "right"),
      .doc = N_ ("Where the bits go; those that leave the number are lost."),
      .prominent = TRUE,
  }),
  .lower = lower_bit_shift,
  .examples = TELAR_EXAMPLES ("i64[3,4]:-99..99 i64[3,4]<9",
                              "i64[3,4]:-999..999 i64[3,4]<12 direction=right",
                              "i32[2,3]<999 i32[2,1]<9 direction=right"),
};

const TelarOperator *const telar_operators_bitwise[] = {
  &bitwise_and_operator, &bitwise_or_operator, &bitwise_xor_operator,
  &bitwise_not_operator, &bit_shift_operator,  NULL,
};
