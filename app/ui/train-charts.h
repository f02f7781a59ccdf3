/* The charts of one run: one for each metric, training and validation together. They follow the
 * run store and read only what is new. */
#pragma once

#include "insight/chart.h"
#include "insight/store.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_TRAIN_CHARTS (telar_train_charts_get_type ())
G_DECLARE_FINAL_TYPE (TelarTrainCharts, telar_train_charts, TELAR, TRAIN_CHARTS, AdwBin)

GtkWidget *telar_train_charts_new (void);

/* Forgets what was read; the next call of follow reads all. */
void telar_train_charts_reset (TelarTrainCharts *charts);
/* Appends what is new in @store for the run of @row. */
gboolean telar_train_charts_follow (TelarTrainCharts *charts, TelarStore *store,
                                    const TelarRunRow *row, GError **error);

void telar_train_charts_set_x (TelarTrainCharts *charts, TelarChartX x);
void telar_train_charts_set_smoothing (TelarTrainCharts *charts, double weight);
void telar_train_charts_set_log (TelarTrainCharts *charts, gboolean log);

/* Shows the charts of a node, by its path, before the others; NULL: of none. The next call of
 * follow reads them. */
void telar_train_charts_show_node (TelarTrainCharts *charts, const char *node);
/* The step at which the crosshair stands on one of them; -1: on none. */
gint64 telar_train_charts_hovered_step (TelarTrainCharts *charts);

/* Puts the crosshair of every chart at @step. */
void telar_train_charts_show_step (TelarTrainCharts *charts, gint64 step);

/* The best value so far of the metric that says most, NULL before there is one: "Best validation
 * accuracy 98.9 %, epoch 7". Caller frees. */
char *telar_train_charts_best (TelarTrainCharts *charts, const TelarRunRow *row);
/* Seconds for each step, lately; 0 while unknown. */
double telar_train_charts_pace (TelarTrainCharts *charts);
/* The latest learning rate, 0 while unknown. */
double telar_train_charts_learning_rate (TelarTrainCharts *charts);

G_END_DECLS
