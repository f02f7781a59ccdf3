/* A pyramid over the values of a curve: each level holds the range of 16 entries of the level
 * below, so that any stretch of a million points is summed up in some dozen steps. It grows with
 * the curve. Numbers that are not finite are no part of a range. */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

typedef struct {
  double min, max; /* without meaning when n is 0 */
  double sum;
  gint64 n; /* finite values */
} TelarRange;

/* NaN without a finite value. */
static inline double
telar_range_mean (const TelarRange *range)
{
  return range->n > 0 ? range->sum / (double)range->n : NAN;
}

static inline void
telar_range_join (TelarRange *range, const TelarRange *other)
{
  if (other->n == 0)
    return;
  range->min = range->n == 0 ? other->min : MIN (range->min, other->min);
  range->max = range->n == 0 ? other->max : MAX (range->max, other->max);
  range->sum += other->sum;
  range->n += other->n;
}

static inline void
telar_range_add (TelarRange *range, double value)
{
  TelarRange one = { value, value, value, 1 };

  if (isfinite (value))
    telar_range_join (range, &one);
}

typedef struct TelarPyramid TelarPyramid;

TelarPyramid *telar_pyramid_new (void);
void telar_pyramid_free (TelarPyramid *pyramid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarPyramid, telar_pyramid_free)

void telar_pyramid_append (TelarPyramid *pyramid, double value);
void telar_pyramid_clear (TelarPyramid *pyramid);

guint telar_pyramid_length (const TelarPyramid *pyramid);
/* All of them; valid until the next is appended. */
const double *telar_pyramid_values (const TelarPyramid *pyramid);
double telar_pyramid_value (const TelarPyramid *pyramid, guint i);
/* Of the values from @from up to, not including, @to. */
TelarRange telar_pyramid_range (const TelarPyramid *pyramid, guint from, guint to);

/* One column of pixels: the values that fall into it, as indices and as a range. */
typedef struct {
  guint from, to;
  TelarRange range;
} TelarColumn;

/* Cuts the stretch @x0 to @x1 of a curve whose ascending positions are @x (as many as the pyramid
 * has values) into @n columns of equal width. */
void telar_pyramid_cut (const TelarPyramid *pyramid, const double *x, double x0, double x1, guint n,
                        TelarColumn *columns);

/* The same between @edges, @n + 1 ascending positions. */
void telar_pyramid_cut_at (const TelarPyramid *pyramid, const double *x, const double *edges,
                           guint n, TelarColumn *columns);

/* The first of @n ascending positions that is not before @at; @n when none is. */
guint telar_first_not_before (const double *x, guint n, double at);

G_END_DECLS
