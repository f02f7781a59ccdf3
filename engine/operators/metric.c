/* Metrics: what a person watches. Most are means over all that is looked at in an epoch. */
#include "engine/operators/families.h"
#include "engine/operators/metric-sums.h"

static TelarValue
binary (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, prim, x, y);
}

/* --- classes ---------------------------------------------------------------------------------- */

static TelarValue
sum_classes (TelarLowering *l, TelarValue x)
{
  gint64 last = (gint64)telar_lower_type (l, x).shape.rank - 1;

  return telar_build_reduce (l->b, TELAR_PRIM_SUM, x, &last, 1, FALSE);
}

/* Reads the ports by the parameters "axis" and "ignore_index"; @counted is where the label is not
 * the ignored one. */
static gboolean
read_classified (TelarLowering *l, TelarClassified *classified, TelarValue *counted)
{
  TelarValue ignored;

  if (!telar_lower_classified_along (l, telar_lower_int (l, "axis"), classified))
    return FALSE;
  ignored = telar_build_binary_scalar (l->b, TELAR_PRIM_EQUAL, classified->labels,
                                       (double)telar_lower_int (l, "ignore_index"));
  *counted = telar_build_unary (l->b, TELAR_PRIM_NOT, ignored);
  return TRUE;
}

/* What @kind makes of the mean of @x, which is 0 where it is not counted. */
static void
give_counted (TelarLowering *l, const char *name, const char *kind, TelarValue x,
              TelarValue counted)
{
  const TelarValue sums[] = { telar_emit_total (l, x), telar_emit_total (l, counted) };

  telar_lower_metric (l, name, kind, telar_emit_row (l, sums, G_N_ELEMENTS (sums)));
}

static void
lower_accuracy (TelarLowering *l)
{
  TelarClassified classified;
  TelarValue chosen, right, counted;

  if (!read_classified (l, &classified, &counted))
    return;
  chosen = telar_emit (l->b, ARGMAX, ((TelarValue[]){ classified.scores }),
                       TELAR_INT (AXIS, telar_lower_type (l, classified.scores).shape.rank - 1));
  right = binary (l, TELAR_PRIM_EQUAL, chosen, classified.labels);
  give_counted (l, "accuracy", "mean", binary (l, TELAR_PRIM_AND, right, counted), counted);
}

/* Right when fewer than k classes score higher than the right one. */
static void
lower_top_k_accuracy (TelarLowering *l)
{
  TelarClassified classified;
  TelarValue right, higher, counted;
  gint64 last;

  if (!read_classified (l, &classified, &counted))
    return;
  last = (gint64)telar_lower_type (l, classified.scores).shape.rank - 1;
  right = binary (l, TELAR_PRIM_MUL, telar_emit_right_class (l, &classified), classified.scores);
  right = telar_build_reduce (l->b, TELAR_PRIM_SUM, right, &last, 1, TRUE);
  higher = binary (l, TELAR_PRIM_LESS, right, classified.scores);
  higher = sum_classes (l, telar_build_cast (l->b, higher, TELAR_F32));
  right =
      telar_build_binary_scalar (l->b, TELAR_PRIM_LESS, higher, (double)telar_lower_int (l, "k"));
  give_counted (l, "top_k_accuracy", "mean", binary (l, TELAR_PRIM_AND, right, counted), counted);
}

static void
lower_binary_accuracy (TelarLowering *l)
{
  TelarValue x, target;

  if (!telar_lower_paired (l, &x, &target))
    return;
  x = binary (
      l, TELAR_PRIM_LESS,
      telar_build_scalar (l->b, telar_lower_type (l, x).dtype, telar_lower_real (l, "threshold")),
      x);
  target = binary (l, TELAR_PRIM_LESS,
                   telar_build_scalar (l->b, telar_lower_type (l, target).dtype, 0.5), target);
  telar_lower_mean_metric (l, "accuracy", "mean", binary (l, TELAR_PRIM_EQUAL, x, target));
}

static void
lower_perplexity (TelarLowering *l)
{
  TelarClassified classified;
  TelarValue logs, counted, none;

  if (!read_classified (l, &classified, &counted))
    return;
  logs = telar_emit (l->b, LOG_SOFTMAX, ((TelarValue[]){ classified.scores }),
                     TELAR_INT (AXIS, telar_lower_type (l, classified.scores).shape.rank - 1));
  logs = sum_classes (l, binary (l, TELAR_PRIM_MUL, telar_emit_right_class (l, &classified), logs));
  logs = telar_build_unary (l->b, TELAR_PRIM_NEG, logs);
  none = telar_build_scalar (l->b, telar_lower_type (l, logs).dtype, 0);
  give_counted (l, "perplexity", "exp_mean", telar_build_select (l->b, counted, logs, none),
                counted);
}

/* --- entries ---------------------------------------------------------------------------------- */

static const TelarOperator accuracy = {
  .name = "accuracy",
  .label = N_ ("Accuracy"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("The share of samples whose highest score is that of the right class."),
  .formula = "mean [argmax(logits) = label]",
  .inputs = TELAR_CLASS_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (TELAR_PARAM_CLASS_AXIS, TELAR_PARAM_IGNORE),
  .lower = lower_accuracy,
  .examples =
      TELAR_EXAMPLES ("f32[6,3] i64[6]<3", "f32[2,4,3] i64[2,4]<3", "f32[2,3,4] i64[2,4]<3 axis=1"),
};

static const TelarOperator top_k_accuracy = {
  .name = "top_k_accuracy",
  .label = N_ ("Top-k accuracy"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("The share of samples whose right class is among the k highest scores."),
  .formula = "mean [rank of logits[label] < k]",
  .inputs = TELAR_CLASS_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (
      {
          .name = "k",
          .label = N_ ("K"),
          .kind = TELAR_PARAM_INT,
          .fallback = "5",
          .minimum = 1,
          .maximum = TELAR_SIZE_LIMIT,
          .doc = N_ ("How many guesses count."),
          .prominent = TRUE,
      },
      TELAR_PARAM_CLASS_AXIS, TELAR_PARAM_IGNORE),
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

static const TelarOperator perplexity = {
  .name = "perplexity",
  .label = N_ ("Perplexity"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("Among how many equally likely tokens the model seems to choose: the exponential of "
             "the mean cross entropy."),
  .formula = "exp (-mean log softmax(logits)[label])",
  .inputs = TELAR_CLASS_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (TELAR_PARAM_IGNORE, TELAR_PARAM_CLASS_AXIS),
  .lower = lower_perplexity,
  .examples = TELAR_EXAMPLES ("f32[6,3] i64[6]<3", "f32[2,4,3] i64[2,4]<3 ignore_index=1"),
};

const TelarOperator *const telar_operators_metric[] = {
  &accuracy, &top_k_accuracy, &binary_accuracy, &perplexity, NULL,
};
