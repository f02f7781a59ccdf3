/* What the curves of a classifier (judged-chart.c) and their painter (judged-draw.c) share. */
#pragma once

#include "insight/chart-private.h"
#include "insight/judged-chart.h"

G_BEGIN_DECLS

typedef struct {
  char *key; /* "3", "micro", "answers" */
  int class; /* -1: all together, -2: the answers */
  TelarCurve *values;
} TelarJudgedLine;

struct TelarJudgedChart {
  TelarJudgedKind kind;
  char *title, *x_name, *y_name, *area_name, *all, *answers, *one;
  GPtrArray *lines; /* TelarJudgedLine: all together, the answers, the classes in their order */
  char **classes;   /* or NULL */
  int picked;       /* a line; -1: none */
  gboolean pointed; /* there is a point of it, too: */
  guint point;

  TelarBox plot;                         /* as last drawn */
  double legend_x, legend_y, legend_row; /* likewise; rows of the legend */
  guint legend_n;
};

/* Of a line; caller frees. */
char *telar_judged_line_name (const TelarJudgedChart *chart, guint line);

G_END_DECLS
