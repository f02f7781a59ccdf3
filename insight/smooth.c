/* Windows move over prefix sums, so that their width costs nothing. */
#include "insight/smooth.h"

#include <math.h>
#include <string.h>

#define GAUSSIAN_PASSES 4
#define MOST_WEIGHT     0.9999

/* --- exponential ------------------------------------------------------------------------- */

void
telar_smoother_init (TelarSmoother *smoother, double weight)
{
  weight = CLAMP (weight, 0, MOST_WEIGHT);
  *smoother = (TelarSmoother){ .weight = weight, .bias = 1, .steps = 1, .power = weight };
}

double
telar_smoother_next (TelarSmoother *smoother, double value, double steps)
{
  if (!isfinite (value))
    return value;
  /* Most curves keep their distance; a power costs as much as all the rest. */
  if (steps != smoother->steps) {
    smoother->steps = steps;
    smoother->power = smoother->weight > 0 ? pow (smoother->weight, MAX (steps, 1)) : 0;
  }
  double weight = smoother->power;
  smoother->sum = weight * smoother->sum + (1 - weight) * value;
  smoother->bias *= weight;
  return smoother->sum / (1 - smoother->bias);
}

static void
smooth_exponentially (double weight, const double *steps, const double *values, guint n,
                      double *smooth)
{
  TelarSmoother smoother;

  telar_smoother_init (&smoother, weight);
  for (guint i = 0; i < n; i++)
    smooth[i] = telar_smoother_next (&smoother, values[i], i > 0 ? steps[i] - steps[i - 1] : 1);
}

/* --- windows ----------------------------------------------------------------------------- */

/* The finite points of a curve, without gaps. */
typedef struct {
  double *steps, *values, *sums;
  guint n;
  const double *edges; /* n + 1 */
} Gathered;

double
telar_smoothing_window (double weight)
{
  weight = CLAMP (weight, 0, MOST_WEIGHT);
  return (1 + weight) / (1 - weight);
}

static void
smooth_by_mean (Gathered *points, double window)
{
  guint from = 0, to = 0;
  double *steps = points->steps, *sums = points->sums;

  for (guint i = 0; i < points->n; i++)
    sums[i + 1] = sums[i] + points->values[i];
  for (guint i = 0; i < points->n; i++) {
    while (steps[from] < steps[i] - window / 2)
      from++;
    while (to < points->n && steps[to] <= steps[i] + window / 2)
      to++;
    points->values[i] = (sums[to] - sums[from]) / (to - from);
  }
}

/* One mean over a window, at each point, of values that hold from edge to edge; @next is room for
 * the new ones. */
static void
pass_mean (Gathered *points, double window, double *next)
{
  const double *restrict edges = points->edges, *restrict values = points->values;
  const double *restrict steps = points->steps;
  double *restrict sums = points->sums; /* the integral up to each edge */
  double first = edges[0], last = edges[points->n], share = 1 / window;
  guint low = 0, high = 0, n = points->n, end = n - 1;

  for (guint i = 0; i < n; i++)
    sums[i + 1] = sums[i] + (edges[i + 1] - edges[i]) * values[i];
  for (guint i = 0; i < n; i++) {
    double from = MAX (steps[i] - window / 2, first), to = MIN (steps[i] + window / 2, last);
    while (low < end && edges[low + 1] <= from)
      low++;
    while (high < end && edges[high + 1] <= to)
      high++;
    double sum = sums[high] + (to - edges[high]) * values[high] -
                 (sums[low] + (from - edges[low]) * values[low]);
    if (from > first && to < last)
      next[i] = sum * share;
    else
      next[i] = to > from ? sum / (to - from) : values[i];
  }
}

static void
smooth_by_gaussian (Gathered *points, double window)
{
  g_autofree double *room = g_new (double, 2 * (gsize)points->n + 1);
  double *next = room + points->n + 1;

  /* The value of a point holds from half way to the one before to half way to the one after. */
  points->edges = room;
  for (guint i = 0; i <= points->n; i++)
    room[i] = (points->steps[MAX (i, 1) - 1] + points->steps[MIN (i, points->n - 1)]) / 2;
  /* Variances add up: a window of half the width has a quarter of the variance. */
  for (guint pass = 0; pass < GAUSSIAN_PASSES; pass++) {
    double *values = points->values;
    pass_mean (points, window / sqrt (GAUSSIAN_PASSES), next);
    points->values = next;
    next = values;
  }
  /* After an even number of passes the values are where they were. */
  G_STATIC_ASSERT (GAUSSIAN_PASSES % 2 == 0);
}

void
telar_smooth (TelarSmoothing kind, double weight, const double *steps, const double *values,
              guint n, double *smooth)
{
  if (kind == TELAR_SMOOTHING_EMA || !(weight > 0)) {
    smooth_exponentially (weight, steps, values, n, smooth);
    return;
  }
  g_autofree double *room = g_new0 (double, 3 * (gsize)n + 1);
  Gathered points = { room, room + n, room + 2 * (gsize)n, 0, NULL };
  for (guint i = 0; i < n; i++) {
    if (!isfinite (values[i]))
      continue;
    points.steps[points.n] = steps[i];
    points.values[points.n++] = values[i];
  }
  if (points.n > 1 && kind == TELAR_SMOOTHING_MEAN)
    smooth_by_mean (&points, telar_smoothing_window (weight));
  else if (points.n > 1)
    smooth_by_gaussian (&points, telar_smoothing_window (weight));
  for (guint i = 0, taken = 0; i < n; i++)
    smooth[i] = isfinite (values[i]) ? points.values[taken++] : values[i];
}
