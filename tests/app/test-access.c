/* What the desktop asks for: larger text, more contrast, less motion, a focus that is seen; and the
 * keys of the wires. */
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

/* The card of a node at a zoom, drawn sharp, far enough from its edges that nothing else is in it.
 */
static Picture
card_at (Fixture *f, const char *id, double zoom, graphene_rect_t *inside)
{
  const graphene_rect_t *rect = telar_scene_node_rect (telar_scene_find (f->canvas->scene, id));
  Picture picture;

  telar_canvas_set_view (f->canvas, &(TelarView){ rect->origin.x - 20, rect->origin.y - 20, zoom });
  draw_sharp (f);
  picture = picture_of (f);
  *inside = GRAPHENE_RECT_INIT ((float)(24 * zoom), (float)(24 * zoom),
                                (float)((rect->size.width - 8) * zoom),
                                (float)((rect->size.height - 8) * zoom));
  return picture;
}

static guint
differing (const Picture *a, const Picture *b, const graphene_rect_t *area)
{
  guint n = 0;

  for (int y = (int)area->origin.y; y < (int)(area->origin.y + area->size.height); y++) {
    const guint32 *p = (const guint32 *)(a->data + (gsize)y * a->stride);
    const guint32 *q = (const guint32 *)(b->data + (gsize)y * b->stride);

    for (int x = (int)area->origin.x; x < (int)(area->origin.x + area->size.width); x++)
      n += p[x] != q[x];
  }
  return n;
}

/* Cards grow with the text, so that of a title as much is shown as with small text. */
static void
test_large_text (Fixture *f, gconstpointer data)
{
  static const double scales[] = { 1.5, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++) {
    graphene_rect_t inside;
    Picture small = card_at (f, "bn1", scales[i], &inside), large;

    set_text_scale (f, scales[i]);
    act (f, "canvas.zoom-original", NULL);
    g_assert_cmpfloat_with_epsilon (telar_canvas_zoom (f->canvas), scales[i], 0.01);
    large = card_at (f, "bn1", telar_canvas_zoom (f->canvas), &inside);
    g_assert_cmpuint (differing (&small, &large, &inside), ==, 0);
    g_free (small.data);
    g_free (large.data);
    set_text_scale (f, 1);
  }
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

static void
assert_all (const GdkRGBA *colours, guint n, const GdkRGBA *ground, double least)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (contrast (&colours[i], ground), >=, least);
}

/* Text as WCAG's middle level asks for, signs as it asks for them; one level higher each where the
 * desktop asks for high contrast. */
static void
assert_contrast (const TelarTheme *theme)
{
  gboolean high = theme->high_contrast;
  const GdkRGBA texts[] = { theme->text, theme->dim };
  const GdkRGBA signs[] = { theme->accent, theme->guide, theme->error, theme->warning,
                            theme->wire };
  const GdkRGBA grounds[] = { theme->accent, theme->error }; /* of the card's colour as ink */

  assert_all (texts, G_N_ELEMENTS (texts), &theme->card, high ? 7 : 4.5);
  assert_all (texts, G_N_ELEMENTS (texts), &theme->background, high ? 7 : 4.5);
  assert_all (grounds, G_N_ELEMENTS (grounds), &theme->card, 4.5);
  assert_all (signs, G_N_ELEMENTS (signs), &theme->background, high ? 4.5 : 3);
  assert_all (theme->kinds, G_N_ELEMENTS (theme->kinds), &theme->background, high ? 4.5 : 3);
  assert_all (theme->categories, TELAR_N_CATEGORIES, &theme->card, high ? 4.5 : 3);
  if (high) {
    assert_all (&theme->border, 1, &theme->card, 4.5);
    assert_all (theme->notes, TELAR_N_COLOURS, &theme->background, 4.5);
  }
}

static void
test_contrast (void)
{
  for (guint i = 0; i < 4; i++) {
    TelarTheme theme;

    telar_theme_make (&theme, i & 1, i & 2);
    assert_contrast (&theme);
  }
}

/* This program runs on a desktop that asks for high contrast: so does the canvas. */
static void
test_high_contrast (Fixture *f, gconstpointer data)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  AdwStyleManager *manager = adw_style_manager_get_default ();

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++) {
    adw_style_manager_set_color_scheme (manager, schemes[i]);
    g_assert_true (f->canvas->theme.high_contrast);
    g_assert_cmpint (f->canvas->theme.dark, ==, schemes[i] == ADW_COLOR_SCHEME_FORCE_DARK);
    assert_contrast (&f->canvas->theme);
  }
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
}

/* --- motion ----------------------------------------------------------------------------------- */

static void
assert_view (Fixture *f, const TelarView *view)
{
  g_assert_cmpfloat (f->canvas->view.x, ==, view->x);
  g_assert_cmpfloat (f->canvas->view.y, ==, view->y);
  g_assert_cmpfloat (f->canvas->view.zoom, ==, view->zoom);
}

static void
look_from_near (Fixture *f)
{
  adw_animation_skip (f->canvas->animation);
  telar_canvas_set_view (f->canvas, &(TelarView){ 4000, 4000, 2 });
}

