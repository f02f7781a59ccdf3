/* The list of runs. Rows are kept and changed in place, so that a list that changes with every
 * epoch keeps its selection, its focus and its scrolling. */
#include "app/ui/run-list.h"

#include "app/ui/cut-label.h"
#include "app/ui/run-text.h"
#include "insight/store.h"

#include <glib/gi18n.h>

typedef struct {
  gint64 id;
  GtkListBoxRow *row; /* borrowed */
  GtkImage *icon;
  GtkLabel *name, *status, *parent, *metric;
} Entry;

struct _TelarRunList {
  AdwBin parent_instance;

  GtkListBox *box;
  GPtrArray *entries; /* Entry, in the order of the rows */
  gboolean showing;   /* a selection made by the program is no choice */
};

G_DEFINE_FINAL_TYPE (TelarRunList, telar_run_list, ADW_TYPE_BIN)

static guint chosen_signal;

static GtkWidget *
add_label (GtkBox *box, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (box, label);
  return label;
}

static Entry *
add_entry (TelarRunList *list)
{
  Entry *entry = g_new0 (Entry, 1);
  GtkBox *box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10));
  GtkBox *texts = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 2));

  gtk_widget_set_margin_top (GTK_WIDGET (box), 6);
  gtk_widget_set_margin_bottom (GTK_WIDGET (box), 6);
  entry->icon = GTK_IMAGE (gtk_image_new ());
  gtk_box_append (box, GTK_WIDGET (entry->icon));
  gtk_widget_set_hexpand (GTK_WIDGET (texts), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (texts), GTK_ALIGN_CENTER);
  gtk_box_append (box, GTK_WIDGET (texts));
  entry->name = GTK_LABEL (add_label (texts, NULL));
  entry->status = GTK_LABEL (add_label (texts, "caption"));
  gtk_widget_add_css_class (GTK_WIDGET (entry->status), "dim-label");
  entry->parent = GTK_LABEL (add_label (texts, "caption"));
  gtk_widget_add_css_class (GTK_WIDGET (entry->parent), "dim-label");
  entry->metric = GTK_LABEL (add_label (box, "numeric"));

  entry->row = GTK_LIST_BOX_ROW (gtk_list_box_row_new ());
  gtk_list_box_row_set_child (entry->row, GTK_WIDGET (box));
  gtk_list_box_append (list->box, GTK_WIDGET (entry->row));
  g_ptr_array_add (list->entries, entry);
  return entry;
}

/* Short, for the list is narrow; what goes on is shown by the icon as well. */
static char *
status_line (const TelarRunRow *run)
{
  int epoch = (int)MIN (run->epoch + 1, run->epochs);

  if (telar_run_is_open (run) && run->epochs > 0)
    return g_str_equal (run->status, "paused")
               ? g_strdup_printf (_ ("Paused in epoch %d"), epoch)
               : g_strdup_printf (_ ("Epoch %d of %d"), epoch, (int)run->epochs);
  g_autoptr (GDateTime) started = g_date_time_new_from_unix_local (run->started / G_USEC_PER_SEC);
  g_autofree char *when = g_date_time_format (started, "%d %b, %H:%M");
  return g_strdup_printf (_ ("%s, %s"), telar_run_status_text (run->status), when);
}

static void
fill_entry (Entry *entry, const TelarRunRow *run)
{
  g_autofree char *status = status_line (run);
  g_autofree char *metric = telar_metrics_summary (run->metrics);
  g_autofree char *parent = telar_run_parent_text (run);
  g_autofree char *words =
      g_strdup_printf ("%s, %s, %s %s", run->name, status, metric != NULL ? metric : "",
                       parent != NULL ? parent : "");

  entry->id = run->id;
  gtk_label_set_text (entry->name, run->name);
  gtk_label_set_text (entry->status, status);
  gtk_label_set_text (entry->parent, parent != NULL ? parent : "");
  gtk_widget_set_visible (GTK_WIDGET (entry->parent), parent != NULL);
  gtk_label_set_text (entry->metric, metric != NULL ? metric : "");
  gtk_image_set_from_icon_name (entry->icon, telar_run_status_icon (run->status));
  telar_run_status_colour (GTK_WIDGET (entry->icon), run->status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (entry->row), run->message);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry->row), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
}

void
telar_run_list_show (TelarRunList *list, const GPtrArray *runs, gint64 selected)
{
  list->showing = TRUE;
  while (list->entries->len > runs->len) {
    Entry *last = g_ptr_array_index (list->entries, list->entries->len - 1);
    gtk_list_box_remove (list->box, GTK_WIDGET (last->row));
    g_ptr_array_set_size (list->entries, (int)list->entries->len - 1);
  }
  for (guint i = 0; i < runs->len; i++) {
    const TelarRunRow *run = g_ptr_array_index (runs, i);
    Entry *entry = i < list->entries->len ? g_ptr_array_index (list->entries, i) : add_entry (list);
    fill_entry (entry, run);
    if (run->id == selected && gtk_list_box_get_selected_row (list->box) != entry->row)
      gtk_list_box_select_row (list->box, entry->row);
  }
  list->showing = FALSE;
}

static void
on_selected (GtkListBox *box, GtkListBoxRow *row, TelarRunList *list)
{
  if (list->showing || row == NULL)
    return;
  const Entry *entry = g_ptr_array_index (list->entries, (guint)gtk_list_box_row_get_index (row));
  g_signal_emit (list, chosen_signal, 0, entry->id);
}

static void
telar_run_list_finalize (GObject *object)
{
  g_ptr_array_unref (TELAR_RUN_LIST (object)->entries);
  G_OBJECT_CLASS (telar_run_list_parent_class)->finalize (object);
}

static void
telar_run_list_class_init (TelarRunListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = telar_run_list_finalize;
  chosen_signal = g_signal_new ("chosen", TELAR_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
telar_run_list_init (TelarRunList *list)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  list->entries = g_ptr_array_new_with_free_func (g_free);
  list->box = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_add_css_class (GTK_WIDGET (list->box), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Runs"), -1);
  g_signal_connect (list->box, "row-selected", G_CALLBACK (on_selected), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (list->box));
  adw_bin_set_child (ADW_BIN (list), scrolled);
}

GtkWidget *
telar_run_list_new (void)
{
  return g_object_new (TELAR_TYPE_RUN_LIST, NULL);
}
