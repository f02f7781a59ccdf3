/* Drawing recurrent layers. ONNX has the steps first, [T, N, F], unless it says otherwise, and an
 * axis for the directions; Telar has [N, T, F] and both directions side by side. */
#include "engine/exchange/onnx/canvas.h"
#include "engine/exchange/onnx/operators.h"

#include <string.h>

enum { X, W, R, B, LENGTHS, STATE, MEMORY, PEEPHOLES }; /* ONNX's inputs */
enum { IN, IN_LENGTHS, IN_STATE, IN_MEMORY };           /* the palette's */

typedef struct {
  OnnxCall *call;
  const char *op;
  TelarOnnxRecurrence settings;
  guint gates;
  gint64 units, features;
  gboolean lengths; /* some sequences are shorter */
} Recurrent;

/* --- checking --------------------------------------------------------------------------------- */

/* Whether the known input is zeros, as if it were not there. */
static gboolean
is_zeros (OnnxCall *call, guint input)
{
  const TelarTensor *tensor = call->inputs[input]->tensor;
  for (gsize i = 0; tensor && i < telar_tensor_elements (tensor); i++)
    if (telar_tensor_get (tensor, i) != 0)
      return FALSE;
  return tensor != NULL;
}

static gboolean
has_shape (const TelarTensor *tensor, const TelarShape *shape)
{
  return tensor && telar_shape_equal (&tensor->type.shape, shape);
}

static gboolean
read_weights (Recurrent *r)
{
  OnnxCall *call = r->call;
  TelarTensor *kernel = onnx_call_numbers (call, W), *recurrent = onnx_call_numbers (call, R);
  TelarTensor *bias = onnx_call_has (call, B) ? onnx_call_numbers (call, B) : NULL;
  if (call->error)
    return FALSE;
  r->units = recurrent->type.shape.rank == 3 ? recurrent->type.shape.dims[2] : 0;
  r->features = kernel->type.shape.rank == 3 ? kernel->type.shape.dims[2] : 0;
  gint64 rows = r->gates * r->units;
  TelarShape of_kernel = telar_shape (r->settings.directions, rows, r->features);
  TelarShape of_state = telar_shape (r->settings.directions, rows, r->units);
  TelarShape of_bias = telar_shape (r->settings.directions, 2 * rows);
  if (!has_shape (kernel, &of_kernel) || !has_shape (recurrent, &of_state) ||
      (bias && !has_shape (bias, &of_bias)))
    onnx_call_fail (call, "its weights do not fit each other");
  return !call->error;
}

/* Both directions must have the functions @gate and @state; entries without a name are ONNX's
 * defaults, which are also the palette's. */
static gboolean
same_function (const TelarGateFunction *has, const TelarGateFunction *first)
{
  return g_strcmp0 (has->name, first->name) == 0 && has->alpha == first->alpha &&
         has->beta == first->beta;
}

/* The palette's function of that kind, or an error. */
static void
set_function (Recurrent *r, TelarNode *node, const char *param, const TelarGateFunction *function)
{
  if (!function->name)
    return;
  onnx_draw_set (r->call, node, param, "%s", function->name);
  if (r->call->error)
    return;
  TelarGateFunction own = telar_gate_function (function->name);
  if (telar_gate_function_settings (function) > 0 && !same_function (function, &own))
    onnx_call_fail (r->call, "the canvas has %s with its usual constants alone", function->name);
}

static void
set_functions (Recurrent *r, TelarNode *node)
{
  const TelarGateFunction *functions = r->settings.functions;
  guint each = r->gates == 4 ? 3 : r->gates == 3 ? 2 : 1;
  for (guint i = each; i < each * r->settings.directions; i++)
    if (!same_function (&functions[i], &functions[i % each]))
      onnx_call_fail (r->call, "the canvas has it with one set of functions for both directions");
  if (each == 3 && !same_function (&functions[1], &functions[2]))
    onnx_call_fail (r->call, "the canvas has it with one function for state and memory");
  if (each > 1)
    set_function (r, node, "gate_activation", &functions[0]);
  set_function (r, node, "activation", &functions[each > 1 ? 1 : 0]);
}

