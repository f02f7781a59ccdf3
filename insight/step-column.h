/* Some points of a curve that lie next to one another, summed up: what a column of pixels needs to
 * know of them. */
#pragma once

#include "insight/pyramid.h"
#include "insight/store.h"

G_BEGIN_DECLS

typedef struct {
  gint64 first_step, last_step;
  gint64 first_time, last_time; /* µs since 1970 */
  gint64 points;
  double value;     /* of the last point, as it was recorded: NaN and infinities included */
  TelarRange range; /* of the finite values */
} TelarStepColumn;

TelarStepColumn telar_step_column_of (const TelarPoint *point);
TelarStepColumn telar_step_column_sum (const TelarPoint *points, guint n); /* @n is not 0 */
/* @next, or a point, comes after @column. */
void telar_step_column_join (TelarStepColumn *column, const TelarStepColumn *next);
void telar_step_column_add (TelarStepColumn *column, const TelarPoint *point);

/* The bytes are the same on every machine: words of 64 bits, little-endian. */
GBytes *telar_step_columns_pack (const TelarStepColumn *columns, guint n);
/* Appends them to @columns; FALSE when the bytes are damaged. */
gboolean telar_step_columns_unpack (const void *data, gsize size, GArray *columns);

G_END_DECLS
