/* A flow box, set up as all pages with charts have it. */
#include "app/ui/chart-flow.h"

GtkFlowBox *
telar_chart_flow_new (void)
{
  GtkFlowBox *flow = GTK_FLOW_BOX (gtk_flow_box_new ());

  gtk_flow_box_set_homogeneous (flow, TRUE);
  gtk_flow_box_set_selection_mode (flow, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (flow, 3);
  gtk_flow_box_set_row_spacing (flow, 12);
  gtk_flow_box_set_column_spacing (flow, 12);
  gtk_widget_set_valign (GTK_WIDGET (flow), GTK_ALIGN_START);
  return flow;
}

void
telar_chart_flow_add (GtkFlowBox *flow, GtkWidget *view)
{
  gtk_flow_box_insert (flow, view, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (view), FALSE);
}

void
telar_chart_flow_clear (GtkFlowBox *flow)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (flow))) != NULL)
    gtk_flow_box_remove (flow, child);
}
