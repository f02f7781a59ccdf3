/* Wires from the keyboard. W takes up a wire at a port of the current node, the arrows carry its
 * end to the ports where it may go, Enter lets it go there and Tab looks for a new node to end at.
 * E walks over the wires that the node has. */
#include "app/canvas/canvas-private.h"

#include <math.h>

/* --- where a wire may go ---------------------------------------------------------------------- */

typedef struct {
  TelarSceneNode *node;
  guint port;
  float distance;
} Target;

static int
compare_targets (gconstpointer a, gconstpointer b)
{
  const Target *x = a, *y = b;

  return (x->distance > y->distance) - (x->distance < y->distance);
}

/* Ports on that side of @from, near ones first; what lies aside counts double. */
static GArray *
ports_towards (TelarCanvas *self, const graphene_point_t *from, int dx, int dy)
{
  GArray *targets = g_array_new (FALSE, FALSE, sizeof (Target));
  const GPtrArray *nodes = telar_scene_nodes (self->scene);
  gboolean output = !self->wiring.output;

  for (guint i = 0; i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];

    for (guint port = 0; port < (output ? node->n_outputs : node->n_inputs); port++) {
      graphene_point_t at = telar_scene_port (node, output, port);
      float x = at.x - from->x, y = at.y - from->y;
      float along = x * (float)dx + y * (float)dy;
      float aside = fabsf (x * (float)dy) + fabsf (y * (float)dx);
      Target target = { node, port, along + 2 * aside };

      if (along > 0)
        g_array_append_val (targets, target);
    }
  }
  g_array_sort (targets, compare_targets);
  return targets;
}

