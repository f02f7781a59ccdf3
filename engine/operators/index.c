/* Operators that pick numbers by their places, or put them there. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/operands.h"

/* Input @port, which must hold whole numbers. */
static TelarValue
read_indices (TelarLowering *l, guint port)
{
  TelarValue indices = telar_lower_input (l, port);

  if (telar_dtype_is_integer (telar_lower_type (l, indices).dtype))
    return indices;
  if (indices != TELAR_NO_VALUE)
    telar_lower_fail (l, "%s must be whole numbers, not %s", l->node->op->inputs[port].name,
                      telar_dtype_name (telar_lower_type (l, indices).dtype));
  return TELAR_NO_VALUE;
}

/* The data at port 0 and the indices at port 1; FALSE where one is missing. */
static gboolean
read_both (TelarLowering *l, TelarValue *x, TelarValue *indices)
{
  TelarType type;

  *x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  *indices = read_indices (l, 1);
  return *x != TELAR_NO_VALUE && *indices != TELAR_NO_VALUE;
}

/* The parameter "places" as a constant, for want of a wire. */
static TelarValue
listed_places (TelarLowering *l)
{
  guint n;
  const gint64 *places = telar_lower_ints (l, "places", &n);
  TelarShape shape = telar_shape (n);
  g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_I64, &shape);

  for (guint i = 0; i < n; i++)
    telar_tensor_set (tensor, i, (double)places[i]);
  return telar_build_constant (l->b, tensor);
}

/* Whether all listed places are in the axis, as far as its size is known. */
static gboolean
check_places (TelarLowering *l, gint64 size)
{
  guint n;
  const gint64 *places = telar_lower_ints (l, "places", &n);

  for (guint i = 0; size >= 0 && i < n; i++)
    if (places[i] >= size || places[i] < -size) {
      telar_lower_fail (l, "there is no place %" G_GINT64_FORMAT " on an axis of %" G_GINT64_FORMAT,
                        places[i], size);
      return FALSE;
    }
  return TRUE;
}

static void
lower_gather (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type), indices;
  guint axis;

  if (x == TELAR_NO_VALUE || !telar_lower_axis_param (l, type.shape.rank, &axis))
    return;
  if (telar_lower_n_inputs (l, 1) > 0)
    indices = read_indices (l, 1);
  else
    indices = check_places (l, type.shape.dims[axis]) ? listed_places (l) : TELAR_NO_VALUE;
  telar_lower_output (l, 0, telar_emit_gather (l->b, x, indices, axis));
}

static void
lower_gather_elements (TelarLowering *l)
{
  TelarValue x, indices;
  guint axis;

  if (read_both (l, &x, &indices) &&
      telar_lower_axis_param (l, telar_lower_type (l, x).shape.rank, &axis))
    telar_lower_output (l, 0, telar_emit_gather_elements (l->b, x, indices, axis));
}

static void
lower_gather_nd (TelarLowering *l)
{
  guint batch = (guint)telar_lower_int (l, "batch_axes");
  TelarValue x, indices;

  if (read_both (l, &x, &indices))
    telar_lower_output (l, 0, telar_emit_gather_nd (l->b, x, indices, batch));
}

/* --- scattering ------------------------------------------------------------------------------- */

/* The updates at port 2, as many as @places, put into @x. */
static void
put (TelarLowering *l, TelarValue x, TelarValue places)
{
  TelarValue updates = telar_lower_as (l, telar_lower_input (l, 2), telar_lower_type (l, x).dtype);
  TelarShape at = telar_lower_type (l, places).shape, with = telar_lower_type (l, updates).shape;
  gint64 n_places, n_updates;

  if (places == TELAR_NO_VALUE || updates == TELAR_NO_VALUE)
    return;
  if (!telar_shape_count (&at, &n_places) || !telar_shape_count (&with, &n_updates) ||
      n_places != n_updates) {
    telar_lower_fail (l, "there must be an update for each index");
    return;
  }
  telar_lower_output (l, 0,
                      telar_emit_scatter (l->b, x, updates, places, telar_lower_bool (l, "add")));
}

static void
lower_scatter_elements (TelarLowering *l)
{
  TelarValue x, indices;
  TelarShape shape;
  guint axis;

  if (!read_both (l, &x, &indices))
    return;
  shape = telar_lower_type (l, x).shape;
  if (telar_lower_axis_param (l, shape.rank, &axis))
    put (l, x, telar_emit_places_along (l->b, &shape, indices, axis));
}

