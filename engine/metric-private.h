/* The functions of the metric kinds, by what they are made of. */
#pragma once

#include "engine/metric.h"

G_BEGIN_DECLS

/* What is counted of a class k, with its true positives t, the samples a that are of it and those p
 * that were taken for it. 0 where nothing is divided by nothing, as scikit-learn has it. */
typedef enum {
  TELAR_SHARE_PRECISION, /* t / p */
  TELAR_SHARE_RECALL,    /* t / a */
  TELAR_SHARE_F1,        /* 2t / (a + p), the Dice coefficient */
  TELAR_SHARE_IOU,       /* t / (a + p - t), Jaccard's index */
} TelarShare;

typedef enum {
  TELAR_AVERAGE_BINARY,   /* of class 1; there are two */
  TELAR_AVERAGE_MACRO,    /* the mean over the classes that occur or were predicted */
  TELAR_AVERAGE_MICRO,    /* of the counts of all classes together */
  TELAR_AVERAGE_WEIGHTED, /* the mean weighted by a */
  TELAR_AVERAGE_EACH,     /* a number for each class */
} TelarAverage;

#define TELAR_DECLARE_FINISH(name)                                                                 \
  void name (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,             \
             double *numbers)

TELAR_DECLARE_FINISH (telar_finish_share);
TELAR_DECLARE_FINISH (telar_finish_balanced_accuracy);
/* Gorodkin: "Comparing two K-category assignments by a K-category correlation coefficient", 2004 */
TELAR_DECLARE_FINISH (telar_finish_mcc);
/* Cohen: "A coefficient of agreement for nominal scales", 1960 */
TELAR_DECLARE_FINISH (telar_finish_kappa);

/* Areas under curves, the mean over the columns that have positives and, for ROC, negatives. */
TELAR_DECLARE_FINISH (telar_finish_roc_bins);
TELAR_DECLARE_FINISH (telar_finish_pr_bins);
TELAR_DECLARE_FINISH (telar_finish_roc_scores);
TELAR_DECLARE_FINISH (telar_finish_pr_scores);

G_END_DECLS
