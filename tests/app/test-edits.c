/* Edits of drawing: nodes put into wires and in place of others, taken out, moved with their bends;
 * frames and notes. Each is one step that undo takes back to the byte. */
#include "app/project/cards.h"
#include "app/project/edits.h"
#include "tests/app/edit-fixture.h"

#include <string.h>

/* --- into a wire ------------------------------------------------------------------------------ */

static gboolean
overlap (const TelarNode *a, const TelarNode *b)
{
  return a->x < b->x + TELAR_CARD_WIDTH && b->x < a->x + TELAR_CARD_WIDTH &&
         a->y < b->y + TELAR_CARD_HEIGHT && b->y < a->y + TELAR_CARD_HEIGHT;
}

static void
test_insert_makes_room (EditFixture *f, gconstpointer data)
{
  const TelarNode *conv = edit_node (f, "conv1"), *bn = edit_node (f, "bn1");
  g_autofree char *id = telar_edit_insert (f->document, "dropout", conv->x + 150, conv->y,
                                           edit_incoming (f, "bn1"), NULL);
  const GPtrArray *nodes = telar_graph_nodes (edit_drawing (f));

  g_assert_cmpstr (edit_incoming (f, "bn1")->from, ==, id);
  g_assert_cmpfloat (edit_node (f, id)->x, >=, conv->x + TELAR_CARD_WIDTH + TELAR_GAP);
  g_assert_cmpfloat (bn->x, >=, edit_node (f, id)->x + TELAR_CARD_WIDTH + TELAR_GAP);
  for (guint i = 0; i < nodes->len; i++)
    for (guint j = i + 1; j < nodes->len; j++)
      g_assert_false (overlap (nodes->pdata[i], nodes->pdata[j]));
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Insert Dropout");
  edit_check_undo (f, f->before);
}

/* Where there is room already nothing moves but the node. */
static void
test_insert_moves_no_more (EditFixture *f, gconstpointer data)
{
  TelarPlace place = { "bn1", edit_node (f, "conv1")->x, edit_node (f, "conv1")->y + 4000 };
  g_autofree char *relu = NULL;
  double x = edit_node (f, "relu1")->x;

  telar_edit_place (f->document, "Move", &place, 1, NULL);
  relu = telar_edit_insert (f->document, "relu", place.x, place.y - 2000, edit_incoming (f, "bn1"),
                            NULL);
  g_assert_nonnull (relu);
  g_assert_cmpfloat (edit_node (f, "bn1")->x, ==, place.x);
  g_assert_cmpfloat (edit_node (f, "relu1")->x, ==, x);
}

static void
test_insert_refused (EditFixture *f, gconstpointer data)
{
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (telar_edit_insert (f->document, "output", 0, 0, edit_incoming (f, "bn1"), &error));
  g_assert_nonnull (error);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, f->before);
}

/* --- in the place of another ------------------------------------------------------------------ */

static void
test_replace (EditFixture *f, gconstpointer data)
{
  const TelarOperator *tanh = telar_operator_find ("tanh");
  g_autofree char *next = NULL;
  g_auto (GStrv) made = NULL;
  double x = edit_node (f, "relu1")->x;
  const GPtrArray *edges = telar_graph_edges (edit_drawing (f));

  for (guint i = 0; i < edges->len; i++)
    if (g_str_equal (((const TelarEdge *)edges->pdata[i])->from, "relu1"))
      next = g_strdup (((const TelarEdge *)edges->pdata[i])->to);
  g_assert_cmpint (telar_edit_fit (f->document, "relu1", tanh), ==, TELAR_SHAPE_SAME);
  made = telar_edit_replace (f->document, (const char *const[]){ "relu1", NULL }, "tanh", NULL);
  g_assert_cmpstr (made[0], ==, "tanh1");
  g_assert_null (edit_node (f, "relu1"));
  g_assert_cmpfloat (edit_node (f, "tanh1")->x, ==, x);
  g_assert_cmpstr (edit_incoming (f, "tanh1")->from, ==, "bn1");
  g_assert_cmpstr (edit_incoming (f, next)->from, ==, "tanh1");
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Replace by Tanh");
  edit_check_undo (f, f->before);
}

