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

/* The most classes that a confusion matrix may have. */
#define TELAR_MAX_CLASSES 4096

/* The confusion matrix of the batch, f64 [classes, classes], by the parameters "threshold" and
 * "ignore_index"; TELAR_NO_VALUE when a problem was reported. @classes may be NULL. */
TelarValue telar_lower_confusion (TelarLowering *l, gint64 *classes);

#define TELAR_PARAM_THRESHOLD                                                                      \
  {                                                                                                \
    .name = "threshold", .label = N_ ("Threshold"), .kind = TELAR_PARAM_REAL, .fallback = "0",     \
    .doc = N_ ("Of a single score: above it the answer is yes. 0 for scores before the sigmoid, "  \
               "0.5 for probabilities."),                                                          \
  }

G_END_DECLS
