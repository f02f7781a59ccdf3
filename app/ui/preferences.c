/* Preferences: the appearance, and where runs are kept. */
#include "app/ui/preferences.h"

#include "app/session/session.h"

#include <glib/gi18n.h>

#define GROUP "studio"

/* In the order of the list that is shown. */
static const struct {
  const char *name, *label;
  AdwColorScheme scheme;
} schemes[] = {
  { "desktop", N_ ("As the Desktop"), ADW_COLOR_SCHEME_DEFAULT },
  { "light", N_ ("Light"), ADW_COLOR_SCHEME_FORCE_LIGHT },
  { "dark", N_ ("Dark"), ADW_COLOR_SCHEME_FORCE_DARK },
};

static char *
settings_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "telar", "studio.ini", NULL);
}

static guint
chosen_scheme (void)
{
  g_autofree char *path = settings_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *name = NULL;

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  name = g_key_file_get_string (file, GROUP, "appearance", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++) {
    if (g_strcmp0 (schemes[i].name, name) == 0)
      return i;
  }
  return 0;
}

static void
apply (guint index)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[index].scheme);
}

void
telar_preferences_load (void)
{
  guint index = chosen_scheme ();

  /* Nothing was chosen: the desktop, or whoever set the scheme before us, decides. */
  if (index)
    apply (index);
}

static void
on_scheme (AdwComboRow *row, GParamSpec *pspec, AdwPreferencesWindow *window)
{
  guint index = adw_combo_row_get_selected (row);
  g_autofree char *path = settings_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  apply (index);
  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  g_key_file_set_string (file, GROUP, "appearance", schemes[index].name);
  g_mkdir_with_parents (folder, 0700);
  if (!g_key_file_save_to_file (file, path, &error))
    adw_preferences_window_add_toast (window, adw_toast_new (error->message));
}

static GtkWidget *
make_scheme_row (GtkWidget *window)
{
  GtkWidget *row = adw_combo_row_new ();
  GtkStringList *names = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    gtk_string_list_append (names, _ (schemes[i].label));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Appearance"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (names));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), chosen_scheme ());
  g_signal_connect (row, "notify::selected", G_CALLBACK (on_scheme), window);
  g_object_unref (names);
  return row;
}

static GtkWidget *
make_workspace_row (void)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *workspace = telar_workspace_path ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Runs Are Kept In"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), workspace);
  gtk_widget_set_tooltip_text (row, _ ("The variable TELAR_WORKSPACE names another folder, for the "
                                       "studio and the command line alike."));
  return row;
}

void
telar_preferences_show (GtkWindow *parent)
{
  GtkWidget *window = adw_preferences_window_new (), *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();

  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_scheme_row (window));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_workspace_row ());
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  gtk_window_set_default_size (GTK_WINDOW (window), 520, 320);
  gtk_window_present (GTK_WINDOW (window));
}
