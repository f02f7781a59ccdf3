/* The engine under everything that only moves elements: joins axes that lie alike, then copies
 * whole rows, repeats one element, transposes in tiles that fit the cache, or steps through the
 * rest. */
#include "engine/devices/cpu/copy.h"

#include <string.h>

#define TILE ((gsize)32)

typedef struct {
  const CpuDevice *device;
  const CpuCopy *copy;
  char *to;
  const char *from;
  gsize tiles; /* of the axis before the last, when it is transposed with the last */
} Job;

/* --- making the axes few ---------------------------------------------------------------------- */

static void
join_axes (CpuCopy *c)
{
  guint rank = 0;

  for (guint i = 0; i < c->rank; i++) {
    gint64 size = (gint64)c->dims[i];

    if (size == 1)
      continue;
    if (rank > 0 && c->to[rank - 1] == c->to[i] * size && c->from[rank - 1] == c->from[i] * size) {
      c->dims[rank - 1] *= c->dims[i];
      c->to[rank - 1] = c->to[i], c->from[rank - 1] = c->from[i];
      continue;
    }
    c->dims[rank] = c->dims[i], c->to[rank] = c->to[i], c->from[rank] = c->from[i];
    rank++;
  }
  c->rank = rank;
}

/* Brings the axis along which the source is contiguous before the last; FALSE when there is none or
 * the last one is contiguous itself. */
static gboolean
find_transposed (CpuCopy *c)
{
  if (c->rank < 2 || c->from[c->rank - 1] == 1 || c->from[c->rank - 1] == 0)
    return FALSE;
  for (guint i = 0; i + 1 < c->rank; i++)
    if (c->from[i] == 1) {
      gsize size = c->dims[i];
      gint64 to = c->to[i];
      for (guint k = i; k + 2 < c->rank; k++)
        c->dims[k] = c->dims[k + 1], c->to[k] = c->to[k + 1], c->from[k] = c->from[k + 1];
      c->dims[c->rank - 2] = size, c->to[c->rank - 2] = to, c->from[c->rank - 2] = 1;
      return TRUE;
    }
  return FALSE;
}

/* Where row @row of the first @axes axes begins. */
static void
locate (const CpuCopy *c, guint axes, gsize row, gint64 *to, gint64 *from)
{
  *to = *from = 0;
  for (guint i = axes; i-- > 0;) {
    gint64 at = (gint64)(row % c->dims[i]);
    row /= c->dims[i];
    *to += at * c->to[i];
    *from += at * c->from[i];
  }
}

/* --- loops by element size -------------------------------------------------------------------- */

#define LOOPS(name, TYPE)                                                                          \
  static void step_##name (TYPE *to, gint64 to_step, const TYPE *from, gint64 from_step, gsize n)  \
  {                                                                                                \
    for (gsize i = 0; i < n; i++)                                                                  \
      to[(gint64)i * to_step] = from[(gint64)i * from_step];                                       \
  }                                                                                                \
                                                                                                   \
  /* Rows of the source become columns of the target, one square tile after the other. */          \
  static void tile_##name (const CpuCopy *c, TYPE *to, const TYPE *from, gsize rows)               \
  {                                                                                                \
    gint64 to_row = c->to[c->rank - 2], to_column = c->to[c->rank - 1];                            \
    gint64 from_column = c->from[c->rank - 1];                                                     \
    gsize columns = c->dims[c->rank - 1];                                                          \
                                                                                                   \
    for (gsize first = 0; first < columns; first += TILE) {                                        \
      gsize n = MIN (TILE, columns - first);                                                       \
      for (gsize r = 0; r < rows; r++)                                                             \
        step_##name (to + (gint64)r * to_row + (gint64)first * to_column, to_column,               \
                     from + r + (gint64)first * from_column, from_column, n);                      \
    }                                                                                              \
  }

LOOPS (8, guint8)
LOOPS (16, guint16)
LOOPS (32, guint32)
LOOPS (64, guint64)

