/* Pictures of numbers, and the probe of the system. */
#include "insight/picture.h"
#include "insight/store-media.h"
#include "insight/system.h"
#include "tests/insight/workspace.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

static TelarTensor *
new_pixels (gint64 tiles, gint64 channels, gint64 height, gint64 width)
{
  TelarShape shape = { .rank = 4, .dims = { tiles, channels, height, width } };

  return telar_tensor_new (TELAR_F32, &shape);
}

typedef struct {
  const guint8 *at;
  gsize left;
} Source;

static cairo_status_t
read_bytes (void *data, unsigned char *to, unsigned int length)
{
  Source *source = data;

  if (length > source->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (to, source->at, length);
  source->at += length;
  source->left -= length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
decode (GBytes *png)
{
  Source source;

  g_assert_nonnull (png);
  source.at = g_bytes_get_data (png, &source.left);
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream (read_bytes, &source);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  return surface;
}

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  const guchar *data = cairo_image_surface_get_data (surface);

  return ((const guint32 *)(const void *)(data + y * cairo_image_surface_get_stride (surface)))[x] &
         0xffffff;
}

static void
test_gray (void)
{
  g_autoptr (TelarTensor) pixels = new_pixels (1, 1, 2, 3);
  float *numbers = pixels->data;
  TelarPictureGrid grid;

  for (guint i = 0; i < 6; i++)
    numbers[i] = (float)i / 5;
  numbers[4] = NAN;
  g_autoptr (GBytes) png = telar_picture_to_png (pixels, TELAR_RANGE_PIXELS, 0, &grid);
  cairo_surface_t *surface = decode (png);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 3);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 2);
  g_assert_cmphex (pixel (surface, 0, 0), ==, 0x000000);
  g_assert_cmphex (pixel (surface, 1, 0), ==, 0x333333);
  g_assert_cmphex (pixel (surface, 2, 1), ==, 0xffffff);
  g_assert_cmphex (pixel (surface, 1, 1), ==, 0xff00ff);
  g_assert_cmpuint (grid.columns, ==, 0);
  cairo_surface_destroy (surface);
}

/* Of bytes, 255 is white; of signed numbers, 0 is the middle. */
static void
test_ranges (void)
{
  g_autoptr (TelarTensor) pixels = new_pixels (1, 3, 1, 2);
  float *numbers = pixels->data;
  TelarPictureGrid grid;

  numbers[0] = 255;
  numbers[2] = 51;
  g_autoptr (GBytes) bytes = telar_picture_to_png (pixels, TELAR_RANGE_PIXELS, 0, &grid);
  cairo_surface_t *surface = decode (bytes);
  g_assert_cmphex (pixel (surface, 0, 0), ==, 0xff3300);
  cairo_surface_destroy (surface);

  numbers[0] = -2;
  numbers[2] = 2;
  g_autoptr (GBytes) sign = telar_picture_to_png (pixels, TELAR_RANGE_SIGNED, 0, &grid);
  surface = decode (sign);
  g_assert_cmphex (pixel (surface, 0, 0), ==, 0x00ff80);
  cairo_surface_destroy (surface);
}

static void
test_tiles (void)
{
  g_autoptr (TelarTensor) pixels = new_pixels (5, 1, 2, 2);
  float *numbers = pixels->data;
  TelarPictureGrid grid;

  for (guint i = 0; i < 20; i++)
    numbers[i] = (float)(i / 4);
  g_autoptr (GBytes) png = telar_picture_to_png (pixels, TELAR_RANGE_SPREAD, 3, &grid);
  cairo_surface_t *surface = decode (png);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 3 * 3 - 1);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 2 * 3 - 1);
  g_assert_cmphex (pixel (surface, 0, 0), ==, 0x000000);
  g_assert_cmphex (pixel (surface, 3, 3), ==, 0xffffff); /* the fifth tile */
  g_assert_cmpuint (grid.tiles, ==, 5);
  g_assert_cmpuint (grid.columns, ==, 3);
  cairo_surface_destroy (surface);
}

static void
test_large (void)
{
  g_autoptr (TelarTensor) pixels = new_pixels (1, 1, 1000, 300);
  TelarPictureGrid grid;

  for (gsize i = 0; i < 300000; i++)
    telar_tensor_set (pixels, i, i % 2 == 0 ? 0 : 1);
  g_autoptr (GBytes) png = telar_picture_to_png (pixels, TELAR_RANGE_PIXELS, 0, &grid);
  cairo_surface_t *surface = decode (png);
  g_assert_cmpint (cairo_image_surface_get_height (surface), <=, TELAR_PICTURE_MOST_SIDE);
  g_assert_cmphex (pixel (surface, 5, 5), ==, 0x808080);
  cairo_surface_destroy (surface);

  g_autoptr (TelarTensor) five = new_pixels (1, 5, 4, 4);
  g_assert_null (telar_picture_to_png (five, TELAR_RANGE_PIXELS, 0, &grid));
}

