/* Areas under the receiver's operating curve and under precision over recall. Scores that are
 * equal make one step of the curve: half a point for ROC, as the Mann-Whitney statistic has it.
 * Binned scores are equal within a bin, which changes an area by no more than half of the share of
 * pairs of a positive and a negative that fall into the same bin. */
#include "engine/metric-private.h"
#include <math.h>
#include <stdlib.h>

/* A curve under way, from the highest score down. */
typedef struct {
  double positives, negatives; /* seen so far */
  double pairs;                /* of a positive above a negative, ties half */
  double precision;            /* Σ of precision over the positives */
} Curve;

static void
take_step (Curve *curve, double positives, double negatives)
{
  curve->pairs += negatives * (curve->positives + positives / 2);
  curve->positives += positives;
  curve->negatives += negatives;
  if (positives > 0)
    curve->precision += positives * curve->positives / (curve->positives + curve->negatives);
}

static double
roc_area (const Curve *curve)
{
  return curve->pairs / (curve->positives * curve->negatives);
}

/* Average precision: Σ (recall - recall before) · precision, without interpolation. */
static double
pr_area (const Curve *curve)
{
  return curve->precision / curve->positives;
}

/* The mean of @area over the columns for which it is defined. */
static double
mean_area (const TelarShape *shape, const double *sums,
           void (*trace) (const TelarShape *shape, const double *sums, gsize column, Curve *curve),
           double (*area) (const Curve *curve))
{
  double sum = 0, columns = 0;
  for (gsize k = 0; k < (gsize)shape->dims[1]; k++) {
    Curve curve = { 0 };
    trace (shape, sums, k, &curve);
    double value = area (&curve);
    if (isfinite (value)) {
      sum += value;
      columns++;
    }
  }
  return sum / columns;
}

/* --- bins ------------------------------------------------------------------------------------- */

static void
trace_bins (const TelarShape *shape, const double *sums, gsize column, Curve *curve)
{
  gsize columns = (gsize)shape->dims[1];
  for (gsize bin = (gsize)shape->dims[0]; bin-- > 0;) {
    const double *pair = sums + (bin * columns + column) * 2;
    take_step (curve, pair[1], pair[0]);
  }
}

void
telar_finish_roc_bins (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                       double *numbers)
{
  (void)kind;
  numbers[0] = mean_area (shape, sums, trace_bins, roc_area);
}

void
telar_finish_pr_bins (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                      double *numbers)
{
  (void)kind;
  numbers[0] = mean_area (shape, sums, trace_bins, pr_area);
}

/* --- scores ----------------------------------------------------------------------------------- */

typedef struct {
  double score, positive;
} Scored;

static int
compare_descending (const void *a, const void *b)
{
  double x = ((const Scored *)a)->score, y = ((const Scored *)b)->score;
  return (x < y) - (x > y);
}

/* A score that is not a number leaves the curve without steps: there is no order, so no area. */
static void
trace_scores (const TelarShape *shape, const double *sums, gsize column, Curve *curve)
{
  gsize rows = (gsize)shape->dims[0], columns = (gsize)shape->dims[1];
  g_autofree Scored *scored = g_new (Scored, rows + 1);
  for (gsize row = 0; row < rows; row++) {
    const double *pair = sums + (row * columns + column) * 2;
    if (isnan (pair[0]))
      return;
    scored[row] = (Scored){ pair[0], pair[1] };
  }
  qsort (scored, rows, sizeof *scored, compare_descending);
  for (gsize row = 0; row < rows;) {
    double positives = 0, score = scored[row].score;
    gsize first = row;
    for (; row < rows && scored[row].score == score; row++)
      positives += scored[row].positive;
    take_step (curve, positives, (double)(row - first) - positives);
  }
}

void
telar_finish_roc_scores (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                         double *numbers)
{
  (void)kind;
  numbers[0] = mean_area (shape, sums, trace_scores, roc_area);
}

void
telar_finish_pr_scores (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                        double *numbers)
{
  (void)kind;
  numbers[0] = mean_area (shape, sums, trace_scores, pr_area);
}
