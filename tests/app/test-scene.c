/* Geometry of the canvas: what lies where, among few nodes and many. */
#include "app/canvas/card.h"
#include "app/canvas/match.h"
#include "app/canvas/scene.h"
#include "app/canvas/summary.h"
#include "app/project/edits.h"
#include "tests/app/support.h"

static TelarScene *
sample_scene (TelarDocument **document)
{
  TelarScene *scene = telar_scene_new ();

  *document = test_sample ("digits-cnn.telar");
  telar_scene_sync (scene, telar_document_graph (*document));
  return scene;
}

static void
test_hits (void)
{
  g_autoptr (TelarDocument) document = NULL;
  g_autoptr (TelarScene) scene = sample_scene (&document);
  TelarSceneNode *conv = telar_scene_find (scene, "conv1");
  const graphene_rect_t *rect = telar_scene_node_rect (conv);
  graphene_point_t out = telar_scene_port (conv, TRUE, 0), in = telar_scene_port (conv, FALSE, 0);
  const TelarSceneEdge *edge = conv->edges->pdata[0];
  graphene_point_t middle = telar_curve_middle (&edge->curve);
  TelarHit hit;

  hit = telar_scene_hit (scene, rect->origin.x + 100, rect->origin.y + 10, 8, TRUE);
  g_assert_cmpint (hit.kind, ==, TELAR_HIT_NODE);
  g_assert_true (hit.node == conv);
  hit = telar_scene_hit (scene, out.x + 3, out.y - 3, 8, TRUE);
  g_assert_cmpint (hit.kind, ==, TELAR_HIT_OUTPUT);
  g_assert_true (hit.node == conv);
  hit = telar_scene_hit (scene, in.x, in.y, 8, TRUE);
  g_assert_cmpint (hit.kind, ==, TELAR_HIT_INPUT);
  hit = telar_scene_hit (scene, middle.x, middle.y + 2, 8, TRUE);
  g_assert_cmpint (hit.kind, ==, TELAR_HIT_EDGE);
  g_assert_true (hit.edge == edge);
  hit = telar_scene_hit (scene, out.x - 3, out.y, 8, FALSE);
  g_assert_cmpint (hit.kind, ==, TELAR_HIT_NODE);
  hit = telar_scene_hit (scene, -5000, -5000, 8, TRUE);
  g_assert_cmpint (hit.kind, ==, TELAR_HIT_NOTHING);
}

/* What lies above: of two cards in one place the selected one is hit. */
static void
test_hit_order (void)
{
  g_autoptr (TelarDocument) document = telar_document_new ("test");
  g_autoptr (TelarScene) scene = telar_scene_new ();
  g_autofree char *below = telar_edit_add (document, "relu", 0, 0, NULL, NULL);
  g_autofree char *above = telar_edit_add (document, "relu", 0, 0, NULL, NULL);

  telar_scene_sync (scene, telar_document_graph (document));
  telar_scene_find (scene, below)->selected = TRUE;
  g_assert_cmpstr (telar_scene_hit (scene, 100, 30, 8, TRUE).node->id, ==, below);
  telar_scene_find (scene, below)->selected = FALSE;
  telar_scene_find (scene, above)->selected = TRUE;
  g_assert_cmpstr (telar_scene_hit (scene, 100, 30, 8, TRUE).node->id, ==, above);
  telar_document_close (document);
}

/* Wires hang on their ports wherever the nodes go, also after the index moved them. */
static void
test_wires_follow (void)
{
  g_autoptr (TelarDocument) document = NULL;
  g_autoptr (TelarScene) scene = sample_scene (&document);
  TelarSceneNode *bn = telar_scene_find (scene, "bn1");
  g_autoptr (GPtrArray) edges = g_ptr_array_new ();
  graphene_rect_t area = GRAPHENE_RECT_INIT (3000, 4000, 50, 50);

  telar_scene_place (scene, bn, 3008, 4000);
  telar_scene_query (scene, &area, NULL, edges);
  g_assert_cmpuint (edges->len, ==, bn->edges->len);
  for (guint i = 0; i < bn->edges->len; i++) {
    const TelarSceneEdge *edge = bn->edges->pdata[i];
    const TelarCurve *curve = &edge->curve;
    graphene_point_t from = telar_scene_port (edge->from, TRUE, edge->from_port);
    graphene_point_t to = telar_scene_port (edge->to, FALSE, edge->to_port);

    g_assert_true (graphene_point_equal (&curve->points[0], &from));
    g_assert_true (graphene_point_equal (&curve->points[3 * curve->n_segments], &to));
  }
}

/* The index gives exactly what a look at every node gives. */
static void
test_query (void)
{
  g_autoptr (TelarDocument) document = telar_document_new ("test");
  g_autoptr (TelarScene) scene = telar_scene_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  const GPtrArray *all;

  for (guint i = 0; i < 300; i++)
    g_free (telar_edit_add (document, i % 3 ? "relu" : "cross_entropy",
                            g_rand_double_range (rand, -5000, 5000),
                            g_rand_double_range (rand, -5000, 5000), NULL, NULL));
  telar_scene_sync (scene, telar_document_graph (document));
  all = telar_scene_nodes (scene);
  for (guint round = 0; round < 200; round++) {
    g_autoptr (GPtrArray) found = g_ptr_array_new ();
    graphene_rect_t area = GRAPHENE_RECT_INIT ((float)g_rand_double_range (rand, -6000, 6000),
                                               (float)g_rand_double_range (rand, -6000, 6000),
                                               (float)g_rand_double_range (rand, 1, 3000),
                                               (float)g_rand_double_range (rand, 1, 3000));
    graphene_rect_t wide = area;
    guint n = 0;

    graphene_rect_inset (&wide, -12, -12);
    telar_scene_query (scene, &area, found, NULL);
    for (guint i = 0; i < all->len; i++) {
      if (graphene_rect_intersection (telar_scene_node_rect (all->pdata[i]), &wide, NULL)) {
        g_assert_true (g_ptr_array_find (found, all->pdata[i], NULL));
        n++;
      }
    }
    g_assert_cmpuint (found->len, ==, n);
  }
  telar_document_close (document);
}

