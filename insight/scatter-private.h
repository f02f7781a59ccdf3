/* What scatter.c (the model) and scatter-draw.c (the painter) share. */
#pragma once

#include "insight/chart-private.h"
#include "insight/scatter.h"

G_BEGIN_DECLS

#define TELAR_SCATTER_INSET 9.0 /* pixels between a cell's edge and the ends of its axes */

struct TelarScatter {
  TelarRunAxes *axes;      /* NULL: none */
  GArray *shown;           /* guint */
  int picked, column, row; /* the cell that the pointer is in; -1: none */
  int anchor;              /* the run from which telar_scatter_extend began; -1: none */

  /* As last drawn: the square of cells. */
  TelarBox plot;
  double cell_width, cell_height;
};

static inline const TelarRunAxis *
telar_scatter_axis (const TelarScatter *scatter, guint i)
{
  return telar_run_axes_get (scatter->axes, g_array_index (scatter->shown, guint, i));
}

/* Where a run's point lies; NaN: it has none. */
double telar_scatter_x (const TelarScatter *scatter, guint column, guint run);
double telar_scatter_y (const TelarScatter *scatter, guint row, guint run);

G_END_DECLS
