/* The history as a window: one row for each state, the newest on top, the present one selected.
 * Activating a row goes there; what lies ahead of it can be redone. A jump leaves all rows where
 * they are, so that the keyboard stays on the one that was activated. */
#include "app/ui/history.h"

#include "app/ui/cut-label.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  TelarDocument *document;
  GtkWidget *view;
  GtkStringList *names;
  GtkSingleSelection *selection;
  GPtrArray *rows; /* GtkListItem, borrowed: those that show something */
} History;

static void
history_free (gpointer data)
{
  History *history = data;

  g_signal_handlers_disconnect_by_data (history->document, history);
  g_object_unref (history->document);
  g_object_unref (history->selection);
  g_ptr_array_unref (history->rows);
  g_free (history);
}

/* Row 0 is the newest state, the last one that of the document as it was opened. */
static guint
row_of (TelarDocument *document, guint n_done)
{
  return telar_document_n_edits (document) - n_done;
}

static guint
present_row (History *history)
{
  return row_of (history->document, telar_document_n_done (history->document));
}

static const char *
row_name (History *history, guint row)
{
  guint n_done = telar_document_n_edits (history->document) - row;

  return n_done ? telar_document_edit_name (history->document, n_done - 1) : _ ("As it was opened");
}

/* How many of the oldest rows tell what they are to tell. */
static guint
n_rows_that_hold (History *history)
{
  guint n_edits = telar_document_n_edits (history->document), n = 0;
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (history->names));

  while (n < MIN (n_rows, n_edits + 1) &&
         g_str_equal (gtk_string_list_get_string (history->names, n_rows - 1 - n),
                      row_name (history, n_edits - n)))
    n++;
  return n;
}

/* Edits come and go at the newest end. */
static void
replace_newest (History *history)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (history->names));
  guint n_kept = n_rows_that_hold (history);
  guint n_new = telar_document_n_edits (history->document) + 1 - n_kept;
  g_autofree const char **names = g_new0 (const char *, n_new + 1);

  for (guint row = 0; row < n_new; row++)
    names[row] = row_name (history, row);
  if (n_new || n_rows > n_kept)
    gtk_string_list_splice (history->names, 0, n_rows - n_kept, names);
}

/* What lies ahead of the present is dim: it is not done. */
static void
dim (History *history, GtkListItem *row)
{
  GtkWidget *label = gtk_list_item_get_child (row);

  if (gtk_list_item_get_position (row) < present_row (history))
    gtk_widget_add_css_class (label, "dim-label");
  else
    gtk_widget_remove_css_class (label, "dim-label");
}

static void
take_keyboard (History *history, guint row)
{
  for (guint i = 0; i < history->rows->len; i++) {
    GtkListItem *item = history->rows->pdata[i];

    if (gtk_list_item_get_position (item) == row)
      gtk_widget_grab_focus (gtk_widget_get_parent (gtk_list_item_get_child (item)));
  }
}

/* The present goes to its row, and the keyboard with it where that is in the list. */
static void
update (History *history)
{
  guint present = present_row (history);

  replace_newest (history);
  for (guint i = 0; i < history->rows->len; i++)
    dim (history, history->rows->pdata[i]);
  gtk_single_selection_set_selected (history->selection, present);
  gtk_widget_activate_action (history->view, "list.scroll-to-item", "u", present);
  if (gtk_widget_get_focus_child (history->view))
    take_keyboard (history, present);
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
  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, History *history)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (gtk_list_item_get_item (item)));
  g_ptr_array_add (history->rows, item);
  dim (history, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, History *history)
{
  g_ptr_array_remove_fast (history->rows, item);
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
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), history);
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
  history->rows = g_ptr_array_new ();
  gtk_window_set_title (GTK_WINDOW (window), _ ("History"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 480);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), build_list (history));
  adw_window_set_content (ADW_WINDOW (window), box);
  close_on_escape (window);
  update (history);
  g_signal_connect_swapped (document, "notify::undo-name", G_CALLBACK (update), history);
  g_object_set_data_full (G_OBJECT (history->view), "history", history, history_free);
  gtk_window_present (GTK_WINDOW (window));
  take_keyboard (history, present_row (history));
}
