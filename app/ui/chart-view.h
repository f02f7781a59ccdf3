/* A widget that shows one chart: crosshair, zoom by dragging a box or with the wheel, keyboard. */
#pragma once

#include "insight/chart.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_CHART_VIEW (telar_chart_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarChartView, telar_chart_view, TELAR, CHART_VIEW, GtkWidget)

/* Signals: "hovered" (gint64 step; -1: the crosshair has left), so that other charts can follow;
 * "zoomed": something else is in view. Takes @chart. */
GtkWidget *telar_chart_view_new (TelarChart *chart);

/* Borrowed. After changes call telar_chart_view_update. */
TelarChart *telar_chart_view_get_chart (TelarChartView *view);

/* Draws again when the chart has changed; costs nothing when it has not. */
void telar_chart_view_update (TelarChartView *view);

G_END_DECLS
