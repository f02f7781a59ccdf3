/* Sums, means, products and extremes over any axes. Neighbouring axes that are all reduced or all
 * kept are one; what remains is a chain of reductions of [outer, length, inner] to [outer, inner],
 * from the innermost to the outermost, each with a fixed order. */
#include "engine/devices/cpu/cpu.h"

#include <math.h>
#include <string.h>

#define MOST_LINKS TELAR_MAX_RANK
/* Floats of several narrow rows that are folded as one. */
#define WIDE ((gsize)256)

typedef struct {
  CpuLanes links[MOST_LINKS];
  guint n;
  gsize count; /* elements over which each result is taken */
} Chain;

static CpuReduction
reduction_of (TelarPrim prim)
{
  if (prim == TELAR_PRIM_MAX)
    return CPU_MAX;
  if (prim == TELAR_PRIM_MIN)
    return CPU_MIN;
  return prim == TELAR_PRIM_PROD ? CPU_PROD : CPU_SUM;
}

static float
neutral (CpuReduction reduction)
{
  if (reduction == CPU_MAX)
    return -INFINITY;
  if (reduction == CPU_MIN)
    return INFINITY;
  return reduction == CPU_PROD ? 1.0f : 0.0f;
}

/* The links from the innermost reduced run of axes to the outermost. A link sees what the links
 * before it have left: the axes they reduced are 1 by then. */
static Chain
make_chain (const TelarInstr *instr, const TelarShape *shape)
{
  const TelarAttr *axes = telar_instr_attr (instr, TELAR_ATTR_AXES);
  gboolean reduced[TELAR_MAX_RANK] = { FALSE };
  TelarShape left = *shape;
  Chain chain = { .count = 1 };

  for (guint i = 0; axes != NULL && i < axes->n; i++)
    reduced[axes->ints[i]] = TRUE;
  for (guint end = shape->rank; end > 0;) {
    guint first = end;

    /* Axes of size 1 belong to either side. */
    while (first > 0 && (reduced[first - 1] || shape->dims[first - 1] == 1))
      first--;
    CpuLanes lanes = cpu_lanes (&left, first, end - first);
    if (lanes.length != 1) {
      chain.links[chain.n++] = lanes;
      chain.count *= lanes.length;
      for (guint axis = first; axis < end; axis++)
        left.dims[axis] = 1;
    }
    end = MIN (first, end);
    while (end > 0 && !reduced[end - 1] && shape->dims[end - 1] != 1)
      end--;
  }
  return chain;
}

/* One link at work. */
typedef struct {
  const CpuDevice *device;
  CpuReduction reduction;
  CpuLanes lanes;
  const float *x;
  float *y;
  gsize chunk; /* of the length, for what is cut along it */
  float *partial;
} Link;

/* Rows that lie one after the other: one result for each. */
static void
reduce_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Link *link = data;

  for (gsize o = begin; o < end; o++)
    link->y[o] = link->device->vector.reduce[link->reduction](link->x + o * link->lanes.length,
                                                              link->lanes.length);
}

static void
set_neutral (const Link *link, float *y, gsize n)
{
  for (gsize j = 0; j < n; j++)
    y[j] = neutral (link->reduction);
}

/* Rows of @inner elements into one. Narrow rows are taken several at a time, so that they fill the
 * vector registers. */
static void
fold_block (const Link *link, float *y, const float *x, gsize rows)
{
  const CpuVector *v = &link->device->vector;
  gsize inner = link->lanes.inner, together = WIDE / MAX (inner, 1);
  float wide[WIDE];

  set_neutral (link, y, inner);
  if (together > 1 && rows >= 4 * together) {
    set_neutral (link, wide, together * inner);
    v->fold[link->reduction](wide, x, rows / together, together * inner);
    v->fold[link->reduction](y, wide, together, inner);
    x += rows / together * together * inner;
    rows %= together;
  }
  v->fold[link->reduction](y, x, rows, inner);
}

static void
fold_outer (void *data, gsize begin, gsize end, guint piece)
{
  const Link *link = data;
  const CpuLanes *l = &link->lanes;

  for (gsize o = begin; o < end; o++)
    fold_block (link, link->y + o * l->inner, link->x + o * l->length * l->inner, l->length);
}

