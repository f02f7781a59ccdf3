/* The canvas from the keyboard: looking, walking along the wires, and how actions get their keys.
 */
#include "app/canvas/canvas-private.h"

#include "app/canvas/arrange.h"

#include <glib/gi18n.h>
#include <math.h>

/* --- selecting, looking ----------------------------------------------------------------------- */

static void
select_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  const GPtrArray *nodes = telar_scene_nodes (self->scene);
  g_autofree const char **ids = g_new0 (const char *, nodes->len + 1);

  for (guint i = 0; i < nodes->len; i++)
    ids[i] = ((const TelarSceneNode *)nodes->pdata[i])->id;
  telar_canvas_select (self, ids);
  for (guint i = 0; i < self->notes->len; i++)
    ((TelarNoteItem *)self->notes->pdata[i])->selected = TRUE;
  telar_canvas_selection_changed (self);
}

static void
select_one (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_reveal (TELAR_CANVAS (widget), g_variant_get_string (parameter, NULL));
}

static void
clear_selection (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_clear_selection (TELAR_CANVAS (widget));
  gtk_widget_grab_focus (widget);
}

static void
zoom_by (GtkWidget *widget, double factor)
{
  TelarCanvas *self = TELAR_CANVAS (widget);

  telar_canvas_zoom_about (self, self->view.zoom * factor, gtk_widget_get_width (widget) / 2.0,
                           gtk_widget_get_height (widget) / 2.0);
}

static void
zoom_in (GtkWidget *widget, const char *action, GVariant *parameter)
{
  zoom_by (widget, TELAR_ZOOM_STEP);
}

static void
zoom_out (GtkWidget *widget, const char *action, GVariant *parameter)
{
  zoom_by (widget, 1 / TELAR_ZOOM_STEP);
}

static void
zoom_fit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_fit (TELAR_CANVAS (widget), TRUE);
}

static void
zoom_selection (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_fit_selection (TELAR_CANVAS (widget));
}

static void
zoom_original (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);

  zoom_by (widget, telar_view_life_size (widget) / self->view.zoom);
}

/* --- walking ---------------------------------------------------------------------------------- */

/* The node that the current one leads to in a direction: along the wires to the left and right,
 * else the nearest on that side. */
static TelarSceneNode *
neighbour (TelarCanvas *self, const TelarSceneNode *from, int dx, int dy)
{
  const GPtrArray *nodes = telar_scene_nodes (self->scene);
  const graphene_rect_t *origin = telar_scene_node_rect (from);
  TelarSceneNode *best = NULL;
  float nearest = G_MAXFLOAT;

  for (guint i = 0; dx && i < from->edges->len; i++) {
    const TelarSceneEdge *edge = from->edges->pdata[i];
    TelarSceneNode *other = dx > 0 ? edge->to : edge->from;
    float distance = fabsf (telar_scene_node_rect (other)->origin.y - origin->origin.y);

    if (other != from && distance < nearest) {
      nearest = distance;
      best = other;
    }
  }
  for (guint i = 0; !best && i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];
    const graphene_rect_t *rect = telar_scene_node_rect (node);
    float x = rect->origin.x - origin->origin.x, y = rect->origin.y - origin->origin.y;
    float along = x * (float)dx + y * (float)dy;
    float aside = fabsf (x * (float)dy) + fabsf (y * (float)dx);

    if (node == from || along <= 0 || along + 2 * aside >= nearest)
      continue;
    nearest = along + 2 * aside;
    best = node;
  }
  return best;
}

static void
walk (TelarCanvas *self, int dx, int dy, gboolean extend)
{
  const GPtrArray *nodes = telar_scene_nodes (self->scene);
  TelarSceneNode *next = NULL;

  if (telar_canvas_wire_end (self, dx))
    next = telar_canvas_wire_end (self, dx);
  else if (self->current)
    next = neighbour (self, self->current, dx, dy);
  else if (nodes->len)
    next = nodes->pdata[0];
  if (!next)
    return;
  if (extend && next->selected) {
    self->current = next;
    telar_canvas_selection_changed (self);
  } else {
    telar_canvas_select_node (self, next, extend);
  }
  telar_canvas_ensure_visible (self, next);
  telar_canvas_focus_current (self);
}

