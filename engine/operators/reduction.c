/* Reductions over chosen axes. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

/* The parameters "axes" and "keep"; FALSE when they are wrong, which is reported. */
static gboolean
read_reduction (TelarLowering *l, guint rank, TelarReduction *over)
{
  guint n;
  const gint64 *axes = telar_lower_ints (l, "axes", &n);

  over->keep = telar_lower_bool (l, "keep");
  return telar_emit_axes (l->b, axes, n, rank, over);
}

/* Whole numbers keep their type where neither division nor root follows. */
static void
lower_reduce (TelarLowering *l, TelarReduceKind kind)
{
  gboolean exact = kind == TELAR_REDUCE_SUM || kind == TELAR_REDUCE_MAX ||
                   kind == TELAR_REDUCE_MIN || kind == TELAR_REDUCE_PROD ||
                   kind == TELAR_REDUCE_L1 || kind == TELAR_REDUCE_SUM_SQUARE;
  TelarReduction over;
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);

  if (x == TELAR_NO_VALUE || !read_reduction (l, type.shape.rank, &over))
    return;
  if (type.dtype == TELAR_BOOL)
    x = telar_build_cast (l->b, x, exact ? TELAR_I64 : TELAR_F32);
  else if (!exact && !telar_dtype_is_float (type.dtype))
    x = telar_build_cast (l->b, x, TELAR_F32);
  telar_lower_output (l, 0, telar_emit_reduction (l->b, kind, x, &over));
}

#define REDUCE(name, KIND)                                                                         \
  static void lower_##name (TelarLowering *l)                                                      \
  {                                                                                                \
    lower_reduce (l, TELAR_REDUCE_##KIND);                                                         \
  }
/* clang-format off */
REDUCE (sum, SUM)
REDUCE (mean, MEAN)
REDUCE (max, MAX)
REDUCE (min, MIN)
REDUCE (prod, PROD)
REDUCE (l1_norm, L1)
REDUCE (l2_norm, L2)
REDUCE (sum_square, SUM_SQUARE)
REDUCE (log_sum, LOG_SUM)
REDUCE (logsumexp, LOG_SUM_EXP)
/* clang-format on */

static void
lower_any (TelarLowering *l)
{
  TelarReduction over;
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);

  if (x != TELAR_NO_VALUE && read_reduction (l, type.shape.rank, &over))
    telar_lower_output (l, 0, telar_emit_any (l->b, x, &over));
}

static void
lower_all (TelarLowering *l)
{
  TelarReduction over;
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);

  if (x != TELAR_NO_VALUE && read_reduction (l, type.shape.rank, &over))
    telar_lower_output (l, 0, telar_emit_all (l->b, x, &over));
}

static TelarValue
read_variance (TelarLowering *l)
{
  TelarReduction over;
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);

  if (x == TELAR_NO_VALUE || !read_reduction (l, type.shape.rank, &over))
    return TELAR_NO_VALUE;
  return telar_emit_variance (l->b, x, &over, (double)telar_lower_int (l, "correction"));
}

static void
lower_var (TelarLowering *l)
{
  telar_lower_output (l, 0, read_variance (l));
}

static void
lower_std (TelarLowering *l)
{
  telar_lower_output (l, 0, telar_build_unary (l->b, TELAR_PRIM_SQRT, read_variance (l)));
}

static void
lower_arg (TelarLowering *l, TelarPrim prim)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  gboolean last = g_str_equal (telar_lower_text (l, "equals"), "last");
  guint axis;

  if (x != TELAR_NO_VALUE && telar_lower_axis_param (l, type.shape.rank, &axis))
    telar_lower_output (l, 0,
                        telar_emit_arg (l->b, prim, x, axis, telar_lower_bool (l, "keep"), last));
}

static void
lower_argmax (TelarLowering *l)
{
  lower_arg (l, TELAR_PRIM_ARGMAX);
}

static void
lower_argmin (TelarLowering *l)
{
  lower_arg (l, TELAR_PRIM_ARGMIN);
}

/* --- entries ---------------------------------------------------------------------------------- */

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

#define CORRECTION                                                                                 \
  {                                                                                                \
    .name = "correction", .label = N_ ("Correction"), .kind = TELAR_PARAM_INT, .fallback = "1",    \
    .minimum = 0, .maximum = 1,                                                                    \
    .doc = N_ ("Taken from the count: 1 estimates the variance of what the numbers are a sample "  \
               "of, 0 gives that of the numbers."),                                                \
    .prominent = TRUE,                                                                             \
  }
#define EXAMPLES(range)                                                                            \
  TELAR_EXAMPLES ("f32[2,3]" range, "f32[2,3,4]" range " axes=1,2",                                \
                  "f32[2,3,4]" range " axes=1 keep=true", "f32[3,4]" range " axes=0,1")
#define PLAIN  TELAR_PARAMS (AXES, KEEP)
#define SPREAD TELAR_PARAMS (AXES, KEEP, CORRECTION)
#define TRUTHS TELAR_EXAMPLES ("bool[3,4]", "i64[2,3,4]<2 axes=1 keep=true")

