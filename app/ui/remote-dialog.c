/* Two rows: an address that has the token in it needs no more. */
#include "app/ui/remote-dialog.h"

#include <glib/gi18n.h>

#define ADDRESS "telar-remote-address"
#define TOKEN   "telar-remote-token"

static GtkEditable *
row_of (GtkWidget *dialog, const char *key)
{
  return GTK_EDITABLE (g_object_get_data (G_OBJECT (dialog), key));
}

static void
on_changed (GtkWidget *dialog)
{
  const char *address = gtk_editable_get_text (row_of (dialog, ADDRESS));

  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "open", *address != '\0');
}

static void
add_row (GtkWidget *dialog, GtkWidget *list, const char *key, GtkWidget *row, const char *title)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_name (row, key);
  g_object_set_data (G_OBJECT (dialog), key, row);
  g_signal_connect_object (row, "changed", G_CALLBACK (on_changed), dialog, G_CONNECT_SWAPPED);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

GtkWidget *
telar_remote_dialog_new (GtkWindow *parent)
{
  GtkWidget *dialog = adw_message_dialog_new (
      parent, _ ("Open a Remote Workspace"),
      _ ("On the other machine, telar serve prints an address with a token. Paste it here; when it "
         "listens to its own machine only, reach it through ssh -L."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  add_row (dialog, list, ADDRESS, adw_entry_row_new (), _ ("Address"));
  add_row (dialog, list, TOKEN, adw_password_entry_row_new (),
           _ ("Token, where the address has none"));
  g_object_set (row_of (dialog, ADDRESS), "activates-default", TRUE, NULL);
  g_object_set (row_of (dialog, TOKEN), "activates-default", TRUE, NULL);
  adw_message_dialog_add_responses (message, "cancel", _ ("Cancel"), "open", _ ("Open"), NULL);
  adw_message_dialog_set_response_appearance (message, "open", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "open");
  adw_message_dialog_set_close_response (message, "cancel");
  adw_message_dialog_set_extra_child (message, list);
  on_changed (dialog);
  return dialog;
}

void
telar_remote_dialog_get (GtkWidget *dialog, const char **address, const char **token)
{
  *address = gtk_editable_get_text (row_of (dialog, ADDRESS));
  *token = gtk_editable_get_text (row_of (dialog, TOKEN));
}
