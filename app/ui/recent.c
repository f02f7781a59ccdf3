/* Recent projects: one path per line. */
#include "app/ui/recent.h"

#define KEPT 12

static char *
state_file (void)
{
  return g_build_filename (g_get_user_state_dir (), "telar", "recent", NULL);
}

static GPtrArray *
read_all (void)
{
  g_autofree char *file = state_file ();
  g_autofree char *text = NULL;
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (file, &text, NULL, NULL))
    return paths;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    if (lines[i][0])
      g_ptr_array_add (paths, g_strdup (lines[i]));
  }
  return paths;
}

static void
write_all (const GPtrArray *paths)
{
  g_autofree char *file = state_file ();
  g_autofree char *folder = g_path_get_dirname (file);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MIN (paths->len, KEPT); i++)
    g_string_append_printf (text, "%s\n", (const char *)paths->pdata[i]);
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents (file, text->str, -1, &error))
    g_message ("recent projects are not kept: %s", error->message);
}

static void
forget (GPtrArray *paths, const char *path)
{
  guint index;

  if (g_ptr_array_find_with_equal_func (paths, path, g_str_equal, &index))
    g_ptr_array_remove_index (paths, index);
}

void
telar_recent_add (const char *path)
{
  g_autoptr (GPtrArray) paths = read_all ();

  forget (paths, path);
  g_ptr_array_insert (paths, 0, g_strdup (path));
  write_all (paths);
}

void
telar_recent_remove (const char *path)
{
  g_autoptr (GPtrArray) paths = read_all ();

  forget (paths, path);
  write_all (paths);
}

char **
telar_recent_list (void)
{
  g_autoptr (GPtrArray) paths = read_all ();
  g_autoptr (GPtrArray) present = g_ptr_array_new ();

  for (guint i = 0; i < paths->len; i++) {
    if (g_file_test (paths->pdata[i], G_FILE_TEST_EXISTS))
      g_ptr_array_add (present, g_strdup (paths->pdata[i]));
  }
  g_ptr_array_add (present, NULL);
  return (char **)g_ptr_array_steal (present, NULL);
}
