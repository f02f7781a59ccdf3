/* Moving what is selected with the pointer: it snaps to its siblings and the grid, comes loose from
 * its wires when it is shaken, and goes into a wire that it is let go over. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* How near, in pixels, a sibling's line is to be to be snapped to. */
#define SNAP_REACH 6.0
/* A shake turns back so often, in legs of so many pixels, each in so many milliseconds. */
#define SHAKE_TURNS 4
#define SHAKE_LEG   18.0
#define SHAKE_TIME  450

/* --- what is held ----------------------------------------------------------------------------- */

static void
hold (TelarMoving *moving, TelarSceneNode *node)
{
  const graphene_point_t *origin = &telar_scene_node_rect (node)->origin;
  TelarHeld held = { node, origin->x, origin->y };

  if (g_hash_table_add (moving->held, node))
    g_array_append_val (moving->nodes, held);
}

/* What others lie in the way of: nodes in view that stay. */
static void
find_siblings (TelarCanvas *self)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  graphene_rect_t visible = telar_canvas_visible (self);

  telar_scene_query (self->scene, &visible, nodes, NULL);
  g_array_set_size (self->moving.siblings, 0);
  for (guint i = 0; i < nodes->len; i++)
    if (!g_hash_table_contains (self->moving.held, nodes->pdata[i]))
      g_array_append_val (self->moving.siblings, *telar_scene_node_rect (nodes->pdata[i]));
}

void
telar_canvas_move_begin (TelarCanvas *self)
{
  GHashTableIter iter;
  gpointer node;

  telar_canvas_move_clear (self);
  g_hash_table_iter_init (&iter, self->selection);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    hold (&self->moving, node);
  self->moving.turned = self->moving.extreme = self->drag_start.x;
  find_siblings (self);
  self->drag = TELAR_DRAG_MOVE;
}

void
telar_canvas_move_clear (TelarCanvas *self)
{
  TelarMoving *moving = &self->moving;

  g_array_set_size (moving->nodes, 0);
  g_array_set_size (moving->siblings, 0);
  g_array_set_size (moving->guides, 0);
  g_hash_table_remove_all (moving->held);
  moving->direction = 0;
  moving->turns = 0;
  moving->loose = FALSE;
  self->drop_edge = NULL;
}

void
telar_canvas_move_cancel (TelarCanvas *self)
{
  for (guint i = 0; i < self->moving.nodes->len; i++) {
    const TelarHeld *held = &g_array_index (self->moving.nodes, TelarHeld, i);

    telar_scene_place (self->scene, held->node, held->x, held->y);
  }
  telar_canvas_move_clear (self);
}

/* --- shaking ---------------------------------------------------------------------------------- */

static gboolean
leaves_held (TelarCanvas *self, const TelarSceneEdge *edge)
{
  return g_hash_table_contains (self->moving.held, edge->from) !=
         g_hash_table_contains (self->moving.held, edge->to);
}

static gboolean
is_wired (TelarCanvas *self)
{
  for (guint i = 0; i < self->moving.nodes->len; i++) {
    const TelarSceneNode *node = g_array_index (self->moving.nodes, TelarHeld, i).node;

    for (guint j = 0; j < node->edges->len; j++)
      if (leaves_held (self, node->edges->pdata[j]))
        return TRUE;
  }
  return FALSE;
}

/* Counts how often the pointer has turned back, left and right, in quick succession. */
static void
follow_shake (TelarCanvas *self, float x, guint32 time)
{
  TelarMoving *moving = &self->moving;
  int direction = x > moving->extreme ? 1 : x < moving->extreme ? -1 : moving->direction;

  if (moving->direction == 0 || direction == moving->direction) {
    moving->direction = direction;
    moving->extreme = x;
    return;
  }
  if (fabsf (x - moving->extreme) < SHAKE_LEG)
    return;
  if (time - moving->turn_time > SHAKE_TIME || fabsf (moving->extreme - moving->turned) < SHAKE_LEG)
    moving->turns = 0;
  moving->turns++;
  moving->turned = moving->extreme;
  moving->turn_time = time;
  moving->direction = direction;
  moving->extreme = x;
  if (moving->turns >= SHAKE_TURNS && !moving->loose && is_wired (self))
    moving->loose = TRUE;
}

gboolean
telar_canvas_hides_wire (TelarCanvas *self, const TelarSceneEdge *edge)
{
  const TelarEdge *moved = self->wiring.moved;

  if (moved && g_str_equal (edge->to->id, moved->to) && edge->to_port == moved->to_port &&
      edge->to_slot == moved->to_slot)
    return TRUE;
  return self->moving.loose && leaves_held (self, edge);
}

/* --- over a wire ------------------------------------------------------------------------------ */

static gboolean
has_kind (const TelarPort *ports, TelarPortKind kind)
{
  for (; ports && ports->name; ports++)
    if (ports->kind == kind)
      return TRUE;
  return FALSE;
}

