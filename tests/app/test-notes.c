/* Frames, notes and bends on the canvas, by pointer and by key. */
#include "tests/app/canvas-fixture.h"
#include "tests/app/support.h"

#include <string.h>

static const TelarGraph *
graph_of (Fixture *f)
{
  return telar_document_drawing (f->document);
}

static const TelarEdge *
incoming (Fixture *f, const char *id)
{
  return telar_graph_incoming (graph_of (f), id, 0, 0);
}

static TelarSceneEdge *
wire_to (Fixture *f, const char *to)
{
  const TelarSceneNode *end = telar_scene_find (f->canvas->scene, to);

  for (guint i = 0; i < end->edges->len; i++) {
    TelarSceneEdge *edge = end->edges->pdata[i];

    if (edge->to == end)
      return edge;
  }
  g_assert_not_reached ();
}

/* Three nodes in a row with room around them. */
static void
spread_out (Fixture *f)
{
  const TelarPlace places[] = { { "conv1", 0, -600 },
                                { "bn1", 400, -600 },
                                { "relu1", 800, -600 } };

  telar_edit_place (f->document, "Move", places, 3, NULL);
  telar_canvas_set_view (f->canvas, &(TelarView){ -100, -800, 0.75 });
}

static void
double_click (Fixture *f, graphene_point_t at)
{
  GtkEventController *gesture = controller (f, GTK_TYPE_GESTURE_DRAG);
  graphene_point_t place = telar_canvas_to_widget (f->canvas, at.x, at.y);

  g_signal_emit_by_name (gesture, "drag-begin", (double)place.x, (double)place.y);
  g_signal_emit_by_name (gesture, "drag-end", 0.0, 0.0);
  telar_canvas_double_click (f->canvas, place.x, place.y);
}

static void
write_text (Fixture *f, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (f->canvas->note_editor));

  gtk_text_buffer_set_text (buffer, text, -1);
  telar_canvas_finish_note (f->canvas);
  g_assert_null (f->canvas->note_editor);
}

/* --- frames ----------------------------------------------------------------------------------- */

static void
test_frame (Fixture *f, gconstpointer data)
{
  const TelarNote *frame;
  graphene_point_t title;
  double x;

  spread_out (f);
  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", "bn1", NULL });
  act (f, "canvas.add-frame", NULL);
  g_assert_nonnull (f->canvas->note_editor);
  write_text (f, "  First stage ");
  frame = telar_graph_find_note (graph_of (f), "frame1");
  g_assert_cmpstr (frame->text, ==, "First stage");
  g_assert_cmpuint (f->canvas->note_proxies->len, ==, 1);
  /* Held by its title it takes along what lies in it, and nothing else; the ground in it is ground.
   */
  title = GRAPHENE_POINT_INIT ((float)frame->x + 60, (float)frame->y + 15);
  x = frame->x;
  drag (f, title, GRAPHENE_POINT_INIT (title.x + 160, title.y + 400));
  frame = telar_graph_find_note (graph_of (f), "frame1");
  g_assert_cmpfloat (frame->x, !=, x);
  g_assert_cmpfloat (node (f, "conv1")->x, ==, frame->x - x);
  g_assert_cmpfloat (node (f, "bn1")->x - node (f, "conv1")->x, ==, 400);
  g_assert_cmpfloat (node (f, "relu1")->x, ==, 800);
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Move");
  telar_document_undo (f->document);
  g_assert_cmpfloat (telar_graph_find_note (graph_of (f), "frame1")->x, ==, x);
  g_assert_cmpfloat (node (f, "conv1")->x, ==, 0);
  drag (f, GRAPHENE_POINT_INIT (300, -535), GRAPHENE_POINT_INIT (420, -531));
  g_assert_cmpint (telar_scene_find (f->canvas->scene, "bn1")->selected, ==, TRUE);
  g_assert_cmpfloat (telar_graph_find_note (graph_of (f), "frame1")->x, ==, x);
}

static void
test_frame_size (Fixture *f, gconstpointer data)
{
  const TelarNote *frame;
  double right, width;

  spread_out (f);
  telar_canvas_select (f->canvas, (const char *const[]){ "conv1", NULL });
  act (f, "canvas.add-frame", NULL);
  telar_canvas_finish_note (f->canvas);
  frame = telar_graph_find_note (graph_of (f), "frame1");
  width = frame->width;
  right = frame->x + width;
  drag (f, GRAPHENE_POINT_INIT ((float)right, (float)(frame->y + frame->height)),
        GRAPHENE_POINT_INIT ((float)right + 80, (float)(frame->y + frame->height) + 40));
  frame = telar_graph_find_note (graph_of (f), "frame1");
  g_assert_cmpfloat_with_epsilon (frame->width, width + 80, 8);
  g_assert_cmpfloat (node (f, "conv1")->x, ==, 0);
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Resize the frame");
  /* By key, as often as one likes, and one step back. */
  width = frame->width;
  act (f, "canvas.size-note", g_variant_new_string ("narrower"));
  act (f, "canvas.size-note", g_variant_new_string ("narrower"));
  g_assert_cmpfloat (telar_graph_find_note (graph_of (f), "frame1")->width, ==, width - 32);
  telar_document_undo (f->document);
  g_assert_cmpfloat (telar_graph_find_note (graph_of (f), "frame1")->width, ==, width);
  /* Pulled past the border across it stays large enough to hold. */
  drag (f, GRAPHENE_POINT_INIT ((float)frame->x, (float)frame->y + 60),
        GRAPHENE_POINT_INIT ((float)frame->x + 2000, (float)frame->y + 60));
  g_assert_cmpfloat (telar_graph_find_note (graph_of (f), "frame1")->width, >=, TELAR_NOTE_LEAST);
}

