/* Cuts curves into columns while walking over their points once. */
#include "insight/cut.h"

#include <math.h>

typedef struct {
  TelarCut *result;
  gint64 from, to;
  guint n;
  gint64 last_index; /* of the column that is being filled; -1: none */
} Cutting;

void
telar_cut_free (TelarCut *columns)
{
  if (columns == NULL)
    return;
  g_array_unref (columns->columns);
  g_free (columns);
}

static TelarStepColumn
column_of (const TelarPoint *point)
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

static void
add_to_column (TelarStepColumn *column, const TelarPoint *point)
{
  TelarRange *range = &column->range;

  column->last_step = point->step;
  column->last_time = point->time;
  column->value = point->value;
  column->points++;
  if (!isfinite (point->value))
    return;
  range->min = range->n == 0 ? point->value : MIN (range->min, point->value);
  range->max = range->n == 0 ? point->value : MAX (range->max, point->value);
  range->sum += point->value;
  range->n++;
}

/* The first pass: points as they are, until there are too many, and how far they reach. */
static gboolean
take_points (const TelarPoint *points, guint n, gpointer data)
{
  Cutting *cut = data;
  GArray *columns = cut->result->columns;

  for (guint i = 0; i < n; i++) {
    if (columns->len == cut->n) {
      cut->result->whole = FALSE;
      return FALSE;
    }
    TelarStepColumn column = column_of (&points[i]);
    g_array_append_val (columns, column);
  }
  return TRUE;
}

static gboolean
fill_columns (const TelarPoint *points, guint n, gpointer data)
{
  Cutting *cut = data;
  GArray *columns = cut->result->columns;
  double scale = (double)cut->n / ((double)cut->to - (double)cut->from + 1);

  for (guint i = 0; i < n; i++) {
    gint64 index = (gint64)((double)(points[i].step - cut->from) * scale);
    if (index == cut->last_index) {
      add_to_column (&g_array_index (columns, TelarStepColumn, columns->len - 1), &points[i]);
      continue;
    }
    TelarStepColumn column = column_of (&points[i]);
    g_array_append_val (columns, column);
    cut->last_index = index;
  }
  cut->result->points += n;
  return TRUE;
}

TelarCut *
telar_cut_read (TelarStore *store, const TelarStretch *stretch, guint n, GError **error)
{
  g_autoptr (TelarCut) result = g_new0 (TelarCut, 1);
  TelarStretch cut_stretch = *stretch;
  gint64 last;

  result->columns = g_array_new (FALSE, FALSE, sizeof (TelarStepColumn));
  result->whole = TRUE;
  Cutting cut = { .result = result, .n = MAX (n, 1), .last_index = -1 };
  if (!telar_store_walk (store, stretch, take_points, &cut, error))
    return NULL;
  if (result->whole) {
    result->points = result->columns->len;
    return g_steal_pointer (&result);
  }

  /* An open end is the curve's own, so that no column is left empty. */
  cut.from = g_array_index (result->columns, TelarStepColumn, 0).first_step;
  if (!telar_store_last_step (store, stretch->run, stretch->tag, &last, error))
    return NULL;
  cut.to = cut_stretch.to = MIN (stretch->to, last);
  g_array_set_size (result->columns, 0);
  if (!telar_store_walk (store, &cut_stretch, fill_columns, &cut, error))
    return NULL;
  return g_steal_pointer (&result);
}