static void
nudge (TelarCanvas *self, double dx, double dy)
{
  g_auto (GStrv) ids = telar_canvas_selection (self), notes = telar_canvas_selected_notes (self);
  guint n = g_strv_length (ids), n_notes = g_strv_length (notes);
  g_autofree TelarPlace *places = g_new (TelarPlace, n + 1);
  g_autofree TelarNotePlace *note_places = g_new (TelarNotePlace, n_notes + 1);
  g_autofree char *joined = g_strjoinv (",", ids), *joined_notes = g_strjoinv (",", notes);
  g_autofree char *key = g_strdup_printf ("nudge %s %s", joined, joined_notes);
  TelarMove move = { .name = _ ("Move"),
                     .nodes = places,
                     .n_nodes = n,
                     .notes = note_places,
                     .n_notes = n_notes,
                     .merge_key = key };

  if (telar_canvas_nudge_bend (self, dx, dy))
    return;
  for (guint i = 0; i < n; i++) {
    const graphene_rect_t *rect = telar_scene_node_rect (telar_scene_find (self->scene, ids[i]));

    places[i] = (TelarPlace){ ids[i], rect->origin.x + dx, rect->origin.y + dy };
  }
  for (guint i = 0; i < n_notes; i++) {
    const graphene_rect_t *rect = &telar_canvas_find_note (self, notes[i])->rect;

    note_places[i] = (TelarNotePlace){ notes[i], rect->origin.x + dx, rect->origin.y + dy,
                                       rect->size.width, rect->size.height };
  }
  if (n + n_notes)
    telar_edit_move (self->document, &move, NULL);
}

static gboolean
on_arrow (TelarCanvas *self, guint key, GdkModifierType state)
{
  int dx = (key == GDK_KEY_Right) - (key == GDK_KEY_Left);
  int dy = (key == GDK_KEY_Down) - (key == GDK_KEY_Up);

  if (state & GDK_ALT_MASK || (dx == 0 && dy == 0) ||
      (state & GDK_CONTROL_MASK && state & GDK_SHIFT_MASK))
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_CONTROL_MASK)
    nudge (self, dx * (double)TELAR_GRID, dy * (double)TELAR_GRID);
  else
    walk (self, dx, dy, (state & GDK_SHIFT_MASK) != 0);
  return GDK_EVENT_STOP;
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state,
        TelarCanvas *self)
{
  if (!self->document)
    return GDK_EVENT_PROPAGATE;
  /* What the text of a note leaves is not for the canvas, whose keys are letters. */
  if (self->note_editor)
    return GDK_EVENT_STOP;
  if (telar_canvas_wire_key (self, key, state))
    return GDK_EVENT_STOP;
  if (key == GDK_KEY_space && !self->space) {
    self->space = TRUE;
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grab");
    return GDK_EVENT_STOP;
  }
  if (key == GDK_KEY_x && !(state & gtk_accelerator_get_default_mod_mask ())) {
    self->knife = TRUE;
    telar_canvas_set_cursor (self);
    return GDK_EVENT_STOP;
  }
  if (key == GDK_KEY_Escape && self->drag != TELAR_DRAG_NONE) {
    telar_canvas_cancel_drag (self);
    gtk_widget_queue_draw (GTK_WIDGET (self));
    return GDK_EVENT_STOP;
  }
  if (key == GDK_KEY_Escape && self->arranging) {
    telar_canvas_cancel_arranging (self);
    return GDK_EVENT_STOP;
  }
  if ((key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) && self->current_note) {
    telar_canvas_edit_note (self, self->current_note);
    return GDK_EVENT_STOP;
  }
  if ((key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) && self->current) {
    g_signal_emit_by_name (self, "node-activated", self->current->id);
    return GDK_EVENT_STOP;
  }
  return on_arrow (self, key, state);
}