/* What moves the view, with where it leads to: at once, before any frame has passed. */
static void
test_no_motion (Fixture *f, gconstpointer data)
{
  static const char *const actions[] = { "canvas.zoom-fit", "canvas.zoom-selection",
                                         "canvas.zoom-original" };
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (f->canvas));
  const TelarView near = { 4000, 4000, 2 };

  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", NULL });
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    TelarView end;

    look_from_near (f);
    act (f, actions[i], NULL);
    adw_animation_skip (f->canvas->animation);
    end = f->canvas->view;
    g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
    look_from_near (f);
    act (f, actions[i], NULL);
    g_assert_cmpfloat (end.zoom, !=, near.zoom);
    assert_view (f, &end);
    test_wait (50);
    assert_view (f, &end);
    g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
  }
  /* It does move where it may. */
  look_from_near (f);
  act (f, "canvas.zoom-fit", NULL);
  assert_view (f, &near);
  g_assert_cmpint (adw_animation_get_state (f->canvas->animation), ==, ADW_ANIMATION_PLAYING);
}

/* A node that is put into a wire, and those that make room for it, are where they stay. */
static void
test_no_motion_of_nodes (Fixture *f, gconstpointer data)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (f->canvas));
  g_autofree char *id = NULL;
  Picture at_once, later;

  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  telar_canvas_fit (f->canvas, TRUE);
  draw_sharp (f);
  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", NULL });
  id = telar_canvas_add (f->canvas, "relu");
  g_assert_nonnull (id);
  at_once = picture_of (f);
  test_wait (300);
  later = picture_of (f);
  g_assert_cmpuint (differing (&at_once, &later,
                               &GRAPHENE_RECT_INIT (0, 0, (float)later.width, (float)later.height)),
                    ==, 0);
  g_free (at_once.data);
  g_free (later.data);
  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
}

/* --- the focus -------------------------------------------------------------------------------- */

/* Pixels in the colour of rings around a place of the drawing. */
static guint
ring_around (Fixture *f, const graphene_rect_t *rect)
{
  graphene_point_t at = telar_canvas_to_widget (f->canvas, rect->origin.x, rect->origin.y);
  float zoom = (float)f->canvas->view.zoom;
  Picture picture = picture_of (f);
  guint n = 0;
  const GdkRGBA *ring = &f->canvas->theme.text;
  const int colour[] = { (int)roundf (ring->blue * 255), (int)roundf (ring->green * 255),
                         (int)roundf (ring->red * 255) };

  for (int y = MAX (0, (int)at.y - 16);
       y < MIN (picture.height, (int)(at.y + rect->size.height * zoom) + 16); y++) {
    for (int x = MAX (0, (int)at.x - 16);
         x < MIN (picture.width, (int)(at.x + rect->size.width * zoom) + 16); x++) {
      const guchar *p = picture.data + (gsize)y * picture.stride + 4 * x;

      n += p[0] == colour[0] && p[1] == colour[1] && p[2] == colour[2];
    }
  }
  g_free (picture.data);
  return n;
}

/* What has the keyboard has a ring while the focus is to be seen, and only then. */
static void
assert_ringed (Fixture *f, const graphene_rect_t *rect)
{
  guint with, without;

  gtk_window_set_focus_visible (GTK_WINDOW (f->window), TRUE);
  with = ring_around (f, rect);
  gtk_window_set_focus_visible (GTK_WINDOW (f->window), FALSE);
  without = ring_around (f, rect);
  gtk_window_set_focus_visible (GTK_WINDOW (f->window), TRUE);
  g_assert_cmpuint (with, >=, without + 40);
}

static void
test_focus_ring (Fixture *f, gconstpointer data)
{
  graphene_point_t port;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_LIGHT);
  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", NULL });
  telar_canvas_focus_current (f->canvas);
  while (!gtk_widget_has_focus (telar_canvas_current_proxy (f->canvas)))
    test_wait (5);
  assert_ringed (f, telar_scene_node_rect (telar_scene_find (f->canvas->scene, "conv1")));
  act (f, "canvas.next-wire", NULL);
  assert_ringed (f, &f->canvas->selected_edge->item.bounds);
  telar_edit_disconnect (f->document, "bn1", 0, 0);
  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", NULL });
  act (f, "canvas.wire", NULL);
  port = port_of (f, "bn1", FALSE, 0);
  assert_ringed (f, &GRAPHENE_RECT_INIT (port.x, port.y, 0, 0));
  g_assert_true (telar_canvas_wire_key (f->canvas, GDK_KEY_Escape, 0));
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
  g_test_add_func ("/access/contrast", test_contrast);
  g_test_add ("/access/high-contrast", Fixture, "digits-cnn.telar", set_up, test_high_contrast,
              tear_down);
  g_test_add ("/access/no-motion", Fixture, "digits-cnn.telar", set_up, test_no_motion, tear_down);
  g_test_add ("/access/no-motion-of-nodes", Fixture, "digits-cnn.telar", set_up,
              test_no_motion_of_nodes, tear_down);
  g_test_add ("/access/focus-ring", Fixture, "digits-cnn.telar", set_up, test_focus_ring,
              tear_down);
  g_test_add ("/access/wire-by-key", Fixture, "digits-cnn.telar", set_up, test_wire_by_key,
              tear_down);
  return g_test_run ();
}
