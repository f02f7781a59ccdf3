/* Arithmetic of curves: those of several seeds as one, and the difference to another. */
#pragma once

#include "insight/store.h"

G_BEGIN_DECLS

/* Runs that differ in their seed alone, at one step. */
typedef struct {
  gint64 step;
  gint64 time; /* µs since 1970: the latest of the runs' */
  guint n;     /* runs that have a value there */
  double mean;
  /* The sample's standard deviation, sqrt (sum (v - mean)^2 / (n - 1)); 0 for one run. */
  double deviation;
  /* Half the width of the 95 % interval of the mean, t (0.975, n - 1) deviation / sqrt (n), for
   * values that are spread normally (Student, "The probable error of a mean", Biometrika 6, 1908).
   * 0 for one run. */
  double interval;
} TelarSeedPoint;

/* The value below which Student's t with @freedom degrees lies with @probability (above 0, below
 * 1): the inverse of the finite series of Abramowitz and Stegun, 26.7.3 and 26.7.4, found by
 * bisection. */
double telar_student_quantile (double probability, guint freedom);

/* @curves: @n arrays of TelarPoint in the order of their steps. A run counts at each step of any of
 * them that lies between its own first and last; between two of its points on the line from one to
 * the other. What is not finite counts for nothing. GArray of TelarSeedPoint; caller unrefs. */
GArray *telar_curves_join (const GArray *const *curves, guint n);

/* Replaces the values of @points (TelarPoint) by how far they are from @baseline at that step, in
 * parts of its size: (v - b) / |b|. NaN where the baseline does not reach or is zero. */
void telar_curve_subtract (GArray *points, const GArray *baseline);

/* The value of a curve at @step, on the line between its points; NaN beyond its ends. */
double telar_curve_at (const GArray *points, gint64 step);

G_END_DECLS
