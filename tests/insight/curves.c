/* Smoothing and the arithmetic of curves, against slow and plain computations of the same. */
#include "insight/curves.h"
#include "engine/operator.h"
#include "insight/association.h"
#include "insight/choices.h"
#include "insight/parallel.h"
#include "insight/smooth.h"

#include <math.h>

#define N 400

/* --- smoothing --------------------------------------------------------------------------- */

static void
make_curve (double *steps, double *values)
{
  double at = 0;

  for (guint i = 0; i < N; i++) {
    at += 1 + g_test_rand_int_range (0, 3);
    steps[i] = at;
    values[i] = i % 37 == 5 ? NAN : g_test_rand_double_range (-1, 1);
  }
}

static void
test_mean (void)
{
  double steps[N], values[N], smooth[N], window = telar_smoothing_window (0.8);

  make_curve (steps, values);
  telar_smooth (TELAR_SMOOTHING_MEAN, 0.8, steps, values, N, smooth);
  for (guint i = 0; i < N; i++) {
    double sum = 0, n = 0;
    for (guint j = 0; j < N; j++)
      if (isfinite (values[j]) && fabs (steps[j] - steps[i]) <= window / 2) {
        sum += values[j];
        n++;
      }
    if (isfinite (values[i]))
      g_assert_cmpfloat_with_epsilon (smooth[i], sum / n, 1e-12);
    else
      g_assert_true (isnan (smooth[i]));
  }
}

/* A single one among zeros becomes a Gaussian: of the sum 1, the middle 0, the variance asked for,
 * and the height that a Gaussian has. */
