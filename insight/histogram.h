/* A histogram of the numbers of a tensor, as the run store keeps it and the painters draw it. */
#pragma once

#include "engine/tensor.h"

G_BEGIN_DECLS

#define TELAR_HISTOGRAM_BINS      64   /* of those that Telar counts */
#define TELAR_HISTOGRAM_MOST_BINS 4096 /* of those that it keeps for others */

/* Bin i is [edges[i], edges[i + 1]), the last one closed. NaN and infinities are in no bin. */
typedef struct {
  gint64 step;
  gint64 time;      /* µs since 1970 */
  double n, others; /* numbers in bins; NaN and infinities */
  double zeros;     /* of @n, and NaN of @others; both NaN where they were not counted, as in */
  double nans;      /* what others have written */
  double min, max;  /* of the numbers in bins; NaN without one */
  double sum, squares;
  guint n_bins;
  double *edges;  /* n_bins + 1, ascending */
  double *counts; /* n_bins */
} TelarHistogram;

/* All zero, with room for @n_bins. */
TelarHistogram *telar_histogram_new (guint n_bins);
void telar_histogram_free (TelarHistogram *histogram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarHistogram, telar_histogram_free)

/* Counts every number of @tensor in TELAR_HISTOGRAM_BINS even bins from the least to the largest,
 * or about the one number where all are the same. */
TelarHistogram *telar_histogram_count (const TelarTensor *tensor);

double telar_histogram_mean (const TelarHistogram *histogram);      /* NaN without numbers */
double telar_histogram_deviation (const TelarHistogram *histogram); /* likewise */
/* The number below which the part @q (0 to 1) of the numbers lies, as if they were spread evenly
 * within each bin; NaN without numbers. */
double telar_histogram_quantile (const TelarHistogram *histogram, double q);

/* The form in the store: even bins by their ends, whole counts as variable-length numbers, so that
 * 64 bins take some 100 bytes. The same bytes on every machine; step and time are not in it. */
GBytes *telar_histogram_pack (const TelarHistogram *histogram);
/* NULL when the bytes are damaged. */
TelarHistogram *telar_histogram_unpack (const void *data, gsize size);

G_END_DECLS
