/* Projections: what is computed, what of it can be kept, drawn, pointed at and searched. */
#include "insight/cloud.h"
#include "insight/projection.h"

#include <math.h>
#include <string.h>

#define N 60
#define D 5

/* Two heaps of points, far apart along all axes. */
static void
fill (float *values)
{
  for (guint i = 0; i < N * D; i++)
    values[i] = (float)((i / D % 2 ? 40.0 : 0.0) + sin (7.0 * i * i + i));
}

static gboolean
stop (double share, gpointer data)
{
  return ++*(guint *)data < 3;
}

static void
test_components (void)
{
  /* All along (3, 4) / 5, so that one component has everything. */
  const float values[] = { 0, 0, 3, 4, 6, 8, 9, 12 };
  TelarCloudRows rows = { .values = values, .n = 4, .d = 2 };
  g_autoptr (GError) error = NULL;
  g_auto (TelarPca) pca = { 0 };

  g_assert_true (telar_pca (&rows, 5, &pca, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (pca.k, ==, 2);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpfloat_with_epsilon (pca.scores[2 * i], 5.0 * i - 7.5, 1e-12);
    g_assert_cmpfloat_with_epsilon (pca.scores[2 * i + 1], 0, 1e-12);
  }
  g_assert_cmpfloat_with_epsilon (pca.variances[0], pca.total, 1e-10);
}

static void
test_refused (void)
{
  float values[N * D] = { 0 };
  TelarCloudRows rows = { .values = values, .n = N, .d = D };
  TelarTsneOptions options = { .perplexity = N };
  double points[2 * N];
  g_autoptr (GError) wide = NULL, endless = NULL, ended = NULL;
  g_auto (TelarPca) pca = { 0 };
  guint calls = 0;

  g_assert_false (telar_tsne (&rows, &options, points, NULL, &wide));
  g_assert_error (wide, TELAR_ERROR, TELAR_ERROR_INVALID);
  values[7] = NAN;
  g_assert_false (telar_pca (&rows, 2, &pca, &endless));
  g_assert_error (endless, TELAR_ERROR, TELAR_ERROR_INVALID);
  fill (values);
  rows.progress = stop;
  rows.data = &calls;
  options.perplexity = 5;
  g_assert_false (telar_tsne (&rows, &options, points, NULL, &ended));
  g_assert_error (ended, TELAR_ERROR, TELAR_ERROR_INTERRUPTED);
  g_assert_cmpuint (calls, ==, 3);
}

/* Rows that are all the same are no trouble either. */
static void
test_equal_rows (void)
{
  float values[N * D];
  TelarCloudRows rows = { .values = values, .n = N, .d = D };
  TelarTsneOptions options = { .perplexity = 5, .iterations = 300 };
  double points[2 * N];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N * D; i++)
    values[i] = 3;
  g_assert_true (telar_tsne (&rows, &options, points, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 2 * N; i++)
    g_assert_true (isfinite (points[i]));
}

/* A row's nearest point is of its own heap, and the same seed gives the same bits. */
static void
test_heaps (void)
{
  float values[N * D];
  TelarCloudRows rows = { .values = values, .n = N, .d = D };
  TelarTsneOptions options = { .perplexity = 10, .seed = 4 };
  double points[2 * N], again[2 * N];
  g_autoptr (GError) error = NULL;

  fill (values);
  g_assert_true (telar_tsne (&rows, &options, points, NULL, &error));
  g_assert_true (telar_tsne (&rows, &options, again, NULL, &error));
  g_assert_cmpmem (points, sizeof points, again, sizeof again);
  for (guint i = 0; i < N; i++) {
    guint nearest = 0;
    double best = INFINITY;

    for (guint k = 0; k < N; k++) {
      double off = hypot (points[2 * i] - points[2 * k], points[2 * i + 1] - points[2 * k + 1]);
      if (k == i || off >= best)
        continue;
      best = off;
      nearest = k;
    }
    g_assert_cmpuint (nearest % 2, ==, i % 2);
  }
}

/* --- clouds ------------------------------------------------------------------------------ */

static const double places[] = { -1, -1, 0, 1, -1, 0, 0, 1, 0.5 };
static const gint64 numbers[] = { 3, 10, 44 };
static const int kinds[] = { 1, 0, 1 };
static char cat[] = "cat", dog[] = "Dog";
static char *names[] = { cat, dog, NULL };

static TelarCloud *
make_cloud (void)
{
  TelarCloudPoints points = { 3, 3, places, numbers, kinds, names };

  return telar_cloud_new ("dense1 · PCA", &points);
}

static void
draw (TelarCloud *cloud)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 400, 300);
  cairo_t *cr = cairo_create (surface);
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, FALSE);
  telar_cloud_draw (cloud, cr, 400, 300, &theme);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_kept (void)
{
  g_autoptr (TelarCloud) cloud = make_cloud ();
  g_autofree char *text = telar_cloud_to_text (cloud);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarCloud) again = telar_cloud_from_text (text, &error);

  g_assert_no_error (error);
  g_autofree char *same = telar_cloud_to_text (again), *class = telar_cloud_class (again, 1);
  g_assert_cmpstr (text, ==, same);
  g_assert_cmpstr (class, ==, "cat");
  g_assert_cmpint (telar_cloud_row (again, 2), ==, 44);
  g_assert_true (telar_cloud_is_solid (again));
  const char *const bad[] = { "", "{}", "{\"title\":\"\",\"points\":[[1]],\"rows\":[1]}",
                              "{\"title\":\"\",\"points\":[[1,2]],\"rows\":[1,2]}",
                              "{\"title\":\"\",\"points\":[[1,\"\"],[1]],\"rows\":[1,2]}" };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) refused = NULL;
    g_assert_null (telar_cloud_from_text (bad[i], &refused));
    g_assert_error (refused, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
}

