/* Edits of drawing: nodes put into wires and in place of others, taken out, moved with their bends;
 * frames and notes. Each is one step that undo takes back to the byte. */
#include "app/project/cards.h"
#include "app/project/edits.h"
#include "tests/app/support.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  TelarDocument *document;
  char *before;
} Fixture;

static void
set_up (Fixture *f, gconstpointer sample)
{
  f->document = test_sample (sample);
  f->before = test_text (f->document);
}

static void
tear_down (Fixture *f, gconstpointer sample)
{
  telar_document_close (f->document);
  g_object_unref (f->document);
  g_free (f->before);
}

static const TelarGraph *
graph_of (Fixture *f)
{
  return telar_document_drawing (f->document);
}

static const TelarNode *
node (Fixture *f, const char *id)
{
  return telar_graph_find_node (graph_of (f), id);
}

static const TelarEdge *
incoming (Fixture *f, const char *id)
{
  return telar_graph_incoming (graph_of (f), id, 0, 0);
}

/* One step back and all is as it was; one forward and all is as after it. */
static void
check_undo (Fixture *f, const char *before)
{
  g_autofree char *after = test_text (f->document), *back = NULL, *again = NULL;

  telar_document_undo (f->document);
  back = test_text (f->document);
  g_assert_cmpstr (back, ==, before);
  telar_document_redo (f->document);
  again = test_text (f->document);
  g_assert_cmpstr (again, ==, after);
}

/* What was written is read as what it was. */
static void
check_file (Fixture *f)
{
  g_autofree char *text = test_text (f->document), *again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) read = telar_graph_from_text (text, strlen (text), "x", &error);

  g_assert_no_error (error);
  again = telar_graph_to_text (read);
  g_assert_cmpstr (again, ==, text);
}

/* --- into a wire ------------------------------------------------------------------------------ */

static gboolean
overlap (const TelarNode *a, const TelarNode *b)
{
  return a->x < b->x + TELAR_CARD_WIDTH && b->x < a->x + TELAR_CARD_WIDTH &&
         a->y < b->y + TELAR_CARD_HEIGHT && b->y < a->y + TELAR_CARD_HEIGHT;
}

static void
test_insert_makes_room (Fixture *f, gconstpointer data)
{
  const TelarNode *conv = node (f, "conv1"), *bn = node (f, "bn1");
  g_autofree char *id =
      telar_edit_insert (f->document, "dropout", conv->x + 150, conv->y, incoming (f, "bn1"), NULL);
  const GPtrArray *nodes = telar_graph_nodes (graph_of (f));

  g_assert_cmpstr (incoming (f, "bn1")->from, ==, id);
  g_assert_cmpfloat (node (f, id)->x, >=, conv->x + TELAR_CARD_WIDTH + TELAR_GAP);
  g_assert_cmpfloat (bn->x, >=, node (f, id)->x + TELAR_CARD_WIDTH + TELAR_GAP);
  for (guint i = 0; i < nodes->len; i++)
    for (guint j = i + 1; j < nodes->len; j++)
      g_assert_false (overlap (nodes->pdata[i], nodes->pdata[j]));
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Insert Dropout");
  check_undo (f, f->before);
}

/* Where there is room already nothing moves but the node. */
static void
test_insert_moves_no_more (Fixture *f, gconstpointer data)
{
  TelarPlace place = { "bn1", node (f, "conv1")->x, node (f, "conv1")->y + 4000 };
  g_autofree char *relu = NULL;
  double x = node (f, "relu1")->x;

  telar_edit_place (f->document, "Move", &place, 1, NULL);
  relu =
      telar_edit_insert (f->document, "relu", place.x, place.y - 2000, incoming (f, "bn1"), NULL);
  g_assert_nonnull (relu);
  g_assert_cmpfloat (node (f, "bn1")->x, ==, place.x);
  g_assert_cmpfloat (node (f, "relu1")->x, ==, x);
}

static void
test_insert_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (telar_edit_insert (f->document, "output", 0, 0, incoming (f, "bn1"), &error));
  g_assert_nonnull (error);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, f->before);
}

/* --- in the place of another ------------------------------------------------------------------ */

