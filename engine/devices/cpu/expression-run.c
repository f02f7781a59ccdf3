/* Walks the tiles of an expression. */
#include "engine/devices/cpu/expression-private.h"

#include <string.h>

typedef struct {
  const Expression *e;
  const TelarCall *call;
} Run;

/* One thread's state. */
typedef struct {
  const Expression *e;
  const TelarCall *call;
  char *scratch;
  gboolean spread_done; /* periodic operands lie in their slots */
} Walk;

static char *
slot (const Walk *walk, guint index)
{
  return walk->scratch + index * SLOT_BYTES;
}

/* Elements from the operand's start to the row that holds element @at. */
static gint64
row_offset (const Expression *e, const Operand *operand, gsize at)
{
  gint64 offset = 0;

  at /= e->row;
  for (guint axis = e->rank - 1; axis-- > 0;) {
    offset += (gint64)(at % e->dims[axis]) * operand->strides[axis];
    at /= e->dims[axis];
  }
  return offset;
}

/* Writes out, row by row, what broadcasting gives for the elements from @at on. */
static void
expand (const Walk *walk, const Operand *operand, const char *data, gsize at, gsize n)
{
  const Expression *e = walk->e;
  char *to = slot (walk, operand->slot);

  for (gsize done = 0; done < n; done += e->row) {
    gsize length = MIN (e->row, n - done);
    const char *from = data + (gsize)row_offset (e, operand, at + done) * operand->size;

    if (operand->strides[e->rank - 1] == 0)
      e->vector->repeat (to + done * operand->size, from, operand->size, length);
    else
      memcpy (to + done * operand->size, from, length * operand->size);
  }
}

static const void *
input_at (const Walk *walk, guint index, gsize at)
{
  const Operand *operand = &walk->e->inputs[index];
  const char *data = walk->call->inputs[index].data;

  switch (operand->mode) {
  case MODE_FULL:
    return data + at * operand->size;
  case MODE_SCALAR:
    return data;
  case MODE_ROW:
    return data + ((gsize)row_offset (walk->e, operand, at) + at % walk->e->row) * operand->size;
  case MODE_ROW_SCALAR:
    return data + (gsize)row_offset (walk->e, operand, at) * operand->size;
  case MODE_PERIODIC:
  case MODE_EXPAND:
    break;
  }
  return slot (walk, operand->slot);
}

static void *
place_at (const Walk *walk, Place place, gsize at)
{
  switch (place.kind) {
  case PLACE_INPUT:
    return (void *)input_at (walk, place.index, at);
  case PLACE_OUTPUT:
    return (char *)walk->call->outputs[place.index].data + at * walk->e->output_sizes[place.index];
  case PLACE_CONSTANT:
    return walk->e->constants->data + place.index * CONSTANT_CELL;
  case PLACE_REGISTER:
    break;
  }
  return slot (walk, place.index);
}

static void
run_tile (Walk *walk, gsize at, gsize n)
{
  const Expression *e = walk->e;

  for (guint k = 0; e->expands && k < e->n_inputs; k++) {
    const Operand *operand = &e->inputs[k];
    if (operand->mode == MODE_EXPAND || (operand->mode == MODE_PERIODIC && !walk->spread_done))
      expand (walk, operand, walk->call->inputs[k].data, at, n);
  }
  walk->spread_done = TRUE;
  for (guint s = 0; s < e->steps->len; s++) {
    const Step *step = &g_array_index (e->steps, Step, s);
    const void *operands[3] = { NULL, NULL, NULL };

    for (guint k = 0; k < step->n_operands; k++) {
      operands[k] = place_at (walk, step->operands[k], at);
      if (step->spread & (1u << k)) {
        char *to = slot (walk, e->spread_slot + k);
        e->vector->repeat (to, operands[k], step->operand_sizes[k], n);
        operands[k] = to;
      }
    }
    step->row (step->scalar ? 1 : n, place_at (walk, step->target, at), operands[0], operands[1],
               operands[2]);
  }
}

/* A periodic operand is spread once for the first tile, so all tiles begin at the same phase and
 * none is longer than the first. */
static void
run_range (void *data, gsize begin, gsize end, guint piece)
{
  const Run *run = data;
  const Expression *e = run->e;
  Walk walk = { e, run->call,
                run->call->scratch == NULL
                    ? NULL
                    : (char *)run->call->scratch + piece * e->slots * SLOT_BYTES,
                FALSE };
  gsize tile = e->expands ? TILE / e->row * e->row : TILE;

  /* One primitive on whole operands needs no tiles: nothing is kept between steps. */
  if (e->steps->len == 1 && !e->expands && !g_array_index (e->steps, Step, 0).spread)
    tile = G_MAXSIZE;
  for (gsize at = begin; at < end;) {
    gsize n = MIN (tile, end - at);
    if (e->cuts_rows)
      n = MIN (n, e->row - at % e->row);
    run_tile (&walk, at, n);
    at += n;
  }
}

/* A thread is worth waking for some 16,000 simple operations. */
void
expression_run (const Expression *e, const CpuDevice *device, const TelarCall *call)
{
  Run run = { e, call };
  gsize grain = MAX (32768 / (e->steps->len + 1), 2048);

  cpu_parallel (device, e->n, grain, e->expands ? e->row : 64, run_range, &run);
}
