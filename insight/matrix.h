/* A confusion matrix as a picture, drawn with cairo: rows are right classes, columns answers. Cells
 * are shaded by their share of the row, so that rare classes count as much as common ones; right
 * answers and errors differ in hue, and the numbers stand in the cells where there is room. */
#pragma once

#include "engine/error.h"
#include "insight/chart.h"

G_BEGIN_DECLS

typedef struct TelarMatrix TelarMatrix;

TelarMatrix *telar_matrix_new (const char *title);
void telar_matrix_free (TelarMatrix *matrix);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarMatrix, telar_matrix_free)
const char *telar_matrix_title (const TelarMatrix *matrix);

/* @values as in TelarFigureRow: a list of as many rows as each has counts, at least one. On an
 * error the matrix stays as it was. */
gboolean telar_matrix_set_values (TelarMatrix *matrix, const char *values, GError **error);
guint telar_matrix_n_classes (const TelarMatrix *matrix); /* 0: no values yet */
double telar_matrix_count (const TelarMatrix *matrix, guint right, guint answer);
/* 0 to 1; of a row without counts 0. */
double telar_matrix_share (const TelarMatrix *matrix, guint right, guint answer);
/* All counts on the diagonal, as a share of all. */
double telar_matrix_accuracy (const TelarMatrix *matrix);

/* NULL-terminated; NULL: the classes are numbers. */
void telar_matrix_set_names (TelarMatrix *matrix, const char *const *names);
/* What is written at the axes, in the language of the caller. */
void telar_matrix_set_axes (TelarMatrix *matrix, const char *right, const char *answer);
/* The name of a class, or its number. Caller frees. */
char *telar_matrix_class (const TelarMatrix *matrix, guint index);

void telar_matrix_draw (TelarMatrix *matrix, cairo_t *cr, double width, double height,
                        const TelarChartTheme *theme);
/* A frame around a cell of the last drawing, for the keyboard. */
void telar_matrix_draw_cursor (const TelarMatrix *matrix, cairo_t *cr, guint right, guint answer,
                               const TelarChartTheme *theme);
/* The cell at a position of the last drawing; FALSE beside the cells. */
gboolean telar_matrix_cell_at (const TelarMatrix *matrix, double x, double y, guint *right,
                               guint *answer);

G_END_DECLS
