/* Operators that move numbers about and change none. Axis 0 is the batch and stays where it is. */
#include "engine/emit-spatial.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

static gboolean
not_the_batch (TelarLowering *l, guint axis)
{
  if (axis == 0)
    telar_lower_fail (l, "axis 0 is the batch; choose another");
  return axis != 0;
}

/* The parameter "axis", which must be one of @rank axes and not the batch. */
static gboolean
read_axis (TelarLowering *l, guint rank, guint *axis)
{
  return telar_lower_axis (l, telar_lower_int (l, "axis"), rank, axis) && not_the_batch (l, *axis);
}

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

static void
lower_reshape (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint n, open = 0;
  const gint64 *items = telar_lower_ints (l, "shape", &n);
  gint64 size, known = 1;
  TelarShape shape = { .rank = n + 1 };

  if (x == TELAR_NO_VALUE)
    return;
  size = sample_size (l, &type.shape);
  if (size == 0)
    return;
  shape.dims[0] = type.shape.dims[0];
  for (guint i = 0; i < n; i++) {
    shape.dims[i + 1] = items[i];
    if (items[i] > 0 && known <= size)
      known *= items[i];
    else if (items[i] < 0 && open == 0)
      open = i + 1;
    else if (items[i] <= 0) {
      telar_lower_fail (l, "shape takes sizes of 1 or more and at most one -1");
      return;
    }
  }
  if (open != 0 && size % known == 0)
    shape.dims[open] = size / known;
  else if (open != 0 || known != size) {
    telar_lower_fail (l, "the %" G_GINT64_FORMAT " numbers of a sample do not fit into shape",
                      size);
    return;
  }
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &shape));
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
  if (n != type.shape.rank || seen != (1u << n) - 1 || perm[0] != 0) {
    telar_lower_fail (l, "axes must begin with 0, the batch, and name each of the %u axes once",
                      type.shape.rank);
    return;
  }
  telar_lower_output (l, 0, telar_build_transpose (l->b, x, perm));
}

static void
lower_concat (TelarLowering *l)
{
  guint n = telar_lower_n_inputs (l, 0), axis;
  g_autofree TelarValue *values = g_new (TelarValue, n);
  TelarShape shape;

  for (guint i = 0; i < n; i++)
    values[i] = telar_lower_input_at (l, 0, i);
  shape = telar_lower_type (l, values[0]).shape;
  if (!read_axis (l, shape.rank, &axis))
    return;
  telar_lower_output (l, 0, telar_build_concat (l->b, values, n, axis));
}

/* Start and stop as in Python: negative ones count from the end, both are cut to the axis. */
static void
lower_slice (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  gint64 start[TELAR_MAX_RANK], limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
  gint64 first = telar_lower_int (l, "start"), last = telar_lower_int (l, "stop"), size;
  guint axis, rank = type.shape.rank;

  if (x == TELAR_NO_VALUE || !read_axis (l, rank, &axis) ||
      !telar_lower_size (l, &type.shape, axis, &size))
    return;
  for (guint i = 0; i < rank; i++) {
    start[i] = 0;
    limit[i] = type.shape.dims[i] < 0 ? -1 : type.shape.dims[i];
    stride[i] = 1;
  }
  start[axis] = CLAMP (first < 0 ? first + size : first, 0, size);
  limit[axis] = last == 0 ? size : CLAMP (last < 0 ? last + size : last, 0, size);
  stride[axis] = telar_lower_int (l, "step");
  if (start[axis] >= limit[axis]) {
    telar_lower_fail (l, "nothing lies between start and stop on an axis of %" G_GINT64_FORMAT,
                      size);
    return;
  }
  telar_lower_output (l, 0,
                      telar_emit (l->b, SLICE, ((TelarValue[]){ x }),
                                  TELAR_INTS (START, start, rank), TELAR_INTS (LIMIT, limit, rank),
                                  TELAR_INTS (STRIDE, stride, rank)));
}

