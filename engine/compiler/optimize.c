/* The optimize pass: gradients become updates.
 *
 * Needs the "grad:STATE" outputs of the differentiate pass and takes them away; everything else
 * stays. A gradient is added to those of the batches before, clipped, given noise, and then the
 * optimizer's (optimizers.c), whose slots are states that are not trainable, such as "STATE/m". */
#include "engine/compiler/optimizers.h"
#include "engine/random.h"

#include <math.h>
#include <string.h>

typedef struct {
  const TelarProgram *program;
  const TelarOptimizer *optimizer;
  TelarBuilder *builder;
  TelarValue *map;
  GArray *parameters; /* Parameter */
  TelarValue rate, step, share, weight;
  TelarValue loss; /* the sum of the losses, for a line search */
} Optimizing;

/* A state that has a gradient. */
typedef struct {
  const TelarState *state;
  TelarValue p, g;
} Parameter;

/* The state whose gradient @output is, or NULL. */
static const TelarState *
state_of (const Optimizing *o, const TelarOutput *output)
{
  if (output->role != TELAR_OUTPUT_PROBE ||
      !g_str_has_prefix (output->name, TELAR_PROBE_PREFIX_GRADIENT))
    return NULL;
  return telar_program_find_state (o->program, output->name + strlen (TELAR_PROBE_PREFIX_GRADIENT));
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
    if (state_of (o, output) == NULL || o->optimizer->keeps_gradients)
      telar_build_output_like (o->builder, output, o->map[output->value]);
  }
  for (guint i = 0; i < telar_program_n_updates (o->program); i++) {
    const TelarUpdate *update = telar_program_update (o->program, i);
    telar_build_update (o->builder, update->state, o->map[update->value]);
  }
}

/* --- clipping ----------------------------------------------------------------------------------
 */

/* min (1, clip / (norm + 1e-6)), norm over all gradients together, as PyTorch's clip_grad_norm_. */
static TelarValue
clip_factor (Optimizing *o)
{
  TelarBuilder *b = o->builder;
  TelarValue sum = TELAR_NO_VALUE;
  for (guint i = 0; i < o->parameters->len; i++) {
    TelarValue g = g_array_index (o->parameters, Parameter, i).g;
    TelarValue part =
        telar_build_reduce_all (b, TELAR_PRIM_SUM, telar_build_binary (b, TELAR_PRIM_MUL, g, g));
    sum = i == 0 ? part : telar_build_binary (b, TELAR_PRIM_ADD, sum, part);
  }
  TelarValue norm = telar_build_unary (b, TELAR_PRIM_SQRT, sum);
  telar_build_output (b, TELAR_OUTPUT_PROBE, "gradient_norm", norm);
  TelarDType dtype = telar_builder_type (b, norm)->dtype;
  TelarValue limit = telar_build_scalar (b, dtype, o->optimizer->clip_norm);
  TelarValue safe = telar_build_binary_scalar (b, TELAR_PRIM_ADD, norm, 1e-6);
  TelarValue ratio = telar_build_binary (b, TELAR_PRIM_DIV, limit, safe);
  return telar_build_binary_scalar (b, TELAR_PRIM_MINIMUM, ratio, 1);
}

static TelarValue
clip_by_value (Optimizing *o, TelarValue g)
{
  double limit = o->optimizer->clip_value;
  g = telar_build_binary_scalar (o->builder, TELAR_PRIM_MINIMUM, g, limit);
  return telar_build_binary_scalar (o->builder, TELAR_PRIM_MAXIMUM, g, -limit);
}

/* --- what becomes of a gradient ----------------------------------------------------------------
 */

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

/* A slot of the pass's own, zeros at first. */
static TelarValue
add_slot (Optimizing *o, const TelarState *state, const char *name)
{
  TelarState slot = {
    .name = name, .type = state->type, .init = { .kind = TELAR_INIT_ZEROS }, .fit = TELAR_NO_VALUE
  };
  telar_build_declare_state (o->builder, &slot);
  return telar_build_state (o->builder, name);
}

/* What the batches of the step so far give, each counting by its rows. The last of them leaves the
 * sum empty, the others are done with that. */
static TelarValue
add_up (Optimizing *o, const Parameter *parameter)
{
  TelarBuilder *b = o->builder;
  g_autofree char *name = g_strconcat (parameter->state->name, "/sum", NULL);
  TelarValue before = add_slot (o, parameter->state, name);
  TelarValue part = telar_build_binary (b, TELAR_PRIM_MUL, parameter->g, o->share);
  TelarValue sum = telar_build_binary (b, TELAR_PRIM_ADD, before, part);
  gboolean last = o->optimizer->batch == TELAR_BATCH_LAST;
  telar_build_update (b, name, last ? telar_build_fill (b, &parameter->state->type, 0) : sum);
  return sum;
}

