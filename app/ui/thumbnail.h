/* A small picture of a project: its cards and wires, as the canvas shows them from afar. */
#pragma once

#include "engine/graph.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_THUMBNAIL (telar_thumbnail_get_type ())
G_DECLARE_FINAL_TYPE (TelarThumbnail, telar_thumbnail, TELAR, THUMBNAIL, GtkWidget)

/* Of the project at @path, which is read once the picture is in view. */
GtkWidget *telar_thumbnail_new (const char *path, int width, int height);
GtkWidget *telar_thumbnail_new_for_graph (const TelarGraph *graph, int width, int height);

G_END_DECLS
