/* Operators that join tensors, cut them, and put borders around them. */
#include "engine/emit-spatial.h"
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

#include <math.h>
#include <string.h>

/* --- joining ---------------------------------------------------------------------------------- */

/* The values of port 0 in their order; caller frees. */
static TelarValue *
read_values (TelarLowering *l, guint *n)
{
  TelarValue *values;

  *n = telar_lower_n_inputs (l, 0);
  values = g_new (TelarValue, *n + 1);
  for (guint i = 0; i < *n; i++)
    values[i] = telar_lower_input_at (l, 0, i);
  return values;
}

static void
lower_concat (TelarLowering *l)
{
  guint n, axis;
  g_autofree TelarValue *values = read_values (l, &n);

  if (telar_lower_axis_param (l, telar_lower_type (l, values[0]).shape.rank, &axis))
    telar_lower_output (l, 0, telar_build_concat (l->b, values, n, axis));
}

static void
lower_stack (TelarLowering *l)
{
  guint n, axis;
  g_autofree TelarValue *values = read_values (l, &n);

  if (telar_lower_axis_param (l, telar_lower_type (l, values[0]).shape.rank + 1, &axis))
    telar_lower_output (l, 0, telar_emit_stack (l->b, values, n, axis));
}

/* --- cutting ---------------------------------------------------------------------------------- */

/* Start and stop as in Python: negative ones count from the end, both are cut to the axis. */
static void
lower_slice (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  gint64 stop = telar_lower_int (l, "stop");
  TelarSlices slices = { .n = 1,
                         .starts = { telar_lower_int (l, "start") },
                         .ends = { stop == 0 ? TELAR_MAX_SLICE : stop },
                         .steps = { telar_lower_int (l, "step") } };
  guint axis;

  if (x == TELAR_NO_VALUE || !telar_lower_axis_param (l, type.shape.rank, &axis))
    return;
  slices.axes[0] = axis;
  x = telar_emit_slices (l->b, x, &slices);
  if (telar_lower_type (l, x).shape.dims[axis] == 0)
    telar_lower_fail (l, "nothing lies between start and stop on an axis of %" G_GINT64_FORMAT,
                      type.shape.dims[axis]);
  telar_lower_output (l, 0, x);
}

/* A list with as many numbers as there are axes to cut, or one for all of them. */
static gboolean
read_places (TelarLowering *l, const char *param, guint n, gint64 *places)
{
  guint n_given;
  const gint64 *given = telar_lower_ints (l, param, &n_given);

  for (guint i = 0; i < n; i++)
    places[i] = given[n_given == 1 ? 0 : MIN (i, n_given - 1)];
  if (n_given == n || n_given == 1)
    return TRUE;
  telar_lower_fail (l, "%s has %u numbers; give one, or one for each of the %u axes", param,
                    n_given, n);
  return FALSE;
}

static void
lower_strided_slice (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  TelarSlices slices = { .n = 0 };
  const gint64 *axes = telar_lower_ints (l, "axes", &slices.n);

  if (x == TELAR_NO_VALUE)
    return;
  for (guint i = 0; i < slices.n; i++)
    if (!telar_lower_axis (l, axes[i], type.shape.rank, &slices.axes[i]))
      return;
  if (read_places (l, "starts", slices.n, slices.starts) &&
      read_places (l, "ends", slices.n, slices.ends) &&
      read_places (l, "steps", slices.n, slices.steps))
    telar_lower_output (l, 0, telar_emit_slices (l->b, x, &slices));
}

#define MOST_PARTS 4

/* How large each part is; 0 parts where they do not make up the axis, which is reported. */
static guint
read_parts (TelarLowering *l, gint64 size, gint64 sizes[MOST_PARTS])
{
  gint64 parts = telar_lower_int (l, "parts"), sum = 0;
  guint n;
  const gint64 *given = telar_lower_ints (l, "sizes", &n);
  gboolean equal = n == 1 && given[0] == 0;

  for (guint i = 0; !equal && i < n; i++)
    sum += sizes[i] = given[i];
  if (equal && size % parts == 0) {
    for (gint64 i = 0; i < parts; i++)
      sizes[i] = size / parts;
    return (guint)parts;
  }
  if (!equal && sum == size)
    return n;
  if (equal)
    telar_lower_fail (l, "%" G_GINT64_FORMAT " does not part into %" G_GINT64_FORMAT " equal sizes",
                      size, parts);
  else
    telar_lower_fail (
        l, "the sizes add up to %" G_GINT64_FORMAT " where the axis has %" G_GINT64_FORMAT, sum,
        size);
  return 0;
}

