/* From charts to the canvas and back: a step of a chart is looked at on the drawing, and a node's
 * charts are found from where it is drawn. */
#include "app/window-private.h"

#include <glib/gi18n.h>

/* (step, path of a node or ""). */
static void
show_step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;
  const char *node;
  gint64 step;

  g_variant_get (parameter, "(x&s)", &step, &node);
  if (!self->document)
    return;
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "design");
  if (node[0])
    telar_design_page_reveal (self->design, node);
  telar_design_page_show_step (self->design, step);
}

/* Of the node that is selected. */
static void
show_charts (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;
  g_auto (GStrv) selection =
      self->document ? telar_canvas_selection (telar_design_page_canvas (self->design)) : NULL;

  if (!selection || !selection[0]) {
    telar_window_toast (self, _ ("Select a node to see its charts"));
    return;
  }
  const char *place = telar_document_place (self->document);
  g_autofree char *path =
      place[0] ? g_strdup_printf ("%s/%s", place, selection[0]) : g_strdup (selection[0]);
  telar_train_page_show_node (self->train, path);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "train");
}

void
telar_window_add_heat_actions (TelarWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "show-step", .activate = show_step, .parameter_type = "(xs)" },
    { .name = "show-charts", .activate = show_charts },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
