/* The canvas in a window: pointer, keyboard's actions, drops, and what is drawn. */
#include "tests/app/canvas-fixture.h"
#include "tests/app/support.h"

#include <string.h>

/* --- the pointer ------------------------------------------------------------------------------ */

static void
test_drag_node (Fixture *f, gconstpointer data)
{
  graphene_point_t at = middle_of (f, "conv1");
  g_autofree char *before = test_text (f->document);
  g_autofree char *after = NULL;
  double x = node (f, "conv1")->x, y = node (f, "conv1")->y;

  drag (f, at, GRAPHENE_POINT_INIT (at.x + 101, at.y + 205));
  g_assert_cmpfloat (node (f, "conv1")->x, ==, x + 104); /* on the grid */
  g_assert_cmpfloat (node (f, "conv1")->y, ==, y + 208);
  g_assert_true (telar_scene_find (f->canvas->scene, "conv1")->selected);
  telar_document_undo (f->document);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpfloat (telar_scene_node_rect (telar_scene_find (f->canvas->scene, "conv1"))->origin.x,
                     ==, (float)x);
  g_assert_null (telar_document_undo_name (f->document)); /* one drag, one edit */
}

static void
test_rubber_band (Fixture *f, gconstpointer data)
{
  const graphene_rect_t *a = telar_scene_node_rect (telar_scene_find (f->canvas->scene, "conv1"));
  const graphene_rect_t *b = telar_scene_node_rect (telar_scene_find (f->canvas->scene, "relu1"));
  g_auto (GStrv) selected = NULL;
  double x;

  drag (f, GRAPHENE_POINT_INIT (a->origin.x - 20, a->origin.y - 20),
        GRAPHENE_POINT_INIT (b->origin.x + 5, b->origin.y + 40));
  selected = telar_canvas_selection (f->canvas);
  g_assert_true (g_strv_contains ((const char *const *)selected, "conv1"));
  g_assert_true (g_strv_contains ((const char *const *)selected, "bn1"));
  g_assert_true (g_strv_contains ((const char *const *)selected, "relu1"));
  g_assert_false (g_strv_contains ((const char *const *)selected, "dense1"));
  /* What is selected moves together. */
  x = node (f, "relu1")->x;
  drag (f, middle_of (f, "conv1"), GRAPHENE_POINT_INIT (middle_of (f, "conv1").x + 80, 0));
  g_assert_cmpfloat (node (f, "relu1")->x, ==, x + 80);
}

static void
test_wire (Fixture *f, gconstpointer data)
{
  const TelarGraph *graph = telar_document_graph (f->document);
  const TelarEdge *edge;

  /* From an output to an input that has a wire: the wire is replaced. */
  drag (f, port_of (f, "conv1", TRUE, 0), port_of (f, "relu1", FALSE, 0));
  edge = telar_graph_incoming (graph, "relu1", 0, 0);
  g_assert_cmpstr (edge->from, ==, "conv1");
  telar_document_undo (f->document);
  g_assert_cmpstr (telar_graph_incoming (graph, "relu1", 0, 0)->from, ==, "bn1");
  /* Pulled off an input and let go over the ground: the wire is gone. */
  drag (f, port_of (f, "relu1", FALSE, 0),
        GRAPHENE_POINT_INIT (port_of (f, "relu1", FALSE, 0).x, -35));
  g_assert_null (telar_graph_incoming (graph, "relu1", 0, 0));
  /* From a free input back to an output. */
  drag (f, port_of (f, "relu1", FALSE, 0), port_of (f, "conv1", TRUE, 0));
  g_assert_cmpstr (telar_graph_incoming (graph, "relu1", 0, 0)->from, ==, "conv1");
}

static void
test_wire_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *before = test_text (f->document);
  g_autofree char *after = NULL;

  drag (f, port_of (f, "relu1", TRUE, 0), port_of (f, "conv1", FALSE, 0)); /* a cycle */
  g_assert_nonnull (f->message);
  g_assert_nonnull (strstr (f->message, "cycle"));
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpint (f->canvas->drag, ==, TELAR_DRAG_NONE);
}

static void
test_drop_operator (Fixture *f, gconstpointer data)
{
  GtkEventController *target = controller (f, GTK_TYPE_DROP_TARGET);
  TelarOperatorDrag payload = { telar_operator_find ("dropout") };
  const TelarSceneNode *conv = telar_scene_find (f->canvas->scene, "bn1");
  const TelarSceneEdge *edge = conv->edges->pdata[0];
  graphene_point_t wire = telar_curve_middle (&edge->curve);
  graphene_point_t at = telar_canvas_to_widget (f->canvas, wire.x, wire.y);
  guint n = telar_graph_nodes (telar_document_graph (f->document))->len;
  g_autofree char *from = g_strdup (edge->from->id);
  g_autofree char *to = g_strdup (edge->to->id);
  g_auto (GStrv) selected = NULL;
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, TELAR_TYPE_OPERATOR_DRAG);
  g_value_set_boxed (&value, &payload);
  g_signal_emit_by_name (target, "drop", &value, (double)at.x, (double)at.y, &taken);
  g_assert_true (taken);
  g_assert_cmpuint (telar_graph_nodes (telar_document_graph (f->document))->len, ==, n + 1);
  selected = telar_canvas_selection (f->canvas);
  /* Dropped on a wire it stands in the wire. */
  g_assert_cmpstr (telar_graph_incoming (telar_document_graph (f->document), to, 0, 0)->from, ==,
                   selected[0]);
  g_assert_cmpstr (
      telar_graph_incoming (telar_document_graph (f->document), selected[0], 0, 0)->from, ==, from);
  taken = FALSE;
  g_signal_emit_by_name (target, "drop", &value, 500.0, 650.0, &taken);
  g_assert_true (taken);
  g_assert_cmpuint (telar_graph_nodes (telar_document_graph (f->document))->len, ==, n + 2);
  g_value_unset (&value);
}