/* --- notes ------------------------------------------------------------------------------------ */

static void
test_note (Fixture *f, gconstpointer data)
{
  TelarNoteItem *item;
  g_auto (GStrv) selected = NULL;
  graphene_point_t at;

  spread_out (f);
  telar_canvas_clear_selection (f->canvas);
  f->canvas->current = NULL;
  act (f, "canvas.add-note", NULL);
  write_text (f, "Try fewer filters");
  item = telar_canvas_find_note (f->canvas, "note1");
  g_assert_cmpstr (item->text, ==, "Try fewer filters");
  selected = telar_canvas_selected_notes (f->canvas);
  g_assert_cmpstr (selected[0], ==, "note1");
  act (f, "canvas.colour-note", g_variant_new_string ("green"));
  g_assert_cmpint (telar_graph_find_note (graph_of (f), "note1")->colour, ==, TELAR_COLOUR_GREEN);
  act (f, "canvas.next-colour", NULL);
  g_assert_cmpint (telar_graph_find_note (graph_of (f), "note1")->colour, ==, TELAR_COLOUR_YELLOW);
  /* A double click writes in it. */
  item = telar_canvas_find_note (f->canvas, "note1");
  at = GRAPHENE_POINT_INIT (item->rect.origin.x + 60, item->rect.origin.y + 60);
  double_click (f, at);
  g_assert_nonnull (f->canvas->note_editor);
  write_text (f, "Try more");
  telar_document_undo (f->document);
  g_assert_cmpstr (telar_graph_find_note (graph_of (f), "note1")->text, ==, "Try fewer filters");
  /* Undo may take the note away while it is being written. */
  act (f, "canvas.edit-note", NULL);
  while (telar_graph_find_note (graph_of (f), "note1"))
    telar_document_undo (f->document);
  g_assert_null (f->canvas->note_editor);
}

static void
test_notes_among_nodes (Fixture *f, gconstpointer data)
{
  const GPtrArray *notes = telar_graph_notes (graph_of (f));
  guint n = telar_graph_nodes (graph_of (f))->len;
  g_autofree char *id = NULL, *before = NULL, *after = NULL;

  spread_out (f);
  id = telar_edit_add_note (f->document, 0, -420);
  before = test_text (f->document);
  /* The rubber band takes both; one move, one copy, one removal. */
  drag (f, GRAPHENE_POINT_INIT (-60, -640), GRAPHENE_POINT_INIT (180, -350));
  g_assert_true (telar_scene_find (f->canvas->scene, "conv1")->selected);
  g_assert_true (telar_canvas_find_note (f->canvas, id)->selected);
  drag (f, middle_of (f, "conv1"),
        GRAPHENE_POINT_INIT (middle_of (f, "conv1").x, middle_of (f, "conv1").y - 64));
  g_assert_cmpfloat (telar_graph_find_note (graph_of (f), id)->y + 420, ==,
                     node (f, "conv1")->y + 600);
  act (f, "canvas.duplicate", NULL);
  g_assert_cmpuint (notes->len, ==, 2);
  g_assert_cmpuint (telar_graph_nodes (graph_of (f))->len, ==, n + 1);
  act (f, "canvas.remove", NULL);
  g_assert_cmpuint (notes->len, ==, 1);
  g_assert_cmpuint (telar_graph_nodes (graph_of (f))->len, ==, n);
  for (guint i = 0; i < 3; i++)
    telar_document_undo (f->document);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
  /* By key from one to the next, and away with it. */
  telar_canvas_clear_selection (f->canvas);
  act (f, "canvas.next-note", NULL);
  g_assert_true (telar_canvas_find_note (f->canvas, id)->selected);
  act (f, "canvas.remove", NULL);
  g_assert_cmpuint (notes->len, ==, 0);
}

/* --- bends ------------------------------------------------------------------------------------ */

