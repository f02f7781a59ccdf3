/* The plan: steps and offsets for one program, one batch size, one device, made once and run many
 * times. Before anything is allocated it knows its bytes and FLOPs per node. */
#pragma once

#include "engine/compiler.h"

G_BEGIN_DECLS

/* --- states: the numbers a model is made of
 * --------------------------------------------------------- */

/* Named tensors of the host, shared by the plans of a run. */
typedef struct TelarStates TelarStates;

TelarStates *telar_states_new (void);
TelarStates *telar_states_ref (TelarStates *states);
void telar_states_unref (TelarStates *states);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarStates, telar_states_unref)
/* Declares what @program needs and is not there yet, initialised from @seed (fitted ones to zeros
 * and ones). An existing state of another type is an error that names it. */
gboolean telar_states_add_program (TelarStates *states, const TelarProgram *program, guint64 seed,
                                   GError **error);
TelarTensor *telar_states_get (const TelarStates *states, const char *name); /* borrowed or NULL */
/* Takes over the values; the type must agree when the state exists. */
gboolean telar_states_put (TelarStates *states, const char *name, const TelarTensor *value,
                           GError **error);
/* Makes @tensor itself the state, without a copy: for models that are only read. */
void telar_states_share (TelarStates *states, const char *name, TelarTensor *tensor);
/* Sorted names; borrowed strings in a GPtrArray the caller unrefs. */
GPtrArray *telar_states_names (const TelarStates *states);

/* --- the plan
 * ----------------------------------------------------------------------------------------- */

typedef struct TelarPlan TelarPlan;

typedef struct {
  const char *node; /* "" for what the compiler made */
  double flops;
  gsize activation_bytes; /* results kept in the arena */
  gsize state_bytes;
} TelarNodeCost;

typedef struct {
  gsize arena_bytes, state_bytes, scratch_bytes;
  gsize total_bytes;
  double flops;
  GArray *nodes; /* TelarNodeCost, in program order */
} TelarPlanCost;

/* Binds the batch, schedules, lays out memory. Nothing large is allocated yet. A plan that needs
 * more than @memory_limit bytes (0: what the device has free) is refused; the error has the node
 * that costs most. */
TelarPlan *telar_plan_new (const TelarProgram *program, gint64 batch, TelarDevice *device,
                           gsize memory_limit, GError **error);
/* What the device has free, in bytes; G_MAXSIZE where nobody knows. */
gsize telar_plan_free_memory (void);
void telar_plan_free (TelarPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarPlan, telar_plan_free)
const TelarPlanCost *telar_plan_cost (const TelarPlan *plan);
const TelarProgram *telar_plan_program (const TelarPlan *plan); /* bound to the batch */
/* Steps, kernels, offsets as text. Caller frees. */
char *telar_plan_to_text (const TelarPlan *plan);

/* Runs one step. @inputs are found by the names of the program's INPUT instructions; @outputs gets,
 * in the order of the program's outputs, new references (skip with NULL). States are read and
 * updated in place. */
typedef struct {
  const char *name;
  TelarTensor *tensor;
} TelarBinding;

typedef struct {
  const TelarBinding *inputs;
  guint n_inputs;
  TelarStates *states;
  guint64 seed;
  guint32 step;
} TelarRunContext;

gboolean telar_plan_run (TelarPlan *plan, const TelarRunContext *context, TelarTensor **outputs,
                         GError **error);

/* For profiles: nanoseconds of each instruction in the last run, when timing is on. */
void telar_plan_set_timing (TelarPlan *plan, gboolean on);
const gint64 *telar_plan_timing (const TelarPlan *plan, guint *n);

G_END_DECLS
