/* The pyramid: kept level by level, changed at its right edge only. */
#include "insight/pyramid.h"

#include <math.h>

#define FAN 16

struct TelarPyramid {
  GArray *values; /* double */
  GPtrArray
      *levels; /* GArray of TelarRange; the first over values, each other over the one below */
};

TelarPyramid *
telar_pyramid_new (void)
{
  TelarPyramid *pyramid = g_new (TelarPyramid, 1);

  pyramid->values = g_array_new (FALSE, FALSE, sizeof (double));
  pyramid->levels = g_ptr_array_new_with_free_func ((GDestroyNotify)(void (*) (void))g_array_unref);
  return pyramid;
}

void
telar_pyramid_free (TelarPyramid *pyramid)
{
  if (pyramid == NULL)
    return;
  g_array_unref (pyramid->values);
  g_ptr_array_unref (pyramid->levels);
  g_free (pyramid);
}

void
telar_pyramid_clear (TelarPyramid *pyramid)
{
  g_array_set_size (pyramid->values, 0);
  g_ptr_array_set_size (pyramid->levels, 0);
}

guint
telar_pyramid_length (const TelarPyramid *pyramid)
{
  return pyramid->values->len;
}

const double *
telar_pyramid_values (const TelarPyramid *pyramid)
{
  return (const double *)pyramid->values->data;
}

double
telar_pyramid_value (const TelarPyramid *pyramid, guint i)
{
  return g_array_index (pyramid->values, double, i);
}

static TelarRange
range_of (double value)
{
  return isfinite (value) ? (TelarRange){ value, value, value, 1 } : (TelarRange){ 0 };
}

/* A level over one that has just got its second entry. */
static void
add_level (TelarPyramid *pyramid, const GArray *below)
{
  GArray *level = g_array_new (FALSE, FALSE, sizeof (TelarRange));
  TelarRange range = { 0 };

  for (guint i = 0; i < below->len; i++)
    telar_range_join (&range, &g_array_index (below, TelarRange, i));
  g_array_append_val (level, range);
  g_ptr_array_add (pyramid->levels, level);
}

void
telar_pyramid_append (TelarPyramid *pyramid, double value)
{
  TelarRange range = range_of (value);
  guint at = pyramid->values->len;

  g_array_append_val (pyramid->values, value);
  if (pyramid->levels->len == 0)
    g_ptr_array_add (pyramid->levels, g_array_new (FALSE, FALSE, sizeof (TelarRange)));
  for (guint k = 0; k < pyramid->levels->len; k++) {
    at /= FAN;
    GArray *level = g_ptr_array_index (pyramid->levels, k);
    if (at == level->len)
      g_array_append_val (level, range);
    else
      telar_range_join (&g_array_index (level, TelarRange, at), &range);
  }
  const GArray *top = g_ptr_array_index (pyramid->levels, pyramid->levels->len - 1);
  if (top->len == 2)
    add_level (pyramid, top);
}

/* Entry @i of level @k, where level 0 stands for the values. */
static TelarRange
entry (const TelarPyramid *pyramid, guint k, guint i)
{
  if (k == 0)
    return range_of (g_array_index (pyramid->values, double, i));
  return g_array_index ((GArray *)g_ptr_array_index (pyramid->levels, k - 1), TelarRange, i);
}

TelarRange
telar_pyramid_range (const TelarPyramid *pyramid, guint from, guint to)
{
  TelarRange range = { 0 }, other;

  to = MIN (to, pyramid->values->len);
  /* At each level the ends that do not fill a block are taken one by one; the rest is whole blocks
   * of the next. */
  for (guint k = 0; from < to; k++) {
    gboolean top = k == pyramid->levels->len;
    while (from < to && (top || from % FAN != 0)) {
      other = entry (pyramid, k, from++);
      telar_range_join (&range, &other);
    }
    while (from < to && to % FAN != 0) {
      other = entry (pyramid, k, --to);
      telar_range_join (&range, &other);
    }
    from /= FAN;
    to /= FAN;
  }
  return range;
}

guint
telar_first_not_before (const double *x, guint n, double at)
{
  guint from = 0, to = n;

  while (from < to) {
    guint middle = from + (to - from) / 2;
    if (x[middle] < at)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

void
telar_pyramid_cut_at (const TelarPyramid *pyramid, const double *x, const double *edges, guint n,
                      TelarColumn *columns)
{
  guint length = pyramid->values->len;
  guint from = telar_first_not_before (x, length, edges[0]);

  for (guint i = 0; i < n; i++) {
    /* The last column takes in its right edge. */
    double edge = i + 1 < n ? edges[i + 1] : nextafter (edges[n], INFINITY);
    guint to = from + telar_first_not_before (x + from, length - from, edge);
    columns[i] = (TelarColumn){ from, to, telar_pyramid_range (pyramid, from, to) };
    from = to;
  }
}

void
telar_pyramid_cut (const TelarPyramid *pyramid, const double *x, double x0, double x1, guint n,
                   TelarColumn *columns)
{
  g_autofree double *edges = g_new (double, n + 1);

  for (guint i = 0; i <= n; i++)
    edges[i] = i < n ? x0 + (x1 - x0) * i / n : x1;
  telar_pyramid_cut_at (pyramid, x, edges, n, columns);
}
