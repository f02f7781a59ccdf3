/* Curves of wires. */
#pragma once

#include "app/project/cards.h"
#include "engine/graph.h"

#include <graphene.h>

G_BEGIN_DECLS

/* A wire's way: Bézier segments that share their ends. One where it runs forward; four where it
 * falls through many rows: down in the gap behind its source, then along; three where it runs back:
 * a turn, a straight stretch between the rows of cards, a turn. One from each bend to the next
 * where it is led through some. */
#define TELAR_CURVE_POINTS (3 * (TELAR_MAX_BENDS + 1) + 1)
typedef struct {
  guint n_segments;
  graphene_point_t points[TELAR_CURVE_POINTS]; /* 3 n_segments + 1 */
} TelarCurve;

/* The way of a wire between two ports; @card, where it ends, may be NULL. */
void telar_curve_between (const graphene_point_t *from, const graphene_point_t *to,
                          const graphene_rect_t *card, TelarCurve *curve);
/* The way through @n places; TELAR_MAX_BENDS at most. */
void telar_curve_through (const graphene_point_t *from, const graphene_point_t *bends, guint n,
                          const graphene_point_t *to, TelarCurve *curve);
/* A point of a segment, @t from 0 to 1. */
graphene_point_t telar_curve_point (const TelarCurve *curve, guint segment, float t);
/* The middle of the way, where its shape stands. */
graphene_point_t telar_curve_middle (const TelarCurve *curve);
graphene_rect_t telar_curve_bounds (const TelarCurve *curve);
float telar_curve_distance (const TelarCurve *curve, float x, float y);

G_END_DECLS
