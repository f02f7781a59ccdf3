/* One row for each node: its name, its operator with the version, and why. */
#include "app/ui/refusals.h"

#include "app/ui/cut-label.h"
#include "engine/exchange/import.h"

#include <glib/gi18n.h>

#define REFUSAL "telar-refusal" /* of a list's item: the TelarImportRefusal */

/* --- the list --------------------------------------------------------------------------------- */

static char *
describe_operator (const TelarImportRefusal *refusal)
{
  return g_strdup_printf (_ ("%s, version %d"), refusal->op, refusal->version);
}

static GListModel *
build_model (GPtrArray *refused)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);

  for (guint i = 0; i < refused->len; i++) {
    g_autoptr (GObject) item = g_object_new (G_TYPE_OBJECT, NULL);

    g_object_set_data (item, REFUSAL, refused->pdata[i]);
    g_list_store_append (store, item);
  }
  return G_LIST_MODEL (store);
}

static GtkWidget *
label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = label ("heading"), *op = label ("figures"), *reason = label ("dim-label");

  telar_label_cut (name, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_label_set_wrap (GTK_LABEL (reason), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (reason), PANGO_WRAP_WORD_CHAR);
  gtk_box_append (GTK_BOX (head), name);
  gtk_box_append (GTK_BOX (head), op);
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), reason);
  gtk_widget_add_css_class (box, "refusal");
  gtk_list_item_set_child (item, box);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item)
{
  const TelarImportRefusal *refusal = g_object_get_data (gtk_list_item_get_item (item), REFUSAL);
  GtkWidget *head = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  g_autofree char *op = describe_operator (refusal);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (head)), refusal->node);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (head)), op);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (head)), refusal->reason);
}

static GtkWidget *
build_list (GPtrArray *refused)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *list = gtk_list_view_new (
      GTK_SELECTION_MODEL (gtk_no_selection_new (build_model (refused))), factory);
  GtkWidget *scroll = gtk_scrolled_window_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_show_separators (GTK_LIST_VIEW (list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Nodes that cannot be imported"), -1);
  gtk_widget_add_css_class (scroll, "refusals");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), list);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_widget_set_valign (scroll, GTK_ALIGN_START);
  gtk_widget_set_vexpand (scroll, TRUE);
  return scroll;
}

/* --- copying ---------------------------------------------------------------------------------- */

/* A table for a spreadsheet or a report. */
static void
on_copy (GtkButton *button, GPtrArray *refused)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < refused->len; i++) {
    const TelarImportRefusal *refusal = refused->pdata[i];

    g_string_append_printf (text, "%s\t%s\t%d\t%s\n", refusal->node, refusal->op, refusal->version,
                            refusal->reason);
  }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), text->str);
  gtk_button_set_label (button, _ ("Copied"));
}

static GtkWidget *
build_copy (GPtrArray *refused)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Copy All"));

  gtk_widget_set_tooltip_text (button, _ ("Copy the list as a table"));
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_copy), g_ptr_array_ref (refused),
                         (GClosureNotify)(gpointer)g_ptr_array_unref, 0);
  return button;
}

/* --- the dialog ------------------------------------------------------------------------------- */

static GtkWidget *
build_words (guint n)
{
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u node of the model has no counterpart on the canvas. Nothing was changed.",
                "%u nodes of the model have no counterpart on the canvas. Nothing was changed.", n),
      n);
  GtkWidget *words = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (words), 0);
  gtk_label_set_wrap (GTK_LABEL (words), TRUE);
  return words;
}

static gboolean
on_escape (GtkWidget *window, GVariant *arguments, gpointer data)
{
  gtk_window_close (GTK_WINDOW (window));
  return TRUE;
}

static void
close_on_escape (GtkWidget *window)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
}

GtkWidget *
telar_refusals_new (GtkWindow *parent, const char *file, GPtrArray *refused)
{
  GtkWidget *window = adw_window_new (), *header = adw_header_bar_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 14);
  g_autofree char *title = g_strdup_printf (_ ("“%s” cannot be imported"), file);

  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 480);
  g_object_set_data_full (G_OBJECT (window), REFUSAL, g_ptr_array_ref (refused),
                          (GDestroyNotify)g_ptr_array_unref);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), build_copy (refused));
  g_object_set (content, "margin-start", 18, "margin-end", 18, "margin-top", 12, "margin-bottom",
                18, NULL);
  gtk_box_append (GTK_BOX (content), build_words (refused->len));
  gtk_box_append (GTK_BOX (content), build_list (refused));
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), content);
  adw_window_set_content (ADW_WINDOW (window), box);
  close_on_escape (window);
  return window;
}
