/* The scatter matrix: settings and results of runs against each other, a point for each run in each
 * cell, the distribution of each in the diagonal. Drawn with cairo, as charts are. */
#pragma once

#include "insight/chart.h"
#include "insight/run-axes.h"

G_BEGIN_DECLS

#define TELAR_SCATTER_MOST_AXES 6

typedef struct TelarScatter TelarScatter;

TelarScatter *telar_scatter_new (void);
void telar_scatter_free (TelarScatter *scatter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarScatter, telar_scatter_free)

/* Shows the axes whose numbers (guint) are in @shown, at most TELAR_SCATTER_MOST_AXES of them, from
 * left to right and from top to bottom. @axes is borrowed until others are shown; NULL: nothing. No
 * run is picked out then. */
void telar_scatter_show (TelarScatter *scatter, TelarRunAxes *axes, const GArray *shown);

guint telar_scatter_n_shown (const TelarScatter *scatter);
guint telar_scatter_shown (const TelarScatter *scatter, guint i); /* the number of an axis */

void telar_scatter_draw (TelarScatter *scatter, cairo_t *cr, double width, double height,
                         const TelarChartTheme *theme);

/* Columns (or rows) as last drawn: where places from 0 to 1 lie in column @i, in pixels. Places run
 * to the right, and upwards. */
void telar_scatter_column (const TelarScatter *scatter, guint i, double *from, double *to);
void telar_scatter_row (const TelarScatter *scatter, guint i, double *from, double *to);

/* --- the run that is picked out, in all cells; positions as last drawn
 * --------------------------- */

/* -1: none. */
int telar_scatter_picked (const TelarScatter *scatter);
/* TRUE when it was another one. */
gboolean telar_scatter_pick (TelarScatter *scatter, int run);
/* The run whose point is nearest, when it is near. The same. */
gboolean telar_scatter_hover (TelarScatter *scatter, double x, double y);
/* Picks out the run that comes @by places later in the order of the result, among those that no
 * brush leaves out; beyond the last is the first. */
void telar_scatter_move (TelarScatter *scatter, int by);
/* The same, and keeps only the runs whose result lies between that of the run from which this began
 * and that of the one picked out then. */
void telar_scatter_extend (TelarScatter *scatter, int by);
/* The picked run's name and its values, or the title of each axis with how strongly it goes along
 * with the result. Caller frees. */
char *telar_scatter_describe (const TelarScatter *scatter);

/* --- brushing
 * ------------------------------------------------------------------------------------ */

/* Keeps what lies in a box that begins in a cell; in the diagonal what is between its sides; less
 * than three pixels: all of both axes. FALSE where there is no cell at @x0, @y0. */
gboolean telar_scatter_brush (TelarScatter *scatter, double x0, double y0, double x1, double y1);

G_END_DECLS
