/* Picking numbers by their places, and putting them there. */
#include "engine/emit.h"

/* --- places ----------------------------------------------------------------------------------- */

/* A size as i64; that of an axis that grows with the batch is counted when the program runs. */
static TelarValue
size_value (TelarBuilder *b, gint64 size)
{
  TelarType ones = { TELAR_I64, telar_shape (size) };
  if (size >= 0)
    return telar_build_scalar (b, TELAR_I64, (double)size);
  return telar_build_reduce_all (b, TELAR_PRIM_SUM, telar_build_fill (b, &ones, 1));
}

/* What whole numbers were before they became others. */
static TelarValue
uncast (const TelarProgram *program, TelarValue value)
{
  const TelarInstr *maker = telar_program_maker (program, value, NULL);
  while (maker->prim == TELAR_PRIM_CAST &&
         telar_dtype_is_integer (telar_program_type (program, maker->inputs[0])->dtype)) {
    value = maker->inputs[0];
    maker = telar_program_maker (program, value, NULL);
  }
  return value;
}

/* i < 0 ? i + size : i, as telar_emit_count_from_end makes it. */
static gboolean
is_counted (const TelarProgram *program, const TelarInstr *select)
{
  const TelarInstr *less = telar_program_maker (program, select->inputs[0], NULL);
  const TelarInstr *sum = telar_program_maker (program, uncast (program, select->inputs[1]), NULL);
  TelarValue index = uncast (program, select->inputs[2]);
  return less->prim == TELAR_PRIM_LESS && sum->prim == TELAR_PRIM_ADD &&
         uncast (program, less->inputs[0]) == index &&
         (uncast (program, sum->inputs[0]) == index || uncast (program, sum->inputs[1]) == index);
}

static gboolean
is_not_negative (const TelarTensor *tensor)
{
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    if (telar_tensor_get (tensor, i) < 0)
      return FALSE;
  return TRUE;
}

/* Whether indices are never negative, as far as it shows within @depth instructions. */
static gboolean
counts_from_start (const TelarProgram *program, TelarValue value, guint depth)
{
  const TelarInstr *maker = telar_program_maker (program, uncast (program, value), NULL);
  if (depth == 0)
    return FALSE;
  switch (maker->prim) {
  case TELAR_PRIM_ARGMAX:
  case TELAR_PRIM_ARGMIN:
  case TELAR_PRIM_ARGSORT:
  case TELAR_PRIM_IOTA:
    return TRUE;
  case TELAR_PRIM_FILL:
    return telar_instr_real (maker, TELAR_ATTR_FILL, 0) >= 0;
  case TELAR_PRIM_CONSTANT:
    return is_not_negative (telar_instr_attr (maker, TELAR_ATTR_VALUE)->tensor);
  case TELAR_PRIM_SELECT:
    return is_counted (program, maker);
  case TELAR_PRIM_ADD:
  case TELAR_PRIM_MUL:
    return counts_from_start (program, maker->inputs[0], depth - 1) &&
           counts_from_start (program, maker->inputs[1], depth - 1);
  case TELAR_PRIM_RESHAPE:
  case TELAR_PRIM_TRANSPOSE:
  case TELAR_PRIM_BROADCAST:
  case TELAR_PRIM_SLICE:
    return counts_from_start (program, maker->inputs[0], depth - 1);
  default:
    return FALSE;
  }
}

TelarValue
telar_emit_count_from_end (TelarBuilder *b, TelarValue indices, gint64 size)
{
  enum { DEPTH = 8 };
  indices = telar_build_cast (b, indices, TELAR_I64);
  if (indices == TELAR_NO_VALUE || counts_from_start (telar_builder_program (b), indices, DEPTH))
    return indices;
  TelarValue negative =
      telar_build_binary (b, TELAR_PRIM_LESS, indices, telar_build_scalar (b, TELAR_I64, 0));
  TelarValue counted = telar_build_binary (b, TELAR_PRIM_ADD, indices, size_value (b, size));
  return telar_build_select (b, negative, counted, indices);
}

/* @sum, which may be missing, and @indices · @stride. */
static TelarValue
add_scaled (TelarBuilder *b, TelarValue sum, TelarValue indices, gint64 stride)
{
  if (stride != 1)
    indices = telar_build_binary (b, TELAR_PRIM_MUL, indices, size_value (b, stride));
  return sum == TELAR_NO_VALUE ? indices : telar_build_binary (b, TELAR_PRIM_ADD, sum, indices);
}

/* All numbers along one axis. */
static TelarValue
flatten (TelarBuilder *b, TelarValue x)
{
  gint64 open = -1;
  return telar_emit_reshape (b, x, &open, 1, FALSE);
}

static TelarValue
gather (TelarBuilder *b, TelarValue x, TelarValue places, guint axis)
{
  return telar_emit (b, GATHER, ((TelarValue[]){ x, places }), TELAR_INT (AXIS, axis));
}

