/* Replacing a file as a whole: whoever reads it finds the old bytes or the new ones, also after a
 * crash or on a full disk. */
#include "engine/checkpoint.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
write_part (int fd, const TelarFilePart *part)
{
  const char *data = part->data;
  off_t at = (off_t)part->offset;
  gsize length = part->length;
  while (length > 0) {
    ssize_t written = pwrite (fd, data, MIN (length, (gsize)1 << 30), at);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return FALSE;
    data += written;
    at += written;
    length -= (gsize)written;
  }
  return TRUE;
}

static gboolean
write_all (int fd, const TelarFilePart *parts, guint n_parts)
{
  for (guint i = 0; i < n_parts; i++)
    if (!write_part (fd, &parts[i]))
      return FALSE;
  return TRUE;
}

/* The mode of the file that is replaced, or what the umask leaves of 0666. */
static mode_t
mode_for (const char *path)
{
  struct stat status;
  if (stat (path, &status) == 0)
    return status.st_mode & 0777;
  mode_t mask = umask (0);
  umask (mask);
  return 0666 & ~mask;
}

/* Data and name are on the disk when this returns; errno says why not otherwise. */
static gboolean
write_beside (int fd, const char *beside, const char *path, const TelarFilePart *parts,
              guint n_parts)
{
  gboolean good =
      write_all (fd, parts, n_parts) && fchmod (fd, mode_for (path)) == 0 && fsync (fd) == 0;
  int why = errno;
  if (close (fd) != 0 && good) {
    good = FALSE;
    why = errno;
  }
  errno = why;
  return good && rename (beside, path) == 0;
}

/* Without this the new name may be lost with the machine, never the old contents; some file systems
 * cannot do it, and the rename stands all the same. */
static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

gboolean
telar_file_replace_parts (const char *path, const TelarFilePart *parts, guint n_parts,
                          GError **error)
{
  /* A link is kept, and what it points to replaced. */
  g_autofree char *target = realpath (path, NULL);
  if (target)
    path = target;
  g_autofree char *beside = g_strdup_printf ("%s.XXXXXX", path);
  int fd = mkostemp (beside, O_CLOEXEC);
  if (fd < 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "cannot write %s: %s", path,
                     g_strerror (errno));
    return FALSE;
  }
  if (!write_beside (fd, beside, path, parts, n_parts)) {
    int why = errno;
    unlink (beside);
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "cannot write %s: %s", path,
                     g_strerror (why));
    return FALSE;
  }
  sync_folder (path);
  return TRUE;
}

gboolean
telar_file_replace (const char *path, const void *data, gsize length, GError **error)
{
  TelarFilePart whole = { 0, data, length };
  return telar_file_replace_parts (path, &whole, 1, error);
}
