/* Charts side by side, three to a line. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkFlowBox *telar_chart_flow_new (void);
/* @view alone takes the focus, not the place that it stands in. */
void telar_chart_flow_add (GtkFlowBox *flow, GtkWidget *view);
void telar_chart_flow_clear (GtkFlowBox *flow);

G_END_DECLS
