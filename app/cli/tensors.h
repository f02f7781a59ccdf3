/* Tensors from and to the files that predict takes. */
#pragma once

#include "engine/graph.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

/* One file as the tensor of the data port @port ("digits.images"): .npy, .npz, .csv, .png, .jpg,
 * .webp by their ending, IDX otherwise; always f32. A picture becomes one row with the channels
 * that the project's data has, whose size it must have. From a .npz the array called @port, or the
 * only one. A .csv is read through the port's table node when it has one, else as plain numbers. */
TelarTensor *telar_input_read (TelarGraph *graph, const char *port, const char *path,
                               GError **error);

/* The same for a model that has no project: of the file's own type, and a picture must have the
 * size that @shape, [N, C, H, W], asks for (NULL or unknown sizes: any, three channels). */
TelarTensor *telar_input_read_shaped (const char *name, const TelarShape *shape, const char *path,
                                      GError **error);

/* A result of the model. */
typedef struct {
  char *name;
  TelarTensor *tensor; /* axis 0 are the rows; NULL where it is text */
  char **words;        /* text: NULL-terminated, as many as @shape has elements */
  TelarShape shape;    /* of words */
} TelarResult;

/* @results (TelarResult) by the ending of @path: .npy, .csv and .pb hold one, .npz all; text goes
 * into a .csv only. Nothing is left behind on failure. */
gboolean telar_results_write (const char *path, const GArray *results, GError **error);

G_END_DECLS
