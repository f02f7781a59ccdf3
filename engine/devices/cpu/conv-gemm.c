/* Convolutions as matrix products, for builds without oneDNN: the windows
 * of an image become rows of a matrix [positions, in / groups · taps], in the order of the weights.
 * Images are spread over threads; the gradient of the weights is one partial sum per thread, added
 * in order. */
#include "engine/devices/cpu/conv-shape.h"
#include "engine/devices/cpu/epilogue.h"

#include <cblas.h>
#include <string.h>

typedef struct {
  CpuConvShape shape;
  CpuEpilogue epilogue;
  TelarPrim prim;
  gsize positions, taps, depth; /* of y; of the kernel; columns of the matrix */
  gsize weights;                /* elements of all weights */
  gint64 x_strides[5], y_strides[5];
} Plan;

typedef struct {
  const Plan *plan;
  const TelarCall *call;
  const float *x, *w, *y;
  float *result;
} Work;

static Plan
plan_of (const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);
  Plan p = { .shape = cpu_conv_shape (site->instr, types.x, types.w, types.y),
             .prim = site->instr->prim };
  const CpuConvShape *s = &p.shape;

  p.positions = (gsize)(s->y[0] * s->y[1] * s->y[2]);
  p.taps = (gsize)(s->kernel[0] * s->kernel[1] * s->kernel[2]);
  p.depth = (gsize)(s->in / s->groups) * p.taps;
  p.weights = telar_shape_elements (types.w);
  cpu_image_strides (s, s->in, s->x, p.x_strides);
  cpu_image_strides (s, s->out, s->y, p.y_strides);
  return p;
}

/* --- windows to rows and back ----------------------------------------------------------------- */

/* Where tap @tap of position @position lies in its channel; -1 in the padding. */
static gint64
tap_at (const Plan *p, gsize position, gsize tap)
{
  const CpuConvShape *s = &p->shape;
  gint64 offset = 0;

  for (guint a = 3; a-- > 0;) {
    gint64 at = (gint64)(position % (gsize)s->y[a]) * s->stride[a] - s->low[a] +
                (gint64)(tap % (gsize)s->kernel[a]) * s->dilation[a];
    position /= (gsize)s->y[a];
    tap /= (gsize)s->kernel[a];
    if (at < 0 || at >= s->x[a])
      return -1;
    offset += at * p->x_strides[2 + a];
  }
  return offset;
}

/* One group of one image, from @image on: into the matrix, or added back out of it. */
static void
gather_windows (const Plan *p, float *matrix, const float *image)
{
  gsize channels = (gsize)(p->shape.in / p->shape.groups);

  for (gsize position = 0; position < p->positions; position++)
    for (gsize tap = 0; tap < p->taps; tap++) {
      gint64 at = tap_at (p, position, tap);
      float *row = matrix + position * p->depth + tap;
      for (gsize c = 0; c < channels; c++)
        row[c * p->taps] = at < 0 ? 0.0f : image[at + (gint64)c * p->x_strides[1]];
    }
}

static void
scatter_windows (const Plan *p, const float *matrix, float *image)
{
  gsize channels = (gsize)(p->shape.in / p->shape.groups);

  for (gsize position = 0; position < p->positions; position++)
    for (gsize tap = 0; tap < p->taps; tap++) {
      gint64 at = tap_at (p, position, tap);
      const float *row = matrix + position * p->depth + tap;
      for (gsize c = 0; at >= 0 && c < channels; c++)
        image[at + (gint64)c * p->x_strides[1]] += row[c * p->taps];
    }
}

/* --- products --------------------------------------------------------------------------------- */

/* y of one group is [positions, out] channels last and [out, positions] channels first; @y_wide
 * tells how far its rows lie apart. */
typedef struct {
  gboolean last;
  int positions, out, depth, y_wide;
} Sizes;

static Sizes
sizes_of (const Plan *p)
{
  const CpuConvShape *s = &p->shape;

  return (Sizes){ .last = s->channels_last,
                  .positions = (int)p->positions,
                  .out = (int)(s->out / s->groups),
                  .depth = (int)p->depth,
                  .y_wide = s->channels_last ? (int)s->out : (int)p->positions };
}

static void
multiply_forward (const Sizes *s, const float *matrix, const float *w, float *y)
{
  if (s->last)
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, s->positions, s->out, s->depth, 1.0f,
                 matrix, s->depth, w, s->depth, 0.0f, y, s->y_wide);
  else
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, s->out, s->positions, s->depth, 1.0f, w,
                 s->depth, matrix, s->depth, 0.0f, y, s->y_wide);
}

static void
multiply_data (const Sizes *s, const float *y, const float *w, float *matrix)
{
  cblas_sgemm (CblasRowMajor, s->last ? CblasNoTrans : CblasTrans, CblasNoTrans, s->positions,
               s->depth, s->out, 1.0f, y, s->y_wide, w, s->depth, 0.0f, matrix, s->depth);
}