static void
lower_split (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  gint64 size, sizes[MOST_PARTS], from = 0;
  guint axis, n;

  if (x == TELAR_NO_VALUE || !telar_lower_axis_param (l, type.shape.rank, &axis) ||
      !telar_lower_size (l, &type.shape, axis, &size))
    return;
  n = read_parts (l, size, sizes);
  for (guint i = 0; i < n; from += sizes[i++])
    telar_lower_output (l, i, telar_build_slice (l->b, x, axis, from, from + sizes[i]));
}

static void
lower_trilu (TelarLowering *l)
{
  gboolean upper = g_str_equal (telar_lower_text (l, "part"), "upper");

  telar_lower_output (
      l, 0,
      telar_emit_triangle (l->b, telar_lower_input (l, 0), upper, telar_lower_int (l, "diagonal")));
}

/* --- borders ---------------------------------------------------------------------------------- */

static TelarValue
pad_by_mode (TelarLowering *l, TelarValue x, guint rank, const gint64 *low, const gint64 *high)
{
  const char *mode = telar_lower_text (l, "mode");
  gboolean lowest = g_str_equal (mode, "lowest");

  if (lowest || g_str_equal (mode, "constant"))
    return telar_emit (l->b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, rank),
                       TELAR_INTS (HIGH, high, rank),
                       TELAR_REAL (FILL, lowest ? -INFINITY : telar_lower_real (l, "value")));
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
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint n_low, n_high, rank = type.shape.rank;
  const gint64 *given_low = telar_lower_ints (l, "low", &n_low);
  const gint64 *given_high = telar_lower_ints (l, "high", &n_high);
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };

  if (x == TELAR_NO_VALUE)
    return;
  if (n_low > rank || n_high > rank) {
    telar_lower_fail (l, "low and high may have at most %u numbers here", rank);
    return;
  }
  if (g_str_equal (telar_lower_text (l, "mode"), "lowest") && !telar_dtype_is_float (type.dtype)) {
    telar_lower_fail (l, "whole numbers have no minus infinity; give a value");
    return;
  }
  memcpy (low + rank - n_low, given_low, n_low * sizeof (gint64));
  memcpy (high + rank - n_high, given_high, n_high * sizeof (gint64));
  telar_lower_output (l, 0, pad_by_mode (l, x, rank, low, high));
}

/* --- entries ---------------------------------------------------------------------------------- */

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
  .params = TELAR_PARAMS (
      TELAR_PARAM_AXIS ("1", "The axis to join along; 1 is that of channels or features.")),
  .lower = lower_concat,
  .examples = TELAR_EXAMPLES ("f32[2,3] f32[2,4] f32[2,1]", "f32[2,3,4] f32[2,3,2] axis=-1",
                              "f32[2,3] f32[2,3] axis=0"),
};

static const TelarOperator stack = {
  .name = "stack",
  .label = N_ ("Stack"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Joins tensors of one shape along a new axis."),
  .onnx = "Reshape, Concat",
  .inputs = TELAR_PORTS ({
      .name = "in",
      .kind = TELAR_PORT_TENSOR,
      .repeated = TRUE,
      .doc = N_ ("The tensors to join, in order."),
  }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_AXIS ("1", "Where the new axis stands in the result.")),
  .lower = lower_stack,
  .examples = TELAR_EXAMPLES ("f32[2,3] f32[2,3]", "f32[2,3] f32[2,3] f32[2,3] axis=-1"),
};

#define PART(port, free, words)                                                                    \
  {                                                                                                \
    .name = port, .kind = TELAR_PORT_TENSOR, .optional = free, .doc = N_ (words),                  \
  }

static const TelarOperator split = {
  .name = "split",
  .label = N_ ("Split"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Cuts a tensor along an axis into two, three or four parts; more are taken with "
             "slices."),
  .onnx = "Slice",
  .inputs = telar_ports_in,
  .outputs =
      TELAR_PORTS (PART ("out1", FALSE, "The first part."), PART ("out2", TRUE, "The second part."),
                   PART ("out3", TRUE, "The third part, where there is one."),
                   PART ("out4", TRUE, "The fourth part, where there is one.")),
  .params =
      TELAR_PARAMS (TELAR_PARAM_AXIS ("1", "The axis to cut."),
                    {
                        .name = "parts",
                        .label = N_ ("Parts"),
                        .kind = TELAR_PARAM_INT,
                        .fallback = "2",
                        .minimum = 2,
                        .maximum = MOST_PARTS,
                        .doc = N_ ("How many parts of equal size, where sizes are not given."),
                        .prominent = TRUE,
                    },
                    TELAR_PARAM_LIST ("sizes", "Sizes", "0", 0, MOST_PARTS,
                                      "How large each part is along the axis; 0: all the same.")),
  .lower = lower_split,
  .examples = TELAR_EXAMPLES ("f32[2,4]", "f32[2,3,6] axis=-1 parts=3", "f32[2,7] sizes=1,2,1,3"),
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
      TELAR_PARAM_AXIS ("1", "The axis to cut; 0 is the batch."),
      TELAR_PARAM_COUNT ("start", "Start", "0", -TELAR_SIZE_LIMIT,
                         "The first to keep; negative from the end."),
      TELAR_PARAM_COUNT ("stop", "Stop", "0", -TELAR_SIZE_LIMIT,
                         "The first not to keep; negative from the end; 0: to the end."),
      TELAR_PARAM_COUNT ("step", "Step", "1", 1, "Keeps one of so many.")),
  .lower = lower_slice,
  .examples = TELAR_EXAMPLES ("f32[2,5] start=1 stop=4", "f32[2,3,8] axis=2 start=-7 step=3"),
};

