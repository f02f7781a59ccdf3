/* While it can be seen the page looks at the store's version; the set of runs reads what is new. */
#include "app/compare/compare-page.h"

#include "app/compare/overlay.h"
#include "app/compare/search-view.h"
#include "app/ui/diff-view.h"

#include <glib/gi18n.h>
#include <string.h>

#define POLL_MS      400
#define TABLE_HEIGHT 300
#define FIRST_RUNS   5 /* selected at the beginning, so that there is something to see */

struct _TelarComparePage {
  AdwBin parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  TelarRunSet *set;
  TelarRunTable *table;
  TelarOverlay *overlay;
  TelarSearchView *search;
  AdwToast *undo; /* of the last deletion, or NULL */
  gboolean began; /* the first runs are selected */
  char *failure;  /* told already */
  guint timer;
};

G_DEFINE_FINAL_TYPE (TelarComparePage, telar_compare_page, ADW_TYPE_BIN)

static guint open_signal;

/* --- messages ---------------------------------------------------------------------------- */

static void
tell (TelarComparePage *page, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (page->toasts, adw_toast_new (escaped));
}

/* The same trouble at each look is told once. */
static void
on_failed (TelarRunSet *set, const char *message, TelarComparePage *page)
{
  if (g_strcmp0 (message, page->failure) == 0)
    return;
  g_free (page->failure);
  page->failure = g_strdup (message);
  tell (page, message);
}

static void
on_message (TelarRunTable *table, const char *message, TelarComparePage *page)
{
  tell (page, message);
}

/* --- undo -------------------------------------------------------------------------------- */

static void
on_undo (AdwToast *toast, TelarComparePage *page)
{
  telar_run_table_finish_delete (page->table, TRUE);
}

static void
on_dismissed (AdwToast *toast, TelarComparePage *page)
{
  if (page->undo != toast)
    return;
  page->undo = NULL;
  telar_run_table_finish_delete (page->table, FALSE);
}

static void
on_deleted (TelarRunTable *table, const char *text, TelarComparePage *page)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, _ ("Undo"));
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo), page, 0);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_dismissed), page, 0);
  page->undo = toast;
  adw_toast_overlay_add_toast (page->toasts, toast);
}

/* --- following --------------------------------------------------------------------------- */

static void
show_state (TelarComparePage *page)
{
  gboolean any = g_list_model_get_n_items (telar_run_set_model (page->set)) > 0;

  gtk_stack_set_visible_child_name (page->stack, any ? "runs" : "empty");
}

static void
on_selection (TelarRunTable *table, TelarComparePage *page)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (table);

  telar_overlay_show (page->overlay, selected);
}

/* All runs that the filter lets through. */
static void
show_search (TelarComparePage *page)
{
  g_autoptr (GPtrArray) shown = telar_run_table_shown (page->table);

  telar_search_view_show (page->search, shown);
}

static void
on_read (TelarRunSet *set, TelarComparePage *page)
{
  g_clear_pointer (&page->failure, g_free);
  show_state (page);
  show_search (page);
  if (page->began) {
    on_selection (page->table, page); /* points have come, or runs have gone */
    return;
  }
  if (g_list_model_get_n_items (telar_run_set_model (set)) > 0) {
    page->began = TRUE;
    telar_run_table_select_first (page->table, FIRST_RUNS);
  }
}

static void
on_chosen (TelarSearchView *search, gint64 run, TelarComparePage *page)
{
  telar_run_table_select_run (page->table, run);
}

static void
on_baseline (TelarRunTable *table, gint64 run, TelarComparePage *page)
{
  telar_overlay_set_baseline (page->overlay, run);
}

static void
on_trouble (TelarOverlay *overlay, const char *message, TelarComparePage *page)
{
  tell (page, message);
}

/* --- two runs ---------------------------------------------------------------------------- */

/* The project as it was trained, NULL with a message when it cannot be read. */
static TelarGraph *
graph_of (TelarComparePage *page, TelarRunItem *item)
{
  g_autoptr (GError) error = NULL;
  TelarStore *store = telar_run_set_store (page->set);
  g_autofree char *text =
      store != NULL ? telar_store_graph (store, telar_run_item_id (item), &error) : NULL;
  TelarGraph *graph = text != NULL ? telar_graph_from_text (text, strlen (text),
                                                            telar_run_item_row (item)->name, &error)
                                   : NULL;

  if (error != NULL)
    tell (page, error->message);
  return graph;
}

/* Drawing, parameters, settings and data: what is other in the second. */
static void
on_compare (TelarRunTable *table, gint64 run, gint64 other, TelarComparePage *page)
{
  TelarRunItem *before = telar_run_set_find (page->set, run);
  TelarRunItem *after = telar_run_set_find (page->set, other);
  g_autoptr (TelarGraph) one = before != NULL ? graph_of (page, before) : NULL;
  g_autoptr (TelarGraph) two = one != NULL && after != NULL ? graph_of (page, after) : NULL;

  if (two == NULL)
    return;
  GtkWidget *view = telar_diff_view_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page))), one,
                                         telar_run_item_row (before)->name, two);
  gtk_window_present (GTK_WINDOW (view));
}

static gboolean
on_timer (gpointer data)
{
  telar_run_set_poll (TELAR_COMPARE_PAGE (data)->set);
  return G_SOURCE_CONTINUE;
}

