/* The tiles of Winograd's convolution. */
#include "engine/devices/cpu/winograd.h"

#define IN    6
#define OUT   4
#define LANES 16 /* channels come in such numbers: the registers of every instruction set */

gboolean
cpu_tiles_init (CpuTiles *tiles, const CpuConvShape *shape)
{
  const CpuConvShape *s = shape;

  if (!s->channels_last || s->n_spatial != 2 || s->groups != 1)
    return FALSE;
  for (guint axis = 1; axis < 3; axis++)
    if (s->kernel[axis] != 3 || s->stride[axis] != 1 || s->dilation[axis] != 1)
      return FALSE;
  if (s->in % LANES != 0 || s->out % LANES != 0 || s->in < 32 || s->out < 32)
    return FALSE;
  *tiles = (CpuTiles){ .shape = *s,
                       .down = (gsize)((s->y[1] + OUT - 1) / OUT),
                       .across = (gsize)((s->y[2] + OUT - 1) / OUT) };
  tiles->count = (gsize)s->batch * tiles->down * tiles->across;
  return TRUE;
}

typedef struct {
  gint64 image, row, column; /* of the first result */
} Place;

static Place
place_of (const CpuTiles *tiles, gsize tile)
{
  gsize line = tile / tiles->across;

  return (Place){ (gint64)(line / tiles->down), (gint64)(line % tiles->down) * OUT,
                  (gint64)(tile % tiles->across) * OUT };
}

gint64
cpu_tiles_image (const CpuTiles *tiles, gsize tile, CpuWinograd *pixels)
{
  const CpuConvShape *s = &tiles->shape;
  Place at = place_of (tiles, tile);
  gint64 top = at.row - s->low[1], left = at.column - s->low[2];

  pixels->channels = (gsize)s->in;
  pixels->line = (gsize)(s->x[2] * s->in);
  pixels->top = (gsize)CLAMP (-top, 0, IN);
  pixels->bottom = (gsize)CLAMP (s->x[1] - top, 0, IN);
  pixels->left = (gsize)CLAMP (-left, 0, IN);
  pixels->right = (gsize)CLAMP (s->x[2] - left, 0, IN);
  return ((at.image * s->x[1] + top) * s->x[2] + left) * s->in;
}

gint64
cpu_tiles_result (const CpuTiles *tiles, gsize tile, CpuWinograd *results)
{
  const CpuConvShape *s = &tiles->shape;
  Place at = place_of (tiles, tile);

  results->channels = (gsize)s->out;
  results->line = (gsize)(s->y[2] * s->out);
  results->top = results->left = 0;
  results->bottom = (gsize)MIN (s->y[1] - at.row, OUT);
  results->right = (gsize)MIN (s->y[2] - at.column, OUT);
  return ((at.image * s->y[1] + at.row) * s->y[2] + at.column) * s->out;
}
