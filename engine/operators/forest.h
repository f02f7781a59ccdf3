/* What the two ways of asking a forest (engine/emit-forest.h) share: tables of questions, and how
 * they are answered. */
#pragma once

#include "engine/emit-forest.h"

G_BEGIN_DECLS

/* The questions that remain when GREATER, GREATER_EQUAL and NOT_EQUAL are the others with their
 * children exchanged. */
enum { FOREST_LESS_EQUAL, FOREST_LESS, FOREST_EQUAL, FOREST_N_ASKS };

typedef struct {
  int ask; /* -1: a leaf */
  guint yes, no;
  gboolean missing_yes;
} ForestQuestion;

ForestQuestion forest_question (const TelarTreeNode *node);

/* A forest on its way into a program. */
typedef struct {
  TelarBuilder *b;
  const TelarForest *forest;
  const TelarForestSettings *settings;
  TelarValue rows;
  TelarDType dtype; /* of the rows */
} ForestEmit;

/* The places of some nodes, with what they ask. A place that does not ask a question has NaN for
 * its threshold: no number passes. */
typedef struct {
  guint n;
  TelarTensor *features;                  /* i64 [n] */
  TelarTensor *thresholds[FOREST_N_ASKS]; /* [n], of EQUAL [n, members]; NULL: none asks that */
  TelarTensor *missing;                   /* bool [n]: NaN passes; NULL: nowhere */
} ForestTable;

/* Place i asks what the node @nodes[i] asks; G_MAXUINT is nobody. */
void forest_table_init (ForestTable *table, const ForestEmit *e, const guint *nodes, guint n);
void forest_table_clear (ForestTable *table);

/* @tensor in the program; its entries at @places, or all of them for TELAR_NO_VALUE. */
TelarValue forest_put (const ForestEmit *e, TelarTensor *tensor);
TelarValue forest_look_up (const ForestEmit *e, TelarTensor *tensor, TelarValue places);
/* bool [N, places]: the answers to the questions at @places of @table for the numbers @x. */
TelarValue forest_answer (const ForestEmit *e, const ForestTable *table, TelarValue places,
                          TelarValue x);
/* The same for all of @table, of which every row is asked. */
TelarValue forest_answer_all (const ForestEmit *e, const ForestTable *table);

/* i64 [N, trees]: the leaf's row in the values. */
TelarValue forest_walk (const ForestEmit *e);
TelarValue forest_products (const ForestEmit *e);

G_END_DECLS
