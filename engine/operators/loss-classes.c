/* Losses of choosing one of several classes. */
#include "engine/operators/families.h"
#include "engine/operators/loss.h"
#include <string.h>

/* A row of scores for each label, and how much it counts. */
typedef struct {
  TelarValue scores;        /* [N, …, classes] */
  TelarValue right;         /* the same: 1 at the right class, else 0 */
  TelarValue kept;          /* [N, …]: 0 where the label is to be ignored, else 1 */
  TelarValue weights;       /* [N, …]: that of the right class where it is kept */
  TelarValue class_weights; /* [classes] or none */
  gint64 classes;
} Rows;

static gboolean
read_rows (TelarLowering *l, Rows *rows)
{
  TelarClassified c;
  TelarDType dtype;
  TelarValue ignored, zero;

  if (!telar_lower_classified_along (l, telar_lower_int (l, "axis"), &c))
    return FALSE;
  dtype = telar_lower_type (l, c.scores).dtype;
  ignored = telar_emit_is (l, c.labels, (double)telar_lower_int (l, "ignore_index"));
  zero = telar_build_scalar (l->b, TELAR_I64, 0);
  c.labels = telar_emit_checked (l, telar_build_select (l->b, ignored, zero, c.labels), c.classes);
  rows->scores = c.scores;
  rows->right = telar_emit_right_class (l, &c);
  rows->kept = telar_build_cast (l->b, telar_build_unary (l->b, TELAR_PRIM_NOT, ignored), dtype);
  rows->weights = rows->kept;
  rows->classes = c.classes;
  rows->class_weights = telar_lower_numbers (l, "class_weights", c.classes, dtype);
  if (rows->class_weights != TELAR_NO_VALUE)
    rows->weights =
        multiply (l, rows->kept,
                  telar_emit (l->b, GATHER, ((TelarValue[]){ rows->class_weights, c.labels }),
                              TELAR_INT (AXIS, 0)));
  return TRUE;
}

/* Of each row the number of @x that stands at the right class. */
static TelarValue
pick_right (TelarLowering *l, const Rows *rows, TelarValue x)
{
  return telar_emit_sum_last (l, multiply (l, rows->right, x));
}

/* Σ @loss / Σ @over over all rows; 0 of none. */
static TelarValue
share (TelarLowering *l, TelarValue loss, TelarValue over)
{
  TelarValue sum = telar_build_reduce_all (l->b, TELAR_PRIM_SUM, loss);
  TelarValue count = telar_build_reduce_all (l->b, TELAR_PRIM_SUM, over);

  return divide (l, sum, at_least (l, count, 1e-12));
}

/* The mean of the weighed rows. */
static void
give_rows (TelarLowering *l, const Rows *rows, TelarValue loss)
{
  telar_lower_give_loss (l, share (l, multiply (l, rows->weights, loss), rows->kept));
}

/* --- likelihood ------------------------------------------------------------------------------- */

/* With weights w, the share s of certainty spread over C classes, log p the @logs:
 * -((1 - s) · Σ w[y] log p[y] + s / C · ΣΣ w[c] log p[c]) / Σ w[y], as PyTorch. */
static void
give_likelihood (TelarLowering *l, const Rows *rows, TelarValue logs, double smoothing)
{
  TelarValue loss = multiply (l, rows->weights, pick_right (l, rows, logs)), spread;

  if (smoothing != 0) {
    if (rows->class_weights != TELAR_NO_VALUE)
      logs = multiply (l, logs, rows->class_weights);
    spread = multiply (l, rows->kept, telar_emit_sum_last (l, logs));
    loss = add (l, scale (l, loss, 1 - smoothing),
                scale (l, spread, smoothing / (double)rows->classes));
  }
  telar_lower_give_loss (l, negate (l, share (l, loss, rows->weights)));
}

