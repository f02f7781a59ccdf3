/* Operators that put the same numbers into other shapes. Axis 0 is the batch. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

#include <string.h>

/* Numbers per sample; 0 when an axis has no fixed size, which is reported. */
static gint64
sample_size (TelarLowering *l, const TelarShape *shape)
{
  gint64 product = 1;

  for (guint axis = 1; axis < shape->rank; axis++) {
    gint64 size;
    if (!telar_lower_size (l, shape, axis, &size))
      return 0;
    product *= size;
  }
  return product;
}

static void
lower_flatten (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  gint64 size;
  TelarShape shape;

  if (x == TELAR_NO_VALUE)
    return;
  size = sample_size (l, &type.shape);
  if (size == 0)
    return;
  shape = telar_shape (type.shape.dims[0], size);
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &shape));
}

/* Without the batch among the sizes it stays where it is. */
static void
lower_reshape (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint n, before = telar_lower_bool (l, "keep_batch") ? 1 : 0;
  const gint64 *items = telar_lower_ints (l, "shape", &n);
  gint64 dims[TELAR_MAX_RANK + 1] = { 0 };

  if (x == TELAR_NO_VALUE)
    return;
  memcpy (dims + before, items, n * sizeof (gint64));
  telar_lower_output (l, 0, telar_emit_reshape (l->b, x, dims, n + before, TRUE));
}

static void
lower_permute (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint n;
  const gint64 *perm = telar_lower_ints (l, "axes", &n);
  guint seen = 0;

  if (x == TELAR_NO_VALUE)
    return;
  for (guint i = 0; i < n && n == type.shape.rank; i++)
    if (perm[i] < n)
      seen |= 1u << perm[i];
  if (n != type.shape.rank || seen != (1u << n) - 1) {
    telar_lower_fail (l, "axes must name each of the %u axes once", type.shape.rank);
    return;
  }
  telar_lower_output (l, 0, telar_build_transpose (l->b, x, perm));
}

static void
lower_squeeze (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint axis;

  if (x != TELAR_NO_VALUE && telar_lower_axis_param (l, type.shape.rank, &axis))
    telar_lower_output (l, 0, telar_emit_squeeze (l->b, x, &axis, 1));
}

static void
lower_expand_dims (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 0, TELAR_MAX_RANK - 1, &type);
  guint axis;

  if (x != TELAR_NO_VALUE && telar_lower_axis_param (l, type.shape.rank + 1, &axis))
    telar_lower_output (l, 0, telar_emit_unsqueeze (l->b, x, &axis, 1));
}

/* Sizes of -1 stay; there may be more of them than the tensor has axes, which come first. */
static void
lower_expand (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 0, TELAR_MAX_RANK, &type);
  guint n, fresh;
  const gint64 *sizes = telar_lower_ints (l, "shape", &n);
  TelarShape shape = telar_shape_new (sizes, n);

  if (x == TELAR_NO_VALUE)
    return;
  if (n < type.shape.rank) {
    telar_lower_fail (l, "shape needs a size for each of the %u axes", type.shape.rank);
    return;
  }
  fresh = n - type.shape.rank;
  for (guint i = fresh; i < n; i++)
    if (sizes[i] < 0)
      shape.dims[i] = type.shape.dims[i - fresh];
  for (guint i = 0; i < fresh; i++)
    if (sizes[i] < 0) {
      telar_lower_fail (l, "axis %u of shape is new and needs a size of its own", i);
      return;
    }
  telar_lower_output (l, 0, telar_build_broadcast (l->b, x, &shape));
}

static void
lower_tile (TelarLowering *l)
{
  guint n;
  const gint64 *repeats = telar_lower_ints (l, "repeats", &n);

  telar_lower_output (l, 0, telar_emit_tile (l->b, telar_lower_input (l, 0), repeats, n));
}

static void
lower_roll (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint axis;

  if (x != TELAR_NO_VALUE && telar_lower_axis_param (l, type.shape.rank, &axis))
    telar_lower_output (l, 0, telar_emit_roll (l->b, x, axis, telar_lower_int (l, "shift")));
}

static void
lower_reverse (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint axis;
  gint64 axes;

  if (x == TELAR_NO_VALUE || !telar_lower_axis_param (l, type.shape.rank, &axis))
    return;
  axes = axis;
  telar_lower_output (
      l, 0, telar_emit (l->b, REVERSE, ((TelarValue[]){ x }), TELAR_INTS (AXES, &axes, 1)));
}

/* Each number of the spatial axes as many times as its factor says: [N, C, H, 1, W, 1] is broadcast
 * to [N, C, H, f, W, g] and folded. */
static void
lower_upsample (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 3, 5, &type);
  guint n, spatial = type.shape.rank - 2;
  const gint64 *factors = telar_lower_ints (l, "factor", &n);
  TelarShape apart = type.shape, wide, result = type.shape;

  if (x == TELAR_NO_VALUE)
    return;
  if (n != 1 && n != spatial) {
    telar_lower_fail (l, "factor has %u numbers; give one, or one for each of the %u spatial axes",
                      n, spatial);
    return;
  }
  apart.rank = 2 + 2 * spatial;
  wide = apart;
  for (guint i = 0; i < spatial; i++) {
    gint64 factor = factors[n == 1 ? 0 : i], size;
    if (!telar_lower_size (l, &type.shape, i + 2, &size))
      return;
    apart.dims[2 + 2 * i] = wide.dims[2 + 2 * i] = size;
    apart.dims[3 + 2 * i] = 1;
    wide.dims[3 + 2 * i] = factor;
    result.dims[2 + i] = size * factor;
  }
  x = telar_build_broadcast (l->b, telar_build_reshape (l->b, x, &apart), &wide);
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &result));
}

