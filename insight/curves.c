/* Curves are joined by walking over all of them at once, in the order of their steps. */
#include "insight/curves.h"

#include <math.h>

/* --- Student's t ------------------------------------------------------------------------- */

/* The probability that |t| is below @t (Abramowitz and Stegun, 26.7.3 for odd degrees of freedom,
 * 26.7.4 for even). */
static double
student_within (double t, guint freedom)
{
  double angle = atan (t / sqrt (freedom));
  double square = cos (angle) * cos (angle), term, sum;

  if (freedom % 2 == 0) {
    term = sum = 1;
    for (guint k = 2; k < freedom; k += 2)
      sum += term *= square * (k - 1) / k;
    return sin (angle) * sum;
  }
  term = cos (angle);
  sum = freedom > 1 ? term : 0;
  for (guint k = 3; k < freedom; k += 2)
    sum += term *= square * (k - 1) / k;
  return 2 / G_PI * (angle + sin (angle) * sum);
}

double
telar_student_quantile (double probability, guint freedom)
{
  g_return_val_if_fail (probability > 0 && probability < 1 && freedom > 0, NAN);
  double within = fabs (2 * probability - 1), low = 0, high = 1;

  while (student_within (high, freedom) < within && high < 1e15)
    high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    double middle = low + (high - low) / 2;
    if (student_within (middle, freedom) < within)
      low = middle;
    else
      high = middle;
  }
  return probability < 0.5 ? -high : high;
}

/* --- several seeds ----------------------------------------------------------------------- */

static const TelarPoint *
point_at (const GArray *points, guint i)
{
  return &g_array_index (points, TelarPoint, i);
}

/* The value at @step, where @next is the first point that is not before it. */
static double
value_between (const GArray *points, guint next, gint64 step)
{
  if (next == points->len)
    return NAN;
  const TelarPoint *after = point_at (points, next);
  if (after->step == step)
    return after->value;
  if (next == 0)
    return NAN;
  const TelarPoint *before = point_at (points, next - 1);
  double part = (double)(step - before->step) / (double)(after->step - before->step);
  return before->value + part * (after->value - before->value);
}

double
telar_curve_at (const GArray *points, gint64 step)
{
  guint low = 0, high = points->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (point_at (points, middle)->step < step)
      low = middle + 1;
    else
      high = middle;
  }
  return value_between (points, low, step);
}

typedef struct {
  const GArray *const *curves;
  guint n;
  guint *next;     /* of each curve */
  double *values;  /* at one step, of those that have one */
  double *student; /* t (0.975, f) by f, NaN while unknown */
} Join;

static double
student_of (Join *join, guint freedom)
{
  if (isnan (join->student[freedom]))
    join->student[freedom] = telar_student_quantile (0.975, freedom);
  return join->student[freedom];
}

/* Two passes, so that values close to one another keep their digits. */
static void
sum_up (Join *join, TelarSeedPoint *point)
{
  double sum = 0, squares = 0;

  for (guint i = 0; i < point->n; i++)
    sum += join->values[i];
  point->mean = sum / point->n;
  if (point->n < 2)
    return;
  for (guint i = 0; i < point->n; i++)
    squares += (join->values[i] - point->mean) * (join->values[i] - point->mean);
  point->deviation = sqrt (squares / (point->n - 1));
  point->interval = student_of (join, point->n - 1) * point->deviation / sqrt (point->n);
}

/* The next step that any curve has; FALSE at the end. */
static gboolean
next_step (const Join *join, TelarSeedPoint *point)
{
  gboolean some = FALSE;

  for (guint c = 0; c < join->n; c++) {
    if (join->next[c] == join->curves[c]->len)
      continue;
    const TelarPoint *candidate = point_at (join->curves[c], join->next[c]);
    if (!some || candidate->step < point->step)
      point->step = candidate->step;
    some = TRUE;
  }
  return some;
}

static void
take_step (Join *join, TelarSeedPoint *point)
{
  for (guint c = 0; c < join->n; c++) {
    const GArray *curve = join->curves[c];
    double value = value_between (curve, join->next[c], point->step);
    if (isfinite (value))
      join->values[point->n++] = value;
    if (join->next[c] == curve->len || point_at (curve, join->next[c])->step != point->step)
      continue;
    point->time = MAX (point->time, point_at (curve, join->next[c])->time);
    join->next[c]++;
  }
}

GArray *
telar_curves_join (const GArray *const *curves, guint n)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (TelarSeedPoint));
  g_autofree guint *next = g_new0 (guint, n);
  g_autofree double *values = g_new (double, 2 * (gsize)n);
  Join join = { curves, n, next, values, values + n };

  for (guint i = 0; i < n; i++)
    join.student[i] = NAN;
  for (;;) {
    TelarSeedPoint point = { 0 };
    if (!next_step (&join, &point))
      return joined;
    take_step (&join, &point);
    if (point.n == 0)
      continue;
    sum_up (&join, &point);
    g_array_append_val (joined, point);
  }
}

/* --- difference -------------------------------------------------------------------------- */

void
telar_curve_subtract (GArray *points, const GArray *baseline)
{
  guint next = 0;

  for (guint i = 0; i < points->len; i++) {
    TelarPoint *point = &g_array_index (points, TelarPoint, i);
    while (next < baseline->len && point_at (baseline, next)->step < point->step)
      next++;
    double base = value_between (baseline, next, point->step);
    point->value = base != 0 ? (point->value - base) / fabs (base) : NAN;
  }
}
