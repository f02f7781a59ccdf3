/* Forests as products of matrices: all questions of a tree are answered at once, and counting the
 * answers along the way to each leaf finds the one leaf whose whole way agrees. */
#include "engine/emit.h"
#include "engine/operators/forest.h"

/* Trees side by side, each with room for as many questions and leaves as the largest has. */
typedef struct {
  guint n_trees, n_questions, n_leaves;
  guint *questions; /* [trees, questions]: nodes, or G_MAXUINT */
  /* f32 [trees, questions, leaves]: 1 where the way to the leaf passes by "yes", -1 where by "no",
   * 0 where it does not pass. */
  TelarTensor *ways;
  TelarTensor *counts; /* f32 [trees, 1, leaves]: how often "yes"; -1 where there is no leaf */
  TelarTensor *leaves; /* i64 [trees · leaves]: rows in the values */
} Products;

/* --- the layout ------------------------------------------------------------------------------- */

static void
count_nodes (const TelarForest *f, guint node, guint *questions, guint *leaves)
{
  if (f->nodes[node].split == TELAR_TREE_LEAF) {
    ++*leaves;
    return;
  }
  ++*questions;
  count_nodes (f, f->nodes[node].yes, questions, leaves);
  count_nodes (f, f->nodes[node].no, questions, leaves);
}

/* The way from the root to a node: questions of the tree, and their answers. */
typedef struct {
  guint length;
  guint questions[TELAR_FOREST_MOST_PRODUCT_LEVELS];
  gboolean answers[TELAR_FOREST_MOST_PRODUCT_LEVELS];
} Way;

/* Where in its tree the next question and the next leaf go. */
typedef struct {
  guint tree, question, leaf;
} Cursor;

static void
put_leaf (Products *p, const TelarTreeNode *node, const Way *way, Cursor *at)
{
  float *ways = p->ways->data, *counts = p->counts->data;
  guint place = at->tree * p->n_leaves + at->leaf;
  counts[place] = 0;
  for (guint i = 0; i < way->length; i++) {
    guint question = at->tree * p->n_questions + way->questions[i];
    counts[place] += way->answers[i] ? 1 : 0;
    ways[question * p->n_leaves + at->leaf] = way->answers[i] ? 1 : -1;
  }
  ((gint64 *)p->leaves->data)[place] = node->leaf;
  at->leaf++;
}

static void
put_node (Products *p, const TelarForest *f, guint node, Way *way, Cursor *at)
{
  ForestQuestion q = forest_question (&f->nodes[node]);
  if (q.ask < 0) {
    put_leaf (p, &f->nodes[node], way, at);
    return;
  }
  guint level = way->length++;
  way->questions[level] = at->question++;
  p->questions[at->tree * p->n_questions + way->questions[level]] = node;
  way->answers[level] = TRUE;
  put_node (p, f, q.yes, way, at);
  way->answers[level] = FALSE;
  put_node (p, f, q.no, way, at);
  way->length = level;
}

static void
make_room (Products *p, const TelarForest *f)
{
  *p = (Products){ .n_trees = f->n_roots, .n_questions = 1 };
  for (guint i = 0; i < f->n_roots; i++) {
    guint questions = 0, leaves = 0;
    count_nodes (f, f->roots[i], &questions, &leaves);
    p->n_questions = MAX (p->n_questions, questions);
    p->n_leaves = MAX (p->n_leaves, leaves);
  }
  TelarShape ways = telar_shape (p->n_trees, p->n_questions, p->n_leaves);
  TelarShape counts = telar_shape (p->n_trees, 1, p->n_leaves);
  TelarShape leaves = telar_shape ((gint64)p->n_trees * p->n_leaves);
  p->questions = g_new (guint, (gsize)p->n_trees * p->n_questions);
  p->ways = telar_tensor_new (TELAR_F32, &ways);
  p->counts = telar_tensor_new (TELAR_F32, &counts);
  p->leaves = telar_tensor_new (TELAR_I64, &leaves);
}

static void
products_init (Products *p, const TelarForest *f)
{
  make_room (p, f);
  for (guint i = 0; i < p->n_trees * p->n_questions; i++)
    p->questions[i] = G_MAXUINT;
  for (guint i = 0; i < p->n_trees * p->n_leaves; i++)
    ((float *)p->counts->data)[i] = -1;
  for (guint i = 0; i < f->n_roots; i++) {
    Way way = { 0 };
    Cursor at = { .tree = i };
    put_node (p, f, f->roots[i], &way, &at);
  }
}

static void
products_clear (Products *p)
{
  g_free (p->questions);
  telar_tensor_unref (p->ways);
  telar_tensor_unref (p->counts);
  telar_tensor_unref (p->leaves);
}

/* --- emitting --------------------------------------------------------------------------------- */

/* f32 [trees, N, questions]: 1 for "yes", 0 for "no". */
static TelarValue
answers_by_tree (const ForestEmit *e, const Products *p)
{
  const gint64 trees_first[] = { 1, 0, 2 };
  ForestTable table;
  forest_table_init (&table, e, p->questions, p->n_trees * p->n_questions);
  TelarValue yes = forest_answer_all (e, &table);
  forest_table_clear (&table);
  TelarShape shape =
      telar_shape (telar_builder_type (e->b, e->rows)->shape.dims[0], p->n_trees, p->n_questions);
  yes = telar_build_reshape (e->b, telar_build_cast (e->b, yes, TELAR_F32), &shape);
  return telar_build_transpose (e->b, yes, trees_first);
}

static TelarValue
leaves_of (const ForestEmit *e, const Products *p)
{
  const gint64 rows_first[] = { 1, 0 };
  TelarBuilder *b = e->b;
  TelarShape trees = telar_shape (1, p->n_trees);
  TelarValue agreed =
      telar_build_matmul (b, answers_by_tree (e, p), forest_put (e, p->ways), FALSE, FALSE);
  TelarValue here = telar_build_binary (b, TELAR_PRIM_EQUAL, agreed, forest_put (e, p->counts));
  TelarValue leaf =
      telar_emit_arg (b, TELAR_PRIM_ARGMAX, telar_build_cast (b, here, TELAR_F32), 2, FALSE, FALSE);
  TelarValue base =
      telar_build_binary_scalar (b, TELAR_PRIM_MUL, telar_build_iota (b, &trees, 1), p->n_leaves);
  return forest_look_up (
      e, p->leaves,
      telar_build_binary (b, TELAR_PRIM_ADD, telar_build_transpose (b, leaf, rows_first), base));
}

TelarValue
forest_products (const ForestEmit *e)
{
  Products p;
  products_init (&p, e->forest);
  TelarValue leaves = leaves_of (e, &p);
  products_clear (&p);
  return leaves;
}