/* An id that a person chose stays, and so do settings that both know. */
static void
test_replace_keeps (EditFixture *f, gconstpointer data)
{
  const char *const ids[] = { "conv1", NULL };
  g_autofree char *before = NULL, *kernel = NULL, *now = NULL;
  g_auto (GStrv) made = NULL;

  telar_edit_set_title (f->document, "conv1", "First");
  g_assert_true (telar_edit_set_param (f->document, ids, "kernel", "5x5", NULL));
  g_assert_true (telar_edit_set_param (f->document, ids, "frozen", "true", NULL));
  kernel =
      telar_param_value_to_text (telar_param_set_get (edit_node (f, "conv1")->params, "kernel"));
  before = test_text (f->document);
  made = telar_edit_replace (f->document, ids, "separable_conv2d", NULL);
  g_assert_cmpstr (made[0], ==, "conv1");
  g_assert_cmpstr (edit_node (f, "conv1")->op->name, ==, "separable_conv2d");
  g_assert_cmpstr (edit_node (f, "conv1")->title, ==, "First");
  now = telar_param_value_to_text (telar_param_set_get (edit_node (f, "conv1")->params, "kernel"));
  g_assert_cmpstr (now, ==, kernel);
  g_assert_true (telar_param_set_bool (edit_node (f, "conv1")->learning, "frozen"));
  g_assert_cmpstr (edit_incoming (f, "bn1")->from, ==, "conv1");
  edit_check_undo (f, before);
}

static void
test_replace_refused (EditFixture *f, gconstpointer data)
{
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (telar_edit_fit (f->document, "relu1", telar_operator_find ("output")), ==,
                   TELAR_SHAPE_DIFFERS);
  g_assert_null (telar_edit_replace (f->document, (const char *const[]){ "bn1", "relu1", NULL },
                                     "output", &error));
  g_assert_nonnull (error);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, f->before);
}

/* --- out of the wires ------------------------------------------------------------------------- */

static void
test_shake_loose (EditFixture *f, gconstpointer data)
{
  const TelarPlace places[] = { { "bn1", 400, 900 }, { "relu1", 700, 900 } };
  TelarMove move = { .name = "Move", .nodes = places, .n_nodes = 2, .loosen = TRUE };
  const GPtrArray *edges = telar_graph_edges (edit_drawing (f));
  g_autofree char *next = NULL;

  for (guint i = 0; i < edges->len; i++)
    if (g_str_equal (((const TelarEdge *)edges->pdata[i])->from, "relu1"))
      next = g_strdup (((const TelarEdge *)edges->pdata[i])->to);
  g_assert_true (telar_edit_move (f->document, &move, NULL));
  g_assert_null (edit_incoming (f, "bn1"));
  g_assert_cmpstr (edit_incoming (f, "relu1")->from, ==, "bn1"); /* they hang together */
  g_assert_cmpstr (edit_incoming (f, next)->from, ==, "conv1");
  g_assert_cmpfloat (edit_node (f, "relu1")->x, ==, 700);
  edit_check_undo (f, f->before);
}

/* What was shaken loose may go into another wire in the same step. */
static void
test_shake_into_wire (EditFixture *f, gconstpointer data)
{
  const TelarPlace place = { "bn1", 0, 0 };
  TelarMove move = { .name = "Move", .nodes = &place, .n_nodes = 1, .loosen = TRUE };

  move.wire = edit_incoming (f, "conv1");
  g_autofree char *from = g_strdup (move.wire->from);
  g_assert_true (telar_edit_move (f->document, &move, NULL));
  g_assert_cmpstr (edit_incoming (f, "conv1")->from, ==, "bn1");
  g_assert_cmpstr (edit_incoming (f, "bn1")->from, ==, from);
  g_assert_cmpstr (edit_incoming (f, "relu1")->from, ==, "conv1");
  edit_check_undo (f, f->before);
}

static void
test_cut (EditFixture *f, gconstpointer data)
{
  const TelarEdge wires[] = { { NULL, (char *)"bn1" }, { NULL, (char *)"relu1" } };

  telar_edit_cut (f->document, wires, 2);
  g_assert_null (edit_incoming (f, "bn1"));
  g_assert_null (edit_incoming (f, "relu1"));
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Cut 2 wires");
  edit_check_undo (f, f->before);
}