static void
lower_scatter_nd (TelarLowering *l)
{
  TelarValue x, indices;
  TelarShape shape;

  if (!read_both (l, &x, &indices))
    return;
  shape = telar_lower_type (l, x).shape;
  put (l, x, telar_emit_places_of_tuples (l->b, &shape, indices));
}

static void
lower_index_add (TelarLowering *l)
{
  TelarValue x, indices, updates;
  guint axis;

  if (!read_both (l, &x, &indices) ||
      !telar_lower_axis_param (l, telar_lower_type (l, x).shape.rank, &axis))
    return;
  updates = telar_lower_as (l, telar_lower_input (l, 2), telar_lower_type (l, x).dtype);
  telar_lower_output (l, 0, telar_emit_index_add (l->b, x, indices, updates, axis));
}

/* Negative ones of @x plus @size. */
static TelarValue
from_end (TelarLowering *l, TelarValue x, gint64 size)
{
  TelarValue zero = telar_build_scalar (l->b, TELAR_I64, 0);

  x = telar_build_cast (l->b, x, TELAR_I64);
  return telar_build_select (l->b, telar_build_binary (l->b, TELAR_PRIM_LESS, x, zero),
                             telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, (double)size), x);
}

static void
lower_one_hot (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK - 1, &type);
  double off = telar_lower_real (l, "off"), on = telar_lower_real (l, "on");
  guint axis;

  if (x == TELAR_NO_VALUE || !telar_lower_axis_param (l, type.shape.rank + 1, &axis))
    return;
  if (telar_lower_bool (l, "from_end"))
    x = from_end (l, x, telar_lower_int (l, "size"));
  x = telar_emit_one_hot (l->b, x, telar_lower_int (l, "size"), axis);
  x = telar_build_cast (l->b, x, TELAR_F32);
  if (on - off != 1)
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, on - off);
  if (off != 0)
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, off);
  telar_lower_output (l, 0, x);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define DATA                                                                                       \
  {                                                                                                \
    .name = "in", .kind = TELAR_PORT_TENSOR, .doc = N_ ("The numbers to pick from or to change."), \
  }
#define INDICES(words)                                                                             \
  {                                                                                                \
    .name = "indices", .kind = TELAR_PORT_TENSOR, .doc = N_ (words),                               \
  }
#define UPDATES                                                                                    \
  {                                                                                                \
    .name = "updates", .kind = TELAR_PORT_TENSOR, .doc = N_ ("The numbers to put there."),         \
  }
#define ADD                                                                                        \
  TELAR_PARAM_FLAG (                                                                               \
      "add", "Add", "false",                                                                       \
      "Adds to what is there; else it is replaced, and updates of one place add up.")

static const TelarOperator gather_operator = {
  .name = "gather",
  .label = N_ ("Gather"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Picks places of an axis, the same for all samples, in any order and as often as "
             "wanted."),
  .formula = "y = x[…, indices, …]",
  .onnx = "Gather",
  .inputs = TELAR_PORTS (DATA, { .name = "indices",
                                 .kind = TELAR_PORT_TENSOR,
                                 .optional = TRUE,
                                 .doc = N_ ("Which places; without a wire the setting places "
                                            "says.") }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("1", "The axis to pick from."),
                          TELAR_PARAM_LIST ("places", "Places", "0", -TELAR_SIZE_LIMIT, 16,
                                            "Which places of the axis to pick, where no indices "
                                            "come in; negative ones count from the end.")),
  .lower = lower_gather,
  .examples = TELAR_EXAMPLES ("f32[2,5] places=3,0,-1,3", "f32[2,3,4] axis=2 places=1",
                              "f32[4,3] i64[4]:-4..3 axis=0"),
};

static const TelarOperator gather_elements_operator = {
  .name = "gather_elements",
  .label = N_ ("Gather elements"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("For each index takes the number at its own place, but along one axis where the "
             "index says: what each sample chose."),
  .formula = "y[i,j] = x[i, indices[i,j]]",
  .onnx = "GatherElements",
  .inputs = TELAR_PORTS (DATA, INDICES ("Places along the axis; negative ones count from the "
                                        "end.")),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("1", "The axis that the indices mean.")),
  .lower = lower_gather_elements,
  .examples = TELAR_EXAMPLES ("f32[3,5] i64[3,2]:-5..4", "f32[2,3,4] i64[2,2,4]<3 axis=1",
                              "f32[2,3,4] i64[2,3,6]<4 axis=-1", "f32[4,3] i64[4,2]<4 axis=0"),
};

