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

static void
straight (graphene_point_t *points, float x, float y)
{
  const graphene_point_t from = points[0];

  points[1] = GRAPHENE_POINT_INIT (from.x + (x - from.x) / 3, from.y + (y - from.y) / 3);
  points[2] = GRAPHENE_POINT_INIT (x - (x - from.x) / 3, y - (y - from.y) / 3);
  points[3] = GRAPHENE_POINT_INIT (x, y);
}

static void
corner (graphene_point_t *points, float corner_x, float corner_y, float x, float y)
{
  points[1] = points[2] = GRAPHENE_POINT_INIT (corner_x, corner_y);
  points[3] = GRAPHENE_POINT_INIT (x, y);
}

/* Down or up in the gap behind the source, then straight to the target. */
static void
falling_curve (const graphene_point_t *from, const graphene_point_t *to, TelarCurve *curve)
{
  const float radius = 24;
  float lane = from->x + TELAR_GAP / 2, down = to->y > from->y ? radius : -radius;
  graphene_point_t *points = curve->points;

  curve->n_segments = 4;
  points[0] = *from;
  corner (points, lane, from->y, lane, from->y + down);
  straight (points + 3, lane, to->y - down);
  corner (points + 6, lane, to->y, lane + radius, to->y);
  straight (points + 9, to->x, to->y);
}

/* Where a wire that runs back crosses: in the gap above the card where it ends, or below. */
static float
lane_of (const graphene_point_t *from, const graphene_point_t *to, const graphene_rect_t *card)
{
  const float clear = 24;
  float top = card ? card->origin.y : to->y - TELAR_CARD_HEIGHT / 2;
  float bottom = card ? top + card->size.height : to->y + TELAR_CARD_HEIGHT / 2;

  if (from->y < top - clear)
    return top - clear;
  return MAX (bottom, from->y + TELAR_CARD_HEIGHT / 2) + clear;
}

/* Back: out to the right, round, along between the rows, round and in from the left. */
static void
back_curve (const graphene_point_t *from, const graphene_point_t *to, const graphene_rect_t *card,
            TelarCurve *curve)
{
  float lane = lane_of (from, to, card);
  float out = CLAMP (fabsf (lane - from->y) * 0.6f, 24.0f, 48.0f);
  float in = CLAMP (fabsf (lane - to->y) * 0.6f, 24.0f, 48.0f);
  graphene_point_t *points = curve->points;

  curve->n_segments = 3;
  points[0] = *from;
  points[1] = GRAPHENE_POINT_INIT (from->x + out, from->y);
  points[2] = GRAPHENE_POINT_INIT (from->x + out, lane);
  points[3] = GRAPHENE_POINT_INIT (from->x, lane);
  straight (points + 3, to->x, lane);
  points[7] = GRAPHENE_POINT_INIT (to->x - in, lane);
  points[8] = GRAPHENE_POINT_INIT (to->x - in, to->y);
  points[9] = *to;
}

void
telar_curve_between (const graphene_point_t *from, const graphene_point_t *to,
                     const graphene_rect_t *card, TelarCurve *curve)
{
  float dx = to->x - from->x, dy = fabsf (to->y - from->y);

  if (dx < -16)
    back_curve (from, to, card, curve);
  else if (dx > 2 * TELAR_GAP && dy > 2 * TELAR_CARD_HEIGHT)
    falling_curve (from, to, curve);
  else
    forward_curve (from, to, curve);
}

/* Into which direction the wire goes at the stop @i: to the right at its ports, at a bend past it
 * from the stop before to the one after. */
static graphene_point_t
heading (const graphene_point_t *stops, guint n, guint i)
{
  float x = 1, y = 0, length;

  if (i > 0 && i + 1 < n) {
    x = stops[i + 1].x - stops[i - 1].x;
    y = stops[i + 1].y - stops[i - 1].y;
  }
  length = hypotf (x, y);
  return length > 0 ? GRAPHENE_POINT_INIT (x / length, y / length) : GRAPHENE_POINT_INIT (1, 0);
}

void
telar_curve_through (const graphene_point_t *from, const graphene_point_t *bends, guint n,
                     const graphene_point_t *to, TelarCurve *curve)
{
  graphene_point_t stops[TELAR_MAX_BENDS + 2];

  stops[0] = *from;
  for (guint i = 0; i < n; i++)
    stops[i + 1] = bends[i];
  stops[n + 1] = *to;
  curve->n_segments = n + 1;
  for (guint i = 0; i <= n; i++) {
    graphene_point_t *points = &curve->points[3 * i];
    graphene_point_t out = heading (stops, n + 2, i), in = heading (stops, n + 2, i + 1);
    float reach = hypotf (stops[i + 1].x - stops[i].x, stops[i + 1].y - stops[i].y) / 3;

    points[0] = stops[i];
    points[1] = GRAPHENE_POINT_INIT (stops[i].x + out.x * reach, stops[i].y + out.y * reach);
    points[2] = GRAPHENE_POINT_INIT (stops[i + 1].x - in.x * reach, stops[i + 1].y - in.y * reach);
    points[3] = stops[i + 1];
  }
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
telar_curve_point (const TelarCurve *curve, guint segment, float t)
{
  return point_on (&curve->points[3 * segment], t);
}

graphene_point_t
telar_curve_middle (const TelarCurve *curve)
{
  return telar_curve_point (curve, curve->n_segments == 4 ? 3 : curve->n_segments / 2, 0.5f);
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
      graphene_point_t at = telar_curve_point (curve, segment, (float)i / (float)steps);

      best = MIN (best, hypotf (at.x - x, at.y - y));
    }
  }
  return best;
}
