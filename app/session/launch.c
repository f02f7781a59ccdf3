/* Detached processes. */
#include "app/session/launch.h"

#include "engine/error.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

char *
telar_launch_program (GError **error)
{
  const char *given = g_getenv ("TELAR_COMMAND");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname (self) : NULL;
  const char *const beside[] = { "telar", "cli/telar" };
  char *found;

  if (given && given[0])
    return g_strdup (given);
  for (guint i = 0; folder && i < G_N_ELEMENTS (beside); i++) {
    g_autofree char *path = g_build_filename (folder, beside[i], NULL);

    if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test (path, G_FILE_TEST_IS_DIR))
      return g_steal_pointer (&path);
  }
  found = g_find_program_in_path ("telar");
  if (!found)
    telar_set_error (error, TELAR_ERROR_FAILED, NULL,
                     _ ("the program “telar” is not installed beside the studio nor on PATH"));
  return found;
}

/* In the child: no signal to the studio's group or terminal reaches it. */
static void
detach (gpointer data)
{
  setsid ();
}

GSubprocess *
telar_launch_detached (const char *const *argv, const char *log, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);

  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  g_subprocess_launcher_set_child_setup (launcher, detach, NULL, NULL);
  return g_subprocess_launcher_spawnv (launcher, argv, error);
}

char *
telar_launch_last_words (const char *log)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (log, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = g_strv_length (lines); i-- > 0;) {
    g_strstrip (lines[i]);
    if (lines[i][0])
      return g_utf8_make_valid (lines[i], -1);
  }
  return NULL;
}
