/* The questions of a forest as tables, and the primitives that answer them. */
#include "engine/emit.h"
#include "engine/operators/forest.h"

#include <math.h>

ForestQuestion
forest_question (const TelarTreeNode *node)
{
  ForestQuestion q = { -1, node->yes, node->no, node->missing_yes };
  gboolean exchanged = FALSE;
  switch (node->split) {
  case TELAR_TREE_LEAF:
  case TELAR_TREE_N_SPLITS:
    break;
  case TELAR_TREE_GREATER:
    exchanged = TRUE;
    G_GNUC_FALLTHROUGH;
  case TELAR_TREE_LESS_EQUAL:
    q.ask = FOREST_LESS_EQUAL;
    break;
  case TELAR_TREE_GREATER_EQUAL:
    exchanged = TRUE;
    G_GNUC_FALLTHROUGH;
  case TELAR_TREE_LESS:
    q.ask = FOREST_LESS;
    break;
  case TELAR_TREE_NOT_EQUAL:
    q = (ForestQuestion){ FOREST_EQUAL, node->no, node->yes, FALSE };
    break;
  case TELAR_TREE_EQUAL:
  case TELAR_TREE_MEMBER:
    q.ask = FOREST_EQUAL;
    break;
  }
  if (exchanged)
    q = (ForestQuestion){ q.ask, node->no, node->yes, !node->missing_yes };
  return q;
}

void
forest_table_clear (ForestTable *table)
{
  g_clear_pointer (&table->features, telar_tensor_unref);
  g_clear_pointer (&table->missing, telar_tensor_unref);
  for (guint i = 0; i < FOREST_N_ASKS; i++)
    g_clear_pointer (&table->thresholds[i], telar_tensor_unref);
}

static TelarTensor *
new_nan (TelarDType dtype, const TelarShape *shape)
{
  TelarTensor *tensor = telar_tensor_new (dtype, shape);
  gsize n = telar_tensor_elements (tensor);
  for (gsize i = 0; i < n; i++)
    telar_tensor_set (tensor, i, NAN);
  return tensor;
}

static guint
members_of (const TelarTreeNode *node)
{
  return node->split == TELAR_TREE_MEMBER ? node->n_members : 1;
}

static void
put_question (ForestTable *table, guint place, const TelarTreeNode *node, const ForestQuestion *q)
{
  TelarTensor *thresholds = table->thresholds[q->ask];
  ((gint64 *)table->features->data)[place] = node->feature;
  if (table->missing)
    ((guint8 *)table->missing->data)[place] = q->missing_yes ? 1 : 0;
  if (node->split != TELAR_TREE_MEMBER) {
    gsize stride = telar_tensor_elements (thresholds) / table->n;
    telar_tensor_set (thresholds, place * stride, node->threshold);
    return;
  }
  for (guint i = 0; i < node->n_members; i++)
    telar_tensor_set (thresholds, place * (gsize)thresholds->type.shape.dims[1] + i,
                      node->members[i]);
}

void
forest_table_init (ForestTable *table, const ForestEmit *e, const guint *nodes, guint n)
{
  const TelarForest *f = e->forest;
  TelarShape each = telar_shape (n);
  guint most_members = 1;
  gboolean asks[FOREST_N_ASKS] = { FALSE }, missing = FALSE;
  for (guint i = 0; i < n; i++) {
    if (nodes[i] == G_MAXUINT || f->nodes[nodes[i]].split == TELAR_TREE_LEAF)
      continue;
    ForestQuestion q = forest_question (&f->nodes[nodes[i]]);
    asks[q.ask] = TRUE;
    missing = missing || q.missing_yes;
    most_members = MAX (most_members, members_of (&f->nodes[nodes[i]]));
  }
  *table = (ForestTable){ .n = n, .features = telar_tensor_new (TELAR_I64, &each) };
  if (missing)
    table->missing = telar_tensor_new (TELAR_BOOL, &each);
  for (guint i = 0; i < FOREST_N_ASKS; i++) {
    TelarShape shape = i == FOREST_EQUAL ? telar_shape (n, most_members) : each;
    table->thresholds[i] = asks[i] ? new_nan (e->dtype, &shape) : NULL;
  }
  for (guint i = 0; i < n; i++)
    if (nodes[i] != G_MAXUINT && f->nodes[nodes[i]].split != TELAR_TREE_LEAF) {
      ForestQuestion q = forest_question (&f->nodes[nodes[i]]);
      put_question (table, i, &f->nodes[nodes[i]], &q);
    }
}

/* --- answers ---------------------------------------------------------------------------------- */

TelarValue
forest_put (const ForestEmit *e, TelarTensor *tensor)
{
  return e->settings->table ? e->settings->table (e->settings->owner, tensor)
                            : telar_build_constant (e->b, tensor);
}

TelarValue
forest_look_up (const ForestEmit *e, TelarTensor *tensor, TelarValue places)
{
  TelarValue table = forest_put (e, tensor);
  return places == TELAR_NO_VALUE
             ? table
             : telar_emit (e->b, GATHER, ((TelarValue[]){ table, places }), TELAR_INT (AXIS, 0));
}

static TelarValue
or_both (TelarBuilder *b, TelarValue x, TelarValue y)
{
  return x == TELAR_NO_VALUE ? y : telar_build_binary (b, TELAR_PRIM_OR, x, y);
}

/* Whether @x equals one of the numbers along the last axis of @members. */
static TelarValue
is_member (TelarBuilder *b, TelarValue x, TelarValue members)
{
  guint rank = telar_builder_type (b, x)->shape.rank;
  gint64 last = rank;
  TelarValue same =
      telar_build_binary (b, TELAR_PRIM_EQUAL, telar_emit_unsqueeze (b, x, &rank, 1), members);
  TelarReduction over = { .axes = { last }, .n = 1 };
  return telar_emit_any (b, same, &over);
}

TelarValue
forest_answer (const ForestEmit *e, const ForestTable *table, TelarValue places, TelarValue x)
{
  static const TelarPrim prims[] = { TELAR_PRIM_LESS_EQUAL, TELAR_PRIM_LESS };
  TelarValue yes = TELAR_NO_VALUE;
  for (guint i = 0; i < G_N_ELEMENTS (prims); i++)
    if (table->thresholds[i])
      yes = or_both (
          e->b, yes,
          telar_build_binary (e->b, prims[i], x, forest_look_up (e, table->thresholds[i], places)));
  if (table->thresholds[FOREST_EQUAL])
    yes =
        or_both (e->b, yes,
                 is_member (e->b, x, forest_look_up (e, table->thresholds[FOREST_EQUAL], places)));
  if (table->missing)
    yes = or_both (e->b, yes,
                   telar_build_binary (e->b, TELAR_PRIM_AND,
                                       telar_build_unary (e->b, TELAR_PRIM_ISNAN, x),
                                       forest_look_up (e, table->missing, places)));
  if (yes == TELAR_NO_VALUE) { /* nothing but leaves */
    TelarType none = { TELAR_BOOL, telar_builder_type (e->b, x)->shape };
    return telar_build_fill (e->b, &none, 0);
  }
  return yes;
}

TelarValue
forest_answer_all (const ForestEmit *e, const ForestTable *table)
{
  TelarValue columns = forest_put (e, table->features);
  TelarValue x =
      telar_emit (e->b, GATHER, ((TelarValue[]){ e->rows, columns }), TELAR_INT (AXIS, 1));
  return forest_answer (e, table, TELAR_NO_VALUE, x);
}
