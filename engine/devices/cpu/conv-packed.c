/* Convolutions of images channels last: the windows of some positions are laid side by side, as
 * rows, and multiplied with the packed weights while they are in the cache. A window of 1 x 1 needs
 * no laying. The weights are packed when the plan is made where they are constants, else in each
 * run. */
#include "engine/devices/cpu/conv-windows.h"
#include "engine/devices/cpu/epilogue.h"
#include "engine/devices/cpu/packed.h"

typedef struct {
  CpuConvShape shape;
  CpuEpilogue epilogue;
  CpuMatrix w;
  gsize positions; /* of the result, over all images */
  gsize rows;      /* of the windows that are laid at once */
  gboolean flat;   /* the image is the matrix of windows */
  gsize size;      /* floats of the packed weights */
  float *packed;   /* NULL where the weights are no constants */
} Conv;

typedef struct {
  const CpuDevice *device;
  const Conv *conv;
  const TelarCall *call;
  const float *packed;
  float *windows;
} Work;

/* Where the weights are no constants: positions for which packing them pays, channels of the result
 * that fill the panels of every instruction set, and channels of the image below which oneDNN was
 * measured to be faster. */
#define FEWEST_FRESH 256
#define FULL         32
#define LEAST_FRESH  64

#define APART 16 /* numbers between two windows, so that they do not share places of the cache */

static gboolean
suits_fresh (const CpuConvShape *s)
{
  return s->out % FULL == 0 && s->in >= LEAST_FRESH && s->batch * s->y[1] * s->y[2] >= FEWEST_FRESH;
}

static gboolean
supports (const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  CpuEpilogue epilogue;

  return cpu_all_types (site, TELAR_F32) && cpu_windows_suit (&shape) && shape.out >= 8 &&
         telar_shape_elements (types.y) > 0 && telar_shape_elements (types.x) > 0 &&
         (cpu_constant (site, 1) != NULL || suits_fresh (&shape)) &&
         cpu_epilogue_init (&epilogue, site, TRUE);
}

static gboolean
is_flat (const CpuConvShape *s)
{
  for (guint axis = 1; axis < 3; axis++)
    if (s->kernel[axis] != 1 || s->stride[axis] != 1 || s->low[axis] != 0 || s->high[axis] != 0)
      return FALSE;
  return TRUE;
}

typedef struct {
  const CpuDevice *device;
  const Conv *conv;
  const float *weights;
  float *packed;
} Packing;

/* From [out, in, height, width], tap by tap, which is the order in which windows are laid. */
static void
pack_panels (void *data, gsize begin, gsize end, guint piece)
{
  const Packing *p = data;
  const CpuConvShape *s = &p->conv->shape;
  gsize taps = (gsize)(s->kernel[1] * s->kernel[2]), in = (gsize)s->in, out = (gsize)s->out;
  gsize width = p->device->vector.panel;

  for (gsize panel = begin; panel < end; panel++) {
    gsize first = panel * width;
    float *to = p->packed + first * p->conv->w.k;
    for (gsize t = 0; t < taps; t++, to += in * width) {
      CpuMatrix tap = { p->weights + first * in * taps + t, in, MIN (out - first, width), taps,
                        in * taps };
      p->device->vector.pack (&tap, to);
    }
  }
}

static void
pack_weights (const CpuDevice *device, const Conv *conv, const float *weights, float *packed)
{
  Packing packing = { device, conv, weights, packed };
  gsize panel = device->vector.panel;

  cpu_parallel (device, (conv->w.n + panel - 1) / panel, 1, 1, pack_panels, &packing);
}

static void
conv_free (gpointer data)
{
  Conv *conv = data;

  g_free (conv->packed);
  g_free (conv);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  Conv *conv = g_new0 (Conv, 1);
  gsize floats;

  cpu_epilogue_init (&conv->epilogue, site, TRUE);
  conv->shape = shape;
  conv->w = (CpuMatrix){ .k = cpu_window_size (&shape), .n = (gsize)shape.out };
  conv->size = cpu_packed_size (site->device, &conv->w);
  conv->positions = (gsize)(shape.batch * shape.y[1] * shape.y[2]);
  conv->rows = MIN (cpu_packed_rows (conv->w.k), conv->positions);
  conv->flat = is_flat (&shape);
  floats = conv->flat ? 0 : site->device->base.threads * conv->rows * (conv->w.k + APART);
  if (cpu_constant (site, 1) != NULL) {
    conv->packed = g_new (float, conv->size);
    pack_weights (site->device, conv, cpu_constant (site, 1), conv->packed);
    prepared->packed = CPU_WEIGHTS;
  } else {
    floats += conv->size;
  }
  prepared->data = conv;
  prepared->free = conv_free;
  prepared->scratch = floats * sizeof (float);
  return TRUE;
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
  float *windows = work->windows + piece * conv->rows * stride;
  gsize parts = (end - begin + conv->rows - 1) / conv->rows;

  for (gsize i = 0; i < parts; i++) {
    gsize first = begin + (end - begin) * i / parts, last = begin + (end - begin) * (i + 1) / parts;
    CpuTile tile = { windows, stride, y + first * n, n };
    if (conv->flat)
      tile.a = x + first * conv->w.k, tile.a_stride = conv->w.k;
    for (gsize p = first; p < last && !conv->flat; p++)
      cpu_window_lay (&conv->shape, windows + (p - first) * stride, x, p);
    work->device->vector.multiply (&tile, &conv->w, work->packed, last - first);
    cpu_epilogue_rows (&conv->epilogue, y, bias, first, last, n);
  }
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Conv *conv = call->prepared;
  Work work = { device, conv, call, conv->packed, call->scratch };

  if (conv->packed == NULL) {
    pack_weights (device, conv, call->inputs[1].data, call->scratch);
    work.packed = call->scratch;
    work.windows += conv->size;
  }
  cpu_parallel (device, conv->positions, 100000 / (conv->w.k * conv->w.n) + 1, 1, run_positions,
                &work);
  return TRUE;
}

static const CpuKernel conv_packed_kernels[] = {
  { TELAR_PRIM_CONV, "vector conv", supports, prepare, run },
};

CPU_FAMILY (conv_packed);
