/* Drawing by hand: inserting, cutting, shaking, snapping, replacing, following the wires. */
#include "app/canvas/follow.h"
#include "tests/app/canvas-fixture.h"
#include "tests/app/support.h"

#include <string.h>

static const TelarEdge *
incoming (Fixture *f, const char *id)
{
  return telar_graph_incoming (telar_document_graph (f->document), id, 0, 0);
}

static graphene_point_t
wire_middle (Fixture *f, const char *to)
{
  const TelarSceneNode *end = telar_scene_find (f->canvas->scene, to);

  for (guint i = 0; i < end->edges->len; i++) {
    const TelarSceneEdge *edge = end->edges->pdata[i];

    if (edge->to == end)
      return telar_curve_middle (&edge->curve);
  }
  g_assert_not_reached ();
}

/* The sample in one row with wide gaps, so that what is done to one wire touches no other. */
static void
spread_out (Fixture *f)
{
  const char *const row[] = { "conv1", "bn1", "relu1" };

  for (guint i = 0; i < G_N_ELEMENTS (row); i++) {
    TelarPlace place = { row[i], 400.0 * i, -600 };

    telar_edit_place (f->document, "Move", &place, 1, NULL);
  }
  telar_canvas_set_view (f->canvas, &(TelarView){ -60, -800, 0.75 });
}

/* --- into a wire ------------------------------------------------------------------------------ */

static void
test_move_into_wire (Fixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *before = NULL, *after = NULL;
  graphene_point_t at;

  spread_out (f);
  id = telar_edit_add (f->document, "dropout", 300, -250, NULL, NULL);
  before = test_text (f->document);
  at = middle_of (f, id);
  drag (f, at, GRAPHENE_POINT_INIT (wire_middle (f, "bn1").x, wire_middle (f, "bn1").y - 24));
  g_assert_cmpstr (incoming (f, "bn1")->from, ==, id);
  g_assert_cmpstr (incoming (f, id)->from, ==, "conv1");
  /* Neighbours have made room. */
  g_assert_cmpfloat (node (f, "bn1")->x, >=, node (f, id)->x + TELAR_CARD_WIDTH + TELAR_GAP);
  telar_document_undo (f->document);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
}

/* A node that hangs on something is only moved. */
static void
test_move_over_wire (Fixture *f, gconstpointer data)
{
  graphene_point_t target;

  spread_out (f);
  target = wire_middle (f, "bn1");
  drag (f, middle_of (f, "relu1"), GRAPHENE_POINT_INIT (target.x, target.y - 24));
  g_assert_cmpstr (incoming (f, "bn1")->from, ==, "conv1");
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Move");
}

static void
drop (Fixture *f, const char *op, graphene_point_t at)
{
  GtkEventController *target = controller (f, GTK_TYPE_DROP_TARGET);
  TelarOperatorDrag payload = { telar_operator_find (op) };
  graphene_point_t place = telar_canvas_to_widget (f->canvas, at.x, at.y);
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, TELAR_TYPE_OPERATOR_DRAG);
  g_value_set_boxed (&value, &payload);
  g_signal_emit_by_name (target, "drop", &value, (double)place.x, (double)place.y, &taken);
  g_assert_true (taken);
  g_value_unset (&value);
}

static void
test_drop_replaces (Fixture *f, gconstpointer data)
{
  guint n = telar_graph_nodes (telar_document_graph (f->document))->len;

  spread_out (f);
  drop (f, "tanh", middle_of (f, "relu1"));
  g_assert_null (node (f, "relu1"));
  g_assert_cmpstr (incoming (f, "tanh1")->from, ==, "bn1");
  g_assert_cmpuint (telar_graph_nodes (telar_document_graph (f->document))->len, ==, n);
}

/* --- out of the wires ------------------------------------------------------------------------- */

