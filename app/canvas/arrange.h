/* Arranging the canvas in a thread of its own: the drawing stays in use meanwhile. */
#pragma once

#include "app/canvas/canvas.h"

G_BEGIN_DECLS

typedef struct TelarArranging TelarArranging;

/* Arranges the selected nodes, or all where fewer than two are selected, as one step of undo. What
 * was begun before is cancelled. The canvas's signal "arranging" tells how far it is. */
void telar_canvas_arrange (TelarCanvas *self);
/* Nothing of it happens then. */
void telar_canvas_cancel_arranging (TelarCanvas *self);

G_END_DECLS
