/* The differentiate pass: reverse mode on the IR itself, so that the gradient is a program like any
 * other.
 *
 * Needs a program before fusion and layout, with at least one scalar floating output of role LOSS.
 * Keeps everything the program computes and appends, for each trainable state that the losses
 * depend on, the output of role PROBE "grad:STATE". It walks only values that lead from such a
 * state to a loss: the gradient of an input of the graph is never made. Each instruction of the
 * gradient carries the origin of the one it belongs to. */
#include "engine/compiler.h"
#include "engine/compiler/gradients.h"

#include <string.h>

/* clang-format off */
#define RULE(PRIM, name)                                                                           \
  [TELAR_PRIM_##PRIM] = { TELAR_GRADIENT_RULE, telar_gradient_##name }
#define ZERO(PRIM) [TELAR_PRIM_##PRIM] = { TELAR_GRADIENT_ZERO, NULL }
#define LATE(PRIM) [TELAR_PRIM_##PRIM] = { TELAR_GRADIENT_LATE, NULL }

static const TelarGradient gradients[TELAR_N_PRIMS] = {
  RULE (NEG, neg), RULE (ABS, abs), RULE (EXP, exp), RULE (LOG, log), RULE (LOG1P, log1p),
  RULE (SQRT, sqrt), RULE (RSQRT, rsqrt), RULE (RECIPROCAL, reciprocal), RULE (SIN, sin),
  RULE (COS, cos), RULE (TANH, tanh), RULE (SIGMOID, sigmoid), RULE (SOFTPLUS, softplus),
  RULE (ATAN, atan), RULE (ERF, erf), RULE (RELU, relu), RULE (CAST, cast),
  RULE (ADD, add), RULE (SUB, sub), RULE (MUL, mul), RULE (DIV, div), RULE (POW, pow),
  RULE (MAXIMUM, maximum), RULE (MINIMUM, minimum), RULE (MOD, mod), RULE (SELECT, select),
  RULE (RESHAPE, reshape), RULE (TRANSPOSE, transpose), RULE (BROADCAST, broadcast),
  RULE (SLICE, slice), RULE (PAD, pad), RULE (CONCAT, concat), RULE (REVERSE, reverse),
  RULE (GATHER, gather), RULE (SCATTER_ADD, scatter_add),
  RULE (SUM, sum), RULE (MEAN, mean), RULE (MAX, extremum), RULE (MIN, extremum),
  RULE (PROD, prod), RULE (CUMSUM, cumsum),
  RULE (MATMUL, matmul), RULE (CONV, conv), RULE (CONV_INPUT_GRAD, conv_input_grad),
  RULE (CONV_WEIGHT_GRAD, conv_weight_grad), RULE (MAX_POOL, max_pool),
  RULE (AVG_POOL, avg_pool), RULE (AVG_POOL_GRAD, avg_pool_grad),
  RULE (SOFTMAX, softmax), RULE (LOG_SOFTMAX, log_softmax), RULE (BATCH_NORM, batch_norm),
  RULE (BATCH_NORM_TRAIN, batch_norm_train), RULE (LAYER_NORM, layer_norm),
  RULE (LSTM, lstm), RULE (GRU, gru),
  ZERO (INPUT), ZERO (STATE), ZERO (CONSTANT), ZERO (FILL), ZERO (IOTA), ZERO (UNIFORM),
  ZERO (NORMAL), ZERO (SIGN), ZERO (FLOOR), ZERO (CEIL), ZERO (ROUND), ZERO (NOT), ZERO (ISNAN),
  ZERO (EQUAL), ZERO (LESS), ZERO (LESS_EQUAL), ZERO (AND), ZERO (OR), ZERO (ONE_HOT),
  ZERO (STOP), ZERO (BIT_AND), ZERO (BIT_OR), ZERO (BIT_XOR), ZERO (BIT_NOT), ZERO (SHIFT_LEFT),
  ZERO (SHIFT_RIGHT),
  ZERO (ARGMAX), ZERO (ARGMIN), ZERO (ARGSORT), ZERO (COUNT),
  LATE (MAX_POOL_GRAD), LATE (BATCH_NORM_GRAD), LATE (LAYER_NORM_GRAD), LATE (LSTM_GRAD),
  LATE (GRU_GRAD), LATE (SGD), LATE (ADAM),
  LATE (FUSED),
};
/* clang-format on */

TelarGradient
telar_gradient_of (TelarPrim prim)
{
  return gradients[prim];
}

typedef struct {
  const TelarProgram *program;
  TelarBuilder *builder;
  TelarValue *map;   /* per value: the same value in the builder */
  TelarValue *grads; /* per value: its gradient so far */
  gboolean *active;  /* per value: it depends on a trainable state and has a gradient */
} Reverse;

/* --- what depends on trainable states ----------------------------------------------------------
 */

static gboolean
starts_gradients (const TelarProgram *program, const TelarInstr *instr)
{
  if (instr->prim != TELAR_PRIM_STATE)
    return FALSE;
  const TelarState *state =
      telar_program_find_state (program, telar_instr_string (instr, TELAR_ATTR_NAME));
  return state->trainable && telar_dtype_is_float (state->type.dtype);
}

static void
mark_active (Reverse *r)
{
  for (guint t = 0; t < telar_program_n_instrs (r->program); t++) {
    const TelarInstr *instr = telar_program_instr (r->program, t);
    gboolean active = starts_gradients (r->program, instr);
    for (guint i = 0; i < instr->n_inputs; i++)
      active = active || r->active[instr->inputs[i]];
    active = active && (instr->prim == TELAR_PRIM_STATE ||
                        gradients[instr->prim].kind != TELAR_GRADIENT_ZERO);
    for (guint i = 0; i < instr->n_outputs; i++) {
      TelarDType dtype = telar_program_type (r->program, instr->outputs[i])->dtype;
      r->active[instr->outputs[i]] = active && telar_dtype_is_float (dtype);
    }
  }
}

/* --- the walk back -----------------------------------------------------------------------------
 */

static void
accumulate (Reverse *r, TelarValue value, TelarValue gradient)
{
  if (gradient == TELAR_NO_VALUE)
    return;
  TelarValue *sum = &r->grads[value];
  *sum = *sum == TELAR_NO_VALUE ? gradient
                                : telar_build_binary (r->builder, TELAR_PRIM_ADD, *sum, gradient);
}

static void
reverse_instr (Reverse *r, const TelarInstr *instr)
{
  TelarGradient gradient = gradients[instr->prim];
  telar_builder_set_origin (r->builder, instr->origin);
  if (gradient.kind != TELAR_GRADIENT_RULE) {
    telar_builder_fail (
        r->builder, "%s cannot be differentiated%s", telar_prim_info (instr->prim)->name,
        gradient.kind == TELAR_GRADIENT_LATE ? ": it arises only after differentiation" : "");
    return;
  }
  guint n = instr->n_inputs;
  g_autofree TelarValue *inputs = g_new (TelarValue, n + 1);
  g_autofree TelarValue *results = g_new (TelarValue, n + 1);
  g_autofree TelarValue *outputs = g_new (TelarValue, instr->n_outputs + 1);
  g_autofree gboolean *wanted = g_new (gboolean, n + 1);
  for (guint i = 0; i < n; i++) {
    inputs[i] = r->map[instr->inputs[i]];
    wanted[i] = r->active[instr->inputs[i]];
    results[i] = TELAR_NO_VALUE;
  }
  for (guint i = 0; i < instr->n_outputs; i++)
    outputs[i] = r->map[instr->outputs[i]];
  TelarAdjoint adjoint = { .b = r->builder,
                           .instr = instr,
                           .inputs = inputs,
                           .outputs = outputs,
                           .grads = &r->grads[instr->outputs[0]],
                           .wanted = wanted,
                           .results = results };
  gradient.rule (&adjoint);
  for (guint i = 0; i < n; i++)
    if (wanted[i])
      accumulate (r, instr->inputs[i], results[i]);
}

static gboolean
has_gradient (const Reverse *r, const TelarInstr *instr)
{
  for (guint i = 0; i < instr->n_outputs; i++)
    if (r->active[instr->outputs[i]] && r->grads[instr->outputs[i]] != TELAR_NO_VALUE)
      return TRUE;
  return FALSE;
}

static gboolean
seed_losses (Reverse *r, GError **error)
{
  guint losses = 0;
  for (guint i = 0; i < telar_program_n_outputs (r->program); i++) {
    const TelarOutput *output = telar_program_output (r->program, i);
    if (output->role != TELAR_OUTPUT_LOSS)
      continue;
    const TelarType *type = telar_program_type (r->program, output->value);
    if (type->shape.rank != 0 || !telar_dtype_is_float (type->dtype)) {
      g_autofree char *text = telar_type_to_string (type);
      telar_set_error (error, TELAR_ERROR_INVALID,
                       telar_program_maker (r->program, output->value, NULL)->origin,
                       "a loss must be one number, not %s", text);
      return FALSE;
    }
    accumulate (r, output->value, telar_build_scalar (r->builder, type->dtype, 1));
    losses++;
  }
  if (losses == 0)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "there is no loss to train on; add one to the graph");
  return losses > 0;
}

