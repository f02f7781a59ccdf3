/* The plan: steps and offsets for one program, one batch size, one device, made once and run many
 * times. Before anything is allocated it knows its bytes and FLOPs per node. */
#pragma once

#include "engine/compiler.h"

G_BEGIN_DECLS

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
/* The same of a program that nobody needs any more: takes over the reference. Weights that kernels
 * have packed are then freed, unless others hold the tensors too; in the plan's program they have
 * no data. */
TelarPlan *telar_plan_take (TelarProgram *program, gint64 batch, TelarDevice *device,
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
