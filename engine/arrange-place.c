/* Columns fold into rows, and everything gets its place. Where most of the drawing was arranged
 * before, rows break where they broke and stay where they were, as far as there is room. */
#include "engine/arrange-private.h"

#include <math.h>

#define ASPECT    1.8 /* about as wide as a screen is */
#define ROW_LEAST 5   /* columns */
#define ROW_SLACK 240 /* how much too low a row may stay */
#define ROW_NEAR  16  /* and how near to the row above */
#define SAME      4   /* places that differ by less are one */
#define LARGEST   1.6 /* of the columns that a row should have */
#define SMALLEST  0.4
#define PROGRESS  600 /* thousandths that are done before */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* NAN of none. */
static double
median (GArray *values)
{
  if (values->len == 0)
    return NAN;
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, values->len / 2);
}

/* --- what was arranged before ----------------------------------------------------------------- */

/* Most wires to the next column run just one column to the right. */
static gboolean
was_arranged (const TelarArrangement *a)
{
  guint all = 0, exact = 0;
  for (guint i = 0; i < a->wires->len; i++) {
    const TelarArrangeWire *wire = &g_array_index (a->wires, TelarArrangeWire, i);
    const TelarArrangeItem *from = telar_arrange_item (a, wire->from);
    const TelarArrangeItem *to = telar_arrange_item (a, wire->to);
    if (to->column != from->column + 1 || !telar_arrange_had_place (to) || to->old_x < from->old_x)
      continue;
    all++;
    exact += fabs (to->old_x - from->old_x - a->step) < SAME;
  }
  return all > 0 && 2 * exact >= all;
}

/* Where a column stood; NAN when all of it is new. */
static double
old_x (const TelarArrangement *a, guint column, GArray *values)
{
  const GArray *items = telar_arrange_column (a, column);
  g_array_set_size (values, 0);
  for (guint k = 0; k < items->len; k++) {
    const TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
    if (telar_arrange_had_place (item))
      g_array_append_val (values, item->old_x);
  }
  return median (values);
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Of rows of so many columns. */
static double
folded_height (const TelarArrangement *a, guint per_row)
{
  double height = 0;
  for (guint start = 0; start < a->columns->len; start += per_row) {
    double tallest = 0;
    for (guint i = start; i < MIN (start + per_row, a->columns->len); i++)
      tallest = MAX (tallest, telar_arrange_column_height (a, i));
    height += tallest + TELAR_ARRANGE_FOLD_GAP;
  }
  return height;
}

static guint
columns_per_row (const TelarArrangement *a)
{
  guint per_row = ROW_LEAST;
  while (per_row < a->columns->len && per_row * a->step < ASPECT * folded_height (a, per_row))
    per_row += 1 + per_row / 16;
  return per_row;
}

/* Rows begin where they began: where the next column stood further left. NULL when they have become
 * too long or too short. */
static GArray *
old_rows (const TelarArrangement *a, guint per_row)
{
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  double before = NAN;
  guint last = 0, end = a->columns->len;
  g_array_append_val (starts, last);
  for (guint i = 0; i < a->columns->len; i++) {
    double x = old_x (a, i, values);
    if (isnan (x))
      continue;
    if (!isnan (before) && x < before - a->step / 2) {
      if (i - last > LARGEST * per_row || i - last < SMALLEST * per_row)
        return NULL;
      g_array_append_val (starts, i);
      last = i;
    }
    before = x;
  }
  return end - last > LARGEST * per_row ? NULL : g_steal_pointer (&starts);
}

static GArray *
new_rows (const TelarArrangement *a, guint per_row)
{
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < a->columns->len; i += per_row)
    g_array_append_val (starts, i);
  return starts;
}

/* --- places ----------------------------------------------------------------------------------- */

typedef struct {
  guint start, end; /* columns */
  gboolean first;
} Row;

typedef double (*ShiftOf) (const TelarArrangement *a, const TelarArrangeItem *item, guint start);

static double
shift_x (const TelarArrangement *a, const TelarArrangeItem *item, guint start)
{
  return item->old_x - (item->column - start) * a->step;
}

static double
shift_y (const TelarArrangement *a, const TelarArrangeItem *item, guint start)
{
  (void)a;
  (void)start;
  return item->old_y - item->y;
}

/* How far most of the row's items were from where they would be at the origin. */
static void
collect_shifts (const TelarArrangement *a, const Row *row, ShiftOf shift_of, GArray *values)
{
  for (guint i = row->start; i < row->end; i++) {
    const GArray *items = telar_arrange_column (a, i);
    for (guint k = 0; k < items->len; k++) {
      const TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
      double shift = shift_of (a, item, row->start);
      if (telar_arrange_had_place (item))
        g_array_append_val (values, shift);
    }
  }
}

static Row
nth_row (const TelarArrangement *a, const GArray *starts, guint n)
{
  return (Row){ g_array_index (starts, guint, n),
                n + 1 < starts->len ? g_array_index (starts, guint, n + 1) : a->columns->len,
                n == 0 };
}

