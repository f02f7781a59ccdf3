/* Each eigenvalue is chased out at the top by rotations, with Wilkinson's shift. */
#include "insight/tridiagonal.h"

#include <float.h>
#include <math.h>

#define MOST_SWEEPS 60 /* two or three are usual */

/* The first place from @from on below which the matrix falls apart. */
static gsize
find_split (const double *d, const double *e, gsize from, gsize m)
{
  gsize at = from;

  while (at + 1 < m && fabs (e[at]) > DBL_EPSILON * (fabs (d[at]) + fabs (d[at + 1])))
    at++;
  return at;
}

static void
rotate_columns (double *vectors, gsize m, gsize i, double c, double s)
{
  for (gsize row = 0; row < m; row++) {
    double *v = vectors + row * m + i, low = v[0], high = v[1];

    v[1] = s * low + c * high;
    v[0] = c * low - s * high;
  }
}

/* One sweep from @last up to @first. */
static void
sweep (double *d, double *e, double *vectors, gsize m, gsize first, gsize last)
{
  double half = (d[first + 1] - d[first]) / (2 * e[first]), root = hypot (half, 1);
  double g = d[last] - d[first] + e[first] / (half + copysign (root, half));
  double s = 1, c = 1, p = 0;

  for (gsize i = last; i-- > first;) {
    double f = s * e[i], b = c * e[i], r = hypot (f, g);

    e[i + 1] = r;
    if (r == 0) { /* it fell apart on the way */
      d[i + 1] -= p;
      e[last] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    r = (d[i] - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
    rotate_columns (vectors, m, i, c, s);
  }
  d[first] -= p;
  e[first] = g;
  e[last] = 0;
}

void
telar_tridiagonal_solve (double *diagonal, double *beside, double *vectors, gsize m)
{
  for (gsize i = 0; i < m * m; i++)
    vectors[i] = i % (m + 1) == 0;
  beside[m - 1] = 0;
  for (gsize first = 0; first < m; first++)
    for (guint n = 0; n < MOST_SWEEPS; n++) {
      gsize last = find_split (diagonal, beside, first, m);

      if (last == first)
        break;
      sweep (diagonal, beside, vectors, m, first, last);
    }
}