static TelarValue
pad_by_mode (TelarLowering *l, TelarValue x, guint rank, const gint64 *low, const gint64 *high)
{
  const char *mode = telar_lower_text (l, "mode");

  if (g_str_equal (mode, "constant"))
    return telar_emit (l->b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, rank),
                       TELAR_INTS (HIGH, high, rank),
                       TELAR_REAL (FILL, telar_lower_real (l, "value")));
  return telar_emit_pad (l->b,
                         g_str_equal (mode, "reflect") ? TELAR_PAD_REFLECT
                         : g_str_equal (mode, "edge")  ? TELAR_PAD_EDGE
                                                       : TELAR_PAD_CIRCULAR,
                         x, low, high, TELAR_NO_VALUE);
}

/* The lists belong to the last axes. */
static void
lower_pad (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 2, TELAR_MAX_RANK, &type);
  guint n_low, n_high, rank = type.shape.rank;
  const gint64 *given_low = telar_lower_ints (l, "low", &n_low);
  const gint64 *given_high = telar_lower_ints (l, "high", &n_high);
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };

  if (x == TELAR_NO_VALUE)
    return;
  if (n_low >= rank || n_high >= rank) {
    telar_lower_fail (l, "low and high may have at most %u numbers here", rank - 1);
    return;
  }
  memcpy (low + rank - n_low, given_low, n_low * sizeof (gint64));
  memcpy (high + rank - n_high, given_high, n_high * sizeof (gint64));
  telar_lower_output (l, 0, pad_by_mode (l, x, rank, low, high));
}

static void
lower_squeeze (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 2, TELAR_MAX_RANK, &type);
  TelarShape shape = type.shape;
  guint axis;

  if (x == TELAR_NO_VALUE || !read_axis (l, shape.rank, &axis))
    return;
  if (shape.dims[axis] != 1) {
    telar_lower_fail (l, "axis %u has size %" G_GINT64_FORMAT "; only axes of size 1 can go", axis,
                      shape.dims[axis]);
    return;
  }
  shape = telar_shape_without (&shape, axis);
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &shape));
}

static void
lower_expand_dims (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK - 1, &type);
  TelarShape shape = type.shape;
  guint axis;

  if (x == TELAR_NO_VALUE || !read_axis (l, shape.rank + 1, &axis))
    return;
  shape = telar_shape_with (&shape, axis, 1);
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &shape));
}

static void
lower_reverse (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint axis;
  gint64 axes;

  if (x == TELAR_NO_VALUE || !read_axis (l, type.shape.rank, &axis))
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

#define AXIS(value, words)                                                                         \
  {                                                                                                \
    .name = "axis", .label = N_ ("Axis"), .kind = TELAR_PARAM_INT, .fallback = value,              \
    .minimum = -TELAR_MAX_RANK, .maximum = TELAR_MAX_RANK - 1, .doc = N_ (words),                  \
    .prominent = TRUE,                                                                             \
  }
#define INT(param, text, value, least, words)                                                      \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_INT, .fallback = value,                 \
    .minimum = least, .maximum = TELAR_SIZE_LIMIT, .doc = N_ (words), .prominent = TRUE,           \
  }
#define INTS(param, text, value, least, most_items, words)                                         \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_INTS, .fallback = value,                \
    .minimum = least, .maximum = TELAR_SIZE_LIMIT, .min_items = 1, .max_items = most_items,        \
    .doc = N_ (words), .prominent = TRUE,                                                          \
  }

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
  .params = TELAR_PARAMS (INTS ("shape", "Shape", "-1", -1, 7,
                                "Sizes of a sample's axes, without the batch; -1, once, takes "
                                "what remains.")),
  .lower = lower_reshape,
  .examples = TELAR_EXAMPLES ("f32[2,12] shape=3x4", "f32[2,3,4] shape=2,-1"),
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
  .params = TELAR_PARAMS (INTS ("axes", "Axes", "0,2,1", 0, 8,
                                "The input's axes in their new order; 0, the batch, "
                                "comes first.")),
  .lower = lower_permute,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,3,4,5] axes=0,2,3,1"),
};

