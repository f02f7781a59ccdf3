/* Lays the windows of convolutions. */
#include "engine/devices/cpu/conv-windows.h"

#include <string.h>

gboolean
cpu_windows_suit (const CpuConvShape *shape)
{
  return shape->channels_last && shape->n_spatial <= 2 && shape->groups == 1;
}

gsize
cpu_window_size (const CpuConvShape *shape)
{
  return (gsize)(shape->kernel[1] * shape->kernel[2] * shape->in);
}

/* One row of a window: @kernel pixels, of which some may lie outside. */
static float *
lay_row (const CpuConvShape *s, float *to, const float *row, gint64 left)
{
  gsize pixel = (gsize)s->in, width = (gsize)s->kernel[2] * pixel;
  gint64 first = CLAMP (-left, 0, s->kernel[2]);
  gint64 end = CLAMP (s->x[2] - left, first, s->kernel[2]);

  if (s->dilation[2] == 1 && first == 0 && end == s->kernel[2]) {
    memcpy (to, row + left * s->in, width * sizeof *to);
    return to + width;
  }
  if (s->dilation[2] == 1) {
    memset (to, 0, (gsize)first * pixel * sizeof *to);
    memcpy (to + (gsize)first * pixel, row + (left + first) * s->in,
            (gsize)(end - first) * pixel * sizeof *to);
    memset (to + (gsize)end * pixel, 0, (gsize)(s->kernel[2] - end) * pixel * sizeof *to);
    return to + width;
  }
  for (gint64 k = 0; k < s->kernel[2]; k++, to += pixel) {
    gint64 column = left + k * s->dilation[2];
    if (column >= 0 && column < s->x[2])
      memcpy (to, row + column * s->in, pixel * sizeof *to);
    else
      memset (to, 0, pixel * sizeof *to);
  }
  return to;
}

void
cpu_window_lay (const CpuConvShape *shape, float *to, const float *x, gsize position)
{
  const CpuConvShape *s = shape;
  gint64 column = (gint64)position % s->y[2], rest = (gint64)position / s->y[2];
  gint64 row = rest % s->y[1], image = rest / s->y[1];
  gint64 left = column * s->stride[2] - s->low[2];
  gsize width = (gsize)(s->kernel[2] * s->in);

  for (gint64 k = 0; k < s->kernel[1]; k++) {
    gint64 line = row * s->stride[1] - s->low[1] + k * s->dilation[1];
    if (line < 0 || line >= s->x[1]) {
      memset (to, 0, width * sizeof *to);
      to += width;
    } else {
      to = lay_row (s, to, x + (image * s->x[1] + line) * s->x[2] * s->in, left);
    }
  }
}
