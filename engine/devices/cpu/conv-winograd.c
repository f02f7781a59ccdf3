/* Convolutions of 3 x 3, step 1, as Winograd's F(4 x 4, 3 x 3): tiles of 4 x 4 results from 36
 * products instead of 144. Its error is a few times that of the sum itself, far below 1e-4 of the
 * largest result. The tiles of a block are transformed, multiplied with each of the 36 matrices of
 * weights and transformed back while they are in the cache. */
#include "engine/devices/cpu/conv-shape.h"
#include "engine/devices/cpu/epilogue.h"
#include "engine/devices/cpu/packed.h"

#define IN     6
#define OUT    4
#define POINTS (IN * IN)
#define LANES  16 /* channels come in such numbers: the registers of every instruction set */
#define APART  16
#define CACHED ((gsize)128 * 1024) /* floats of a block of tiles */
#define FEWEST 8 /* tiles for which reading the weights, four times as many, pays */

typedef struct {
  CpuConvShape shape;
  CpuEpilogue epilogue;
  CpuMatrix w;               /* of one point */
  gsize matrix;              /* floats of one, packed */
  gsize across, down, tiles; /* tiles of a line, of a column, of all images */
  gsize block;
  float packed[];
} Conv;

typedef struct {
  const CpuDevice *device;
  const Conv *conv;
  const TelarCall *call;
} Work;

static gsize
count_tiles (const CpuConvShape *s)
{
  return (gsize)(s->batch * ((s->y[1] + OUT - 1) / OUT) * ((s->y[2] + OUT - 1) / OUT));
}

static gboolean
supports (const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape s = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  CpuEpilogue epilogue;

  if (!cpu_all_types (site, TELAR_F32) || !s.channels_last || s.n_spatial != 2 || s.groups != 1 ||
      cpu_constant (site, 1) == NULL)
    return FALSE;
  for (guint axis = 1; axis < 3; axis++)
    if (s.kernel[axis] != 3 || s.stride[axis] != 1 || s.dilation[axis] != 1)
      return FALSE;
  return s.in % LANES == 0 && s.out % LANES == 0 && s.in >= 32 && s.out >= 32 &&
         count_tiles (&s) >= FEWEST && cpu_epilogue_init (&epilogue, site, TRUE);
}

/* G g Gᵀ of one filter and channel, into @u [36] at @step. */
static void
transform_weights (const float *g, float *u, gsize step)
{
  static const double G[IN][3] = {
    { 1.0 / 4, 0, 0 },
    { -1.0 / 6, -1.0 / 6, -1.0 / 6 },
    { -1.0 / 6, 1.0 / 6, -1.0 / 6 },
    { 1.0 / 24, 1.0 / 12, 1.0 / 6 },
    { 1.0 / 24, -1.0 / 12, 1.0 / 6 },
    { 0, 0, 1 },
  };
  double half[IN][3];

  for (guint i = 0; i < IN; i++)
    for (guint j = 0; j < 3; j++)
      half[i][j] = G[i][0] * g[j] + G[i][1] * g[3 + j] + G[i][2] * g[6 + j];
  for (guint i = 0; i < IN; i++)
    for (guint j = 0; j < IN; j++)
      u[(i * IN + j) * step] =
          (float)(half[i][0] * G[j][0] + half[i][1] * G[j][1] + half[i][2] * G[j][2]);
}

static void
pack_weights (const CpuDevice *device, Conv *conv, const float *w)
{
  gsize in = (gsize)conv->shape.in, out = (gsize)conv->shape.out;
  g_autofree float *u = g_new (float, POINTS *in *out);

  for (gsize o = 0; o < out; o++)
    for (gsize c = 0; c < in; c++)
      transform_weights (w + (o * in + c) * 9, u + c * out + o, in * out);
  for (gsize p = 0; p < POINTS; p++) {
    CpuMatrix matrix = { u + p * in * out, in, out, out, 1 };
    device->vector.pack (&matrix, conv->packed + p * conv->matrix);
  }
}

static gsize
block_of (const CpuConvShape *s, gsize tiles)
{
  gsize fit = CACHED / (POINTS * (gsize)(s->in + s->out)) / 6 * 6;

  return MIN (MAX (fit, 18), tiles);
}