static void
test_search (void)
{
  g_autoptr (TelarCloud) cloud = make_cloud ();

  g_assert_cmpuint (telar_cloud_search (cloud, "dog"), ==, 2);
  g_assert_cmpuint (telar_cloud_search (cloud, "10"), ==, 1);
  g_assert_cmpuint (telar_cloud_search (cloud, "bird"), ==, 0);
  draw (cloud);
  guint point;
  g_assert_false (telar_cloud_point_at (cloud, 200, 150, &point));
  g_assert_cmpuint (telar_cloud_search (cloud, ""), ==, 0);
}

/* Every point is found where it is drawn, also after turning, moving and zooming around it. */
static void
test_pointer (void)
{
  g_autoptr (TelarCloud) cloud = make_cloud ();
  guint found[3] = { 0 }, point;

  draw (cloud);
  telar_cloud_turn (cloud, 30, -10);
  telar_cloud_move (cloud, 4, 7);
  draw (cloud);
  double x = -1, y = -1;
  for (guint i = 0; i < 400; i++)
    for (guint k = 0; k < 300; k++)
      if (telar_cloud_point_at (cloud, i, k, &point) && !found[point]++ && point == 1) {
        x = i;
        y = k;
      }
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (found[i], >, 50);
  /* Far from it by nine pixels at zoom 1 is far by 90 at zoom 10. */
  telar_cloud_zoom (cloud, x, y, 10);
  draw (cloud);
  g_assert_false (telar_cloud_point_at (cloud, x, y, &point));
  telar_cloud_reset (cloud);
  draw (cloud);
  telar_cloud_mark (cloud, 1);
  draw (cloud);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/projection/components", test_components);
  g_test_add_func ("/projection/refused", test_refused);
  g_test_add_func ("/projection/equal-rows", test_equal_rows);
  g_test_add_func ("/projection/heaps", test_heaps);
  g_test_add_func ("/cloud/kept", test_kept);
  g_test_add_func ("/cloud/search", test_search);
  g_test_add_func ("/cloud/pointer", test_pointer);
  return g_test_run ();
}
