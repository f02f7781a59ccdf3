/* What has as many results as the numbers say. Shapes are fixed before the numbers are known, so
 * the node says how many results there is room for, and a count how many there are, as JAX does. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/operands.h"

#include <math.h>

/* --- shared pieces ---------------------------------------------------------------------------- */

/* All numbers of @x in a row; @n receives how many. */
static TelarValue
flatten (TelarLowering *l, TelarValue x, TelarShape *row)
{
  TelarShape shape = telar_lower_type (l, x).shape;

  *row = telar_shape (1);
  for (guint i = 0; i < shape.rank; i++)
    row->dims[0] *= shape.dims[i];
  return telar_build_reshape (l->b, x, row);
}

/* @x [T] at the places @places of [size], where @wanted; what falls behind the end is lost. Places
 * of which each has one wanted number. */
static TelarValue
put (TelarLowering *l, TelarValue x, TelarValue wanted, TelarValue places, gint64 size)
{
  TelarValue nothing = telar_build_scalar (l->b, telar_lower_type (l, x).dtype, 0);

  places = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, places, 0);
  places = telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, places, (double)size);
  x = telar_build_select (l->b, wanted, x, nothing);
  x = telar_emit (l->b, SCATTER_ADD, ((TelarValue[]){ x, places }), TELAR_INT (AXIS, 0),
                  TELAR_INT (SIZE, size + 1));
  return telar_build_slice (l->b, x, 0, 0, size);
}

/* How many are true up to each place, itself included. */
static TelarValue
count_up (TelarLowering *l, TelarValue truth)
{
  return telar_emit (l->b, CUMSUM, ((TelarValue[]){ telar_build_cast (l->b, truth, TELAR_I64) }),
                     TELAR_INT (AXIS, 0));
}

static TelarValue
count (TelarLowering *l, TelarValue truth)
{
  return telar_build_reduce_all (l->b, TELAR_PRIM_SUM, telar_build_cast (l->b, truth, TELAR_I64));
}

/* @x [size] with @fill behind the first @n places. */
static TelarValue
fill_rest (TelarLowering *l, TelarValue x, TelarValue n, double fill)
{
  TelarType type = telar_lower_type (l, x);
  TelarValue used =
      telar_build_binary (l->b, TELAR_PRIM_LESS, telar_build_iota (l->b, &type.shape, 0), n);

  return telar_build_select (l->b, used, x, telar_build_scalar (l->b, type.dtype, fill));
}

/* --- nonzero ---------------------------------------------------------------------------------- */

/* The coordinate along @axis of flat places in @shape. */
static TelarValue
coordinate (TelarLowering *l, TelarValue flat, const TelarShape *shape, guint axis)
{
  double stride = 1;

  for (guint i = axis + 1; i < shape->rank; i++)
    stride *= (double)shape->dims[i];
  if (stride > 1)
    flat = telar_emit_floor_div (l->b, flat, telar_build_scalar (l->b, TELAR_I64, stride));
  if (axis > 0)
    flat = telar_build_binary_scalar (l->b, TELAR_PRIM_MOD, flat, (double)shape->dims[axis]);
  return flat;
}

static void
lower_nonzero (TelarLowering *l)
{
  gint64 size = telar_lower_int (l, "size"), fill = telar_lower_int (l, "fill"), least;
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  TelarValue coordinates[TELAR_MAX_RANK], truth, flat, found;
  TelarShape row;

  for (guint i = 1; i < type.shape.rank; i++)
    if (!telar_lower_size (l, &type.shape, i, &least))
      return;
  if (x == TELAR_NO_VALUE)
    return;
  truth = flatten (l, telar_lower_as (l, x, TELAR_BOOL), &row);
  found = count (l, truth);
  flat = put (l, telar_build_iota (l->b, &row, 0), truth,
              telar_build_binary_scalar (l->b, TELAR_PRIM_SUB, count_up (l, truth), 1), size);
  for (guint i = 0; i < type.shape.rank; i++)
    coordinates[i] = fill_rest (l, coordinate (l, flat, &type.shape, i), found, (double)fill);
  telar_lower_output (l, 0, telar_emit_stack (l->b, coordinates, type.shape.rank, 0));
  telar_lower_output (l, 1, found);
}

/* --- unique ----------------------------------------------------------------------------------- */

/* Whether each of the sorted numbers is the first of its kind. */
static TelarValue
find_new (TelarLowering *l, TelarValue sorted, const TelarShape *row)
{
  TelarValue places = telar_build_iota (l->b, row, 0), before, differs;

  before = telar_build_binary_scalar (l->b, TELAR_PRIM_SUB, places, 1);
  before = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, before, 0);
  before = telar_emit (l->b, GATHER, ((TelarValue[]){ sorted, before }), TELAR_INT (AXIS, 0));
  differs = telar_build_unary (l->b, TELAR_PRIM_NOT,
                               telar_build_binary (l->b, TELAR_PRIM_EQUAL, sorted, before));
  return telar_build_binary (
      l->b, TELAR_PRIM_OR, differs,
      telar_build_binary (l->b, TELAR_PRIM_EQUAL, places, telar_build_scalar (l->b, TELAR_I64, 0)));
}

