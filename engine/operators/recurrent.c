/* Recurrent layers as operators: directions and layers around the cells of recurrent-cell.c. */
#include "engine/operators/recurrent.h"
#include "engine/operators/families.h"

/* The ports, in this order. */
enum { IN, LENGTHS, HIDDEN, MEMORY };
enum { OUT, LAST_HIDDEN, LAST_MEMORY };

typedef struct {
  TelarLowering *l;
  TelarCell cell;
  gint64 units;
  guint layers, directions, states; /* states: layers · directions */
  TelarValue lengths;
  TelarValue hidden, memory; /* at first, [N, states, H], or none */
  TelarValue *last_hidden, *last_memory;
} Layers;

/* --- weights ---------------------------------------------------------------------------------- */

/* "kernel_l0", "kernel_l1_reverse": PyTorch's suffixes. */
static TelarValue
weight (const Layers *s, const char *role, guint state, const TelarShape *shape, TelarInit init,
        gboolean decay)
{
  guint layer = state / s->directions;
  g_autofree char *name =
      g_strdup_printf ("%s_l%u%s", role, layer, state % s->directions == 1 ? "_reverse" : "");

  return telar_lower_parameter (s->l, name, shape, init, decay);
}

/* Both products add up into the units, so that PyTorch draws all by the units alone. */
static void
declare_weights (const Layers *s, guint state, gint64 features, TelarRecurrence *r)
{
  gint64 rows = telar_cell_gates (s->cell) * s->units;
  TelarShape kernel = telar_shape (rows, features), recurrent = telar_shape (rows, s->units);
  TelarShape bias = telar_shape (rows);
  gboolean as_pytorch = g_str_equal (telar_lower_text (s->l, "init"), "pytorch");

  r->kernel = weight (s, "kernel", state, &kernel,
                      telar_lower_init (s->l, as_pytorch ? s->units : features, s->units), TRUE);
  r->recurrent =
      weight (s, "recurrent", state, &recurrent, telar_lower_init (s->l, s->units, s->units), TRUE);
  if (!telar_lower_bool (s->l, "bias"))
    return;
  r->bias = weight (s, "bias", state, &bias, telar_lower_bias_init (s->l, s->units), FALSE);
  r->recurrent_bias =
      weight (s, "recurrent_bias", state, &bias, telar_lower_bias_init (s->l, s->units), FALSE);
}

const char *const telar_gate_choices[] = {
  "tanh", "sigmoid", "relu", "elu", "softsign", "softplus", "hard_sigmoid", NULL,
};

TelarGateFunction
telar_gate_function (const char *name)
{
  if (g_str_equal (name, "hard_sigmoid"))
    return (TelarGateFunction){ name, 1.0 / 6, 0.5 };
  return (TelarGateFunction){ name, 1, 0 };
}

static void
choose_functions (const Layers *s, TelarRecurrence *r)
{
  TelarGateFunction state = telar_gate_function (telar_lower_text (s->l, "activation"));

  if (s->cell == TELAR_CELL_RNN) {
    r->functions[0] = state;
    return;
  }
  r->functions[0] = telar_gate_function (telar_lower_text (s->l, "gate_activation"));
  r->functions[1] = r->functions[2] = state;
}

/* --- layers ----------------------------------------------------------------------------------- */

/* State @state of [N, states, H] as [N, H]. */
static TelarValue
first_state (const Layers *s, TelarValue all, guint state)
{
  TelarShape shape;

  if (all == TELAR_NO_VALUE)
    return all;
  shape = telar_shape (telar_lower_type (s->l, all).shape.dims[0], s->units);
  return telar_build_reshape (s->l->b, telar_build_slice (s->l->b, all, 1, state, state + 1),
                              &shape);
}

static TelarValue
run_direction (Layers *s, guint state, TelarValue x)
{
  TelarRecurrence r = TELAR_RECURRENCE;
  TelarShape shape = telar_lower_type (s->l, x).shape;
  TelarRecurrenceResult result;

  r.cell = s->cell;
  r.reverse = state % s->directions == 1;
  r.linear_before_reset = s->cell == TELAR_CELL_GRU && telar_lower_bool (s->l, "reset_after");
  r.lengths = s->lengths;
  r.hidden = first_state (s, s->hidden, state);
  r.memory = first_state (s, s->memory, state);
  choose_functions (s, &r);
  declare_weights (s, state, shape.dims[2], &r);
  result = telar_emit_recurrence (s->l->b, &r, x);
  s->last_hidden[state] = result.hidden;
  s->last_memory[state] = result.memory;
  return result.sequence;
}

