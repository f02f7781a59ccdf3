/* Operators that pick numbers by their places, or put them there, while the shapes stay known. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>
#include <string.h>

/* --- places ----------------------------------------------------------------------------------- */

/* As i64, counted from the end where negative. */
static TelarValue
count_from_end (OnnxCall *call, TelarValue indices, gint64 size)
{
  indices = telar_build_cast (call->b, indices, TELAR_I64);
  TelarValue zero = telar_build_scalar (call->b, TELAR_I64, 0);
  TelarValue negative = telar_build_binary (call->b, TELAR_PRIM_LESS, indices, zero);
  TelarValue counted = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, indices, (double)size);
  return telar_build_select (call->b, negative, counted, indices);
}

static TelarValue
add_scaled (OnnxCall *call, TelarValue sum, TelarValue indices, gint64 stride)
{
  indices = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, indices, (double)stride);
  return sum == TELAR_NO_VALUE ? indices
                               : telar_build_binary (call->b, TELAR_PRIM_ADD, sum, indices);
}

static TelarValue
flatten (OnnxCall *call, TelarValue x)
{
  TelarShape flat =
      telar_shape ((gint64)telar_shape_elements (&telar_builder_type (call->b, x)->shape));
  return telar_build_reshape (call->b, x, &flat);
}

/* Where in the flat @data the element stands that @indices, along @axis, mean at each of their own
 * places. */
static TelarValue
places_along (OnnxCall *call, const TelarShape *data, TelarValue indices, guint axis)
{
  TelarShape shape = telar_builder_type (call->b, indices)->shape;
  gint64 strides[TELAR_MAX_RANK];
  TelarValue place = TELAR_NO_VALUE;
  telar_shape_strides (data, strides);
  indices = count_from_end (call, indices, data->dims[axis]);
  for (guint i = 0; i < data->rank; i++)
    place = add_scaled (call, place, i == axis ? indices : telar_build_iota (call->b, &shape, i),
                        strides[i]);
  return place;
}

static gboolean
check_along (OnnxCall *call, const TelarShape *data, const TelarShape *indices, guint axis)
{
  gboolean good = data->rank == indices->rank;
  for (guint i = 0; good && i < data->rank; i++)
    good = i == axis || indices->dims[i] <= data->dims[i];
  if (!good)
    onnx_call_fail (call, "the indices do not fit the data");
  return good;
}

static void
trace_gather_elements (OnnxCall *call)
{
  TelarShape data = onnx_call_type (call, 0).shape, indices = onnx_call_type (call, 1).shape;
  guint axis;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), data.rank, &axis) ||
      !check_along (call, &data, &indices, axis))
    return;
  TelarValue place = places_along (call, &data, onnx_call_in (call, 1), axis);
  TelarValue x = flatten (call, onnx_call_in (call, 0));
  onnx_call_out (call, 0,
                 telar_emit (call->b, GATHER, ((TelarValue[]){ x, place }), TELAR_INT (AXIS, 0)));
}

/* --- tuples of indices ------------------------------------------------------------------------ */

typedef struct {
  gint64 batch;      /* batches of data and indices alike */
  guint n_batch;     /* their axes */
  guint depth;       /* axes that a tuple names */
  gint64 rows, rest; /* places that a tuple may name in one batch; numbers at each */
  gint64 strides[TELAR_MAX_RANK], sizes[TELAR_MAX_RANK];
} Tuples;

static gboolean
read_tuples (OnnxCall *call, const TelarShape *data, const TelarShape *indices, guint n_batch,
             Tuples *t)
{
  *t = (Tuples){ .batch = 1, .n_batch = n_batch, .rows = 1, .rest = 1 };
  gint64 depth = indices->rank > 0 ? indices->dims[indices->rank - 1] : 0;
  if (depth < 1 || n_batch >= indices->rank || depth + n_batch > data->rank) {
    onnx_call_fail (call, "the indices do not fit the data");
    return FALSE;
  }
  t->depth = (guint)depth;
  for (guint i = 0; i < n_batch; i++) {
    if (data->dims[i] != indices->dims[i])
      onnx_call_fail (call, "the batches of data and indices differ");
    t->batch *= data->dims[i];
  }
  for (guint i = n_batch + t->depth; i-- > n_batch;) {
    t->strides[i - n_batch] = t->rows;
    t->sizes[i - n_batch] = data->dims[i];
    t->rows *= data->dims[i];
  }
  for (guint i = n_batch + t->depth; i < data->rank; i++)
    t->rest *= data->dims[i];
  return !onnx_call_failed (call);
}

