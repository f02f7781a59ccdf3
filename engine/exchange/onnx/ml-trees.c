/* TreeEnsembleClassifier and TreeEnsembleRegressor of ai.onnx.ml: every node is named by its tree
 * and a number in it. */
#include "engine/exchange/onnx/ml-ensemble.h"
#include "engine/exchange/onnx/read.h"

#include <math.h>
#include <string.h>

/* --- nodes ------------------------------------------------------------------------------------ */

/* What names a node in these files. */
typedef struct {
  gint64 tree, node;
} Name;

static guint
name_hash (gconstpointer key)
{
  const Name *name = key;
  guint64 mixed = ((guint64)name->tree * 0x9e3779b97f4a7c15u) ^ (guint64)name->node;
  return (guint)((mixed * 0xff51afd7ed558ccdu) >> 32);
}

static gboolean
name_equal (gconstpointer a, gconstpointer b)
{
  const Name *x = a, *y = b;
  return x->tree == y->tree && x->node == y->node;
}

typedef struct {
  gsize n;
  const gint64 *trees, *numbers, *features, *yes, *no, *missing;
  const Onnx__AttributeProto *modes;
  Name *names;        /* [n] */
  GHashTable *places; /* Name -> place + 1 */
} Nodes;

static gboolean
split_of (const ProtobufCBinaryData *mode, TelarTreeSplit *split)
{
  static const char *const names[TELAR_TREE_N_SPLITS] = {
    [TELAR_TREE_LEAF] = "LEAF",
    [TELAR_TREE_LESS_EQUAL] = "BRANCH_LEQ",
    [TELAR_TREE_LESS] = "BRANCH_LT",
    [TELAR_TREE_GREATER_EQUAL] = "BRANCH_GTE",
    [TELAR_TREE_GREATER] = "BRANCH_GT",
    [TELAR_TREE_EQUAL] = "BRANCH_EQ",
    [TELAR_TREE_NOT_EQUAL] = "BRANCH_NEQ",
  };
  for (guint i = 0; i < TELAR_TREE_N_SPLITS; i++)
    if (names[i] && mode->len == strlen (names[i]) &&
        memcmp (mode->data, names[i], mode->len) == 0) {
      *split = (TelarTreeSplit)i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_lists (OnnxCall *call, Nodes *nodes, OnnxMlEnsemble *e)
{
  nodes->modes = onnx_call_attr (call, "nodes_modes");
  nodes->n = nodes->modes ? nodes->modes->n_strings : 0;
  if (nodes->n == 0) {
    onnx_call_fail (call, "it has no nodes");
    return FALSE;
  }
  e->thresholds = onnx_ml_numbers_or_tensor (call, "nodes_values");
  nodes->trees = onnx_ml_ints (call, "nodes_treeids", nodes->n);
  nodes->numbers = onnx_ml_ints (call, "nodes_nodeids", nodes->n);
  nodes->features = onnx_ml_ints (call, "nodes_featureids", nodes->n);
  nodes->yes = onnx_ml_ints (call, "nodes_truenodeids", nodes->n);
  nodes->no = onnx_ml_ints (call, "nodes_falsenodeids", nodes->n);
  if (onnx_call_attr (call, "nodes_missing_value_tracks_true"))
    nodes->missing = onnx_ml_ints (call, "nodes_missing_value_tracks_true", nodes->n);
  if (!e->thresholds || telar_tensor_elements (e->thresholds) != nodes->n)
    onnx_call_fail (call, "nodes_values and nodes_modes do not fit each other");
  return !onnx_call_failed (call);
}

static gboolean
name_nodes (OnnxCall *call, Nodes *nodes)
{
  nodes->names = g_new (Name, nodes->n);
  nodes->places = g_hash_table_new (name_hash, name_equal);
  for (gsize i = 0; i < nodes->n; i++) {
    nodes->names[i] = (Name){ nodes->trees[i], nodes->numbers[i] };
    if (!g_hash_table_insert (nodes->places, &nodes->names[i], GSIZE_TO_POINTER (i + 1))) {
      onnx_call_fail (call, "tree %" G_GINT64_FORMAT " has two nodes %" G_GINT64_FORMAT,
                      nodes->trees[i], nodes->numbers[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* The place of a node; G_MAXUINT and an error where there is none. */
static guint
find_node (OnnxCall *call, const Nodes *nodes, gint64 tree, gint64 number)
{
  Name name = { tree, number };
  gsize place = GPOINTER_TO_SIZE (g_hash_table_lookup (nodes->places, &name));
  if (place > 0)
    return (guint)(place - 1);
  onnx_call_fail (call, "tree %" G_GINT64_FORMAT " has no node %" G_GINT64_FORMAT, tree, number);
  return G_MAXUINT;
}

static gboolean
add_node (OnnxCall *call, const Nodes *nodes, gsize i, OnnxMlEnsemble *e)
{
  TelarTreeNode node = { .feature = onnx_ml_feature (nodes->features[i]),
                         .threshold = telar_tensor_get (e->thresholds, i),
                         .missing_yes = nodes->missing && nodes->missing[i] != 0 };
  if (!split_of (&nodes->modes->strings[i], &node.split)) {
    g_autofree char *mode = onnx_text_copy (&nodes->modes->strings[i]);
    onnx_call_fail (call, "Telar does not know the mode \"%s\" of a node", mode);
  } else if (node.split == TELAR_TREE_LEAF)
    node.leaf = e->n_leaves++;
  else {
    node.yes = find_node (call, nodes, nodes->trees[i], nodes->yes[i]);
    node.no = find_node (call, nodes, nodes->trees[i], nodes->no[i]);
  }
  g_array_append_val (e->nodes, node);
  return !onnx_call_failed (call);
}

/* The nodes that no other leads to, one in each tree. */
static void
find_roots (OnnxCall *call, const Nodes *nodes, OnnxMlEnsemble *e)
{
  g_autofree guint8 *child = g_new0 (guint8, nodes->n);
  g_autoptr (GHashTable) trees = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) rooted = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (gsize i = 0; i < nodes->n; i++)
    if (onnx_ml_ensemble_node (e, i)->split != TELAR_TREE_LEAF)
      child[onnx_ml_ensemble_node (e, i)->yes] = child[onnx_ml_ensemble_node (e, i)->no] = 1;
  for (gsize i = 0; i < nodes->n; i++) {
    guint root = (guint)i;
    g_hash_table_add (trees, (gpointer)&nodes->trees[i]);
    if (child[i])
      continue;
    if (!g_hash_table_add (rooted, (gpointer)&nodes->trees[i])) {
      onnx_call_fail (call, "tree %" G_GINT64_FORMAT " has more than one root", nodes->trees[i]);
      return;
    }
    g_array_append_val (e->roots, root);
  }
  if (g_hash_table_size (trees) != e->roots->len)
    onnx_call_fail (call, "a tree has no root: its nodes run in a circle");
}

static gboolean
read_nodes (OnnxCall *call, Nodes *nodes, OnnxMlEnsemble *e)
{
  gboolean good = read_lists (call, nodes, e) && name_nodes (call, nodes);
  for (gsize i = 0; good && i < nodes->n; i++)
    good = add_node (call, nodes, i, e);
  if (good)
    find_roots (call, nodes, e);
  if (good && !onnx_call_failed (call))
    e->dtype = onnx_ml_ensemble_dtype (call, e->thresholds);
  return !onnx_call_failed (call);
}

/* What the leaves say: four parallel lists, "class_…" or "target_…". */
typedef struct {
  gsize n;
  const gint64 *trees, *numbers, *targets;
  TelarTensor *weights;
} Says;

static const gint64 *
said (OnnxCall *call, const char *prefix, const char *what, gsize n)
{
  g_autofree char *name = g_strconcat (prefix, what, NULL);
  return onnx_ml_ints (call, name, n);
}

static gboolean
read_says (OnnxCall *call, const char *prefix, Says *says)
{
  g_autofree char *weights = g_strconcat (prefix, "weights", NULL);
  *says = (Says){ .weights = onnx_ml_numbers_or_tensor (call, weights) };
  says->n = says->weights ? telar_tensor_elements (says->weights) : 0;
  if (says->n == 0) {
    onnx_call_fail (call, "the leaves have no weights");
    return FALSE;
  }
  says->trees = said (call, prefix, "treeids", says->n);
  says->numbers = said (call, prefix, "nodeids", says->n);
  says->targets = said (call, prefix, "ids", says->n);
  return !onnx_call_failed (call);
}

static void
put_says (OnnxCall *call, const Nodes *nodes, const Says *says, OnnxMlEnsemble *e)
{
  if (!onnx_ml_ensemble_values (call, e))
    return;
  for (gsize i = 0; i < says->n; i++) {
    guint place = find_node (call, nodes, says->trees[i], says->numbers[i]);
    if (place == G_MAXUINT)
      return;
    if (onnx_ml_ensemble_node (e, place)->split != TELAR_TREE_LEAF)
      onnx_call_fail (call,
                      "tree %" G_GINT64_FORMAT " gives a weight to node %" G_GINT64_FORMAT
                      ", which is no leaf",
                      says->trees[i], says->numbers[i]);
    else if (says->targets[i] < 0 || says->targets[i] >= e->n_targets)
      onnx_call_fail (call, "a leaf speaks of target %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                      says->targets[i], e->n_targets);
    else
      onnx_ml_ensemble_add (e, onnx_ml_ensemble_node (e, place)->leaf, says->targets[i],
                            telar_tensor_get (says->weights, i));
    if (onnx_call_failed (call))
      return;
  }
}

static void
nodes_clear (Nodes *nodes)
{
  g_free (nodes->names);
  g_clear_pointer (&nodes->places, g_hash_table_unref);
}

/* --- regression ------------------------------------------------------------------------------- */

static TelarForestVote
read_vote (OnnxCall *call)
{
  static const char *const names[] = { "SUM", "AVERAGE", "MIN", "MAX" };
  g_autofree char *name = onnx_call_attr_text (call, "aggregate_function", "SUM");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      return (TelarForestVote)i;
  onnx_call_fail (call, "Telar does not know the aggregate_function \"%s\"", name);
  return TELAR_FOREST_SUM;
}

static void
trace_regressor (OnnxCall *call)
{
  OnnxMlEnsemble e;
  Nodes nodes = { 0 };
  Says says = { 0 };
  OnnxMlTransform transform = onnx_ml_transform_read (call);
  onnx_ml_ensemble_init (&e);
  e.vote = read_vote (call);
  if (onnx_ml_ensemble_targets (call, 1, &e) && read_nodes (call, &nodes, &e) &&
      read_says (call, "target_", &says)) {
    put_says (call, &nodes, &says, &e);
    TelarValue y = onnx_ml_add_base (call, onnx_ml_ensemble_emit (call, &e), e.n_targets);
    onnx_ml_give_floats (call, 0, onnx_ml_transform (call->b, y, transform));
  }
  g_clear_pointer (&says.weights, telar_tensor_unref);
  nodes_clear (&nodes);
  onnx_ml_ensemble_clear (&e);
}

/* --- classification --------------------------------------------------------------------------- */

/* How leaves that speak of a single class decide between two: with weights that are all positive
 * they are a probability, else a distance. */
typedef struct {
  gboolean single, positive;
  gint64 target;
} Binary;

static Binary
look_at_says (const Says *says)
{
  Binary b = { TRUE, TRUE, says->targets[0] };
  for (gsize i = 0; i < says->n; i++) {
    b.single = b.single && says->targets[i] == b.target;
    b.positive = b.positive && telar_tensor_get (says->weights, i) >= 0;
  }
  return b;
}

/* The score is of the second class, whichever of the two the leaves name. */
static void
give_binary (OnnxCall *call, const OnnxMlClasses *classes, TelarValue scores, const Binary *b)
{
  OnnxMlTransform transform = onnx_ml_transform_read (call);
  TelarValue both, second = telar_build_slice (call->b, scores, 1, b->target, b->target + 1);
  both = b->target == 0 ? onnx_ml_two_scores (call->b, second, transform, !b->positive)
                        : onnx_ml_transform (call->b, scores, transform);
  onnx_ml_give_floats (call, 1, both);
  onnx_ml_give_classes (call, classes, onnx_ml_above (call->b, second, b->positive ? 0.5 : 0));
}

/* One class only: whether it is it, as ONNX Runtime writes it. */
static void
give_single (OnnxCall *call, const OnnxMlClasses *classes, TelarValue score)
{
  if (classes->words) {
    onnx_call_fail (call, "its single class has no opposite that could be named");
    return;
  }
  onnx_ml_give_floats (call, 1, onnx_ml_transform (call->b, score, onnx_ml_transform_read (call)));
  onnx_call_out (call, 0, onnx_ml_above (call->b, score, 0));
}

/* The scores of the classes that can be chosen: not of one that no leaf speaks of, unless there are
 * base values. */
static TelarValue
candidates (OnnxCall *call, TelarValue scores, guint n_classes, const Says *says)
{
  TelarShape row = telar_shape (n_classes);
  g_autoptr (TelarTensor) handicap = telar_tensor_new (TELAR_F32, &row);
  float *items = handicap->data;
  g_autoptr (TelarTensor) base = onnx_ml_numbers_or_tensor (call, "base_values");
  for (guint i = 0; i < n_classes && !base; i++)
    items[i] = -INFINITY;
  for (gsize i = 0; i < says->n; i++)
    items[says->targets[i]] = 0;
  return telar_build_binary (call->b, TELAR_PRIM_ADD, scores,
                             telar_build_cast (call->b, onnx_ml_put (call, handicap),
                                               telar_builder_type (call->b, scores)->dtype));
}

static void
give_scores (OnnxCall *call, const OnnxMlClasses *classes, TelarValue scores, const Says *says)
{
  Binary b = look_at_says (says);
  if (classes->n == 1)
    give_single (call, classes, scores);
  else if (classes->n == 2 && b.single)
    give_binary (call, classes, scores, &b);
  else {
    OnnxMlTransform transform = onnx_ml_transform_read (call);
    onnx_ml_give_floats (call, 1, onnx_ml_transform (call->b, scores, transform));
    onnx_ml_give_classes (call, classes,
                          onnx_ml_largest (call->b, candidates (call, scores, classes->n, says)));
  }
}

/* One base value for two classes is that of the score. */
static TelarValue
add_class_base (OnnxCall *call, TelarValue scores, gint64 n_classes)
{
  g_autoptr (TelarTensor) base = onnx_ml_numbers_or_tensor (call, "base_values");
  gboolean one = base && telar_tensor_elements (base) == 1 && n_classes == 2;
  return onnx_ml_add_base (call, scores, one ? 1 : n_classes);
}

static void
trace_classifier (OnnxCall *call)
{
  OnnxMlEnsemble e;
  Nodes nodes = { 0 };
  Says says = { 0 };
  OnnxMlClasses classes;
  onnx_ml_ensemble_init (&e);
  if (onnx_ml_classes_read (call, "classlabels_int64s", "classlabels_strings", &classes) &&
      read_nodes (call, &nodes, &e) && read_says (call, "class_", &says)) {
    e.n_targets = classes.n;
    put_says (call, &nodes, &says, &e);
    TelarValue scores = add_class_base (call, onnx_ml_ensemble_emit (call, &e), classes.n);
    if (!onnx_call_failed (call))
      give_scores (call, &classes, scores, &says);
  }
  g_clear_pointer (&says.weights, telar_tensor_unref);
  onnx_ml_classes_clear (&classes);
  nodes_clear (&nodes);
  onnx_ml_ensemble_clear (&e);
}

const OnnxOperator onnx_operators_ml_trees[] = {
  { "TreeEnsembleClassifier", trace_classifier, .flags = ONNX_VALUES },
  { "TreeEnsembleRegressor", trace_regressor },
  { NULL },
};