/* Part @begin of a length that is cut into chunks: its partial results. */
static void
reduce_chunks (void *data, gsize begin, gsize end, guint piece)
{
  const Link *link = data;
  const CpuLanes *l = &link->lanes;

  for (gsize c = begin; c < end; c++) {
    gsize first = c * link->chunk, rows = MIN (link->chunk, l->length - first);
    const float *x = link->x + first * l->inner;

    if (l->inner == 1)
      link->partial[c] = link->device->vector.reduce[link->reduction](x, rows);
    else
      fold_block (link, link->partial + c * l->inner, x, rows);
  }
}

/* Into chunks of how many rows a length is cut when nothing else can be spread over threads; 0: it
 * is not cut. Depends on the shape alone. */
static gsize
chunk_of (const CpuLanes *lanes)
{
  gsize rows = MAX (16384 / MAX (lanes->inner, 1), 16);

  return lanes->outer == 1 && lanes->length >= 2 * rows ? rows : 0;
}

static gsize
partial_floats (const CpuLanes *lanes)
{
  gsize chunk = chunk_of (lanes);

  return chunk == 0 ? 0 : (lanes->length + chunk - 1) / chunk * lanes->inner;
}

static void
run_link (Link *link)
{
  const CpuLanes *l = &link->lanes;

  link->chunk = chunk_of (l);
  if (link->chunk > 0) {
    gsize chunks = (l->length + link->chunk - 1) / link->chunk;

    cpu_parallel (link->device, chunks, 2, 1, reduce_chunks, link);
    if (l->inner == 1)
      link->y[0] = link->device->vector.reduce[link->reduction](link->partial, chunks);
    else
      fold_block (link, link->y, link->partial, chunks);
    return;
  }
  gsize work = MAX (l->length * l->inner, 1);
  cpu_parallel (link->device, l->outer, MAX (32768 / work, 1), 1,
                l->inner == 1 ? reduce_rows : fold_outer, link);
}

/* Scratch: two buffers for what lies between links, then the partial results. */
typedef struct {
  gsize between, partial; /* floats */
} Room;

static Room
room_of (const Chain *chain)
{
  Room room = { 0 };

  for (guint i = 0; i < chain->n; i++) {
    if (i + 1 < chain->n)
      room.between = MAX (room.between, chain->links[i].outer * chain->links[i].inner);
    room.partial = MAX (room.partial, partial_floats (&chain->links[i]));
  }
  room.between = (room.between + 15) / 16 * 16;
  return room;
}

static gboolean
supports (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  Chain *chain = g_new (Chain, 1);

  *chain = make_chain (site->instr, &site->inputs[0].shape);
  Room room = room_of (chain);
  prepared->data = chain;
  prepared->free = g_free;
  prepared->scratch = (2 * room.between + room.partial) * sizeof (float);
  return TRUE;
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Chain *chain = call->prepared;
  Room room = room_of (chain);
  float *scratch = call->scratch, *y = call->outputs[0].data;
  gsize n_out = telar_shape_elements (&call->outputs[0].type.shape);
  Link link = { .device = device, .reduction = reduction_of (call->instr->prim) };

  link.x = call->inputs[0].data;
  link.partial = scratch != NULL ? scratch + 2 * room.between : NULL;
  for (guint i = 0; i < chain->n; i++) {
    link.lanes = chain->links[i];
    link.y = i + 1 == chain->n ? y : scratch + i % 2 * room.between;
    run_link (&link);
    link.x = link.y;
  }
  if (chain->n == 0)
    memcpy (y, link.x, n_out * sizeof (float));
  if (call->instr->prim == TELAR_PRIM_MEAN)
    device->vector.affine (y, y, 1.0f / (float)chain->count, 0.0f, n_out);
  return TRUE;
}

static const CpuKernel reduce_kernels[] = {
  { TELAR_PRIM_SUM, "vector reduce", supports, prepare, run },
  { TELAR_PRIM_MEAN, "vector reduce", supports, prepare, run },
  { TELAR_PRIM_MAX, "vector reduce", supports, prepare, run },
  { TELAR_PRIM_MIN, "vector reduce", supports, prepare, run },
  { TELAR_PRIM_PROD, "vector reduce", supports, prepare, run },
};

CPU_FAMILY (reduce);
