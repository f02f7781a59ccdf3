/* Convolutions of 3 x 3, step 1, and the gradients of their images, as Winograd's F(4 x 4, 3 x 3):
 * tiles of 4 x 4 results from 36 products instead of 144. Its error is a few times that of the sum
 * itself, far below 1e-4 of the largest result. The tiles of a block are transformed, multiplied
 * with each of the 36 matrices of weights and transformed back while they are in the cache. The
 * weights are transformed when the plan is made where they are constants, else in each run. */
#include "engine/devices/cpu/epilogue.h"
#include "engine/devices/cpu/packed.h"
#include "engine/devices/cpu/winograd.h"

#define POINTS CPU_WINOGRAD_POINTS
#define CACHED ((gsize)128 * 1024) /* floats of a block of tiles */
/* Tiles of a block at least, and where the weights do not stay in the cache themselves: so many
 * that reading them again for the next block is cheap. */
#define LEAST       18
#define LEAST_LARGE 96
#define LARGE       ((gsize)1024 * 1024) /* floats of all weights */
/* Tiles for which reading the weights, four times as many, pays; and making them so. */
#define FEWEST       8
#define FEWEST_FRESH 24

typedef struct {
  CpuTiles tiles; /* of the gradient: with image and result in each other's place */
  CpuEpilogue epilogue;
  CpuMatrix w;     /* of one point; its strides are those of the filters */
  gboolean turned; /* the last tap comes first */
  gsize matrix;    /* floats of one, packed */
  gsize block;
  float *packed; /* NULL where the weights are no constants */
} Conv;

typedef struct {
  const CpuDevice *device;
  const Conv *conv;
  const TelarCall *call;
  const float *weights;
  float *packed;
  float *scratch; /* behind the weights */
} Work;

/* The gradient of the image is a convolution of that of the result, with the filters turned round
 * and in and out exchanged. */
static gboolean
conv_init (Conv *conv, const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape s = cpu_conv_shape (site->instr, types.x, types.w, types.y), to = s;
  gboolean turned = site->instr->prim == TELAR_PRIM_CONV_INPUT_GRAD;
  gsize in = (gsize)s.in, out = (gsize)s.out;

  if (turned) {
    to.in = s.out, to.out = s.in;
    for (guint axis = 0; axis < 3; axis++) {
      to.x[axis] = s.y[axis], to.y[axis] = s.x[axis];
      to.low[axis] = s.kernel[axis] - 1 - s.low[axis];
    }
  }
  *conv = (Conv){ .turned = turned };
  conv->w =
      turned ? (CpuMatrix){ NULL, out, in, in * 9, 9 } : (CpuMatrix){ NULL, in, out, 9, in * 9 };
  conv->matrix = cpu_packed_size (site->device, &conv->w) + CPU_WINOGRAD_APART;
  return cpu_tiles_init (&conv->tiles, &to) && cpu_epilogue_init (&conv->epilogue, site, TRUE);
}

static gboolean
supports (const CpuSite *site)
{
  Conv conv;

  return cpu_all_types (site, TELAR_F32) && conv_init (&conv, site) &&
         conv.tiles.count >= (cpu_constant (site, 1) != NULL ? FEWEST : FEWEST_FRESH);
}

static void
pack_panels (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  CpuMatrix filters = conv->w;

  filters.data = work->weights;
  for (gsize panel = begin; panel < end; panel++)
    work->device->vector.winograd_weights (&filters, conv->turned, panel, work->packed,
                                           conv->matrix);
}

static void
pack_weights (Work *work)
{
  gsize panel = work->device->vector.panel;

  cpu_parallel (work->device, (work->conv->w.n + panel - 1) / panel, 1, 1, pack_panels, work);
}

static gsize
block_of (const Conv *conv)
{
  gsize fit = CACHED / (POINTS * (conv->w.k + conv->w.n)) / 6 * 6;
  gsize least = POINTS * conv->matrix > LARGE ? LEAST_LARGE : LEAST;

  return MIN (MAX (fit, least), conv->tiles.count);
}

