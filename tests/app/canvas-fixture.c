/* A canvas in a window, and what a person does with it. */
#include "tests/app/canvas-fixture.h"

#include "tests/app/support.h"

static void
on_message (TelarCanvas *canvas, const char *text, Fixture *f)
{
  g_free (f->message);
  f->message = g_strdup (text);
}

void
set_up (Fixture *f, gconstpointer sample)
{
  set_up_with (f, test_sample (sample));
}

void
set_up_with (Fixture *f, TelarDocument *document)
{
  f->window = gtk_window_new ();
  f->canvas = TELAR_CANVAS (telar_canvas_new ());
  f->document = document;
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1000, 700);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->canvas));
  g_signal_connect (f->canvas, "message", G_CALLBACK (on_message), f);
  telar_canvas_set_document (f->canvas, f->document, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->canvas));
  telar_canvas_set_view (f->canvas, &(TelarView){ -40, -40, 0.75 });
}

void
tear_down (Fixture *f, gconstpointer sample)
{
  telar_document_close (f->document);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_object_unref (f->document);
  g_free (f->message);
}

GtkEventController *
controller (Fixture *f, GType type)
{
  g_autoptr (GListModel) list = gtk_widget_observe_controllers (GTK_WIDGET (f->canvas));

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (GtkEventController) item = g_list_model_get_item (list, i);

    if (G_TYPE_CHECK_INSTANCE_TYPE (item, type) && G_OBJECT_TYPE (item) == type)
      return item;
  }
  g_assert_not_reached ();
}

/* Presses at a point of the canvas, moves in steps to another, lets go. */
void
drag (Fixture *f, graphene_point_t from, graphene_point_t to)
{
  GtkEventController *gesture = controller (f, GTK_TYPE_GESTURE_DRAG);
  graphene_point_t a = telar_canvas_to_widget (f->canvas, from.x, from.y);
  graphene_point_t b = telar_canvas_to_widget (f->canvas, to.x, to.y);
  double dx = b.x - a.x, dy = b.y - a.y;

  g_signal_emit_by_name (gesture, "drag-begin", (double)a.x, (double)a.y);
  for (int i = 1; i <= 8; i++)
    g_signal_emit_by_name (gesture, "drag-update", dx * i / 8, dy * i / 8);
  g_signal_emit_by_name (gesture, "drag-end", dx, dy);
}

graphene_point_t
middle_of (Fixture *f, const char *id)
{
  const graphene_rect_t *rect = telar_scene_node_rect (telar_scene_find (f->canvas->scene, id));

  return GRAPHENE_POINT_INIT (rect->origin.x + rect->size.width / 2, rect->origin.y + 12);
}

graphene_point_t
port_of (Fixture *f, const char *id, gboolean output, guint port)
{
  return telar_scene_port (telar_scene_find (f->canvas->scene, id), output, port);
}

const TelarNode *
node (Fixture *f, const char *id)
{
  return telar_graph_find_node (telar_document_graph (f->document), id);
}

void
act (Fixture *f, const char *name, GVariant *parameter)
{
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (f->canvas), name, parameter));
}

Picture
picture_of (Fixture *f)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (GTK_WIDGET (f->canvas));
  int height = gtk_widget_get_height (GTK_WIDGET (f->canvas));
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (f->window));
  GskRenderNode *render;
  g_autoptr (GdkTexture) texture = NULL;
  Picture picture = { NULL, (gsize)width * 4, width, height };

  telar_canvas_snapshot (GTK_WIDGET (f->canvas), snapshot);
  render = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (renderer, render,
                                         &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  gsk_render_node_unref (render);
  picture.data = g_malloc (picture.stride * (gsize)height);
  gdk_texture_download (texture, picture.data, picture.stride);
  return picture;
}

static gboolean
is_sharp (Fixture *f)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  graphene_rect_t visible = telar_canvas_visible (f->canvas);
  float scale =
      (float)(f->canvas->view.zoom * gtk_widget_get_scale_factor (GTK_WIDGET (f->canvas)));
  gboolean sharp = TRUE;

  telar_scene_query (f->canvas->scene, &visible, nodes, NULL);
  for (guint i = 0; i < nodes->len; i++)
    sharp &= (float)((const TelarSceneNode *)nodes->pdata[i])->pixels_scale == scale;
  return sharp;
}

void
draw_sharp (Fixture *f)
{
  do {
    g_free (picture_of (f).data);
    test_wait (10);
  } while (!is_sharp (f));
  g_free (picture_of (f).data);
}