static const TelarOperator strided_slice = {
  .name = "strided_slice",
  .label = N_ ("Slice of several axes"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Keeps a range of each of several axes, forwards or backwards."),
  .formula = "y = x[starts:ends:steps] along axes",
  .onnx = "Slice",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      TELAR_PARAM_LIST ("axes", "Axes", "1", -TELAR_MAX_RANK, 8, "The axes to cut."),
      TELAR_PARAM_LIST ("starts", "Starts", "0", -TELAR_SIZE_LIMIT, 8,
                        "The first place to keep along each axis; negative ones count from the "
                        "end."),
      TELAR_PARAM_LIST ("ends", "Ends", "16777216", -TELAR_SIZE_LIMIT, 8,
                        "The first place not to keep; negative ones count from the end, and what "
                        "lies beyond the axis means its end."),
      TELAR_PARAM_LIST ("steps", "Steps", "1", -TELAR_SIZE_LIMIT, 8,
                        "Keeps one of so many places; negative steps go backwards.")),
  .lower = lower_strided_slice,
  .examples =
      TELAR_EXAMPLES ("f32[2,5] starts=1 ends=4", "f32[2,3,8] axes=1,2 starts=1,-7 steps=1,3",
                      "f32[2,6] starts=-1 ends=-16777216 steps=-2",
                      "f32[2,4,3] axes=0,1 starts=-1 ends=-16777216 steps=-1"),
};

static const TelarOperator trilu = {
  .name = "trilu",
  .label = N_ ("Triangle"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Keeps one side of the diagonal of the last two axes and makes the other zero."),
  .onnx = "Where",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "part",
          .label = N_ ("Part"),
          .kind = TELAR_PARAM_CHOICE,
          .fallback = "lower",
          .choices = TELAR_CHOICES ("lower", "upper"),
          .doc = N_ ("lower keeps the diagonal and what lies below it, upper what lies above."),
          .prominent = TRUE,
      },
      TELAR_PARAM_COUNT ("diagonal", "Diagonal", "0", -TELAR_SIZE_LIMIT,
                         "How far the diagonal is moved to the right; negative ones down.")),
  .lower = lower_trilu,
  .examples =
      TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,4,3] part=upper diagonal=-1", "f32[2,2,3,3] diagonal=1"),
};

static const TelarOperator pad = {
  .name = "pad",
  .label = N_ ("Pad"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ (
      "Puts a border around the last axes: one value, or what the tensor itself continues with."),
  .onnx = "Pad",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      TELAR_PARAM_LIST ("low", "Before", "1x1", 0, 7,
                        "How much to add before each of the last axes."),
      TELAR_PARAM_LIST ("high", "After", "1x1", 0, 7,
                        "How much to add after each of the last axes."),
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
          .choices = TELAR_CHOICES ("constant", "reflect", "edge", "circular", "lowest"),
          .doc = N_ ("constant fills with the value, reflect mirrors without repeating the edge, "
                     "edge repeats it, circular goes on at the other side, lowest fills with "
                     "minus infinity, which no maximum takes."),
      }),
  .lower = lower_pad,
  .examples = TELAR_EXAMPLES ("f32[2,3,4,4]", "f32[2,3,4] low=2 high=0 value=-1.5",
                              "f32[2,3,4] low=2x1 high=1x3 mode=reflect", "f32[2,3,4] mode=edge",
                              "f32[2,2,4] low=0x1 high=0x2 mode=circular",
                              "f32[2,3,4,4] low=2 high=1x0 value=3"),
};

const TelarOperator *const telar_operators_parts[] = {
  &concat, &stack, &split, &slice, &strided_slice, &trilu, &pad, NULL,
};