/* The row of [batch · rows, rest] that each tuple names, flat. */
static TelarValue
tuple_rows (OnnxCall *call, const TelarShape *indices, const Tuples *t)
{
  gint64 tuples = (gint64)telar_shape_elements (indices) / t->depth;
  TelarShape table = telar_shape (tuples, t->depth), column = telar_shape (tuples);
  TelarValue all = telar_build_reshape (call->b, onnx_call_in (call, 1), &table);
  TelarValue row = TELAR_NO_VALUE;
  for (guint i = 0; i < t->depth; i++) {
    gint64 start[2] = { 0, i }, limit[2] = { tuples, i + 1 }, stride[2] = { 1, 1 };
    TelarValue part =
        telar_emit (call->b, SLICE, ((TelarValue[]){ all }), TELAR_INTS (START, start, 2),
                    TELAR_INTS (LIMIT, limit, 2), TELAR_INTS (STRIDE, stride, 2));
    part = count_from_end (call, telar_build_reshape (call->b, part, &column), t->sizes[i]);
    row = add_scaled (call, row, part, t->strides[i]);
  }
  if (t->batch > 1) {
    TelarShape apart = telar_shape (t->batch, tuples / t->batch);
    TelarValue of_batch =
        telar_build_reshape (call->b, telar_build_iota (call->b, &apart, 0), &column);
    row = add_scaled (call, row, of_batch, t->rows);
  }
  return row;
}

static void
trace_gather_nd (OnnxCall *call)
{
  TelarShape data = onnx_call_type (call, 0).shape, indices = onnx_call_type (call, 1).shape;
  gint64 batch_dims = onnx_call_attr_int (call, "batch_dims", 0);
  Tuples t;
  if (batch_dims < 0 || batch_dims >= data.rank) {
    onnx_call_fail (call, "batch_dims is %" G_GINT64_FORMAT, batch_dims);
    return;
  }
  if (!read_tuples (call, &data, &indices, (guint)batch_dims, &t))
    return;
  TelarShape table = telar_shape (t.batch * t.rows, t.rest), result = indices;
  result.rank--;
  for (guint i = t.n_batch + t.depth; i < data.rank; i++) {
    if (result.rank == TELAR_MAX_RANK) {
      onnx_call_fail (call, "the result has more than %d axes", TELAR_MAX_RANK);
      return;
    }
    result.dims[result.rank++] = data.dims[i];
  }
  TelarValue x = telar_build_reshape (call->b, onnx_call_in (call, 0), &table);
  x = telar_emit (call->b, GATHER, ((TelarValue[]){ x, tuple_rows (call, &indices, &t) }),
                  TELAR_INT (AXIS, 0));
  onnx_call_out (call, 0, telar_build_reshape (call->b, x, &result));
}

/* --- scattering ------------------------------------------------------------------------------- */

/* The flat @data with @updates put at @places (both flat): in place of what was there, or on top.
 */
static TelarValue
put (OnnxCall *call, TelarValue data, TelarValue updates, TelarValue places, gboolean add)
{
  TelarType type = *telar_builder_type (call->b, data);
  TelarType changes = *telar_builder_type (call->b, updates);
  TelarAttr attrs[] = { TELAR_INT (AXIS, 0), TELAR_INT (SIZE, type.shape.dims[0]) };
  TelarValue inputs[2] = { updates, places };
  TelarValue sum = telar_build (call->b, TELAR_PRIM_SCATTER_ADD, inputs, 2, attrs, 2);
  if (add)
    return telar_build_binary (call->b, TELAR_PRIM_ADD, data, sum);
  TelarType ones = { TELAR_F32, changes.shape };
  inputs[0] = telar_build_fill (call->b, &ones, 1);
  TelarValue hits = telar_build (call->b, TELAR_PRIM_SCATTER_ADD, inputs, 2, attrs, 2);
  TelarValue hit = telar_build_binary (call->b, TELAR_PRIM_LESS,
                                       telar_build_scalar (call->b, TELAR_F32, 0), hits);
  return telar_build_select (call->b, hit, sum, data);
}

typedef enum { PUT, PUT_ADD, PUT_MUL, PUT_MAX, PUT_MIN, N_PUTS } Put;

