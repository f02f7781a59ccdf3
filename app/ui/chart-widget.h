/* What the widgets that draw charts share: the theme that they stand in, the card that they are. */
#pragma once

#include "insight/chart.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The theme that @widget stands in. @font receives what the theme's font borrows; caller frees. */
void telar_chart_theme_of (GtkWidget *widget, TelarChartTheme *theme, char **font);

/* Draws all of @widget. */
typedef void (*TelarChartDraw) (GtkWidget *widget, cairo_t *cr, double width, double height,
                                const TelarChartTheme *theme);
void telar_chart_widget_snapshot (GtkWidget *widget, GtkSnapshot *snapshot, TelarChartDraw draw);

/* The name in the style sheet, and the role. */
void telar_chart_widget_class_init (GtkWidgetClass *widget_class);
/* A card that takes the focus, and is drawn anew when the desktop turns dark or light. */
void telar_chart_widget_init (GtkWidget *widget);

G_END_DECLS
