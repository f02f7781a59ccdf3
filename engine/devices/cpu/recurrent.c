/* LSTM and GRU: rows of the batch are independent, so each thread takes some of them through all
 * steps without waiting for the others. The recurrent weights are packed once for all steps. A step
 * works on rows that stand side by side in scratch: in the tensors a row's next is a whole sequence
 * further, which for usual sizes is the same place of the caches for all of them. */
#include "engine/devices/cpu/packed.h"

#include <string.h>

typedef struct {
  const CpuDevice *device;
  const TelarCall *call;
  gsize rows, steps, units, gates; /* gates: numbers of a row */
  gboolean reverse;
  CpuMatrix weights;
  const float *packed;
  float *sums;   /* a step's [N, G·H] */
  float *states; /* a step's [N, H] */
} Layer;

#define APART                                                                                      \
  16 /* numbers between two rows of scratch, so that they do not share places either               \
      */

static Layer
layer_of (const TelarInstr *instr, const TelarShape *gates)
{
  const gint64 *dims = gates->dims;
  gsize blocks = instr->prim == TELAR_PRIM_LSTM || instr->prim == TELAR_PRIM_LSTM_GRAD ? 4 : 3;

  return (Layer){ .rows = (gsize)dims[0],
                  .steps = (gsize)dims[1],
                  .units = (gsize)dims[2] / blocks,
                  .gates = (gsize)dims[2],
                  .reverse = telar_instr_int (instr, TELAR_ATTR_REVERSE, 0) != 0 };
}

/* Of w [G·H, H] or, @back, of the same seen from the gates. */
static CpuMatrix
weights_of (const Layer *l, const float *w, gboolean back)
{
  if (back)
    return (CpuMatrix){ w, l->gates, l->units, l->units, 1 };
  return (CpuMatrix){ w, l->units, l->gates, 1, l->units };
}

/* Weights that are constants were packed when the call was prepared. */
static void
start (Layer *l, const CpuDevice *device, const TelarCall *call, guint weights, gboolean back)
{
  float *scratch = call->scratch;

  l->device = device;
  l->call = call;
  l->weights = weights_of (l, call->inputs[weights].data, back);
  l->packed = call->prepared;
  if (l->packed == NULL) {
    device->vector.pack (&l->weights, scratch);
    l->packed = scratch;
    scratch += cpu_packed_size (device, &l->weights);
  }
  l->sums = scratch;
  l->states = l->sums + l->rows * (l->gates + APART);
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

/* The state of @row before the @i-th step. */
static const float *
before (const Layer *l, const void *first, const void *all, gsize row, gsize i)
{
  return i == 0 ? (const float *)first + row * l->units : at (l, all, row, i - 1, l->units);
}

static float *
sums_of (const Layer *l, gsize row)
{
  return l->sums + row * (l->gates + APART);
}

static float *
states_of (const Layer *l, gsize row)
{
  return l->states + row * (l->units + APART);
}

static void
keep_state (const Layer *l, gsize row, const float *state)
{
  memcpy (states_of (l, row), state, l->units * sizeof (float));
}

/* sums = states · wᵀ */
static void
recur (const Layer *l, gsize begin, gsize end)
{
  CpuTile tile = { states_of (l, begin), l->units + APART, sums_of (l, begin), l->gates + APART };

  l->device->vector.multiply (&tile, &l->weights, l->packed, end - begin);
}

/* states = sums · w */
static void
recur_back (const Layer *l, gsize begin, gsize end)
{
  CpuTile tile = { sums_of (l, begin), l->gates + APART, states_of (l, begin), l->units + APART };

  l->device->vector.multiply (&tile, &l->weights, l->packed, end - begin);
}

/* y += x, both of @row's units */
static float *
add_to (const Layer *l, float *y, const float *x)
{
  l->device->vector.fold[CPU_SUM](y, x, 1, l->units);
  return y;
}

/* --- LSTM --------------------------------------------------------------------------------------
 */

static void
lstm_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarView *in = l->call->inputs, *out = l->call->outputs;

  for (gsize row = begin; row < end; row++)
    keep_state (l, row, before (l, in[2].data, NULL, row, 0));
  for (gsize i = 0; i < l->steps; i++) {
    recur (l, begin, end);
    for (gsize row = begin; row < end; row++) {
      CpuLstmRow step = { .x = at (l, in[0].data, row, i, l->gates),
                          .recurred = sums_of (l, row),
                          .memory_before = before (l, in[3].data, out[2].data, row, i),
                          .gates = at (l, out[0].data, row, i, l->gates),
                          .memory = at (l, out[2].data, row, i, l->units),
                          .y = at (l, out[1].data, row, i, l->units) };
      l->device->vector.lstm (&step, l->units);
      keep_state (l, row, step.y);
    }
  }
}