/* Presses on a node, goes to and fro, ends at a point. */
static void
shake (Fixture *f, const char *id, guint turns, graphene_point_t to)
{
  GtkEventController *gesture = controller (f, GTK_TYPE_GESTURE_DRAG);
  graphene_point_t at = middle_of (f, id);
  graphene_point_t a = telar_canvas_to_widget (f->canvas, at.x, at.y);
  graphene_point_t b = telar_canvas_to_widget (f->canvas, to.x, to.y);

  g_signal_emit_by_name (gesture, "drag-begin", (double)a.x, (double)a.y);
  for (guint turn = 0; turn < turns; turn++)
    for (int i = -3; i <= 3; i++)
      g_signal_emit_by_name (gesture, "drag-update", (turn % 2 ? -1 : 1) * i * 12.0, 2.0);
  g_signal_emit_by_name (gesture, "drag-update", (double)(b.x - a.x), (double)(b.y - a.y));
  g_signal_emit_by_name (gesture, "drag-end", (double)(b.x - a.x), (double)(b.y - a.y));
}

static void
test_shake (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;

  spread_out (f);
  before = test_text (f->document);
  shake (f, "bn1", 6, GRAPHENE_POINT_INIT (504, -400));
  g_assert_null (incoming (f, "bn1"));
  g_assert_cmpstr (incoming (f, "relu1")->from, ==, "conv1");
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Shake loose");
  telar_document_undo (f->document);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
  /* Once to and fro is no shake. */
  shake (f, "bn1", 2, GRAPHENE_POINT_INIT (504, -400));
  g_assert_cmpstr (incoming (f, "bn1")->from, ==, "conv1");
}

static void
test_cut_stroke (Fixture *f, gconstpointer data)
{
  graphene_point_t first, second;

  spread_out (f);
  first = wire_middle (f, "bn1");
  second = wire_middle (f, "relu1");
  f->canvas->knife = TRUE; /* as while the key is held */
  drag (f, GRAPHENE_POINT_INIT (first.x, first.y - 60),
        GRAPHENE_POINT_INIT (first.x + 4, first.y + 60));
  g_assert_null (incoming (f, "bn1"));
  g_assert_cmpstr (incoming (f, "relu1")->from, ==, "bn1");
  telar_document_undo (f->document);
  /* What the stroke goes past stays, and a stroke through nothing is no edit. */
  drag (f, GRAPHENE_POINT_INIT (second.x, second.y + 5),
        GRAPHENE_POINT_INIT (second.x, second.y + 60));
  g_assert_cmpstr (incoming (f, "relu1")->from, ==, "bn1");
  drag (f, GRAPHENE_POINT_INIT (second.x - 30, second.y + 60),
        GRAPHENE_POINT_INIT (second.x + 30, second.y - 80));
  f->canvas->knife = FALSE;
  g_assert_null (incoming (f, "relu1"));
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Cut 1 wire");
  telar_document_undo (f->document);
  /* From the menu, all wires of a node. */
  telar_canvas_select (f->canvas, (const char *const[]){ "bn1", NULL });
  act (f, "canvas.disconnect", NULL);
  g_assert_null (incoming (f, "bn1"));
  g_assert_null (incoming (f, "relu1"));
}

/* --- selecting along the wires ---------------------------------------------------------------- */

static void
test_select_along (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) up = NULL, down = NULL;

  telar_canvas_select (f->canvas, (const char *const[]){ "bn1", NULL });
  act (f, "canvas.select-upstream", NULL);
  up = telar_canvas_selection (f->canvas);
  g_assert_true (g_strv_contains ((const char *const *)up, "conv1"));
  g_assert_true (g_strv_contains ((const char *const *)up, "bn1"));
  g_assert_false (g_strv_contains ((const char *const *)up, "relu1"));
  telar_canvas_select (f->canvas, (const char *const[]){ "bn1", NULL });
  act (f, "canvas.select-downstream", NULL);
  down = telar_canvas_selection (f->canvas);
  g_assert_false (g_strv_contains ((const char *const *)down, "conv1"));
  g_assert_true (g_strv_contains ((const char *const *)down, "relu1"));
  g_assert_true (g_strv_contains ((const char *const *)down, "softmax"));
}

/* --- into line -------------------------------------------------------------------------------- */

