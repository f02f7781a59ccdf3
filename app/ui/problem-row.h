/* TelarProblemRow: a problem with what would mend it, for the panel of problems and the inspector.
 * The fixes are looked for when the row is seen, and again when the project changes. */
#pragma once

#include "app/project/analysis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_PROBLEM_ROW (telar_problem_row_get_type ())
G_DECLARE_FINAL_TYPE (TelarProblemRow, telar_problem_row, TELAR, PROBLEM_ROW, GtkWidget)

/* @narrow: text above the buttons, as in the inspector; else all in one line, with the node named.
 * The problem is copied. */
GtkWidget *telar_problem_row_new (const TelarProblem *problem, TelarAnalysis *analysis,
                                  gboolean narrow);
/* Whether the row shows just this. */
gboolean telar_problem_row_is_of (TelarProblemRow *self, const TelarProblem *problem);
/* NULL when the problem is of the whole graph. */
const char *telar_problem_row_node (TelarProblemRow *self);

G_END_DECLS
