/* Which columns the table shows: what tells runs apart, until the person has chosen others. */
#include "app/compare/run-cells.h"
#include "app/compare/run-table-private.h"

#include "app/project/settings.h"
#include "app/ui/icon-button.h"
#include "app/ui/run-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define SETTING "compare-columns" /* keys with line feeds between them; none: as usual */
/* As many as there is room for. */
#define USUAL_CHOICES 4
#define USUAL_METRICS 3

static const char *const fixed[] = { "star",       "name",    "state",    "labels",
                                     "note",       "started", "duration", "epochs",
                                     "parameters", "device",  "project" };

/* --- what there is ----------------------------------------------------------------------- */

static void
add_key (GPtrArray *keys, const char *prefix, const char *name)
{
  g_ptr_array_add (keys, g_strconcat (prefix, name, NULL));
}

static GPtrArray *
new_keys (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static GPtrArray *
all_keys (TelarRunTable *table)
{
  const GPtrArray *varying = telar_run_set_varying (table->set);
  const GPtrArray *metrics = telar_run_set_metrics (table->set);
  GPtrArray *keys = new_keys ();

  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    add_key (keys, fixed[i], "");
  for (guint i = 0; i < varying->len; i++)
    add_key (keys, "choice:", varying->pdata[i]);
  for (guint i = 0; i < metrics->len; i++)
    add_key (keys, "last:", metrics->pdata[i]);
  for (guint i = 0; i < metrics->len; i++)
    if (telar_metric_direction (telar_metric_group (metrics->pdata[i])) != 0)
      add_key (keys, "best:", metrics->pdata[i]);
  return keys;
}

/* Files and the seed seldom say what a person looks for. */
static gboolean
is_telling (const char *choice)
{
  return !g_str_equal (choice, "seed") && strstr (choice, "file") == NULL &&
         strstr (choice, "images") == NULL && strstr (choice, "labels") == NULL;
}

static gboolean
any_run_has (TelarRunTable *table, const char *key)
{
  GListModel *model = telar_run_set_model (table->set);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (TelarRunItem) item = g_list_model_get_item (model, i);
    g_autofree char *text = telar_run_item_text (item, key);
    if (*text != '\0')
      return TRUE;
  }
  return FALSE;
}

static GPtrArray *
usual_keys (TelarRunTable *table)
{
  const GPtrArray *varying = telar_run_set_varying (table->set);
  const GPtrArray *metrics = telar_run_set_metrics (table->set);
  GPtrArray *keys = new_keys ();
  guint n_choices = 0;

  add_key (keys, "star", "");
  add_key (keys, "name", "");
  add_key (keys, "state", "");
  for (guint i = 0; i < varying->len && n_choices < USUAL_CHOICES; i++)
    if (is_telling (varying->pdata[i])) {
      add_key (keys, "choice:", varying->pdata[i]);
      n_choices++;
    }
  for (guint i = 0; i < MIN (metrics->len, USUAL_METRICS); i++)
    add_key (keys, "last:", metrics->pdata[i]);
  if (metrics->len > 0 && telar_metric_rank (metrics->pdata[0]) > 0)
    add_key (keys, "best:", metrics->pdata[0]);
  add_key (keys, "duration", "");
  add_key (keys, "parameters", "");
  if (any_run_has (table, "labels"))
    add_key (keys, "labels", "");
  if (any_run_has (table, "note"))
    add_key (keys, "note", "");
  return keys;
}

static GPtrArray *
wanted_keys (TelarRunTable *table)
{
  g_autofree char *setting = telar_settings_text (SETTING, "");
  g_auto (GStrv) parts = g_strsplit (setting, "\n", -1);

  table->chosen = parts[0] != NULL;
  if (!table->chosen)
    return usual_keys (table);
  GPtrArray *keys = new_keys ();
  for (guint i = 0; parts[i] != NULL; i++)
    g_ptr_array_add (keys, g_strdup (parts[i]));
  return keys;
}

/* --- showing ----------------------------------------------------------------------------- */

static int
find_key (const GPtrArray *keys, const char *key)
{
  for (guint i = 0; i < keys->len; i++)
    if (g_str_equal (keys->pdata[i], key))
      return (int)i;
  return -1;
}

