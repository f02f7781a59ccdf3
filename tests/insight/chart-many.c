/* Charts of many runs: bands, hundreds of lines, a metric or a logarithm along x, outliers. */
#include "insight/chart-private.h"

#include <math.h>

#define WIDTH  600
#define HEIGHT 300

typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  TelarChartTheme theme;
} Picture;

static void
draw (TelarChart *chart, Picture *picture)
{
  picture->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  picture->cr = cairo_create (picture->surface);
  telar_chart_theme_init (&picture->theme, FALSE);
  telar_chart_draw (chart, picture->cr, WIDTH, HEIGHT, &picture->theme);
  cairo_surface_flush (picture->surface);
}

static void
drop (Picture *picture)
{
  cairo_destroy (picture->cr);
  cairo_surface_destroy (picture->surface);
}

/* How far a pixel is from white, 0 to 255. */
static guint
ink_at (const Picture *picture, double x, double y)
{
  const guint8 *data = cairo_image_surface_get_data (picture->surface);
  const guint8 *pixel =
      data + (gsize)y * (gsize)cairo_image_surface_get_stride (picture->surface) + 4 * (gsize)x;

  return 255 - MIN (pixel[0], MIN (pixel[1], pixel[2]));
}

static void
add_line (TelarChart *chart, double from, double to)
{
  TelarPoint points[11];

  for (guint i = 0; i <= 10; i++)
    points[i] = (TelarPoint){ i * 10, (gint64)i * 1000000 + 1, from + (to - from) * i / 10 };
  telar_chart_append (chart, telar_chart_add_series (chart, "run", 0), points, 11);
}

/* Each of hundreds of lines has ink where it is, and there is none between. */
static void
test_many (void)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
  Picture picture;

  for (guint i = 0; i < 100; i++)
    add_line (chart, i % 5, (i + 1) % 5);
  draw (chart, &picture);
  for (guint i = 0; i < 5; i++) {
    double x = telar_chart_to_px (chart, 50);
    double y = telar_chart_to_py (chart, (i % 5 + (i + 1) % 5) / 2.0);
    g_assert_cmpuint (ink_at (&picture, x, y), >, 120);
  }
  /* Between the line from 0 to 1 and that from 1 to 2, off the grid. */
  g_assert_cmpuint (
      ink_at (&picture, telar_chart_to_px (chart, 50) + 3, telar_chart_to_py (chart, 1.27)), <, 40);
  drop (&picture);
}

static void
test_band (void)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
  const TelarPoint points[] = { { 0, 1, 5 }, { 100, 2, 5 } };
  const double low[] = { 1, 1 }, high[] = { 9, 9 };
  Picture picture;

  telar_chart_append_band (chart, telar_chart_add_series (chart, "mean", 0), points, low, high, 2);
  draw (chart, &picture);
  g_assert_cmpfloat (chart->y_span.max, >=, 9); /* the height is that of the band */
  double x = telar_chart_to_px (chart, 37);
  g_assert_cmpuint (ink_at (&picture, x, telar_chart_to_py (chart, 7.5)), >, 10);
  g_assert_cmpuint (ink_at (&picture, x, telar_chart_to_py (chart, 9.25)), <, 10);
  g_assert_cmpuint (ink_at (&picture, x, telar_chart_to_py (chart, 5)), >, 120);
  drop (&picture);
}

static void
test_metric (void)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
  const TelarPoint along[] = { { 20, 1, 3 }, { 50, 1, 1 }, { 80, 1, 2 } };
  gint64 step = 0;
  Picture picture;

  add_line (chart, 0, 10);
  telar_chart_set_metric (chart, 0, along, G_N_ELEMENTS (along));
  telar_chart_set_x (chart, TELAR_CHART_METRIC);
  draw (chart, &picture);
  const TelarSeries *shown = telar_chart_shown (chart, 0);
  g_assert_cmpuint (telar_series_length (shown), ==, 9); /* not before the metric's first */
  g_assert_cmpfloat (g_array_index (shown->across, double, 0), ==, 1);
  g_assert_cmpfloat (g_array_index (shown->steps, double, 0), ==, 50);
  g_assert_cmpfloat (g_array_index (shown->across, double, 8), ==, 3);
  g_assert_cmpfloat (telar_pyramid_value (shown->raw, 8), ==, 4);
  g_assert_true (telar_chart_hover_step (chart, 80));
  g_assert_true (telar_chart_hovered_step (chart, &step));
  g_assert_cmpint (step, ==, 80);
  drop (&picture);
}

static void
test_log_x (void)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
  TelarInterval full;
  Picture picture;

  add_line (chart, 1, 2);
  telar_chart_set_log_x (chart, TRUE);
  draw (chart, &picture);
  g_assert_true (telar_chart_full_x (chart, &full));
  g_assert_cmpfloat (full.min, ==, 10); /* a step of 0 has no place */
  double ten = telar_chart_to_px (chart, 10), hundred = telar_chart_to_px (chart, 100);
  g_assert_cmpfloat_with_epsilon (telar_chart_to_px (chart, sqrt (1000)), (ten + hundred) / 2,
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (telar_chart_from_px (chart, ten), 10, 1e-9);
  telar_chart_zoom_at (chart, ten, 2);
  g_assert_true (telar_chart_visible_x (chart, &full));
  g_assert_cmpfloat_with_epsilon (full.max, sqrt (1000), 1e-6); /* half of what is seen */
  telar_chart_pan (chart, 5);
  g_assert_true (telar_chart_visible_x (chart, &full));
  g_assert_cmpfloat_with_epsilon (full.max, 100, 1e-6);
  g_assert_cmpfloat_with_epsilon (full.min, sqrt (1000), 1e-6);
  drop (&picture);
}

static void
test_clip (void)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
  guint series = telar_chart_add_series (chart, "run", 0);
  Picture picture;

  for (gint64 i = 0; i < 1000; i++) {
    TelarPoint point = { i, i, i == 500 ? 1e6 : (double)(i % 10) };
    telar_chart_append (chart, series, &point, 1);
  }
  draw (chart, &picture);
  g_assert_cmpfloat (chart->y_span.max, >, 9e5);
  drop (&picture);
  telar_chart_set_clip (chart, 0.01);
  draw (chart, &picture);
  g_assert_cmpfloat (chart->y_span.max, <, 11);
  drop (&picture);
}

/* Windows are smoothed when the chart is drawn, also after points have come. */
static void
test_window (void)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
  const TelarPoint more = { 110, 20000000, 11 };
  Picture picture;

  add_line (chart, 0, 10);
  telar_chart_set_smoothing_kind (chart, TELAR_SMOOTHING_MEAN);
  telar_chart_set_smoothing (chart, 0.95); /* 39 steps: a point and its neighbours */
  draw (chart, &picture);
  drop (&picture);
  g_assert_cmpfloat_with_epsilon (telar_series_smooth (telar_chart_shown (chart, 0), 10), 9.5,
                                  1e-9);
  telar_chart_append (chart, 0, &more, 1);
  draw (chart, &picture);
  drop (&picture);
  g_assert_cmpfloat_with_epsilon (telar_series_smooth (telar_chart_shown (chart, 0), 10), 10, 1e-9);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insight/chart-many/many", test_many);
  g_test_add_func ("/insight/chart-many/band", test_band);
  g_test_add_func ("/insight/chart-many/metric", test_metric);
  g_test_add_func ("/insight/chart-many/log-x", test_log_x);
  g_test_add_func ("/insight/chart-many/clip", test_clip);
  g_test_add_func ("/insight/chart-many/window", test_window);
  return g_test_run ();
}
