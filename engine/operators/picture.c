/* Operators on pictures that change size or place, on the functions of engine/emit-spatial.h. */
#include "engine/emit-spatial.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

/* The place of the node's choice among the parameter's choices. */
static guint
chosen (TelarLowering *l, const char *name)
{
  const char *text = telar_lower_text (l, name);
  const TelarParam *param = l->node->op->params;
  guint i = 0;

  while (!g_str_equal (param->name, name))
    param++;
  while (!g_str_equal (param->choices[i], text))
    i++;
  return i;
}

/* --- resizing --------------------------------------------------------------------------------- */

/* Item @axis of a list with one item, or one for each of @spatial axes; -1: it has another number,
 * which is reported. */
static gint64
item_for (TelarLowering *l, const char *name, guint spatial, guint axis)
{
  guint n;
  const gint64 *items = telar_lower_ints (l, name, &n);

  if (n == 1 || n == spatial)
    return items[n == 1 ? 0 : axis];
  telar_lower_fail (l, "%s has %u numbers; give one, or one for each of the %u spatial axes", name,
                    n, spatial);
  return -1;
}

static void
lower_resize (TelarLowering *l)
{
  static const TelarPlaces places[] = { TELAR_PLACES_HALF_PIXEL, TELAR_PLACES_PYTORCH_HALF_PIXEL,
                                        TELAR_PLACES_ALIGN_CORNERS, TELAR_PLACES_ASYMMETRIC };
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, 5, &type);
  TelarResize resize = {
    .mode = (TelarResizeMode)chosen (l, "mode"),
    .places = places[chosen (l, "coordinates")],
    .nearest = (TelarNearest)chosen (l, "rounding"),
    .cubic = telar_lower_real (l, "cubic"),
    .exclude_outside = telar_lower_bool (l, "exclude_outside"),
  };
  guint spatial = type.shape.rank - 2;
  double scale = telar_lower_real (l, "scale");

  for (guint i = 0; i < spatial && x != TELAR_NO_VALUE; i++) {
    gint64 in, size = item_for (l, "size", spatial, i), factor = item_for (l, "factor", spatial, i);
    if (size < 0 || factor < 0 || !telar_lower_size (l, &type.shape, i + 2, &in))
      return;
    if (size == 0)
      size = in * factor;
    x = telar_emit_resize_axis (l->b, &resize, x, i + 2, size,
                                scale > 0 && size != in ? scale : (double)size / (double)in, 0, 1);
  }
  telar_lower_output (l, 0, x);
}

/* --- channels and places ---------------------------------------------------------------------- */

static void
lower_blocks (TelarLowering *l,
              TelarValue (*emit) (TelarBuilder *, TelarValue, gint64 block, gboolean))
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 4, 4, &type);
  gint64 size;

  for (guint axis = 1; axis < 4; axis++)
    if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, axis, &size))
      return;
  telar_lower_output (l, 0, emit (l->b, x, telar_lower_int (l, "block"), chosen (l, "order") == 0));
}

static void
lower_pixel_shuffle (TelarLowering *l)
{
  lower_blocks (l, telar_emit_depth_to_space);
}

static void
lower_pixel_unshuffle (TelarLowering *l)
{
  lower_blocks (l, telar_emit_space_to_depth);
}

/* Negative padding. */
static void
lower_crop (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 3, 5, &type);
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  guint spatial = type.shape.rank - 2;

  for (guint i = 0; i < spatial && x != TELAR_NO_VALUE; i++) {
    gint64 before = item_for (l, "low", spatial, i), after = item_for (l, "high", spatial, i), size;
    if (before < 0 || after < 0 || !telar_lower_size (l, &type.shape, i + 2, &size))
      return;
    if (before + after >= size) {
      telar_lower_fail (l,
                        "cutting off %" G_GINT64_FORMAT " leaves nothing of axis %u, which has "
                        "%" G_GINT64_FORMAT,
                        before + after, i + 2, size);
      return;
    }
    low[i + 2] = -before;
    high[i + 2] = -after;
  }
  telar_lower_output (l, 0,
                      telar_emit_pad (l->b, TELAR_PAD_CONSTANT, x, low, high, TELAR_NO_VALUE));
}

/* --- grids ------------------------------------------------------------------------------------ */