static void
test_replace (Fixture *f, gconstpointer data)
{
  const TelarOperator *tanh = telar_operator_find ("tanh");
  g_autofree char *next = NULL;
  g_auto (GStrv) made = NULL;
  double x = node (f, "relu1")->x;
  const GPtrArray *edges = telar_graph_edges (graph_of (f));

  for (guint i = 0; i < edges->len; i++)
    if (g_str_equal (((const TelarEdge *)edges->pdata[i])->from, "relu1"))
      next = g_strdup (((const TelarEdge *)edges->pdata[i])->to);
  g_assert_cmpint (telar_edit_fit (f->document, "relu1", tanh), ==, TELAR_SHAPE_SAME);
  made = telar_edit_replace (f->document, (const char *const[]){ "relu1", NULL }, "tanh", NULL);
  g_assert_cmpstr (made[0], ==, "tanh1");
  g_assert_null (node (f, "relu1"));
  g_assert_cmpfloat (node (f, "tanh1")->x, ==, x);
  g_assert_cmpstr (incoming (f, "tanh1")->from, ==, "bn1");
  g_assert_cmpstr (incoming (f, next)->from, ==, "tanh1");
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Replace by Tanh");
  check_undo (f, f->before);
}

/* An id that a person chose stays, and so do settings that both know. */
static void
test_replace_keeps (Fixture *f, gconstpointer data)
{
  const char *const ids[] = { "conv1", NULL };
  g_autofree char *before = NULL, *kernel = NULL, *now = NULL;
  g_auto (GStrv) made = NULL;

  telar_edit_set_title (f->document, "conv1", "First");
  g_assert_true (telar_edit_set_param (f->document, ids, "kernel", "5x5", NULL));
  g_assert_true (telar_edit_set_param (f->document, ids, "frozen", "true", NULL));
  kernel = telar_param_value_to_text (telar_param_set_get (node (f, "conv1")->params, "kernel"));
  before = test_text (f->document);
  made = telar_edit_replace (f->document, ids, "separable_conv2d", NULL);
  g_assert_cmpstr (made[0], ==, "conv1");
  g_assert_cmpstr (node (f, "conv1")->op->name, ==, "separable_conv2d");
  g_assert_cmpstr (node (f, "conv1")->title, ==, "First");
  now = telar_param_value_to_text (telar_param_set_get (node (f, "conv1")->params, "kernel"));
  g_assert_cmpstr (now, ==, kernel);
  g_assert_true (telar_param_set_bool (node (f, "conv1")->learning, "frozen"));
  g_assert_cmpstr (incoming (f, "bn1")->from, ==, "conv1");
  check_undo (f, before);
}

static void
test_replace_refused (Fixture *f, gconstpointer data)
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
test_shake_loose (Fixture *f, gconstpointer data)
{
  const TelarPlace places[] = { { "bn1", 400, 900 }, { "relu1", 700, 900 } };
  TelarMove move = { .name = "Move", .nodes = places, .n_nodes = 2, .loosen = TRUE };
  const GPtrArray *edges = telar_graph_edges (graph_of (f));
  g_autofree char *next = NULL;

  for (guint i = 0; i < edges->len; i++)
    if (g_str_equal (((const TelarEdge *)edges->pdata[i])->from, "relu1"))
      next = g_strdup (((const TelarEdge *)edges->pdata[i])->to);
  g_assert_true (telar_edit_move (f->document, &move, NULL));
  g_assert_null (incoming (f, "bn1"));
  g_assert_cmpstr (incoming (f, "relu1")->from, ==, "bn1"); /* they hang together */
  g_assert_cmpstr (incoming (f, next)->from, ==, "conv1");
  g_assert_cmpfloat (node (f, "relu1")->x, ==, 700);
  check_undo (f, f->before);
}

/* What was shaken loose may go into another wire in the same step. */
static void
test_shake_into_wire (Fixture *f, gconstpointer data)
{
  const TelarPlace place = { "bn1", 0, 0 };
  TelarMove move = { .name = "Move", .nodes = &place, .n_nodes = 1, .loosen = TRUE };

  move.wire = incoming (f, "conv1");
  g_autofree char *from = g_strdup (move.wire->from);
  g_assert_true (telar_edit_move (f->document, &move, NULL));
  g_assert_cmpstr (incoming (f, "conv1")->from, ==, "bn1");
  g_assert_cmpstr (incoming (f, "bn1")->from, ==, from);
  g_assert_cmpstr (incoming (f, "relu1")->from, ==, "conv1");
  check_undo (f, f->before);
}

