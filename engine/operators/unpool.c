/* Max pools that tell where the maxima stood, and the way back. Places count within the plane of a
 * channel: row times width plus column. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/patches.h"

#include <math.h>

/* --- maxima and their places ------------------------------------------------------------------ */

/* The places in the picture's plane of the taps that ARGMAX found. */
static TelarValue
places_of (TelarLowering *l, const TelarPatches *p, TelarValue taps)
{
  const gint64 none[TELAR_MAX_SPATIAL] = { 0 };
  TelarShape flat = telar_shape (p->places * p->taps);
  TelarValue table = telar_patches_places (l, p, none, p->in.dims + 2);
  TelarShape count = telar_shape (p->places);
  TelarValue first = telar_build_iota (l->b, &count, 0);

  first = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, first, (double)p->taps);
  taps = telar_build_binary (l->b, TELAR_PRIM_ADD, taps, first);
  table = telar_build_reshape (l->b, table, &flat);
  return telar_emit (l->b, GATHER, ((TelarValue[]){ table, taps }), TELAR_INT (AXIS, 0));
}

static void
lower_max_pool_places (TelarLowering *l, guint spatial)
{
  TelarPatches p;
  TelarValue x = telar_patches_read (l, spatial, &p), taps;
  const gint64 last = 3;

  for (guint i = 0; i < spatial && x != TELAR_NO_VALUE; i++)
    if (MAX (p.window.pad[i], p.window.pad[spatial + i]) >= telar_window_span (&p.window, i)) {
      telar_lower_fail (l, "pad must be smaller than the window");
      return;
    }
  if (x == TELAR_NO_VALUE)
    return;
  x = telar_patches_gather (l, x, &p, -INFINITY);
  taps = telar_emit_arg (l->b, TELAR_PRIM_ARGMAX, x, 3, FALSE, FALSE);
  x = telar_build_reduce (l->b, TELAR_PRIM_MAX, x, &last, 1, FALSE);
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &p.out));
  telar_lower_output (l, 1, telar_build_reshape (l->b, places_of (l, &p, taps), &p.out));
}

/* --- the way back ----------------------------------------------------------------------------- */

typedef struct {
  TelarLowering *l;
  TelarShape in, out; /* [N, C, spatial…] */
  guint n;
  gint64 kernel[TELAR_MAX_SPATIAL], stride[TELAR_MAX_SPATIAL], pad[TELAR_MAX_SPATIAL];
  gint64 plane;       /* of the result */
  guint n_neighbours; /* windows that may share a place */
} Unpool;

/* An item of a list that has one for each axis or one for all. */
static gboolean
read_item (Unpool *u, const char *param, guint axis, gint64 *item)
{
  guint n;
  const gint64 *items = telar_lower_ints (u->l, param, &n);

  if (n != 1 && n != u->n) {
    telar_lower_fail (u->l, "%s has %u numbers; give one, or one for each of the %u spatial axes",
                      param, n, u->n);
    return FALSE;
  }
  *item = items[n == 1 ? 0 : axis];
  return TRUE;
}

/* The axis of the result: (in - 1) · stride + kernel - 2 pad + extra, as PyTorch. */
static gboolean
measure_axis (Unpool *u, guint i)
{
  gint64 size, extra;

  if (!telar_lower_size (u->l, &u->in, i + 2, &size) ||
      !read_item (u, "kernel", i, &u->kernel[i]) || !read_item (u, "stride", i, &u->stride[i]) ||
      !read_item (u, "pad", i, &u->pad[i]) || !read_item (u, "extra", i, &extra))
    return FALSE;
  if (u->stride[i] == 0)
    u->stride[i] = u->kernel[i];
  size = (size - 1) * u->stride[i] + u->kernel[i] - 2 * u->pad[i] + extra;
  if (size < 1 || size > TELAR_SIZE_LIMIT / u->plane) {
    telar_lower_fail (u->l, "axis %u of the result would have %" G_GINT64_FORMAT " places", i + 2,
                      size);
    return FALSE;
  }
  u->out.dims[i + 2] = size;
  u->plane *= size;
  u->n_neighbours *= (guint)((u->kernel[i] + u->stride[i] - 1) / u->stride[i]);
  return TRUE;
}

