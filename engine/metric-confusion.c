/* Metrics of a confusion matrix: element [i, j] says how often a sample of class i was taken for
 * class j. */
#include "engine/metric-private.h"
#include <math.h>

/* Of one class, or of all together. */
typedef struct {
  double right, actual, predicted;
} Counts;

static gsize
n_classes (const TelarShape *shape)
{
  return (gsize)shape->dims[0];
}

static Counts
count_class (const TelarShape *shape, const double *sums, gsize k)
{
  gsize n = n_classes (shape);
  Counts counts = { .right = sums[k * n + k] };
  for (gsize other = 0; other < n; other++) {
    counts.actual += sums[k * n + other];
    counts.predicted += sums[other * n + k];
  }
  return counts;
}

static Counts
count_all (const TelarShape *shape, const double *sums)
{
  Counts all = { 0 };
  for (gsize k = 0; k < n_classes (shape); k++) {
    Counts counts = count_class (shape, sums, k);
    all.right += counts.right;
    all.actual += counts.actual;
    all.predicted += counts.predicted;
  }
  return all;
}

/* --- shares ----------------------------------------------------------------------------------- */

static double
share_of (TelarShare share, Counts counts)
{
  double part = counts.right, whole = counts.predicted;
  if (share == TELAR_SHARE_RECALL)
    whole = counts.actual;
  else if (share == TELAR_SHARE_IOU)
    whole = counts.actual + counts.predicted - counts.right;
  else if (share == TELAR_SHARE_F1) {
    part = 2 * counts.right;
    whole = counts.actual + counts.predicted;
  }
  return whole > 0 ? part / whole : 0;
}

static double
average (const TelarMetricKind *kind, const TelarShape *shape, const double *sums)
{
  double sum = 0, weights = 0;
  for (gsize k = 0; k < n_classes (shape); k++) {
    Counts counts = count_class (shape, sums, k);
    double weight = counts.actual;
    if (kind->average == TELAR_AVERAGE_MACRO)
      weight = counts.actual + counts.predicted > 0;
    sum += weight * share_of ((TelarShare)kind->share, counts);
    weights += weight;
  }
  return sum / weights;
}

void
telar_finish_share (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                    double *numbers)
{
  TelarShare share = (TelarShare)kind->share;
  switch ((TelarAverage)kind->average) {
  case TELAR_AVERAGE_BINARY:
    numbers[0] = share_of (share, count_class (shape, sums, 1));
    break;
  case TELAR_AVERAGE_MICRO:
    numbers[0] = share_of (share, count_all (shape, sums));
    break;
  case TELAR_AVERAGE_EACH:
    for (gsize k = 0; k < n_classes (shape); k++)
      numbers[k] = share_of (share, count_class (shape, sums, k));
    break;
  case TELAR_AVERAGE_MACRO:
  case TELAR_AVERAGE_WEIGHTED:
    numbers[0] = average (kind, shape, sums);
    break;
  }
}

/* --- agreement -------------------------------------------------------------------------------- */

/* The mean recall of the classes that occur. */
void
telar_finish_balanced_accuracy (const TelarMetricKind *kind, const TelarShape *shape,
                                const double *sums, double *numbers)
{
  double sum = 0, classes = 0;
  (void)kind;
  for (gsize k = 0; k < n_classes (shape); k++) {
    Counts counts = count_class (shape, sums, k);
    sum += share_of (TELAR_SHARE_RECALL, counts);
    classes += counts.actual > 0;
  }
  numbers[0] = sum / classes;
}

/* Σ a², Σ p² and Σ a·p over the classes. */
typedef struct {
  double actual, predicted, both;
} Products;

static Products
multiply (const TelarShape *shape, const double *sums)
{
  Products products = { 0 };
  for (gsize k = 0; k < n_classes (shape); k++) {
    Counts counts = count_class (shape, sums, k);
    products.actual += counts.actual * counts.actual;
    products.predicted += counts.predicted * counts.predicted;
    products.both += counts.actual * counts.predicted;
  }
  return products;
}

/* (right · all - Σ a·p) / √((all² - Σ p²) (all² - Σ a²)) */
void
telar_finish_mcc (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                  double *numbers)
{
  Counts all = count_all (shape, sums);
  Products products = multiply (shape, sums);
  double square = all.actual * all.actual;
  double root = sqrt (square - products.predicted) * sqrt (square - products.actual);
  (void)kind;
  numbers[0] = root > 0 ? (all.right * all.actual - products.both) / root : 0;
}

/* (agreement - agreement by chance) / (1 - agreement by chance), times all² */
void
telar_finish_kappa (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                    double *numbers)
{
  Counts all = count_all (shape, sums);
  Products products = multiply (shape, sums);
  (void)kind;
  numbers[0] = (all.right * all.actual - products.both) / (all.actual * all.actual - products.both);
}
