/* Batch normalisation. An image channels last is walked in rows of several pixels, so that even
 * twelve channels fill the vector registers; channels first, each plane is one row. Sums are made
 * of pieces whose borders depend on the shape and the threads alone. */
#include "engine/devices/cpu/cpu.h"

#include <math.h>
#include <string.h>

/* Floats of a row of pixels, at least; and rows that one thread folds at a time. */
#define ROW_FLOATS  ((gsize)256)
#define PIECE_ROWS  ((gsize)64)
#define PLANE_GRAIN ((gsize)16384)

/* x as [outer, channels, inner]; inner is 1 where channels come last. */
typedef struct {
  const CpuDevice *device;
  const TelarCall *call;
  gsize outer, channels, inner, per_channel;
  float epsilon;
  /* Channels last: pixels in a row, floats of a row, whole rows, pieces of the sums. */
  gsize pixels, width, rows, pieces;
} Norm;

static Norm
norm_of (const TelarInstr *instr, const TelarShape *shape)
{
  gboolean last = telar_instr_int (instr, TELAR_ATTR_LAYOUT, 0) != 0;
  CpuLanes lanes = cpu_lanes (shape, last ? shape->rank - 1 : 1, 1);
  Norm norm = {
    .outer = lanes.outer,
    .channels = lanes.length,
    .inner = lanes.inner,
    .per_channel = lanes.outer * lanes.inner,
    .epsilon = (float)telar_instr_real (instr, TELAR_ATTR_EPSILON, 1e-5),
  };

  norm.pixels = MAX (ROW_FLOATS / MAX (norm.channels, 1), 1);
  norm.width = norm.pixels * norm.channels;
  norm.rows = (norm.outer + norm.pixels - 1) / norm.pixels;
  norm.pieces = MIN ((norm.rows + PIECE_ROWS - 1) / PIECE_ROWS, 64);
  return norm;
}

/* Scratch in floats: two rows of partial sums per piece, four rows for what is spread. */
static gsize
scratch_floats (const Norm *norm)
{
  return norm->inner == 1 ? (2 * norm->pieces + 4) * norm->width : 2 * norm->outer * norm->channels;
}

/* Repeats a value per channel over a row of pixels. */
static void
spread (const Norm *norm, float *row, const float *values)
{
  for (gsize p = 0; p < norm->pixels; p++)
    memcpy (row + p * norm->channels, values, norm->channels * sizeof (float));
}

/* --- sums per channel ------------------------------------------------------------------------- */

/* What is summed: x; (x - mean)²; or dy and dy · (x - mean). */
typedef enum { SUM_VALUES, SUM_SQUARES, SUM_GRADIENT } SumKind;

typedef struct {
  const Norm *norm;
  SumKind kind;
  const float *x, *dy, *mean; /* channels last: the mean is spread over a row */
  float *first, *second;      /* partial sums */
} Sums;

/* Whole rows and what is left of the last one. */
static void
fold (const Sums *s, float *first, float *second, gsize row, gsize rows, gsize width)
{
  const CpuVector *v = &s->norm->device->vector;
  const float *x = s->x + row * s->norm->width;

  if (s->kind == SUM_VALUES) {
    v->fold[CPU_SUM](first, x, rows, width);
  } else if (s->kind == SUM_SQUARES) {
    v->fold_squares (first, x, s->mean, rows, width);
  } else {
    const float *dy = s->dy + row * s->norm->width;
    v->fold[CPU_SUM](first, dy, rows, width);
    v->fold_product (second, dy, x, s->mean, rows, width);
  }
}

static void
sum_pieces (void *data, gsize begin, gsize end, guint piece)
{
  const Sums *s = data;
  const Norm *n = s->norm;
  gsize whole = n->outer / n->pixels, rest = n->outer % n->pixels * n->channels;

  for (gsize p = begin; p < end; p++) {
    float *first = s->first + p * n->width, *second = s->second + p * n->width;
    gsize from = n->rows * p / n->pieces, to = n->rows * (p + 1) / n->pieces;

    memset (first, 0, n->width * sizeof (float));
    memset (second, 0, n->width * sizeof (float));
    fold (s, first, second, from, MIN (to, whole) - MIN (from, whole), n->width);
    if (to > whole && rest > 0)
      fold (s, first, second, whole, 1, rest);
  }
}