static void
lower_cross_entropy (TelarLowering *l)
{
  Rows rows;

  if (read_rows (l, &rows))
    give_likelihood (l, &rows, telar_emit_log_softmax (l, rows.scores),
                     telar_lower_real (l, "label_smoothing"));
}

static void
lower_nll (TelarLowering *l)
{
  Rows rows;

  if (read_rows (l, &rows))
    give_likelihood (l, &rows, rows.scores, 0);
}

/* Lin et al.: "Focal loss for dense object detection", 2017, equation 5. */
static void
lower_focal (TelarLowering *l)
{
  double gamma = telar_lower_real (l, "gamma");
  TelarValue logs, doubt;
  Rows rows;

  if (!read_rows (l, &rows))
    return;
  logs = pick_right (l, &rows, telar_emit_log_softmax (l, rows.scores));
  doubt = less_from (l, 1, telar_build_unary (l->b, TELAR_PRIM_EXP, logs));
  give_rows (l, &rows, negate (l, multiply (l, telar_emit_focus (l, doubt, gamma), logs)));
}

/* Σ target · (log target - log softmax (x)), where 0 · log 0 is 0. */
static void
lower_kl_divergence (TelarLowering *l)
{
  TelarValue x, target, logs;

  if (!telar_lower_paired (l, &x, &target))
    return;
  logs = logarithm (l, at_least (l, target, 1e-30));
  logs = subtract (l, logs, telar_emit_log_softmax (l, x));
  telar_lower_give_mean (l, telar_emit_sum_last (l, multiply (l, target, logs)));
}

/* --- margins ---------------------------------------------------------------------------------- */

static const char *const rivals[] = { "all", "best", NULL };

/* Crammer, Singer: "On the algorithmic implementation of multiclass kernel-based vector machines",
 * 2001, for the best rival; Weston, Watkins 1999 for all of them. */
