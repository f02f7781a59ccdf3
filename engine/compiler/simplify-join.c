/* Rewrite rules that join parts: what remains of a value that was cut up, or used step by step,
 * when its gradient is added from one part after the other. A sequence of T steps would cost T²
 * without them. */
#include "engine/compiler/simplify.h"

#define MAX_PARTS 16 /* more are joined in several goes: neighbours at once */

/* --- paddings that lie side by side ----------------------------------------------------------- */

/* What is padded with zeros along one axis, and where it stands. */
typedef struct {
  TelarValue value;
  gint64 low, size;
} Part;

typedef struct {
  Part parts[MAX_PARTS];
  guint n, axis, visited;
} Parts;

/* Whether @pad pads along one axis only, with nothing between; @axis receives it. */
static gboolean
pads_one_axis (const TelarInstr *pad, guint rank, guint *axis)
{
  guint n = 0;

  for (guint i = 0; i < rank; i++) {
    if (telar_instr_item (pad, TELAR_ATTR_INTERIOR, i, 0) != 0)
      return FALSE;
    if (telar_instr_item (pad, TELAR_ATTR_LOW, i, 0) == 0 &&
        telar_instr_item (pad, TELAR_ATTR_HIGH, i, 0) == 0)
      continue;
    *axis = i;
    n++;
  }
  return n == 1;
}

/* Adds the paddings that @value is the sum of; FALSE when it is anything else. Sums grow to the
 * left, so that looking right first ends soon. */
static gboolean
collect (const TelarMatch *m, TelarValue value, Parts *parts)
{
  const TelarInstr *maker = telar_match_maker (m, value);
  guint axis;
  Part *part;

  if (parts->visited++ > 2 * MAX_PARTS ||
      !telar_type_equal (telar_builder_type (m->b, value), m->type))
    return FALSE;
  if (maker->prim == TELAR_PRIM_ADD)
    return collect (m, maker->inputs[1], parts) && collect (m, maker->inputs[0], parts);
  if (maker->prim != TELAR_PRIM_PAD || telar_instr_real (maker, TELAR_ATTR_FILL, 0) != 0 ||
      parts->n == MAX_PARTS || !pads_one_axis (maker, m->type->shape.rank, &axis) ||
      (parts->n > 0 && axis != parts->axis))
    return FALSE;
  parts->axis = axis;
  part = &parts->parts[parts->n++];
  part->value = maker->inputs[0];
  part->low = telar_instr_item (maker, TELAR_ATTR_LOW, axis, 0);
  part->size = telar_builder_type (m->b, part->value)->shape.dims[axis];
  return TRUE;
}

static int
by_place (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const Part *)a)->low, y = ((const Part *)b)->low;

  return (x > y) - (x < y);
}

/* Sums of paddings whose contents stand side by side, in any order: one padding of them joined. */
static TelarValue
add_pads (const TelarMatch *m)
{
  Parts parts = { .n = 0, .visited = 0 };
  TelarValue values[MAX_PARTS], joined;
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  guint rank = m->type->shape.rank;
  gint64 end;

  if (!collect (m, m->in[1], &parts) || !collect (m, m->in[0], &parts))
    return TELAR_NO_VALUE;
  qsort (parts.parts, parts.n, sizeof (Part), by_place);
  end = low[parts.axis] = parts.parts[0].low;
  for (guint i = 0; i < parts.n; i++) {
    if (parts.parts[i].low != end)
      return TELAR_NO_VALUE;
    values[i] = parts.parts[i].value;
    end += parts.parts[i].size;
  }
  high[parts.axis] = m->type->shape.dims[parts.axis] - end;
  joined = telar_simplify_build (m->b, TELAR_PRIM_CONCAT, values, parts.n,
                                 &TELAR_INT (AXIS, parts.axis), 1);
  return telar_simplify_build (
      m->b, TELAR_PRIM_PAD, &joined, 1,
      (TelarAttr[]){ TELAR_INTS (LOW, low, rank), TELAR_INTS (HIGH, high, rank) }, 2);
}

