/* What grows along an axis: running sums, products and extremes; numbers at even distances. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

#include <math.h>

static void
lower_cumsum (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint axis;

  if (x == TELAR_NO_VALUE || !telar_lower_axis_param (l, type.shape.rank, &axis))
    return;
  if (type.dtype == TELAR_BOOL)
    x = telar_build_cast (l->b, x, TELAR_I64);
  telar_lower_output (l, 0,
                      telar_emit (l->b, CUMSUM, ((TelarValue[]){ x }), TELAR_INT (AXIS, axis),
                                  TELAR_INT (EXCLUSIVE, telar_lower_bool (l, "exclusive")),
                                  TELAR_INT (REVERSE, telar_lower_bool (l, "reverse"))));
}

static void
lower_running (TelarLowering *l, TelarPrim prim, gboolean exclusive)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type);
  guint axis;

  if (x != TELAR_NO_VALUE && telar_lower_axis_param (l, type.shape.rank, &axis))
    telar_lower_output (
        l, 0, telar_emit_running (l->b, prim, x, axis, exclusive, telar_lower_bool (l, "reverse")));
}

static void
lower_cumprod (TelarLowering *l)
{
  lower_running (l, TELAR_PRIM_MUL, telar_lower_bool (l, "exclusive"));
}

static void
lower_cummax (TelarLowering *l)
{
  lower_running (l, TELAR_PRIM_MAXIMUM, FALSE);
}

static void
lower_cummin (TelarLowering *l)
{
  lower_running (l, TELAR_PRIM_MINIMUM, FALSE);
}

static void
lower_range (TelarLowering *l)
{
  double start = telar_lower_real (l, "start"), step = telar_lower_real (l, "step");
  double n = ceil ((telar_lower_real (l, "limit") - start) / step);
  gboolean whole = g_str_equal (telar_lower_text (l, "type"), "i64");
  TelarShape shape = telar_shape (1);
  TelarValue x;

  if (!(n >= 1 && n <= TELAR_SIZE_LIMIT)) {
    telar_lower_fail (l, "steps of %g do not lead from %g to the limit", step, start);
    return;
  }
  if (whole && (start != floor (start) || step != floor (step))) {
    telar_lower_fail (l, "start and step of whole numbers must be whole");
    return;
  }
  shape.dims[0] = (gint64)n;
  x = telar_build_cast (l->b, telar_build_iota (l->b, &shape, 0), whole ? TELAR_I64 : TELAR_F32);
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, step);
  telar_lower_output (l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, start));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define AXIS    TELAR_PARAM_AXIS ("-1", "The axis to go along; -1 is the last.")
#define REVERSE TELAR_PARAM_FLAG ("reverse", "Backwards", "false", "Begins at the end of the axis.")
#define EXCLUSIVE                                                                                  \
  TELAR_PARAM_FLAG ("exclusive", "Exclusive", "false", "Leaves each number out of its own result.")

/* name, label, formula, ONNX, documentation, parameters, examples */
/* clang-format off */
#define RUNNING(A)                                                                                 \
  A (cumsum, "Running sum", "y[i] = x[0] + … + x[i]", "CumSum",                                    \
     "Adds up the numbers along an axis.", TELAR_PARAMS (AXIS, EXCLUSIVE, REVERSE),                \
     "f32[2,5]", "f32[2,4,3] axis=1 exclusive=true", "f32[2,5] reverse=true", "i64[2,5]<9")        \
  A (cumprod, "Running product", "y[i] = x[0]·…·x[i]", "Pad, Slice, Mul",                          \
     "Multiplies the numbers along an axis.", TELAR_PARAMS (AXIS, EXCLUSIVE, REVERSE),             \
     "f32[2,5]", "f32[2,4,3] axis=1 exclusive=true", "f32[2,5] reverse=true")                      \
  A (cummax, "Running maximum", "y[i] = max(x[0], …, x[i])", "Pad, Slice, Max",                    \
     "The largest number so far along an axis.", TELAR_PARAMS (AXIS, REVERSE),                     \
     "f32[2,5]", "f32[2,4,3] axis=1 reverse=true", "i64[2,5]<9")                                   \
  A (cummin, "Running minimum", "y[i] = min(x[0], …, x[i])", "Pad, Slice, Min",                    \
     "The smallest number so far along an axis.", TELAR_PARAMS (AXIS, REVERSE),                    \
     "f32[2,5]", "f32[2,4,3] axis=1 reverse=true")

#define DEFINE(NAME, text, rule, becomes, words, settings, ...)                                    \
  static const TelarOperator NAME##_operator = {                                                   \
    .name = #NAME, .label = N_ (text), .category = TELAR_CATEGORY_MATH, .doc = N_ (words),         \
    .formula = rule, .onnx = becomes, .inputs = telar_ports_in, .outputs = telar_ports_out,        \
    .params = settings, .lower = lower_##NAME, .examples = TELAR_EXAMPLES (__VA_ARGS__),           \
  };
/* clang-format on */
RUNNING (DEFINE)

#define REAL(param, text, value, words)                                                            \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_REAL, .fallback = value,                \
    .minimum = -1e9, .maximum = 1e9, .doc = N_ (words), .prominent = TRUE,                         \
  }

static const TelarOperator range_operator = {
  .name = "range",
  .label = N_ ("Range"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Numbers at even distances along one axis, the same for all samples."),
  .formula = "y[i] = start + i·step, below limit",
  .onnx = "CumSum, Mul, Add",
  .inputs = TELAR_NO_PORTS,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (REAL ("start", "Start", "0", "The first number."),
                          REAL ("limit", "Limit", "10", "Where to stop, itself left out."),
                          REAL ("step", "Step", "1", "The distance; negative ones count down."),
                          {
                              .name = "type",
                              .label = N_ ("Type"),
                              .kind = TELAR_PARAM_CHOICE,
                              .fallback = "f32",
                              .choices = TELAR_CHOICES ("f32", "i64"),
                              .doc = N_ ("Whether the numbers are floats or whole numbers."),
                          }),
  .lower = lower_range,
  .examples = TELAR_EXAMPLES ("limit=4", "start=2 limit=-1 step=-0.5", "limit=9 step=2 type=i64"),
};

const TelarOperator *const telar_operators_cumulate[] = {
  &cumsum_operator, &cumprod_operator, &cummax_operator, &cummin_operator, &range_operator, NULL,
};
