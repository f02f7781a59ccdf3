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

static void
hold_note (TelarMoving *moving, TelarNoteItem *note)
{
  TelarHeldNote held = { note, note->rect.origin };

  for (guint i = 0; i < moving->notes->len; i++)
    if (g_array_index (moving->notes, TelarHeldNote, i).note == note)
      return;
  g_array_append_val (moving->notes, held);
}

/* A frame takes along what lies in it. */
static void
hold_contents (TelarCanvas *self, const TelarNoteItem *frame)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  telar_scene_query (self->scene, &frame->rect, nodes, NULL);
  for (guint i = 0; i < nodes->len; i++)
    if (graphene_rect_contains_rect (&frame->rect, telar_scene_node_rect (nodes->pdata[i])))
      hold (&self->moving, nodes->pdata[i]);
  for (guint i = 0; i < self->notes->len; i++) {
    TelarNoteItem *note = self->notes->pdata[i];

    if (graphene_rect_contains_rect (&frame->rect, &note->rect))
      hold_note (&self->moving, note);
  }
}

static void
hold_notes (TelarCanvas *self)
{
  for (guint i = 0; i < self->notes->len; i++) {
    TelarNoteItem *note = self->notes->pdata[i];

    if (!note->selected)
      continue;
    hold_note (&self->moving, note);
    if (note->frame)
      hold_contents (self, note);
  }
}

/* What lies beside it: nodes and notes in view that stay. */
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
  for (guint i = 0; i < self->notes->len; i++) {
    const TelarNoteItem *note = self->notes->pdata[i];
    gboolean held = FALSE;

    for (guint j = 0; j < self->moving.notes->len; j++)
      held |= g_array_index (self->moving.notes, TelarHeldNote, j).note == note;
    if (!held && !note->frame && graphene_rect_intersection (&visible, &note->rect, NULL))
      g_array_append_val (self->moving.siblings, note->rect);
  }
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
  hold_notes (self);
  self->moving.turned = self->moving.extreme = self->drag_start.x;
  find_siblings (self);
  self->drag = TELAR_DRAG_MOVE;
}

void
telar_canvas_move_clear (TelarCanvas *self)
{
  TelarMoving *moving = &self->moving;

  g_array_set_size (moving->nodes, 0);
  g_array_set_size (moving->notes, 0);
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
  for (guint i = 0; i < self->moving.notes->len; i++) {
    const TelarHeldNote *held = &g_array_index (self->moving.notes, TelarHeldNote, i);

    held->note->rect.origin = held->at;
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

  if (!node || self->moving.notes->len || (!self->moving.loose && node->edges->len))
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

/* The item under the pointer, as it was: the others keep their distance to it. */
static graphene_rect_t
lead (TelarCanvas *self)
{
  graphene_rect_t rect = GRAPHENE_RECT_INIT (0, 0, 0, 0);

  for (guint i = 0; i < self->moving.notes->len; i++) {
    const TelarHeldNote *held = &g_array_index (self->moving.notes, TelarHeldNote, i);

    if (held->note == self->pressed.note)
      return (graphene_rect_t){ held->at, held->note->rect.size };
  }
  for (guint i = 0; i < self->moving.nodes->len; i++) {
    const TelarHeld *held = &g_array_index (self->moving.nodes, TelarHeld, i);

    rect = *telar_scene_node_rect (held->node);
    rect.origin = GRAPHENE_POINT_INIT (held->x, held->y);
    if (held->node == self->pressed.node)
      break;
  }
  return rect;
}

/* How far it goes, once it has snapped. */
static graphene_point_t
snapped (TelarCanvas *self, double dx, double dy, gboolean freely)
{
  graphene_rect_t rect = lead (self);
  graphene_point_t start = rect.origin;

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
  for (guint i = 0; i < self->moving.notes->len; i++) {
    const TelarHeldNote *held = &g_array_index (self->moving.notes, TelarHeldNote, i);

    held->note->rect.origin = GRAPHENE_POINT_INIT (held->at.x + by.x, held->at.y + by.y);
  }
  follow_shake (self, self->drag_now.x, time);
  self->drop_edge = wire_under (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Edits sync the scene, which cancels drags: all that is told of is copied before. */
void
telar_canvas_move_end (TelarCanvas *self)
{
  guint n = self->moving.nodes->len, n_notes = self->moving.notes->len;
  g_autofree TelarPlace *places = g_new (TelarPlace, n + 1);
  g_autofree TelarNotePlace *notes = g_new (TelarNotePlace, n_notes + 1);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  TelarMove move = {
    .name = _ ("Move"), .nodes = places, .n_nodes = n, .notes = notes, .n_notes = n_notes
  };
  TelarEdge wire;

  for (guint i = 0; i < n; i++) {
    const TelarSceneNode *node = g_array_index (self->moving.nodes, TelarHeld, i).node;
    const graphene_point_t *origin = &telar_scene_node_rect (node)->origin;
    char *id = g_strdup (node->id);

    g_ptr_array_add (ids, id);
    places[i] = (TelarPlace){ id, origin->x, origin->y };
  }
  for (guint i = 0; i < n_notes; i++) {
    const TelarNoteItem *note = g_array_index (self->moving.notes, TelarHeldNote, i).note;
    char *id = g_strdup (note->id);

    g_ptr_array_add (ids, id);
    notes[i] = (TelarNotePlace){ id, note->rect.origin.x, note->rect.origin.y,
                                 note->rect.size.width, note->rect.size.height };
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
