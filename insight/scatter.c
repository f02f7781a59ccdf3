/* Where points lie, which of them is meant, and what is brushed. */
#include "insight/scatter-private.h"

#include <math.h>

#define REACH 14.0 /* pixels from a point that still mean it */
#define LEAST 3.0

TelarScatter *
telar_scatter_new (void)
{
  TelarScatter *scatter = g_new0 (TelarScatter, 1);

  scatter->shown = g_array_new (FALSE, FALSE, sizeof (guint));
  scatter->picked = scatter->column = scatter->row = scatter->anchor = -1;
  return scatter;
}

void
telar_scatter_free (TelarScatter *scatter)
{
  if (scatter == NULL)
    return;
  g_array_unref (scatter->shown);
  g_free (scatter);
}

void
telar_scatter_show (TelarScatter *scatter, TelarRunAxes *axes, const GArray *shown)
{
  scatter->axes = axes;
  scatter->picked = scatter->column = scatter->row = scatter->anchor = -1;
  g_array_set_size (scatter->shown, 0);
  if (axes != NULL)
    g_array_append_vals (scatter->shown, shown->data, MIN (shown->len, TELAR_SCATTER_MOST_AXES));
}

guint
telar_scatter_n_shown (const TelarScatter *scatter)
{
  return scatter->shown->len;
}

guint
telar_scatter_shown (const TelarScatter *scatter, guint i)
{
  return g_array_index (scatter->shown, guint, i);
}

/* --- places ------------------------------------------------------------------------------ */

void
telar_scatter_column (const TelarScatter *scatter, guint i, double *from, double *to)
{
  *from = scatter->plot.x + i * scatter->cell_width + TELAR_SCATTER_INSET;
  *to = *from + scatter->cell_width - 2 * TELAR_SCATTER_INSET;
}

void
telar_scatter_row (const TelarScatter *scatter, guint i, double *from, double *to)
{
  *to = scatter->plot.y + i * scatter->cell_height + TELAR_SCATTER_INSET;
  *from = *to + scatter->cell_height - 2 * TELAR_SCATTER_INSET;
}

static double
place_of (const TelarScatter *scatter, guint i, guint run)
{
  return telar_run_axes_place (scatter->axes, g_array_index (scatter->shown, guint, i), run);
}

double
telar_scatter_x (const TelarScatter *scatter, guint column, guint run)
{
  double from, to;

  telar_scatter_column (scatter, column, &from, &to);
  return from + place_of (scatter, column, run) * (to - from);
}

double
telar_scatter_y (const TelarScatter *scatter, guint row, guint run)
{
  double from, to;

  telar_scatter_row (scatter, row, &from, &to);
  return from + place_of (scatter, row, run) * (to - from);
}

static gboolean
find_cell (const TelarScatter *scatter, double x, double y, guint *column, guint *row)
{
  double across = (x - scatter->plot.x) / scatter->cell_width;
  double down = (y - scatter->plot.y) / scatter->cell_height;
  guint n = scatter->shown->len;

  if (scatter->cell_width <= 0 || !(across >= 0 && across < n && down >= 0 && down < n))
    return FALSE;
  *column = (guint)across;
  *row = (guint)down;
  return TRUE;
}

/* --- the run that is picked out ---------------------------------------------------------- */

int
telar_scatter_picked (const TelarScatter *scatter)
{
  return scatter->picked;
}

static gboolean
pick (TelarScatter *scatter, int run, int column, int row)
{
  gboolean changed = run != scatter->picked || column != scatter->column || row != scatter->row;

  scatter->picked = run;
  scatter->column = column;
  scatter->row = row;
  scatter->anchor = -1;
  return changed;
}

gboolean
telar_scatter_pick (TelarScatter *scatter, int run)
{
  return pick (scatter, run, -1, -1);
}

static int
nearest_run (const TelarScatter *scatter, guint column, guint row, double x, double y)
{
  double best = REACH;
  int nearest = -1;

  for (guint i = 0; i < telar_run_axes_n_runs (scatter->axes); i++) {
    double distance =
        hypot (telar_scatter_x (scatter, column, i) - x, telar_scatter_y (scatter, row, i) - y);
    if (distance < best && telar_run_axes_passes (scatter->axes, i)) {
      best = distance;
      nearest = (int)i;
    }
  }
  return nearest;
}

gboolean
telar_scatter_hover (TelarScatter *scatter, double x, double y)
{
  guint column, row;

  if (scatter->axes == NULL || !find_cell (scatter, x, y, &column, &row) || column == row)
    return pick (scatter, -1, -1, -1);
  int run = nearest_run (scatter, column, row, x, y);
  return run >= 0 ? pick (scatter, run, (int)column, (int)row) : pick (scatter, -1, -1, -1);
}