/* --- actions ---------------------------------------------------------------------------------- */

static void
test_actions (Fixture *f, gconstpointer data)
{
  const TelarGraph *graph = telar_document_graph (f->document);
  guint n = telar_graph_nodes (graph)->len;
  g_auto (GStrv) selected = NULL;
  double zoom;

  act (f, "canvas.clear-selection", NULL);
  act (f, "canvas.add-node", g_variant_new_string ("relu"));
  g_assert_cmpuint (telar_graph_nodes (graph)->len, ==, n + 1);
  selected = telar_canvas_selection (f->canvas);
  act (f, "canvas.connect", g_variant_new ("(ss)", "conv2", selected[0]));
  g_assert_cmpstr (telar_graph_incoming (graph, selected[0], 0, 0)->from, ==, "conv2");
  act (f, "canvas.connect", g_variant_new ("(ss)", "conv2:nowhere", selected[0]));
  g_assert_nonnull (f->message);
  act (f, "canvas.duplicate", NULL);
  g_assert_cmpuint (telar_graph_nodes (graph)->len, ==, n + 2);
  act (f, "canvas.remove", NULL);
  g_assert_cmpuint (telar_graph_nodes (graph)->len, ==, n + 1);
  act (f, "canvas.select-all", NULL);
  act (f, "canvas.remove", NULL);
  g_assert_cmpuint (telar_graph_nodes (graph)->len, ==, 0);
  telar_document_undo (f->document);
  g_assert_cmpuint (telar_graph_nodes (graph)->len, ==, n + 1);
  zoom = telar_canvas_zoom (f->canvas);
  act (f, "canvas.zoom-in", NULL);
  g_assert_cmpfloat (telar_canvas_zoom (f->canvas), >, zoom);
  act (f, "canvas.zoom-original", NULL);
  g_assert_cmpfloat_with_epsilon (telar_canvas_zoom (f->canvas), 1, 1e-9);
}

/* Cutting puts the nodes on the clipboard; pasting brings them back with their wires. */
static void
test_clipboard (Fixture *f, gconstpointer data)
{
  const TelarGraph *graph = telar_document_graph (f->document);
  guint n = telar_graph_nodes (graph)->len;

  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", "bn1", NULL });
  act (f, "canvas.cut", NULL);
  g_assert_cmpuint (telar_graph_nodes (graph)->len, ==, n - 2);
  act (f, "canvas.paste", NULL);
  while (telar_graph_nodes (graph)->len != n)
    g_main_context_iteration (NULL, TRUE);
}

/* No card covers another after arranging, and one step takes it back. */
static void
test_arrange (Fixture *f, gconstpointer data)
{
  const GPtrArray *nodes = telar_scene_nodes (f->canvas->scene);
  g_autofree char *before = test_text (f->document);
  g_autofree char *after = NULL;

  act (f, "canvas.arrange", NULL);
  while (f->canvas->arranging)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < nodes->len; i++) {
    for (guint k = i + 1; k < nodes->len; k++)
      g_assert_false (graphene_rect_intersection (telar_scene_node_rect (nodes->pdata[i]),
                                                  telar_scene_node_rect (nodes->pdata[k]), NULL));
  }
  telar_document_undo (f->document);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
}

static void
test_zoom_about (Fixture *f, gconstpointer data)
{
  graphene_point_t before = telar_canvas_from_widget (f->canvas, 300, 200), after;

  telar_canvas_zoom_about (f->canvas, 1.7, 300, 200);
  after = telar_canvas_from_widget (f->canvas, 300, 200);
  g_assert_cmpfloat_with_epsilon (before.x, after.x, 0.01);
  g_assert_cmpfloat_with_epsilon (before.y, after.y, 0.01);
  telar_canvas_fit (f->canvas, FALSE);
  for (guint i = 0; i < telar_scene_nodes (f->canvas->scene)->len; i++) {
    const TelarSceneNode *item = telar_scene_nodes (f->canvas->scene)->pdata[i];
    graphene_point_t at =
        telar_canvas_to_widget (f->canvas, item->item.bounds.origin.x, item->item.bounds.origin.y);

    g_assert_cmpfloat (at.x, >=, 0);
    g_assert_cmpfloat (at.y, >=, 0);
    g_assert_cmpfloat (at.x, <, gtk_widget_get_width (GTK_WIDGET (f->canvas)));
  }
}

