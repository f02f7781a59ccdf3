/* How the parameters of a node learn: settings that every node has, whatever its operator. */
#include "engine/graph.h"
#include "engine/i18n.h"

/* clang-format off */
const TelarParam telar_learning_params[] = {
  { .name = "frozen", .label = N_ ("Frozen"), .kind = TELAR_PARAM_BOOL, .fallback = "false",
    .doc = N_ ("The node's parameters stay as they are, and the node behaves as in a model in use: "
               "batch norm goes by its running statistics.") },
  { .name = "rate_factor", .label = N_ ("Rate factor"), .kind = TELAR_PARAM_REAL, .fallback = "1",
    .minimum = 0, .maximum = 1e6,
    .live = TRUE, .doc = N_ ("The learning rate of the node's parameters is that of the training times this.") },
  { .name = "decay_factor", .label = N_ ("Decay factor"), .kind = TELAR_PARAM_REAL,
    .fallback = "1", .minimum = 0, .maximum = 1e6,
    .live = TRUE, .doc = N_ ("The weight decay of the node's kernels is that of the training times this.") },
  { .name = "kernel_l1", .label = N_ ("L1 of kernels"), .kind = TELAR_PARAM_REAL, .fallback = "0",
    .minimum = 0, .maximum = 1e6,
    .live = TRUE, .doc = N_ ("Adds this times the sum of the sizes of the node's kernels to the loss, which makes "
               "many of their numbers zero.") },
  { .name = "kernel_l2", .label = N_ ("L2 of kernels"), .kind = TELAR_PARAM_REAL, .fallback = "0",
    .minimum = 0, .maximum = 1e6,
    .live = TRUE, .doc = N_ ("Adds this times the sum of the squares of the node's kernels to the loss, which "
               "keeps them small; with both it is the elastic net.") },
  { NULL },
};
/* clang-format on */

TelarParamSet *
telar_node_params (const TelarNode *node, const char *name)
{
  gboolean own = telar_param_set_get (node->params, name) != NULL;
  return own || !telar_param_set_get (node->learning, name) ? node->params : node->learning;
}

gboolean
telar_operator_may_learn (const TelarOperator *op)
{
  return op->category == TELAR_CATEGORY_LAYER || op->category == TELAR_CATEGORY_ACTIVATION ||
         op->category == TELAR_CATEGORY_NORM || op->category == TELAR_CATEGORY_MATH ||
         op->category == TELAR_CATEGORY_GROUP;
}
