/* What metrics are made of: float64 sums over a batch, and answers beside what is right. */
#pragma once

#include "engine/metric.h"
#include "engine/operators/target.h"

G_BEGIN_DECLS

/* Σ x as a float64 scalar; truth values count 1. All but the batch is added in the type of x or in
 * float32, which is exact for counts, then the batch in float64. */
TelarValue telar_emit_total (TelarLowering *l, TelarValue x);
/* The number of elements of @x, as a float64 scalar. */
TelarValue telar_emit_elements (TelarLowering *l, TelarValue x);
/* Scalars, one behind the other: [n]. */
TelarValue telar_emit_row (TelarLowering *l, const TelarValue *scalars, guint n);
/* How often each of 0 … @size - 1 is in @indices; those at @size are left out, and beyond it is an
 * error of the run. float64 [size]. */
TelarValue telar_emit_histogram (TelarLowering *l, TelarValue indices, gint64 size);

/* The metric whose value is the mean of @x over the epoch, or what @kind makes of sum and count. */
void telar_lower_mean_metric (TelarLowering *l, const char *name, const char *kind, TelarValue x);

/* --- classes ---------------------------------------------------------------------------------- */

/* Scores at port 0 and labels at port 1: either scores over classes along the parameter "axis" and
 * the right classes, or one score for each label, which is 1 or 0. */
typedef struct {
  gboolean binary;   /* one score for each label */
  TelarValue scores; /* float, [N, …, classes]; binary: of the labels' shape */
  TelarValue labels; /* i64 [N, …]; binary: of the scores' type */
  gint64 classes;    /* 2 when binary */
} TelarScored;

/* The most classes that a confusion matrix may have. */
#define TELAR_MAX_CLASSES 4096

/* FALSE: the problem is reported. */
gboolean telar_lower_scored (TelarLowering *l, TelarScored *scored);

/* The confusion matrix of the batch, f64 [classes, classes], by the parameters "threshold" and
 * "ignore_index"; TELAR_NO_VALUE when a problem was reported. @classes may be NULL. */
TelarValue telar_lower_confusion (TelarLowering *l, gint64 *classes);

#define TELAR_SCORED_PORTS                                                                         \
  TELAR_PAIR_PORTS ("logits",                                                                      \
                    "Scores, one for each class, or a single one that says how likely yes is.",    \
                    "labels", "The index of the right class, or 1 for yes and 0 for no.")
#define TELAR_PARAM_CLASS_AXIS                                                                     \
  {                                                                                                \
    .name = "axis", .label = N_ ("Class axis"), .kind = TELAR_PARAM_INT, .fallback = "-1",         \
    .minimum = -TELAR_MAX_RANK, .maximum = TELAR_MAX_RANK - 1,                                     \
    .doc = N_ ("The axis of the scores along which the classes stand; 1 for pictures whose "       \
               "channels are classes."),                                                           \
  }
#define TELAR_PARAM_THRESHOLD                                                                      \
  {                                                                                                \
    .name = "threshold", .label = N_ ("Threshold"), .kind = TELAR_PARAM_REAL, .fallback = "0",     \
    .doc = N_ ("Of a single score: above it the answer is yes. 0 for scores before the sigmoid, "  \
               "0.5 for probabilities."),                                                          \
  }
#define TELAR_PARAM_IGNORE                                                                         \
  {                                                                                                \
    .name = "ignore_index", .label = N_ ("Ignored label"), .kind = TELAR_PARAM_INT,                \
    .fallback = "-100", .minimum = -(1 << 30), .maximum = 1 << 30,                                 \
    .doc = N_ ("Where the label is this one, nothing is counted."),                                \
  }

G_END_DECLS
