/* Files whose classical models are damaged or hostile: trees that run in circles, lists that do not
 * fit each other, counts beyond reason. Each is refused with a message that says why. And forests
 * that are asked in both ways give the same. */
#include "engine/emit-forest.h"
#include "engine/exchange/onnx.h"
#include "engine/plan.h"
#include "tests/engine/exchange/one-node.h"

#include <math.h>
#include <string.h>

/* The output for the rows (0, 1) and (2, 3); NULL on error. */
static TelarOnnxValue *
run (const char *op, const char *attributes, GError **error)
{
  static float numbers[] = { 0, 1, 2, 3 };
  const TelarShape shape = telar_shape (2, 2);
  const OneNode one = { "ai.onnx.ml", 5, op, attributes };
  g_autoptr (TelarTensor) tensor = telar_tensor_wrap (TELAR_F32, &shape, numbers, NULL, NULL);
  g_autoptr (TelarOnnxValue) x = telar_onnx_value_tensor (tensor, FALSE);
  return one_node_run (&one, &x, 1, error);
}

/* --- what is refused ---------------------------------------------------------------------------
 */

/* A stump: the first number of a row at most 0.5, or not. */
#define STUMP                                                                                      \
  "nodes_treeids=i:0,0,0 nodes_nodeids=i:0,1,2 nodes_featureids=i:0,0,0 nodes_values=f:0.5,0,0 "   \
  "nodes_modes=s:BRANCH_LEQ,LEAF,LEAF nodes_truenodeids=i:1,0,0 nodes_falsenodeids=i:2,0,0 "       \
  "target_treeids=i:0,0 target_nodeids=i:1,2 target_ids=i:0,0 target_weights=f:10,20 "             \
  "n_targets=I:1 "
/* The same in version 5. */
#define ENSEMBLE                                                                                   \
  "nodes_splits=F:0.5 nodes_modes=U:0 nodes_featureids=i:0 nodes_truenodeids=i:0 "                 \
  "nodes_falsenodeids=i:1 nodes_trueleafs=i:1 nodes_falseleafs=i:1 leaf_targetids=i:0,0 "          \
  "leaf_weights=F:10,20 tree_roots=i:0 n_targets=I:1 "
#define MACHINE                                                                                    \
  "kernel_type=S:RBF kernel_params=f:1,0,0 support_vectors=f:1,2,3,4 vectors_per_class=i:1,1 "     \
  "coefficients=f:1,-1 rho=f:0 classlabels_ints=i:0,1 "

