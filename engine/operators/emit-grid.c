/* Sampling pictures and volumes at the places of a grid, by gathers whose weights carry the
 * gradient. */
#include "engine/emit-spatial.h"

#define MOST_AXES 3

typedef struct {
  TelarBuilder *b;
  TelarGridPadding padding;
  gboolean align_corners;
  TelarDType dtype;
  guint n_axes; /* spatial ones */
  gint64 sizes[MOST_AXES];
  TelarShape places; /* [N, h, w], of volumes [N, d, h, w] */
  TelarValue rows;   /* what is sampled, as [N·H·W, C] */
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

/* The numbers at the whole places @at, one for each axis, [N, h, w, C], times @weight; 0 outside.
 */
static TelarValue
fetch (const Sampler *s, const TelarValue *at, TelarValue weight)
{
  TelarBuilder *b = s->b;
  TelarValue place = telar_build_iota (b, &s->places, 0);
  for (guint i = 0; i < s->n_axes; i++) {
    TelarValue x = bring_in (s, at[i], s->sizes[i]);
    weight = telar_build_select (b, is_inside (s, x, s->sizes[i]), weight, scalar (s, 0));
    place = telar_build_binary_scalar (b, TELAR_PRIM_MUL, place, (double)s->sizes[i]);
    place = telar_build_binary (b, TELAR_PRIM_ADD, place, to_index (s, x, s->sizes[i]));
  }
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

/* The sum over @taps places in each direction around @at. */
static TelarValue
interpolate (const Sampler *s, const TelarValue *at, guint taps)
{
  TelarBuilder *b = s->b;
  TelarValue base[MOST_AXES], weights[MOST_AXES][4], corner[MOST_AXES], sum = TELAR_NO_VALUE;
  guint n_corners = 1;
  for (guint i = 0; i < s->n_axes; i++) {
    base[i] = telar_build_unary (b, TELAR_PRIM_FLOOR, at[i]);
    (taps == 4 ? cubic_weights : linear_weights) (
        s, telar_build_binary (b, TELAR_PRIM_SUB, at[i], base[i]), weights[i]);
    n_corners *= taps;
  }
  for (guint k = 0; k < n_corners; k++) {
    TelarValue weight = TELAR_NO_VALUE;
    for (guint i = s->n_axes, rest = k; i-- > 0; rest /= taps) {
      guint tap = rest % taps;
      corner[i] = plus (s, base[i], (double)tap - (taps == 4 ? 1 : 0));
      weight = weight == TELAR_NO_VALUE
                   ? weights[i][tap]
                   : telar_build_binary (b, TELAR_PRIM_MUL, weights[i][tap], weight);
    }
    sum = add (s, sum, fetch (s, corner, weight));
  }
  return sum;
}

/* Coordinate @which of the grid, in the shape of the places. */
static TelarValue
coordinate (const Sampler *s, TelarValue grid, guint which)
{
  return telar_build_reshape (
      s->b, telar_build_slice (s->b, grid, s->places.rank, which, which + 1), &s->places);
}

/* Whether @x [N, C, …] can be sampled at @grid [N, …, axes]. */
static gboolean
fit (const TelarType *x, const TelarType *grid)
{
  guint rank = x->shape.rank;
  gboolean good = (rank == 4 || rank == 5) && grid->shape.rank == rank && x->dtype == grid->dtype &&
                  grid->shape.dims[rank - 1] == rank - 2 && grid->shape.dims[0] == x->shape.dims[0];
  for (guint i = 1; good && i < rank; i++)
    good = x->shape.dims[i] >= 0;
  return good;
}

/* The channels last, as rows. */
static TelarValue
rows_of (TelarBuilder *b, TelarValue x)
{
  TelarShape shape = telar_builder_type (b, x)->shape;
  TelarShape rows = telar_shape (shape.dims[0], shape.dims[1]);
  gint64 last[TELAR_MAX_RANK] = { 0 };
  for (guint i = 2; i < shape.rank; i++) {
    rows.dims[0] *= shape.dims[i];
    last[i - 1] = i;
  }
  last[shape.rank - 1] = 1;
  return telar_build_reshape (b, telar_build_transpose (b, x, last), &rows);
}

TelarValue
telar_emit_grid_sample (TelarBuilder *b, TelarResizeMode mode, TelarGridPadding padding,
                        gboolean align_corners, TelarValue x, TelarValue grid)
{
  TelarType type = *telar_builder_type (b, x), places = *telar_builder_type (b, grid);
  gint64 back[TELAR_MAX_RANK] = { 0, type.shape.rank - 1 };
  TelarValue at[MOST_AXES];
  if (!fit (&type, &places)) {
    telar_builder_fail (b, "x must be [N,C,H,W] and the grid [N,h,w,2], or [N,C,D,H,W] and "
                           "[N,d,h,w,3], of one type");
    return TELAR_NO_VALUE;
  }
  Sampler s = { .b = b,
                .padding = padding,
                .align_corners = align_corners,
                .dtype = type.dtype,
                .n_axes = type.shape.rank - 2,
                .places = places.shape };
  s.places.rank--;
  s.rows = rows_of (b, x);
  for (guint i = 0; i < s.n_axes; i++) { /* the grid counts from the last axis */
    s.sizes[i] = type.shape.dims[2 + i];
    at[i] = to_places (&s, coordinate (&s, grid, s.n_axes - 1 - i), s.sizes[i]);
    if (mode != TELAR_RESIZE_CUBIC)
      at[i] = bring_in (&s, at[i], s.sizes[i]);
    if (mode == TELAR_RESIZE_NEAREST)
      at[i] = telar_build_unary (b, TELAR_PRIM_ROUND, at[i]);
    back[2 + i] = 1 + i;
  }
  TelarValue result = mode == TELAR_RESIZE_NEAREST
                          ? fetch (&s, at, scalar (&s, 1))
                          : interpolate (&s, at, mode == TELAR_RESIZE_CUBIC ? 4 : 2);
  return telar_build_transpose (b, result, back);
}