/* Columns that stay keep their width and their sorting. */
static void
show_keys (TelarRunTable *table, const GPtrArray *keys)
{
  GListModel *columns = gtk_column_view_get_columns (table->view);

  for (guint i = g_list_model_get_n_items (columns); i > 0; i--) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i - 1);
    if (find_key (keys, telar_run_column_key (column)) < 0)
      gtk_column_view_remove_column (table->view, column);
  }
  for (guint i = 0; i < keys->len; i++) {
    gboolean there = FALSE;
    for (guint c = 0; c < g_list_model_get_n_items (columns) && !there; c++) {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, c);
      there = g_str_equal (telar_run_column_key (column), keys->pdata[i]);
    }
    if (there)
      continue;
    g_autoptr (GtkColumnViewColumn) column =
        telar_run_column_new (keys->pdata[i], telar_run_table_toggle_star, table);
    gtk_column_view_insert_column (table->view, MIN (i, g_list_model_get_n_items (columns)),
                                   column);
  }
}

void
telar_run_table_fill_columns (TelarRunTable *table)
{
  g_autoptr (GPtrArray) keys = wanted_keys (table);

  show_keys (table, keys);
}

char **
telar_run_table_columns (TelarRunTable *table)
{
  GListModel *columns = gtk_column_view_get_columns (table->view);
  guint n = g_list_model_get_n_items (columns);
  char **keys = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
    keys[i] = g_strdup (telar_run_column_key (column));
  }
  return keys;
}

/* --- choosing ---------------------------------------------------------------------------- */

static void
on_check (GtkCheckButton *check, TelarRunTable *table)
{
  const char *key = g_object_get_data (G_OBJECT (check), "key");
  g_auto (GStrv) shown = telar_run_table_columns (table);
  g_autoptr (GPtrArray) keys = new_keys ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; shown[i] != NULL; i++)
    if (!g_str_equal (shown[i], key))
      g_ptr_array_add (keys, g_strdup (shown[i]));
  if (gtk_check_button_get_active (check))
    g_ptr_array_add (keys, g_strdup (key));
  show_keys (table, keys);
  g_ptr_array_add (keys, NULL);
  g_autofree char *setting = g_strjoinv ("\n", (char **)keys->pdata);
  if (!telar_settings_set_text (SETTING, setting, &error))
    telar_run_table_tell (table, error);
}

static void
fill_box (GtkWidget *popover, TelarRunTable *table)
{
  g_autoptr (GPtrArray) keys = all_keys (table);
  g_auto (GStrv) shown = telar_run_table_columns (table);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (table->columns_box)) != NULL)
    gtk_box_remove (GTK_BOX (table->columns_box), child);
  for (guint i = 0; i < keys->len; i++) {
    g_autofree char *title = telar_run_column_title (keys->pdata[i]);
    GtkWidget *check = gtk_check_button_new_with_label (title);
    g_object_set_data_full (G_OBJECT (check), "key", g_strdup (keys->pdata[i]), g_free);
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                                 g_strv_contains ((const char *const *)shown, keys->pdata[i]));
    gtk_widget_set_sensitive (check, !g_str_equal (keys->pdata[i], "name"));
    g_signal_connect (check, "toggled", G_CALLBACK (on_check), table);
    gtk_box_append (GTK_BOX (table->columns_box), check);
  }
}

static void
on_usual (TelarRunTable *table)
{
  g_autoptr (GError) error = NULL;

  if (!telar_settings_set_text (SETTING, "", &error))
    telar_run_table_tell (table, error);
  telar_run_table_fill_columns (table);
  fill_box (NULL, table);
}

GtkWidget *
telar_run_table_columns_button (TelarRunTable *table)
{
  GtkWidget *button = gtk_menu_button_new (), *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *usual = gtk_button_new_with_label (_ ("As Usual"));

  table->columns_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), table->columns_box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 420);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), usual);
  g_signal_connect_swapped (usual, "clicked", G_CALLBACK (on_usual), table);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  g_signal_connect (popover, "show", G_CALLBACK (fill_box), table);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Columns"));
  return button;
}
