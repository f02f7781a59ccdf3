/* Taking operators that are dragged from the palette. Over a wire whose ends fit, the new node goes
 * into it; over a node whose wires it can take, in its place. */
#include "app/canvas/canvas-private.h"

static void
update (TelarCanvas *self, const TelarOperator *op, double x, double y)
{
  graphene_point_t at = telar_canvas_from_widget (self, x, y);
  float reach = (float)(TELAR_SNAP / self->view.zoom);
  TelarHit hit = telar_scene_hit (self->scene, at.x, at.y, 1, TRUE);
  TelarSceneEdge *edge =
      hit.kind == TELAR_HIT_NODE ? NULL : telar_scene_edge_at (self->scene, at.x, at.y, reach);

  self->pointer = GRAPHENE_POINT_INIT ((float)x, (float)y);
  self->dropping = op;
  self->drop_edge = edge && telar_canvas_fits_wire (op, edge) ? edge : NULL;
  self->drop_node = hit.kind == TELAR_HIT_NODE &&
                            telar_edit_fit (self->document, hit.node->id, op) != TELAR_SHAPE_DIFFERS
                        ? hit.node
                        : NULL;
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
  self->drop_node = NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Adds the operator, puts it into the wire, or in the place of the node, that it was let go over.
 */
static char *
take (TelarCanvas *self, const TelarOperator *op, double x, double y, GError **error)
{
  graphene_point_t at = telar_canvas_from_widget (self, x, y);
  double left = telar_canvas_snap (at.x - TELAR_CARD_WIDTH / 2);
  double top = telar_canvas_snap (at.y - TELAR_CARD_HEIGHT / 2);
  const TelarSceneEdge *edge = self->drop_edge;
  const TelarSceneNode *node = self->drop_node;

  self->dropping = NULL;
  self->drop_edge = NULL;
  self->drop_node = NULL;
  if (node) {
    g_autofree char *id = g_strdup (node->id);
    g_auto (GStrv) made =
        telar_edit_replace (self->document, (const char *const[]){ id, NULL }, op->name, error);

    return made ? g_strdup (made[0]) : NULL;
  }
  if (edge) {
    TelarEdge wire = telar_scene_edge_ends (edge);

    return telar_edit_insert (self->document, op->name, left, top, &wire, error);
  }
  return telar_edit_add (self->document, op->name, left, top, NULL, error);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, TelarCanvas *self)
{
  const TelarOperatorDrag *drag = g_value_get_boxed (value);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (!drag || !self->document)
    return FALSE;
  update (self, drag->op, x, y);
  id = take (self, drag->op, x, y, &error);
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
