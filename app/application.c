/* The application: opens files in windows, quits without losing work, says what it is. */
#include "app/application.h"

#include "app/project/settings.h"
#include "app/ui/help.h"
#include "app/ui/preferences.h"
#include "app/ui/recent.h"
#include "app/window.h"

#include <glib/gi18n.h>

struct _TelarApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (TelarApplication, telar_application, ADW_TYPE_APPLICATION)

static TelarWindow *
window_of (TelarApplication *self, const char *path)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *l = windows; l; l = l->next) {
    const char *open = telar_window_path (TELAR_WINDOW (l->data));

    if (g_strcmp0 (open, path) == 0)
      return l->data;
  }
  return NULL;
}

static TelarWindow *
open_file (TelarApplication *self, const char *path)
{
  TelarWindow *window = window_of (self, path);

  /* A file that is open already comes to the front; an empty window takes the first new one, and
   * is there before what opening has to ask. */
  gboolean is_open = window != NULL;
  if (!is_open) {
    window = window_of (self, NULL);
    if (!window || telar_window_has_document (window))
      window = telar_window_new (self);
  }
  gtk_window_present (GTK_WINDOW (window));
  if (!is_open)
    telar_window_open (window, path);
  return window;
}

/* FALSE when nothing is to be opened, or nothing is left of it. */
static gboolean
reopen (TelarApplication *self)
{
  g_auto (GStrv) recent = telar_recent_list ();

  if (!telar_settings_bool (TELAR_SETTING_REOPEN, FALSE) || !recent[0])
    return FALSE;
  open_file (self, recent[0]);
  return TRUE;
}

static void
activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (!window && reopen (TELAR_APPLICATION (application)))
    return;
  if (!window)
    window = GTK_WINDOW (telar_window_new (TELAR_APPLICATION (application)));
  gtk_window_present (window);
}

static void
open_files (GApplication *application, GFile **files, int n_files, const char *hint)
{
  for (int i = 0; i < n_files; i++) {
    g_autofree char *path = g_file_get_path (files[i]);

    if (path)
      open_file (TELAR_APPLICATION (application), path);
  }
}

/* telar-studio [--train] [FILE]... */
static int
command_line (GApplication *application, GApplicationCommandLine *line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (line);
  g_auto (GStrv) names = NULL;

  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^aay", &names);
  if (!names || !names[0])
    g_application_activate (application);
  for (guint i = 0; names && names[i]; i++) {
    g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (line, names[i]);
    g_autofree char *path = g_file_get_path (file);
    TelarWindow *window = path ? open_file (TELAR_APPLICATION (application), path) : NULL;

    if (window && g_variant_dict_contains (options, "train"))
      g_action_group_activate_action (G_ACTION_GROUP (window), "train", NULL);
  }
  return 0;
}

static void
new_window (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (telar_window_new (data)));
}

/* Each window asks about its own unsaved edits. */
static void
quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (data));

  for (GList *l = windows; l; l = l->next)
    gtk_window_close (GTK_WINDOW (l->data));
}

static void
show_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  adw_show_about_window (window, "application-name", "Telar", "application-icon", TELAR_STUDIO_ID,
                         "version", TELAR_VERSION, "license-type", GTK_LICENSE_APACHE_2_0,
                         "comments", _ ("A studio for machine learning"), "developer-name",
                         _ ("The Telar developers"), "translator-credits", _ ("translator-credits"),
                         NULL);
}

static void
show_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_preferences_show (gtk_application_get_active_window (GTK_APPLICATION (data)));
}

/* The window knows where the question is; without one the help begins at its start. */
static void
show_help (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  while (window && !TELAR_IS_WINDOW (window))
    window = gtk_window_get_transient_for (window);
  if (window)
    telar_window_help (TELAR_WINDOW (window));
  else
    telar_help_show (GTK_APPLICATION (data), NULL, "start");
}

static void
startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "new-window", .activate = new_window },
    { .name = "quit", .activate = quit },
    { .name = "about", .activate = show_about },
    { .name = "preferences", .activate = show_preferences },
    { .name = "help", .activate = show_help },
  };
  static const struct {
    const char *action;
    const char *keys[3];
  } keys[] = {
    { "app.quit", { "<Control>q" } },
    { "app.preferences", { "<Control>comma" } },
    { "app.help", { "F1" } },
    { "app.new-window", { "<Control><Shift>n" } },
    { "win.new", { "<Control>n" } },
    { "win.open", { "<Control>o" } },
    { "win.save", { "<Control>s" } },
    { "win.save-as", { "<Control><Shift>s" } },
    { "win.export", { "<Control>e" } },
    { "win.undo", { "<Control>z" } },
    { "win.redo", { "<Control><Shift>z", "<Control>y" } },
    { "win.history", { "<Control>h" } },
    { "win.train", { "<Control>Return", "F5" } },
    { "win.palette", { "F9" } },
    { "win.inspector", { "<Shift>F9" } },
    { "win.problems", { "F7" } },
    { "win.code", { "F4" } },
    { "win.next-problem", { "F8" } },
    { "win.previous-problem", { "<Shift>F8" } },
    { "win.next-pane", { "F6" } },
    { "win.previous-pane", { "<Shift>F6" } },
    { "win.close-project", { "<Alt>Home" } },
    { "win.minimap", { "<Control>m" } },
    { "win.costs", { "<Shift>F4" } },
    { "win.find", { "<Control><Shift>f" } },
    { "win.find-node", { "<Control>f" } },
    { "win.bookmarks", { "<Control>b" } },
    { "win.go-to-bookmark(1)", { "<Control>1" } },
    { "win.go-to-bookmark(2)", { "<Control>2" } },
    { "win.go-to-bookmark(3)", { "<Control>3" } },
    { "win.go-to-bookmark(4)", { "<Control>4" } },
    { "win.go-to-bookmark(5)", { "<Control>5" } },
    { "win.go-to-bookmark(6)", { "<Control>6" } },
    { "win.go-to-bookmark(7)", { "<Control>7" } },
    { "win.go-to-bookmark(8)", { "<Control>8" } },
    { "win.go-to-bookmark(9)", { "<Control>9" } },
    { "win.page::design", { "<Alt>1" } },
    { "win.page::train", { "<Alt>2" } },
    { "win.page::compare", { "<Alt>3" } },
    { "win.show-help-overlay", { "<Control>question" } },
    { "window.close", { "<Control>w" } },
  };

  G_APPLICATION_CLASS (telar_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), keys[i].action,
                                           keys[i].keys);
  gtk_window_set_default_icon_name (TELAR_STUDIO_ID);
  telar_preferences_load ();
}

static void
telar_application_class_init (TelarApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = activate;
  application_class->open = open_files;
  application_class->command_line = command_line;
  application_class->startup = startup;
}

static void
telar_application_init (TelarApplication *self)
{
  static const GOptionEntry options[] = {
    { "train", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Start training the project"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_ ("[FILE…]") },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

TelarApplication *
telar_application_new (void)
{
  return g_object_new (TELAR_TYPE_APPLICATION, "application-id", TELAR_STUDIO_ID,
                       "resource-base-path", "/org/telar/Studio", "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE, NULL);
}
