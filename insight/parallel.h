/* Parallel coordinates: an axis for each setting and each result, a line for each run; axes can be
 * brushed, so that only runs within all brushes stay in colour. Drawn with cairo, as charts are. */
#pragma once

#include "insight/chart.h"

G_BEGIN_DECLS

typedef struct TelarParallel TelarParallel;

TelarParallel *telar_parallel_new (void);
void telar_parallel_free (TelarParallel *parallel);

/* Forgets axes and brushes; there are @rows lines from now on. */
void telar_parallel_reset (TelarParallel *parallel, guint rows);
/* An axis of numbers, NaN where a row has none: it has no line there. A logarithmic one shows what
 * is above zero. Copied. @strength, -1 to 1, is written below the title; NaN: nothing. Returns the
 * number of the axis. */
guint telar_parallel_add_numbers (TelarParallel *parallel, const char *title, TelarUnit unit,
                                  gboolean log, const double *values, double strength);
/* An axis of words, which stand one above the other in their order. Copied. */
guint telar_parallel_add_words (TelarParallel *parallel, const char *title,
                                const char *const *words, double strength);
guint telar_parallel_n_axes (const TelarParallel *parallel);
/* The lines are coloured by where they cross this axis. */
void telar_parallel_set_color_axis (TelarParallel *parallel, guint axis);

void telar_parallel_draw (TelarParallel *parallel, cairo_t *cr, double width, double height,
                          const TelarChartTheme *theme);

/* --- brushes; positions as last drawn
 * --------------------------------------------------------------- */

/* The axis at a position, -1: none. */
int telar_parallel_axis_at (const TelarParallel *parallel, double x, double y);
/* Keeps what lies between two heights of an axis; less than three pixels: all. */
void telar_parallel_brush (TelarParallel *parallel, guint axis, double y0, double y1);
/* Whether a row lies within all brushes. */
gboolean telar_parallel_passes (const TelarParallel *parallel, guint row);
gboolean telar_parallel_is_brushed (const TelarParallel *parallel);

G_END_DECLS
