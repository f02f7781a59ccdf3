/* What the kernels of Winograd's F(4 x 4, 3 x 3) share: which convolutions suit it and where its
 * tiles lie. A tile is 4 x 4 results and the 6 x 6 pixels that they come from; it has 36 points. */
#pragma once

#include "engine/devices/cpu/conv-shape.h"

G_BEGIN_DECLS

#define CPU_WINOGRAD_POINTS 36
/* Floats between two points beyond what they hold, so that they do not share places of the cache.
 */
#define CPU_WINOGRAD_APART 16

typedef struct {
  CpuConvShape shape;
  gsize across, down, count; /* tiles of a line, of a column, of all images */
} CpuTiles;

/* FALSE when the convolution is of another kind: 3 x 3, step 1, channels last, at least 32 of them
 * that fill registers. */
gboolean cpu_tiles_init (CpuTiles *tiles, const CpuConvShape *shape);

/* The pixels of a tile that lie inside the image, and which float of the image its first pixel is,
 * which may lie before it. */
gint64 cpu_tiles_image (const CpuTiles *tiles, gsize tile, CpuWinograd *pixels);
/* The same of its results: always inside. */
gint64 cpu_tiles_result (const CpuTiles *tiles, gsize tile, CpuWinograd *results);

G_END_DECLS