/* --- entries ---------------------------------------------------------------------------------- */

static const TelarOperator flatten = {
  .name = "flatten",
  .label = N_ ("Flatten"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Lays all numbers of a sample in one row, as dense layers want them."),
  .formula = "N,a,b,c → N,a·b·c",
  .onnx = "Reshape",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .lower = lower_flatten,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,5]", "f32[3]"),
};

static const TelarOperator reshape = {
  .name = "reshape",
  .label = N_ ("Reshape"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Gives each sample another shape with as many numbers in the same order."),
  .onnx = "Reshape",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      TELAR_PARAM_LIST ("shape", "Shape", "-1", -1, 8,
                        "Sizes of a sample's axes, without the batch; -1, once, takes "
                        "what remains, 0 keeps the size at its place."),
      TELAR_PARAM_FLAG ("keep_batch", "Keep batch", "true",
                        "Whether the batch stays in front; else shape names it "
                        "too.")),
  .lower = lower_reshape,
  .examples = TELAR_EXAMPLES ("f32[2,12] shape=3x4", "f32[2,3,4] shape=2,-1",
                              "f32[2,3,4] shape=0,0,2,2 keep_batch=false",
                              "f32[2,3,4] shape=-1,4 keep_batch=false"),
};

static const TelarOperator permute = {
  .name = "permute",
  .label = N_ ("Permute"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Puts the axes into another order, for example channels last to channels first with "
             "0,3,1,2."),
  .formula = "output axis i is input axis axes[i]",
  .onnx = "Transpose",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_LIST (
      "axes", "Axes", "0,2,1", 0, 8, "The input's axes in their new order; 0 is the batch.")),
  .lower = lower_permute,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,3,4,5] axes=0,2,3,1", "f32[2,3,4] axes=2,0,1"),
};

static const TelarOperator squeeze = {
  .name = "squeeze",
  .label = N_ ("Squeeze"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Removes an axis of size 1."),
  .onnx = "Reshape",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("-1", "The axis to remove.")),
  .lower = lower_squeeze,
  .examples = TELAR_EXAMPLES ("f32[3,1]", "f32[2,1,4] axis=1"),
};

static const TelarOperator expand_dims = {
  .name = "expand_dims",
  .label = N_ ("Expand dimensions"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Adds an axis of size 1."),
  .onnx = "Reshape",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("1", "Where the new axis stands in the result.")),
  .lower = lower_expand_dims,
  .examples = TELAR_EXAMPLES ("f32[3]", "f32[2,3] axis=-1"),
};

static const TelarOperator reverse = {
  .name = "reverse",
  .label = N_ ("Reverse"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Turns one axis round, so that the last comes first."),
  .onnx = "Slice",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("-1", "The axis to turn round.")),
  .lower = lower_reverse,
  .examples = TELAR_EXAMPLES ("f32[2,4]", "f32[2,3,4] axis=1"),
};

static const TelarOperator expand = {
  .name = "expand",
  .label = N_ ("Expand"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Repeats axes of size 1, and puts new axes in front, up to a given shape."),
  .onnx = "Expand",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_LIST (
      "shape", "Shape", "-1,1", -1, 8,
      "The sizes of all axes of the result, the batch included; -1 keeps what is there.")),
  .lower = lower_expand,
  .examples = TELAR_EXAMPLES ("f32[2,1] shape=-1,3", "f32[2,1,4] shape=3,-1,5,4"),
};

static const TelarOperator tile = {
  .name = "tile",
  .label = N_ ("Tile"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Puts copies of the whole tensor side by side."),
  .formula = "y[i] = x[i mod size]",
  .onnx = "Tile",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_LIST ("repeats", "Repeats", "1,2", 1, 8,
                                            "How many copies along each axis, the batch first.")),
  .lower = lower_tile,
  .examples = TELAR_EXAMPLES ("f32[2,3]", "f32[2,3,2] repeats=1,2,3", "f32[2,3] repeats=2,1"),
};

static const TelarOperator roll = {
  .name = "roll",
  .label = N_ ("Roll"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Moves the numbers along an axis; what leaves at one end comes in at the other."),
  .formula = "y[i] = x[(i - shift) mod size]",
  .onnx = "Slice, Concat",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("-1", "The axis to turn."),
                          TELAR_PARAM_COUNT ("shift", "Shift", "1", -TELAR_SIZE_LIMIT,
                                             "How many places further; negative ones back.")),
  .lower = lower_roll,
  .examples = TELAR_EXAMPLES ("f32[2,5]", "f32[2,4,3] axis=1 shift=-3"),
};

static const TelarOperator upsample = {
  .name = "upsample",
  .label = N_ ("Upsample"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Enlarges pictures or signals by repeating each number."),
  .formula = "y[n,c,i,j] = x[n,c,⌊i/f⌋,⌊j/g⌋]",
  .onnx = "Reshape, Expand",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      TELAR_PARAM_LIST ("factor", "Factor", "2", 1, 3,
                        "How many times, for each spatial axis; one number counts for "
                        "all.")),
  .lower = lower_upsample,
  .examples = TELAR_EXAMPLES ("f32[2,3,3,2]", "f32[1,2,2,3] factor=3x1", "f32[2,3,4] factor=2"),
};

const TelarOperator *const telar_operators_shape[] = {
  &flatten, &reshape, &permute, &squeeze,  &expand_dims, &expand,
  &tile,    &reverse, &roll,    &upsample, NULL,
};
