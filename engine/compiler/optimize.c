/* The optimize pass: gradients become updates.
 *
 * Needs the "grad:STATE" outputs of the differentiate pass and takes them away; everything else
 * stays. Declares the optimizer's slots as states that are not trainable, "STATE/m" and "STATE/v"
 * for Adam, "STATE/velocity" for momentum, and adds the scalar inputs "learning_rate" and, for
 * Adam, "step". */
#include "engine/compiler.h"

#include <string.h>

#define GRADIENT_PREFIX "grad:"

typedef struct {
  const TelarProgram *program;
  const TelarOptimizer *optimizer;
  TelarBuilder *builder;
  TelarValue *map;
  TelarValue rate, step;
} Optimizing;

/* The state whose gradient @output is, or NULL. */
static const TelarState *
state_of (const Optimizing *o, const TelarOutput *output)
{
  if (output->role != TELAR_OUTPUT_PROBE || !g_str_has_prefix (output->name, GRADIENT_PREFIX))
    return NULL;
  return telar_program_find_state (o->program, output->name + strlen (GRADIENT_PREFIX));
}

static void
copy_other_results (Optimizing *o)
{
  for (guint i = 0; i < telar_program_n_states (o->program); i++) {
    const TelarState *state = telar_program_state (o->program, i);
    if (state->fit != TELAR_NO_VALUE)
      telar_build_set_fit (o->builder, state->name, o->map[state->fit]);
  }
  for (guint i = 0; i < telar_program_n_outputs (o->program); i++) {
    const TelarOutput *output = telar_program_output (o->program, i);
    if (state_of (o, output) == NULL)
      telar_build_output (o->builder, output->role, output->name, o->map[output->value]);
  }
  for (guint i = 0; i < telar_program_n_updates (o->program); i++) {
    const TelarUpdate *update = telar_program_update (o->program, i);
    telar_build_update (o->builder, update->state, o->map[update->value]);
  }
}

/* --- clipping ----------------------------------------------------------------------------------
 */

/* min (1, clip / (norm + 1e-6)), norm over all gradients together, as PyTorch's clip_grad_norm_.
 * TELAR_NO_VALUE without clipping. */
static TelarValue
clip_factor (Optimizing *o)
{
  TelarBuilder *b = o->builder;
  TelarValue sum = TELAR_NO_VALUE;
  if (o->optimizer->clip_norm <= 0)
    return TELAR_NO_VALUE;
  for (guint i = 0; i < telar_program_n_outputs (o->program); i++) {
    const TelarOutput *output = telar_program_output (o->program, i);
    if (state_of (o, output) == NULL)
      continue;
    TelarValue g = o->map[output->value];
    TelarValue part =
        telar_build_reduce_all (b, TELAR_PRIM_SUM, telar_build_binary (b, TELAR_PRIM_MUL, g, g));
    sum = sum == TELAR_NO_VALUE ? part : telar_build_binary (b, TELAR_PRIM_ADD, sum, part);
  }
  if (sum == TELAR_NO_VALUE)
    return TELAR_NO_VALUE;
  TelarValue norm = telar_build_unary (b, TELAR_PRIM_SQRT, sum);
  telar_build_output (b, TELAR_OUTPUT_PROBE, "gradient_norm", norm);
  TelarDType dtype = telar_builder_type (b, norm)->dtype;
  TelarValue limit = telar_build_scalar (b, dtype, o->optimizer->clip_norm);
  TelarValue safe = telar_build_binary_scalar (b, TELAR_PRIM_ADD, norm, 1e-6);
  TelarValue ratio = telar_build_binary (b, TELAR_PRIM_DIV, limit, safe);
  return telar_build_binary_scalar (b, TELAR_PRIM_MINIMUM, ratio, 1);
}

/* --- steps -------------------------------------------------------------------------------------
 */

/* The slot's value; declares it. */
static TelarValue
slot (Optimizing *o, const TelarState *state, const char *suffix)
{
  g_autofree char *name = g_strconcat (state->name, "/", suffix, NULL);
  TelarState declared = {
    .name = name, .type = state->type, .init = { .kind = TELAR_INIT_ZEROS }, .fit = TELAR_NO_VALUE
  };
  telar_build_declare_state (o->builder, &declared);
  return telar_build_state (o->builder, name);
}

static void
update_slot (Optimizing *o, const TelarState *state, const char *suffix, TelarValue value)
{
  g_autofree char *name = g_strconcat (state->name, "/", suffix, NULL);
  telar_build_update (o->builder, name, value);
}

