/* Smoothing of curves: the debiased exponential moving average, point by point, and centred windows
 * over a whole curve. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Debiased exponential moving average: s[i] = w s[i-1] + (1 - w) v[i], y[i] = s[i] / (1 - w^(i+1)),
 * so that the first values are not drawn towards zero (Kingma and Ba, Adam, section 3). The weight
 * is that of one step: values d steps apart take w^d, so that one setting suits a curve of each
 * step and one of each epoch. */
typedef struct {
  double weight; /* 0: none, towards 1: more */
  double sum, bias;
  double steps, power; /* the last distance, and the weight to the power of it */
} TelarSmoother;

void telar_smoother_init (TelarSmoother *smoother, double weight);
/* The average after @value, which came @steps after the one before (1 for the first). What is not
 * finite leaves the average as it was, and comes back as it is. */
double telar_smoother_next (TelarSmoother *smoother, double value, double steps);

typedef enum {
  TELAR_SMOOTHING_EMA,
  /* The mean of the values at most half a window away. */
  TELAR_SMOOTHING_MEAN,
  /* A Gaussian around each point: four means of a curve that holds each value half way to its
   * neighbours, one after the other, which come near it by the central limit theorem (Wells,
   * "Efficient synthesis of Gaussian filters by cascaded uniform filters", 1986). */
  TELAR_SMOOTHING_GAUSSIAN,
} TelarSmoothing;

/* The window, in steps, that smooths as much as the weight @weight: (1 + w) / (1 - w) values have a
 * mean of the same variance as the moving average has. A Gaussian has a standard deviation of that
 * over the root of 12, a uniform window's. */
double telar_smoothing_window (double weight);

/* Writes the smoothed @values of @n points at ascending @steps to @smooth. What is not finite is
 * left out, and stands in @smooth as it is. O(n), whatever the window. */
void telar_smooth (TelarSmoothing kind, double weight, const double *steps, const double *values,
                   guint n, double *smooth);

G_END_DECLS
