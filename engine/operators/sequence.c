/* Small operators on sequences [N, T, …] whose samples may be shorter than T. */
#include "engine/emit-sequence.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

/* Lengths, or any whole number for each sample, [N], as a column [N, 1]; 64 bits. */
static TelarValue
column (TelarLowering *l, TelarValue numbers)
{
  TelarShape shape = telar_lower_type (l, numbers).shape;

  shape = telar_shape (shape.dims[0], 1);
  return telar_build_reshape (l->b, telar_build_cast (l->b, numbers, TELAR_I64), &shape);
}

/* The sequence at port 0, its sizes, and the lengths at port 1 or none. */
static TelarValue
read_sequence (TelarLowering *l, TelarType *type, gint64 *steps, TelarValue *lengths)
{
  TelarType ignored;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK - 1, type);

  *lengths = telar_lower_ranked (l, 1, 1, 1, &ignored);
  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type->shape, 1, steps))
    return TELAR_NO_VALUE;
  for (guint axis = 2; axis < type->shape.rank; axis++) {
    gint64 size;
    if (!telar_lower_size (l, &type->shape, axis, &size))
      return TELAR_NO_VALUE;
  }
  return telar_builder_error (l->b) ? TELAR_NO_VALUE : x;
}

/* [N, T, …] as [N, T, features]. */
static TelarValue
flatten_steps (TelarLowering *l, TelarValue x, const TelarShape *shape)
{
  gint64 features = 1;
  TelarShape flat;

  for (guint axis = 2; axis < shape->rank; axis++)
    features *= shape->dims[axis];
  flat = telar_shape (shape->dims[0], shape->dims[1], features);
  return telar_build_reshape (l->b, x, &flat);
}

/* Picks steps by a product: @chosen [N, R, T] is true where result step r takes step t. */
static TelarValue
choose_steps (TelarLowering *l, TelarValue x, const TelarType *type, TelarValue chosen)
{
  return telar_build_matmul (l->b, telar_build_cast (l->b, chosen, type->dtype),
                             flatten_steps (l, x, &type->shape), FALSE, FALSE);
}

/* --- last step -------------------------------------------------------------------------------- */

/* A sample of length 0 has no last step and gives zeros. */
static void
lower_last_step (TelarLowering *l)
{
  TelarType type;
  gint64 steps;
  TelarValue lengths, x = read_sequence (l, &type, &steps, &lengths), chosen;
  TelarShape result, wide = telar_shape (type.shape.dims[0], 1, 0);

  if (x == TELAR_NO_VALUE)
    return;
  result = telar_shape_without (&type.shape, 1);
  if (lengths == TELAR_NO_VALUE) {
    x = telar_build_slice (l->b, x, 1, steps - 1, steps);
  } else {
    wide.dims[2] = steps;
    chosen = telar_build_binary (l->b, TELAR_PRIM_EQUAL, column (l, lengths),
                                 telar_emit_positions (l->b, 1, steps, FALSE));
    x = choose_steps (l, x, &type, telar_build_reshape (l->b, chosen, &wide));
  }
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &result));
}

/* --- reversing -------------------------------------------------------------------------------- */

/* Step r of the result is step length - 1 - r, and r itself beyond the length. */
static void
lower_reverse_sequence (TelarLowering *l)
{
  static const gint64 axis = 1;
  TelarType type;
  gint64 steps;
  TelarValue lengths, x = read_sequence (l, &type, &steps, &lengths), place, source, within;
  TelarShape wide = telar_shape (type.shape.dims[0], 0, 1);

  if (x == TELAR_NO_VALUE)
    return;
  if (lengths == TELAR_NO_VALUE) {
    telar_lower_output (
        l, 0, telar_emit (l->b, REVERSE, ((TelarValue[]){ x }), TELAR_INTS (AXES, &axis, 1)));
    return;
  }
  wide.dims[1] = steps;
  lengths = column (l, lengths);
  place = telar_emit_positions (l->b, 0, steps, FALSE);
  within = telar_build_binary (l->b, TELAR_PRIM_LESS, place, lengths);
  source = telar_build_binary (l->b, TELAR_PRIM_SUB, lengths,
                               telar_emit_positions (l->b, 1, steps, FALSE));
  source = telar_build_reshape (l->b, telar_build_select (l->b, within, source, place), &wide);
  x = choose_steps (l, x, &type, telar_build_binary (l->b, TELAR_PRIM_EQUAL, source, place));
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &type.shape));
}

