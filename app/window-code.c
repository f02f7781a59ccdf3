/* What stands beside the window: the model as source code, and how it differs from another. */
#include "app/window-private.h"

#include "app/ui/code-view.h"
#include "app/ui/diff-view.h"

#include <glib/gi18n.h>

static void
on_reveal (TelarCodeView *view, const char *node, TelarWindow *self)
{
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "design");
  telar_design_page_reveal (self->design, node);
}

static void
show_code (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;

  if (!self->code) {
    g_set_weak_pointer (&self->code, telar_code_view_new (GTK_WINDOW (self), self->analysis));
    g_signal_connect_object (self->code, "reveal", G_CALLBACK (on_reveal), self, 0);
  }
  gtk_window_present (GTK_WINDOW (self->code));
}

/* --- differences ------------------------------------------------------------------------------ */

/* A node within a group is shown where the group is entered from the drawing that has it. */
static void
on_difference (TelarDiffView *view, const char *group, const char *node, TelarWindow *self)
{
  const TelarGraph *graph = telar_document_graph (self->document);
  const TelarGraph *drawing = *group ? telar_graph_find_group (graph, group) : NULL;
  const TelarNode *use = drawing ? telar_graph_find_use (drawing) : NULL;
  g_autofree char *path = use ? g_strdup_printf ("%s/%s", use->id, node) : g_strdup (node);

  if (*group && (!use || telar_graph_find_node (graph, use->id) != use))
    return;
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "design");
  telar_design_page_reveal (self->design, path);
}

static void
on_other_chosen (GtkFileChooserNative *chooser, int response, TelarWindow *self)
{
  g_autofree char *path = telar_window_chosen_path (chooser, response);
  g_autofree char *name = path ? g_path_get_basename (path) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) other = path ? telar_graph_load (path, &error) : NULL;

  if (other) {
    GtkWidget *view =
        telar_diff_view_new (GTK_WINDOW (self), other, name, telar_document_graph (self->document));
    g_signal_connect_object (view, "reveal", G_CALLBACK (on_difference), self, 0);
    gtk_window_present (GTK_WINDOW (view));
  } else if (error) {
    telar_window_show_error (self, _ ("The project cannot be compared"), error);
  }
}

static void
compare (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;
  GtkFileChooserNative *chooser =
      telar_window_choose_file (self, _ ("Compare With"), GTK_FILE_CHOOSER_ACTION_OPEN);

  g_signal_connect_object (chooser, "response", G_CALLBACK (on_other_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
telar_window_add_code_actions (TelarWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "code", .activate = show_code },
    { .name = "compare", .activate = compare },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
telar_window_close_code (TelarWindow *self)
{
  if (self->code)
    gtk_window_destroy (GTK_WINDOW (self->code));
}