static TelarValue
run_layer (Layers *s, guint layer, TelarValue x)
{
  TelarValue sides[2];

  for (guint d = 0; d < s->directions; d++)
    sides[d] = run_direction (s, layer * s->directions + d, x);
  return s->directions == 1 ? sides[0] : telar_build_concat (s->l->b, sides, 2, 2);
}

static TelarValue
drop_between (Layers *s, guint layer, TelarValue x)
{
  TelarShape shape = telar_lower_type (s->l, x).shape;
  g_autofree char *role = g_strdup_printf ("dropout_l%u", layer);

  return telar_emit_dropout (s->l, x, &shape, telar_lower_real (s->l, "dropout"), role);
}

/* Initial states of [N, H], where there is one, or [N, states, H]. */
static TelarValue
read_states (Layers *s, guint port)
{
  TelarType type;
  TelarValue x = telar_lower_float (s->l, port, 2, 3, &type);
  TelarShape wanted = telar_shape (type.shape.dims[0], s->states, s->units);

  if (x == TELAR_NO_VALUE || telar_shape_equal (&type.shape, &wanted))
    return x;
  if (type.shape.rank == 2 && s->states == 1 && type.shape.dims[1] == s->units)
    return telar_build_reshape (s->l->b, x, &wanted);
  g_autofree char *given = telar_shape_to_string (&type.shape);
  g_autofree char *needed = telar_shape_to_string (&wanted);
  telar_lower_fail (s->l, "%s must be %s and is %s", s->l->node->op->inputs[port].name, needed,
                    given);
  return TELAR_NO_VALUE;
}

/* [N, H] of each state as [N, states, H]. */
static TelarValue
join_states (const Layers *s, TelarValue *states)
{
  TelarShape shape = telar_lower_type (s->l, states[0]).shape;

  shape = telar_shape (shape.dims[0], 1, s->units);
  for (guint i = 0; i < s->states; i++)
    states[i] = telar_build_reshape (s->l->b, states[i], &shape);
  return telar_build_concat (s->l->b, states, s->states, 1);
}

/* The states that the last layer ends with: what a reader of the whole sequence remembers. */
static TelarValue
last_of (const Layers *s)
{
  const TelarValue *top = s->last_hidden + s->states - s->directions;

  return s->directions == 1 ? top[0] : telar_build_concat (s->l->b, top, 2, 1);
}

static gboolean
read_inputs (Layers *s, TelarValue *x)
{
  TelarType type;
  gint64 steps, features;

  *x = telar_lower_float (s->l, IN, 3, 3, &type);
  if (*x == TELAR_NO_VALUE || !telar_lower_size (s->l, &type.shape, 1, &steps) ||
      !telar_lower_size (s->l, &type.shape, 2, &features))
    return FALSE;
  s->lengths = telar_lower_ranked (s->l, LENGTHS, 1, 1, &type);
  s->hidden = read_states (s, HIDDEN);
  s->memory = s->cell == TELAR_CELL_LSTM ? read_states (s, MEMORY) : TELAR_NO_VALUE;
  return !telar_builder_error (s->l->b);
}

static void
lower_layers (TelarLowering *l, TelarCell cell)
{
  Layers s = { .l = l,
               .cell = cell,
               .units = telar_lower_int (l, "units"),
               .layers = (guint)telar_lower_int (l, "layers"),
               .directions = telar_lower_bool (l, "bidirectional") ? 2 : 1 };
  g_autofree TelarValue *hidden = g_new (TelarValue, s.layers * s.directions);
  g_autofree TelarValue *memory = g_new (TelarValue, s.layers * s.directions);
  TelarValue x, out;

  s.states = s.layers * s.directions;
  s.last_hidden = hidden;
  s.last_memory = memory;
  if (!read_inputs (&s, &x))
    return;
  for (guint layer = 0; layer < s.layers; layer++)
    x = run_layer (&s, layer, layer == 0 ? x : drop_between (&s, layer - 1, x));
  out = telar_lower_bool (l, "sequences") ? x : last_of (&s);
  telar_lower_output (l, OUT, out);
  telar_lower_output (l, LAST_HIDDEN, join_states (&s, hidden));
  if (cell == TELAR_CELL_LSTM)
    telar_lower_output (l, LAST_MEMORY, join_states (&s, memory));
}

