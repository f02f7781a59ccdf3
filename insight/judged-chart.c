/* What the curves of a classifier are made of, and what of them is picked out. */
#include "insight/classes.h"
#include "insight/judged-chart-private.h"

#include <math.h>
#include <string.h>

#define REACH 24.0 /* pixels from a line that still mean it */

static void
line_free (gpointer data)
{
  TelarJudgedLine *line = data;

  g_free (line->key);
  telar_curve_free (line->values);
  g_free (line);
}

TelarJudgedChart *
telar_judged_chart_new (TelarJudgedKind kind, const TelarJudgedWords *words)
{
  TelarJudgedChart *chart = g_new0 (TelarJudgedChart, 1);

  chart->kind = kind;
  chart->title = g_strdup (words->title);
  chart->x_name = g_strdup (words->x);
  chart->y_name = g_strdup (words->y);
  chart->area_name = g_strdup (words->area);
  chart->all = g_strdup (words->all);
  chart->answers = g_strdup (words->answers);
  chart->one = g_strdup (words->one);
  chart->lines = g_ptr_array_new_with_free_func (line_free);
  chart->picked = -1;
  return chart;
}

void
telar_judged_chart_free (TelarJudgedChart *chart)
{
  if (chart == NULL)
    return;
  g_free (chart->title);
  g_free (chart->x_name);
  g_free (chart->y_name);
  g_free (chart->area_name);
  g_free (chart->all);
  g_free (chart->answers);
  g_free (chart->one);
  g_ptr_array_unref (chart->lines);
  g_strfreev (chart->classes);
  g_free (chart);
}

/* --- contents ---------------------------------------------------------------------------- */

static int
class_of (const char *key)
{
  gint64 number;

  if (g_str_equal (key, "micro"))
    return -2;
  return g_ascii_string_to_signed (key, 10, 0, G_MAXINT, &number, NULL) ? (int)number : -1;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const TelarJudgedLine *x = *(const TelarJudgedLine *const *)a;
  const TelarJudgedLine *y = *(const TelarJudgedLine *const *)b;

  return x->class < y->class ? -1 : x->class > y->class;
}

static void
add_line (GPtrArray *lines, const char *key, TelarCurve *values)
{
  TelarJudgedLine *line = g_new0 (TelarJudgedLine, 1);

  line->key = g_strdup (key);
  line->class = class_of (key);
  line->values = values;
  g_ptr_array_add (lines, line);
}

/* Lines of an earlier step than the others are of classes that later had nothing to show. */
static void
drop_older (GPtrArray *lines)
{
  gint64 step = -1;

  for (guint i = 0; i < lines->len; i++)
    step = MAX (step, ((const TelarJudgedLine *)lines->pdata[i])->values->step);
  for (guint i = lines->len; i-- > 0;)
    if (((const TelarJudgedLine *)lines->pdata[i])->values->step < step)
      g_ptr_array_remove_index (lines, i);
}

gboolean
telar_judged_chart_read (TelarJudgedChart *chart, TelarStore *store, gint64 run, const char *split,
                         gint64 step, GError **error)
{
  g_autoptr (GPtrArray) series = telar_store_series (store, run, TELAR_MEDIA_CURVE, error);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (line_free);
  g_autofree char *prefix = g_strdup_printf ("%s%s/", split, telar_judged_kind_name (chart->kind));

  for (guint i = 0; series != NULL && i < series->len; i++) {
    const char *name = ((const TelarSeriesRow *)series->pdata[i])->name;
    TelarCurve *values;
    if (!g_str_has_prefix (name, prefix))
      continue;
    if (!telar_store_curve_at (store, run, name, step, &values, error))
      return FALSE;
    if (values != NULL)
      add_line (lines, name + strlen (prefix), values);
  }
  if (series == NULL)
    return FALSE;
  drop_older (lines);
  g_ptr_array_sort (lines, compare_lines);
  if (lines->len != chart->lines->len)
    telar_judged_chart_leave (chart);
  chart->pointed = FALSE;
  g_ptr_array_unref (chart->lines);
  chart->lines = g_steal_pointer (&lines);
  return TRUE;
}

void
telar_judged_chart_set_classes (TelarJudgedChart *chart, const char *json)
{
  g_strfreev (chart->classes);
  chart->classes = telar_classes_split (json);
}

guint
telar_judged_chart_n_curves (const TelarJudgedChart *chart)
{
  return chart->lines->len;
}