/* The window number @neighbour of those that may hold the place @at of the result, or -1. */
static gint64
window_at (const Unpool *u, gint64 at, guint neighbour)
{
  gint64 window = 0, factor = 1;

  for (guint i = u->n; i-- > 0;) {
    gint64 most = (u->kernel[i] + u->stride[i] - 1) / u->stride[i];
    gint64 place = at % u->out.dims[i + 2] + u->pad[i];
    gint64 w = place / u->stride[i] - neighbour % (guint)most;
    if (w < 0 || w >= u->in.dims[i + 2] || place - w * u->stride[i] >= u->kernel[i])
      return -1;
    window += w * factor;
    factor *= u->in.dims[i + 2];
    at /= u->out.dims[i + 2];
    neighbour /= (guint)most;
  }
  return window;
}

/* What the window gives to each place of the result: @x where @places, one for each window, names
 * it, else @rest. */
static TelarValue
ask_windows (const Unpool *u, guint neighbour, TelarValue x, TelarValue places, TelarValue rest)
{
  TelarBuilder *b = u->l->b;
  TelarShape plane = telar_shape (u->plane);
  g_autoptr (TelarTensor) windows = telar_tensor_new (TELAR_I64, &plane);
  g_autoptr (TelarTensor) own = telar_tensor_new (TELAR_I64, &plane);
  TelarValue table, named;

  for (gint64 i = 0; i < u->plane; i++) { /* no window names place -1 */
    gint64 window = window_at (u, i, neighbour);
    ((gint64 *)windows->data)[i] = MAX (window, 0);
    ((gint64 *)own->data)[i] = window < 0 ? -1 : i;
  }
  table = telar_build_constant (b, windows);
  x = telar_emit (b, GATHER, ((TelarValue[]){ x, table }), TELAR_INT (AXIS, 2));
  places = telar_emit (b, GATHER, ((TelarValue[]){ places, table }), TELAR_INT (AXIS, 2));
  named = telar_build_binary (b, TELAR_PRIM_EQUAL, places, telar_build_constant (b, own));
  return telar_build_select (b, named, x, rest);
}

static void
lower_max_unpool (TelarLowering *l, guint spatial)
{
  TelarType type, at;
  TelarValue x = telar_lower_float (l, 0, spatial + 2, spatial + 2, &type);
  TelarValue places = telar_lower_ranked (l, 1, spatial + 2, spatial + 2, &at), result;
  Unpool u = {
    .l = l, .in = type.shape, .out = type.shape, .n = spatial, .plane = 1, .n_neighbours = 1
  };
  TelarShape flat = telar_shape (type.shape.dims[0], type.shape.dims[1], 1);

  if (x == TELAR_NO_VALUE || places == TELAR_NO_VALUE)
    return;
  if (!telar_shape_equal (&type.shape, &at.shape) || telar_dtype_is_float (at.dtype)) {
    telar_lower_fail (l, "places must be whole numbers, one for each number of in");
    return;
  }
  for (guint i = 0; i < spatial; i++) {
    if (!measure_axis (&u, i))
      return;
    flat.dims[2] *= type.shape.dims[i + 2];
  }
  if (u.plane > TELAR_SIZE_LIMIT / u.n_neighbours) {
    telar_lower_fail (l, "the windows hold more than %d numbers together", TELAR_SIZE_LIMIT);
    return;
  }
  x = telar_build_reshape (l->b, x, &flat);
  places = telar_build_reshape (l->b, telar_build_cast (l->b, places, TELAR_I64), &flat);
  result = telar_build_scalar (l->b, type.dtype, 0);
  for (guint i = 0; i < u.n_neighbours; i++)
    result = ask_windows (&u, i, x, places, result);
  telar_lower_output (l, 0, telar_build_reshape (l->b, result, &u.out));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define AXES(n)                                                                                    \
  static void lower_max_pool_places##n##d (TelarLowering *l)                                       \
  {                                                                                                \
    lower_max_pool_places (l, n);                                                                  \
  }                                                                                                \
                                                                                                   \
  static void lower_max_unpool##n##d (TelarLowering *l)                                            \
  {                                                                                                \
    lower_max_unpool (l, n);                                                                       \
  }

AXES (1)
AXES (2)
AXES (3)

#define STRIDE(axes)                                                                               \
  {                                                                                                \
    .name = "stride", .label = N_ ("Stride"), .kind = TELAR_PARAM_INTS, .fallback = "0",           \
    .minimum = 0, .maximum = 1024, .min_items = 1, .max_items = axes,                              \
    .doc = N_ ("Steps of the window along each axis; 0 puts windows side by side."),               \
  }
#define SIDES(param, text, axes, words)                                                            \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_INTS, .fallback = "0", .minimum = 0,    \
    .maximum = 1024, .min_items = 1, .max_items = axes, .doc = N_ (words),                         \
  }
