/* Cuts curves into columns while walking over their points, or sums of them, once. */
#include "insight/cut.h"
#include "insight/sums.h"

#define SUMS_IN_COLUMN 2 /* at least: its edges are then off by half of it at most */

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
    TelarStepColumn column = telar_step_column_of (&points[i]);
    g_array_append_val (columns, column);
  }
  return TRUE;
}

/* The column in which @step falls, or NULL when it is the first one there. */
static TelarStepColumn *
column_at (Cutting *cut, gint64 step)
{
  GArray *columns = cut->result->columns;
  double scale = (double)cut->n / ((double)cut->to - (double)cut->from + 1);
  gint64 index = (gint64)((double)(step - cut->from) * scale);
  gboolean same = index == cut->last_index;

  cut->last_index = index;
  return same ? &g_array_index (columns, TelarStepColumn, columns->len - 1) : NULL;
}

static void
take_column (const TelarStepColumn *sum, gpointer data)
{
  Cutting *cut = data;
  TelarStepColumn *column = column_at (cut, sum->first_step);

  if (column != NULL)
    telar_step_column_join (column, sum);
  else
    g_array_append_vals (cut->result->columns, sum, 1);
  cut->result->points += sum->points;
}

static gboolean
fill_columns (const TelarPoint *points, guint n, gpointer data)
{
  Cutting *cut = data;

  for (guint i = 0; i < n; i++) {
    TelarStepColumn *column = column_at (cut, points[i].step);
    if (column != NULL) {
      telar_step_column_add (column, &points[i]);
      continue;
    }
    TelarStepColumn first = telar_step_column_of (&points[i]);
    g_array_append_val (cut->result->columns, first);
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
  gint64 widest = (cut.to - cut.from) / cut.n / SUMS_IN_COLUMN;
  TelarSumsVisitor visitor = { fill_columns, take_column, &cut };
  if (!telar_sums_walk (store, &cut_stretch, widest, &visitor, error))
    return NULL;
  return g_steal_pointer (&result);
}

void
telar_cut_points (const TelarCut *cut, GArray *points, GArray *low, GArray *high)
{
  for (guint i = 0; i < cut->columns->len; i++) {
    const TelarStepColumn *column = &g_array_index (cut->columns, TelarStepColumn, i);
    gboolean finite = column->range.n > 0;
    double mean = finite ? telar_range_mean (&column->range) : column->value;
    double least = finite ? column->range.min : mean, most = finite ? column->range.max : mean;
    TelarPoint point = { column->last_step, column->last_time, mean };
    g_array_append_val (points, point);
    g_array_append_val (low, least);
    g_array_append_val (high, most);
  }
}
