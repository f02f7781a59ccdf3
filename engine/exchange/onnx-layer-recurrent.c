/* Recurrent layers as ONNX's RNN, LSTM and GRU. ONNX has the steps first, [T, N, F], and each of
 * the layers on top of each other is a node of its own; Telar has [N, T, F]. */
#include "engine/exchange/onnx-layers.h"

#include <string.h>

enum { IN, LENGTHS, HIDDEN, MEMORY };
enum { OUT, LAST_HIDDEN, LAST_MEMORY };

#define MOST_LAYERS 64

typedef struct {
  OnnxExport *e;
  const OnnxLayer *layer;
  const char *op_type; /* "LSTM" */
  guint gates;
  const guint *order; /* ONNX's gate i is ours order[i] */
  guint layers, directions;
  gint64 units;
  const char *lengths;              /* [N] of int32, or "" */
  const char *states[MEMORY + 1];   /* HIDDEN and MEMORY to begin with: [layers · D, N, H] or "" */
  const char *sequence;             /* [T, D, N, H] of the layer under way */
  const char *last[2][MOST_LAYERS]; /* hidden and memory: [D, N, H] of each layer */
} Recurrent;

static const char *
text (const Recurrent *r, const char *param)
{
  return telar_param_set_text (r->layer->node->params, param);
}

static gboolean
flag (const Recurrent *r, const char *param)
{
  return telar_param_set_bool (r->layer->node->params, param);
}

/* --- small steps ------------------------------------------------------------------------------ */

static const char *
transpose (const Recurrent *r, const char *x, const gint64 *perm, guint n)
{
  const char *output;
  onnx_node_ints (r->e->model,
                  onnx_layer_step (r->e, r->layer, "Transpose", ONNX_INPUTS (x), &output), "perm",
                  perm, n);
  return output;
}

static const char *
reshape (const Recurrent *r, const char *x, const gint64 *dims, guint n)
{
  const char *output;
  const char *shape = onnx_model_ints (r->e->model, r->layer->id, dims, n);
  onnx_layer_step (r->e, r->layer, "Reshape", ONNX_INPUTS (x, shape), &output);
  return output;
}

static const char *
slice (const Recurrent *r, const char *x, gint64 start, gint64 limit)
{
  const gint64 zero = 0;
  const char *id = r->layer->id, *output;
  OnnxModel *model = r->e->model;
  onnx_layer_step (r->e, r->layer, "Slice",
                   ONNX_INPUTS (x, onnx_model_ints (model, id, &start, 1),
                                onnx_model_ints (model, id, &limit, 1),
                                onnx_model_ints (model, id, &zero, 1)),
                   &output);
  return output;
}

/* --- weights ---------------------------------------------------------------------------------- */

/* Copies state @role of one direction of layer @number, gate by gate in ONNX's order, to @to.
 * Returns how many numbers. */
static gsize
copy_gates (const Recurrent *r, const char *role, guint number, guint direction, float *to)
{
  g_autofree char *name =
      g_strdup_printf ("%s_l%u%s", role, number, direction == 1 ? "_reverse" : "");
  const TelarTensor *tensor = onnx_layer_state (r->e, r->layer, name);
  if (!tensor)
    return 0;
  gsize total = tensor->bytes / sizeof (float), block = total / r->gates;
  for (guint gate = 0; to && gate < r->gates; gate++)
    memcpy (to + gate * block, (const float *)tensor->data + r->order[gate] * block,
            block * sizeof (float));
  return total;
}

/* [D, G·H, n]: both directions of a kernel. */
static const char *
weights (const Recurrent *r, const char *role, guint number, gint64 columns)
{
  TelarShape shape = telar_shape (r->directions, r->gates * r->units, columns);
  g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_F32, &shape);
  g_autofree char *name = g_strdup_printf ("%s_l%u", role, number);
  float *to = tensor->data;
  for (guint d = 0; d < r->directions; d++)
    to += copy_gates (r, role, number, d, to);
  return onnx_layer_tensor (r->e, r->layer, name, tensor);
}

/* [D, 2·G·H]: of each direction the biases of the input, then those of the state. */
static const char *
biases (const Recurrent *r, guint number)
{
  TelarShape shape = telar_shape (r->directions, 2 * r->gates * r->units);
  g_autofree char *name = g_strdup_printf ("bias_l%u", number);
  if (!flag (r, "bias"))
    return "";
  g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_F32, &shape);
  float *to = tensor->data;
  for (guint d = 0; d < r->directions; d++) {
    to += copy_gates (r, "bias", number, d, to);
    to += copy_gates (r, "recurrent_bias", number, d, to);
  }
  return onnx_layer_tensor (r->e, r->layer, name, tensor);
}

