/* Models from the set of runs to the rows: filter, sorting, selection. */
#include "app/compare/run-table-private.h"

#include "app/compare/run-cells.h"
#include "app/ui/icon-button.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TelarRunTable, telar_run_table, ADW_TYPE_BIN)

enum { SELECTION_CHANGED, FILTERED, MESSAGE, DELETED, OPEN, BASELINE, COMPARE, N_SIGNALS };
static guint signals[N_SIGNALS];

void
telar_run_table_tell (TelarRunTable *table, const GError *error)
{
  g_signal_emit (table, signals[MESSAGE], 0, error->message);
}

void
telar_run_table_emit (TelarRunTable *table, const char *signal, gint64 run, gint64 other)
{
  if (g_str_equal (signal, "compare"))
    g_signal_emit (table, signals[COMPARE], 0, run, other);
  else
    g_signal_emit_by_name (table, signal, run);
}

/* --- filter ------------------------------------------------------------------------------ */

static gboolean
lets_through (gpointer object, gpointer data)
{
  TelarRunTable *table = data;
  TelarRunItem *item = object;
  const TelarRunRow *row = telar_run_item_row (item);

  if (g_hash_table_contains (table->hidden, &row->id))
    return FALSE;
  return table->pattern == NULL || g_regex_match (table->pattern, row->name, 0, NULL) ||
         (row->labels != NULL && g_regex_match (table->pattern, row->labels, 0, NULL)) ||
         (row->note != NULL && g_regex_match (table->pattern, row->note, 0, NULL));
}

static void
show_count (TelarRunTable *table)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (table->filtered));
  guint all = g_list_model_get_n_items (telar_run_set_model (table->set)) -
              g_hash_table_size (table->hidden);
  g_autofree char *text = shown == all ? g_strdup_printf (ngettext ("%u run", "%u runs", all), all)
                                       : g_strdup_printf (_ ("%u of %u runs"), shown, all);

  gtk_label_set_text (GTK_LABEL (table->count), text);
  gtk_stack_set_visible_child_name (GTK_STACK (table->stack), shown > 0 ? "rows" : "none");
}

static void
on_search (TelarRunTable *table)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (table->search));
  g_autoptr (GError) error = NULL;
  GRegex *pattern =
      *text != '\0' ? g_regex_new (text, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, &error) : NULL;

  /* Half of an expression is none yet: the rows stay as they are. */
  gtk_widget_set_tooltip_text (table->search,
                               error != NULL ? error->message
                                             : _ ("Names, labels and notes; a regular expression"));
  if (error != NULL) {
    gtk_widget_add_css_class (table->search, "error");
    return;
  }
  gtk_widget_remove_css_class (table->search, "error");
  g_clear_pointer (&table->pattern, g_regex_unref);
  table->pattern = pattern;
  gtk_filter_changed (GTK_FILTER (table->filter), GTK_FILTER_CHANGE_DIFFERENT);
  g_signal_emit (table, signals[FILTERED], 0);
}

void
telar_run_table_set_filter (TelarRunTable *table, const char *expression)
{
  /* The entry would tell of the empty text in between. */
  g_signal_handlers_block_matched (table->search, G_SIGNAL_MATCH_FUNC, 0, 0, NULL,
                                   (gpointer)(void (*) (void))on_search, NULL);
  gtk_editable_set_text (GTK_EDITABLE (table->search), expression);
  g_signal_handlers_unblock_matched (table->search, G_SIGNAL_MATCH_FUNC, 0, 0, NULL,
                                     (gpointer)(void (*) (void))on_search, NULL);
  on_search (table);
}

/* --- selection --------------------------------------------------------------------------- */

static GPtrArray *
items_of (GListModel *model, GtkSelectionModel *selection)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    if (selection == NULL || gtk_selection_model_is_selected (selection, i))
      g_ptr_array_add (items, g_list_model_get_item (model, i));
  return items;
}

