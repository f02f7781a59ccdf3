/* Metrics of classes that a confusion matrix has all of: they differ in what is made of it. */
#include "engine/operators/families.h"
#include "engine/operators/metric-sums.h"
#include <string.h>

static void
give (TelarLowering *l, const char *name, const char *kind)
{
  telar_lower_metric (l, name, kind, telar_lower_confusion (l, NULL));
}

static const char *const averages[] = {
  "auto", "binary", "macro", "micro", "weighted", "each", NULL
};

static void
give_share (TelarLowering *l, const char *name, const char *share)
{
  const char *average = telar_lower_text (l, "average");
  gint64 classes;
  TelarValue sums = telar_lower_confusion (l, &classes);
  g_autofree char *kind = NULL;

  if (sums == TELAR_NO_VALUE)
    return;
  if (strcmp (average, "auto") == 0)
    average = classes == 2 ? "binary" : "macro";
  if (strcmp (average, "binary") == 0 && classes != 2) {
    telar_lower_fail (l, "average=binary is for two classes, there are %" G_GINT64_FORMAT, classes);
    return;
  }
  kind = g_strdup_printf ("%s_%s", share, average);
  telar_lower_metric (l, name, kind, sums);
}

static void
lower_precision (TelarLowering *l)
{
  give_share (l, "precision", "precision");
}

static void
lower_recall (TelarLowering *l)
{
  give_share (l, "recall", "recall");
}

static void
lower_f1 (TelarLowering *l)
{
  give_share (l, "f1", "f1");
}

static void
lower_iou (TelarLowering *l)
{
  give_share (l, "iou", "iou");
}

static void
lower_dice_metric (TelarLowering *l)
{
  give_share (l, "dice", "f1");
}

static void
lower_balanced_accuracy (TelarLowering *l)
{
  give (l, "balanced_accuracy", "balanced_accuracy");
}

static void
lower_mcc (TelarLowering *l)
{
  give (l, "mcc", "mcc");
}

static void
lower_cohen_kappa (TelarLowering *l)
{
  give (l, "kappa", "kappa");
}

static void
lower_confusion_matrix (TelarLowering *l)
{
  give (l, "confusion_matrix", "confusion");
}

/* --- entries ---------------------------------------------------------------------------------- */

#define SHARE_PARAMS                                                                               \
  TELAR_PARAMS ({ .name = "average",                                                               \
                  .label = N_ ("Average"),                                                         \
                  .kind = TELAR_PARAM_CHOICE,                                                      \
                  .fallback = "auto",                                                              \
                  .choices = averages,                                                             \
                  .doc = N_ ("binary is that of class 1, macro the mean over the classes that "    \
                             "occur, micro that of all counts together, weighted the mean by "     \
                             "how often a class occurs, each a number for every class. auto is "   \
                             "binary for two classes, else macro."),                               \
                  .prominent = TRUE },                                                             \
                TELAR_PARAM_THRESHOLD, TELAR_PARAM_CLASS_AXIS, TELAR_PARAM_IGNORE)
#define CLASS_PARAMS                                                                               \
  TELAR_PARAMS (TELAR_PARAM_THRESHOLD, TELAR_PARAM_CLASS_AXIS, TELAR_PARAM_IGNORE)
#define ENTRY(op, words, text, rule, table, ...)                                                   \
  static const TelarOperator op = {                                                                \
    .name = #op,                                                                                   \
    .label = N_ (words),                                                                           \
    .category = TELAR_CATEGORY_METRIC,                                                             \
    .doc = N_ (text),                                                                              \
    .formula = rule,                                                                               \
    .inputs = TELAR_SCORED_PORTS,                                                                  \
    .outputs = TELAR_NO_PORTS,                                                                     \
    .params = table,                                                                               \
    .lower = lower_##op,                                                                           \
    .examples = TELAR_EXAMPLES (__VA_ARGS__),                                                      \
  }

ENTRY (precision, "Precision", "Of the samples taken for a class, the share that is of it.",
       "right / predicted", SHARE_PARAMS, "f32[9,3] i64[9]<3", "f32[8,1] i64[8]<2",
       "f32[6,4] i64[6]<4 average=each");
ENTRY (recall, "Recall", "Of the samples of a class, the share that was taken for it.",
       "right / actual", SHARE_PARAMS, "f32[9,3] i64[9]<3 average=weighted",
       "f32[4,2]:0..1 f32[4,2]:0..1 threshold=0.5");
ENTRY (f1, "F1", "The harmonic mean of precision and recall.",
       "2 · precision · recall / (precision + recall)", SHARE_PARAMS,
       "f32[9,3] i64[9]<3 average=micro", "f32[2,4,3] i64[2,4]<3 ignore_index=0");
ENTRY (iou, "Intersection over union",
       "How well regions fall together: what prediction and label share of what either of them "
       "covers. Jaccard's index.",
       "right / (actual + predicted - right)", SHARE_PARAMS, "f32[2,3,4,4] i64[2,4,4]<3 axis=1",
       "f32[2,1,4,4] i64[2,4,4]<2 axis=1");
ENTRY (dice_metric, "Dice coefficient",
       "How well regions fall together: twice what prediction and label share, of both sizes "
       "together. The same number as F1.",
       "2 · right / (actual + predicted)", SHARE_PARAMS, "f32[2,3,4,4] i64[2,4,4]<3 axis=1");
ENTRY (balanced_accuracy, "Balanced accuracy",
       "The mean of the classes' recalls: rare classes count as much as frequent ones.",
       "mean over classes of right / actual", CLASS_PARAMS, "f32[9,3] i64[9]<3");
ENTRY (mcc, "Matthews correlation",
       "The correlation of answers and labels: 1 when all are right, 0 when guessing would do, "
       "whatever the share of each class.",
       "(right·all - Σ actual·predicted) / √((all² - Σ predicted²)(all² - Σ actual²))",
       CLASS_PARAMS, "f32[9,3] i64[9]<3", "f32[8,1] i64[8]<2");
ENTRY (cohen_kappa, "Cohen's kappa", "How far answers and labels agree beyond what chance gives.",
       "(agreement - chance) / (1 - chance)", CLASS_PARAMS, "f32[9,3] i64[9]<3");
ENTRY (confusion_matrix, "Confusion matrix",
       "How often each class was taken for each other one: labels are rows, answers columns.",
       "matrix[i, j] = Σ [label = i] [argmax(logits) = j]", CLASS_PARAMS, "f32[9,3] i64[9]<3",
       "f32[5] i64[5]<2");

const TelarOperator *const telar_operators_metric_classes[] = {
  &precision,   &recall,           &f1,  &iou, &dice_metric, &balanced_accuracy, &mcc,
  &cohen_kappa, &confusion_matrix, NULL,
};