/* Runs that can be walked, in the order of the result; a run without one comes last. */
static int
compare_runs (gconstpointer a, gconstpointer b, gpointer data)
{
  const TelarRunAxis *axis = data;
  guint one = *(const guint *)a, other = *(const guint *)b;
  double x = axis->parts[one], y = axis->parts[other];

  if (isnan (x) || isnan (y))
    return isnan (x) != isnan (y) ? (isnan (x) ? 1 : -1) : one < other ? -1 : one > other;
  return x < y ? -1 : x > y ? 1 : one < other ? -1 : one > other;
}

void
telar_scatter_move (TelarScatter *scatter, int by)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  int place = -1;

  if (scatter->axes == NULL)
    return;
  int color = telar_run_axes_color (scatter->axes);
  for (guint i = 0; i < telar_run_axes_n_runs (scatter->axes); i++)
    if (telar_run_axes_passes (scatter->axes, i))
      g_array_append_val (order, i);
  if (order->len == 0)
    return;
  if (color >= 0)
    g_array_sort_with_data (order, compare_runs,
                            (gpointer)telar_run_axes_get (scatter->axes, (guint)color));
  for (guint i = 0; i < order->len; i++)
    if ((int)g_array_index (order, guint, i) == scatter->picked)
      place = (int)i;
  int n = (int)order->len, next = place < 0 ? (by > 0 ? 0 : n - 1) : (place + by % n + n) % n;
  telar_scatter_pick (scatter, (int)g_array_index (order, guint, (guint)next));
}

void
telar_scatter_extend (TelarScatter *scatter, int by)
{
  int color = scatter->axes != NULL ? telar_run_axes_color (scatter->axes) : -1;
  int anchor = scatter->anchor >= 0 ? scatter->anchor : scatter->picked;

  if (color < 0)
    return;
  const double *parts = telar_run_axes_get (scatter->axes, (guint)color)->parts;
  telar_run_axes_unbrush (scatter->axes, (guint)color);
  telar_scatter_move (scatter, by);
  anchor = anchor >= 0 ? anchor : scatter->picked;
  if (anchor < 0 || isnan (parts[anchor]) || isnan (parts[scatter->picked]))
    return;
  scatter->anchor = anchor;
  telar_run_axes_brush (scatter->axes, (guint)color, parts[anchor], parts[scatter->picked]);
}

char *
telar_scatter_describe (const TelarScatter *scatter)
{
  g_autoptr (GString) words = g_string_new (NULL);

  if (scatter->picked >= 0)
    g_string_append (words, telar_run_axes_name (scatter->axes, (guint)scatter->picked));
  for (guint i = 0; scatter->axes != NULL && i < scatter->shown->len; i++) {
    const TelarRunAxis *axis = telar_scatter_axis (scatter, i);
    const char *text = scatter->picked >= 0 ? axis->texts[scatter->picked] : NULL;
    if (scatter->picked >= 0 && text == NULL)
      continue;
    g_string_append_printf (words, "%s%s", words->len > 0 ? "; " : "", axis->title);
    if (text != NULL)
      g_string_append_printf (words, " %s", text);
    else if (!isnan (axis->strength))
      g_string_append_printf (words, " %.2f", axis->strength);
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* --- brushing ---------------------------------------------------------------------------- */

static double
part_between (double from, double to, double at)
{
  return (at - from) / (to - from);
}

gboolean
telar_scatter_brush (TelarScatter *scatter, double x0, double y0, double x1, double y1)
{
  double left, right, bottom, top;
  guint column, row;

  if (scatter->axes == NULL || !find_cell (scatter, x0, y0, &column, &row))
    return FALSE;
  guint across = g_array_index (scatter->shown, guint, column);
  guint up = g_array_index (scatter->shown, guint, row);
  telar_scatter_column (scatter, column, &left, &right);
  telar_scatter_row (scatter, row, &bottom, &top);
  telar_run_axes_unbrush (scatter->axes, across);
  telar_run_axes_unbrush (scatter->axes, up);
  if (fabs (x1 - x0) < LEAST && fabs (y1 - y0) < LEAST)
    return TRUE;
  telar_run_axes_brush (scatter->axes, across, part_between (left, right, x0),
                        part_between (left, right, x1));
  if (up != across)
    telar_run_axes_brush (scatter->axes, up, part_between (bottom, top, y0),
                          part_between (bottom, top, y1));
  return TRUE;
}
