/* The ways of wires: how they run, how far they reach, how near a point is. */
#include "app/canvas/curve.h"

#include <math.h>

/* Forward: one calm curve, steeper where the ends lie far apart in height. */
static void
forward_curve (const graphene_point_t *from, const graphene_point_t *to, TelarCurve *curve)
{
  float dx = to->x - from->x, dy = fabsf (to->y - from->y);
  float reach = MAX (dx * 0.5f, MIN (dy * 0.35f, 80.0f));

  reach = MAX (reach, 24.0f);
  curve->n_segments = 1;
  curve->points[0] = *from;
  curve->points[1] = GRAPHENE_POINT_INIT (from->x + reach, from->y);
  curve->points[2] = GRAPHENE_POINT_INIT (to->x - reach, to->y);
  curve->points[3] = *to;
}

/* Back: out to the right, round, along between the rows, round and in from the left. */
static void
back_curve (const graphene_point_t *from, const graphene_point_t *to, TelarCurve *curve)
{
  float dy = to->y - from->y;
  float lane = fabsf (dy) >= TELAR_CARD_HEIGHT ? (from->y + to->y) / 2
                                               : MAX (from->y, to->y) + TELAR_CARD_HEIGHT;
  float turn = CLAMP (fabsf (lane - from->y) * 0.6f, 24.0f, 56.0f);
  float step = (to->x - from->x) / 3;
  graphene_point_t *points = curve->points;

  curve->n_segments = 3;
  points[0] = *from;
  points[1] = GRAPHENE_POINT_INIT (from->x + turn, from->y);
  points[2] = GRAPHENE_POINT_INIT (from->x + turn, lane);
  points[3] = GRAPHENE_POINT_INIT (from->x, lane);
  points[4] = GRAPHENE_POINT_INIT (from->x + step, lane);
  points[5] = GRAPHENE_POINT_INIT (to->x - step, lane);
  points[6] = GRAPHENE_POINT_INIT (to->x, lane);
  points[7] = GRAPHENE_POINT_INIT (to->x - turn, lane);
  points[8] = GRAPHENE_POINT_INIT (to->x - turn, to->y);
  points[9] = *to;
}

void
telar_curve_between (const graphene_point_t *from, const graphene_point_t *to, TelarCurve *curve)
{
  if (to->x - from->x >= -16)
    forward_curve (from, to, curve);
  else
    back_curve (from, to, curve);
}

static graphene_point_t
point_on (const graphene_point_t segment[4], float t)
{
  float s = 1 - t, a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;

  return GRAPHENE_POINT_INIT (
      a * segment[0].x + b * segment[1].x + c * segment[2].x + d * segment[3].x,
      a * segment[0].y + b * segment[1].y + c * segment[2].y + d * segment[3].y);
}

graphene_point_t
telar_curve_middle (const TelarCurve *curve)
{
  return point_on (&curve->points[3 * (curve->n_segments / 2)], 0.5f);
}

graphene_rect_t
telar_curve_bounds (const TelarCurve *curve)
{
  float left = G_MAXFLOAT, top = G_MAXFLOAT, right = -G_MAXFLOAT, bottom = -G_MAXFLOAT;

  for (guint i = 0; i <= 3 * curve->n_segments; i++) {
    const graphene_point_t *point = &curve->points[i];

    left = MIN (left, point->x);
    right = MAX (right, point->x);
    top = MIN (top, point->y);
    bottom = MAX (bottom, point->y);
  }
  return GRAPHENE_RECT_INIT (left - 4, top - 4, right - left + 8, bottom - top + 8);
}

float
telar_curve_distance (const TelarCurve *curve, float x, float y)
{
  const guint steps = 32;
  float best = G_MAXFLOAT;

  for (guint segment = 0; segment < curve->n_segments; segment++) {
    for (guint i = 0; i <= steps; i++) {
      graphene_point_t at = point_on (&curve->points[3 * segment], (float)i / (float)steps);

      best = MIN (best, hypotf (at.x - x, at.y - y));
    }
  }
  return best;
}