static const TelarOperator gather_nd_operator = {
  .name = "gather_nd",
  .label = N_ ("Gather by tuples"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Each tuple of indices names a place along several axes; what stands there is taken."),
  .formula = "y[n,i] = x[n, indices[n,i,0], indices[n,i,1], …]",
  .onnx = "GatherND",
  .inputs = TELAR_PORTS (DATA, INDICES ("Tuples of places along the last axis.")),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "batch_axes",
      .label = N_ ("Common axes"),
      .kind = TELAR_PARAM_INT,
      .fallback = "1",
      .minimum = 0,
      .maximum = TELAR_MAX_RANK - 1,
      .doc = N_ ("How many first axes data and indices have in common; 1 is the batch."),
      .prominent = TRUE,
  }),
  .lower = lower_gather_nd,
  .examples = TELAR_EXAMPLES ("f32[2,3,4] i64[2,5,2]<3", "f32[2,3,4] i64[2,1]:-3..2",
                              "f32[3,4] i64[3,2]<3 batch_axes=0"),
};

static const TelarOperator scatter_elements_operator = {
  .name = "scatter_elements",
  .label = N_ ("Scatter elements"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Puts each update at its own place, but along one axis where the index says."),
  .formula = "y = x, then y[i, indices[i,j]] = updates[i,j]",
  .onnx = "ScatterElements",
  .inputs = TELAR_PORTS (DATA, INDICES ("Places along the axis, as many as updates."), UPDATES),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("1", "The axis that the indices mean."), ADD),
  .lower = lower_scatter_elements,
  .examples = TELAR_EXAMPLES ("f32[3,5] i64[3,1]:-5..4 f32[3,1]",
                              "f32[3,5] i64[3,2]:-5..4 f32[3,2] add=true",
                              "f32[2,3,4] i64[2,2,4]<3 f32[2,2,4] axis=1 add=true"),
};

static const TelarOperator scatter_nd_operator = {
  .name = "scatter_nd",
  .label = N_ ("Scatter by tuples"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Puts each update at the place that a tuple of indices names along the first axes."),
  .formula = "y = x, then y[indices[i,0], indices[i,1], …] = updates[i]",
  .onnx = "ScatterND",
  .inputs = TELAR_PORTS (DATA, INDICES ("Tuples of places along the last axis."), UPDATES),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (ADD),
  .lower = lower_scatter_nd,
  .examples = TELAR_EXAMPLES ("f32[3,4] i64[3,2]<3 f32[3] add=true",
                              "f32[3,4] i64[3,1]:-3..2 f32[3,4] add=true"),
};

static const TelarOperator index_add_operator = {
  .name = "index_add",
  .label = N_ ("Add at places"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Adds each row of the updates to the row of the data that its index names: sums by "
             "group."),
  .formula = "y = x, then y[indices[i]] += updates[i]",
  .onnx = "ScatterND",
  .inputs = TELAR_PORTS (DATA, INDICES ("A place along the axis for each update."), UPDATES),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("0", "The axis that the indices mean.")),
  .lower = lower_index_add,
  .examples = TELAR_EXAMPLES ("f32[4,3] i64[4]<4 f32[4,3]"),
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
  .params = TELAR_PARAMS (
      {
          .name = "size",
          .label = N_ ("Size"),
          .kind = TELAR_PARAM_INT,
          .fallback = "10",
          .minimum = 1,
          .maximum = TELAR_SIZE_LIMIT,
          .doc = N_ ("Length of each row: the number of classes."),
          .prominent = TRUE,
      },
      TELAR_PARAM_AXIS ("-1", "Where the new axis stands in the result."),
      {
          .name = "off",
          .label = N_ ("Off"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0",
          .doc = N_ ("What stands at the other places."),
      },
      {
          .name = "on",
          .label = N_ ("On"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "1",
          .doc = N_ ("What stands at the place that the number names."),
      },
      TELAR_PARAM_FLAG ("from_end", "From the end", "false",
                        "Whether negative numbers count from the end; else they lie outside.")),
  .lower = lower_one_hot,
  .examples =
      TELAR_EXAMPLES ("i64[4]<10", "i64[2,3]<5 size=5", "i64[2,3]<5 size=4 axis=1 off=-1 on=2",
                      "i64[5]:-5..4 size=4 from_end=true"),
};

const TelarOperator *const telar_operators_index[] = {
  &one_hot_operator,          &gather_operator,     &gather_elements_operator, &gather_nd_operator,
  &scatter_elements_operator, &scatter_nd_operator, &index_add_operator,       NULL,
};
