/* The scatter matrix: where its points lie, which run is meant, what a box keeps. */
#include "insight/scatter.h"
#include "engine/operator.h"
#include "insight/figure.h"

#include <math.h>
#include <string.h>

#define RUNS   40
#define WIDTH  700
#define HEIGHT 560

typedef struct {
  TelarRunAxes *axes;
  TelarScatter *scatter;
  cairo_surface_t *surface;
  cairo_t *cr;
} Fixture;

static void
draw (Fixture *fixture)
{
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, FALSE);
  telar_scatter_draw (fixture->scatter, fixture->cr, WIDTH, HEIGHT, &theme);
}

/* Learning rates over three decades, a word, a result that is missing for the last run. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const kinds[] = { "adam", "sgd", "a rather long name of an optimizer" };
  double rates[RUNS], losses[RUNS];
  const char *names[RUNS], *words[RUNS];
  char text[RUNS][16];

  for (guint i = 0; i < RUNS; i++) {
    g_snprintf (text[i], sizeof text[i], "run-%u", i);
    names[i] = text[i];
    rates[i] = pow (10, -3.0 * i / (RUNS - 1));
    losses[i] = i + 1 == RUNS ? NAN : i;
    words[i] = kinds[i % 3];
  }
  fixture->axes = telar_run_axes_new (names, RUNS);
  telar_run_axes_add_numbers (fixture->axes, "choice:rate", "Learning rate", TELAR_UNIT_NONE, rates,
                              -1);
  telar_run_axes_add_words (fixture->axes, "choice:kind", "Optimizer", words, 0.1);
  telar_run_axes_set_color (fixture->axes,
                            telar_run_axes_add_numbers (fixture->axes, "last:loss", "Loss",
                                                        TELAR_UNIT_NONE, losses, NAN));
  fixture->scatter = telar_scatter_new ();
  fixture->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  fixture->cr = cairo_create (fixture->surface);
  g_autoptr (GArray) shown = telar_run_axes_choose (fixture->axes, 2);
  telar_scatter_show (fixture->scatter, fixture->axes, shown);
  draw (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cairo_destroy (fixture->cr);
  cairo_surface_destroy (fixture->surface);
  telar_scatter_free (fixture->scatter);
  telar_run_axes_free (fixture->axes);
}

static void
point_of (Fixture *fixture, guint column, guint row, guint run, double *x, double *y)
{
  double from, to;

  telar_scatter_column (fixture->scatter, column, &from, &to);
  *x = from + (to - from) * telar_run_axes_place (fixture->axes, column, run);
  telar_scatter_row (fixture->scatter, row, &from, &to);
  *y = from + (to - from) * telar_run_axes_place (fixture->axes, row, run);
}

/* A run is found at its point in each cell where it has one, and by walking. */
static void
test_pick (Fixture *fixture, gconstpointer data)
{
  double x, y;

  for (guint column = 0; column < 3; column++)
    for (guint row = 0; row < 3; row++) {
      point_of (fixture, column, row, 17, &x, &y);
      telar_scatter_hover (fixture->scatter, x, y);
      g_assert_cmpint (telar_scatter_picked (fixture->scatter), ==, column == row ? -1 : 17);
    }
  g_autofree char *words = telar_scatter_describe (fixture->scatter);
  g_assert_cmpstr (words, ==, "Learning rate -1.00; Optimizer 0.10; Loss");
  point_of (fixture, 2, 0, 17, &x, &y);
  g_assert_true (telar_scatter_hover (fixture->scatter, x, y));
  g_assert_false (telar_scatter_hover (fixture->scatter, x, y));
  g_autofree char *one = telar_scatter_describe (fixture->scatter);
  g_assert_cmpstr (one, ==,
                   "run-17; Learning rate 0.04924; Optimizer a rather long name of an optimizer; "
                   "Loss 17");
  draw (fixture);
  telar_scatter_move (fixture->scatter, 1);
  g_assert_cmpint (telar_scatter_picked (fixture->scatter), ==, 18);
  telar_scatter_move (fixture->scatter, -20);
  g_assert_cmpint (telar_scatter_picked (fixture->scatter), ==, RUNS - 2);
  telar_scatter_move (fixture->scatter, 1); /* without a result: last */
  g_assert_cmpint (telar_scatter_picked (fixture->scatter), ==, RUNS - 1);
  telar_scatter_move (fixture->scatter, 1);
  g_assert_cmpint (telar_scatter_picked (fixture->scatter), ==, 0);
}

