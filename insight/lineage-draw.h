/* A run's lineage drawn from left to right: cards for files, runs and what they have written, wires
 * for what came of what. Drawn with cairo, as charts are. */
#pragma once

#include "insight/chart.h"
#include "insight/lineage.h"

G_BEGIN_DECLS

/* What stands on the cards, in the language of the caller; copied. */
typedef struct {
  const char *data, *run, *gone, *weights, *model; /* kinds of cards */
  const char *forked;                              /* "forked at step %s" */
  const char *step;                                /* "step %s" */
  const char *changed, *missing, *unknown;         /* of files */
} TelarLineageWords;

typedef struct TelarLineageView TelarLineageView;

TelarLineageView *telar_lineage_view_new (const TelarLineageWords *words);
void telar_lineage_view_free (TelarLineageView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarLineageView, telar_lineage_view_free)

/* Takes @lineage; NULL: nothing. What was picked out is so no more. */
void telar_lineage_view_show (TelarLineageView *view, TelarLineage *lineage);
const TelarLineage *telar_lineage_view_get (const TelarLineageView *view);
/* What the drawing needs, in pixels, for a font of that size. */
void telar_lineage_view_size (const TelarLineageView *view, double font_size, double *width,
                              double *height);
/* In less room all of it is smaller. */
void telar_lineage_view_draw (TelarLineageView *view, cairo_t *cr, double width, double height,
                              const TelarChartTheme *theme);

/* --- cards; positions as last drawn
 * -------------------------------------------------------------- */

/* Where the card of a node lies: x, y, width, height. */
void telar_lineage_view_card (const TelarLineageView *view, guint node, double box[4]);
/* -1: none. */
int telar_lineage_view_at (const TelarLineageView *view, double x, double y);
int telar_lineage_view_picked (const TelarLineageView *view);
/* TRUE when it was another one; -1: none. */
gboolean telar_lineage_view_pick (TelarLineageView *view, int node);
/* Picks out the nearest card in a direction, of @dx and @dy one is 0, the other 1 or -1. */
void telar_lineage_view_move (TelarLineageView *view, int dx, int dy);
/* All that a card says, and its whole hash and path. Caller frees. */
char *telar_lineage_view_describe (const TelarLineageView *view, guint node);

G_END_DECLS