static void
lower_grid_sample (TelarLowering *l)
{
  TelarType type, places;
  TelarValue x = telar_lower_float (l, 0, 4, 5, &type);
  TelarValue grid = telar_lower_float (l, 1, 4, 5, &places);

  telar_lower_output (l, 0,
                      telar_emit_grid_sample (l->b, (TelarResizeMode)chosen (l, "mode"),
                                              (TelarGridPadding)chosen (l, "outside"),
                                              telar_lower_bool (l, "align_corners"), x, grid));
}

/* The places of a grid of @n axes as (x, y, 1), or (x, y, z, 1), from -1 to 1. */
static TelarTensor *
base_grid (guint n, const gint64 *size, gboolean align_corners)
{
  gint64 places = 1;
  for (guint i = 0; i < n; i++)
    places *= size[i];
  TelarShape shape = telar_shape (places, n + 1);
  TelarTensor *base = telar_tensor_new (TELAR_F32, &shape);

  for (gint64 i = 0; i < places; i++) {
    gint64 rest = i;
    for (guint k = 0; k < n; k++) { /* x runs along the last axis */
      gint64 along = size[n - 1 - k];
      double length = (double)along, place = (double)(rest % along);
      double x = !align_corners ? (2 * place + 1) / length - 1
                 : along > 1    ? 2 * place / (length - 1) - 1
                                : 0;
      telar_tensor_set (base, (gsize)(i * (n + 1) + k), x);
      rest /= along;
    }
    telar_tensor_set (base, (gsize)(i * (n + 1) + n), 1);
  }
  return base;
}

/* The sizes of the grid, one for each of @n axes; FALSE when they are too large, which is reported.
 */
static gboolean
grid_sizes (TelarLowering *l, guint n, gint64 *size)
{
  double places = 1;
  for (guint i = 0; i < n; i++) {
    size[i] = item_for (l, "size", n, i);
    if (size[i] < 0)
      return FALSE;
    places *= (double)size[i];
  }
  if (places > TELAR_SIZE_LIMIT) {
    telar_lower_fail (l, "size asks for more than %d places", TELAR_SIZE_LIMIT);
    return FALSE;
  }
  return TRUE;
}

static void
lower_affine_grid (TelarLowering *l)
{
  TelarType type;
  TelarValue theta = telar_lower_float (l, 0, 3, 3, &type), base;
  guint n = type.shape.rank == 3 && type.shape.dims[1] == 3 ? 3 : 2;
  gint64 size[3];

  if (theta == TELAR_NO_VALUE)
    return;
  if (type.shape.dims[1] != n || type.shape.dims[2] != n + 1) {
    g_autofree char *given = telar_type_to_string (&type);
    telar_lower_fail (l,
                      "theta must be one 2x3 matrix for each picture, or one 3x4 matrix for each "
                      "volume, but is %s",
                      given);
    return;
  }
  if (!grid_sizes (l, n, size))
    return;
  g_autoptr (TelarTensor) places = base_grid (n, size, telar_lower_bool (l, "align_corners"));
  TelarShape shape = telar_shape (type.shape.dims[0]);
  for (guint i = 0; i < n; i++)
    shape.dims[shape.rank++] = size[i];
  shape.dims[shape.rank++] = n;
  base = telar_build_cast (l->b, telar_build_constant (l->b, places), type.dtype);
  telar_lower_output (
      l, 0,
      telar_build_reshape (l->b, telar_build_matmul (l->b, base, theta, FALSE, TRUE), &shape));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define CHOICE(param, text, value, words, ...)                                                     \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_CHOICE, .fallback = value,              \
    .choices = TELAR_CHOICES (__VA_ARGS__), .doc = N_ (words),                                     \
  }
#define SIZES(param, text, value, most, least, words)                                              \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_INTS, .fallback = value,                \
    .minimum = least, .maximum = 1 << 15, .min_items = 1, .max_items = most, .doc = N_ (words),    \
    .prominent = TRUE,                                                                             \
  }
#define FLAG(param, text, words)                                                                   \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_BOOL, .fallback = "false",              \
    .doc = N_ (words),                                                                             \
  }
#define ALIGN_CORNERS                                                                              \
  FLAG ("align_corners", "Align corners",                                                          \
        "Whether -1 and 1 are the centres of the corner places rather than their outer edges.")

