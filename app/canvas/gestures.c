/* Pointer and touch: pan, zoom, select, rubber band. Moving is in move.c, wires in wiring.c,
 * cutting them in cut.c. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* So far a press may wander before it becomes a drag, in pixels. */
#define THRESHOLD 4.0

/* --- the rubber band -------------------------------------------------------------------------- */

static void
update_rubber (TelarCanvas *self)
{
  graphene_point_t a = telar_canvas_from_widget (self, self->drag_start.x, self->drag_start.y);
  graphene_point_t b = telar_canvas_from_widget (self, self->drag_now.x, self->drag_now.y);
  graphene_rect_t area =
      GRAPHENE_RECT_INIT (MIN (a.x, b.x), MIN (a.y, b.y), fabsf (b.x - a.x), fabsf (b.y - a.y));
  const GPtrArray *nodes = telar_scene_nodes (self->scene);

  g_hash_table_remove_all (self->selection);
  for (guint i = 0; i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];

    node->selected = graphene_rect_intersection (telar_scene_node_rect (node), &area, NULL) ||
                     g_hash_table_contains (self->rubbered, node);
    if (node->selected) {
      g_hash_table_add (self->selection, node);
      self->current = node;
    }
  }
  for (guint i = 0; i < self->notes->len; i++) {
    TelarNoteItem *item = self->notes->pdata[i];

    item->selected =
        telar_canvas_note_in (item, &area) || g_hash_table_contains (self->rubbered, item);
    if (item->selected)
      self->current_note = item;
  }
  telar_canvas_selection_changed (self);
}

static void
begin_rubber (TelarCanvas *self)
{
  GHashTableIter iter;
  gpointer node;

  self->drag = TELAR_DRAG_RUBBER;
  self->rubbered = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, self->selection);
  while (self->pressed_extends && g_hash_table_iter_next (&iter, &node, NULL))
    g_hash_table_add (self->rubbered, node);
  for (guint i = 0; self->pressed_extends && i < self->notes->len; i++)
    if (((TelarNoteItem *)self->notes->pdata[i])->selected)
      g_hash_table_add (self->rubbered, self->notes->pdata[i]);
}

/* --- the drag --------------------------------------------------------------------------------- */

static const char *
border_cursor (guint borders)
{
  switch (borders) {
  case TELAR_BORDER_LEFT:
  case TELAR_BORDER_RIGHT:
    return "ew-resize";
  case TELAR_BORDER_TOP:
  case TELAR_BORDER_BOTTOM:
    return "ns-resize";
  case TELAR_BORDER_LEFT | TELAR_BORDER_TOP:
  case TELAR_BORDER_RIGHT | TELAR_BORDER_BOTTOM:
    return "nwse-resize";
  default:
    return "nesw-resize";
  }
}

