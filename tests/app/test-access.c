/* What the desktop asks for: larger text, more contrast, less motion; and the keys of the wires. */
#include "tests/app/canvas-fixture.h"
#include "tests/app/support.h"

#include <math.h>

/* --- large text ------------------------------------------------------------------------------- */

static void
set_text_scale (Fixture *f, double scale)
{
  g_object_set (gtk_widget_get_settings (GTK_WIDGET (f->canvas)), "gtk-xft-dpi",
                (int)(96 * 1024 * scale), NULL);
  test_wait (50);
}

static void
test_large_text (Fixture *f, gconstpointer data)
{
  set_text_scale (f, 1.5);
  act (f, "canvas.zoom-original", NULL);
  g_assert_cmpfloat_with_epsilon (telar_canvas_zoom (f->canvas), 1.5, 0.01);
  /* The zoom makes it large, once. */
  g_assert_cmpfloat (pango_cairo_context_get_resolution (telar_canvas_card_context (f->canvas)), ==,
                     96);
  set_text_scale (f, 1);
  act (f, "canvas.zoom-original", NULL);
  g_assert_cmpfloat_with_epsilon (telar_canvas_zoom (f->canvas), 1, 0.01);
}

/* --- contrast --------------------------------------------------------------------------------- */

static double
linear (float part)
{
  return part <= 0.04045f ? part / 12.92 : pow ((part + 0.055) / 1.055, 2.4);
}

/* Relative luminance and contrast: WCAG 2.1, 1.4.3. */
static double
luminance (const GdkRGBA *colour)
{
  return 0.2126 * linear (colour->red) + 0.7152 * linear (colour->green) +
         0.0722 * linear (colour->blue);
}

static double
contrast (const GdkRGBA *a, const GdkRGBA *b)
{
  double x = luminance (a) + 0.05, y = luminance (b) + 0.05;

  return MAX (x, y) / MIN (x, y);
}

/* Text as WCAG's highest level asks for, signs as its middle one does. */
static void
assert_contrast (void)
{
  TelarTheme theme;
  const GdkRGBA *texts[] = { &theme.text, &theme.dim };
  const GdkRGBA *signs[] = { &theme.accent, &theme.border, &theme.wire, &theme.error,
                             &theme.warning };

  telar_theme_load (&theme);
  g_assert_true (theme.high_contrast);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpfloat (contrast (texts[i], &theme.card), >=, 7);
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    g_assert_cmpfloat (contrast (signs[i], &theme.background), >=, 4.5);
  for (guint i = 0; i < TELAR_N_CATEGORIES; i++)
    g_assert_cmpfloat (contrast (&theme.categories[i], &theme.card), >=, 4.5);
}

static void
test_high_contrast (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  assert_contrast ();
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  assert_contrast ();
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
}

/* --- motion ----------------------------------------------------------------------------------- */

static void
test_no_motion (Fixture *f, gconstpointer data)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (f->canvas));
  double before;

  telar_canvas_zoom_about (f->canvas, 2, 0, 0);
  before = telar_canvas_zoom (f->canvas);
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  telar_canvas_fit (f->canvas, TRUE);
  /* At once: no frame has passed. */
  g_assert_cmpfloat (telar_canvas_zoom (f->canvas), <, before);
  g_assert_cmpint (adw_animation_get_state (f->canvas->animation), ==, ADW_ANIMATION_FINISHED);
  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
}

/* --- wires by key ----------------------------------------------------------------------------- */

static void
test_wire_by_key (Fixture *f, gconstpointer data)
{
  const TelarGraph *graph = telar_document_graph (f->document);

  telar_edit_disconnect (f->document, "bn1", 0, 0);
  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", NULL });
  act (f, "canvas.wire", NULL);
  g_assert_true (f->canvas->wiring.by_key);
  g_assert_cmpstr (f->canvas->wiring.target.node->id, ==, "bn1");
  g_assert_true (telar_canvas_wire_key (f->canvas, GDK_KEY_Return, 0));
  g_assert_cmpstr (telar_graph_incoming (graph, "bn1", 0, 0)->from, ==, "conv1");
  g_assert_cmpstr (f->canvas->current->id, ==, "bn1");
  /* Given up, nothing is wired. */
  act (f, "canvas.wire", NULL);
  g_assert_true (telar_canvas_wire_key (f->canvas, GDK_KEY_Escape, 0));
  g_assert_cmpint (f->canvas->drag, ==, TELAR_DRAG_NONE);
  /* E walks over the wires of the node, what comes in first. */
  act (f, "canvas.next-wire", NULL);
  g_assert_cmpstr (f->canvas->selected_edge->from->id, ==, "conv1");
  act (f, "canvas.next-wire", NULL);
  g_assert_cmpstr (f->canvas->selected_edge->from->id, ==, "bn1");
  act (f, "canvas.previous-wire", NULL);
  g_assert_cmpstr (f->canvas->selected_edge->from->id, ==, "conv1");
}

int
main (int argc, char **argv)
{
  g_setenv ("ADW_DEBUG_HIGH_CONTRAST", "1", TRUE);
  gtk_test_init (&argc, &argv);
  adw_init ();
  test_init ();
  g_test_add ("/access/large-text", Fixture, "digits-cnn.telar", set_up, test_large_text,
              tear_down);
  g_test_add_func ("/access/high-contrast", test_high_contrast);
  g_test_add ("/access/no-motion", Fixture, "digits-cnn.telar", set_up, test_no_motion, tear_down);
  g_test_add ("/access/wire-by-key", Fixture, "digits-cnn.telar", set_up, test_wire_by_key,
              tear_down);
  return g_test_run ();
}