static const TelarOperator resize = {
  .name = "resize",
  .label = N_ ("Resize"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Brings pictures, signals or volumes to another size by taking or blending "
             "neighbours."),
  .formula = "y[i] = Σ w(x(i) - k)·x[k] along each axis; half_pixel: x(i) = (i + ½)/scale - ½",
  .onnx = "Resize",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      SIZES ("size", "Size", "0", 3, 0,
             "The new size of each spatial axis; one number counts for all, 0 goes by factor."),
      SIZES ("factor", "Factor", "2", 3, 1,
             "How many times the old size, where size is 0; one number counts for all."),
      { .name = "scale",
        .label = N_ ("Scale"),
        .kind = TELAR_PARAM_REAL,
        .fallback = "0",
        .minimum = 0,
        .maximum = 1 << 15,
        .doc = N_ ("How far apart places lie, where that is not what the sizes say; 0: new size by "
                   "old size.") },
      CHOICE ("mode", "Mode", "linear",
              "nearest takes one number, linear blends 2 along each axis, cubic 4.", "nearest",
              "linear", "cubic"),
      CHOICE ("coordinates", "Coordinates", "half_pixel",
              "Where a place of the result lies in the input; PyTorch's align_corners=False is "
              "half_pixel.",
              "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"),
      CHOICE ("rounding", "Rounding", "prefer_floor",
              "Which neighbour nearest takes; PyTorch's is floor with asymmetric coordinates.",
              "prefer_floor", "prefer_ceil", "floor", "ceil"),
      {
          .name = "cubic",
          .label = N_ ("Cubic coefficient"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "-0.75",
          .minimum = -2,
          .maximum = 0,
          .doc = N_ ("Keys' a; -0.75 in PyTorch, -0.5 in TensorFlow."),
      },
      FLAG ("exclude_outside", "Leave out the outside",
            "Whether places outside count for nothing; else the edge repeats.")),
  .lower = lower_resize,
  .examples =
      TELAR_EXAMPLES ("f32[2,3,3,4]", "f32[1,2,4,5] size=3x7 coordinates=align_corners",
                      "f32[1,2,5,4] size=7x3 mode=cubic",
                      "f32[1,2,4,4] mode=cubic cubic=-0.5 exclude_outside=true size=7",
                      "f32[2,2,5] size=8 mode=nearest coordinates=asymmetric rounding=floor",
                      "f32[2,2,5] size=3 mode=nearest rounding=ceil",
                      "f32[1,2,3,3] size=5 mode=nearest rounding=prefer_ceil",
                      "f32[1,1,2,3,2] factor=2x1x3 coordinates=pytorch_half_pixel",
                      "f32[1,2,4,4] size=2x4 scale=0.6"),
};

#define BLOCK_PARAMS                                                                               \
  TELAR_PARAMS (                                                                                   \
      {                                                                                            \
          .name = "block",                                                                         \
          .label = N_ ("Block"),                                                                   \
          .kind = TELAR_PARAM_INT,                                                                 \
          .fallback = "2",                                                                         \
          .minimum = 1,                                                                            \
          .maximum = 1024,                                                                         \
          .doc = N_ ("Side of the square of places that becomes channels, or the other way."),     \
          .prominent = TRUE,                                                                       \
      },                                                                                           \
      CHOICE ("order", "Order", "channels_first",                                                  \
              "channels_first as PyTorch (ONNX: CRD); places_first as TensorFlow (ONNX: DCR).",    \
              "channels_first", "places_first"))