static void
on_key_released (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state,
                 TelarCanvas *self)
{
  if (key == GDK_KEY_space)
    self->space = FALSE;
  else if (key == GDK_KEY_x)
    self->knife = FALSE;
  telar_canvas_set_cursor (self);
}

void
telar_canvas_add_keys (TelarCanvas *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/* --- wires and the menu ----------------------------------------------------------------------- */

static void
take_up_wire (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_wire_by_key (TELAR_CANVAS (widget));
}

static void
next_wire (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_step_wire (TELAR_CANVAS (widget), 1);
}

static void
probe (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_probe (TELAR_CANVAS (widget));
}

static void
previous_wire (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_step_wire (TELAR_CANVAS (widget), -1);
}

static void
open_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  graphene_point_t at = telar_canvas_selection_place (self);

  if (self->document)
    telar_canvas_show_menu (self, at.x, at.y);
}

static void
bind (GtkWidgetClass *klass, const TelarCanvasAction *action, guint key)
{
  if (key && action->value)
    gtk_widget_class_add_binding_action (klass, key, action->modifiers, action->name, action->type,
                                         action->value);
  else if (key)
    gtk_widget_class_add_binding_action (klass, key, action->modifiers, action->name, NULL);
}

/* An action may stand there once for each value that keys call it with. */
void
telar_canvas_install (GtkWidgetClass *klass, const TelarCanvasAction *actions, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (i == 0 || !g_str_equal (actions[i].name, actions[i - 1].name))
      gtk_widget_class_install_action (klass, actions[i].name, actions[i].type,
                                       actions[i].activate);
    bind (klass, &actions[i], actions[i].key);
    bind (klass, &actions[i], actions[i].other_key);
  }
}

void
telar_canvas_add_actions (GtkWidgetClass *klass)
{
  const GdkModifierType ctrl = GDK_CONTROL_MASK, shift = GDK_SHIFT_MASK;
  const TelarCanvasAction actions[] = {
    { "canvas.select", "s", select_one, 0, 0, 0 },
    { "canvas.select-all", NULL, select_all, GDK_KEY_a, 0, ctrl },
    { "canvas.clear-selection", NULL, clear_selection, GDK_KEY_Escape, 0, 0 },
    { "canvas.zoom-in", NULL, zoom_in, GDK_KEY_plus, GDK_KEY_KP_Add, 0 },
    { "canvas.zoom-out", NULL, zoom_out, GDK_KEY_minus, GDK_KEY_KP_Subtract, 0 },
    { "canvas.zoom-fit", NULL, zoom_fit, GDK_KEY_0, GDK_KEY_KP_0, 0 },
    { "canvas.zoom-selection", NULL, zoom_selection, GDK_KEY_2, GDK_KEY_KP_2, 0 },
    { "canvas.zoom-original", NULL, zoom_original, GDK_KEY_1, GDK_KEY_KP_1, 0 },
    { "canvas.wire", NULL, take_up_wire, GDK_KEY_w, 0, 0 },
    { "canvas.next-wire", NULL, next_wire, GDK_KEY_e, 0, 0 },
    { "canvas.previous-wire", NULL, previous_wire, GDK_KEY_e, GDK_KEY_E, shift },
    { "canvas.probe", NULL, probe, GDK_KEY_p, 0, 0 },
    { "canvas.menu", NULL, open_menu, GDK_KEY_Menu, 0, 0 },
    { "canvas.menu", NULL, open_menu, GDK_KEY_F10, 0, shift },
  };

  telar_canvas_install (klass, actions, G_N_ELEMENTS (actions));
}
