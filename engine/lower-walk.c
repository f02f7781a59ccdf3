/* Lowering node after node, for those who make a graph and want to know what each node gives. */
#include "engine/lower-private.h"

struct TelarLowerWalk {
  TelarLowering lowering; /* its node is the one under way */
  struct TelarLowerState state;
};

static TelarLowerWalk *
walk_new (const TelarGraph *graph, TelarLowerMode mode)
{
  TelarLowerWalk *walk = g_new0 (TelarLowerWalk, 1);
  walk->state = telar_lower_state (graph, NULL, mode, telar_lowered_new ());
  walk->lowering =
      (TelarLowering){ .b = telar_builder_new ("walk"), .training = FALSE, .state = &walk->state };
  return walk;
}

TelarLowerWalk *
telar_lower_walk_new (const TelarGraph *graph)
{
  return walk_new (graph, TELAR_LOWER_INFER);
}

TelarLowerWalk *
telar_lower_walk_new_training (const TelarGraph *graph)
{
  return walk_new (graph, TELAR_LOWER_TRAIN);
}

void
telar_lower_walk_free (TelarLowerWalk *walk)
{
  if (!walk)
    return;
  telar_builder_free (walk->lowering.b);
  telar_lower_state_clear (&walk->state);
  telar_lowered_free (walk->state.lowered);
  g_free (walk);
}

void
telar_lower_walk_assume (TelarLowerWalk *walk, const TelarNode *node, guint port,
                         const TelarType *type)
{
  GHashTable *values = walk->state.lowered->values;
  TelarValue *outputs = g_hash_table_lookup (values, node->id);
  g_autofree char *name = g_strdup_printf ("%s.%s", node->id, node->op->outputs[port].name);
  if (!outputs) {
    guint n = telar_operator_n_outputs (node->op);
    outputs = g_new (TelarValue, n);
    for (guint i = 0; i < n; i++)
      outputs[i] = TELAR_NO_VALUE;
    g_hash_table_replace (values, g_strdup (node->id), outputs);
  }
  if (outputs[port] == TELAR_NO_VALUE)
    outputs[port] = telar_build_input (walk->lowering.b, name, type);
}

gboolean
telar_lower_walk_node (TelarLowerWalk *walk, const TelarNode *node, GError **error)
{
  GPtrArray *problems = walk->state.lowered->problems;
  telar_lower_node (&walk->lowering, node);
  gboolean good = telar_lowered_ok (walk->state.lowered, error);
  g_ptr_array_set_size (problems, 0);
  return good;
}

const TelarType *
telar_lower_walk_port (const TelarLowerWalk *walk, const TelarNode *node, guint port)
{
  return telar_lowered_port (walk->state.lowered, node->id, node->op->outputs[port].name);
}
