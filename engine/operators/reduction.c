/* Reductions over chosen axes. */
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

static int
by_value (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

/* The parameter "axes" counted from 0 and sorted; 0 when it is wrong, which is reported. */
static guint
read_axes (TelarLowering *l, guint rank, gint64 *axes)
{
  guint n;
  const gint64 *given = telar_lower_ints (l, "axes", &n);

  for (guint i = 0; i < n; i++) {
    guint axis;
    if (!telar_lower_axis (l, given[i], rank, &axis))
      return 0;
    axes[i] = axis;
  }
  qsort (axes, n, sizeof (gint64), by_value);
  for (guint i = 1; i < n; i++) {
    if (axes[i] == axes[i - 1]) {
      telar_lower_fail (l, "axes names axis %" G_GINT64_FORMAT " twice", axes[i]);
      return 0;
    }
  }
  return n;
}

static void
lower_reduce (TelarLowering *l, TelarPrim prim)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  gint64 axes[TELAR_PARAM_MAX_ITEMS];
  guint n;

  if (x == TELAR_NO_VALUE)
    return;
  n = read_axes (l, type.shape.rank, axes);
  if (n > 0)
    telar_lower_output (l, 0,
                        telar_build_reduce (l->b, prim, x, axes, n, telar_lower_bool (l, "keep")));
}

static void
lower_sum (TelarLowering *l)
{
  lower_reduce (l, TELAR_PRIM_SUM);
}

static void
lower_mean (TelarLowering *l)
{
  lower_reduce (l, TELAR_PRIM_MEAN);
}

static void
lower_max (TelarLowering *l)
{
  lower_reduce (l, TELAR_PRIM_MAX);
}

static void
lower_min (TelarLowering *l)
{
  lower_reduce (l, TELAR_PRIM_MIN);
}

static void
lower_argmax (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint axis;

  if (x != TELAR_NO_VALUE &&
      telar_lower_axis (l, telar_lower_int (l, "axis"), type.shape.rank, &axis))
    telar_lower_output (l, 0,
                        telar_emit (l->b, ARGMAX, ((TelarValue[]){ x }), TELAR_INT (AXIS, axis)));
}

#define AXES                                                                                       \
  {                                                                                                \
    .name = "axes", .label = N_ ("Axes"), .kind = TELAR_PARAM_INTS, .fallback = "-1",              \
    .minimum = -TELAR_MAX_RANK, .maximum = TELAR_MAX_RANK - 1, .min_items = 1, .max_items = 8,     \
    .doc = N_ ("The axes that are reduced; 0 is the batch, -1 the last."), .prominent = TRUE,      \
  }
#define KEEP                                                                                       \
  {                                                                                                \
    .name = "keep", .label = N_ ("Keep axes"), .kind = TELAR_PARAM_BOOL, .fallback = "false",      \
    .doc = N_ ("Whether reduced axes stay with size 1."),                                          \
  }

/* name, label, formula, ONNX, doc */
/* clang-format off */
#define REDUCTIONS(A)                                                                              \
  A (sum, "Sum", "y = Σ x over axes", "ReduceSum", "Adds the numbers along axes.")                 \
  A (mean, "Mean", "y = Σ x / count over axes", "ReduceMean", "Averages the numbers along axes.")  \
  A (max, "Largest", "y = max x over axes", "ReduceMax", "Keeps the largest number along axes.")   \
  A (min, "Smallest", "y = min x over axes", "ReduceMin", "Keeps the smallest number along axes.")

#define DEFINE(NAME, text, rule, becomes, words)                                                   \
  static const TelarOperator NAME##_operator = {                                                   \
    .name = #NAME, .label = N_ (text), .category = TELAR_CATEGORY_MATH, .doc = N_ (words),         \
    .formula = rule, .onnx = becomes, .inputs = telar_ports_in, .outputs = telar_ports_out,        \
    .params = TELAR_PARAMS (AXES, KEEP), .lower = lower_##NAME,                                    \
    .examples = TELAR_EXAMPLES ("f32[2,3]", "f32[2,3,4] axes=1,2", "f32[2,3,4] axes=1 keep=true"), \
  };
/* clang-format on */
REDUCTIONS (DEFINE)

static const TelarOperator argmax_operator = {
  .name = "argmax",
  .label = N_ ("Position of the largest"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Gives the index of the largest number along an axis, the first of equals: the class "
             "that a classifier chose."),
  .formula = "y = argmax x along axis",
  .onnx = "ArgMax",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS ({
      .name = "axis",
      .label = N_ ("Axis"),
      .kind = TELAR_PARAM_INT,
      .fallback = "-1",
      .minimum = -TELAR_MAX_RANK,
      .maximum = TELAR_MAX_RANK - 1,
      .doc = N_ ("The axis to search; -1 is the last."),
      .prominent = TRUE,
  }),
  .lower = lower_argmax,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] axis=1"),
};

const TelarOperator *const telar_operators_reduction[] = {
  &sum_operator, &mean_operator, &max_operator, &min_operator, &argmax_operator, NULL,
};
