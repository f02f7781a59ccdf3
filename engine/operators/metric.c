/* Metrics: what a person watches. Each is a mean over the batch, and so over an epoch. */
#include "engine/operators/families.h"
#include "engine/operators/target.h"

/* The share of TRUE. */
static TelarValue
share (TelarLowering *l, TelarValue condition)
{
  return telar_emit_mean (l, telar_build_cast (l->b, condition, TELAR_F32));
}

static void
lower_accuracy (TelarLowering *l)
{
  TelarClassified classified;
  TelarValue chosen;

  if (!telar_lower_classified (l, &classified))
    return;
  chosen = telar_emit (l->b, ARGMAX, ((TelarValue[]){ classified.scores }),
                       TELAR_INT (AXIS, telar_lower_type (l, classified.scores).shape.rank - 1));
  telar_lower_metric (
      l, "accuracy",
      share (l, telar_build_binary (l->b, TELAR_PRIM_EQUAL, chosen, classified.labels)));
}

/* Right when fewer than k classes score higher than the right one. */
static void
lower_top_k_accuracy (TelarLowering *l)
{
  TelarClassified classified;
  TelarValue right, higher;
  gint64 last;

  if (!telar_lower_classified (l, &classified))
    return;
  last = (gint64)telar_lower_type (l, classified.scores).shape.rank - 1;
  right = telar_build_binary (l->b, TELAR_PRIM_MUL, telar_emit_right_class (l, &classified),
                              classified.scores);
  right = telar_build_reduce (l->b, TELAR_PRIM_SUM, right, &last, 1, TRUE);
  higher = telar_build_binary (l->b, TELAR_PRIM_LESS, right, classified.scores);
  higher = telar_build_reduce (l->b, TELAR_PRIM_SUM, telar_build_cast (l->b, higher, TELAR_F32),
                               &last, 1, FALSE);
  telar_lower_metric (l, "top_k_accuracy",
                      share (l, telar_build_binary_scalar (l->b, TELAR_PRIM_LESS, higher,
                                                           (double)telar_lower_int (l, "k"))));
}

static void
lower_binary_accuracy (TelarLowering *l)
{
  TelarValue x, target;

  if (!telar_lower_paired (l, &x, &target))
    return;
  x = telar_build_binary (
      l->b, TELAR_PRIM_LESS,
      telar_build_scalar (l->b, telar_lower_type (l, x).dtype, telar_lower_real (l, "threshold")),
      x);
  target = telar_build_binary (l->b, TELAR_PRIM_LESS,
                               telar_build_scalar (l->b, telar_lower_type (l, target).dtype, 0.5),
                               target);
  telar_lower_metric (l, "accuracy",
                      share (l, telar_build_binary (l->b, TELAR_PRIM_EQUAL, x, target)));
}

static void
lower_distance (TelarLowering *l, const char *name, gboolean squared)
{
  TelarValue x, target, d;

  if (!telar_lower_paired (l, &x, &target))
    return;
  d = telar_build_binary (l->b, TELAR_PRIM_SUB, x, target);
  d = squared ? telar_build_binary (l->b, TELAR_PRIM_MUL, d, d)
              : telar_build_unary (l->b, TELAR_PRIM_ABS, d);
  telar_lower_metric (l, name, telar_emit_mean (l, d));
}

static void
lower_mse_metric (TelarLowering *l)
{
  lower_distance (l, "mse", TRUE);
}

static void
lower_mae_metric (TelarLowering *l)
{
  lower_distance (l, "mae", FALSE);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define QUANTITY_PORTS                                                                             \
  TELAR_PAIR_PORTS ("predictions", "What the model says.", "targets", "What is right.")

static const TelarOperator accuracy = {
  .name = "accuracy",
  .label = N_ ("Accuracy"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("The share of samples whose highest score is that of the right class."),
  .formula = "mean [argmax(logits) = label]",
  .inputs = TELAR_CLASS_PORTS,
  .outputs = TELAR_NO_PORTS,
  .lower = lower_accuracy,
  .examples = TELAR_EXAMPLES ("f32[6,3] i64[6]<3", "f32[2,4,3] i64[2,4]<3"),
};

static const TelarOperator top_k_accuracy = {
  .name = "top_k_accuracy",
  .label = N_ ("Top-k accuracy"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("The share of samples whose right class is among the k highest scores."),
  .formula = "mean [rank of logits[label] < k]",
  .inputs = TELAR_CLASS_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS ({
      .name = "k",
      .label = N_ ("K"),
      .kind = TELAR_PARAM_INT,
      .fallback = "5",
      .minimum = 1,
      .maximum = TELAR_SIZE_LIMIT,
      .doc = N_ ("How many guesses count."),
      .prominent = TRUE,
  }),
  .lower = lower_top_k_accuracy,
  .examples = TELAR_EXAMPLES ("f32[6,5] i64[6]<5 k=2"),
};

static const TelarOperator binary_accuracy = {
  .name = "binary_accuracy",
  .label = N_ ("Binary accuracy"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("The share of yes-or-no answers that are right."),
  .formula = "mean [(logit > threshold) = (label > 1/2)]",
  .inputs = TELAR_PAIR_PORTS ("logits", "Scores; above the threshold means yes.", "labels",
                              "1 for yes, 0 for no."),
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS ({
      .name = "threshold",
      .label = N_ ("Threshold"),
      .kind = TELAR_PARAM_REAL,
      .fallback = "0",
      .doc = N_ ("Above it the answer is yes: 0 for scores before the sigmoid, 0.5 for "
                 "probabilities."),
      .prominent = TRUE,
  }),
  .lower = lower_binary_accuracy,
  .examples = TELAR_EXAMPLES ("f32[6,1] i64[6]<2", "f32[3,2]:0..1 f32[3,2]:0..1 threshold=0.5"),
};

static const TelarOperator mse_metric = {
  .name = "mse_metric",
  .label = N_ ("Mean squared error"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("The mean of the squared distance from the targets."),
  .formula = "mean (prediction - target)²",
  .inputs = QUANTITY_PORTS,
  .outputs = TELAR_NO_PORTS,
  .lower = lower_mse_metric,
  .examples = TELAR_EXAMPLES ("f32[4,3] f32[4,3]", "f32[4,1] f32[4]"),
};

static const TelarOperator mae_metric = {
  .name = "mae_metric",
  .label = N_ ("Mean absolute error"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("The mean distance from the targets."),
  .formula = "mean |prediction - target|",
  .inputs = QUANTITY_PORTS,
  .outputs = TELAR_NO_PORTS,
  .lower = lower_mae_metric,
  .examples = TELAR_EXAMPLES ("f32[4,3] f32[4,3]"),
};

const TelarOperator *const telar_operators_metric[] = {
  &accuracy, &top_k_accuracy, &binary_accuracy, &mse_metric, &mae_metric, NULL,
};
