/* Recurrent layers: the product of all inputs with the kernel is one, before the steps. The common
 * cells are a primitive; the others are unrolled, each step with a product of its own. */
#include "engine/operators/recurrent.h"

/* The gates by the names of their roles. */
enum { LSTM_INPUT, LSTM_FORGET, LSTM_CELL, LSTM_OUTPUT };
enum { GRU_RESET, GRU_UPDATE, GRU_NEW };
enum { PEEPHOLE_INPUT, PEEPHOLE_OUTPUT, PEEPHOLE_FORGET };

typedef struct {
  TelarBuilder *b;
  const TelarRecurrence *r;
  gint64 units, steps;
  TelarType state;           /* of h and c */
  TelarValue projected;      /* W x of all steps, [N, T, G·H] */
  TelarValue lengths;        /* [N, 1] or [N, 1, 1, 1], i64 */
  TelarValue hidden, memory; /* before the step; TELAR_NO_VALUE: zeros */
} Walk;

guint
telar_cell_gates (TelarCell cell)
{
  static const guint gates[] = {
    [TELAR_CELL_RNN] = 1, [TELAR_CELL_LSTM] = 4, [TELAR_CELL_GRU] = 3
  };

  return gates[cell];
}

guint
telar_gate_position (const TelarRecurrence *r, guint gate)
{
  static const guint lstm[] = {
    [LSTM_INPUT] = 0, [LSTM_OUTPUT] = 1, [LSTM_FORGET] = 2, [LSTM_CELL] = 3
  };
  static const guint gru[] = { [GRU_UPDATE] = 0, [GRU_RESET] = 1, [GRU_NEW] = 2 };

  if (r->order == TELAR_GATES_PYTORCH || r->cell == TELAR_CELL_RNN)
    return gate;
  return r->cell == TELAR_CELL_LSTM ? lstm[gate] : gru[gate];
}

/* --- pieces of a step ------------------------------------------------------------------------- */

static TelarValue
add (Walk *w, TelarValue x, TelarValue y)
{
  return telar_build_binary (w->b, TELAR_PRIM_ADD, x, y);
}

static TelarValue
multiply (Walk *w, TelarValue x, TelarValue y)
{
  return telar_build_binary (w->b, TELAR_PRIM_MUL, x, y);
}

/* 1 - x */
static TelarValue
complement (Walk *w, TelarValue x)
{
  return telar_build_binary_scalar (w->b, TELAR_PRIM_ADD,
                                    telar_build_unary (w->b, TELAR_PRIM_NEG, x), 1);
}

/* Block @which, H units, of a vector or of a step's sums, [N, G·H] or [N, G·H, height, width]. */
static TelarValue
block (Walk *w, TelarValue x, guint which)
{
  guint axis = telar_builder_type (w->b, x)->shape.rank == 1 ? 0 : 1;

  return telar_build_slice (w->b, x, axis, which * w->units, (which + 1) * w->units);
}

static TelarValue
gate_of (Walk *w, TelarValue x, guint gate)
{
  return telar_cell_gates (w->r->cell) == 1 ? x : block (w, x, telar_gate_position (w->r, gate));
}

/* Function @which, of what the clip leaves. As in ONNX Runtime the memory is not clipped on its way
 * into the output. */
static TelarValue
apply (Walk *w, guint which, TelarValue x)
{
  if (w->r->clip > 0 && which < 2) {
    x = telar_build_binary_scalar (w->b, TELAR_PRIM_MAXIMUM, x, -w->r->clip);
    x = telar_build_binary_scalar (w->b, TELAR_PRIM_MINIMUM, x, w->r->clip);
  }
  return telar_emit_gate_function (w->b, &w->r->functions[which], x);
}

/* R * h, zeros around it, so that its size stays. */
static TelarValue
convolve (Walk *w, TelarValue hidden, TelarValue weights)
{
  static const gint64 ones[TELAR_MAX_RANK] = { 1, 1, 1, 1, 1, 1, 1, 1 };
  const TelarShape *kernel = &telar_builder_type (w->b, weights)->shape;
  guint n = kernel->rank - 2;
  gint64 pad[2 * TELAR_MAX_RANK];

  for (guint i = 0; i < n; i++) {
    pad[i] = (kernel->dims[2 + i] - 1) / 2;
    pad[n + i] = kernel->dims[2 + i] - 1 - pad[i];
  }
  return telar_emit (w->b, CONV, ((TelarValue[]){ hidden, weights }), TELAR_INTS (STRIDE, ones, n),
                     TELAR_INTS (PAD, pad, 2 * n));
}

/* R h + its bias: TELAR_NO_VALUE when h is zero and there is no bias. */
static TelarValue
recur (Walk *w, TelarValue hidden, TelarValue weights, TelarValue bias)
{
  TelarValue product;

  if (hidden == TELAR_NO_VALUE)
    return bias;
  product = telar_builder_type (w->b, weights)->shape.rank > 2
                ? convolve (w, hidden, weights)
                : telar_build_matmul (w->b, hidden, weights, FALSE, TRUE);
  return bias == TELAR_NO_VALUE ? product : add (w, product, bias);
}

