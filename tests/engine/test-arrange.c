/* Arranging: nothing covers anything, wires run to the right, and what was arranged stays. */
#include "engine/arrange.h"

#include <math.h>

/* Of 300 nodes, so many may be elsewhere after a small edit. */
#define MOST 12

typedef struct {
  double x, y;
} Place;

/* A network of @n nodes: chains, sums over what went before, several branches. */
static TelarGraph *
network (guint n, guint seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  TelarGraph *graph = telar_graph_new ();
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  for (guint i = 0; i < n; i++) {
    gboolean sum = i > 2 && g_rand_int_range (rand, 0, 4) == 0;
    const char *id = telar_graph_add_node (graph, sum ? "add" : "relu", NULL, NULL)->id;
    guint reach = MIN (i, 6);
    for (guint k = 0; k < (sum ? 2u : 1u) && i > 0; k++) {
      guint back = k == 0 && g_rand_int_range (rand, 0, 3)
                       ? 1
                       : (guint)g_rand_int_range (rand, 1, (gint32)reach + 1);
      telar_graph_wire (graph, ids->pdata[i - back], id, NULL);
    }
    g_ptr_array_add (ids, (gpointer)id);
  }
  return graph;
}

static double
height_of (const TelarNode *node)
{
  return telar_cards.height (node, NULL);
}

/* The nodes of two of @graph, by columns: only near ones are compared. */
static guint
count_overlaps (const TelarGraph *graph)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  guint overlaps = 0;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *a = nodes->pdata[i];
    for (guint k = i + 1; k < nodes->len; k++) {
      const TelarNode *b = nodes->pdata[k];
      overlaps += fabs (a->x - b->x) < TELAR_CARD_WIDTH && a->y < b->y + height_of (b) &&
                  b->y < a->y + height_of (a);
    }
  }
  return overlaps;
}

static void
arrange (TelarGraph *graph, const char *const *ids)
{
  g_autoptr (TelarArrangement) arrangement = telar_arrangement_new (graph, &telar_cards, ids);
  g_assert_true (telar_arrangement_run (arrangement, NULL, NULL));
  const GArray *places = telar_arrangement_places (arrangement);
  for (guint i = 0; i < places->len; i++) {
    const TelarArranged *place = &g_array_index (places, TelarArranged, i);
    TelarNode *node = telar_graph_find_node (graph, place->id);
    node->x = place->x;
    node->y = place->y;
  }
}

static GHashTable *
places_of (const TelarGraph *graph)
{
  GHashTable *places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const GPtrArray *nodes = telar_graph_nodes (graph);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    Place place = { node->x, node->y };
    g_hash_table_insert (places, g_strdup (node->id), g_memdup2 (&place, sizeof place));
  }
  return places;
}

/* The nodes that are further from where they were than @most, to either side. */
static guint
count_moved (const TelarGraph *graph, GHashTable *before, double most)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  guint moved = 0;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    const Place *place = g_hash_table_lookup (before, node->id);
    moved += place && (fabs (place->x - node->x) > most || fabs (place->y - node->y) > most);
  }
  return moved;
}

static void
test_overlaps (void)
{
  for (guint seed = 0; seed < 20; seed++) {
    g_autoptr (TelarGraph) graph = network (20 + 25 * seed, seed);
    arrange (graph, NULL);
    g_assert_cmpuint (count_overlaps (graph), ==, 0);
  }
}

/* All wires run to the right, but for those that go on in the next row of a fold. */
static void
test_direction (void)
{
  g_autoptr (TelarGraph) graph = network (400, 5);
  arrange (graph, NULL);
  const GPtrArray *edges = telar_graph_edges (graph);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarNode *from = telar_graph_find_node (graph, edge->from);
    const TelarNode *to = telar_graph_find_node (graph, edge->to);
    g_assert_true (to->x > from->x || to->y > from->y);
  }
}

/* A chain is one straight line within each row. */
static void
test_chain (void)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  const char *last = telar_graph_add_node (graph, "relu", NULL, NULL)->id;
  for (guint i = 0; i < 4; i++) {
    const char *next = telar_graph_add_node (graph, "relu", NULL, NULL)->id;
    g_assert_true (telar_graph_wire (graph, last, next, NULL));
    last = next;
  }
  arrange (graph, NULL);
  const GPtrArray *nodes = telar_graph_nodes (graph);
  for (guint i = 1; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i], *before = nodes->pdata[i - 1];
    g_assert_cmpfloat (node->y, ==, before->y);
    g_assert_cmpfloat (node->x, ==, before->x + (double)(TELAR_CARD_WIDTH + TELAR_GAP));
  }
}

static void
test_again (void)
{
  g_autoptr (TelarGraph) graph = network (500, 7);
  arrange (graph, NULL);
  g_autoptr (GHashTable) before = places_of (graph);
  arrange (graph, NULL);
  g_assert_cmpuint (count_moved (graph, before, 0), ==, 0);
}

/* A new node that hangs on another leaves nearly all others where they were. */
static void
test_stable_branch (void)
{
  for (guint seed = 0; seed < 20; seed++) {
    g_autoptr (TelarGraph) graph = network (300, seed);
    arrange (graph, NULL);
    g_autoptr (GHashTable) before = places_of (graph);
    g_autofree char *from = g_strdup_printf ("relu%u", 10 + 5 * seed);
    const char *id = telar_graph_add_node (graph, "softmax", NULL, NULL)->id;
    g_assert_true (telar_graph_wire (graph, from, id, NULL));
    arrange (graph, NULL);
    g_assert_cmpuint (count_overlaps (graph), ==, 0);
    g_assert_cmpuint (count_moved (graph, before, TELAR_CARD_WIDTH + TELAR_GAP), <=, MOST);
    g_assert_cmpuint (count_moved (graph, before, 120), <=, MOST);
  }
}

