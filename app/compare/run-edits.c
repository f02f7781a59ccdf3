/* What a person does to the runs that are selected: actions, their keys and their dialogs. */
#include "app/compare/run-table-private.h"

#include "app/ui/run-text.h"

#include <glib/gi18n.h>

static TelarRunItem *
first_selected (const GPtrArray *selected)
{
  return selected->len > 0 ? g_ptr_array_index (selected, 0) : NULL;
}

/* --- star -------------------------------------------------------------------------------- */

void
telar_run_table_toggle_star (TelarRunItem *item, gpointer data)
{
  TelarRunTable *table = data;
  const TelarRunRow *row = telar_run_item_row (item);
  TelarStore *store = telar_run_set_store (table->set);
  g_autoptr (GError) error = NULL;

  if (store != NULL && !telar_store_set_star (store, row->id, !row->star, &error))
    telar_run_table_tell (table, error);
  telar_run_set_poll_now (table->set);
}

static void
star (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (data);

  for (guint i = 0; i < selected->len; i++)
    telar_run_table_toggle_star (selected->pdata[i], data);
}

/* --- texts ------------------------------------------------------------------------------- */

typedef struct {
  TelarRunTable *table;
  gint64 *runs; /* ends with 0 */
  gboolean (*set) (TelarStore *store, gint64 run, const char *text, GError **error);
  GtkWidget *entry;
} Ask;

static void
ask_free (gpointer data, GClosure *closure)
{
  Ask *ask = data;

  g_object_unref (ask->table);
  g_free (ask->runs);
  g_free (ask);
}

static void
on_answer (AdwMessageDialog *dialog, const char *response, Ask *ask)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (ask->entry));
  TelarStore *store = telar_run_set_store (ask->table->set);
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (response, "set") || store == NULL)
    return;
  for (guint i = 0; ask->runs[i] != 0 && error == NULL; i++)
    ask->set (store, ask->runs[i], text, &error);
  if (error != NULL)
    telar_run_table_tell (ask->table, error);
  telar_run_set_poll_now (ask->table->set);
}

typedef struct {
  const char *heading, *body, *button;
  gboolean (*set) (TelarStore *store, gint64 run, const char *text, GError **error);
} Question;

static void
ask_text (TelarRunTable *table, const Question *question, const GPtrArray *selected,
          const char *text)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (table)));
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), question->heading, question->body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  Ask *ask = g_new0 (Ask, 1);

  ask->table = g_object_ref (table);
  ask->runs = g_new0 (gint64, selected->len + 1);
  for (guint i = 0; i < selected->len; i++)
    ask->runs[i] = telar_run_item_id (selected->pdata[i]);
  ask->set = question->set;
  ask->entry = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (ask->entry), text != NULL ? text : "");
  gtk_entry_set_activates_default (GTK_ENTRY (ask->entry), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (ask->entry), 36);
  adw_message_dialog_set_extra_child (message, ask->entry);
  adw_message_dialog_add_responses (message, "cancel", _ ("Cancel"), "set", question->button, NULL);
  adw_message_dialog_set_response_appearance (message, "set", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "set");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), ask, ask_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
rename_run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (data);
  const Question question = { _ ("Rename the Run"), NULL, _ ("Rename"), telar_store_rename_run };

  if (selected->len == 1)
    ask_text (data, &question, selected, telar_run_item_row (first_selected (selected))->name);
}

static void
note (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (data);
  const Question question = { _ ("Note"), _ ("What is worth knowing about it"), _ ("Keep"),
                              telar_store_set_note };

  if (selected->len > 0)
    ask_text (data, &question, selected, telar_run_item_row (first_selected (selected))->note);
}

static void
labels (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (data);
  const Question question = { _ ("Labels"), _ ("With commas between them"), _ ("Keep"),
                              telar_store_set_labels };

  if (selected->len > 0)
    ask_text (data, &question, selected, telar_run_item_row (first_selected (selected))->labels);
}

/* --- deleting ---------------------------------------------------------------------------- */

