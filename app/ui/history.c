/* The history as a window: one row for each state, the newest on top, the present one selected.
 * Activating a row goes there; what lies ahead of it can be redone. */
#include "app/ui/history.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  TelarDocument *document;
  GtkWidget *view;
  GtkStringList *names;
  GtkSingleSelection *selection;
} History;

static void
history_free (gpointer data)
{
  History *history = data;

  g_signal_handlers_disconnect_by_data (history->document, history);
  g_object_unref (history->document);
  g_object_unref (history->selection);
  g_free (history);
}

/* Row 0 is the newest state, the last one that of the document as it was opened. */
static guint
row_of (TelarDocument *document, guint n_done)
{
  return telar_document_n_edits (document) - n_done;
}

static void
refill (History *history)
{
  guint n = telar_document_n_edits (history->document);
  g_autofree const char **names = g_new0 (const char *, n + 2);
  guint present = row_of (history->document, telar_document_n_done (history->document));

  for (guint i = 0; i < n; i++)
    names[row_of (history->document, i + 1)] = telar_document_edit_name (history->document, i);
  names[n] = _ ("As it was opened");
  gtk_string_list_splice (history->names, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (history->names)), names);
  gtk_single_selection_set_selected (history->selection, present);
  gtk_widget_activate_action (history->view, "list.scroll-to-item", "u", present);
}

static void
on_activate (GtkListView *view, guint row, History *history)
{
  telar_document_jump (history->document, telar_document_n_edits (history->document) - row);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

/* What lies ahead of the present is dim: it is not done. */
static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, History *history)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  guint present = row_of (history->document, telar_document_n_done (history->document));

  gtk_label_set_text (GTK_LABEL (label),
                      gtk_string_object_get_string (gtk_list_item_get_item (item)));
  if (gtk_list_item_get_position (item) < present)
    gtk_widget_add_css_class (label, "dim-label");
  else
    gtk_widget_remove_css_class (label, "dim-label");
}

static GtkWidget *
build_list (History *history)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroll = gtk_scrolled_window_new ();

  history->names = gtk_string_list_new (NULL);
  history->selection = gtk_single_selection_new (G_LIST_MODEL (history->names));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), history);
  history->view =
      gtk_list_view_new (g_object_ref (GTK_SELECTION_MODEL (history->selection)), factory);
  gtk_widget_add_css_class (history->view, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (history->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("History"), -1);
  g_signal_connect (history->view, "activate", G_CALLBACK (on_activate), history);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), history->view);
  gtk_widget_set_vexpand (scroll, TRUE);
  return scroll;
}

static void
close_on_escape (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, controller);
}

void
telar_history_show (GtkWindow *parent, TelarDocument *document)
{
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  History *history = g_new0 (History, 1);

  history->document = g_object_ref (document);
  gtk_window_set_title (GTK_WINDOW (window), _ ("History"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 480);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), build_list (history));
  adw_window_set_content (ADW_WINDOW (window), box);
  close_on_escape (window);
  refill (history);
  g_signal_connect_swapped (document, "notify::undo-name", G_CALLBACK (refill), history);
  g_object_set_data_full (G_OBJECT (window), "history", history, history_free);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (history->view);
}