static void
lstm_grad_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarView *in = l->call->inputs, *out = l->call->outputs;
  gsize state = l->units * sizeof (float);

  memset (states_of (l, begin), 0, (end - begin) * (l->units + APART) * sizeof (float));
  memset ((char *)out[2].data + begin * state, 0, (end - begin) * state);
  for (gsize i = l->steps; i-- > 0;) {
    for (gsize row = begin; row < end; row++) {
      CpuLstmRow step = { .gates = at (l, in[0].data, row, i, l->gates),
                          .memory_before = before (l, in[3].data, in[1].data, row, i),
                          .memory = at (l, in[1].data, row, i, l->units),
                          .dy =
                              add_to (l, states_of (l, row), at (l, in[4].data, row, i, l->units)),
                          .dmemory = (float *)out[2].data + row * l->units,
                          .sums = sums_of (l, row) };
      if (l->call->instr->n_inputs > 5)
        add_to (l, step.dmemory, at (l, in[5].data, row, i, l->units));
      l->device->vector.lstm_grad (&step, l->units);
      memcpy (at (l, out[0].data, row, i, l->gates), step.sums, l->gates * sizeof (float));
    }
    recur_back (l, begin, end);
  }
  for (gsize row = begin; row < end; row++)
    memcpy ((char *)out[1].data + row * state, states_of (l, row), state);
}

/* --- GRU ---------------------------------------------------------------------------------------
 */

static void
gru_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarView *in = l->call->inputs, *out = l->call->outputs;

  for (gsize row = begin; row < end; row++)
    keep_state (l, row, before (l, in[3].data, NULL, row, 0));
  for (gsize i = 0; i < l->steps; i++) {
    recur (l, begin, end);
    for (gsize row = begin; row < end; row++) {
      CpuGruRow step = { .x = at (l, in[0].data, row, i, l->gates),
                         .recurred = sums_of (l, row),
                         .bias = in[2].data,
                         .before = before (l, in[3].data, out[2].data, row, i),
                         .gates = at (l, out[0].data, row, i, l->gates),
                         .kept = at (l, out[1].data, row, i, l->units),
                         .y = at (l, out[2].data, row, i, l->units) };
      l->device->vector.gru (&step, l->units);
      keep_state (l, row, step.y);
    }
  }
}

static void
gru_grad_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Layer *l = data;
  const TelarView *in = l->call->inputs, *out = l->call->outputs;
  gsize state = l->units * sizeof (float);

  memset ((char *)out[2].data + begin * state, 0, (end - begin) * state);
  for (gsize i = l->steps; i-- > 0;) {
    for (gsize row = begin; row < end; row++) {
      float *dy = (float *)out[2].data + row * l->units;
      CpuGruRow step = { .before = before (l, in[3].data, in[4].data, row, i),
                         .gates = at (l, in[0].data, row, i, l->gates),
                         .kept = at (l, in[1].data, row, i, l->units),
                         .dy = add_to (l, dy, at (l, in[5].data, row, i, l->units)),
                         .dx = at (l, out[0].data, row, i, l->gates),
                         .sums = sums_of (l, row) };
      l->device->vector.gru_grad (&step, l->units);
      memcpy (at (l, out[1].data, row, i, l->gates), step.sums, l->gates * sizeof (float));
    }
    recur_back (l, begin, end);
    for (gsize row = begin; row < end; row++)
      add_to (l, (float *)out[2].data + row * l->units, states_of (l, row));
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
  Layer layer = layer_of (call->instr, &call->inputs[0].type.shape);
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
  const Way *way = way_of (site->instr->prim);
  Layer layer = layer_of (site->instr, &site->inputs[0].shape);
  const float *constant = cpu_constant (site, way->weights);
  CpuMatrix weights = weights_of (&layer, constant, way->back);
  gsize packed = cpu_packed_size (site->device, &weights);
  gsize rows = layer.rows * (layer.gates + layer.units + 2 * APART);

  prepared->scratch = (rows + (constant == NULL ? packed : 0)) * sizeof (float);
  if (constant != NULL) {
    prepared->data = g_new (float, packed);
    prepared->free = g_free;
    prepared->packed = 1u << way->weights;
    site->device->vector.pack (&weights, prepared->data);
  }
  return TRUE;
}

static const CpuKernel recurrent_kernels[] = {
  { TELAR_PRIM_LSTM, "vector lstm", supports, prepare, run },
  { TELAR_PRIM_LSTM_GRAD, "vector lstm", supports, prepare, run },
  { TELAR_PRIM_GRU, "vector gru", supports, prepare, run },
  { TELAR_PRIM_GRU_GRAD, "vector gru", supports, prepare, run },
};

CPU_FAMILY (recurrent);