static void
test_align (Fixture *f, gconstpointer data)
{
  const char *const ids[] = { "conv1", "bn1", "relu1", NULL };
  const TelarPlace places[] = { { "conv1", 0, 8 }, { "bn1", 260, 100 }, { "relu1", 900, -40 } };

  telar_edit_place (f->document, "Move", places, 3, NULL);
  telar_canvas_select (f->canvas, ids);
  act (f, "canvas.align", g_variant_new_string ("top"));
  for (guint i = 0; ids[i]; i++)
    g_assert_cmpfloat (node (f, ids[i])->y, ==, -40);
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Align");
  act (f, "canvas.distribute", g_variant_new_string ("horizontal"));
  g_assert_cmpfloat (node (f, "bn1")->x, ==, 450);
  g_assert_cmpfloat (node (f, "relu1")->x, ==, 900);
  act (f, "canvas.align", g_variant_new_string ("right"));
  for (guint i = 0; ids[i]; i++)
    g_assert_cmpfloat (node (f, ids[i])->x, ==, 900);
  for (guint i = 0; i < 3; i++)
    telar_document_undo (f->document);
  g_assert_cmpfloat (node (f, "bn1")->y, ==, 100);
}

static void
test_snap_to_sibling (Fixture *f, gconstpointer data)
{
  graphene_point_t at;

  spread_out (f);
  {
    const TelarPlace places[] = { { "conv1", 3, -603 }, { "bn1", 400, -500 } };

    telar_edit_place (f->document, "Move", places, 2, NULL);
  }
  at = middle_of (f, "bn1");
  drag (f, at, GRAPHENE_POINT_INIT (at.x, at.y - 99)); /* within 4 of the sibling's height */
  g_assert_cmpfloat (node (f, "bn1")->y, ==, node (f, "relu1")->y);
  drag (f, middle_of (f, "bn1"), at);
  drag (f, middle_of (f, "bn1"), GRAPHENE_POINT_INIT (at.x, at.y - 104));
  g_assert_cmpfloat (node (f, "bn1")->y, ==, node (f, "conv1")->y); /* off the grid, in line */
}

static void
test_snap (void)
{
  g_autoptr (GArray) others = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));
  g_autoptr (GArray) guides = g_array_new (FALSE, FALSE, sizeof (TelarGuide));
  graphene_rect_t left = GRAPHENE_RECT_INIT (0, 1, 100, 50);
  graphene_rect_t right = GRAPHENE_RECT_INIT (500, 203, 100, 50);
  graphene_rect_t rect = GRAPHENE_RECT_INIT (203, 4, 100, 50);

  g_array_append_val (others, left);
  g_array_append_val (others, right);
  telar_snap (others, 5, TELAR_GRID, &rect, guides);
  g_assert_cmpfloat (rect.origin.y, ==, 1);
  g_assert_cmpfloat (rect.origin.x, ==, 200); /* the grid */
  g_assert_cmpuint (guides->len, ==, 1);
  g_assert_cmpuint (g_array_index (guides, TelarGuide, 0).axis, ==, 1);
  g_assert_cmpfloat (g_array_index (guides, TelarGuide, 0).from, ==, 0);
  g_assert_cmpfloat (g_array_index (guides, TelarGuide, 0).to, ==, 300);
  /* In the middle between two. */
  g_array_index (others, graphene_rect_t, 1).origin.y = 1;
  rect = GRAPHENE_RECT_INIT (253, 4, 100, 50);
  telar_snap (others, 5, TELAR_GRID, &rect, guides);
  g_assert_cmpfloat (rect.origin.x, ==, 250);
  g_assert_cmpuint (guides->len, ==, 3);
  /* As far after the second as that is after the first. */
  rect = GRAPHENE_RECT_INIT (1003, -2, 100, 50);
  telar_snap (others, 5, TELAR_GRID, &rect, guides);
  g_assert_cmpfloat (rect.origin.x, ==, 1000);
  /* Far from all: the grid alone. */
  rect = GRAPHENE_RECT_INIT (777, 777, 10, 10);
  telar_snap (others, 5, TELAR_GRID, &rect, guides);
  g_assert_cmpfloat (rect.origin.x, ==, 776);
  g_assert_cmpuint (guides->len, ==, 0);
}

/* --- search ----------------------------------------------------------------------------------- */

static GtkWidget *
find_widget (GtkWidget *within, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (within, type))
    return within;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_widget (child, type);

    if (found)
      return found;
  }
  return NULL;
}