static const struct {
  const char *op, *attributes, *message;
} refused[] = {
  { "TreeEnsembleRegressor", STUMP "nodes_featureids=i:2,0,0", "asks for column 2 of 2" },
  { "TreeEnsembleRegressor", STUMP "nodes_featureids=i:-1,0,0", "asks for column" },
  { "TreeEnsembleRegressor", STUMP "nodes_featureids=i:0,0", "nodes_featureids has 2 numbers" },
  { "TreeEnsembleRegressor", STUMP "nodes_values=f:1,2", "do not fit each other" },
  { "TreeEnsembleRegressor", STUMP "nodes_truenodeids=i:7,0,0", "has no node 7" },
  { "TreeEnsembleRegressor", STUMP "nodes_truenodeids=i:0,0,0", "run in a circle" },
  { "TreeEnsembleRegressor", STUMP "nodes_falsenodeids=i:1,0,0", "more than one root" },
  { "TreeEnsembleRegressor",
    STUMP "nodes_modes=s:BRANCH_LEQ,BRANCH_LEQ,LEAF nodes_truenodeids=i:1,1,0 "
          "nodes_falsenodeids=i:2,2,0 target_nodeids=i:2,2",
    "run in a circle or join" },
  { "TreeEnsembleRegressor", STUMP "nodes_nodeids=i:0,1,1", "two nodes 1" },
  { "TreeEnsembleRegressor", STUMP "nodes_modes=s:BRANCH_MAYBE,LEAF,LEAF", "BRANCH_MAYBE" },
  { "TreeEnsembleRegressor", STUMP "target_nodeids=i:0,2", "which is no leaf" },
  { "TreeEnsembleRegressor", STUMP "target_ids=i:0,1", "target 1 of 1" },
  { "TreeEnsembleRegressor", STUMP "target_ids=i:0,-1", "target -1 of 1" },
  { "TreeEnsembleRegressor", STUMP "target_weights=f:1", "target_treeids has 2 numbers" },
  { "TreeEnsembleRegressor", STUMP "n_targets=I:0", "no 0 targets" },
  { "TreeEnsembleRegressor", STUMP "n_targets=I:4611686018427387904", "" },
  { "TreeEnsembleRegressor", STUMP "n_targets=I:1099511627776", "" },
  { "TreeEnsembleRegressor", STUMP "base_values=f:1,2", "base_values has 2 numbers" },
  { "TreeEnsembleRegressor", STUMP "aggregate_function=S:MODE", "MODE" },
  { "TreeEnsembleRegressor", STUMP "post_transform=S:MAGIC", "MAGIC" },
  { "TreeEnsembleRegressor", "n_targets=I:1", "it has no nodes" },
  { "TreeEnsembleClassifier", STUMP, "names no classes" },
  { "TreeEnsembleClassifier", STUMP "classlabels_int64s=i:0,1", "no weights" },
  { "TreeEnsemble", ENSEMBLE "tree_roots=i:1", "no node 1" },
  { "TreeEnsemble", ENSEMBLE "tree_roots=i:-1", "no node -1" },
  { "TreeEnsemble", ENSEMBLE "tree_roots=i:0,0", "run in a circle or join" },
  { "TreeEnsemble", ENSEMBLE "nodes_truenodeids=i:2", "no leaf 2" },
  { "TreeEnsemble", ENSEMBLE "nodes_trueleafs=i:0", "run in a circle" },
  { "TreeEnsemble", ENSEMBLE "nodes_modes=U:7", "mode 7" },
  { "TreeEnsemble", ENSEMBLE "nodes_modes=U:0,0", "do not fit each other" },
  { "TreeEnsemble", ENSEMBLE "leaf_targetids=i:0,3", "target 3 of 1" },
  { "TreeEnsemble", ENSEMBLE "leaf_weights=F:1", "do not fit each other" },
  { "TreeEnsemble", ENSEMBLE "aggregate_function=I:9", "aggregate_function 9" },
  { "TreeEnsemble", ENSEMBLE "n_targets=I:0", "no 0 targets" },
  { "LinearClassifier", "coefficients=f:1,2,3 classlabels_ints=i:0,1",
    "3 coefficients do not fit" },
  { "LinearClassifier", "coefficients=f:1,2,3,4 classlabels_ints=i:0,1,2", "3 classes for 2" },
  { "LinearClassifier", "coefficients=f:1,2,3,4 classlabels_ints=i:0,1 intercepts=f:1,2,3",
    "intercepts has 3 numbers" },
  { "LinearRegressor", "coefficients=f:1,2 targets=I:0", "no 0 targets" },
  { "LinearRegressor", "coefficients=f:1,2 targets=I:4611686018427387904", "coefficients has 2" },
  { "SVMClassifier", MACHINE "vectors_per_class=i:1", "do not fit each other" },
  { "SVMClassifier", MACHINE "vectors_per_class=i:-1,3", "do not fit each other" },
  { "SVMClassifier", MACHINE "vectors_per_class=i:2147483647,2147483647",
    "coefficients do not fit" },
  { "SVMClassifier", MACHINE "support_vectors=f:1,2,3", "support_vectors has 3 numbers" },
  { "SVMClassifier", MACHINE "rho=f:1,2", "rho has 2 numbers" },
  { "SVMClassifier", MACHINE "kernel_type=S:MAGIC", "MAGIC" },
  { "SVMClassifier", MACHINE "kernel_params=f:1", "gamma, coef0 and degree" },
  { "SVMClassifier", MACHINE "prob_a=f:1 prob_b=f:1,2", "prob_b has 2 numbers" },
  { "SVMRegressor",
    "n_supports=I:9223372036854775807 coefficients=f:1 support_vectors=f:1,2 rho=f:0",
    "support_vectors has 2 numbers" },
  { "SVMRegressor", "n_supports=I:1 coefficients=f:1 support_vectors=f:1,2", "rho has 0 numbers" },
  { "Scaler", "offset=f:1,2,3", "offset has 3 numbers" },
  { "Normalizer", "norm=S:L7", "L7" },
  { "Imputer", "replaced_value_int64=I:0", "nothing to fill in" },
  { "Imputer", "imputed_value_floats=f:1,2,3", "imputed_value_floats has 3 numbers" },
  { "FeatureVectorizer", "inputdimensions=i:3", "2 columns where it says 3" },
  { "FeatureVectorizer", "inputdimensions=i:1,1", "inputdimensions has 2 numbers" },
  { "OneHotEncoder", "zeros=I:1", "lists no categories" },
  { "OneHotEncoder", "cats_int64s=i:0,1,2 zeros=I:0", "none of its categories" },
  { "OneHotEncoder", "cats_strings=s:a,b", "its keys are strings" },
  { "LabelEncoder", "keys_floats=f:1,2 values_floats=f:1", "2 keys do not fit 1 values" },
  { "LabelEncoder", "keys_int64s=i:1,2 values_floats=f:1,2", "its keys are i64" },
  { "LabelEncoder", "keys_strings=s:a values_floats=f:1", "its keys are strings" },
  { "CategoryMapper", "cats_int64s=i:1", "1 keys do not fit 0 values" },
  { "ZipMap", "classlabels_int64s=i:1,2,3", "names 3 columns" },
  { "ZipMap", "post_transform=S:NONE", "names no classes" },
  { "DictVectorizer", "", "DictVectorizer" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    TelarOnnxValue *y = run (refused[i].op, refused[i].attributes, &error);
    if (y || !error || !strstr (error->message, refused[i].message))
      g_error ("%s %s: \"%s\" where \"%s\" is expected", refused[i].op, refused[i].attributes,
               error ? error->message : "no error", refused[i].message);
  }
}