/* name, label, formula, ONNX, doc, examples, parameters */
/* clang-format off */
#define REDUCTIONS(A)                                                                              \
  A (sum, "Sum", "y = Σ x over axes", "ReduceSum", "Adds the numbers along axes.", EXAMPLES (""), PLAIN) \
  A (mean, "Mean", "y = Σ x / count over axes", "ReduceMean", "Averages the numbers along axes.",  \
     EXAMPLES (""), PLAIN)                                                                             \
  A (max, "Largest", "y = max x over axes", "ReduceMax", "Keeps the largest number along axes.",   \
     EXAMPLES (""), PLAIN)                                                                             \
  A (min, "Smallest", "y = min x over axes", "ReduceMin", "Keeps the smallest number along axes.", \
     EXAMPLES (""), PLAIN)                                                                             \
  A (prod, "Product", "y = Π x over axes", "ReduceProd", "Multiplies the numbers along axes.",     \
     EXAMPLES (""), PLAIN)                                                                             \
  A (l1_norm, "L1 norm", "y = Σ |x| over axes", "Abs, ReduceSum",                                  \
     "Adds the absolute values along axes.", EXAMPLES (""), PLAIN)                                     \
  A (l2_norm, "L2 norm", "y = √Σ x² over axes", "Mul, ReduceSum, Sqrt",                            \
     "The length of the vectors along axes.", EXAMPLES (""), PLAIN)                                    \
  A (sum_square, "Sum of squares", "y = Σ x² over axes", "Mul, ReduceSum",                         \
     "Adds the squares along axes.", EXAMPLES (""), PLAIN)                                             \
  A (log_sum, "Logarithm of the sum", "y = ln Σ x over axes", "ReduceSum, Log",                    \
     "Adds the numbers along axes and takes the natural logarithm.", EXAMPLES (":0.2..2"), PLAIN)      \
  A (logsumexp, "Logarithm of summed exponentials", "y = ln Σ exp(x) over axes",                   \
     "ReduceMax, Exp, ReduceSum, Log",                                                             \
     "Adds the exponentials along axes and takes the logarithm, without overflow: a smooth "       \
     "maximum.", EXAMPLES (""), PLAIN)                                                                 \
  A (any, "Any", "y = x₁ ∨ x₂ ∨ …", "ReduceMax", "Whether a number along axes is true, that is, "  \
     "other than 0.", TRUTHS, PLAIN)                                                                   \
  A (all, "All", "y = x₁ ∧ x₂ ∧ …", "ReduceMin", "Whether all numbers along axes are true, that "  \
     "is, other than 0.", TRUTHS, PLAIN)                                                               \
  A (var, "Variance", "y = Σ (x - mean)² / (count - correction)", "ReduceMean, ReduceSum",         \
     "How far the numbers along axes lie from their mean, squared.",                               \
     EXAMPLES (" correction=0"), SPREAD)                                                       \
  A (std, "Standard deviation", "y = √(Σ (x - mean)² / (count - correction))",                     \
     "ReduceMean, ReduceSum, Sqrt", "How far the numbers along axes lie from their mean.",         \
     EXAMPLES (""), SPREAD)

#define DEFINE(NAME, text, rule, becomes, words, tried, settings)                                       \
  static const TelarOperator NAME##_operator = {                                                   \
    .name = #NAME, .label = N_ (text), .category = TELAR_CATEGORY_MATH, .doc = N_ (words),         \
    .formula = rule, .onnx = becomes, .inputs = telar_ports_in, .outputs = telar_ports_out,        \
    .params = settings, .lower = lower_##NAME, .examples = tried,  \
  };
/* clang-format on */
REDUCTIONS (DEFINE)

#define ARG_PARAMS                                                                                 \
  TELAR_PARAMS (                                                                                   \
      TELAR_PARAM_AXIS ("-1", "The axis to search; -1 is the last."),                              \
      TELAR_PARAM_FLAG ("keep", "Keep axis", "false", "Whether the axis stays with size 1."),      \
      {                                                                                            \
          .name = "equals",                                                                        \
          .label = N_ ("Among equals"),                                                            \
          .kind = TELAR_PARAM_CHOICE,                                                              \
          .fallback = "first",                                                                     \
          .choices = TELAR_CHOICES ("first", "last"),                                              \
          .doc = N_ ("Which of equal numbers counts."),                                            \
      })

static const TelarOperator argmax_operator = {
  .name = "argmax",
  .label = N_ ("Position of the largest"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Gives the index of the largest number along an axis: the class that a classifier "
             "chose."),
  .formula = "y = argmax x along axis",
  .onnx = "ArgMax",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = ARG_PARAMS,
  .lower = lower_argmax,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] axis=1", "f32[2,3,4] axis=1 keep=true",
                              "i64[4,9]<3 equals=last"),
};

static const TelarOperator argmin_operator = {
  .name = "argmin",
  .label = N_ ("Position of the smallest"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Gives the index of the smallest number along an axis: the nearest of distances."),
  .formula = "y = argmin x along axis",
  .onnx = "ArgMin",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = ARG_PARAMS,
  .lower = lower_argmin,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,3,4] axis=1 keep=true", "i64[4,9]<3 equals=last"),
};

const TelarOperator *const telar_operators_reduction[] = {
#define ENTRY(NAME, ...) &NAME##_operator,
  REDUCTIONS (ENTRY)
#undef ENTRY
      & argmax_operator,
  &argmin_operator,
  NULL,
};
