/* Sums over points, and the bytes in which they are kept. */
#include "insight/step-column.h"

#include <math.h>
#include <string.h>

#define WORDS 10 /* of a column */
G_STATIC_ASSERT (sizeof (TelarStepColumn) == WORDS * sizeof (guint64));

TelarStepColumn
telar_step_column_of (const TelarPoint *point)
{
  TelarStepColumn column = { .first_step = point->step,
                             .last_step = point->step,
                             .first_time = point->time,
                             .last_time = point->time,
                             .points = 1,
                             .value = point->value };

  if (isfinite (point->value))
    column.range = (TelarRange){ point->value, point->value, point->value, 1 };
  return column;
}

void
telar_step_column_add (TelarStepColumn *column, const TelarPoint *point)
{
  column->last_step = point->step;
  column->last_time = point->time;
  column->value = point->value;
  column->points++;
  telar_range_add (&column->range, point->value);
}

TelarStepColumn
telar_step_column_sum (const TelarPoint *points, guint n)
{
  TelarStepColumn column = telar_step_column_of (&points[0]);

  for (guint i = 1; i < n; i++)
    telar_step_column_add (&column, &points[i]);
  return column;
}

void
telar_step_column_join (TelarStepColumn *column, const TelarStepColumn *next)
{
  column->last_step = next->last_step;
  column->last_time = next->last_time;
  column->value = next->value;
  column->points += next->points;
  telar_range_join (&column->range, &next->range);
}

GBytes *
telar_step_columns_pack (const TelarStepColumn *columns, guint n)
{
  gsize size = n * sizeof *columns;
  guint64 *words = g_memdup2 (columns, size);

  for (gsize i = 0; i < (gsize)n * WORDS; i++)
    words[i] = GUINT64_TO_LE (words[i]);
  return g_bytes_new_take (words, size);
}

gboolean
telar_step_columns_unpack (const void *data, gsize size, GArray *columns)
{
  guint n_before = columns->len, n = (guint)(size / sizeof (TelarStepColumn));

  if (n == 0 || size % sizeof (TelarStepColumn) != 0)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    guint64 words[WORDS];
    TelarStepColumn column;
    memcpy (words, (const guint8 *)data + i * sizeof words, sizeof words);
    for (guint k = 0; k < WORDS; k++)
      words[k] = GUINT64_FROM_LE (words[k]);
    memcpy (&column, words, sizeof column);
    gboolean rising =
        columns->len == n_before ||
        g_array_index (columns, TelarStepColumn, columns->len - 1).last_step < column.first_step;
    if (!rising || column.first_step > column.last_step || column.points < 1) {
      g_array_set_size (columns, n_before);
      return FALSE;
    }
    g_array_append_val (columns, column);
  }
  return TRUE;
}