static void
test_cut (Fixture *f, gconstpointer data)
{
  const TelarEdge wires[] = { { NULL, (char *)"bn1" }, { NULL, (char *)"relu1" } };

  telar_edit_cut (f->document, wires, 2);
  g_assert_null (incoming (f, "bn1"));
  g_assert_null (incoming (f, "relu1"));
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Cut 2 wires");
  check_undo (f, f->before);
}

/* Wires of one repeated input, given in any order. */
static void
test_cut_repeated (Fixture *f, gconstpointer data)
{
  g_autofree char *sum = telar_edit_add (f->document, "concat", 0, 0, NULL, NULL);
  const char *const sources[] = { "conv1", "bn1", "relu1" };
  TelarEdge wires[] = { { NULL, sum, 0, 0, 0 }, { NULL, sum, 0, 0, 2 } };
  g_autofree char *before = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_assert_true (telar_edit_connect (f->document, sources[i], 0, sum, 0, NULL));
  before = test_text (f->document);
  telar_edit_cut (f->document, wires, 2);
  g_assert_cmpstr (incoming (f, sum)->from, ==, "bn1");
  g_assert_null (telar_graph_incoming (graph_of (f), sum, 0, 1));
  check_undo (f, before);
}

/* --- bends ------------------------------------------------------------------------------------ */

static void
test_bend (Fixture *f, gconstpointer data)
{
  const TelarBend points[] = { { 100, 50 }, { 140.5, 90 } };
  const TelarPlace places[] = { { "conv1", node (f, "conv1")->x + 10, node (f, "conv1")->y + 20 },
                                { "bn1", node (f, "bn1")->x + 10, node (f, "bn1")->y + 20 } };
  g_autofree char *bent = NULL, *record = NULL;

  telar_edit_bend (f->document, incoming (f, "bn1"), points, 2, NULL);
  record = telar_graph_get_record (graph_of (f), "layout/bn1:in.0");
  g_assert_cmpstr (record, ==, "[[100,50],[140.5,90]]");
  g_assert_true (telar_record_is_layout ("layout/bn1:in.0"));
  check_file (f);
  check_undo (f, f->before);
  bent = test_text (f->document);
  /* One end moves: the bends stay. Both move: they go along. */
  telar_edit_place (f->document, "Move", places, 1, NULL);
  g_assert_cmpfloat (g_array_index (incoming (f, "bn1")->bends, TelarBend, 0).x, ==, 100);
  telar_document_undo (f->document);
  telar_edit_place (f->document, "Move", places, 2, NULL);
  g_assert_cmpfloat (g_array_index (incoming (f, "bn1")->bends, TelarBend, 0).x, ==, 110);
  g_assert_cmpfloat (g_array_index (incoming (f, "bn1")->bends, TelarBend, 1).y, ==, 110);
  check_undo (f, bent);
}

/* Bends go and come with their wire, its node, and the place among the wires of an input. */
static void
test_bends_follow (Fixture *f, gconstpointer data)
{
  g_autofree char *sum = telar_edit_add (f->document, "concat", 0, 0, NULL, NULL);
  const TelarBend point = { 7, 8 };
  g_autofree char *before = NULL;

  telar_edit_connect (f->document, "conv1", 0, sum, 0, NULL);
  telar_edit_connect (f->document, "bn1", 0, sum, 0, NULL);
  telar_edit_bend (f->document, telar_graph_incoming (graph_of (f), sum, 0, 1), &point, 1, NULL);
  before = test_text (f->document);
  telar_edit_disconnect (f->document, sum, 0, 0);
  g_assert_cmpfloat (g_array_index (incoming (f, sum)->bends, TelarBend, 0).y, ==, 8);
  check_undo (f, before);
  telar_document_undo (f->document);
  telar_edit_disconnect (f->document, sum, 0, 1);
  check_undo (f, before);
  telar_document_undo (f->document);
  telar_edit_remove (f->document, (const char *const[]){ sum, NULL }, FALSE);
  check_undo (f, before);
  telar_document_undo (f->document);
  g_assert_true (telar_edit_rename (f->document, sum, "joined", NULL));
  g_assert_cmpfloat (
      g_array_index (telar_graph_incoming (graph_of (f), "joined", 0, 1)->bends, TelarBend, 0).x,
      ==, 7);
  check_undo (f, before);
}

