/* The list follows the document; a row goes to its bookmark, its buttons rename and remove it. */
#include "app/ui/bookmarks.h"

#include "app/project/edits.h"
#include "app/ui/cut-label.h"
#include "app/ui/icon-button.h"

#include <glib/gi18n.h>

/* So many have a key of their own. */
#define KEYS 9

struct _TelarBookmarks {
  GtkWidget parent_instance;

  TelarCanvas *canvas;
  TelarDocument *document;
  GtkWidget *button, *popover, *entry, *list, *empty;
  char *renamed; /* the bookmark whose name is being edited, or NULL */
};

G_DEFINE_FINAL_TYPE (TelarBookmarks, telar_bookmarks, GTK_TYPE_WIDGET)

enum { MESSAGE, N_SIGNALS };

static guint signals[N_SIGNALS];

static const GPtrArray *
bookmarks (TelarBookmarks *self)
{
  return telar_graph_bookmarks (telar_document_graph (self->document));
}

/* --- going ------------------------------------------------------------------------------------ */

void
telar_bookmarks_go (TelarBookmarks *self, guint n)
{
  const TelarBookmark *bookmark;

  if (!self->document || n >= bookmarks (self)->len)
    return;
  bookmark = bookmarks (self)->pdata[n];
  if (telar_document_enter (self->document, bookmark->place)) {
    telar_canvas_look_at (self->canvas, bookmark->x, bookmark->y, bookmark->zoom);
    gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
  } else {
    g_autofree char *text =
        g_strdup_printf (_ ("The group that “%s” shows is gone."), bookmark->name);

    g_signal_emit (self, signals[MESSAGE], 0, text);
  }
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, TelarBookmarks *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  telar_bookmarks_go (self, (guint)gtk_list_box_row_get_index (row));
}

/* --- setting, renaming, removing -------------------------------------------------------------- */

/* What is selected lends its name, else the number that is free. Caller frees. */
static char *
suggested_name (TelarBookmarks *self)
{
  g_auto (GStrv) selected = telar_canvas_selection (self->canvas);
  const TelarNode *node =
      selected[0] ? telar_graph_find_node (telar_document_drawing (self->document), selected[0])
                  : NULL;

  if (node)
    return g_strdup (node->title ? node->title : node->id);
  for (guint number = bookmarks (self)->len + 1;; number++) {
    char *name = g_strdup_printf (_ ("View %u"), number);

    if (!telar_graph_find_bookmark (telar_document_graph (self->document), name))
      return name;
    g_free (name);
  }
}

static void
offer_name (TelarBookmarks *self)
{
  g_autofree char *name = self->renamed ? g_strdup (self->renamed) : suggested_name (self);

  gtk_editable_set_text (GTK_EDITABLE (self->entry), name);
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_SECONDARY,
                                     self->renamed ? "document-edit-symbolic"
                                                   : "list-add-symbolic");
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

