/* The plan: a program bound to one batch size and one device, as steps with fixed places. Making it
 * decides everything; running it only binds pointers and calls kernels. */
#include "engine/ir-uses.h"
#include "engine/plan-private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- making ------------------------------------------------------------------------------------
 */

/* The passes that profit from knowing the batch: counts become constants, and sizes tell the order
 * that needs least memory. */
static TelarProgram *
specialise (const TelarProgram *program, gint64 batch, GError **error)
{
  typedef TelarProgram *(*Pass) (const TelarProgram *program, GError **error);
  static const Pass passes[] = { telar_pass_fold, telar_pass_simplify, telar_pass_dce,
                                 telar_pass_schedule };
  g_autoptr (TelarProgram) current = telar_program_bind (program, batch, error);
  for (guint i = 0; current != NULL && i < G_N_ELEMENTS (passes); i++) {
    TelarProgram *next = passes[i](current, error);
    telar_program_unref (current);
    current = next;
  }
  if (current == NULL || !telar_program_verify (current, error))
    return NULL;
  return g_steal_pointer (&current);
}

/* Weights that each of their readers has packed are there twice. */
static void
drop_packed (TelarPlan *plan, const TelarStep *step)
{
  for (guint i = 0; plan->readers != NULL && i < step->instr->n_inputs; i++)
    if (step->prepared.packed & 1u << i && --plan->readers[step->instr->inputs[i]] == 0)
      telar_program_drop_numbers (plan->program, step->instr->inputs[i]);
}

static gboolean
add_step (TelarPlan *plan, guint index, GError **error)
{
  const TelarInstr *instr = telar_program_instr (plan->program, index);
  if ((telar_prim_info (instr->prim)->flags & TELAR_PRIM_SOURCE &&
       (instr->prim == TELAR_PRIM_INPUT || instr->prim == TELAR_PRIM_STATE ||
        instr->prim == TELAR_PRIM_CONSTANT)) ||
      instr->prim == TELAR_PRIM_RESHAPE)
    return TRUE;
  g_autofree TelarType *inputs = g_new (TelarType, instr->n_inputs + 1);
  g_autofree TelarType *outputs = g_new (TelarType, instr->n_outputs + 1);
  TelarStep step = { .index = index, .instr = instr, .device = plan->device };
  step.inputs = g_new0 (TelarView, instr->n_inputs + 1);
  step.outputs = g_new0 (TelarView, instr->n_outputs + 1);
  for (guint i = 0; i < instr->n_inputs; i++)
    inputs[i] = step.inputs[i].type = *telar_program_type (plan->program, instr->inputs[i]);
  for (guint i = 0; i < instr->n_outputs; i++)
    outputs[i] = step.outputs[i].type = *telar_program_type (plan->program, instr->outputs[i]);
  if (!plan->device->klass->supports (plan->device, plan->program, instr, inputs, outputs))
    step.device = plan->ref;
  g_array_append_val (plan->steps, step);
  TelarStep *added = &g_array_index (plan->steps, TelarStep, plan->steps->len - 1);
  if (step.device->klass->prepare != NULL &&
      !step.device->klass->prepare (step.device, plan->program, instr, inputs, outputs,
                                    &added->prepared, error)) {
    if (error != NULL)
      telar_error_set_node (error, instr->origin);
    return FALSE;
  }
  plan->scratch_bytes = MAX (plan->scratch_bytes, added->prepared.scratch);
  drop_packed (plan, added);
  return TRUE;
}

static void
clear_step (gpointer data)
{
  TelarStep *step = data;
  if (step->prepared.free != NULL)
    step->prepared.free (step->prepared.data);
  g_free (step->inputs);
  g_free (step->outputs);
}

/* What never changes: constants are read where they are. */
static void
bind_constants (TelarPlan *plan)
{
  for (guint v = 0; v < plan->memory->n_places; v++) {
    const TelarPlace *place = &plan->memory->places[v];
    plan->views[v].type = *telar_program_type (plan->program, v);
    if (place->kind != TELAR_PLACE_CONSTANT)
      continue;
    const TelarInstr *maker = telar_program_maker (plan->program, place->source, NULL);
    plan->views[v].data = telar_instr_attr (maker, TELAR_ATTR_VALUE)->tensor->data;
  }
}

static gboolean
add_steps (TelarPlan *plan, GError **error)
{
  for (guint i = 0; i < telar_program_n_instrs (plan->program); i++)
    if (!add_step (plan, i, error))
      return FALSE;
  return TRUE;
}

/* The plan of @program, which is bound to @batch and the plan's from then on; NULL when that
 * failed. @alone: its constants are read by nobody else. */
