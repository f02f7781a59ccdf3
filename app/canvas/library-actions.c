/* Groups and the user's library of operators, as actions of the canvas. */
#include "app/canvas/canvas-private.h"
#include "app/project/group-copy.h"
#include "app/project/library.h"

#include <glib/gi18n.h>

/* The drawing of the group whose node is chosen, or NULL. */
static const TelarGraph *
chosen_group (TelarCanvas *self)
{
  g_autofree char *id = telar_canvas_chosen_node (self);
  const TelarNode *node =
      id ? telar_graph_find_node (telar_document_drawing (self->document), id) : NULL;

  return node ? telar_operator_drawing (node->op) : NULL;
}

/* What the library has for the chosen group that is drawn otherwise; NULL when there is none. */
static const TelarLibraryEntry *
newer (const TelarGraph *group)
{
  const TelarLibraryEntry *entry = telar_library_find_for (telar_library_get (), group);

  return entry && !telar_group_is_same (entry->drawing, group) ? entry : NULL;
}

static void
keep_group (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  const TelarGraph *group = self->document ? chosen_group (self) : NULL;

  if (group)
    g_signal_emit_by_name (self, "keep-group", telar_graph_group_name (group));
}

static void
update_group (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  const TelarGraph *group = self->document ? chosen_group (self) : NULL;
  const TelarLibraryEntry *entry = group ? newer (group) : NULL;
  g_autoptr (GError) error = NULL;

  if (entry && !telar_edit_update_group (self->document, telar_graph_group_name (group),
                                         entry->drawing, &error))
    telar_canvas_message (self, error);
}

void
telar_canvas_add_library_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "canvas.keep-group", NULL, keep_group);
  gtk_widget_class_install_action (klass, "canvas.update-group", NULL, update_group);
}

void
telar_canvas_append_library (TelarCanvas *self, GMenu *menu)
{
  const TelarGraph *group = chosen_group (self);
  g_autoptr (GMenu) section = g_menu_new ();

  if (!group)
    return;
  g_menu_append (section, _ ("Enter the Group"), "canvas.enter-group");
  g_menu_append (section, _ ("Keep as an Operator…"), "canvas.keep-group");
  if (newer (group))
    g_menu_append (section, _ ("Update from the Library"), "canvas.update-group");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}
