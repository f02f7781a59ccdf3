/* The gradient of the weights of a convolution of 3 x 3, step 1: Winograd's F(4 x 4, 3 x 3) seen
 * from its weights. With V = Bᵀ x B and M = A dy Aᵀ of every tile, dU = sum over the tiles of
 * Vᵀ · M at each of the 36 points, and dw = Gᵀ dU G. The tiles of a block are transformed into
 * panels and multiplied; what a block gives is added to what those before gave, so a sum has about
 * as many terms in a row as a block has tiles. */
#include "engine/devices/cpu/winograd.h"

#define POINTS CPU_WINOGRAD_POINTS
#define CACHED                                                                                     \
  ((gsize)1024 * 1024) /* floats of a block of tiles: they are read again and again                \
                        */
#define LEAST  64      /* tiles for which adding to all sums pays */
#define MOST   192     /* two panels of these stay in the first cache */
#define FEWEST 24      /* tiles for which transforming the sums pays */

typedef struct {
  CpuTiles tiles;
  gsize in, out;               /* panels */
  gsize block;                 /* tiles */
  gsize v_apart, m_apart, sum; /* floats from point to point: of V, of M, of the sums */
} Conv;

typedef struct {
  const CpuDevice *device;
  const Conv *conv;
  const TelarCall *call;
  float *v, *m, *sums;
  gsize first, n; /* tiles of this block */
} Work;

static void
conv_init (Conv *conv, const CpuSite *site)
{
  const CpuConvShape *s = &conv->tiles.shape;
  gsize panel = site->device->vector.panel, in = (gsize)s->in, out = (gsize)s->out;
  gsize fit = CACHED / (POINTS * (in + out)), blocks;

  conv->in = (in + panel - 1) / panel;
  conv->out = (out + panel - 1) / panel;
  blocks = conv->tiles.count / CLAMP (fit, LEAST, MOST) + 1;
  conv->block = (conv->tiles.count + blocks - 1) / blocks;
  conv->v_apart = conv->in * conv->block * panel + CPU_WINOGRAD_APART;
  conv->m_apart = conv->out * conv->block * panel + CPU_WINOGRAD_APART;
  conv->sum = conv->out * in * panel + CPU_WINOGRAD_APART;
}

static gboolean
supports (const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  CpuTiles tiles;

  return cpu_all_types (site, TELAR_F32) && cpu_tiles_init (&tiles, &shape) &&
         tiles.count >= FEWEST;
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  Conv *conv = g_new (Conv, 1);

  cpu_tiles_init (&conv->tiles, &shape);
  conv_init (conv, site);
  prepared->data = conv;
  prepared->free = g_free;
  prepared->scratch = POINTS * (conv->v_apart + conv->m_apart + conv->sum) * sizeof (float);
  return TRUE;
}

/* A tile is a row of every panel. */
static void
transform_tiles (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  const CpuVector *vector = &work->device->vector;
  const float *x = work->call->inputs[0].data, *dy = work->call->inputs[1].data;
  CpuWinograd w = { .panel = conv->block * vector->panel };

  for (gsize t = begin; t < end; t++) {
    gint64 at = cpu_tiles_image (&conv->tiles, work->first + t, &w);
    vector->winograd_in (&w, x + at, work->v + t * vector->panel, conv->v_apart);
    at = cpu_tiles_result (&conv->tiles, work->first + t, &w);
    vector->winograd_out_grad (&w, dy + at, work->m + t * vector->panel, conv->m_apart);
  }
}

/* Items are the panels of M of all points. */
static void
multiply_panels (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  gsize in = (gsize)conv->tiles.shape.in, panel = work->device->vector.panel;
  gsize size = conv->block * panel;

  for (gsize item = begin; item < end; item++) {
    gsize p = item / conv->out, column = item % conv->out;
    const float *m = work->m + p * conv->m_apart + column * size;
    float *sums = work->sums + p * conv->sum + column * in * panel;
    for (gsize i = 0; i < conv->in; i++)
      work->device->vector.multiply_panels (work->v + p * conv->v_apart + i * size, m,
                                            sums + i * panel * panel, work->n,
                                            MIN (in - i * panel, panel), work->first > 0);
  }
}

static void
transform_sums (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  gsize in = (gsize)conv->tiles.shape.in, out = (gsize)conv->tiles.shape.out;
  CpuMatrix filters = { NULL, in, out, 9, in * 9 };

  for (gsize panel = begin; panel < end; panel++)
    work->device->vector.winograd_weights_grad (&filters, panel, work->sums, conv->sum,
                                                work->call->outputs[0].data);
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Conv *conv = call->prepared;
  Work work = { .device = device, .conv = conv, .call = call, .v = call->scratch };

  work.m = work.v + POINTS * conv->v_apart;
  work.sums = work.m + POINTS * conv->m_apart;
  for (; work.first < conv->tiles.count; work.first += conv->block) {
    work.n = MIN (conv->tiles.count - work.first, conv->block);
    cpu_parallel (device, work.n, 2, 1, transform_tiles, &work);
    cpu_parallel (device, POINTS * conv->out, 1, 1, multiply_panels, &work);
  }
  cpu_parallel (device, conv->out, 1, 1, transform_sums, &work);
  return TRUE;
}

static const CpuKernel conv_winograd_grad_kernels[] = {
  { TELAR_PRIM_CONV_WEIGHT_GRAD, "winograd conv", supports, prepare, run },
};

CPU_FAMILY (conv_winograd_grad);
