/* The canvas from the keyboard: actions, their keys, and walking along the wires. */
#include "app/canvas/canvas-private.h"

#include "app/canvas/arrange.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define ZOOM_STEP 1.25

/* --- adding and wiring ------------------------------------------------------------------------ */

static graphene_point_t
view_middle (TelarCanvas *self)
{
  return telar_canvas_from_widget (self, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
                                   gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

/* The place of a new node in the middle of the view; moved down until it covers no other. */
static graphene_point_t
free_place (TelarCanvas *self, float x, float y)
{
  graphene_point_t place = GRAPHENE_POINT_INIT (telar_canvas_snap (x), telar_canvas_snap (y));

  for (guint tries = 0; tries < 50; tries++) {
    g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
    graphene_rect_t area =
        GRAPHENE_RECT_INIT (place.x, place.y, TELAR_CARD_WIDTH, TELAR_CARD_HEIGHT);

    telar_scene_query (self->scene, &area, nodes, NULL);
    if (nodes->len == 0)
      break;
    place.y += 2 * TELAR_GRID;
  }
  return place;
}

/* The first output of the current node, when it is selected alone and something may hang on it. */
static gboolean
output_to_extend (TelarCanvas *self, const TelarOperator *op, TelarPortRef *attach)
{
  TelarSceneNode *node = self->current;

  if (!node || !node->selected || g_hash_table_size (self->selection) != 1 || !op)
    return FALSE;
  for (guint out = 0; out < node->n_outputs; out++) {
    for (const TelarPort *in = op->inputs; in && in->name; in++) {
      if (in->kind == node->op->outputs[out].kind) {
        *attach = (TelarPortRef){ node->id, out, TRUE };
        return TRUE;
      }
    }
  }
  return FALSE;
}

char *
telar_canvas_add (TelarCanvas *self, const char *name)
{
  const TelarOperator *op =
      self->document ? telar_graph_find_operator (telar_document_drawing (self->document), name)
                     : NULL;
  graphene_point_t middle = view_middle (self), place;
  g_autoptr (GError) error = NULL;
  TelarPortRef attach;
  gboolean extend = op && output_to_extend (self, op, &attach);
  char *id;

  if (!op)
    return NULL;
  if (extend) {
    const graphene_rect_t *rect = telar_scene_node_rect (self->current);

    place = free_place (self, rect->origin.x + rect->size.width + TELAR_BESIDE, rect->origin.y);
  } else {
    place = free_place (self, middle.x - TELAR_CARD_WIDTH / 2, middle.y - TELAR_CARD_HEIGHT / 2);
  }
  id = telar_edit_add (self->document, name, place.x, place.y, extend ? &attach : NULL, &error);
  if (!id) {
    telar_canvas_message (self, error);
    return NULL;
  }
  telar_canvas_select (self, (const char *const[]){ id, NULL });
  telar_canvas_ensure_visible (self, self->current);
  return id;
}

static void
add_node (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_free (telar_canvas_add (TELAR_CANVAS (widget), g_variant_get_string (parameter, NULL)));
}

/* "conv1" or "conv1:out". */
static gboolean
parse_port (TelarCanvas *self, const char *text, gboolean output, TelarPortRef *ref, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  TelarSceneNode *node = telar_scene_find (self->scene, parts[0]);
  int port = 0;

  if (node && parts[1])
    port = output ? telar_operator_find_output (node->op, parts[1])
                  : telar_operator_find_input (node->op, parts[1]);
  if (!node || port < 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, _ ("there is no port %s"), text);
    return FALSE;
  }
  *ref = (TelarPortRef){ node->id, (guint)port, output };
  return TRUE;
}

static void
connect_nodes (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  g_autoptr (GError) error = NULL;
  const char *from, *to;
  TelarPortRef out, in;

  if (!self->document)
    return;
  g_variant_get (parameter, "(&s&s)", &from, &to);
  if (!parse_port (self, from, TRUE, &out, &error) || !parse_port (self, to, FALSE, &in, &error) ||
      !telar_edit_connect (self->document, out.node, out.port, in.node, in.port, &error))
    telar_canvas_message (self, error);
}

/* What is selected alone is gone on from: a wire takes the node in, a node's output feeds it. */
static void
quick_add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  double x = gtk_widget_get_width (widget) / 2.0, y = gtk_widget_get_height (widget) / 3.0;
  gboolean alone = self->current && self->current->selected && self->current->n_outputs &&
                   g_hash_table_size (self->selection) == 1;

  if (!self->document)
    return;
  if (self->pointer_inside) {
    x = self->pointer.x;
    y = self->pointer.y;
  }
  if (self->selected_edge) {
    telar_canvas_quick_insert (self, x, y);
  } else if (alone) {
    const graphene_rect_t *rect = telar_scene_node_rect (self->current);
    graphene_point_t place =
        free_place (self, rect->origin.x + rect->size.width + TELAR_BESIDE, rect->origin.y);
    graphene_point_t at = telar_canvas_to_widget (self, place.x, place.y + TELAR_CARD_HEIGHT / 2);

    telar_canvas_quick_add (self, at.x, at.y, &(TelarPortRef){ self->current->id, 0, TRUE });
  } else {
    telar_canvas_quick_add (self, x, y, NULL);
  }
}

