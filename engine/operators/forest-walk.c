/* Forests walked from their roots, all trees and rows in step: a round of gathers for each level. A
 * row that has reached its leaf stays there. */
#include "engine/emit.h"
#include "engine/operators/forest.h"

/* The nodes in the order in which they are walked: the roots, then the children of each, "no"
 * before "yes", so that an answer is a step from the first child. */
typedef struct {
  GArray *order;       /* guint: nodes */
  TelarTensor *firsts; /* i64: where the first child stands; of a leaf, where it stands itself */
  TelarTensor *leaves; /* i64: rows in the values */
  guint n_levels;
} Walk;

static void
walk_init (Walk *walk, const TelarForest *f)
{
  walk->order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_vals (walk->order, f->roots, f->n_roots);
  g_autoptr (GArray) firsts = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint end = f->n_roots; /* of the level */
  walk->n_levels = 0;
  for (guint i = 0; i < walk->order->len; i++) {
    if (i == end) {
      walk->n_levels++;
      end = walk->order->len;
    }
    const TelarTreeNode *node = &f->nodes[g_array_index (walk->order, guint, i)];
    gint64 first = node->split == TELAR_TREE_LEAF ? i : walk->order->len;
    g_array_append_val (firsts, first);
    if (node->split == TELAR_TREE_LEAF)
      continue;
    ForestQuestion q = forest_question (node);
    g_array_append_val (walk->order, q.no);
    g_array_append_val (walk->order, q.yes);
  }
  TelarShape shape = telar_shape (walk->order->len);
  walk->firsts = telar_tensor_new (TELAR_I64, &shape);
  walk->leaves = telar_tensor_new (TELAR_I64, &shape);
  for (guint i = 0; i < walk->order->len; i++) {
    const TelarTreeNode *node = &f->nodes[g_array_index (walk->order, guint, i)];
    ((gint64 *)walk->firsts->data)[i] = g_array_index (firsts, gint64, i);
    ((gint64 *)walk->leaves->data)[i] = node->split == TELAR_TREE_LEAF ? node->leaf : 0;
  }
}

static void
walk_clear (Walk *walk)
{
  g_array_unref (walk->order);
  telar_tensor_unref (walk->firsts);
  telar_tensor_unref (walk->leaves);
}

/* The first @n of the numbers in @tensor. */
static TelarTensor *
head_of (const TelarTensor *tensor, guint n)
{
  TelarShape shape = telar_shape (n);
  TelarTensor *head = telar_tensor_new (tensor->type.dtype, &shape);
  for (guint i = 0; i < n; i++)
    telar_tensor_set (head, i, telar_tensor_get (tensor, i));
  return head;
}

static TelarValue
step (const ForestEmit *e, TelarValue firsts, TelarValue yes)
{
  return telar_build_binary (e->b, TELAR_PRIM_ADD, firsts, telar_build_cast (e->b, yes, TELAR_I64));
}

/* Every row asks the same nodes, the roots: [N, trees]. */
static TelarValue
leave_roots (const ForestEmit *e, const Walk *walk)
{
  ForestTable table;
  guint n = e->forest->n_roots;
  g_autoptr (TelarTensor) firsts = head_of (walk->firsts, n);
  forest_table_init (&table, e, e->forest->roots, n);
  TelarValue places = step (e, forest_put (e, firsts), forest_answer_all (e, &table));
  forest_table_clear (&table);
  return places;
}

/* Where in the flat rows the numbers of @features [N, trees] stand. */
static TelarValue
flat_places (const ForestEmit *e, TelarValue features)
{
  TelarShape column = telar_shape (telar_builder_type (e->b, e->rows)->shape.dims[0], 1);
  TelarValue row = telar_build_binary_scalar (
      e->b, TELAR_PRIM_MUL, telar_build_iota (e->b, &column, 0), e->forest->n_features);
  return telar_build_binary (e->b, TELAR_PRIM_ADD, row, features);
}

static TelarValue
walk_rows (const ForestEmit *e, const Walk *walk)
{
  ForestTable table;
  const gint64 flat[] = { -1 };
  TelarValue numbers = telar_emit_reshape (e->b, e->rows, flat, 1, FALSE);
  TelarValue places = leave_roots (e, walk);
  forest_table_init (&table, e, (const guint *)(gpointer)walk->order->data, walk->order->len);
  for (guint level = 1; level < walk->n_levels; level++) {
    TelarValue at = flat_places (e, forest_look_up (e, table.features, places));
    TelarValue x = telar_emit (e->b, GATHER, ((TelarValue[]){ numbers, at }), TELAR_INT (AXIS, 0));
    places =
        step (e, forest_look_up (e, walk->firsts, places), forest_answer (e, &table, places, x));
  }
  forest_table_clear (&table);
  return forest_look_up (e, walk->leaves, places);
}

TelarValue
forest_walk (const ForestEmit *e)
{
  Walk walk;
  walk_init (&walk, e->forest);
  TelarValue leaves = walk_rows (e, &walk);
  walk_clear (&walk);
  return leaves;
}
