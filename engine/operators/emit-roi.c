/* Regions of pictures at one size, by gathers whose weights carry the gradient. */
#include "engine/emit-spatial.h"

typedef struct {
  TelarBuilder *b;
  const TelarRoiAlign *settings;
  TelarDType dtype;
  gint64 regions;
} Regions;

/* Where the samples of all regions stand along one axis, [R, out · samples] each: between two
 * places with a weight for each. */
typedef struct {
  TelarValue places[2], weights[2];
  gint64 n;
} Samples;

static TelarValue
times (const Regions *r, TelarValue x, double factor)
{
  return telar_build_binary_scalar (r->b, TELAR_PRIM_MUL, x, factor);
}

static TelarValue
plus (const Regions *r, TelarValue x, double term)
{
  return telar_build_binary_scalar (r->b, TELAR_PRIM_ADD, x, term);
}

/* Column @which of the boxes, [R, 1], in places of the picture. */
static TelarValue
edge (const Regions *r, TelarValue boxes, guint which)
{
  TelarValue x = telar_build_slice (r->b, boxes, 1, which, which + 1);
  x = times (r, x, r->settings->scale);
  return r->settings->half_pixel ? plus (r, x, -0.5) : x;
}

/* (i + 1/2) / samples for each of @n samples: how many cells lie before it. */
static TelarValue
cells_before (const Regions *r, gint64 n)
{
  TelarShape shape = telar_shape (n);
  g_autoptr (TelarTensor) numbers = telar_tensor_new (r->dtype, &shape);
  for (gint64 i = 0; i < n; i++)
    telar_tensor_set (numbers, (gsize)i, ((double)i + 0.5) / (double)r->settings->samples);
  return telar_build_constant (r->b, numbers);
}

/* Samples more than a place outside of the @size places count for nothing. */
static Samples
sample_axis (const Regions *r, TelarValue boxes, guint axis, gint64 cells, gint64 size)
{
  TelarBuilder *b = r->b;
  Samples result = { .n = cells * r->settings->samples };
  TelarValue low = edge (r, boxes, axis), high = edge (r, boxes, axis + 2);
  TelarValue length = telar_build_binary (b, TELAR_PRIM_SUB, high, low);
  /* A region has at least one place, unless half a place is taken off. */
  if (!r->settings->half_pixel)
    length = telar_build_binary_scalar (b, TELAR_PRIM_MAXIMUM, length, 1);
  TelarValue step = telar_build_binary (b, TELAR_PRIM_MUL, times (r, length, 1 / (double)cells),
                                        cells_before (r, result.n));
  TelarValue at = telar_build_binary (b, TELAR_PRIM_ADD, low, step);
  TelarValue before = telar_build_scalar (b, r->dtype, -1);
  TelarValue behind = telar_build_scalar (b, r->dtype, (double)size);
  TelarValue inside = telar_build_binary (
      b, TELAR_PRIM_AND, telar_build_binary (b, TELAR_PRIM_LESS_EQUAL, before, at),
      telar_build_binary (b, TELAR_PRIM_LESS_EQUAL, at, behind));
  at = telar_build_binary_scalar (b, TELAR_PRIM_MAXIMUM, at, 0);
  at = telar_build_binary_scalar (b, TELAR_PRIM_MINIMUM, at, (double)(size - 1));
  TelarValue first = telar_build_unary (b, TELAR_PRIM_FLOOR, at);
  TelarValue second =
      telar_build_binary_scalar (b, TELAR_PRIM_MINIMUM, plus (r, first, 1), (double)(size - 1));
  TelarValue part = telar_build_binary (b, TELAR_PRIM_SUB, at, first);
  TelarValue rest = plus (r, times (r, part, -1), 1), none = telar_build_scalar (b, r->dtype, 0);
  result.places[0] = telar_build_cast (b, first, TELAR_I64);
  result.places[1] = telar_build_cast (b, second, TELAR_I64);
  result.weights[0] = telar_build_select (b, inside, rest, none);
  result.weights[1] = telar_build_select (b, inside, part, none);
  return result;
}

/* [R, n] as [R, n, 1] or [R, 1, n]. */
static TelarValue
stand (const Regions *r, TelarValue x, const Samples *samples, gboolean rows)
{
  TelarShape shape =
      rows ? telar_shape (r->regions, samples->n, 1) : telar_shape (r->regions, 1, samples->n);
  return telar_build_reshape (r->b, x, &shape);
}