#define PLACES_OUT                                                                                 \
  TELAR_PORTS ({ .name = "out", .kind = TELAR_PORT_TENSOR, .doc = N_ ("The maxima.") },            \
               { .name = "places",                                                                 \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .doc = N_ ("Row times width plus column of each maximum.") })
#define PLACES_IN                                                                                  \
  TELAR_PORTS ({ .name = "in",                                                                     \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .doc = N_ ("What a max pool, or layers after it, gave.") },                       \
               { .name = "places",                                                                 \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .doc = N_ ("Where the maxima stood, within the result's plane.") })
#define POOL_PARAMS(axes, kernel)                                                                  \
  TELAR_PARAMS (TELAR_PARAM_KERNEL (axes, kernel), STRIDE (axes), TELAR_PARAM_PADDING ("valid"),   \
                TELAR_PARAM_PAD (axes), TELAR_PARAM_DILATION (axes))
#define UNPOOL_PARAMS(axes, kernel)                                                                \
  TELAR_PARAMS (                                                                                   \
      TELAR_PARAM_KERNEL (axes, kernel), STRIDE (axes),                                            \
      SIDES ("pad", "Padding", axes, "What the pool added at both sides of each axis."),           \
      SIDES ("extra", "Extra size", axes,                                                          \
             "Places added at the high side of each axis, which the pool's windows left out."))
#define POOL_FORMULA   "y[n,c,i…] = max x[n,c,i·s + k·d - low, …]"
#define POOL_ONNX      "Pad, Gather, ReduceMax, ArgMax"
#define UNPOOL_FORMULA "y[n,c,q] = x[n,c,p] if places[n,c,p] = q, else 0"
#define UNPOOL_ONNX    "Gather, Equal, Where"

static const TelarOperator max_pool_places1d = {
  .name = "max_pool_places1d",
  .label = N_ ("Max pool 1D with places"),
  .category = TELAR_CATEGORY_LAYER,
  .doc =
      N_ ("Keeps the largest number of each window of a signal and tells where it stood, for max "
          "unpooling."),
  .formula = POOL_FORMULA,
  .onnx = POOL_ONNX,
  .inputs = TELAR_CONV_IN ("A signal of shape N, channels, length."),
  .outputs = PLACES_OUT,
  .params = POOL_PARAMS (1, "2"),
  .lower = lower_max_pool_places1d,
  .examples = TELAR_EXAMPLES ("f32[2,2,6]", "f32[1,3,9] kernel=3 stride=2 padding=explicit pad=1"),
};

