/* Positions in a sequence: sinusoidal, learned, rotary. */
#include "engine/emit-sequence.h"
#include "engine/operators/attention.h"
#include "engine/operators/families.h"

#include <math.h>

/* --- rotary ----------------------------------------------------------------------------------- */

/* The angle of pair @i of @width numbers at @position. */
static double
angle (gint64 position, gint64 i, gint64 width, double base)
{
  return (double)position * pow (base, -2.0 * (double)i / (double)width);
}

TelarValue
telar_emit_rotary_table (TelarBuilder *b, gint64 steps, gint64 width, double base,
                         double (*function) (double))
{
  TelarShape shape = telar_shape (steps, width / 2);
  g_autoptr (TelarTensor) table = telar_tensor_new (TELAR_F32, &shape);
  gsize at = 0;

  for (gint64 t = 0; t < steps; t++)
    for (gint64 i = 0; i < width / 2; i++)
      telar_tensor_set (table, at++, function (angle (t, i, width, base)));
  return telar_build_constant (b, table);
}

/* [N, T, width/2] between whose batch and steps stand as many axes as in @rank. */
static TelarValue
align (TelarBuilder *b, TelarValue table, guint rank)
{
  TelarShape shape = telar_builder_type (b, table)->shape, wide = { .rank = rank };

  if (table == TELAR_NO_VALUE || shape.rank != 3 || rank == 3)
    return table;
  for (guint i = 1; i < rank; i++)
    wide.dims[i] = 1;
  wide.dims[0] = shape.dims[0];
  wide.dims[rank - 2] = shape.dims[1];
  wide.dims[rank - 1] = shape.dims[2];
  return telar_build_reshape (b, table, &wide);
}

/* The first and second number of each pair among the first @width of the last axis. */
static void
take_pairs (TelarBuilder *b, TelarValue x, gint64 half, gboolean interleaved, TelarValue pair[2])
{
  TelarShape shape = telar_builder_type (b, x)->shape, pairs;
  guint last = shape.rank - 1;

  if (!interleaved) {
    pair[0] = telar_build_slice (b, x, last, 0, half);
    pair[1] = telar_build_slice (b, x, last, half, 2 * half);
    return;
  }
  shape.dims[last] = half;
  pairs = telar_shape_with (&shape, last + 1, 2);
  x = telar_build_reshape (b, telar_build_slice (b, x, last, 0, 2 * half), &pairs);
  for (guint i = 0; i < 2; i++)
    pair[i] = telar_build_reshape (b, telar_build_slice (b, x, last + 1, i, i + 1), &shape);
}

/* The inverse of the above. */
static TelarValue
give_pairs (TelarBuilder *b, TelarValue pair[2], gboolean interleaved)
{
  TelarShape shape = telar_builder_type (b, pair[0])->shape, pairs;
  guint last = shape.rank - 1;

  if (pair[0] == TELAR_NO_VALUE || !interleaved)
    return telar_build_concat (b, pair, 2, last);
  pairs = telar_shape_with (&shape, last + 1, 1);
  shape.dims[last] *= 2;
  for (guint i = 0; i < 2; i++)
    pair[i] = telar_build_reshape (b, pair[i], &pairs);
  return telar_build_reshape (b, telar_build_concat (b, pair, 2, last + 1), &shape);
}

/* x·u + sign·y·v */
static TelarValue
turn (TelarBuilder *b, TelarValue x, TelarValue u, TelarPrim sign, TelarValue y, TelarValue v)
{
  return telar_build_binary (b, sign, telar_build_binary (b, TELAR_PRIM_MUL, x, u),
                             telar_build_binary (b, TELAR_PRIM_MUL, y, v));
}

TelarValue
telar_emit_rotary (TelarBuilder *b, TelarValue x, TelarValue cosines, TelarValue sines,
                   gboolean interleaved)
{
  TelarShape shape = telar_builder_type (b, x)->shape;
  TelarShape table = telar_builder_type (b, cosines)->shape;
  TelarValue pair[2], turned[2], parts[2];
  gint64 half, size;

  if (x == TELAR_NO_VALUE || cosines == TELAR_NO_VALUE || sines == TELAR_NO_VALUE)
    return TELAR_NO_VALUE;
  if (table.rank != 2 && table.rank != 3) {
    telar_builder_fail (b, "a table of angles has 2 axes or 3, not %u", table.rank);
    return TELAR_NO_VALUE;
  }
  half = table.dims[table.rank - 1];
  size = shape.dims[shape.rank - 1];
  if (shape.rank < 3 || shape.rank == TELAR_MAX_RANK || 2 * half > size) {
    telar_builder_fail (
        b, "%" G_GINT64_FORMAT " features cannot be turned in %" G_GINT64_FORMAT " pairs", size,
        half);
    return TELAR_NO_VALUE;
  }
  cosines = align (b, cosines, shape.rank);
  sines = align (b, sines, shape.rank);
  take_pairs (b, x, half, interleaved, pair);
  turned[0] = turn (b, pair[0], cosines, TELAR_PRIM_SUB, pair[1], sines);
  turned[1] = turn (b, pair[1], cosines, TELAR_PRIM_ADD, pair[0], sines);
  parts[0] = give_pairs (b, turned, interleaved);
  if (2 * half == size)
    return parts[0];
  parts[1] = telar_build_slice (b, x, shape.rank - 1, 2 * half, size);
  return telar_build_concat (b, parts, 2, shape.rank - 1);
}

