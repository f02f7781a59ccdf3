/* Pictures: each format made by its own library, read back, and damaged. */
#include "data/image.h"
#include "tests/data/files.h"

#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

#define WIDTH  20
#define HEIGHT 12

/* A gradient: what the lossy formats change little. */
static void
paint (guint8 *pixels, guint channels)
{
  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      for (guint c = 0; c < channels; c++)
        pixels[(y * WIDTH + x) * channels + c] =
            (guint8)(c == 3 ? 255 - y : 5 * x + 8 * y + 20 * c);
}

static const char *
write_png (const char *name, png_uint_32 format, guint channels)
{
  guint8 pixels[WIDTH * HEIGHT * 4], packed[4096];
  paint (pixels, channels);
  png_image png = {
    .version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT, .format = format
  };
  png_alloc_size_t length = sizeof packed;
  g_assert_true (png_image_write_to_memory (&png, packed, &length, 0, pixels, 0, NULL));
  return test_file (name, packed, (gssize)length);
}

static const char *
write_jpeg (const char *name)
{
  guint8 pixels[WIDTH * HEIGHT * 3];
  paint (pixels, 3);
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  unsigned char *packed = NULL;
  unsigned long length = 0;
  info.err = jpeg_std_error (&errors);
  jpeg_create_compress (&info);
  jpeg_mem_dest (&info, &packed, &length);
  info.image_width = WIDTH;
  info.image_height = HEIGHT;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults (&info);
  jpeg_set_quality (&info, 98, TRUE);
  jpeg_start_compress (&info, TRUE);
  for (guint y = 0; y < HEIGHT; y++) {
    JSAMPROW row = pixels + y * WIDTH * 3;
    jpeg_write_scanlines (&info, &row, 1);
  }
  jpeg_finish_compress (&info);
  jpeg_destroy_compress (&info);
  const char *path = test_file (name, packed, (gssize)length);
  free (packed);
  return path;
}

static const char *
write_webp (const char *name)
{
  guint8 pixels[WIDTH * HEIGHT * 4];
  paint (pixels, 4);
  uint8_t *packed = NULL;
  size_t length = WebPEncodeLosslessRGBA (pixels, WIDTH, HEIGHT, WIDTH * 4, &packed);
  g_assert_cmpuint (length, >, 0);
  const char *path = test_file (name, packed, (gssize)length);
  WebPFree (packed);
  return path;
}

static void
check (const char *path, guint channels, int tolerance)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTensor) image = telar_image_read (path, &error);
  g_assert_no_error (error);
  TelarShape expected = telar_shape (HEIGHT, WIDTH, channels);
  g_assert_true (telar_shape_equal (&image->type.shape, &expected));
  guint8 pixels[WIDTH * HEIGHT * 4];
  paint (pixels, channels);
  for (gsize i = 0; i < image->bytes; i++)
    g_assert_cmpint (ABS (((const guint8 *)image->data)[i] - pixels[i]), <=, tolerance);
}

/* Cut anywhere: an error that names the file, whatever the library thinks of it. */
static void
check_truncated (const char *path, const char *name, gsize keep)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  for (gsize cut = 0; cut + keep < length; cut++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_image_read (test_file (name, bytes, (gssize)cut), &error));
    test_assert_invalid (error, name);
  }
}

static void
test_png (void)
{
  check (write_png ("gray.png", PNG_FORMAT_GRAY, 1), 1, 0);
  check (write_png ("rgb.png", PNG_FORMAT_RGB, 3), 3, 0);
  const char *path = write_png ("rgba.png", PNG_FORMAT_RGBA, 4);
  check (path, 4, 0);
  check_truncated (path, "cut.png", 12); /* libpng does not ask for the IEND chunk */
}

static void
test_jpeg (void)
{
  const char *path = write_jpeg ("rgb.jpg");
  check (path, 3, 12);
  check_truncated (path, "cut.jpg", 2);
}

static void
test_webp (void)
{
  const char *path = write_webp ("rgba.webp");
  check (path, 4, 0);
  check_truncated (path, "cut.webp", 8); /* padding and the end of the last code */
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_image_read (test_file ("text.png", "hello", -1), &error));
  test_assert_invalid (error, "text.png: neither PNG, JPEG nor WebP");
  g_assert_null (telar_image_read (test_path ("nowhere.png"), &error));
  test_assert_invalid (error, "nowhere.png");
  /* A header that claims 60,000 x 60,000 pixels, with its checksum right. */
  const guint8 huge[] = { 0x89, 'P',  'N', 'G', '\r', '\n', 0x1a, '\n', 0,    0,    0,
                          13,   'I',  'H', 'D', 'R',  0,    0,    0xea, 0x60, 0,    0,
                          0xea, 0x60, 8,   0,   0,    0,    0,    0xa5, 0xb9, 0x2a, 0x9e,
                          0,    0,    0,   1,   'I',  'D',  'A',  'T' };
  g_assert_null (telar_image_read (test_file ("huge.png", huge, sizeof huge), &error));
  test_assert_invalid (error, "huge.png: a picture of 60000 x 60000 pixels");
}

static void
test_planes (void)
{
  TelarShape shape = telar_shape (1, 2, 3);
  g_autoptr (TelarTensor) image = telar_tensor_new (TELAR_U8, &shape);
  static const guint8 pixels[] = { 10, 20, 30, 100, 100, 100 };
  memcpy (image->data, pixels, sizeof pixels);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTensor) colour = telar_image_to_planes (image, 3, &error);
  g_autoptr (TelarTensor) gray = telar_image_to_planes (image, 1, &error);
  g_assert_no_error (error);
  static const double planes[] = { 10, 100, 20, 100, 30, 100 };
  for (gsize i = 0; i < 6; i++)
    g_assert_cmpfloat (telar_tensor_get (colour, i), ==, planes[i]);
  g_assert_cmpfloat_with_epsilon (telar_tensor_get (gray, 0), 0.299 * 10 + 0.587 * 20 + 0.114 * 30,
                                  1e-5);
  g_assert_cmpfloat_with_epsilon (telar_tensor_get (gray, 1), 100, 1e-4);
  g_assert_null (telar_image_to_planes (image, 2, &error));
  test_assert_invalid (error, "2 channels");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_files_begin ();
  g_test_add_func ("/image/png", test_png);
  g_test_add_func ("/image/jpeg", test_jpeg);
  g_test_add_func ("/image/webp", test_webp);
  g_test_add_func ("/image/refused", test_refused);
  g_test_add_func ("/image/planes", test_planes);
  int status = g_test_run ();
  test_files_end ();
  return status;
}
