/* Resizing along an axis: weights worked out once, applied as a product or a gather. */
#include "engine/emit-spatial.h"

#include <math.h>

static double
place_of (const TelarResize *r, gint64 i, gint64 in, gint64 out, double scale, double start,
          double end)
{
  double at = (double)i, last = (double)(in - 1);
  switch (r->places) {
  case TELAR_PLACES_PYTORCH_HALF_PIXEL:
    return out > 1 ? (at + 0.5) / scale - 0.5 : 0;
  case TELAR_PLACES_HALF_PIXEL_SYMMETRIC: {
    double rounded = (double)out / (scale * (double)in);
    return (double)in / 2 * (1 - rounded) + (at + 0.5) / scale - 0.5;
  }
  case TELAR_PLACES_ALIGN_CORNERS:
    return out > 1 ? at * last / (scale * (double)in - 1) : 0;
  case TELAR_PLACES_ASYMMETRIC:
    return at / scale;
  case TELAR_PLACES_TF_HALF_PIXEL:
    return (at + 0.5) / scale;
  case TELAR_PLACES_CROP:
    return out > 1 ? start * last + at * (end - start) * last / (double)(out - 1)
                   : 0.5 * (start + end) * last;
  case TELAR_PLACES_HALF_PIXEL:
    break;
  }
  return (at + 0.5) / scale - 0.5;
}

static double
round_place (TelarNearest nearest, double x)
{
  switch (nearest) {
  case TELAR_ROUND_PREFER_CEIL:
    return floor (x + 0.5);
  case TELAR_ROUND_FLOOR:
    return floor (x);
  case TELAR_ROUND_CEIL:
    return ceil (x);
  case TELAR_ROUND_PREFER_FLOOR:
    break;
  }
  return ceil (x - 0.5);
}

/* Keys' kernel at distance @d. */
static double
cubic_weight (double a, double d)
{
  d = fabs (d);
  if (d < 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/* The weights of the places around @x into a row of @in numbers; kernels are @wide times as wide as
 * two places. */
static void
add_weights (const TelarResize *r, double x, double wide, gint64 in, double *row)
{
  double reach = r->mode == TELAR_RESIZE_CUBIC ? 2 * wide : wide, sum = 0;
  gint64 first = (gint64)floor (x - reach) + 1, last = (gint64)floor (x + reach);
  for (gint64 i = first; i <= last; i++) {
    double distance = (x - (double)i) / wide;
    double weight = r->mode == TELAR_RESIZE_CUBIC ? cubic_weight (r->cubic, distance)
                                                  : MAX (1 - fabs (distance), 0);
    if (r->exclude_outside && (i < 0 || i >= in))
      continue;
    row[CLAMP (i, 0, in - 1)] += weight;
    sum += weight;
  }
  gboolean share = (r->exclude_outside || r->antialias) && sum != 0;
  for (gint64 i = 0; share && i < in; i++)
    row[i] /= sum;
}

static TelarTensor *
weight_matrix (const TelarResize *r, const double *places, gint64 in, gint64 out, double scale,
               TelarDType dtype)
{
  TelarShape shape = telar_shape (in, out);
  TelarTensor *weights = telar_tensor_new (dtype, &shape);
  double wide = r->antialias && scale > 0 && scale < 1 ? 1 / scale : 1;
  g_autofree double *row = g_new (double, in);
  for (gint64 i = 0; i < out; i++) {
    for (gint64 k = 0; k < in; k++)
      row[k] = 0;
    add_weights (r, places[i], wide, in, row);
    for (gint64 k = 0; k < in; k++)
      telar_tensor_set (weights, (gsize)(k * out + i), row[k]);
  }
  return weights;
}

/* The axis goes last and comes back. */
TelarValue
telar_emit_weigh_axis (TelarBuilder *b, TelarValue x, guint axis, TelarTensor *weights)
{
  TelarType type = *telar_builder_type (b, x);
  TelarValue matrix = telar_build_constant (b, weights);
  gint64 there[TELAR_MAX_RANK], back[TELAR_MAX_RANK];
  guint rank = type.shape.rank;
  for (guint i = 0; i < rank; i++) {
    there[i] = i < axis ? i : i + 1 < rank ? i + 1 : axis;
    back[i] = i < axis ? i : i == axis ? rank - 1 : i - 1;
  }
  x = telar_build_transpose (b, x, there);
  x = telar_build_matmul (b, x, matrix, FALSE, FALSE);
  return telar_build_transpose (b, x, back);
}

static TelarValue
pick (TelarBuilder *b, const TelarResize *r, TelarValue x, guint axis, const double *places,
      gint64 out)
{
  gint64 in = telar_builder_type (b, x)->shape.dims[axis];
  TelarShape shape = telar_shape (out);
  g_autoptr (TelarTensor) indices = telar_tensor_new (TELAR_I64, &shape);
  for (gint64 i = 0; i < out; i++)
    ((gint64 *)indices->data)[i] =
        (gint64)CLAMP (round_place (r->nearest, places[i]), 0, (double)(in - 1));
  return telar_emit (b, GATHER, ((TelarValue[]){ x, telar_build_constant (b, indices) }),
                     TELAR_INT (AXIS, axis));
}

/* Where a cropped place lies outside, the number for that. */
static TelarValue
mark_outside (TelarBuilder *b, const TelarResize *r, TelarValue x, guint axis, const double *places,
              gint64 in, gint64 out)
{
  TelarType type = *telar_builder_type (b, x);
  TelarShape shape = type.shape;
  gboolean any = FALSE;
  for (guint i = 0; i < shape.rank; i++)
    shape.dims[i] = i == axis ? out : 1;
  g_autoptr (TelarTensor) inside = telar_tensor_new (TELAR_BOOL, &shape);
  for (gint64 i = 0; i < out; i++) {
    gboolean good = places[i] >= 0 && places[i] <= (double)(in - 1);
    ((guint8 *)inside->data)[i] = good ? 1 : 0;
    any = any || !good;
  }
  return any ? telar_build_select (b, telar_build_constant (b, inside), x,
                                   telar_build_scalar (b, type.dtype, r->outside))
             : x;
}

TelarValue
telar_emit_resize_axis (TelarBuilder *b, const TelarResize *resize, TelarValue x, guint axis,
                        gint64 size, double scale, double start, double end)
{
  TelarType type = *telar_builder_type (b, x);
  if (x == TELAR_NO_VALUE)
    return x;
  gint64 in = type.shape.dims[axis];
  if (in < 1 || size < 1) {
    telar_builder_fail (b, "an axis of %" G_GINT64_FORMAT " cannot be resized to %" G_GINT64_FORMAT,
                        in, size);
    return TELAR_NO_VALUE;
  }
  g_autofree double *places = g_new (double, size);
  for (gint64 i = 0; i < size; i++)
    places[i] = place_of (resize, i, in, size, scale, start, end);
  if (resize->mode == TELAR_RESIZE_NEAREST)
    x = pick (b, resize, x, axis, places, size);
  else {
    g_autoptr (TelarTensor) weights = weight_matrix (resize, places, in, size, scale, type.dtype);
    x = telar_emit_weigh_axis (b, x, axis, weights);
  }
  return resize->places == TELAR_PLACES_CROP ? mark_outside (b, resize, x, axis, places, in, size)
                                             : x;
}
