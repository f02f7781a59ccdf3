/* Geometry of the canvas: cards, ports, curves, and what lies where. */
#include "app/canvas/scene.h"

#include "app/canvas/summary.h"

#define CELL 320.0f
/* Ports and halos reach a little over the card. */
#define MARGIN 12.0f
/* When more places than these have changed, all is taken to have. */
#define MOST_CHANGES 200

struct TelarScene {
  GHashTable *by_id;    /* id (owned by the node) -> TelarSceneNode * */
  GHashTable *by_input; /* "TO:PORT.SLOT" -> TelarSceneEdge * */
  GPtrArray *nodes, *edges;
  TelarIndex *node_index, *edge_index;
  graphene_rect_t bounds; /* of all, while @bounded */
  gboolean bounded;
  GArray *changes; /* graphene_rect_t, */
  gboolean all;    /* unless all may have changed */
  guint stamp;
};

static void
change_all (TelarScene *scene)
{
  scene->all = TRUE;
  scene->stamp++;
}

static void
change (TelarScene *scene, const graphene_rect_t *area)
{
  scene->stamp++;
  scene->all = scene->all || scene->changes->len >= MOST_CHANGES;
  if (!scene->all)
    g_array_append_val (scene->changes, *area);
}

gboolean
telar_scene_take_changes (TelarScene *scene, GArray *areas)
{
  gboolean all = scene->all;

  g_array_set_size (areas, 0);
  if (!all)
    g_array_append_vals (areas, scene->changes->data, scene->changes->len);
  g_array_set_size (scene->changes, 0);
  scene->all = FALSE;
  return !all;
}

guint
telar_scene_stamp (const TelarScene *scene)
{
  return scene->stamp;
}

static void
forget_drawings (TelarSceneNode *node)
{
  g_clear_pointer (&node->card, gsk_render_node_unref);
  g_clear_pointer (&node->brief, gsk_render_node_unref);
  g_clear_pointer (&node->pixels, cairo_surface_destroy);
}

static void
node_free (gpointer data)
{
  TelarSceneNode *node = data;

  forget_drawings (node);
  g_free (node->id);
  g_free (node->title);
  g_free (node->summary);
  g_strfreev (node->shapes);
  g_ptr_array_unref (node->edges);
  g_free (node);
}

static void
edge_free (gpointer data)
{
  TelarSceneEdge *edge = data;

  g_free (edge->bends);
  g_free (edge);
}

TelarScene *
telar_scene_new (void)
{
  TelarScene *scene = g_new0 (TelarScene, 1);

  scene->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, node_free);
  scene->by_input = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, edge_free);
  scene->nodes = g_ptr_array_new ();
  scene->edges = g_ptr_array_new ();
  scene->changes = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));
  scene->all = TRUE;
  scene->node_index = telar_index_new (CELL);
  scene->edge_index = telar_index_new (CELL);
  return scene;
}

void
telar_scene_free (TelarScene *scene)
{
  if (!scene)
    return;
  g_ptr_array_unref (scene->nodes);
  g_ptr_array_unref (scene->edges);
  g_array_unref (scene->changes);
  g_hash_table_unref (scene->by_input);
  g_hash_table_unref (scene->by_id);
  telar_index_free (scene->node_index);
  telar_index_free (scene->edge_index);
  g_free (scene);
}

TelarSceneNode *
telar_scene_find (const TelarScene *scene, const char *id)
{
  return g_hash_table_lookup (scene->by_id, id);
}

const GPtrArray *
telar_scene_nodes (const TelarScene *scene)
{
  return scene->nodes;
}

const GPtrArray *
telar_scene_edges (const TelarScene *scene)
{
  return scene->edges;
}

void
telar_scene_redraw (TelarScene *scene)
{
  for (guint i = 0; i < scene->nodes->len; i++)
    forget_drawings (scene->nodes->pdata[i]);
  change_all (scene);
}

TelarEdge
telar_scene_edge_ends (const TelarSceneEdge *edge)
{
  return (TelarEdge){ edge->from->id, edge->to->id,  edge->from_port,
                      edge->to_port,  edge->to_slot, NULL };
}

