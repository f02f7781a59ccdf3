/* Lowering node after node, for those who make a graph and want to know what each node gives. */
#include "engine/lower-private.h"

struct TelarLowerWalk {
  TelarLowering lowering; /* its node is the one under way */
  struct TelarLowerState state;
};

TelarLowerWalk *
telar_lower_walk_new (const TelarGraph *graph)
{
  TelarLowerWalk *walk = g_new0 (TelarLowerWalk, 1);
  walk->state = telar_lower_state (graph, NULL, TELAR_LOWER_INFER, telar_lowered_new ());
  walk->lowering =
      (TelarLowering){ .b = telar_builder_new ("walk"), .training = FALSE, .state = &walk->state };
  return walk;
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
