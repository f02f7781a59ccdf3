/* Which rows are trained on and which are kept for validation. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_SPLIT_RANDOM,     /* drawn by Philox from the seed */
  TELAR_SPLIT_STRATIFIED, /* the same, each class in its share */
  TELAR_SPLIT_LAST,       /* the last rows of the file */
} TelarSplitKind;

typedef struct {
  TelarSplitKind kind;
  double validation; /* below 1 a fraction of the rows (rounded), else a number of rows */
  guint64 seed;
} TelarSplitSpec;

/* Row numbers in the order of the file; the two are disjoint and together all rows. */
typedef struct {
  GArray *train, *validation; /* guint32 */
} TelarSplitRows;

void telar_split_rows_clear (TelarSplitRows *split);

/* @labels (one per row, only for STRATIFIED) are classes from 0. Both sides get at least one row
 * unless @validation is 0; more validation rows than there are is an error. */
gboolean telar_split_rows (const TelarSplitSpec *spec, gsize rows, const gint64 *labels,
                           TelarSplitRows *split, GError **error);

G_END_DECLS