static gboolean
read_pairs (TelarLowering *l, const TelarShape *shape, gint64 *steps, gint64 *size)
{
  if (!telar_lower_size (l, shape, shape->rank - 2, steps) ||
      !telar_lower_size (l, shape, shape->rank - 1, size))
    return FALSE;
  if (*size % 2 != 0)
    telar_lower_fail (
        l, "rotary positions turn pairs, and %" G_GINT64_FORMAT " features are not even in number",
        *size);
  return *size % 2 == 0;
}

TelarValue
telar_lower_rotary (TelarLowering *l, TelarValue x, double base)
{
  TelarType type = telar_lower_type (l, x);
  gint64 steps, size;

  if (x == TELAR_NO_VALUE || !read_pairs (l, &type.shape, &steps, &size))
    return TELAR_NO_VALUE;
  return telar_emit_rotary (l->b, x, telar_emit_rotary_table (l->b, steps, size, base, cos),
                            telar_emit_rotary_table (l->b, steps, size, base, sin), FALSE);
}

static void
lower_rotary_positions (TelarLowering *l)
{
  TelarType type, at;
  TelarValue x = telar_lower_float (l, 0, 3, 4, &type), cosines, sines;
  TelarValue positions = telar_lower_ranked (l, 1, 2, 2, &at);
  double base = telar_lower_real (l, "base");
  gint64 steps, size;

  if (x == TELAR_NO_VALUE || !read_pairs (l, &type.shape, &steps, &size))
    return;
  if (positions != TELAR_NO_VALUE)
    steps = telar_lower_int (l, "longest");
  cosines = telar_emit_rotary_table (l->b, steps, size, base, cos);
  sines = telar_emit_rotary_table (l->b, steps, size, base, sin);
  if (positions != TELAR_NO_VALUE) {
    cosines =
        telar_emit (l->b, GATHER, ((TelarValue[]){ cosines, positions }), TELAR_INT (AXIS, 0));
    sines = telar_emit (l->b, GATHER, ((TelarValue[]){ sines, positions }), TELAR_INT (AXIS, 0));
  }
  telar_lower_output (
      l, 0,
      telar_emit_rotary (l->b, x, cosines, sines,
                         g_str_equal (telar_lower_text (l, "pairs"), "neighbours")));
}

/* --- added positions -------------------------------------------------------------------------- */

/* Sine and cosine in turn, as Vaswani et al. have it; of an odd last feature only the sine. */
static TelarValue
sinusoids (TelarLowering *l, gint64 steps, gint64 size, double base)
{
  TelarShape shape = telar_shape (steps, size);
  g_autoptr (TelarTensor) table = telar_tensor_new (TELAR_F32, &shape);
  gsize at = 0;

  for (gint64 t = 0; t < steps; t++)
    for (gint64 i = 0; i < size; i++) {
      double turned = angle (t, i / 2, size, base);
      telar_tensor_set (table, at++, i % 2 == 0 ? sin (turned) : cos (turned));
    }
  return telar_build_constant (l->b, table);
}

static void
lower_sinusoidal (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, 3, &type);
  double scale = telar_lower_real (l, "scale");
  gint64 steps, size;

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, &steps) ||
      !telar_lower_size (l, &type.shape, 2, &size))
    return;
  if (scale != 1)
    x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, scale);
  x = telar_build_binary (l->b, TELAR_PRIM_ADD, x,
                          sinusoids (l, steps, size, telar_lower_real (l, "base")));
  telar_lower_output (l, 0, x);
}

