/* Operators that pick numbers by their places, or put them there, while the shapes stay known. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>
#include <string.h>

/* --- picking ---------------------------------------------------------------------------------- */

static void
trace_gather (OnnxCall *call)
{
  guint axis, rank = onnx_call_type (call, 0).shape.rank;
  if (onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), rank, &axis))
    onnx_call_out (
        call, 0, telar_emit_gather (call->b, onnx_call_in (call, 0), onnx_call_in (call, 1), axis));
}

static void
trace_gather_elements (OnnxCall *call)
{
  guint axis, rank = onnx_call_type (call, 0).shape.rank;
  if (onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), rank, &axis))
    onnx_call_out (
        call, 0,
        telar_emit_gather_elements (call->b, onnx_call_in (call, 0), onnx_call_in (call, 1), axis));
}

static void
trace_gather_nd (OnnxCall *call)
{
  guint rank = onnx_call_type (call, 0).shape.rank;
  gint64 batch_dims = onnx_call_attr_int (call, "batch_dims", 0);
  if (batch_dims < 0 || batch_dims >= rank)
    onnx_call_fail (call, "batch_dims is %" G_GINT64_FORMAT, batch_dims);
  else
    onnx_call_out (call, 0,
                   telar_emit_gather_nd (call->b, onnx_call_in (call, 0), onnx_call_in (call, 1),
                                         (guint)batch_dims));
}

/* --- scattering ------------------------------------------------------------------------------- */

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

/* The first input with the third at the flat @places, as many. */
static void
give_put (OnnxCall *call, TelarValue places, Put mode)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  TelarShape updates = onnx_call_type (call, 2).shape;
  if (telar_shape_elements (&telar_builder_type (call->b, places)->shape) !=
      telar_shape_elements (&updates))
    onnx_call_fail (call, "there must be an update for each index");
  else if (mode > PUT_ADD) {
    TelarValue put = put_on_host (call, places, mode); /* which begins another program */
    onnx_call_out (call, 0, telar_build_reshape (call->b, put, &shape));
  } else
    onnx_call_out (call, 0,
                   telar_emit_scatter (call->b, onnx_call_in (call, 0), onnx_call_in (call, 2),
                                       places, mode == PUT_ADD));
}

static void
trace_scatter_elements (OnnxCall *call)
{
  TelarShape data = onnx_call_type (call, 0).shape;
  Put mode;
  guint axis;
  if (read_mode (call, &mode) &&
      onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), data.rank, &axis))
    give_put (call, telar_emit_places_along (call->b, &data, onnx_call_in (call, 1), axis), mode);
}

static void
trace_scatter_nd (OnnxCall *call)
{
  TelarShape data = onnx_call_type (call, 0).shape;
  Put mode;
  if (read_mode (call, &mode))
    give_put (call, telar_emit_places_of_tuples (call->b, &data, onnx_call_in (call, 1)), mode);
}

/* --- patterns --------------------------------------------------------------------------------- */

/* [off, on] at the places that the indices name along a new axis. */
static void
trace_one_hot (OnnxCall *call)
{
  TelarType indices = onnx_call_type (call, 0), values = onnx_call_type (call, 2);
  gint64 depth = onnx_call_integer (call, 1, 0);
  guint axis, rank = indices.shape.rank + 1;
  if (depth < 1 || depth > G_MAXINT32 || rank > TELAR_MAX_RANK) {
    onnx_call_fail (call, "a depth of %" G_GINT64_FORMAT " is impossible", depth);
    return;
  }
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1), rank, &axis))
    return;
  TelarValue place = telar_emit_count_from_end (call->b, onnx_call_in (call, 0), depth);
  TelarValue hot = telar_emit_one_hot (call->b, place, depth, axis);
  TelarValue parts[2], all = onnx_call_in (call, 2);
  TelarShape scalar = telar_shape_scalar ();
  if (values.shape.rank != 1 || values.shape.dims[0] != 2)
    onnx_call_fail (call, "two values are needed, for off and on");
  for (gint64 i = 0; i < 2; i++) {
    parts[i] = telar_build_slice (call->b, all, 0, i, i + 1);
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
  { "Gather", trace_gather },
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