/* p - rate (g + decay p). */
static void
plain_step (Optimizing *o, const TelarState *state, TelarValue p, TelarValue g, double decay)
{
  TelarBuilder *b = o->builder;
  if (decay > 0)
    g = telar_build_binary (b, TELAR_PRIM_ADD, g,
                            telar_build_binary_scalar (b, TELAR_PRIM_MUL, p, decay));
  TelarValue move = telar_build_binary (b, TELAR_PRIM_MUL, g, o->rate);
  telar_build_update (b, state->name, telar_build_binary (b, TELAR_PRIM_SUB, p, move));
}

static void
momentum_step (Optimizing *o, const TelarState *state, TelarValue p, TelarValue g, double decay)
{
  TelarValue inputs[] = { p, g, slot (o, state, "velocity"), o->rate };
  TelarValue next =
      telar_emit (o->builder, SGD, inputs, TELAR_REAL (MOMENTUM, o->optimizer->momentum),
                  TELAR_INT (NESTEROV, o->optimizer->nesterov), TELAR_REAL (WEIGHT_DECAY, decay));
  if (next == TELAR_NO_VALUE)
    return;
  telar_build_update (o->builder, state->name, next);
  update_slot (o, state, "velocity", next + 1);
}

static void
adam_step (Optimizing *o, const TelarState *state, TelarValue p, TelarValue g, double decay)
{
  const TelarOptimizer *optimizer = o->optimizer;
  TelarValue m = slot (o, state, "m"), v = slot (o, state, "v");
  TelarValue inputs[] = { p, g, m, v, o->rate, o->step };
  TelarValue next =
      telar_emit (o->builder, ADAM, inputs, TELAR_REAL (BETA1, optimizer->beta1),
                  TELAR_REAL (BETA2, optimizer->beta2), TELAR_REAL (EPSILON, optimizer->epsilon),
                  TELAR_REAL (WEIGHT_DECAY, decay),
                  TELAR_INT (DECOUPLED, optimizer->kind == TELAR_OPTIMIZER_ADAMW));
  if (next == TELAR_NO_VALUE)
    return;
  telar_build_update (o->builder, state->name, next);
  update_slot (o, state, "m", next + 1);
  update_slot (o, state, "v", next + 2);
}

/* The value that reads the state now; programs read each state at least once when it has a
 * gradient. */
static TelarValue
read_state (const Optimizing *o, const TelarState *state)
{
  for (guint t = 0; t < telar_program_n_instrs (o->program); t++) {
    const TelarInstr *instr = telar_program_instr (o->program, t);
    if (instr->prim == TELAR_PRIM_STATE &&
        strcmp (telar_instr_string (instr, TELAR_ATTR_NAME), state->name) == 0)
      return o->map[instr->outputs[0]];
  }
  return TELAR_NO_VALUE;
}

/* The node of "conv1.kernel", so that the optimizer's cost counts to it. */
static void
set_origin (Optimizing *o, const TelarState *state)
{
  g_autofree char *node = g_strndup (state->name, strcspn (state->name, "."));
  telar_builder_set_origin (o->builder, node);
}

static void
update_states (Optimizing *o, TelarValue factor)
{
  const TelarOptimizer *optimizer = o->optimizer;
  for (guint i = 0; i < telar_program_n_outputs (o->program); i++) {
    const TelarOutput *output = telar_program_output (o->program, i);
    const TelarState *state = state_of (o, output);
    if (state == NULL)
      continue;
    TelarValue p = read_state (o, state), g = o->map[output->value];
    double decay = state->decay ? optimizer->weight_decay : 0;
    set_origin (o, state);
    if (factor != TELAR_NO_VALUE)
      g = telar_build_binary (o->builder, TELAR_PRIM_MUL, g, factor);
    if (optimizer->kind != TELAR_OPTIMIZER_SGD)
      adam_step (o, state, p, g, decay);
    else if (optimizer->momentum > 0)
      momentum_step (o, state, p, g, decay);
    else
      plain_step (o, state, p, g, decay);
  }
}

TelarProgram *
telar_pass_optimize (const TelarProgram *program, const TelarOptimizer *optimizer, GError **error)
{
  guint n_values = telar_program_n_values (program);
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, n_values + 1);
  Optimizing o = { .program = program,
                   .optimizer = optimizer,
                   .builder = builder,
                   .map = map,
                   .step = TELAR_NO_VALUE };
  telar_copy_states (builder, program, map);
  for (guint t = 0; t < telar_program_n_instrs (program); t++)
    telar_copy_instr (builder, program, telar_program_instr (program, t), map);
  copy_other_results (&o);

  const TelarType scalar = { TELAR_F32, telar_shape_scalar () };
  telar_builder_set_origin (builder, NULL);
  o.rate = telar_build_input (builder, "learning_rate", &scalar);
  if (optimizer->kind != TELAR_OPTIMIZER_SGD)
    o.step = telar_build_input (builder, "step", &scalar);
  update_states (&o, clip_factor (&o));
  telar_builder_set_origin (builder, NULL);
  return telar_builder_finish (builder, error);
}
