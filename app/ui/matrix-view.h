/* A widget that shows a confusion matrix; a cell under the pointer is told in words. */
#pragma once

#include "insight/matrix.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_MATRIX_VIEW (telar_matrix_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarMatrixView, telar_matrix_view, TELAR, MATRIX_VIEW, GtkWidget)

GtkWidget *telar_matrix_view_new (const char *title);
/* The figure that is shown, as in TelarFigureRow, of @step; one that is shown is not read again. */
gboolean telar_matrix_view_show (TelarMatrixView *view, const char *values, gint64 step,
                                 GError **error);
/* Their names, as the run tells them (JSON, a list); NULL: numbers. */
void telar_matrix_view_set_classes (TelarMatrixView *view, const char *json);
const TelarMatrix *telar_matrix_view_get_matrix (TelarMatrixView *view); /* borrowed */

G_END_DECLS