static const TelarOperator max_pool_places2d = {
  .name = "max_pool_places2d",
  .label = N_ ("Max pool 2D with places"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Keeps the largest number of each window of a picture and tells where it stood, for "
             "max unpooling."),
  .formula = POOL_FORMULA,
  .onnx = POOL_ONNX,
  .inputs = TELAR_CONV_IN ("Pictures of shape N, channels, height, width."),
  .outputs = PLACES_OUT,
  .params = POOL_PARAMS (2, "2x2"),
  .lower = lower_max_pool_places2d,
  .examples = TELAR_EXAMPLES ("f32[2,2,4,6]", "f32[1,2,5,5] kernel=3 stride=2 padding=same"),
};

static const TelarOperator max_pool_places3d = {
  .name = "max_pool_places3d",
  .label = N_ ("Max pool 3D with places"),
  .category = TELAR_CATEGORY_LAYER,
  .doc =
      N_ ("Keeps the largest number of each window of a volume and tells where it stood, for max "
          "unpooling."),
  .formula = POOL_FORMULA,
  .onnx = POOL_ONNX,
  .inputs = TELAR_CONV_IN ("Volumes of shape N, channels, depth, height, width."),
  .outputs = PLACES_OUT,
  .params = POOL_PARAMS (3, "2x2x2"),
  .lower = lower_max_pool_places3d,
  .examples = TELAR_EXAMPLES ("f32[1,2,2,4,4]", "f32[1,1,3,4,3] kernel=2 stride=1"),
};

static const TelarOperator max_unpool1d = {
  .name = "max_unpool1d",
  .label = N_ ("Max unpool 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Puts the maxima of a signal's windows back where they stood; all else is zero."),
  .formula = UNPOOL_FORMULA,
  .onnx = UNPOOL_ONNX,
  .inputs = PLACES_IN,
  .outputs = telar_ports_out,
  .params = UNPOOL_PARAMS (1, "2"),
  .lower = lower_max_unpool1d,
  .examples = TELAR_EXAMPLES ("f32[2,2,3] i64[2,2,3]<6", "f32[2,1,2] i64[2,1,2]<6 kernel=3 extra=1",
                              "f32[1,2,1] i64[1,2,1]<3 kernel=3"),
};

static const TelarOperator max_unpool2d = {
  .name = "max_unpool2d",
  .label = N_ ("Max unpool 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Puts the maxima of a picture's windows back where they stood; all else is zero."),
  .formula = UNPOOL_FORMULA,
  .onnx = UNPOOL_ONNX,
  .inputs = PLACES_IN,
  .outputs = telar_ports_out,
  .params = UNPOOL_PARAMS (2, "2x2"),
  .lower = lower_max_unpool2d,
  .examples = TELAR_EXAMPLES ("f32[2,2,1,1] i64[2,2,1,1]<4", "f32[2,2,2,3] i64[2,2,2,3]<24",
                              "f32[1,2,1,2] i64[1,2,1,2]<12 kernel=3x2",
                              "f32[2,2,3,3] i64[2,2,3,3]<25 kernel=3 stride=2 pad=1"),
};

static const TelarOperator max_unpool3d = {
  .name = "max_unpool3d",
  .label = N_ ("Max unpool 3D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Puts the maxima of a volume's windows back where they stood; all else is zero."),
  .formula = UNPOOL_FORMULA,
  .onnx = UNPOOL_ONNX,
  .inputs = PLACES_IN,
  .outputs = telar_ports_out,
  .params = UNPOOL_PARAMS (3, "2x2x2"),
  .lower = lower_max_unpool3d,
  .examples =
      TELAR_EXAMPLES ("f32[1,2,1,2,2] i64[1,2,1,2,2]<32", "f32[2,1,1,1,1] i64[2,1,1,1,1]<8"),
};

const TelarOperator *const telar_operators_unpool[] = {
  &max_pool_places1d,
  &max_pool_places2d,
  &max_pool_places3d,
  &max_unpool1d,
  &max_unpool2d,
  &max_unpool3d,
  NULL,
};
