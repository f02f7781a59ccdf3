/* From a table's columns to the tensors that a model takes: numbers as they are, missing ones
 * filled, categories one-hot, the target as classes or numbers.
 *
 * What is learned from the data (the means or medians that fill gaps) is learned from the training
 * rows alone; what describes it (the categories, the classes) from all rows of the table. The same
 * columns then apply to another table of the same kind. */
#pragma once

#include "data/table.h"
#include "engine/error.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_TARGET_AUTO,    /* classes, but numbers for reals and integers of more than 20 values */
  TELAR_TARGET_CLASSES, /* i64[N] */
  TELAR_TARGET_NUMBER,  /* f32[N,1] */
} TelarTargetKind;

typedef enum {
  TELAR_MISSING_ERROR,
  TELAR_MISSING_MEAN,
  TELAR_MISSING_MEDIAN,
  TELAR_MISSING_DROP, /* rows with a gap in a feature or in the target are left out */
} TelarMissing;

typedef struct {
  const char *features; /* names with commas between; "" for all but the target */
  const char *target;
  TelarTargetKind kind;
  TelarMissing missing; /* with MEAN and MEDIAN a missing category is all zeros */
} TelarColumnsSpec;

typedef struct TelarColumns TelarColumns;

TelarColumns *telar_columns_new (const TelarTable *table, const TelarColumnsSpec *spec,
                                 GError **error);
void telar_columns_free (TelarColumns *columns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarColumns, telar_columns_free)

/* One name per feature of the tensor ("sex=male"), and the classes or NULL. Borrowed. */
const char *const *telar_columns_feature_names (const TelarColumns *columns);
const char *const *telar_columns_class_names (const TelarColumns *columns);

/* The rows of @table that can be used, as guint32; a gap that the settings do not allow is an error
 * that names line and column. @drop FALSE: a gap that would drop a row is an error too. */
GArray *telar_columns_rows (const TelarColumns *columns, const TelarTable *table, gboolean target,
                            gboolean drop, GError **error);

/* Learns what fills the gaps from those rows. */
gboolean telar_columns_fit (TelarColumns *columns, const TelarTable *table, const GArray *rows,
                            GError **error);

/* f32[rows, features]; an unknown category is an error that names its line. */
TelarTensor *telar_columns_features (const TelarColumns *columns, const TelarTable *table,
                                     const GArray *rows, GError **error);
/* i64[rows] or f32[rows,1]. */
TelarTensor *telar_columns_target (const TelarColumns *columns, const TelarTable *table,
                                   const GArray *rows, GError **error);

G_END_DECLS