static gsize
block_size (const Conv *conv, gint64 channels)
{
  return POINTS * (conv->block * (gsize)channels + CPU_WINOGRAD_APART);
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
  Conv *conv = g_new (Conv, 1);
  gsize floats = 0;

  conv_init (conv, site);
  conv->block = block_of (conv);
  if (cpu_constant (site, 1) != NULL) {
    conv->packed = g_new (float, POINTS * conv->matrix);
    pack_weights (&(Work){ .device = site->device,
                           .conv = conv,
                           .weights = cpu_constant (site, 1),
                           .packed = conv->packed });
    prepared->packed = CPU_WEIGHTS;
  } else {
    floats = POINTS * conv->matrix;
  }
  floats += site->device->base.threads *
            (block_size (conv, conv->tiles.shape.in) + block_size (conv, conv->tiles.shape.out));
  prepared->data = conv;
  prepared->free = conv_free;
  prepared->scratch = floats * sizeof (float);
  return TRUE;
}

/* --- tiles -------------------------------------------------------------------------------------
 */

static void
load_tile (const Work *work, gsize tile, float *v, gsize apart)
{
  CpuWinograd w = { .panel = work->device->vector.panel };
  gint64 first = cpu_tiles_image (&work->conv->tiles, tile, &w);

  work->device->vector.winograd_in (&w, (const float *)work->call->inputs[0].data + first, v,
                                    apart);
}

static void
store_tile (const Work *work, gsize tile, const float *m, gsize apart)
{
  const CpuConvShape *s = &work->conv->tiles.shape;
  const TelarCall *call = work->call;
  CpuWinograd w;
  gint64 first = cpu_tiles_result (&work->conv->tiles, tile, &w);
  float *y = call->outputs[0].data;

  work->device->vector.winograd_out (&w, m, apart, y + first);
  for (gsize i = 0; i < w.bottom; i++) {
    gsize line = (gsize)(first / s->out + (gint64)i * s->y[2]);
    cpu_epilogue_rows (&work->conv->epilogue, y, cpu_bias (call), line, line + w.right, w.channels);
  }
}

static void
run_tiles (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  gsize in = conv->w.k, out = conv->w.n;
  gsize v_size = block_size (conv, (gint64)in), m_size = block_size (conv, (gint64)out);
  float *v = work->scratch + piece * (v_size + m_size), *m = v + v_size;
  gsize v_apart = v_size / POINTS, m_apart = m_size / POINTS;

  for (gsize first = begin; first < end; first += conv->block) {
    gsize n = MIN (end - first, conv->block);
    for (gsize t = 0; t < n; t++)
      load_tile (work, first + t, v + t * in, v_apart);
    for (gsize p = 0; p < POINTS; p++) {
      CpuTile tile = { v + p * v_apart, in, m + p * m_apart, out };
      work->device->vector.multiply (&tile, &conv->w, work->packed + p * conv->matrix, n);
    }
    for (gsize t = 0; t < n; t++)
      store_tile (work, first + t, m + t * out, m_apart);
  }
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Conv *conv = call->prepared;
  Work work = { .device = device,
                .conv = conv,
                .call = call,
                .weights = call->inputs[1].data,
                .packed = conv->packed,
                .scratch = call->scratch };

  if (conv->packed == NULL) {
    work.packed = call->scratch;
    work.scratch = work.packed + POINTS * conv->matrix;
    pack_weights (&work);
  }
  cpu_parallel (device, conv->tiles.count, 2, 1, run_tiles, &work);
  return TRUE;
}

static const CpuKernel conv_winograd_kernels[] = {
  { TELAR_PRIM_CONV, "winograd conv", supports, prepare, run },
  { TELAR_PRIM_CONV_INPUT_GRAD, "winograd conv", supports, prepare, run },
};

CPU_FAMILY (conv_winograd);
