/* The scatter matrix as a widget: hover picks a run out in all cells, a drag keeps what is in a
 * box, a click chooses the run; the arrow keys walk the runs in the order of the result, with Shift
 * they keep what lies between, Enter chooses. */
#pragma once

#include "insight/scatter.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_SCATTER_VIEW (telar_scatter_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarScatterView, telar_scatter_view, TELAR, SCATTER_VIEW, GtkWidget)

/* Signals: "brushed": the brushes of the axes have changed; "chosen" (guint run). */
GtkWidget *telar_scatter_view_new (void);
/* As telar_scatter_show, and picks out the run @picked, where there is one of that name. */
void telar_scatter_view_show (TelarScatterView *view, TelarRunAxes *axes, const GArray *shown,
                              const char *picked);
const TelarScatter *telar_scatter_view_get (TelarScatterView *view);

G_END_DECLS
