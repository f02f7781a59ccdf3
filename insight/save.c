/* Nobody sees half a file: it is written under another name, synced, then renamed. */
#include "insight/save.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static gboolean
fail (const char *path, GError **error)
{
  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: %s", path, g_strerror (errno));
  return FALSE;
}

static gboolean
write_beside (const char *beside, TelarSaveFunc write, gpointer data, GError **error)
{
  int fd = open (beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  FILE *file = fd >= 0 ? fdopen (fd, "w") : NULL;

  if (file == NULL)
    return fail (beside, error);
  gboolean ok = write (file, data, error);
  if (ok && (fflush (file) != 0 || ferror (file) || fsync (fd) != 0))
    ok = fail (beside, error);
  if (fclose (file) != 0 && ok)
    ok = fail (beside, error);
  return ok;
}

gboolean
telar_save (const char *path, TelarSaveFunc write, gpointer data, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *hidden = g_strdup_printf (".%s.%d.part", name, (int)getpid ());
  g_autofree char *beside = g_build_filename (folder, hidden, NULL);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    return fail (folder, error);
  gboolean ok = write_beside (beside, write, data, error);
  if (ok && g_rename (beside, path) != 0)
    ok = fail (path, error);
  if (!ok)
    g_unlink (beside);
  return ok;
}

static gboolean
write_bytes (FILE *file, gpointer data, GError **error)
{
  gsize size;
  const void *bytes = g_bytes_get_data (data, &size);

  fwrite (bytes, 1, size, file);
  return TRUE;
}

gboolean
telar_save_bytes (const char *path, GBytes *bytes, GError **error)
{
  return telar_save (path, write_bytes, bytes, error);
}
