/* TreeEnsemble of ai.onnx.ml, version 5: nodes that ask, and leaves in lists of their own. */
#include "engine/exchange/onnx/ml-ensemble.h"

#include <math.h>

typedef struct {
  gsize n, n_leaves; /* of nodes that ask, and of leaves */
  const gint64 *features, *yes, *no, *yes_is_leaf, *no_is_leaf, *missing;
  const gint64 *leaf_targets;
  TelarTensor *modes, *weights;
} Lists;

static gboolean
read_lists (OnnxCall *call, Lists *l, OnnxMlEnsemble *e)
{
  const Onnx__AttributeProto *targets = onnx_call_attr (call, "leaf_targetids");
  e->thresholds = onnx_ml_numbers (call, "nodes_splits");
  l->n = e->thresholds ? telar_tensor_elements (e->thresholds) : 0;
  if (l->n == 0) {
    onnx_call_fail (call, "it has no nodes");
    return FALSE;
  }
  l->n_leaves = targets ? targets->n_ints : 0;
  l->modes = onnx_ml_numbers (call, "nodes_modes");
  l->weights = onnx_ml_numbers (call, "leaf_weights");
  l->features = onnx_ml_ints (call, "nodes_featureids", l->n);
  l->yes = onnx_ml_ints (call, "nodes_truenodeids", l->n);
  l->no = onnx_ml_ints (call, "nodes_falsenodeids", l->n);
  l->yes_is_leaf = onnx_ml_ints (call, "nodes_trueleafs", l->n);
  l->no_is_leaf = onnx_ml_ints (call, "nodes_falseleafs", l->n);
  l->leaf_targets = onnx_ml_ints (call, "leaf_targetids", l->n_leaves);
  if (onnx_call_attr (call, "nodes_missing_value_tracks_true"))
    l->missing = onnx_ml_ints (call, "nodes_missing_value_tracks_true", l->n);
  if (!l->modes || telar_tensor_elements (l->modes) != l->n)
    onnx_call_fail (call, "nodes_splits and nodes_modes do not fit each other");
  else if (!l->weights || telar_tensor_elements (l->weights) != l->n_leaves)
    onnx_call_fail (call, "leaf_weights and leaf_targetids do not fit each other");
  return !onnx_call_failed (call);
}

static void
lists_clear (Lists *l)
{
  g_clear_pointer (&l->modes, telar_tensor_unref);
  g_clear_pointer (&l->weights, telar_tensor_unref);
}

/* Leaves may be shared in the file; each way to one is a node here. */
static guint
add_leaf (OnnxCall *call, OnnxMlEnsemble *e, const Lists *l, gint64 leaf)
{
  if (leaf < 0 || (gsize)leaf >= l->n_leaves) {
    onnx_call_fail (call, "there is no leaf %" G_GINT64_FORMAT, leaf);
    return 0;
  }
  TelarTreeNode node = { .split = TELAR_TREE_LEAF, .leaf = (guint)leaf };
  g_array_append_val (e->nodes, node);
  return e->nodes->len - 1;
}

static guint
child_of (OnnxCall *call, OnnxMlEnsemble *e, const Lists *l, gint64 child, gint64 is_leaf)
{
  if (is_leaf)
    return add_leaf (call, e, l, child);
  if (child >= 0 && (gsize)child < l->n)
    return (guint)child;
  onnx_call_fail (call, "there is no node %" G_GINT64_FORMAT, child);
  return 0;
}

/* The members that the next node with a set asks for: up to a NaN. */
static void
take_members (OnnxMlEnsemble *e, gsize *at, TelarTreeNode *node)
{
  gsize n = e->members ? telar_tensor_elements (e->members) : 0;
  const double *members = e->members ? e->members->data : NULL;
  gsize start = *at;
  while (*at < n && !isnan (members[*at]))
    ++*at;
  node->members = members ? members + start : NULL;
  node->n_members = (guint)(*at - start);
  *at += *at < n;
}