/* No features, no rows. */
static void
test_empty (void)
{
  const char *const ops[] = {
    "LinearRegressor",       "LinearClassifier", "SVMRegressor", "SVMClassifier",
    "TreeEnsembleRegressor", "TreeEnsemble",     "Scaler",       "Normalizer"
  };
  const char *const attributes[] = { "coefficients=f:1 intercepts=f:1",
                                     "classlabels_ints=i:0,1 coefficients=f:1",
                                     "rho=f:0",
                                     "rho=f:0 classlabels_ints=i:0,1",
                                     STUMP,
                                     ENSEMBLE,
                                     "scale=f:1,2",
                                     "norm=S:L2" };
  const TelarShape shapes[] = { telar_shape (2, 0), telar_shape (0, 2),    telar_shape (0, 0),
                                telar_shape (0),    telar_shape (1, 1, 1), telar_shape_scalar () };
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    for (guint k = 0; k < G_N_ELEMENTS (shapes); k++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_F32, &shapes[k]);
      g_autoptr (TelarOnnxValue) x = telar_onnx_value_tensor (tensor, FALSE);
      const OneNode one = { "ai.onnx.ml", 5, ops[i], attributes[i] };
      g_autoptr (TelarOnnxValue) y = one_node_run (&one, &x, 1, &error);
      g_assert_true ((y != NULL) == (error == NULL));
    }
}

/* A chain of as many nodes as @length, whose last ends in two leaves. */
static char *
chain (guint length)
{
  const char *const names[] = { "treeids", "nodeids",     "featureids",  "values",
                                "modes",   "truenodeids", "falsenodeids" };
  GString *text =
      g_string_new ("n_targets=I:1 target_treeids=i:0 target_nodeids=i:1 target_ids=i:0 "
                    "target_weights=f:1 ");
  for (guint list = 0; list < G_N_ELEMENTS (names); list++) {
    g_string_append_printf (text, "nodes_%s=%c:", names[list],
                            list == 3   ? 'f'
                            : list == 4 ? 's'
                                        : 'i');
    for (guint i = 0; i <= 2 * length; i++) { /* even ones ask, and the next two are its children */
      gboolean leaf = i % 2 == 1 || i == 2 * length;
      guint yes = leaf ? 0 : i + 1;
      g_string_append (text, i > 0 ? "," : "");
      if (list == 4)
        g_string_append (text, leaf ? "LEAF" : "BRANCH_LEQ");
      else
        g_string_append_printf (text, "%u",
                                list == 1   ? i
                                : list == 5 ? yes
                                : list == 6 ? yes + (leaf ? 0 : 1)
                                            : 0);
    }
    g_string_append_c (text, ' ');
  }
  return g_string_free (text, FALSE);
}