/* @n elements along the last axis. */
static void
copy_run (const Job *job, char *to, const char *from, gsize n)
{
  const CpuCopy *c = job->copy;
  gint64 to_step = c->rank > 0 ? c->to[c->rank - 1] : 1;
  gint64 from_step = c->rank > 0 ? c->from[c->rank - 1] : 1;

  if (to_step == 1 && from_step == 1)
    memcpy (to, from, n * c->element);
  else if (to_step == 1 && from_step == 0)
    job->device->vector.repeat (to, from, c->element, n);
  else if (c->element == 1)
    step_8 ((guint8 *)to, to_step, (const guint8 *)from, from_step, n);
  else if (c->element == 2)
    step_16 ((guint16 *)to, to_step, (const guint16 *)from, from_step, n);
  else if (c->element == 4)
    step_32 ((guint32 *)to, to_step, (const guint32 *)from, from_step, n);
  else
    step_64 ((guint64 *)to, to_step, (const guint64 *)from, from_step, n);
}

/* A part of the only axis. */
static void
copy_range (void *data, gsize begin, gsize end, guint piece)
{
  const Job *job = data;
  const CpuCopy *c = job->copy;
  gint64 at = (gint64)begin * (gint64)c->element;

  copy_run (job, job->to + at * (c->rank > 0 ? c->to[0] : 1),
            job->from + at * (c->rank > 0 ? c->from[0] : 1), end - begin);
}

static void
copy_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Job *job = data;
  const CpuCopy *c = job->copy;
  gint64 to, from, element = (gint64)c->element;

  for (gsize row = begin; row < end; row++) {
    locate (c, c->rank - 1, row, &to, &from);
    copy_run (job, job->to + to * element, job->from + from * element, c->dims[c->rank - 1]);
  }
}

static void
copy_tiles (void *data, gsize begin, gsize end, guint piece)
{
  const Job *job = data;
  const CpuCopy *c = job->copy;
  gint64 to, from, element = (gint64)c->element;

  for (gsize i = begin; i < end; i++) {
    gsize first = i % job->tiles * TILE, rows = MIN (TILE, c->dims[c->rank - 2] - first);

    locate (c, c->rank - 2, i / job->tiles, &to, &from);
    to += (gint64)first * c->to[c->rank - 2];
    from += (gint64)first;
    char *target = job->to + to * element;
    const char *source = job->from + from * element;
    if (c->element == 1)
      tile_8 (c, (guint8 *)target, (const guint8 *)source, rows);
    else if (c->element == 2)
      tile_16 (c, (guint16 *)target, (const guint16 *)source, rows);
    else if (c->element == 4)
      tile_32 (c, (guint32 *)target, (const guint32 *)source, rows);
    else
      tile_64 (c, (guint64 *)target, (const guint64 *)source, rows);
  }
}

void
cpu_copy (const CpuDevice *device, CpuCopy *c, void *to, const void *from)
{
  Job job = { device, c, to, from, 0 };
  gsize n = 1;

  join_axes (c);
  for (guint i = 0; i < c->rank; i++)
    n *= c->dims[i];
  if (n == 0)
    return;
  if (find_transposed (c)) {
    job.tiles = (c->dims[c->rank - 2] + TILE - 1) / TILE;
    gsize items = n / c->dims[c->rank - 1] / c->dims[c->rank - 2] * job.tiles;
    cpu_parallel (device, items, 32768 * items / n + 1, 1, copy_tiles, &job);
    return;
  }
  if (c->rank <= 1) {
    cpu_parallel (device, n, 32768, TILE, copy_range, &job);
    return;
  }
  gsize rows = n / c->dims[c->rank - 1];
  cpu_parallel (device, rows, 32768 * rows / n + 1, 1, copy_rows, &job);
}

/* --- filling ---------------------------------------------------------------------------------- */

void
cpu_fill (const CpuDevice *device, void *to, const void *value, gsize element, gsize n)
{
  CpuCopy copy = { .rank = 1, .dims = { n }, .to = { 1 }, .from = { 0 }, .element = element };

  cpu_copy (device, &copy, to, value);
}