/* --- editing ---------------------------------------------------------------------------------- */

static void
remove_selected (TelarCanvas *self, gboolean reconnect)
{
  g_auto (GStrv) ids = telar_canvas_selection (self);
  g_auto (GStrv) notes = telar_canvas_selected_notes (self);
  TelarEdge wire;

  if (!self->document)
    return;
  if (ids[0] || notes[0])
    telar_edit_remove_all (self->document, (const char *const *)ids, (const char *const *)notes,
                           reconnect);
  else if (self->selected_edge && self->current_bend >= 0)
    telar_canvas_remove_bend (self, self->selected_edge, (guint)self->current_bend);
  else if (telar_canvas_selected_wire (self, &wire))
    telar_edit_disconnect (self->document, wire.to, wire.to_port, wire.to_slot);
}

static void
remove_nodes (GtkWidget *widget, const char *action, GVariant *parameter)
{
  remove_selected (TELAR_CANVAS (widget), FALSE);
}

static void
remove_bridge (GtkWidget *widget, const char *action, GVariant *parameter)
{
  remove_selected (TELAR_CANVAS (widget), TRUE);
}

static gboolean
copy_selected (TelarCanvas *self)
{
  g_auto (GStrv) ids = telar_canvas_selection (self), notes = telar_canvas_selected_notes (self);
  g_autofree char *text = NULL;

  if (!self->document || (!ids[0] && !notes[0]))
    return FALSE;
  text = telar_edit_copy_all (self->document, (const char *const *)ids, (const char *const *)notes);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  return TRUE;
}

static void
copy_nodes (GtkWidget *widget, const char *action, GVariant *parameter)
{
  copy_selected (TELAR_CANVAS (widget));
}

static void
cut_nodes (GtkWidget *widget, const char *action, GVariant *parameter)
{
  if (copy_selected (TELAR_CANVAS (widget)))
    remove_selected (TELAR_CANVAS (widget), FALSE);
}

static void
select_made (TelarCanvas *self, char **ids, char **notes, const GError *error)
{
  if (!ids) {
    telar_canvas_message (self, error);
    return;
  }
  telar_canvas_select (self, (const char *const *)ids);
  telar_canvas_add_notes_to_selection (self, (const char *const *)notes);
}

static void
on_clipboard_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TelarCanvas) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  graphene_point_t at = self->pointer_inside
                            ? telar_canvas_from_widget (self, self->pointer.x, self->pointer.y)
                            : view_middle (self);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL, notes = NULL;

  if (!text || !self->document)
    return;
  ids = telar_edit_paste_all (self->document, text, telar_canvas_snap (at.x),
                              telar_canvas_snap (at.y), &notes, &error);
  select_made (self, ids, notes, error);
}

static void
paste_nodes (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, on_clipboard_text,
                                 g_object_ref (widget));
}

static void
duplicate_nodes (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  g_auto (GStrv) ids = telar_canvas_selection (self), notes = telar_canvas_selected_notes (self);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) made = NULL, made_notes = NULL;

  if (!self->document || (!ids[0] && !notes[0]))
    return;
  made = telar_edit_duplicate_all (self->document, (const char *const *)ids,
                                   (const char *const *)notes, 4 * TELAR_GRID, &made_notes, &error);
  select_made (self, made, made_notes, error);
}

static void
arrange (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);

  if (!self->document)
    return;
  telar_arrange (self->document, self->scene);
  telar_canvas_fit (self, TRUE);
}

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
  zoom_by (widget, ZOOM_STEP);
}

static void
zoom_out (GtkWidget *widget, const char *action, GVariant *parameter)
{
  zoom_by (widget, 1 / ZOOM_STEP);
}

static void
zoom_fit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_fit (TELAR_CANVAS (widget), TRUE);
}

static void
zoom_original (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);

  zoom_by (widget, telar_canvas_life_size (self) / self->view.zoom);
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

/* --- groups ----------------------------------------------------------------------------------- */