static void
test_levels (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *good = chain (TELAR_FOREST_MOST_LEVELS),
                  *deep = chain (TELAR_FOREST_MOST_LEVELS + 1);
  g_autoptr (TelarOnnxValue) y = run ("TreeEnsembleRegressor", good, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (telar_tensor_get (y->tensor, 0), ==, 1); /* 0 at most 0 */
  g_assert_cmpfloat (telar_tensor_get (y->tensor, 1), ==, 0);
  g_assert_null (run ("TreeEnsembleRegressor", deep, &error));
  g_assert_nonnull (strstr (error->message, "levels"));
}

static void
test_works (void)
{
  static const struct {
    const char *op, *attributes;
    double first, second;
  } cases[] = {
    { "TreeEnsembleRegressor", STUMP, 10, 20 },
    { "TreeEnsembleRegressor", STUMP "base_values=f:1", 11, 21 },
    { "TreeEnsembleRegressor",
      "nodes_treeids=i:0 nodes_nodeids=i:0 nodes_featureids=i:9 nodes_values=f:0 "
      "nodes_modes=s:LEAF "
      "nodes_truenodeids=i:0 nodes_falsenodeids=i:0 target_treeids=i:0 target_nodeids=i:0 "
      "target_ids=i:0 target_weights=f:3 n_targets=I:1",
      3, 3 },
    { "TreeEnsemble", ENSEMBLE, 10, 20 },
    { "TreeEnsemble", ENSEMBLE "nodes_falsenodeids=i:0", 10, 10 },
    { "TreeEnsemble", ENSEMBLE "nodes_modes=U:6 membership_values=F:7,2,nan", 20, 10 },
    { "TreeEnsemble", ENSEMBLE "nodes_modes=U:6", 20, 20 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarOnnxValue) y = run (cases[i].op, cases[i].attributes, &error);
    g_assert_no_error (error);
    g_assert_cmpfloat (telar_tensor_get (y->tensor, 0), ==, cases[i].first);
    g_assert_cmpfloat (telar_tensor_get (y->tensor, 1), ==, cases[i].second);
  }
}

/* --- both ways ---------------------------------------------------------------------------------
 */

#define ROWS     64
#define FEATURES 5
#define TREES    12
#define LEVELS   4

/* Below a node of level @level either a leaf or two more. */
static guint
grow (GArray *nodes, GRand *random, guint level, guint *n_leaves)
{
  guint place = nodes->len;
  TelarTreeNode node = { .split = TELAR_TREE_LEAF };
  g_array_append_val (nodes, node);
  if (level == LEVELS || (level > 0 && g_rand_int_range (random, 0, 4) == 0)) {
    g_array_index (nodes, TelarTreeNode, place).leaf = (*n_leaves)++;
    return place;
  }
  node.split = (TelarTreeSplit)g_rand_int_range (random, TELAR_TREE_LEAF + 1, TELAR_TREE_MEMBER);
  node.feature = (guint)g_rand_int_range (random, 0, FEATURES);
  node.threshold = g_rand_int_range (random, 0, 5);
  node.missing_yes = g_rand_boolean (random);
  node.yes = grow (nodes, random, level + 1, n_leaves);
  node.no = grow (nodes, random, level + 1, n_leaves);
  g_array_index (nodes, TelarTreeNode, place) = node;
  return place;
}

static gboolean
answer (const TelarTreeNode *node, double x)
{
  switch (node->split) {
  case TELAR_TREE_LESS_EQUAL:
    return x <= node->threshold || (isnan (x) && node->missing_yes);
  case TELAR_TREE_LESS:
    return x < node->threshold || (isnan (x) && node->missing_yes);
  case TELAR_TREE_GREATER_EQUAL:
    return x >= node->threshold || (isnan (x) && node->missing_yes);
  case TELAR_TREE_GREATER:
    return x > node->threshold || (isnan (x) && node->missing_yes);
  case TELAR_TREE_EQUAL:
    return x == node->threshold || (isnan (x) && node->missing_yes);
  default:
    return x != node->threshold;
  }
}

/* What a tree says of a row, walked as one reads it. */
static double
ask (const TelarForest *f, guint node, const float *row)
{
  const TelarTreeNode *at = &f->nodes[node];
  return at->split == TELAR_TREE_LEAF
             ? ((const float *)f->values->data)[at->leaf]
             : ask (f, answer (at, row[at->feature]) ? at->yes : at->no, row);
}

static TelarTensor *
run_forest (const TelarForest *f, TelarTensor *rows, TelarForestWay way)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarBuilder) b = telar_builder_new ("forest");
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  const TelarType type = { TELAR_F32, telar_shape (TELAR_DIM_BATCH, FEATURES) };
  TelarForestSettings settings = { .vote = TELAR_FOREST_SUM, .way = way };
  TelarBinding binding = { "rows", rows };
  TelarTensor *y = NULL;
  telar_build_output (b, TELAR_OUTPUT_RESULT, "y",
                      telar_emit_forest (b, f, telar_build_input (b, "rows", &type), &settings));
  g_autoptr (TelarProgram) program = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, ROWS, device, 0, &error);
  g_assert_no_error (error);
  TelarRunContext context = { .inputs = &binding, .n_inputs = 1 };
  g_assert_true (telar_plan_run (plan, &context, &y, &error));
  return y;
}