/* Name of a state -> the gradients (TelarValue) of its reads that have one, in order. */
static GHashTable *
find_reads (const Reverse *r)
{
  GHashTable *reads =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
  for (guint t = 0; t < telar_program_n_instrs (r->program); t++) {
    const TelarInstr *instr = telar_program_instr (r->program, t);
    if (!starts_gradients (r->program, instr) || r->grads[instr->outputs[0]] == TELAR_NO_VALUE)
      continue;
    const char *name = telar_instr_string (instr, TELAR_ATTR_NAME);
    GArray *parts = g_hash_table_lookup (reads, name);
    if (parts == NULL) {
      parts = g_array_new (FALSE, FALSE, sizeof (TelarValue));
      g_hash_table_insert (reads, (gpointer)name, parts);
    }
    g_array_append_val (parts, r->grads[instr->outputs[0]]);
  }
  return reads;
}

/* A state may be read more than once; its gradients add up. */
static void
output_gradients (Reverse *r)
{
  g_autoptr (GHashTable) reads = find_reads (r);
  telar_builder_set_origin (r->builder, NULL);
  for (guint s = 0; s < telar_program_n_states (r->program); s++) {
    const char *name = telar_program_state (r->program, s)->name;
    const GArray *parts = g_hash_table_lookup (reads, name);
    if (parts == NULL)
      continue;
    TelarValue sum = g_array_index (parts, TelarValue, 0);
    for (guint i = 1; i < parts->len; i++)
      sum = telar_build_binary (r->builder, TELAR_PRIM_ADD, sum,
                                g_array_index (parts, TelarValue, i));
    g_autofree char *output = g_strconcat (TELAR_PROBE_PREFIX_GRADIENT, name, NULL);
    telar_build_output (r->builder, TELAR_OUTPUT_PROBE, output, sum);
  }
}

