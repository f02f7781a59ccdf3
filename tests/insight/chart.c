/* Charts: pyramid, ticks, smoothing, and what is drawn where. With TELAR_PICTURES=FOLDER the
 * pictures are kept for looking at. */
#include "insight/chart-private.h"

#include <math.h>
#include <string.h>

#define WIDTH  560
#define HEIGHT 320

/* --- pyramid ----------------------------------------------------------------------------- */

/* The values of a test's curve, with gaps and infinities. */
static double
wild_value (void)
{
  int kind = g_test_rand_int_range (0, 40);

  return kind == 0 ? NAN : kind == 1 ? INFINITY : g_test_rand_double_range (-5, 5);
}

static void
assert_range (const double *values, guint from, guint to, const TelarRange *range)
{
  TelarRange expected = { 0 };

  for (guint i = from; i < to; i++) {
    if (!isfinite (values[i]))
      continue;
    expected.min = expected.n == 0 ? values[i] : MIN (expected.min, values[i]);
    expected.max = expected.n == 0 ? values[i] : MAX (expected.max, values[i]);
    expected.sum += values[i];
    expected.n++;
  }
  g_assert_cmpint (range->n, ==, expected.n);
  if (expected.n == 0)
    return;
  g_assert_cmpfloat (range->min, ==, expected.min);
  g_assert_cmpfloat (range->max, ==, expected.max);
  g_assert_cmpfloat_with_epsilon (range->sum, expected.sum, 1e-9 * (double)(expected.n + 1));
}

static void
test_pyramid (void)
{
  static const guint sizes[] = { 1, 2, 15, 16, 17, 255, 256, 257, 4096, 4097, 20000 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    g_autoptr (TelarPyramid) pyramid = telar_pyramid_new ();
    g_autofree double *values = g_new (double, sizes[s]);
    for (guint i = 0; i < sizes[s]; i++) {
      values[i] = wild_value ();
      telar_pyramid_append (pyramid, values[i]);
    }
    g_assert_cmpuint (telar_pyramid_length (pyramid), ==, sizes[s]);
    for (guint k = 0; k < 200; k++) {
      guint from = (guint)g_test_rand_int_range (0, (int)sizes[s] + 1);
      guint to = (guint)g_test_rand_int_range ((int)from, (int)sizes[s] + 1);
      TelarRange range = telar_pyramid_range (pyramid, from, to);
      assert_range (values, from, to, &range);
    }
    TelarRange all = telar_pyramid_range (pyramid, 0, G_MAXUINT);
    assert_range (values, 0, sizes[s], &all);
    telar_pyramid_clear (pyramid);
    g_assert_cmpint (telar_pyramid_range (pyramid, 0, 10).n, ==, 0);
    telar_pyramid_append (pyramid, 3);
    g_assert_cmpfloat (telar_pyramid_range (pyramid, 0, 1).max, ==, 3);
  }
}

static void
test_cut (void)
{
  g_autoptr (TelarPyramid) pyramid = telar_pyramid_new ();
  double values[5000], x[5000], at = 0;
  TelarColumn columns[97];

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    at += g_test_rand_double () < 0.01 ? 100 : g_test_rand_double ();
    x[i] = at;
    values[i] = wild_value ();
    telar_pyramid_append (pyramid, values[i]);
  }
  telar_pyramid_cut (pyramid, x, x[100], x[4000], G_N_ELEMENTS (columns), columns);
  g_assert_cmpuint (columns[0].from, ==, 100);
  g_assert_cmpuint (columns[96].to, ==, 4001);
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++) {
    g_assert_cmpuint (columns[c].from, ==, c == 0 ? 100 : columns[c - 1].to);
    assert_range (values, columns[c].from, columns[c].to, &columns[c].range);
    for (guint i = columns[c].from; i < columns[c].to; i++)
      g_assert_cmpint ((int)((x[i] - x[100]) / (x[4000] - x[100]) * 97 * (1 - 1e-12)), ==, c);
  }
}

/* --- ticks and numbers ------------------------------------------------------------------- */

typedef struct {
  double min, max;
  gboolean log;
  TelarUnit unit;
  guint wanted;
  const char *labels; /* joined by bars; an empty label is a minor tick */
} TickCase;

