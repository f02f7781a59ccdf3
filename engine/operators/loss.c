/* Losses: what training makes small. Each is a mean over the batch (and over all other elements it
 * looks at), times its weight; several losses are summed. */
#include "engine/operators/families.h"
#include "engine/operators/target.h"

static void
give (TelarLowering *l, TelarValue mean)
{
  double weight = telar_lower_real (l, "weight");

  if (weight != 1)
    mean = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, mean, weight);
  telar_lower_loss (l, mean);
}

static TelarValue
sum_classes (TelarLowering *l, TelarValue x)
{
  gint64 last = (gint64)telar_lower_type (l, x).shape.rank - 1;

  return telar_build_reduce (l->b, TELAR_PRIM_SUM, x, &last, 1, FALSE);
}

static TelarValue
log_softmax (TelarLowering *l, TelarValue x)
{
  return telar_emit (l->b, LOG_SOFTMAX, ((TelarValue[]){ x }),
                     TELAR_INT (AXIS, telar_lower_type (l, x).shape.rank - 1));
}

static TelarValue
binary (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, prim, x, y);
}

static TelarValue
scalar (TelarLowering *l, TelarPrim prim, TelarValue x, double y)
{
  return telar_build_binary_scalar (l->b, prim, x, y);
}

/* --- classes ---------------------------------------------------------------------------------- */

/* -mean Σ target · logs, target smoothed towards 1 / classes. */
static void
give_likelihood (TelarLowering *l, const TelarClassified *classified, TelarValue logs,
                 double smoothing)
{
  TelarValue target = telar_emit_right_class (l, classified);

  if (smoothing != 0) {
    target = scalar (l, TELAR_PRIM_MUL, target, 1 - smoothing);
    target = scalar (l, TELAR_PRIM_ADD, target, smoothing / (double)classified->classes);
  }
  logs = sum_classes (l, binary (l, TELAR_PRIM_MUL, target, logs));
  give (l, telar_build_unary (l->b, TELAR_PRIM_NEG, telar_emit_mean (l, logs)));
}

static void
lower_cross_entropy (TelarLowering *l)
{
  TelarClassified classified;

  if (telar_lower_classified (l, &classified))
    give_likelihood (l, &classified, log_softmax (l, classified.scores),
                     telar_lower_real (l, "label_smoothing"));
}

static void
lower_nll (TelarLowering *l)
{
  TelarClassified classified;

  if (telar_lower_classified (l, &classified))
    give_likelihood (l, &classified, classified.scores, 0);
}

/* log (1 + exp (x)) - target · x, which does not overflow. */
static void
lower_binary_cross_entropy (TelarLowering *l)
{
  TelarValue x, target, loss;

  if (!telar_lower_paired (l, &x, &target))
    return;
  loss = binary (l, TELAR_PRIM_SUB, telar_build_unary (l->b, TELAR_PRIM_SOFTPLUS, x),
                 binary (l, TELAR_PRIM_MUL, target, x));
  give (l, telar_emit_mean (l, loss));
}

static void
lower_hinge (TelarLowering *l)
{
  TelarValue x, target, margin;

  if (!telar_lower_paired (l, &x, &target))
    return;
  target = scalar (l, TELAR_PRIM_SUB, scalar (l, TELAR_PRIM_MUL, target, 2), 1);
  margin = telar_build_unary (l->b, TELAR_PRIM_NEG, binary (l, TELAR_PRIM_MUL, target, x));
  margin = scalar (l, TELAR_PRIM_ADD, margin, 1);
  give (l, telar_emit_mean (l, telar_build_unary (l->b, TELAR_PRIM_RELU, margin)));
}

/* Σ target · (log target - log softmax (x)), where 0 · log 0 is 0. */
static void
lower_kl_divergence (TelarLowering *l)
{
  TelarValue x, target, logs;

  if (!telar_lower_paired (l, &x, &target))
    return;
  logs = telar_build_unary (l->b, TELAR_PRIM_LOG, scalar (l, TELAR_PRIM_MAXIMUM, target, 1e-30));
  logs = binary (l, TELAR_PRIM_SUB, logs, log_softmax (l, x));
  give (l, telar_emit_mean (l, sum_classes (l, binary (l, TELAR_PRIM_MUL, target, logs))));
}