/* --- recording --------------------------------------------------------------------------- */

static void
test_recorder (void)
{
  g_autofree char *workspace = workspace_new ();
  TelarMonitor *monitor = workspace_record (workspace, "r", 10);
  g_autoptr (TelarTensor) pixels = new_pixels (4, 1, 3, 3);
  TelarImage image = { .name = "kernels/conv1",
                       .step = 10,
                       .pixels = pixels,
                       .range = TELAR_RANGE_SIGNED,
                       .columns = 2,
                       .row = -1,
                       .truth = -1,
                       .answer = -1,
                       .score = NAN };
  g_autoptr (GError) error = NULL;

  telar_tensor_set (pixels, 7, 3);
  g_assert_true (telar_monitor_observes (monitor));
  telar_monitor_histogram (monitor, "conv1.kernel", 10, pixels);
  telar_monitor_image (monitor, &image);
  telar_monitor_profile (monitor, 10, "{}");
  g_usleep (1200 * G_TIME_SPAN_MILLISECOND); /* a sample a second */
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);

  g_autoptr (TelarStore) store = workspace_open (workspace);
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  TelarSpan span = { row->id, "conv1.kernel", -1, G_MAXINT64, 0 };
  g_autoptr (GPtrArray) histograms = telar_store_histograms (store, &span, &error);
  g_assert_cmpuint (histograms->len, ==, 1);
  const TelarHistogram *histogram = histograms->pdata[0];
  g_assert_cmpint (histogram->step, ==, 10);
  g_assert_cmpint (histogram->time, >, 0);
  g_assert_cmpfloat (histogram->n, ==, 36);
  g_assert_cmpfloat (histogram->max, ==, 3);
  g_autoptr (GPtrArray) images =
      telar_store_images (store, row->id, "kernels/conv1", G_MAXINT64, &error);
  g_assert_cmpuint (images->len, ==, 1);
  const TelarImageRow *read = images->pdata[0];
  g_assert_cmpuint (read->columns, ==, 2);
  g_assert_cmpuint (read->tiles, ==, 4);
  cairo_surface_t *surface = decode (read->png);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 7);
  cairo_surface_destroy (surface);
  g_autofree char *profile = telar_store_profile (store, row->id, 10, &error);
  g_assert_cmpstr (profile, ==, "{}");

  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  telar_store_read_samples (store, row->id, "system/memory_process", 0, points, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (points->len, >, 0);
  g_assert_cmpfloat (g_array_index (points, TelarPoint, 0).value, >, 1e6);
  g_clear_pointer (&store, telar_store_close);
  workspace_remove (workspace);
}

static double
find_sample (GArray *samples, const char *name)
{
  for (guint i = 0; i < samples->len; i++)
    if (strcmp (g_array_index (samples, TelarSystemSample, i).name, name) == 0)
      return g_array_index (samples, TelarSystemSample, i).value;
  g_error ("no sample %s", name);
}

/* A thread that works all the time is seen. */
static void
test_system (void)
{
  TelarSystemProbe *probe = telar_system_probe_new ();
  gint64 until = g_get_monotonic_time () + 300 * G_TIME_SPAN_MILLISECOND;
  volatile double sum = 0;

  while (g_get_monotonic_time () < until)
    for (guint i = 0; i < 1000; i++)
      sum = sum + sqrt (i);
  g_autoptr (GArray) samples = telar_system_probe_read (probe);
  g_assert_cmpfloat (find_sample (samples, "system/cpu_process"), >, 0);
  g_assert_cmpfloat (find_sample (samples, "system/cpu_process"), <=, 1.2);
  g_assert_cmpfloat (find_sample (samples, "system/cpu"), >, 0);
  g_assert_cmpfloat (find_sample (samples, "system/cpu"), <=, 1);
  g_assert_cmpfloat (find_sample (samples, "system/memory_process"), >, 1e6);
  g_assert_cmpfloat (find_sample (samples, "system/memory"), >,
                     find_sample (samples, "system/memory_process") / 2);
  telar_system_probe_free (probe);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/gray", test_gray);
  g_test_add_func ("/picture/ranges", test_ranges);
  g_test_add_func ("/picture/tiles", test_tiles);
  g_test_add_func ("/picture/large", test_large);
  g_test_add_func ("/picture/recorder", test_recorder);
  g_test_add_func ("/picture/system", test_system);
  return g_test_run ();
}