/* --- joined parts ----------------------------------------------------------------------------- */

/* concat (a, concat (b, c)) along one axis: concat (a, b, c), as far as an instruction takes them.
 */
static TelarValue
concat_concat (const TelarMatch *m)
{
  gint64 axis = telar_match_attr (m, TELAR_ATTR_AXIS)->integer;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (TelarValue));

  for (guint i = 0; i < m->n_in; i++) {
    const TelarInstr *inner = telar_match_is (m, m->in[i], TELAR_PRIM_CONCAT);
    if (inner && telar_instr_int (inner, TELAR_ATTR_AXIS, 0) == axis)
      g_array_append_vals (values, inner->inputs, inner->n_inputs);
    else
      g_array_append_val (values, m->in[i]);
  }
  if (values->len == m->n_in || values->len > telar_prim_info (TELAR_PRIM_CONCAT)->most_inputs)
    return TELAR_NO_VALUE;
  return telar_build (m->b, TELAR_PRIM_CONCAT, &g_array_index (values, TelarValue, 0), values->len,
                      m->attrs, m->n_attrs);
}

/* --- products --------------------------------------------------------------------------------- */

/* The maker of @value when it is aᵀ·b of matrices and no more. */
static const TelarInstr *
transposed_product (const TelarMatch *m, TelarValue value)
{
  const TelarInstr *product = telar_match_is (m, value, TELAR_PRIM_MATMUL);

  if (!product || product->n_inputs != 2 || telar_instr_int (product, TELAR_ATTR_TRANS_A, 0) == 0 ||
      telar_instr_int (product, TELAR_ATTR_TRANS_B, 0) != 0 ||
      telar_instr_attr (product, TELAR_ATTR_ACTIVATION) ||
      telar_builder_type (m->b, product->inputs[0])->shape.rank != 2 ||
      telar_builder_type (m->b, product->inputs[1])->shape.rank != 2 ||
      !telar_type_equal (telar_builder_type (m->b, value), m->type))
    return NULL;
  return product;
}

static TelarValue
stack (const TelarMatch *m, TelarValue upper, TelarValue lower)
{
  return telar_simplify_build (m->b, TELAR_PRIM_CONCAT, (TelarValue[]){ upper, lower }, 2,
                               &TELAR_INT (AXIS, 0), 1);
}

/* aᵀ·b + cᵀ·d = [a; c]ᵀ·[b; d]: one product of all steps, which is what the gradient of weights
 * that are used at each step comes to. */
static TelarValue
add_products (const TelarMatch *m)
{
  const TelarInstr *x = transposed_product (m, m->in[0]), *y = transposed_product (m, m->in[1]);
  TelarValue a[2], b[2];
  gint64 rows[2];

  if (!x || !y)
    return TELAR_NO_VALUE;
  a[0] = x->inputs[0], a[1] = y->inputs[0];
  b[0] = x->inputs[1], b[1] = y->inputs[1];
  for (guint i = 0; i < 2; i++)
    rows[i] = telar_builder_type (m->b, a[i])->shape.dims[0];
  if ((rows[0] < 0) != (rows[1] < 0))
    return TELAR_NO_VALUE;
  a[0] = stack (m, a[0], a[1]);
  b[0] = stack (m, b[0], b[1]);
  return telar_simplify_build (m->b, TELAR_PRIM_MATMUL, (TelarValue[]){ a[0], b[0] }, 2,
                               &TELAR_INT (TRANS_A, 1), 1);
}

const TelarRule telar_rules_join[] = {
  { "add-pads", TELAR_PRIM_ADD, add_pads },
  { "add-products", TELAR_PRIM_ADD, add_products },
  { "concat-concat", TELAR_PRIM_CONCAT, concat_concat },
  { NULL },
};
