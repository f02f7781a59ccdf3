/* What overlay.c (charts), overlay-load.c (reading), overlay-curves.c (what is in a chart) and
 * overlay-bar.c (settings) share. */
#pragma once

#include "app/compare/curve-loader.h"
#include "app/compare/overlay.h"
#include "app/ui/chart-view.h"
#include "insight/chart.h"

G_BEGIN_DECLS

#define TELAR_OVERLAY_MOST_CHARTS 24

typedef enum { TELAR_BAND_DEVIATION, TELAR_BAND_INTERVAL, TELAR_BAND_NONE } TelarBand;

typedef struct {
  TelarChartX x;
  char *along; /* the metric along x; NULL: none */
  gboolean log, log_x;
  double clip, smoothing;
  TelarSmoothing kind;

  char *by;         /* NULL: each run alone */
  gboolean average; /* of the runs of a group, else each in its colour */
  TelarBand band;
  char *filter; /* of metrics, a regular expression; NULL: all */
  gint64 baseline;
} TelarOverlaySettings;

struct _TelarOverlay {
  AdwBin parent_instance;

  TelarRunSet *set;
  GPtrArray *items;  /* TelarRunItem */
  GPtrArray *loaded; /* TelarLoadedCurve */
  GPtrArray *charts; /* TelarOverlayChart */
  GtkFlowBox *flow;
  GtkStack *stack;
  GtkWidget *more;
  GCancellable *loading; /* NULL: nothing is read */
  GHashTable *known;     /* gint64 * run -> char *, what it was when its curves were read */
  GHashTable *asked;     /* the same of what is being read */
  gboolean again;        /* something has changed since */
  TelarOverlaySettings settings;

  /* The bar. */
  GtkWidget *group_choice, *expression, *average, *band, *axis, *baseline, *filter;
  GPtrArray *group_keys; /* char * of each row of the choice */
  GPtrArray *axis_tags;  /* char * of the metrics behind the fixed rows */
  gboolean filling;      /* rows of the choices are put in by the program */
};

typedef struct {
  TelarOverlay *overlay;
  char *tag;
  GtkWidget *frame; /* borrowed from the flow box */
  TelarChartView *view;
  GtkToggleButton *pin;
  GPtrArray *detail;     /* TelarLoadedCurve: the stretch that is shown; NULL: all of it */
  GCancellable *reading; /* of the detail */
} TelarOverlayChart;

void telar_overlay_tell (TelarOverlay *overlay, const GError *error);
/* Reads all curves again (overlay-load.c). */
void telar_overlay_load (TelarOverlay *overlay);
/* Reads those of runs that are new or have changed, and puts them into the charts. */
void telar_overlay_load_changed (TelarOverlay *overlay);
void telar_overlay_stop_loading (TelarOverlay *overlay);
GHashTable *telar_overlay_new_stamps (void);
/* Puts what was read into the charts anew. */
void telar_overlay_fill (TelarOverlay *overlay);
/* Gives the charts what does not change their curves. */
void telar_overlay_apply (TelarOverlay *overlay);

/* The runs that are shown, by the groups that are chosen; caller unrefs. */
GPtrArray *telar_overlay_groups (TelarOverlay *overlay); /* overlay-curves.c */
/* Their ids and the baseline's; caller unrefs. */
GArray *telar_overlay_runs (const TelarOverlay *overlay);
void telar_overlay_chart_fill (TelarOverlayChart *chart, const GPtrArray *groups);
/* Signals of a chart's view. */
void telar_overlay_hovered (TelarChartView *view, gint64 step, TelarOverlay *overlay);
void telar_overlay_zoomed (TelarChartView *view, TelarOverlayChart *chart);

GtkWidget *telar_overlay_build_bar (TelarOverlay *overlay); /* overlay-bar.c */
void telar_overlay_update_bar (TelarOverlay *overlay);

G_END_DECLS
