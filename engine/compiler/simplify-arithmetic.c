/* Rewrite rules of elementwise primitives and of products. */
#include "engine/compiler/simplify.h"

#include <math.h>

static TelarValue
unary (const TelarMatch *m, TelarPrim prim, TelarValue x)
{
  return telar_simplify_build (m->b, prim, &x, 1, NULL, 0);
}

static TelarValue
binary (const TelarMatch *m, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_simplify_build (m->b, prim, (TelarValue[]){ x, y }, 2, NULL, 0);
}

/* --- neutral elements ----------------------------------------------------------------------- */

/* x·1, x+0 in either order. */
static TelarValue
drop_neutral (const TelarMatch *m, double neutral)
{
  for (guint i = 0; i < 2; i++)
    if (telar_match_is_number (m, m->in[1 - i], neutral))
      return telar_match_widen (m, m->in[i]);
  return TELAR_NO_VALUE;
}

static TelarValue
add_zero (const TelarMatch *m)
{
  return drop_neutral (m, 0);
}

static TelarValue
mul_one (const TelarMatch *m)
{
  return drop_neutral (m, 1);
}

static TelarValue
sub_zero (const TelarMatch *m)
{
  return telar_match_is_number (m, m->in[1], 0) ? telar_match_widen (m, m->in[0]) : TELAR_NO_VALUE;
}

static TelarValue
div_one (const TelarMatch *m)
{
  return telar_match_is_number (m, m->in[1], 1) ? telar_match_widen (m, m->in[0]) : TELAR_NO_VALUE;
}

static TelarValue
pow_one (const TelarMatch *m)
{
  return div_one (m);
}

/* Integers have no NaN: x·0 is 0. */
static TelarValue
mul_zero (const TelarMatch *m)
{
  if (!telar_dtype_is_integer (m->type->dtype) ||
      !(telar_match_is_number (m, m->in[0], 0) || telar_match_is_number (m, m->in[1], 0)))
    return TELAR_NO_VALUE;
  return telar_build_fill (m->b, m->type, 0);
}

/* --- cheaper forms -------------------------------------------------------------------------- */

static TelarValue
pow_two (const TelarMatch *m)
{
  TelarValue x;

  if (!telar_match_is_number (m, m->in[1], 2))
    return TELAR_NO_VALUE;
  x = telar_match_widen (m, m->in[0]);
  return binary (m, TELAR_PRIM_MUL, x, x);
}

/* Exact only where the divisor is a power of two, so only there. */
static TelarValue
div_power_of_two (const TelarMatch *m)
{
  double divisor;
  int exponent;

  if (!telar_dtype_is_float (m->type->dtype) || !telar_match_uniform (m, m->in[1], &divisor) ||
      !isnormal (divisor) || fabs (frexp (divisor, &exponent)) != 0.5)
    return TELAR_NO_VALUE;
  return binary (m, TELAR_PRIM_MUL, telar_match_widen (m, m->in[0]),
                 telar_match_scalar (m, 1 / divisor));
}

/* (x·c)·d = x·(cd) for floating-point scalars. */
static TelarValue
mul_chain (const TelarMatch *m)
{
  if (!telar_dtype_is_float (m->type->dtype))
    return TELAR_NO_VALUE;
  for (guint i = 0; i < 2; i++) {
    const TelarInstr *inner = telar_match_is (m, m->in[i], TELAR_PRIM_MUL);
    double outer_factor, inner_factor;
    TelarValue scalar;

    if (!inner || !telar_match_uniform (m, m->in[1 - i], &outer_factor))
      continue;
    for (guint j = 0; j < 2; j++) {
      if (!telar_match_uniform (m, inner->inputs[1 - j], &inner_factor))
        continue;
      scalar = telar_match_scalar (m, outer_factor * inner_factor);
      if (scalar == TELAR_NO_VALUE)
        return TELAR_NO_VALUE;
      return binary (m, TELAR_PRIM_MUL, telar_match_widen (m, inner->inputs[j]), scalar);
    }
  }
  return TELAR_NO_VALUE;
}

/* --- signs ---------------------------------------------------------------------------------- */

static TelarValue
neg_neg (const TelarMatch *m)
{
  const TelarInstr *inner = telar_match_is (m, m->in[0], TELAR_PRIM_NEG);

  return inner ? inner->inputs[0] : TELAR_NO_VALUE;
}

/* -(x-y) = y-x, but for the sign of zero. */
static TelarValue
neg_sub (const TelarMatch *m)
{
  const TelarInstr *inner = telar_match_is (m, m->in[0], TELAR_PRIM_SUB);

  if (!inner)
    return TELAR_NO_VALUE;
  return binary (m, TELAR_PRIM_SUB, inner->inputs[1], inner->inputs[0]);
}