static void
group_nodes (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  g_auto (GStrv) ids = telar_canvas_selection (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (!self->document || !ids[0])
    return;
  id = telar_edit_group (self->document, (const char *const *)ids, &error);
  if (id)
    telar_canvas_select (self, (const char *const[]){ id, NULL });
  else
    telar_canvas_message (self, error);
}

/* The one node that is selected, or the one that has the focus. Caller frees. */
static char *
chosen_node (TelarCanvas *self)
{
  g_auto (GStrv) ids = telar_canvas_selection (self);

  if (ids[0] && !ids[1])
    return g_strdup (ids[0]);
  return self->current ? g_strdup (self->current->id) : NULL;
}

static void
ungroup_node (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  g_autofree char *id = chosen_node (self);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL;

  if (!self->document || !id)
    return;
  ids = telar_edit_ungroup (self->document, id, &error);
  if (ids)
    telar_canvas_select (self, (const char *const *)ids);
  else
    telar_canvas_message (self, error);
}

static void
enter_group (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  g_autofree char *id = chosen_node (self), *place = NULL;

  if (!self->document || !id)
    return;
  place = g_strconcat (telar_document_place (self->document),
                       *telar_document_place (self->document) ? "/" : "", id, NULL);
  telar_document_enter (self->document, place);
}

/* The node that was left is the one selected. */
static void
leave_group (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  g_autofree char *place = NULL, *last = NULL;

  if (!self->document || !*telar_document_place (self->document))
    return;
  place = g_strdup (telar_document_place (self->document));
  last = g_path_get_basename (place);
  if (!telar_node_leave (place))
    *place = '\0';
  telar_document_enter (self->document, place);
  telar_canvas_reveal (self, last);
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
    { "canvas.add-node", "s", add_node, 0, 0, 0 },
    { "canvas.connect", "(ss)", connect_nodes, 0, 0, 0 },
    { "canvas.select", "s", select_one, 0, 0, 0 },
    { "canvas.select-all", NULL, select_all, GDK_KEY_a, 0, ctrl },
    { "canvas.clear-selection", NULL, clear_selection, GDK_KEY_Escape, 0, 0 },
    { "canvas.remove", NULL, remove_nodes, GDK_KEY_Delete, GDK_KEY_BackSpace, 0 },
    { "canvas.remove-bridge", NULL, remove_bridge, GDK_KEY_Delete, GDK_KEY_BackSpace, ctrl },
    { "canvas.cut", NULL, cut_nodes, GDK_KEY_x, 0, ctrl },
    { "canvas.copy", NULL, copy_nodes, GDK_KEY_c, 0, ctrl },
    { "canvas.paste", NULL, paste_nodes, GDK_KEY_v, 0, ctrl },
    { "canvas.duplicate", NULL, duplicate_nodes, GDK_KEY_d, 0, ctrl },
    { "canvas.zoom-in", NULL, zoom_in, GDK_KEY_plus, GDK_KEY_KP_Add, 0 },
    { "canvas.zoom-out", NULL, zoom_out, GDK_KEY_minus, GDK_KEY_KP_Subtract, 0 },
    { "canvas.zoom-fit", NULL, zoom_fit, GDK_KEY_0, GDK_KEY_KP_0, 0 },
    { "canvas.zoom-original", NULL, zoom_original, GDK_KEY_1, GDK_KEY_KP_1, 0 },
    { "canvas.wire", NULL, take_up_wire, GDK_KEY_w, 0, 0 },
    { "canvas.next-wire", NULL, next_wire, GDK_KEY_e, 0, 0 },
    { "canvas.previous-wire", NULL, previous_wire, GDK_KEY_e, GDK_KEY_E, shift },
    { "canvas.menu", NULL, open_menu, GDK_KEY_Menu, 0, 0 },
    { "canvas.menu", NULL, open_menu, GDK_KEY_F10, 0, shift },
    { "canvas.quick-add", NULL, quick_add, GDK_KEY_Tab, 0, 0 },
    { "canvas.arrange", NULL, arrange, GDK_KEY_l, 0, ctrl | shift },
    { "canvas.group", NULL, group_nodes, GDK_KEY_g, 0, ctrl },
    { "canvas.ungroup", NULL, ungroup_node, GDK_KEY_g, GDK_KEY_G, ctrl | shift },
    { "canvas.enter-group", NULL, enter_group, GDK_KEY_Down, GDK_KEY_KP_Down, GDK_ALT_MASK },
    { "canvas.leave-group", NULL, leave_group, GDK_KEY_Up, GDK_KEY_KP_Up, GDK_ALT_MASK },
  };

  telar_canvas_install (klass, actions, G_N_ELEMENTS (actions));
}