GPtrArray *
telar_run_table_selected (TelarRunTable *table)
{
  g_return_val_if_fail (TELAR_IS_RUN_TABLE (table), NULL);
  return items_of (G_LIST_MODEL (table->selection), GTK_SELECTION_MODEL (table->selection));
}

GPtrArray *
telar_run_table_shown (TelarRunTable *table)
{
  g_return_val_if_fail (TELAR_IS_RUN_TABLE (table), NULL);
  return items_of (G_LIST_MODEL (table->filtered), NULL);
}

void
telar_run_table_select_first (TelarRunTable *table, guint n)
{
  n = MIN (n, g_list_model_get_n_items (G_LIST_MODEL (table->selection)));
  if (n > 0)
    gtk_selection_model_select_range (GTK_SELECTION_MODEL (table->selection), 0, n, TRUE);
}

void
telar_run_table_select_run (TelarRunTable *table, gint64 run)
{
  GListModel *model = G_LIST_MODEL (table->selection);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (TelarRunItem) item = g_list_model_get_item (model, i);
    if (telar_run_item_id (item) == run)
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (table->selection), i, TRUE);
  }
}

static void
on_selection (TelarRunTable *table)
{
  telar_run_table_update_actions (table);
  g_signal_emit (table, signals[SELECTION_CHANGED], 0);
}

static void
on_activate (GtkColumnView *view, guint position, TelarRunTable *table)
{
  g_autoptr (TelarRunItem) item = g_list_model_get_item (G_LIST_MODEL (table->selection), position);

  if (item != NULL)
    telar_run_table_emit (table, "open", telar_run_item_id (item), 0);
}

/* --- building ---------------------------------------------------------------------------- */

static void
popup_menu (TelarRunTable *table, double x, double y)
{
  GtkWidget *popover = gtk_popover_menu_new_from_model (telar_run_table_menu ());

  gtk_widget_set_parent (popover, GTK_WIDGET (table));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  g_signal_connect_data (popover, "closed", G_CALLBACK (gtk_widget_unparent), NULL, NULL,
                         G_CONNECT_AFTER);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
on_secondary (GtkGestureClick *click, int n, double x, double y, TelarRunTable *table)
{
  popup_menu (table, x, y);
}

static GtkWidget *
build_bar (TelarRunTable *table)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *more = gtk_menu_button_new ();

  table->search = gtk_search_entry_new ();
  g_object_set (table->search, "placeholder-text", _ ("Filter runs"), NULL);
  gtk_widget_set_size_request (table->search, 280, -1);
  g_signal_connect_object (table->search, "search-changed", G_CALLBACK (on_search), table,
                           G_CONNECT_SWAPPED);
  table->count = gtk_label_new (NULL);
  gtk_widget_add_css_class (table->count, "dim-label");
  gtk_widget_add_css_class (table->count, "figures");
  gtk_widget_set_hexpand (table->count, TRUE);
  gtk_label_set_xalign (GTK_LABEL (table->count), 0);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (more), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (more), telar_run_table_menu ());
  telar_widget_set_name (more, _ ("Selected Runs"));
  gtk_box_append (GTK_BOX (bar), table->search);
  gtk_box_append (GTK_BOX (bar), table->count);
  gtk_box_append (GTK_BOX (bar), telar_run_table_columns_button (table));
  gtk_box_append (GTK_BOX (bar), more);
  g_object_set (bar, "margin-start", 12, "margin-end", 12, "margin-top", 8, "margin-bottom", 8,
                NULL);
  return bar;
}

