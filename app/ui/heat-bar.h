/* The bar below a canvas that chooses what a run's nodes show, and at which step: the time axis of
 * the canvas. It also shows what the probes of the run's wires say at that step, and asks for them
 * when the canvas does. */
#pragma once

#include "app/canvas/canvas.h"

G_BEGIN_DECLS

#define TELAR_TYPE_HEAT_BAR (telar_heat_bar_get_type ())
G_DECLARE_FINAL_TYPE (TelarHeatBar, telar_heat_bar, TELAR, HEAT_BAR, GtkWidget)

/* Hidden while there is no run. */
GtkWidget *telar_heat_bar_new (TelarCanvas *canvas);
void telar_heat_bar_set_document (TelarHeatBar *bar, TelarDocument *document);
/* The run of a workspace; NULL: none. */
void telar_heat_bar_set_run (TelarHeatBar *bar, const char *workspace, const char *run);
/* Shows what was at @step; -1: what is now, and goes with it. */
void telar_heat_bar_show_step (TelarHeatBar *bar, gint64 step);
/* Chooses something to be shown, where nothing is. */
void telar_heat_bar_show_any (TelarHeatBar *bar);

G_END_DECLS
