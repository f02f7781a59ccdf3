/* Forests of decision trees as programs of primitives: what readers of models and converters share.
 *
 * A forest is asked in one of two ways, which give the same leaves. Small trees are products of
 * matrices: all questions of a tree are answered at once, and the leaf is the one whose path agrees
 * with the answers. Deep ones are walked from their roots, all trees and rows in step: a round of
 * gathers for each level. Source: Nakandala et al., "A tensor compiler for unified machine learning
 * prediction serving" (Hummingbird), OSDI 2020, sections 4.1 and 4.2. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* Levels that a tree may have; each is a round of work. */
#define TELAR_FOREST_MOST_LEVELS 1024
/* Those of a tree that can be a product. */
#define TELAR_FOREST_MOST_PRODUCT_LEVELS 10

/* What a node asks of its feature's number x; "yes" leads to one child, "no" to the other. A number
 * that is missing (NaN) differs from all others, so that only NOT_EQUAL holds. */
typedef enum {
  TELAR_TREE_LEAF, /* nothing: the way ends here */
  TELAR_TREE_LESS_EQUAL,
  TELAR_TREE_LESS,
  TELAR_TREE_GREATER_EQUAL,
  TELAR_TREE_GREATER,
  TELAR_TREE_EQUAL,
  TELAR_TREE_NOT_EQUAL,
  TELAR_TREE_MEMBER, /* x is one of `members` */
  TELAR_TREE_N_SPLITS
} TelarTreeSplit;

typedef struct {
  TelarTreeSplit split;
  gboolean missing_yes; /* NaN leads to `yes`, whatever the question */
  guint feature;        /* column of the rows */
  double threshold;     /* of the type of the rows */
  const double *members;
  guint n_members;
  guint yes, no; /* nodes */
  guint leaf;    /* of a leaf: its row in `values` */
} TelarTreeNode;

typedef struct {
  const TelarTreeNode *nodes;
  const guint *roots; /* the trees */
  guint n_nodes, n_roots;
  guint n_features;    /* columns that the rows have */
  TelarTensor *values; /* [leaves, targets], floats; borrowed */
} TelarForest;

typedef enum {
  TELAR_FOREST_SUM,
  TELAR_FOREST_MEAN,
  TELAR_FOREST_MIN,
  TELAR_FOREST_MAX,
} TelarForestVote;

typedef enum {
  TELAR_FOREST_AUTO,     /* by the number of levels */
  TELAR_FOREST_PRODUCTS, /* walked all the same when a tree has too many levels for it */
  TELAR_FOREST_WALK,
} TelarForestWay;

/* How a table of numbers enters the program, for those who keep theirs in states. */
typedef TelarValue (*TelarForestTable) (gpointer owner, TelarTensor *table);

typedef struct {
  TelarForestVote vote; /* what is made of the trees' values, target by target */
  TelarForestWay way;
  TelarForestTable table; /* NULL: as constants of the program */
  gpointer owner;
} TelarForestSettings;

/* Whether it is a forest: children, features and leaves that exist, every node reached once,
 * neither too many levels nor too large sets. Says what is wrong otherwise. To be asked before
 * emitting what a file has given.
 */
gboolean telar_forest_check (const TelarForest *forest, GError **error);

/* @rows is float32 or float64 [N, features], N perhaps symbolic; the result is [N, targets] in the
 * type of the values. The forest has passed telar_forest_check. */
TelarValue telar_emit_forest (TelarBuilder *b, const TelarForest *forest, TelarValue rows,
                              const TelarForestSettings *settings);

G_END_DECLS