/* --- functions -------------------------------------------------------------------------------- */

/* ONNX's name of an activation, NULL for those whose settings differ. */
static const char *
function_name (const char *name)
{
  static const char *const names[][2] = {
    { "tanh", "Tanh" },         { "sigmoid", "Sigmoid" },   { "relu", "Relu" },
    { "softsign", "Softsign" }, { "softplus", "Softplus" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i][0], name))
      return names[i][1];
  return NULL;
}

static gboolean
fits (const OnnxLayer *layer)
{
  const TelarParamSet *params = layer->node->params;
  gboolean gated = !g_str_equal (layer->node->op->name, "rnn");
  return function_name (telar_param_set_text (params, "activation")) &&
         (!gated || function_name (telar_param_set_text (params, "gate_activation")));
}

static void
set_functions (const Recurrent *r, OnnxNode *node)
{
  const char *names[6], *state = function_name (text (r, "activation"));
  guint n = 0;
  for (guint d = 0; d < r->directions; d++) {
    if (r->gates > 1)
      names[n++] = function_name (text (r, "gate_activation"));
    names[n++] = state;
    if (r->gates == 4)
      names[n++] = state;
  }
  onnx_node_texts (r->e->model, node, "activations", names, n);
}

/* --- layers ----------------------------------------------------------------------------------- */

/* [N, S, H], or [N, H] of a single state, as [S, N, H]. */
static const char *
first_states (const Recurrent *r, guint port)
{
  static const gint64 perm[] = { 1, 0, 2 };
  const gint64 single[] = { 1, -1, r->units };
  if (r->layer->inputs[port] == TELAR_NO_VALUE)
    return "";
  const char *x = onnx_layer_input (r->e, r->layer, port);
  if (r->layer->types[port].shape.rank == 2)
    return reshape (r, x, single, G_N_ELEMENTS (single));
  return transpose (r, x, perm, G_N_ELEMENTS (perm));
}

static const char *
states_of (const Recurrent *r, guint port, guint number)
{
  if (!*r->states[port] || r->layers == 1)
    return r->states[port];
  return slice (r, r->states[port], number * r->directions, (number + 1) * r->directions);
}

static const char *
lengths (const Recurrent *r)
{
  const char *output;
  if (r->layer->inputs[LENGTHS] == TELAR_NO_VALUE)
    return "";
  onnx_node_int (r->e->model,
                 onnx_layer_step (r->e, r->layer, "Cast",
                                  ONNX_INPUTS (onnx_layer_input (r->e, r->layer, LENGTHS)),
                                  &output),
                 "to", onnx_dtype (TELAR_I32));
  return output;
}

static const char *
name_of (const Recurrent *r, const char *part, guint number)
{
  g_autofree char *name = g_strdup_printf ("%s.%s_l%u", r->layer->id, part, number);
  return onnx_model_name (r->e->model, name);
}

/* @x: [T, N, F]. */
static void
run_layer (Recurrent *r, guint number, const char *x, gint64 features)
{
  const char *id = r->layer->id;
  g_autofree char *further = g_strdup_printf ("%s.l%u", id, number);
  const char *inputs[] = { x,
                           weights (r, "kernel", number, features),
                           weights (r, "recurrent", number, r->units),
                           biases (r, number),
                           r->lengths,
                           states_of (r, HIDDEN, number),
                           states_of (r, MEMORY, number) };
  r->sequence = name_of (r, "sequence", number);
  r->last[0][number] = name_of (r, "last", number);
  OnnxNode *node = onnx_layer_node (r->e, r->layer, r->op_type,
                                    onnx_model_name (r->e->model, number == 0 ? id : further),
                                    inputs, r->gates == 4 ? 7 : 6, r->sequence);
  onnx_node_add_output (r->e->model, node, r->last[0][number]);
  if (r->gates == 4) {
    r->last[1][number] = name_of (r, "last_memory", number);
    onnx_node_add_output (r->e->model, node, r->last[1][number]);
  }
  onnx_node_int (r->e->model, node, "hidden_size", r->units);
  if (r->directions == 2)
    onnx_node_text (r->e->model, node, "direction", "bidirectional");
  if (r->gates == 3)
    onnx_node_int (r->e->model, node, "linear_before_reset", flag (r, "reset_after"));
  set_functions (r, node);
}

/* [T, D, N, H] as [T, N, D·H], what the next layer reads. */
static const char *
joined (const Recurrent *r)
{
  static const gint64 perm[] = { 0, 2, 1, 3 };
  const gint64 dims[] = { 0, 0, r->directions * r->units };
  return reshape (r, transpose (r, r->sequence, perm, G_N_ELEMENTS (perm)), dims,
                  G_N_ELEMENTS (dims));
}