/* --- quantities ------------------------------------------------------------------------------- */

static gboolean
read_difference (TelarLowering *l, TelarValue *difference)
{
  TelarValue x, target;

  if (!telar_lower_paired (l, &x, &target))
    return FALSE;
  *difference = binary (l, TELAR_PRIM_SUB, x, target);
  return TRUE;
}

static void
lower_mse (TelarLowering *l)
{
  TelarValue d;

  if (read_difference (l, &d))
    give (l, telar_emit_mean (l, binary (l, TELAR_PRIM_MUL, d, d)));
}

static void
lower_mae (TelarLowering *l)
{
  TelarValue d;

  if (read_difference (l, &d))
    give (l, telar_emit_mean (l, telar_build_unary (l->b, TELAR_PRIM_ABS, d)));
}

/* With c = min (|d|, delta): c · (|d| - c / 2) is d² / 2 inside and delta · (|d| - delta / 2)
 * outside. */
static void
lower_huber (TelarLowering *l)
{
  TelarValue d, size, cut, rest;

  if (!read_difference (l, &d))
    return;
  size = telar_build_unary (l->b, TELAR_PRIM_ABS, d);
  cut = scalar (l, TELAR_PRIM_MINIMUM, size, telar_lower_real (l, "delta"));
  rest = binary (l, TELAR_PRIM_SUB, size, scalar (l, TELAR_PRIM_MUL, cut, 0.5));
  give (l, telar_emit_mean (l, binary (l, TELAR_PRIM_MUL, cut, rest)));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define WEIGHT                                                                                     \
  {                                                                                                \
    .name = "weight", .label = N_ ("Weight"), .kind = TELAR_PARAM_REAL, .fallback = "1",           \
    .minimum = 0, .maximum = 1e9,                                                                  \
    .doc = N_ ("Factor of this loss before it is added to the others."),                           \
  }
#define QUANTITY_PORTS                                                                             \
  TELAR_PAIR_PORTS ("predictions", "What the model says.", "targets", "What is right.")
#define BINARY_PORTS                                                                               \
  TELAR_PAIR_PORTS ("logits", "Scores before the sigmoid; positive means yes.", "labels",          \
                    "1 for yes, 0 for no.")

static const TelarOperator cross_entropy = {
  .name = "cross_entropy",
  .label = N_ ("Cross entropy"),
  .category = TELAR_CATEGORY_LOSS,
  .doc = N_ ("The usual loss for choosing one of several classes: how surprised the model is by "
             "the right one. Takes scores, not probabilities: wire it before softmax."),
  .formula = "loss = -mean log softmax(logits)[label]",
  .inputs = TELAR_CLASS_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (
      {
          .name = "label_smoothing",
          .label = N_ ("Label smoothing"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0",
          .minimum = 0,
          .maximum = 1,
          .doc = N_ ("The share of certainty that is spread evenly over all classes; 0.1 often "
                     "makes a model less sure of itself and better."),
          .prominent = TRUE,
      },
      WEIGHT),
  .lower = lower_cross_entropy,
  .examples =
      TELAR_EXAMPLES ("f32[4,5] i64[4]<5", "f32[2,3,4] i64[2,3]<4 label_smoothing=0.1 weight=0.5",
                      "f32[3,5] i64[3,1]<5"),
};

static const TelarOperator nll = {
  .name = "nll",
  .label = N_ ("Negative log likelihood"),
  .category = TELAR_CATEGORY_LOSS,
  .doc = N_ ("Cross entropy for a model that ends in log softmax."),
  .formula = "loss = -mean logs[label]",
  .inputs = TELAR_PAIR_PORTS ("logs", "Logarithms of probabilities, one for each class.", "labels",
                              "The index of the right class, a whole number from 0."),
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (WEIGHT),
  .lower = lower_nll,
  .examples = TELAR_EXAMPLES ("f32[4,5]:-3..0 i64[4]<5"),
};

static const TelarOperator binary_cross_entropy = {
  .name = "binary_cross_entropy",
  .label = N_ ("Binary cross entropy"),
  .category = TELAR_CATEGORY_LOSS,
  .doc = N_ ("The usual loss for yes or no, or for several labels that exclude nothing. Takes "
             "scores before the sigmoid."),
  .formula = "loss = mean log(1 + exp(x)) - label·x",
  .inputs = BINARY_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (WEIGHT),
  .lower = lower_binary_cross_entropy,
  .examples = TELAR_EXAMPLES ("f32[4,1] i64[4]<2", "f32[3,4] f32[3,4]:0..1"),
};

static const TelarOperator hinge = {
  .name = "hinge",
  .label = N_ ("Hinge"),
  .category = TELAR_CATEGORY_LOSS,
  .doc = N_ ("Loss of a support vector machine: nothing for what is right by a margin of 1."),
  .formula = "loss = mean max(0, 1 - (2·label - 1)·x)",
  .inputs = BINARY_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (WEIGHT),
  .lower = lower_hinge,
  .examples = TELAR_EXAMPLES ("f32[5,1] i64[5]<2"),
};

static const TelarOperator kl_divergence = {
  .name = "kl_divergence",
  .label = N_ ("KL divergence"),
  .category = TELAR_CATEGORY_LOSS,
  .doc = N_ ("How far the model's probabilities are from given ones, as when a small model learns "
             "from a large one."),
  .formula = "loss = mean Σ target·(log target - log softmax(logits))",
  .inputs = TELAR_PAIR_PORTS ("logits", "Scores, one for each class, before softmax.", "targets",
                              "Probabilities, one for each class."),
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (WEIGHT),
  .lower = lower_kl_divergence,
  .examples = TELAR_EXAMPLES ("f32[3,4] f32[3,4]:0.05..1"),
};

static const TelarOperator mse = {
  .name = "mse",
  .label = N_ ("Mean squared error"),
  .category = TELAR_CATEGORY_LOSS,
  .doc = N_ ("The usual loss for quantities; large errors weigh most."),
  .formula = "loss = mean (prediction - target)²",
  .inputs = QUANTITY_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (WEIGHT),
  .lower = lower_mse,
  .examples = TELAR_EXAMPLES ("f32[4,3] f32[4,3]", "f32[4,1] f32[4]"),
};

static const TelarOperator mae = {
  .name = "mae",
  .label = N_ ("Mean absolute error"),
  .category = TELAR_CATEGORY_LOSS,
  .doc = N_ ("A loss for quantities that outliers disturb less."),
  .formula = "loss = mean |prediction - target|",
  .inputs = QUANTITY_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (WEIGHT),
  .lower = lower_mae,
  .examples = TELAR_EXAMPLES ("f32[4,3] f32[4,3]"),
};

static const TelarOperator huber = {
  .name = "huber",
  .label = N_ ("Huber"),
  .category = TELAR_CATEGORY_LOSS,
  .doc = N_ ("Squared error near the target, absolute error far from it."),
  .formula = "loss = mean d²/2 where |d| ≤ delta, else delta·(|d| - delta/2)",
  .inputs = QUANTITY_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (
      {
          .name = "delta",
          .label = N_ ("Delta"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "1",
          .minimum = 1e-6,
          .maximum = 1e9,
          .doc = N_ ("Where the square ends and the straight line begins."),
          .prominent = TRUE,
      },
      WEIGHT),
  .lower = lower_huber,
  .examples = TELAR_EXAMPLES ("f32[4,3] f32[4,3]", "f32[4,3] f32[4,3] delta=0.3"),
};

const TelarOperator *const telar_operators_loss[] = {
  &cross_entropy, &binary_cross_entropy, &nll, &mse, &mae, &huber, &hinge, &kl_divergence, NULL,
};
