/* The scene: where everything on the canvas lies, in canvas units, without any widget.
 *
 * It mirrors a graph: telar_scene_sync makes it agree, keeping the items (and what was drawn of
 * them) that stayed. Places may run ahead of the graph while nodes are dragged. */
#pragma once

#include "app/canvas/curve.h"
#include "app/canvas/index.h"
#include "engine/graph.h"

#include <gsk/gsk.h>

G_BEGIN_DECLS

typedef struct TelarScene TelarScene;

typedef enum { TELAR_BADGE_NONE, TELAR_BADGE_WARNING, TELAR_BADGE_ERROR } TelarBadge;

typedef struct {
  TelarIndexItem item; /* first: the index hands it out */
  char *id;
  const TelarOperator *op;
  char *title;   /* as shown */
  char *summary; /* "12 filters, 3×3" */
  char **shapes; /* one per output, each may be "" */
  guint n_inputs, n_outputs;
  TelarBadge badge;
  gboolean selected;
  gboolean marked;  /* it answers a search */
  GPtrArray *edges; /* TelarSceneEdge *, borrowed */
  guint order;      /* from below to above, where it is not selected */
  gpointer proxy;   /* the canvas's widget for accessibility, or NULL; borrowed */
  /* Drawings, NULL when they must be made again. */
  GskRenderNode *card, *brief;
  cairo_surface_t *pixels; /* of one of them */
  double pixels_scale;     /* pixels for a canvas unit */
  gboolean pixels_brief;
} TelarSceneNode;

typedef struct {
  TelarIndexItem item;
  TelarSceneNode *from, *to;
  guint from_port, to_port, to_slot;
  TelarPortKind kind;
  TelarCurve curve;
  graphene_point_t *bends; /* where it is led through */
  guint n_bends;
  gboolean selected;
} TelarSceneEdge;

TelarScene *telar_scene_new (void);
void telar_scene_free (TelarScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarScene, telar_scene_free)

void telar_scene_sync (TelarScene *scene, const TelarGraph *graph);
/* Forgets all drawings: the theme has changed. */
void telar_scene_redraw (TelarScene *scene);

TelarSceneNode *telar_scene_find (const TelarScene *scene, const char *id);
/* TelarSceneNode * in the order of their ids; TelarSceneEdge * in no order. Borrowed. */
const GPtrArray *telar_scene_nodes (const TelarScene *scene);
const GPtrArray *telar_scene_edges (const TelarScene *scene);

/* Moves a node and the ends of its wires. */
void telar_scene_place (TelarScene *scene, TelarSceneNode *node, float x, float y);
/* Moves one bend of a wire. */
void telar_scene_move_bend (TelarScene *scene, TelarSceneEdge *edge, guint bend, float x, float y);
/* What is shown in the card; NULL shapes: none known. Takes @shapes. */
void telar_scene_annotate (TelarScene *scene, TelarSceneNode *node, char **shapes,
                           TelarBadge badge);

/* The nodes of these ids answer a search, the others do not; NULL: none do. */
void telar_scene_mark (TelarScene *scene, GHashTable *ids);

/* What looks otherwise, by all of the above, than when it was last asked: FALSE when that may be
 * anything, else @areas is made to hold the places, of graphene_rect_t. What is selected is not
 * looked at. */
gboolean telar_scene_take_changes (TelarScene *scene, GArray *areas);
/* Differs after each change of what is drawn. */
guint telar_scene_stamp (const TelarScene *scene);

/* Its ends as the graph names them; borrowed from the scene. */
TelarEdge telar_scene_edge_ends (const TelarSceneEdge *edge);

/* --- geometry --------------------------------------------------------------------------------- */

const graphene_rect_t *telar_scene_node_rect (const TelarSceneNode *node);
/* The centre of a port. */
graphene_point_t telar_scene_port (const TelarSceneNode *node, gboolean output, guint port);
/* Of all nodes and wires; FALSE when there are none. */
gboolean telar_scene_bounds (TelarScene *scene, graphene_rect_t *bounds);

/* Sorts arrays of TelarSceneNode *, what lies above first: selected nodes above others, later ones
 * above earlier ones. */
int telar_scene_by_height (gconstpointer a, gconstpointer b);

/* Appends what touches @area. */
void telar_scene_query (TelarScene *scene, const graphene_rect_t *area, GPtrArray *nodes,
                        GPtrArray *edges);

typedef enum {
  TELAR_HIT_NOTHING,
  TELAR_HIT_NODE,
  TELAR_HIT_INPUT,
  TELAR_HIT_OUTPUT,
  TELAR_HIT_EDGE,
  /* These the canvas finds beside what the scene holds. */
  TELAR_HIT_BEND, /* of @edge, which @port counts */
  TELAR_HIT_NOTE,
  TELAR_HIT_BORDER, /* of @note; @port says which */
} TelarHitKind;

typedef struct {
  TelarHitKind kind;
  TelarSceneNode *node; /* of nodes and ports */
  guint port;
  TelarSceneEdge *edge;
  struct TelarNoteItem *note;
} TelarHit;

/* What lies at (@x, @y), ports and wires within @reach; no ports without @ports. */
TelarHit telar_scene_hit (TelarScene *scene, float x, float y, float reach, gboolean ports);

/* The nearest wire within @reach, whatever else is there; NULL when there is none. */
TelarSceneEdge *telar_scene_edge_at (TelarScene *scene, float x, float y, float reach);

G_END_DECLS