static void
test_arrange_straightens (Fixture *f, gconstpointer data)
{
  const TelarPlace places[] = { { "conv1", 0, 0 }, { "bn1", 300, 0 } };
  const TelarBend point = { 7, 8 };
  g_autofree char *bent = NULL;

  telar_edit_bend (f->document, incoming (f, "bn1"), &point, 1, NULL);
  bent = test_text (f->document);
  telar_edit_arrange (f->document, places, 2);
  g_assert_null (incoming (f, "bn1")->bends);
  check_undo (f, bent);
}

/* --- frames and notes ------------------------------------------------------------------------- */

static void
test_frame (Fixture *f, gconstpointer data)
{
  const char *const ids[] = { "conv1", "bn1", NULL };
  g_autofree char *id = telar_edit_add_frame (f->document, ids), *framed = NULL;
  const TelarNote *frame = telar_graph_find_note (graph_of (f), id);

  g_assert_true (frame->frame);
  for (guint i = 0; ids[i]; i++) {
    g_assert_cmpfloat (frame->x, <, node (f, ids[i])->x);
    g_assert_cmpfloat (frame->y, <, node (f, ids[i])->y);
    g_assert_cmpfloat (frame->x + frame->width, >, node (f, ids[i])->x + TELAR_CARD_WIDTH);
    g_assert_cmpfloat (frame->y + frame->height, >, node (f, ids[i])->y + TELAR_CARD_HEIGHT);
  }
  check_undo (f, f->before);
  framed = test_text (f->document);
  telar_edit_set_note (f->document, id, "First \"stage\"\nñ", TELAR_COLOUR_GREEN);
  check_file (f);
  check_undo (f, framed);
  g_assert_true (telar_record_is_layout ("notes/frame1"));
  g_assert_true (telar_record_is_layout ("groups/g/notes/frame1"));
  g_assert_false (telar_record_is_layout ("nodes/layout"));
}

static void
test_note (Fixture *f, gconstpointer data)
{
  g_autofree char *id = telar_edit_add_note (f->document, 10, 20), *before = NULL;
  TelarNotePlace place = { id, -5, 6, 300, 200 };
  TelarMove move = { .name = "Move", .notes = &place, .n_notes = 1 };

  check_undo (f, f->before);
  before = test_text (f->document);
  g_assert_true (telar_edit_move (f->document, &move, NULL));
  g_assert_cmpfloat (telar_graph_find_note (graph_of (f), id)->height, ==, 200);
  check_file (f);
  check_undo (f, before);
  g_clear_pointer (&before, g_free);
  before = test_text (f->document);
  telar_edit_remove_all (f->document, (const char *const[]){ "bn1", NULL },
                         (const char *const[]){ id, NULL }, TRUE);
  g_assert_null (telar_graph_find_note (graph_of (f), id));
  g_assert_null (node (f, "bn1"));
  check_undo (f, before);
}

/* A group that is dissolved takes its notes with it, and undo brings them back. */
static void
test_note_in_group (Fixture *f, gconstpointer data)
{
  g_autofree char *group =
      telar_edit_group (f->document, (const char *const[]){ "bn1", "relu1", NULL }, NULL);
  g_autofree char *note = NULL, *before = NULL;
  const TelarBend point = { 1, 2 };

  g_assert_true (telar_document_enter (f->document, group));
  note = telar_edit_add_note (f->document, 1, 2);
  telar_edit_bend (f->document, incoming (f, "relu1"), &point, 1, NULL);
  check_file (f);
  before = test_text (f->document);
  telar_document_enter (f->document, "");
  g_strfreev (telar_edit_ungroup (f->document, group, NULL));
  check_undo (f, before);
}

/* --- from one document to another ------------------------------------------------------------- */

static char *
copy_one (TelarDocument *document, const char *id)
{
  return telar_edit_copy (document, (const char *const[]){ id, NULL });
}

/* A group that the other document lacks comes along with all within; pasted again it is the same.
 */