static void
telar_compare_page_map (GtkWidget *widget)
{
  TelarComparePage *page = TELAR_COMPARE_PAGE (widget);

  GTK_WIDGET_CLASS (telar_compare_page_parent_class)->map (widget);
  telar_run_set_poll (page->set);
  page->timer = g_timeout_add (POLL_MS, on_timer, page);
}

static void
telar_compare_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&TELAR_COMPARE_PAGE (widget)->timer, g_source_remove);
  GTK_WIDGET_CLASS (telar_compare_page_parent_class)->unmap (widget);
}

void
telar_compare_page_set_workspace (TelarComparePage *page, const char *workspace)
{
  g_return_if_fail (TELAR_IS_COMPARE_PAGE (page));
  page->began = FALSE;
  telar_run_set_set_workspace (page->set, workspace);
  show_state (page);
}

TelarRunTable *
telar_compare_page_table (TelarComparePage *page)
{
  return page->table;
}

static void
on_open (TelarRunTable *table, gint64 run, TelarComparePage *page)
{
  g_signal_emit (page, open_signal, 0, run);
}

/* --- building ---------------------------------------------------------------------------- */

static GtkWidget *
build_empty (void)
{
  GtkWidget *empty = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "view-list-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("Nothing to Compare Yet"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (empty), _ ("Every run that is trained is kept, and stands here in a table"));
  return empty;
}

static GtkWidget *
build_views (TelarComparePage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *views = gtk_stack_new (), *switcher = gtk_stack_switcher_new ();

  gtk_stack_add_titled (GTK_STACK (views), GTK_WIDGET (page->overlay), "charts", _ ("Charts"));
  gtk_stack_add_titled (GTK_STACK (views), GTK_WIDGET (page->search), "settings",
                        _ ("Settings and Result"));
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (views));
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (switcher, 8);
  gtk_box_append (GTK_BOX (box), switcher);
  gtk_box_append (GTK_BOX (box), views);
  return box;
}

static GtkWidget *
build_panes (TelarComparePage *page)
{
  GtkWidget *panes = gtk_paned_new (GTK_ORIENTATION_VERTICAL);

  gtk_paned_set_start_child (GTK_PANED (panes), GTK_WIDGET (page->table));
  gtk_paned_set_end_child (GTK_PANED (panes), build_views (page));
  gtk_paned_set_shrink_start_child (GTK_PANED (panes), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (panes), FALSE);
  gtk_widget_set_size_request (GTK_WIDGET (page->table), -1, 180);
  gtk_widget_set_size_request (GTK_WIDGET (page->overlay), -1, 260);
  gtk_paned_set_position (GTK_PANED (panes), TABLE_HEIGHT);
  return panes;
}

static void
dispose (GObject *object)
{
  TelarComparePage *page = TELAR_COMPARE_PAGE (object);

  g_clear_handle_id (&page->timer, g_source_remove);
  if (page->set != NULL)
    g_signal_handlers_disconnect_by_data (page->set, page);
  page->undo = NULL;
  g_clear_object (&page->set);
  g_clear_pointer (&page->failure, g_free);
  G_OBJECT_CLASS (telar_compare_page_parent_class)->dispose (object);
}

static void
telar_compare_page_class_init (TelarComparePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  GTK_WIDGET_CLASS (klass)->map = telar_compare_page_map;
  GTK_WIDGET_CLASS (klass)->unmap = telar_compare_page_unmap;
  open_signal = g_signal_new ("open", TELAR_TYPE_COMPARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
telar_compare_page_init (TelarComparePage *page)
{
  page->set = telar_run_set_new ();
  page->table = TELAR_RUN_TABLE (telar_run_table_new (page->set));
  g_signal_connect (page->set, "read", G_CALLBACK (on_read), page);
  g_signal_connect (page->set, "failed", G_CALLBACK (on_failed), page);
  g_signal_connect (page->table, "message", G_CALLBACK (on_message), page);
  g_signal_connect (page->table, "deleted", G_CALLBACK (on_deleted), page);
  g_signal_connect (page->table, "selection-changed", G_CALLBACK (on_selection), page);
  g_signal_connect (page->table, "open", G_CALLBACK (on_open), page);
  page->overlay = TELAR_OVERLAY (telar_overlay_new (page->set));
  page->search = TELAR_SEARCH_VIEW (telar_search_view_new (page->set));
  g_signal_connect (page->search, "chosen", G_CALLBACK (on_chosen), page);
  g_signal_connect_object (page->table, "filtered", G_CALLBACK (show_search), page,
                           G_CONNECT_SWAPPED);
  g_signal_connect (page->table, "baseline", G_CALLBACK (on_baseline), page);
  g_signal_connect (page->table, "compare", G_CALLBACK (on_compare), page);
  g_signal_connect (page->overlay, "message", G_CALLBACK (on_trouble), page);
  page->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (page->stack, build_empty (), "empty");
  gtk_stack_add_named (page->stack, build_panes (page), "runs");
  page->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (page->toasts, GTK_WIDGET (page->stack));
  adw_bin_set_child (ADW_BIN (page), GTK_WIDGET (page->toasts));
}

GtkWidget *
telar_compare_page_new (void)
{
  return g_object_new (TELAR_TYPE_COMPARE_PAGE, NULL);
}