static gboolean
check (Recurrent *r)
{
  OnnxCall *call = r->call;
  onnx_recurrence_settings (call, &r->settings);
  if (r->settings.clip > 0 || r->settings.coupled)
    onnx_call_fail (call, "the canvas has it without clip and input_forget");
  if (onnx_call_has (call, PEEPHOLES) && !is_zeros (call, PEEPHOLES))
    onnx_call_fail (call, "the canvas has it without peepholes");
  if (onnx_draw_shape (call, X)->rank != 3)
    onnx_call_fail (call, "its sequences need 3 axes");
  return !call->error && read_weights (r);
}

/* --- weights ---------------------------------------------------------------------------------- */

/* Copies @rows rows of direction @direction that begin at @first, gate by gate in our order. */
static TelarTensor *
copy_gates (const Recurrent *r, const TelarTensor *from, guint direction, gint64 first,
            const TelarShape *shape)
{
  static const guint lstm[] = { 0, 2, 3, 1 }, gru[] = { 1, 0, 2 }, rnn[] = { 0 };
  const guint *order = r->gates == 4 ? lstm : r->gates == 3 ? gru : rnn;
  TelarTensor *to = telar_tensor_new (from->type.dtype, shape);
  gsize block = telar_tensor_elements (to) / r->gates;
  gsize columns = block / (gsize)r->units;
  gsize all = telar_tensor_elements (from) / r->settings.directions;
  for (guint gate = 0; gate < r->gates; gate++)
    for (gsize i = 0; i < block; i++)
      telar_tensor_set (to, gate * block + i,
                        telar_tensor_get (from, direction * all + (gsize)first * columns +
                                                    order[gate] * block + i));
  return to;
}

static void
set_weight (const Recurrent *r, TelarNode *node, const char *role, guint input, gint64 first,
            gint64 columns)
{
  gint64 rows = r->gates * r->units;
  TelarShape shape = columns > 0 ? telar_shape (rows, columns) : telar_shape (rows);
  for (guint direction = 0; direction < r->settings.directions; direction++) {
    g_autofree char *name = g_strdup_printf ("%s_l0%s", role, direction == 1 ? "_reverse" : "");
    g_autoptr (TelarTensor) tensor =
        copy_gates (r, r->call->inputs[input]->tensor, direction, first, &shape);
    onnx_draw_state (r->call, node, name, tensor);
  }
}

static void
set_weights (const Recurrent *r, TelarNode *node)
{
  set_weight (r, node, "kernel", W, 0, r->features);
  set_weight (r, node, "recurrent", R, 0, r->units);
  if (!onnx_call_has (r->call, B)) {
    onnx_draw_set (r->call, node, "bias", "false");
    return;
  }
  set_weight (r, node, "bias", B, 0, 0);
  set_weight (r, node, "recurrent_bias", B, r->gates * r->units, 0);
}

/* --- the layer and what stands around it ------------------------------------------------------ */

static TelarNode *
permuted (const Recurrent *r, TelarNode *before, guint port, const gint64 *axes, guint n)
{
  TelarNode *node = onnx_draw_node (r->call, "permute");
  onnx_draw_set_ints (r->call, node, "axes", axes, n);
  if (before)
    onnx_draw_join_from (r->call, before, port, node, 0);
  return node;
}

/* Sequences turned round, each at its own length. */
static TelarNode *
turned (const Recurrent *r, TelarNode *before)
{
  TelarNode *node = onnx_draw_after (r->call, r->lengths ? "reverse_sequence" : "reverse", before);
  if (r->lengths)
    onnx_draw_wire (r->call, LENGTHS, node, 1);
  else
    onnx_draw_set (r->call, node, "axis", "1");
  return node;
}

