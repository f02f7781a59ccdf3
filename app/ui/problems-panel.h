/* TelarProblemsPanel: the list of what is wrong. A row leads to its node and offers what would mend
 * it. */
#pragma once

#include "app/project/analysis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_PROBLEMS_PANEL (telar_problems_panel_get_type ())
G_DECLARE_FINAL_TYPE (TelarProblemsPanel, telar_problems_panel, TELAR, PROBLEMS_PANEL, GtkWidget)

/* Signal "reveal" (const char *node): a row with a node was chosen. */
GtkWidget *telar_problems_panel_new (void);
/* NULL for none. */
void telar_problems_panel_set_analysis (TelarProblemsPanel *self, TelarAnalysis *analysis);
/* Selects the row behind (@by 1) or before (-1) the one that is selected, round the end, and
 * reveals its node. */
void telar_problems_panel_step (TelarProblemsPanel *self, int by);

G_END_DECLS