static TelarPlan *
make_plan (TelarProgram *program, gint64 batch, TelarDevice *device, gsize memory_limit,
           gboolean alone, GError **error)
{
  g_autoptr (TelarPlan) plan = g_new0 (TelarPlan, 1);
  plan->device = device;
  plan->ref = telar_device_ref_new ();
  plan->batch = batch;
  plan->steps = g_array_new (FALSE, FALSE, sizeof (TelarStep));
  g_array_set_clear_func (plan->steps, clear_step);
  plan->program = program;
  if (plan->program == NULL)
    return NULL;
  plan->memory = telar_memory_new (plan->program, error);
  if (plan->memory == NULL)
    return NULL;
  plan->readers = alone ? telar_program_count_uses (plan->program) : NULL;
  if (!add_steps (plan, error))
    return NULL;
  plan->views = g_new0 (TelarView, plan->memory->n_places + 1);
  plan->states = g_new0 (TelarTensor *, telar_program_n_states (plan->program) + 1);
  plan->nanoseconds = g_new0 (gint64, telar_program_n_instrs (plan->program) + 1);
  bind_constants (plan);
  telar_plan_count (plan);
  if (!telar_plan_check_memory (plan, memory_limit, error))
    return NULL;
  return g_steal_pointer (&plan);
}

static gboolean
is_host (const TelarDevice *device, GError **error)
{
  if (device->klass->allocate == NULL)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_NO_DEVICE, NULL,
                   "plans run in the host's memory; %s has its own", device->klass->name);
  return FALSE;
}

TelarPlan *
telar_plan_new (const TelarProgram *program, gint64 batch, TelarDevice *device, gsize memory_limit,
                GError **error)
{
  return is_host (device, error) ? make_plan (specialise (program, batch, error), batch, device,
                                              memory_limit, FALSE, error)
                                 : NULL;
}

TelarPlan *
telar_plan_take (TelarProgram *program, gint64 batch, TelarDevice *device, gsize memory_limit,
                 GError **error)
{
  TelarProgram *bound = is_host (device, error) ? specialise (program, batch, error) : NULL;
  telar_program_unref (program);
  return bound != NULL ? make_plan (bound, batch, device, memory_limit, TRUE, error) : NULL;
}

void
telar_plan_free (TelarPlan *plan)
{
  if (plan == NULL)
    return;
  g_array_unref (plan->steps);
  telar_device_free (plan->ref);
  if (plan->program != NULL)
    telar_program_unref (plan->program);
  telar_memory_free (plan->memory);
  if (plan->cost.nodes != NULL)
    g_array_unref (plan->cost.nodes);
  g_free (plan->readers);
  g_free (plan->views);
  g_free (plan->states);
  g_free (plan->nanoseconds);
  free (plan->arena);
  free (plan->scratch);
  g_free (plan);
}

const TelarPlanCost *
telar_plan_cost (const TelarPlan *plan)
{
  return &plan->cost;
}

const TelarProgram *
telar_plan_program (const TelarPlan *plan)
{
  return plan->program;
}

void
telar_plan_set_timing (TelarPlan *plan, gboolean on)
{
  plan->timing = on;
}

const gint64 *
telar_plan_timing (const TelarPlan *plan, guint *n)
{
  *n = plan->timing ? telar_program_n_instrs (plan->program) : 0;
  return plan->nanoseconds;
}

/* --- running -----------------------------------------------------------------------------------
 */

static gboolean
allocate (void **memory, gsize bytes, GError **error)
{
  if (*memory != NULL || bytes == 0)
    return TRUE;
  if (posix_memalign (memory, TELAR_ALIGNMENT, bytes) != 0) {
    *memory = NULL;
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "out of memory: %" G_GSIZE_FORMAT " bytes",
                     bytes);
    return FALSE;
  }
  return TRUE;
}

/* The node's part of "digits.images". */
static char *
node_of (const char *name)
{
  return g_strndup (name, strcspn (name, "."));
}

static gboolean
check_type (const char *what, const char *name, const TelarType *has, const TelarType *wants,
            GError **error)
{
  if (telar_type_equal (has, wants))
    return TRUE;
  g_autofree char *has_text = telar_type_to_string (has);
  g_autofree char *wants_text = telar_type_to_string (wants);
  g_autofree char *node = node_of (name);
  telar_set_error (error, TELAR_ERROR_INVALID, node, "the %s %s is %s where %s is needed", what,
                   name, has_text, wants_text);
  return FALSE;
}

static TelarTensor *
find_input (const TelarRunContext *context, const char *name)
{
  for (guint i = 0; i < context->n_inputs; i++)
    if (strcmp (context->inputs[i].name, name) == 0)
      return context->inputs[i].tensor;
  return NULL;
}

static gboolean
bind_input (TelarPlan *plan, const TelarRunContext *context, TelarValue value, void **data,
            GError **error)
{
  const TelarInstr *instr = telar_program_maker (plan->program, value, NULL);
  const char *name = telar_instr_string (instr, TELAR_ATTR_NAME);
  const TelarTensor *tensor = find_input (context, name);
  if (tensor == NULL) {
    g_autofree char *node = node_of (name);
    telar_set_error (error, TELAR_ERROR_INVALID, node, "the input %s is missing", name);
    return FALSE;
  }
  if (!check_type ("input", name, &tensor->type, telar_program_type (plan->program, value), error))
    return FALSE;
  *data = tensor->data;
  return TRUE;
}