static void
test_bend (Fixture *f, gconstpointer data)
{
  const TelarBend *bend;
  graphene_point_t middle;

  spread_out (f);
  middle = telar_curve_middle (&wire_to (f, "bn1")->curve);
  double_click (f, middle);
  g_assert_nonnull (incoming (f, "bn1")->bends);
  bend = &g_array_index (incoming (f, "bn1")->bends, TelarBend, 0);
  drag (f, GRAPHENE_POINT_INIT ((float)bend->x, (float)bend->y),
        GRAPHENE_POINT_INIT (middle.x, middle.y - 120));
  bend = &g_array_index (incoming (f, "bn1")->bends, TelarBend, 0);
  g_assert_cmpfloat_with_epsilon (bend->y, middle.y - 120, 8);
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Move the bend");
  /* The wire runs through it, and is found there. */
  g_assert_true (telar_scene_edge_at (f->canvas->scene, (float)bend->x, (float)bend->y, 1) ==
                 wire_to (f, "bn1"));
  /* A second one after it, then each is taken out by a double click. */
  telar_canvas_add_bend (f->canvas, wire_to (f, "bn1"), middle.x + 60, middle.y - 40);
  g_assert_cmpuint (incoming (f, "bn1")->bends->len, ==, 2);
  g_assert_cmpfloat (g_array_index (incoming (f, "bn1")->bends, TelarBend, 0).y, <,
                     g_array_index (incoming (f, "bn1")->bends, TelarBend, 1).y);
  telar_canvas_remove_bend (f->canvas, wire_to (f, "bn1"), 0);
  g_assert_cmpuint (incoming (f, "bn1")->bends->len, ==, 1);
  act (f, "canvas.straighten", NULL);
  g_assert_null (incoming (f, "bn1")->bends);
}

static void
test_bend_by_key (Fixture *f, gconstpointer data)
{
  double x;

  spread_out (f);
  telar_canvas_select_edge (f->canvas, wire_to (f, "bn1"));
  act (f, "canvas.add-bend", NULL);
  g_assert_cmpuint (incoming (f, "bn1")->bends->len, ==, 1);
  g_assert_cmpint (f->canvas->current_bend, ==, 0);
  x = g_array_index (incoming (f, "bn1")->bends, TelarBend, 0).x;
  g_assert_true (telar_canvas_nudge_bend (f->canvas, 8, 0));
  g_assert_cmpfloat (g_array_index (incoming (f, "bn1")->bends, TelarBend, 0).x, ==, x + 8);
  /* Removing takes the bend, then the wire. */
  act (f, "canvas.remove", NULL);
  g_assert_null (incoming (f, "bn1")->bends);
  g_assert_cmpstr (incoming (f, "bn1")->from, ==, "conv1");
  act (f, "canvas.remove", NULL);
  g_assert_null (incoming (f, "bn1"));
}

static void
test_too_many_bends (Fixture *f, gconstpointer data)
{
  spread_out (f);
  for (guint i = 0; i < TELAR_MAX_BENDS; i++)
    telar_canvas_add_bend (f->canvas, wire_to (f, "bn1"), 220 + 12 * (float)i, -500);
  g_assert_null (f->message);
  telar_canvas_add_bend (f->canvas, wire_to (f, "bn1"), 300, -400);
  g_assert_cmpstr (f->message, ==, "a wire bends at 12 places at most");
  g_assert_cmpuint (incoming (f, "bn1")->bends->len, ==, TELAR_MAX_BENDS);
}

/* A drag that is given up changes nothing. */
static void
test_cancelled (Fixture *f, gconstpointer data)
{
  GtkEventController *gesture = controller (f, GTK_TYPE_GESTURE_DRAG);
  g_autofree char *id = NULL, *before = NULL, *after = NULL;
  graphene_point_t at;

  spread_out (f);
  id = telar_edit_add_note (f->document, 0, -420);
  telar_edit_bend (f->document, incoming (f, "bn1"), &(TelarBend){ 304, -480 }, 1, NULL);
  before = test_text (f->document);
  for (guint i = 0; i < 3; i++) {
    const graphene_point_t starts[] = { { 60, -380 }, { 224, -292 }, { 304, -480 } };

    at = telar_canvas_to_widget (f->canvas, starts[i].x, starts[i].y);
    g_signal_emit_by_name (gesture, "drag-begin", (double)at.x, (double)at.y);
    g_signal_emit_by_name (gesture, "drag-update", 50.0, 50.0);
    g_assert_cmpint (f->canvas->drag, !=, TELAR_DRAG_NONE);
    telar_canvas_cancel_drag (f->canvas);
  }
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpfloat (telar_canvas_find_note (f->canvas, id)->rect.origin.x, ==, 0);
  g_assert_cmpfloat (wire_to (f, "bn1")->bends[0].x, ==, 304);
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
  TEST ("/notes/frame", test_frame);
  TEST ("/notes/frame/size", test_frame_size);
  TEST ("/notes/note", test_note);
  TEST ("/notes/among-nodes", test_notes_among_nodes);
  TEST ("/notes/bend", test_bend);
  TEST ("/notes/bend/by-key", test_bend_by_key);
  TEST ("/notes/bend/too-many", test_too_many_bends);
  TEST ("/notes/cancelled", test_cancelled);
  return g_test_run ();
}
