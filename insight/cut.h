/* A stretch of a curve, cut into as many columns as a picture of it has pixels.
 *
 * Where no more points lie in the stretch than columns were asked for, they are given as they are:
 * zooming in ends at the recorded points, whatever the length of the curve. Each point
 * is in one column; of a long curve, which is not read point by point (sums.h), a column may begin
 * or end half its width beside its place. */
#pragma once

#include "insight/step-column.h"

G_BEGIN_DECLS

typedef struct {
  gboolean whole;  /* one column for each point */
  gint64 points;   /* in the stretch */
  GArray *columns; /* TelarStepColumn; those without a point are left out */
} TelarCut;

/* At most @n columns of equal width in steps; steps are at least 0. NULL on error. */
TelarCut *telar_cut_read (TelarStore *store, const TelarStretch *stretch, guint n, GError **error);
/* Appends what a chart shows of them: @points (TelarPoint), each column's mean at its last step,
 * and
 * @low and @high (double), how far it reaches. */
void telar_cut_points (const TelarCut *cut, GArray *points, GArray *low, GArray *high);
void telar_cut_free (TelarCut *columns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarCut, telar_cut_free)

G_END_DECLS
