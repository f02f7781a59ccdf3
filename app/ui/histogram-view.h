/* TelarHistogramView: the histograms of one parameter, gradient or output over the steps of a run.
 * The pointer, or the arrow keys, choose a step, which is told in words. */
#pragma once

#include "insight/histogram-draw.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_HISTOGRAM_VIEW (telar_histogram_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarHistogramView, telar_histogram_view, TELAR, HISTOGRAM_VIEW, GtkWidget)

GtkWidget *telar_histogram_view_new (const char *title);
/* Takes over @histogram; each is of a later step than those before. */
void telar_histogram_view_add (TelarHistogramView *view, TelarHistogram *histogram);
/* The step of the last one; -1 without. */
gint64 telar_histogram_view_last_step (TelarHistogramView *view);
void telar_histogram_view_set_style (TelarHistogramView *view, TelarHistogramStyle style);
/* The histogram that the pointer or the keys have chosen, or the newest; NULL without. */
const TelarHistogram *telar_histogram_view_get_chosen (TelarHistogramView *view);

G_END_DECLS