static const TickCase tick_cases[] = {
  { 0, 10, FALSE, TELAR_UNIT_NONE, 5, "0|2|4|6|8|10" },
  { -1, 1, FALSE, TELAR_UNIT_NONE, 4, "−1.0|−0.5|0|0.5|1.0" },
  { 0.13, 0.29, FALSE, TELAR_UNIT_NONE, 4, "0.15|0.20|0.25" },
  { 0, 25000, FALSE, TELAR_UNIT_COUNT, 3, "0|10\u2009000|20\u2009000" },
  { 0, 3, FALSE, TELAR_UNIT_COUNT, 10, "0|1|2|3" },
  { 0, 4e6, FALSE, TELAR_UNIT_COUNT, 4, "0|1M|2M|3M|4M" },
  { 0.9, 1, FALSE, TELAR_UNIT_PERCENT, 5, "90 %|92 %|94 %|96 %|98 %|100 %" },
  { 0.984, 0.986, FALSE, TELAR_UNIT_PERCENT, 4, "98.40 %|98.45 %|98.50 %|98.55 %|98.60 %" },
  { 0, 100, FALSE, TELAR_UNIT_SECONDS, 4, "0 s|30 s|1 min|1 min 30 s" },
  { 0, 7200, FALSE, TELAR_UNIT_SECONDS, 4, "0 s|30 min|1 h|1 h 30 min|2 h" },
  { 1e-5, 4e-5, FALSE, TELAR_UNIT_NONE, 3, "1e−5|2e−5|3e−5|4e−5" },
  { 0.001, 1, TRUE, TELAR_UNIT_NONE, 4, "0.001|||||||||0.01|||||||||0.1|||||||||1" },
  { 1e-8, 1, TRUE, TELAR_UNIT_NONE, 4, "1e−8||1e−6||1e−4||0.01||1" },
  { 2, 5, TRUE, TELAR_UNIT_NONE, 3, "2|3|4|5" },
  { 5, 5, FALSE, TELAR_UNIT_NONE, 3, "" },
  { 0, 1, TRUE, TELAR_UNIT_NONE, 3, "" },
  { NAN, 1, FALSE, TELAR_UNIT_NONE, 3, "" },
};

static void
test_ticks (void)
{
  for (guint c = 0; c < G_N_ELEMENTS (tick_cases); c++) {
    const TickCase *tick_case = &tick_cases[c];
    g_autoptr (GArray) ticks = g_array_new (FALSE, FALSE, sizeof (TelarTick));
    g_autoptr (GString) labels = g_string_new ("");
    telar_axis_ticks (tick_case->min, tick_case->max, tick_case->log, tick_case->unit,
                      tick_case->wanted, ticks);
    for (guint i = 0; i < ticks->len; i++) {
      const TelarTick *tick = &g_array_index (ticks, TelarTick, i);
      g_string_append_printf (labels, "%s%s", i > 0 ? "|" : "", tick->label);
      g_assert_cmpfloat (tick->value, >=, tick_case->min - 1e-9 * fabs (tick_case->min));
      g_assert_cmpfloat (tick->value, <=, tick_case->max * (1 + 1e-9));
    }
    g_assert_cmpstr (labels->str, ==, tick_case->labels);
  }
}

