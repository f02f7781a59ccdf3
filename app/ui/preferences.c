/* Preferences: appearance and language, the canvas, training. Each row writes its setting at once.
 */
#include "app/ui/preferences.h"

#include "app/project/settings.h"
#include "app/session/session.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

typedef struct {
  const char *value, *label;
} Choice;

/* In the order of the lists that are shown. */
static const Choice schemes[] = {
  { "desktop", N_ ("As the Desktop") },
  { "light", N_ ("Light") },
  { "dark", N_ ("Dark") },
  { NULL },
};
/* Languages are called what they call themselves. */
static const Choice languages[] = {
  { "", N_ ("As the Desktop") },
  { "en", "English" },
  { "es", "Español" },
  { NULL },
};

/* --- applying --------------------------------------------------------------------------------- */

static void
apply_scheme (void)
{
  g_autofree char *name = telar_settings_text (TELAR_SETTING_APPEARANCE, "");
  AdwStyleManager *manager = adw_style_manager_get_default ();

  if (g_str_equal (name, "light"))
    adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  else if (g_str_equal (name, "dark"))
    adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  else if (name[0])
    adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
}

void
telar_preferences_load (void)
{
  /* Nothing was chosen: the desktop, or whoever set the scheme before us, decides. */
  apply_scheme ();
}

/* Without a locale gettext translates nothing, whatever language is asked for. */
void
telar_preferences_load_language (void)
{
  g_autofree char *language = telar_settings_text (TELAR_SETTING_LANGUAGE, "");

  if (!language[0])
    return;
  g_setenv ("LANGUAGE", language, TRUE);
  if (g_str_equal (setlocale (LC_MESSAGES, NULL), "C"))
    setlocale (LC_MESSAGES, "C.UTF-8");
}

/* --- rows ------------------------------------------------------------------------------------- */

static void
report (GtkWidget *row, const GError *error)
{
  GtkWidget *window = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_WINDOW);

  if (error)
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window),
                                      adw_toast_new (error->message));
}

static void
set_title (GtkWidget *row, const char *title, const char *subtitle)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
}

static void
on_choice (AdwComboRow *row, GParamSpec *pspec, const Choice *choices)
{
  const char *key = g_object_get_data (G_OBJECT (row), "setting");
  g_autoptr (GError) error = NULL;

  telar_settings_set_text (key, choices[adw_combo_row_get_selected (row)].value, &error);
  apply_scheme ();
  report (GTK_WIDGET (row), error);
}

static GtkWidget *
choice_row (const char *key, const Choice *choices, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *chosen = telar_settings_text (key, choices[0].value);
  guint selected = 0;

  for (guint i = 0; choices[i].value; i++) {
    gtk_string_list_append (names, _ (choices[i].label));
    if (g_str_equal (choices[i].value, chosen))
      selected = i;
  }
  set_title (row, title, subtitle);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (names));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), selected);
  g_object_set_data (G_OBJECT (row), "setting", (gpointer)key);
  g_signal_connect (row, "notify::selected", G_CALLBACK (on_choice), (gpointer)choices);
  return row;
}

static void
on_switch (GtkSwitch *toggle, GParamSpec *pspec, const char *key)
{
  g_autoptr (GError) error = NULL;

  telar_settings_set_bool (key, gtk_switch_get_active (toggle), &error);
  report (GTK_WIDGET (toggle), error);
}

static GtkWidget *
switch_row (const char *key, gboolean fallback, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new (), *toggle = gtk_switch_new ();

  set_title (row, title, subtitle);
  gtk_switch_set_active (GTK_SWITCH (toggle), telar_settings_bool (key, fallback));
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  g_signal_connect (toggle, "notify::active", G_CALLBACK (on_switch), (gpointer)key);
  return row;
}

/* --- training --------------------------------------------------------------------------------- */

static void
on_threads (GtkSpinButton *spin)
{
  g_autoptr (GError) error = NULL;

  telar_settings_set_int (TELAR_SETTING_THREADS, gtk_spin_button_get_value_as_int (spin), &error);
  report (GTK_WIDGET (spin), error);
}

static GtkWidget *
threads_row (void)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *spin = gtk_spin_button_new_with_range (0, g_get_num_processors (), 1);

  set_title (row, _ ("Threads"), _ ("Of the next training; 0 takes all processors"));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), telar_settings_int (TELAR_SETTING_THREADS, 0));
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_threads), NULL);
  return row;
}

static void
show_workspace (GtkWidget *row)
{
  g_autofree char *workspace = telar_workspace_path ();

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), workspace);
}

static void
on_folder (GtkFileChooserNative *chooser, int response, GtkWidget *row)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_ACCEPT && folder) {
    telar_settings_set_text (TELAR_SETTING_WORKSPACE, g_file_peek_path (folder), &error);
    report (row, error);
    show_workspace (row);
  }
  g_object_unref (chooser);
}

static void
choose_folder (GtkWidget *button, GtkWidget *row)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (button));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Where Runs Are Kept"), window, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_folder), row, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* The variable stands above the setting: whoever sets it means this start of the program. */
static GtkWidget *
workspace_row (void)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_button_new_with_label (_ ("Change…"));
  const char *given = g_getenv ("TELAR_WORKSPACE");

  set_title (row, _ ("Runs Are Kept In"), NULL);
  show_workspace (row);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (button, !given || !given[0]);
  gtk_widget_set_tooltip_text (
      row, given && given[0]
               ? _ ("The variable TELAR_WORKSPACE names this folder.")
               : _ ("Windows that are opened from now on show the runs of this folder. The command "
                    "line takes it with --workspace."));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  g_signal_connect_object (button, "clicked", G_CALLBACK (choose_folder), row, 0);
  return row;
}

/* --- the window ------------------------------------------------------------------------------- */

static void
add_group (GtkWidget *page, const char *title, GtkWidget *const *rows)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  for (; *rows; rows++)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), *rows);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
}

void
telar_preferences_show (GtkWindow *parent)
{
  GtkWidget *window = adw_preferences_window_new (), *page = adw_preferences_page_new ();

  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  add_group (
      page, _ ("General"),
      (GtkWidget *const[]){
          choice_row (TELAR_SETTING_APPEARANCE, schemes, _ ("Appearance"), NULL),
          choice_row (TELAR_SETTING_LANGUAGE, languages, _ ("Language"),
                      _ ("From the next start on")),
          switch_row (TELAR_SETTING_REOPEN, FALSE, _ ("Open the Last Project at the Start"), NULL),
          NULL });
  add_group (page, _ ("Canvas"),
             (GtkWidget *const[]){ switch_row (TELAR_SETTING_SNAP, TRUE, _ ("Snap to the Grid"),
                                               _ ("Nodes that are moved lie on the dots")),
                                   NULL });
  add_group (page, _ ("Training"), (GtkWidget *const[]){ threads_row (), workspace_row (), NULL });
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 620);
  gtk_window_present (GTK_WINDOW (window));
}