/* Wires of one repeated input, given in any order. */
static void
test_cut_repeated (EditFixture *f, gconstpointer data)
{
  g_autofree char *sum = telar_edit_add (f->document, "concat", 0, 0, NULL, NULL);
  const char *const sources[] = { "conv1", "bn1", "relu1" };
  TelarEdge wires[] = { { NULL, sum, 0, 0, 0 }, { NULL, sum, 0, 0, 2 } };
  g_autofree char *before = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_assert_true (telar_edit_connect (f->document, sources[i], 0, sum, 0, NULL));
  before = test_text (f->document);
  telar_edit_cut (f->document, wires, 2);
  g_assert_cmpstr (edit_incoming (f, sum)->from, ==, "bn1");
  g_assert_null (telar_graph_incoming (edit_drawing (f), sum, 0, 1));
  edit_check_undo (f, before);
}

/* --- bends ------------------------------------------------------------------------------------ */

static void
test_bend (EditFixture *f, gconstpointer data)
{
  const TelarBend points[] = { { 100, 50 }, { 140.5, 90 } };
  const TelarPlace places[] = {
    { "conv1", edit_node (f, "conv1")->x + 10, edit_node (f, "conv1")->y + 20 },
    { "bn1", edit_node (f, "bn1")->x + 10, edit_node (f, "bn1")->y + 20 }
  };
  g_autofree char *bent = NULL, *record = NULL;

  telar_edit_bend (f->document, edit_incoming (f, "bn1"), points, 2, NULL);
  record = telar_graph_get_record (edit_drawing (f), "layout/bn1:in.0");
  g_assert_cmpstr (record, ==, "[[100,50],[140.5,90]]");
  g_assert_true (telar_record_is_layout ("layout/bn1:in.0"));
  edit_check_file (f);
  edit_check_undo (f, f->before);
  bent = test_text (f->document);
  /* One end moves: the bends stay. Both move: they go along. */
  telar_edit_place (f->document, "Move", places, 1, NULL);
  g_assert_cmpfloat (g_array_index (edit_incoming (f, "bn1")->bends, TelarBend, 0).x, ==, 100);
  telar_document_undo (f->document);
  telar_edit_place (f->document, "Move", places, 2, NULL);
  g_assert_cmpfloat (g_array_index (edit_incoming (f, "bn1")->bends, TelarBend, 0).x, ==, 110);
  g_assert_cmpfloat (g_array_index (edit_incoming (f, "bn1")->bends, TelarBend, 1).y, ==, 110);
  edit_check_undo (f, bent);
}

/* Bends go and come with their wire, its node, and the place among the wires of an input. */
static void
test_bends_follow (EditFixture *f, gconstpointer data)
{
  g_autofree char *sum = telar_edit_add (f->document, "concat", 0, 0, NULL, NULL);
  const TelarBend point = { 7, 8 };
  g_autofree char *before = NULL;

  telar_edit_connect (f->document, "conv1", 0, sum, 0, NULL);
  telar_edit_connect (f->document, "bn1", 0, sum, 0, NULL);
  telar_edit_bend (f->document, telar_graph_incoming (edit_drawing (f), sum, 0, 1), &point, 1,
                   NULL);
  before = test_text (f->document);
  telar_edit_disconnect (f->document, sum, 0, 0);
  g_assert_cmpfloat (g_array_index (edit_incoming (f, sum)->bends, TelarBend, 0).y, ==, 8);
  edit_check_undo (f, before);
  telar_document_undo (f->document);
  telar_edit_disconnect (f->document, sum, 0, 1);
  edit_check_undo (f, before);
  telar_document_undo (f->document);
  telar_edit_remove (f->document, (const char *const[]){ sum, NULL }, FALSE);
  edit_check_undo (f, before);
  telar_document_undo (f->document);
  g_assert_true (telar_edit_rename (f->document, sum, "joined", NULL));
  g_assert_cmpfloat (
      g_array_index (telar_graph_incoming (edit_drawing (f), "joined", 0, 1)->bends, TelarBend, 0)
          .x,
      ==, 7);
  edit_check_undo (f, before);
}

static void
test_arrange_straightens (EditFixture *f, gconstpointer data)
{
  const TelarPlace places[] = { { "conv1", 0, 0 }, { "bn1", 300, 0 } };
  const TelarBend point = { 7, 8 };
  g_autofree char *bent = NULL;

  telar_edit_bend (f->document, edit_incoming (f, "bn1"), &point, 1, NULL);
  bent = test_text (f->document);
  telar_edit_arrange (f->document, places, 2);
  g_assert_null (edit_incoming (f, "bn1")->bends);
  edit_check_undo (f, bent);
}

/* --- frames and notes ------------------------------------------------------------------------- */

