/* The canvas's tiles: whatever happens, they show what drawing all of it anew would. */
#include "app/canvas/tiles.h"
#include "tests/app/canvas-fixture.h"
#include "tests/app/support.h"

/* Compares the picture with that of tiles which are all drawn anew. Returns what it looks like. */
static guint
check (Fixture *f, const char *what)
{
  Picture picture = picture_of (f), anew;
  guint n_other = 0, sum = 0;

  telar_tiles_forget (f->canvas->tiles);
  anew = picture_of (f);
  for (gsize i = 0; i < picture.stride * (gsize)picture.height; i++) {
    n_other += ABS (picture.data[i] - anew.data[i]) > 2;
    sum = sum * 31 + anew.data[i];
  }
  if (n_other)
    g_error ("%s: %u bytes of the picture are not as they would be", what, n_other);
  g_free (picture.data);
  g_free (anew.data);
  return sum;
}

static TelarSceneNode *
scene_node (Fixture *f, const char *id)
{
  return telar_scene_find (f->canvas->scene, id);
}

static void
look (Fixture *f, double zoom)
{
  const graphene_rect_t *rect = telar_scene_node_rect (scene_node (f, "conv1"));

  telar_canvas_clear_selection (f->canvas);
  telar_canvas_set_view (f->canvas,
                         &(TelarView){ rect->origin.x - 90.3, rect->origin.y - 70.7, zoom });
}

/* Half-way through a drag of the node. */
static void
hold (Fixture *f, const char *id, double dx, double dy)
{
  GtkEventController *gesture = controller (f, GTK_TYPE_GESTURE_DRAG);
  graphene_point_t at = middle_of (f, id);
  at = telar_canvas_to_widget (f->canvas, at.x, at.y);

  g_signal_emit_by_name (gesture, "drag-begin", (double)at.x, (double)at.y);
  g_signal_emit_by_name (gesture, "drag-update", dx / 2, dy / 2);
  g_free (picture_of (f).data);
  g_signal_emit_by_name (gesture, "drag-update", dx, dy);
}

static void
check_all (Fixture *f, double zoom)
{
  TelarView view;
  guint before, after;

  look (f, zoom);
  draw_sharp (f);
  before = check (f, "at first");
  view = f->canvas->view;
  view.x += 333.4;
  view.y += 41.9;
  telar_canvas_set_view (f->canvas, &view);
  draw_sharp (f);
  after = check (f, "after panning");
  g_assert_cmpuint (after, !=, before);
  telar_canvas_select (f->canvas, (const char *const[]){ "relu1", "bn1", NULL });
  g_assert_true (telar_scene_find (f->canvas->scene, "bn1")->selected);
  before = check (f, "with a selection");
  g_assert_cmpuint (after, !=, before);
  telar_canvas_select_edge (f->canvas, scene_node (f, "bn1")->edges->pdata[0]);
  check (f, "with a wire selected");
  f->canvas->hover.edge = scene_node (f, "conv1")->edges->pdata[0];
  check (f, "with a wire under the pointer");
  look (f, zoom);
  draw_sharp (f);
  hold (f, "conv1", 61, 143);
  g_assert_cmpint (f->canvas->drag, ==, TELAR_DRAG_MOVE);
  after = check (f, "while a node is dragged");
  telar_canvas_cancel_drag (f->canvas);
  before = check (f, "after it was put back");
  g_assert_cmpuint (after, !=, before);
}

static void
test_near (Fixture *f, gconstpointer data)
{
  check_all (f, 1);
}

static void
test_brief (Fixture *f, gconstpointer data)
{
  check_all (f, 0.4);
}

/* A node that is pressed far away moves: ports, which are not seen there, do not catch the press.
 */
static void
test_far (Fixture *f, gconstpointer data)
{
  Picture picture;

  for (double zoom = TELAR_ZOOM_MIN; zoom < 0.3; zoom += 0.04) {
    look (f, zoom);
    picture = picture_of (f);
    g_free (picture.data);
    hold (f, "conv1", 61, 43);
    g_assert_cmpint (f->canvas->drag, ==, TELAR_DRAG_MOVE);
    telar_canvas_cancel_drag (f->canvas);
  }
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
  TEST ("/tiles/near", test_near);
  TEST ("/tiles/brief", test_brief);
  TEST ("/tiles/far", test_far);
  return g_test_run ();
}