/* --- masks and caches ------------------------------------------------------------------------- */

static void
lower_length_mask (TelarLowering *l)
{
  TelarType type;
  TelarValue lengths = telar_lower_ranked (l, 0, 1, 1, &type);
  TelarValue mask = telar_build_binary (
      l->b, TELAR_PRIM_LESS, telar_emit_positions (l->b, 0, telar_lower_int (l, "steps"), FALSE),
      column (l, lengths));

  telar_lower_output (l, 0, telar_build_cast (l->b, mask, TELAR_I64));
}

/* The rows that the new steps go to, [N, 1, L, 1]. */
static TelarValue
rows_of (TelarBuilder *b, TelarValue position, gint64 steps)
{
  TelarShape shape = telar_builder_type (b, position)->shape;

  shape = telar_shape (shape.dims[0], 1, 1, 1);
  position = telar_build_reshape (b, telar_build_cast (b, position, TELAR_I64), &shape);
  return telar_build_binary (b, TELAR_PRIM_ADD, position, telar_emit_positions (b, 0, steps, TRUE));
}

TelarValue
telar_emit_cache_write (TelarBuilder *b, TelarValue cache, TelarValue fresh, TelarValue position,
                        gboolean circular)
{
  static const gint64 steps_axis = 2;
  TelarType type = *telar_builder_type (b, cache);
  TelarShape added = telar_builder_type (b, fresh)->shape, column;
  TelarValue rows, written, any;

  if (type.shape.rank != 4 || added.rank != 4 || type.shape.dims[2] < 1 ||
      telar_builder_type (b, position)->shape.rank != 1) {
    telar_builder_fail (b, "the cache and what is new need as many axes, and a position for each "
                           "sample");
    return TELAR_NO_VALUE;
  }
  rows = rows_of (b, position, added.dims[2]);
  if (circular)
    rows = telar_build_binary_scalar (b, TELAR_PRIM_MOD, rows, (double)type.shape.dims[2]);
  written = telar_build_binary (b, TELAR_PRIM_EQUAL,
                                telar_emit_positions (b, 0, type.shape.dims[2], FALSE), rows);
  written = telar_build_cast (b, written, type.dtype); /* [N, 1, L, S] */
  any = telar_build_reduce (b, TELAR_PRIM_MAX, written, &steps_axis, 1, TRUE);
  column = telar_shape (type.shape.dims[0], 1, type.shape.dims[2], 1);
  any = telar_build_cast (b, telar_build_reshape (b, any, &column), TELAR_BOOL);
  return telar_build_select (b, any, telar_build_matmul (b, written, fresh, TRUE, FALSE), cache);
}