static void
filter_again (TelarRunTable *table)
{
  gtk_filter_changed (GTK_FILTER (table->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* The offer to undo has gone: now they are removed. One that cannot be comes back and says why. */
void
telar_run_table_finish_delete (TelarRunTable *table, gboolean undo)
{
  TelarStore *store = telar_run_set_store (table->set);
  gboolean any = table->pending->len > 0;

  for (guint i = 0; i < table->pending->len; i++) {
    gint64 run = *(gint64 *)g_ptr_array_index (table->pending, i);
    g_autoptr (GError) error = NULL;
    if (!undo && store != NULL && !telar_store_delete_run (store, run, &error))
      telar_run_table_tell (table, error);
    if (undo || error != NULL)
      g_hash_table_remove (table->hidden, &run);
  }
  g_ptr_array_set_size (table->pending, 0);
  if (!any)
    return;
  filter_again (table);
  telar_run_set_poll_now (table->set);
}

static void
hide (TelarRunTable *table, gint64 run)
{
  g_ptr_array_add (table->pending, g_memdup2 (&run, sizeof run));
  g_hash_table_add (table->hidden, g_memdup2 (&run, sizeof run));
}

static void
delete_runs (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarRunTable *table = data;
  g_autoptr (GPtrArray) selected = telar_run_table_selected (table);
  g_autofree char *text = NULL;
  guint n = 0;

  telar_run_table_finish_delete (table, FALSE); /* those before can no longer be undone */
  for (guint i = 0; i < selected->len; i++) {
    const TelarRunRow *row = telar_run_item_row (selected->pdata[i]);
    if (telar_run_is_open (row)) {
      g_autofree char *why = g_strdup_printf (_ ("%s is in progress; stop it first"), row->name);
      g_signal_emit_by_name (table, "message", why);
      continue;
    }
    hide (table, row->id);
    g_free (text);
    text = g_strdup_printf (_ ("%s deleted"), row->name);
    n++;
  }
  if (n == 0)
    return;
  if (n > 1) {
    g_free (text);
    text = g_strdup_printf (ngettext ("%u run deleted", "%u runs deleted", n), n);
  }
  filter_again (table);
  g_signal_emit_by_name (table, "deleted", text);
}

/* --- others ------------------------------------------------------------------------------ */

static void
open_run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (data);

  if (selected->len == 1)
    telar_run_table_emit (data, "open", telar_run_item_id (first_selected (selected)), 0);
}

static void
baseline (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (data);

  if (selected->len == 1)
    telar_run_table_emit (data, "baseline", telar_run_item_id (first_selected (selected)), 0);
}

static void
compare_two (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (data);

  if (selected->len == 2) /* the older one first: what has become of it */
    telar_run_table_emit (
        data, "compare",
        MIN (telar_run_item_id (selected->pdata[0]), telar_run_item_id (selected->pdata[1])),
        MAX (telar_run_item_id (selected->pdata[0]), telar_run_item_id (selected->pdata[1])));
}

static const GActionEntry entries[] = {
  { .name = "star", .activate = star },          { .name = "rename", .activate = rename_run },
  { .name = "note", .activate = note },          { .name = "labels", .activate = labels },
  { .name = "delete", .activate = delete_runs }, { .name = "open", .activate = open_run },
  { .name = "baseline", .activate = baseline },  { .name = "compare", .activate = compare_two },
};

typedef struct {
  const char *action, *label, *keys;
  guint fewest, most; /* runs that must be selected */
} Entry;

/* clang-format off */
static const Entry menu_entries[] = {
  { "runs.open",     N_("Show in Train"),   NULL,         1, 1 },
  { "runs.compare",  N_("Compare the Two"), "<Control>m", 2, 2 },
  { "runs.baseline", N_("Use as Baseline"), "<Control>b", 1, 1 },
  { "runs.star",     N_("Star"),            "<Control>d", 1, G_MAXUINT },
  { "runs.rename",   N_("Rename…"),         "F2",         1, 1 },
  { "runs.note",     N_("Note…"),           "<Control>e", 1, G_MAXUINT },
  { "runs.labels",   N_("Labels…"),         "<Control>l", 1, G_MAXUINT },
  { "runs.delete",   N_("Delete"),          "Delete",     1, G_MAXUINT },
};
/* clang-format on */

static GMenuModel *
build_menu (void)
{
  static const guint sections[] = { 3, 7, 8 }; /* where each ends */
  GMenu *menu = g_menu_new ();

  for (guint s = 0, i = 0; s < G_N_ELEMENTS (sections); s++) {
    g_autoptr (GMenu) section = g_menu_new ();
    for (; i < sections[s]; i++) {
      g_autoptr (GMenuItem) item =
          g_menu_item_new (_ (menu_entries[i].label), menu_entries[i].action);
      if (menu_entries[i].keys != NULL)
        g_menu_item_set_attribute (item, "accel", "s", menu_entries[i].keys);
      g_menu_append_item (section, item);
    }
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  }
  return G_MENU_MODEL (menu);
}

/* One for all tables: GTK 4.8 never lets go of the sections of a menu that a button shows. */
GMenuModel *
telar_run_table_menu (void)
{
  static GMenuModel *menu;

  if (menu == NULL)
    menu = build_menu ();
  return menu;
}

void
telar_run_table_update_actions (TelarRunTable *table)
{
  g_autoptr (GPtrArray) selected = telar_run_table_selected (table);

  for (guint i = 0; i < G_N_ELEMENTS (menu_entries); i++) {
    const char *name = menu_entries[i].action + sizeof "runs." - 1;
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (table->actions), name);
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                                 selected->len >= menu_entries[i].fewest &&
                                     selected->len <= menu_entries[i].most);
  }
}

void
telar_run_table_add_actions (TelarRunTable *table)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  table->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (table->actions), entries, G_N_ELEMENTS (entries),
                                   table);
  gtk_widget_insert_action_group (GTK_WIDGET (table), "runs", G_ACTION_GROUP (table->actions));
  for (guint i = 0; i < G_N_ELEMENTS (menu_entries); i++)
    if (menu_entries[i].keys != NULL)
      gtk_shortcut_controller_add_shortcut (
          GTK_SHORTCUT_CONTROLLER (keys),
          gtk_shortcut_new (gtk_shortcut_trigger_parse_string (menu_entries[i].keys),
                            gtk_named_action_new (menu_entries[i].action)));
  gtk_widget_add_controller (GTK_WIDGET (table->view), keys);
  telar_run_table_update_actions (table);
}