static const char *
offer (Fixture *f, int place)
{
  GtkListBox *list = GTK_LIST_BOX (find_widget (f->canvas->quick_add, GTK_TYPE_LIST_BOX));
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, place);

  return row ? g_object_get_data (G_OBJECT (row), "operator") : NULL;
}

static void
take_offer (Fixture *f, int place)
{
  GtkListBox *list = GTK_LIST_BOX (find_widget (f->canvas->quick_add, GTK_TYPE_LIST_BOX));

  g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (list, place));
}

/* Let go over the ground a wire is answered with what usually follows, and only what fits. */
static void
test_search_follows (Fixture *f, gconstpointer data)
{
  telar_canvas_quick_add (f->canvas, 10, 10, &(TelarPortRef){ "conv1", 0, TRUE });
  g_assert_cmpstr (offer (f, 0), ==, "batch_norm");
  for (int i = 0; offer (f, i); i++)
    g_assert_cmpuint (telar_operator_n_inputs (telar_operator_find (offer (f, i))), >, 0);
  take_offer (f, 0);
  {
    g_auto (GStrv) made = telar_canvas_selection (f->canvas);

    g_assert_cmpstr (incoming (f, made[0])->from, ==, "conv1");
  }
  /* What a person does is remembered: ten times something unusual comes first. */
  for (guint i = 0; i < 40; i++)
    telar_follow_remember ("max_pool2d", "celu");
  {
    g_autofree char *pool = telar_edit_add (f->document, "max_pool2d", 0, 0, NULL, NULL);

    telar_canvas_quick_add (f->canvas, 10, 10, &(TelarPortRef){ pool, 0, TRUE });
    g_assert_cmpstr (offer (f, 0), ==, "celu");
  }
}

static void
test_search_inserts (Fixture *f, gconstpointer data)
{
  const TelarSceneNode *bn = telar_scene_find (f->canvas->scene, "bn1");

  for (guint i = 0; i < bn->edges->len; i++) {
    TelarSceneEdge *edge = bn->edges->pdata[i];

    if (edge->to == bn)
      telar_canvas_select_edge (f->canvas, edge);
  }
  act (f, "canvas.quick-add", NULL);
  take_offer (f, 0);
  g_assert_cmpstr (incoming (f, "bn1")->from, !=, "conv1");
  {
    g_autofree char *between = g_strdup (incoming (f, "bn1")->from);

    g_assert_cmpstr (incoming (f, between)->from, ==, "conv1");
  }
}

static void
test_search_replaces (Fixture *f, gconstpointer data)
{
  telar_canvas_select (f->canvas, (const char *const[]){ "relu1", "relu2", NULL });
  act (f, "canvas.replace", NULL);
  for (int i = 0; offer (f, i); i++)
    g_assert_cmpint (telar_operator_find (offer (f, i))->category, ==, TELAR_CATEGORY_ACTIVATION);
  take_offer (f, 0);
  g_assert_null (node (f, "relu1"));
  g_assert_null (node (f, "relu2"));
  telar_document_undo (f->document);
  g_assert_nonnull (node (f, "relu2"));
}

int
main (int argc, char **argv)
{
  g_autofree char *state = test_folder ();
  int status;

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  adw_init ();
  test_init ();
#define TEST(path, function)                                                                       \
  g_test_add (path, Fixture, "digits-cnn.telar", set_up, function, tear_down)
  TEST ("/drawing/move/into-wire", test_move_into_wire);
  TEST ("/drawing/move/over-wire", test_move_over_wire);
  TEST ("/drawing/drop/replaces", test_drop_replaces);
  TEST ("/drawing/shake", test_shake);
  TEST ("/drawing/cut", test_cut_stroke);
  TEST ("/drawing/select-along", test_select_along);
  TEST ("/drawing/align", test_align);
  TEST ("/drawing/snap/sibling", test_snap_to_sibling);
  g_test_add_func ("/drawing/snap", test_snap);
  TEST ("/drawing/search/follows", test_search_follows);
  TEST ("/drawing/search/inserts", test_search_inserts);
  TEST ("/drawing/search/replaces", test_search_replaces);
  status = g_test_run ();
  test_remove (state);
  return status;
}