static void
test_numbers (void)
{
  static const struct {
    double value;
    TelarUnit unit;
    guint digits;
    const char *text;
  } cases[] = {
    { 0.012345, TELAR_UNIT_NONE, 3, "0.0123" },
    { -2.5, TELAR_UNIT_NONE, 3, "−2.50" },
    { 0, TELAR_UNIT_NONE, 3, "0" },
    { 2e-5, TELAR_UNIT_NONE, 2, "2.0e−5" },
    { 1234567, TELAR_UNIT_NONE, 3, "1\u2009234\u2009567" },
    { 1234, TELAR_UNIT_COUNT, 12, "1234" },
    { 0.98912, TELAR_UNIT_PERCENT, 4, "98.91 %" },
    { 1, TELAR_UNIT_PERCENT, 4, "100.0 %" },
    { 80, TELAR_UNIT_SECONDS, 3, "1 min 20 s" },
    { 2.5, TELAR_UNIT_SECONDS, 3, "2.50 s" },
    { NAN, TELAR_UNIT_PERCENT, 3, "NaN" },
    { -INFINITY, TELAR_UNIT_NONE, 3, "−∞" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    char text[32];
    telar_axis_format (cases[i].value, cases[i].unit, cases[i].digits, text, sizeof text);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_smoothing (void)
{
  static const double values[] = { 4, 2, 8, 1 }, steps[] = { 0, 1, 3, 8 };
  TelarSmoother smoother;

  /* The mean with weights (1 - w^d) w^age. */
  telar_smoother_init (&smoother, 0.5);
  g_assert_cmpfloat (telar_smoother_next (&smoother, 4, 1), ==, 4);
  g_assert_true (isnan (telar_smoother_next (&smoother, NAN, 1)));
  for (guint i = 1; i < G_N_ELEMENTS (values); i++) {
    double sum = 0, weights = 0;
    for (guint j = 0; j <= i; j++) {
      double weight =
          (1 - pow (0.5, j == 0 ? 1 : steps[j] - steps[j - 1])) * pow (0.5, steps[i] - steps[j]);
      sum += values[j] * weight;
      weights += weight;
    }
    g_assert_cmpfloat_with_epsilon (
        telar_smoother_next (&smoother, values[i], steps[i] - steps[i - 1]), sum / weights, 1e-12);
  }
  telar_smoother_init (&smoother, 0);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_cmpfloat (telar_smoother_next (&smoother, values[i], 1), ==, values[i]);
}

/* --- pictures ---------------------------------------------------------------------------- */

typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  TelarChartTheme theme;
} Picture;

static Picture
paint (TelarChart *chart, gboolean dark)
{
  Picture picture;

  picture.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  picture.cr = cairo_create (picture.surface);
  telar_chart_theme_init (&picture.theme, dark);
  telar_chart_draw (chart, picture.cr, WIDTH, HEIGHT, &picture.theme);
  telar_chart_draw_pointer (chart, picture.cr, &picture.theme);
  cairo_surface_flush (picture.surface);
  return picture;
}

static void
finish (Picture *picture, const char *name)
{
  const char *folder = g_getenv ("TELAR_PICTURES");

  if (folder != NULL) {
    g_autofree char *path =
        g_strdup_printf ("%s/%s-%s.png", folder, name, picture->theme.dark ? "dark" : "light");
    cairo_surface_write_to_png (picture->surface, path);
  }
  cairo_destroy (picture->cr);
  cairo_surface_destroy (picture->surface);
}

static guint32
pixel (const Picture *picture, int x, int y)
{
  const guchar *data = cairo_image_surface_get_data (picture->surface);
  const guchar *row = data + y * cairo_image_surface_get_stride (picture->surface);

  return ((const guint32 *)row)[x] & 0xffffff;
}

/* How far @rgb is from @color, the largest of the three channels. */
static int
distance (guint32 rgb, TelarColor color)
{
  int red = abs ((int)(rgb >> 16 & 0xff) - (int)lrint (color.red * 255));
  int green = abs ((int)(rgb >> 8 & 0xff) - (int)lrint (color.green * 255));
  int blue = abs ((int)(rgb & 0xff) - (int)lrint (color.blue * 255));

  return MAX (red, MAX (green, blue));
}

/* Whether the curve of @style is at the value @y over @x, within @reach pixels. */
static gboolean
has_curve_at (const Picture *picture, const TelarChart *chart, guint style, double x, double y,
              int reach)
{
  TelarColor color = telar_palette_color (style, picture->theme.dark);
  int px = (int)telar_chart_to_px (chart, x), py = (int)telar_chart_to_py (chart, y);

  for (int dy = -reach; dy <= reach; dy++)
    if (distance (pixel (picture, px, py + dy), color) < 24)
      return TRUE;
  return FALSE;
}

static void
append_curve (TelarChart *chart, guint series, int n, int every, double noise)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7 + series);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));

  for (int i = every; i <= n; i += every) {
    TelarPoint point = { i, (gint64)i * 12000 + 1000000,
                         2.1 * exp (-6.0 * i / n) + 0.09 + 0.05 * series * i / n +
                             noise * g_rand_double_range (random, -1, 1) * exp (-2.0 * i / n) };
    g_array_append_val (points, point);
  }
  telar_chart_append (chart, series, (const TelarPoint *)points->data, points->len);
}

static TelarChart *
loss_chart (int n)
{
  TelarChart *chart = telar_chart_new ("Loss");

  telar_chart_set_x_name (chart, "step");
  telar_chart_set_steps_per_epoch (chart, n / 10);
  telar_chart_add_series (chart, "loss", 0);
  telar_chart_add_series (chart, "val_loss", 1);
  append_curve (chart, 0, n, 1, 0.25);
  append_curve (chart, 1, n, n / 10, 0.02);
  return chart;
}

