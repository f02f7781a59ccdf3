/* The canvas's picture: ground, wires and cards as pixels of our own, one for the whole widget. GTK
 * would draw each card and wire as a node of its tree; where everything moves, as in panning, its
 * bookkeeping and copying cost several times what the pixels do. */
#pragma once

#include "app/canvas/canvas-private.h"
#include "app/canvas/raster.h"

G_BEGIN_DECLS

typedef struct {
  TelarRaster raster;
  cairo_surface_t *surface;
  int device;       /* pixels for a unit of the widget */
  float x, y, zoom; /* pixel = (canvas - (x, y)) * zoom */
} TelarPicture;

/* GTK makes a surface of the window's size for each frame and lets go of it. Fresh from the system
 * every page of it costs a fault, which takes longer than drawing; so the process keeps such
 * memory. Once, before the first frame. */
void telar_picture_keep_memory (void);

/* The picture of the frame that begins, with its ground. @all: the widget. */
TelarPicture telar_picture_begin (TelarCanvas *self, const graphene_rect_t *all);
/* Frames, which lie behind the wires, or the notes before them. */
void telar_picture_notes (TelarCanvas *self, TelarPicture *picture, gboolean frames);
/* Hands it to GTK. */
void telar_picture_end (TelarPicture *picture, GtkSnapshot *snapshot, const graphene_rect_t *all);

graphene_point_t telar_picture_point (const TelarPicture *picture, const graphene_point_t *point);
TelarRasterRect telar_picture_rect (const TelarPicture *picture, const graphene_rect_t *rect);
/* The way of a wire, @thickness pixels wide. */
void telar_picture_wire (TelarPicture *picture, const TelarCurve *curve, float thickness,
                         guint32 colour);

/* near.c, far.c: nodes and wires. */
void telar_canvas_draw_near (TelarCanvas *self, TelarPicture *picture, const GPtrArray *nodes,
                             const GPtrArray *edges, TelarDetail detail);
void telar_canvas_draw_far (TelarCanvas *self, TelarPicture *picture, const GPtrArray *nodes,
                            const GPtrArray *edges);

G_END_DECLS