/* Of the wires that are looked at; a gradient need not reach them. */
static void
output_wire_gradients (Reverse *r)
{
  for (guint i = 0; i < telar_program_n_outputs (r->program); i++) {
    const TelarOutput *output = telar_program_output (r->program, i);
    if (output->role != TELAR_OUTPUT_PROBE ||
        !g_str_has_prefix (output->name, TELAR_PROBE_PREFIX_WIRE) ||
        r->grads[output->value] == TELAR_NO_VALUE)
      continue;
    g_autofree char *name = g_strconcat (TELAR_PROBE_PREFIX_GRADIENT, output->name, NULL);
    telar_build_output (r->builder, TELAR_OUTPUT_PROBE, name, r->grads[output->value]);
  }
}

TelarProgram *
telar_pass_differentiate (const TelarProgram *program, GError **error)
{
  guint n_values = telar_program_n_values (program), n = telar_program_n_instrs (program);
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, n_values + 1);
  g_autofree TelarValue *grads = g_new (TelarValue, n_values + 1);
  g_autofree gboolean *active = g_new0 (gboolean, n_values + 1);
  for (TelarValue v = 0; v <= n_values; v++)
    grads[v] = TELAR_NO_VALUE;
  Reverse r = {
    .program = program, .builder = builder, .map = map, .grads = grads, .active = active
  };
  telar_copy_all (builder, program, map);
  mark_active (&r);
  telar_builder_set_origin (builder, NULL);
  if (!seed_losses (&r, error))
    return NULL;
  for (guint t = n; t-- > 0;) {
    const TelarInstr *instr = telar_program_instr (program, t);
    if (instr->n_inputs > 0 && has_gradient (&r, instr))
      reverse_instr (&r, instr);
  }
  telar_copy_results (builder, program, map);
  output_gradients (&r);
  output_wire_gradients (&r);
  return telar_builder_finish (builder, error);
}