static void
test_line (void)
{
  for (int dark = 0; dark < 2; dark++) {
    g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
    TelarPoint points[] = { { 1, 0, 1 }, { 50, 0, 2 }, { 100, 0, 1 } };
    telar_chart_add_series (chart, "loss", 0);
    telar_chart_append (chart, 0, points, G_N_ELEMENTS (points));
    Picture picture = paint (chart, dark);

    g_assert_true (has_curve_at (&picture, chart, 0, 25.5, 1.5, 2));
    g_assert_true (has_curve_at (&picture, chart, 0, 75, 1.5, 2));
    g_assert_true (has_curve_at (&picture, chart, 0, 50, 2, 2));
    g_assert_false (has_curve_at (&picture, chart, 0, 50, 1.2, 4));
    g_assert_false (has_curve_at (&picture, chart, 0, 10, 1.8, 4));
    g_assert_cmpint (distance (pixel (&picture, 2, HEIGHT / 2), picture.theme.background), <, 2);
    finish (&picture, "line");
  }
}

/* A value that is not a number breaks the line instead of bending it. */
static void
test_gap (void)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
  TelarPoint points[] = {
    { 1, 0, 1 }, { 40, 0, 1 }, { 50, 0, NAN }, { 60, 0, 1 }, { 100, 0, 1.1 }
  };

  telar_chart_add_series (chart, "loss", 0);
  telar_chart_append (chart, 0, points, G_N_ELEMENTS (points));
  Picture picture = paint (chart, FALSE);
  g_assert_true (has_curve_at (&picture, chart, 0, 20, 1, 2));
  g_assert_false (has_curve_at (&picture, chart, 0, 50, 1, 6));
  g_assert_true (has_curve_at (&picture, chart, 0, 62, 1.005, 3));
  finish (&picture, "gap");
}

/* Many points a pixel: the one that stands out is not lost, and the line is the mean. */
static void
test_band (void)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));

  for (int i = 0; i < 1000000; i++) {
    TelarPoint point = { i, i, i == 500000 ? 10 : i % 2 == 0 ? 1 : 3 };
    g_array_append_val (points, point);
  }
  telar_chart_add_series (chart, "loss", 0);
  telar_chart_append (chart, 0, (const TelarPoint *)points->data, points->len);
  Picture picture = paint (chart, FALSE);
  TelarColor white = picture.theme.background;
  int px = (int)telar_chart_to_px (chart, 500000);

  g_assert_true (has_curve_at (&picture, chart, 0, 250000, 2, 2));
  int spike = 0, beside = 0, band = 0;
  for (int x = px - 3; x <= px + 3; x++)
    spike = MAX (spike, distance (pixel (&picture, x, (int)telar_chart_to_py (chart, 8.1)), white));
  beside = distance (pixel (&picture, px + 40, (int)telar_chart_to_py (chart, 8.1)), white);
  band = distance (pixel (&picture, px + 40, (int)telar_chart_to_py (chart, 2.6)), white);
  g_assert_cmpint (spike, >, 20);
  g_assert_cmpint (beside, <, 3);
  g_assert_cmpint (band, >, 20);
  finish (&picture, "band");
}

static void
test_scenes (void)
{
  for (int dark = 0; dark < 2; dark++) {
    g_autoptr (TelarChart) chart = loss_chart (2000);
    telar_chart_set_smoothing (chart, 0.9);
    telar_chart_add_marker (chart, 620, 620 * 12000, "paused");
    telar_chart_add_marker (chart, 640, 640 * 12000, "resumed");
    telar_chart_add_marker (chart, 1300, 1300 * 12000, "learning rate 0.0005");
    Picture picture = paint (chart, dark);
    guint64 serial = telar_chart_serial (chart);
    finish (&picture, "loss");

    g_assert_true (telar_chart_hover (chart, 300, 180));
    g_assert_false (telar_chart_hover (chart, 300, 180));
    picture = paint (chart, dark);
    int x = (int)telar_chart_to_px (chart, chart->hover_x);
    int lit = distance (pixel (&picture, x, (int)chart->plot.y + 3), picture.theme.background);
    g_assert_cmpint (lit, >, 60);
    finish (&picture, "hover");
    g_assert_cmpuint (telar_chart_serial (chart), ==, serial); /* no need to draw all again */

    telar_chart_set_log (chart, TRUE);
    telar_chart_set_x (chart, TELAR_CHART_TIME);
    telar_chart_set_x_name (chart, "time");
    picture = paint (chart, dark);
    finish (&picture, "log-time");
  }
}

