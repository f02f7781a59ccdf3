/* Snapping: where a rectangle that is dragged comes to lie, beside its siblings or on the grid. */
#pragma once

#include "app/canvas/scene.h"

G_BEGIN_DECLS

/* A line that shows why: in a row or column with others, or with gaps as wide as theirs. */
typedef struct {
  guint axis;     /* what was snapped: 0 the place from left to right, 1 from top to bottom */
  gboolean gap;   /* the line spans a gap along the axis; else it lies across it */
  float at;       /* where the line lies, across its own direction */
  float from, to; /* how far it reaches */
} TelarGuide;

/* Moves @rect by less than @reach in each direction to where its edges or middle are in line with
 * those of a rectangle of @others (graphene_rect_t), or its gaps to its neighbours are equal, or,
 * where there is nothing of the kind, onto the grid of @grid. Puts the lines that show it into
 * @guides (TelarGuide). */
void telar_snap (GArray *others, float reach, float grid, graphene_rect_t *rect, GArray *guides);

G_END_DECLS
