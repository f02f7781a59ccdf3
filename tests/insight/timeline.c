/* Profiles, read and picked from; histograms, drawn. */
#include "insight/timeline.h"
#include "insight/histogram-draw.h"

#include <cairo.h>
#include <math.h>

#define PROFILE                                                                                    \
  "{\"rows\":8,\"device\":\"cpu\",\"threads\":1,\"step_ns\":9000000,\"arena\":100,\"states\":10,"  \
  "\"peak_flops\":2e9,\"peak_bytes\":1e9,\"nodes\":[\"conv1\",\"relu\"],\"instructions\":["        \
  "[0,\"conv\",0,4000000,4000000.0,1000000.0,50.0],"                                               \
  "[1,\"relu\",4000000,2000000,0.0,500000.0,100.0],"                                               \
  "[0,\"conv\",6000000,2000000,2000000.0,500000.0,20.0]]}"

static void
test_parse (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTimeline) timeline = telar_timeline_parse (PROFILE, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (timeline->time, ==, 8e6);
  g_assert_cmpuint (timeline->spans->len, ==, 3);
  const TelarTimelineNode *conv = &g_array_index (timeline->nodes, TelarTimelineNode, 0);
  const TelarTimelineNode *relu = conv + 1;
  g_assert_cmpuint (conv->kernels, ==, 2);
  g_assert_cmpfloat (conv->time, ==, 6e6);
  /* Four operations a byte: bounded by the 2 GFLOP/s, of which it does 1. */
  g_assert_cmpfloat_with_epsilon (conv->reached, 0.5, 1e-9);
  /* No operations: by the bytes, of which it moves a quarter. */
  g_assert_cmpfloat_with_epsilon (relu->reached, 0.25, 1e-9);
}

static void
test_damaged (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{}",
    "{\"nodes\":[],\"instructions\":[[0,\"conv\",0,1,1.0,1.0,1.0]]}",
    "{\"nodes\":[\"a\"],\"instructions\":[[0,\"conv\",0,-1,1.0,1.0,1.0]]}",
    "{\"nodes\":[\"a\"],\"instructions\":[[0,\"conv\"]]}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_timeline_parse (bad[i], &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
}

static cairo_surface_t *
new_surface (cairo_t **cr, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);

  *cr = cairo_create (surface);
  return surface;
}

static guint
count_painted (cairo_surface_t *surface)
{
  guint n = 0;

  cairo_surface_flush (surface);
  const guint32 *pixels = (const guint32 *)(void *)cairo_image_surface_get_data (surface);
  int size = cairo_image_surface_get_width (surface) * cairo_image_surface_get_height (surface);
  for (int i = 0; i < size; i++)
    n += pixels[i] != 0;
  return n;
}

static void
test_timeline (void)
{
  g_autoptr (TelarTimeline) timeline = telar_timeline_parse (PROFILE, NULL);
  TelarChartTheme theme;
  cairo_t *cr;

  telar_chart_theme_init (&theme, FALSE);
  double height = telar_timeline_height (timeline, &theme);
  cairo_surface_t *surface = new_surface (&cr, 800, (int)height);
  telar_timeline_draw (timeline, "Memory", cr, 800, height, &theme);
  g_assert_cmpuint (count_painted (surface), >, 2000);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  /* Along the first row there are both runs of the convolution and a gap. */
  GString *seen = g_string_new (NULL);
  const TelarTimelineSpan *before = NULL;
  for (double x = 0; x < 800; x++) {
    const TelarTimelineSpan *span = telar_timeline_pick (timeline, x, 36, 800, &theme);
    if (span != before)
      g_string_append (seen, span != NULL ? span->kernel : "-");
    before = span;
  }
  g_assert_cmpstr (seen->str, ==, "conv-conv-");
  g_string_free (seen, TRUE);
}

static TelarHistogram *
make_histogram (gint64 step, double low, double high)
{
  TelarHistogram *histogram = telar_histogram_new (8);

  histogram->step = step;
  histogram->min = low;
  histogram->max = high;
  for (guint i = 0; i <= 8; i++)
    histogram->edges[i] = low + (high - low) * i / 8;
  for (guint i = 0; i < 8; i++)
    histogram->n += histogram->counts[i] = i < 4 ? i + 1 : 8 - i;
  return histogram;
}

static void
free_histogram (gpointer histogram)
{
  telar_histogram_free (histogram);
}

static void
test_histograms (void)
{
  g_autoptr (GPtrArray) histograms = g_ptr_array_new_with_free_func (free_histogram);
  TelarHistogramDrawing drawing = { "w", histograms, TELAR_HISTOGRAM_RIDGES, -1 };
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, TRUE);
  g_assert_null (telar_histograms_pick (&drawing, 100, 100, 400, 260));
  for (guint i = 0; i < 60; i++)
    g_ptr_array_add (histograms, make_histogram (10 * i, -1 - i * 0.1, 1 + i * 0.2));
  for (guint k = 0; k < 2; k++) {
    cairo_t *cr;
    cairo_surface_t *surface = new_surface (&cr, 400, 260);
    drawing.style = k == 0 ? TELAR_HISTOGRAM_RIDGES : TELAR_HISTOGRAM_BANDS;
    telar_histograms_draw (&drawing, cr, 400, 260, &theme);
    g_assert_cmpuint (count_painted (surface), >, 4000);
    cairo_destroy (cr);
    cairo_surface_destroy (surface);
  }
  /* Along the steps of the bands, from the first to the last. */
  g_assert_cmpint (telar_histograms_pick (&drawing, 15, 100, 400, 260)->step, ==, 0);
  g_assert_cmpint (telar_histograms_pick (&drawing, 337, 100, 400, 260)->step, ==, 590);
  drawing.style = TELAR_HISTOGRAM_RIDGES;
  g_assert_cmpint (telar_histograms_pick (&drawing, 100, 233, 400, 260)->step, ==, 590);
  g_assert_null (telar_histograms_pick (&drawing, 100, 258, 400, 260));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline/parse", test_parse);
  g_test_add_func ("/timeline/damaged", test_damaged);
  g_test_add_func ("/timeline/draw", test_timeline);
  g_test_add_func ("/timeline/histograms", test_histograms);
  return g_test_run ();
}