/* g + N(0, η/(1+t)^0.55), t from 0 (Neelakantan et al.: "Adding gradient noise improves learning
 * for very deep networks", 2015). */
static TelarValue
add_noise (Optimizing *o, const Parameter *parameter)
{
  TelarBuilder *b = o->builder;
  const TelarType *type = &parameter->state->type;
  g_autofree char *name = g_strconcat (parameter->state->name, "/noise", NULL);
  TelarAttr attrs[] = { TELAR_INTS (SHAPE, type->shape.dims, type->shape.rank),
                        TELAR_INT (STREAM, telar_random_stream (name)) };
  TelarValue drawn = telar_build (b, TELAR_PRIM_NORMAL, NULL, 0, attrs, G_N_ELEMENTS (attrs));
  TelarValue deviation = telar_build_binary_scalar (b, TELAR_PRIM_POW, o->step, -0.55 / 2);
  deviation = telar_build_binary_scalar (b, TELAR_PRIM_MUL, deviation, sqrt (o->optimizer->noise));
  drawn = telar_build_cast (b, drawn, type->dtype);
  return telar_build_binary (b, TELAR_PRIM_ADD, parameter->g,
                             telar_build_binary (b, TELAR_PRIM_MUL, drawn, deviation));
}

static void
change_gradients (Optimizing *o)
{
  const TelarOptimizer *optimizer = o->optimizer;
  for (guint i = 0; i < o->parameters->len; i++) {
    Parameter *parameter = &g_array_index (o->parameters, Parameter, i);
    set_origin (o, parameter->state);
    if (optimizer->batch != TELAR_BATCH_WHOLE)
      parameter->g = add_up (o, parameter);
    if (optimizer->clip_value > 0)
      parameter->g = clip_by_value (o, parameter->g);
  }
  telar_builder_set_origin (o->builder, NULL);
  if (optimizer->batch == TELAR_BATCH_ADD || o->parameters->len == 0)
    return;
  TelarValue factor = optimizer->clip_norm > 0 ? clip_factor (o) : TELAR_NO_VALUE;
  for (guint i = 0; i < o->parameters->len; i++) {
    Parameter *parameter = &g_array_index (o->parameters, Parameter, i);
    set_origin (o, parameter->state);
    if (factor != TELAR_NO_VALUE)
      parameter->g = telar_build_binary (o->builder, TELAR_PRIM_MUL, parameter->g, factor);
    if (optimizer->noise > 0)
      parameter->g = add_noise (o, parameter);
  }
}

/* --- steps -------------------------------------------------------------------------------------
 */

static void
average (Optimizing *o, const TelarState *state, TelarValue next)
{
  TelarBuilder *b = o->builder;
  g_autofree char *name = g_strconcat (state->name, "/average", NULL);
  TelarValue before = add_slot (o, state, name);
  TelarValue rest = telar_build_binary_scalar (b, TELAR_PRIM_ADD,
                                               telar_build_unary (b, TELAR_PRIM_NEG, o->weight), 1);
  TelarValue old = telar_build_binary (b, TELAR_PRIM_MUL, before, rest);
  TelarValue new = telar_build_binary (b, TELAR_PRIM_MUL, next, o->weight);
  telar_build_update (b, name, telar_build_binary (b, TELAR_PRIM_ADD, old, new));
}

/* In a state's factors 0 stands for 1. */
static double
factor_of (double factor)
{
  return factor == 0 ? 1 : factor;
}

static TelarValue
scaled_rate (Optimizing *o, const TelarState *state)
{
  double factor = factor_of (state->rate_factor);
  return factor == 1 ? o->rate
                     : telar_build_binary_scalar (o->builder, TELAR_PRIM_MUL, o->rate, factor);
}

static TelarOptimizerStep
make_step (Optimizing *o, const TelarOptimizerClass *klass, const Parameter *parameter)
{
  const TelarState *state = parameter->state;
  return (TelarOptimizerStep){
    .b = o->builder,
    .settings = o->optimizer,
    .state = state,
    .p = parameter->p,
    .g = parameter->g,
    .rate = klass->emit_all ? o->rate : scaled_rate (o, state),
    .step = o->step,
    .loss = o->loss,
    .searching = TELAR_NO_VALUE,
    .decay = state->decay ? o->optimizer->weight_decay * factor_of (state->decay_factor) : 0,
    .next = TELAR_NO_VALUE,
  };
}

