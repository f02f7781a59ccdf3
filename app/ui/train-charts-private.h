/* What train-charts.c (the charts), train-charts-follow.c (what is new in the run) and
 * train-charts-long.c (curves of too many points) share. */
#pragma once

#include "app/ui/chart-flow.h"
#include "app/ui/chart-view.h"
#include "app/ui/train-charts.h"

G_BEGIN_DECLS

/* One tag of the run, a series of a chart. */
typedef struct {
  char *tag;
  TelarChartView *view; /* borrowed from the flow box */
  guint series;
  gint64 cursor;         /* the last step read */
  gint64 added;          /* points since the series was filled */
  gboolean long_curve;   /* the series has columns of what is in view, not every point */
  gint64 from, to;       /* the steps that were asked for */
  TelarPoint start, end; /* the ends of the whole curve, where it is long */
  double best, last;
  gint64 best_step; /* 0: none */
} TelarTrainLink;

struct _TelarTrainCharts {
  AdwBin parent_instance;

  GtkFlowBox *flow;
  GHashTable *views;    /* group -> TelarChartView, borrowed */
  GHashTable *matrices; /* group -> TelarMatrixView, borrowed */
  GPtrArray *links;     /* TelarTrainLink */
  gint64 event_cursor, steps_per_epoch;
  char *node;        /* whose charts are shown, too; or NULL */
  TelarStore *store; /* of the last call of follow, borrowed; NULL after a reset */
  gint64 run;

  TelarChartX x;
  double smoothing;
  gboolean log;

  TelarPoint pace_point; /* the last one that the pace knows */
  double seconds_per_step;
};

/* The series of @tag, made where there is none. */
TelarTrainLink *telar_train_charts_link (TelarTrainCharts *charts, const char *tag);
/* Settings, to all charts. */
void telar_train_charts_apply (TelarTrainCharts *charts);
void telar_train_charts_cell_chosen (TelarTrainCharts *charts, int right, int answer, gint64 step);

/* Takes what is told beside the curve: the best value, the pace. */
void telar_train_link_note (TelarTrainCharts *charts, TelarTrainLink *link, const GArray *points);

/* Reads the curve of @link anew: as many columns as a picture has, of what is in view. */
gboolean telar_train_link_fill (TelarTrainCharts *charts, TelarTrainLink *link, GError **error);
/* Appends points that have come to a long curve. */
gboolean telar_train_link_grow (TelarTrainCharts *charts, TelarTrainLink *link,
                                const GArray *points, GError **error);
/* Another stretch of a chart is in view. */
void telar_train_charts_zoomed (TelarChartView *view, TelarTrainCharts *charts);

G_END_DECLS