static void
test_paste_group (Fixture *f, gconstpointer data)
{
  g_autoptr (TelarDocument) other = telar_document_new ("other");
  const TelarGraph *graph = telar_document_graph (other);
  g_autofree char *inner =
      telar_edit_group (f->document, (const char *const[]){ "bn1", "relu1", NULL }, NULL);
  g_autofree char *outer =
      telar_edit_group (f->document, (const char *const[]){ "conv1", inner, NULL }, NULL);
  g_autofree char *text = copy_one (f->document, outer), *empty = test_text (other);
  g_autofree char *once = NULL, *twice = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) made = telar_edit_paste (other, text, 10, 20, &error);
  g_auto (GStrv) again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 2);
  g_assert_cmpfloat (telar_graph_find_node (graph, made[0])->x, ==, 10);
  g_assert_nonnull (telar_graph_find_node (
      telar_operator_drawing (telar_graph_find_node (graph, made[0])->op), "conv1"));
  once = test_text (other);
  again = telar_edit_paste (other, text, 10, 400, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 2);
  telar_document_undo (other);
  telar_document_undo (other);
  twice = test_text (other);
  g_assert_cmpstr (twice, ==, empty);
  telar_document_redo (other);
  g_clear_pointer (&twice, g_free);
  twice = test_text (other);
  g_assert_cmpstr (twice, ==, once);
  telar_document_close (other);
}

/* Another group of that name stays as it is: what comes is called otherwise, all through. */
static void
test_paste_renames_group (Fixture *f, gconstpointer data)
{
  g_autoptr (TelarDocument) other = test_sample (data);
  const TelarGraph *graph = telar_document_graph (other);
  g_autofree char *inner =
      telar_edit_group (f->document, (const char *const[]){ "bn1", "relu1", NULL }, NULL);
  g_autofree char *outer =
      telar_edit_group (f->document, (const char *const[]){ "conv1", inner, NULL }, NULL);
  g_autofree char *theirs G_GNUC_UNUSED =
      telar_edit_group (other, (const char *const[]){ "relu2", NULL }, NULL);
  g_autofree char *text = copy_one (f->document, outer), *before = test_text (other);
  g_autofree char *pasted = NULL, *reread = NULL;
  const TelarGraph *drawing;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) made = telar_edit_paste (other, text, 10, 20, &error);
  g_autoptr (TelarGraph) read = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (telar_graph_groups (graph)->len, ==, 3);
  g_assert_nonnull (telar_graph_find_node (telar_graph_find_group (graph, "group1"), "relu2"));
  drawing = telar_operator_drawing (telar_graph_find_node (graph, made[0])->op);
  g_assert_nonnull (telar_graph_find_node (drawing, "conv1"));
  pasted = test_text (other);
  read = telar_graph_from_text (pasted, strlen (pasted), "x", &error);
  g_assert_no_error (error);
  reread = telar_graph_to_text (read);
  g_assert_cmpstr (reread, ==, pasted);
  g_clear_pointer (&reread, g_free);
  telar_document_undo (other);
  reread = test_text (other);
  g_assert_cmpstr (reread, ==, before);
  telar_document_close (other);
}

/* A group is not pasted into itself. */
static void
test_paste_into_itself (Fixture *f, gconstpointer data)
{
  g_autofree char *id = telar_edit_group (f->document, (const char *const[]){ "bn1", NULL }, NULL);
  g_autofree char *text = copy_one (f->document, id), *before = test_text (f->document);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (telar_document_enter (f->document, id));
  g_assert_null (telar_edit_paste (f->document, text, 0, 0, &error));
  g_assert_nonnull (error);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
}

static void
test_paste_notes_and_bends (Fixture *f, gconstpointer data)
{
  const char *const ids[] = { "conv1", "bn1", NULL };
  g_autoptr (TelarDocument) other = telar_document_new ("other");
  const TelarBend bend = { node (f, "conv1")->x + 8, node (f, "conv1")->y + 16 };
  g_autofree char *frame = telar_edit_add_frame (f->document, ids), *text = NULL;
  const TelarNote *from, *to;
  g_auto (GStrv) made = NULL, notes = NULL;

  telar_edit_set_note (f->document, frame, "Stage", TELAR_COLOUR_RED);
  telar_edit_bend (f->document, incoming (f, "bn1"), &bend, 1, NULL);
  text = telar_edit_copy_all (f->document, ids, (const char *const[]){ frame, NULL });
  made = telar_edit_paste_all (other, text, 0, 0, &notes, NULL);
  g_assert_cmpuint (g_strv_length (made), ==, 2);
  from = telar_graph_find_note (graph_of (f), frame);
  to = telar_graph_find_note (telar_document_graph (other), notes[0]);
  g_assert_cmpstr (to->text, ==, "Stage");
  g_assert_cmpint (to->colour, ==, TELAR_COLOUR_RED);
  g_assert_cmpfloat (to->x, ==, 0);
  g_assert_cmpfloat (to->width, ==, from->width);
  for (guint i = 0; made[i]; i++) {
    const TelarEdge *edge = telar_graph_incoming (telar_document_graph (other), made[i], 0, 0);

    if (edge)
      g_assert_cmpfloat (g_array_index (edge->bends, TelarBend, 0).x, ==, bend.x - from->x);
  }
  telar_document_close (other);
}

