/* What drawing costs: bench-charts prints a JSON line for each work, with the least CPU time of
 * several tries in milliseconds.
 *
 * "smooth": 100,000 points smoothed anew with each method. "lines": 500 lines of 1,000 noisy
 * points, 900 x 500 pixels, from the points to a finished picture. "line": one line of 100,000
 * points. */
#include "insight/chart.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define TRIES  9
#define WIDTH  900
#define HEIGHT 500

static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A loss as it is met: falling, with noise. */
static void
add_curve (TelarChart *chart, guint number, guint n)
{
  g_autofree TelarPoint *points = g_new (TelarPoint, n);
  g_autoptr (GRand) random = g_rand_new_with_seed (number);
  g_autofree char *name = g_strdup_printf ("run-%u", number);
  double scale = g_rand_double_range (random, 0.5, 2);

  for (guint i = 0; i < n; i++) {
    double noise = g_rand_double_range (random, -0.05, 0.05);
    points[i] =
        (TelarPoint){ i, 1000000 * (gint64)i + 1, scale * exp (-4.0 * i / n) + 0.1 + noise };
  }
  telar_chart_append (chart, telar_chart_add_series (chart, name, number), points, n);
}

/* The least time of a picture of @chart, which is changed before each by another smoothing. */
static double
measure (TelarChart *chart, TelarSmoothing kind, double weight)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  TelarChartTheme theme;
  double least = INFINITY;

  telar_chart_theme_init (&theme, FALSE);
  for (int i = 0; i < TRIES; i++) {
    cairo_t *cr = cairo_create (surface);
    double start = cpu_ms ();
    telar_chart_set_smoothing_kind (chart, kind);
    telar_chart_set_smoothing (chart, weight > 0 ? weight - 0.001 * i : 0);
    telar_chart_draw (chart, cr, WIDTH, HEIGHT, &theme);
    least = MIN (least, cpu_ms () - start);
    cairo_destroy (cr);
  }
  cairo_surface_destroy (surface);
  return least;
}

static void
bench_lines (guint lines, guint n, const char *work)
{
  g_autoptr (TelarChart) chart = telar_chart_new ("Loss");

  for (guint i = 0; i < lines; i++)
    add_curve (chart, i, n);
  printf ("{\"work\": \"%s\", \"lines\": %u, \"points\": %u, \"cpu_ms\": %.3f}\n", work, lines, n,
          measure (chart, TELAR_SMOOTHING_EMA, 0));
}

static void
bench_smoothing (guint n)
{
  static const char *const names[] = { "ema", "mean", "gaussian" };
  g_autofree double *steps = g_new (double, 3 * (gsize)n);
  double *values = steps + n, *smooth = values + n;

  for (guint i = 0; i < n; i++) {
    steps[i] = i;
    values[i] = exp (-4.0 * i / n) + 0.1 * sin ((double)i * i);
  }
  for (guint kind = 0; kind < G_N_ELEMENTS (names); kind++) {
    double least = INFINITY;
    for (int i = 0; i < TRIES; i++) {
      double start = cpu_ms ();
      telar_smooth ((TelarSmoothing)kind, 0.97 + 0.001 * i, steps, values, n, smooth);
      least = MIN (least, cpu_ms () - start);
    }
    printf ("{\"work\": \"smooth\", \"method\": \"%s\", \"points\": %u, \"cpu_ms\": %.3f}\n",
            names[kind], n, least);
  }
}

int
main (void)
{
  bench_smoothing (100000);
  bench_lines (500, 1000, "lines");
  bench_lines (1, 100000, "line");
  return 0;
}
