/* The curves of a classifier: what is read of a run, what is drawn, what is picked out. */
#include "insight/judged-chart.h"
#include "tests/insight/workspace.h"

#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#define WIDTH  520
#define HEIGHT 360

static const TelarJudgedWords words = { .title = "ROC",
                                        .x = "false positives",
                                        .y = "true positives",
                                        .area = "area",
                                        .all = "all",
                                        .answers = "answers",
                                        .one = "class %s" };

static void
put (TelarStore *store, gint64 run, const char *name, gint64 step, double area)
{
  double x[] = { 0, 0.25, 1 }, y[] = { 0, 0.75, 1 };
  TelarCurve curve = { .step = step, .n = 3, .x = x, .y = y, .area = area };
  g_autoptr (GError) error = NULL;

  telar_store_put_curve (store, run, name, &curve, &error);
  g_assert_no_error (error);
}

static TelarJudgedChart *
read_at (TelarStore *store, gint64 run, gint64 step)
{
  TelarJudgedChart *chart = telar_judged_chart_new (TELAR_JUDGED_ROC, &words);
  g_autoptr (GError) error = NULL;

  telar_judged_chart_read (chart, store, run, "val_", step, &error);
  g_assert_no_error (error);
  return chart;
}

static cairo_status_t
append (void *text, const guchar *bytes, guint n)
{
  g_string_append_len (text, (const char *)bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

static char *
draw (TelarJudgedChart *chart)
{
  GString *text = g_string_new (NULL);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append, text, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, FALSE);
  telar_judged_chart_draw (chart, cr, WIDTH, HEIGHT, &theme);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return g_string_free (text, FALSE);
}

/* All together first, then the classes by number; each with its name and area. */
static void
check_picks (TelarJudgedChart *chart)
{
  g_autofree char *before = draw (chart), *all = telar_judged_chart_describe (chart);

  g_assert_cmpstr (all, ==, "ROC; all: area 0.900; cat: area 0.700; dog: area 0.800");
  telar_judged_chart_move (chart, 1);
  telar_judged_chart_move (chart, 1);
  g_autofree char *one = telar_judged_chart_describe (chart), *picked = draw (chart);
  g_assert_cmpstr (one, ==, "ROC; cat: area 0.700");
  g_assert_cmpstr (picked, !=, before);
  g_assert_true (telar_judged_chart_leave (chart));
  g_assert_false (telar_judged_chart_leave (chart));
  /* All lie on one another: the first is the one. Far from each there is none. */
  g_assert_true (telar_judged_chart_hover (chart, 138, 108));
  g_autofree char *hovered = telar_judged_chart_describe (chart);
  g_assert_cmpstr (hovered, ==, "ROC; all: area 0.900");
  g_assert_true (telar_judged_chart_hover (chart, 300, 290));
  g_autofree char *away = telar_judged_chart_describe (chart);
  g_assert_cmpstr (away, ==, all);
}

static void
test_read (void)
{
  g_autofree char *workspace = workspace_new ();
  TelarMonitor *monitor = workspace_record (workspace, "a", 100);
  TelarStore *store = workspace_open (workspace);
  TelarRunRow *row = workspace_run (store, "a");

  put (store, row->id, "val_roc/micro", 10, 0.5);
  put (store, row->id, "val_roc/1", 10, 0.5);
  put (store, row->id, "val_roc/7", 10, 0.5);
  put (store, row->id, "val_roc/micro", 20, 0.9);
  put (store, row->id, "val_roc/1", 20, 0.8);
  put (store, row->id, "val_roc/0", 20, 0.7);
  put (store, row->id, "val_calibration/0", 20, 0.1);
  g_autoptr (TelarJudgedChart) none = read_at (store, row->id, 9);
  g_autoptr (TelarJudgedChart) first = read_at (store, row->id, 19);
  g_autoptr (TelarJudgedChart) last = read_at (store, row->id, G_MAXINT64);
  g_assert_cmpuint (telar_judged_chart_n_curves (none), ==, 0);
  g_assert_cmpint (telar_judged_chart_step (none), ==, -1);
  g_assert_cmpuint (telar_judged_chart_n_curves (first), ==, 3);
  g_assert_cmpint (telar_judged_chart_step (first), ==, 10);
  /* What class 7 had at an earlier step is not shown among the others. */
  g_assert_cmpuint (telar_judged_chart_n_curves (last), ==, 3);
  g_assert_cmpint (telar_judged_chart_step (last), ==, 20);
  telar_judged_chart_set_classes (last, "[\"cat\", \"dog\"]");
  check_picks (last);
  telar_judged_chart_set_classes (first, "no list");
  g_autofree char *numbered = telar_judged_chart_describe (first);
  g_assert_nonnull (strstr (numbered, "class 7: area 0.500"));
  telar_run_row_free (row);
  telar_store_close (store);
  telar_monitor_free (monitor);
  workspace_remove (workspace);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/judged/read", test_read);
  return g_test_run ();
}