static TelarValue
add_if (Walk *w, TelarValue x, TelarValue y)
{
  return y == TELAR_NO_VALUE ? x : add (w, x, y);
}

/* --- the cells: each leaves its new states in @w ---------------------------------------------- */

static void
step_rnn (Walk *w, TelarValue x)
{
  TelarValue sums = add_if (w, x, recur (w, w->hidden, w->r->recurrent, TELAR_NO_VALUE));

  w->hidden = apply (w, 0, sums);
}

/* @x + P·c */
static TelarValue
peep (Walk *w, TelarValue x, guint which, TelarValue memory)
{
  if (w->r->peephole == TELAR_NO_VALUE || memory == TELAR_NO_VALUE)
    return x;
  return add (w, x, multiply (w, memory, block (w, w->r->peephole, which)));
}

static void
step_lstm (Walk *w, TelarValue x)
{
  TelarValue sums = add_if (w, x, recur (w, w->hidden, w->r->recurrent, TELAR_NO_VALUE));
  TelarValue input = peep (w, gate_of (w, sums, LSTM_INPUT), PEEPHOLE_INPUT, w->memory);
  TelarValue output = gate_of (w, sums, LSTM_OUTPUT), forget, memory;

  input = apply (w, 0, input);
  memory = multiply (w, input, apply (w, 1, gate_of (w, sums, LSTM_CELL)));
  if (w->memory != TELAR_NO_VALUE) {
    forget =
        w->r->coupled
            ? complement (w, input)
            : apply (w, 0, peep (w, gate_of (w, sums, LSTM_FORGET), PEEPHOLE_FORGET, w->memory));
    memory = add (w, multiply (w, forget, w->memory), memory);
  }
  output = apply (w, 0, peep (w, output, PEEPHOLE_OUTPUT, memory));
  w->memory = memory;
  w->hidden = multiply (w, output, apply (w, 2, memory));
}

/* (1 - z)·n + z·h = n + z·(h - n) */
static void
mix (Walk *w, TelarValue update, TelarValue fresh)
{
  if (w->hidden == TELAR_NO_VALUE)
    w->hidden = multiply (w, complement (w, update), fresh);
  else
    w->hidden =
        add (w, fresh,
             multiply (w, update, telar_build_binary (w->b, TELAR_PRIM_SUB, w->hidden, fresh)));
}

/* One product gives R h of all gates. */
static void
step_gru_linear (Walk *w, TelarValue x)
{
  TelarValue recurred = recur (w, w->hidden, w->r->recurrent, w->r->recurrent_bias);
  TelarValue reset = gate_of (w, x, GRU_RESET), update = gate_of (w, x, GRU_UPDATE);
  TelarValue fresh = gate_of (w, x, GRU_NEW);

  if (recurred != TELAR_NO_VALUE) {
    update = add (w, update, gate_of (w, recurred, GRU_UPDATE));
    reset = apply (w, 0, add (w, reset, gate_of (w, recurred, GRU_RESET)));
    fresh = add (w, fresh, multiply (w, reset, gate_of (w, recurred, GRU_NEW)));
  }
  mix (w, apply (w, 0, update), apply (w, 1, fresh));
}

/* The new state's product must wait for the reset gate; the biases are in @x already. */
static void
step_gru (Walk *w, TelarValue x)
{
  TelarValue update = gate_of (w, x, GRU_UPDATE), fresh = gate_of (w, x, GRU_NEW);
  gint64 first = w->units * (gint64)telar_gate_position (w->r, GRU_NEW), rows = 3 * w->units;
  TelarValue gates, reset;

  if (w->hidden != TELAR_NO_VALUE) {
    gates = recur (w, w->hidden, telar_build_slice (w->b, w->r->recurrent, 0, 0, first),
                   TELAR_NO_VALUE);
    reset = add (w, gate_of (w, x, GRU_RESET), gate_of (w, gates, GRU_RESET));
    reset = multiply (w, apply (w, 0, reset), w->hidden);
    update = add (w, update, gate_of (w, gates, GRU_UPDATE));
    fresh = add (w, fresh,
                 recur (w, reset, telar_build_slice (w->b, w->r->recurrent, 0, first, rows),
                        TELAR_NO_VALUE));
  }
  mix (w, apply (w, 0, update), apply (w, 1, fresh));
}

/* --- the walk --------------------------------------------------------------------------------- */

static TelarValue
zeros (Walk *w)
{
  return telar_build_fill (w->b, &w->state, 0);
}

/* Where step @t lies beyond a sequence's length, states stay as they were. */
static TelarValue
hold (Walk *w, TelarValue within, TelarValue fresh, TelarValue before)
{
  return telar_build_select (w->b, within, fresh, before == TELAR_NO_VALUE ? zeros (w) : before);
}

static TelarValue
input_of_step (Walk *w, gint64 t)
{
  TelarShape shape = telar_shape_without (&telar_builder_type (w->b, w->projected)->shape, 1);

  return telar_build_reshape (w->b, telar_build_slice (w->b, w->projected, 1, t, t + 1), &shape);
}