TelarValue
telar_emit_gather (TelarBuilder *b, TelarValue x, TelarValue indices, guint axis)
{
  gint64 size = telar_builder_type (b, x)->shape.dims[axis];
  return gather (b, x, telar_emit_count_from_end (b, indices, size), axis);
}

/* --- along an axis ---------------------------------------------------------------------------- */

static gboolean
fits_along (const TelarShape *data, const TelarShape *indices, guint axis)
{
  gboolean good = data->rank == indices->rank;
  for (guint i = 0; good && i < data->rank; i++) {
    gint64 has = data->dims[i], wants = indices->dims[i];
    good = i == axis || has == wants || (has >= 0 && wants >= 0 && wants < has);
    good = good && (i == 0 || has >= 0);
  }
  return good;
}

TelarValue
telar_emit_places_along (TelarBuilder *b, const TelarShape *data, TelarValue indices, guint axis)
{
  TelarShape shape = telar_builder_type (b, indices)->shape;
  gint64 strides[TELAR_MAX_RANK];
  TelarValue place = TELAR_NO_VALUE;
  if (indices == TELAR_NO_VALUE)
    return indices;
  if (!fits_along (data, &shape, axis)) {
    telar_builder_fail (b, "the indices do not fit the data");
    return TELAR_NO_VALUE;
  }
  telar_shape_strides (data, strides);
  indices = telar_emit_count_from_end (b, indices, data->dims[axis]);
  for (guint i = 0; i < data->rank; i++)
    place =
        add_scaled (b, place, i == axis ? indices : telar_build_iota (b, &shape, i), strides[i]);
  return place;
}

TelarValue
telar_emit_gather_elements (TelarBuilder *b, TelarValue x, TelarValue indices, guint axis)
{
  TelarShape shape = telar_builder_type (b, x)->shape;
  TelarValue places = telar_emit_places_along (b, &shape, indices, axis);
  return gather (b, flatten (b, x), places, 0);
}

/* --- tuples of indices ------------------------------------------------------------------------ */

typedef struct {
  gint64 batch;      /* batches of data and indices alike */
  guint n_batch;     /* their axes */
  guint depth;       /* axes that a tuple names */
  gint64 tuples;     /* how many there are */
  gint64 rows, rest; /* places that a tuple may name in one batch; numbers at each */
  gint64 strides[TELAR_MAX_RANK], sizes[TELAR_MAX_RANK];
} Tuples;

/* The axes from @from to before @to of @shape as one; FALSE when that is impossible. */
static gboolean
count_axes (const TelarShape *shape, guint from, guint to, gint64 *count)
{
  TelarShape part = telar_shape_new (shape->dims + from, to - from);
  return telar_shape_count (&part, count);
}

static gboolean
read_tuples (TelarBuilder *b, const TelarShape *data, const TelarShape *indices, guint n_batch,
             Tuples *t)
{
  gint64 depth = indices->rank > 0 ? indices->dims[indices->rank - 1] : 0;
  gboolean good = depth >= 1 && n_batch < indices->rank && depth + n_batch <= data->rank;
  *t = (Tuples){ .n_batch = n_batch, .depth = good ? (guint)depth : 0, .rows = 1 };
  for (guint i = 0; good && i < n_batch; i++)
    good = data->dims[i] == indices->dims[i];
  for (guint i = n_batch + t->depth; good && i-- > n_batch;) {
    t->strides[i - n_batch] = t->rows;
    t->sizes[i - n_batch] = data->dims[i];
    t->rows *= data->dims[i];
  }
  good = good && count_axes (data, 0, n_batch, &t->batch) &&
         count_axes (data, n_batch + t->depth, data->rank, &t->rest) &&
         count_axes (indices, 0, indices->rank - 1, &t->tuples);
  if (!good)
    telar_builder_fail (b, "the indices do not fit the data");
  return good;
}

/* The row of [batch · rows, rest] that each tuple names, flat. */
static TelarValue
tuple_rows (TelarBuilder *b, TelarValue indices, const Tuples *t)
{
  TelarShape table = telar_shape (t->tuples, t->depth), column = telar_shape (t->tuples);
  TelarValue all = telar_build_reshape (b, indices, &table), row = TELAR_NO_VALUE;
  for (guint i = 0; i < t->depth; i++) {
    TelarValue part = telar_build_slice (b, all, 1, i, i + 1);
    part = telar_emit_count_from_end (b, telar_build_reshape (b, part, &column), t->sizes[i]);
    row = add_scaled (b, row, part, t->strides[i]);
  }
  if (t->batch != 1 && t->batch != 0) {
    TelarShape apart = telar_shape (t->batch, t->tuples / t->batch);
    TelarValue of_batch = telar_build_reshape (b, telar_build_iota (b, &apart, 0), &column);
    row = add_scaled (b, row, of_batch, t->rows);
  }
  return row;
}

