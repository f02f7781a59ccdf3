/* The drawing below the charts of its run: what its nodes did at the step that the charts point
 * at. */
#pragma once

#include "app/canvas/canvas.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_RUN_CANVAS (telar_run_canvas_get_type ())
G_DECLARE_FINAL_TYPE (TelarRunCanvas, telar_run_canvas, TELAR, RUN_CANVAS, AdwBin)

GtkWidget *telar_run_canvas_new (void);
/* NULL: none, and then it is not shown. */
void telar_run_canvas_set_document (TelarRunCanvas *self, TelarDocument *document,
                                    TelarAnalysis *analysis);
void telar_run_canvas_set_run (TelarRunCanvas *self, const char *workspace, const char *run);
/* -1: what is now. */
void telar_run_canvas_show_step (TelarRunCanvas *self, gint64 step);

G_END_DECLS