static GtkWidget *
build_rows (TelarRunTable *table)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (), *none = adw_status_page_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();

  table->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_column_view_set_show_column_separators (table->view, FALSE);
  gtk_column_view_set_reorderable (table->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (table->view), "data-table");
  gtk_widget_add_css_class (GTK_WIDGET (table->view), "run-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (table->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Runs"), -1);
  g_signal_connect (table->view, "activate", G_CALLBACK (on_activate), table);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_secondary), table);
  gtk_widget_add_controller (GTK_WIDGET (table), GTK_EVENT_CONTROLLER (secondary));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (table->view));
  gtk_widget_set_vexpand (scrolled, TRUE);
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("No Run Fits"));
  adw_status_page_set_description (ADW_STATUS_PAGE (none),
                                   _ ("Names, labels and notes are searched; try fewer letters"));
  gtk_widget_add_css_class (none, "compact");
  table->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (table->stack), scrolled, "rows");
  gtk_stack_add_named (GTK_STACK (table->stack), none, "none");
  return table->stack;
}

static void
build_models (TelarRunTable *table)
{
  table->filter = gtk_custom_filter_new (lets_through, table, NULL);
  table->filtered = gtk_filter_list_model_new (g_object_ref (telar_run_set_model (table->set)),
                                               g_object_ref (GTK_FILTER (table->filter)));
  GtkSortListModel *sorted =
      gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (table->filtered)),
                               g_object_ref (gtk_column_view_get_sorter (table->view)));
  table->selection = gtk_multi_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (table->view, GTK_SELECTION_MODEL (table->selection));
  g_signal_connect_object (table->selection, "selection-changed", G_CALLBACK (on_selection), table,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (table->filtered, "items-changed", G_CALLBACK (show_count), table,
                           G_CONNECT_SWAPPED);
}

/* --- life -------------------------------------------------------------------------------- */

/* What was deleted stays deleted when the window closes before the offer to undo has gone. */
static void
dispose (GObject *object)
{
  TelarRunTable *table = TELAR_RUN_TABLE (object);

  if (table->set != NULL)
    telar_run_table_finish_delete (table, FALSE);
  gtk_widget_insert_action_group (GTK_WIDGET (table), "runs", NULL);
  g_clear_object (&table->selection);
  g_clear_object (&table->filtered);
  g_clear_object (&table->filter);
  g_clear_object (&table->actions);
  g_clear_object (&table->set);
  G_OBJECT_CLASS (telar_run_table_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarRunTable *table = TELAR_RUN_TABLE (object);

  g_clear_pointer (&table->pattern, g_regex_unref);
  g_hash_table_unref (table->hidden);
  g_ptr_array_unref (table->pending);
  G_OBJECT_CLASS (telar_run_table_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n, GType first, GType second)
{
  return g_signal_new (name, TELAR_TYPE_RUN_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n, first, second);
}

static void
telar_run_table_class_init (TelarRunTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[SELECTION_CHANGED] = add_signal ("selection-changed", 0, 0, 0);
  signals[FILTERED] = add_signal ("filtered", 0, 0, 0);
  signals[MESSAGE] = add_signal ("message", 1, G_TYPE_STRING, 0);
  signals[DELETED] = add_signal ("deleted", 1, G_TYPE_STRING, 0);
  signals[OPEN] = add_signal ("open", 1, G_TYPE_INT64, 0);
  signals[BASELINE] = add_signal ("baseline", 1, G_TYPE_INT64, 0);
  signals[COMPARE] = add_signal ("compare", 2, G_TYPE_INT64, G_TYPE_INT64);
}

static void
telar_run_table_init (TelarRunTable *table)
{
  table->hidden = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  table->pending = g_ptr_array_new_with_free_func (g_free);
}

GtkWidget *
telar_run_table_new (TelarRunSet *set)
{
  TelarRunTable *table = g_object_new (TELAR_TYPE_RUN_TABLE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  table->set = g_object_ref (set);
  gtk_box_append (GTK_BOX (box), build_bar (table));
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), build_rows (table));
  adw_bin_set_child (ADW_BIN (table), box);
  build_models (table);
  telar_run_table_add_actions (table);
  telar_run_table_fill_columns (table);
  g_signal_connect_object (set, "read", G_CALLBACK (telar_run_table_fill_columns), table,
                           G_CONNECT_SWAPPED);
  show_count (table);
  return GTK_WIDGET (table);
}
