/* State by icon and words. */
#include "app/ui/remote-bar.h"

#include "app/ui/cut-label.h"

#include <glib/gi18n.h>

struct _TelarRemoteBar {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkImage *icon;
  GtkLabel *text;
  TelarRemote *remote;
};

G_DEFINE_FINAL_TYPE (TelarRemoteBar, telar_remote_bar, GTK_TYPE_WIDGET)

static void
update (TelarRemoteBar *bar)
{
  static const struct {
    const char *icon, *text;
  } states[] = {
    [TELAR_REMOTE_CONNECTING] = { "network-transmit-receive-symbolic", N_ ("Connecting to %s…") },
    [TELAR_REMOTE_LIVE] = { "network-server-symbolic", N_ ("The workspace at %s, live") },
    [TELAR_REMOTE_LOST] = { "network-offline-symbolic", N_ ("No connection to %s") },
    [TELAR_REMOTE_REFUSED] = { "dialog-error-symbolic", N_ ("Refused by %s") },
  };
  TelarRemoteState state = telar_remote_state (bar->remote);
  const char *message = telar_remote_message (bar->remote);
  g_autofree char *text = g_strdup_printf (_ (states[state].text), telar_remote_name (bar->remote));

  gtk_image_set_from_icon_name (bar->icon, states[state].icon);
  gtk_label_set_text (bar->text, message != NULL ? message : text);
}

void
telar_remote_bar_set_remote (TelarRemoteBar *bar, TelarRemote *remote)
{
  g_return_if_fail (TELAR_IS_REMOTE_BAR (bar));
  if (bar->remote != NULL)
    g_signal_handlers_disconnect_by_data (bar->remote, bar);
  g_set_object (&bar->remote, remote);
  gtk_widget_set_visible (GTK_WIDGET (bar), remote != NULL);
  if (remote == NULL)
    return;
  g_signal_connect_object (remote, "changed", G_CALLBACK (update), bar, G_CONNECT_SWAPPED);
  update (bar);
}

static void
telar_remote_bar_dispose (GObject *object)
{
  TelarRemoteBar *bar = TELAR_REMOTE_BAR (object);

  if (bar->remote != NULL)
    g_signal_handlers_disconnect_by_data (bar->remote, bar);
  g_clear_object (&bar->remote);
  g_clear_pointer (&bar->box, gtk_widget_unparent);
  G_OBJECT_CLASS (telar_remote_bar_parent_class)->dispose (object);
}

static void
telar_remote_bar_class_init (TelarRemoteBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = telar_remote_bar_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
telar_remote_bar_init (TelarRemoteBar *bar)
{
  GtkWidget *close = gtk_button_new_with_label (_ ("Close"));

  bar->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_add_css_class (bar->box, "remote-bar");
  bar->icon = GTK_IMAGE (gtk_image_new ());
  bar->text = GTK_LABEL (gtk_label_new (NULL));
  telar_label_cut (GTK_WIDGET (bar->text), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (bar->text, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (bar->text), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (close), "win.close-remote");
  gtk_widget_set_tooltip_text (close, _ ("Go back to the runs of this machine"));
  gtk_box_append (GTK_BOX (bar->box), GTK_WIDGET (bar->icon));
  gtk_box_append (GTK_BOX (bar->box), GTK_WIDGET (bar->text));
  gtk_box_append (GTK_BOX (bar->box), close);
  gtk_widget_set_parent (bar->box, GTK_WIDGET (bar));
  gtk_widget_set_visible (GTK_WIDGET (bar), FALSE);
}

GtkWidget *
telar_remote_bar_new (void)
{
  return g_object_new (TELAR_TYPE_REMOTE_BAR, NULL);
}
