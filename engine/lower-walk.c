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
  walk->state.graph = graph;
  walk->state.mode = TELAR_LOWER_INFER;
  walk->state.lowered = telar_lowered_new ();
  walk->state.pending = telar_lower_pending_new ();
  walk->lowering = (TelarLowering){ telar_builder_new ("walk"), NULL, FALSE, &walk->state };
  return walk;
}

void
telar_lower_walk_free (TelarLowerWalk *walk)
{
  if (!walk)
    return;
  telar_builder_free (walk->lowering.b);
  g_array_unref (walk->state.pending);
  telar_lowered_free (walk->state.lowered);
  g_free (walk);
}

gboolean
telar_lower_walk_node (TelarLowerWalk *walk, const TelarNode *node, GError **error)
{
  GPtrArray *problems = walk->state.lowered->problems;
  walk->lowering.node = node;
  telar_lower_node (&walk->lowering);
  gboolean good = telar_lowered_ok (walk->state.lowered, error);
  g_ptr_array_set_size (problems, 0);
  return good;
}

const TelarType *
telar_lower_walk_port (const TelarLowerWalk *walk, const TelarNode *node, guint port)
{
  return telar_lowered_port (walk->state.lowered, node->id, node->op->outputs[port].name);
}