static void
aim (TelarCanvas *self, TelarSceneNode *node, guint port)
{
  gboolean output = self->wiring.output;
  TelarHit target = { output ? TELAR_HIT_INPUT : TELAR_HIT_OUTPUT, node, port, NULL };

  telar_canvas_wiring_aim (self, &target);
  telar_canvas_ensure_visible (self, node);
  telar_canvas_focus_port (self, node, !output, port);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Carries the end to the next port in a direction that takes the wire; FALSE when there is none. */
static gboolean
carry (TelarCanvas *self, int dx, int dy)
{
  TelarWiring *wiring = &self->wiring;
  gboolean aimed = wiring->target.kind != TELAR_HIT_NOTHING;
  graphene_point_t from =
      aimed ? telar_scene_port (wiring->target.node, !wiring->output, wiring->target.port)
            : telar_scene_port (wiring->node, wiring->output, wiring->port);
  g_autoptr (GArray) targets = ports_towards (self, &from, dx, dy);

  for (guint i = 0; i < targets->len; i++) {
    const Target *target = &g_array_index (targets, Target, i);

    if (telar_canvas_wiring_fits (self, target->node, target->port)) {
      aim (self, target->node, target->port);
      return TRUE;
    }
  }
  return FALSE;
}

/* --- one wire --------------------------------------------------------------------------------- */

void
telar_canvas_wire_from (TelarCanvas *self, TelarSceneNode *node, gboolean output, guint port)
{
  TelarHit hit = { output ? TELAR_HIT_OUTPUT : TELAR_HIT_INPUT, node, port, NULL };
  graphene_point_t at = telar_scene_port (node, output, port);

  telar_canvas_wiring_begin (self, &hit);
  self->wiring.by_key = TRUE;
  self->wiring.started = (TelarHit){ hit.kind, node, port, NULL };
  /* Until it is aimed its end hangs beside the port. */
  self->pointer = telar_canvas_to_widget (self, at.x + (output ? 60 : -60), at.y + 30);
  /* On along the flow, where there is something to go to; else wherever there is. */
  if (!carry (self, output ? 1 : -1, 0) && !carry (self, 0, 1) && !carry (self, 0, -1))
    carry (self, output ? -1 : 1, 0);
}

/* The ports of a node in turn, outputs first. */
static void
start_at_next_port (TelarCanvas *self)
{
  const TelarHit *last = &self->wiring.started;
  TelarSceneNode *node = last->node;
  guint n = node->n_outputs + node->n_inputs;
  guint now = last->kind == TELAR_HIT_OUTPUT ? last->port : node->n_outputs + last->port;
  guint next = (now + 1) % n;
  gboolean output = next < node->n_outputs;

  telar_canvas_cancel_drag (self);
  telar_canvas_wire_from (self, node, output, output ? next : next - node->n_outputs);
}

void
telar_canvas_wire_by_key (TelarCanvas *self)
{
  TelarSceneNode *node = self->current;

  if (self->drag == TELAR_DRAG_WIRE && self->wiring.by_key)
    start_at_next_port (self);
  else if (self->document && node && self->drag == TELAR_DRAG_NONE &&
           node->n_outputs + node->n_inputs > 0)
    telar_canvas_wire_from (self, node, node->n_outputs > 0, 0);
}

/* Looks for a node that the wire may end at. */
static void
end_at_new_node (TelarCanvas *self)
{
  g_autofree char *id = g_strdup (self->wiring.node->id);
  TelarPortRef attach = { id, self->wiring.port, self->wiring.output };
  graphene_point_t at = telar_scene_port (self->wiring.node, attach.output, attach.port);
  float aside = attach.output ? TELAR_BESIDE : -TELAR_BESIDE - TELAR_CARD_WIDTH;
  graphene_point_t free =
      telar_canvas_free_place (self, at.x + aside, at.y - TELAR_CARD_HEIGHT / 2);
  graphene_point_t place = telar_canvas_to_widget (
      self, free.x + (attach.output ? 0 : TELAR_CARD_WIDTH), free.y + TELAR_CARD_HEIGHT / 2);

  telar_canvas_cancel_drag (self);
  telar_canvas_quick_add (self, place.x, place.y, &attach);
}

/* The keyboard goes where the wire went, ready to draw the next. */
static void
let_go (TelarCanvas *self)
{
  g_autofree char *id = NULL;

  if (self->wiring.target.kind == TELAR_HIT_NOTHING) {
    end_at_new_node (self);
    return;
  }
  id = g_strdup (self->wiring.target.node->id);
  self->drag = TELAR_DRAG_NONE;
  telar_canvas_wiring_end (self, TRUE);
  telar_canvas_select (self, (const char *const[]){ id, NULL });
  telar_canvas_focus_current (self);
}

static void
give_up (TelarCanvas *self)
{
  telar_canvas_cancel_drag (self);
  telar_canvas_focus_current (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
telar_canvas_wire_key (TelarCanvas *self, guint key, GdkModifierType state)
{
  if (self->drag != TELAR_DRAG_WIRE || !self->wiring.by_key || state & GDK_CONTROL_MASK)
    return FALSE;
  switch (key) {
  case GDK_KEY_Right:
  case GDK_KEY_Left:
    carry (self, key == GDK_KEY_Right ? 1 : -1, 0);
    return TRUE;
  case GDK_KEY_Down:
  case GDK_KEY_Up:
    carry (self, 0, key == GDK_KEY_Down ? 1 : -1);
    return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_space:
    let_go (self);
    return TRUE;
  case GDK_KEY_Tab:
    end_at_new_node (self);
    return TRUE;
  case GDK_KEY_Escape:
    give_up (self);
    return TRUE;
  default:
    return FALSE;
  }
}

/* --- the wires of a node ---------------------------------------------------------------------- */

static int
compare_wires (gconstpointer a, gconstpointer b, gpointer data)
{
  const TelarSceneEdge *x = *(TelarSceneEdge *const *)a, *y = *(TelarSceneEdge *const *)b;
  const TelarSceneNode *node = data;
  gboolean x_out = x->to != node, y_out = y->to != node;

  if (x_out != y_out)
    return x_out ? 1 : -1;
  if (!x_out)
    return x->to_port != y->to_port ? (x->to_port < y->to_port ? -1 : 1)
                                    : (x->to_slot > y->to_slot) - (x->to_slot < y->to_slot);
  if (x->from_port != y->from_port)
    return x->from_port < y->from_port ? -1 : 1;
  return g_strcmp0 (x->to->id, y->to->id);
}

/* What comes in, then what goes out, then again. */
void
telar_canvas_step_wire (TelarCanvas *self, int step)
{
  TelarSceneNode *node = self->current;
  g_autoptr (GPtrArray) edges = NULL;
  guint index, n;

  if (!node || node->edges->len == 0)
    return;
  edges = g_ptr_array_copy (node->edges, NULL, NULL);
  n = edges->len;
  g_ptr_array_sort_with_data (edges, compare_wires, node);
  if (self->selected_edge && g_ptr_array_find (edges, self->selected_edge, &index))
    index = (index + n + (guint)step) % n;
  else
    index = step > 0 ? 0 : n - 1;
  telar_canvas_select_edge (self, edges->pdata[index]);
  telar_canvas_focus_wire (self, edges->pdata[index]);
}

TelarSceneNode *
telar_canvas_wire_end (TelarCanvas *self, int dx)
{
  const TelarSceneEdge *edge = self->selected_edge;

  return !edge || dx == 0 ? NULL : dx > 0 ? edge->to : edge->from;
}