/* The corner of what is arranged, as it lies now. */
static void
old_corner (const TelarArrangement *a, double *x, double *y)
{
  *x = *y = a->placed ? G_MAXDOUBLE : 0;
  for (guint i = 0; i < a->items->len; i++) {
    const TelarArrangeItem *item = telar_arrange_item (a, i);
    if (!telar_arrange_had_place (item))
      continue;
    *x = MIN (*x, item->old_x);
    *y = MIN (*y, item->old_y);
  }
}

static double
row_height (const TelarArrangement *a, const Row *row)
{
  double height = 0;
  for (guint i = row->start; i < row->end; i++) {
    const GArray *items = telar_arrange_column (a, i);
    for (guint k = 0; k < items->len; k++) {
      const TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
      height = MAX (height, item->y + item->height);
    }
  }
  return height;
}

/* A row stays at its height when that is not too high for the row above, which ends at @above, nor
 * much too low. */
static double
row_top (const TelarArrangement *a, const Row *row, double above, GArray *values)
{
  g_array_set_size (values, 0);
  collect_shifts (a, row, shift_y, values);
  double top = median (values), gap = top - above;
  if (row->first || (gap >= ROW_NEAR && gap <= TELAR_ARRANGE_FOLD_GAP + ROW_SLACK))
    return top;
  return above + TELAR_ARRANGE_FOLD_GAP;
}

static void
place_row (TelarArrangement *a, const Row *row, double x, double top)
{
  for (guint i = row->start; i < row->end; i++) {
    const GArray *items = telar_arrange_column (a, i);
    for (guint k = 0; k < items->len; k++) {
      TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
      item->x = telar_arrange_snap (a, x + (i - row->start) * a->step);
      item->y = telar_arrange_snap (a, top + item->y);
    }
  }
}

/* --- others that stay ------------------------------------------------------------------------- */

typedef struct {
  double from, to; /* shifts at which two would overlap */
} Blocked;

static int
by_from (gconstpointer a, gconstpointer b)
{
  return compare_doubles (&((const Blocked *)a)->from, &((const Blocked *)b)->from);
}

static void
collect_blocked (const TelarArrangement *a, const TelarArrangeItem *item, GArray *blocked)
{
  const double gap = a->grid;
  for (guint i = 0; i < a->others->len; i++) {
    const TelarArrangeRect *rect = &g_array_index (a->others, TelarArrangeRect, i);
    Blocked range = { rect->y - gap - item->height - item->y,
                      rect->y + rect->height + gap - item->y };
    if (rect->x < item->x + a->width + gap && item->x < rect->x + rect->width + gap && range.to > 0)
      g_array_append_val (blocked, range);
  }
}

/* All that was arranged goes down until none of it covers what stays. FALSE: cancelled. */
static gboolean
make_way (TelarArrangement *a)
{
  g_autoptr (GArray) blocked = g_array_new (FALSE, FALSE, sizeof (Blocked));
  double shift = 0;
  for (guint i = 0; i < a->items->len && a->others->len > 0; i++) {
    collect_blocked (a, telar_arrange_item (a, i), blocked);
    if (i % 64 == 0 && !telar_arrange_go_on (a, 950))
      return FALSE;
  }
  g_array_sort (blocked, by_from);
  for (guint i = 0; i < blocked->len; i++) {
    const Blocked *range = &g_array_index (blocked, Blocked, i);
    if (range->from < shift && shift < range->to)
      shift = ceil (range->to / a->grid) * a->grid;
  }
  for (guint i = 0; i < a->items->len; i++)
    telar_arrange_item (a, i)->y += shift;
  return TRUE;
}

gboolean
telar_arrange_place (TelarArrangement *a)
{
  guint per_row = columns_per_row (a);
  gboolean known = a->placed && was_arranged (a);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) starts = known ? old_rows (a, per_row) : NULL;
  double x, top, bottom = 0;
  known = starts != NULL;
  if (!starts)
    starts = new_rows (a, per_row);
  old_corner (a, &x, &top);
  for (guint n = 0; n < starts->len && known; n++) {
    Row row = nth_row (a, starts, n);
    collect_shifts (a, &row, shift_x, values);
  }
  if (known)
    x = median (values);
  for (guint n = 0; n < starts->len; n++) {
    Row row = nth_row (a, starts, n);
    telar_arrange_align (a, row.start, row.end);
    if (known)
      top = row_top (a, &row, bottom, values);
    else if (n > 0)
      top = bottom + TELAR_ARRANGE_FOLD_GAP;
    top = telar_arrange_snap (a, top);
    bottom = top + row_height (a, &row);
    place_row (a, &row, x, top);
    if (!telar_arrange_go_on (a, PROGRESS + 350 * n / starts->len))
      return FALSE;
  }
  return make_way (a);
}