static void
test_zoom (void)
{
  g_autoptr (TelarChart) chart = loss_chart (2000);
  Picture picture = paint (chart, FALSE);
  TelarInterval x;

  finish (&picture, "whole");
  g_assert_false (telar_chart_is_zoomed (chart));
  double from = telar_chart_to_px (chart, 500), to = telar_chart_to_px (chart, 1000);
  double top = telar_chart_to_py (chart, 1.5), bottom = telar_chart_to_py (chart, 0.5);

  telar_chart_set_zoom_box (chart, 200, 100, 203, 103);
  g_assert_false (telar_chart_take_zoom_box (chart)); /* a click is no zoom */
  telar_chart_set_zoom_box (chart, to, bottom, from, top);
  picture = paint (chart, FALSE);
  finish (&picture, "box");
  g_assert_true (telar_chart_take_zoom_box (chart));
  picture = paint (chart, FALSE);
  finish (&picture, "zoomed");
  g_assert_cmpfloat_with_epsilon (chart->x_span.min, 500, 1e-6);
  g_assert_cmpfloat_with_epsilon (chart->x_span.max, 1000, 1e-6);
  g_assert_cmpfloat_with_epsilon (chart->y_span.min, 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (chart->y_span.max, 1.5, 1e-9);

  telar_chart_pan (chart, 0.5);
  g_assert_true (telar_chart_visible_x (chart, &x));
  g_assert_cmpfloat_with_epsilon (x.min, 750, 1e-6);
  telar_chart_pan (chart, 100); /* not beyond the last point */
  g_assert_true (telar_chart_visible_x (chart, &x));
  g_assert_cmpfloat_with_epsilon (x.max, 2000, 1e-6);

  telar_chart_reset_view (chart);
  picture = paint (chart, FALSE);
  finish (&picture, "reset");
  /* The wheel: what is under the pointer stays under it. */
  double under = telar_chart_from_px (chart, 300);
  telar_chart_zoom_at (chart, 300, 2);
  picture = paint (chart, FALSE);
  finish (&picture, "wheel");
  g_assert_cmpfloat_with_epsilon (chart->x_span.min, under / 2, 1e-6);
  g_assert_cmpfloat_with_epsilon (chart->x_span.max - chart->x_span.min, 1000, 1e-6);
  telar_chart_zoom_at (chart, 300, 0.01);
  g_assert_false (telar_chart_is_zoomed (chart));
}

static void
test_pick (void)
{
  g_autoptr (TelarChart) chart = loss_chart (2000);
  Picture picture = paint (chart, FALSE);
  TelarChartPick pick;
  TelarPoint last;

  g_assert_true (telar_chart_last (chart, 1, &last));
  g_assert_cmpint (last.step, ==, 2000);
  double px = telar_chart_to_px (chart, 2000), py = telar_chart_to_py (chart, last.value);
  g_assert_true (telar_chart_pick (chart, px + 2, py - 2, 6, &pick));
  g_assert_cmpuint (pick.series, ==, 1);
  g_assert_cmpint (pick.point.step, ==, 2000);
  g_assert_cmpfloat_with_epsilon (pick.x, px, 1e-9);
  g_assert_false (telar_chart_pick (chart, px, chart->plot.y, 6, &pick));

  g_assert_true (telar_chart_move_crosshair (chart, -1));
  double before = chart->hover_x;
  g_assert_true (telar_chart_move_crosshair (chart, -20));
  g_assert_cmpfloat (chart->hover_x, <, before);
  g_assert_true (telar_chart_leave (chart));
  g_assert_false (telar_chart_leave (chart));
  finish (&picture, "pick");
}

static void
test_others (void)
{
  for (int dark = 0; dark < 2; dark++) {
    g_autoptr (TelarChart) empty = telar_chart_new ("Accuracy");
    telar_chart_add_series (empty, "accuracy", 0);
    telar_chart_set_empty_text (empty, "Comes with the first epoch");
    g_assert_false (telar_chart_hover (empty, 200, 200));
    Picture picture = paint (empty, dark);
    finish (&picture, "empty");

    g_autoptr (TelarChart) accuracy = telar_chart_new ("Accuracy");
    telar_chart_set_unit (accuracy, TELAR_UNIT_PERCENT);
    telar_chart_set_x (accuracy, TELAR_CHART_EPOCH);
    telar_chart_set_x_name (accuracy, "epoch");
    telar_chart_set_steps_per_epoch (accuracy, 133);
    telar_chart_add_series (accuracy, "accuracy", 0);
    telar_chart_add_series (accuracy, "val_accuracy", 1);
    for (int e = 1; e <= 10; e++) {
      TelarPoint train = { e * 133, e * 1000000, 1 - 0.25 * exp (-0.6 * e) - 0.002 };
      TelarPoint validation = { e * 133, e * 1000000, 0.988 - 0.2 * exp (-0.7 * e) };
      telar_chart_append (accuracy, 0, &train, 1);
      telar_chart_append (accuracy, 1, &validation, 1);
    }
    picture = paint (accuracy, dark);
    g_assert_cmpfloat (accuracy->y_span.max, <=, 1);
    finish (&picture, "accuracy");
    g_autofree char *words = telar_chart_describe (accuracy);
    g_assert_cmpstr (words, ==, "Accuracy: accuracy 99.74 %, val_accuracy 98.78 %");

    g_autoptr (TelarChart) many = telar_chart_new ("Loss of six runs");
    telar_chart_set_x_name (many, "step");
    telar_chart_set_smoothing (many, 0.97);
    for (guint s = 0; s < 6; s++) {
      g_autofree char *name = g_strdup_printf ("digits-%u", s + 1);
      telar_chart_add_series (many, name, s);
      append_curve (many, s, 200000, 1, 0.3);
    }
    picture = paint (many, dark);
    finish (&picture, "many");

    g_autoptr (TelarChart) single = telar_chart_new ("Loss");
    TelarPoint point = { 1, 0, 2.31 };
    telar_chart_add_series (single, "loss", 0);
    telar_chart_append (single, 0, &point, 1);
    picture = paint (single, dark);
    finish (&picture, "single");
  }
}

/* Sizes that leave no room, values that cannot be shown: nothing breaks. */
static void
test_extremes (void)
{
  g_autoptr (TelarChart) chart = loss_chart (200);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 10, 10);
  cairo_t *cr = cairo_create (surface);
  TelarPoint bad[] = {
    { 300, 0, INFINITY }, { 301, 0, -INFINITY }, { 302, 0, 1e300 }, { 303, 0, NAN }
  };
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, TRUE);
  telar_chart_append (chart, 0, bad, G_N_ELEMENTS (bad));
  for (int log = 0; log < 2; log++) {
    telar_chart_set_log (chart, log);
    for (int size = 0; size < 200; size += 7) {
      telar_chart_draw (chart, cr, size, size / 2, &theme);
      telar_chart_hover (chart, size / 2, size / 4);
      telar_chart_draw_pointer (chart, cr, &theme);
    }
  }
  telar_chart_clear (chart);
  telar_chart_draw (chart, cr, 300, 200, &theme);
  g_assert_false (telar_chart_move_crosshair (chart, 1));
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insight/chart/pyramid", test_pyramid);
  g_test_add_func ("/insight/chart/cut", test_cut);
  g_test_add_func ("/insight/chart/ticks", test_ticks);
  g_test_add_func ("/insight/chart/numbers", test_numbers);
  g_test_add_func ("/insight/chart/smoothing", test_smoothing);
  g_test_add_func ("/insight/chart/line", test_line);
  g_test_add_func ("/insight/chart/gap", test_gap);
  g_test_add_func ("/insight/chart/band", test_band);
  g_test_add_func ("/insight/chart/scenes", test_scenes);
  g_test_add_func ("/insight/chart/zoom", test_zoom);
  g_test_add_func ("/insight/chart/pick", test_pick);
  g_test_add_func ("/insight/chart/others", test_others);
  g_test_add_func ("/insight/chart/extremes", test_extremes);
  int failed = g_test_run ();
  /* What Pango and cairo keep for the next drawing is no leak of ours. */
  pango_cairo_font_map_set_default (NULL);
  cairo_debug_reset_static_data ();
  return failed;
}