static void
test_frame (EditFixture *f, gconstpointer data)
{
  const char *const ids[] = { "conv1", "bn1", NULL };
  g_autofree char *id = telar_edit_add_frame (f->document, ids), *framed = NULL;
  const TelarNote *frame = telar_graph_find_note (edit_drawing (f), id);

  g_assert_true (frame->frame);
  for (guint i = 0; ids[i]; i++) {
    g_assert_cmpfloat (frame->x, <, edit_node (f, ids[i])->x);
    g_assert_cmpfloat (frame->y, <, edit_node (f, ids[i])->y);
    g_assert_cmpfloat (frame->x + frame->width, >, edit_node (f, ids[i])->x + TELAR_CARD_WIDTH);
    g_assert_cmpfloat (frame->y + frame->height, >, edit_node (f, ids[i])->y + TELAR_CARD_HEIGHT);
  }
  edit_check_undo (f, f->before);
  framed = test_text (f->document);
  telar_edit_set_note (f->document, id, "First \"stage\"\nñ", TELAR_COLOUR_GREEN);
  edit_check_file (f);
  edit_check_undo (f, framed);
  g_assert_true (telar_record_is_layout ("notes/frame1"));
  g_assert_true (telar_record_is_layout ("groups/g/notes/frame1"));
  g_assert_false (telar_record_is_layout ("nodes/layout"));
}

static void
test_note (EditFixture *f, gconstpointer data)
{
  g_autofree char *id = telar_edit_add_note (f->document, 10, 20), *before = NULL;
  TelarNotePlace place = { id, -5, 6, 300, 200 };
  TelarMove move = { .name = "Move", .notes = &place, .n_notes = 1 };

  edit_check_undo (f, f->before);
  before = test_text (f->document);
  g_assert_true (telar_edit_move (f->document, &move, NULL));
  g_assert_cmpfloat (telar_graph_find_note (edit_drawing (f), id)->height, ==, 200);
  edit_check_file (f);
  edit_check_undo (f, before);
  g_clear_pointer (&before, g_free);
  before = test_text (f->document);
  telar_edit_remove_all (f->document, (const char *const[]){ "bn1", NULL },
                         (const char *const[]){ id, NULL }, TRUE);
  g_assert_null (telar_graph_find_note (edit_drawing (f), id));
  g_assert_null (edit_node (f, "bn1"));
  edit_check_undo (f, before);
}

/* A group that is dissolved takes its notes with it, and undo brings them back. */
static void
test_note_in_group (EditFixture *f, gconstpointer data)
{
  g_autofree char *group =
      telar_edit_group (f->document, (const char *const[]){ "bn1", "relu1", NULL }, NULL);
  g_autofree char *note = NULL, *before = NULL;
  const TelarBend point = { 1, 2 };

  g_assert_true (telar_document_enter (f->document, group));
  note = telar_edit_add_note (f->document, 1, 2);
  telar_edit_bend (f->document, edit_incoming (f, "relu1"), &point, 1, NULL);
  edit_check_file (f);
  before = test_text (f->document);
  telar_document_enter (f->document, "");
  g_strfreev (telar_edit_ungroup (f->document, group, NULL));
  edit_check_undo (f, before);
}

static void
add_tests (void)
{
#define TEST(path, function)                                                                       \
  g_test_add (path, EditFixture, "digits-cnn.telar", edit_set_up, function, edit_tear_down)
  TEST ("/edits/insert/room", test_insert_makes_room);
  TEST ("/edits/insert/no-more", test_insert_moves_no_more);
  TEST ("/edits/insert/refused", test_insert_refused);
  TEST ("/edits/replace", test_replace);
  TEST ("/edits/replace/keeps", test_replace_keeps);
  TEST ("/edits/replace/refused", test_replace_refused);
  TEST ("/edits/shake/loose", test_shake_loose);
  TEST ("/edits/shake/into-wire", test_shake_into_wire);
  TEST ("/edits/cut", test_cut);
  TEST ("/edits/cut/repeated", test_cut_repeated);
  TEST ("/edits/bend", test_bend);
  TEST ("/edits/bend/follows", test_bends_follow);
  TEST ("/edits/bend/arrange", test_arrange_straightens);
  TEST ("/edits/frame", test_frame);
  TEST ("/edits/note", test_note);
  TEST ("/edits/note/group", test_note_in_group);
}

int
main (int argc, char **argv)
{
  return edit_test_main (argc, argv, add_tests);
}
