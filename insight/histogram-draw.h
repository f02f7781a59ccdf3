/* The painter of histograms over the steps of a run. Positions and sizes are in the units of the
 * cairo context. */
#pragma once

#include "insight/chart.h"
#include "insight/histogram.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_HISTOGRAM_RIDGES, /* one behind the other, the newest in front */
  TELAR_HISTOGRAM_BANDS,  /* percentiles over the steps */
} TelarHistogramStyle;

/* So many ridges are drawn at most: more would hide each other. */
#define TELAR_HISTOGRAM_MOST_RIDGES 40

/* @histograms: GPtrArray of TelarHistogram *, by step, all that there are of one thing. @step is
 * emphasized, -1 for none. */
typedef struct {
  const char *title;
  const GPtrArray *histograms;
  TelarHistogramStyle style;
  gint64 step;
} TelarHistogramDrawing;

void telar_histograms_draw (const TelarHistogramDrawing *drawing, cairo_t *cr, double width,
                            double height, const TelarChartTheme *theme);
/* The histogram that was drawn nearest to a height (of ridges) or place along (of bands); NULL
 * outside. */
const TelarHistogram *telar_histograms_pick (const TelarHistogramDrawing *drawing, double x,
                                             double y, double width, double height);

G_END_DECLS