/* x + (-y) = x - y, in either order. */
static TelarValue
add_neg (const TelarMatch *m)
{
  for (guint i = 0; i < 2; i++) {
    const TelarInstr *neg = telar_match_is (m, m->in[1 - i], TELAR_PRIM_NEG);

    if (neg)
      return binary (m, TELAR_PRIM_SUB, m->in[i], neg->inputs[0]);
  }
  return TELAR_NO_VALUE;
}

static TelarValue
sub_neg (const TelarMatch *m)
{
  const TelarInstr *neg = telar_match_is (m, m->in[1], TELAR_PRIM_NEG);

  return neg ? binary (m, TELAR_PRIM_ADD, m->in[0], neg->inputs[0]) : TELAR_NO_VALUE;
}

static TelarValue
mul_minus_one (const TelarMatch *m)
{
  for (guint i = 0; i < 2; i++)
    if (telar_match_is_number (m, m->in[1 - i], -1))
      return unary (m, TELAR_PRIM_NEG, telar_match_widen (m, m->in[i]));
  return TELAR_NO_VALUE;
}

/* (-x)·c = x·(-c), which is exact. */
static TelarValue
mul_neg (const TelarMatch *m)
{
  for (guint i = 0; i < 2; i++) {
    const TelarInstr *neg = telar_match_is (m, m->in[i], TELAR_PRIM_NEG);
    double factor;
    TelarValue scalar;

    if (!neg || !telar_dtype_is_float (m->type->dtype) ||
        !telar_match_uniform (m, m->in[1 - i], &factor))
      continue;
    scalar = telar_match_scalar (m, -factor);
    if (scalar != TELAR_NO_VALUE)
      return binary (m, TELAR_PRIM_MUL, telar_match_widen (m, neg->inputs[0]), scalar);
  }
  return TELAR_NO_VALUE;
}

/* --- repetition ----------------------------------------------------------------------------- */

/* f (f (x)) = f (x). */
static TelarValue
idempotent (const TelarMatch *m)
{
  return telar_match_is (m, m->in[0], m->prim) ? m->in[0] : TELAR_NO_VALUE;
}

static TelarValue
not_not (const TelarMatch *m)
{
  const TelarInstr *inner = telar_match_is (m, m->in[0], TELAR_PRIM_NOT);

  return inner ? inner->inputs[0] : TELAR_NO_VALUE;
}

/* f (x, x) = x. */
static TelarValue
same_twice (const TelarMatch *m)
{
  return m->in[0] == m->in[1] ? m->in[0] : TELAR_NO_VALUE;
}

/* --- functions ------------------------------------------------------------------------------ */

static TelarValue
log_of_softmax (const TelarMatch *m)
{
  const TelarInstr *softmax = telar_match_is (m, m->in[0], TELAR_PRIM_SOFTMAX);

  if (!softmax)
    return TELAR_NO_VALUE;
  return telar_simplify_build (m->b, TELAR_PRIM_LOG_SOFTMAX, softmax->inputs, 1, softmax->attrs,
                               softmax->n_attrs);
}

/* 1/√x. */
static TelarValue
reciprocal_of_sqrt (const TelarMatch *m)
{
  const TelarInstr *root = telar_match_is (m, m->in[0], TELAR_PRIM_SQRT);

  return root ? unary (m, TELAR_PRIM_RSQRT, root->inputs[0]) : TELAR_NO_VALUE;
}

/* log (x + 1), in either order, and log (1 - x). */
static TelarValue
log_of_more (const TelarMatch *m)
{
  const TelarInstr *sum = telar_match_is (m, m->in[0], TELAR_PRIM_ADD);
  const TelarInstr *rest = telar_match_is (m, m->in[0], TELAR_PRIM_SUB);

  if (rest && telar_match_is_number (m, rest->inputs[0], 1) &&
      telar_shape_equal (&telar_builder_type (m->b, rest->inputs[1])->shape, &m->type->shape))
    return unary (m, TELAR_PRIM_LOG1P, unary (m, TELAR_PRIM_NEG, rest->inputs[1]));

  for (guint i = 0; sum && i < 2; i++)
    if (telar_match_is_number (m, sum->inputs[1 - i], 1) &&
        telar_shape_equal (&telar_builder_type (m->b, sum->inputs[i])->shape, &m->type->shape))
      return unary (m, TELAR_PRIM_LOG1P, sum->inputs[i]);
  return TELAR_NO_VALUE;
}

