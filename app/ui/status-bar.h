/* TelarStatusBar: the line below the canvas: problems, what the plan costs, zoom. The problems open
 * above it as a list; choosing one leads to its node.
 *
 * Signal "reveal" (const char *node). */
#pragma once

#include "app/project/analysis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_STATUS_BAR (telar_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (TelarStatusBar, telar_status_bar, TELAR, STATUS_BAR, GtkWidget)

GtkWidget *telar_status_bar_new (void);
void telar_status_bar_set_analysis (TelarStatusBar *self, TelarAnalysis *analysis);
void telar_status_bar_show_problems (TelarStatusBar *self);
void telar_status_bar_toggle_problems (TelarStatusBar *self);
/* Opens the list and goes to the next (@by 1) or the previous problem (-1). */
void telar_status_bar_step_problem (TelarStatusBar *self, int by);

G_END_DECLS
