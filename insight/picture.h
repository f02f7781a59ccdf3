/* Pictures out of the numbers of a run, as PNG. */
#pragma once

#include "engine/monitor.h"

G_BEGIN_DECLS

/* A tile is at most so many pixels wide and high: a larger one is reduced by a whole number, each
 * pixel the mean of those that it stands for. Tiles stand one pixel apart. */
#define TELAR_PICTURE_MOST_SIDE 128

typedef struct {
  guint tiles, columns; /* columns 0: one tile */
  guint tile_width, tile_height;
} TelarPictureGrid;

/* NULL where the pixels are not f32 [tiles, 1 or 3, height, width]. NaN is drawn in magenta. */
GBytes *telar_picture_to_png (const TelarTensor *pixels, TelarImageRange range, guint columns,
                              TelarPictureGrid *grid);

G_END_DECLS
