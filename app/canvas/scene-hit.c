/* What of the scene lies at a point, and what lies above what. */
#include "app/canvas/scene.h"

#include <math.h>

/* The nearest port within @reach. */
static void
hit_ports (TelarSceneNode *node, gboolean output, float x, float y, float *reach, TelarHit *hit)
{
  guint n = output ? node->n_outputs : node->n_inputs;

  for (guint port = 0; port < n; port++) {
    graphene_point_t centre = telar_scene_port (node, output, port);
    float distance = hypotf (centre.x - x, centre.y - y);

    if (distance > *reach)
      continue;
    *reach = distance;
    *hit = (TelarHit){ output ? TELAR_HIT_OUTPUT : TELAR_HIT_INPUT, node, port, NULL };
  }
}

int
telar_scene_by_height (gconstpointer a, gconstpointer b)
{
  const TelarSceneNode *const *x = a, *const *y = b;

  if ((*x)->selected != (*y)->selected)
    return (*x)->selected ? -1 : 1;
  return (*x)->order > (*y)->order ? -1 : (*x)->order < (*y)->order;
}

static TelarSceneEdge *
nearest_edge (const GPtrArray *edges, float x, float y, float reach)
{
  TelarSceneEdge *nearest = NULL;

  for (guint i = 0; i < edges->len; i++) {
    TelarSceneEdge *edge = edges->pdata[i];
    float distance = telar_curve_distance (&edge->curve, x, y);

    if (distance <= reach) {
      reach = distance;
      nearest = edge;
    }
  }
  return nearest;
}

static graphene_rect_t
around (float x, float y, float reach)
{
  return GRAPHENE_RECT_INIT (x - reach, y - reach, 2 * reach, 2 * reach);
}

TelarSceneEdge *
telar_scene_edge_at (TelarScene *scene, float x, float y, float reach)
{
  g_autoptr (GPtrArray) edges = g_ptr_array_new ();
  graphene_rect_t area = around (x, y, reach);

  telar_scene_query (scene, &area, NULL, edges);
  return nearest_edge (edges, x, y, reach);
}

TelarHit
telar_scene_hit (TelarScene *scene, float x, float y, float reach, gboolean ports)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new (), edges = g_ptr_array_new ();
  graphene_rect_t area = around (x, y, reach);
  graphene_point_t point = GRAPHENE_POINT_INIT (x, y);
  TelarHit hit = { 0 };
  float nearest = reach;

  telar_scene_query (scene, &area, nodes, edges);
  g_ptr_array_sort (nodes, telar_scene_by_height);
  for (guint i = 0; ports && i < nodes->len; i++) {
    hit_ports (nodes->pdata[i], FALSE, x, y, &nearest, &hit);
    hit_ports (nodes->pdata[i], TRUE, x, y, &nearest, &hit);
  }
  if (hit.kind != TELAR_HIT_NOTHING)
    return hit;
  for (guint i = 0; i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];

    if (graphene_rect_contains_point (telar_scene_node_rect (node), &point))
      return (TelarHit){ TELAR_HIT_NODE, node, 0, NULL };
  }
  hit.edge = nearest_edge (edges, x, y, reach);
  hit.kind = hit.edge ? TELAR_HIT_EDGE : TELAR_HIT_NOTHING;
  return hit;
}
