/* Sampling pictures at the places of a grid, by gathers whose weights carry the gradient. */
#include "engine/emit-spatial.h"

typedef struct {
  TelarBuilder *b;
  TelarGridPadding padding;
  gboolean align_corners;
  TelarDType dtype;
  gint64 n, c, height, width;
  TelarShape places; /* [N, h, w] */
  TelarValue rows;   /* the picture as [N·H·W, C] */
} Sampler;

static TelarValue
scalar (const Sampler *s, double value)
{
  return telar_build_scalar (s->b, s->dtype, value);
}

static TelarValue
plus (const Sampler *s, TelarValue x, double term)
{
  return telar_build_binary_scalar (s->b, TELAR_PRIM_ADD, x, term);
}

static TelarValue
times (const Sampler *s, TelarValue x, double factor)
{
  return telar_build_binary_scalar (s->b, TELAR_PRIM_MUL, x, factor);
}

/* From -1 … 1 to places 0 … size - 1. */
static TelarValue
to_places (const Sampler *s, TelarValue x, gint64 size)
{
  double n = (double)size;
  return s->align_corners ? times (s, plus (s, x, 1), (n - 1) / 2)
                          : plus (s, times (s, plus (s, x, 1), n / 2), -0.5);
}

/* Folded between @low and @high as light between mirrors. */
static TelarValue
reflect (const Sampler *s, TelarValue x, double low, double high)
{
  double span = high - low;
  if (span <= 0)
    return times (s, x, 0);
  x = telar_build_unary (s->b, TELAR_PRIM_ABS, plus (s, x, -low));
  x = telar_build_binary (s->b, TELAR_PRIM_MOD, x, scalar (s, 2 * span));
  TelarValue back = telar_build_binary (s->b, TELAR_PRIM_SUB, scalar (s, 2 * span), x);
  return plus (s, telar_build_binary (s->b, TELAR_PRIM_MINIMUM, x, back), low);
}

static TelarValue
clamp (const Sampler *s, TelarValue x, gint64 size)
{
  x = telar_build_binary_scalar (s->b, TELAR_PRIM_MAXIMUM, x, 0);
  return telar_build_binary_scalar (s->b, TELAR_PRIM_MINIMUM, x, (double)(size - 1));
}

/* Brings places that lie outside back in, as far as the padding asks for it. */
static TelarValue
bring_in (const Sampler *s, TelarValue x, gint64 size)
{
  if (s->padding == TELAR_GRID_BORDER)
    return clamp (s, x, size);
  if (s->padding == TELAR_GRID_REFLECTION)
    return clamp (s,
                  s->align_corners ? reflect (s, x, 0, (double)(size - 1))
                                   : reflect (s, x, -0.5, (double)size - 0.5),
                  size);
  return x;
}

static TelarValue
is_inside (const Sampler *s, TelarValue x, gint64 size)
{
  TelarValue low = telar_build_binary (s->b, TELAR_PRIM_LESS_EQUAL, scalar (s, 0), x);
  TelarValue high =
      telar_build_binary (s->b, TELAR_PRIM_LESS_EQUAL, x, scalar (s, (double)(size - 1)));
  return telar_build_binary (s->b, TELAR_PRIM_AND, low, high);
}

static TelarValue
to_index (const Sampler *s, TelarValue x, gint64 size)
{
  return telar_build_cast (s->b, clamp (s, x, size), TELAR_I64);
}

/* The numbers at whole places (x, y), [N, h, w, C], times @weight; 0 outside. */
static TelarValue
fetch (const Sampler *s, TelarValue x, TelarValue y, TelarValue weight)
{
  TelarBuilder *b = s->b;
  x = bring_in (s, x, s->width);
  y = bring_in (s, y, s->height);
  TelarValue inside = telar_build_binary (b, TELAR_PRIM_AND, is_inside (s, x, s->width),
                                          is_inside (s, y, s->height));
  TelarValue place = telar_build_iota (b, &s->places, 0);
  place = telar_build_binary_scalar (b, TELAR_PRIM_MUL, place, (double)s->height);
  place = telar_build_binary (b, TELAR_PRIM_ADD, place, to_index (s, y, s->height));
  place = telar_build_binary_scalar (b, TELAR_PRIM_MUL, place, (double)s->width);
  place = telar_build_binary (b, TELAR_PRIM_ADD, place, to_index (s, x, s->width));
  weight = telar_build_select (b, inside, weight, scalar (s, 0));
  TelarShape column = s->places;
  column.dims[column.rank++] = 1;
  TelarValue numbers =
      telar_emit (b, GATHER, ((TelarValue[]){ s->rows, place }), TELAR_INT (AXIS, 0));
  return telar_build_binary (b, TELAR_PRIM_MUL, numbers, telar_build_reshape (b, weight, &column));
}

static TelarValue
add (const Sampler *s, TelarValue sum, TelarValue term)
{
  return sum == TELAR_NO_VALUE ? term : telar_build_binary (s->b, TELAR_PRIM_ADD, sum, term);
}