gint64
telar_judged_chart_step (const TelarJudgedChart *chart)
{
  const TelarJudgedLine *line = chart->lines->len > 0 ? chart->lines->pdata[0] : NULL;

  return line != NULL ? line->values->step : -1;
}

char *
telar_judged_line_name (const TelarJudgedChart *chart, guint number)
{
  const TelarJudgedLine *line = chart->lines->pdata[number];
  const char *hole = strstr (chart->one, "%s");

  if (line->class < 0)
    return g_strdup (line->class == -2 ? chart->all : chart->answers);
  if (chart->classes != NULL && (guint)line->class < g_strv_length (chart->classes))
    return g_strdup (chart->classes[line->class]);
  if (hole == NULL)
    return g_strdup (line->key);
  return g_strdup_printf ("%.*s%s%s", (int)(hole - chart->one), chart->one, line->key, hole + 2);
}

/* --- picking ----------------------------------------------------------------------------- */

static gboolean
pick (TelarJudgedChart *chart, int line, gboolean pointed, guint point)
{
  gboolean changed = chart->picked != line || chart->pointed != pointed || chart->point != point;

  chart->picked = line;
  chart->pointed = pointed;
  chart->point = point;
  return changed;
}

gboolean
telar_judged_chart_leave (TelarJudgedChart *chart)
{
  return pick (chart, -1, FALSE, 0);
}

/* How far a position is from the piece between two points; @nearer: the second is the nearer one.
 */
static double
distance_to (const double from[2], const double to[2], const double at[2], gboolean *nearer)
{
  double dx = to[0] - from[0], dy = to[1] - from[1], square = dx * dx + dy * dy;
  double t = square > 0 ? ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / square : 0;

  t = CLAMP (t, 0, 1);
  *nearer = t > 0.5;
  return hypot (from[0] + t * dx - at[0], from[1] + t * dy - at[1]);
}

static void
place_point (const TelarJudgedChart *chart, const TelarCurve *curve, guint i, double place[2])
{
  place[0] = chart->plot.x + chart->plot.width * curve->x[i];
  place[1] = chart->plot.y + chart->plot.height * (1 - curve->y[i]);
}

static double
nearest_point (const TelarJudgedChart *chart, const TelarCurve *curve, const double at[2],
               guint *point)
{
  double best = INFINITY, from[2], to[2];
  gboolean nearer;

  for (guint i = 0; i < curve->n; i++) {
    guint last = MIN (i + 1, curve->n - 1);
    place_point (chart, curve, i, from);
    place_point (chart, curve, last, to);
    double distance = distance_to (from, to, at, &nearer);
    if (distance < best) {
      best = distance;
      *point = nearer ? last : i;
    }
  }
  return best;
}

gboolean
telar_judged_chart_hover (TelarJudgedChart *chart, double x, double y)
{
  double best = REACH;
  int line = -1;
  guint point = 0;

  if (chart->legend_n > 0 && x >= chart->legend_x && y >= chart->legend_y &&
      y < chart->legend_y + chart->legend_n * chart->legend_row)
    return pick (chart, (int)((y - chart->legend_y) / chart->legend_row), FALSE, 0);
  for (guint i = 0; i < chart->lines->len; i++) {
    guint candidate = 0;
    double distance =
        nearest_point (chart, ((const TelarJudgedLine *)chart->lines->pdata[i])->values,
                       (double[]){ x, y }, &candidate);
    if (distance < best) {
      best = distance;
      line = (int)i;
      point = candidate;
    }
  }
  return pick (chart, line, line >= 0, point);
}

void
telar_judged_chart_move (TelarJudgedChart *chart, int by)
{
  int n = (int)chart->lines->len, from = chart->picked < 0 && by < 0 ? 0 : chart->picked;

  if (n > 0)
    pick (chart, (from + by + n) % n, FALSE, 0);
}

char *
telar_judged_chart_describe (const TelarJudgedChart *chart)
{
  g_autoptr (GString) words = g_string_new (chart->title);
  guint from = chart->picked < 0 ? 0 : (guint)chart->picked;
  guint to = chart->picked < 0 ? chart->lines->len : from + 1;

  for (guint i = from; i < to; i++) {
    const TelarJudgedLine *line = chart->lines->pdata[i];
    g_autofree char *name = telar_judged_line_name (chart, i);
    g_string_append_printf (words, "; %s: %s %.3f", name, chart->area_name, line->values->area);
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}