/* x - floor (x/y)·y = x mod y. */
static TelarValue
sub_whole_part (const TelarMatch *m)
{
  const TelarInstr *product = telar_match_is (m, m->in[1], TELAR_PRIM_MUL);

  for (guint i = 0; product && i < 2; i++) {
    const TelarInstr *whole = telar_match_is (m, product->inputs[i], TELAR_PRIM_FLOOR);
    const TelarInstr *quotient =
        whole ? telar_match_is (m, whole->inputs[0], TELAR_PRIM_DIV) : NULL;

    if (quotient && quotient->inputs[0] == m->in[0] &&
        quotient->inputs[1] == product->inputs[1 - i])
      return binary (m, TELAR_PRIM_MOD, m->in[0], quotient->inputs[1]);
  }
  return TELAR_NO_VALUE;
}

/* A truth value as a number, and back. */
static TelarValue
cast_truth_back (const TelarMatch *m)
{
  const TelarInstr *inner = telar_match_is (m, m->in[0], TELAR_PRIM_CAST);

  return inner && m->type->dtype == TELAR_BOOL &&
                 telar_builder_type (m->b, inner->inputs[0])->dtype == TELAR_BOOL
             ? inner->inputs[0]
             : TELAR_NO_VALUE;
}

static TelarValue
cast_to_same (const TelarMatch *m)
{
  return telar_builder_type (m->b, m->in[0])->dtype == m->type->dtype ? m->in[0] : TELAR_NO_VALUE;
}

static TelarValue
select_known (const TelarMatch *m)
{
  double condition;

  if (!telar_match_uniform (m, m->in[0], &condition))
    return TELAR_NO_VALUE;
  return telar_match_widen (m, m->in[condition != 0 ? 1 : 2]);
}

static TelarValue
select_same (const TelarMatch *m)
{
  return m->in[1] == m->in[2] ? telar_match_widen (m, m->in[1]) : TELAR_NO_VALUE;
}

/* --- operands ------------------------------------------------------------------------------- */

/* Elementwise primitives broadcast themselves: an operand that was repeated before, or filled, can
 * stay small where the others give the shape. */
static TelarValue
narrow_operand (const TelarMatch *m)
{
  TelarValue in[3];

  if (!(telar_prim_info (m->prim)->flags & TELAR_PRIM_ELEMENTWISE) || m->n_in < 2)
    return TELAR_NO_VALUE;
  for (guint i = 0; i < m->n_in; i++) {
    const TelarInstr *maker = telar_match_maker (m, m->in[i]);
    const TelarType *type = telar_builder_type (m->b, m->in[i]);
    TelarShape joined = telar_shape_scalar ();
    double number;

    if (maker->prim == TELAR_PRIM_BROADCAST)
      in[i] = maker->inputs[0];
    else if (maker->prim == TELAR_PRIM_FILL && type->shape.rank > 0 &&
             telar_match_uniform (m, m->in[i], &number))
      in[i] = TELAR_NO_VALUE;
    else
      continue;
    for (guint j = 0; j < m->n_in; j++)
      if (j != i)
        telar_shape_broadcast (&joined, &telar_builder_type (m->b, m->in[j])->shape, &joined);
    if (in[i] != TELAR_NO_VALUE)
      telar_shape_broadcast (&joined, &telar_builder_type (m->b, in[i])->shape, &joined);
    if (!telar_shape_equal (&joined, &m->type->shape))
      continue;
    if (in[i] == TELAR_NO_VALUE)
      in[i] = telar_build_scalar (m->b, type->dtype, number);
    for (guint j = 0; j < m->n_in; j++)
      if (j != i)
        in[j] = m->in[j];
    return telar_simplify_build (m->b, m->prim, in, m->n_in, m->attrs, m->n_attrs);
  }
  return TELAR_NO_VALUE;
}

/* What is elementwise on repeated values is repeated afterwards. */
static TelarValue
late_broadcast (const TelarMatch *m)
{
  TelarShape joined = telar_shape_scalar ();
  gboolean repeated = FALSE;
  TelarValue in[3];

  if (!(telar_prim_info (m->prim)->flags & TELAR_PRIM_ELEMENTWISE))
    return TELAR_NO_VALUE;
  for (guint i = 0; i < m->n_in; i++) {
    const TelarInstr *broadcast = telar_match_is (m, m->in[i], TELAR_PRIM_BROADCAST);

    repeated |= broadcast != NULL;
    in[i] = broadcast ? broadcast->inputs[0] : m->in[i];
    telar_shape_broadcast (&joined, &telar_builder_type (m->b, in[i])->shape, &joined);
  }
  if (!repeated || telar_shape_equal (&joined, &m->type->shape))
    return TELAR_NO_VALUE;
  return telar_match_widen (
      m, telar_simplify_build (m->b, m->prim, in, m->n_in, m->attrs, m->n_attrs));
}