/* Keys' weights of the places -1, 0, 1, 2 at the distance @t from place 0, with a = -0.75. */
static void
cubic_weights (const Sampler *s, TelarValue t, TelarValue weights[4])
{
  const double a = -0.75;
  for (int i = 0; i < 4; i++) {
    TelarValue d = telar_build_unary (s->b, TELAR_PRIM_ABS, plus (s, t, 1 - i));
    TelarValue w;
    if (i == 1 || i == 2) {
      w = plus (s, times (s, d, a + 2), -(a + 3));
      w = telar_build_binary (s->b, TELAR_PRIM_MUL, w,
                              telar_build_binary (s->b, TELAR_PRIM_MUL, d, d));
      w = plus (s, w, 1);
    } else {
      w = plus (s, times (s, d, a), -5 * a);
      w = plus (s, telar_build_binary (s->b, TELAR_PRIM_MUL, w, d), 8 * a);
      w = plus (s, telar_build_binary (s->b, TELAR_PRIM_MUL, w, d), -4 * a);
    }
    weights[i] = w;
  }
}

static void
linear_weights (const Sampler *s, TelarValue t, TelarValue weights[2])
{
  weights[0] = telar_build_binary (s->b, TELAR_PRIM_SUB, scalar (s, 1), t);
  weights[1] = t;
}

/* The sum over @taps places in each direction around (x, y). */
static TelarValue
interpolate (const Sampler *s, TelarValue x, TelarValue y, int taps)
{
  TelarBuilder *b = s->b;
  TelarValue x0 = telar_build_unary (b, TELAR_PRIM_FLOOR, x), wx[4];
  TelarValue y0 = telar_build_unary (b, TELAR_PRIM_FLOOR, y), wy[4], sum = TELAR_NO_VALUE;
  TelarValue tx = telar_build_binary (b, TELAR_PRIM_SUB, x, x0);
  TelarValue ty = telar_build_binary (b, TELAR_PRIM_SUB, y, y0);
  (taps == 4 ? cubic_weights : linear_weights) (s, tx, wx);
  (taps == 4 ? cubic_weights : linear_weights) (s, ty, wy);
  for (int i = 0; i < taps; i++)
    for (int k = 0; k < taps; k++) {
      int from = taps == 4 ? -1 : 0;
      TelarValue weight = telar_build_binary (b, TELAR_PRIM_MUL, wy[i], wx[k]);
      sum = add (s, sum, fetch (s, plus (s, x0, k + from), plus (s, y0, i + from), weight));
    }
  return sum;
}

static TelarValue
coordinate (const Sampler *s, TelarValue grid, gint64 which)
{
  gint64 start[4] = { 0, 0, 0, which }, stride[4] = { 1, 1, 1, 1 };
  gint64 limit[4] = { MAX (s->places.dims[0], -1), s->places.dims[1], s->places.dims[2],
                      which + 1 };
  TelarValue part = telar_emit (s->b, SLICE, ((TelarValue[]){ grid }), TELAR_INTS (START, start, 4),
                                TELAR_INTS (LIMIT, limit, 4), TELAR_INTS (STRIDE, stride, 4));
  return telar_build_reshape (s->b, part, &s->places);
}

TelarValue
telar_emit_grid_sample (TelarBuilder *b, TelarResizeMode mode, TelarGridPadding padding,
                        gboolean align_corners, TelarValue x, TelarValue grid)
{
  TelarType type = *telar_builder_type (b, x), places = *telar_builder_type (b, grid);
  const gint64 last[] = { 0, 2, 3, 1 }, back[] = { 0, 3, 1, 2 };
  if (type.shape.rank != 4 || places.shape.rank != 4 || places.shape.dims[3] != 2 ||
      places.shape.dims[0] != type.shape.dims[0] || type.shape.dims[1] < 0 ||
      type.shape.dims[2] < 0 || type.shape.dims[3] < 0 || places.dtype != type.dtype) {
    telar_builder_fail (b, "x must be [N,C,H,W] and the grid [N,h,w,2], of one type");
    return TELAR_NO_VALUE;
  }
  Sampler s = { b,
                padding,
                align_corners,
                type.dtype,
                type.shape.dims[0],
                type.shape.dims[1],
                type.shape.dims[2],
                type.shape.dims[3],
                places.shape,
                TELAR_NO_VALUE };
  TelarShape rows = telar_shape (s.n * s.height * s.width, s.c);
  s.places.rank = 3;
  s.rows = telar_build_reshape (b, telar_build_transpose (b, x, last), &rows);
  TelarValue px = to_places (&s, coordinate (&s, grid, 0), s.width);
  TelarValue py = to_places (&s, coordinate (&s, grid, 1), s.height);
  TelarValue result;
  if (mode != TELAR_RESIZE_CUBIC) {
    px = bring_in (&s, px, s.width);
    py = bring_in (&s, py, s.height);
  }
  if (mode == TELAR_RESIZE_NEAREST)
    result = fetch (&s, telar_build_unary (b, TELAR_PRIM_ROUND, px),
                    telar_build_unary (b, TELAR_PRIM_ROUND, py), scalar (&s, 1));
  else
    result = interpolate (&s, px, py, mode == TELAR_RESIZE_CUBIC ? 4 : 2);
  return telar_build_transpose (b, result, back);
}