static void
take_name (TelarBookmarks *self)
{
  g_autofree char *name =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autofree char *renamed = g_steal_pointer (&self->renamed);
  TelarBookmark bookmark = { name, (char *)telar_document_place (self->document), 0, 0, 0 };

  if (!name[0])
    return;
  if (renamed) {
    telar_edit_rename_bookmark (self->document, renamed, name);
    offer_name (self);
    return;
  }
  telar_canvas_looked_at (self->canvas, &bookmark.x, &bookmark.y, &bookmark.zoom);
  telar_edit_set_bookmark (self->document, &bookmark, NULL);
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
on_rename (GtkWidget *button, TelarBookmarks *self)
{
  g_free (self->renamed);
  self->renamed = g_strdup (g_object_get_data (G_OBJECT (button), "bookmark"));
  offer_name (self);
}

static void
on_remove (GtkWidget *button, TelarBookmarks *self)
{
  g_autofree char *name = g_strdup (g_object_get_data (G_OBJECT (button), "bookmark"));

  telar_edit_remove_bookmark (self->document, name);
}

/* --- the list --------------------------------------------------------------------------------- */

static GtkWidget *
row_button (TelarBookmarks *self, const char *icon, const char *label, const char *name,
            GCallback clicked)
{
  GtkWidget *button = telar_icon_button_new (icon, label);

  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "bookmark", g_strdup (name), g_free);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
make_row (TelarBookmarks *self, const TelarBookmark *bookmark, guint index)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *name = gtk_label_new (bookmark->name);
  g_autofree char *key = index < KEYS ? g_strdup_printf (_ ("Ctrl+%u"), index + 1) : g_strdup ("");
  GtkWidget *hint = gtk_label_new (key);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  telar_label_cut (name, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  if (bookmark->place[0])
    gtk_widget_set_tooltip_text (name, bookmark->place);
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_add_css_class (hint, "caption");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), hint);
  gtk_box_append (GTK_BOX (box), row_button (self, "document-edit-symbolic", _ ("Rename"),
                                             bookmark->name, G_CALLBACK (on_rename)));
  gtk_box_append (GTK_BOX (box), row_button (self, "user-trash-symbolic", _ ("Remove"),
                                             bookmark->name, G_CALLBACK (on_remove)));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  telar_widget_set_name (row, bookmark->name);
  return row;
}

static void
refill (TelarBookmarks *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; self->document && i < bookmarks (self)->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self, bookmarks (self)->pdata[i], i));
  gtk_widget_set_visible (self->empty, !gtk_widget_get_first_child (self->list));
  gtk_widget_set_visible (self->list, gtk_widget_get_first_child (self->list) != NULL);
}

static void
on_document_changed (TelarBookmarks *self)
{
  if (gtk_widget_get_visible (self->popover))
    refill (self);
}

static void
on_show (TelarBookmarks *self)
{
  g_clear_pointer (&self->renamed, g_free);
  refill (self);
  if (self->document)
    offer_name (self);
}

void
telar_bookmarks_open (TelarBookmarks *self)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->button));
}

void
telar_bookmarks_set_document (TelarBookmarks *self, TelarDocument *document)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document)
    g_signal_connect_object (document, "changed", G_CALLBACK (on_document_changed), self,
                             G_CONNECT_SWAPPED);
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarBookmarks *self = TELAR_BOOKMARKS (object);

  telar_bookmarks_set_document (self, NULL);
  g_clear_pointer (&self->renamed, g_free);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (telar_bookmarks_parent_class)->dispose (object);
}

static void
telar_bookmarks_class_init (TelarBookmarksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[MESSAGE] = g_signal_new ("message", TELAR_TYPE_BOOKMARKS, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_bookmarks_init (TelarBookmarks *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->entry = gtk_entry_new ();
  telar_widget_set_name (self->entry, _ ("Name of the bookmark"));
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (take_name), self);
  g_signal_connect_swapped (self->entry, "icon-press", G_CALLBACK (take_name), self);
  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  telar_widget_set_name (self->list, _ ("Bookmarks"));
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  self->empty = gtk_label_new (_ ("Name what is in view and press Enter.\n"
                                  "The bookmark brings you back here."));
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_label_set_justify (GTK_LABEL (self->empty), GTK_JUSTIFY_CENTER);
  gtk_widget_set_size_request (box, 260, -1);
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->empty);
  gtk_box_append (GTK_BOX (box), self->list);
  self->popover = gtk_popover_new ();
  gtk_widget_add_css_class (self->popover, "quick-add");
  gtk_popover_set_child (GTK_POPOVER (self->popover), box);
  g_signal_connect_swapped (self->popover, "show", G_CALLBACK (on_show), self);
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "user-bookmarks-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), self->popover);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (self->button), GTK_ARROW_UP);
  gtk_widget_add_css_class (self->button, "flat");
  telar_widget_set_name (self->button, _ ("Bookmarks (Ctrl+B)"));
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

GtkWidget *
telar_bookmarks_new (TelarCanvas *canvas)
{
  TelarBookmarks *self = g_object_new (TELAR_TYPE_BOOKMARKS, NULL);

  self->canvas = canvas;
  return GTK_WIDGET (self);
}
