/* The list of differences beside both drawings; each leads to the other. */
#include "app/ui/diff-view.h"

#include "app/ui/diff-area.h"
#include "app/ui/zoom-tools.h"

#include <glib/gi18n.h>

struct _TelarDiffView {
  AdwWindow parent_instance;

  TelarGraph *before, *after;
  GPtrArray *found; /* TelarDifference * */
  char *group;      /* the drawing that is shown: its name, NULL: the main one */
  TelarDiffArea *area;
  GtkWidget *tools, *list;
};

G_DEFINE_FINAL_TYPE (TelarDiffView, telar_diff_view, ADW_TYPE_WINDOW)

enum { REVEAL, N_SIGNALS };

static guint signals[N_SIGNALS];

/* Shows the main drawing or that of a group, as far as each document has it. */
static void
show_drawing (TelarDiffView *self, const char *group)
{
  telar_diff_area_show (self->area, group,
                        group ? telar_graph_find_group (self->before, group) : self->before,
                        group ? telar_graph_find_group (self->after, group) : self->after);
  g_free (self->group);
  self->group = g_strdup (group);
}

static void
on_all (TelarDiffView *self)
{
  show_drawing (self, NULL);
}

static void
on_view_changed (TelarDiffView *self)
{
  telar_zoom_tools_show (self->tools, telar_diff_area_zoom (self->area));
}

/* --- the list --------------------------------------------------------------------------------- */

static char *
arrow (const char *before, const char *after)
{
  return g_strdup_printf ("%s → %s", before && *before ? before : "–",
                          after && *after ? after : "–");
}

/* What the row says of a difference: the thing, and what became of it. */
static void
describe (const TelarDifference *d, char **title, char **text)
{
  const char *name = d->is ? d->is : d->was;

  *title = d->kind == TELAR_DIFF_RENAMED ? arrow (d->was, d->is)
           : d->what                     ? g_strdup_printf ("%s · %s", name, d->what)
                                         : g_strdup (name);
  if (d->kind == TELAR_DIFF_CHANGED)
    *text = arrow (d->before, d->after);
  else if (d->before || d->after)
    *text = g_strdup (d->after ? d->after : d->before);
  else
    *text = g_strdup (d->kind == TELAR_DIFF_ADDED     ? _ ("Added")
                      : d->kind == TELAR_DIFF_REMOVED ? _ ("Removed")
                                                      : _ ("Renamed"));
  if (d->group && d->subject != TELAR_DIFF_GROUP) {
    char *within = g_strdup_printf (_ ("%s, in the group %s"), *text, d->group);
    g_free (*text);
    *text = within;
  }
}

static GtkWidget *
make_row (const TelarDifference *d)
{
  static const char *const signs[] = { "+", "−", "~", "→" };
  static const char *const classes[] = { "success", "error", "warning", "accent" };
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  GtkWidget *row = adw_action_row_new (), *sign = gtk_label_new (signs[d->kind]);

  describe (d, &title, &text);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  gtk_widget_add_css_class (sign, "title-4");
  gtk_widget_add_css_class (sign, classes[d->kind]);
  gtk_label_set_width_chars (GTK_LABEL (sign), 2);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), sign);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), d->subject == TELAR_DIFF_NODE);
  return row;
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, TelarDiffView *self)
{
  const TelarDifference *d = self->found->pdata[gtk_list_box_row_get_index (row)];

  if (d->subject != TELAR_DIFF_NODE)
    return;
  if (g_strcmp0 (d->group, self->group) != 0)
    show_drawing (self, d->group);
  telar_diff_area_reveal (self->area, d->is ? d->is : d->was);
  if (d->is)
    g_signal_emit (self, signals[REVEAL], 0, d->group ? d->group : "", d->is);
}

/* The row comes into view, too. */
static void
on_difference (TelarDiffView *self, guint index)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int)index);

  gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

/* --- building --------------------------------------------------------------------------------- */

static GtkWidget *
build_list (TelarDiffView *self)
{
  GtkWidget *scroll = gtk_scrolled_window_new (), *none = adw_status_page_new ();

  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_widget_set_valign (self->list, GTK_ALIGN_START);
  g_object_set (self->list, "margin-start", 12, "margin-end", 12, "margin-top", 12, "margin-bottom",
                12, NULL);
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("No Differences"));
  adw_status_page_set_description (ADW_STATUS_PAGE (none), _ ("At most the layout is another."));
  gtk_list_box_set_placeholder (GTK_LIST_BOX (self->list), none);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), self->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scroll, 380, -1);
  return scroll;
}

static GtkWidget *
build_drawing (TelarDiffView *self)
{
  GtkWidget *overlay = gtk_overlay_new (), *area = telar_diff_area_new (self->found);

  self->area = TELAR_DIFF_AREA (area);
  self->tools = telar_zoom_tools_new (area);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), area);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->tools);
  g_signal_connect_swapped (area, "view-changed", G_CALLBACK (on_view_changed), self);
  g_signal_connect_swapped (area, "difference", G_CALLBACK (on_difference), self);
  return overlay;
}

static void
build (TelarDiffView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *all = gtk_button_new_with_label (_ ("Show All"));

  g_signal_connect_swapped (all, "clicked", G_CALLBACK (on_all), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), all);
  gtk_box_append (GTK_BOX (row), build_drawing (self));
  gtk_box_append (GTK_BOX (row), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (row), build_list (self));
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), row);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_size (GTK_WINDOW (self), 1100, 700);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->area));
}

static void
telar_diff_view_init (TelarDiffView *self)
{
}

/* The area reads what was found until it is gone. */
static void
dispose (GObject *object)
{
  adw_window_set_content (ADW_WINDOW (object), NULL);
  G_OBJECT_CLASS (telar_diff_view_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarDiffView *self = TELAR_DIFF_VIEW (object);

  telar_graph_free (self->before);
  telar_graph_free (self->after);
  g_ptr_array_unref (self->found);
  g_free (self->group);
  G_OBJECT_CLASS (telar_diff_view_parent_class)->finalize (object);
}

static void
telar_diff_view_class_init (TelarDiffViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  signals[REVEAL] = g_signal_new ("reveal", TELAR_TYPE_DIFF_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

GtkWidget *
telar_diff_view_new (GtkWindow *parent, const TelarGraph *before, const char *other,
                     const TelarGraph *after)
{
  TelarDiffView *self = g_object_new (TELAR_TYPE_DIFF_VIEW, "transient-for", parent,
                                      "destroy-with-parent", TRUE, NULL);
  g_autofree char *title = g_strdup_printf (_ ("Changes Since “%s”"), other);

  self->before = telar_graph_copy (before);
  self->after = telar_graph_copy (after);
  self->found = telar_graph_diff (self->before, self->after);
  build (self);
  gtk_window_set_title (GTK_WINDOW (self), title);
  for (guint i = 0; i < self->found->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self->found->pdata[i]));
  show_drawing (self, NULL);
  return GTK_WIDGET (self);
}
