/* Watchpoints as rows with a switch, and below them the newest finds, each with its advice. */
#include "app/ui/watch-panel.h"

#include "app/project/edits.h"
#include "app/ui/watch-form.h"
#include "engine/watch.h"

#include <glib/gi18n.h>
#include <string.h>

/* Older finds stay in the store and on the charts. */
#define MOST_FINDS 30

struct _TelarWatchPanel {
  AdwBin parent_instance;

  AdwPreferencesGroup *watches_group, *finds_group;
  TelarWatchForm *form;
  TelarDocument *document;
  GPtrArray *watches; /* TelarWatch * */
  GPtrArray *watch_rows;
  GQueue *find_rows; /* newest first */
  char *text;
  gint64 cursor;
  gboolean followed; /* what is found from here on is news */
};

G_DEFINE_FINAL_TYPE (TelarWatchPanel, telar_watch_panel, ADW_TYPE_BIN)

enum { CHANGED, FOUND, TOLD, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- the watchpoints --------------------------------------------------------------------- */

static void
take_change (TelarWatchPanel *panel)
{
  g_autofree char *text = telar_watches_to_text (panel->watches);

  if (telar_edit_set_training (panel->document, "watch", text, NULL))
    g_signal_emit (panel, signals[CHANGED], 0, text);
}

static const char *
action_text (TelarWatchAction action)
{
  switch (action) {
  case TELAR_WATCH_NOTIFY:
    return _ ("tells you");
  case TELAR_WATCH_PAUSE:
    return _ ("pauses before the step");
  case TELAR_WATCH_MARK:
  case TELAR_N_WATCH_ACTIONS:
    break;
  }
  return _ ("marks the charts");
}

/* "conv1 · below 1e-09 · pauses before the step" */
static char *
describe (const TelarWatch *watch)
{
  const TelarWatchInfo *info = telar_watch_info (watch->kind);
  GString *text = g_string_new (NULL);

  if (!info->on_run)
    g_string_append (text, strcmp (watch->where, "*") == 0 ? _ ("all nodes") : watch->where);
  if (watch->kind == TELAR_WATCH_RANGE) {
    g_string_append (text, " · ");
    g_string_append_printf (text, _ ("outside %g to %g"), watch->low, watch->high);
  } else if (info->limit != 0) {
    g_string_append (text, text->len > 0 ? " · " : "");
    g_string_append_printf (text, info->below ? _ ("below %g") : _ ("above %g"), watch->high);
  }
  if (watch->steps > 0)
    g_string_append_printf (text, g_dngettext (NULL, " for %u step", " for %u steps", watch->steps),
                            watch->steps);
  g_string_append_printf (text, " · %s", action_text (watch->action));
  return g_string_free (text, FALSE);
}

static void
on_switch (GtkSwitch *toggle, GParamSpec *pspec, TelarWatchPanel *panel)
{
  TelarWatch *watch = g_object_get_data (G_OBJECT (toggle), "watch");

  watch->off = !gtk_switch_get_active (toggle);
  /* The row shows that already, and must outlive its switch's change. */
  g_free (panel->text);
  panel->text = telar_watches_to_text (panel->watches);
  take_change (panel);
}

static void
on_remove (GtkButton *button, TelarWatchPanel *panel)
{
  g_ptr_array_remove (panel->watches, g_object_get_data (G_OBJECT (button), "watch"));
  take_change (panel);
}

static void
on_added (TelarWatchForm *form, const char *text, TelarWatchPanel *panel)
{
  TelarWatch *watch = telar_watch_parse (text, NULL);

  g_return_if_fail (watch != NULL);
  g_ptr_array_add (panel->watches, watch);
  take_change (panel);
}

static void
add_watch_row (TelarWatchPanel *panel, TelarWatch *watch)
{
  const TelarWatchInfo *info = telar_watch_info (watch->kind);
  GtkWidget *row = adw_action_row_new (), *toggle = gtk_switch_new ();
  GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *description = describe (watch);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (info->label));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), description);
  gtk_widget_set_tooltip_text (row, _ (info->doc));
  gtk_switch_set_active (GTK_SWITCH (toggle), !watch->off);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (toggle), "watch", watch);
  g_signal_connect (toggle, "notify::active", G_CALLBACK (on_switch), panel);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _ ("Remove this watchpoint"));
  g_object_set_data (G_OBJECT (remove), "watch", watch);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), panel);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  adw_preferences_group_add (panel->watches_group, row);
  g_ptr_array_add (panel->watch_rows, row);
}

