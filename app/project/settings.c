/* The settings' file, read once. */
#include "app/project/settings.h"

#define GROUP "studio"

static char *
settings_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "telar", "studio.ini", NULL);
}

static GKeyFile *
settings (void)
{
  static GKeyFile *file = NULL;
  g_autofree char *path = NULL;

  if (file)
    return file;
  file = g_key_file_new ();
  path = settings_path ();
  g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
  return file;
}

char *
telar_settings_text (const char *key, const char *fallback)
{
  char *value = g_key_file_get_string (settings (), GROUP, key, NULL);

  return value ? value : g_strdup (fallback);
}

gboolean
telar_settings_bool (const char *key, gboolean fallback)
{
  g_autoptr (GError) error = NULL;
  gboolean value = g_key_file_get_boolean (settings (), GROUP, key, &error);

  return error ? fallback : value;
}

int
telar_settings_int (const char *key, int fallback)
{
  g_autoptr (GError) error = NULL;
  int value = g_key_file_get_integer (settings (), GROUP, key, &error);

  return error ? fallback : value;
}

static gboolean
save (GError **error)
{
  g_autofree char *path = settings_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0700);
  return g_key_file_save_to_file (settings (), path, error);
}

gboolean
telar_settings_set_text (const char *key, const char *value, GError **error)
{
  g_key_file_set_string (settings (), GROUP, key, value);
  return save (error);
}

gboolean
telar_settings_set_bool (const char *key, gboolean value, GError **error)
{
  g_key_file_set_boolean (settings (), GROUP, key, value);
  return save (error);
}

gboolean
telar_settings_set_int (const char *key, int value, GError **error)
{
  g_key_file_set_integer (settings (), GROUP, key, value);
  return save (error);
}
