/* Forests: checked, asked by products or by walking, and their values brought together. */
#include "engine/emit-forest.h"

#include "engine/emit.h"
#include "engine/operators/forest.h"

#include <string.h>

/* Trees of up to so many levels below the root are products: their work doubles with each level,
 * that of walking grows by one round. For 100 trees and 64 to 1,024 rows products were faster up to
 * here. */
#define MOST_PRODUCT_LEVELS 4

/* Members of sets, over all nodes. */
#define MOST_MEMBERS (1u << 26)

/* --- checking --------------------------------------------------------------------------------- */

/* A node that is still to be looked at. */
typedef struct {
  guint node, level;
} Visit;

static void
push (GArray *visits, guint node, guint level)
{
  Visit visit = { node, level };
  g_array_append_val (visits, visit);
}

/* The sets stand in a table, as wide as the largest. */
static gboolean
check_members (const TelarForest *f, GError **error)
{
  guint most = 1;
  for (guint i = 0; i < f->n_nodes; i++)
    if (f->nodes[i].split == TELAR_TREE_MEMBER)
      most = MAX (most, f->nodes[i].n_members);
  if (most == 1 || f->n_nodes <= MOST_MEMBERS / most)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "the trees ask for membership in sets of up to %u numbers, which is too many",
                   most);
  return FALSE;
}

static gboolean
check_node (const TelarForest *f, const Visit *visit, guint8 *seen, GError **error)
{
  const TelarTreeNode *node = &f->nodes[visit->node];
  gboolean leaf = node->split == TELAR_TREE_LEAF;
  if (seen[visit->node]++)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "node %u of the trees is reached on two ways: they run in a circle or join",
                     visit->node);
  else if (visit->level > TELAR_FOREST_MOST_LEVELS)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "a tree has more than %d levels",
                     TELAR_FOREST_MOST_LEVELS);
  else if (leaf && node->leaf >= f->values->type.shape.dims[0])
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "leaf %u of the trees has no value",
                     node->leaf);
  else if (!leaf && (node->yes >= f->n_nodes || node->no >= f->n_nodes))
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "node %u of the trees leads to a node that is not there", visit->node);
  else if (!leaf && node->feature >= f->n_features)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "node %u of the trees asks for column %u of %u", visit->node, node->feature,
                     f->n_features);
  else
    return TRUE;
  return FALSE;
}

gboolean
telar_forest_check (const TelarForest *forest, GError **error)
{
  g_autofree guint8 *seen = g_new0 (guint8, forest->n_nodes + 1);
  g_autoptr (GArray) visits = g_array_new (FALSE, FALSE, sizeof (Visit));
  if (forest->n_roots == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there are no trees");
    return FALSE;
  }
  if (!check_members (forest, error))
    return FALSE;
  for (guint i = 0; i < forest->n_roots; i++) {
    if (forest->roots[i] >= forest->n_nodes) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "tree %u begins nowhere", i);
      return FALSE;
    }
    push (visits, forest->roots[i], 0);
  }
  while (visits->len > 0) {
    Visit visit = g_array_index (visits, Visit, visits->len - 1);
    g_array_set_size (visits, visits->len - 1);
    if (!check_node (forest, &visit, seen, error))
      return FALSE;
    if (forest->nodes[visit.node].split != TELAR_TREE_LEAF) {
      push (visits, forest->nodes[visit.node].yes, visit.level + 1);
      push (visits, forest->nodes[visit.node].no, visit.level + 1);
    }
  }
  const guint8 *lost = memchr (seen, 0, forest->n_nodes);
  if (lost)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "no root leads to node %u of the trees: they are cut, or run in a circle",
                     (guint)(lost - seen));
  return !lost;
}

/* --- emitting --------------------------------------------------------------------------------- */

static guint
levels_below (const TelarForest *f, guint node)
{
  if (f->nodes[node].split == TELAR_TREE_LEAF)
    return 0;
  guint yes = levels_below (f, f->nodes[node].yes), no = levels_below (f, f->nodes[node].no);
  return 1 + MAX (yes, no);
}

static gboolean
by_products (const TelarForest *f, TelarForestWay way)
{
  guint most =
      way == TELAR_FOREST_PRODUCTS ? TELAR_FOREST_MOST_PRODUCT_LEVELS : MOST_PRODUCT_LEVELS;
  if (way == TELAR_FOREST_WALK)
    return FALSE;
  for (guint i = 0; i < f->n_roots; i++)
    if (levels_below (f, f->roots[i]) > most)
      return FALSE;
  return TRUE;
}

TelarValue
telar_emit_forest (TelarBuilder *b, const TelarForest *forest, TelarValue rows,
                   const TelarForestSettings *settings)
{
  static const TelarReduceKind votes[] = {
    [TELAR_FOREST_SUM] = TELAR_REDUCE_SUM,
    [TELAR_FOREST_MEAN] = TELAR_REDUCE_MEAN,
    [TELAR_FOREST_MIN] = TELAR_REDUCE_MIN,
    [TELAR_FOREST_MAX] = TELAR_REDUCE_MAX,
  };
  ForestEmit e = { b, forest, settings, rows, telar_builder_type (b, rows)->dtype };
  TelarValue leaves = by_products (forest, settings->way) ? forest_products (&e) : forest_walk (&e);
  TelarReduction trees = { .axes = { 1 }, .n = 1 };
  return telar_emit_reduction (b, votes[settings->vote],
                               forest_look_up (&e, forest->values, leaves), &trees);
}