/* A transpose of the last two axes is a flag of the product. */
static gboolean
swaps_last (const TelarInstr *transpose)
{
  const TelarAttr *perm = telar_instr_attr (transpose, TELAR_ATTR_PERM);

  for (guint i = 0; i + 2 < perm->n; i++)
    if (perm->ints[i] != i)
      return FALSE;
  return perm->n >= 2 && perm->ints[perm->n - 1] == perm->n - 2;
}

static TelarValue
matmul_transposed (const TelarMatch *m)
{
  static const TelarAttrKey keys[] = { TELAR_ATTR_TRANS_A, TELAR_ATTR_TRANS_B };
  TelarValue in[3];
  TelarAttr attrs[TELAR_N_ATTRS];
  guint n_attrs = 0;

  for (guint i = 0; i < 2; i++) {
    const TelarInstr *transpose = telar_match_is (m, m->in[i], TELAR_PRIM_TRANSPOSE);
    const TelarAttr *flag = telar_match_attr (m, keys[i]);

    if (!transpose || !swaps_last (transpose))
      continue;
    for (guint j = 0; j < m->n_attrs; j++)
      if (m->attrs[j].key != keys[i])
        attrs[n_attrs++] = m->attrs[j];
    if (!flag || !flag->integer)
      attrs[n_attrs++] = (TelarAttr){ .key = keys[i], .integer = 1 };
    for (guint j = 0; j < m->n_in; j++)
      in[j] = j == i ? transpose->inputs[0] : m->in[j];
    return telar_simplify_build (m->b, m->prim, in, m->n_in, attrs, n_attrs);
  }
  return TELAR_NO_VALUE;
}

/* clang-format off */
const TelarRule telar_rules_arithmetic[] = {
  { "narrow-operand",    TELAR_PRIM_NONE,    narrow_operand },
  { "late-broadcast",    TELAR_PRIM_NONE,    late_broadcast },
  { "add-zero",          TELAR_PRIM_ADD,     add_zero },
  { "add-neg",           TELAR_PRIM_ADD,     add_neg },
  { "sub-zero",          TELAR_PRIM_SUB,     sub_zero },
  { "sub-neg",           TELAR_PRIM_SUB,     sub_neg },
  { "mul-one",           TELAR_PRIM_MUL,     mul_one },
  { "mul-zero",          TELAR_PRIM_MUL,     mul_zero },
  { "mul-minus-one",     TELAR_PRIM_MUL,     mul_minus_one },
  { "mul-neg",           TELAR_PRIM_MUL,     mul_neg },
  { "mul-chain",         TELAR_PRIM_MUL,     mul_chain },
  { "div-one",           TELAR_PRIM_DIV,     div_one },
  { "div-power-of-two",  TELAR_PRIM_DIV,     div_power_of_two },
  { "pow-one",           TELAR_PRIM_POW,     pow_one },
  { "pow-two",           TELAR_PRIM_POW,     pow_two },
  { "neg-neg",           TELAR_PRIM_NEG,     neg_neg },
  { "neg-sub",           TELAR_PRIM_NEG,     neg_sub },
  { "relu-relu",         TELAR_PRIM_RELU,    idempotent },
  { "abs-abs",           TELAR_PRIM_ABS,     idempotent },
  { "sign-sign",         TELAR_PRIM_SIGN,    idempotent },
  { "floor-floor",       TELAR_PRIM_FLOOR,   idempotent },
  { "ceil-ceil",         TELAR_PRIM_CEIL,    idempotent },
  { "round-round",       TELAR_PRIM_ROUND,   idempotent },
  { "not-not",           TELAR_PRIM_NOT,     not_not },
  { "maximum-same",      TELAR_PRIM_MAXIMUM, same_twice },
  { "minimum-same",      TELAR_PRIM_MINIMUM, same_twice },
  { "and-same",          TELAR_PRIM_AND,     same_twice },
  { "or-same",           TELAR_PRIM_OR,      same_twice },
  { "log-softmax",       TELAR_PRIM_LOG,     log_of_softmax },
  { "log1p",             TELAR_PRIM_LOG,     log_of_more },
  { "rsqrt",             TELAR_PRIM_RECIPROCAL, reciprocal_of_sqrt },
  { "mod",               TELAR_PRIM_SUB,     sub_whole_part },
  { "cast-same",         TELAR_PRIM_CAST,    cast_to_same },
  { "cast-truth-back",   TELAR_PRIM_CAST,    cast_truth_back },
  { "select-known",      TELAR_PRIM_SELECT,  select_known },
  { "select-same",       TELAR_PRIM_SELECT,  select_same },
  { "matmul-transposed", TELAR_PRIM_MATMUL,  matmul_transposed },
  { NULL },
};
