/* LSTM and GRU: rows of the batch are independent, so each thread takes some of them through all
 * steps without waiting for the others. The recurrent weights are packed once for all steps. */
#include "engine/devices/cpu/cpu.h"

#include <string.h>

typedef struct {
  const CpuDevice *device;
  const TelarCall *call;
  gsize rows, steps, units, gates; /* gates: numbers of a row */
  gboolean reverse;
  CpuMatrix weights;
  float *packed;
  float *sums; /* GRU: [N, 3·H] */
} Layer;

static Layer
layer_of (const TelarInstr *instr, const TelarType *inputs)
{
  const gint64 *dims = inputs[0].shape.dims;
  gsize blocks = instr->prim == TELAR_PRIM_LSTM || instr->prim == TELAR_PRIM_LSTM_GRAD ? 4 : 3;

  return (Layer){ .rows = (gsize)dims[0],
                  .steps = (gsize)dims[1],
                  .units = (gsize)dims[2] / blocks,
                  .gates = (gsize)dims[2],
                  .reverse = telar_instr_int (instr, TELAR_ATTR_REVERSE, 0) != 0 };
}

static gsize
round_up (gsize n, gsize unit)
{
  return (n + unit - 1) / unit * unit;
}

/* Of w [G·H, H] or, @back, of the same seen from the gates. */
static CpuMatrix
weights_of (const Layer *l, const float *w, gboolean back)
{
  if (back)
    return (CpuMatrix){ w, l->gates, l->units, l->units, 1 };
  return (CpuMatrix){ w, l->units, l->gates, 1, l->units };
}

static gsize
packed_size (const CpuDevice *device, const CpuMatrix *b)
{
  return b->k * round_up (b->n, device->vector.panel);
}

static void
start (Layer *l, const CpuDevice *device, const TelarCall *call, guint weights, gboolean back)
{
  l->device = device;
  l->call = call;
  l->weights = weights_of (l, call->inputs[weights].data, back);
  l->packed = call->scratch;
  l->sums = l->packed + packed_size (device, &l->weights);
  device->vector.pack (&l->weights, l->packed);
}

/* --- places ------------------------------------------------------------------------------------
 */

static gsize
step_at (const Layer *l, gsize i)
{
  return l->reverse ? l->steps - 1 - i : i;
}

/* The numbers of @row at the @i-th step that is done, @width of them. */
static float *
at (const Layer *l, const void *data, gsize row, gsize i, gsize width)
{
  return (float *)data + (row * l->steps + step_at (l, i)) * width;
}

/* The state of @row before the @i-th step, and how far the next row's is. */
static const float *
state_before (const Layer *l, const void *first, const void *all, gsize row, gsize i)
{
  return i == 0 ? (const float *)first + row * l->units : at (l, all, row, i - 1, l->units);
}

static gsize
state_stride (const Layer *l, gsize i)
{
  return i == 0 ? l->units : l->steps * l->units;
}

static void
multiply (const Layer *l, const float *a, gsize a_stride, float *y, gsize y_stride, gsize rows)
{
  CpuTile tile = { a, a_stride, y, y_stride };

  l->device->vector.multiply (&tile, &l->weights, l->packed, rows);
}

/* dh of @row and what comes from the step's own gradient. */
static float *
add_gradient (const Layer *l, void *carry, const void *gradients, gsize row, gsize i)
{
  float *sum = (float *)carry + row * l->units;

  l->device->vector.fold[CPU_SUM](sum, at (l, gradients, row, i, l->units), 1, l->units);
  return sum;
}

/* --- LSTM --------------------------------------------------------------------------------------
 */

static void
lstm_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarView *in = l->call->inputs, *out = l->call->outputs;
  gsize bytes = l->steps * l->gates * sizeof (float);

  if (in[0].data != out[0].data)
    memcpy ((char *)out[0].data + begin * bytes, (const char *)in[0].data + begin * bytes,
            (end - begin) * bytes);
  for (gsize i = 0; i < l->steps; i++) {
    multiply (l, state_before (l, in[2].data, out[1].data, begin, i), state_stride (l, i),
              at (l, out[0].data, begin, i, l->gates), l->steps * l->gates, end - begin);
    for (gsize row = begin; row < end; row++) {
      CpuLstmRow step = { .gates = at (l, out[0].data, row, i, l->gates),
                          .memory_before = state_before (l, in[3].data, out[2].data, row, i),
                          .memory = at (l, out[2].data, row, i, l->units),
                          .y = at (l, out[1].data, row, i, l->units) };
      l->device->vector.lstm (&step, l->units);
    }
  }
}