/* Takes the states through step @t; returns the step's output. */
static TelarValue
step (Walk *w, gint64 t)
{
  TelarValue before = w->hidden, memory = w->memory, x = input_of_step (w, t), within;

  if (w->r->cell == TELAR_CELL_RNN)
    step_rnn (w, x);
  else if (w->r->cell == TELAR_CELL_LSTM)
    step_lstm (w, x);
  else if (w->r->linear_before_reset)
    step_gru_linear (w, x);
  else
    step_gru (w, x);
  if (w->lengths == TELAR_NO_VALUE)
    return w->hidden;

  within = telar_build_binary (w->b, TELAR_PRIM_LESS,
                               telar_build_scalar (w->b, TELAR_I64, (double)t), w->lengths);
  x = telar_build_select (w->b, within, w->hidden, zeros (w));
  w->hidden = hold (w, within, w->hidden, before);
  if (w->r->cell == TELAR_CELL_LSTM)
    w->memory = hold (w, within, w->memory, memory);
  return x;
}

/* W x and all biases that need not wait for a step: these first, which are few numbers. */
static TelarValue
project (Walk *w, TelarValue x)
{
  const TelarRecurrence *r = w->r;
  gboolean waits = r->cell == TELAR_CELL_GRU && r->linear_before_reset;
  TelarValue bias = waits ? TELAR_NO_VALUE : r->recurrent_bias;

  if (r->bias != TELAR_NO_VALUE)
    bias = add_if (w, r->bias, bias);
  if (r->kernel != TELAR_NO_VALUE)
    x = telar_build_matmul (w->b, x, r->kernel, FALSE, TRUE);
  return add_if (w, x, bias);
}

/* [N] lengths as whole numbers that broadcast over the states. */
static TelarValue
column_of_lengths (Walk *w)
{
  TelarShape column = w->state.shape;

  if (w->r->lengths == TELAR_NO_VALUE)
    return TELAR_NO_VALUE;
  for (guint i = 1; i < column.rank; i++)
    column.dims[i] = 1;
  return telar_build_reshape (w->b, telar_build_cast (w->b, w->r->lengths, TELAR_I64), &column);
}

static gboolean
check_sequence (Walk *w, const TelarShape *shape, const TelarShape *recurrent)
{
  if (shape->rank < 3 || recurrent->rank < 2 || shape->dims[1] < 1)
    telar_builder_fail (w->b, "a recurrent layer needs a sequence of a fixed number of steps, "
                              "batch × steps × features");
  else if (shape->dims[1] > TELAR_MAX_STEPS)
    telar_builder_fail (w->b, "a recurrent layer takes at most %d steps", TELAR_MAX_STEPS);
  return !telar_builder_error (w->b);
}

static gboolean
prepare (Walk *w, TelarValue x)
{
  TelarShape shape = telar_builder_type (w->b, x)->shape;
  TelarShape recurrent = telar_builder_type (w->b, w->r->recurrent)->shape;

  if (telar_builder_error (w->b) || !check_sequence (w, &shape, &recurrent))
    return FALSE;
  w->steps = shape.dims[1];
  w->units = recurrent.dims[1];
  w->projected = project (w, x);
  if (w->projected == TELAR_NO_VALUE)
    return FALSE;
  w->state = *telar_builder_type (w->b, w->projected);
  w->state.shape = telar_shape_without (&w->state.shape, 1);
  w->state.shape.dims[1] = w->units;
  w->lengths = column_of_lengths (w);
  return !telar_builder_error (w->b);
}

TelarRecurrenceResult
telar_emit_recurrence (TelarBuilder *b, const TelarRecurrence *recurrence, TelarValue x)
{
  TelarRecurrenceResult result = { TELAR_NO_VALUE, TELAR_NO_VALUE, TELAR_NO_VALUE };
  TelarRecurrence r = *recurrence;
  gboolean common = !telar_builder_error (b) && telar_recurrence_is_common (b, &r);
  Walk w = { .b = b, .r = &r, .hidden = r.hidden, .memory = r.memory };
  g_autofree TelarValue *outputs = NULL;
  TelarShape wide;

  if (common)
    telar_recurrence_reorder (b, &r);
  if (!prepare (&w, x))
    return result;
  if (common)
    return telar_emit_common_cell (b, &r, w.projected);
  outputs = g_new (TelarValue, w.steps);
  wide = telar_shape_with (&w.state.shape, 1, 1);
  for (gint64 i = 0; i < w.steps; i++) {
    gint64 t = r.reverse ? w.steps - 1 - i : i;
    outputs[t] = telar_build_reshape (b, step (&w, t), &wide);
  }
  result.sequence = telar_build_concat (b, outputs, (guint)w.steps, 1);
  result.hidden = w.hidden;
  result.memory = r.cell == TELAR_CELL_LSTM ? w.memory : TELAR_NO_VALUE;
  return result;
}