static void
show_watches (TelarWatchPanel *panel, const char *watches)
{
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (watches, panel->text) == 0)
    return;
  g_free (panel->text);
  panel->text = g_strdup (watches);
  for (guint i = 0; i < panel->watch_rows->len; i++)
    adw_preferences_group_remove (panel->watches_group, panel->watch_rows->pdata[i]);
  g_ptr_array_set_size (panel->watch_rows, 0);
  g_ptr_array_unref (panel->watches);
  panel->watches = telar_watches_parse (watches, &error);
  if (panel->watches == NULL)
    panel->watches = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_watch_free);
  adw_preferences_group_set_description (
      panel->watches_group, error != NULL ? error->message
                                          : _ ("What Telar looks for at each step, in this "
                                               "project and in its run that goes on"));
  for (guint i = 0; i < panel->watches->len; i++)
    add_watch_row (panel, panel->watches->pdata[i]);
}

static void
show_nodes (TelarWatchPanel *panel, const TelarGraph *graph)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < nodes->len; i++)
    g_ptr_array_add (ids, (gpointer)((const TelarNode *)nodes->pdata[i])->id);
  g_ptr_array_add (ids, NULL);
  telar_watch_form_set_nodes (panel->form, (const char *const *)ids->pdata);
}

static void
on_document_changed (TelarWatchPanel *panel)
{
  TelarGraph *graph = (TelarGraph *)telar_document_graph (panel->document);

  show_watches (panel, telar_param_set_text (telar_graph_training (graph), "watch"));
  show_nodes (panel, graph);
}

void
telar_watch_panel_set_document (TelarWatchPanel *panel, TelarDocument *document)
{
  if (panel->document != NULL)
    g_signal_handlers_disconnect_by_data (panel->document, panel);
  g_set_object (&panel->document, document);
  gtk_widget_set_visible (GTK_WIDGET (panel->watches_group), document != NULL);
  if (document == NULL)
    return;
  g_signal_connect_swapped (document, "changed", G_CALLBACK (on_document_changed), panel);
  on_document_changed (panel);
}

/* --- what they have found ---------------------------------------------------------------- */

static void
on_find (AdwActionRow *row, TelarWatchPanel *panel)
{
  const char *node = g_object_get_data (G_OBJECT (row), "node");
  gint64 *step = g_object_get_data (G_OBJECT (row), "step");

  g_signal_emit (panel, signals[FOUND], 0, node, *step);
}

static void
drop_oldest (TelarWatchPanel *panel, guint most)
{
  while (g_queue_get_length (panel->find_rows) > most) {
    GtkWidget *row = g_queue_pop_tail (panel->find_rows);
    adw_preferences_group_remove (panel->finds_group, row);
  }
}

static void
add_find (TelarWatchPanel *panel, const TelarEventRow *event, const TelarWatchHit *hit)
{
  const TelarWatchInfo *info = telar_watch_info (hit->kind);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (hit->action == TELAR_WATCH_PAUSE
                                                      ? "media-playback-pause-symbolic"
                                                      : "dialog-warning-symbolic");
  g_autofree char *node = telar_watch_hit_node (hit);
  g_autofree char *title = NULL;
  g_autofree char *value = g_strdup_printf (_ ("step %d"), (int)event->step);
  GtkWidget *step = gtk_label_new (value);

  title = g_strdup_printf (info->on_run ? "%s · %.4g" : "%s · %.4g · %s", _ (info->label),
                           hit->value, hit->where);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (info->advice));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_add_css_class (step, "dim-label");
  gtk_widget_add_css_class (step, "numeric");
  gtk_widget_add_css_class (icon, "warning");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), step);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_set_tooltip_text (row, node != NULL ? _ ("Show the node") : NULL);
  g_object_set_data_full (G_OBJECT (row), "node", g_steal_pointer (&node), g_free);
  g_object_set_data_full (G_OBJECT (row), "step", g_memdup2 (&event->step, sizeof event->step),
                          g_free);
  g_signal_connect (row, "activated", G_CALLBACK (on_find), panel);
  if (panel->followed && hit->action != TELAR_WATCH_MARK)
    g_signal_emit (panel, signals[TOLD], 0, title);
  adw_preferences_group_add (panel->finds_group, row);
  g_queue_push_head (panel->find_rows, row);
}

