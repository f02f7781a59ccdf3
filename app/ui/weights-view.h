/* TelarWeightsView: the weights of a node after the latest run of its project: for each state a
 * histogram and its moments. Empty where nothing was trained. */
#pragma once

#include "app/project/analysis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_WEIGHTS_VIEW (telar_weights_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarWeightsView, telar_weights_view, TELAR, WEIGHTS_VIEW, GtkWidget)

/* Begins to read in a thread of its own. */
GtkWidget *telar_weights_view_new (TelarAnalysis *analysis, const char *node);

G_END_DECLS
