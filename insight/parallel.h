/* Parallel coordinates: an axis for each setting and each result, a line for each run; axes can be
 * brushed, so that only runs within all brushes stay in colour. Drawn with cairo, as charts are. */
#pragma once

#include "insight/chart.h"
#include "insight/run-axes.h"

G_BEGIN_DECLS

typedef struct TelarParallel TelarParallel;

TelarParallel *telar_parallel_new (void);
void telar_parallel_free (TelarParallel *parallel);

/* Shows the axes whose numbers (guint) are in @shown, from left to right. @axes is borrowed until
 * others are shown; NULL: nothing. */
void telar_parallel_show (TelarParallel *parallel, TelarRunAxes *axes, const GArray *shown);

void telar_parallel_draw (TelarParallel *parallel, cairo_t *cr, double width, double height,
                          const TelarChartTheme *theme);

/* --- brushes; positions as last drawn
 * --------------------------------------------------------------- */

/* The number of the axis at a position, -1: none. */
int telar_parallel_axis_at (const TelarParallel *parallel, double x, double y);
/* Keeps what lies between two heights of an axis; less than three pixels: all. */
void telar_parallel_brush (TelarParallel *parallel, guint axis, double y0, double y1);

G_END_DECLS