/* FALSE and an error for a reduction of another name. */
static gboolean
read_mode (OnnxCall *call, Put *mode)
{
  static const char *const names[N_PUTS] = { "none", "add", "mul", "max", "min" };
  g_autofree char *name = onnx_call_attr_text (call, "reduction", "none");
  for (*mode = PUT; *mode < N_PUTS; (*mode)++)
    if (g_str_equal (names[*mode], name))
      return TRUE;
  onnx_call_fail (call, "\"%s\" is no reduction", name);
  return FALSE;
}

static double
merge (Put mode, double x, double y)
{
  return mode == PUT_MUL ? x * y : mode == PUT_MAX ? MAX (x, y) : MIN (x, y);
}

/* Products and extremes at @places are computed on the host, update by update. */
static TelarValue
put_on_host (OnnxCall *call, TelarValue places, Put mode)
{
  if (onnx_call_failed (call) || places == TELAR_NO_VALUE)
    return TELAR_NO_VALUE;
  g_autoptr (TelarOnnxValue) where = onnx_call_wrap (call, places);
  const TelarTensor *at = onnx_call_settle (call, where);
  TelarTensor *data = at ? onnx_call_numbers (call, 0) : NULL;
  const TelarTensor *updates = data ? onnx_call_numbers (call, 2) : NULL;
  if (!updates)
    return TELAR_NO_VALUE;
  g_autoptr (TelarTensor) result = telar_tensor_copy (data);
  for (gsize i = 0; i < telar_tensor_elements (at); i++) {
    gint64 place = ((const gint64 *)at->data)[i];
    if (place < 0 || place >= (gint64)telar_tensor_elements (result)) {
      onnx_call_fail (call, "an index leads out of the data");
      break;
    }
    telar_tensor_set (
        result, (gsize)place,
        merge (mode, telar_tensor_get (result, (gsize)place), telar_tensor_get (updates, i)));
  }
  return telar_build_constant (call->b, result);
}

/* The first input with the third at @places (as many as updates). */
static void
give_put (OnnxCall *call, TelarValue places, Put mode)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  places = flatten (call, places);
  TelarValue x = mode > PUT_ADD
                     ? put_on_host (call, places, mode)
                     : put (call, flatten (call, onnx_call_in (call, 0)),
                            flatten (call, onnx_call_in (call, 2)), places, mode == PUT_ADD);
  onnx_call_out (call, 0, telar_build_reshape (call->b, x, &shape));
}

static void
trace_scatter_elements (OnnxCall *call)
{
  TelarType data = onnx_call_type (call, 0), indices = onnx_call_type (call, 1);
  TelarType updates = onnx_call_type (call, 2);
  Put mode;
  guint axis;
  if (!read_mode (call, &mode) ||
      !onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), data.shape.rank, &axis) ||
      !check_along (call, &data.shape, &indices.shape, axis))
    return;
  if (!telar_shape_equal (&indices.shape, &updates.shape)) {
    onnx_call_fail (call, "there must be as many updates as indices");
    return;
  }
  TelarValue places = places_along (call, &data.shape, onnx_call_in (call, 1), axis);
  give_put (call, places, mode);
}

static void
trace_scatter_nd (OnnxCall *call)
{
  TelarType data = onnx_call_type (call, 0), indices = onnx_call_type (call, 1);
  TelarShape updates = onnx_call_type (call, 2).shape;
  Put mode;
  Tuples t;
  if (!read_mode (call, &mode) || !read_tuples (call, &data.shape, &indices.shape, 0, &t))
    return;
  gint64 tuples = (gint64)telar_shape_elements (&indices.shape) / t.depth;
  if ((gint64)telar_shape_elements (&updates) != tuples * t.rest) {
    onnx_call_fail (call, "there must be an update for each index");
    return;
  }
  TelarShape spread = telar_shape (tuples, t.rest), column = telar_shape (tuples, 1);
  TelarValue row = telar_build_reshape (call->b, tuple_rows (call, &indices.shape, &t), &column);
  TelarValue place = add_scaled (call, telar_build_iota (call->b, &spread, 1), row, t.rest);
  give_put (call, place, mode);
}

/* --- patterns --------------------------------------------------------------------------------- */