static void
lstm_grad_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarView *in = l->call->inputs, *out = l->call->outputs;
  gsize bytes = l->steps * l->gates * sizeof (float), state = l->units * sizeof (float);
  float *dh = (float *)out[1].data + begin * l->units;

  if (in[0].data != out[0].data)
    memcpy ((char *)out[0].data + begin * bytes, (const char *)in[0].data + begin * bytes,
            (end - begin) * bytes);
  memset (dh, 0, (end - begin) * state);
  memset ((char *)out[2].data + begin * state, 0, (end - begin) * state);
  for (gsize i = l->steps; i-- > 0;) {
    for (gsize row = begin; row < end; row++) {
      CpuLstmRow step = { .gates = at (l, out[0].data, row, i, l->gates),
                          .memory_before = state_before (l, in[3].data, in[1].data, row, i),
                          .memory = at (l, in[1].data, row, i, l->units),
                          .dy = add_gradient (l, out[1].data, in[4].data, row, i),
                          .dmemory = (float *)out[2].data + row * l->units };
      if (l->call->instr->n_inputs > 5)
        add_gradient (l, out[2].data, in[5].data, row, i);
      l->device->vector.lstm_grad (&step, l->units);
    }
    memset (dh, 0, (end - begin) * state);
    multiply (l, at (l, out[0].data, begin, i, l->gates), l->steps * l->gates, dh, l->units,
              end - begin);
  }
}

/* --- GRU ---------------------------------------------------------------------------------------
 */

static void
gru_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarView *in = l->call->inputs, *out = l->call->outputs;
  float *sums = l->sums + begin * l->gates;

  for (gsize i = 0; i < l->steps; i++) {
    for (gsize row = 0; row < end - begin; row++)
      memcpy (sums + row * l->gates, in[2].data, l->gates * sizeof (float));
    multiply (l, state_before (l, in[3].data, out[2].data, begin, i), state_stride (l, i), sums,
              l->gates, end - begin);
    for (gsize row = begin; row < end; row++) {
      CpuGruRow step = { .x = at (l, in[0].data, row, i, l->gates),
                         .recurred = sums + (row - begin) * l->gates,
                         .before = state_before (l, in[3].data, out[2].data, row, i),
                         .gates = at (l, out[0].data, row, i, l->gates),
                         .kept = at (l, out[1].data, row, i, l->units),
                         .y = at (l, out[2].data, row, i, l->units) };
      l->device->vector.gru (&step, l->units);
    }
  }
}

static void
gru_grad_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarView *in = l->call->inputs, *out = l->call->outputs;
  float *dh = (float *)out[2].data + begin * l->units;

  memset (dh, 0, (end - begin) * l->units * sizeof (float));
  for (gsize i = l->steps; i-- > 0;) {
    for (gsize row = begin; row < end; row++) {
      CpuGruRow step = { .before = state_before (l, in[3].data, in[4].data, row, i),
                         .gates = at (l, in[0].data, row, i, l->gates),
                         .kept = at (l, in[1].data, row, i, l->units),
                         .dy = add_gradient (l, out[2].data, in[5].data, row, i),
                         .dx = at (l, out[0].data, row, i, l->gates),
                         .drecurred = at (l, out[1].data, row, i, l->gates) };
      l->device->vector.gru_grad (&step, l->units);
    }
    multiply (l, at (l, out[1].data, begin, i, l->gates), l->steps * l->gates, dh, l->units,
              end - begin);
  }
}

/* --- kernels -----------------------------------------------------------------------------------
 */

/* How one of the four runs. */
typedef struct {
  TelarPrim prim;
  guint weights; /* which input they are */
  gboolean back;
  CpuBody rows;
} Way;

static const Way *
way_of (TelarPrim prim)
{
  static const Way ways[] = {
    { TELAR_PRIM_LSTM, 1, FALSE, lstm_rows },
    { TELAR_PRIM_LSTM_GRAD, 2, TRUE, lstm_grad_rows },
    { TELAR_PRIM_GRU, 1, FALSE, gru_rows },
    { TELAR_PRIM_GRU_GRAD, 2, TRUE, gru_grad_rows },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (ways[i].prim == prim)
      return &ways[i];
  return NULL;
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Way *way = way_of (call->instr->prim);
  TelarType type = call->inputs[0].type;
  Layer layer = layer_of (call->instr, &type);
  gsize cost = layer.steps * layer.gates * layer.units;

  start (&layer, device, call, way->weights, way->back);
  cpu_parallel (device, layer.rows, 50000 / MAX (cost, 1) + 1, 1, way->rows, &layer);
  return TRUE;
}

static gboolean
supports (const CpuSite *site)
{
  return cpu_all_types (site, TELAR_F32);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  Layer layer = layer_of (site->instr, site->inputs);
  CpuMatrix weights = weights_of (&layer, NULL, way_of (site->instr->prim)->back);
  gsize sums = site->instr->prim == TELAR_PRIM_GRU ? layer.rows * layer.gates : 0;

  prepared->scratch = (packed_size (site->device, &weights) + sums) * sizeof (float);
  return TRUE;
}

static const CpuKernel recurrent_kernels[] = {
  { TELAR_PRIM_LSTM, "vector lstm", supports, prepare, run },
  { TELAR_PRIM_LSTM_GRAD, "vector lstm", supports, prepare, run },
  { TELAR_PRIM_GRU, "vector gru", supports, prepare, run },
  { TELAR_PRIM_GRU_GRAD, "vector gru", supports, prepare, run },
};

CPU_FAMILY (recurrent);