/* --- geometry --------------------------------------------------------------------------------- */

const graphene_rect_t *
telar_scene_node_rect (const TelarSceneNode *node)
{
  return &node->item.bounds;
}

graphene_point_t
telar_scene_port (const TelarSceneNode *node, gboolean output, guint port)
{
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  float y = telar_card_port (node->n_inputs, node->n_outputs, port);

  return GRAPHENE_POINT_INIT (rect->origin.x + (output ? rect->size.width : 0), rect->origin.y + y);
}

static void
lay_edge (TelarScene *scene, TelarSceneEdge *edge, gboolean indexed)
{
  graphene_point_t from = telar_scene_port (edge->from, TRUE, edge->from_port);
  graphene_point_t to = telar_scene_port (edge->to, FALSE, edge->to_port);
  graphene_rect_t bounds;

  if (edge->n_bends)
    telar_curve_through (&from, edge->bends, edge->n_bends, &to, &edge->curve);
  else
    telar_curve_between (&from, &to, telar_scene_node_rect (edge->to), &edge->curve);
  bounds = telar_curve_bounds (&edge->curve);
  scene->bounded = FALSE;
  if (indexed) {
    change (scene, &edge->item.bounds);
    change (scene, &bounds);
    telar_index_move (scene->edge_index, &edge->item, &bounds);
  } else {
    edge->item.bounds = bounds;
    telar_index_add (scene->edge_index, &edge->item);
  }
}

void
telar_scene_place (TelarScene *scene, TelarSceneNode *node, float x, float y)
{
  graphene_rect_t bounds = node->item.bounds;

  if (bounds.origin.x == x && bounds.origin.y == y)
    return;
  change (scene, &bounds);
  bounds.origin = GRAPHENE_POINT_INIT (x, y);
  change (scene, &bounds);
  scene->bounded = FALSE;
  telar_index_move (scene->node_index, &node->item, &bounds);
  for (guint i = 0; i < node->edges->len; i++)
    lay_edge (scene, node->edges->pdata[i], TRUE);
}

void
telar_scene_move_bend (TelarScene *scene, TelarSceneEdge *edge, guint bend, float x, float y)
{
  edge->bends[bend] = GRAPHENE_POINT_INIT (x, y);
  lay_edge (scene, edge, TRUE);
}

void
telar_scene_annotate (TelarScene *scene, TelarSceneNode *node, char **shapes, TelarBadge badge)
{
  gboolean same = node->badge == badge &&
                  (shapes && node->shapes ? g_strv_equal ((const char *const *)shapes,
                                                          (const char *const *)node->shapes)
                                          : shapes == node->shapes);

  if (same) {
    g_strfreev (shapes);
    return;
  }
  g_strfreev (node->shapes);
  node->shapes = shapes;
  node->badge = badge;
  forget_drawings (node);
  change_all (scene);
}

void
telar_scene_mark (TelarScene *scene, GHashTable *ids)
{
  for (guint i = 0; i < scene->nodes->len; i++) {
    TelarSceneNode *node = scene->nodes->pdata[i];

    node->marked = ids && g_hash_table_contains (ids, node->id);
  }
  change_all (scene);
}

static void
measure (TelarScene *scene)
{
  graphene_rect_t *bounds = &scene->bounds;

  for (guint i = 0; i < scene->nodes->len; i++) {
    const graphene_rect_t *rect = telar_scene_node_rect (scene->nodes->pdata[i]);

    if (i == 0)
      *bounds = *rect;
    else
      graphene_rect_union (bounds, rect, bounds);
  }
  for (guint i = 0; i < scene->edges->len; i++) {
    const TelarSceneEdge *edge = scene->edges->pdata[i];

    graphene_rect_union (bounds, &edge->item.bounds, bounds);
  }
  scene->bounded = TRUE;
}

gboolean
telar_scene_bounds (TelarScene *scene, graphene_rect_t *bounds)
{
  if (!scene->bounded)
    measure (scene);
  *bounds = scene->bounds;
  return scene->nodes->len > 0;
}

/* --- following the graph ---------------------------------------------------------------------- */