static TelarValue
combine (const Regions *r, TelarPrim prim, TelarValue rows, const Samples *of_rows,
         TelarValue columns, const Samples *of_columns)
{
  return telar_build_binary (r->b, prim, stand (r, rows, of_rows, TRUE),
                             stand (r, columns, of_columns, FALSE));
}

/* The mean, or the largest, of the samples of each cell: [R, h · s, w · s, C] to [R, C, h, w]. */
static TelarValue
gather_cells (const Regions *r, TelarValue x, gint64 channels)
{
  const TelarRoiAlign *s = r->settings;
  const gint64 axes[] = { 2, 4 }, perm[] = { 0, 3, 1, 2 };
  TelarShape shape =
      telar_shape (r->regions, s->height, s->samples, s->width, s->samples, channels);
  x = telar_build_reshape (r->b, x, &shape);
  x = telar_build_reduce (r->b, s->largest ? TELAR_PRIM_MAX : TELAR_PRIM_MEAN, x, axes, 2, FALSE);
  return telar_build_transpose (r->b, x, perm);
}

static gboolean
fits (TelarBuilder *b, const TelarType *type, const TelarType *of_boxes, const TelarType *pictures)
{
  const TelarShape *x = &type->shape, *boxes = &of_boxes->shape, *places = &pictures->shape;
  if (x->rank == 4 && x->dims[1] > 0 && x->dims[2] > 0 && x->dims[3] > 0 && boxes->rank == 2 &&
      boxes->dims[1] == 4 && places->rank == 1 && places->dims[0] == boxes->dims[0] &&
      of_boxes->dtype == type->dtype)
    return TRUE;
  telar_builder_fail (b, "x must be [N,C,H,W], the boxes [R,4], of one type, and their pictures "
                         "[R]");
  return FALSE;
}

TelarValue
telar_emit_roi_align (TelarBuilder *b, const TelarRoiAlign *settings, TelarValue x,
                      TelarValue boxes, TelarValue pictures)
{
  TelarType type = *telar_builder_type (b, x), of_boxes = *telar_builder_type (b, boxes);
  const gint64 last[] = { 0, 2, 3, 1 };
  if (!fits (b, &type, &of_boxes, telar_builder_type (b, pictures)))
    return TELAR_NO_VALUE;
  gint64 channels = type.shape.dims[1], height = type.shape.dims[2], width = type.shape.dims[3];
  Regions r = { b, settings, type.dtype, of_boxes.shape.dims[0] };
  TelarShape flat = telar_shape (type.shape.dims[0] * height * width, channels);
  TelarShape each = telar_shape (r.regions, 1);
  TelarValue numbers = telar_build_reshape (b, telar_build_transpose (b, x, last), &flat);
  Samples down = sample_axis (&r, boxes, 1, settings->height, height);
  Samples across = sample_axis (&r, boxes, 0, settings->width, width);
  TelarShape column = telar_shape (r.regions, down.n, across.n, 1);
  TelarValue result = TELAR_NO_VALUE;
  pictures = telar_build_reshape (b, telar_build_cast (b, pictures, TELAR_I64), &each);
  pictures = telar_build_binary_scalar (b, TELAR_PRIM_MUL, pictures, (double)height);
  for (guint i = 0; i < 2; i++)
    for (guint k = 0; k < 2; k++) {
      TelarValue row = telar_build_binary (b, TELAR_PRIM_ADD, down.places[i], pictures);
      row = telar_build_binary_scalar (b, TELAR_PRIM_MUL, row, (double)width);
      TelarValue place = combine (&r, TELAR_PRIM_ADD, row, &down, across.places[k], &across);
      TelarValue weight =
          combine (&r, TELAR_PRIM_MUL, down.weights[i], &down, across.weights[k], &across);
      TelarValue part =
          telar_emit (b, GATHER, ((TelarValue[]){ numbers, place }), TELAR_INT (AXIS, 0));
      part = telar_build_binary (b, TELAR_PRIM_MUL, part, telar_build_reshape (b, weight, &column));
      result = i + k == 0
                   ? part
                   : telar_build_binary (b, settings->largest ? TELAR_PRIM_MAXIMUM : TELAR_PRIM_ADD,
                                         result, part);
    }
  return gather_cells (&r, result, channels);
}
