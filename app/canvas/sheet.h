/* A sheet: the part of the canvas's picture that is being drawn, as pixels of our own. GTK would
 * draw each card and wire as a node of its tree, whose bookkeeping and copying cost several times
 * what the pixels do. */
#pragma once

#include "app/canvas/canvas-private.h"
#include "app/canvas/raster.h"

G_BEGIN_DECLS

typedef struct {
  TelarRaster raster;
  int device;      /* pixels for a unit of the widget */
  double x, y;     /* canvas coordinates of its top left corner */
  float zoom;      /* pixel = (canvas - (x, y)) * zoom */
  gboolean moving; /* the zoom does: what was drawn at another will do */
  gint64 deadline; /* monotonic; from then on cards wait for another frame */
} TelarSheet;

/* What it shows and @reach units of the widget around that, in canvas units. */
graphene_rect_t telar_sheet_area (const TelarSheet *sheet, float reach);
void telar_sheet_ground (TelarSheet *sheet, const TelarTheme *theme);
/* Frames, which lie behind the wires, or the notes before them. */
void telar_sheet_notes (TelarSheet *sheet, TelarCanvas *self, gboolean frames);

graphene_point_t telar_sheet_point (const TelarSheet *sheet, const graphene_point_t *point);
TelarRasterRect telar_sheet_rect (const TelarSheet *sheet, const graphene_rect_t *rect);
/* The way of a wire, @thickness pixels wide. */
void telar_sheet_wire (TelarSheet *sheet, const TelarCurve *curve, float thickness, guint32 colour);

/* How far shapes on wires reach over their wires' bounds, and halos over their cards', in units of
 * the widget. */
#define TELAR_SHAPE_REACH 80.0f
#define TELAR_HALO_REACH  16.0f

/* near.c: wires and cards, which it sorts. FALSE: it is not as sharp as it is to be. */
gboolean telar_canvas_draw_near (TelarCanvas *self, TelarSheet *sheet, GPtrArray *nodes,
                                 const GPtrArray *edges, TelarDetail detail);
/* far.c: the same as blocks and lines. */
void telar_canvas_draw_far (TelarCanvas *self, TelarSheet *sheet, const GPtrArray *nodes,
                            const GPtrArray *edges);

G_END_DECLS