static TelarSceneNode *
make_node (TelarScene *scene, const TelarNode *source)
{
  TelarSceneNode *node = g_new0 (TelarSceneNode, 1);

  node->id = g_strdup (source->id);
  node->op = source->op;
  node->n_inputs = telar_operator_n_inputs (source->op);
  node->n_outputs = telar_operator_n_outputs (source->op);
  node->edges = g_ptr_array_new ();
  node->item.bounds = GRAPHENE_RECT_INIT ((float)source->x, (float)source->y, TELAR_CARD_WIDTH,
                                          telar_card_height (node->n_inputs, node->n_outputs));
  telar_index_add (scene->node_index, &node->item);
  g_hash_table_insert (scene->by_id, node->id, node);
  return node;
}

static void
update_text (TelarSceneNode *node, const TelarNode *source)
{
  g_autofree char *title = telar_node_title (source);
  g_autofree char *summary = telar_node_summary (source);

  if (g_strcmp0 (title, node->title) == 0 && g_strcmp0 (summary, node->summary) == 0)
    return;
  g_free (node->title);
  g_free (node->summary);
  node->title = g_steal_pointer (&title);
  node->summary = g_steal_pointer (&summary);
  forget_drawings (node);
}

static gboolean
same_edge (const TelarSceneEdge *edge, const TelarEdge *source)
{
  return g_str_equal (edge->from->id, source->from) && edge->from_port == source->from_port;
}

static char *
edge_key (const char *to, guint port, guint slot)
{
  return g_strdup_printf ("%s:%u.%u", to, port, slot);
}

static void
drop_edge (TelarScene *scene, TelarSceneEdge *edge)
{
  g_autofree char *key = edge_key (edge->to->id, edge->to_port, edge->to_slot);

  telar_index_remove (scene->edge_index, &edge->item);
  g_ptr_array_remove_fast (edge->from->edges, edge);
  g_ptr_array_remove_fast (edge->to->edges, edge);
  g_hash_table_remove (scene->by_input, key);
}

static void
drop_node (TelarScene *scene, TelarSceneNode *node)
{
  while (node->edges->len)
    drop_edge (scene, node->edges->pdata[0]);
  telar_index_remove (scene->node_index, &node->item);
  g_hash_table_remove (scene->by_id, node->id);
}

static gboolean
same_bends (const TelarSceneEdge *edge, const TelarEdge *source)
{
  guint n = source->bends ? source->bends->len : 0;

  if (edge->n_bends != n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const TelarBend *bend = &g_array_index (source->bends, TelarBend, i);

    if (edge->bends[i].x != (float)bend->x || edge->bends[i].y != (float)bend->y)
      return FALSE;
  }
  return TRUE;
}

static void
take_bends (TelarSceneEdge *edge, const TelarEdge *source)
{
  g_free (edge->bends);
  edge->n_bends = source->bends ? source->bends->len : 0;
  edge->bends = edge->n_bends ? g_new (graphene_point_t, edge->n_bends) : NULL;
  for (guint i = 0; i < edge->n_bends; i++) {
    const TelarBend *bend = &g_array_index (source->bends, TelarBend, i);

    edge->bends[i] = GRAPHENE_POINT_INIT ((float)bend->x, (float)bend->y);
  }
}

static TelarSceneEdge *
make_edge (TelarScene *scene, const char *key, const TelarEdge *source)
{
  TelarSceneEdge *edge = g_new0 (TelarSceneEdge, 1);

  edge->from = telar_scene_find (scene, source->from);
  edge->to = telar_scene_find (scene, source->to);
  edge->from_port = source->from_port;
  edge->to_port = source->to_port;
  edge->to_slot = source->to_slot;
  edge->kind = edge->from->op->outputs[source->from_port].kind;
  g_ptr_array_add (edge->from->edges, edge);
  if (edge->to != edge->from)
    g_ptr_array_add (edge->to->edges, edge);
  take_bends (edge, source);
  lay_edge (scene, edge, FALSE);
  g_hash_table_insert (scene->by_input, g_strdup (key), edge);
  return edge;
}