TelarValue
telar_emit_gather_nd (TelarBuilder *b, TelarValue x, TelarValue indices, guint batch_axes)
{
  TelarShape data = telar_builder_type (b, x)->shape;
  TelarShape result = telar_builder_type (b, indices)->shape;
  Tuples t;
  if (x == TELAR_NO_VALUE || indices == TELAR_NO_VALUE ||
      !read_tuples (b, &data, &result, batch_axes, &t))
    return TELAR_NO_VALUE;
  TelarShape table = telar_shape (t.batch * t.rows, t.rest);
  result.rank--;
  for (guint i = t.n_batch + t.depth; i < data.rank; i++) {
    if (result.rank == TELAR_MAX_RANK) {
      telar_builder_fail (b, "the result has more than %d axes", TELAR_MAX_RANK);
      return TELAR_NO_VALUE;
    }
    result.dims[result.rank++] = data.dims[i];
  }
  x = gather (b, telar_build_reshape (b, x, &table), tuple_rows (b, indices, &t), 0);
  return telar_build_reshape (b, x, &result);
}

TelarValue
telar_emit_places_of_tuples (TelarBuilder *b, const TelarShape *shape, TelarValue indices)
{
  TelarShape tuples = telar_builder_type (b, indices)->shape;
  Tuples t;
  if (indices == TELAR_NO_VALUE || !read_tuples (b, shape, &tuples, 0, &t))
    return TELAR_NO_VALUE;
  TelarShape spread = telar_shape (t.tuples, t.rest), column = telar_shape (t.tuples, 1);
  TelarValue row = telar_build_reshape (b, tuple_rows (b, indices, &t), &column);
  return flatten (b, add_scaled (b, telar_build_iota (b, &spread, 1), row, t.rest));
}

/* --- scattering ------------------------------------------------------------------------------- */

TelarValue
telar_emit_scatter (TelarBuilder *b, TelarValue x, TelarValue updates, TelarValue places,
                    gboolean add)
{
  TelarShape shape = telar_builder_type (b, x)->shape;
  TelarValue data = flatten (b, x), inputs[2] = { flatten (b, updates), flatten (b, places) };
  TelarType changes = { TELAR_F32, telar_builder_type (b, inputs[1])->shape };
  TelarAttr attrs[] = { TELAR_INT (AXIS, 0),
                        TELAR_INT (SIZE, telar_builder_type (b, data)->shape.dims[0]) };
  TelarValue sum = telar_build (b, TELAR_PRIM_SCATTER_ADD, inputs, 2, attrs, 2);
  if (add)
    return telar_build_reshape (b, telar_build_binary (b, TELAR_PRIM_ADD, data, sum), &shape);
  inputs[0] = telar_build_fill (b, &changes, 1);
  TelarValue hits = telar_build (b, TELAR_PRIM_SCATTER_ADD, inputs, 2, attrs, 2);
  TelarValue hit =
      telar_build_binary (b, TELAR_PRIM_LESS, telar_build_scalar (b, TELAR_F32, 0), hits);
  return telar_build_reshape (b, telar_build_select (b, hit, sum, data), &shape);
}

TelarValue
telar_emit_index_add (TelarBuilder *b, TelarValue x, TelarValue indices, TelarValue updates,
                      guint axis)
{
  gint64 size = telar_builder_type (b, x)->shape.dims[axis];
  TelarValue places = telar_emit_count_from_end (b, indices, size);
  TelarValue sum = telar_emit (b, SCATTER_ADD, ((TelarValue[]){ updates, places }),
                               TELAR_INT (AXIS, axis), TELAR_INT (SIZE, size));
  return telar_build_binary (b, TELAR_PRIM_ADD, x, sum);
}

TelarValue
telar_emit_one_hot (TelarBuilder *b, TelarValue indices, gint64 size, guint axis)
{
  gint64 perm[TELAR_MAX_RANK];
  TelarValue places = telar_build_cast (b, indices, TELAR_I64);
  TelarValue hot = telar_emit (b, ONE_HOT, ((TelarValue[]){ places }), TELAR_INT (SIZE, size),
                               TELAR_INT (DTYPE, TELAR_BOOL));
  guint rank = telar_builder_type (b, hot)->shape.rank;
  if (hot == TELAR_NO_VALUE || axis == rank - 1)
    return hot;
  for (guint i = 0; i < rank; i++)
    perm[i] = i < axis ? i : i == axis ? rank - 1 : i - 1;
  return telar_build_transpose (b, hot, perm);
}

/* --- order ------------------------------------------------------------------------------------ */

void
telar_emit_top_k (TelarBuilder *b, TelarValue x, guint axis, gint64 k, gboolean largest,
                  TelarValue *values, TelarValue *places)
{
  gint64 size = telar_builder_type (b, x)->shape.dims[axis];
  *places = telar_emit (b, ARGSORT, ((TelarValue[]){ x }), TELAR_INT (AXIS, axis),
                        TELAR_INT (REVERSE, largest != FALSE));
  if (k >= 0 && k > size)
    telar_builder_fail (b, "there are no %" G_GINT64_FORMAT " numbers along axis %u", k, axis);
  else if (k >= 0 && k != size)
    *places = telar_build_slice (b, *places, axis, 0, k);
  *values = telar_emit_gather_elements (b, x, *places, axis);
}