static void
multiply_weights (const Sizes *s, const float *y, const float *matrix, float *w)
{
  cblas_sgemm (CblasRowMajor, s->last ? CblasTrans : CblasNoTrans, CblasNoTrans, s->out, s->depth,
               s->positions, 1.0f, y, s->y_wide, matrix, s->depth, 1.0f, w, s->depth);
}

/* --- images ----------------------------------------------------------------------------------- */

static void
finish_image (const Work *work, gsize image)
{
  const Plan *p = work->plan;
  const float *bias = cpu_bias (work->call);
  gsize channels = (gsize)p->shape.out;
  float *y = work->result + (gint64)image * p->y_strides[0];

  if (p->shape.channels_last) {
    cpu_epilogue_rows (&p->epilogue, y, bias, 0, p->positions, channels);
    return;
  }
  for (gsize c = 0; c < channels; c++) {
    float *plane = y + c * p->positions;
    for (gsize i = 0; bias != NULL && i < p->positions; i++)
      plane[i] += bias[c];
    cpu_epilogue_rows (&p->epilogue, plane, NULL, 0, 1, p->positions);
  }
}

static void
do_group (const Work *work, gsize image, gint64 group, float *matrix, float *weights)
{
  const Plan *p = work->plan;
  const CpuConvShape *s = &p->shape;
  Sizes sizes = sizes_of (p);
  gint64 x = (gint64)image * p->x_strides[0] + group * (s->in / s->groups) * p->x_strides[1];
  gint64 y = (gint64)image * p->y_strides[0] + group * (s->out / s->groups) * p->y_strides[1];
  gsize w = (gsize)group * (p->weights / (gsize)s->groups);

  if (p->prim == TELAR_PRIM_CONV) {
    gather_windows (p, matrix, work->x + x);
    multiply_forward (&sizes, matrix, work->w + w, work->result + y);
  } else if (p->prim == TELAR_PRIM_CONV_INPUT_GRAD) {
    multiply_data (&sizes, work->y + y, work->w + w, matrix);
    scatter_windows (p, matrix, work->result + x);
  } else {
    gather_windows (p, matrix, work->x + x);
    multiply_weights (&sizes, work->y + y, matrix, weights + w);
  }
}

static gsize
matrix_floats (const Plan *p)
{
  return (p->positions * p->depth + 15) / 16 * 16;
}

static void
run_images (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Plan *p = work->plan;
  gboolean to_weights = p->prim == TELAR_PRIM_CONV_WEIGHT_GRAD;
  gsize room = matrix_floats (p) + p->weights;
  float *matrix = (float *)work->call->scratch + piece * room;
  float *weights = matrix + matrix_floats (p);

  if (to_weights)
    memset (weights, 0, p->weights * sizeof (float));
  for (gsize image = begin; image < end; image++) {
    for (gint64 group = 0; group < p->shape.groups; group++)
      do_group (work, image, group, matrix, weights);
    if (p->prim == TELAR_PRIM_CONV)
      finish_image (work, image);
  }
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Plan *p = call->prepared;
  const float *first = call->inputs[0].data, *second = call->inputs[1].data;
  gsize room = matrix_floats (p) + p->weights, images = (gsize)p->shape.batch;
  Work work = { .plan = p, .call = call, .result = call->outputs[0].data };

  work.x = first;
  work.w = second;
  work.y = p->prim == TELAR_PRIM_CONV_INPUT_GRAD ? first : second;
  if (p->prim != TELAR_PRIM_CONV)
    memset (work.result, 0, telar_shape_elements (&call->outputs[0].type.shape) * sizeof (float));
  cpu_parallel (device, images, 1, 1, run_images, &work);
  if (p->prim == TELAR_PRIM_CONV_WEIGHT_GRAD)
    for (guint piece = 0; piece < cpu_pieces (device, images, 1); piece++)
      device->vector.fold[CPU_SUM](
          work.result, (float *)call->scratch + piece * room + matrix_floats (p), 1, p->weights);
  return TRUE;
}

static gboolean
supports (const CpuSite *site)
{
  CpuEpilogue epilogue;

  return cpu_all_types (site, TELAR_F32) && telar_shape_elements (&site->inputs[0].shape) > 0 &&
         telar_shape_elements (&site->inputs[1].shape) > 0 &&
         telar_shape_elements (&site->outputs[0].shape) > 0 &&
         cpu_epilogue_init (&epilogue, site, TRUE);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  Plan *plan = g_new (Plan, 1);

  *plan = plan_of (site);
  cpu_epilogue_init (&plan->epilogue, site, TRUE);
  prepared->data = plan;
  prepared->free = g_free;
  prepared->scratch =
      site->device->base.threads * (matrix_floats (plan) + plan->weights) * sizeof (float);
  openblas_set_num_threads (1);
  return TRUE;
}

static const CpuKernel conv_gemm_kernels[] = {
  { TELAR_PRIM_CONV, "im2col gemm", supports, prepare, run },
  { TELAR_PRIM_CONV_INPUT_GRAD, "im2col gemm", supports, prepare, run },
  { TELAR_PRIM_CONV_WEIGHT_GRAD, "im2col gemm", supports, prepare, run },
};

CPU_FAMILY (conv_gemm);
