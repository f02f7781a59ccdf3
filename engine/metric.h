/* What a metric makes of sums. A metric's output in a program is a small tensor of float64 for each
 * batch; what it measures is a function of the sum of these tensors over all batches, so that it
 * does not depend on how the rows were cut into batches. Which function is the output's kind:
 *
 *   output metric "f1" f1_macro = %12          %12 : f64[10,10], a confusion matrix
 *
 * Exact areas under curves are no function of sums: their kinds collect, which puts the batches one
 * behind the other along axis 0 instead. */
#pragma once

#include "engine/shape.h"

G_BEGIN_DECLS

/* What the tensors of a batch hold. */
typedef enum {
  TELAR_SUMS_RATIO,     /* [2]: a sum and how many were added */
  TELAR_SUMS_CONFUSION, /* [classes, classes]: how often class i (row) was taken for j (column) */
  TELAR_SUMS_MOMENTS,   /* [TELAR_N_MOMENTS, columns]: of targets and errors */
  TELAR_SUMS_NGRAMS,    /* [TELAR_N_NGRAM_SUMS]: see below */
  TELAR_SUMS_BINS,      /* [bins, columns, 2]: negatives and positives by score, ascending */
  TELAR_SUMS_SCORES,    /* [rows, columns, 2]: a score and whether it is of a positive; collected */
} TelarSumsForm;

/* The rows of TELAR_SUMS_MOMENTS, with y a target and e = y - prediction. */
enum {
  TELAR_MOMENT_COUNT,
  TELAR_MOMENT_Y,
  TELAR_MOMENT_YY,
  TELAR_MOMENT_E,
  TELAR_MOMENT_EE,
  TELAR_N_MOMENTS
};

/* TELAR_SUMS_NGRAMS: n-grams of the candidates that occur in their references, clipped, for n = 1,
 * 2, 3, 4; all n-grams of the candidates; the tokens of the candidates and of the references. */
#define TELAR_NGRAM_ORDERS 4
enum {
  TELAR_NGRAM_MATCHES = 0,
  TELAR_NGRAM_TOTALS = TELAR_NGRAM_ORDERS,
  TELAR_NGRAM_CANDIDATE = 2 * TELAR_NGRAM_ORDERS,
  TELAR_NGRAM_REFERENCE,
  TELAR_N_NGRAM_SUMS
};

typedef struct TelarMetricKind TelarMetricKind;

struct TelarMetricKind {
  const char *name; /* in the text of a program */
  TelarSumsForm form;
  /* The numbers that the sums give, NaN where they have none; @shape is that of @sums. */
  void (*finish) (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                  double *numbers);
  gboolean each;      /* one number for each class, named NAME_0, NAME_1, …; else one */
  gboolean matrix;    /* no number: the sums themselves are what is shown */
  int share, average; /* of confusion kinds: what is counted and how classes are averaged */
};

/* NULL when there is none of that name. */
const TelarMetricKind *telar_metric_kind (const char *name);
/* Whether @type is what the kind called @kind (which may be NULL or unknown: FALSE) is made of. */
gboolean telar_metric_fits (const char *kind, const TelarType *type);
gboolean telar_metric_collects (const TelarMetricKind *kind);
/* How many numbers come of sums of this shape, and the name of the one at @index for an output
 * called @output; caller frees. */
guint telar_metric_n_numbers (const TelarMetricKind *kind, const TelarShape *shape);
char *telar_metric_number_name (const TelarMetricKind *kind, const char *output, guint index);

G_END_DECLS