static const TelarOperator pixel_shuffle = {
  .name = "pixel_shuffle",
  .label = N_ ("Pixel shuffle"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Spreads channels over blocks of places: a picture of fewer channels and more size."),
  .formula = "y[n,c,h·r + i,w·r + j] = x[n,c·r² + i·r + j,h,w]",
  .onnx = "DepthToSpace",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = BLOCK_PARAMS,
  .lower = lower_pixel_shuffle,
  .examples = TELAR_EXAMPLES ("f32[2,8,2,3]", "f32[1,9,2,2] block=3 order=places_first"),
};

static const TelarOperator pixel_unshuffle = {
  .name = "pixel_unshuffle",
  .label = N_ ("Pixel unshuffle"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Gathers blocks of places into channels: a picture of more channels and less size."),
  .formula = "y[n,c·r² + i·r + j,h,w] = x[n,c,h·r + i,w·r + j]",
  .onnx = "SpaceToDepth",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = BLOCK_PARAMS,
  .lower = lower_pixel_unshuffle,
  .examples = TELAR_EXAMPLES ("f32[2,2,4,6]", "f32[1,2,6,3] block=3 order=places_first"),
};

static const TelarOperator crop = {
  .name = "crop",
  .label = N_ ("Crop"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Cuts off the border of pictures, signals or volumes."),
  .formula = "y[n,c,i,j] = x[n,c,i + low,j + low]",
  .onnx = "Slice",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params =
      TELAR_PARAMS (SIZES ("low", "Before", "1", 3, 0,
                           "How much goes before each spatial axis; one number counts for all."),
                    SIZES ("high", "After", "1", 3, 0,
                           "How much goes after each spatial axis; one number counts for all.")),
  .lower = lower_crop,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,5]", "f32[2,2,6] low=2 high=0"),
};

static const TelarOperator grid_sample = {
  .name = "grid_sample",
  .label = N_ ("Grid sample"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Samples a picture or a volume where a grid says, as a spatial transformer does."),
  .formula = "y[n,c,i,j] = x[n,c] at grid[n,i,j] = (x, y), from -1 to 1; of volumes (x, y, z)",
  .onnx = "GridSample",
  .inputs = TELAR_PORTS ({ .name = "in",
                           .kind = TELAR_PORT_TENSOR,
                           .doc = N_ ("Pictures of shape N, channels, height, width, or volumes, "
                                      "with the depth before the height.") },
                         { .name = "grid",
                           .kind = TELAR_PORT_TENSOR,
                           .doc = N_ ("Places of shape N, height, width, 2: first x, then y; of "
                                      "volumes N, depth, height, width, 3.") }),
  .outputs = telar_ports_out,
  .params =
      TELAR_PARAMS (CHOICE ("mode", "Mode", "linear",
                            "nearest takes one number, linear blends 2 along each axis, cubic 4.",
                            "nearest", "linear", "cubic"),
                    CHOICE ("outside", "Outside", "zeros",
                            "What lies outside: zeros, the border repeated, or a reflection.",
                            "zeros", "border", "reflection"),
                    ALIGN_CORNERS),
  .lower = lower_grid_sample,
  .examples = TELAR_EXAMPLES ("f32[2,2,4,5] f32[2,3,3,2]:-1.2..1.2",
                              "f32[1,2,4,4] f32[1,2,3,2] outside=border",
                              "f32[1,2,4,4] f32[1,2,3,2] outside=reflection align_corners=true",
                              "f32[2,2,4,4] f32[2,2,3,2]:-0.9..0.9 mode=nearest",
                              "f32[1,1,4,5] f32[1,2,2,2]:-0.9..0.9 mode=cubic align_corners=true",
                              "f32[2,2,3,4,3] f32[2,2,1,3,3]:-1.2..1.2",
                              "f32[1,1,3,3,4] f32[1,2,2,2,3] outside=border align_corners=true"),
};

static const TelarOperator affine_grid = {
  .name = "affine_grid",
  .label = N_ ("Affine grid"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc =
      N_ ("Turns a 2x3 matrix for each picture, or a 3x4 matrix for each volume, into the places "
          "that grid sample takes."),
  .formula = "grid[n,i,j] = theta[n]·(x(j), y(i), 1)",
  .onnx = "MatMul",
  .inputs = TELAR_PORTS ({ .name = "theta",
                           .kind = TELAR_PORT_TENSOR,
                           .doc = N_ ("One matrix for each picture, shape N, 2, 3, or volume, "
                                      "shape N, 3, 4.") }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      SIZES ("size", "Size", "8", 3, 1,
             "Height and width of the grid, the depth before them; one number counts for all."),
      ALIGN_CORNERS),
  .lower = lower_affine_grid,
  .examples = TELAR_EXAMPLES ("f32[2,2,3] size=3x4", "f32[3,2,3] size=4x1 align_corners=true",
                              "f32[2,3,4] size=2x3x4"),
};

const TelarOperator *const telar_operators_picture[] = {
  &resize, &pixel_shuffle, &pixel_unshuffle, &crop, &grid_sample, &affine_grid, NULL,
};