/* Text of any origin is pasted whole or refused whole. */
static void
test_paste_hostile (Fixture *f, gconstpointer data)
{
#define HEAD "{\"telar-nodes\":1,\"x\":0,\"y\":0,"
  static const char *const texts[] = {
    "",
    "[]",
    "{\"telar-nodes\":2}",
    HEAD "\"nodes\":[{}]}",
    HEAD "\"nodes\":[{\"id\":\"a\",\"op\":\"no\",\"x\":0,\"y\":0}]}",
    HEAD "\"nodes\":[{\"id\":\"a\",\"op\":\"group:none\",\"x\":0,\"y\":0}]}",
    HEAD "\"edges\":[[\"a\",\"out\",\"b\",\"in\"]]}",
    HEAD "\"notes\":[{\"frame\":true}]}",
    HEAD
    "\"notes\":[{\"text\":\"\",\"colour\":\"red\",\"x\":0,\"y\":0,\"width\":-1,\"height\":1}]}",
    HEAD "\"groups\":{\"groups/g\":\"[\"}}",
    HEAD "\"groups\":{\"groups/g\":\"{}\",\"groups/g/nodes/a\":\"{}\"}}",
    HEAD "\"groups\":{\"groups/g\":\"{}\",\"groups/g/weather\":\"{}\"}}",
    HEAD "\"groups\":{\"groups/g\":\"{}\",\"groups/g/nodes/a\":"
         "\"{\\\"id\\\":\\\"a\\\",\\\"op\\\":\\\"group:g\\\"}\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *after = NULL;

    g_assert_null (telar_edit_paste (f->document, texts[i], 0, 0, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    after = test_text (f->document);
    g_assert_cmpstr (after, ==, f->before);
  }
}

/* A file that a node reads is named from where the other document lies. */
static void
test_paste_file (void)
{
  g_autofree char *folder = test_folder (), *below = g_build_filename (folder, "below", NULL);
  g_autofree char *first = g_build_filename (folder, "a.telar", NULL);
  g_autofree char *second = g_build_filename (below, "b.telar", NULL);
  g_autofree char *data = g_build_filename (folder, "rows.csv", NULL), *text = NULL;
  g_autoptr (TelarDocument) from = telar_document_new ("a"), to = telar_document_new ("b");
  g_autofree char *id = telar_edit_add (from, "csv_table", 0, 0, NULL, NULL);
  g_auto (GStrv) made = NULL, back = NULL;

  g_mkdir (below, 0700);
  telar_edit_set_param (from, (const char *const[]){ id, NULL }, "file", "rows.csv", NULL);
  g_assert_true (telar_document_save (from, first, NULL));
  g_assert_true (telar_document_save (to, second, NULL));
  text = copy_one (from, id);
  made = telar_edit_paste (to, text, 0, 0, NULL);
  g_assert_cmpstr (telar_param_set_text (
                       telar_graph_find_node (telar_document_graph (to), made[0])->params, "file"),
                   ==, data);
  g_clear_pointer (&text, g_free);
  text = copy_one (from, id);
  back = telar_edit_paste (from, text, 0, 0, NULL);
  g_assert_cmpstr (
      telar_param_set_text (telar_graph_find_node (telar_document_graph (from), back[0])->params,
                            "file"),
      ==, "rows.csv");
  telar_document_close (from);
  telar_document_close (to);
  test_remove (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = test_folder ();
  int status;

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  test_init ();
#define TEST(path, function)                                                                       \
  g_test_add (path, Fixture, "digits-cnn.telar", set_up, function, tear_down)
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
  TEST ("/edits/paste/group", test_paste_group);
  TEST ("/edits/paste/renames-group", test_paste_renames_group);
  TEST ("/edits/paste/into-itself", test_paste_into_itself);
  TEST ("/edits/paste/notes-and-bends", test_paste_notes_and_bends);
  TEST ("/edits/paste/hostile", test_paste_hostile);
  g_test_add_func ("/edits/paste/file", test_paste_file);
  status = g_test_run ();
  test_remove (state);
  return status;
}
