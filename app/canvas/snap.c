/* Snapping one axis after the other: first the nearest of the places that siblings suggest, then
 * the lines that hold at the place that was chosen. */
#include "app/canvas/snap.h"

#include <math.h>

/* So far from each other two lines are one, in canvas units. */
#define SAME 0.5f

static float
low (const graphene_rect_t *rect, guint axis)
{
  return axis ? rect->origin.y : rect->origin.x;
}

static float
extent (const graphene_rect_t *rect, guint axis)
{
  return axis ? rect->size.height : rect->size.width;
}

static float
high (const graphene_rect_t *rect, guint axis)
{
  return low (rect, axis) + extent (rect, axis);
}

/* Its low edge, middle, high edge: @part 0, 1, 2. */
static float
line_of (const graphene_rect_t *rect, guint axis, guint part)
{
  return low (rect, axis) + extent (rect, axis) * (float)part / 2;
}

static void
shift (graphene_rect_t *rect, guint axis, float by)
{
  if (axis)
    rect->origin.y += by;
  else
    rect->origin.x += by;
}

/* The nearest of @others before or after @rect along the axis that stands beside it across. */
static const graphene_rect_t *
neighbour (GArray *others, const graphene_rect_t *rect, guint axis, gboolean before)
{
  const graphene_rect_t *best = NULL;

  for (guint i = 0; i < others->len; i++) {
    const graphene_rect_t *other = &g_array_index (others, graphene_rect_t, i);
    float middle = line_of (other, axis, 1);

    if (high (other, 1 - axis) <= low (rect, 1 - axis) ||
        low (other, 1 - axis) >= high (rect, 1 - axis) || other == rect)
      continue;
    if (before ? middle < low (rect, axis) && (!best || middle > line_of (best, axis, 1))
               : middle > high (rect, axis) && (!best || middle < line_of (best, axis, 1)))
      best = other;
  }
  return best;
}

/* The three gaps that may be equal: between the two before, before and after the rectangle, between
 * the two after. */
typedef struct {
  const graphene_rect_t *before, *before_that, *after, *after_that;
} Row;

static Row
row_of (GArray *others, const graphene_rect_t *rect, guint axis)
{
  Row row = { neighbour (others, rect, axis, TRUE), NULL, neighbour (others, rect, axis, FALSE),
              NULL };

  if (row.before)
    row.before_that = neighbour (others, row.before, axis, TRUE);
  if (row.after)
    row.after_that = neighbour (others, row.after, axis, FALSE);
  return row;
}

static float
gap (const graphene_rect_t *a, const graphene_rect_t *b, guint axis)
{
  return a && b ? low (b, axis) - high (a, axis) : -G_MAXFLOAT;
}

static void
consider (float offset, float *best)
{
  if (fabsf (offset) < fabsf (*best))
    *best = offset;
}

static void
consider_lines (GArray *others, const graphene_rect_t *rect, guint axis, float *best)
{
  for (guint i = 0; i < others->len; i++)
    for (guint part = 0; part < 3; part++)
      consider (line_of (&g_array_index (others, graphene_rect_t, i), axis, part) -
                    line_of (rect, axis, part),
                best);
}

static void
consider_gaps (const Row *row, const graphene_rect_t *rect, guint axis, float *best)
{
  if (row->before && row->after)
    consider ((high (row->before, axis) + low (row->after, axis)) / 2 - line_of (rect, axis, 1),
              best);
  if (row->before_that)
    consider (high (row->before, axis) + gap (row->before_that, row->before, axis) -
                  low (rect, axis),
              best);
  if (row->after_that)
    consider (low (row->after, axis) - gap (row->after, row->after_that, axis) - high (rect, axis),
              best);
}

/* --- guides ----------------------------------------------------------------------------------- */

static void
add_line (GArray *others, const graphene_rect_t *rect, guint axis, guint part, GArray *guides)
{
  TelarGuide guide = { axis, FALSE, line_of (rect, axis, part), low (rect, 1 - axis),
                       high (rect, 1 - axis) };
  gboolean any = FALSE;

  for (guint i = 0; i < others->len; i++) {
    const graphene_rect_t *other = &g_array_index (others, graphene_rect_t, i);

    if (fabsf (line_of (other, axis, part) - guide.at) > SAME)
      continue;
    guide.from = MIN (guide.from, low (other, 1 - axis));
    guide.to = MAX (guide.to, high (other, 1 - axis));
    any = TRUE;
  }
  if (any)
    g_array_append_val (guides, guide);
}

static void
add_gap (const graphene_rect_t *a, const graphene_rect_t *b, guint axis, float at, GArray *guides)
{
  TelarGuide guide = { axis, TRUE, at, high (a, axis), low (b, axis) };

  g_array_append_val (guides, guide);
}

static void
add_gaps (const Row *row, const graphene_rect_t *rect, guint axis, GArray *guides)
{
  float before = gap (row->before, rect, axis), after = gap (rect, row->after, axis);
  float at = line_of (rect, 1 - axis, 1);
  gboolean between = before > SAME && fabsf (before - after) < SAME;
  gboolean follows =
      before > SAME && fabsf (before - gap (row->before_that, row->before, axis)) < SAME;
  gboolean leads = after > SAME && fabsf (after - gap (row->after, row->after_that, axis)) < SAME;

  if (between || follows)
    add_gap (row->before, rect, axis, at, guides);
  if (between || leads)
    add_gap (rect, row->after, axis, at, guides);
  if (follows)
    add_gap (row->before_that, row->before, axis, at, guides);
  if (leads)
    add_gap (row->after, row->after_that, axis, at, guides);
}

/* --- both ------------------------------------------------------------------------------------- */

static void
snap_axis (GArray *others, guint axis, float reach, float grid, graphene_rect_t *rect)
{
  Row row = row_of (others, rect, axis);
  float best = reach;

  consider_lines (others, rect, axis, &best);
  if (best == reach)
    consider_gaps (&row, rect, axis, &best);
  if (best != reach)
    shift (rect, axis, best);
  else
    shift (rect, axis, roundf (low (rect, axis) / grid) * grid - low (rect, axis));
}

void
telar_snap (GArray *others, float reach, float grid, graphene_rect_t *rect, GArray *guides)
{
  g_array_set_size (guides, 0);
  snap_axis (others, 0, reach, grid, rect);
  snap_axis (others, 1, reach, grid, rect);
  for (guint axis = 0; axis < 2; axis++) {
    Row row = row_of (others, rect, axis);

    /* In line at the low edge is in line enough, where all are of one size. */
    for (guint part = 0, before = guides->len; part < 3 && guides->len == before; part++)
      add_line (others, rect, axis, part, guides);
    add_gaps (&row, rect, axis, guides);
  }
}