static void
update_states (Optimizing *o, const TelarOptimizerClass *klass)
{
  guint n = o->parameters->len;
  g_autofree TelarOptimizerStep *steps = g_new (TelarOptimizerStep, n + 1);
  for (guint i = 0; i < n; i++) {
    const Parameter *parameter = &g_array_index (o->parameters, Parameter, i);
    set_origin (o, parameter->state);
    steps[i] = make_step (o, klass, parameter);
    if (!klass->emit_all)
      klass->emit (&steps[i]);
  }
  if (klass->emit_all && n > 0) {
    telar_builder_set_origin (o->builder, NULL);
    klass->emit_all (steps, n);
  }
  /* What is only tried counts nothing in the average. */
  if (n > 0 && o->optimizer->averages && steps[0].searching != TELAR_NO_VALUE)
    o->weight = telar_build_select (
        o->builder, steps[0].searching,
        telar_build_scalar (o->builder, telar_builder_type (o->builder, o->weight)->dtype, 0),
        o->weight);
  for (guint i = 0; o->optimizer->averages && i < n; i++) {
    set_origin (o, steps[i].state);
    average (o, steps[i].state, steps[i].next);
  }
}

/* The sum of the losses. */
static void
find_loss (Optimizing *o)
{
  for (guint i = 0; i < telar_program_n_outputs (o->program); i++) {
    const TelarOutput *output = telar_program_output (o->program, i);
    if (output->role != TELAR_OUTPUT_LOSS)
      continue;
    TelarValue loss = o->map[output->value];
    o->loss = o->loss == TELAR_NO_VALUE
                  ? loss
                  : telar_build_binary (o->builder, TELAR_PRIM_ADD, o->loss, loss);
  }
}

static void
find_parameters (Optimizing *o)
{
  for (guint i = 0; i < telar_program_n_outputs (o->program); i++) {
    const TelarOutput *output = telar_program_output (o->program, i);
    const TelarState *state = state_of (o, output);
    if (state == NULL)
      continue;
    Parameter parameter = { state, read_state (o, state), o->map[output->value] };
    g_array_append_val (o->parameters, parameter);
  }
}

/* The inputs have the type of the gradients, so that a program in double precision computes in it
 * throughout. */
static void
declare_inputs (Optimizing *o, const TelarOptimizerClass *klass)
{
  const TelarOptimizer *optimizer = o->optimizer;
  TelarType scalar = { TELAR_F32, telar_shape_scalar () };
  if (o->parameters->len > 0)
    scalar.dtype = g_array_index (o->parameters, Parameter, 0).state->type.dtype;
  if (optimizer->batch != TELAR_BATCH_WHOLE)
    o->share = telar_build_input (o->builder, "share", &scalar);
  if (optimizer->batch == TELAR_BATCH_ADD)
    return;
  o->rate = telar_build_input (o->builder, "learning_rate", &scalar);
  if (klass->counts || optimizer->noise > 0)
    o->step = telar_build_input (o->builder, "step", &scalar);
  if (optimizer->averages)
    o->weight = telar_build_input (o->builder, "average_weight", &scalar);
}

TelarProgram *
telar_pass_optimize (const TelarProgram *program, const TelarOptimizer *optimizer, GError **error)
{
  const TelarOptimizerClass *klass = telar_optimizer_find (optimizer->name);
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autoptr (GArray) parameters = g_array_new (FALSE, FALSE, sizeof (Parameter));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  Optimizing o = { .program = program,
                   .optimizer = optimizer,
                   .builder = builder,
                   .map = map,
                   .parameters = parameters,
                   .step = TELAR_NO_VALUE,
                   .loss = TELAR_NO_VALUE };
  if (klass == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no optimizer \"%s\"",
                     optimizer->name);
    return NULL;
  }
  telar_copy_all (builder, program, map);
  copy_other_results (&o);
  find_parameters (&o);
  if (optimizer->searches)
    find_loss (&o);
  telar_builder_set_origin (builder, NULL);
  declare_inputs (&o, klass);
  change_gradients (&o);
  if (optimizer->batch != TELAR_BATCH_ADD)
    update_states (&o, klass);
  telar_builder_set_origin (builder, NULL);
  return telar_builder_finish (builder, error);
}