static void
fill_nodes (OnnxCall *call, const Lists *l, OnnxMlEnsemble *e)
{
  static const TelarTreeSplit splits[] = {
    TELAR_TREE_LESS_EQUAL, TELAR_TREE_LESS,      TELAR_TREE_GREATER_EQUAL, TELAR_TREE_GREATER,
    TELAR_TREE_EQUAL,      TELAR_TREE_NOT_EQUAL, TELAR_TREE_MEMBER,
  };
  gsize member = 0;
  g_array_set_size (e->nodes, (guint)l->n);
  for (gsize i = 0; i < l->n && !onnx_call_failed (call); i++) {
    double mode = telar_tensor_get (l->modes, i);
    TelarTreeNode node = { .feature = onnx_ml_feature (l->features[i]),
                           .threshold = telar_tensor_get (e->thresholds, i),
                           .missing_yes = l->missing && l->missing[i] != 0 };
    if (!(mode >= 0 && mode < G_N_ELEMENTS (splits))) {
      onnx_call_fail (call, "Telar does not know mode %g of a node", mode);
      return;
    }
    node.split = splits[(guint)mode];
    if (node.split == TELAR_TREE_MEMBER)
      take_members (e, &member, &node);
    node.yes = child_of (call, e, l, l->yes[i], l->yes_is_leaf[i]);
    node.no = child_of (call, e, l, l->no[i], l->no_is_leaf[i]);
    *onnx_ml_ensemble_node (e, i) = node;
  }
}

static void
fill_roots (OnnxCall *call, const Lists *l, OnnxMlEnsemble *e)
{
  const Onnx__AttributeProto *roots = onnx_call_attr (call, "tree_roots");
  for (gsize i = 0; roots && i < roots->n_ints; i++) {
    guint root = child_of (call, e, l, roots->ints[i], FALSE);
    g_array_append_val (e->roots, root);
  }
}

static void
fill_values (OnnxCall *call, const Lists *l, OnnxMlEnsemble *e)
{
  e->n_leaves = (guint)l->n_leaves;
  if (onnx_call_failed (call) || !onnx_ml_ensemble_values (call, e))
    return;
  for (gsize i = 0; i < l->n_leaves; i++) {
    if (l->leaf_targets[i] < 0 || l->leaf_targets[i] >= e->n_targets) {
      onnx_call_fail (call, "a leaf speaks of target %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                      l->leaf_targets[i], e->n_targets);
      return;
    }
    onnx_ml_ensemble_add (e, (guint)i, l->leaf_targets[i], telar_tensor_get (l->weights, i));
  }
}

static void
build (OnnxCall *call, const Lists *l, OnnxMlEnsemble *e)
{
  static const TelarForestVote votes[] = { TELAR_FOREST_MEAN, TELAR_FOREST_SUM, TELAR_FOREST_MIN,
                                           TELAR_FOREST_MAX };
  gint64 vote = onnx_call_attr_int (call, "aggregate_function", 1);
  g_autoptr (TelarTensor) members = onnx_ml_numbers (call, "membership_values");
  if (vote < 0 || vote >= (gint64)G_N_ELEMENTS (votes)) {
    onnx_call_fail (call, "Telar does not know aggregate_function %" G_GINT64_FORMAT, vote);
    return;
  }
  e->vote = votes[vote];
  e->members = members ? telar_tensor_cast (members, TELAR_F64) : NULL;
  e->dtype = onnx_ml_ensemble_dtype (call, e->thresholds);
  fill_nodes (call, l, e);
  fill_roots (call, l, e);
  fill_values (call, l, e);
}

static void
trace_tree_ensemble (OnnxCall *call)
{
  Lists lists = { 0 };
  OnnxMlEnsemble e;
  OnnxMlTransform transform = onnx_ml_transform_read (call);
  onnx_ml_ensemble_init (&e);
  if (read_lists (call, &lists, &e) && onnx_ml_ensemble_targets (call, 0, &e)) {
    build (call, &lists, &e);
    TelarValue y = onnx_ml_transform (call->b, onnx_ml_ensemble_emit (call, &e), transform);
    onnx_call_out (call, 0, telar_build_cast (call->b, y, onnx_call_type (call, 0).dtype));
  }
  lists_clear (&lists);
  onnx_ml_ensemble_clear (&e);
}

const OnnxOperator onnx_operators_ml_tree_ensemble[] = {
  { "TreeEnsemble", trace_tree_ensemble },
  { NULL },
};
