/* Taking operators that are dragged from the palette. Over a wire whose ends fit, the new node goes
 * into it. */
#include "app/canvas/canvas-private.h"

/* Whether @op could stand in the wire: its first input and output have the wire's kind. */
static gboolean
fits_in_wire (const TelarOperator *op, const TelarSceneEdge *edge)
{
  return telar_operator_n_inputs (op) > 0 && telar_operator_n_outputs (op) > 0 &&
         op->inputs[0].kind == edge->kind && op->outputs[0].kind == edge->kind;
}

static void
update (TelarCanvas *self, const TelarOperator *op, double x, double y)
{
  graphene_point_t at = telar_canvas_from_widget (self, x, y);
  float reach = (float)(TELAR_SNAP / self->view.zoom);
  TelarHit hit = telar_scene_hit (self->scene, at.x, at.y, 1);
  TelarSceneEdge *edge =
      hit.kind == TELAR_HIT_NODE ? NULL : telar_scene_edge_at (self->scene, at.x, at.y, reach);

  if (edge && !fits_in_wire (op, edge))
    edge = NULL;
  self->pointer = GRAPHENE_POINT_INIT ((float)x, (float)y);
  self->dropping = op;
  if (edge != self->drop_edge) {
    if (self->drop_edge || edge)
      telar_canvas_clear_selection (self);
    if (edge)
      telar_canvas_select_edge (self, edge);
    self->drop_edge = edge;
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static const TelarOperator *
dragged (GtkDropTarget *target)
{
  const GValue *value = gtk_drop_target_get_value (target);
  const TelarOperatorDrag *drag = value ? g_value_get_boxed (value) : NULL;

  return drag ? drag->op : NULL;
}

static GdkDragAction
on_motion (GtkDropTarget *target, double x, double y, TelarCanvas *self)
{
  const TelarOperator *op = dragged (target);

  if (!self->document)
    return 0;
  if (op)
    update (self, op, x, y);
  return GDK_ACTION_COPY;
}

static void
on_leave (GtkDropTarget *target, TelarCanvas *self)
{
  self->dropping = NULL;
  self->drop_edge = NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, TelarCanvas *self)
{
  const TelarOperatorDrag *drag = g_value_get_boxed (value);
  graphene_point_t at = telar_canvas_from_widget (self, x, y);
  double left = telar_canvas_snap (at.x - TELAR_CARD_WIDTH / 2);
  double top = telar_canvas_snap (at.y - TELAR_CARD_HEIGHT / 2);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  TelarEdge wire;

  if (!drag || !self->document)
    return FALSE;
  update (self, drag->op, x, y);
  self->dropping = NULL;
  if (self->drop_edge && telar_canvas_selected_wire (self, &wire))
    id = telar_edit_insert (self->document, drag->op->name, left, top, &wire, &error);
  else
    id = telar_edit_add (self->document, drag->op->name, left, top, NULL, &error);
  self->drop_edge = NULL;
  if (id)
    telar_canvas_select (self, (const char *const[]){ id, NULL });
  else
    telar_canvas_message (self, error);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  return id != NULL;
}

void
telar_canvas_add_drop_target (TelarCanvas *self)
{
  GtkDropTarget *target = gtk_drop_target_new (TELAR_TYPE_OPERATOR_DRAG, GDK_ACTION_COPY);

  gtk_drop_target_set_preload (target, TRUE);
  g_signal_connect (target, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (target, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (target, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