static gsize
block_size (const Conv *conv, gint64 channels)
{
  return POINTS * (conv->block * (gsize)channels + APART);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  CpuMatrix w = { NULL, (gsize)shape.in, (gsize)shape.out, (gsize)shape.out, 1 };
  gsize matrix = cpu_packed_size (site->device, &w);
  Conv *conv = g_malloc0 (sizeof *conv + POINTS * matrix * sizeof (float));

  cpu_epilogue_init (&conv->epilogue, site, TRUE);
  conv->shape = shape;
  conv->w = w;
  conv->matrix = matrix;
  conv->down = (gsize)((shape.y[1] + OUT - 1) / OUT);
  conv->across = (gsize)((shape.y[2] + OUT - 1) / OUT);
  conv->tiles = count_tiles (&shape);
  conv->block = block_of (&shape, conv->tiles);
  pack_weights (site->device, conv, cpu_constant (site, 1));
  prepared->data = conv;
  prepared->free = g_free;
  prepared->scratch = site->device->base.threads *
                      (block_size (conv, shape.in) + block_size (conv, shape.out)) * sizeof (float);
  return TRUE;
}

/* --- tiles -------------------------------------------------------------------------------------
 */

typedef struct {
  gint64 image, row, column; /* of the first result */
} Place;

static Place
place_of (const Conv *conv, gsize tile)
{
  gsize rest = tile / conv->across;

  return (Place){ (gint64)(rest / conv->down), (gint64)(rest % conv->down) * OUT,
                  (gint64)(tile % conv->across) * OUT };
}

static void
load_tile (const Work *work, gsize tile, float *v, gsize apart)
{
  const CpuConvShape *s = &work->conv->shape;
  Place at = place_of (work->conv, tile);
  gint64 top = at.row - s->low[1], left = at.column - s->low[2];
  CpuWinograd w = {
    .channels = (gsize)s->in,
    .line = (gsize)(s->x[2] * s->in),
    .top = (gsize)CLAMP (-top, 0, IN),
    .bottom = (gsize)CLAMP (s->x[1] - top, 0, IN),
    .left = (gsize)CLAMP (-left, 0, IN),
    .right = (gsize)CLAMP (s->x[2] - left, 0, IN),
  };
  const float *x = work->call->inputs[0].data;

  work->device->vector.winograd_in (&w, x + ((at.image * s->x[1] + top) * s->x[2] + left) * s->in,
                                    v, apart);
}

static void
store_tile (const Work *work, gsize tile, const float *m, gsize apart)
{
  const CpuConvShape *s = &work->conv->shape;
  const TelarCall *call = work->call;
  Place at = place_of (work->conv, tile);
  gint64 first = (at.image * s->y[1] + at.row) * s->y[2] + at.column; /* position of the result */
  CpuWinograd w = { .channels = (gsize)s->out,
                    .line = (gsize)(s->y[2] * s->out),
                    .bottom = (gsize)MIN (s->y[1] - at.row, OUT),
                    .right = (gsize)MIN (s->y[2] - at.column, OUT) };
  float *y = call->outputs[0].data;

  work->device->vector.winograd_out (&w, m, apart, y + first * s->out);
  for (gsize i = 0; i < w.bottom; i++) {
    gsize line = (gsize)(first + (gint64)i * s->y[2]);
    cpu_epilogue_rows (&work->conv->epilogue, y, cpu_bias (call), line, line + w.right, w.channels);
  }
}

static void
run_tiles (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Conv *conv = work->conv;
  gsize in = conv->w.k, out = conv->w.n;
  gsize v_size = block_size (conv, conv->shape.in), m_size = block_size (conv, conv->shape.out);
  float *v = (float *)work->call->scratch + piece * (v_size + m_size), *m = v + v_size;
  gsize v_apart = v_size / POINTS, m_apart = m_size / POINTS;

  for (gsize first = begin; first < end; first += conv->block) {
    gsize n = MIN (end - first, conv->block);
    for (gsize t = 0; t < n; t++)
      load_tile (work, first + t, v + t * in, v_apart);
    for (gsize p = 0; p < POINTS; p++) {
      CpuTile tile = { v + p * v_apart, in, m + p * m_apart, out };
      work->device->vector.multiply (&tile, &conv->w, conv->packed + p * conv->matrix, n);
    }
    for (gsize t = 0; t < n; t++)
      store_tile (work, first + t, m + t * out, m_apart);
  }
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Conv *conv = call->prepared;
  Work work = { device, conv, call };

  cpu_parallel (device, conv->tiles, 2, 1, run_tiles, &work);
  return TRUE;
}

static const CpuKernel conv_winograd_kernels[] = {
  { TELAR_PRIM_CONV, "winograd conv", supports, prepare, run },
};

CPU_FAMILY (conv_winograd);