gboolean
telar_canvas_fits_wire (const TelarOperator *op, const TelarSceneEdge *edge)
{
  return has_kind (op->inputs, edge->kind) && has_kind (op->outputs, edge->kind);
}

/* The wire that the one node that is held would go into: near its middle or the pointer, and not
 * its own. Only a node that hangs on nothing goes. */
static TelarSceneEdge *
wire_under (TelarCanvas *self)
{
  const TelarSceneNode *node =
      self->moving.nodes->len == 1 ? g_array_index (self->moving.nodes, TelarHeld, 0).node : NULL;
  const graphene_rect_t *rect = node ? telar_scene_node_rect (node) : NULL;
  float nearest = (float)(TELAR_SNAP / self->view.zoom);
  g_autoptr (GPtrArray) edges = g_ptr_array_new ();
  TelarSceneEdge *found = NULL;
  graphene_point_t at;

  if (!node || (!self->moving.loose && node->edges->len))
    return NULL;
  at = telar_canvas_from_widget (self, self->drag_now.x, self->drag_now.y);
  telar_scene_query (self->scene, rect, NULL, edges);
  for (guint i = 0; i < edges->len; i++) {
    TelarSceneEdge *edge = edges->pdata[i];
    float middle = telar_curve_distance (&edge->curve, rect->origin.x + rect->size.width / 2,
                                         rect->origin.y + rect->size.height / 2);
    float distance = MIN (middle, telar_curve_distance (&edge->curve, at.x, at.y));

    if (edge->from == node || edge->to == node || distance > nearest ||
        !telar_canvas_fits_wire (node->op, edge))
      continue;
    nearest = distance;
    found = edge;
  }
  return found;
}

/* --- moving ----------------------------------------------------------------------------------- */

/* How far the pressed item goes, once it has snapped. */
static graphene_point_t
snapped (TelarCanvas *self, double dx, double dy, gboolean freely)
{
  const TelarHeld *lead = &g_array_index (self->moving.nodes, TelarHeld, 0);
  graphene_rect_t rect;
  graphene_point_t start;

  for (guint i = 0; i < self->moving.nodes->len; i++) {
    const TelarHeld *held = &g_array_index (self->moving.nodes, TelarHeld, i);

    if (held->node == self->pressed.node)
      lead = held;
  }
  start = GRAPHENE_POINT_INIT (lead->x, lead->y);
  rect = *telar_scene_node_rect (lead->node);
  rect.origin = GRAPHENE_POINT_INIT (start.x + (float)dx, start.y + (float)dy);
  if (freely) {
    g_array_set_size (self->moving.guides, 0);
    rect.origin = GRAPHENE_POINT_INIT (roundf (rect.origin.x), roundf (rect.origin.y));
  } else {
    telar_snap (self->moving.siblings, (float)(SNAP_REACH / self->view.zoom), telar_canvas_grid (),
                &rect, self->moving.guides);
  }
  return GRAPHENE_POINT_INIT (rect.origin.x - start.x, rect.origin.y - start.y);
}

void
telar_canvas_move_update (TelarCanvas *self, double dx, double dy, gboolean freely, guint32 time)
{
  graphene_point_t by = snapped (self, dx, dy, freely);

  for (guint i = 0; i < self->moving.nodes->len; i++) {
    const TelarHeld *held = &g_array_index (self->moving.nodes, TelarHeld, i);

    telar_scene_place (self->scene, held->node, held->x + by.x, held->y + by.y);
  }
  follow_shake (self, self->drag_now.x, time);
  self->drop_edge = wire_under (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Edits sync the scene, which cancels drags: all that is told of is copied before. */
void
telar_canvas_move_end (TelarCanvas *self)
{
  guint n = self->moving.nodes->len;
  g_autofree TelarPlace *places = g_new (TelarPlace, n);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  TelarMove move = { .name = _ ("Move"), .nodes = places, .n_nodes = n };
  TelarEdge wire;

  for (guint i = 0; i < n; i++) {
    const TelarSceneNode *node = g_array_index (self->moving.nodes, TelarHeld, i).node;
    const graphene_point_t *origin = &telar_scene_node_rect (node)->origin;
    char *id = g_strdup (node->id);

    g_ptr_array_add (ids, id);
    places[i] = (TelarPlace){ id, origin->x, origin->y };
  }
  move.loosen = self->moving.loose;
  if (self->drop_edge) {
    char *from = g_strdup (self->drop_edge->from->id), *to = g_strdup (self->drop_edge->to->id);

    g_ptr_array_add (ids, from);
    g_ptr_array_add (ids, to);
    wire = (TelarEdge){
      from, to, self->drop_edge->from_port, self->drop_edge->to_port, self->drop_edge->to_slot, NULL
    };
    move.wire = &wire;
  }
  telar_canvas_move_clear (self);
  if (!telar_edit_move (self->document, &move, &error))
    telar_canvas_message (self, error);
}