/* --- results ---------------------------------------------------------------------------------- */

/* The last node of a result, named after the result. */
static OnnxNode *
finish (const Recurrent *r, guint port, const char *op_type, const char *const *inputs, guint n)
{
  const char *output = onnx_layer_output (r->e, r->layer, port);
  g_autofree char *kind = g_ascii_strdown (op_type, -1);
  g_autofree char *name = g_strdup_printf ("%s.%s", r->layer->id, kind);
  return onnx_layer_node (r->e, r->layer, op_type, onnx_model_name (r->e->model, name), inputs, n,
                          output);
}

/* Every step, [N, T, D·H], or the last layer's states, [N, D·H]. */
static void
write_out (const Recurrent *r)
{
  static const gint64 steps[] = { 2, 0, 1, 3 }, states[] = { 1, 0, 2 };
  const gint64 dims[] = { 0, 0, r->directions * r->units };
  const gint64 flat[] = { 0, r->directions * r->units };
  gboolean all = flag (r, "sequences");
  const char *x = all ? transpose (r, r->sequence, steps, 4)
                      : transpose (r, r->last[0][r->layers - 1], states, 3);
  const char *shape = onnx_model_ints (r->e->model, r->layer->id, all ? dims : flat,
                                       all ? G_N_ELEMENTS (dims) : G_N_ELEMENTS (flat));
  if (r->layer->outputs[OUT] != TELAR_NO_VALUE)
    finish (r, OUT, "Reshape", ONNX_INPUTS (x, shape));
}

/* [D, N, H] of each layer as [N, layers · D, H]. */
static void
write_last (const Recurrent *r, guint which, guint port)
{
  static const gint64 perm[] = { 1, 0, 2 };
  const char *all = r->last[which][0];
  if (r->layer->outputs[port] == TELAR_NO_VALUE)
    return;
  if (r->layers > 1)
    onnx_node_int (r->e->model,
                   onnx_layer_step (r->e, r->layer, "Concat", r->last[which], r->layers, &all),
                   "axis", 0);
  onnx_node_ints (r->e->model, finish (r, port, "Transpose", ONNX_INPUTS (all)), "perm", perm,
                  G_N_ELEMENTS (perm));
}

static void
write_layers (OnnxExport *e, const OnnxLayer *layer, const char *op_type, guint gates,
              const guint *order)
{
  static const gint64 perm[] = { 1, 0, 2 };
  const TelarParamSet *params = layer->node->params;
  Recurrent r = { .e = e, .layer = layer, .op_type = op_type, .gates = gates, .order = order };
  gint64 features = layer->types[IN].shape.dims[2];
  r.layers = (guint)telar_param_set_int (params, "layers");
  r.directions = telar_param_set_bool (params, "bidirectional") ? 2 : 1;
  r.units = telar_param_set_int (params, "units");
  r.lengths = lengths (&r);
  r.states[HIDDEN] = first_states (&r, HIDDEN);
  r.states[MEMORY] = gates == 4 ? first_states (&r, MEMORY) : "";
  const char *x = transpose (&r, onnx_layer_input (e, layer, IN), perm, G_N_ELEMENTS (perm));
  for (guint number = 0; number < r.layers; number++) {
    run_layer (&r, number, number == 0 ? x : joined (&r), features);
    features = r.directions * r.units;
  }
  write_out (&r);
  write_last (&r, 0, LAST_HIDDEN);
  if (gates == 4)
    write_last (&r, 1, LAST_MEMORY);
}

static void
write_rnn (OnnxExport *e, const OnnxLayer *layer)
{
  static const guint order[] = { 0 };
  write_layers (e, layer, "RNN", 1, order);
}

/* Ours: input, forget, new, output; ONNX's: input, output, forget, new. */
static void
write_lstm (OnnxExport *e, const OnnxLayer *layer)
{
  static const guint order[] = { 0, 3, 1, 2 };
  write_layers (e, layer, "LSTM", 4, order);
}

/* Ours: reset, update, new; ONNX's: update, reset, new. */
static void
write_gru (OnnxExport *e, const OnnxLayer *layer)
{
  static const guint order[] = { 1, 0, 2 };
  write_layers (e, layer, "GRU", 3, order);
}

const OnnxLayerKind onnx_recurrent_layers[] = {
  { "rnn", 7, fits, write_rnn },
  { "lstm", 7, fits, write_lstm },
  { "gru", 7, fits, write_gru },
  { NULL },
};