void
telar_canvas_set_cursor (TelarCanvas *self)
{
  const char *name = "default";

  if (self->drag == TELAR_DRAG_PAN)
    name = "grabbing";
  else if (self->space)
    name = "grab";
  else if (self->drag == TELAR_DRAG_CUT || self->knife || self->drag == TELAR_DRAG_WIRE ||
           self->hover.kind == TELAR_HIT_INPUT || self->hover.kind == TELAR_HIT_OUTPUT)
    name = "crosshair";
  else if (self->drag == TELAR_DRAG_SIZE)
    name = border_cursor (self->pressed.port);
  else if (self->hover.kind == TELAR_HIT_BORDER)
    name = border_cursor (self->hover.port);
  else if (self->hover.kind == TELAR_HIT_BEND || self->hover.kind == TELAR_HIT_NOTE)
    name = "move";
  else if (self->hover.kind == TELAR_HIT_EDGE)
    name = "pointer";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static void
press (TelarCanvas *self, GdkModifierType modifiers)
{
  self->pressed_extends = (modifiers & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0;
  self->drag = TELAR_DRAG_PRESSED;
  switch (self->pressed.kind) {
  case TELAR_HIT_INPUT:
  case TELAR_HIT_OUTPUT:
    telar_canvas_wiring_begin (self, &self->pressed);
    break;
  case TELAR_HIT_NODE:
    if (self->pressed_extends || !self->pressed.node->selected)
      telar_canvas_select_node (self, self->pressed.node, self->pressed_extends);
    self->current = self->pressed.node;
    break;
  case TELAR_HIT_EDGE:
    telar_canvas_select_edge (self, self->pressed.edge);
    break;
  case TELAR_HIT_BEND:
    telar_canvas_select_edge (self, self->pressed.edge);
    self->current_bend = (int)self->pressed.port;
    break;
  case TELAR_HIT_NOTE:
  case TELAR_HIT_BORDER:
    if (self->pressed_extends || !self->pressed.note->selected)
      telar_canvas_select_note (self, self->pressed.note, self->pressed_extends);
    break;
  case TELAR_HIT_NOTHING:
    if (!self->pressed_extends)
      telar_canvas_clear_selection (self);
    break;
  }
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TelarCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (!self->document || (button == GDK_BUTTON_SECONDARY && !(modifiers & GDK_CONTROL_MASK))) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  adw_animation_pause (self->animation);
  /* What a double click has just opened stays open and keeps the keyboard. */
  if (!self->double_clicked) {
    telar_canvas_finish_note (self);
    gtk_widget_grab_focus (GTK_WIDGET (self));
  }
  self->double_clicked = FALSE;
  self->pointer = self->drag_start = self->drag_now = GRAPHENE_POINT_INIT ((float)x, (float)y);
  self->drag_view = self->view;
  if (button == GDK_BUTTON_MIDDLE || self->space) {
    self->drag = TELAR_DRAG_PAN;
  } else if (button == GDK_BUTTON_SECONDARY || self->knife) {
    telar_canvas_cut_begin (self);
  } else {
    self->pressed = telar_canvas_hit (self, x, y);
    press (self, modifiers);
  }
  telar_canvas_set_cursor (self);
}

/* A press becomes a drag once it has moved far enough. */
static void
start_moving (TelarCanvas *self)
{
  if ((self->pressed.kind == TELAR_HIT_NODE && self->pressed.node->selected) ||
      (self->pressed.kind == TELAR_HIT_NOTE && self->pressed.note->selected)) {
    telar_canvas_move_begin (self);
  } else if (self->pressed.kind == TELAR_HIT_BORDER) {
    telar_canvas_size_begin (self);
  } else if (self->pressed.kind == TELAR_HIT_BEND) {
    telar_canvas_bend_begin (self);
  } else if (self->pressed.kind == TELAR_HIT_NOTHING) {
    begin_rubber (self);
  }
}

/* Once the drag is ours, no swipe of a panel around the canvas may take it. */
static void
claim (TelarCanvas *self, GtkGestureDrag *gesture)
{
  if (self->drag != TELAR_DRAG_NONE && self->drag != TELAR_DRAG_PRESSED)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TelarCanvas *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state (controller);
  double zoom = self->view.zoom;

  self->drag_now =
      GRAPHENE_POINT_INIT (self->drag_start.x + (float)dx, self->drag_start.y + (float)dy);
  self->pointer = self->drag_now;
  if (self->drag == TELAR_DRAG_PRESSED && hypot (dx, dy) >= THRESHOLD)
    start_moving (self);
  claim (self, gesture);
  switch (self->drag) {
  case TELAR_DRAG_PAN:
    telar_canvas_set_view (
        self, &(TelarView){ self->drag_view.x - dx / zoom, self->drag_view.y - dy / zoom, zoom });
    break;
  case TELAR_DRAG_MOVE:
    telar_canvas_move_update (self, dx / zoom, dy / zoom, (modifiers & GDK_CONTROL_MASK) != 0,
                              gtk_event_controller_get_current_event_time (controller));
    break;
  case TELAR_DRAG_RUBBER:
    update_rubber (self);
    break;
  case TELAR_DRAG_WIRE:
    telar_canvas_wiring_update (self);
    break;
  case TELAR_DRAG_CUT:
    telar_canvas_cut_update (self);
    break;
  case TELAR_DRAG_BEND:
    telar_canvas_bend_update (self);
    break;
  case TELAR_DRAG_SIZE:
    telar_canvas_size_update (self, dx / zoom, dy / zoom);
    break;
  case TELAR_DRAG_NONE:
  case TELAR_DRAG_PRESSED:
    break;
  }
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TelarCanvas *self)
{
  TelarDragKind drag = self->drag;

  self->drag = TELAR_DRAG_NONE;
  if (drag == TELAR_DRAG_MOVE) {
    telar_canvas_move_end (self);
  } else if (drag == TELAR_DRAG_CUT) {
    telar_canvas_cut_end (self);
  } else if (drag == TELAR_DRAG_BEND) {
    telar_canvas_bend_end (self);
  } else if (drag == TELAR_DRAG_SIZE) {
    telar_canvas_size_end (self, TRUE);
  } else if (drag == TELAR_DRAG_WIRE) {
    telar_canvas_wiring_end (self, TRUE);
  } else if (drag == TELAR_DRAG_PRESSED && self->pressed.kind == TELAR_HIT_NODE &&
             !self->pressed_extends && g_hash_table_size (self->selection) > 1) {
    telar_canvas_select_node (self, self->pressed.node, FALSE);
  }
  g_clear_pointer (&self->rubbered, g_hash_table_unref);
  telar_canvas_set_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
telar_canvas_cancel_drag (TelarCanvas *self)
{
  if (self->drag == TELAR_DRAG_BEND)
    telar_scene_sync (self->scene, telar_document_drawing (self->document));
  telar_canvas_move_cancel (self);
  telar_canvas_cut_clear (self);
  telar_canvas_size_end (self, FALSE);
  telar_canvas_wiring_end (self, FALSE);
  g_clear_pointer (&self->rubbered, g_hash_table_unref);
  self->drag = TELAR_DRAG_NONE;
  self->pressed = (TelarHit){ 0 };
}

static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, TelarCanvas *self)
{
  telar_canvas_cancel_drag (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- clicks, the wheel, pinching, hovering ---------------------------------------------------- */

/* Opens a node, writes in a note, bends a wire or takes a bend out, adds to the ground. */
void
telar_canvas_double_click (TelarCanvas *self, double x, double y)
{
  graphene_point_t at = telar_canvas_from_widget (self, x, y);
  TelarHit hit = telar_canvas_hit (self, x, y);

  switch (hit.kind) {
  case TELAR_HIT_NODE:
    g_signal_emit_by_name (self, "node-activated", hit.node->id);
    break;
  case TELAR_HIT_NOTE:
    telar_canvas_edit_note (self, hit.note);
    break;
  case TELAR_HIT_BEND:
    telar_canvas_remove_bend (self, hit.edge, hit.port);
    break;
  case TELAR_HIT_EDGE:
    telar_canvas_add_bend (self, hit.edge, at.x, at.y);
    break;
  case TELAR_HIT_NOTHING:
    telar_canvas_quick_add (self, x, y, NULL);
    break;
  case TELAR_HIT_INPUT:
  case TELAR_HIT_OUTPUT:
  case TELAR_HIT_BORDER:
    break;
  }
}

static void
on_click (GtkGestureClick *gesture, int n_press, double x, double y, TelarCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  TelarHit hit;

  if (!self->document)
    return;
  hit = telar_canvas_hit (self, x, y);
  if (button == GDK_BUTTON_SECONDARY) {
    if (modifiers & GDK_CONTROL_MASK) /* the stroke that cuts begins so */
      return;
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    self->pointer = GRAPHENE_POINT_INIT ((float)x, (float)y);
    if (hit.kind == TELAR_HIT_NODE && !hit.node->selected)
      telar_canvas_select_node (self, hit.node, FALSE);
    else if (hit.kind == TELAR_HIT_EDGE || hit.kind == TELAR_HIT_BEND)
      telar_canvas_select_edge (self, hit.edge);
    else if (hit.note && !hit.note->selected)
      telar_canvas_select_note (self, hit.note, FALSE);
    telar_canvas_show_menu (self, x, y);
  } else if (button == GDK_BUTTON_PRIMARY && n_press == 2) {
    self->double_clicked = TRUE;
    telar_canvas_double_click (self, x, y);
  }
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, TelarCanvas *self)
{
  TelarView view = telar_view_scrolled (&self->view, scroll, dx, dy, &self->pointer);

  adw_animation_pause (self->animation);
  telar_canvas_set_view (self, &view);
  return GDK_EVENT_STOP;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, TelarCanvas *self)
{
  self->pinch_zoom = self->view.zoom;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, TelarCanvas *self)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    telar_canvas_zoom_about (self, self->pinch_zoom * scale, x, y);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, TelarCanvas *self)
{
  TelarHit hit;

  self->pointer = GRAPHENE_POINT_INIT ((float)x, (float)y);
  self->pointer_inside = TRUE;
  if (self->drag != TELAR_DRAG_NONE)
    return;
  hit = telar_canvas_hit (self, x, y);
  if (hit.kind == self->hover.kind && hit.node == self->hover.node &&
      hit.port == self->hover.port && hit.edge == self->hover.edge && hit.note == self->hover.note)
    return;
  self->hover = hit;
  telar_canvas_set_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *motion, TelarCanvas *self)
{
  self->pointer_inside = FALSE;
  self->hover = (TelarHit){ 0 };
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
telar_canvas_add_gestures (TelarCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_click), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));

  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
}
