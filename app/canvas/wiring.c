/* Drawing a wire: it hangs on a port and follows the pointer; near a port it says whether it may go
 * there, and why not. Let go over the ground it offers the operators that fit. */
#include "app/canvas/canvas-private.h"
#include "app/project/trial.h"

#include <math.h>

static void
clear (TelarWiring *wiring)
{
  if (wiring->moved) {
    g_free (wiring->moved->from);
    g_free (wiring->moved->to);
    g_free (wiring->moved);
  }
  g_free (wiring->refusal);
  g_free (wiring->shapes);
  g_clear_pointer (&wiring->fits, g_hash_table_unref);
  *wiring = (TelarWiring){ 0 };
}

/* The last wire of an input, which pulling at the port takes off. */
static TelarSceneEdge *
wire_at_input (const TelarSceneNode *node, guint port)
{
  TelarSceneEdge *last = NULL;

  for (guint i = 0; i < node->edges->len; i++) {
    TelarSceneEdge *edge = node->edges->pdata[i];

    if (edge->to == node && edge->to_port == port && (!last || edge->to_slot > last->to_slot))
      last = edge;
  }
  return last;
}

void
telar_canvas_wiring_begin (TelarCanvas *self, const TelarHit *hit)
{
  TelarWiring *wiring = &self->wiring;
  const TelarSceneEdge *edge =
      hit->kind == TELAR_HIT_INPUT ? wire_at_input (hit->node, hit->port) : NULL;

  clear (wiring);
  wiring->fits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  wiring->node = hit->node;
  wiring->port = hit->port;
  wiring->output = hit->kind == TELAR_HIT_OUTPUT;
  if (edge) {
    wiring->moved = g_new0 (TelarEdge, 1);
    *wiring->moved = (TelarEdge){ g_strdup (edge->from->id), g_strdup (edge->to->id),
                                  edge->from_port, edge->to_port, edge->to_slot };
    wiring->node = edge->from;
    wiring->port = edge->from_port;
    wiring->output = TRUE;
  }
  self->drag = TELAR_DRAG_WIRE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The wire as it would be drawn; borrows ids. */
static TelarEdge
wire_to (TelarCanvas *self, const TelarSceneNode *node, guint port)
{
  const TelarWiring *wiring = &self->wiring;

  if (wiring->output)
    return (TelarEdge){ wiring->node->id, node->id, wiring->port, port, 0 };
  return (TelarEdge){ node->id, wiring->node->id, port, wiring->port, 0 };
}

static gboolean
may_connect (TelarCanvas *self, const TelarSceneNode *node, guint port, GError **error)
{
  TelarEdge wire = wire_to (self, node, port);

  return telar_trial_wire (self->document, self->analysis, &wire, NULL, NULL, error);
}

gboolean
telar_canvas_wiring_fits (TelarCanvas *self, TelarSceneNode *node, guint port)
{
  GHashTable *fits = self->wiring.fits;
  g_autofree char *key = g_strdup_printf ("%s:%u", node->id, port);
  int known = GPOINTER_TO_INT (g_hash_table_lookup (fits, key));

  if (!known) {
    known = may_connect (self, node, port, NULL) ? 2 : 1;
    g_hash_table_insert (fits, g_steal_pointer (&key), GINT_TO_POINTER (known));
  }
  return known == 2;
}

/* The port that the wire would go to: the one under the pointer, or on a card the first that fits.
 */
static TelarHit
find_target (TelarCanvas *self)
{
  graphene_point_t at = telar_canvas_from_widget (self, self->pointer.x, self->pointer.y);
  TelarHit hit =
      telar_scene_hit (self->scene, at.x, at.y, (float)(TELAR_SNAP / self->view.zoom), TRUE);
  TelarHitKind wanted = self->wiring.output ? TELAR_HIT_INPUT : TELAR_HIT_OUTPUT;
  guint n;

  if (hit.kind == wanted)
    return hit;
  if (hit.kind == TELAR_HIT_NOTHING || hit.kind == TELAR_HIT_EDGE || hit.node == self->wiring.node)
    return (TelarHit){ 0 };
  n = self->wiring.output ? hit.node->n_inputs : hit.node->n_outputs;
  for (guint port = 0; port < n; port++) {
    if (telar_canvas_wiring_fits (self, hit.node, port))
      return (TelarHit){ wanted, hit.node, port, NULL };
  }
  return n ? (TelarHit){ wanted, hit.node, 0, NULL } : (TelarHit){ 0 };
}

void
telar_canvas_wiring_aim (TelarCanvas *self, const TelarHit *target)
{
  TelarWiring *wiring = &self->wiring;
  g_autoptr (GError) error = NULL;
  TelarEdge wire;
  TelarType result;
  gboolean known;

  if (target->node == wiring->target.node && target->port == wiring->target.port &&
      target->kind == wiring->target.kind)
    return;
  wiring->target = *target;
  g_clear_pointer (&wiring->refusal, g_free);
  g_clear_pointer (&wiring->shapes, g_free);
  if (target->kind == TELAR_HIT_NOTHING)
    return;
  wire = wire_to (self, target->node, target->port);
  if (!telar_trial_wire (self->document, self->analysis, &wire, &result, &known, &error))
    wiring->refusal = g_strdup (error->message);
  wiring->shapes = telar_canvas_wire_shapes (self, &wire, known ? &result : NULL);
}

void
telar_canvas_wiring_update (TelarCanvas *self)
{
  TelarHit target = find_target (self);

  telar_canvas_wiring_aim (self, &target);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
connect_target (TelarCanvas *self, const TelarWiring *wiring, GError **error)
{
  const TelarSceneNode *target = wiring->target.node;

  if (wiring->moved)
    return telar_edit_rewire (self->document, wiring->moved, target->id, wiring->target.port,
                              error);
  if (wiring->output)
    return telar_edit_connect (self->document, wiring->node->id, wiring->port, target->id,
                               wiring->target.port, error);
  return telar_edit_connect (self->document, target->id, wiring->target.port, wiring->node->id,
                             wiring->port, error);
}

static gboolean
offer (TelarCanvas *self, const TelarWiring *wiring)
{
  const TelarSceneNode *target = wiring->target.node;
  TelarEdge wire = { wiring->node->id, target->id, wiring->port, wiring->target.port, 0 };

  if (!wiring->output)
    wire = (TelarEdge){ target->id, wiring->node->id, wiring->target.port, wiring->port, 0 };
  return telar_canvas_offer_fixes (self, &wire, wiring->refusal);
}

/* Edits sync the scene, which cancels drags: the wiring is taken out of the widget before. */
static void
drop_wire (TelarCanvas *self, TelarWiring *wiring)
{
  g_autoptr (GError) error = NULL;
  double moved =
      hypot (self->drag_now.x - self->drag_start.x, self->drag_now.y - self->drag_start.y);

  if (wiring->refusal && !wiring->moved && offer (self, wiring))
    return;
  if (wiring->target.kind != TELAR_HIT_NOTHING) {
    if (wiring->refusal)
      g_set_error_literal (&error, TELAR_ERROR, TELAR_ERROR_INVALID, wiring->refusal);
    if (error || !connect_target (self, wiring, &error))
      telar_canvas_message (self, error);
  } else if (wiring->moved && moved > TELAR_SNAP) {
    telar_edit_disconnect (self->document, wiring->moved->to, wiring->moved->to_port,
                           wiring->moved->to_slot);
  } else if (!wiring->moved && moved > TELAR_SNAP) {
    g_autofree char *id = g_strdup (wiring->node->id);
    TelarPortRef attach = { id, wiring->port, wiring->output };

    telar_canvas_quick_add (self, self->pointer.x, self->pointer.y, &attach);
  }
}

void
telar_canvas_wiring_end (TelarCanvas *self, gboolean drop)
{
  TelarWiring wiring = self->wiring;

  self->wiring = (TelarWiring){ 0 };
  if (drop && wiring.node)
    drop_wire (self, &wiring);
  clear (&wiring);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