static void
test_both_ways (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GArray) nodes = g_array_new (FALSE, TRUE, sizeof (TelarTreeNode));
  g_autoptr (GError) error = NULL;
  guint roots[TREES], n_leaves = 0;
  for (guint i = 0; i < TREES; i++)
    roots[i] = grow (nodes, random, 0, &n_leaves);
  const TelarShape leaves = telar_shape (n_leaves, 1), shape = telar_shape (ROWS, FEATURES);
  g_autoptr (TelarTensor) values = telar_tensor_new (TELAR_F32, &leaves);
  g_autoptr (TelarTensor) rows = telar_tensor_new (TELAR_F32, &shape);
  for (guint i = 0; i < n_leaves; i++)
    telar_tensor_set (values, i, g_rand_int_range (random, -50, 50));
  for (guint i = 0; i < ROWS * FEATURES; i++)
    telar_tensor_set (rows, i, i % 7 == 0 ? NAN : g_rand_int_range (random, 0, 5));
  TelarForest f = { .nodes = (const TelarTreeNode *)(gpointer)nodes->data,
                    .roots = roots,
                    .n_nodes = nodes->len,
                    .n_roots = TREES,
                    .n_features = FEATURES,
                    .values = values };
  g_assert_true (telar_forest_check (&f, &error));
  g_autoptr (TelarTensor) products = run_forest (&f, rows, TELAR_FOREST_PRODUCTS);
  g_autoptr (TelarTensor) walked = run_forest (&f, rows, TELAR_FOREST_WALK);
  for (guint i = 0; i < ROWS; i++) {
    double sum = 0;
    for (guint k = 0; k < TREES; k++)
      sum += ask (&f, roots[k], (const float *)rows->data + i * FEATURES);
    g_assert_cmpfloat (telar_tensor_get (products, i), ==, sum);
    g_assert_cmpfloat (telar_tensor_get (walked, i), ==, sum);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onnx-ml/works", test_works);
  g_test_add_func ("/onnx-ml/refused", test_refused);
  g_test_add_func ("/onnx-ml/empty", test_empty);
  g_test_add_func ("/onnx-ml/levels", test_levels);
  g_test_add_func ("/onnx-ml/both-ways", test_both_ways);
  return g_test_run ();
}
