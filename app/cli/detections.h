/* What a model's detections nodes have found, for people: listed, as JSON, drawn. */
#pragma once

#include "app/cli/command.h"
#include "engine/graph.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

typedef struct {
  gint64 row; /* of the rows that were given */
  char *name; /* of its class */
  double score;
  double left, top, right, bottom; /* pixels of the picture */
} TelarDetection;

gboolean telar_detections_any (const TelarGraph *graph);

/* What the nodes of @graph gave in @results (TelarResult, see tensors.h), row by row in their
 * order; GArray of TelarDetection. @picture: the shape [N, C, H, W] that was given, NULL when there
 * was no such input. NULL with an error when boxes are shares of a picture and there is none. */
GArray *telar_detections_collect (const TelarGraph *graph, const GArray *results,
                                  const TelarShape *picture, GError **error);

/* Lists them, or prints --json, and draws them into --drawn. @path: the picture that was given. */
gboolean telar_detections_tell (const TelarCommand *command, const GArray *detections,
                                const char *path, GError **error);

/* Writes the picture at @path with a box, name and score for each detection of row 0 into the PNG
 * file @drawn. */
gboolean telar_detections_draw (const GArray *detections, const char *path, const char *drawn,
                                GError **error);

G_END_DECLS
