/* The canvas's picture in tiles that lie fixed on the canvas: moving the view moves them, and where
 * something changes only the part that it lies in is drawn anew. Those around the view are drawn
 * ahead, one a frame. While the zoom moves no tile would last: then the view is drawn as a whole.
 *
 * GTK is handed each tile as a node of its own, the same one for as long as nothing in it changes:
 * it paints only where nodes are others. */
#pragma once

#include "app/canvas/sheet.h"

G_BEGIN_DECLS

typedef struct TelarTiles TelarTiles;

/* What is shown, and who draws it. */
typedef struct {
  double x, y, zoom; /* as the canvas's view */
  int width, height; /* of the widget */
  int device;        /* pixels for a unit of the widget */
  gint64 deadline;   /* of sheets */
  /* Draws all of the sheet. FALSE: it is not as sharp as it is to be, and is drawn again. */
  gboolean (*draw) (TelarSheet *sheet, gpointer data);
  gpointer data;
} TelarTilesView;

TelarTiles *telar_tiles_new (void);
void telar_tiles_free (TelarTiles *tiles);

/* All, or what touches @area of the canvas, has changed. */
void telar_tiles_forget (TelarTiles *tiles);
void telar_tiles_damage (TelarTiles *tiles, const graphene_rect_t *area);

/* From the tiles, or drawn as a whole. FALSE: there is more to do in another frame. */
gboolean telar_tiles_show (TelarTiles *tiles, const TelarTilesView *view, GtkSnapshot *snapshot);
gboolean telar_tiles_show_whole (TelarTiles *tiles, const TelarTilesView *view,
                                 GtkSnapshot *snapshot);

G_END_DECLS
