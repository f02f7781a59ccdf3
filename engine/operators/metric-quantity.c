/* Metrics of quantities: how far predictions are from targets. */
#include "engine/operators/families.h"
#include "engine/operators/metric-sums.h"

static TelarValue
binary (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, prim, x, y);
}

/* --- distances -------------------------------------------------------------------------------- */

typedef enum { SQUARED, ABSOLUTE, RELATIVE } Distance;

/* Below it a target is taken for this, as scikit-learn does: the spacing of float64 at 1. */
#define LEAST_TARGET 2.220446049250313e-16

static void
lower_distance (TelarLowering *l, const char *name, const char *kind, Distance distance)
{
  TelarValue x, target, d, size;

  if (!telar_lower_paired (l, &x, &target))
    return;
  d = binary (l, TELAR_PRIM_SUB, x, target);
  if (distance == SQUARED)
    d = binary (l, TELAR_PRIM_MUL, d, d);
  else
    d = telar_build_unary (l->b, TELAR_PRIM_ABS, d);
  if (distance == RELATIVE) {
    size = telar_build_unary (l->b, TELAR_PRIM_ABS, target);
    size = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, size, LEAST_TARGET);
    d = binary (l, TELAR_PRIM_DIV, d, size);
  }
  telar_lower_mean_metric (l, name, kind, d);
}

static void
lower_mse_metric (TelarLowering *l)
{
  lower_distance (l, "mse", "mean", SQUARED);
}

static void
lower_rmse (TelarLowering *l)
{
  lower_distance (l, "rmse", "root_mean", SQUARED);
}

static void
lower_mae_metric (TelarLowering *l)
{
  lower_distance (l, "mae", "mean", ABSOLUTE);
}

static void
lower_mape (TelarLowering *l)
{
  lower_distance (l, "mape", "mean", RELATIVE);
}

/* --- moments ---------------------------------------------------------------------------------- */

/* Σ over the rows of @x [rows, columns], as [1, columns]. */
static TelarValue
sum_rows (TelarLowering *l, TelarValue x)
{
  gint64 rows = 0;

  return telar_build_reduce (l->b, TELAR_PRIM_SUM, x, &rows, 1, TRUE);
}

/* The last axis are columns where there are two; a target with more axes is one column. */
static TelarShape
as_columns (TelarShape shape)
{
  TelarShape flat = telar_shape (shape.dims[0], shape.rank == 2 ? shape.dims[1] : 1);

  for (guint axis = 1; axis < shape.rank && shape.rank != 2; axis++)
    flat.dims[0] *= shape.dims[axis];
  return flat;
}

/* In double precision from the start: the spread of targets is a small difference of large sums. */
static void
lower_moments (TelarLowering *l, const char *kind)
{
  TelarValue x, y, e, moments[TELAR_N_MOMENTS];
  TelarType ones = { .dtype = TELAR_F64 };

  if (!telar_lower_paired (l, &x, &y))
    return;
  ones.shape = as_columns (telar_lower_type (l, x).shape);
  x = telar_build_reshape (l->b, telar_build_cast (l->b, x, TELAR_F64), &ones.shape);
  y = telar_build_reshape (l->b, telar_build_cast (l->b, y, TELAR_F64), &ones.shape);
  e = binary (l, TELAR_PRIM_SUB, y, x);
  moments[TELAR_MOMENT_COUNT] = sum_rows (l, telar_build_fill (l->b, &ones, 1));
  moments[TELAR_MOMENT_Y] = sum_rows (l, y);
  moments[TELAR_MOMENT_YY] = sum_rows (l, binary (l, TELAR_PRIM_MUL, y, y));
  moments[TELAR_MOMENT_E] = sum_rows (l, e);
  moments[TELAR_MOMENT_EE] = sum_rows (l, binary (l, TELAR_PRIM_MUL, e, e));
  telar_lower_metric (l, kind, kind, telar_build_concat (l->b, moments, TELAR_N_MOMENTS, 0));
}

static void
lower_r2 (TelarLowering *l)
{
  lower_moments (l, "r2");
}

static void
lower_explained_variance (TelarLowering *l)
{
  lower_moments (l, "explained_variance");
}

/* --- entries ---------------------------------------------------------------------------------- */

#define ENTRY(op, words, text, rule, ...)                                                          \
  static const TelarOperator op = {                                                                \
    .name = #op,                                                                                   \
    .label = N_ (words),                                                                           \
    .category = TELAR_CATEGORY_METRIC,                                                             \
    .doc = N_ (text),                                                                              \
    .formula = rule,                                                                               \
    .inputs =                                                                                      \
        TELAR_PAIR_PORTS ("predictions", "What the model says.", "targets", "What is right."),     \
    .outputs = TELAR_NO_PORTS,                                                                     \
    .lower = lower_##op,                                                                           \
    .examples = TELAR_EXAMPLES (__VA_ARGS__),                                                      \
  }

ENTRY (mse_metric, "Mean squared error", "The mean of the squared distance from the targets.",
       "mean (prediction - target)²", "f32[4,3] f32[4,3]", "f32[4,1] f32[4]");
ENTRY (rmse, "Root mean squared error",
       "The root of the mean squared distance from the targets, in their own unit.",
       "√ mean (prediction - target)²", "f32[4,3] f32[4,3]");
ENTRY (mae_metric, "Mean absolute error", "The mean distance from the targets.",
       "mean |prediction - target|", "f32[4,3] f32[4,3]");
ENTRY (mape, "Mean absolute percentage error",
       "The mean distance from the targets as a share of them; of no use where targets are near 0.",
       "mean |prediction - target| / |target|", "f32[4,3] f32[4,3]:1..3");
ENTRY (r2, "R²",
       "The share of the targets' variance that the predictions account for: 1 is perfect, 0 as "
       "good as always saying the mean. For several columns their mean.",
       "1 - Σ (target - prediction)² / Σ (target - mean target)²", "f32[5,3] f32[5,3]",
       "f32[6,1] f32[6]");
ENTRY (explained_variance, "Explained variance",
       "The share of the targets' variance that is not in the errors; unlike R² it forgives an "
       "error that is always the same. For several columns their mean.",
       "1 - variance (target - prediction) / variance (target)", "f32[5,3] f32[5,3]");

const TelarOperator *const telar_operators_metric_quantity[] = {
  &mse_metric, &rmse, &mae_metric, &mape, &r2, &explained_variance, NULL,
};