static const TelarOperator concat = {
  .name = "concat",
  .label = N_ ("Concatenate"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Joins tensors along one axis; the other axes must agree."),
  .onnx = "Concat",
  .inputs = TELAR_PORTS ({
      .name = "in",
      .kind = TELAR_PORT_TENSOR,
      .repeated = TRUE,
      .doc = N_ ("The tensors to join, in order."),
  }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (AXIS ("1", "The axis to join along; 1 is that of channels or features.")),
  .lower = lower_concat,
  .examples = TELAR_EXAMPLES ("f32[2,3] f32[2,4] f32[2,1]", "f32[2,3,4] f32[2,3,2] axis=-1"),
};

static const TelarOperator slice = {
  .name = "slice",
  .label = N_ ("Slice"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Keeps a range of one axis."),
  .formula = "y = x[start:stop:step] along axis",
  .onnx = "Slice",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      AXIS ("1", "The axis to cut; 0 is the batch, which stays whole."),
      INT ("start", "Start", "0", -TELAR_SIZE_LIMIT, "The first to keep; negative from the end."),
      INT ("stop", "Stop", "0", -TELAR_SIZE_LIMIT,
           "The first not to keep; negative from the end; 0: to the end."),
      INT ("step", "Step", "1", 1, "Keeps one of so many.")),
  .lower = lower_slice,
  .examples = TELAR_EXAMPLES ("f32[2,5] start=1 stop=4", "f32[2,3,8] axis=2 start=-7 step=3"),
};

static const TelarOperator pad = {
  .name = "pad",
  .label = N_ ("Pad"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ (
      "Puts a border around the last axes: one value, or what the tensor itself continues with."),
  .onnx = "Pad, Gather",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      INTS ("low", "Before", "1x1", 0, 7, "How much to add before each of the last axes."),
      INTS ("high", "After", "1x1", 0, 7, "How much to add after each of the last axes."),
      {
          .name = "value",
          .label = N_ ("Value"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0",
          .doc = N_ ("What the border is filled with, in the mode constant."),
      },
      {
          .name = "mode",
          .label = N_ ("Mode"),
          .kind = TELAR_PARAM_CHOICE,
          .fallback = "constant",
          .choices = TELAR_CHOICES ("constant", "reflect", "edge", "circular"),
          .doc = N_ ("constant fills with the value, reflect mirrors without repeating the edge, "
                     "edge repeats it, circular goes on at the other side."),
      }),
  .lower = lower_pad,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,4]", "f32[2,3,4] low=2 high=0 value=-1.5",
                              "f32[2,3,4] low=2x1 high=1x3 mode=reflect", "f32[2,3,4] mode=edge",
                              "f32[2,2,4] low=0x1 high=0x2 mode=circular"),
};

static const TelarOperator squeeze = {
  .name = "squeeze",
  .label = N_ ("Squeeze"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Removes an axis of size 1."),
  .onnx = "Reshape",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (AXIS ("-1", "The axis to remove.")),
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
  .params = TELAR_PARAMS (AXIS ("1", "Where the new axis stands in the result.")),
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
  .params = TELAR_PARAMS (AXIS ("-1", "The axis to turn round.")),
  .lower = lower_reverse,
  .examples = TELAR_EXAMPLES ("f32[2,4]", "f32[2,3,4] axis=1"),
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
  .params = TELAR_PARAMS (INTS ("factor", "Factor", "2", 1, 3,
                                "How many times, for each spatial axis; one number counts for "
                                "all.")),
  .lower = lower_upsample,
  .examples = TELAR_EXAMPLES ("f32[2,3,3,2]", "f32[1,2,2,3] factor=3x1", "f32[2,3,4] factor=2"),
};

const TelarOperator *const telar_operators_shape[] = {
  &flatten, &reshape,     &permute, &concat,   &slice, &pad,
  &squeeze, &expand_dims, &reverse, &upsample, NULL,
};