static void
test_gaussian (void)
{
  double steps[N], values[N] = { 0 }, smooth[N];
  double sum = 0, mean = 0, variance = 0, window = telar_smoothing_window (0.95);
  double wanted = window * window / 12;

  for (guint i = 0; i < N; i++)
    steps[i] = i;
  values[N / 2] = 1;
  telar_smooth (TELAR_SMOOTHING_GAUSSIAN, 0.95, steps, values, N, smooth);
  for (guint i = 0; i < N; i++) {
    sum += smooth[i];
    mean += smooth[i] * (i - N / 2.0);
    variance += smooth[i] * (i - N / 2.0) * (i - N / 2.0);
  }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (mean, 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (variance / wanted, 1, 0.02);
  g_assert_cmpfloat_with_epsilon (smooth[N / 2] * sqrt (2 * G_PI * wanted), 1, 0.05);
}

/* What does not change is not changed, at the ends either. */
static void
test_flat (void)
{
  double steps[N], values[N], smooth[N];

  for (guint i = 0; i < N; i++) {
    steps[i] = i * i;
    values[i] = 0.25;
  }
  for (int kind = TELAR_SMOOTHING_EMA; kind <= TELAR_SMOOTHING_GAUSSIAN; kind++) {
    telar_smooth ((TelarSmoothing)kind, 0.97, steps, values, N, smooth);
    for (guint i = 0; i < N; i++)
      g_assert_cmpfloat_with_epsilon (smooth[i], 0.25, 1e-12);
    telar_smooth ((TelarSmoothing)kind, 0.97, steps, values, 0, smooth);
    telar_smooth ((TelarSmoothing)kind, 0.97, steps, values, 1, smooth);
    g_assert_cmpfloat_with_epsilon (smooth[0], 0.25, 1e-15);
  }
}

/* --- Student's t ------------------------------------------------------------------------- */

static void
test_student (void)
{
  /* Table of Abramowitz and Stegun, 26.10. */
  static const struct {
    double probability;
    guint freedom;
    double t;
  } cases[] = { { 0.975, 1, 12.706 }, { 0.975, 2, 4.303 },  { 0.975, 4, 2.776 },
                { 0.975, 9, 2.262 },  { 0.975, 30, 2.042 }, { 0.975, 120, 1.980 },
                { 0.95, 5, 2.015 },   { 0.995, 3, 5.841 },  { 0.75, 7, 0.711 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    double t = telar_student_quantile (cases[i].probability, cases[i].freedom);
    g_assert_cmpfloat_with_epsilon (t, cases[i].t, 6e-4);
    g_assert_cmpfloat_with_epsilon (
        telar_student_quantile (1 - cases[i].probability, cases[i].freedom), -t, 1e-9 * t);
  }
  g_assert_cmpfloat_with_epsilon (telar_student_quantile (0.5, 3), 0, 1e-9);
}

/* --- joining ----------------------------------------------------------------------------- */

static GArray *
curve_of (const gint64 *steps, const double *values, guint n)
{
  GArray *curve = g_array_new (FALSE, FALSE, sizeof (TelarPoint));

  for (guint i = 0; i < n; i++) {
    TelarPoint point = { steps[i], 10 * steps[i], values[i] };
    g_array_append_val (curve, point);
  }
  return curve;
}

static const TelarSeedPoint *
joined_at (const GArray *joined, gint64 step)
{
  for (guint i = 0; i < joined->len; i++)
    if (g_array_index (joined, TelarSeedPoint, i).step == step)
      return &g_array_index (joined, TelarSeedPoint, i);
  return NULL;
}

static void
test_join (void)
{
  g_autoptr (GArray) a = curve_of ((gint64[]){ 10, 20, 30 }, (double[]){ 1, 2, 3 }, 3);
  g_autoptr (GArray) b = curve_of ((gint64[]){ 10, 30 }, (double[]){ 3, 5 }, 2);
  g_autoptr (GArray) c = curve_of ((gint64[]){ 20, 30, 40 }, (double[]){ 6, NAN, 9 }, 3);
  const GArray *const curves[] = { a, b, c };
  g_autoptr (GArray) joined = telar_curves_join (curves, 3);

  g_assert_cmpuint (joined->len, ==, 4);
  const TelarSeedPoint *at = joined_at (joined, 10);
  g_assert_cmpuint (at->n, ==, 2);
  g_assert_cmpfloat (at->mean, ==, 2);
  g_assert_cmpfloat_with_epsilon (at->deviation, sqrt (2), 1e-12);
  g_assert_cmpfloat_with_epsilon (at->interval, 12.7062 * sqrt (2) / sqrt (2), 1e-3);

  at = joined_at (joined, 20); /* b stands between two of its points */
  g_assert_cmpuint (at->n, ==, 3);
  g_assert_cmpfloat_with_epsilon (at->mean, (2 + 4 + 6) / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (at->deviation, 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (at->interval, 4.30265 * 2 / sqrt (3), 1e-4);
  g_assert_cmpint (at->time, ==, 200);

  g_assert_cmpuint (joined_at (joined, 30)->n, ==, 2); /* what is not finite counts for nothing */
  at = joined_at (joined, 40);
  g_assert_cmpuint (at->n, ==, 1);
  g_assert_cmpfloat (at->mean, ==, 9);
  g_assert_cmpfloat (at->deviation + at->interval, ==, 0);

  g_autoptr (GArray) nothing = telar_curves_join (curves, 0);
  g_assert_cmpuint (nothing->len, ==, 0);
}

static void
test_subtract (void)
{
  g_autoptr (GArray) base = curve_of ((gint64[]){ 10, 30, 40 }, (double[]){ 2, 4, 0 }, 3);
  g_autoptr (GArray) points =
      curve_of ((gint64[]){ 5, 10, 20, 40, 50 }, (double[]){ 1, 3, 1.5, 1, 1 }, 5);

  telar_curve_subtract (points, base);
  g_assert_true (isnan (g_array_index (points, TelarPoint, 0).value)); /* before its first */
  g_assert_cmpfloat (g_array_index (points, TelarPoint, 1).value, ==, 0.5);
  g_assert_cmpfloat (g_array_index (points, TelarPoint, 2).value, ==, -0.5);
  g_assert_true (isnan (g_array_index (points, TelarPoint, 3).value)); /* nothing is a part of 0 */
  g_assert_true (isnan (g_array_index (points, TelarPoint, 4).value));
  g_assert_cmpfloat (telar_curve_at (base, 20), ==, 3);
  g_assert_true (isnan (telar_curve_at (base, 41)));
}

/* --- choices ----------------------------------------------------------------------------- */

#define GRAPH(seed, units, x)                                                                      \
  "{\"telar\": 1, \"seed\": " #seed ", \"nodes\": [{\"id\": \"d\", \"op\": \"dense\","             \
  " \"params\": {\"units\": " #units "}}], \"edges\": [], \"layout\": {\"d\": [" #x ", 0]}}"

static void
test_choices (void)
{
  TelarRunRow row = { .settings = (char *)"{\"learning_rate\": 0.01, \"schedule\": \"cosine\"}",
                      .seed = 7 };
  g_autoptr (TelarChoices) choices = telar_choices_read (&row, GRAPH (7, 32, 0));
  g_autoptr (TelarChoices) seed = telar_choices_read (&row, GRAPH (8, 32, 90));
  g_autoptr (TelarChoices) other = telar_choices_read (&row, GRAPH (7, 64, 0));
  g_autoptr (TelarChoices) broken = telar_choices_read (&row, "{ no project");

  g_assert_cmpstr (telar_choices_get (choices, "learning_rate"), ==, "0.01");
  g_assert_cmpstr (telar_choices_get (choices, "schedule"), ==, "cosine");
  g_assert_cmpstr (telar_choices_get (choices, "d.units"), ==, "32");
  g_assert_cmpstr (telar_choices_get (choices, "d.bias"), ==, "true"); /* its default */
  g_assert_cmpstr (telar_choices_get (choices, "seed"), ==, "7");
  g_assert_null (telar_choices_get (choices, "d.nothing"));
  g_assert_cmpstr (choices->recipe, ==, seed->recipe); /* seed and places count for nothing */
  g_assert_cmpstr (choices->recipe, !=, other->recipe);
  g_assert_cmpstr (telar_choices_get (broken, "learning_rate"), ==, "0.01");
}

/* --- association ------------------------------------------------------------------------- */

static void
test_association (void)
{
  const double x[] = { 1, 2, 3, 4, 5, NAN }, y[] = { 10, 100, 1000, 10000, 5000, 3 };
  const double flat[] = { 2, 2, 2, 2, 2, 2 };
  const char *const words[] = { "a", "a", "b", "b", NULL, "a" };
  const double ranks[] = { 1, 2, 8, 9, 4, 3 };

  g_assert_cmpfloat_with_epsilon (telar_rank_correlation (x, y, 4), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (telar_rank_correlation (x, y, 6), 0.9, 1e-12); /* 1 - 6*2/120 */
  g_assert_cmpfloat (telar_rank_correlation (x, flat, 6), ==, 0);
  g_assert_true (isnan (telar_rank_correlation (x, y, 2)));
  /* Ranks 0 1 2 of a, 3 4 of b, around 2: 3 * 1 + 2 * 1.5^2 of 10. */
  g_assert_cmpfloat_with_epsilon (telar_rank_ratio (words, ranks, 6), sqrt (0.75), 1e-12);
  g_assert_cmpfloat (telar_rank_ratio (words, flat, 6), ==, 0);
  g_assert_true (isnan (telar_rank_ratio (words, ranks, 2)));
}

/* --- axes of runs ------------------------------------------------------------------------ */

static const char *const run_names[] = { "a", "b", "c", "d" };

static TelarRunAxes *
make_axes (void)
{
  const double rates[] = { 0.001, 0.01, 0.1, NAN }, losses[] = { 3, 1, 2, 2 };
  const char *const kinds[] = { "adam", "sgd", "adam", NULL };
  TelarRunAxes *axes = telar_run_axes_new (run_names, 4);

  telar_run_axes_add_numbers (axes, "choice:rate", "rate", TELAR_UNIT_NONE, rates, 0.5);
  telar_run_axes_add_words (axes, "choice:optimizer", "optimizer", kinds, NAN);
  telar_run_axes_set_color (
      axes, telar_run_axes_add_numbers (axes, "last:loss", "loss", TELAR_UNIT_NONE, losses, NAN));
  return axes;
}

static void
test_axes (void)
{
  g_autoptr (TelarRunAxes) axes = make_axes ();
  const TelarRunAxis *rate = telar_run_axes_get (axes, 0), *kind = telar_run_axes_get (axes, 1);

  g_assert_true (rate->log); /* two decades */
  g_assert_false (telar_run_axes_get (axes, 2)->log);
  g_assert_cmpfloat_with_epsilon (rate->parts[1], 0.5, 1e-12);
  g_assert_true (isnan (rate->parts[3]));
  g_assert_cmpstr (rate->texts[1], ==, "0.01");
  g_assert_null (rate->texts[3]);
  g_assert_cmpuint (kind->n_words, ==, 2);
  g_assert_cmpint (telar_run_axes_find (axes, "last:loss"), ==, 2);
  g_assert_cmpint (telar_run_axes_find (axes, "last:"), ==, -1);

  /* Within its band, not on another's place, the same each time. */
  double a = telar_run_axes_place (axes, 1, 0), c = telar_run_axes_place (axes, 1, 2);
  g_assert_true (a > 0 && a < 0.5 && c > 0 && c < 0.5 && a != c);
  g_assert_cmpfloat (a, ==, telar_run_axes_place (axes, 1, 0));

  telar_run_axes_brush (axes, 1, 0.3, 0.2); /* the whole band of adam */
  g_assert_cmpfloat (kind->high, ==, 0.5);
  g_assert_true (telar_run_axes_passes (axes, 0));
  g_assert_false (telar_run_axes_passes (axes, 1));
  g_assert_false (telar_run_axes_passes (axes, 3)); /* it has none */
  g_assert_true (telar_run_axes_unbrush_all (axes));
  g_assert_false (telar_run_axes_unbrush_all (axes));
  telar_run_axes_drop (axes, 1);
  g_assert_false (telar_run_axes_passes (axes, 1));
}

/* What differs is ranked by the result, which stands behind it and before other metrics. */
static void
test_search (void)
{
  const TelarSearchWords plain = { 0 };
  TelarSearchRun runs[6];
  char names[6][2];

  for (guint i = 0; i < 6; i++) {
    double loss = i, other = i % 2;
    TelarRunRow row = { .name = names[i] };
    g_autofree char *settings = g_strdup_printf (
        "{\"learning_rate\": %g, \"optimizer\": \"%s\", \"epochs\": %d, \"batch_size\": 8}",
        pow (10, -(double)i), i % 2 ? "sgd" : "adam", (int)(i / 3));
    row.settings = settings;
    g_snprintf (names[i], 2, "%c", 'a' + (char)i);
    GHashTable *metrics = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    g_hash_table_insert (metrics, (gpointer) "loss", g_memdup2 (&loss, sizeof loss));
    g_hash_table_insert (metrics, (gpointer) "f1", g_memdup2 (&other, sizeof other));
    runs[i] = (TelarSearchRun){ names[i], telar_choices_read (&row, NULL), metrics };
  }
  g_autoptr (TelarRunAxes) axes = telar_run_axes_of_search (runs, 6, "loss", &plain);
  g_assert_cmpuint (telar_run_axes_n (axes), ==, 5);
  g_assert_cmpstr (telar_run_axes_get (axes, 0)->key, ==, "choice:learning_rate");
  g_assert_cmpfloat_with_epsilon (telar_run_axes_get (axes, 0)->strength, -1, 1e-9);
  g_assert_cmpstr (telar_run_axes_get (axes, 0)->title, ==, "learning_rate");
  g_assert_cmpint (telar_run_axes_color (axes), ==, 3);
  g_assert_cmpstr (telar_run_axes_get (axes, 3)->key, ==, "last:loss");
  g_assert_cmpstr (telar_run_axes_get (axes, 4)->key, ==, "last:f1");
  g_autoptr (GArray) shown = telar_run_axes_choose (axes, 2);
  g_assert_cmpuint (shown->len, ==, 3);
  g_assert_cmpuint (g_array_index (shown, guint, 2), ==, 3);
  for (guint i = 0; i < 6; i++) {
    telar_choices_free ((TelarChoices *)runs[i].choices);
    g_hash_table_unref (runs[i].metrics);
  }
}

/* --- parallel coordinates ---------------------------------------------------------------- */

static void
test_parallel (void)
{
  TelarParallel *parallel = telar_parallel_new ();
  g_autoptr (TelarRunAxes) axes = make_axes ();
  g_autoptr (GArray) shown = telar_run_axes_choose (axes, 8);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 600, 300);
  cairo_t *cr = cairo_create (surface);
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, FALSE);
  telar_parallel_draw (parallel, cr, 600, 300, &theme); /* nothing */
  telar_parallel_show (parallel, axes, shown);
  telar_parallel_draw (parallel, cr, 600, 300, &theme);
  g_assert_cmpint (telar_parallel_axis_at (parallel, 70, 150), ==, 0);
  g_assert_cmpint (telar_parallel_axis_at (parallel, 300, 150), ==, 1);
  g_assert_cmpint (telar_parallel_axis_at (parallel, 200, 150), ==, -1);

  g_assert_false (telar_run_axes_is_brushed (axes));
  telar_parallel_brush (parallel, 2, 180, 290); /* the lower half: losses 1 to 2 */
  g_assert_true (telar_run_axes_is_brushed (axes));
  g_assert_false (telar_run_axes_passes (axes, 0));
  g_assert_true (telar_run_axes_passes (axes, 1));
  telar_parallel_brush (parallel, 0, 50, 100); /* the highest rate */
  g_assert_false (telar_run_axes_passes (axes, 1));
  g_assert_false (telar_run_axes_passes (axes, 3)); /* it has none */
  telar_parallel_draw (parallel, cr, 600, 300, &theme);
  telar_parallel_brush (parallel, 0, 80, 81);
  telar_parallel_brush (parallel, 2, 80, 81);
  g_assert_false (telar_run_axes_is_brushed (axes));
  for (guint i = 0; i < 4; i++)
    g_assert_true (telar_run_axes_passes (axes, i));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  telar_parallel_free (parallel);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add_func ("/insight/curves/mean", test_mean);
  g_test_add_func ("/insight/curves/gaussian", test_gaussian);
  g_test_add_func ("/insight/curves/flat", test_flat);
  g_test_add_func ("/insight/curves/student", test_student);
  g_test_add_func ("/insight/curves/join", test_join);
  g_test_add_func ("/insight/curves/subtract", test_subtract);
  g_test_add_func ("/insight/curves/choices", test_choices);
  g_test_add_func ("/insight/curves/association", test_association);
  g_test_add_func ("/insight/curves/axes", test_axes);
  g_test_add_func ("/insight/curves/search", test_search);
  g_test_add_func ("/insight/curves/parallel", test_parallel);
  return g_test_run ();
}
