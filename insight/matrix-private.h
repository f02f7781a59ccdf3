/* What the confusion matrix (matrix.c) and its painter (matrix-draw.c) share. */
#pragma once

#include "insight/matrix.h"

G_BEGIN_DECLS

struct TelarMatrix {
  char *title, *right_name, *answer_name;
  char **names; /* of the classes, or NULL */
  guint n;
  double *counts; /* n x n, rows are right classes */
  double *sums;   /* of the rows */

  double x, y, cell_width, cell_height; /* as last drawn: the corner of the cells, and one's size */
};

G_END_DECLS
