/* Exporting from the window: the dialog, and the way to the file that it wrote. */
#include "app/window-private.h"

#include "app/ui/export-dialog.h"

#include <glib/gi18n.h>

static void
on_exported (TelarExportDialog *dialog, const char *path, TelarWindow *self)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = g_markup_printf_escaped (_ ("“%s” is exported"), name);
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_button_label (toast, _ ("Open Folder"));
  adw_toast_set_action_name (toast, "win.show-folder");
  adw_toast_set_action_target (toast, "s", path);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), toast);
}

static void
on_show_node (TelarExportDialog *dialog, const char *id, TelarWindow *self)
{
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "design");
  telar_canvas_select (telar_design_page_canvas (self->design), (const char *const[]){ id, NULL });
}

static void export(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;
  g_autofree char *workspace = telar_workspace_path ();
  GtkWidget *dialog = telar_export_dialog_new (GTK_WINDOW (self), self->document, workspace);

  g_signal_connect_object (dialog, "exported", G_CALLBACK (on_exported), self, 0);
  g_signal_connect_object (dialog, "show-node", G_CALLBACK (on_show_node), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
show_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *folder = g_path_get_dirname (g_variant_get_string (parameter, NULL));
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);

  gtk_show_uri (GTK_WINDOW (data), uri, GDK_CURRENT_TIME);
}

void
telar_window_add_export_actions (TelarWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "export", .activate = export },
    { .name = "show-folder", .activate = show_folder, .parameter_type = "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
