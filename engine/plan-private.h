/* What the files of the plan share: engine/plan.c makes and runs it, engine/plan-cost.c counts,
 * engine/plan-text.c prints. */
#pragma once

#include "engine/memory.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/* One call of a kernel. Sources and reshapes have none. */
typedef struct {
  guint index; /* of the instruction */
  const TelarInstr *instr;
  TelarDevice *device; /* the plan's or ref */
  TelarPrepared prepared;
  TelarView *inputs, *outputs; /* types are fixed, pointers are bound at each run */
} TelarStep;

struct TelarPlan {
  TelarProgram *program;
  TelarDevice *device; /* borrowed */
  TelarDevice *ref;    /* takes what the device does not support */
  gint64 batch;
  TelarMemory *memory;
  GArray *steps;    /* TelarStep */
  guint *readers;   /* per value, of constants that may be dropped; NULL where they stay */
  TelarView *views; /* per value */
  gsize scratch_bytes;
  void *arena, *scratch; /* allocated at the first run */
  TelarTensor **states;  /* per state of the program, borrowed while running */
  TelarPlanCost cost;
  gboolean timing;
  gint64 *nanoseconds; /* per instruction */
};

/* Fills plan->cost from its memory and steps. */
void telar_plan_count (TelarPlan *plan);
/* FALSE, with the node that costs most, when the plan needs more than @limit bytes; 0: what the
 * machine has free. */
gboolean telar_plan_check_memory (const TelarPlan *plan, gsize limit, GError **error);

G_END_DECLS