/* A state to begin with, [D, N, H] where the steps come first. */
static void
wire_state (const Recurrent *r, TelarNode *node, guint input, guint port)
{
  static const gint64 swap[] = { 1, 0, 2 };
  OnnxCall *call = r->call;
  if (!onnx_call_has (call, input) || is_zeros (call, input))
    return;
  if (r->settings.batch_first) {
    onnx_draw_wire (call, input, node, port);
    return;
  }
  TelarNode *state = permuted (r, NULL, 0, swap, 3);
  if (state)
    onnx_draw_wire (call, input, state, 0);
  onnx_draw_join (call, state, node, port);
}

/* The states after the last step. */
static void
give_last (const Recurrent *r, TelarNode *node, guint port, guint output)
{
  static const gint64 swap[] = { 1, 0, 2 };
  if (!onnx_call_wants (r->call, output))
    return;
  if (r->settings.batch_first)
    onnx_draw_give (r->call, output, node, port);
  else
    onnx_draw_give (r->call, output, permuted (r, node, port, swap, 3), 0);
}

/* [N, T, D·H] as [N, T, D, H], or [T, D, N, H] where the steps come first. */
static void
give_sequence (const Recurrent *r, TelarNode *node)
{
  static const gint64 steps_first[] = { 1, 2, 0, 3 };
  const TelarType *type = onnx_draw_step (r->call, node, 0);
  if (!type || !onnx_call_wants (r->call, 0))
    return;
  const gint64 sizes[] = { type->shape.dims[1], r->settings.directions, r->units };
  TelarNode *apart =
      onnx_draw_after (r->call, "reshape", r->settings.reverse ? turned (r, node) : node);
  onnx_draw_set_ints (r->call, apart, "shape", sizes, 3);
  if (!r->settings.batch_first)
    apart = permuted (r, apart, 0, steps_first, 4);
  onnx_draw_give (r->call, 0, apart, 0);
}

static void
draw_layer (Recurrent *r)
{
  static const gint64 batch_first[] = { 1, 0, 2 };
  OnnxCall *call = r->call;
  TelarNode *node = onnx_draw_node (call, r->op), *x = NULL; /* it has the call's name */
  if (!node)
    return;
  if (!r->settings.batch_first) {
    x = permuted (r, NULL, 0, batch_first, 3);
    if (x)
      onnx_draw_wire (call, X, x, 0);
  }
  r->lengths = onnx_call_has (call, LENGTHS);
  if (r->settings.reverse)
    x = turned (r, x);
  if (x)
    onnx_draw_join (call, x, node, 0);
  else
    onnx_draw_wire (call, X, node, 0);
  onnx_draw_set (call, node, "units", "%" G_GINT64_FORMAT, r->units);
  if (r->settings.directions == 2)
    onnx_draw_set (call, node, "bidirectional", "true");
  if (r->gates == 3)
    onnx_draw_set (call, node, "reset_after", "%s",
                   r->settings.linear_before_reset ? "true" : "false");
  set_functions (r, node);
  set_weights (r, node);
  if (r->lengths)
    onnx_draw_wire (call, LENGTHS, node, IN_LENGTHS);
  wire_state (r, node, STATE, IN_STATE);
  if (r->gates == 4)
    wire_state (r, node, MEMORY, IN_MEMORY);
  give_sequence (r, node);
  give_last (r, node, 1, 1);
  if (r->gates == 4)
    give_last (r, node, 2, 2);
}

static void
draw_recurrent (OnnxCall *call, const char *op)
{
  Recurrent r = { .call = call, .op = op };
  r.gates = g_str_equal (op, "lstm") ? 4 : g_str_equal (op, "gru") ? 3 : 1;
  if (check (&r))
    draw_layer (&r);
}

const OnnxDrawing onnx_drawings_recurrent[] = {
  { "RNN", draw_recurrent, "rnn" },
  { "LSTM", draw_recurrent, "lstm" },
  { "GRU", draw_recurrent, "gru" },
  { NULL },
};
