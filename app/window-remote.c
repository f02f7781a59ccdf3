/* A workspace elsewhere: opened in the Train page, in the place of the one that is here. */
#include "app/window-private.h"

#include "app/ui/remote-dialog.h"

#include <glib/gi18n.h>

static void
show_remote (TelarWindow *self, TelarRemote *remote)
{
  telar_train_page_set_remote (self->train, remote);
  if (!remote)
    return;
  self->watching = TRUE;
  telar_window_show_place (self);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "train");
}

static void
on_response (AdwMessageDialog *dialog, const char *response, TelarWindow *self)
{
  g_autoptr (TelarRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  const char *address, *token;

  if (!g_str_equal (response, "open"))
    return;
  telar_remote_dialog_get (GTK_WIDGET (dialog), &address, &token);
  remote = telar_remote_new (address, token, &error);
  if (remote)
    show_remote (self, remote);
  else
    telar_window_show_error (self, _ ("The workspace cannot be opened"), error);
}

static void
ask_for_remote (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;
  GtkWidget *dialog = telar_remote_dialog_new (GTK_WINDOW (self));

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
close_remote (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_window_close_remote (data);
}

void
telar_window_close_remote (TelarWindow *self)
{
  show_remote (self, NULL);
}

void
telar_window_add_remote_actions (TelarWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "open-remote", .activate = ask_for_remote },
    { .name = "close-remote", .activate = close_remote },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