static void
test_sync_keeps_items (void)
{
  g_autoptr (TelarDocument) document = NULL;
  g_autoptr (TelarScene) scene = sample_scene (&document);
  TelarSceneNode *conv = telar_scene_find (scene, "conv1");
  guint n = telar_scene_nodes (scene)->len, wires = telar_scene_edges (scene)->len;

  telar_edit_remove (document, (const char *const[]){ "bn1", NULL }, FALSE);
  telar_scene_sync (scene, telar_document_graph (document));
  g_assert_true (telar_scene_find (scene, "conv1") == conv);
  g_assert_null (telar_scene_find (scene, "bn1"));
  g_assert_cmpuint (telar_scene_nodes (scene)->len, ==, n - 1);
  g_assert_cmpuint (telar_scene_edges (scene)->len, ==, wires - 2);
  g_assert_cmpuint (conv->edges->len, ==, 1);
  telar_document_undo (document);
  telar_scene_sync (scene, telar_document_graph (document));
  g_assert_cmpuint (conv->edges->len, ==, 2);
  telar_edit_rename (document, "conv1", "first", NULL);
  telar_scene_sync (scene, telar_document_graph (document));
  g_assert_cmpuint (telar_scene_find (scene, "first")->edges->len, ==, 2);
  telar_document_close (document);
}

static void
test_words (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-cnn.telar");
  const TelarNode *conv = telar_graph_find_node (telar_document_graph (document), "conv2");
  g_autofree char *summary = telar_node_summary (conv);

  g_assert_cmpstr (summary, ==, "24 filters, 6×6");
  g_assert_cmpint (telar_detail_for (1, 10), ==, TELAR_DETAIL_FULL);
  g_assert_cmpint (telar_detail_for (0.3, 10), ==, TELAR_DETAIL_BRIEF);
  g_assert_cmpint (telar_detail_for (0.3, 3000), ==, TELAR_DETAIL_BLOCK);
  g_assert_cmpint (telar_detail_for (0.1, 3000), ==, TELAR_DETAIL_BLOCK);
}

/* A list that is 0 unless given says nothing on a card. */
static void
test_words_of_lists (void)
{
  g_autoptr (TelarDocument) document = telar_document_new ("split");
  g_autofree char *id = telar_edit_add (document, "split", 0, 0, NULL, NULL);
  const TelarNode *node = telar_graph_find_node (telar_document_graph (document), id);
  g_autofree char *summary = telar_node_summary (node);

  g_assert_cmpstr (summary, ==, "axis 1, 2 parts");
  telar_document_close (document);
}

/* Pictures of the scene are made anew after each search, also after one as long as the last. */
static void
test_marks (void)
{
  static const char *const answers[] = { "conv1", "conv2" };
  g_autoptr (TelarDocument) document = NULL;
  g_autoptr (TelarScene) scene = sample_scene (&document);
  g_autoptr (GArray) areas = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
    guint stamp = telar_scene_stamp (scene);

    telar_scene_take_changes (scene, areas);
    g_hash_table_add (ids, (gpointer)answers[i]);
    telar_scene_mark (scene, ids);
    g_assert_true (telar_scene_find (scene, answers[i])->marked);
    g_assert_false (telar_scene_find (scene, answers[1 - i])->marked);
    g_assert_cmpuint (telar_scene_stamp (scene), !=, stamp);
    g_assert_false (telar_scene_take_changes (scene, areas));
  }
  telar_scene_mark (scene, NULL);
  g_assert_false (telar_scene_find (scene, answers[1])->marked);
}

static void
test_search (void)
{
  const TelarOperator *conv = telar_operator_find ("conv2d"), *relu = telar_operator_find ("relu");

  g_assert_cmpuint (telar_operator_match (conv, "conv"), >, 0);
  g_assert_cmpuint (telar_operator_match (conv, "CONV 2D"), >, 0);
  g_assert_cmpuint (telar_operator_match (conv, "volution 2"), >, 0);
  g_assert_cmpuint (telar_operator_match (relu, "conv"), ==, 0);
  g_assert_cmpuint (telar_operator_match (relu, "relu"), >,
                    telar_operator_match (telar_operator_find ("leaky_relu"), "relu"));
  g_assert_cmpuint (telar_operator_match (relu, ""), ==, telar_operator_match (conv, ""));
}

int
main (int argc, char **argv)
{
  g_autofree char *state = test_folder ();
  int status;

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  test_init ();
  g_test_add_func ("/scene/hits", test_hits);
  g_test_add_func ("/scene/hit-order", test_hit_order);
  g_test_add_func ("/scene/wires-follow", test_wires_follow);
  g_test_add_func ("/scene/query", test_query);
  g_test_add_func ("/scene/sync", test_sync_keeps_items);
  g_test_add_func ("/scene/words", test_words);
  g_test_add_func ("/scene/words-of-lists", test_words_of_lists);
  g_test_add_func ("/scene/marks", test_marks);
  g_test_add_func ("/scene/search", test_search);
  status = g_test_run ();
  test_remove (state);
  return status;
}