/* Back in the order that the numbers had: @order says which number each came from. */
static TelarValue
unsort (TelarLowering *l, TelarValue x, TelarValue order, const TelarShape *row,
        const TelarShape *shape)
{
  x = telar_emit (l->b, SCATTER_ADD, ((TelarValue[]){ x, order }), TELAR_INT (AXIS, 0),
                  TELAR_INT (SIZE, row->dims[0]));
  return telar_build_reshape (l->b, x, shape);
}

static void
lower_unique (TelarLowering *l)
{
  gint64 size = telar_lower_int (l, "size"), least;
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  TelarValue order, sorted, first, group, kinds, every;
  TelarType all = { TELAR_BOOL, telar_shape_scalar () };
  TelarShape row;

  for (guint i = 1; i < type.shape.rank; i++)
    if (!telar_lower_size (l, &type.shape, i, &least))
      return;
  if (x == TELAR_NO_VALUE)
    return;
  x = flatten (l, type.dtype == TELAR_BOOL ? telar_lower_as (l, x, TELAR_I64) : x, &row);
  order = telar_emit (l->b, ARGSORT, ((TelarValue[]){ x }), TELAR_INT (AXIS, 0));
  sorted = telar_emit (l->b, GATHER, ((TelarValue[]){ x, order }), TELAR_INT (AXIS, 0));
  first = find_new (l, sorted, &row);
  group = telar_build_binary_scalar (l->b, TELAR_PRIM_SUB, count_up (l, first), 1);
  kinds = count (l, first);
  every = telar_build_fill (l->b, &all, 1);
  telar_lower_output (
      l, 0,
      fill_rest (l, put (l, sorted, first, group, size), kinds, telar_lower_real (l, "fill")));
  telar_lower_output (l, 1, unsort (l, group, order, &row, &type.shape));
  telar_lower_output (
      l, 2,
      put (l, telar_build_fill (l->b, &(TelarType){ TELAR_I64, row }, 1), every, group, size));
  telar_lower_output (l, 3, kinds);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define PORT(port, words)                                                                          \
  {                                                                                                \
    .name = port, .kind = TELAR_PORT_TENSOR, .doc = N_ (words),                                    \
  }

static const TelarOperator nonzero = {
  .name = "nonzero",
  .label = N_ ("Places other than 0"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Tells where the numbers other than 0 stand, in reading order. There is room for a "
             "fixed number of places, as in JAX; what is free at the end holds the fill."),
  .formula = "places[:,i] = the coordinates of the i-th x ≠ 0",
  .onnx = "CumSum, ScatterND",
  .inputs = telar_ports_in,
  .outputs = TELAR_PORTS (
      PORT ("places", "Coordinates, a row for each axis of the input, the batch first: axes, "
                      "size."),
      PORT ("count", "How many numbers are other than 0, also when there is room for fewer.")),
  .params = TELAR_PARAMS (
      TELAR_PARAM_COUNT ("size", "Size", "16", 1, "How many places there is room for."),
      {
          .name = "fill",
          .label = N_ ("Fill"),
          .kind = TELAR_PARAM_INT,
          .fallback = "0",
          .minimum = -TELAR_SIZE_LIMIT,
          .maximum = TELAR_SIZE_LIMIT,
          .doc = N_ ("The coordinate that stands where no place is left."),
      }),
  .lower = lower_nonzero,
  .examples =
      TELAR_EXAMPLES ("i64[3,4]<2 size=20", "i64[2,3,2]<3 size=3 fill=-1", "bool[9] size=9"),
};

static const TelarOperator unique = {
  .name = "unique",
  .label = N_ ("Distinct numbers"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Gives each number that occurs once, in ascending order. There is room for a fixed "
             "number of them, as in JAX; what is free at the end holds the fill."),
  .onnx = "TopK, CumSum, ScatterND",
  .inputs = telar_ports_in,
  .outputs = TELAR_PORTS (
      PORT ("values", "The distinct numbers: size."),
      PORT ("inverse", "For each number of the input which of the distinct ones it is."),
      PORT ("counts", "How often each occurs; 0 where nothing is left: size."),
      PORT ("count", "How many distinct numbers there are, also when there is room for fewer.")),
  .params = TELAR_PARAMS (
      TELAR_PARAM_COUNT ("size", "Size", "16", 1, "How many numbers there is room for."),
      {
          .name = "fill",
          .label = N_ ("Fill"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0",
          .minimum = -1e9,
          .maximum = 1e9,
          .doc = N_ ("The number that stands where no distinct one is left."),
      }),
  .lower = lower_unique,
  .examples = TELAR_EXAMPLES ("i64[3,4]<5 size=6 fill=-1", "i64[2,3,2]<9 size=3", "f32[5] size=8"),
};

const TelarOperator *const telar_operators_distinct[] = { &nonzero, &unique, NULL };
