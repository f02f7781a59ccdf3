/* Counting histograms and what can be said of them. */
#include "insight/histogram.h"

#include <math.h>

TelarHistogram *
telar_histogram_new (guint n_bins)
{
  TelarHistogram *histogram = g_new0 (TelarHistogram, 1);

  histogram->n_bins = n_bins;
  histogram->edges = g_new0 (double, n_bins + 1);
  histogram->counts = g_new0 (double, n_bins);
  histogram->min = histogram->max = NAN;
  histogram->zeros = histogram->nans = NAN;
  return histogram;
}

void
telar_histogram_free (TelarHistogram *histogram)
{
  if (histogram == NULL)
    return;
  g_free (histogram->edges);
  g_free (histogram->counts);
  g_free (histogram);
}

/* --- counting ---------------------------------------------------------------------------- */

/* The numbers as double, a block at a time. */
#define BLOCK 1024

static guint
read_block (const TelarTensor *tensor, gsize from, double *block)
{
  guint n = (guint)MIN (BLOCK, telar_tensor_elements (tensor) - from);

  if (tensor->type.dtype == TELAR_F32) {
    const float *numbers = (const float *)tensor->data + from;
    for (guint i = 0; i < n; i++)
      block[i] = numbers[i];
  } else {
    for (guint i = 0; i < n; i++)
      block[i] = telar_tensor_get (tensor, from + i);
  }
  return n;
}

static void
measure (TelarHistogram *histogram, const TelarTensor *tensor)
{
  gsize elements = telar_tensor_elements (tensor);
  double block[BLOCK], min = INFINITY, max = -INFINITY;

  histogram->zeros = histogram->nans = 0;
  for (gsize from = 0; from < elements; from += BLOCK) {
    guint n = read_block (tensor, from, block);
    for (guint i = 0; i < n; i++) {
      double x = block[i];
      if (!isfinite (x)) {
        histogram->others++;
        histogram->nans += isnan (x);
        continue;
      }
      histogram->zeros += x == 0;
      min = x < min ? x : min;
      max = x > max ? x : max;
      histogram->sum += x;
      histogram->squares += x * x;
    }
  }
  histogram->n = (double)elements - histogram->others;
  if (histogram->n > 0) {
    histogram->min = min;
    histogram->max = max;
  }
}

static void
set_edges (TelarHistogram *histogram)
{
  double low = histogram->min, high = histogram->max;

  if (!(high > low)) {
    double middle = histogram->n > 0 ? low : 0, half = middle != 0 ? fabs (middle) / 2 : 0.5;
    low = middle - half;
    high = middle + half;
  }
  /* Halves, because the difference of two finite numbers may be infinite. */
  for (guint i = 0; i <= histogram->n_bins; i++) {
    double part = (double)i / histogram->n_bins;
    histogram->edges[i] = low * (1 - part) + high * part;
  }
}

static void
fill_bins (TelarHistogram *histogram, const TelarTensor *tensor)
{
  gsize elements = telar_tensor_elements (tensor);
  double low = histogram->edges[0], high = histogram->edges[histogram->n_bins];
  double scale = histogram->n_bins / (high / 2 - low / 2), block[BLOCK];

  for (gsize from = 0; from < elements; from += BLOCK) {
    guint n = read_block (tensor, from, block);
    for (guint i = 0; i < n; i++) {
      if (!isfinite (block[i]))
        continue;
      double place = (block[i] / 2 - low / 2) * scale;
      histogram
          ->counts[place < histogram->n_bins ? (guint)MAX (place, 0) : histogram->n_bins - 1]++;
    }
  }
}

TelarHistogram *
telar_histogram_count (const TelarTensor *tensor)
{
  TelarHistogram *histogram = telar_histogram_new (TELAR_HISTOGRAM_BINS);

  measure (histogram, tensor);
  set_edges (histogram);
  fill_bins (histogram, tensor);
  return histogram;
}

/* --- what it says ------------------------------------------------------------------------ */

double
telar_histogram_mean (const TelarHistogram *histogram)
{
  return histogram->n > 0 ? histogram->sum / histogram->n : NAN;
}

double
telar_histogram_deviation (const TelarHistogram *histogram)
{
  double mean = telar_histogram_mean (histogram);

  return sqrt (MAX (histogram->squares / histogram->n - mean * mean, 0));
}

double
telar_histogram_quantile (const TelarHistogram *histogram, double q)
{
  double wanted = q * histogram->n, below = 0;

  if (!(histogram->n > 0))
    return NAN;
  for (guint i = 0; i < histogram->n_bins; i++) {
    double count = histogram->counts[i];
    if (count > 0 && below + count >= wanted) {
      double part = CLAMP ((wanted - below) / count, 0, 1);
      double x = histogram->edges[i] + part * (histogram->edges[i + 1] - histogram->edges[i]);
      return CLAMP (x, histogram->min, histogram->max);
    }
    below += count;
  }
  return histogram->max;
}