/* A node put into a wire moves what is behind it in its row, by a column. */
static void
test_stable_insert (void)
{
  for (guint seed = 0; seed < 20; seed++) {
    g_autoptr (TelarGraph) graph = network (300, seed);
    arrange (graph, NULL);
    g_autoptr (GHashTable) before = places_of (graph);
    const GPtrArray *edges = telar_graph_edges (graph);
    guint at = (7 * seed + 30) % edges->len;
    while (g_str_has_prefix (((const TelarEdge *)edges->pdata[at])->to, "add"))
      at++;
    const TelarEdge *edge = edges->pdata[at];
    g_autofree char *from = g_strdup (edge->from), *to = g_strdup (edge->to);
    guint port = edge->to_port, slot = edge->to_slot;
    const char *id = telar_graph_add_node (graph, "dropout", NULL, NULL)->id;
    telar_graph_disconnect (graph, to, port, slot);
    g_assert_nonnull (telar_graph_connect (graph, from, 0, id, 0, 0, NULL));
    g_assert_nonnull (telar_graph_connect (graph, id, 0, to, port, slot, NULL));
    arrange (graph, NULL);
    g_assert_cmpuint (count_overlaps (graph), ==, 0);
    g_assert_cmpuint (count_moved (graph, before, TELAR_CARD_WIDTH + TELAR_GAP), <=, MOST);
    g_assert_cmpuint (count_moved (graph, before, 120), <=, 5 * MOST);
  }
}

/* The others stay, and nothing comes to lie on them. */
static void
test_selection (void)
{
  g_autoptr (TelarGraph) graph = network (200, 3);
  arrange (graph, NULL);
  const GPtrArray *nodes = telar_graph_nodes (graph);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  for (guint i = 40; i < 80; i++) {
    TelarNode *node = nodes->pdata[i];
    node->x = 400 + i;
    node->y = 100 + 3 * i;
    g_ptr_array_add (ids, node->id);
  }
  g_ptr_array_add (ids, NULL);
  g_autoptr (GHashTable) before = places_of (graph);
  arrange (graph, (const char *const *)ids->pdata);
  g_assert_cmpuint (count_overlaps (graph), ==, 0);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    const Place *place = g_hash_table_lookup (before, node->id);
    if (i < 40 || i >= 80)
      g_assert_true (node->x == place->x && node->y == place->y);
  }
}

static void
test_large (void)
{
  g_autoptr (TelarGraph) graph = network (8000, 11);
  gint permille = 0;
  g_autoptr (TelarArrangement) arrangement = telar_arrangement_new (graph, &telar_cards, NULL);
  g_assert_true (telar_arrangement_run (arrangement, &permille, NULL));
  g_assert_cmpint (permille, ==, 1000);
  g_assert_cmpuint (telar_arrangement_places (arrangement)->len, ==, 8000);
  telar_graph_arrange_missing (graph);
  g_assert_cmpuint (count_overlaps (graph), ==, 0);
}

static void
test_cancelled (void)
{
  g_autoptr (TelarGraph) graph = network (2000, 1);
  const gint cancelled = 1;
  g_autoptr (TelarArrangement) arrangement = telar_arrangement_new (graph, &telar_cards, NULL);
  g_assert_false (telar_arrangement_run (arrangement, NULL, &cancelled));
}

/* Those drawings alone that have no layout. */
static void
test_missing (void)
{
  g_autoptr (TelarGraph) graph = network (6, 1);
  TelarGraph *group = telar_graph_add_group (graph, "block", NULL);
  telar_graph_add_node (group, "relu", NULL, NULL);
  telar_graph_add_node (group, "relu", NULL, NULL);
  telar_graph_find_node (graph, "relu1")->x = 40;
  g_autoptr (GHashTable) before = places_of (graph);
  g_assert_false (telar_graph_is_unarranged (graph));
  g_assert_true (telar_graph_is_unarranged (group));
  telar_graph_arrange_missing (graph);
  g_assert_cmpuint (count_moved (graph, before, 0), ==, 0);
  g_assert_cmpuint (count_overlaps (group), ==, 0);
}

static void
test_empty (void)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  g_autoptr (TelarArrangement) arrangement = telar_arrangement_new (graph, &telar_cards, NULL);
  g_assert_true (telar_arrangement_run (arrangement, NULL, NULL));
  g_assert_cmpuint (telar_arrangement_places (arrangement)->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add_func ("/arrange/overlaps", test_overlaps);
  g_test_add_func ("/arrange/direction", test_direction);
  g_test_add_func ("/arrange/chain", test_chain);
  g_test_add_func ("/arrange/again", test_again);
  g_test_add_func ("/arrange/stable-branch", test_stable_branch);
  g_test_add_func ("/arrange/stable-insert", test_stable_insert);
  g_test_add_func ("/arrange/selection", test_selection);
  g_test_add_func ("/arrange/large", test_large);
  g_test_add_func ("/arrange/cancelled", test_cancelled);
  g_test_add_func ("/arrange/missing", test_missing);
  g_test_add_func ("/arrange/empty", test_empty);
  return g_test_run ();
}