static void
lower_learned (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, 3, &type), table;
  TelarInit init = { .kind = TELAR_INIT_NORMAL, .scale = telar_lower_real (l, "deviation") };
  gint64 longest = telar_lower_int (l, "longest"), steps, size;
  TelarShape shape;

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, &steps) ||
      !telar_lower_size (l, &type.shape, 2, &size))
    return;
  if (longest != 0 && longest < steps) {
    telar_lower_fail (l,
                      "there are positions for %" G_GINT64_FORMAT
                      " steps, and the sequence has %" G_GINT64_FORMAT,
                      longest, steps);
    return;
  }
  shape = telar_shape (longest == 0 ? steps : longest, size);
  table = telar_lower_parameter (l, "table", &shape, init, FALSE);
  if (longest > steps)
    table = telar_build_slice (l->b, table, 0, 0, steps);
  telar_lower_output (l, 0, telar_build_binary (l->b, TELAR_PRIM_ADD, x, table));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define SEQUENCE_PORT                                                                              \
  {                                                                                                \
    .name = "in", .kind = TELAR_PORT_TENSOR, .doc = N_ ("Sequences, batch × steps × features."),   \
  }
#define BASE                                                                                       \
  {                                                                                                \
    .name = "base", .label = N_ ("Base"), .kind = TELAR_PARAM_REAL, .fallback = "10000",           \
    .minimum = 1.001, .maximum = 1e9,                                                              \
    .doc = N_ ("The larger, the slower the slowest features turn."),                               \
  }
#define LONGEST(value, least, words)                                                               \
  {                                                                                                \
    .name = "longest", .label = N_ ("Longest"), .kind = TELAR_PARAM_INT, .fallback = value,        \
    .minimum = least, .maximum = 1 << 20, .doc = N_ (words),                                       \
  }

static const TelarOperator sinusoidal_positions = {
  .name = "sinusoidal_positions",
  .label = N_ ("Sinusoidal positions"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Adds waves of many lengths to a sequence, by which attention can tell the steps "
             "apart."),
  .formula = "y[t, 2i] = scale·x + sin(t/base^(2i/size)), y[t, 2i+1] = scale·x + "
             "cos(t/base^(2i/size))",
  .onnx = "Add",
  .inputs = TELAR_PORTS (SEQUENCE_PORT),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (BASE,
                          {
                              .name = "scale",
                              .label = N_ ("Scale"),
                              .kind = TELAR_PARAM_REAL,
                              .fallback = "1",
                              .minimum = -1e6,
                              .maximum = 1e6,
                              .doc = N_ ("Factor of the sequence; the first Transformer had "
                                         "√features."),
                          }),
  .lower = lower_sinusoidal,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,4,5] base=100 scale=1.5"),
};

static const TelarOperator learned_positions = {
  .name = "learned_positions",
  .label = N_ ("Learned positions"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Adds a trained vector to each step of a sequence, by which attention can tell the "
             "steps apart."),
  .formula = "y[t] = x[t] + table[t]",
  .onnx = "Add",
  .inputs = TELAR_PORTS (SEQUENCE_PORT),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      LONGEST ("0", 0, "For how many steps there are vectors; 0: as many as the sequence has."),
      {
          .name = "deviation",
          .label = N_ ("Initial deviation"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0.02",
          .minimum = 0,
          .maximum = 100,
          .doc = N_ ("Standard deviation of the normal distribution that the vectors are drawn "
                     "from."),
      }),
  .lower = lower_learned,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,3,4] longest=5"),
};

static const TelarOperator rotary_positions = {
  .name = "rotary_positions",
  .label = N_ ("Rotary positions"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Turns pairs of features by an angle that grows with the position, so that the "
             "product of a query and a key depends on their distance."),
  .formula = "y[i] = x[i]·cos a - x[j]·sin a, y[j] = x[j]·cos a + x[i]·sin a, a = "
             "t·base^(-2i/size)",
  .onnx = "Slice, Mul, Add, Concat",
  .inputs = TELAR_PORTS (
      { .name = "in",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("Queries or keys: batch × steps × features, or batch × heads × steps × "
                   "features.") },
      { .name = "positions",
        .kind = TELAR_PORT_TENSOR,
        .optional = TRUE,
        .doc = N_ ("The position of each step, whole numbers, batch × steps; 0, 1, … when nothing "
                   "is wired.") }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (BASE,
                          {
                              .name = "pairs",
                              .label = N_ ("Pairs"),
                              .kind = TELAR_PARAM_CHOICE,
                              .fallback = "halves",
                              .choices = TELAR_CHOICES ("halves", "neighbours"),
                              .doc = N_ ("halves pairs each feature of the first half with that of "
                                         "the second, neighbours each with the next."),
                          },
                          LONGEST ("2048", 1, "One more than the largest wired position.")),
  .lower = lower_rotary_positions,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,2,3,4] pairs=neighbours base=100",
                              "f32[2,2,3,4] i64[2,3]<7 longest=7", "f32[2,3,6] i64[2,3]<9"),
};

const TelarOperator *const telar_operators_position[] = {
  &sinusoidal_positions,
  &learned_positions,
  &rotary_positions,
  NULL,
};
