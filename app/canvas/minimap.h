/* TelarMinimap: the whole canvas in small, with a frame around what is in view. */
#pragma once

#include "app/canvas/canvas.h"

G_BEGIN_DECLS

#define TELAR_TYPE_MINIMAP (telar_minimap_get_type ())
G_DECLARE_FINAL_TYPE (TelarMinimap, telar_minimap, TELAR, MINIMAP, GtkWidget)

/* Borrows @canvas, which must live as long. */
GtkWidget *telar_minimap_new (TelarCanvas *canvas);

G_END_DECLS
