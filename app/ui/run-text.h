/* What is said of runs and metrics, in the language of the person. */
#pragma once

#include "insight/axis.h"
#include "insight/chart.h"
#include "insight/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* "Running", "Paused", … ; @status as in TelarRunRow. */
const char *telar_run_status_text (const char *status);
const char *telar_run_status_icon (const char *status);
/* Colours @widget (an icon, a label) as befits @status. */
void telar_run_status_colour (GtkWidget *widget, const char *status);
gboolean telar_run_is_open (const TelarRunRow *row); /* running or paused */
/* "from digits-cnn-2 at step 400"; NULL for a run that is no fork. Caller frees. */
char *telar_run_parent_text (const TelarRunRow *row);

/* "val_loss" belongs to the group "loss". */
const char *telar_metric_group (const char *tag);
gboolean telar_metric_is_validation (const char *tag);
/* "epoch", "time": what runs along x where it is no metric. */
const char *telar_chart_x_name (TelarChartX x);
/* "Learning rate"; caller frees. */
char *telar_metric_title (const char *group);
TelarUnit telar_metric_unit (const char *group);
/* -1: less is better, 1: more is better, 0: neither. */
int telar_metric_direction (const char *group);
/* Which of a run's metrics says most about it: more is more. 0: none. */
int telar_metric_rank (const char *tag);

/* The metric that says most of those in @metrics (JSON of a TelarRunRow): "98.9 %"; NULL without
 * one. Caller frees. */
char *telar_metrics_summary (const char *metrics);

G_END_DECLS
