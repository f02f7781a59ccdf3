/* Help where the question is, and the way from pane to pane. */
#include "app/window-private.h"

#include "app/ui/help.h"

/* --- help ------------------------------------------------------------------------------------- */

static char *
help_on_operator (const TelarOperator *op)
{
  if (telar_operator_drawing (op) || telar_operator_is_group_end (op))
    return g_strdup ("groups");
  return g_strconcat (TELAR_HELP_OPERATOR, op->name, NULL);
}

/* The node that is selected alone, wherever it is being edited. */
static const TelarNode *
selected_node (TelarWindow *self)
{
  g_auto (GStrv) ids = telar_canvas_selection (telar_design_page_canvas (self->design));

  return ids[0] && !ids[1] ? telar_graph_find_node (telar_document_drawing (self->document), ids[0])
                           : NULL;
}

static char *
help_on_design (TelarWindow *self)
{
  const TelarNode *node = selected_node (self);
  const TelarOperator *op = telar_design_page_focused_operator (self->design);

  switch (telar_design_page_pane (self->design)) {
  case TELAR_PANE_PALETTE:
    return op ? help_on_operator (op) : g_strdup ("canvas");
  case TELAR_PANE_STATUS:
    return g_strdup ("problems");
  case TELAR_PANE_INSPECTOR:
    return node ? help_on_operator (node->op) : g_strdup ("inspector");
  default:
    return node ? help_on_operator (node->op) : g_strdup ("canvas");
  }
}

void
telar_window_help (TelarWindow *self)
{
  const char *page = adw_view_stack_get_visible_child_name (ADW_VIEW_STACK (self->pages));
  g_autofree char *name = NULL;

  if (!self->document && !self->watching)
    name = g_strdup ("start");
  else if (g_strcmp0 (page, "design") == 0)
    name = help_on_design (self);
  else
    name = g_strdup ("training");
  telar_help_show (gtk_window_get_application (GTK_WINDOW (self)), GTK_WINDOW (self), name);
}

/* --- panes ------------------------------------------------------------------------------------ */

static void
next_pane (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_step_pane (TELAR_WINDOW (data)->design, 1);
}

static void
previous_pane (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_step_pane (TELAR_WINDOW (data)->design, -1);
}

void
telar_window_add_help_actions (TelarWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "next-pane", .activate = next_pane },
    { .name = "previous-pane", .activate = previous_pane },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
