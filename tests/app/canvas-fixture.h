/* A canvas in a window, and what a person does with it. */
#pragma once

#include "app/canvas/canvas-private.h"

G_BEGIN_DECLS

typedef struct {
  GtkWidget *window;
  TelarCanvas *canvas;
  TelarDocument *document;
  char *message; /* the last refusal */
} Fixture;

/* @sample: the file's name. */
void set_up (Fixture *f, gconstpointer sample);
/* Takes @document over. */
void set_up_with (Fixture *f, TelarDocument *document);
void tear_down (Fixture *f, gconstpointer sample);

GtkEventController *controller (Fixture *f, GType type);
/* Presses at a point of the canvas, moves in steps to another, lets go. */
void drag (Fixture *f, graphene_point_t from, graphene_point_t to);
/* Where a node is held: in its middle from left to right, near its top. */
graphene_point_t middle_of (Fixture *f, const char *id);
graphene_point_t port_of (Fixture *f, const char *id, gboolean output, guint port);
const TelarNode *node (Fixture *f, const char *id);
void act (Fixture *f, const char *name, GVariant *parameter);

/* What the canvas draws: blue, green, red and alpha of each pixel; the caller frees the data. */
typedef struct {
  guchar *data;
  gsize stride;
  int width, height;
} Picture;
Picture picture_of (Fixture *f);
/* Draws until all cards in view are sharp: while the zoom moves, and in a frame that is late, those
 * of the zoom before are stretched. */
void draw_sharp (Fixture *f);

G_END_DECLS