/* --- pixels ----------------------------------------------------------------------------------- */

/* Whether the pixel at a point of the canvas has the colour, within a few steps. */
static gboolean
has_colour (Fixture *f, const Picture *picture, float x, float y, const GdkRGBA *colour)
{
  graphene_point_t at = telar_canvas_to_widget (f->canvas, x, y);
  const guchar *pixel = picture->data + (gsize)at.y * picture->stride + 4 * (gsize)at.x;
  const float wanted[] = { colour->blue, colour->green, colour->red };

  for (guint i = 0; i < 3; i++) {
    if (ABS (pixel[i] - (int)(wanted[i] * 255 + 0.5f)) > 6)
      return FALSE;
  }
  return TRUE;
}

static void
test_pixels (Fixture *f, gconstpointer data)
{
  const TelarTheme *theme = &f->canvas->theme;
  const graphene_rect_t *rect =
      telar_scene_node_rect (telar_scene_find (f->canvas->scene, "conv1"));
  float left = rect->origin.x, top = rect->origin.y, middle = top + rect->size.height / 2;
  const TelarSceneEdge *edge = telar_scene_find (f->canvas->scene, "conv1")->edges->pdata[0];
  graphene_point_t wire = telar_curve_middle (&edge->curve);
  Picture picture;

  telar_canvas_clear_selection (f->canvas);
  telar_canvas_set_view (f->canvas, &(TelarView){ left - 100, top - 100, 1 });
  draw_sharp (f);
  picture = picture_of (f);
  g_assert_true (has_colour (f, &picture, left + 150, top + rect->size.height - 6, &theme->card));
  g_assert_true (
      has_colour (f, &picture, left + 2, top + 20, &theme->categories[TELAR_CATEGORY_LAYER]));
  g_assert_true (has_colour (f, &picture, left, middle, &theme->kinds[TELAR_PORT_TENSOR]));
  g_assert_true (has_colour (f, &picture, wire.x, wire.y, &theme->kinds[TELAR_PORT_TENSOR]));
  g_assert_true (has_colour (f, &picture, left - 30, top - 13, &theme->background));
  g_assert_false (has_colour (f, &picture, left + 100, top - 2, &theme->accent));
  g_free (picture.data);
  /* The halo lies around the card, which stays as it is. */
  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", NULL });
  picture = picture_of (f);
  g_assert_true (has_colour (f, &picture, left + 100, top - 2, &theme->accent));
  g_assert_true (has_colour (f, &picture, left + 150, top + rect->size.height - 6, &theme->card));
  g_free (picture.data);
}

/* From afar cards are blocks in the colour of their category. */
static void
test_pixels_far (Fixture *f, gconstpointer data)
{
  const TelarTheme *theme = &f->canvas->theme;
  const graphene_rect_t *rect =
      telar_scene_node_rect (telar_scene_find (f->canvas->scene, "conv1"));
  GdkRGBA block = telar_theme_mix (&theme->card, &theme->categories[TELAR_CATEGORY_LAYER], 0.55f);
  Picture picture;

  telar_canvas_clear_selection (f->canvas);
  telar_canvas_set_view (f->canvas,
                         &(TelarView){ rect->origin.x - 1000, rect->origin.y - 1000, 0.1 });
  picture = picture_of (f);
  g_assert_true (has_colour (f, &picture, rect->origin.x + rect->size.width / 2,
                             rect->origin.y + rect->size.height / 2, &block));
  g_free (picture.data);
}

/* --- a life ----------------------------------------------------------------------------------- */

static void
test_finalize (void)
{
  GtkWidget *window = gtk_window_new ();
  TelarCanvas *canvas = TELAR_CANVAS (telar_canvas_new ());
  TelarDocument *document = test_sample ("digits-cnn.telar");

  g_object_ref (canvas);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (canvas));
  telar_canvas_set_document (canvas, document, NULL);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (canvas));
  telar_canvas_quick_add (canvas, 100, 100, NULL);
  test_wait (50);
  gtk_window_destroy (GTK_WINDOW (window));
  test_finalizes (canvas);
  test_finalizes (document);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  adw_init ();
  test_init ();
#define TEST(path, function)                                                                       \
  g_test_add (path, Fixture, "digits-cnn.telar", set_up, function, tear_down)
  TEST ("/canvas/drag-node", test_drag_node);
  TEST ("/canvas/rubber-band", test_rubber_band);
  TEST ("/canvas/wire", test_wire);
  TEST ("/canvas/wire-refused", test_wire_refused);
  TEST ("/canvas/drop-operator", test_drop_operator);
  TEST ("/canvas/actions", test_actions);
  TEST ("/canvas/clipboard", test_clipboard);
  TEST ("/canvas/arrange", test_arrange);
  TEST ("/canvas/zoom", test_zoom_about);
  TEST ("/canvas/pixels", test_pixels);
  TEST ("/canvas/pixels-far", test_pixels_far);
  g_test_add_func ("/canvas/finalize", test_finalize);
  return g_test_run ();
}
