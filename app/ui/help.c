/* The window of the help: pages at the left, searched by title and by what an operator says of
 * itself, the one that is chosen at the right. */
#include "app/ui/help.h"

#include "app/canvas/match.h"
#include "app/ui/cut-label.h"
#include "app/ui/help-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  GtkWidget *window, *search, *list, *scroll, *clamp;
} Help;

/* A page's name, "operator:conv2d" or "canvas". */
static const char *
name_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "page");
}

static const TelarOperator *
operator_of (const char *name)
{
  return g_str_has_prefix (name, TELAR_HELP_OPERATOR)
             ? telar_operator_find (name + strlen (TELAR_HELP_OPERATOR))
             : NULL;
}

/* --- choosing --------------------------------------------------------------------------------- */

static void
show_page (Help *help, const char *name)
{
  const TelarOperator *op = operator_of (name);
  const TelarHelpTopic *topic = op ? NULL : telar_help_find_topic (name);
  GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (help->scroll));
  GtkWidget *page = op ? telar_help_page_of_operator (op) : telar_help_page_of_topic (topic);

  g_object_set (page, "margin-top", 24, "margin-bottom", 36, "margin-start", 24, "margin-end", 24,
                NULL);
  adw_clamp_set_child (ADW_CLAMP (help->clamp), page);
  gtk_adjustment_set_value (place, 0);
}

static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, Help *help)
{
  if (row)
    show_page (help, name_of (row));
}

static gboolean
filter (GtkListBoxRow *row, gpointer data)
{
  const Help *help = data;
  const char *words = gtk_editable_get_text (GTK_EDITABLE (help->search));
  const TelarOperator *op = operator_of (name_of (row));
  g_autofree char *title = NULL, *typed = NULL;

  if (!words[0])
    return TRUE;
  if (op)
    return telar_operator_match (op, words) > 0;
  title = g_utf8_casefold (g_object_get_data (G_OBJECT (row), "title"), -1);
  typed = g_utf8_casefold (words, -1);
  return strstr (title, typed) != NULL;
}

static void
set_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  const char *heading = g_object_get_data (G_OBJECT (row), "heading");
  const char *last = before ? g_object_get_data (G_OBJECT (before), "heading") : NULL;
  GtkWidget *label;

  if (g_strcmp0 (heading, last) == 0) {
    gtk_list_box_row_set_header (row, NULL);
    return;
  }
  label = gtk_label_new (heading);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "dim-label");
  g_object_set (label, "margin-start", 12, "margin-top", before ? 12 : 4, "margin-bottom", 4, NULL);
  gtk_list_box_row_set_header (row, label);
}

static void
on_search (Help *help)
{
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (help->list));
}

/* Enter goes to the first answer. */
static void
on_search_activate (Help *help)
{
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (help->list), i);

    if (!row)
      return;
    if (filter (row, help)) {
      gtk_list_box_select_row (GTK_LIST_BOX (help->list), row);
      return;
    }
  }
}

static gboolean
focus_row (gpointer row)
{
  gtk_widget_grab_focus (row); /* which scrolls to it */
  return G_SOURCE_REMOVE;
}

static void
select_page (Help *help, const char *name)
{
  gtk_editable_set_text (GTK_EDITABLE (help->search), "");
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (help->list), i);

    if (!row)
      return;
    if (!g_str_equal (name_of (row), name))
      continue;
    gtk_list_box_select_row (GTK_LIST_BOX (help->list), row);
    /* Once rows have their places it can be scrolled to. */
    g_idle_add_full (G_PRIORITY_LOW, focus_row, g_object_ref (row), g_object_unref);
  }
}

/* --- building --------------------------------------------------------------------------------- */

static void
add_page (Help *help, char *name, const char *title, const char *heading)
{
  GtkWidget *row = gtk_list_box_row_new (), *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  g_object_set_data_full (G_OBJECT (row), "page", name, g_free);
  g_object_set_data (G_OBJECT (row), "title", (gpointer)title);
  g_object_set_data (G_OBJECT (row), "heading", (gpointer)heading);
  gtk_list_box_append (GTK_LIST_BOX (help->list), row);
}

static void
fill (Help *help)
{
  const GPtrArray *all = telar_operators_all ();

  for (const TelarHelpTopic *topic = telar_help_topics; topic->name; topic++)
    add_page (help, g_strdup (topic->name), _ (topic->title), _ ("The Studio"));
  for (guint i = 0; i < all->len; i++) {
    const TelarOperator *op = all->pdata[i];

    add_page (help, g_strconcat (TELAR_HELP_OPERATOR, op->name, NULL), _ (op->label),
              _ (telar_category_label (op->category)));
  }
}

static GtkWidget *
build_side (Help *help)
{
  GtkWidget *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroll = gtk_scrolled_window_new ();

  help->search = gtk_search_entry_new ();
  g_object_set (help->search, "margin-start", 8, "margin-end", 8, "margin-top", 8, "margin-bottom",
                4, "placeholder-text", _ ("Search the help…"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (help->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search the help"), -1);
  g_signal_connect_swapped (help->search, "search-changed", G_CALLBACK (on_search), help);
  g_signal_connect_swapped (help->search, "activate", G_CALLBACK (on_search_activate), help);
  help->list = gtk_list_box_new ();
  gtk_widget_add_css_class (help->list, "navigation-sidebar");
  gtk_list_box_set_filter_func (GTK_LIST_BOX (help->list), filter, help, NULL);
  gtk_list_box_set_header_func (GTK_LIST_BOX (help->list), set_header, NULL, NULL);
  g_signal_connect (help->list, "row-selected", G_CALLBACK (on_row_selected), help);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), help->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_box_append (GTK_BOX (side), help->search);
  gtk_box_append (GTK_BOX (side), scroll);
  gtk_widget_set_size_request (side, 250, -1);
  gtk_widget_add_css_class (side, "studio-panel");
  gtk_widget_add_css_class (side, "studio-panel-start");
  return side;
}

static Help *
help_new (void)
{
  Help *help = g_new0 (Help, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  help->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (help->window), _ ("Help"));
  gtk_window_set_default_size (GTK_WINDOW (help->window), 960, 680);
  help->scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (help->scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_hexpand (help->scroll, TRUE);
  help->clamp = adw_clamp_new ();
  adw_clamp_set_maximum_size (ADW_CLAMP (help->clamp), 680);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (help->scroll), help->clamp);
  gtk_box_append (GTK_BOX (middle), build_side (help));
  gtk_box_append (GTK_BOX (middle), help->scroll);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), middle);
  adw_window_set_content (ADW_WINDOW (help->window), box);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (help->window, keys);
  fill (help);
  g_object_set_data_full (G_OBJECT (help->window), "help", help, g_free);
  return help;
}

static void
forget (gpointer application, GObject *window)
{
  g_object_set_data (application, "help-window", NULL);
}

void
telar_help_show (GtkApplication *application, GtkWindow *parent, const char *name)
{
  GtkWidget *window = g_object_get_data (G_OBJECT (application), "help-window");
  Help *help = window ? g_object_get_data (G_OBJECT (window), "help") : help_new ();

  if (!window) {
    g_object_set_data (G_OBJECT (application), "help-window", help->window);
    g_object_weak_ref (G_OBJECT (help->window), forget, application);
  }
  gtk_window_set_transient_for (GTK_WINDOW (help->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (help->window), TRUE);
  gtk_window_present (GTK_WINDOW (help->window));
  select_page (help, name);
}
