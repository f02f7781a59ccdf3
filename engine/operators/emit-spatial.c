/* Padding, moving numbers between channels and places, sampling at the places of a grid. */
#include "engine/emit-spatial.h"

/* --- padding ---------------------------------------------------------------------------------- */

/* Which place of @n the place @at, outside or not, shows. */
static gint64
mirrored (TelarPadMode mode, gint64 at, gint64 n)
{
  gint64 period;
  switch (mode) {
  case TELAR_PAD_REFLECT:
    if (n == 1)
      return 0;
    period = 2 * (n - 1);
    at = (at % period + period) % period;
    return at < n ? at : period - at;
  case TELAR_PAD_CIRCULAR:
    return (at % n + n) % n;
  default:
    return CLAMP (at, 0, n - 1);
  }
}

static TelarValue
pad_axis (TelarBuilder *b, TelarPadMode mode, TelarValue x, guint axis, gint64 low, gint64 high)
{
  gint64 n = telar_builder_type (b, x)->shape.dims[axis], size = n + low + high;
  if (n < 1 || size < 0) {
    telar_builder_fail (b, "an axis of %" G_GINT64_FORMAT " cannot be padded this way", n);
    return TELAR_NO_VALUE;
  }
  TelarShape shape = telar_shape (size);
  g_autoptr (TelarTensor) indices = telar_tensor_new (TELAR_I64, &shape);
  for (gint64 i = 0; i < size; i++)
    ((gint64 *)indices->data)[i] = mirrored (mode, i - low, n);
  return telar_emit (b, GATHER, ((TelarValue[]){ x, telar_build_constant (b, indices) }),
                     TELAR_INT (AXIS, axis));
}

static TelarValue
crop (TelarBuilder *b, TelarValue x, const gint64 *low, const gint64 *high)
{
  TelarShape shape = telar_builder_type (b, x)->shape;
  gint64 start[TELAR_MAX_RANK], limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
  gboolean any = FALSE;
  for (guint i = 0; i < shape.rank; i++) {
    start[i] = MAX (-low[i], 0);
    limit[i] = shape.dims[i] < 0 ? -1 : shape.dims[i] - MAX (-high[i], 0);
    stride[i] = 1;
    any = any || low[i] < 0 || high[i] < 0;
    if (limit[i] >= 0 && start[i] > limit[i]) {
      telar_builder_fail (b, "more is cut off than there is");
      return TELAR_NO_VALUE;
    }
  }
  return any ? telar_emit (b, SLICE, ((TelarValue[]){ x }), TELAR_INTS (START, start, shape.rank),
                           TELAR_INTS (LIMIT, limit, shape.rank),
                           TELAR_INTS (STRIDE, stride, shape.rank))
             : x;
}

/* Around a value that need not be known: where the padding stands, the value is put. */
static TelarValue
pad_constant (TelarBuilder *b, TelarValue x, const gint64 *low, const gint64 *high,
              TelarValue value)
{
  gint64 before[TELAR_MAX_RANK], after[TELAR_MAX_RANK];
  x = crop (b, x, low, high);
  TelarType type = *telar_builder_type (b, x);
  guint rank = type.shape.rank;
  for (guint i = 0; i < rank; i++) {
    before[i] = MAX (low[i], 0);
    after[i] = MAX (high[i], 0);
  }
  TelarType inside = { TELAR_BOOL, type.shape };
  TelarValue all = telar_build_fill (b, &inside, 1);
  x = telar_emit (b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, before, rank),
                  TELAR_INTS (HIGH, after, rank));
  if (value == TELAR_NO_VALUE)
    return x;
  all = telar_emit (b, PAD, ((TelarValue[]){ all }), TELAR_INTS (LOW, before, rank),
                    TELAR_INTS (HIGH, after, rank));
  return telar_build_select (b, all, x, value);
}

TelarValue
telar_emit_pad (TelarBuilder *b, TelarPadMode mode, TelarValue x, const gint64 *low,
                const gint64 *high, TelarValue value)
{
  if (mode == TELAR_PAD_CONSTANT)
    return pad_constant (b, x, low, high, value);
  guint rank = telar_builder_type (b, x)->shape.rank;
  for (guint i = 0; i < rank && x != TELAR_NO_VALUE; i++)
    if (low[i] != 0 || high[i] != 0)
      x = pad_axis (b, mode, x, i, low[i], high[i]);
  return x;
}

/* --- channels and places ---------------------------------------------------------------------- */

static gboolean
check_block (TelarBuilder *b, const TelarShape *shape, gint64 block, gboolean to_space)
{
  gboolean good = shape->rank == 4 && block > 0 && block < (1 << 15);
  if (good && to_space)
    good = shape->dims[1] % (block * block) == 0;
  else if (good)
    good = shape->dims[2] % block == 0 && shape->dims[3] % block == 0;
  if (!good)
    telar_builder_fail (b, "the shape does not part into blocks of %" G_GINT64_FORMAT, block);
  return good;
}

TelarValue
telar_emit_depth_to_space (TelarBuilder *b, TelarValue x, gint64 block, gboolean channels_first)
{
  TelarShape s = telar_builder_type (b, x)->shape;
  if (!check_block (b, &s, block, TRUE))
    return TELAR_NO_VALUE;
  gint64 n = s.dims[0], c = s.dims[1] / (block * block), h = s.dims[2], w = s.dims[3];
  TelarShape apart = channels_first ? telar_shape (n, c, block, block, h, w)
                                    : telar_shape (n, block, block, c, h, w);
  TelarShape result = telar_shape (n, c, h * block, w * block);
  const gint64 crd[] = { 0, 1, 4, 2, 5, 3 }, dcr[] = { 0, 3, 4, 1, 5, 2 };
  x = telar_build_reshape (b, x, &apart);
  x = telar_build_transpose (b, x, channels_first ? crd : dcr);
  return telar_build_reshape (b, x, &result);
}

TelarValue
telar_emit_space_to_depth (TelarBuilder *b, TelarValue x, gint64 block, gboolean channels_first)
{
  TelarShape s = telar_builder_type (b, x)->shape;
  if (!check_block (b, &s, block, FALSE))
    return TELAR_NO_VALUE;
  gint64 n = s.dims[0], c = s.dims[1], h = s.dims[2] / block, w = s.dims[3] / block;
  TelarShape apart = telar_shape (n, c, h, block, w, block);
  TelarShape result = telar_shape (n, c * block * block, h, w);
  const gint64 places[] = { 0, 3, 5, 1, 2, 4 }, channels[] = { 0, 1, 3, 5, 2, 4 };
  x = telar_build_reshape (b, x, &apart);
  x = telar_build_transpose (b, x, channels_first ? channels : places);
  return telar_build_reshape (b, x, &result);
}