/* Caches without heads get one. */
static void
lower_cache (TelarLowering *l)
{
  TelarType type, fresh_type, at_type;
  TelarValue cache = telar_lower_float (l, 0, 3, 4, &type);
  TelarValue fresh = telar_lower_float (l, 1, 3, 4, &fresh_type), mask;
  TelarValue position = telar_lower_ranked (l, 2, 1, 1, &at_type);
  TelarShape shape = type.shape, wide = type.shape, mask_shape;
  gint64 rows, steps;

  if (telar_builder_error (l->b))
    return;
  if (shape.rank != fresh_type.shape.rank) {
    telar_lower_fail (l, "the cache and what is new need as many axes");
    return;
  }
  if (!telar_lower_size (l, &shape, shape.rank - 2, &rows) ||
      !telar_lower_size (l, &fresh_type.shape, shape.rank - 2, &steps))
    return;
  if (shape.rank == 3) {
    wide = telar_shape_with (&shape, 1, 1);
    cache = telar_build_reshape (l->b, cache, &wide);
    wide = telar_shape_with (&fresh_type.shape, 1, 1);
    fresh = telar_build_reshape (l->b, fresh, &wide);
  }
  cache = telar_emit_cache_write (l->b, cache, fresh, position, FALSE);
  telar_lower_output (l, 0, telar_build_reshape (l->b, cache, &shape));
  mask =
      telar_build_binary (l->b, TELAR_PRIM_LESS_EQUAL, telar_emit_positions (l->b, 0, rows, FALSE),
                          rows_of (l->b, position, steps));
  mask_shape = telar_shape (at_type.shape.dims[0], steps, rows);
  if (shape.rank == 3)
    mask = telar_build_reshape (l->b, mask, &mask_shape);
  telar_lower_output (l, 1, telar_build_cast (l->b, mask, TELAR_I64));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define SEQUENCE_PORTS                                                                             \
  TELAR_PORTS (                                                                                    \
      { .name = "in",                                                                              \
        .kind = TELAR_PORT_TENSOR,                                                                 \
        .doc = N_ ("Sequences, batch × steps and any axes after them.") },                         \
      { .name = "lengths",                                                                         \
        .kind = TELAR_PORT_TENSOR,                                                                 \
        .optional = TRUE,                                                                          \
        .doc = N_ ("How many steps of each sequence count; all when nothing is wired.") })

static const TelarOperator last_step = {
  .name = "last_step",
  .label = N_ ("Last step"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Keeps only the last step of each sequence, as far as its length says."),
  .formula = "y = x[length - 1]",
  .onnx = "Slice, MatMul",
  .inputs = SEQUENCE_PORTS,
  .outputs = telar_ports_out,
  .lower = lower_last_step,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[3,4,2,2] i64[3]<5", "f32[2,5]"),
};

static const TelarOperator reverse_sequence = {
  .name = "reverse_sequence",
  .label = N_ ("Reverse sequence"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Turns each sequence round within its length; what lies beyond stays where it is."),
  .formula = "y[t] = x[length - 1 - t] for t < length, else x[t]",
  .onnx = "ReverseSequence",
  .inputs = SEQUENCE_PORTS,
  .outputs = telar_ports_out,
  .lower = lower_reverse_sequence,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[3,4,2,2] i64[3]<5", "f32[2,5] i64[2]<6"),
};

static const TelarOperator length_mask = {
  .name = "length_mask",
  .label = N_ ("Mask from lengths"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Says for each step of a sequence whether it lies within the length: a mask for "
             "attention."),
  .formula = "y[t] = 1 if t < length, else 0",
  .onnx = "Less, Cast",
  .inputs = TELAR_PORTS ({
      .name = "lengths",
      .kind = TELAR_PORT_TENSOR,
      .doc = N_ ("How many steps of each sequence count."),
  }),
  .outputs = TELAR_PORTS ({
      .name = "out",
      .kind = TELAR_PORT_TENSOR,
      .doc = N_ ("Batch × steps, whole numbers."),
  }),
  .params = TELAR_PARAMS ({
      .name = "steps",
      .label = N_ ("Steps"),
      .kind = TELAR_PARAM_INT,
      .fallback = "16",
      .minimum = 1,
      .maximum = 1 << 20,
      .doc = N_ ("How many steps the sequences have."),
      .prominent = TRUE,
  }),
  .lower = lower_length_mask,
  .examples = TELAR_EXAMPLES ("i64[4]<6 steps=5"),
};

static const TelarOperator cache = {
  .name = "key_value_cache",
  .label = N_ ("Key-value cache"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Writes the newest steps into a store of fixed size, so that a model that generates "
             "step by step need not work the earlier ones out again. Feed the result back as the "
             "cache of the next call."),
  .formula = "cache[position + l] = new[l]; mask[l, s] = 1 if s ≤ position + l, else 0",
  .onnx = "Equal, MatMul, Mul, Add",
  .inputs = TELAR_PORTS (
      { .name = "cache",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("Keys, values or inputs so far, batch × rows × features, or with heads "
                   "before the rows.") },
      { .name = "new",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("The same of the newest steps, batch × steps × features.") },
      { .name = "position",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("How many steps each sample has had before, whole numbers.") }),
  .outputs = TELAR_PORTS (
      { .name = "out", .kind = TELAR_PORT_TENSOR, .doc = N_ ("The cache with the newest steps.") },
      { .name = "mask",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("Which rows each of the newest steps may see, for an attention's mask.") }),
  .lower = lower_cache,
  .examples =
      TELAR_EXAMPLES ("f32[2,5,3] f32[2,1,3] i64[2]<5", "f32[2,2,6,3] f32[2,2,3,3] i64[2]<5"),
};

const TelarOperator *const telar_operators_sequence[] = {
  &last_step, &reverse_sequence, &length_mask, &cache, NULL,
};
