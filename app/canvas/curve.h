/* Curves of wires, and the measures of what they run between. */
#pragma once

#include <glib.h>
#include <graphene.h>

G_BEGIN_DECLS

#define TELAR_CARD_WIDTH  208.0f
#define TELAR_CARD_HEIGHT 72.0f /* with at most one port on each side */
#define TELAR_CARD_HEADER 54.0f /* above the rows of ports, when there are more */
#define TELAR_CARD_ROW    22.0f
#define TELAR_GAP         56.0f /* between columns, when arranged */
#define TELAR_CARD_RADIUS 10.0f
#define TELAR_GRID        8.0f

/* A wire's way: Bézier segments that share their ends. One where it runs forward; four where it
 * falls through many rows: down in the gap behind its source, then along; three where it runs back:
 * a turn, a straight stretch between the rows of cards, a turn. */
#define TELAR_CURVE_POINTS 13
typedef struct {
  guint n_segments;
  graphene_point_t points[TELAR_CURVE_POINTS]; /* 3 n_segments + 1 */
} TelarCurve;

/* The way of a wire between two ports; @card, where it ends, may be NULL. */
void telar_curve_between (const graphene_point_t *from, const graphene_point_t *to,
                          const graphene_rect_t *card, TelarCurve *curve);
/* The middle of the way, where its shape stands. */
graphene_point_t telar_curve_middle (const TelarCurve *curve);
graphene_rect_t telar_curve_bounds (const TelarCurve *curve);
float telar_curve_distance (const TelarCurve *curve, float x, float y);

G_END_DECLS