/* Adds up pieces and pixels. */
static void
collect (const Norm *n, const float *partial, float *sums)
{
  for (gsize c = 0; c < n->channels; c++)
    sums[c] = 0.0f;
  for (gsize k = 0; k < n->pieces * n->pixels; k++)
    for (gsize c = 0; c < n->channels; c++)
      sums[c] += partial[k * n->channels + c];
}

/* Planes: item o · channels + c. */
static void
sum_planes (void *data, gsize begin, gsize end, guint piece)
{
  const Sums *s = data;
  const CpuVector *v = &s->norm->device->vector;
  gsize inner = s->norm->inner;

  for (gsize i = begin; i < end; i++) {
    const float *x = s->x + i * inner;
    gsize c = i % s->norm->channels;

    if (s->kind == SUM_VALUES) {
      s->first[i] = v->reduce[CPU_SUM](x, inner);
    } else if (s->kind == SUM_SQUARES) {
      s->first[i] = v->squares (x, s->mean[c], inner);
    } else {
      s->first[i] = v->reduce[CPU_SUM](s->dy + i * inner, inner);
      s->second[i] = v->product (s->dy + i * inner, x, s->mean[c], inner);
    }
  }
}

static void
collect_planes (const Norm *n, const float *partial, float *sums)
{
  for (gsize c = 0; c < n->channels; c++)
    sums[c] = 0.0f;
  for (gsize o = 0; o < n->outer; o++)
    for (gsize c = 0; c < n->channels; c++)
      sums[c] += partial[o * n->channels + c];
}

/* @mean per channel, for the kinds that need it; @second only for the gradient. */
static void
sum_channels (const Norm *n, Sums s, const float *mean, float *first, float *second)
{
  float *scratch = n->call->scratch;
  gsize partial = n->inner == 1 ? n->pieces * n->width : n->outer * n->channels;

  s.norm = n;
  s.first = scratch, s.second = scratch + partial;
  s.mean = mean;
  if (n->inner == 1) {
    if (mean != NULL) {
      spread (n, scratch + 2 * partial, mean);
      s.mean = scratch + 2 * partial;
    }
    cpu_parallel (n->device, n->pieces, 1, 1, sum_pieces, &s);
  } else {
    cpu_parallel (n->device, n->outer * n->channels, PLANE_GRAIN / n->inner + 1, 1, sum_planes, &s);
  }
  void (*gather) (const Norm *, const float *, float *) = n->inner == 1 ? collect : collect_planes;
  gather (n, s.first, first);
  if (second != NULL)
    gather (n, s.second, second);
}

/* --- y = (x - mean) · a + c and dx = dy · a + (x - mean) · b + c, per channel --------------------
 */

typedef struct {
  const Norm *norm;
  const float *x, *dy; /* dy NULL: the first form */
  const float *k[4];   /* mean, a, c, b */
  float *y;
} Map;

static void
map_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Map *m = data;
  const Norm *n = m->norm;
  const CpuVector *v = &n->device->vector;
  gsize whole = MIN (end, n->outer / n->pixels), rest = n->outer % n->pixels * n->channels;

  for (gsize row = begin; row < end; row = MAX (whole, row + 1)) {
    gsize at = row * n->width, rows = row < whole ? whole - row : 1;
    gsize width = row < whole ? n->width : rest;

    if (m->dy == NULL)
      v->center (m->y + at, m->x + at, m->k, rows, width);
    else
      v->combine (m->y + at, m->dy + at, m->x + at, m->k, rows, width);
  }
}

static void
map_planes (void *data, gsize begin, gsize end, guint piece)
{
  const Map *m = data;
  const Norm *n = m->norm;
  const CpuVector *v = &n->device->vector;

  for (gsize i = begin; i < end; i++) {
    gsize at = i * n->inner, c = i % n->channels;
    float k[4] = { m->k[0][c], m->k[1][c], m->k[2][c], m->dy != NULL ? m->k[3][c] : 0.0f };

    if (m->dy == NULL)
      v->center_one (m->y + at, m->x + at, k, n->inner);
    else
      v->combine_one (m->y + at, m->dy + at, m->x + at, k, n->inner);
  }
}

