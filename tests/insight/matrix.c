/* Confusion matrices: what is read, what is drawn. */
#include "insight/matrix.h"

#include <cairo-svg.h>
#include <string.h>

#define WIDTH  440
#define HEIGHT 320

static TelarMatrix *
matrix_of (const char *values)
{
  TelarMatrix *matrix = telar_matrix_new ("Confusion matrix");
  g_autoptr (GError) error = NULL;

  telar_matrix_set_values (matrix, values, &error);
  g_assert_no_error (error);
  telar_matrix_set_axes (matrix, "right", "answer");
  return matrix;
}

static void
test_values (void)
{
  g_autoptr (TelarMatrix) matrix = matrix_of ("[[8, 2, 0], [0, 0, 0], [1, 1, 2]]");
  g_autofree char *number = telar_matrix_class (matrix, 2);

  g_assert_cmpuint (telar_matrix_n_classes (matrix), ==, 3);
  g_assert_cmpfloat (telar_matrix_count (matrix, 0, 1), ==, 2);
  g_assert_cmpfloat (telar_matrix_share (matrix, 0, 1), ==, 0.2);
  g_assert_cmpfloat (telar_matrix_share (matrix, 1, 1), ==, 0);
  g_assert_cmpfloat (telar_matrix_share (matrix, 2, 2), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (telar_matrix_accuracy (matrix), 10.0 / 14, 1e-12);
  g_assert_cmpstr (number, ==, "2");
  telar_matrix_set_names (matrix, (const char *const[]){ "cat", "dog", NULL });
  g_autofree char *name = telar_matrix_class (matrix, 1);
  g_autofree char *beyond = telar_matrix_class (matrix, 2);
  g_assert_cmpstr (name, ==, "dog");
  g_assert_cmpstr (beyond, ==, "2");
}

/* What is no square of counts is refused, and changes nothing. */
static void
test_refused (void)
{
  static const char *const bad[] = { "",
                                     "{}",
                                     "[]",
                                     "3",
                                     "[1, 2]",
                                     "[[1, 2]]",
                                     "[[1], [2]]",
                                     "[[1, 2], [3, \"4\"]]",
                                     "[[1, 2], [3, -4]]" };
  g_autoptr (TelarMatrix) matrix = matrix_of ("[[7]]");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (telar_matrix_set_values (matrix, bad[i], &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
  g_assert_cmpuint (telar_matrix_n_classes (matrix), ==, 1);
  g_assert_cmpfloat (telar_matrix_count (matrix, 0, 0), ==, 7);
}

/* --- drawing ----------------------------------------------------------------------------- */

static cairo_surface_t *
draw (TelarMatrix *matrix, gboolean dark)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, dark);
  cairo_set_source_rgb (cr, theme.background.red, theme.background.green, theme.background.blue);
  cairo_paint (cr);
  telar_matrix_draw (matrix, cr, WIDTH, HEIGHT, &theme);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* The middle of the upper edge of a cell, where no text stands: found by asking for cells. */
static guint32
pixel_of (TelarMatrix *matrix, cairo_surface_t *surface, guint right, guint answer)
{
  for (guint y = 2; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++) {
      guint r, a;
      if (telar_matrix_cell_at (matrix, x - 3.0, y - 3.0, &r, &a) && r == right && a == answer) {
        const guint8 *data = cairo_image_surface_get_data (surface);
        guint32 pixel;
        memcpy (&pixel, data + y * (guint)cairo_image_surface_get_stride (surface) + 4 * x, 4);
        return pixel & 0xffffff;
      }
    }
  g_assert_not_reached ();
}

static int
red_over_blue (guint32 pixel)
{
  return (int)(pixel >> 16 & 0xff) - (int)(pixel & 0xff);
}

static int
lightness (guint32 pixel)
{
  return (int)((pixel >> 16 & 0xff) + (pixel >> 8 & 0xff) + (pixel & 0xff));
}

/* Right answers are blue, errors orange, and the more of a row, the stronger. */
static void
test_drawn (gconstpointer data)
{
  gboolean dark = GPOINTER_TO_INT (data);
  g_autoptr (TelarMatrix) matrix = matrix_of ("[[90, 10, 0], [40, 60, 0], [0, 0, 100]]");
  cairo_surface_t *surface = draw (matrix, dark);
  guint32 right = pixel_of (matrix, surface, 0, 0), wrong = pixel_of (matrix, surface, 1, 0);
  guint32 weak = pixel_of (matrix, surface, 0, 1), empty = pixel_of (matrix, surface, 0, 2);
  int towards = dark ? 1 : -1;

  g_assert_cmpint (red_over_blue (right), <, -40);
  g_assert_cmpint (red_over_blue (wrong), >, 40);
  g_assert_cmpint (towards * lightness (wrong), >, towards * lightness (weak));
  g_assert_cmpint (towards * lightness (weak), >, towards * lightness (empty));
  g_assert_cmpint (ABS (red_over_blue (empty)), <, 10);
  cairo_surface_destroy (surface);
}

/* No size and no number of classes is too small or too large to be drawn. */
static void
test_sizes (void)
{
  for (guint n = 1; n <= 256; n *= 4) {
    g_autoptr (GString) values = g_string_new ("[");
    for (guint i = 0; i < n * n; i++)
      g_string_append_printf (values, "%s%u%s",
                              i % n ? ", "
                              : i   ? ", ["
                                    : "[",
                              i % 17, i % n == n - 1 ? "]" : "");
    g_string_append_c (values, ']');
    g_autoptr (TelarMatrix) matrix = matrix_of (values->str);
    cairo_surface_t *surface = draw (matrix, FALSE);
    guint right, answer;
    g_assert_false (telar_matrix_cell_at (matrix, 0, 0, &right, &answer));
    if (n < 100)
      pixel_of (matrix, surface, n - 1, n - 1);
    cairo_surface_destroy (surface);
  }
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_string_append_len (closure, (const char *)data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* The same painter writes pictures for pages. */
static void
test_svg (void)
{
  g_autoptr (TelarMatrix) matrix = matrix_of ("[[3, 1], [0, 4]]");
  g_autoptr (GString) text = g_string_new (NULL);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append, text, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, FALSE);
  telar_matrix_draw (matrix, cr, WIDTH, HEIGHT, &theme);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  g_assert_nonnull (strstr (text->str, "<svg"));
  g_assert_nonnull (strstr (text->str, "</svg>"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/matrix/values", test_values);
  g_test_add_func ("/matrix/refused", test_refused);
  g_test_add_data_func ("/matrix/drawn/light", GINT_TO_POINTER (FALSE), test_drawn);
  g_test_add_data_func ("/matrix/drawn/dark", GINT_TO_POINTER (TRUE), test_drawn);
  g_test_add_func ("/matrix/sizes", test_sizes);
  g_test_add_func ("/matrix/svg", test_svg);
  return g_test_run ();
}
