/* Costs are read off two plans: that of the whole step and that of its forward part. */
#include "app/project/cost.h"

#include "engine/compiler.h"
#include "engine/memory.h"
#include "engine/plan.h"
#include "engine/trainer.h"

void
telar_cost_free (TelarCost *cost)
{
  if (!cost)
    return;
  g_hash_table_unref (cost->nodes);
  g_free (cost);
}

static void
add_part (GHashTable *nodes, const char *node, const TelarNodeCost *part)
{
  TelarPartCost *sum = g_hash_table_lookup (nodes, node);

  if (!sum) {
    sum = g_new0 (TelarPartCost, 1);
    g_hash_table_insert (nodes, g_strdup (node), sum);
  }
  sum->flops += part->flops;
  sum->activation_bytes += part->activation_bytes;
  sum->state_bytes += part->state_bytes;
}

static void
add_parts (GHashTable *nodes, const TelarPlanCost *plan)
{
  for (guint i = 0; i < plan->nodes->len; i++) {
    const TelarNodeCost *part = &g_array_index (plan->nodes, TelarNodeCost, i);
    g_autofree char *id = g_strdup (part->node);

    do
      add_part (nodes, id, part);
    while (telar_node_leave (id));
  }
}

static gsize
state_bytes (const TelarProgram *program)
{
  gsize sum = 0;

  for (guint i = 0; i < telar_program_n_states (program); i++) {
    gsize bytes = 0;

    telar_type_bytes (&telar_program_state (program, i)->type, &bytes);
    sum += bytes;
  }
  return sum;
}

static gboolean
measure_forward (const TelarProgram *lowered, gint64 batch, TelarDevice *device,
                 TelarStepCost *step, GError **error)
{
  TelarCompileOptions options = { .device = device };
  g_autoptr (TelarProgram) program = telar_compile_inference (lowered, &options, error);
  g_autoptr (TelarPlan) plan =
      program ? telar_plan_new (program, batch, device, G_MAXSIZE, error) : NULL;

  if (!plan)
    return FALSE;
  step->forward_flops = telar_plan_cost (plan)->flops;
  return TRUE;
}

static TelarCost *
summarize (const TelarProgram *lowered, const TelarPlan *plan, gint64 batch, TelarDevice *device,
           GError **error)
{
  const TelarPlanCost *found = telar_plan_cost (plan);
  g_autoptr (TelarCost) cost = g_new0 (TelarCost, 1);

  cost->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  cost->step = (TelarStepCost){ .batch = batch,
                                .flops = found->flops,
                                .total_bytes = found->total_bytes,
                                .weight_bytes = state_bytes (lowered),
                                .activation_bytes = found->arena_bytes,
                                .scratch_bytes = found->scratch_bytes,
                                .free_bytes = telar_plan_free_memory () };
  cost->step.optimizer_bytes =
      found->state_bytes - MIN (found->state_bytes, cost->step.weight_bytes);
  add_parts (cost->nodes, found);
  return measure_forward (lowered, batch, device, &cost->step, error) ? g_steal_pointer (&cost)
                                                                      : NULL;
}

static gint64
find_fitting (const TelarProgram *program, gint64 batch, TelarDevice *device)
{
  while ((batch /= 2) > 0) {
    g_autoptr (TelarPlan) plan = telar_plan_new (program, batch, device, 0, NULL);

    if (plan)
      break;
  }
  return batch;
}

static TelarCost *
measure (const TelarGraph *graph, const TelarFeed *feed, gint64 *fitting, GError **error)
{
  const TelarParamSet *settings = telar_graph_training ((TelarGraph *)graph);
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_TRAIN);
  TelarOptimizer optimizer = telar_training_optimizer (settings);
  gint64 batch =
      MIN (telar_param_set_int (settings, "batch"), telar_feed_rows (feed, TELAR_SPLIT_TRAIN));
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 0, error);
  TelarCompileOptions options = { .device = device };
  g_autoptr (TelarProgram) program = NULL;
  g_autoptr (TelarPlan) plan = NULL;

  *fitting = 0;
  if (!device || !telar_lowered_ok (lowered, error))
    return NULL;
  program = telar_compile_training (lowered->program, &optimizer, &options, error);
  if (program)
    plan = telar_plan_new (program, batch, device, 0, error);
  if (program && !plan)
    *fitting = find_fitting (program, batch, device);
  return plan ? summarize (lowered->program, plan, batch, device, error) : NULL;
}

/* --- in a thread ------------------------------------------------------------------------------ */

typedef struct {
  TelarGraph *graph;
  TelarSharedFeed *feed;
  gint64 fitting; /* what the thread found */
} CostInput;

static void
cost_input_free (gpointer data)
{
  CostInput *input = data;

  telar_graph_free (input->graph);
  telar_shared_feed_unref (input->feed);
  g_free (input);
}

static void
free_cost (gpointer data)
{
  telar_cost_free (data);
}

static void
cost_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  CostInput *input = data;
  GError *error = NULL;
  TelarCost *cost = measure (input->graph, input->feed->feed, &input->fitting, &error);

  if (cost)
    g_task_return_pointer (task, cost, free_cost);
  else
    g_task_return_error (task, error);
}

void
telar_cost_measure (GObject *source, const TelarGraph *graph, TelarSharedFeed *feed,
                    GCancellable *cancellable, GAsyncReadyCallback done, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, done, data);
  CostInput *input = g_new0 (CostInput, 1);

  input->graph = telar_graph_copy (graph);
  input->feed = telar_shared_feed_ref (feed);
  g_task_set_task_data (task, input, cost_input_free);
  g_task_run_in_thread (task, cost_in_thread);
}

TelarCost *
telar_cost_measure_finish (GAsyncResult *result, gint64 *fitting, GError **error)
{
  *fitting = ((const CostInput *)g_task_get_task_data (G_TASK (result)))->fitting;
  return g_task_propagate_pointer (G_TASK (result), error);
}