static gboolean
bind_states (TelarPlan *plan, const TelarRunContext *context, GError **error)
{
  for (guint i = 0; i < telar_program_n_states (plan->program); i++) {
    const TelarState *state = telar_program_state (plan->program, i);
    plan->states[i] =
        context->states != NULL ? telar_states_get (context->states, state->name) : NULL;
    if (plan->states[i] == NULL) {
      g_autofree char *node = node_of (state->name);
      telar_set_error (error, TELAR_ERROR_INVALID, node, "the state %s is missing", state->name);
      return FALSE;
    }
    if (!check_type ("state", state->name, &plan->states[i]->type, &state->type, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
bind_values (TelarPlan *plan, const TelarRunContext *context, GError **error)
{
  const TelarMemory *memory = plan->memory;
  for (TelarValue v = 0; v < memory->n_places; v++) {
    const TelarPlace *place = &memory->places[v];
    switch (place->kind) {
    case TELAR_PLACE_ARENA:
      plan->views[v].data = plan->arena ? (char *)plan->arena + place->offset : NULL;
      break;
    case TELAR_PLACE_STATE:
      plan->views[v].data = plan->states[place->state]->data;
      break;
    case TELAR_PLACE_INPUT: /* an alias follows the input itself, which comes first */
      if (place->source != v)
        plan->views[v].data = plan->views[place->source].data;
      else if (!bind_input (plan, context, v, &plan->views[v].data, error))
        return FALSE;
      break;
    case TELAR_PLACE_CONSTANT:
      break;
    }
  }
  return TRUE;
}

static gint64
now (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (gint64)time.tv_sec * 1000000000 + time.tv_nsec;
}

static gboolean
run_step (TelarPlan *plan, TelarStep *step, const TelarRunContext *context, GError **error)
{
  for (guint i = 0; i < step->instr->n_inputs; i++)
    step->inputs[i].data = plan->views[step->instr->inputs[i]].data;
  for (guint i = 0; i < step->instr->n_outputs; i++)
    step->outputs[i].data = plan->views[step->instr->outputs[i]].data;
  TelarCall call = { .program = plan->program,
                     .instr = step->instr,
                     .inputs = step->inputs,
                     .outputs = step->outputs,
                     .seed = context->seed,
                     .step = context->step,
                     .scratch = plan->scratch,
                     .prepared = step->prepared.data };
  gint64 start = plan->timing ? now () : 0;
  if (!step->device->klass->run (step->device, &call, error)) {
    if (error != NULL)
      telar_error_set_node (error, step->instr->origin);
    return FALSE;
  }
  if (plan->timing)
    plan->nanoseconds[step->index] = now () - start;
  return TRUE;
}

static void
copy_out (void *target, const void *source, gsize bytes)
{
  if (bytes > 0)
    memcpy (target, source, bytes);
}

static void
copy_states (TelarPlan *plan)
{
  const TelarMemory *memory = plan->memory;
  for (guint i = 0; i < memory->copies->len; i++) {
    const TelarStateCopy *copy = &g_array_index (memory->copies, TelarStateCopy, i);
    if (copy->staged)
      copy_out ((char *)plan->arena + copy->staging, plan->views[copy->value].data,
                memory->places[copy->value].bytes);
  }
  for (guint i = 0; i < memory->copies->len; i++) {
    const TelarStateCopy *copy = &g_array_index (memory->copies, TelarStateCopy, i);
    const void *source =
        copy->staged ? (char *)plan->arena + copy->staging : plan->views[copy->value].data;
    copy_out (plan->states[copy->state]->data, source, memory->places[copy->value].bytes);
  }
}

gboolean
telar_plan_run (TelarPlan *plan, const TelarRunContext *context, TelarTensor **outputs,
                GError **error)
{
  if (!allocate (&plan->arena, plan->memory->arena_bytes, error) ||
      !allocate (&plan->scratch, plan->scratch_bytes, error) ||
      !bind_states (plan, context, error) || !bind_values (plan, context, error))
    return FALSE;
  for (guint i = 0; i < plan->steps->len; i++)
    if (!run_step (plan, &g_array_index (plan->steps, TelarStep, i), context, error))
      return FALSE;
  for (guint i = 0; outputs != NULL && i < telar_program_n_outputs (plan->program); i++) {
    const TelarView *view = &plan->views[telar_program_output (plan->program, i)->value];
    outputs[i] = telar_tensor_new (view->type.dtype, &view->type.shape);
    copy_out (outputs[i]->data, view->data, outputs[i]->bytes);
  }
  copy_states (plan);
  return TRUE;
}