/* Wires that the graph no longer has go first, so that no wire hangs on a node that goes. */
static void
drop_old_edges (TelarScene *scene, const TelarGraph *graph)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const GPtrArray *edges = telar_graph_edges (graph);
  g_autoptr (GPtrArray) old = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key, value;

  for (guint i = 0; i < edges->len; i++) {
    TelarEdge *edge = edges->pdata[i];

    g_hash_table_insert (wanted, edge_key (edge->to, edge->to_port, edge->to_slot), edge);
  }
  g_hash_table_iter_init (&iter, scene->by_input);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const TelarEdge *source = g_hash_table_lookup (wanted, key);

    if (!source || !same_edge (value, source))
      g_ptr_array_add (old, value);
  }
  for (guint i = 0; i < old->len; i++)
    drop_edge (scene, old->pdata[i]);
}

static void
drop_old_nodes (TelarScene *scene, const TelarGraph *graph)
{
  for (guint i = scene->nodes->len; i-- > 0;) {
    TelarSceneNode *node = scene->nodes->pdata[i];
    const TelarNode *source = telar_graph_find_node (graph, node->id);

    if (!source || source->op != node->op)
      drop_node (scene, node);
  }
}

void
telar_scene_sync (TelarScene *scene, const TelarGraph *graph)
{
  const GPtrArray *nodes = telar_graph_nodes (graph), *edges = telar_graph_edges (graph);

  scene->bounded = FALSE;
  change_all (scene);
  drop_old_edges (scene, graph);
  drop_old_nodes (scene, graph);
  g_ptr_array_set_size (scene->nodes, 0);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *source = nodes->pdata[i];
    TelarSceneNode *node = telar_scene_find (scene, source->id);

    if (!node)
      node = make_node (scene, source);
    update_text (node, source);
    telar_scene_place (scene, node, (float)source->x, (float)source->y);
    node->order = i;
    g_ptr_array_add (scene->nodes, node);
  }
  g_ptr_array_set_size (scene->edges, 0);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *source = edges->pdata[i];
    g_autofree char *key = edge_key (source->to, source->to_port, source->to_slot);
    TelarSceneEdge *edge = g_hash_table_lookup (scene->by_input, key);

    if (!edge) {
      edge = make_edge (scene, key, source);
    } else if (!same_bends (edge, source)) {
      take_bends (edge, source);
      lay_edge (scene, edge, TRUE);
    }
    g_ptr_array_add (scene->edges, edge);
  }
}

/* --- what lies where -------------------------------------------------------------------------- */

/* Whether most of the scene lies in the area: then to look at each item costs less than to look at
 * each cell. */
static gboolean
is_mostly_in (const TelarScene *scene, const graphene_rect_t *area)
{
  const graphene_rect_t *all = &scene->bounds;
  graphene_rect_t both;

  return scene->bounded && graphene_rect_intersection (all, area, &both) &&
         both.size.width * both.size.height > 0.25f * all->size.width * all->size.height;
}

/* Compared here, for a call into a library would cost a far view more than drawing its blocks. */
static void
look_at_each (const GPtrArray *all, const graphene_rect_t *area, GPtrArray *found)
{
  float left = area->origin.x, right = left + area->size.width;
  float top = area->origin.y, bottom = top + area->size.height;

  for (guint i = 0; i < all->len; i++) {
    const graphene_rect_t *bounds = &((TelarIndexItem *)all->pdata[i])->bounds;

    if (bounds->origin.x < right && bounds->origin.x + bounds->size.width > left &&
        bounds->origin.y < bottom && bounds->origin.y + bounds->size.height > top)
      g_ptr_array_add (found, all->pdata[i]);
  }
}

void
telar_scene_query (TelarScene *scene, const graphene_rect_t *area, GPtrArray *nodes,
                   GPtrArray *edges)
{
  graphene_rect_t wide = *area;

  graphene_rect_inset (&wide, -MARGIN, -MARGIN);
  if (is_mostly_in (scene, &wide)) {
    if (nodes)
      look_at_each (scene->nodes, &wide, nodes);
    if (edges)
      look_at_each (scene->edges, &wide, edges);
    return;
  }
  if (nodes)
    telar_index_query (scene->node_index, &wide, nodes);
  if (edges)
    telar_index_query (scene->edge_index, &wide, edges);
}