static void
lower_rnn (TelarLowering *l)
{
  lower_layers (l, TELAR_CELL_RNN);
}

static void
lower_lstm (TelarLowering *l)
{
  lower_layers (l, TELAR_CELL_LSTM);
}

static void
lower_gru (TelarLowering *l)
{
  lower_layers (l, TELAR_CELL_GRU);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define IN_PORTS                                                                                   \
  { .name = "in",                                                                                  \
    .kind = TELAR_PORT_TENSOR,                                                                     \
    .doc = N_ ("Sequences, batch × steps × features; the number of steps is fixed.") },            \
      { .name = "lengths",                                                                         \
        .kind = TELAR_PORT_TENSOR,                                                                 \
        .optional = TRUE,                                                                          \
        .doc = N_ ("How many steps of each sequence count; all when nothing is wired.") },         \
  {                                                                                                \
    .name = "state", .kind = TELAR_PORT_TENSOR, .optional = TRUE,                                  \
    .doc = N_ ("The state to begin with, batch × units; with several layers or directions "       \
               "batch × (layers · directions) × units. Zeros when nothing is wired."),             \
  }
#define OUT_PORTS                                                                                   \
  { .name = "out",                                                                                  \
    .kind = TELAR_PORT_TENSOR,                                                                      \
    .doc = N_ ("Batch × steps × units, or batch × units of the last step; both directions side " \
               "by side.") },                                                                       \
  {                                                                                                 \
    .name = "last", .kind = TELAR_PORT_TENSOR,                                                      \
    .doc = N_ ("The state after the last step, batch × (layers · directions) × units."),            \
  }
#define UNITS                                                                                      \
  {                                                                                                \
    .name = "units", .label = N_ ("Units"), .kind = TELAR_PARAM_INT, .fallback = "64",             \
    .minimum = 1, .maximum = TELAR_SIZE_LIMIT,                                                     \
    .doc = N_ ("Size of the state, and so number of features of each step of the result."),        \
    .prominent = TRUE,                                                                             \
  }
#define LAYERS                                                                                     \
  { .name = "layers",                                                                              \
    .label = N_ ("Layers"),                                                                        \
    .kind = TELAR_PARAM_INT,                                                                       \
    .fallback = "1",                                                                               \
    .minimum = 1,                                                                                  \
    .maximum = 64,                                                                                 \
    .doc = N_ ("How many layers stand on top of each other."),                                     \
    .prominent = TRUE },                                                                           \
  {                                                                                                \
    .name = "bidirectional", .label = N_ ("Both directions"), .kind = TELAR_PARAM_BOOL,            \
    .fallback = "false",                                                                           \
    .doc = N_ ("Adds a second one that reads from the end, which doubles the features of "         \
               "the result."),                                                                     \
    .prominent = TRUE                                                                              \
  }
#define DROPOUT                                                                                    \
  {                                                                                                \
    .name = "dropout", .label = N_ ("Dropout"), .kind = TELAR_PARAM_REAL, .fallback = "0",         \
    .minimum = 0, .maximum = 0.999,                                                                \
    .doc = N_ ("The share of numbers between layers that becomes zero while training."),           \
  }
#define BIAS                                                                                       \
  {                                                                                                \
    .name = "bias", .label = N_ ("Bias"), .kind = TELAR_PARAM_BOOL, .fallback = "true",            \
    .doc = N_ ("Adds trained numbers to both products, as PyTorch does."),                         \
  }

static const TelarOperator rnn = {
  .name = "rnn",
  .label = N_ ("Simple recurrent layer"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Reads a sequence step by step and carries a state along. Forgets soon; LSTM and GRU "
             "remember longer."),
  .formula = "h[t] = activation(kernel·x[t] + bias + recurrent·h[t-1] + recurrent_bias)",
  .onnx = "RNN",
  .inputs = TELAR_PORTS (IN_PORTS),
  .outputs = TELAR_PORTS (OUT_PORTS),
  .params = TELAR_PARAMS (UNITS, TELAR_PARAM_CELL, LAYERS, TELAR_PARAM_SEQUENCES, DROPOUT, BIAS,
                          TELAR_PARAM_INIT),
  .lower = lower_rnn,
  .examples = TELAR_EXAMPLES (
      "f32[2,4,3] units=5", "f32[3,4,2] i64[3]<5 f32[3,4,3] units=3 layers=2 bidirectional=true",
      "f32[2,3,4] units=2 activation=hard_sigmoid sequences=false bias=false init=pytorch",
      "f32[2,3,2] units=2 layers=2 dropout=0.5 activation=elu"),
};

static const TelarOperator lstm = {
  .name = "lstm",
  .label = N_ ("LSTM"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Reads a sequence step by step; a memory with gates decides what to keep, to forget "
             "and to tell. The kernel's rows are the gates input, forget, new, output, as in "
             "PyTorch."),
  .formula = "i, f, o = gates(kernel·x[t] + recurrent·h[t-1]), g = activation(kernel·x[t] + "
             "recurrent·h[t-1]); c[t] = f·c[t-1] + i·g; h[t] = o·activation(c[t])",
  .onnx = "LSTM",
  .inputs = TELAR_PORTS (IN_PORTS,
                         {
                             .name = "memory",
                             .kind = TELAR_PORT_TENSOR,
                             .optional = TRUE,
                             .doc = N_ ("The memory to begin with, shaped as the state."),
                         }),
  .outputs = TELAR_PORTS (OUT_PORTS,
                          {
                              .name = "last_memory",
                              .kind = TELAR_PORT_TENSOR,
                              .doc = N_ ("The memory after the last step, shaped as the state."),
                          }),
  .params = TELAR_PARAMS (UNITS, TELAR_PARAM_CELL, TELAR_PARAM_GATES, LAYERS, TELAR_PARAM_SEQUENCES,
                          DROPOUT, BIAS, TELAR_PARAM_INIT),
  .lower = lower_lstm,
  .examples = TELAR_EXAMPLES (
      "f32[2,4,3] units=5", "f32[2,3,2] i64[2]<4 f32[2,3] f32[2,3] units=3",
      "f32[2,3,2] i64[2]<4 f32[2,4,2] f32[2,4,2] units=2 layers=2 bidirectional=true",
      "f32[2,3,4] units=2 bidirectional=true sequences=false gate_activation=hard_sigmoid",
      "f32[2,3,2] units=2 layers=2 dropout=0.5 bias=false init=pytorch"),
};

static const TelarOperator gru = {
  .name = "gru",
  .label = N_ ("GRU"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Reads a sequence step by step like an LSTM, with fewer gates and no separate memory. "
             "The kernel's rows are the gates reset, update, new, as in PyTorch."),
  .formula = "r, z = gates(kernel·x[t] + recurrent·h[t-1]); n = activation(kernel·x[t] + "
             "r·(recurrent·h[t-1] + recurrent_bias)); h[t] = (1 - z)·n + z·h[t-1]",
  .onnx = "GRU",
  .inputs = TELAR_PORTS (IN_PORTS),
  .outputs = TELAR_PORTS (OUT_PORTS),
  .params = TELAR_PARAMS (UNITS, TELAR_PARAM_CELL, TELAR_PARAM_GATES, LAYERS, TELAR_PARAM_SEQUENCES,
                          DROPOUT,
                          {
                              .name = "reset_after",
                              .label = N_ ("Reset after"),
                              .kind = TELAR_PARAM_BOOL,
                              .fallback = "true",
                              .doc = N_ ("Whether the reset gate acts on the product with the "
                                         "state, as in PyTorch and Keras, or before it on the "
                                         "state, as in the first paper."),
                          },
                          BIAS, TELAR_PARAM_INIT),
  .lower = lower_gru,
  .examples = TELAR_EXAMPLES (
      "f32[2,4,3] units=5", "f32[2,3,2] i64[2]<4 f32[2,3] units=3",
      "f32[2,3,2] i64[2]<4 f32[2,4,2] units=2 layers=2 bidirectional=true sequences=false",
      "f32[2,3,4] units=2 activation=softsign gate_activation=hard_sigmoid bias=false",
      "f32[2,3,4] i64[2]<4 units=3 reset_after=false",
      "f32[2,3,2] units=2 layers=2 dropout=0.5 init=pytorch"),
};

const TelarOperator *const telar_operators_recurrent[] = { &rnn, &lstm, &gru, NULL };