static guint
count_passing (Fixture *fixture)
{
  guint n = 0;

  for (guint i = 0; i < RUNS; i++)
    n += telar_run_axes_passes (fixture->axes, i) ? 1 : 0;
  return n;
}

/* A box keeps what is in it on both axes; of words the bands that it touches; a click all again. */
static void
test_brush (Fixture *fixture, gconstpointer data)
{
  double x0, y0, x1, y1;

  point_of (fixture, 0, 2, 10, &x0, &y0);
  point_of (fixture, 0, 2, 19, &x1, &y1);
  g_assert_true (telar_scatter_brush (fixture->scatter, x0 + 2, y0 + 2, x1 - 2, y1 - 2));
  g_assert_cmpuint (count_passing (fixture), ==, 10);
  draw (fixture);
  telar_scatter_hover (fixture->scatter, x0, y0);
  g_assert_cmpint (telar_scatter_picked (fixture->scatter), ==, 10);
  double away_x, away_y;
  point_of (fixture, 0, 2, 30, &away_x, &away_y); /* is left out */
  telar_scatter_hover (fixture->scatter, away_x, away_y);
  g_assert_cmpint (telar_scatter_picked (fixture->scatter), ==, -1);
  g_assert_true (telar_scatter_brush (fixture->scatter, x0, y0, x0 + 1, y0));
  g_assert_cmpuint (count_passing (fixture), ==, RUNS);

  point_of (fixture, 1, 1, 0, &x0, &y0); /* the diagonal: one axis, one band */
  g_assert_true (telar_scatter_brush (fixture->scatter, x0 - 1, y0, x0 + 1, y0 + 30));
  g_assert_true (telar_run_axes_passes (fixture->axes, 0));
  g_assert_false (telar_run_axes_passes (fixture->axes, 1));
  g_assert_cmpuint (count_passing (fixture), ==, (RUNS + 2) / 3);
  g_assert_false (telar_scatter_brush (fixture->scatter, 1, 1, 200, 200)); /* no cell */

  /* With the keyboard: from the fifth result to the eighth, and back to the sixth. */
  telar_run_axes_unbrush_all (fixture->axes);
  telar_scatter_pick (fixture->scatter, 4);
  for (guint i = 0; i < 3; i++)
    telar_scatter_extend (fixture->scatter, 1);
  g_assert_cmpint (telar_scatter_picked (fixture->scatter), ==, 7);
  g_assert_cmpuint (count_passing (fixture), ==, 4);
  telar_scatter_extend (fixture->scatter, -2);
  g_assert_cmpuint (count_passing (fixture), ==, 2);
}

static void
picture (cairo_t *cr, double width, double height, gpointer data)
{
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, FALSE);
  telar_scatter_draw (data, cr, width, height, &theme);
}

/* The same picture each time, of any size, with nothing to show too. */
static void
test_draw (Fixture *fixture, gconstpointer data)
{
  static const double sizes[][2] = { { 1, 1 }, { 90, 2000 }, { 700, 560 } };
  g_autoptr (TelarScatter) nothing = telar_scatter_new ();
  TelarFigureForm form = { .width = 600, .height = 500, .scale = 1 };
  g_autoptr (GError) error = NULL;
  gsize sizes_of[2];

  g_assert_true (telar_figure_find_format ("png", &form.format));
  g_autoptr (GBytes) one = telar_figure_draw (&form, picture, fixture->scatter, &error);
  g_autoptr (GBytes) two = telar_figure_draw (&form, picture, fixture->scatter, &error);
  g_autoptr (GBytes) none = telar_figure_draw (&form, picture, nothing, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (one, two));
  g_bytes_get_data (one, &sizes_of[0]);
  g_bytes_get_data (none, &sizes_of[1]);
  g_assert_cmpuint (sizes_of[0], >, 4 * sizes_of[1]);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    picture (fixture->cr, sizes[i][0], sizes[i][1], fixture->scatter);
  g_assert_false (telar_scatter_hover (nothing, 10, 10));
  g_assert_false (telar_scatter_brush (nothing, 10, 10, 20, 20));
  telar_scatter_move (nothing, 1);
  g_assert_cmpint (telar_scatter_picked (nothing), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add ("/insight/scatter/pick", Fixture, NULL, set_up, test_pick, tear_down);
  g_test_add ("/insight/scatter/brush", Fixture, NULL, set_up, test_brush, tear_down);
  g_test_add ("/insight/scatter/draw", Fixture, NULL, set_up, test_draw, tear_down);
  return g_test_run ();
}