static void
lower_categorical_hinge (TelarLowering *l)
{
  TelarValue excess, wrong, best;
  TelarShape column;
  gint64 last;
  Rows rows;

  if (!read_rows (l, &rows))
    return;
  column = telar_lower_type (l, rows.scores).shape;
  last = (gint64)column.rank - 1;
  column.dims[last] = 1;
  excess = telar_build_reshape (l->b, pick_right (l, &rows, rows.scores), &column);
  excess = shift (l, subtract (l, rows.scores, excess), telar_lower_real (l, "margin"));
  wrong = less_from (l, 1, rows.right);
  excess = multiply (l, relu (l, excess), wrong);
  if (telar_lower_int (l, "power") == 2)
    excess = square (l, excess);
  best = strcmp (telar_lower_text (l, "rivals"), "best") == 0
             ? telar_build_reduce (l->b, TELAR_PRIM_MAX, excess, &last, 1, FALSE)
             : scale (l, telar_emit_sum_last (l, excess), 1 / (double)rows.classes);
  give_rows (l, &rows, best);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define CLASS_WEIGHTS                                                                              \
  {                                                                                                \
    .name = "class_weights", .label = N_ ("Class weights"), .kind = TELAR_PARAM_REALS,             \
    .fallback = "", .minimum = 0, .maximum = 1e9,                                                  \
    .doc = N_ ("How much each class counts, one number for each in their order, such as 1,2.5,1; " \
               "rare classes often get more. Empty: all the same."),                               \
  }
#define ROW_PARAMS CLASS_WEIGHTS, TELAR_PARAM_IGNORE, TELAR_PARAM_CLASS_AXIS, TELAR_PARAM_WEIGHT

TELAR_LOSS (
    cross_entropy, "Cross entropy",
    "The usual loss for choosing one of several classes: how surprised the model is by the "
    "right one. Takes scores, not probabilities: wire it before softmax.",
    "loss = -Σ w[label]·log softmax(logits)[label] / Σ w[label]", TELAR_CLASS_PORTS,
    TELAR_PARAMS (TELAR_PARAM_AMOUNT ("label_smoothing", "Label smoothing", "0", 0, 1,
                                      "The share of certainty that is spread evenly over all "
                                      "classes; 0.1 often makes a model less sure of itself and "
                                      "better."),
                  ROW_PARAMS),
    "f32[4,5] i64[4]<5", "f32[2,3,4] i64[2,3]<4 label_smoothing=0.1 weight=0.5",
    "f32[3,5] i64[3,1]<5", "f32[6,3] i64[6]<3 class_weights=0.5,2,1.25",
    "f32[6,3] i64[6]<3 class_weights=0.5,2,1.25 label_smoothing=0.2 ignore_index=1",
    "f32[2,3,4,2] i64[2,4,2]<3 axis=1 ignore_index=2");
TELAR_LOSS (nll, "Negative log likelihood", "Cross entropy for a model that ends in log softmax.",
            "loss = -Σ w[label]·logs[label] / Σ w[label]",
            TELAR_PAIR_PORTS ("logs", "Logarithms of probabilities, one for each class.", "labels",
                              "The index of the right class, a whole number from 0."),
            TELAR_PARAMS (ROW_PARAMS), "f32[4,5]:-3..0 i64[4]<5",
            "f32[6,3]:-3..0 i64[6]<3 class_weights=0.5,2,1.25 ignore_index=0");
TELAR_LOSS (focal, "Focal",
            "Cross entropy that looks away from what the model has learned already, for classes of "
            "which one is far more frequent than the others.",
            "loss = -mean w[label]·(1 - p)^gamma·log p, p = softmax(logits)[label]",
            TELAR_CLASS_PORTS, TELAR_PARAMS (TELAR_PARAM_GAMMA, ROW_PARAMS), "f32[4,5] i64[4]<5",
            "f32[6,3] i64[6]<3 gamma=0.5 class_weights=0.25,1,2 ignore_index=1",
            "f32[2,3,4] i64[2,4]<3 gamma=0 axis=1");
TELAR_LOSS (categorical_hinge, "Categorical hinge",
            "Loss of a support vector machine for several classes: the right one shall lead by a "
            "margin.",
            "loss = mean w[label]·Σ max(0, margin + logits[c] - logits[label])^power / classes",
            TELAR_CLASS_PORTS,
            TELAR_PARAMS (TELAR_PARAM_MARGIN ("1", 0, "By how much the right class shall lead."),
                          { .name = "rivals",
                            .label = N_ ("Rivals"),
                            .kind = TELAR_PARAM_CHOICE,
                            .fallback = "all",
                            .choices = rivals,
                            .doc = N_ ("all wrong classes count, their sum divided by the number "
                                       "of classes, as in PyTorch; or the best one alone, as in "
                                       "Keras."),
                            .prominent = TRUE },
                          { .name = "power",
                            .label = N_ ("Power"),
                            .kind = TELAR_PARAM_INT,
                            .fallback = "1",
                            .minimum = 1,
                            .maximum = 2,
                            .doc = N_ ("2 squares what a wrong class has too much.") },
                          ROW_PARAMS),
            "f32[4,5] i64[4]<5", "f32[6,3] i64[6]<3 power=2 margin=0.5 class_weights=0.5,2,1.25",
            "f32[4,5] i64[4]<5 rivals=best ignore_index=3");
TELAR_LOSS (kl_divergence, "KL divergence",
            "How far the model's probabilities are from given ones, as when a small model learns "
            "from a large one.",
            "loss = mean Σ target·(log target - log softmax(logits))",
            TELAR_PAIR_PORTS ("logits", "Scores, one for each class, before softmax.", "targets",
                              "Probabilities, one for each class."),
            TELAR_PARAMS (TELAR_PARAM_WEIGHT), "f32[3,4] f32[3,4]:0.05..1");

const TelarOperator *const telar_operators_loss_classes[] = {
  &cross_entropy_operator,     &nll_operator,           &focal_operator,
  &categorical_hinge_operator, &kl_divergence_operator, NULL,
};