void
telar_watch_panel_reset (TelarWatchPanel *panel)
{
  drop_oldest (panel, 0);
  panel->cursor = 0;
  panel->followed = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (panel->finds_group), FALSE);
}

gboolean
telar_watch_panel_follow (TelarWatchPanel *panel, TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) events = telar_store_events (store, run, panel->cursor, error);

  for (guint i = 0; events != NULL && i < events->len; i++) {
    const TelarEventRow *event = events->pdata[i];
    g_auto (TelarWatchHit) hit = { 0 };
    panel->cursor = event->id;
    if (g_str_equal (event->kind, TELAR_WATCH_EVENT) && event->text != NULL &&
        telar_watch_hit_from_text (event->text, &hit))
      add_find (panel, event, &hit);
  }
  panel->followed = TRUE;
  drop_oldest (panel, MOST_FINDS);
  gtk_widget_set_visible (GTK_WIDGET (panel->finds_group),
                          g_queue_get_length (panel->find_rows) > 0);
  return events != NULL;
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_watch_panel_dispose (GObject *object)
{
  TelarWatchPanel *panel = TELAR_WATCH_PANEL (object);

  if (panel->document != NULL)
    g_signal_handlers_disconnect_by_data (panel->document, panel);
  g_clear_object (&panel->document);
  G_OBJECT_CLASS (telar_watch_panel_parent_class)->dispose (object);
}

static void
telar_watch_panel_finalize (GObject *object)
{
  TelarWatchPanel *panel = TELAR_WATCH_PANEL (object);

  g_ptr_array_unref (panel->watches);
  g_ptr_array_unref (panel->watch_rows);
  g_queue_free (panel->find_rows);
  g_free (panel->text);
  G_OBJECT_CLASS (telar_watch_panel_parent_class)->finalize (object);
}

static void
telar_watch_panel_class_init (TelarWatchPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = telar_watch_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = telar_watch_panel_finalize;
  signals[CHANGED] = g_signal_new ("changed", TELAR_TYPE_WATCH_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FOUND] = g_signal_new ("found", TELAR_TYPE_WATCH_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT64);
  signals[TOLD] = g_signal_new ("told", TELAR_TYPE_WATCH_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_watch_panel_init (TelarWatchPanel *panel)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *add = gtk_menu_button_new ();

  panel->watches = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_watch_free);
  panel->watch_rows = g_ptr_array_new ();
  panel->find_rows = g_queue_new ();
  panel->form = TELAR_WATCH_FORM (telar_watch_form_new ());
  g_signal_connect (panel->form, "added", G_CALLBACK (on_added), panel);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (add), "list-add-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (add), GTK_WIDGET (panel->form));
  gtk_widget_set_tooltip_text (add, _ ("Add a watchpoint"));
  gtk_widget_add_css_class (add, "flat");
  gtk_widget_set_valign (add, GTK_ALIGN_CENTER);

  panel->finds_group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (panel->finds_group, _ ("Found"));
  panel->watches_group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (panel->watches_group, _ ("Watchpoints"));
  adw_preferences_group_set_header_suffix (panel->watches_group, add);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (panel->finds_group));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (panel->watches_group));
  adw_bin_set_child (ADW_BIN (panel), box);
  telar_watch_panel_reset (panel);
  show_watches (panel, "");
  telar_watch_panel_set_document (panel, NULL);
}

GtkWidget *
telar_watch_panel_new (void)
{
  return g_object_new (TELAR_TYPE_WATCH_PANEL, NULL);
}
