/* The gradient of the weights of convolutions of images channels last: with the windows of the
 * image as rows, dw = windowsᵀ · dy. Each thread takes some positions, lays a block of them and of
 * dy into panels and adds their product to sums of its own; at the end these are added up in order.
 */
#include "engine/devices/cpu/conv-windows.h"

#include <string.h>

#define BLOCK  192 /* positions: two panels of these stay in the first cache */
#define FEWEST 256 /* positions for which bringing the sums in order pays */
#define FULL   32  /* channels of the result come in such numbers, which fill every panel */

/* Channels of the image between which oneDNN was measured to be faster. */
#define COLOURS 3
#define MANY    64

typedef struct {
  CpuConvShape shape;
  gsize positions, window; /* window: floats of one */
  gsize in, out;           /* panels */
  gsize sums;              /* floats of one thread's */
  gsize room;              /* floats of one thread's row, panels and sums */
} Conv;

typedef struct {
  const CpuDevice *device;
  const Conv *conv;
  const TelarCall *call;
  guint pieces;
} Work;

static gboolean
supports (const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape s = cpu_conv_shape (site->instr, types.x, types.w, types.y);

  return cpu_all_types (site, TELAR_F32) && cpu_windows_suit (&s) && s.out % FULL == 0 &&
         (s.in <= COLOURS || s.in >= MANY) && telar_shape_elements (types.x) > 0 &&
         s.batch * s.y[1] * s.y[2] >= FEWEST;
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuConvTypes types = cpu_conv_types (site);
  Conv *conv = g_new (Conv, 1);
  gsize panel = site->device->vector.panel;

  conv->shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  conv->positions = (gsize)(conv->shape.batch * conv->shape.y[1] * conv->shape.y[2]);
  conv->window = cpu_window_size (&conv->shape);
  conv->in = (conv->window + panel - 1) / panel;
  conv->out = (gsize)conv->shape.out / panel;
  conv->sums = conv->out * conv->window * panel;
  conv->room = (conv->in + (conv->in + conv->out) * BLOCK) * panel + conv->sums;
  prepared->data = conv;
  prepared->free = g_free;
  prepared->scratch = site->device->base.threads * conv->room * sizeof (float);
  return TRUE;
}

static float *
sums_of (const Work *work, guint piece)
{
  return (float *)work->call->scratch + (piece + 1) * work->conv->room - work->conv->sums;
}

/* A row as one row of every panel, each BLOCK rows behind the one before. */
static void
spread (float *panels, const float *row, gsize n, gsize panel)
{
  for (gsize i = 0; i < n; i++)
    memcpy (panels + i * BLOCK * panel, row + i * panel, panel * sizeof *row);
}

static void
add_block (const Work *work, const float *windows, const float *dy, gsize n, float *sums,
           gboolean add)
{
  const Conv *conv = work->conv;
  gsize panel = work->device->vector.panel, size = BLOCK * panel;

  for (gsize o = 0; o < conv->out; o++)
    for (gsize i = 0; i < conv->in; i++)
      work->device->vector.multiply_panels (windows + i * size, dy + o * size,
                                            sums + (o * conv->window + i * panel) * panel, n,
                                            MIN (conv->window - i * panel, panel), add);
}

static void
add_positions (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  const float *x = work->call->inputs[0].data, *dy = work->call->inputs[1].data;
  gsize panel = work->device->vector.panel, out = (gsize)conv->shape.out;
  float *row = (float *)work->call->scratch + piece * conv->room;
  float *windows = row + conv->in * panel, *results = windows + conv->in * BLOCK * panel;

  memset (row, 0, conv->in * panel * sizeof *row);
  for (gsize first = begin; first < end; first += BLOCK) {
    gsize n = MIN (end - first, BLOCK);
    for (gsize p = 0; p < n; p++) {
      cpu_window_lay (&conv->shape, row, x, first + p);
      spread (windows + p * panel, row, conv->in, panel);
      spread (results + p * panel, dy + (first + p) * out, conv->out, panel);
    }
    add_block (work, windows, results, n, sums_of (work, piece), first > begin);
  }
}

/* Items are the panels of the result's channels: [tap, in, panel] becomes [panel, in, tap]. */
static void
collect (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  gsize panel = work->device->vector.panel, in = (gsize)conv->shape.in, taps = conv->window / in;

  for (gsize o = begin; o < end; o++) {
    gsize at = o * conv->window * panel;
    float *total = sums_of (work, 0) + at, *dw = (float *)work->call->outputs[0].data + at;
    for (guint p = 1; p < work->pieces; p++)
      work->device->vector.fold[CPU_SUM](total, sums_of (work, p) + at, 1, conv->window * panel);
    for (gsize c = 0; c < in; c++)
      for (gsize t = 0; t < taps; t++)
        for (gsize k = 0; k < panel; k++)
          dw[(k * in + c) * taps + t] = total[(t * in + c) * panel + k];
  }
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Conv *conv = call->prepared;
  Work work = { device, conv, call, cpu_pieces (device, conv->positions, BLOCK) };

  cpu_parallel (device, conv->positions, BLOCK, 1, add_positions, &work);
  cpu_parallel (device, conv->out, 1, 1, collect, &work);
  return TRUE;
}

static const CpuKernel conv_windows_grad_kernels[] = {
  { TELAR_PRIM_CONV_WEIGHT_GRAD, "vector conv", supports, prepare, run },
};

CPU_FAMILY (conv_windows_grad);