/* [off, on] at the places that the indices name along a new axis. */
static void
trace_one_hot (OnnxCall *call)
{
  TelarType indices = onnx_call_type (call, 0), values = onnx_call_type (call, 2);
  gint64 depth = onnx_call_integer (call, 1, 0), perm[TELAR_MAX_RANK];
  guint axis, rank = indices.shape.rank + 1;
  if (depth < 1 || depth > G_MAXINT32 || rank > TELAR_MAX_RANK) {
    onnx_call_fail (call, "a depth of %" G_GINT64_FORMAT " is impossible", depth);
    return;
  }
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1), rank, &axis))
    return;
  TelarValue place = count_from_end (call, onnx_call_in (call, 0), depth);
  TelarValue hot = telar_emit (call->b, ONE_HOT, ((TelarValue[]){ place }), TELAR_INT (SIZE, depth),
                               TELAR_INT (DTYPE, TELAR_BOOL));
  for (guint i = 0; i < rank; i++)
    perm[i] = i < axis ? i : i == axis ? rank - 1 : i - 1;
  hot = telar_build_transpose (call->b, hot, perm);
  TelarValue parts[2], all = onnx_call_in (call, 2);
  TelarShape scalar = telar_shape_scalar ();
  if (values.shape.rank != 1 || values.shape.dims[0] != 2)
    onnx_call_fail (call, "two values are needed, for off and on");
  for (gint64 i = 0; i < 2; i++) {
    gint64 start = i, limit = i + 1, stride = 1;
    parts[i] = telar_emit (call->b, SLICE, ((TelarValue[]){ all }), TELAR_INTS (START, &start, 1),
                           TELAR_INTS (LIMIT, &limit, 1), TELAR_INTS (STRIDE, &stride, 1));
    parts[i] = telar_build_reshape (call->b, parts[i], &scalar);
  }
  onnx_call_out (call, 0, telar_build_select (call->b, hot, parts[1], parts[0]));
}

static void
trace_trilu (OnnxCall *call)
{
  gint64 k = onnx_call_integer (call, 1, 0);
  gboolean upper = onnx_call_attr_int (call, "upper", 1) != 0;
  onnx_call_out (call, 0, telar_emit_triangle (call->b, onnx_call_in (call, 0), upper, k));
}

static void
trace_eye_like (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  type.dtype = onnx_call_attr_dtype (call, "dtype", type.dtype);
  if (type.shape.rank != 2) {
    onnx_call_fail (call, "a diagonal needs two axes");
    return;
  }
  TelarValue gap = telar_emit_diagonals (call->b, &type.shape, onnx_call_attr_int (call, "k", 0));
  TelarValue zero = telar_build_scalar (call->b, TELAR_I64, 0);
  TelarValue on = telar_build_binary (call->b, TELAR_PRIM_EQUAL, gap, zero);
  onnx_call_out (call, 0, telar_build_cast (call->b, on, type.dtype));
}

/* start, start + delta, … up to but without limit. */
static void
trace_range (OnnxCall *call)
{
  const TelarTensor *start = onnx_call_numbers (call, 0);
  double from = onnx_call_number (call, 0, 0), to = onnx_call_number (call, 1, 0);
  double delta = onnx_call_number (call, 2, 1), n = ceil ((to - from) / delta);
  if (onnx_call_failed (call))
    return;
  if (!isfinite (n) || n > 1 << 26) {
    onnx_call_fail (call, "steps of %g do not lead from %g to %g", delta, from, to);
    return;
  }
  TelarDType dtype = start->type.dtype;
  TelarShape shape = telar_shape ((gint64)MAX (n, 0));
  TelarTensor *result = telar_tensor_try_new (dtype, &shape, &call->error);
  for (gint64 i = 0; result && i < shape.dims[0]; i++)
    telar_tensor_set (result, (gsize)i, from + (double)i * delta);
  if (result)
    onnx_call_give_numbers (call, 0, result);
}

static void
trace_tile (OnnxCall *call)
{
  gint64 repeats[TELAR_MAX_RANK];
  guint n;
  if (onnx_call_ints (call, 1, repeats, TELAR_MAX_RANK, &n))
    onnx_call_out (call, 0, telar_emit_tile (call->b, onnx_call_in (call, 0), repeats, n));
}

const OnnxOperator onnx_operators_index[] = {
  { "EyeLike", trace_eye_like },
  { "GatherElements", trace_gather_elements },
  { "GatherND", trace_gather_nd },
  { "OneHot", trace_one_hot },
  { "Range", trace_range, .flags = ONNX_VALUES },
  { "Scatter", trace_scatter_elements },
  { "ScatterElements", trace_scatter_elements },
  { "ScatterND", trace_scatter_nd },
  { "Tile", trace_tile },
  { "Trilu", trace_trilu },
  { NULL },
};
