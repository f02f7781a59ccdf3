/* Convolutions of images channels last with constant weights: the windows of some positions are
 * laid side by side, as rows, and multiplied with the packed weights while they are in the cache. A
 * window of 1 x 1 needs no laying. */
#include "engine/devices/cpu/conv-shape.h"
#include "engine/devices/cpu/epilogue.h"
#include "engine/devices/cpu/packed.h"

#include <string.h>

typedef struct {
  CpuConvShape shape;
  CpuEpilogue epilogue;
  CpuMatrix w;
  gsize positions; /* of the result, over all images */
  gsize rows;      /* of the windows that are laid at once */
  gboolean flat;   /* the image is the matrix of windows */
  float packed[];
} Conv;

typedef struct {
  const CpuDevice *device;
  const Conv *conv;
  const TelarCall *call;
} Work;

#define APART 16 /* numbers between two windows, so that they do not share places of the cache */

static gboolean
supports (const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  CpuEpilogue epilogue;

  return cpu_all_types (site, TELAR_F32) && shape.channels_last && shape.n_spatial <= 2 &&
         shape.groups == 1 && shape.out >= 8 && telar_shape_elements (types.y) > 0 &&
         telar_shape_elements (types.x) > 0 && cpu_constant (site, 1) != NULL &&
         cpu_epilogue_init (&epilogue, site, TRUE);
}

static gsize
window_size (const CpuConvShape *s)
{
  return (gsize)(s->kernel[1] * s->kernel[2] * s->in);
}

static gboolean
is_flat (const CpuConvShape *s)
{
  for (guint axis = 1; axis < 3; axis++)
    if (s->kernel[axis] != 1 || s->stride[axis] != 1 || s->low[axis] != 0 || s->high[axis] != 0)
      return FALSE;
  return TRUE;
}

/* [out, in, height, width] as [height, width, in, out], the order in which windows are laid. */
static float *
order_weights (const CpuConvShape *s, const float *w)
{
  gsize taps = (gsize)(s->kernel[1] * s->kernel[2]), in = (gsize)s->in, out = (gsize)s->out;
  float *ordered = g_new (float, taps *in *out);

  for (gsize o = 0; o < out; o++)
    for (gsize c = 0; c < in; c++)
      for (gsize t = 0; t < taps; t++)
        ordered[(t * in + c) * out + o] = *w++;
  return ordered;
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  g_autofree float *ordered = order_weights (&shape, cpu_constant (site, 1));
  gsize out = (gsize)shape.out;
  CpuMatrix w = { ordered, window_size (&shape), out, out, 1 };
  Conv *conv = g_malloc0 (sizeof *conv + cpu_packed_size (site->device, &w) * sizeof (float));

  cpu_epilogue_init (&conv->epilogue, site, TRUE);
  site->device->vector.pack (&w, conv->packed);
  conv->shape = shape;
  conv->w = w;
  conv->w.data = NULL;
  conv->positions = (gsize)(shape.batch * shape.y[1] * shape.y[2]);
  conv->rows = MIN (cpu_packed_rows (w.k), conv->positions);
  conv->flat = is_flat (&shape);
  prepared->data = conv;
  prepared->free = g_free;
  prepared->scratch =
      conv->flat ? 0 : site->device->base.threads * conv->rows * (w.k + APART) * sizeof (float);
  return TRUE;
}

/* One row of a window: @kernel pixels, of which some may lie outside. */
static float *
lay_row (const CpuConvShape *s, float *to, const float *row, gint64 left)
{
  gsize pixel = (gsize)s->in;
  gint64 first = CLAMP (-left, 0, s->kernel[2]);
  gint64 end = CLAMP (s->x[2] - left, first, s->kernel[2]);

  if (s->dilation[2] == 1) {
    memset (to, 0, (gsize)first * pixel * sizeof *to);
    memcpy (to + (gsize)first * pixel, row + (left + first) * s->in,
            (gsize)(end - first) * pixel * sizeof *to);
    memset (to + (gsize)end * pixel, 0, (gsize)(s->kernel[2] - end) * pixel * sizeof *to);
    return to + (gsize)s->kernel[2] * pixel;
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

static void
lay_window (const Conv *conv, float *to, const float *x, gsize position)
{
  const CpuConvShape *s = &conv->shape;
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

static void
run_positions (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  const float *x = work->call->inputs[0].data;
  const float *bias = cpu_bias (work->call);
  gsize n = conv->w.n, stride = conv->w.k + APART;
  float *y = work->call->outputs[0].data;
  float *windows = (float *)work->call->scratch + piece * conv->rows * stride;
  gsize parts = (end - begin + conv->rows - 1) / conv->rows;

  for (gsize i = 0; i < parts; i++) {
    gsize first = begin + (end - begin) * i / parts, last = begin + (end - begin) * (i + 1) / parts;
    CpuTile tile = { windows, stride, y + first * n, n };
    if (conv->flat)
      tile.a = x + first * conv->w.k, tile.a_stride = conv->w.k;
    for (gsize p = first; p < last && !conv->flat; p++)
      lay_window (conv, windows + (p - first) * stride, x, p);
    work->device->vector.multiply (&tile, &conv->w, conv->packed, last - first);
    cpu_epilogue_rows (&conv->epilogue, y, bias, first, last, n);
  }
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Conv *conv = call->prepared;
  Work work = { device, conv, call };

  cpu_parallel (device, conv->positions, 100000 / (conv->w.k * conv->w.n) + 1, 1, run_positions,
                &work);
  return TRUE;
}

static const CpuKernel conv_packed_kernels[] = {
  { TELAR_PRIM_CONV, "vector conv", supports, prepare, run },
};

CPU_FAMILY (conv_packed);