/* @m.k per channel; for channels last they are spread first. */
static void
map_channels (const Norm *n, Map m)
{
  float *rows = (float *)n->call->scratch + 2 * n->pieces * n->width;

  m.norm = n;
  if (n->inner > 1) {
    cpu_parallel (n->device, n->outer * n->channels, PLANE_GRAIN / n->inner + 1, 1, map_planes, &m);
    return;
  }
  for (guint i = 0; i < (m.dy != NULL ? 4 : 3); i++) {
    spread (n, rows + i * n->width, m.k[i]);
    m.k[i] = rows + i * n->width;
  }
  cpu_parallel (n->device, n->rows, PLANE_GRAIN / n->width + 1, 1, map_rows, &m);
}

/* --- kernels ---------------------------------------------------------------------------------- */

/* y = (x - mean) · scale / deviation + bias. Taking the mean off first keeps the digits that a
 * large mean would cost. */
static void
normalize (const Norm *n, const float *mean, const float *variance)
{
  const TelarCall *call = n->call;
  const float *scale = call->inputs[1].data;
  g_autofree float *a = g_new (float, n->channels);

  for (gsize c = 0; c < n->channels; c++)
    a[c] = scale[c] / sqrtf (variance[c] + n->epsilon);
  map_channels (n, (Map){ .x = call->inputs[0].data,
                          .k = { mean, a, call->inputs[2].data },
                          .y = call->outputs[0].data });
}

static Norm
begin (const CpuDevice *device, const TelarCall *call)
{
  Norm norm = norm_of (call->instr, &call->inputs[0].type.shape);

  norm.device = device;
  norm.call = call;
  return norm;
}

static gboolean
run_inference (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Norm n = begin (device, call);

  normalize (&n, call->inputs[3].data, call->inputs[4].data);
  return TRUE;
}

/* The variance is taken around the mean, in a second walk: from a sum of squares it would lose its
 * digits where the mean is large. */
static gboolean
run_train (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Norm n = begin (device, call);
  float *mean = call->outputs[1].data, *variance = call->outputs[2].data;
  Sums sums = { .x = call->inputs[0].data };

  sums.kind = SUM_VALUES;
  sum_channels (&n, sums, NULL, mean, NULL);
  for (gsize c = 0; c < n.channels; c++)
    mean[c] /= (float)n.per_channel;
  sums.kind = SUM_SQUARES;
  sum_channels (&n, sums, mean, variance, NULL);
  for (gsize c = 0; c < n.channels; c++)
    variance[c] /= (float)n.per_channel;
  normalize (&n, mean, variance);
  return TRUE;
}

/* With i = 1 / deviation, h = (x - mean) · i and m values in a channel: dscale = sum dy·h,
 * dbias = sum dy, dx = scale · i · (dy - dbias / m - h · dscale / m). */
static gboolean
run_grad (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Norm n = begin (device, call);
  const float *scale = call->inputs[2].data, *mean = call->inputs[3].data;
  const float *variance = call->inputs[4].data;
  float *dscale = call->outputs[1].data, *dbias = call->outputs[2].data;
  g_autofree float *a = g_new (float, 3 * n.channels);
  float *b = a + n.channels, *c = b + n.channels, m = (float)n.per_channel;
  Sums sums = { .kind = SUM_GRADIENT, .x = call->inputs[0].data, .dy = call->inputs[1].data };

  sum_channels (&n, sums, mean, dbias, dscale);
  for (gsize k = 0; k < n.channels; k++) {
    float inverse = 1.0f / sqrtf (variance[k] + n.epsilon);
    dscale[k] *= inverse;
    a[k] = scale[k] * inverse;
    b[k] = -a[k] * inverse * dscale[k] / m;
    c[k] = -a[k] * dbias[k] / m;
  }
  map_channels (&n, (Map){ .x = call->inputs[0].data,
                           .dy = call->inputs[1].data,
                           .k = { mean, a, c, b },
                           .y = call->outputs[0].data });
  return TRUE;
}

static gboolean
supports (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32) && telar_shape_elements (&site->inputs[0].shape) > 0;
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  Norm norm = norm_of (site->instr, &site->inputs[0].shape);

  prepared->scratch = scratch_floats (&norm) * sizeof (float);
  return TRUE;
}

static const CpuKernel norm_kernels[] = {
  { TELAR_PRIM_BATCH_NORM, "vector norm", supports, prepare, run_inference },
  { TELAR_PRIM_BATCH_NORM_TRAIN, "vector norm", supports, prepare, run_train },
  { TELAR_PRIM_BATCH_NORM_GRAD, "vector norm", supports, prepare, run_grad },
};

CPU_FAMILY (norm);
