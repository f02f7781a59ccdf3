/* TelarInspector: what is selected, and everything that can be set of it; with nothing selected,
 * how the project is trained. Generated from the registry. */
#pragma once

#include "app/canvas/canvas.h"

G_BEGIN_DECLS

#define TELAR_TYPE_INSPECTOR (telar_inspector_get_type ())
G_DECLARE_FINAL_TYPE (TelarInspector, telar_inspector, TELAR, INSPECTOR, GtkWidget)

/* Borrows @canvas, whose selection it follows. */
GtkWidget *telar_inspector_new (TelarCanvas *canvas);
void telar_inspector_set_document (TelarInspector *self, TelarDocument *document,
                                   TelarAnalysis *analysis);
/* Puts the keyboard into the title of the selected node. */
void telar_inspector_focus_title (TelarInspector *self);

G_END_DECLS
