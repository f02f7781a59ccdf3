/* The menu of a point of a chart: by the secondary button, by the Menu key and Shift+F10. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Appends what may be done at @step of the chart of @group. */
typedef void (*TelarChartMenuFunc) (GMenu *menu, const char *group, gint64 step, gpointer data);

/* For all charts that @charts has, now and later. @data must live as long. */
void telar_chart_menu_attach (GtkWidget *charts, TelarChartMenuFunc fill, gpointer data);

G_END_DECLS
