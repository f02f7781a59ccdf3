/* What changes the drawing from the keyboard and the menu: adding, removing, copying, grouping. */
#include "app/canvas/canvas-private.h"

#include "app/canvas/arrange.h"

#include <glib/gi18n.h>

/* --- adding and wiring ------------------------------------------------------------------------ */

static graphene_point_t
view_middle (TelarCanvas *self)
{
  return telar_canvas_from_widget (self, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
                                   gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

graphene_point_t
telar_canvas_free_place (TelarCanvas *self, float x, float y)
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
  const TelarOperator *op = self->document ? telar_edit_find_operator (self->document, name) : NULL;
  graphene_point_t middle = view_middle (self), place;
  g_autoptr (GError) error = NULL;
  TelarPortRef attach;
  gboolean extend = op && output_to_extend (self, op, &attach);
  char *id;

  if (!op)
    return NULL;
  if (extend) {
    const graphene_rect_t *rect = telar_scene_node_rect (self->current);

    place = telar_canvas_free_place (self, rect->origin.x + rect->size.width + TELAR_BESIDE,
                                     rect->origin.y);
  } else {
    place = telar_canvas_free_place (self, middle.x - TELAR_CARD_WIDTH / 2,
                                     middle.y - TELAR_CARD_HEIGHT / 2);
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
    graphene_point_t place = telar_canvas_free_place (
        self, rect->origin.x + rect->size.width + TELAR_BESIDE, rect->origin.y);
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
  telar_canvas_arrange (TELAR_CANVAS (widget));
}

static void
cancel_arranging (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_cancel_arranging (TELAR_CANVAS (widget));
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

char *
telar_canvas_chosen_node (TelarCanvas *self)
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
  g_autofree char *id = telar_canvas_chosen_node (self);
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
  g_autofree char *id = telar_canvas_chosen_node (self), *place = NULL;

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

void
telar_canvas_add_edit_actions (GtkWidgetClass *klass)
{
  const GdkModifierType ctrl = GDK_CONTROL_MASK, shift = GDK_SHIFT_MASK;
  const TelarCanvasAction actions[] = {
    { "canvas.add-node", "s", add_node, 0, 0, 0 },
    { "canvas.connect", "(ss)", connect_nodes, 0, 0, 0 },
    { "canvas.remove", NULL, remove_nodes, GDK_KEY_Delete, GDK_KEY_BackSpace, 0 },
    { "canvas.remove-bridge", NULL, remove_bridge, GDK_KEY_Delete, GDK_KEY_BackSpace, ctrl },
    { "canvas.cut", NULL, cut_nodes, GDK_KEY_x, 0, ctrl },
    { "canvas.copy", NULL, copy_nodes, GDK_KEY_c, 0, ctrl },
    { "canvas.paste", NULL, paste_nodes, GDK_KEY_v, 0, ctrl },
    { "canvas.duplicate", NULL, duplicate_nodes, GDK_KEY_d, 0, ctrl },
    { "canvas.quick-add", NULL, quick_add, GDK_KEY_Tab, 0, 0 },
    { "canvas.arrange", NULL, arrange, GDK_KEY_l, 0, ctrl | shift },
    { "canvas.cancel-arranging", NULL, cancel_arranging, 0, 0, 0 },
    { "canvas.group", NULL, group_nodes, GDK_KEY_g, 0, ctrl },
    { "canvas.ungroup", NULL, ungroup_node, GDK_KEY_g, GDK_KEY_G, ctrl | shift },
    { "canvas.enter-group", NULL, enter_group, GDK_KEY_Down, GDK_KEY_KP_Down, GDK_ALT_MASK },
    { "canvas.leave-group", NULL, leave_group, GDK_KEY_Up, GDK_KEY_KP_Up, GDK_ALT_MASK },
  };

  telar_canvas_install (klass, actions, G_N_ELEMENTS (actions));
}
